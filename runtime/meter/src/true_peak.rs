//! True peak: the highest level between the samples, by interpolation to four times the rate (twice from 96 kHz on,
//! not at all from 192 kHz on, where the samples are dense enough).
//!
//! Source: ITU-R BS.1770-4 annex 2; the interpolator is a sinc of 48 taps under a Hann window. Every output is one
//! sum in one order, products rounded before they are added, so the figure is the same on every machine.

use std::f64::consts::PI;

/// Taps of the whole interpolator.
const TAPS: usize = 48;
/// Samples that are interpolated at a time.
const STRIP: usize = 32;

/// How many times the rate is raised.
pub(crate) fn oversampling(rate: u32) -> u32 {
    match rate {
        ..96_000 => 4,
        96_000..192_000 => 2,
        _ => 1,
    }
}

/// Taps of the phases between the samples.
enum Filter {
    Four([[f32; TAPS / 4]; 3]),
    Two([[f32; TAPS / 2]; 1]),
    None,
}

/// The highest level of what went in.
pub(crate) struct TruePeak {
    filter: Filter,
    /// One a channel: the last samples that the filter still needs, and behind them the part under way.
    recent: Vec<Vec<f32>>,
    peak: f32,
}

impl TruePeak {
    pub fn new(rate: u32, channels: u32) -> Self {
        let (filter, history) = match oversampling(rate) {
            4 => (Filter::Four(taps()), TAPS / 4 - 1),
            2 => (Filter::Two(taps()), TAPS / 2 - 1),
            _ => (Filter::None, 0),
        };
        TruePeak { filter, recent: vec![vec![0.0; history]; channels as usize], peak: 0.0 }
    }

    /// Takes in a block.
    pub fn push(&mut self, block: &[&[f32]]) {
        for (recent, samples) in self.recent.iter_mut().zip(block) {
            let history = recent.len();
            recent.extend_from_slice(samples);
            let peak = match &self.filter {
                Filter::Four(taps) => highest(recent, taps),
                Filter::Two(taps) => highest(recent, taps),
                Filter::None => 0.0,
            };
            self.peak = self.peak.max(peak);
            recent.drain(..recent.len() - history);
        }
    }

    /// The highest level between samples; the samples themselves are not among it.
    pub fn finish(mut self) -> f64 {
        // Silence behind the end, so that the last sample has been seen whole.
        let tail = [0f32; TAPS];
        let tail = vec![tail.as_slice(); self.recent.len()];
        self.push(&tail);
        // A sum of finite samples may still be beyond all numbers.
        f64::from(self.peak.min(f32::MAX))
    }
}

/// Phase 0 would be the samples themselves.
fn taps<const N: usize, const PHASES: usize>() -> [[f32; N]; PHASES] {
    let factor = PHASES + 1;
    std::array::from_fn(|phase| {
        std::array::from_fn(|tap| {
            let j = (tap * factor + phase + 1) as f64;
            let x = (j - TAPS as f64 / 2.0) * PI / factor as f64;
            let window = 0.5 * (1.0 - (2.0 * PI * j / TAPS as f64).cos());
            (window * x.sin() / x) as f32
        })
    })
}

/// The highest magnitude that the phases make of `samples`, of which the first `N - 1` are history.
fn highest<const N: usize, const PHASES: usize>(samples: &[f32], taps: &[[f32; N]; PHASES]) -> f32 {
    #[cfg(target_arch = "x86_64")]
    {
        /// The same steps eight at a time: no product is fused with its sum, so the bits are the same.
        #[target_feature(enable = "avx2")]
        fn wide<const N: usize, const PHASES: usize>(samples: &[f32], taps: &[[f32; N]; PHASES]) -> f32 {
            plain(samples, taps)
        }
        if std::arch::is_x86_feature_detected!("avx2") {
            // SAFETY: the feature has just been seen on this machine.
            return unsafe { wide(samples, taps) };
        }
    }
    plain(samples, taps)
}

#[inline(always)]
fn plain<const N: usize, const PHASES: usize>(samples: &[f32], taps: &[[f32; N]; PHASES]) -> f32 {
    let outputs = samples.len() - (N - 1);
    let mut most = [0f32; STRIP];
    let mut at = 0;
    while at + STRIP <= outputs {
        let from = &samples[at..at + N - 1 + STRIP];
        for taps in taps {
            let mut sum = [0f32; STRIP];
            for (k, tap) in taps.iter().enumerate() {
                // The newest sample meets the first tap.
                let from = &from[N - 1 - k..][..STRIP];
                for i in 0..STRIP {
                    sum[i] += from[i] * tap;
                }
            }
            for i in 0..STRIP {
                most[i] = if sum[i].abs() > most[i] { sum[i].abs() } else { most[i] };
            }
        }
        at += STRIP;
    }
    let mut peak = most.iter().fold(0f32, |a, b| a.max(*b));
    for newest in at + N - 1..samples.len() {
        for taps in taps {
            let sum = taps.iter().enumerate().fold(0f32, |sum, (k, tap)| sum + samples[newest - k] * tap);
            peak = peak.max(sum.abs());
        }
    }
    peak
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_change_nothing() {
        let noise: Vec<f32> = (0..5000u32).map(|n| (n.wrapping_mul(2654435761) >> 8) as f32 / 8388608.0 - 1.0).collect();
        for rate in [44_100, 96_000] {
            let figure = |block: usize| {
                let mut peak = TruePeak::new(rate, 1);
                noise.chunks(block).for_each(|part| peak.push(&[part]));
                peak.finish().to_bits()
            };
            let whole = figure(5000);
            for block in [1, 7, 31, 32, 33, 1000] {
                assert_eq!(figure(block), whole, "{rate} Hz, blocks of {block}");
            }
        }
    }
}
