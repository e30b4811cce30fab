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
    ("compressor", "window", &[("detector", "rms")]),
    ("compressor", "auto_release", &[("threshold", "-60dBFS"), ("release", "1ms")]),
    ("upward", "range", &[("threshold", "0dBFS"), ("ratio", "20"), ("floor", "-120dBFS")]),
    ("parametric", "low_cut_slope", &[("low_cut", "300Hz")]),
    ("parametric", "low_freq", &[("low_gain", "6dB")]),
    ("parametric", "low_mid_freq", &[("low_mid_gain", "6dB")]),
    ("parametric", "low_mid_q", &[("low_mid_gain", "6dB")]),
    ("parametric", "mid_freq", &[("mid_gain", "6dB")]),
    ("parametric", "mid_q", &[("mid_gain", "6dB")]),
    ("parametric", "high_mid_freq", &[("high_mid_gain", "6dB")]),
    ("parametric", "high_mid_q", &[("high_mid_gain", "6dB")]),
    ("parametric", "high_freq", &[("high_gain", "6dB")]),
    ("parametric", "high_cut_slope", &[("high_cut", "3kHz")]),
    ("linear_eq", "low_cut_slope", &[("low_cut", "300Hz")]),
    ("linear_eq", "low_freq", &[("low_gain", "6dB")]),
    ("linear_eq", "low_mid_freq", &[("low_mid_gain", "6dB")]),
    ("linear_eq", "low_mid_q", &[("low_mid_gain", "6dB")]),
    ("linear_eq", "mid_freq", &[("mid_gain", "6dB")]),
    ("linear_eq", "mid_q", &[("mid_gain", "6dB")]),
    ("linear_eq", "high_mid_freq", &[("high_mid_gain", "6dB")]),
    ("linear_eq", "high_mid_q", &[("high_mid_gain", "6dB")]),
    ("linear_eq", "high_freq", &[("high_gain", "6dB")]),
    ("linear_eq", "high_cut_slope", &[("high_cut", "3kHz")]),
    ("linear_eq", "length", &[("low_cut", "300Hz")]),
    ("matched_eq", "limit", &[("levels", "[0.5dB * i for i in 0 .. 30]")]),
    ("matched_eq", "phase", &[("levels", "[0.5dB * i for i in 0 .. 30]")]),
    ("matched_eq", "smoothing", &[("levels", "[if i == 12 { 9dB } else { 0dB } for i in 0 .. 30]")]),
    ("denoise", "profile_from", &[("profile", "0.05s")]),
    ("declip", "headroom", &[("threshold", "-20dBFS")]),
    ("declip", "longest", &[("threshold", "-20dBFS")]),
    ("dehum", "speed", &[("track", "2Hz")]),
    ("ducker", "threshold", &[("hold", "0ms")]),
    ("ducker", "release", &[("hold", "0ms")]),
    ("ducker", "key", &[("hold", "0ms")]),
    ("multiband_width", "low_mid", &[("low", "0%")]),
    ("multiband_width", "mid_high", &[("high", "0%")]),
];

/// Values each of which must sound different from the one before it.
fn values(p: &Param) -> Vec<String> {
    match &p.ty {
        Type::Switch => vec!["off".into(), "on".into()],
        Type::Choice(words) => words.clone(),
        Type::Signal => vec!["t".into(), "other".into()],
        Type::List(_) => ["0dB", "3dB"].map(|all| format!("[{all} for i in 1 .. 31]")).into(),
        Type::File => ["\"ir.wav\"", "\"x.wav\""].map(String::from).into(),
        // Coefficients of the raw filters, near those that are stable together.
        _ if p.range.is_none() => vec!["0.01".into(), "0.011".into()],
        Type::Frequency | Type::Time => {
            let (low, high) = span(p);
            let low = low.max(high / 1e4);
            [0.4, 0.7].map(|u| written(p, low * (high / low).powf(u))).into()
        }
        _ => {
            let (low, high) = span(p);
            [0.3, 0.8].map(|u| written(p, low + (high - low) * u)).into()
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
            let needs = NEEDS.iter().find(|(e, n, _)| *e == known.name && *n == p.name).map_or(&[][..], |n| n.2);
            let others: Vec<(&str, String)> = needs.iter().map(|(n, v)| (*n, v.to_string())).collect();
            let mut before: Option<(String, Vec<Vec<f32>>)> = None;
            for value in values(p) {
                tried += 1;
                match (heard(&known, p, &value, &others, channels), &before) {
                    (Err(e), _) => dead.push(e),
                    (Ok(y), Some((earlier, x))) if difference(x, &y).is_none() => {
                        dead.push(format!("{}({}: …): {earlier} and {value} sound the same", known.name, p.name));
                    }
                    (Ok(y), _) => before = Some((value, y)),
                }
            }
        }
    }
    println!("{tried} values of parameters");
    assert!(tried > 300 && dead.is_empty(), "{}", dead.join("\n"));
}
