//! Floats to integers: scaled, dithered, rounded to nearest, held at full scale, counted.

use super::dither::{Noise, stream, tpdf};
use super::{SinkReport, SinkSpec};
use crate::pcm::Real;

/// Adding and subtracting 1.5 * 2^52 rounds a double of less than 2^51 to the nearest integer, ties to even, in two
/// instructions on every machine.
const ROUNDER: f64 = 6755399441055744.0;

/// Turns planar floats into interleaved integers or floats.
pub(super) struct Quantiser {
    streams: Vec<u64>,
    noise: Noise,
    /// Steps in full scale: 2^15 or 2^23.
    scale: f64,
    report: SinkReport,
    /// One channel's integers, before they are dealt out.
    plane: Vec<i32>,
}

impl Quantiser {
    pub fn new(spec: &SinkSpec) -> Self {
        let bits = spec.format.bits();
        Quantiser {
            streams: (0..spec.channels as usize).map(|channel| stream(spec.seed, channel)).collect(),
            noise: spec.dither.noise(bits),
            scale: f64::from(1u32 << (bits - 1).min(31)),
            report: SinkReport::default(),
            plane: Vec::new(),
        }
    }

    pub fn report(&self) -> SinkReport {
        self.report
    }

    /// A block as interleaved integers in `out`, which is overwritten.
    pub fn integers<T: Real + Into<f64>>(&mut self, block: &[&[T]], frames: usize, out: &mut Vec<i32>) {
        let channels = block.len();
        out.clear();
        out.resize(frames * channels, 0);
        self.plane.resize(frames, 0);
        for (channel, samples) in block.iter().enumerate() {
            let first = self.report.frames;
            let (base, scale, plane) = (self.streams[channel], self.scale, &mut self.plane);
            let counts = match self.noise {
                Noise::None => fill(samples, plane, scale, |value, _| value),
                Noise::Always => fill(samples, plane, scale, |value, frame| value + tpdf(base, first + frame)),
                Noise::Between => fill(samples, plane, scale, |value, frame| {
                    if (value + ROUNDER) - ROUNDER == value { value } else { value + tpdf(base, first + frame) }
                }),
            };
            self.report.over += counts.0;
            self.report.non_finite += counts.1;
            for (frame, value) in out.chunks_exact_mut(channels).zip(&self.plane) {
                frame[channel] = *value;
            }
        }
        self.report.frames += frames as u64;
    }

    /// A block as interleaved floats in `out`, which is overwritten.
    pub fn floats<T: Real + Into<f64>>(&mut self, block: &[&[T]], frames: usize, out: &mut Vec<f32>) {
        let channels = block.len();
        out.clear();
        out.resize(frames * channels, 0.0);
        for (channel, samples) in block.iter().enumerate() {
            for (slot, sample) in out.iter_mut().skip(channel).step_by(channels).zip(*samples) {
                let value: f64 = (*sample).into();
                // A double beyond f32's range would become an infinity.
                let single = value as f32;
                if single.is_finite() {
                    self.report.over += u64::from(single.abs() > 1.0);
                    *slot = single;
                } else {
                    self.report.non_finite += 1;
                }
            }
        }
        self.report.frames += frames as u64;
    }
}

/// Rounds one channel; returns how many samples were beyond full scale and how many were not finite. No branch in it
/// hangs on a sample, so that it can be vectorised.
#[inline(always)]
fn fill<T: Real + Into<f64>>(samples: &[T], plane: &mut [i32], scale: f64, dither: impl Fn(f64, u64) -> f64) -> (u64, u64) {
    let (mut over, mut bad) = (0, 0);
    let steps = scale as i32;
    for ((frame, sample), slot) in samples.iter().enumerate().zip(plane) {
        let sample: f64 = (*sample).into();
        let finite = sample.is_finite();
        let sample = if finite { sample } else { 0.0 };
        bad += u64::from(!finite);
        over += u64::from(sample.abs() > 1.0);
        // Held before rounding as well, so that no huge value meets the rounder.
        let value = dither(sample.clamp(-2.0, 2.0) * scale, frame as u64);
        // The low bits of the sum are the rounded number itself, in two's complement.
        let rounded = (value + ROUNDER).to_bits() as i32;
        *slot = rounded.clamp(-steps, steps - 1);
    }
    (over, bad)
}
