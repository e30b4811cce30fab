//! A few open decoders for the many clips of one track. A clip that is not playing needs none; when it plays again
//! its file is opened and sought, which gives the same samples.

use super::Frames;
use mixdown_media::{MediaError, ResampledReader};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

/// Decoders of one track that are open at a time: more clips than this seldom sound at once.
const OPEN: usize = 16;

/// Channels and frames of a file.
type Facts = (usize, u64);

/// The open decoders of one track, the one used last at the end.
pub(super) struct Pool {
    rate: u32,
    open: Vec<(usize, ResampledReader)>,
    facts: BTreeMap<PathBuf, Facts>,
    next: usize,
}

impl Pool {
    /// No decoders, for audio at `rate`.
    pub fn new(rate: u32) -> Pool {
        Pool { rate, open: Vec::new(), facts: BTreeMap::new(), next: 0 }
    }

    fn facts(&mut self, path: &PathBuf) -> Result<Facts, MediaError> {
        if let Some(known) = self.facts.get(path) {
            return Ok(*known);
        }
        let reader = mixdown_media::open_at(path, self.rate)?;
        let facts = (reader.info().channels as usize, reader.frames());
        self.facts.insert(path.clone(), facts);
        Ok(facts)
    }

    /// The decoder of a clip, standing at `at`.
    fn reader(&mut self, id: usize, path: &PathBuf, at: u64) -> Result<&mut ResampledReader, MediaError> {
        let mut found = match self.open.iter().position(|(i, _)| *i == id) {
            Some(i) => self.open.remove(i).1,
            None => {
                if self.open.len() >= OPEN {
                    self.open.remove(0);
                }
                mixdown_media::open_at(path, self.rate)?
            }
        };
        if found.position() != at {
            found.seek(at)?;
        }
        self.open.push((id, found));
        let last = self.open.len() - 1;
        Ok(&mut self.open[last].1)
    }
}

/// One clip's place in its file.
pub(super) struct Handle {
    pool: Arc<Mutex<Pool>>,
    id: usize,
    path: PathBuf,
    facts: Facts,
    at: u64,
}

impl Handle {
    /// A clip of `path`, at its first frame.
    pub fn new(pool: &Arc<Mutex<Pool>>, path: PathBuf) -> Result<Handle, MediaError> {
        let mut inner = pool.lock().unwrap_or_else(PoisonError::into_inner);
        let facts = inner.facts(&path)?;
        inner.next += 1;
        Ok(Handle { pool: pool.clone(), id: inner.next, path, facts, at: 0 })
    }

    /// Its file's length.
    pub fn frames(&self) -> u64 {
        self.facts.1
    }
}

impl Frames for Handle {
    fn channels(&self) -> usize {
        self.facts.0
    }

    fn read(&mut self, planes: &mut [&mut [f32]], frames: usize) -> Result<usize, MediaError> {
        let mut pool = self.pool.lock().unwrap_or_else(PoisonError::into_inner);
        let n = pool.reader(self.id, &self.path, self.at)?.read(planes, frames)?;
        self.at += n as u64;
        Ok(n)
    }

    fn seek(&mut self, frame: u64) -> Result<(), MediaError> {
        self.at = frame;
        Ok(())
    }
}
