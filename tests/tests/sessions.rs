//! Whole renders of real sessions against results that were worked out elsewhere.

use mixdown_tests::{Audio, Project, db, shared};
use serde_json::Value;
use std::fmt::Write;
use std::path::Path;

fn json(path: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path).expect("a file")).expect("JSON")
}

fn num(v: &Value) -> f64 {
    v.as_f64().expect("a number")
}

/// The filter of the plan as a line of the language.
fn filter(e: &Value) -> String {
    let (f, q) = (num(&e["f"]), num(&e["q"]));
    let g = || num(&e["g"]);
    match e["kind"].as_str().expect("a kind") {
        "peak" => format!("    bell({f}Hz, {}dB, q: {q})\n", g()),
        "highpass" => format!("    highpass({f}Hz, q: {q})\n"),
        "lowshelf" => format!("    lowshelf({f}Hz, {}dB, q: {q})\n", g()),
        "highshelf" => format!("    highshelf({f}Hz, {}dB, q: {q})\n", g()),
        other => panic!("the plan has a filter `{other}`"),
    }
}

/// `mix.json` of lithium as a song.
fn lithium(plan: &Value, law: &str) -> String {
    let mut song = format!("title \"Lithium\"\nsample_rate 48kHz\npan_law {law}\nlength 60s\n");
    for (i, stem) in plan["stems"].as_array().expect("stems").iter().enumerate() {
        let _ = write!(song, "track t{i} {{\n    source \"stems/{}\"\n    gain({}dB)\n", stem["file"].as_str().expect("a file"), num(&stem["gain_db"]));
        for e in stem["eq"].as_array().into_iter().flatten() {
            song += &filter(e);
        }
        if let Some(ms) = stem["delay_ms"].as_f64() {
            let _ = writeln!(song, "    nudge({ms}ms)");
        }
        if let Some(p) = stem["pan"].as_f64() {
            let _ = writeln!(song, "    pan {}%", p * 100.0);
        }
        song += "}\n";
    }
    song += "master {\n";
    for e in plan["master"]["eq"].as_array().into_iter().flatten() {
        song += &filter(e);
    }
    let _ = write!(song, "    gain({}dB)\n}}\n", num(&plan["master"]["gain_db"]));
    song
}

#[test]
fn lithium_follows_its_plan_for_every_pan_law() {
    let Some(folder) = shared("sessions/lithium") else { return };
    let file = json(&folder.join("mix.json"));
    let p = Project::new();
    p.bring(&folder, "stems");
    for (law, name) in [("3dB", "constant-power-3dB"), ("6dB", "linear-6dB"), ("0dB", "constant-power-0dB-centre")] {
        p.write("song.mix", &lithium(&file["plan"], law));
        let audio = p.render(&[]);
        let want = &file["results"][name];
        assert_eq!(audio.frames() as f64, num(&want["frames"]), "{name}");
        assert!((audio.peak_db() - num(&want["peak_dbfs"])).abs() <= 0.01, "{name}: peak {}", audio.peak_db());
        let mut worst = 0f64;
        for (c, key) in ["rms_db_each_second_left", "rms_db_each_second_right"].iter().enumerate() {
            for (s, level) in want[*key].as_array().expect("levels").iter().enumerate() {
                let got = audio.rms_db(c, s * 48_000, (s + 1) * 48_000);
                worst = worst.max((got - num(level)).abs());
            }
        }
        println!("{name}: worst second {worst:.4} dB");
        assert!(worst <= 0.01, "{name}: a second is off by {worst} dB");
        for (i, pair) in want["samples_at_10s"].as_array().expect("samples").iter().enumerate() {
            for c in 0..2 {
                let off = (f64::from(audio.channels[c][480_000 + i]) - num(&pair[c])).abs();
                assert!(off <= 1e-5, "{name}: sample {i} of channel {c} is off by {off}");
            }
        }
    }
}

/// Every stem at unity, mono on both sides at unity, -12 dB.
fn sum_of(name: &str, tolerance: f64) {
    let Some(folder) = shared(&format!("sessions/{name}")) else { return };
    let expected = json(&folder.join("expected.json"));
    let p = Project::new();
    p.bring(&folder, "stems");
    let sum = &expected["sum"];
    let rate = sum["what"].as_str().and_then(|w| w.split("made at ").nth(1)?.split(' ').next()).expect("a rate");
    let mut song = format!("sample_rate {rate}Hz\npan_law 0dB\n");
    for (i, file) in expected["stems"].as_object().expect("stems").keys().enumerate() {
        let _ = writeln!(song, "track t{i} {{ source \"stems/{file}\" }}");
    }
    song += "master { gain(-12dB) }\n";
    p.write("song.mix", &song);
    let audio = p.render(&[]);
    assert_eq!(audio.frames() as f64, num(&sum["frames"]), "{name}: length");
    let peak = audio.peak_db();
    println!("{name}: peak {peak:.3} dBFS, expected {}", sum["peak_dbfs"]);
    assert!((peak - num(&sum["peak_dbfs"])).abs() <= tolerance, "{name}: peak {peak}");
    let all: f64 = audio.channels.iter().flatten().map(|x| f64::from(*x).powi(2)).sum();
    let rms = db((all / (2 * audio.frames()) as f64).sqrt());
    assert!((rms - num(&sum["rms_dbfs"])).abs() <= 0.05, "{name}: rms {rms}");
    let m = measure(&audio);
    let (i, tp) = (m.integrated.expect("loudness"), m.true_peak.expect("a true peak"));
    assert!((i - num(&sum["I"])).abs() <= 0.1, "{name}: {i} LUFS");
    assert!((tp - num(&sum["TP"])).abs() <= 0.2, "{name}: {tp} dBTP");
}

fn measure(audio: &Audio) -> mixdown_meter::Measurement {
    let mut meter = mixdown_meter::Meter::new(audio.rate, audio.channels.len() as u32).expect("a meter");
    let planes: Vec<&[f32]> = audio.channels.iter().map(Vec::as_slice).collect();
    meter.push(&planes);
    meter.finish()
}

#[test]
fn runnin_sums() {
    sum_of("runnin", 0.02);
}

#[test]
fn rooms_sum_over_five_rates() {
    sum_of("rooms", 0.1);
}

#[test]
fn lithium_sums() {
    sum_of("lithium", 0.02);
}
