//! The files of the last compile, and whether one of them has another content now.
//!
//! Text is hashed at every look: it is small. Audio is hashed once, and again only when its size or time is another;
//! so a `touch` renders nothing and a look costs a few system calls.

use crate::project::{Project, Stamp, normal, stamp};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Hashes by path and stamp, kept from one render to the next.
#[derive(Clone, Debug, Default)]
pub struct Contents {
    known: BTreeMap<PathBuf, (Stamp, Option<blake3::Hash>)>,
}

impl Contents {
    /// Hash of a file with this stamp; a file is read only where the stamp is new.
    fn of(&mut self, path: &Path, now: Stamp) -> Option<blake3::Hash> {
        if let Some((then, hash)) = self.known.get(path)
            && *then == now
        {
            return *hash;
        }
        let hash = hash(path);
        self.known.insert(path.to_path_buf(), (now, hash));
        hash
    }
}

/// One file as the compile saw it.
#[derive(Clone, Copy, Debug)]
struct File {
    stamp: Stamp,
    /// `None` where it was missing, or changed before it could be hashed.
    hash: Option<blake3::Hash>,
    text: bool,
}

/// What is followed.
#[derive(Debug)]
pub struct Followed {
    files: BTreeMap<PathBuf, File>,
    patterns: BTreeMap<String, Vec<String>>,
    folder: PathBuf,
    /// What the renders made: no change of ours is one of the user's.
    made: BTreeSet<PathBuf>,
}

impl Followed {
    /// What a compile asked for, and the files it `wrote`; with what was followed `before`, where the compile failed
    /// and may have asked for less.
    pub fn of(project: &Project, contents: &mut Contents, before: Option<Followed>, wrote: &[PathBuf]) -> Followed {
        let (mut files, mut patterns, mut made) = before.map_or_else(Default::default, |b| (b.files, b.patterns, b.made));
        made.extend(wrote.iter().map(|w| normal(&std::path::absolute(w).unwrap_or_else(|_| w.clone()))));
        for seen in project.seen() {
            let hash = match seen.text {
                Some(hash) => hash,
                // What is hashed here must be what the compile saw.
                None if stamp(&seen.path) == seen.stamp => contents.of(&seen.path, seen.stamp),
                None => None,
            };
            files.insert(seen.path, File { stamp: seen.stamp, hash, text: seen.text.is_some() });
        }
        patterns.extend(project.patterns());
        Followed { files, patterns, folder: project.folder.clone(), made }
    }

    /// Whether any file has another content, appeared or went, or a pattern matches others than it did.
    pub fn changed(&self, contents: &mut Contents) -> bool {
        self.files.iter().any(|(path, file)| differs(path, file, contents))
            || self.patterns.iter().any(|(pattern, then)| {
                let now = crate::glob::files(&self.folder, pattern).unwrap_or_default();
                let others = |f: &&String| !self.made.contains(&normal(&self.folder.join(f)));
                now.iter().filter(others).ne(then.iter().filter(others))
            })
    }

    /// Folders whose events tell of a change.
    pub fn folders(&self) -> BTreeSet<PathBuf> {
        let patterns = self.patterns.keys().map(|p| self.folder.join(p));
        self.files.keys().cloned().chain(patterns).filter_map(|p| nearest_folder(&p)).collect()
    }

    /// `song.mix and 3 other files`.
    pub fn describe(&self, song: &str) -> String {
        let missing = self.files.values().filter(|f| f.stamp.1.is_none()).count();
        let mut text = match self.files.len().saturating_sub(1) {
            0 => song.to_string(),
            1 => format!("{song} and 1 other file"),
            n => format!("{song} and {n} other files"),
        };
        if missing > 0 {
            text += &format!(", {missing} missing");
        }
        text
    }
}

fn differs(path: &Path, file: &File, contents: &mut Contents) -> bool {
    if file.text {
        return hash(path) != file.hash;
    }
    let now = stamp(path);
    now != file.stamp && (contents.of(path, now) != file.hash || file.hash.is_none())
}

fn hash(path: &Path) -> Option<blake3::Hash> {
    let mut hasher = blake3::Hasher::new();
    let mut file = std::fs::File::open(path).ok()?;
    std::io::copy(&mut file, &mut hasher).ok()?;
    Some(hasher.finalize())
}

/// The folder to watch for a file: its own, or the nearest above that exists.
fn nearest_folder(path: &Path) -> Option<PathBuf> {
    path.ancestors().skip(1).find(|a| a.is_dir()).map(Path::to_path_buf)
}
