//! The same text sounds the same at every sample rate.

use super::widths;
use mixdown_tests::library::{Known, library};
use mixdown_tests::rig::{How, Song};
use mixdown_tests::signal::rms;
use std::f64::consts::TAU;

/// What is made of many lines, each a whole number of samples long: its echoes of tones meet a little differently. How
/// long it decays is measured for itself.
const DIFFUSE: &[&str] = &["fdn", "plate", "hall", "room", "spring", "diffuse", "decorrelate"];

/// What works in windows, which stand elsewhere at every rate: its gains come some milliseconds sooner or later.
const WINDOWED: &[&str] = &["denoise"];

/// Bursts of tones, loud and soft, as a function of time: nothing in it hangs on the rate.
fn bursts(rate: u32, seconds: f64, channels: usize) -> Vec<Vec<f32>> {
    let plane = |c: usize| {
        let sample = |i: usize| {
            let t = i as f64 / f64::from(rate);
            let swell = |from: f64, to: f64, level: f64| {
                let edge = |x: f64| 0.5 - 0.5 * (std::f64::consts::PI * (x / 0.005).clamp(0.0, 1.0)).cos();
                level * edge(t - from) * (1.0 - edge(t - to))
            };
            let level = swell(0.05, 0.15, 0.5) + swell(0.16, 0.24, 0.02) + swell(0.25, 0.3, 0.3);
            let tone = |f: f64| (TAU * f * t + c as f64).sin();
            (level * 0.4 * (tone(110.0) + tone(441.3) + 0.6 * tone(1571.7) + 0.4 * tone(3003.1))) as f32
        };
        (0..(seconds * f64::from(rate)) as usize).map(sample).collect()
    };
    (0..channels).map(plane).collect()
}

/// Level of each 25 ms, all channels together.
fn levels(known: &Known, call: &str, rate: u32) -> Vec<f64> {
    let seconds = 0.5;
    let x = bursts(rate, seconds, *widths(known).last().unwrap_or(&1));
    let text = format!("sample_rate {rate}Hz\ntempo 600bpm\nlength {seconds}s\ntrack t {{ source \"x.wav\"\n {call} }}");
    let how = How { deliver: vec!["track.t".into()], ..How::default() };
    let heard = Song::new(text).at(rate).with("x.wav", x).try_hear::<f32>(&how);
    let y = heard.unwrap_or_else(|e| panic!("{call} at {rate} Hz: {e}")).strip("track.t").to_vec();
    let at = |k: usize| k * rate as usize / 40;
    (0..20).map(|k| y.iter().map(|c| rms(&c[at(k)..at(k + 1)])).sum()).collect()
}

#[test]
fn all_rates_sound_the_same() {
    let mut bad = Vec::new();
    // Raw coefficients are what they are in samples.
    for known in library().iter().filter(|k| k.takes_input && k.params.iter().all(|p| p.range.is_some() || !raw(p))) {
        let call = known.call(&[]);
        let plain = levels(known, &call, 48_000);
        let loud = plain.iter().copied().fold(0.0, f64::max);
        let mut worst = (0.0, 0);
        for rate in [44_100, 88_200, 96_000, 192_000] {
            let off = levels(known, &call, rate).iter().zip(&plain).fold(0.0, |m: f64, (a, b)| m.max((a - b).abs()));
            if off / loud > worst.0 {
                worst = (off / loud, rate);
            }
        }
        println!("{:18} {:7.4} % of its loudest 25 ms ({} Hz)", known.name, worst.0 * 100.0, worst.1);
        let bound = if DIFFUSE.contains(&known.name.as_str()) || WINDOWED.contains(&known.name.as_str()) { 0.04 } else { 0.01 };
        if worst.0 > bound {
            bad.push(format!("{call}: {:.2} % at {} Hz", worst.0 * 100.0, worst.1));
        }
    }
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

fn raw(p: &mixdown_analysis::body::Param) -> bool {
    p.ty == mixdown_analysis::types::Type::Number
}
