//! Filters of the library: how much noise 32 bits make at low corners, slopes, identities of the stereo tools.

use super::{song, strip, through};
use mixdown_tests::db;
use mixdown_tests::rig::Song;
use mixdown_tests::signal::{impulse, noise, rms, stimulus};

/// Every filter at a corner: those that stand still, then those that move, which are another form.
fn filters(freq: u32) -> [Vec<String>; 2] {
    let slow = format!("{freq}Hz * (0.1oct * lfo(1s))");
    let still = vec![
        format!("highpass({freq}Hz, slope: 6)"),
        format!("highpass({freq}Hz)"),
        format!("highpass({freq}Hz, slope: 48)"),
        format!("highpass({freq}Hz, slope: 96)"),
        format!("lowpass({freq}Hz, slope: 6)"),
        format!("lowpass({freq}Hz)"),
        format!("lowpass({freq}Hz, slope: 24)"),
        format!("lowpass({freq}Hz, slope: 96)"),
        format!("bell({freq}Hz, +12dB)"),
        format!("bell({freq}Hz, -12dB, q: 8)"),
        format!("lowshelf({freq}Hz, +12dB)"),
        format!("lowshelf({freq}Hz, -12dB)"),
        format!("highshelf({freq}Hz, +12dB)"),
        format!("highshelf({freq}Hz, -12dB)"),
        format!("notch({freq}Hz, q: 4)"),
        format!("bandpass({freq}Hz, q: 2)"),
        format!("allpass({freq}Hz)"),
        format!("tilt({freq}Hz, +6dB)"),
        format!("dc_cut(freq: {}Hz)", freq.min(40)),
        format!("bands({freq}Hz) {{ low {{ gain(0dB) }} high {{ gain(-6dB) }} }}"),
    ];
    let moving = vec![
        format!("highpass({slow})"),
        format!("highpass({slow}, slope: 6)"),
        format!("lowpass({slow})"),
        format!("lowpass({slow}, slope: 6)"),
        format!("bell({slow}, +12dB)"),
        format!("lowshelf({slow}, +12dB)"),
        format!("highshelf({slow}, -12dB)"),
        format!("allpass({slow})"),
    ];
    [still, moving]
}

