//! The conversion filter: a sinc windowed by Kaiser, worked out with additions, multiplications, divisions and square
//! roots only, so that its coefficients are the same bits on every machine (a system's `sin` is not).
//!
//! Sources: Kaiser, "Nonrecursive digital filter design using the I0-sinh window function", 1974; Oppenheim and
//! Schafer, Discrete-Time Signal Processing, 7.5; Smith, "Digital Audio Resampling", ccrma.stanford.edu/~jos/resample.

/// Rejection that the window is designed for, in dB; leaves room for the rounding of coefficients to f32.
const REJECTION_DB: f64 = 128.0;
/// End of the pass band and begin of the stop band, as parts of the lower rate's Nyquist frequency. The pass band
/// ends, in the design, where it is as flat as the stop band is deep; at 0.90 it is still flat within 0.01 dB.
const PASS: f64 = 0.895;
const STOP: f64 = 1.0;

/// The continuous filter in units of the lower rate's sample: even, zero outside ±`half`.
pub(super) struct Kernel {
    /// Half its length.
    pub half: f64,
    beta: f64,
    scale: f64,
}

impl Kernel {
    pub fn new() -> Self {
        // Kaiser's formulas for the length and shape that a rejection and a transition width ask for.
        let transition = (STOP - PASS) * std::f64::consts::PI;
        let length = (REJECTION_DB - 7.95) / (2.285 * transition);
        let beta = 0.1102 * (REJECTION_DB - 8.7);
        Kernel { half: (length / 2.0).ceil(), beta, scale: 1.0 / bessel_i0(beta) }
    }

    /// Value at `time`, in samples of the lower rate; its integral is 1.
    pub fn at(&self, time: f64) -> f64 {
        let place = time / self.half;
        let inside = 1.0 - place * place;
        if inside <= 0.0 {
            return 0.0;
        }
        let cutoff = (PASS + STOP) / 2.0;
        let turn = cutoff * time;
        let sinc = if turn == 0.0 { 1.0 } else { sin_pi(turn) / (std::f64::consts::PI * turn) };
        cutoff * sinc * bessel_i0(self.beta * inside.sqrt()) * self.scale
    }
}

/// Modified Bessel function of the first kind, order 0, by its power series; relative error below 1e-15 for |x| < 30.
fn bessel_i0(x: f64) -> f64 {
    let quarter = x * x / 4.0;
    let (mut term, mut sum, mut k) = (1.0, 1.0, 1.0);
    while term > sum * 1e-18 {
        term *= quarter / (k * k);
        sum += term;
        k += 1.0;
    }
    sum
}

/// sin(pi x) by reduction to ±1/2 and the Taylor series; absolute error below 1e-15.
fn sin_pi(x: f64) -> f64 {
    let whole = (x + 0.5).floor();
    let angle = (x - whole) * std::f64::consts::PI;
    let square = angle * angle;
    let (mut term, mut sum, mut k) = (angle, angle, 1.0);
    while k < 27.0 {
        term *= -square / ((k + 1.0) * (k + 2.0));
        sum += term;
        k += 2.0;
    }
    if whole as i64 & 1 == 0 { sum } else { -sum }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_against_known_values() {
        assert!((bessel_i0(1.0) - 1.2660658777520084).abs() < 1e-15);
        assert!((bessel_i0(10.0) / 2815.716628466254 - 1.0).abs() < 1e-14);
        for k in -300..300 {
            let x = f64::from(k) * 0.0373;
            assert!((sin_pi(x) - (x * std::f64::consts::PI).sin()).abs() < 1e-13, "{x}");
        }
    }
}
