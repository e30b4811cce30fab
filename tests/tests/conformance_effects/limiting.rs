//! The limiter's ceiling at sixteen times the rate, and how much a saturator folds back.

use super::through;
use mixdown_tests::db;
use mixdown_tests::signal::{amplitude, noise, sine};

/// Largest magnitude between the samples: sixteen points a sample of a windowed sinc of twice `half` taps.
fn true_peak(x: &[f32], half: isize) -> f64 {
    let kernel: Vec<Vec<f64>> = (0..16)
        .map(|phase| {
            let tap = |k: isize| {
                let t = k as f64 - f64::from(phase) / 16.0;
                let p = std::f64::consts::PI * t;
                let sinc = if t == 0.0 { 1.0 } else { p.sin() / p };
                let window = (std::f64::consts::FRAC_PI_2 * t / (half as f64 + 1.0)).cos().powi(2);
                sinc * window
            };
            (-half + 1..=half).map(tap).collect()
        })
        .collect();
    let loud = x.iter().fold(0f32, |m, x| m.max(x.abs())) * 0.5;
    let mut peak = 0f64;
    for i in 0..x.len() as isize {
        // Between two quiet samples nothing reaches the peak of this material.
        if x[i as usize].abs() < loud && x.get(i as usize + 1).is_none_or(|x| x.abs() < loud) {
            continue;
        }
        for phase in &kernel {
            let taps = phase.iter().zip(-half + 1..=half);
            let y: f64 = taps.map(|(w, k)| x.get((i + k) as usize).map_or(0.0, |x| w * f64::from(*x))).sum();
            peak = peak.max(y.abs());
        }
    }
    peak
}

fn signals() -> Vec<(String, Vec<f32>)> {
    let n = 24_000;
    let tone = |f: f64, phase: f64, level: f64| -> Vec<f32> {
        (0..n).map(|i| (level * (std::f64::consts::TAU * f * i as f64 / 48_000.0 + phase).sin()) as f32).collect()
    };
    let bursts = (0..n).map(|i| if i / 2400 % 2 == 0 { 0.0 } else { 3.0 * (i as f32 * 440.0 * 0.000_130_9).sin() }).collect();
    let steps = (0..n).map(|i| [0.0, 2.0, -2.0, 0.5][i / 1500 % 4]).collect();
    let clicks = (0..n).map(|i| if i % 997 == 0 { 4.0 } else { 0.0 }).collect();
    let mut all: Vec<(String, Vec<f32>)> = vec![
        ("bursts of 440 Hz".into(), bursts),
        ("5 kHz".into(), tone(5000.0, 0.1, 2.5)),
        ("17 kHz".into(), tone(17_003.3, 0.0, 2.0)),
        ("20 kHz".into(), tone(20_011.0, 0.0, 2.0)),
        ("steps".into(), steps),
        ("clicks".into(), clicks),
        ("white noise 12 dB too loud".into(), noise(3, n, 4.0)),
    ];
    for degrees in (0..=45).step_by(5) {
        let x = tone(12_000.0, f64::from(degrees).to_radians(), 2.0);
        all.push((format!("a quarter of the rate, {degrees} degrees"), x));
    }
    all
}

#[test]
fn nothing_passes_the_ceiling() {
    let ways = [
        (-1.0, "limiter(ceiling: -1dBTP)", 0.05),
        (-6.0, "limiter(ceiling: -6dBTP, release: 5ms)", 0.05),
        // A gain that goes down in a millisecond makes sidebands of its own of what lies right below half the rate.
        (-1.0, "limiter(ceiling: -1dBTP, lookahead: 1ms, release: 5ms)", 0.3),
    ];
    for (ceiling, way, fast) in ways {
        let mut worst = (-100.0, String::new());
        for (what, x) in signals() {
            // A little longer than the signal, so that its end is no cut.
            let y = through(way, 48_000, &[x], 0.6);
            // Meters look through longer and shorter filters.
            let over = [16, 48].into_iter().fold(-100.0, |m, half| f64::max(m, db(true_peak(&y[0], half)) - ceiling));
            let bound = if what.starts_with("white") { fast } else { 0.05 };
            assert!(over <= bound, "{what} through {way} passes the ceiling by {over:.3} dB");
            assert!(over > -3.0, "{what} through {way} is {over:.3} dB too soft");
            if over > worst.0 {
                worst = (over, what);
            }
        }
        println!("{way:60} at most {:+.3} dB of the ceiling ({})", worst.0, worst.1);
    }
    for (what, x) in signals() {
        let y = through("limiter(ceiling: -3dBFS)", 48_000, &[x], 0.5);
        let over = db(mixdown_tests::signal::peak(&y)) + 3.0;
        assert!(over <= 0.0005 && over > -3.0, "samples of {what}: {over:.4} dB");
    }
}

#[test]
fn below_the_ceiling_no_bit_changes_and_the_gain_comes_back() {
    let x = noise(4, 24_000, 0.3);
    assert_eq!(through("limiter(ceiling: -0.5dBTP)", 48_000, &[x.clone()], 0.5)[0], x);
    let mut loud = sine(500.0, 48_000.0, 48_000, 0.25);
    loud[4000..8000].iter_mut().for_each(|x| *x *= 12.0);
    let y = through("limiter(ceiling: -6dBTP, release: 30ms)", 48_000, &[loud.clone()], 1.0);
    assert_eq!(y[0][..3700], loud[..3700]);
    assert!((amplitude(&y[0][36_000..47_520], 500.0, 48_000.0) - 0.25).abs() < 1e-5, "the gain is back");
}

#[test]
fn saturation_folds_little_back() {
    for (times, bound) in [(1, 0.0), (4, -100.0), (8, -110.0), (16, -110.0)] {
        for freq in [1000.0, 5000.0, 10_000.0] {
            // A tone that divides the rate would fold onto its own harmonics.
            let freq = freq + 37.0;
            let x = sine(freq, 48_000.0, 48_000, 1.0);
            let y = through(&format!("saturate(drive: 6dB, oversample: {times})"), 48_000, &[x], 1.0);
            let y = &y[0][12_000..36_000];
            let tone = amplitude(y, freq, 48_000.0);
            let mut worst = 0f64;
            for k in 2..200 {
                let f = freq * f64::from(k);
                let folded = (f % 48_000.0).min(48_000.0 - f % 48_000.0);
                if f > 24_000.0 && folded > 40.0 && folded < 20_000.0 {
                    worst = worst.max(amplitude(y, folded, 48_000.0));
                }
            }
            let level = db(worst / tone);
            println!("saturate(drive: 6dB) at {times:2}x, {freq:5} Hz: what folds back is at {level:.1} dB");
            assert!(level < bound, "{times}x at {freq} Hz: {level:.1} dB");
        }
    }
}
