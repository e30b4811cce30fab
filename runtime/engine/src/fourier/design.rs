//! Filters from levels at equal steps of frequency: of linear phase, by the inverse transform and a window, and of
//! minimum phase, by the cepstrum (Oppenheim and Schafer, "Discrete-Time Signal Processing", 13.5).

use std::f64::consts::TAU;

/// Levels under this (dB) are this: a filter of minimum phase has no true zeros.
const LEAST: f64 = -200.0;
/// Points of the cepstrum per point of the filter, so that nothing folds over.
const FINER: usize = 8;

fn amplitude(level: f64) -> f64 {
    libm::pow(10.0, level / 20.0)
}

/// `2m + 1` taps around the middle one for `m + 1` levels: late by `m` samples at every frequency. The outer half of
/// each side falls by a raised cosine, so that a curve finer than the filter is long comes out smooth.
pub(super) fn linear_phase(levels: &[f64]) -> Vec<f64> {
    let Some(m) = levels.len().checked_sub(1).filter(|m| *m > 0) else {
        return levels.iter().map(|l| amplitude(*l)).collect();
    };
    let size = (2 * m).next_power_of_two();
    let response = sampled(levels, size, amplitude);
    let impulse = transformed(&response);
    let tap = |k: i64| {
        let u = k.unsigned_abs() as f64 / m as f64;
        let window = if u <= 0.5 { 1.0 } else { 0.5 + 0.5 * libm::cos(TAU * (u - 0.5)) };
        window * impulse[k.unsigned_abs() as usize].0 / size as f64
    };
    (-(m as i64)..=m as i64).map(tap).collect()
}

/// `2m` taps that answer as early as they can for `m + 1` levels.
pub(super) fn minimum_phase(levels: &[f64]) -> Vec<f64> {
    let Some(m) = levels.len().checked_sub(1).filter(|m| *m > 0) else {
        return levels.iter().map(|l| amplitude(*l)).collect();
    };
    let size = (2 * m).next_power_of_two() * FINER;
    let log = |level: f64| level.max(LEAST) / 20.0 * std::f64::consts::LN_10;
    // The cepstrum of the magnitude is even; folded onto its causal half it is that of the filter.
    let mut cepstrum: Vec<(f64, f64)> =
        transformed(&sampled(levels, size, log)).iter().map(|c| (c.0 / size as f64, 0.0)).collect();
    for k in 1..size / 2 {
        cepstrum[k].0 *= 2.0;
        cepstrum[size - k].0 = 0.0;
    }
    let spectrum: Vec<(f64, f64)> = transformed(&cepstrum)
        .iter()
        .map(|c| {
            let size = libm::exp(c.0);
            // Conjugated, so that the same transform goes back.
            (size * libm::cos(c.1), -size * libm::sin(c.1))
        })
        .collect();
    let taps = transformed(&spectrum);
    let faded = |(k, c): (usize, &(f64, f64))| {
        let u = k as f64 / (2 * m) as f64;
        let window = if u <= 0.5 { 1.0 } else { 0.5 + 0.5 * libm::cos(TAU * (u - 0.5)) };
        window * c.0 / size as f64
    };
    taps.iter().take(2 * m).enumerate().map(faded).collect()
}

/// An even spectrum of `size` points through the levels, in decibels straight between them.
fn sampled(levels: &[f64], size: usize, value: impl Fn(f64) -> f64) -> Vec<(f64, f64)> {
    let steps = levels.len() - 1;
    let at = |k: usize| {
        let x = k.min(size - k) as f64 * 2.0 * steps as f64 / size as f64;
        let first = (x as usize).min(steps - 1);
        let part = x - first as f64;
        // No part of one of them at all at a point itself, which may be minus infinity.
        match part {
            p if p == 0.0 => levels[first],
            p if p == 1.0 => levels[first + 1],
            p => levels[first] + (levels[first + 1] - levels[first]) * p,
        }
    };
    (0..size).map(|k| (value(at(k)), 0.0)).collect()
}

/// The discrete Fourier transform of a power of two of points, radix 2. Filters are designed once, so it is short
/// and not fast.
fn transformed(x: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let n = x.len();
    let bits = n.trailing_zeros();
    let mut y: Vec<(f64, f64)> = (0..n).map(|k| x[if bits == 0 { 0 } else { k.reverse_bits() >> (usize::BITS - bits) }]).collect();
    let roots: Vec<(f64, f64)> = (0..n / 2).map(|k| -TAU * k as f64 / n as f64).map(|a| (libm::cos(a), libm::sin(a))).collect();
    let mut half = 1;
    while half < n {
        for block in y.chunks_exact_mut(2 * half) {
            let (low, high) = block.split_at_mut(half);
            for (k, (a, b)) in low.iter_mut().zip(high).enumerate() {
                let w = roots[k * (n / 2 / half)];
                let t = (b.0 * w.0 - b.1 * w.1, b.0 * w.1 + b.1 * w.0);
                *b = (a.0 - t.0, a.1 - t.1);
                *a = (a.0 + t.0, a.1 + t.1);
            }
        }
        half *= 2;
    }
    y
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::PI;

    /// Level and phase at a part of half the rate.
    fn answer(taps: &[f64], at: f64) -> (f64, f64) {
        let (mut re, mut im) = (0.0, 0.0);
        for (n, tap) in taps.iter().enumerate() {
            re += tap * (PI * at * n as f64).cos();
            im -= tap * (PI * at * n as f64).sin();
        }
        (20.0 * re.hypot(im).log10(), im.atan2(re))
    }

    /// A bell of 9 dB at a fifth of half the rate.
    fn bell(at: f64) -> f64 {
        9.0 / (1.0 + ((at - 0.2) / 0.1).powi(2))
    }

    #[test]
    fn both_phases_have_the_levels_asked_for() {
        let levels: Vec<f64> = (0..=512).map(|k| bell(f64::from(k) / 512.0)).collect();
        let (linear, minimum) = (linear_phase(&levels), minimum_phase(&levels));
        assert_eq!((linear.len(), minimum.len()), (1025, 1024));
        for k in 0..200 {
            let at = 0.003 + 0.99 * f64::from(k) / 200.0;
            for (taps, tolerance) in [(&linear, 0.001), (&minimum, 0.01)] {
                let got = answer(taps, at).0;
                assert!((got - bell(at)).abs() < tolerance, "{got} at {at}, wanted {}", bell(at));
            }
        }
        // The first symmetric, the second as early as it can be: an echo-free start and most energy in it.
        assert!((0..512).all(|k| linear[k] == linear[1024 - k]));
        assert!(minimum[0].abs() > 0.9 && minimum[..64].iter().map(|t| t * t).sum::<f64>() > 0.99 * minimum.iter().map(|t| t * t).sum::<f64>());
    }

    #[test]
    fn silence_and_single_levels_are_fine() {
        assert!(linear_phase(&[f64::NEG_INFINITY; 9]).iter().all(|t| *t == 0.0));
        assert!(minimum_phase(&[f64::NEG_INFINITY; 9]).iter().all(|t| t.abs() < 1e-9));
        assert_eq!((linear_phase(&[0.0]), linear_phase(&[])), (vec![1.0], vec![]));
    }
}
