//! Levels in octave and third-octave bands, from averaged spectra: Hann windows of about a third of a second, three
//! quarters overlapped, so that every sample has equal weight and the bands' powers add up to the whole's.
//!
//! Sources: Welch, 1967; band edges by IEC 61260-1 (base 10): `1000 * 10^(k/10)`, edges at `10^(±1/20)`.

use crate::fft::Fft;
use serde::{Deserialize, Serialize};

/// Nominal centres of the octave bands in Hz.
pub const OCTAVE_CENTRES: [f64; 10] = [31.5, 63.0, 125.0, 250.0, 500.0, 1000.0, 2000.0, 4000.0, 8000.0, 16000.0];
/// Nominal centres of the third-octave bands in Hz.
pub const THIRD_OCTAVE_CENTRES: [f64; 31] = [
    20.0, 25.0, 31.5, 40.0, 50.0, 63.0, 80.0, 100.0, 125.0, 160.0, 200.0, 250.0, 315.0, 400.0, 500.0, 630.0, 800.0, 1000.0, 1250.0, 1600.0, 2000.0, 2500.0, 3150.0, 4000.0, 5000.0, 6300.0, 8000.0, 10000.0, 12500.0,
    16000.0, 20000.0,
];
/// Index of the first third-octave band re 1 kHz.
const FIRST: i32 = -17;
/// Overlapping windows.
const OVERLAP: usize = 4;

/// Level of one band.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Band {
    /// Nominal centre in Hz.
    pub centre: f64,
    /// Mean power over all channels and frames in dB re a constant 1.0, as an rms level. `None` without energy there,
    /// and for bands that reach beyond half the sample rate.
    pub level: Option<f64>,
}

/// The levels of all bands.
#[derive(Default)]
pub(crate) struct Levels {
    pub octaves: Vec<Band>,
    pub third_octaves: Vec<Band>,
    /// Third octaves of the middle, and of the side; of one channel that is the middle.
    pub middle: Vec<Band>,
    pub side: Vec<Band>,
}

/// The averaged spectrum of what went in.
pub(crate) struct Bands {
    rate: u32,
    size: usize,
    fft: Fft,
    window: Vec<f64>,
    /// The last window's samples, a channel each.
    recent: Vec<Vec<f32>>,
    fill: usize,
    re: Vec<f64>,
    im: Vec<f64>,
    /// Energy of each bin, 0 to half the size, summed over windows and channels.
    energy: Vec<f64>,
    /// What the two channels of a pair have in common in each bin: half of the middle's energy less the side's.
    shared: Vec<f64>,
    frames: u64,
}

impl Bands {
    pub fn new(rate: u32, channels: u32) -> Self {
        // 16384 at 44.1 and 48 kHz: bins of 3 Hz, fine enough for the band at 20 Hz.
        let size = (rate as usize / 3).next_power_of_two().clamp(256, 1 << 18);
        let window: Vec<f64> = (0..size).map(|k| 0.5 - 0.5 * (std::f64::consts::TAU * k as f64 / size as f64).cos()).collect();
        // It begins three hops into silence, so that the first sample lies under as many windows as any.
        let recent = vec![vec![0.0; size]; channels as usize];
        Bands { rate, size, fft: Fft::new(size), window, recent, fill: size - size / OVERLAP, re: vec![0.0; size], im: vec![0.0; size], energy: vec![0.0; size / 2 + 1], shared: vec![0.0; size / 2 + 1], frames: 0 }
    }

    /// Takes in a block.
    pub fn push(&mut self, block: &[&[f32]], frames: usize) {
        let mut at = 0;
        while at < frames {
            let take = (self.size - self.fill).min(frames - at);
            for (recent, channel) in self.recent.iter_mut().zip(block) {
                recent[self.fill..self.fill + take].copy_from_slice(&channel[at..at + take]);
            }
            at += take;
            self.fill += take;
            if self.fill == self.size {
                self.spectrum();
            }
        }
        self.frames += frames as u64;
    }

