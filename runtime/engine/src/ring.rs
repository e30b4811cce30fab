//! Streams as rings of cells, and the two ends of a ring: who writes it and who reads it.
//!
//! Always true here: cell `c` of a stream stands at position `c % cells`; behind the last position stands a
//! copy of position 0, so that a reading that starts inside a cell finds its samples in one piece. A ring is
//! never reallocated, so the pointers its ends hold stay good as long as the ring lives.

use crate::error::EngineError;
use crate::memory::Memory;
use crate::sample::Sample;
use crate::wide;
use mixdown_layout::{CELL, Read, StreamId};
use std::collections::VecDeque;

/// Samples of one channel, the last `cells` cells of them.
pub(crate) struct Ring<S> {
    samples: Memory<S>,
    /// One byte a cell: 1 where all samples are `+0.0`.
    silent: Memory<u8>,
    cells: usize,
    factor: usize,
    /// Whether a reading starts inside a cell, so that the copy of position 0 is needed.
    wraps: bool,
}

impl<S: Sample> Ring<S> {
    pub(crate) fn new(cells: usize, factor: usize, wraps: bool) -> Result<Self, EngineError> {
        let samples = Memory::zeroed((cells + 1) * CELL * factor)?;
        Ok(Ring { samples, silent: Memory::zeroed(cells)?, cells, factor, wraps })
    }

    /// A ring of zeros that is never written: what a missing stream reads.
    pub(crate) fn nothing(factor: usize) -> Result<Self, EngineError> {
        let mut ring = Ring::new(1, factor, false)?;
        ring.silent.slice_mut().fill(1);
        Ok(ring)
    }

    /// Bytes it occupies.
    pub(crate) fn bytes(&self) -> usize {
        self.samples.bytes() + self.silent.bytes()
    }
}

/// A reading of a ring, cell by cell from the reader's cell 0 on.
pub(crate) struct Tap<S> {
    samples: *const S,
    silent: *const u8,
    cells: usize,
    cell_len: usize,
    /// Samples of the offset beyond whole cells.
    inside: usize,
    at: usize,
}

// SAFETY: the schedule lets nobody write the cells that a tap reads while it reads them.
unsafe impl<S: Sample> Send for Tap<S> {}

impl<S: Sample> Tap<S> {
    pub(crate) fn new(ring: &Ring<S>, offset: u32) -> Self {
        Tap {
            samples: ring.samples.as_ptr(),
            silent: ring.silent.as_ptr(),
            cells: ring.cells,
            cell_len: CELL * ring.factor,
            inside: (offset as usize % CELL) * ring.factor,
            at: (offset as usize / CELL) % ring.cells,
        }
    }

    /// Goes on to the next cell.
    #[inline]
    pub(crate) fn advance(&mut self) {
        self.at += 1;
        if self.at == self.cells {
            self.at = 0;
        }
    }

    /// Cells, the current one among them, whose samples follow in one piece.
    #[inline]
    pub(crate) fn run(&self) -> usize {
        self.cells - self.at
    }

    /// Goes on by as many cells as [`Tap::run`] allows, or fewer.
    #[inline]
    pub(crate) fn skip(&mut self, cells: usize) {
        self.at += cells;
        if self.at >= self.cells {
            self.at -= self.cells;
        }
    }

    /// First of the cell's samples; all of them follow in one piece.
    #[inline]
    pub(crate) fn ptr(&self) -> *const S {
        // SAFETY: `at < cells` and `inside < cell_len`, and the ring has `cells + 1` cells.
        unsafe { self.samples.add(self.at * self.cell_len + self.inside) }
    }

    /// Whether all samples of the cell are known to be `+0.0`.
    #[inline]
    pub(crate) fn silent(&self) -> bool {
        let next = if self.at + 1 == self.cells { 0 } else { self.at + 1 };
        // SAFETY: both positions are below `cells`; the schedule orders this after the writing.
        unsafe { *self.silent.add(self.at) != 0 && (self.inside == 0 || *self.silent.add(next) != 0) }
    }
}

/// Cells in which a stream held numbers that are none, and how many: only those of the song count, and where
/// the song ends is not known while they are found.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    sure: u64,
    recent: VecDeque<(u64, u32)>,
}

impl Faults {
    /// Counts `count` faults in `cell`; cells below `sure_before` are surely part of the song.
    #[cold]
    fn add(&mut self, cell: u64, count: u32, sure_before: u64) {
        self.recent.push_back((cell, count));
        while let Some(&(first, n)) = self.recent.front() {
            if first >= sure_before {
                break;
            }
            self.sure += u64::from(n);
            self.recent.pop_front();
        }
    }

    /// How many there were before cell `end`.
    pub(crate) fn before(&self, end: u64) -> u64 {
        self.sure + self.recent.iter().filter(|(cell, _)| *cell < end).map(|(_, n)| u64::from(*n)).sum::<u64>()
    }
}

