//! Filters made of levels and spectra: linear phase, the balance of another recording, noise taken out.

use mixdown_tests::db;
use mixdown_tests::rig::Song;
use mixdown_tests::signal::{noise, rms, sine};

const RATE: f64 = 48_000.0;

/// What comes out of a way for an impulse in the middle of half a second, in 64 bits.
fn answer(way: &str, files: &[(&str, Vec<f32>)]) -> Vec<f64> {
    let mut x = vec![0f32; 24_000];
    x[12_000] = 1.0;
    let mut song = Song::new(format!("length 0.5s\ntrack t {{ source \"i.wav\"; {way} }}")).with("i.wav", vec![x]);
    for (name, plane) in files {
        song = song.with(name, vec![plane.clone()]);
    }
    song.hear64(&["track.t"]).strip("track.t")[0].clone()
}

/// Level (dB) and delay from the impulse (samples) at a frequency.
fn at(h: &[f64], freq: f64) -> (f64, f64) {
    let (mut sum, mut late) = ((0.0, 0.0), (0.0, 0.0));
    for (n, x) in h.iter().enumerate() {
        let n = n as f64 - 12_000.0;
        let (s, c) = (std::f64::consts::TAU * freq * n / RATE).sin_cos();
        sum = (sum.0 + x * c, sum.1 - x * s);
        late = (late.0 + n * x * c, late.1 - n * x * s);
    }
    let size = sum.0 * sum.0 + sum.1 * sum.1;
    (10.0 * size.log10(), (late.0 * sum.0 + late.1 * sum.1) / size)
}

/// Level of the analogue bell.
fn bell(freq: f64, centre: f64, gain: f64, q: f64) -> f64 {
    let (w, a) = (freq / centre, 10f64.powf(gain / 40.0));
    let x = (1.0 - w * w).powi(2);
    10.0 * ((x + (w * a / q).powi(2)) / (x + (w / a / q).powi(2))).log10()
}

#[test]
fn linear_phase_is_late_alike_and_as_loud_as_asked() {
    let h = answer("linear_eq(mid_freq: 1kHz, mid_gain: 6dB, high_mid_freq: 5kHz, high_mid_gain: -9dB, high_mid_q: 2)", &[]);
    let (mut worst, mut moved): (f64, f64) = (0.0, 0.0);
    for k in 0..60 {
        let freq = 40.0 * 500f64.powf(f64::from(k) / 59.0);
        let (level, late) = at(&h, freq);
        worst = worst.max((level - bell(freq, 1000.0, 6.0, 1.0) - bell(freq, 5000.0, -9.0, 2.0)).abs());
        moved = moved.max(late.abs());
    }
    println!("linear_eq: {worst:.4} dB off its curve, bound 0.01; delays differ by {moved:.6} samples, bound 0.01");
    assert!(worst <= 0.01 && moved <= 0.01, "{worst} dB, {moved} samples");
    let cut = answer("linear_eq(low_cut: 200Hz, low_cut_slope: 24, high_cut: 8kHz, low_gain: 3dB, low_freq: 500Hz)", &[]);
    let (corner, top) = (at(&cut, 8000.0).0, at(&cut, 16_000.0).0);
    println!("linear_eq: {corner:.3} dB at its low-pass, {top:.3} dB an octave above");
    assert!((corner + 3.0103).abs() < 0.02 && (top + 12.304).abs() < 0.05, "{corner} {top}");
    assert!(at(&cut, 100.0).0 < -20.0);
}

#[test]
fn the_balance_of_another_recording_is_found() {
    let x = noise(61, 480_000, 0.3);
    let filtered = Song::new("length 10s\ntrack t { source \"x.wav\"; bell(1kHz, 6dB, q: 1); bell(6kHz, -5dB, q: 0.8) }").with("x.wav", vec![x.clone()]);
    let reference = filtered.hear(&["track.t"]).strip("track.t")[0].clone();
    let files = [("x.wav", x), ("ref.wav", reference)];
    for phase in ["minimum", "linear"] {
        let h = answer(&format!("match_eq(\"ref.wav\", \"x.wav\", limit: 12dB, phase: {phase})"), &files);
        let mut worst: (f64, f64) = (0.0, 0.0);
        for k in 0..51 {
            let freq = 50.0 * 320f64.powf(f64::from(k) / 50.0);
            let off = (at(&h, freq).0 - bell(freq, 1000.0, 6.0, 1.0) - bell(freq, 6000.0, -5.0, 0.8)).abs();
            if off > worst.0 {
                worst = (off, freq);
            }
        }
        println!("match_eq, {phase} phase: {:.3} dB off the bells that were to be found (at {:.0} Hz), bound 1", worst.0, worst.1);
        assert!(worst.0 <= 1.0, "{} dB at {} Hz", worst.0, worst.1);
        let none = answer(&format!("match_eq(\"ref.wav\", \"x.wav\", amount: 0%, phase: {phase})"), &files);
        let left: f64 = none.iter().enumerate().map(|(n, y)| (y - f64::from(u8::from(n == 12_000))).abs()).fold(0.0, f64::max);
        assert!(left < 1e-7, "amount 0 leaves {left}");
    }
    let held = answer("match_eq(\"ref.wav\", \"x.wav\", limit: 2dB)", &files);
    assert!((at(&held, 1000.0).0 - 2.0).abs() < 0.2, "{}", at(&held, 1000.0).0);
}

