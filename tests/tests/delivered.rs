//! What the closing lines say of a file is what the file holds: at another rate, as a stem, cut at its tail.

use mixdown_tests::signal::noise;
use mixdown_tests::{Project, db};
use serde_json::Value;

fn measured(p: &Project, file: &str) -> (f64, f64) {
    let run = p.run(&["measure", "--json", file]).ok();
    let json: Value = serde_json::from_str(&run.out).expect("json");
    let figure = |name: &str| json[name].as_f64().unwrap_or_else(|| panic!("{name} of {file}: {json}"));
    (figure("integrated"), figure("true_peak"))
}

/// Loudness and true peak that a closing line names.
fn said(err: &str, file: &str) -> (f64, f64) {
    let line = err.lines().find(|l| l.starts_with("rendered") && l.contains(file)).unwrap_or_else(|| panic!("no line of {file}:\n{err}"));
    let before = |unit: &str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let at = words.iter().position(|w| *w == unit).unwrap_or_else(|| panic!("no {unit} in {line}"));
        words[at - 1].parse().expect("a number")
    };
    (before("LUFS"), before("dBTP"))
}

const LOUD: &str = "length 3s\nsample_rate 48kHz\ntrack a { source \"a.wav\"; clipper(ceiling: -10dBFS) }\n";

fn loud(deliver: &str) -> Project {
    let p = Project::song(&format!("{LOUD}deliver {{ {deliver} }}\n"));
    p.wav("a.wav", 48_000, &[noise(5, 144_000, 0.5)]);
    p
}

#[test]
fn a_file_of_another_rate_is_measured_as_it_is() {
    let p = loud("wav(\"out/a.wav\", loudness: -18LUFS, sample_rate: 44.1kHz)\n wav(\"out/b.wav\", sample_rate: 32kHz)");
    let run = p.run(&["render", "song.mix"]).ok();
    for file in ["out/a.wav", "out/b.wav"] {
        let ((loudness, peak), (l, t)) = (measured(&p, file), said(&run.err, file));
        assert!((loudness - l).abs() <= 0.051 && (peak - t).abs() <= 0.06, "{file}: said {l} {t}, is {loudness} {peak}");
    }
    let (loudness, _) = measured(&p, "out/a.wav");
    assert!((loudness + 18.0).abs() < 0.02, "{loudness}");
}

#[test]
fn a_ceiling_holds_at_the_rate_of_the_file() {
    // At the mix's rate the peaks would stay below; what conversion makes of clipped noise does not.
    let at = |ceiling: f64, rate: &str| {
        loud(&format!("wav(\"out/a.wav\", loudness: -18LUFS, ceiling: {ceiling}dBTP{rate})"))
    };
    let p = at(0.0, "");
    p.run(&["render", "song.mix"]).ok();
    let (_, plain) = measured(&p, "out/a.wav");
    let between = ((plain + 0.3) * 10.0).round() / 10.0;
    at(between, "").run(&["render", "song.mix"]).ok();
    at(between, ", sample_rate: 44.1kHz").run(&["render", "song.mix"]).fails(1, "E0946");
}

#[test]
fn a_stem_is_not_told_with_the_figures_of_the_master() {
    let p = loud("stems(\"st/{bus}.wav\")\n wav(\"m.wav\")");
    let run = p.run(&["render", "song.mix"]).ok();
    let stem = run.err.lines().find(|l| l.contains("st/")).expect("a line of the stem");
    assert!(!stem.contains("LUFS"), "{stem}");
    assert!(run.err.lines().any(|l| l.contains("m.wav") && l.contains("LUFS")), "{}", run.err);
}

#[test]
fn a_tail_that_is_cut_is_told() {
    let p = Project::song("track a { source \"a.wav\"; delay(500ms, feedback: 90%) }\n");
    p.wav("a.wav", 48_000, &[noise(6, 24_000, 0.5)]);
    let run = p.run(&["render", "song.mix", "-o", "a.wav.out.wav"]).ok();
    assert!(run.err.contains("E0951") && run.err.contains("tail 30s"), "{}", run.err);
    p.write("song.mix", "tail -40dB\ntrack a { source \"a.wav\"; delay(50ms, feedback: 50%) }\n");
    assert!(!p.run(&["render", "song.mix", "-o", "b.wav"]).ok().err.contains("E0951"));
    p.write("song.mix", "length 2s\ntrack a { source \"a.wav\"; delay(500ms, feedback: 90%) }\n");
    assert!(!p.run(&["render", "song.mix", "-o", "c.wav"]).ok().err.contains("E0951"), "who writes a length wants it so");
}

