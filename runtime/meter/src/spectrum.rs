//! Spectra of whole signals: of a response, of noise, of what one signal makes of another, over time.
//!
//! Signals are slices in double precision; sizes are powers of two. Windows are Hann's.

use crate::fft::Fft;

/// The half spectrum of a signal that fits into `size` points, padded with zeros: `size / 2 + 1` complex bins.
pub fn transform(x: &[f64], size: usize) -> Vec<(f64, f64)> {
    let mut re: Vec<f64> = x.iter().copied().take(size).collect();
    re.resize(size, 0.0);
    let mut im = vec![0.0; size];
    Fft::new(size).run(&mut re, &mut im);
    re.into_iter().zip(im).take(size / 2 + 1).collect()
}

/// The amplitude of each bin, mean power over windows that overlap by half: a sine of amplitude a reads a at its bin.
pub fn amplitudes(x: &[f64], size: usize) -> Vec<f64> {
    let frames = windows(x, size);
    let mut power = vec![0.0; size / 2 + 1];
    for frame in &frames {
        for (sum, (re, im)) in power.iter_mut().zip(frame) {
            *sum += re * re + im * im;
        }
    }
    // Of a sine's amplitude a Hann window leaves a quarter in each of its two bins.
    let scale = 4.0 / size as f64;
    power.into_iter().map(|p| (p / frames.len().max(1) as f64).sqrt() * scale).collect()
}

/// What turns `x` into `y`, bin by bin: the gain, estimated from their cross spectrum, so that what in `y` has nothing to
/// do with `x` does not count.
pub fn gains(x: &[f64], y: &[f64], size: usize) -> Vec<f64> {
    let mut own = vec![0.0; size / 2 + 1];
    let mut cross = vec![(0.0, 0.0); size / 2 + 1];
    for (x, y) in windows(x, size).iter().zip(windows(y, size)) {
        for (k, ((a, b), (c, d))) in x.iter().zip(y).enumerate() {
            own[k] += a * a + b * b;
            cross[k].0 += a * c + b * d;
            cross[k].1 += a * d - b * c;
        }
    }
    cross.iter().zip(own).map(|((re, im), own)| if own > 0.0 { re.hypot(*im) / own } else { 0.0 }).collect()
}

/// Amplitudes of windows `hop` apart, each `size` long: one list a moment.
pub fn moments(x: &[f64], size: usize, hop: usize) -> Vec<Vec<f64>> {
    let fft = Fft::new(size);
    let scale = 4.0 / size as f64;
    let starts = (0..x.len().saturating_sub(size - 1)).step_by(hop.max(1));
    starts.map(|at| window(&fft, &x[at..at + size]).into_iter().map(|(re, im)| re.hypot(im) * scale).collect()).collect()
}

/// Amplitude of one frequency, through a Hann window.
pub fn tone(x: &[f64], freq: f64, rate: f64) -> f64 {
    let n = x.len();
    let (mut re, mut im, mut weight) = (0.0, 0.0, 0.0);
    for (i, x) in x.iter().enumerate() {
        let (s, c) = (std::f64::consts::TAU * freq * i as f64 / rate).sin_cos();
        let w = hann(i, n);
        re += w * x * c;
        im += w * x * s;
        weight += w;
    }
    if weight > 0.0 { 2.0 * re.hypot(im) / weight } else { 0.0 }
}

fn hann(i: usize, n: usize) -> f64 {
    0.5 - 0.5 * (std::f64::consts::TAU * (i as f64 + 0.5) / n as f64).cos()
}

fn window(fft: &Fft, x: &[f64]) -> Vec<(f64, f64)> {
    let n = x.len();
    let mut re: Vec<f64> = x.iter().enumerate().map(|(i, x)| x * hann(i, n)).collect();
    let mut im = vec![0.0; n];
    fft.run(&mut re, &mut im);
    re.into_iter().zip(im).take(n / 2 + 1).collect()
}

fn windows(x: &[f64], size: usize) -> Vec<Vec<(f64, f64)>> {
    let fft = Fft::new(size);
    (0..x.len().saturating_sub(size - 1)).step_by(size / 2).map(|at| window(&fft, &x[at..at + size])).collect()
}

#[cfg(test)]
mod tests {
    use super::{amplitudes, gains, moments, tone, transform};

    fn sine(freq: f64, n: usize) -> Vec<f64> {
        (0..n).map(|i| (std::f64::consts::TAU * freq * i as f64).sin() * 0.5).collect()
    }

    #[test]
    fn a_sine_reads_its_amplitude_everywhere() {
        let x = sine(64.0 / 1024.0, 8192);
        assert!((tone(&x, 64.0 / 1024.0, 1.0) - 0.5).abs() < 1e-6);
        assert!((amplitudes(&x, 1024)[64] - 0.5).abs() < 1e-3);
        assert!(moments(&x, 1024, 512).iter().all(|m| (m[64] - 0.5).abs() < 1e-3));
        assert!(amplitudes(&x, 1024)[200] < 1e-6);
    }

    #[test]
    fn a_gain_is_found_under_noise_that_has_nothing_to_do_with_it() {
        let hash = |i: usize, k: u64| (((i as u64 ^ k).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 33) as f64 / (1u64 << 30) as f64) - 1.0;
        let x: Vec<f64> = (0..65_536).map(|i| hash(i, 1)).collect();
        let y: Vec<f64> = x.iter().enumerate().map(|(i, x)| 0.25 * x + 0.02 * hash(i, 77_777)).collect();
        let g = gains(&x, &y, 512);
        assert!(g[4..250].iter().all(|g| (g - 0.25).abs() < 0.03), "{:?}", &g[4..12]);
    }

    #[test]
    fn an_impulse_is_flat() {
        assert!(transform(&[0.0, 1.0], 64).iter().all(|(re, im)| (re.hypot(*im) - 1.0).abs() < 1e-12));
    }
}
