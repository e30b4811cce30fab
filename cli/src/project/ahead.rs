//! Compressed files are looked at on a thread of their own while the song is still being read: to know how long one
//! surely is takes longer than to read the line that names it. What is found is what would be found without; no file
//! is looked at twice.

use super::{Stamp, normal, stamp};
use mixdown_media::{AudioInfo, MediaError};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// How far a file is.
#[derive(Debug)]
enum State {
    /// Asked for before the thread came to it.
    Taken,
    /// The thread looks at it.
    Running,
    /// As it was when it was looked at, and what was found.
    Done(Stamp, Result<AudioInfo, MediaError>),
}

#[derive(Debug, Default)]
struct Shared {
    files: Mutex<HashMap<PathBuf, State>>,
    done: Condvar,
}

/// What is known so far.
#[derive(Debug, Default)]
pub(super) struct Ahead {
    shared: Arc<Shared>,
}

impl Ahead {
    /// Starts to look at the files of a folder that match these patterns.
    pub fn start(&self, folder: PathBuf, patterns: Vec<String>, allowed: impl Fn(&Path) -> bool + Send + 'static) {
        if patterns.is_empty() {
            return;
        }
        let shared = self.shared.clone();
        // The thread ends with its list, or with the program; nobody waits for it.
        std::thread::spawn(move || {
            let files = patterns.iter().flat_map(|p| crate::glob::files(&folder, p).unwrap_or_default());
            for file in files.map(|f| normal(&folder.join(f))).filter(|f| allowed(f)) {
                match shared.lock().entry(file.clone()) {
                    Entry::Occupied(_) => continue,
                    Entry::Vacant(slot) => slot.insert(State::Running),
                };
                let then = stamp(&file);
                let info = mixdown_media::probe(&file);
                shared.lock().insert(file, State::Done(then, info));
                shared.done.notify_all();
            }
        });
    }

    /// What was found, if the file is as it was; `None` where the caller has to look.
    pub fn take(&self, file: &Path, now: Stamp) -> Option<Result<AudioInfo, MediaError>> {
        let running = |files: &mut HashMap<PathBuf, State>| matches!(files.get(file), Some(State::Running));
        let files = self.shared.lock();
        let mut files = self.shared.done.wait_while(files, running).unwrap_or_else(PoisonError::into_inner);
        match files.insert(file.to_path_buf(), State::Taken)? {
            State::Done(then, info) if then == now => Some(info),
            _ => None,
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, HashMap<PathBuf, State>> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Patterns of what looks like the names of compressed files in a song's text; a value in a name may be anything. Whole
/// trees of folders are left to who asks for them.
pub(super) fn patterns(song: &str) -> Vec<String> {
    let compressed = |name: &&str| {
        let ending = name.rsplit('.').next().unwrap_or_default();
        ["flac", "mp3", "m4a", "aac", "ogg", "caf"].iter().any(|e| ending.eq_ignore_ascii_case(e))
    };
    let mut out: Vec<String> = Vec::new();
    for name in song.lines().flat_map(|line| line.split('"').skip(1).step_by(2)).filter(compressed) {
        let mut pattern = String::new();
        let mut inside = false;
        for c in name.chars() {
            match c {
                '{' => {
                    inside = true;
                    pattern.push('*');
                }
                '}' => inside = false,
                c if !inside => pattern.push(c),
                _ => {}
            }
        }
        if !pattern.contains("**") && !out.contains(&pattern) {
            out.push(pattern);
        }
    }
    out
}
