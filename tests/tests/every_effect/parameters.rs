//! Every parameter changes what comes out: a parameter that is accepted must act.

use super::{song, widths};
use mixdown_analysis::body::Param;
use mixdown_analysis::types::Type;
use mixdown_tests::library::{Known, library, span, written};
use mixdown_tests::signal::{difference, stimulus};

/// What must be set so that a parameter has something to act on: effect, parameter, other settings.
const NEEDS: &[(&str, &str, &[(&str, &str)])] = &[
    ("transient", "key", &[("attack", "12dB")]),
    ("transient", "attack_time", &[("attack", "12dB")]),
    ("transient", "sustain_time", &[("sustain", "12dB")]),
    ("detector", "window", &[("mode", "rms")]),
    ("limiter", "link", &[("ceiling", "-20dBTP")]),
    ("limiter", "release", &[("ceiling", "-20dBTP")]),
    ("limiter", "lookahead", &[("ceiling", "-20dBTP")]),
    ("gate", "hysteresis", &[("threshold", "-20dBFS"), ("hold", "0ms")]),
    ("gate", "threshold", &[("hold", "0ms")]),
    ("gate", "lookahead", &[("threshold", "-20dBFS")]),
    ("expander", "threshold", &[("hold", "0ms")]),
    ("expander", "ratio", &[("threshold", "-10dBFS"), ("hold", "0ms"), ("range", "120dB")]),
    ("expander", "lookahead", &[("threshold", "-20dBFS")]),
    ("expander", "hysteresis", &[("threshold", "-20dBFS"), ("hold", "0ms")]),
    ("expander", "range", &[("threshold", "-10dBFS"), ("ratio", "20"), ("hold", "0ms")]),
    ("dynamic_eq", "range", &[("threshold", "-70dBFS"), ("ratio", "20")]),
    ("deesser", "range", &[("threshold", "-70dBFS"), ("ratio", "20")]),
    ("fdn", "damping", &[("size", "20ms")]),
    ("chorus", "rate", &[("depth", "5ms")]),
    ("sweep", "over", &[("over", "0.1s")]),
];

fn two_values(p: &Param) -> Option<[String; 2]> {
    match &p.ty {
        Type::Switch => Some(["off".into(), "on".into()]),
        Type::Choice(words) => Some([words[0].clone(), words.last()?.clone()]),
        Type::Signal => Some(["t".into(), "other".into()]),
        // Coefficients of the raw filters, near those that are stable together.
        _ if p.range.is_none() => Some(["0.01".into(), "0.011".into()]),
        Type::Frequency | Type::Time => {
            let (low, high) = span(p);
            let low = low.max(high / 1e4);
            Some([written(p, low * (high / low).powf(0.4)), written(p, low * (high / low).powf(0.7))])
        }
        _ => {
            let (low, high) = span(p);
            let at = |u: f64| if p.name == "oversample" { 2f64.powf((u * 4.0).round()) } else { low + (high - low) * u };
            Some([written(p, at(0.3)), written(p, at(0.8))])
        }
    }
}

fn heard(known: &Known, p: &Param, value: &str, others: &[(&str, String)], channels: usize) -> Result<Vec<Vec<f32>>, String> {
    let mut given: Vec<(&str, String)> = others.to_vec();
    let key = p.ty == Type::Signal;
    let mut call = known.call(&given);
    if !key {
        given.retain(|(n, _)| *n != p.name);
        given.push((p.name.as_str(), value.into()));
        call = known.call(&given);
    } else if value == "other" {
        given.push((p.name.as_str(), value.into()));
        call = known.call(&given);
    }
    let x = stimulus(11, 19_200, channels);
    let mut song = song(known, &call, &x, 0.6);
    if key {
        song.text += "track other { source \"other.wav\" }\n";
        song = song.with("other.wav", vec![mixdown_tests::signal::noise(4, 19_200, 0.9)]);
    }
    let how = mixdown_tests::rig::How { deliver: vec!["track.t".into()], ..Default::default() };
    song.try_hear::<f32>(&how).map(|h| h.strip("track.t").to_vec()).map_err(|e| format!("{call}: {e}"))
}

#[test]
fn each_parameter_acts() {
    let (mut tried, mut dead) = (0, Vec::new());
    for known in library() {
        let channels = *widths(&known).last().unwrap_or(&1);
        for p in &known.params {
            let Some([a, b]) = two_values(p) else { continue };
            let needs = NEEDS.iter().find(|(e, n, _)| *e == known.name && *n == p.name).map_or(&[][..], |n| n.2);
            let others: Vec<(&str, String)> = needs.iter().map(|(n, v)| (*n, v.to_string())).collect();
            tried += 1;
            let pair = heard(&known, p, &a, &others, channels).and_then(|x| Ok((x, heard(&known, p, &b, &others, channels)?)));
            match pair {
                Err(e) => dead.push(e),
                Ok((x, y)) if difference(&x, &y).is_none() => {
                    dead.push(format!("{}({}: …): {a} and {b} sound the same", known.name, p.name));
                }
                Ok(_) => {}
            }
        }
    }
    println!("{tried} parameters, two values each");
    assert!(tried > 120 && dead.is_empty(), "{}", dead.join("\n"));
}
