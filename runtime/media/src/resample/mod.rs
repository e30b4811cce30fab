//! Sample-rate conversion: polyphase windowed sinc for any ratio of rates from 1 kHz to 768 kHz.
//!
//! What always holds: output frame `n` stands at the time `n / out_rate` exactly (no delay to make up for); `frames`
//! frames become `ceil(frames * out_rate / in_rate)`, one for every output instant before the input's end; silence is
//! taken to lie before and behind the input; equal rates pass bit for bit; the result does not hang on how the input
//! is cut into blocks, nor on the machine. Pass band to 0.90 of the lower Nyquist frequency within 0.01 dB, aliases
//! and images below -125 dB from the lower Nyquist frequency on.

mod design;
mod dot;
mod filter;
mod reader;

pub use reader::{ResampledReader, open_at};

use crate::codes;
use crate::error::MediaError;
use dot::Machine;
use filter::Filter;
use std::path::Path;

/// Lowest and highest rate that is converted, in Hz.
pub const RATES: std::ops::RangeInclusive<u32> = 1_000..=768_000;
/// Input frames taken in at a time; bounds the memory beside the filter's own length.
const CHUNK: usize = 4096;

/// How many frames `frames` frames at `from` Hz become at `to` Hz: `ceil(frames * to / from)`.
pub fn resampled_len(frames: u64, from: u32, to: u32) -> u64 {
    let long = (u128::from(frames) * u128::from(to)).div_ceil(u128::from(from.max(1)));
    u64::try_from(long).unwrap_or(u64::MAX)
}

/// A conversion under way.
pub struct Resampler {
    up: u64,
    down: u64,
    /// `down / up` and `down % up`: how far an output is from the next.
    whole: u64,
    part: u64,
    machine: Machine,
    /// `None` at equal rates.
    filter: Option<Filter>,
    /// The input that is still needed, a channel each.
    kept: Vec<Vec<f32>>,
    /// Input frame of the first kept sample; negative in the silence before the start.
    first: i64,
    /// Input frames taken in.
    taken: u64,
    /// The next output stands at input frame `at + phase / up`.
    at: u64,
    phase: u64,
}

impl Resampler {
    /// A conversion of `channels` channels from `from` Hz to `to` Hz, at frame 0.
    ///
    /// # Errors
    /// [`codes::BAD_RATIO`] where a rate is outside [`RATES`] and they are not equal; `path` is the file it is said of.
    pub fn new(path: &Path, from: u32, to: u32, channels: u32) -> Result<Self, MediaError> {
        if from != to && !(RATES.contains(&from) && RATES.contains(&to)) {
            let what = format!("{from} Hz cannot be converted to {to} Hz: rates from {} to {} Hz can be", RATES.start(), RATES.end());
            return Err(MediaError::new(codes::BAD_RATIO, path, what, "convert the file beforehand, or change the rate of the mix"));
        }
        let common = gcd(from, to).max(1);
        let (up, down) = (u64::from(to / common), u64::from(from / common));
        let filter = (up != down).then(|| Filter::new(up, down));
        let mut resampler = Resampler {
            up,
            down,
            whole: down / up.max(1),
            part: down % up.max(1),
            machine: Machine::here(),
            filter,
            kept: vec![Vec::new(); channels as usize],
            first: 0,
            taken: 0,
            at: 0,
            phase: 0,
        };
        resampler.jump(0);
        Ok(resampler)
    }

    /// Makes `frame` the next output, and returns the input frame that must come in next. Everything before is
    /// forgotten; the outputs from here on are the same bits that they would have been.
    pub fn jump(&mut self, frame: u64) -> u64 {
        let place = u128::from(frame) * u128::from(self.down);
        self.at = (place / u128::from(self.up)) as u64;
        self.phase = (place % u128::from(self.up)) as u64;
        let before = self.filter.as_ref().map_or(0, |filter| filter.before as u64 - 1);
        let silence = before.saturating_sub(self.at);
        self.taken = self.at.saturating_sub(before);
        self.first = self.at as i64 - before as i64;
        for channel in &mut self.kept {
            channel.clear();
            channel.resize(silence as usize, 0.0);
        }
        self.taken
    }

    /// Takes in a block, one slice a channel, all of one length, and appends what it makes possible to `out`, one
    /// vector a channel.
    pub fn process(&mut self, block: &[&[f32]], out: &mut [Vec<f32>]) {
        let frames = block.iter().map(|channel| channel.len()).min().unwrap_or(0);
        for start in (0..frames).step_by(CHUNK) {
            let end = frames.min(start + CHUNK);
            for (kept, channel) in self.kept.iter_mut().zip(block) {
                kept.extend_from_slice(&channel[start..end]);
            }
            self.taken += (end - start) as u64;
            self.produce(u64::MAX, out);
        }
    }

    /// Appends the outputs that remain once the whole input of [`Resampler::process`] is in. The next input would be
    /// silence; use [`Resampler::jump`] to begin anew.
    pub fn finish(&mut self, out: &mut [Vec<f32>]) {
        let end = self.taken;
        let silence = self.filter.as_ref().map_or(0, |filter| filter.taps);
        for kept in &mut self.kept {
            kept.resize(kept.len() + silence, 0.0);
        }
        self.produce(end, out);
    }

    /// Makes every output whose input is there and that stands before input frame `end`.
    fn produce(&mut self, end: u64, out: &mut [Vec<f32>]) {
        let there = self.kept.first().map_or(0, Vec::len);
        let Some(filter) = &mut self.filter else {
            for (kept, out) in self.kept.iter_mut().zip(out) {
                out.append(kept);
            }
            self.at += there as u64;
            self.first = self.at as i64;
            return;
        };
        let machine = self.machine;
        let before = filter.before as i64 - 1;
        loop {
            let start = (self.at as i64 - before - self.first) as usize;
            if self.at >= end || start + filter.taps > there {
                break;
            }
            let span = start..start + filter.taps;
            let row = filter.row(self.phase);
            for (kept, out) in self.kept.chunks(2).zip(out.chunks_mut(2)) {
                match (kept, out) {
                    ([left, right], [left_out, right_out]) => {
                        let (left, right) = machine.dot_pair(&left[span.clone()], &right[span.clone()], row);
                        left_out.push(left);
                        right_out.push(right);
                    }
                    (kept, out) => {
                        for (kept, out) in kept.iter().zip(out) {
                            out.push(machine.dot(&kept[span.clone()], row));
                        }
                    }
                }
            }
            self.at += self.whole;
            self.phase += self.part;
            if self.phase >= self.up {
                self.phase -= self.up;
                self.at += 1;
            }
        }
        let done = ((self.at as i64 - before - self.first) as usize).min(there);
        // Moving the rest down costs its length, so it waits until as much is done as remains.
        if done * 2 >= there {
            for kept in &mut self.kept {
                kept.drain(..done);
            }
            self.first += done as i64;
        }
    }
}

fn gcd(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { gcd(b, a % b) }
}
