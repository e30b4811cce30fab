//! Echoes where and as loud as they should be; reverberation as long as its `decay`.

use super::{song, strip, through};
use mixdown_tests::db;
use mixdown_tests::signal::impulse;

#[test]
fn echoes_stand_on_their_samples_and_fall_by_their_feedback() {
    let x = impulse(100, 200_000, 1.0);
    for feedback in [0.3, 0.6, 0.9] {
        // The tone filter only passes once more for each echo: its sum keeps the level, so an echo is what its area is.
        let area = |y: &[f32], at: usize| y[at..(at + 400).min(y.len())].iter().map(|x| f64::from(*x)).sum::<f64>();
        let y = through(&format!("delay(100ms, feedback: {feedback})"), 48_000, &[x.clone()], 4.0);
        for k in 1..=10 {
            let at = 100 + 4800 * k;
            assert_eq!(y[0][at - 4300..at].iter().position(|x| x.abs() > 1e-4), None, "nothing before echo {k}");
            assert!(y[0][at] > 0.0, "echo {k} begins at its sample");
            let want = db(f64::powi(feedback, k as i32 - 1));
            let got = db(area(&y[0], at));
            assert!((got - want).abs() < 0.01, "echo {k} at {feedback}: {got:.4} instead of {want:.4} dB");
        }
        let y = through(&format!("pingpong(100ms, feedback: {feedback})"), 48_000, &[x.clone()], 4.0);
        for k in 1..=10 {
            let at = 100 + 4800 * k;
            let (here, there) = ((k + 1) % 2, k % 2);
            let want = db(f64::powi(feedback, k as i32 - 1));
            let got = db(area(&y[here], at));
            assert!((got - want).abs() < 0.01, "echo {k} of pingpong at {feedback}: {got:.4} instead of {want:.4} dB");
            assert!(area(&y[there], at).abs() < 1e-6, "echo {k} of pingpong is on one side");
        }
    }
}

/// T30 after ISO 3382: from -5 to -35 dB of the energy that is still to come, twice.
fn t30(h: &[f64], rate: f64) -> f64 {
    let mut rest: Vec<f64> = h.iter().rev().scan(0.0, |sum, x| { *sum += x * x; Some(*sum) }).collect();
    rest.reverse();
    let level = |i: usize| 10.0 * (rest[i] / rest[0]).max(1e-30).log10();
    let points: Vec<(f64, f64)> = (0..h.len()).step_by(16).map(|i| (i as f64 / rate, level(i))).filter(|p| p.1 <= -5.0 && p.1 >= -35.0).collect();
    let n = points.len() as f64;
    let (mx, my) = (points.iter().map(|p| p.0).sum::<f64>() / n, points.iter().map(|p| p.1).sum::<f64>() / n);
    let slope = points.iter().map(|p| (p.0 - mx) * (p.1 - my)).sum::<f64>() / points.iter().map(|p| (p.0 - mx).powi(2)).sum::<f64>();
    -60.0 / slope
}

#[test]
fn reverbs_decay_in_the_time_they_say() {
    for rate in [44_100, 48_000, 96_000] {
        for name in ["plate", "hall", "room", "fdn"] {
            for decay in [0.8, 2.0] {
                if rate != 48_000 && decay == 2.0 {
                    continue;
                }
                // Where damping does nothing yet.
                let way = format!("{name}(decay: {decay}s, damping: 20kHz); lowpass(2kHz, slope: 24)");
                let seconds = decay * 2.5;
                let x = impulse(0, (seconds * f64::from(rate)) as usize, 1.0);
                let y = strip(song(&way, rate, &[x], seconds).hear64(&["track.t"]));
                let got = y.iter().map(|c| t30(c, f64::from(rate))).sum::<f64>() / y.len() as f64;
                println!("{name:6} at {rate} Hz, decay {decay} s: T30 {got:.3} s ({:+.1} %)", (got / decay - 1.0) * 100.0);
                assert!((got / decay - 1.0).abs() < 0.05, "{name} at {rate} Hz: {got:.3} s instead of {decay} s");
            }
        }
    }
}

#[test]
fn a_predelay_is_exact() {
    for name in ["plate", "hall", "room"] {
        let x = impulse(0, 12_000, 1.0);
        let first = |ms: usize| {
            let y = through(&format!("{name}(predelay: {ms}ms, high_cut: 20kHz)"), 48_000, &[x.clone()], 0.25);
            y.iter().filter_map(|c| c.iter().position(|x| *x != 0.0)).min().expect("sound")
        };
        assert_eq!(first(35) - first(0), 35 * 48, "{name}");
    }
}
