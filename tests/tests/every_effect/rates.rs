//! The same text sounds the same at every sample rate.

use super::widths;
use mixdown_tests::library::library;
use mixdown_tests::signal::burst_levels;

/// What is made of many lines, each a whole number of samples long: its echoes of tones meet a little differently. How
/// long it decays is measured for itself.
const DIFFUSE: &[&str] = &["fdn", "plate", "hall", "room", "spring", "diffuse", "decorrelate"];

/// What works in windows, which stand elsewhere at every rate: its gains come some milliseconds sooner or later.
const WINDOWED: &[&str] = &["denoise"];

#[test]
fn all_rates_sound_the_same() {
    let mut bad = Vec::new();
    // Raw coefficients are what they are in samples.
    for known in library().iter().filter(|k| k.takes_input && k.params.iter().all(|p| p.range.is_some() || !raw(p))) {
        let call = known.call(&[]);
        let width = *widths(known).last().unwrap_or(&1);
        let plain = burst_levels(&call, 48_000, width);
        let loud = plain.iter().copied().fold(0.0, f64::max);
        let mut worst = (0.0, 0);
        for rate in [44_100, 88_200, 96_000, 192_000] {
            let off = burst_levels(&call, rate, width).iter().zip(&plain).fold(0.0, |m: f64, (a, b)| m.max((a - b).abs()));
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
