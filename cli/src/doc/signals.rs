//! Signals that probe, and what is read off what comes back.

use super::bench::{FS, Planes};
use mixdown_meter::spectrum::amplitudes;
use std::f64::consts::TAU;

/// Decibels of a factor.
pub fn db(x: f64) -> f64 {
    20.0 * x.abs().max(1e-15).log10()
}

/// A factor of decibels.
pub fn factor(db: f64) -> f64 {
    10f64.powf(db / 20.0)
}

/// Root of the mean square.
pub fn rms(x: &[f64]) -> f64 {
    (x.iter().map(|x| x * x).sum::<f64>() / x.len().max(1) as f64).sqrt()
}

/// Evenly spread noise up to ±1: the same at every time, another for each stream.
pub fn white(stream: u64, frames: usize) -> Vec<f64> {
    let mut state = 0x9e37_79b9_7f4a_7c15u64.wrapping_mul(stream + 1);
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1u64 << 52) as f64 - 1.0
    };
    (0..frames).map(|_| next()).collect()
}

/// Noise with as much in each octave, with an RMS of 1 (Kellet's three poles).
pub fn pink(stream: u64, frames: usize) -> Vec<f64> {
    let (mut a, mut b, mut c) = (0.0, 0.0, 0.0);
    let x: Vec<f64> = white(stream, frames).into_iter().map(|w| {
        a = 0.99765 * a + w * 0.099_046;
        b = 0.963 * b + w * 0.296_516_4;
        c = 0.57 * c + w * 1.052_691_3;
        a + b + c + w * 0.1848
    }).collect();
    let loud = rms(&x);
    x.into_iter().map(|x| x / loud).collect()
}

/// A sine with this peak.
pub fn sine(freq: f64, peak: f64, frames: usize) -> Vec<f64> {
    (0..frames).map(|i| peak * (TAU * freq * i as f64 / FS).sin()).collect()
}

/// The same on so many channels.
pub fn both(x: Vec<f64>, width: u32) -> Planes {
    vec![x; width.max(1) as usize]
}

/// What one is not of the other, in dB against the louder: very low where they are the same.
pub fn difference(a: &[Vec<f64>], b: &[Vec<f64>]) -> f64 {
    let mut off = 0.0;
    let mut all = [0.0, 0.0];
    for (a, b) in a.iter().zip(b) {
        for (a, b) in a.iter().zip(b) {
            off += (a - b) * (a - b);
            all[0] += a * a;
            all[1] += b * b;
        }
    }
    let most = f64::max(all[0], all[1]);
    if most > 0.0 { 10.0 * (off / most).max(1e-30).log10() } else { -300.0 }
}

/// Amplitude and turn (in cycles, without jumps) of a tone at every sample, seen through a window of whole periods.
pub fn demodulated(x: &[f64], freq: f64, periods: f64) -> (Vec<f64>, Vec<f64>) {
    let window = (periods * FS / freq).round().max(1.0) as usize;
    let (mut re, mut im) = (0.0, 0.0);
    let parts: Vec<(f64, f64)> = x.iter().enumerate().map(|(i, x)| {
        let (s, c) = (TAU * freq * i as f64 / FS).sin_cos();
        (2.0 * x * s / window as f64, 2.0 * x * c / window as f64)
    }).collect();
    let (mut level, mut turn) = (Vec::with_capacity(x.len()), Vec::with_capacity(x.len()));
    let mut last = 0.0;
    for i in 0..parts.len() {
        re += parts[i].0;
        im += parts[i].1;
        if i >= window {
            re -= parts[i - window].0;
            im -= parts[i - window].1;
        }
        let angle = im.atan2(re) / TAU;
        last += (angle - last + 0.5).rem_euclid(1.0) - 0.5;
        level.push(re.hypot(im));
        turn.push(last);
    }
    (level, turn)
}

/// What a tone has farther than so many hertz from itself, in dB against an amplitude.
pub fn apart(y: &[f64], freq: f64, hertz: f64, against: f64) -> f64 {
    let size = 1 << y.len().ilog2().min(15);
    let far = |k: usize| (k as f64 * FS / size as f64 - freq).abs() > hertz && k > 2;
    let power: f64 = amplitudes(y, size).iter().enumerate().filter(|(k, _)| far(*k)).map(|(_, a)| a * a).sum();
    // A Hann window shows a tone in one and a half bins.
    10.0 * (power / 1.5 / (against * against)).max(1e-15).log10()
}

/// At most so many points: of a stretch the first and the ones that stick out.
pub fn thinned(points: Vec<(f64, f64)>, most: usize) -> Vec<(f64, f64)> {
    let each = points.len().div_ceil((most / 2).max(1));
    if each < 3 {
        return points;
    }
    let ends = |part: &[(f64, f64)]| {
        let low = part.iter().enumerate().min_by(|a, b| a.1.1.total_cmp(&b.1.1)).map_or(0, |p| p.0);
        let high = part.iter().enumerate().max_by(|a, b| a.1.1.total_cmp(&b.1.1)).map_or(0, |p| p.0);
        [part[low.min(high)], part[low.max(high)]]
    };
    points.chunks(each).flat_map(ends).collect()
}
