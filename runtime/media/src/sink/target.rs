//! Where an encoder writes to: a file under construction, kept in reach so that it can be put in its place after
//! the encoder, which owns its writer, is done and gone. Behind a commit or a discard, writes fail: encoders that
//! write their header once more when dropped do so into nothing.

use super::atomic::Pending;
use crate::error::MediaError;
use std::io::{self, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

/// The place that bytes go to before they are audio under a name. A seam for tests: anything that takes bytes,
/// seeks, and can be committed.
pub trait Target: Write + Seek + Send {
    /// Everything is written: bring it to where it stays, so that no room can be missing any more.
    ///
    /// # Errors
    /// What the system says.
    fn settle(&mut self) -> io::Result<()> {
        self.flush()
    }

    /// It is settled: put it in its place.
    ///
    /// # Errors
    /// What the system says.
    fn commit(self: Box<Self>) -> io::Result<()>;
}

impl Target for Pending {
    fn settle(&mut self) -> io::Result<()> {
        Pending::settle(self)
    }

    fn commit(self: Box<Self>) -> io::Result<()> {
        Pending::commit(*self)
    }
}

/// A shared target. Encoders get a buffer over a clone as their writer.
#[derive(Clone)]
pub(super) struct Shared {
    inner: Arc<Mutex<Option<Box<dyn Target>>>>,
}

impl Shared {
    /// The output for `path`; `-` is standard output.
    pub fn open(path: &Path) -> Result<Self, MediaError> {
        let pending = if path.as_os_str() == "-" { Pending::spool(path, Box::new(io::stdout()))? } else { Pending::begin(path)? };
        Ok(Self::over(Box::new(pending)))
    }

    /// An output over any target.
    pub fn over(target: Box<dyn Target>) -> Self {
        Shared { inner: Arc::new(Mutex::new(Some(target))) }
    }

    fn with<T>(&mut self, act: impl FnOnce(&mut dyn Target) -> io::Result<T>) -> io::Result<T> {
        match self.inner.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
            Some(target) => act(target.as_mut()),
            None => Err(io::Error::other("the output is closed")),
        }
    }

    fn take(&mut self) -> Option<Box<dyn Target>> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Brings what is written to where it stays.
    pub fn settle(&mut self) -> io::Result<()> {
        self.with(|target| target.settle())
    }

    /// The output, out of the encoder's reach.
    pub fn hand_over(&mut self) -> Shared {
        Shared { inner: Arc::new(Mutex::new(self.take())) }
    }

    /// Puts the output in its place.
    pub fn commit(mut self) -> io::Result<()> {
        self.take().map_or_else(|| Err(io::Error::other("the output is closed")), |target| target.commit())
    }

    /// Gives the output up.
    pub fn discard(&mut self) {
        drop(self.take());
    }
}

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.with(|target| target.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.with(|target| target.flush())
    }
}

impl Seek for Shared {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.with(|target| target.seek(to))
    }
}

/// A write buffer whose small writes come down to a store: hound hands over one sample at a time.
pub(super) struct Gather {
    bytes: Vec<u8>,
    target: Shared,
}

impl Gather {
    /// Bytes gathered before they go to the system.
    const SIZE: usize = 256 * 1024;

    pub fn new(target: Shared) -> Self {
        Gather { bytes: Vec::with_capacity(Self::SIZE), target }
    }

    #[cold]
    fn spill(&mut self) -> io::Result<()> {
        let result = self.target.write_all(&self.bytes);
        self.bytes.clear();
        result
    }
}

impl Write for Gather {
    #[inline(always)]
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_all(bytes).map(|()| bytes.len())
    }

    #[inline(always)]
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.bytes.len() + bytes.len() > Self::SIZE {
            self.spill()?;
        }
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.spill()?;
        self.target.flush()
    }
}

impl Seek for Gather {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.spill()?;
        self.target.seek(to)
    }
}
