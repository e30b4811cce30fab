//! Short files decoded once, for all the clips that play them.

use super::{CHUNK, Frames};
use mixdown_media::MediaError;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Longest file that is kept in memory, in seconds.
const SHORT: u64 = 30;
/// Most bytes of all of them: what a phone has, and more one-shots than a song has.
const MOST: usize = 256 << 20;

/// Decoded files by path.
pub(super) struct Shelf {
    rate: u32,
    bytes: usize,
    /// `None`: too long, or there was no room.
    files: BTreeMap<PathBuf, Option<Arc<Vec<Vec<f32>>>>>,
}

impl Shelf {
    /// An empty shelf for audio at `rate`.
    pub fn new(rate: u32) -> Shelf {
        Shelf { rate, bytes: 0, files: BTreeMap::new() }
    }

    /// The file in memory, if it is short and there is room.
    pub fn take(&mut self, path: &Path) -> Result<Option<Memory>, MediaError> {
        if !self.files.contains_key(path) {
            let decoded = self.decode(path)?;
            self.files.insert(path.to_path_buf(), decoded);
        }
        let found = self.files.get(path).and_then(Clone::clone);
        Ok(found.map(|planes| Memory { planes, at: 0 }))
    }

    fn decode(&mut self, path: &Path) -> Result<Option<Arc<Vec<Vec<f32>>>>, MediaError> {
        let mut reader = mixdown_media::open_at(path, self.rate)?;
        let channels = reader.info().channels as usize;
        let bytes = usize::try_from(reader.frames()).unwrap_or(usize::MAX).saturating_mul(4 * channels);
        if reader.frames() > SHORT * u64::from(self.rate) || self.bytes.saturating_add(bytes) > MOST {
            return Ok(None);
        }
        let mut planes = vec![Vec::with_capacity(bytes / (4 * channels.max(1))); channels];
        let mut block = vec![vec![0f32; CHUNK]; channels];
        loop {
            let n = reader.read(&mut block, CHUNK)?;
            for (plane, block) in planes.iter_mut().zip(&block) {
                plane.extend_from_slice(&block[..n]);
            }
            if n == 0 {
                break;
            }
        }
        self.bytes += planes.iter().map(|p| 4 * p.len()).sum::<usize>();
        Ok(Some(Arc::new(planes)))
    }
}

/// A place in a file on the shelf.
pub(super) struct Memory {
    planes: Arc<Vec<Vec<f32>>>,
    at: usize,
}

impl Memory {
    /// Its length.
    pub fn frames(&self) -> u64 {
        self.planes.first().map_or(0, |p| p.len() as u64)
    }
}

impl Frames for Memory {
    fn channels(&self) -> usize {
        self.planes.len()
    }

    fn read(&mut self, planes: &mut [&mut [f32]], frames: usize) -> Result<usize, MediaError> {
        let n = frames.min(self.planes.first().map_or(0, Vec::len) - self.at);
        for (to, from) in planes.iter_mut().zip(self.planes.iter()) {
            to[..n].copy_from_slice(&from[self.at..self.at + n]);
        }
        self.at += n;
        Ok(n)
    }

    fn seek(&mut self, frame: u64) -> Result<(), MediaError> {
        self.at = usize::try_from(frame).unwrap_or(usize::MAX).min(self.planes.first().map_or(0, Vec::len));
        Ok(())
    }
}