#[test]
fn clips_that_no_song_can_hold_are_refused_before_anything_is_written() {
    for (clips, code) in [
        ("clip(\"a.wav\", at: @1000000000s)", "E0525"),
        ("clip(\"a.wav\", loop: 100000, length: 1s, at: @50000s)", "E0525"),
        ("clip(\"a.wav\", gain: 200dB)", "E0525"),
        ("", "E0525"),
    ] {
        let p = Project::song(&format!("track a {{ clips [ {clips} ] }}\n"));
        p.wav("a.wav", 48_000, &[noise(7, 48_000, 0.5)]);
        p.run(&["check", "song.mix"]).fails(1, code);
    }
    // A WAV file of more than 4 GiB is known before the first sample.
    let p = Project::song("track a { clips [ clip(\"a.wav\", at: @80000s) ] }\n");
    p.wav("a.wav", 48_000, &[noise(7, 48_000, 0.5)]);
    let started = std::time::Instant::now();
    p.run(&["render", "song.mix", "-o", "out.wav"]).fails(2, "E0923");
    assert!(started.elapsed().as_secs() < 10 && p.files() == ["a.wav", "song.mix"], "{:?}", p.files());
}

#[test]
fn a_written_centre_is_no_pan() {
    let level = |pan: &str| {
        let p = Project::song(&format!(
            "length 1s\nbus b {{ compressor(threshold: -30dB, ratio: 100, release: 2s) }}\ntrack a {{ source sine(1kHz, -20dB)\n {pan}\n to b }}\n"
        ));
        p.render(&[]).hash()
    };
    assert_eq!(level("pan C"), level(""));
    assert_ne!(level("pan L1"), level(""));
}

#[test]
fn the_dry_side_of_bands_has_their_phase() {
    let p = Project::song("length 1s\ntrack a { source impulse(0dB, every: 10s); nudge(100ms); bands(120Hz, 2.5kHz, mix: 50%) { } }\n");
    let heard = p.render(&[]);
    for freq in [30.0, 60.0, 90.0, 120.0, 200.0, 1000.0, 2000.0, 2500.0, 3000.0, 10_000.0] {
        let w = std::f64::consts::TAU * freq / 48_000.0;
        let part = |f: fn(f64) -> f64| heard.channels[0].iter().enumerate().map(|(n, x)| f64::from(*x) * f(w * n as f64)).sum::<f64>();
        let level = db(part(f64::cos).hypot(part(f64::sin)));
        // A mono track comes to both sides 3 dB down.
        assert!((level + 3.0103).abs() < 0.02, "{level:.2} dB at {freq} Hz");
    }
}

#[test]
fn what_standard_output_does_not_take_is_an_error() {
    if !std::path::Path::new("/dev/full").exists() {
        return;
    }
    let p = loud("wav(\"m.wav\")");
    for args in [&["measure", "--json", "a.wav"][..], &["dump", "--mix", "song.mix"], &["render", "song.mix", "--timings", "json"], &["--help"]] {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").expect("a device");
        let run = std::process::Command::new(mixdown_tests::program()).args(args).current_dir(p.path("")).stdout(full).output().expect("runs");
        assert_eq!(run.status.code(), Some(2), "{args:?}: {}", String::from_utf8_lossy(&run.stderr));
    }
}

#[test]
fn machines_get_what_is_wrong_with_a_command_line_as_an_object() {
    let p = loud("wav(\"m.wav\")");
    let run = p.run(&["--message-format", "json", "render", "--bogus", "song.mix"]).fails(2, "E0953");
    let lines: Vec<Value> = run.err.lines().map(|l| serde_json::from_str(l).expect("JSON")).collect();
    assert!(lines.len() == 1 && lines[0]["message"].as_str().is_some_and(|m| m.contains("--bogus")), "{}", run.err);
    // A file of that name is no wish for JSON.
    assert!(p.run(&["render", "--bogus", "json"]).fails(2, "--bogus").err.contains("Usage"));
}

#[test]
fn a_file_that_cannot_be_had_is_said_where_the_song_names_it() {
    let p = Project::song("length 1s\ntrack a {\n source \"a.wav\"\n match_eq(\"nope.wav\", \"a.wav\")\n}\n");
    p.wav("a.wav", 48_000, &[noise(8, 48_000, 0.5)]);
    let run = p.run(&["--message-format", "short", "check", "song.mix"]).fails(2, "song.mix:4:11: error[E0901]");
    assert_eq!(run.err.lines().count(), 1, "one fault, said once: {}", run.err);
}

#[test]
fn no_strip_takes_the_name_of_what_a_processor_gets() {
    let p = Project::song("length 1s\nbus input { }\ntrack a { source \"a.wav\"; to input }\n");
    p.wav("a.wav", 48_000, &[noise(8, 48_000, 0.5)]);
    p.run(&["check", "song.mix"]).fails(1, "E0510");
}
