//! Reverberation by band, frozen, swaying; springs.

use mixdown_tests::rig::Song;
use mixdown_tests::signal::impulse;

fn hear(way: &str, seconds: f64) -> Vec<Vec<f64>> {
    let song = Song::new(format!("length {seconds}s\ntrack t {{ source \"x.wav\"; {way} }}"));
    song.with("x.wav", vec![impulse(0, (seconds * 48_000.0) as usize, 1.0)]).hear64(&["track.t"]).strip("track.t").to_vec()
}

/// T30 after ISO 3382: from -5 to -35 dB of the energy that is still to come, twice.
fn t30(h: &[f64]) -> f64 {
    let mut rest: Vec<f64> = h.iter().rev().scan(0.0, |sum, x| { *sum += x * x; Some(*sum) }).collect();
    rest.reverse();
    let level = |i: usize| 10.0 * (rest[i] / rest[0]).max(1e-30).log10();
    let points: Vec<(f64, f64)> = (0..h.len()).step_by(16).map(|i| (i as f64 / 48_000.0, level(i))).filter(|p| p.1 <= -5.0 && p.1 >= -35.0).collect();
    let n = points.len() as f64;
    let (mx, my) = (points.iter().map(|p| p.0).sum::<f64>() / n, points.iter().map(|p| p.1).sum::<f64>() / n);
    let slope = points.iter().map(|p| (p.0 - mx) * (p.1 - my)).sum::<f64>() / points.iter().map(|p| (p.0 - mx).powi(2)).sum::<f64>();
    -60.0 / slope
}

#[test]
fn decay_hangs_on_the_band_and_not_on_the_sway() {
    for (way, want, room) in [
        ("hall(decay: 2s, bass: 50%, damping: 20kHz); lowpass(60Hz, slope: 48)", 1.0, 0.1),
        ("hall(decay: 2s, bass: 50%, damping: 20kHz); bandpass(1.5kHz, q: 2)", 2.0, 0.05),
        ("hall(decay: 1s, bass: 200%, damping: 20kHz); lowpass(60Hz, slope: 48)", 2.0, 0.1),
        ("plate(decay: 2s, modulation: 100%, damping: 20kHz); lowpass(2kHz, slope: 24)", 2.0, 0.05),
        ("plate(decay: 2s, damping: 4kHz); bandpass(4kHz, q: 12)", 1.0, 0.1),
        ("spring(decay: 2s); lowpass(500Hz, slope: 24)", 2.0, 0.1),
        ("spring(decay: 1s, tension: 80%); lowpass(500Hz, slope: 24)", 1.0, 0.1),
    ] {
        let y = hear(way, want * 2.5);
        let got = y.iter().map(|c| t30(c)).sum::<f64>() / y.len() as f64;
        println!("{way:76} T30 {got:.3} s ({:+.1} %)", (got / want - 1.0) * 100.0);
        assert!((got / want - 1.0).abs() < room, "{way}: {got:.3} s instead of {want} s");
    }
}

#[test]
fn a_frozen_tail_stands_and_hears_nothing_new() {
    let power = |y: &[f64]| y.iter().map(|x| x * x).sum::<f64>();
    for name in ["plate", "hall", "room"] {
        let song = Song::new(format!("length 6s\ntrack t {{ source impulse(-6dB, every: 500ms); {name}(freeze: curve [ 0%, @1s => 100% ]) }}"));
        let y = song.hear64(&["track.t"]);
        let y = &y.strip("track.t")[0];
        let (early, late) = (power(&y[96_000..144_000]), power(&y[240_000..288_000]));
        let change = 10.0 * (late / early).log10();
        println!("{name} frozen: {change:+.3} dB in three seconds");
        assert!(change.abs() < 0.5 && early > 0.0, "{name}: {change:.3} dB");
    }
}
