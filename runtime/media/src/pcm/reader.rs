//! Reads a PCM layout frame by frame: one buffer of about 96 KiB whatever the file's length, seeking by arithmetic.

use super::convert::convert;
use super::{FileBytes, Layout, Real};
use crate::codes;
use crate::error::MediaError;

/// Bytes converted at a time; small enough to stay in the second-level cache between reading and converting.
const CHUNK: usize = 96 * 1024;

/// A PCM file being read.
pub(crate) struct PcmReader {
    file: FileBytes,
    layout: Layout,
    /// Next frame.
    at: u64,
    bytes: Vec<u8>,
}

impl PcmReader {
    pub fn new(file: FileBytes, layout: Layout) -> Self {
        PcmReader { file, layout, at: 0, bytes: Vec::new() }
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
        let chunk = (CHUNK / frame).max(1);
        let mut done = 0;
        while done < wanted {
            let frames = chunk.min(wanted - done);
            let size = frames * frame;
            if self.bytes.len() < size {
                self.bytes.resize(size, 0);
            }
            let got = self.file.read_at(self.layout.start + self.at * frame as u64, &mut self.bytes[..size])?;
            if got < size {
                let path = self.file.path();
                return Err(MediaError::new(codes::READ_FAILED, path, format!("it ended at frame {} while it was read", self.at + (got / frame) as u64), "was it written at the same time? Read it again when it is whole"));
            }
            let mut part: Vec<&mut [T]> = planes.iter_mut().map(|plane| &mut plane[done..done + frames]).collect();
            convert(&self.bytes[..size], self.layout.encoding, self.layout.big_endian, &mut part);
            done += frames;
            self.at += frames as u64;
        }
        Ok(done)
    }
}
