//! Bytes of a file at a place, and the numbers in them. A read behind the end gives fewer bytes, never an error.

use crate::codes;
use crate::error::MediaError;
use std::fs::File;
use std::io::{ErrorKind, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// An open file and its length.
pub(crate) struct FileBytes {
    file: File,
    path: PathBuf,
    len: u64,
    at: u64,
}

impl FileBytes {
    /// Opens a regular file.
    pub fn open(path: &Path) -> Result<Self, MediaError> {
        let failed = |fault: std::io::Error| MediaError::reading(path, &fault);
        // Looked at before it is opened: opening a pipe would wait for somebody who writes into it.
        let meta = std::fs::metadata(path).map_err(failed)?;
        if meta.is_dir() {
            return Err(MediaError::new(codes::NOT_A_FILE, path, "it is a folder", "name a file inside it"));
        }
        if !meta.is_file() {
            return Err(MediaError::new(codes::NOT_A_FILE, path, "it is a device or a pipe", "copy it to a file first"));
        }
        let file = File::open(path).map_err(failed)?;
        let len = file.metadata().map_err(failed)?.len();
        if len == 0 {
            return Err(MediaError::new(codes::EMPTY, path, "it is empty (0 bytes)", "export or fetch it again"));
        }
        Ok(FileBytes { file, path: path.to_path_buf(), len, at: 0 })
    }

    /// Length in bytes when it was opened.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// The file's path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Fills `out` from byte `at`; fewer bytes where the file ends.
    pub fn read_at(&mut self, at: u64, out: &mut [u8]) -> Result<usize, MediaError> {
        if at >= self.len {
            return Ok(0);
        }
        if at != self.at {
            self.file.seek(SeekFrom::Start(at)).map_err(|fault| MediaError::reading(&self.path, &fault))?;
            self.at = at;
        }
        let mut done = 0;
        while done < out.len() {
            match self.file.read(&mut out[done..]) {
                Ok(0) => break,
                Ok(got) => done += got,
                Err(fault) if fault.kind() == ErrorKind::Interrupted => {}
                Err(fault) => return Err(MediaError::reading(&self.path, &fault)),
            }
        }
        self.at += done as u64;
        Ok(done)
    }

    /// The `N` bytes at `at`; `None` where the file ends before.
    pub fn array<const N: usize>(&mut self, at: u64) -> Result<Option<[u8; N]>, MediaError> {
        let mut bytes = [0u8; N];
        Ok((self.read_at(at, &mut bytes)? == N).then_some(bytes))
    }
}

/// Numbers in one byte order.
#[derive(Clone, Copy)]
pub(crate) struct Order {
    pub big: bool,
}

impl Order {
    pub fn u16(self, bytes: &[u8], at: usize) -> u16 {
        let pair = [bytes[at], bytes[at + 1]];
        if self.big { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) }
    }

    pub fn u32(self, bytes: &[u8], at: usize) -> u32 {
        let quad = [bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]];
        if self.big { u32::from_be_bytes(quad) } else { u32::from_le_bytes(quad) }
    }

    pub fn u64(self, bytes: &[u8], at: usize) -> u64 {
        let (first, second) = (u64::from(self.u32(bytes, at)), u64::from(self.u32(bytes, at + 4)));
        if self.big { first << 32 | second } else { second << 32 | first }
    }
}
