//! Coefficients of the sessions' filters, from the same published formulas as the library's: the RBJ cookbook in
//! delta form. Worked out in 64 bits, apart from the compiler.

// The Q that the sessions name, and coefficients of polynomials that happen to lie near other constants.
#![allow(clippy::approx_constant)]

use crate::session::RATE;
use std::f64::consts::{PI, TAU};

/// Butterworth.
pub(crate) const Q: f64 = 0.7071;

/// A filter of second order: `y = p0 x + w1`, `w1 += w2 + p1 x - d1 y`, `w2 += p2 x - d2 y`.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Filter {
    pub(crate) p0: f32,
    pub(crate) p1: f32,
    pub(crate) p2: f32,
    pub(crate) d1: f32,
    pub(crate) d2: f32,
}

/// `(1 - cos w, sin w)`.
fn angle(freq: f64) -> (f64, f64) {
    let w = TAU * freq / f64::from(RATE);
    let half = (w * 0.5).sin();
    (2.0 * half * half, w.sin())
}

fn filter(p0: f64, p1: f64, p2: f64, d1: f64, d2: f64) -> Filter {
    Filter { p0: p0 as f32, p1: p1 as f32, p2: p2 as f32, d1: d1 as f32, d2: d2 as f32 }
}

fn factor(db: f64) -> f64 {
    10f64.powf(db / 20.0)
}

/// Decibels as a factor.
pub(crate) fn gain(db: f64) -> f32 {
    factor(db) as f32
}

pub(crate) fn highpass(freq: f64) -> Filter {
    let (v, sin) = angle(freq);
    let alpha = sin / (2.0 * Q);
    let a0 = 1.0 + alpha;
    filter((1.0 - 0.5 * v) / a0, 0.0, 0.0, 2.0 * (v + alpha) / a0, 2.0 * v / a0)
}

pub(crate) fn lowpass(freq: f64) -> Filter {
    let (v, sin) = angle(freq);
    let alpha = sin / (2.0 * Q);
    let a0 = 1.0 + alpha;
    filter(0.5 * v / a0, 2.0 * v / a0, 2.0 * v / a0, 2.0 * (v + alpha) / a0, 2.0 * v / a0)
}

/// What a bell adds to the signal: a band-pass, whose p1 is twice p0 and whose p2 is 0.
pub(crate) fn bell((freq, db): (f64, f64), q: f64) -> Filter {
    let (v, sin) = angle(freq);
    let a = factor(db * 0.5);
    let alpha = sin / (2.0 * q);
    let a0 = 1.0 + alpha / a;
    let pass = alpha * (a - 1.0 / a) / a0;
    filter(pass, 2.0 * pass, 0.0, 2.0 * (v + alpha / a) / a0, 2.0 * v / a0)
}

/// What a low shelf adds to the signal.
pub(crate) fn lowshelf((freq, db): (f64, f64)) -> Filter {
    let (v, sin) = angle(freq);
    let a = factor(db * 0.5);
    let slope = a.sqrt() * sin / (2.0 * Q);
    let a0 = 2.0 * a - (a - 1.0) * v + 2.0 * slope;
    filter(
        (a - 1.0) * ((a + 1.0) * v + 2.0 * slope) / a0,
        4.0 * (a - 1.0) * ((a + 1.0) * v + slope) / a0,
        4.0 * (a * a - 1.0) * v / a0,
        4.0 * (v + slope) / a0,
        4.0 * v / a0,
    )
}

/// What a high shelf adds to the signal; its p2 is 0.
pub(crate) fn highshelf((freq, db): (f64, f64)) -> Filter {
    let (v, sin) = angle(freq);
    let a = factor(db * 0.5);
    let slope = a.sqrt() * sin / (2.0 * Q);
    let a0 = 2.0 + (a - 1.0) * v + 2.0 * slope;
    filter(
        (a - 1.0) * ((a + 1.0) * (2.0 - v) + 2.0 * slope) / a0,
        4.0 * (a - 1.0) * slope / a0,
        0.0,
        4.0 * (a * v + slope) / a0,
        4.0 * a * v / a0,
    )
}

/// Half a step of a low-pass of first order: `half = (x - low) * this`, `y = low + half`, `low = y + half`.
pub(crate) fn pole(freq: f64) -> f32 {
    let k = (PI * freq / f64::from(RATE)).tan();
    (k / (1.0 + k)) as f32
}

/// How fast a smoother of this time to 63 % is.
pub(crate) fn pace(seconds: f64) -> f32 {
    (1.0 - (-1.0 / (seconds * f64::from(RATE))).exp()) as f32
}

