//! The folder of a reference: written beside its place under a hidden name, and put there when it is whole.
//!
//! Always true here: what is replaced is a reference, never a folder with anything else in it.

use crate::exit::Stop;
use crate::project::plain;
use std::path::{Path, PathBuf};

/// The file by which a reference is known.
pub const MARK: &str = "doc.json";

/// A folder under construction; dropped before [`Folder::commit`] it leaves nothing behind.
pub struct Folder {
    hidden: PathBuf,
    place: PathBuf,
}

impl Folder {
    /// Begins a folder that will stand at `place`.
    ///
    /// # Errors
    /// Something else stands there, or nothing can be written beside it.
    pub fn begin(place: &Path) -> Result<Folder, Stop> {
        let free = match std::fs::read_dir(place) {
            Ok(mut inside) => inside.next().is_none() || place.join(MARK).is_file(),
            Err(e) => e.kind() == std::io::ErrorKind::NotFound,
        };
        if !free {
            return Err(Stop::environment(
                "E0947",
                format!("{} holds other things than a reference", place.display()),
                "choose another folder with `-o`",
            ));
        }
        let place = std::path::absolute(place).map_err(|e| failed(place, &e))?;
        let (Some(parent), Some(name)) = (place.parent(), place.file_name()) else {
            return Err(Stop::environment("E0939", format!("{} is no name of a folder", place.display()), "name a folder"));
        };
        std::fs::create_dir_all(parent).map_err(|e| failed(parent, &e))?;
        let hidden = parent.join(format!(".{}-{}.part", name.to_string_lossy(), std::process::id()));
        std::fs::create_dir(&hidden).map_err(|e| failed(&hidden, &e))?;
        Ok(Folder { hidden, place })
    }

    /// Where a file of it is written; its folder is made.
    ///
    /// # Errors
    /// The folder cannot be made.
    pub fn path(&self, name: &str) -> Result<PathBuf, Stop> {
        let path = self.hidden.join(name);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).map_err(|e| failed(parent, &e))?;
        }
        Ok(path)
    }

    /// Writes a text.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write(&self, name: &str, text: &str) -> Result<(), Stop> {
        let path = self.path(name)?;
        std::fs::write(&path, text).map_err(|e| failed(&path, &e))
    }

    /// Puts it in its place.
    ///
    /// # Errors
    /// What stands there cannot be moved away.
    pub fn commit(self) -> Result<PathBuf, Stop> {
        let old = self.hidden.with_extension("old");
        let replaced = self.place.exists();
        if replaced {
            std::fs::rename(&self.place, &old).map_err(|e| failed(&self.place, &e))?;
        }
        if let Err(e) = std::fs::rename(&self.hidden, &self.place) {
            if replaced {
                // Back to what was: if that fails too, both stand under their hidden names.
                let _ = std::fs::rename(&old, &self.place);
            }
            return Err(failed(&self.place, &e));
        }
        if replaced {
            std::fs::remove_dir_all(&old).map_err(|e| failed(&old, &e))?;
        }
        Ok(self.place.clone())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // After a commit there is nothing of this name; else nobody is left to be told.
        let _ = std::fs::remove_dir_all(&self.hidden);
    }
}

fn failed(path: &Path, e: &std::io::Error) -> Stop {
    Stop::environment("E0939", format!("{}: {}", path.display(), plain(e)), "check the folder and its permissions")
}
