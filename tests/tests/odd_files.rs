//! Every odd or broken file as the source of a song: decoded, a warning with what could be read, or an error that names
//! file and reason. Never a panic, a hang, NaN or infinity.

use mixdown_tests::{Audio, Project, Run, shared};
use serde_json::Value;
use std::time::{Duration, Instant};

/// Formats that nothing among the dependencies decodes: refused by name, with what they are.
const UNREAD: &[&str] = &["own/wavpack.wv", "own/opus-64k.opus", "own/webm-opus.webm"];

#[test]
fn every_file_gives_its_verdict() {
    let Some(folder) = shared("odd") else { return };
    let table: Value = serde_json::from_str(&std::fs::read_to_string(folder.join("expected.json")).expect("a file")).expect("JSON");
    let mut wrong = Vec::new();
    let mut count = [0usize; 3];
    for (name, want) in table["files"].as_object().expect("files") {
        let p = Project::new();
        let ending = name.rsplit('.').next().expect("an ending");
        let file = format!("odd.{ending}");
        p.bring(&folder.join(name), &file);
        // A song has a rate from 8 kHz; a file at its own rate passes untouched, others are converted.
        let own = want["rate"].as_u64().filter(|r| (8000..=384_000).contains(r));
        let rate = own.unwrap_or(48_000);
        let many = want["channels"].as_u64().is_some_and(|c| c > 2);
        let channel = if many { ", channel: 1" } else { "" };
        p.write("song.mix", &format!("sample_rate {rate}Hz\npan_law 0dB\ntail -90dB\ntrack t {{ source \"{file}\"{channel} }}\n"));
        let started = Instant::now();
        let run = p.run(&["render", "song.mix", "-o", "out.wav", "--bits", "32f"]);
        if started.elapsed() > Duration::from_secs(20) {
            wrong.push(format!("{name}: took {:?}", started.elapsed()));
        }
        let out = p.path("out.wav");
        let rendered = run.code == 0 && out.exists();
        count[if rendered { 0 } else { 1 }] += 1;
        let named = run.err.contains(&file);
        let expect = want["expect"].as_str().expect("a verdict");
        let verdict = match expect {
            "decode" | "decode-lossy" | "decode-or-reject" if rendered => {
                decoded(&Audio::read(&out), want, expect == "decode-lossy", many, own.is_some())
            }
            "decode" | "decode-lossy" if !UNREAD.contains(&name.as_str()) => Err("was refused".into()),
            "decode" | "decode-lossy" | "decode-or-reject" => refused(&run, named),
            "partial-or-reject" if rendered => {
                if run.err.contains("E0522") {
                    count[2] += 1;
                    Ok(())
                } else {
                    Err("was read without a word".into())
                }
            }
            "reject" if rendered => Err("was taken".into()),
            "empty-or-reject" if rendered => {
                if Audio::read(&out).frames() == 0 || Audio::read(&out).peak_db() < -200.0 { Ok(()) } else { Err("something was heard".into()) }
            }
            "reject" | "partial-or-reject" | "empty-or-reject" => refused(&run, named),
            other => Err(format!("the table has a verdict `{other}` that nothing here judges")),
        };
        if let Err(why) = verdict {
            wrong.push(format!("{name} ({expect}): {why}\n    {}", run.err.trim().replace('\n', "\n    ")));
        }
        if rendered && Audio::read(&out).channels.iter().flatten().any(|x| !x.is_finite()) {
            wrong.push(format!("{name}: NaN or infinity came out"));
        }
    }
    println!("{} rendered ({} with a warning), {} refused", count[0], count[2], count[1]);
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), count[0] + count[1], wrong.join("\n"));
    assert!(count[0] > 80, "only {} files were decoded", count[0]);
}

fn refused(run: &Run, named: bool) -> Result<(), String> {
    match run.code {
        1 | 2 if named && run.err.contains("E0") => Ok(()),
        1 | 2 => Err("was refused without its name or a code".into()),
        other => Err(format!("ended with {other}")),
    }
}

/// A decoded file is as long and as loud as it should be; the song may end early where the file ends in silence.
fn decoded(audio: &Audio, want: &Value, lossy: bool, many: bool, own: bool) -> Result<(), String> {
    if !own {
        return Ok(());
    }
    let frames = want["frames"].as_u64().unwrap_or(0) as i64;
    let off = (audio.frames() as i64 - frames).abs();
    if off > if lossy { 3000 } else { 0 } {
        return Err(format!("{} frames, expected {frames}", audio.frames()));
    }
    let peak = want["peak"].as_f64().unwrap_or(0.0);
    let got = 10f64.powf(audio.peak_db() / 20.0);
    let close = if lossy { (got / peak.max(1e-9)).log10().abs() * 20.0 <= 2.0 } else { (got - peak).abs() < 2e-4 };
    // One channel of many, and mono written twice: only the whole file has the table's peak.
    if !many && !close {
        return Err(format!("peak {got:.5}, expected {peak}"));
    }
    Ok(())
}
