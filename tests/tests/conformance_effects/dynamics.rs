//! Compressor, gate and expander: static curves, times, hysteresis and hold.

use super::through;
use mixdown_tests::db;

/// Output over input in dB once a constant level has settled.
fn settled(way: &str, level: f64) -> f64 {
    let x = vec![10f64.powf(level / 20.0) as f32; 24_000];
    let y = through(way, 48_000, &[x.clone()], 0.5);
    db(f64::from(y[0][23_900])) - level
}

/// Giannoulis, Massberg, Reiss 2012, equation 4: gain of a level.
fn wanted(level: f64, threshold: f64, ratio: f64, knee: f64) -> f64 {
    let over = level - threshold;
    let slope = 1.0 / ratio - 1.0;
    if 2.0 * over <= -knee {
        0.0
    } else if 2.0 * over.abs() <= knee {
        slope * (over + knee / 2.0).powi(2) / (2.0 * knee)
    } else {
        slope * over
    }
}

#[test]
fn the_compressors_curve_is_the_formulas() {
    let mut worst = 0f64;
    for ratio in [1.5, 2.0, 4.0, 10.0, 100.0] {
        for knee in [0.0, 6.0, 18.0] {
            for i in 0..12 {
                let level = -48.0 + 4.0 * f64::from(i);
                let way = format!("compressor(threshold: -20dB, ratio: {ratio}, knee: {knee}dB, attack: 1ms, release: 10ms)");
                let off = (settled(&way, level) - wanted(level, -20.0, ratio, knee)).abs();
                worst = worst.max(off);
                assert!(off < 0.1, "{way} at {level} dB is off by {off:.3} dB");
            }
        }
    }
    println!("compressor: 180 points within {worst:.5} dB of the formula");
}

/// Gain in dB sample by sample of a level that steps from `a` to `b` in the middle.
fn step(way: &str, rate: u32, a: f64, b: f64, seconds: f64) -> Vec<f64> {
    let n = (seconds * f64::from(rate)) as usize;
    let level = |i: usize| if i < n { a } else { b };
    let x = (0..2 * n).map(|i| 10f64.powf(level(i) / 20.0) as f32).collect();
    let y = through(way, rate, &[x], 2.0 * seconds);
    (0..2 * n).map(|i| db(f64::from(y[0][i])) - level(i)).collect()
}

/// Seconds from the step to the first sample that has passed `part` of the way from `from` to `to`.
fn time_to(gain: &[f64], rate: u32, from: f64, to: f64, part: f64) -> f64 {
    let n = gain.len() / 2;
    let goal = from + (to - from) * part;
    let passed = (n..gain.len()).find(|i| if to > from { gain[*i] >= goal } else { gain[*i] <= goal });
    (passed.expect("a goal that is reached") + 1 - n) as f64 / f64::from(rate)
}

const E63: f64 = 0.632_120_558;

#[test]
fn attack_and_release_are_times_to_63_percent() {
    for rate in [44_100, 48_000, 96_000] {
        for (attack, release) in [(1.0, 30.0), (10.0, 120.0), (40.0, 400.0)] {
            let way = format!("compressor(threshold: -20dB, ratio: 4, knee: 0dB, attack: {attack}ms, release: {release}ms)");
            let down = time_to(&step(&way, rate, -40.0, 0.0, attack * 0.012), rate, 0.0, -15.0, E63) * 1e3;
            let up = time_to(&step(&way, rate, 0.0, -40.0, release * 0.012), rate, -15.0, 0.0, E63) * 1e3;
            assert!((down / attack - 1.0).abs() < 0.05, "{rate} Hz: attack {attack} ms took {down:.3} ms");
            assert!((up / release - 1.0).abs() < 0.05, "{rate} Hz: release {release} ms took {up:.3} ms");
        }
    }
}

