//! Every odd and broken file of the shared data against its stated verdict.

mod common;

use common::{Whole, read_whole, shared};
use mixdown_media::{MediaError, codes, probe};
use serde_json::Value;
use std::path::Path;

/// `None`: the verdict is kept. Else what is wrong.
fn judge(path: &Path, want: &Value) -> Option<String> {
    let result = probe(path).and_then(|info| read_whole(path, 4096).map(|whole| (info, whole)));
    if let Err(error) = &result
        && (error.path != path || error.reason.is_empty() || !codes::CODES.iter().any(|(code, ..)| *code == error.code))
    {
        return Some(format!("an error that does not name the file, a reason or a known code: {error}"));
    }
    if let Ok((info, whole)) = &result {
        if info.frames != whole.frames() {
            return Some(format!("probe says {} frames, reading gives {}", info.frames, whole.frames()));
        }
        if (info.rate, info.channels, &info.codec) != (whole.info.rate, whole.info.channels, &whole.info.codec) {
            return Some("probe and open disagree".into());
        }
    }
    // Formats that are not claimed are refused by their names.
    let codec = want["codec"].as_str().unwrap_or_default();
    let unclaimed = |error: &MediaError| error.code == codes::UNSUPPORTED && ["opus", "wavpack"].contains(&codec) && error.reason.to_lowercase().contains(codec);
    match (want["expect"].as_str().expect("a verdict"), result) {
        ("decode", Ok((_, whole))) => differs(&whole, want, 0, |got, want| (got - want).abs() < 2e-5),
        ("decode-lossy", Ok((_, whole))) => differs(&whole, want, 3000, |got, want| (20.0 * (got / want).log10()).abs() < 2.0),
        ("decode" | "decode-lossy", Err(error)) if unclaimed(&error) => None,
        ("partial-or-reject", Ok((_, whole))) if whole.warnings.is_empty() => Some(format!("success without a warning, {} frames", whole.frames())),
        ("partial-or-reject", Ok((_, whole))) if whole.peak() == 0.0 => Some("silence".into()),
        ("partial-or-reject" | "decode-or-reject", _) => None,
        ("empty-or-reject", Ok((_, whole))) if whole.frames() == 0 => None,
        ("empty-or-reject" | "reject", Err(_)) => None,
        (verdict, Ok((_, whole))) => Some(format!("{verdict} wanted, but {} frames were read", whole.frames())),
        (verdict, Err(error)) => Some(format!("{verdict} wanted, but {error}")),
    }
}

fn differs(whole: &Whole, want: &Value, slack: u64, peak: impl Fn(f64, f64) -> bool) -> Option<String> {
    let number = |name: &str| want[name].as_u64().unwrap_or_else(|| panic!("{name} in expected.json"));
    let got = (u64::from(whole.info.rate), u64::from(whole.info.channels), whole.frames(), whole.peak());
    let want = (number("rate"), number("channels"), number("frames"), want["peak"].as_f64().expect("a peak"));
    let same = got.0 == want.0 && got.1 == want.1 && got.2.abs_diff(want.2) <= slack && peak(got.3, want.3);
    (!same).then(|| format!("(rate, channels, frames, peak) is {got:?}, should be {want:?}"))
}

/// The encoder's delay is not part of the audio: both lossy files begin with the sine of 220 Hz that was encoded.
#[test]
fn encoder_delay_is_cut() {
    let Some(shared) = shared() else { return };
    for name in ["aac-lc.m4a", "mp3-cbr128.mp3", "vorbis-q4.ogg"] {
        let whole = read_whole(&shared.join("odd/own").join(name), 4096).expect("readable");
        assert_eq!(whole.frames(), 11025, "{name}");
        assert!(whole.warnings.is_empty(), "{name}: {:?}", whole.warnings);
        // Best fit of the sine over shifts of the middle: it stands where it was, to a sample.
        let wave = |frame: f64| (std::f64::consts::TAU * 220.0 * frame / 44_100.0).sin() * 0.5;
        let off = |shift: i64| (3000..8000).map(|frame| (f64::from(whole.planes[0][frame]) - wave((frame as i64 - shift) as f64)).powi(2)).sum::<f64>();
        let best = (-60..60).min_by(|a, b| off(*a).total_cmp(&off(*b))).expect("shifts");
        assert!(best.abs() <= 1, "{name} is {best} samples late");
    }
}

#[test]
fn every_odd_file_gets_its_verdict() {
    let Some(shared) = shared() else { return };
    let folder = shared.join("odd");
    let text = std::fs::read_to_string(folder.join("expected.json")).expect("expected.json");
    let expected: Value = serde_json::from_str(&text).expect("JSON");
    let files = expected["files"].as_object().expect("files");
    assert!(files.len() >= 142, "only {} files", files.len());
    let mut failures = 0;
    for (name, want) in files {
        let path = folder.join(name);
        if std::env::var_os("MIXDOWN_SHOW").is_some() {
            match read_whole(&path, 4096) {
                Ok(whole) => println!("  {name}: {} {} frames, {} {} bits, warnings {:?}", whole.info.container, whole.frames(), whole.info.codec, whole.info.bits, whole.warnings),
                Err(error) => println!("  {name}: {error}"),
            }
        }
        if let Some(fault) = judge(&path, want) {
            println!("FAILED {name}: {fault}");
            failures += 1;
        }
    }
    assert_eq!(failures, 0, "verdicts not kept");
}