/// The writing end of a ring, cell by cell from cell 0 on.
pub(crate) struct Pen<S> {
    pub(crate) stream: StreamId,
    pub(crate) faults: Faults,
    samples: *mut S,
    silent: *mut u8,
    cells: usize,
    cell_len: usize,
    wraps: bool,
    strip: bool,
    watched: bool,
    at: usize,
}

// SAFETY: a ring has one pen, and the schedule lets nobody read the cells it writes while it writes them.
unsafe impl<S: Sample> Send for Pen<S> {}

impl<S: Sample> Pen<S> {
    pub(crate) fn new(ring: &Ring<S>, stream: StreamId, strip: bool) -> Self {
        Pen {
            stream,
            faults: Faults::default(),
            samples: ring.samples.as_ptr(),
            silent: ring.silent.as_ptr(),
            cells: ring.cells,
            cell_len: CELL * ring.factor,
            wraps: ring.wraps,
            strip,
            watched: false,
            at: 0,
        }
    }

    /// From now on it notes which cells are silent, because somebody asks.
    pub(crate) fn watch(&mut self) {
        self.watched = true;
    }

    /// First of the cell's samples.
    #[inline]
    pub(crate) fn ptr(&self) -> *mut S {
        // SAFETY: `at < cells`.
        unsafe { self.samples.add(self.at * self.cell_len) }
    }

    /// Cells up to the ring's end, the current one among them.
    #[inline]
    pub(crate) fn run(&self) -> usize {
        self.cells - self.at
    }

    /// The samples of the current cell and the `cells - 1` after it.
    ///
    /// # Safety
    /// `cells <= self.run()`, and no other slice of them is alive.
    #[inline]
    pub(crate) unsafe fn block<'a>(&self, cells: usize) -> &'a mut [S] {
        // SAFETY: the caller keeps inside the ring and holds them alone.
        unsafe { std::slice::from_raw_parts_mut(self.ptr(), cells * self.cell_len) }
    }

    /// The cell has been written: stops what is no number, notes silence, goes on to the next cell.
    #[inline]
    pub(crate) fn finish(&mut self, cell: u64, sure_before: u64) {
        let mut silent = false;
        if self.strip || self.watched {
            // SAFETY: one cell, and the node that writes it holds no slice of it any more.
            let block = unsafe { self.block(1) };
            let seen = wide::scan(block);
            silent = seen.silent;
            if self.strip && seen.fault {
                silent = self.stop_faults(cell, sure_before);
            }
        }
        self.close(silent);
    }

    /// The cell is all zeros: writes them and goes on.
    #[inline]
    pub(crate) fn finish_silent(&mut self) {
        // SAFETY: one cell, of which no other slice is alive.
        unsafe { self.block(1) }.fill(S::ZERO);
        self.close(true);
    }

    #[inline]
    fn close(&mut self, silent: bool) {
        // SAFETY: `at < cells`; position `cells` is the copy of position 0.
        unsafe {
            *self.silent.add(self.at) = u8::from(silent);
            if self.wraps && self.at == 0 {
                std::ptr::copy_nonoverlapping(
                    self.samples,
                    self.samples.add(self.cells * self.cell_len),
                    self.cell_len,
                );
            }
        }
        self.at += 1;
        if self.at == self.cells {
            self.at = 0;
        }
    }

    #[cold]
    fn stop_faults(&mut self, cell: u64, sure_before: u64) -> bool {
        // SAFETY: one cell, and the slice in `finish` is not used after this call.
        let block = unsafe { self.block(1) };
        let mut count = 0;
        for x in block.iter_mut() {
            if (x.bits() & S::MAGNITUDE) >= S::INFINITE {
                *x = S::ZERO;
                count += 1;
            }
        }
        self.faults.add(cell, count, sure_before);
        wide::scan(block).silent
    }
}

/// All rings of a program and what readings without a stream read.
pub(crate) struct Rings<S> {
    pub(crate) rings: Vec<Ring<S>>,
    nothing: Ring<S>,
}

impl<S: Sample> Rings<S> {
    pub(crate) fn new(rings: Vec<Ring<S>>, factor: usize) -> Result<Self, EngineError> {
        Ok(Rings { rings, nothing: Ring::nothing(factor)? })
    }

    /// The reading end for `read`.
    pub(crate) fn tap(&self, read: Read) -> Tap<S> {
        match read.stream {
            Some(stream) => Tap::new(&self.rings[stream as usize], read.offset),
            None => Tap::new(&self.nothing, 0),
        }
    }

    /// A reading of zeros.
    pub(crate) fn no_tap(&self) -> Tap<S> {
        Tap::new(&self.nothing, 0)
    }

    /// Bytes of all rings.
    pub(crate) fn bytes(&self) -> usize {
        self.rings.iter().map(Ring::bytes).sum::<usize>() + self.nothing.bytes()
    }
}
