//! What can go wrong with a file, as data. Every error names its file, and says why and what to do.

use crate::codes;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// An error about one file. Nothing was written, or what was there before still is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MediaError {
    /// Frozen code, `E09xx`; explained in [`codes::CODES`].
    pub code: &'static str,
    /// The file.
    pub path: PathBuf,
    /// What is wrong, a clause without capital and final period.
    pub reason: String,
    /// What to do about it; may be empty.
    pub help: String,
}

impl MediaError {
    /// An error of `code` about `path`.
    pub fn new(code: &'static str, path: &Path, reason: impl Into<String>, help: impl Into<String>) -> Self {
        MediaError { code, path: path.to_path_buf(), reason: reason.into(), help: help.into() }
    }

    /// The error for a system fault while opening or reading.
    pub fn reading(path: &Path, fault: &io::Error) -> Self {
        use io::ErrorKind::*;
        match fault.kind() {
            NotFound | NotADirectory => Self::new(codes::NOT_FOUND, path, "there is no such file", "check the spelling and the folder the path starts from"),
            PermissionDenied => Self::new(codes::NO_PERMISSION, path, "it may not be read", "give yourself the right to read it"),
            IsADirectory => Self::new(codes::NOT_A_FILE, path, "it is a folder", "name a file inside it"),
            InvalidInput | InvalidFilename => Self::new(codes::NOT_FOUND, path, "this cannot be a file name", "check the spelling"),
            UnexpectedEof => Self::new(codes::READ_FAILED, path, "it ended while it was read", "was it written at the same time? Read it again when it is whole"),
            _ => Self::new(codes::READ_FAILED, path, format!("reading failed: {fault}"), "check the disk or the network share"),
        }
    }

    /// The error for a system fault while creating, writing or renaming an output.
    pub fn writing(path: &Path, fault: &io::Error) -> Self {
        use io::ErrorKind::*;
        match fault.kind() {
            StorageFull | QuotaExceeded | FileTooLarge => Self::new(codes::DISK_FULL, path, "there is no room left on its disk", "make room or write elsewhere; the earlier file is untouched"),
            NotFound | NotADirectory => Self::new(codes::CANNOT_CREATE, path, "its folder does not exist", "create the folder first"),
            PermissionDenied | ReadOnlyFilesystem => Self::new(codes::CANNOT_CREATE, path, "its folder may not be written", "write elsewhere or change the permissions"),
            IsADirectory => Self::new(codes::CANNOT_CREATE, path, "a folder has this name", "choose another name"),
            BrokenPipe => Self::new(codes::WRITE_FAILED, path, "the reader of the pipe has gone", ""),
            _ => Self::new(codes::WRITE_FAILED, path, format!("writing failed: {fault}"), "check the disk; the earlier file is untouched"),
        }
    }
}

impl fmt::Display for MediaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{}] {}: {}", self.code, self.path.display(), self.reason)
    }
}

impl std::error::Error for MediaError {}

/// Something odd about a file that was read all the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// Frozen code, `W09xx`; explained in [`codes::CODES`].
    pub code: String,
    /// What was found and what was done about it, a clause.
    pub message: String,
}

impl Warning {
    /// A warning of `code`.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Warning { code: code.to_string(), message: message.into() }
    }
}
