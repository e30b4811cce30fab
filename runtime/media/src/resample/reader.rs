//! A file read at another rate: the reader and the converter as one, with the same calls.

use super::{Resampler, resampled_len};
use crate::error::{MediaError, Warning};
use crate::info::AudioInfo;
use crate::reader::{Reader, open};
use std::path::Path;

/// Input frames read at a time.
const BLOCK: usize = 4096;

/// An audio file being read at the rate of the mix.
pub struct ResampledReader {
    reader: Reader,
    resampler: Resampler,
    rate: u32,
    block: Vec<Vec<f32>>,
    /// Converted frames not yet given out, from `used` on.
    ready: Vec<Vec<f32>>,
    used: usize,
    at: u64,
    ended: bool,
}

/// Opens an audio file to be read at `rate` Hz. At the file's own rate every sample passes untouched.
///
/// # Errors
/// As [`crate::open`], and [`crate::codes::BAD_RATIO`].
pub fn open_at(path: impl AsRef<Path>, rate: u32) -> Result<ResampledReader, MediaError> {
    let reader = open(path)?;
    let info = reader.info();
    let resampler = Resampler::new(&info.path, info.rate, rate, info.channels)?;
    let channels = info.channels as usize;
    Ok(ResampledReader { reader, resampler, rate, block: vec![Vec::new(); channels], ready: vec![Vec::new(); channels], used: 0, at: 0, ended: false })
}

impl ResampledReader {
    /// What is known about the file itself, at its own rate.
    pub fn info(&self) -> &AudioInfo {
        self.reader.info()
    }

    /// Rate of what is read, in Hz.
    pub fn rate(&self) -> u32 {
        self.rate
    }

    /// Length at this rate, in frames; as certain as [`AudioInfo::frames`].
    pub fn frames(&self) -> u64 {
        resampled_len(self.info().frames, self.info().rate, self.rate)
    }

    /// The frame, at this rate, that the next read begins with.
    pub fn position(&self) -> u64 {
        self.at
    }

    /// As [`Reader::warnings`].
    pub fn warnings(&self) -> Vec<Warning> {
        self.reader.warnings()
    }

    /// As [`Reader::read`], at this rate.
    ///
    /// # Errors
    /// As [`Reader::read`].
    pub fn read<B: AsMut<[f32]>>(&mut self, out: &mut [B], frames: usize) -> Result<usize, MediaError> {
        let channels = self.info().channels as usize;
        if out.len() != channels || out.iter_mut().any(|plane| plane.as_mut().len() < frames) {
            let what = format!("asked for {frames} frames in {} buffers of a file of {channels} channels", out.len());
            return Err(MediaError::new(crate::codes::BAD_REQUEST, &self.info().path, what, ""));
        }
        if self.info().rate == self.rate {
            let done = self.reader.read(out, frames)?;
            self.at += done as u64;
            return Ok(done);
        }
        let mut done = 0;
        while done < frames {
            let there = self.ready.first().map_or(0, Vec::len) - self.used;
            if there == 0 {
                if self.ended {
                    break;
                }
                self.refill()?;
                continue;
            }
            let take = there.min(frames - done);
            for (ready, plane) in self.ready.iter().zip(out.iter_mut()) {
                plane.as_mut()[done..done + take].copy_from_slice(&ready[self.used..self.used + take]);
            }
            self.used += take;
            self.at += take as u64;
            done += take;
        }
        Ok(done)
    }

    fn refill(&mut self) -> Result<(), MediaError> {
        self.used = 0;
        self.ready.iter_mut().for_each(Vec::clear);
        self.block.iter_mut().for_each(|plane| plane.resize(BLOCK, 0.0));
        let got = self.reader.read(&mut self.block, BLOCK)?;
        let slices: Vec<&[f32]> = self.block.iter().map(|plane| &plane[..got]).collect();
        self.resampler.process(&slices, &mut self.ready);
        if got < BLOCK {
            self.ended = true;
            self.resampler.finish(&mut self.ready);
        }
        Ok(())
    }

    /// Moves to `frame` at this rate: what is read from there is, bit for bit, what a read from the start would give.
    ///
    /// # Errors
    /// As [`Reader::seek`].
    pub fn seek(&mut self, frame: u64) -> Result<(), MediaError> {
        let input = self.resampler.jump(frame);
        self.used = 0;
        self.ready.iter_mut().for_each(Vec::clear);
        self.ended = false;
        self.at = frame;
        self.reader.seek(input)
    }
}
