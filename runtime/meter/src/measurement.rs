//! The figures of one measurement, as plain data.

use crate::bands::Band;
use serde::{Deserialize, Serialize};

/// The longest run of clipped samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClipRun {
    /// Channel, from 0.
    pub channel: u32,
    /// First frame.
    pub frame: u64,
    /// Samples.
    pub length: u64,
}

/// What was measured. Levels are decibels; `None` is "not defined for this audio", which each field says when.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measurement {
    /// Sample rate in Hz.
    pub rate: u32,
    /// Channels.
    pub channels: u32,
    /// Length in frames.
    pub frames: u64,
    /// Length in seconds.
    pub seconds: f64,
    /// Integrated loudness in LUFS, gated (ITU-R BS.1770-4). `None` below 400 ms, and where no block passes the
    /// absolute gate of -70 LUFS (silence, or nearly); as all loudness below [`crate::LOWEST_LOUDNESS_RATE`]. May be above 0. Mono counts as one channel, not as two.
    pub integrated: Option<f64>,
    /// Loudness range in LU (EBU Tech 3342), of short-term windows every 100 ms. `None` below 3 s, and where nothing passes the gates.
    pub range: Option<f64>,
    /// Highest momentary loudness in LUFS, windows of 400 ms every 10 ms (EBU Tech 3341). `None` below 400 ms and for
    /// digital silence.
    pub momentary_max: Option<f64>,
    /// Highest short-term loudness in LUFS, windows of 3 s every 10 ms. `None` below 3 s and for digital silence.
    pub short_term_max: Option<f64>,
    /// Highest true peak of all channels in dBTP (BS.1770-4 annex 2), never below `peak`. `None` for digital silence.
    pub true_peak: Option<f64>,
    /// How many times oversampled the true peak was: 4 below 96 kHz, 2 below 192 kHz, else 1. At 4 it reads at most
    /// 0.69 dB low, typically below 0.1.
    pub true_peak_oversampling: u32,
    /// Highest sample of all channels in dBFS. `None` for digital silence.
    pub peak: Option<f64>,
    /// Root mean square over all channels and frames in dB re a constant 1.0, so that a full-scale sine is at -3.01.
    /// `None` for digital silence.
    pub rms: Option<f64>,
    /// `peak - rms` in dB. `None` for digital silence.
    pub crest: Option<f64>,
    /// Mean of each channel, full scale 1.
    pub dc: Vec<f64>,
    /// Correlation of left and right, -1 to 1: `sum(l r) / sqrt(sum(l^2) sum(r^2))`. `None` unless there are two
    /// channels and neither is silent.
    pub correlation: Option<f64>,
    /// What the mono sum loses, in dB: the mean power of `l` and `r` over the power of `(l + r) / 2`. 0 for equal
    /// channels, 3.01 for unrelated ones, 200 at the most (opposite polarity). `None` unless there are two
    /// channels and they are not both silent.
    pub mono_loss: Option<f64>,
    /// Noise floor in dB re 1.0, as `rms`: the level that the quietest 5 % of windows of 400 ms (every 100 ms) do not
    /// exceed, to 0.1 dB. Windows in which a tenth of a second or more is digital silence do not count, for a gap that was
    /// cut out is no floor. `None` below 400 ms and where no window counts.
    pub noise_floor: Option<f64>,
    /// Clipped places: runs of 3 or more samples of one sign at or beyond 32767/32768.
    pub clip_runs: u64,
    /// Samples in those runs.
    pub clipped_samples: u64,
    /// The longest of those runs, the first of equals.
    pub longest_clip: Option<ClipRun>,
    /// Samples that were NaN or infinite; they count as 0.
    pub non_finite: u64,
    /// Levels in octave bands; empty where bands were not asked for.
    pub octaves: Vec<Band>,
    /// Levels in third-octave bands; empty where bands were not asked for.
    pub third_octaves: Vec<Band>,
    /// The same of the middle, (left + right) / 2; of other than two channels, of all.
    pub middle_thirds: Vec<Band>,
    /// The same of the side, (left - right) / 2; of other than two channels, nothing.
    pub side_thirds: Vec<Band>,
}
