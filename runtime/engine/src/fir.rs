//! The published resampling filters: sincs under Kaiser windows. A conversion by 2 is one steep step; one by more is the
//! steep step between the slower rate and its double, and a short one from there on, which has an octave of room.
//!
//! With `fs` the slower rate: up and down are flat within 0.002 dB to 0.4548 fs (20 kHz at 44.1 kHz) and within
//! 0.0001 dB to 0.42 fs. Down, everything from 0.5 fs on is at least 100 dB softer: nothing audible or measurable folds.
//! Up, the filter is 1 in its middle and 0 at all other instants of the slower rate, so every sample stays as it was and
//! only those between are added; its mirror image is at least 100 dB softer from 0.53 fs on. The taps of every instant
//! sum to 1, so a constant stays one. Sources: J. F. Kaiser 1974 (window), Crochiere and Rabiner 1983 (polyphase and
//! multistage conversion, Nyquist filters).

use mixdown_layout::{RESAMPLE_SHORT, RESAMPLE_STEEP};

/// One step of a conversion.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Filter {
    /// How many times faster its faster side is.
    pub(crate) factor: u32,
    /// Samples of its slower side that it spans to each side.
    pub(crate) half: u32,
    /// Where it cuts, in parts of the rate of its slower side.
    cut: f64,
    /// Kaiser's shape parameter.
    beta: f64,
}

impl Filter {
    /// The step between a rate and its double, going up: it keeps every sample.
    pub(crate) fn steep_up() -> Filter {
        Filter { factor: 2, half: RESAMPLE_STEEP, cut: 0.5, beta: 11.0 }
    }

    /// The same going down: it has done its work at half the slower rate.
    pub(crate) fn steep_down() -> Filter {
        Filter { factor: 2, half: RESAMPLE_STEEP, cut: 0.4765, beta: 10.5 }
    }

    /// The step between the doubled rate and `factor` times the slower rate, in both directions; nothing for 2.
    pub(crate) fn short(factor: u32) -> Option<Filter> {
        // Its slower side has twice the slower rate.
        (factor > 2).then_some(Filter { factor: factor / 2, half: 2 * RESAMPLE_SHORT, cut: 0.5, beta: 12.3 })
    }

    /// The impulse response at `at` samples of the faster side from its middle, up to the factor that makes its sum 1.
    fn shape(&self, at: i64) -> f64 {
        let (half, factor) = (f64::from(self.half), f64::from(self.factor));
        let u = at as f64 / (half * factor);
        let turns = 2.0 * self.cut * at as f64 / factor;
        if u.abs() >= 1.0 || (at != 0 && turns.fract() == 0.0) {
            return 0.0;
        }
        let angle = std::f64::consts::PI * turns;
        let sinc = if at == 0 { 1.0 } else { libm::sin(angle) / angle };
        sinc * bessel(self.beta * libm::sqrt(1.0 - u * u)) / bessel(self.beta)
    }

    /// The taps at the instants `k * factor + phase` for `k` from `1 - half` to `half` where the phase is below 0, else
    /// from `-half` to `half - 1`: all that are not 0. They sum to 1.
    pub(crate) fn phase(&self, phase: i64) -> Vec<f64> {
        let (half, factor) = (i64::from(self.half), i64::from(self.factor));
        let first = if phase < 0 { 1 - half } else { -half };
        let taps: Vec<f64> = (first..first + 2 * half).map(|k| self.shape(k * factor + phase)).collect();
        let sum: f64 = taps.iter().sum();
        taps.into_iter().map(|t| t / sum).collect()
    }
}

/// Modified Bessel function of the first kind, order 0, by its power series.
fn bessel(x: f64) -> f64 {
    let quarter = x * x / 4.0;
    let (mut sum, mut term) = (1.0, 1.0);
    for k in 1..64 {
        term *= quarter / (k * k) as f64;
        sum += term;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Magnitude at `f` times the rate of the slower side.
    fn magnitude(filter: &Filter, f: f64) -> f64 {
        let (mut re, mut im) = (0.0, 0.0);
        for p in 0..i64::from(filter.factor) {
            for (k, tap) in filter.phase(p).iter().enumerate() {
                let at = k as f64 - f64::from(filter.half) + p as f64 / f64::from(filter.factor);
                let angle = 2.0 * std::f64::consts::PI * f * at;
                re += tap * angle.cos();
                im += tap * angle.sin();
            }
        }
        20.0 * ((re * re + im * im).sqrt() / f64::from(filter.factor)).log10()
    }

    /// Magnitude of both steps at `f` times the slower rate.
    fn both(steep: &Filter, factor: u32, f: f64) -> f64 {
        magnitude(steep, f) + Filter::short(factor).map_or(0.0, |short| magnitude(&short, f / 2.0))
    }

    #[test]
    fn the_published_figures_hold() {
        for (steep, edge) in [(Filter::steep_up(), 0.53), (Filter::steep_down(), 0.5)] {
            for factor in [2, 4, 8, 16] {
                for step in (0..=4548).step_by(6) {
                    let f = f64::from(step) * 1e-4;
                    let db = both(&steep, factor, f).abs();
                    assert!(db < 0.002, "{db} dB at {f} fs, factor {factor}");
                    assert!(f > 0.42 || db < 1e-4, "{db} dB at {f} fs, factor {factor}");
                }
                for step in 0..1000 {
                    let f = edge + f64::from(step) * (f64::from(factor) / 2.0 - edge) / 999.0;
                    let db = both(&steep, factor, f);
                    assert!(db < -100.0, "{db} dB at {f} fs, factor {factor}");
                }
                assert!(both(&steep, factor, 0.0).abs() < 1e-9);
            }
        }
    }
}