    /// Adds the spectrum of the full window, and moves on by a hop.
    fn spectrum(&mut self) {
        for pair in self.recent.chunks(2) {
            // Two real channels make one complex signal; their bins come apart by symmetry.
            for k in 0..self.size {
                self.re[k] = f64::from(pair[0][k]) * self.window[k];
                self.im[k] = pair.get(1).map_or(0.0, |second| f64::from(second[k]) * self.window[k]);
            }
            self.fft.run(&mut self.re, &mut self.im);
            for bin in 0..=self.size / 2 {
                let mirror = (self.size - bin) % self.size;
                let power = self.re[bin].powi(2) + self.im[bin].powi(2) + self.re[mirror].powi(2) + self.im[mirror].powi(2);
                // |A|^2 + |B|^2 is half of this; every bin but the two outermost stands for its mirror as well.
                let both = if bin == mirror { 0.5 } else { 1.0 };
                self.energy[bin] += power * both;
                self.shared[bin] += (self.re[bin] * self.im[mirror] + self.im[bin] * self.re[mirror]) * 2.0 * both;
            }
        }
        let hop = self.size / OVERLAP;
        for channel in &mut self.recent {
            channel.copy_within(hop.., 0);
            channel[self.size - hop..].fill(0.0);
        }
        self.fill = self.size - hop;
    }

    /// Octave and third-octave levels.
    pub fn finish(mut self) -> Levels {
        // The rest, and three more hops so that the last sample lies under as many windows as any.
        for _ in 0..OVERLAP {
            self.spectrum();
        }
        // The squared windows of all hops add up to 3/8 * OVERLAP.
        let channels = self.recent.len();
        let scale = 1.0 / (self.size as f64 * 0.375 * OVERLAP as f64 * self.frames.max(1) as f64 * channels as f64);
        let thirds = self.thirds(&self.energy, scale);
        // Two channels are a middle and a side, (left + right) / 2 and (left - right) / 2.
        let half = |sign: f64| -> Vec<f64> {
            self.energy.iter().zip(&self.shared).map(|(all, shared)| ((all + sign * shared) * 0.5).max(0.0)).collect()
        };
        let (middle, side) = if channels == 2 {
            (self.thirds(&half(1.0), scale), self.thirds(&half(-1.0), scale))
        } else {
            (thirds.clone(), vec![None; thirds.len()])
        };
        let level = |power: Option<f64>| power.filter(|power| *power > 0.0).map(|power| 10.0 * power.log10());
        let band = |centre: &f64, power: Option<f64>| Band { centre: *centre, level: level(power) };
        let octaves = OCTAVE_CENTRES.iter().enumerate().map(|(index, centre)| {
            // An octave is its three thirds; the lowest one, 31.5 Hz, is 25, 31.5 and 40 Hz.
            let parts = &thirds[1 + 3 * index..4 + 3 * index];
            band(centre, parts.iter().copied().sum())
        });
        let octaves = octaves.collect();
        let all = |thirds: &[Option<f64>]| THIRD_OCTAVE_CENTRES.iter().zip(thirds).map(|(centre, power)| band(centre, *power)).collect();
        Levels { octaves, third_octaves: all(&thirds), middle: all(&middle), side: all(&side) }
    }

    /// Power of each third of an octave; `None` beyond half the rate.
    fn thirds(&self, energy: &[f64], scale: f64) -> Vec<Option<f64>> {
        let third = |index: i32| {
            let centre = 1000.0 * 10f64.powf(f64::from(FIRST + index) / 10.0);
            let (low, high) = (centre * 10f64.powf(-0.05), centre * 10f64.powf(0.05));
            (high <= f64::from(self.rate) / 2.0).then(|| self.between(energy, low, high) * scale)
        };
        (0..THIRD_OCTAVE_CENTRES.len() as i32).map(third).collect()
    }

    /// Energy between two frequencies; a bin on an edge counts by the part of it that lies inside.
    fn between(&self, energy: &[f64], low: f64, high: f64) -> f64 {
        let width = f64::from(self.rate) / self.size as f64;
        let (low, high) = (low / width, high / width);
        let first = (low - 0.5).floor().max(0.0) as usize;
        let part = |(bin, energy): (usize, &f64)| {
            let inside = (high.min(bin as f64 + 0.5) - low.max(bin as f64 - 0.5)).clamp(0.0, 1.0);
            inside * energy
        };
        energy.iter().enumerate().skip(first).take((high - low).ceil() as usize + 3).map(part).sum()
    }
}
