//! Whatever comes in, what comes out is finite; silence stays silence; tails reach exact zero, so that no denormal slows
//! a render and a song ends.

use super::{song, widths};
use mixdown_tests::library::{Known, library};
use mixdown_tests::rig::How;
use mixdown_tests::signal::{peak, stimulus};

fn heard(known: &Known, x: &[Vec<f32>], seconds: f64) -> Vec<Vec<f32>> {
    let how = How { deliver: vec!["track.t".into()], ..How::default() };
    let heard = song(known, &known.call(&[]), x, seconds).try_hear::<f32>(&how);
    heard.unwrap_or_else(|e| panic!("{}: {e}", known.name)).strip("track.t").to_vec()
}

/// Inputs that break what can be broken.
fn hostile(channels: usize) -> Vec<(&'static str, Vec<Vec<f32>>)> {
    let n = 14_400;
    let plain = stimulus(31, n, channels);
    let with = |at: usize, v: f32| {
        let mut x = plain.clone();
        x[0][at] = v;
        x
    };
    let loud = plain.iter().map(|c| c.iter().map(|x| x * 16.0).collect()).collect();
    vec![
        ("24 dB too loud", loud),
        ("a constant", vec![vec![1.0; n]; channels]),
        ("NaN", with(5000, f32::NAN)),
        ("infinity", with(5000, f32::INFINITY)),
        ("1e30", with(5000, 1e30)),
        ("denormals", vec![vec![1e-40; n]; channels]),
    ]
}

#[test]
fn hostile_input_stays_finite() {
    for known in library().iter().filter(|k| k.takes_input) {
        for &channels in widths(known) {
            for (what, x) in hostile(channels) {
                let out = heard(known, &x, 0.3);
                assert!(out.iter().flatten().all(|x| x.is_finite()), "{} with {what} in is not finite", known.name);
                if what == "24 dB too loud" {
                    assert!(peak(&out) <= 4.0 * 16.0, "{} makes {} of 16", known.name, peak(&out));
                }
                if what == "a constant" {
                    assert!(peak(&out) <= 4.0, "{} makes {} of a constant 1", known.name, peak(&out));
                }
            }
        }
    }
}

#[test]
fn silence_stays_silence() {
    for known in library().iter().filter(|k| k.takes_input) {
        for &channels in widths(known) {
            let out = heard(known, &vec![vec![0.0; 480]; channels], 0.3);
            assert_eq!(peak(&out), 0.0, "{} makes sound of silence", known.name);
        }
    }
}

/// Seconds in which a default call falls to exact zero after its input: 760 dB below full scale.
const ZERO_AFTER: f64 = 40.0;

#[test]
fn tails_end_in_exact_zeros() {
    let mut slow = Vec::new();
    for known in library().iter().filter(|k| k.takes_input) {
        let x = stimulus(33, 12_000, *widths(known).last().unwrap_or(&1));
        let out = heard(known, &x, 0.25 + ZERO_AFTER);
        let last = out.iter().filter_map(|c| c.iter().rposition(|x| *x != 0.0)).max().unwrap_or(0);
        let after = last as f64 / 48_000.0 - 0.25;
        println!("{:16} exact zero {after:6.2} s after its input", known.name);
        if last + 1 >= out[0].len() {
            slow.push(known.name.clone());
        }
    }
    assert!(slow.is_empty(), "never silent: {}", slow.join(", "));
}
