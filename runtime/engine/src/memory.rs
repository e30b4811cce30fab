//! Zeroed memory for states, slots, lines and streams.
//!
//! Always true here: the first number stands at a multiple of 64 bytes, all bits start as zero, and pages nobody
//! touches cost nothing (the allocator hands out zero pages lazily for alignments it serves itself).

use crate::error::{self, EngineError};
use std::alloc::Layout;
use std::marker::PhantomData;

/// Alignment of the first number.
const ALIGN: usize = 64;
/// Alignment asked of the allocator: up to here it takes zero pages from the system instead of writing zeros.
const ASKED: usize = 16;

/// A zeroed array that never moves.
pub(crate) struct Memory<T> {
    base: *mut u8,
    layout: Layout,
    first: *mut T,
    len: usize,
    marker: PhantomData<T>,
}

// SAFETY: it owns its memory alone; moving it between threads moves plain numbers.
unsafe impl<T: Send> Send for Memory<T> {}
// SAFETY: through a shared reference only the address is given out.
unsafe impl<T: Sync> Sync for Memory<T> {}

impl<T: Copy> Memory<T> {
    /// `len` zeros; fails where the system has not that much.
    pub(crate) fn zeroed(len: usize) -> Result<Self, EngineError> {
        let bytes = len.checked_mul(size_of::<T>()).and_then(|b| b.checked_add(ALIGN));
        let layout = bytes.and_then(|b| Layout::from_size_align(b, ASKED).ok());
        let refused = || {
            let mib = len.saturating_mul(size_of::<T>()) >> 20;
            EngineError::new(error::MEMORY, format!("{mib} MiB of memory for delay lines and streams could not be had"))
        };
        let layout = layout.ok_or_else(refused)?;
        // SAFETY: the layout is at least ALIGN bytes, so not empty.
        let base = unsafe { std::alloc::alloc_zeroed(layout) };
        if base.is_null() {
            return Err(refused());
        }
        // SAFETY: the padding is below ALIGN, which was added to the size.
        let first = unsafe { base.add(base.align_offset(ALIGN)) }.cast::<T>();
        Ok(Memory { base, layout, first, len, marker: PhantomData })
    }

    /// The first number.
    pub(crate) fn as_ptr(&self) -> *mut T {
        self.first
    }

    /// Bytes taken from the allocator.
    pub(crate) fn bytes(&self) -> usize {
        self.layout.size()
    }

    /// All of it.
    pub(crate) fn slice(&self) -> &[T] {
        // SAFETY: `len` initialised (zeroed) numbers stand there; owners that write through `as_ptr` do not hold
        // this borrow meanwhile.
        unsafe { std::slice::from_raw_parts(self.first, self.len) }
    }

    /// All of it, to write.
    pub(crate) fn slice_mut(&mut self) -> &mut [T] {
        // SAFETY: as in `slice`, and the borrow is unique.
        unsafe { std::slice::from_raw_parts_mut(self.first, self.len) }
    }
}

impl<T> Drop for Memory<T> {
    fn drop(&mut self) {
        // SAFETY: allocated in `zeroed` with this layout.
        unsafe { std::alloc::dealloc(self.base, self.layout) };
    }
}