#[test]
fn middle_and_side_are_matched_for_themselves() {
    let x = vec![noise(63, 480_000, 0.2), noise(64, 480_000, 0.2)];
    let changed = "mid_side { mid { bell(500Hz, 6dB, q: 1) } side { bell(4kHz, -6dB, q: 1) } }";
    let filtered = Song::new(format!("length 10s\ntrack t {{ source \"x.wav\"; {changed} }}")).with("x.wav", x.clone());
    let reference = filtered.hear(&["track.t"]).strip("track.t").to_vec();
    let level = |apart: &str, sign: f32, freq: f64| {
        let impulse = |sign: f32| (0..24_000).map(|n| if n == 12_000 { sign } else { 0.0 }).collect::<Vec<f32>>();
        let text = format!("length 0.5s\ntrack t {{ source \"i.wav\"; match_eq(\"ref.wav\", \"x.wav\", limit: 12dB, mid_and_side: {apart}) }}");
        let song = Song::new(text).with("i.wav", vec![impulse(1.0), impulse(sign)]).with("x.wav", x.clone()).with("ref.wav", reference.clone());
        at(&song.hear64(&["track.t"]).strip("track.t")[0], freq).0
    };
    let (middle, side) = (level("on", 1.0, 500.0), level("on", -1.0, 4000.0));
    println!("match_eq, middle and side: {middle:.2} dB at 500 Hz, {side:.2} dB at 4 kHz, wanted 6 and -6");
    assert!((middle - 6.0).abs() < 1.0 && (side + 6.0).abs() < 1.0, "{middle} {side}");
    // Together they are one curve, half of each.
    let together = level("off", 1.0, 500.0);
    assert!(together > 2.0 && together < 5.0, "{together}");
}

#[test]
fn noise_is_taken_out_and_music_is_kept() {
    let n = 192_000;
    let hiss = noise(71, n, 10f64.powf(-45.0 / 20.0));
    let tones = [220.0, 554.4, 1318.5, 2960.0].map(|f| sine(f, RATE, n, 0.08));
    // Notes of half a second with pauses between, after a second of noise alone.
    let swell = |i: usize| {
        let t = i as f32 / 48_000.0;
        let place = t % 1.0;
        if t < 1.0 || place > 0.55 { 0.0 } else { (place / 0.02).min(1.0) * ((0.55 - place) / 0.05).clamp(0.0, 1.0) }
    };
    let music: Vec<f32> = (0..n).map(|i| swell(i) * tones.iter().map(|t| t[i]).sum::<f32>()).collect();
    let noisy: Vec<f32> = music.iter().zip(&hiss).map(|(a, b)| a + b).collect();
    let song = |way: &str| Song::new(format!("length 4s\ntrack t {{ source \"x.wav\"; {way} }}")).with("x.wav", vec![noisy.clone()]);
    let off = |y: &[f32], from: f64, to: f64| {
        let span = (from * RATE) as usize..(to * RATE) as usize;
        rms(&y[span.clone()].iter().zip(&music[span]).map(|(a, b)| a - b).collect::<Vec<_>>())
    };
    // What learns all the time has but the lowest of late to go by.
    for (way, from, bound) in [("denoise(reduction: 12dB, profile: 0.9s)", 1.7, 11.5), ("denoise(reduction: 12dB)", 2.75, 11.5)] {
        let y = song(way).hear(&["track.t"]).strip("track.t")[0].clone();
        let fallen = db(off(&noisy, from, from + 0.2) / off(&y, from, from + 0.2));
        let gained = db(off(&noisy, 2.05, 2.5) / off(&y, 2.05, 2.5));
        println!("{way}: pauses fall by {fallen:.2} dB, bound {bound}; the error beside the music falls by {gained:.2} dB, bound 0");
        assert!(fallen >= bound && gained >= 0.0, "{way}: {fallen} dB, {gained} dB");
    }
    let same = song("denoise(reduction: 0dB)").hear64(&["track.t"]).strip("track.t")[0].clone();
    let left = same.iter().zip(&noisy).map(|(a, b)| (a - f64::from(*b)).abs()).fold(0.0, f64::max);
    assert!(left < 1e-12, "no reduction leaves {left}");
}

#[test]
fn a_block_of_bins_is_text() {
    let text = "effect only(from: Frequency, to: Frequency) {\n spectral 1024 {\n if bin_frequency > from and bin_frequency < to { 1 } else { 0 }\n }\n}";
    let mut song = Song::new("length 1s\ntrack t { source \"x.wav\"; only(500Hz, 2kHz) }");
    song.text = format!("{text}\n{}", song.text);
    let x: Vec<f32> = sine(1000.0, RATE, 48_000, 0.2).iter().zip(&sine(6000.0, RATE, 48_000, 0.2)).map(|(a, b)| a + b).collect();
    let y = song.clone().with("x.wav", vec![x]).hear64(&["track.t"]).strip("track.t")[0].clone();
    let want = sine(1000.0, RATE, 48_000, 0.2);
    let left = (4800..43_200).map(|i| (y[i] - f64::from(want[i])).abs()).fold(0.0, f64::max);
    println!("spectral: a tone among passed bins differs by {:.1} dB of full scale", db(left));
    assert!(left < 1e-3, "{left}");
    for (bad, code) in [("spectral 1000 { 1 }", "E0839"), ("spectral 1024 { input |> fir(response(ir, 0s, 1s, off, 1)) }", "E"), ("input * (bin_frequency / 1Hz)", "E0839"), ("spectral 1024 { state l = line(1s)\n l.write(input)\n l.read(1ms) }", "E0839"), ("spectral 1024 { spectral 512 { 1 } }", "E0839"), ("oversample 2x { spectral 512 { 1 } }", "E0839")] {
        let mut song = Song::new("length 0.1s\ntrack t { source \"x.wav\"; wrong() }").with("x.wav", vec![vec![0.5; 64]]);
        song.text = format!("effect wrong() {{\n {bad}\n}}\n{}", song.text);
        let e = song.try_hear::<f32>(&Default::default()).err().unwrap_or_default();
        assert!(e.contains(code), "{bad}: {e}");
    }
}
