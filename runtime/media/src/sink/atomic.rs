//! A file that appears under its name only when whole. It is written as a hidden file in the same folder, flushed to
//! the disk and renamed; dropped before that it is removed, and what stood under the name before is untouched.

use crate::codes;
use crate::error::MediaError;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Tells the hidden files of one process apart.
static NEXT: AtomicU64 = AtomicU64::new(0);

const HEAD: &str = ".mixdown-";
const TAIL: &str = ".part";

/// A hidden file that nobody writes to for so long has no process left that would.
const ABANDONED: Duration = Duration::from_secs(3600);

/// Removes the hidden files of processes that were killed. One that cannot be removed is left where it is: it harms nobody.
fn bury(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let Some(id) = name.to_str().and_then(|n| n.strip_prefix(HEAD)?.strip_suffix(TAIL)?.split_once('-')) else { continue };
        let modified = entry.metadata().and_then(|m| m.modified());
        let old = modified.is_ok_and(|at| at.elapsed().is_ok_and(|age| age > ABANDONED));
        // A process of another machine or container is not seen here, so only what is old as well is taken away.
        if old && !Path::new("/proc").join(id.0).exists() {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Creates a new hidden file in `folder`.
fn hidden(folder: &Path) -> io::Result<(File, PathBuf)> {
    bury(folder);
    loop {
        let name = format!("{HEAD}{}-{}{TAIL}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = folder.join(name);
        match OpenOptions::new().read(true).write(true).create_new(true).open(&path) {
            Err(fault) if fault.kind() == io::ErrorKind::AlreadyExists => {}
            Err(fault) => return Err(fault),
            Ok(file) => return Ok((file, path)),
        }
    }
}

/// What becomes of the hidden file when it is whole.
enum Destination {
    /// Renamed to this path.
    Rename(PathBuf),
    /// Copied into a device, a pipe or standard output, which cannot be renamed over or sought in.
    Copy(Box<dyn Write + Send>),
}

/// A file under construction.
pub(super) struct Pending {
    file: File,
    hidden: PathBuf,
    to: Destination,
}

impl Pending {
    /// Begins a file that will stand at `path`. A link is followed, a device or pipe is copied into.
    pub fn begin(path: &Path) -> Result<Self, MediaError> {
        let refuse = |what: &str, help: &str| Err(MediaError::new(codes::CANNOT_CREATE, path, what, help));
        let place = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
        let Some(folder) = place.file_name().and_then(|_| place.parent()) else {
            return refuse("this is not the name of a file", "name a file");
        };
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        if let Ok(meta) = fs::metadata(&place) {
            if meta.is_dir() {
                return refuse("a folder has this name", "choose another name");
            }
            if meta.permissions().readonly() {
                return refuse("it is read-only", "choose another name or make it writable");
            }
            if !meta.is_file() {
                let device = OpenOptions::new().write(true).open(&place).map_err(|fault| MediaError::writing(path, &fault))?;
                return Self::spool(path, Box::new(device));
            }
        }
        let (file, hidden) = hidden(folder).map_err(|fault| MediaError::writing(path, &fault))?;
        Ok(Pending { file, hidden, to: Destination::Rename(place) })
    }

    /// Begins a file that will be copied into `writer` when whole.
    pub fn spool(name: &Path, writer: Box<dyn Write + Send>) -> Result<Self, MediaError> {
        let (file, hidden) = hidden(&std::env::temp_dir()).map_err(|fault| MediaError::writing(name, &fault))?;
        Ok(Pending { file, hidden, to: Destination::Copy(writer) })
    }

    /// Brings what is written to the disk, where there may be no room for it.
    pub fn settle(&mut self) -> io::Result<()> {
        self.file.sync_all()
    }

    /// Puts the file in its place.
    pub fn commit(mut self) -> io::Result<()> {
        match &mut self.to {
            Destination::Rename(place) => {
                if let Ok(meta) = fs::metadata(&*place) {
                    // The new file keeps the rights of the one it replaces.
                    self.file.set_permissions(meta.permissions())?;
                }
                fs::rename(&self.hidden, place)?;
                // Removed from the field, so that dropping does not remove what has just been renamed.
                self.hidden = PathBuf::new();
                Ok(())
            }
            Destination::Copy(writer) => {
                self.file.seek(SeekFrom::Start(0))?;
                let mut chunk = vec![0u8; 64 * 1024];
                loop {
                    let got = self.file.read(&mut chunk)?;
                    if got == 0 {
                        return writer.flush();
                    }
                    writer.write_all(&chunk[..got])?;
                }
            }
        }
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        if !self.hidden.as_os_str().is_empty() {
            // Nobody is left to be told if this fails; the file is hidden and named after the program.
            let _ = fs::remove_file(&self.hidden);
        }
    }
}

impl Write for Pending {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Seek for Pending {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}