/// Full-scale signals that find what a filter's rounding does: one for which its states rest, two of low frequency in
/// which they hardly move, and one that keeps them busy.
fn loud(rate: u32) -> [(&'static str, Vec<f32>); 4] {
    let frames = rate as usize;
    let sine = |i: usize| (std::f64::consts::TAU * 20.0 * i as f64 / f64::from(rate)).sin() as f32;
    let square = |i: usize| if i * 40 / frames % 2 == 0 { 1.0 } else { -1.0 };
    [
        ("DC", vec![1.0; frames]),
        ("sine", (0..frames).map(sine).collect()),
        ("square", (0..frames).map(square).collect()),
        ("noise", noise(17, frames, 1.0)),
    ]
}

/// The greatest RMS and the greatest sample that 32 bits add to what 64 bits make, dB, with what made them.
fn rounding(ways: &[String], rate: u32, signals: &[(&str, Vec<f32>)]) -> [(f64, String); 2] {
    let mut text = format!("sample_rate {rate}Hz\nlength 1s\n");
    let mut song = Song::new("").at(rate);
    let mut wanted = Vec::new();
    for (s, (signal, x)) in signals.iter().enumerate() {
        song = song.with(&format!("{s}.wav"), vec![x.clone()]);
        for (w, way) in ways.iter().enumerate() {
            text.push_str(&format!("track t{s}_{w} {{ source \"{s}.wav\"; {way}; to none }}\n"));
            wanted.push((format!("track.t{s}_{w}"), format!("{way} at {rate} Hz, {signal}")));
        }
    }
    song.text = text;
    let paths: Vec<&str> = wanted.iter().map(|(path, _)| path.as_str()).collect();
    let (a, b) = (song.hear(&paths), song.hear64(&paths));
    let mut worst = [(-300.0, String::new()), (-300.0, String::new())];
    for (path, name) in &wanted {
        let off: Vec<f32> = a.strip(path)[0].iter().zip(&b.strip(path)[0]).map(|(a, b)| (f64::from(*a) - b) as f32).collect();
        for (worst, level) in worst.iter_mut().zip([rms(&off), mixdown_tests::signal::peak(&[off.clone()])]) {
            if db(level) > worst.0 {
                *worst = (db(level), name.clone());
            }
        }
    }
    worst
}

#[test]
fn low_corners_are_quiet_in_32_bits() {
    for rate in [44_100, 48_000, 96_000, 192_000] {
        let signals = loud(rate);
        for freq in [20, 30, 60, 100] {
            let [still, moving] = filters(freq);
            let [level, peak] = rounding(&still, rate, &signals);
            println!("at rest   {:7.1} dBFS RMS, {}; {:7.1} dBFS peak, {}", level.0, level.1, peak.0, peak.1);
            assert!(level.0 < -110.0, "{} makes {:.1} dBFS of noise", level.1, level.0);
            assert!(peak.0 < -110.0, "{} is off by {:.1} dBFS", peak.1, peak.0);
            let [level, peak] = rounding(&moving, rate, &signals);
            println!("in motion {:7.1} dBFS RMS, {}; {:7.1} dBFS peak, {}", level.0, level.1, peak.0, peak.1);
            assert!(level.0 < -110.0, "{} makes {:.1} dBFS of noise", level.1, level.0);
        }
    }
}

/// Gain in dB of a way at a frequency.
fn gain(way: &str, freq: f64) -> f64 {
    let h = strip(song(way, 48_000, &[impulse(0, 48_000, 1.0)], 1.0).hear64(&["track.t"]));
    let (mut re, mut im) = (0.0, 0.0);
    for (i, x) in h[0].iter().enumerate() {
        let (s, c) = (std::f64::consts::TAU * freq * i as f64 / 48_000.0).sin_cos();
        re += x * c;
        im += x * s;
    }
    db(re.hypot(im))
}

#[test]
fn every_slope_is_three_decibels_down_and_falls_as_it_says() {
    for slope in [6, 12, 18, 24, 36, 48, 72, 96] {
        for (way, at, near, far) in [("lowpass", 1000.0, 1500.0, 3000.0), ("highpass", 1000.0, 600.0, 300.0)] {
            let way = format!("{way}({at}Hz, slope: {slope})");
            let corner = gain(&way, at);
            assert!((corner + 3.0103).abs() < 0.02, "{way}: {corner:.3} dB at its corner");
            // Butterworth, with the warp of the bilinear transform.
            let warp = |f: f64| (std::f64::consts::PI * f / 48_000.0).tan();
            let order = f64::from(slope) / 6.0;
            for f in [near, far] {
                let w = if way.starts_with("low") { warp(f) / warp(at) } else { warp(at) / warp(f) };
                let want = -10.0 * (1.0 + w.powf(2.0 * order)).log10();
                assert!((gain(&way, f) - want).abs() < 0.05 || want < -200.0, "{way} at {f} Hz: {:.3} instead of {want:.3}", gain(&way, f));
            }
        }
    }
}

#[test]
fn stereo_tools_do_what_they_say() {
    let x = stimulus(41, 9600, 2);
    let out = |way: &str| through(way, 48_000, &x, 0.2);
    let far = |a: &[Vec<f32>], f: &dyn Fn(f32, f32) -> (f32, f32)| {
        (0..9600).fold(0f32, |m, i| {
            let (l, r) = f(x[0][i], x[1][i]);
            m.max((a[0][i] - l).abs()).max((a[a.len() - 1][i] - r).abs())
        })
    };
    assert!(far(&out("width(100%)"), &|l, r| (l, r)) < 2e-7);
    let narrow = out("width(0%)");
    assert_eq!(narrow[0], narrow[1], "width 0 % is one signal twice");
    assert!(far(&out("width(200%)"), &|l, r| (1.5 * l - 0.5 * r, 1.5 * r - 0.5 * l)) < 1e-6);
    let one = out("mono()");
    assert_eq!(one.len(), 1);
    assert!(far(&one, &|l, r| (0.5 * (l + r), 0.5 * (l + r))) < 1e-7);
    assert_eq!(out("balance(0)"), x);
    assert!(far(&out("balance(-30%)"), &|l, r| (l, 0.7 * r)) < 1e-6);
    assert!(out("balance(100%)")[0].iter().all(|x| *x == 0.0));
    assert_eq!(out("flip(); flip()"), x);
    assert_eq!(out("gain(+24dB); gain(-24dB)").len(), 2);
    assert!(far(&out("gain(+24dB); gain(-24dB)"), &|l, r| (l, r)) < 2e-7);
    assert_eq!(out("gain(0dB)"), x);
    assert_eq!(out("bell(1kHz, 0dB); lowshelf(100Hz, 0dB); highshelf(5kHz, 0dB); tilt(1kHz, 0dB)"), x);
}

#[test]
fn no_motion_makes_a_filter_run_away() {
    let x = vec![noise(23, 48_000, 1.0)];
    let corner = "(60Hz + 120Hz * loudest(k))";
    let mut worst = (0.0, String::new());
    // At twice the corner, where a pumped resonance grows, and jumping from sample to sample.
    let sway: Vec<f32> = (0..48_000).map(|i| (0.5 + 0.5 * (std::f64::consts::TAU * 240.0 * f64::from(i) / 48_000.0).sin()) as f32).collect();
    let jumps: Vec<f32> = (0..48_000).map(|i| (i / 90 % 2) as f32).collect();
    for key in [sway, jumps, noise(24, 48_000, 1.0)] {
        for (filter, most) in [
            (format!("highpass({corner}, q: 10)"), 12.0),
            (format!("lowpass({corner}, q: 10, slope: 48)"), 12.0),
            (format!("bell({corner}, +12dB, q: 10)"), 4.0),
            (format!("lowshelf({corner}, +12dB, q: 4)"), 8.0),
            (format!("highshelf({corner}, +12dB, q: 4)"), 8.0),
            (format!("bandpass({corner}, q: 50)"), 1.0),
            (format!("notch({corner}, q: 30)"), 2.0),
            (format!("allpass({corner}, q: 20)"), 3.0),
            (format!("phaser(freq: {corner}, depth: 0oct, feedback: 90%)"), 20.0),
            ("highpass(20Hz + 20kHz * loudest(k))".into(), 12.0),
            ("lowpass(20Hz + 20kHz * loudest(k), q: 10)".into(), 12.0),
        ] {
            let text = format!("length 1s\ntrack k {{ source \"k.wav\"; to none }}\ntrack t {{ source \"x.wav\"; {filter} }}");
            let heard = Song::new(text).with("x.wav", x.clone()).with("k.wav", vec![key.clone()]).hear(&["track.t"]);
            let peak = mixdown_tests::signal::peak(heard.strip("track.t"));
            assert!(peak < most, "{filter} makes {peak:.1} of 1");
            if peak / most > worst.0 {
                worst = (peak / most, filter);
            }
        }
    }
    println!("filters in motion: at most {:.0} % of the bound ({})", worst.0 * 100.0, worst.1);
}
