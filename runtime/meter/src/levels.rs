//! Peak, power, mean, stereo and clipping of the samples as they are.

use crate::measurement::ClipRun;

/// The highest positive value of 16 bits: what a clipped recording reaches at most.
const FULL: f32 = 32767.0 / 32768.0;
/// Samples in a row that make a clip.
const RUN: u64 = 3;
/// Lowest level that is told apart from nothing, in dB.
const FLOOR_DB: f64 = -200.0;

#[derive(Clone, Default)]
struct Channel {
    peak: f32,
    sum: f64,
    squares: f64,
    /// Sign and begin of the run of full samples under way.
    run: Option<(bool, u64)>,
}

/// Levels of what went in.
pub(crate) struct Levels {
    channels: Vec<Channel>,
    products: f64,
    frames: u64,
    runs: u64,
    clipped: u64,
    longest: Option<ClipRun>,
}

/// The result of [`Levels::finish`].
pub(crate) struct LevelFigures {
    pub peak: f64,
    pub mean_square: f64,
    pub dc: Vec<f64>,
    pub correlation: Option<f64>,
    pub mono_loss: Option<f64>,
    pub clip_runs: u64,
    pub clipped_samples: u64,
    pub longest_clip: Option<ClipRun>,
}

impl Levels {
    pub fn new(channels: u32) -> Self {
        Levels { channels: vec![Channel::default(); channels as usize], products: 0.0, frames: 0, runs: 0, clipped: 0, longest: None }
    }

    /// Takes in a block.
    pub fn push(&mut self, block: &[&[f32]], frames: usize) {
        for (index, samples) in block.iter().enumerate() {
            let channel = &mut self.channels[index];
            // Whatever the blocks, sums run sample by sample in one order.
            for sample in *samples {
                let wide = f64::from(*sample);
                channel.sum += wide;
                channel.squares += wide * wide;
            }
            let loudest = samples.iter().fold(0f32, |peak, sample| peak.max(sample.abs()));
            channel.peak = channel.peak.max(loudest);
            if loudest >= FULL || channel.run.is_some() {
                self.clips(index, samples);
            }
        }
        if let [left, right] = block {
            for (l, r) in left.iter().zip(*right) {
                self.products += f64::from(*l) * f64::from(*r);
            }
        }
        self.frames += frames as u64;
    }

    fn clips(&mut self, index: usize, samples: &[f32]) {
        for (at, sample) in samples.iter().enumerate() {
            let frame = self.frames + at as u64;
            let full = (sample.abs() >= FULL).then_some(*sample > 0.0);
            let run = self.channels[index].run;
            if run.map(|(sign, _)| sign) != full {
                self.end_run(index, frame);
                self.channels[index].run = full.map(|sign| (sign, frame));
            }
        }
    }

    fn end_run(&mut self, index: usize, frame: u64) {
        let Some((_, start)) = self.channels[index].run.take() else { return };
        let length = frame - start;
        if length >= RUN {
            self.runs += 1;
            self.clipped += length;
            if self.longest.is_none_or(|longest| length > longest.length) {
                self.longest = Some(ClipRun { channel: index as u32, frame: start, length });
            }
        }
    }

    pub fn finish(mut self) -> LevelFigures {
        for index in 0..self.channels.len() {
            self.end_run(index, self.frames);
        }
        let frames = self.frames.max(1) as f64;
        let power: Vec<f64> = self.channels.iter().map(|channel| channel.squares / frames).collect();
        let cross = self.products / frames;
        let (mut correlation, mut mono_loss) = (None, None);
        if let [left, right] = power[..] {
            if left > 0.0 && right > 0.0 {
                correlation = Some((cross / (left.sqrt() * right.sqrt())).clamp(-1.0, 1.0));
            }
            if left + right > 0.0 {
                let mono = (left + right + 2.0 * cross).max(0.0) / 4.0;
                mono_loss = Some((-10.0 * (mono / ((left + right) / 2.0)).log10()).clamp(0.0, -FLOOR_DB));
            }
        }
        LevelFigures {
            peak: self.channels.iter().fold(0.0, |peak, channel| peak.max(f64::from(channel.peak))),
            mean_square: power.iter().sum::<f64>() / power.len().max(1) as f64,
            dc: self.channels.iter().map(|channel| channel.sum / frames).collect(),
            correlation,
            mono_loss,
            clip_runs: self.runs,
            clipped_samples: self.clipped,
            longest_clip: self.longest,
        }
    }
}