/// A compressor with a knee of 6 dB and no make-up.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Compressor {
    pub(crate) threshold: f32,
    /// `1 - 1 / ratio`.
    pub(crate) slope: f32,
    pub(crate) attack: f32,
    pub(crate) release: f32,
}

/// Half the knee, the knee, and one by twice the knee.
pub(crate) const KNEE: (f32, f32, f32) = (3.0, 6.0, 1.0 / 12.0);

pub(crate) fn compressor(threshold: f64, ratio: f64, attack: f64, release: f64) -> Compressor {
    Compressor { threshold: threshold as f32, slope: (1.0 - 1.0 / ratio) as f32, attack: pace(attack), release: pace(release) }
}

/// Gains of a track's channels on both sides: a mono one by sine and cosine, a stereo one as balance.
pub(crate) fn pan(channels: usize, pan: f64) -> [f32; 2] {
    if channels == 1 {
        let angle = (pan + 1.0) * PI / 4.0;
        [angle.cos() as f32, angle.sin() as f32]
    } else {
        [(1.0 - pan.max(0.0)) as f32, (1.0 + pan.min(0.0)) as f32]
    }
}

/// The hall of session S.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hall {
    /// Its lines, in samples.
    pub(crate) lengths: [usize; 8],
    /// What each loses at low frequencies, and how fast its damping follows.
    pub(crate) absorb: [(f32, f32); 8],
    pub(crate) loud: f32,
}

/// Silence before the hall, its smearing all-passes as samples and amount, and what closes it.
pub(crate) const PREDELAY: usize = 960;
pub(crate) const DIFFUSE: [(usize, f32); 3] = [(638, 0.6), (1042, 0.6), (1589, 0.5)];
pub(crate) const HADAMARD: f32 = 0.353_553_39;

pub(crate) fn hall() -> Hall {
    let (decay, size, damping) = (1.8, 0.092, 4500.0);
    let rate = f64::from(RATE);
    let ratios = [0.4967, 0.5591, 0.6181, 0.6917, 0.7643, 0.8389, 0.9151, 1.0];
    let lengths = ratios.map(|r| (r * size * rate).round() as usize);
    let absorb = lengths.map(|length| {
        let gain = factor(-60.0 * (length as f64 / (decay * rate)));
        let g2 = gain * gain;
        let turn = 1.0 - g2 * (TAU * damping / rate).cos();
        let pole = (turn - (turn * turn - (1.0 - g2) * (1.0 - g2)).max(0.0).sqrt()) / (1.0 - g2);
        (gain as f32, (1.0 - pole) as f32)
    });
    let lost = factor(-120.0 * (0.75 * size / decay));
    Hall { lengths, absorb, loud: ((1.0 - lost).sqrt() * 0.5) as f32 }
}

/// Ping-pong: samples from echo to echo, and feedback.
pub(crate) const ECHO: (usize, f32) = (18_000, 0.35);

/// Half the limiter's lookahead, its sliding maximum, and what it delays.
pub(crate) const HALF: usize = 120;
pub(crate) const WINDOW: usize = 2 * HALF - 1;
pub(crate) const LATE: usize = 2 * HALF - 2;
/// Steps of the limiter's averages: whole numbers that stay exact.
pub(crate) const GRID: f32 = 65_536.0;

pub(crate) fn ceiling() -> f32 {
    gain(-1.0)
}

/// `20 log10(1 + r) / r`, highest power first; and the decibels of an octave.
pub(crate) const LOG: [f32; 8] = [-0.877_466_1, 1.426_221_3, -1.505_566_6, 1.726_151_2, -2.167_941, 2.895_544, -4.343_003, 8.685_888];
pub(crate) const OCTAVE: f32 = 6.020_6;
/// `(2^f - 1) / f`, highest power first; and octaves of a decibel.
pub(crate) const EXP: [f32; 5] = [0.001_326_479_8, 0.009_671_515, 0.055_507_336, 0.240_222_42, 0.693_147];
pub(crate) const BY_OCTAVE: f32 = 0.166_096_4;
/// Bits of the root of a half, and their distance to those of 1.
pub(crate) const ROOT_HALF: i32 = std::f32::consts::FRAC_1_SQRT_2.to_bits() as i32;
pub(crate) const SHIFT: i32 = 0x3f80_0000 - ROOT_HALF;
/// Adding it to a number of octaves puts their whole part into the low bits: 1.5 * 2^23 + 127.
pub(crate) const WHOLE: f32 = 12_583_039.0;

