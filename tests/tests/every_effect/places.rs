//! Everything in its place: bypass and `mix: 0%` are the dry signal bit for bit, and an effect with latency stands at the
//! samples where its input stood.

use super::{song, widths};
use mixdown_tests::library::{Known, library};
use mixdown_tests::rig::How;
use mixdown_tests::signal::{impulse, loudest_at, stimulus};

fn heard(known: &Known, way: &str, x: &[Vec<f32>]) -> Result<Vec<Vec<f32>>, String> {
    let how = How { deliver: vec!["track.t".into()], ..How::default() };
    let heard = song(known, way, x, x[0].len() as f64 / 48_000.0).try_hear::<f32>(&how);
    Ok(heard.map_err(|e| format!("{way}: {e}"))?.strip("track.t").to_vec())
}

/// Equal numbers, a mono signal standing in both channels.
fn equal(dry: &[Vec<f32>], out: &[Vec<f32>]) -> bool {
    out.iter().enumerate().all(|(c, o)| o == &dry[c.min(dry.len() - 1)])
}

fn dry(known: &Known) -> Result<(), String> {
    for &channels in widths(known) {
        let x = stimulus(21, 9600, channels);
        let call = known.call(&[]);
        let bypassed = heard(known, &format!("bypass {call}"), &x)?;
        if bypassed != x {
            return Err(format!("bypass {call} is not the dry signal ({channels} channels)"));
        }
        let glue = if call.ends_with("()") { "" } else { ", " };
        let none = format!("{}{glue}mix: 0%)", &call[..call.len() - 1]);
        let none = heard(known, &none, &x)?;
        if !equal(&x, &none) {
            return Err(format!("{call} with `mix: 0%` is not the dry signal ({channels} channels)"));
        }
    }
    Ok(())
}

#[test]
fn bypass_and_no_mix_are_dry() {
    let bad: Vec<String> = library().iter().filter(|k| k.takes_input).filter_map(|k| dry(k).err()).collect();
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

/// Settings that give an effect its latency and leave an impulse an impulse.
const LATE: &[&str] = &[
    "compressor(threshold: 0dB, lookahead: 3ms)",
    "gate(threshold: -60dB, lookahead: 3ms)",
    "expander(threshold: -60dB, lookahead: 3ms)",
    "limiter(ceiling: 0dBTP)",
    "limiter(ceiling: 0dBFS, lookahead: 1.3ms)",
    "saturate(drive: -24dB, oversample: 2)",
    "saturate(drive: -24dB)",
    "saturate(drive: -24dB, oversample: 16)",
    "clipper(ceiling: 0dBFS)",
    "ducker(threshold: 0dB, lookahead: 3ms)",
    "tube(drive: -24dB)",
    "tape(drive: -24dB, bump: 0dB, speed: fast)",
    "exciter(8kHz, drive: 0dB)",
    "declip()",
    "dropout()",
    "linear_eq()",
    "denoise(reduction: 0dB)",
    "bell(9kHz, +1dB, decramp: on)",
    "lowshelf(9kHz, +1dB, decramp: on)",
    "highshelf(9kHz, +1dB, decramp: on)",
    "oversample 2x { gain(0dB) }",
    "oversample 4x { oversample 2x { gain(0dB) } }",
    "oversample 4x { limiter(ceiling: 0dBTP) }",
    "oversample 2x { compressor(threshold: 0dB, lookahead: 1.01ms) }",
    "limiter(ceiling: 0dBTP); saturate(drive: -24dB); gate(threshold: -60dB, lookahead: 2ms)",
    "mid_side { side { limiter(ceiling: 0dBTP) } }",
    "left_right { left { saturate(drive: -24dB) } }",
    "bands(1kHz) { low { limiter(ceiling: 0dBTP) } }",
    "parallel { a { limiter(ceiling: 0dBTP); gain(-6dB) }\n b { saturate(drive: -24dB); gain(-6dB) }\n c { } }",
];

#[test]
fn latency_is_made_up_for() {
    let all = library();
    let any = all.iter().find(|k| k.takes_input).expect("an effect");
    let at = 2000;
    let x = [impulse(at, 6000, 0.5), impulse(at, 6000, 0.5)];
    for way in LATE {
        let wet = heard(any, way, &x).expect("built");
        // What is split into bands turns the phase, all else keeps the impulse where it was.
        assert_eq!(loudest_at(&wet[0]), at, "{way} moves an impulse");
        let both = format!("parallel {{ wet {{ {way} }}\n dry {{ }} }}");
        let sum = heard(any, &both, &x).expect("built");
        for i in 0..6000 {
            assert_eq!(sum[0][i], wet[0][i] + x[0][i], "{way} beside the dry signal, sample {i}");
        }
    }
}

#[test]
fn no_default_call_is_late_by_surprise() {
    for known in library().iter().filter(|k| k.takes_input) {
        let x = vec![impulse(3000, 9000, 0.5); *widths(known).last().unwrap_or(&1)];
        let wet = heard(known, &known.call(&[]), &x).expect("built");
        // Nothing sounds (more than 120 dB below it) before its cause, but for the ringing of linear-phase filters: their
        // half length up and as much down.
        let rings = 2 * mixdown_layout::resample_latency(8) as usize;
        let first = wet.iter().filter_map(|c| c.iter().position(|x| x.abs() > 5e-7)).min().unwrap_or(3000);
        assert!(first + rings >= 3000, "{} sounds {} samples too early", known.name, 3000 - first);
    }
}
