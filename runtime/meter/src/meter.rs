//! The meter: audio goes in block by block, one [`Measurement`] comes out.

use crate::bands::Bands;
use crate::floor::Floor;
use crate::levels::Levels;
use crate::loudness::Windows;
use crate::measurement::Measurement;
use crate::true_peak::{TruePeak, oversampling};
use std::fmt;

/// Frames taken in at a time: keeps what every figure reads in the cache.
const CHUNK: usize = 4096;
/// Rates and channels that loudness is defined for.
const RATES: std::ops::RangeInclusive<u32> = 16..=2_822_400;
const CHANNELS: std::ops::RangeInclusive<u32> = 1..=64;

/// Audio that cannot be metered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MeterError {
    /// The sample rate asked for, in Hz; 16 to 2 822 400 can be metered.
    pub rate: u32,
    /// The channels asked for; 1 to 64 can be metered.
    pub channels: u32,
}

impl fmt::Display for MeterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} channels at {} Hz cannot be metered", self.channels, self.rate)
    }
}

impl std::error::Error for MeterError {}

/// A measurement under way.
pub struct Meter {
    rate: u32,
    channels: u32,
    frames: u64,
    non_finite: u64,
    windows: Windows,
    true_peak: TruePeak,
    levels: Levels,
    floor: Floor,
    bands: Option<Bands>,
}

impl Meter {
    /// A meter of everything.
    ///
    /// # Errors
    /// [`MeterError`] for a rate or channel count that loudness is not defined for.
    pub fn new(rate: u32, channels: u32) -> Result<Self, MeterError> {
        let mut meter = Self::without_bands(rate, channels)?;
        meter.bands = Some(Bands::new(rate, channels));
        Ok(meter)
    }

    /// A meter of everything but the bands, which take about half of the time.
    ///
    /// # Errors
    /// As [`Meter::new`].
    pub fn without_bands(rate: u32, channels: u32) -> Result<Self, MeterError> {
        if !RATES.contains(&rate) || !CHANNELS.contains(&channels) {
            return Err(MeterError { rate, channels });
        }
        let (windows, true_peak) = (Windows::new(rate, channels), TruePeak::new(rate, channels));
        Ok(Meter { rate, channels, frames: 0, non_finite: 0, windows, true_peak, levels: Levels::new(channels), floor: Floor::new(rate, channels), bands: None })
    }

    /// Takes in a block, one slice a channel, full scale ±1. Where slices are of unlike length the shortest counts;
    /// a missing channel is silent.
    pub fn push(&mut self, block: &[&[f32]]) {
        let frames = block.iter().map(|channel| channel.len()).min().unwrap_or(0);
        let silence = [0f32; CHUNK];
        let mut mended: Vec<Vec<f32>> = Vec::new();
        for start in (0..frames).step_by(CHUNK) {
            let end = frames.min(start + CHUNK);
            let mut part: Vec<&[f32]> = block.iter().take(self.channels as usize).map(|channel| &channel[start..end]).collect();
            part.resize(self.channels as usize, &silence[..end - start]);
            let broken = part.iter().flat_map(|channel| channel.iter()).filter(|sample| !sample.is_finite()).count();
            if broken > 0 {
                self.non_finite += broken as u64;
                mended.clear();
                mended.extend(part.iter().map(|channel| channel.iter().map(|sample| if sample.is_finite() { *sample } else { 0.0 }).collect::<Vec<f32>>()));
                let part: Vec<&[f32]> = mended.iter().map(Vec::as_slice).collect();
                self.take(&part, end - start);
            } else {
                self.take(&part, end - start);
            }
        }
    }

    fn take(&mut self, part: &[&[f32]], frames: usize) {
        self.frames += frames as u64;
        self.windows.push(part, frames);
        self.true_peak.push(part);
        self.levels.push(part, frames);
        self.floor.push(part, frames);
        if let Some(bands) = &mut self.bands {
            bands.push(part, frames);
        }
    }

    /// Momentary loudness in LUFS: of the last 400 ms, ten a second from there on; `-inf` for digital silence.
    pub fn momentary(&self) -> Vec<f64> {
        self.windows.momentary()
    }

    /// The figures.
    pub fn finish(self) -> Measurement {
        let windows = self.windows.finish();
        let levels = self.levels.finish();
        let decibels = |value: f64| (value > 0.0).then(|| 20.0 * value.log10());
        let true_peak = self.true_peak.finish().max(levels.peak);
        let (peak, rms) = (decibels(levels.peak), decibels(levels.mean_square.sqrt()));
        let bands = self.bands.map_or_else(Default::default, Bands::finish);
        Measurement {
            rate: self.rate,
            channels: self.channels,
            frames: self.frames,
            seconds: self.frames as f64 / f64::from(self.rate),
            integrated: windows.integrated,
            range: windows.range,
            momentary_max: windows.momentary_max,
            short_term_max: windows.short_term_max,
            true_peak: decibels(true_peak),
            true_peak_oversampling: oversampling(self.rate),
            peak,
            rms,
            crest: peak.zip(rms).map(|(peak, rms)| peak - rms),
            dc: levels.dc,
            correlation: levels.correlation,
            mono_loss: levels.mono_loss,
            noise_floor: self.floor.finish(),
            clip_runs: levels.clip_runs,
            clipped_samples: levels.clipped_samples,
            longest_clip: levels.longest_clip,
            non_finite: self.non_finite,
            octaves: bands.octaves,
            third_octaves: bands.third_octaves,
            middle_thirds: bands.middle,
            side_thirds: bands.side,
        }
    }
}
