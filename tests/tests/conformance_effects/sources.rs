//! Generators: levels, spectra, phase.

use mixdown_tests::db;
use mixdown_tests::rig::Song;
use mixdown_tests::signal::{amplitude, rms};

fn source(text: &str, seconds: f64) -> Vec<f32> {
    Song::new(format!("length {seconds}s\ntrack t {{ source {text} }}")).hear(&["track.t"]).strip("track.t")[0].clone()
}

/// Power of a band, in dB a hertz, averaged over many short Hann windows.
fn density(x: &[f32], low: f64, high: f64) -> f64 {
    let n = 8192;
    let rate = 48_000.0;
    let mut power = 0.0;
    let mut bins = 0.0;
    // A few bins of the band tell its power: many windows make up for it.
    let freqs: Vec<f64> = (0..12).map(|i| low + (high - low) * (f64::from(i) + 0.5) / 12.0).collect();
    for window in x.chunks_exact(n) {
        for f in &freqs {
            power += amplitude(window, *f, rate).powi(2);
            bins += 1.0;
        }
    }
    10.0 * (power / bins).log10()
}

#[test]
fn white_noise_is_flat_and_as_loud_as_it_says() {
    let x = source("white_noise(-6dB)", 20.0);
    let level = db(rms(&x));
    assert!((level + 6.0 + 4.7712).abs() < 0.03, "white noise of -6 dB peak has {level:.3} dBFS");
    assert!(x.iter().all(|x| x.abs() <= 0.501_2));
    let mean = x.iter().map(|x| f64::from(*x)).sum::<f64>() / x.len() as f64;
    assert!(mean.abs() < 2e-3, "mean {mean:e}");
    let whole = density(&x, 100.0, 23_000.0);
    for i in 0..8 {
        let low = 60.0 * 2f64.powi(i);
        let off = density(&x, low, low * 2.0) - whole;
        assert!(off.abs() < 0.9, "white noise from {low} Hz on is off by {off:.2} dB");
    }
}

#[test]
fn pink_noise_falls_by_three_decibels_an_octave() {
    let x = source("pink_noise(-20dB)", 30.0);
    let level = db(rms(&x));
    println!("pink noise of -20 dB: {level:.2} dBFS");
    assert!((level + 20.0 + 4.7712).abs() < 0.6, "{level:.2} dBFS");
    let points: Vec<(f64, f64)> = (0..8).map(|i| (f64::from(i), density(&x, 60.0 * 2f64.powi(i), 120.0 * 2f64.powi(i)))).collect();
    let n = points.len() as f64;
    let (mx, my) = (points.iter().map(|p| p.0).sum::<f64>() / n, points.iter().map(|p| p.1).sum::<f64>() / n);
    let slope = points.iter().map(|p| (p.0 - mx) * (p.1 - my)).sum::<f64>() / points.iter().map(|p| (p.0 - mx).powi(2)).sum::<f64>();
    println!("pink noise: {slope:.3} dB an octave");
    assert!((slope + 3.0103).abs() < 0.3, "{slope:.3} dB an octave");
    for (octave, level) in points {
        let off = level - (my + slope * (octave - mx));
        assert!(off.abs() < 0.9, "octave {octave} is off by {off:.2} dB");
    }
}

#[test]
fn tones_have_their_level_and_keep_their_phase() {
    let x = source("sine(997Hz, -20dB)", 10.0);
    assert_eq!(x[0], 0.0);
    assert!((db(amplitude(&x, 997.0, 48_000.0)) + 20.0).abs() < 0.001);
    let worst = (470_000..480_000).fold(0f64, |m, i| {
        let want = 0.1 * (std::f64::consts::TAU * 997.0 * i as f64 / 48_000.0).sin();
        m.max((f64::from(x[i]) - want).abs())
    });
    println!("997 Hz after ten seconds: {:.1} dB beside the true sine", db(worst / 0.1));
    assert!(db(worst / 0.1) < -100.0, "{:.1} dB", db(worst / 0.1));
}

#[test]
fn impulses_come_when_they_should() {
    let x = source("impulse(-6dB, every: 10ms)", 1.0);
    let at: Vec<usize> = (0..x.len()).filter(|i| x[*i] != 0.0).collect();
    assert_eq!(at, (0..100).map(|k| k * 480).collect::<Vec<_>>());
    assert!((db(f64::from(x[480])) + 6.0).abs() < 1e-4);
    let once = source("impulse(0dB)", 1.0);
    assert_eq!(once.iter().filter(|x| **x != 0.0).count(), 1);
}

#[test]
fn a_sweep_passes_each_octave_in_the_same_time_and_then_is_silent() {
    let x = source("sweep(from: 100Hz, to: 1600Hz, over: 2s, level: -6dB)", 3.0);
    assert!(x[96_000..].iter().all(|x| *x == 0.0));
    for (octave, freq) in [(0.5, 141.4), (1.5, 282.8), (2.5, 565.7), (3.5, 1131.4)] {
        let at = (octave * 24_000.0) as usize;
        let crossings = x[at - 2400..at + 2400].windows(2).filter(|w| (w[0] < 0.0) != (w[1] < 0.0)).count();
        let got = crossings as f64 / 0.1 / 2.0;
        assert!((got / freq - 1.0).abs() < 0.06, "{got:.1} Hz instead of {freq} Hz");
    }
}
