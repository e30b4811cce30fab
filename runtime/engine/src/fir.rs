//! The published resampling filter, one shape for every factor: a sinc cut at half the mix's rate under a Kaiser
//! window (beta 11) that spans 64 mix samples, [`RESAMPLE_LATENCY`] on each side.
//!
//! With `fs` the mix's rate: flat within 0.01 dB to 0.4548 fs (20 kHz at 44.1 kHz), within 0.0001 dB to 0.42 fs, and
//! at least 100 dB down from 0.5543 fs on. At the mix's own instants the filter is 1 in its middle and 0 elsewhere, so
//! upsampling keeps every sample as it was and only adds those between. The taps of every instant sum to 1, so a
//! constant stays one. Sources: J. F. Kaiser 1974 (window), Crochiere and Rabiner 1983 (polyphase, Nyquist filters).

use mixdown_layout::RESAMPLE_LATENCY;

/// Kaiser's shape parameter.
const BETA: f64 = 11.0;

/// The impulse response at `at` oversampled samples from its middle, not yet normalised.
fn shape(at: i64, factor: i64) -> f64 {
    let half = i64::from(RESAMPLE_LATENCY) * factor;
    if at.abs() > half || (at != 0 && at % factor == 0) {
        return 0.0;
    }
    let sinc = if at == 0 {
        1.0
    } else {
        let x = std::f64::consts::PI * at as f64 / factor as f64;
        libm::sin(x) / x
    };
    let u = at as f64 / half as f64;
    sinc * bessel(BETA * libm::sqrt(1.0 - u * u)) / bessel(BETA)
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

/// The taps at the instants `k * factor + phase` for `k` from `-RESAMPLE_LATENCY` to `RESAMPLE_LATENCY`; they sum to 1.
pub(crate) fn phase(factor: u32, phase: i64) -> Vec<f64> {
    let half = i64::from(RESAMPLE_LATENCY);
    let factor = i64::from(factor);
    let taps: Vec<f64> = (-half..=half).map(|k| shape(k * factor + phase, factor)).collect();
    let sum: f64 = taps.iter().sum();
    taps.into_iter().map(|t| t / sum).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Magnitude at `f` times the mix's rate.
    fn magnitude(factor: u32, f: f64) -> f64 {
        let half = i64::from(RESAMPLE_LATENCY);
        let (mut re, mut im) = (0.0, 0.0);
        for p in 0..i64::from(factor) {
            for (k, tap) in phase(factor, p).iter().enumerate() {
                let at = (k as i64 - half) as f64 + p as f64 / f64::from(factor);
                let angle = 2.0 * std::f64::consts::PI * f * at;
                re += tap * angle.cos();
                im += tap * angle.sin();
            }
        }
        20.0 * ((re * re + im * im).sqrt() / f64::from(factor)).log10()
    }

    #[test]
    fn the_published_figures_hold() {
        for factor in [2, 4, 8, 16] {
            for step in (0..=4548).step_by(6) {
                let f = f64::from(step) * 1e-4;
                let db = magnitude(factor, f).abs();
                assert!(db < 0.01, "{db} dB at {f} fs, factor {factor}");
                assert!(f > 0.42 || db < 1e-4, "{db} dB at {f} fs, factor {factor}");
            }
            for step in 0..500 {
                let f = 0.5543 + f64::from(step) * (f64::from(factor) / 2.0 - 0.5543) / 499.0;
                let db = magnitude(factor, f);
                assert!(db < -100.0, "{db} dB at {f} fs, factor {factor}");
            }
            assert!(magnitude(factor, 0.0).abs() < 1e-9);
        }
    }
}
