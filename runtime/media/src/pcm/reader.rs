//! Reads a PCM layout frame by frame: one small buffer whatever the file's length, seeking by arithmetic. Bytes are
//! copied once, from the system into the buffer, and converted from there to where they are wanted.

use super::convert::convert;
use super::{Encoding, FileBytes, Layout, Real};
use crate::codes;
use crate::error::MediaError;

/// Bytes asked of the system at a time: enough that asking costs little, and few enough that the buffers of some
/// dozens of files stay in the second-level cache between reading and converting.
const CHUNK: usize = 24 * 1024;

/// A PCM file being read.
pub(crate) struct PcmReader {
    file: FileBytes,
    layout: Layout,
    /// Next frame.
    at: u64,
    /// Whole frames of the file, `held` of them from frame `first` on.
    bytes: Vec<u8>,
    first: u64,
    held: usize,
}

impl PcmReader {
    pub fn new(file: FileBytes, layout: Layout) -> Self {
        PcmReader { file, layout, at: 0, bytes: Vec::new(), first: 0, held: 0 }
    }

    /// Whether every sample is a finite number whatever the bytes are.
    pub fn always_finite(&self) -> bool {
        !matches!(self.layout.encoding, Encoding::F32 | Encoding::F64)
    }

    pub fn position(&self) -> u64 {
        self.at
    }

    /// Moves to a frame at or before the end.
    pub fn seek(&mut self, frame: u64) {
        self.at = frame;
    }

    /// Fills `planes` (all of one length) from the current frame; returns the frames read, fewer only at the end.
    pub fn read<T: Real>(&mut self, planes: &mut [&mut [T]]) -> Result<usize, MediaError> {
        let frame = self.layout.channels as usize * self.layout.encoding.bytes();
        let asked = planes.first().map_or(0, |plane| plane.len()) as u64;
        let wanted = asked.min(self.layout.frames.saturating_sub(self.at)) as usize;
        let mut done = 0;
        while done < wanted {
            let mut skip = self.at.wrapping_sub(self.first) as usize;
            if self.at < self.first || skip >= self.held {
                self.fill(frame)?;
                skip = 0;
            }
            let frames = (self.held - skip).min(wanted - done);
            let mut part: Vec<&mut [T]> = planes.iter_mut().map(|plane| &mut plane[done..done + frames]).collect();
            convert(&self.bytes[skip * frame..][..frames * frame], self.layout.encoding, self.layout.big_endian, &mut part);
            done += frames;
            self.at += frames as u64;
        }
        Ok(done)
    }

    /// Fetches the frames, of `frame` bytes each, from the current one on, which is one of the file's.
    fn fill(&mut self, frame: usize) -> Result<(), MediaError> {
        let most = (CHUNK / frame).max(1);
        let frames = self.layout.frames.saturating_sub(self.at).min(most as u64) as usize;
        self.bytes.resize(most * frame, 0);
        self.held = 0;
        let got = self.file.read_at(self.layout.start + self.at * frame as u64, &mut self.bytes[..frames * frame])?;
        if got < frames * frame {
            let path = self.file.path();
            return Err(MediaError::new(codes::READ_FAILED, path, format!("it ended at frame {} while it was read", self.at + (got / frame) as u64), "was it written at the same time? Read it again when it is whole"));
        }
        (self.first, self.held) = (self.at, frames);
        Ok(())
    }
}