#[test]
fn hold_and_lookahead_wait_as_long_as_they_say() {
    let way = "compressor(threshold: -20dB, ratio: 4, knee: 0dB, attack: 0.01ms, release: 1ms, hold: 50ms)";
    let gain = step(way, 48_000, 0.0, -40.0, 0.2);
    let n = gain.len() / 2;
    let moved = (n..gain.len()).find(|i| gain[*i] > -14.9).expect("it lets go");
    assert!((moved - n).abs_diff(2400) <= 8, "held for {} samples", moved - n);
    let way = "compressor(threshold: -20dB, ratio: 4, knee: 0dB, attack: 2ms, release: 100ms, lookahead: 10ms)";
    let gain = step(way, 48_000, -40.0, 0.0, 0.2);
    let n = gain.len() / 2;
    let first = (0..gain.len()).find(|i| *i > 1000 && gain[*i] < -0.01).expect("it works");
    assert_eq!(n - first, 480, "it begins its look ahead before the step");
}

#[test]
fn the_gate_opens_holds_and_closes_where_it_says() {
    let way = "gate(threshold: -40dBFS, range: 60dB, hysteresis: 6dB, attack: 0.5ms, hold: 100ms, release: 20ms)";
    for (level, open) in [(-39.9, true), (-40.1, false)] {
        let got = settled(way, level);
        assert!((got - if open { 0.0 } else { -60.0 }).abs() < 0.05, "at {level} dB: {got:.3} dB");
    }
    // Between threshold and threshold minus hysteresis it stays as it was.
    for (to, open) in [(-45.9, true), (-46.1, false)] {
        let gain = step(way, 48_000, -30.0, to, 0.6);
        let end = gain[gain.len() - 10];
        assert!((end - if open { 0.0 } else { -60.0 }).abs() < 0.1, "from -30 to {to} dB: {end:.3} dB");
    }
    let gain = step(way, 48_000, -30.0, -80.0, 0.6);
    let n = gain.len() / 2;
    let moved = (n..gain.len()).find(|i| gain[*i] < -0.05).expect("it closes");
    assert!((moved - n).abs_diff(4800) < 30, "held for {} samples", moved - n);
    // As a factor: 63 % of the way from 1 to -60 dB after 20 ms.
    let goal = db(1.0 - E63 * (1.0 - 0.001));
    let there = (n..gain.len()).find(|i| gain[*i] <= goal).expect("it closes");
    let took = (there - n) as f64 / 48.0 - 100.0;
    assert!((took / 20.0 - 1.0).abs() < 0.05, "release took {took:.2} ms");
    let gain = step(way, 48_000, -80.0, -20.0, 0.2);
    let n = gain.len() / 2;
    let goal = db(0.001 + E63 * 0.999);
    let took = ((n..gain.len()).find(|i| gain[*i] >= goal).expect("it opens") + 1 - n) as f64 / 48.0;
    assert!((took / 0.5 - 1.0).abs() < 0.05, "attack took {took:.3} ms");
}

#[test]
fn the_expanders_curve() {
    for (level, want) in [(-20.0, 0.0), (-39.0, 0.0), (-45.0, -5.0), (-50.0, -10.0), (-65.0, -25.0), (-90.0, -30.0)] {
        let got = settled("expander(threshold: -40dBFS, ratio: 2, range: 30dB, hold: 0ms, release: 10ms)", level);
        assert!((got - want).abs() < 0.1, "at {level} dB: {got:.3} instead of {want}");
    }
}

#[test]
fn channels_share_one_gain_or_have_their_own() {
    let x = [vec![1.0f32; 24_000], vec![0.01f32; 24_000]];
    let linked = through("compressor(threshold: -20dB, ratio: 4, knee: 0dB)", 48_000, &x, 0.5);
    let own = through("compressor(threshold: -20dB, ratio: 4, knee: 0dB, link: 0%)", 48_000, &x, 0.5);
    let last = |y: &[Vec<f32>], c: usize| db(f64::from(y[c][23_900]) / f64::from(x[c][0]));
    assert!((last(&linked, 0) - last(&linked, 1)).abs() < 1e-4 && (last(&linked, 1) + 15.0).abs() < 0.05);
    assert!((last(&own, 0) + 15.0).abs() < 0.05 && last(&own, 1) == 0.0);
}
