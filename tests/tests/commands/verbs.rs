//! Transcripts: what each verb prints, with times taken out.

use mixdown_tests::{Project, Run};
use serde_json::Value;

const SONG: &str = "title \"Tone\"\nlength 2s\ntrack t { source sine(997Hz, level: -20dB)\n to b }\nbus b { }\n\
                    check { peak(master) <= -10dB }\n";

/// `in 0.1 s (25x)` and the like without figures that differ from run to run.
fn plain(text: &str) -> String {
    let mut out = String::new();
    for line in text.lines() {
        let line = match (line.find(" in "), line.find("x)")) {
            (Some(a), Some(b)) if a < b => format!("{} in T s (N{}", &line[..a], &line[b..]),
            _ => line.to_string(),
        };
        out += &line;
        out.push('\n');
    }
    out
}

fn transcript(run: &Run) -> String {
    format!("{}--\n{}-- {}\n", run.out, plain(&run.err), run.code)
}

#[test]
fn render() {
    let p = Project::song(SONG);
    let run = p.run(&["render", "song.mix"]);
    assert_eq!(transcript(&run), "--\nrendered song.wav  0:02 in T s (Nx)  -23.0 LUFS  -23.0 dBTP\n-- 0\n");
    assert_eq!(transcript(&p.run(&["render", "song.mix", "--quiet"])), "--\n-- 0\n");
    let silent = Project::song("length 1s\ntrack t { source silence }\n");
    assert_eq!(transcript(&silent.run(&["render", "song.mix"])), "--\nrendered song.wav  0:01 in T s (Nx)  silent\n-- 0\n");
}

#[test]
fn check() {
    let p = Project::song(SONG);
    assert_eq!(transcript(&p.run(&["check", "song.mix"])), "--\n-- 0\n");
    assert_eq!(p.files(), ["song.mix"], "check made files");
}

#[test]
fn test() {
    let p = Project::song(SONG);
    let run = p.run(&["test", "song.mix"]);
    assert_eq!(transcript(&run), "ok     song.mix:6: peak(master) <= -10dB  is -23.01\n1 passed, 0 failed\n--\n-- 0\n");
    p.write("song.mix", &SONG.replace("<= -10dB", "<= -30dB"));
    let run = p.run(&["test", "song.mix"]);
    assert_eq!(transcript(&run), "FAILED song.mix:6: peak(master) <= -30dB  is -23.01\n0 passed, 1 failed\n--\n-- 1\n");
    assert_eq!(p.run(&["test", "song.mix", "nowhere.mix"]).code, 2);
}

#[test]
fn checks_of_parts_and_of_differences() {
    let song = "tempo 60bpm\nsignature 1/4\nlength 8s\nsections { verse @1 .. @5; chorus @5 }\n\
                track t { source sine(997Hz, level: -20dB); ride +6dB during chorus over 0ms }\n\
                track u { source sine(997Hz, level: -30dB) }\n";
    let check = |line: &str| {
        let p = Project::song(&format!("{song}check {{ {line} }}\n"));
        let run = p.run(&["test", "song.mix"]);
        (run.code, run.out.split("  is ").nth(1).and_then(|v| v.split_whitespace().next()).and_then(|v| v.parse::<f64>().ok()), run.err)
    };
    for (line, want) in [
        ("peak(t) <= -13dBFS", -14.0),
        ("peak(t, verse) <= -19dBFS", -20.0),
        ("peak(t, during: chorus) within 0.1dB of -14dBFS", -14.0),
        ("peak(t) during verse <= -19dBFS", -20.0),
        ("peak(t) <= -19dBFS during verse", -20.0),
        ("peak(t) during @2 .. @3 within 0.1dB of -20dBFS", -20.0),
        ("loudness(t, chorus) - loudness(t, verse) >= 5.9LU", 6.0),
        ("loudness(t) - loudness(u) within 0.5LU of 10LU during verse", 10.0),
        ("duration(master, chorus) >= 3s", 4.0),
    ] {
        let (code, value, err) = check(line);
        assert!(code == 0 && value.is_some_and(|v| (v - want).abs() < 0.05), "{line}: {code} {value:?} {err}");
    }
    let peak = |line: &str| check(line).1.expect("a figure");
    assert!((peak("peak(t, chorus) <= 0dBFS") - peak("peak(t, verse) <= 0dBFS") - 6.0).abs() < 0.01);
    for (line, code) in [("loudness(t) - peak(t) <= 3LU", "E0570"), ("loudness(t, verse, chorus) <= 3LUFS", "E0570"), ("peak(t, 3dB) <= 0dBFS", "E0347")] {
        let (exit, _, err) = check(line);
        assert!(exit == 1 && err.contains(code), "{line}: {err}");
    }
}

#[test]
fn measure() {
    let p = Project::song(SONG);
    p.run(&["render", "song.mix"]).ok();
    let run = p.run(&["measure", "song.wav"]).ok();
    for part in ["song.wav\n", "integrated      -23.0", "true peak       -23.0", "0:02 at 48000 Hz, 2 channels", "octaves"] {
        assert!(run.out.contains(part), "`{part}` is missing:\n{}", run.out);
    }
    let run = p.run(&["measure", "song.wav", "song.wav", "--json"]).ok();
    let all: Vec<Value> = run.out.lines().map(|l| serde_json::from_str(l).expect("JSON")).collect();
    assert_eq!(all.len(), 2);
    assert_eq!((all[0]["schema"].as_i64(), all[0]["file"].as_str()), (Some(1), Some("song.wav")));
    assert!((all[0]["integrated"].as_f64().expect("loudness") + 23.0).abs() < 0.1);
    // One that fails does not hide the others.
    let run = p.run(&["measure", "nowhere.wav", "song.wav"]);
    assert_eq!(run.code, 2);
    assert!(run.out.contains("song.wav") && run.err.contains("E0901"), "{}{}", run.out, run.err);
}

#[test]
fn dump() {
    let p = Project::song(SONG);
    for (stage, part) in [
        ("--tree", "\"Tone\""),
        ("--mix", "\"strips\""),
        ("--kernel", "kernel"),
        ("--program", "\"nodes\""),
        ("--clif", "function"),
        ("--asm", "ret"),
    ] {
        let run = p.run(&["dump", "song.mix", stage]).ok();
        assert!(run.out.contains(part), "{stage} has no `{part}`:\n{}", run.out);
        assert_eq!(run.err, "", "{stage}");
    }
    serde_json::from_str::<Value>(&p.run(&["dump", "song.mix", "--mix"]).ok().out).expect("JSON");
    assert_eq!(p.run(&["dump", "song.mix"]).code, 2);
}

#[test]
fn explain_and_completions() {
    let p = Project::new();
    let run = p.run(&["explain", "e0933"]).ok();
    assert!(run.out.starts_with("E0933: an output would overwrite an input\n\n"), "{}", run.out);
    let list = p.run(&["explain"]).ok().out;
    assert!(list.lines().count() > 100, "{} codes", list.lines().count());
    p.run(&["explain", "E093"]).fails(2, "help: ");
    p.run(&["explain", "compresor"]).fails(2, "did you mean compressor?");
    let processors = p.run(&["explain", "library"]).ok().out;
    assert_eq!(processors.lines().count(), mixdown_std_lib::names().count(), "{processors}");
    for name in mixdown_std_lib::names() {
        let text = p.run(&["explain", name]).ok().out;
        let head = text.lines().next().unwrap_or_default();
        assert!(head.contains(name) && text.contains("```mix"), "{text}");
    }
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let run = p.run(&["completions", shell]).ok();
        assert!(run.out.contains("mixdown") && run.out.contains("render") && run.err.is_empty(), "{shell}");
    }
}

#[test]
fn timings() {
    let p = Project::song(SONG);
    let run = p.run(&["render", "song.mix", "--timings", "json"]).ok();
    assert_eq!(run.out.lines().count(), 1);
    let t: Value = serde_json::from_str(&run.out).expect("JSON");
    for key in [
        "parse_ms", "analyse_ms", "compile_ms", "decode_ms", "dsp_ms", "encode_ms", "wall_ms", "audio_s", "realtime", "threads", "peak_rss_mb",
        "kernels", "kernels_from_cache", "strips_rendered", "strips_from_cache",
    ] {
        assert!(t[key].is_number(), "no `{key}`: {t}");
    }
    for key in ["parse_ms", "compile_ms", "dsp_ms", "encode_ms", "wall_ms", "realtime", "peak_rss_mb"] {
        assert!(t[key].as_f64().expect("a number") > 0.0, "`{key}` is nothing: {t}");
    }
    let ms = |key: &str| t[key].as_f64().expect("a number");
    assert!((ms("compile_ms") - ms("analyse_ms") - ms("lower_ms") - ms("codegen_ms")).abs() < 1e-6, "{t}");
    assert!(ms("wall_ms") >= ms("compile_ms"), "{t}");
    assert_eq!(t["audio_s"], 2.0);
    let paths = t["paths"].as_array().expect("kernels");
    assert_eq!(paths.len() as u64, t["kernels"].as_u64().expect("a number"));
    for k in paths {
        assert!(k["lanes"].is_number() && k["stages"].is_number() && k["why"].is_string() && k["engine"].is_string(), "{k}");
    }
    // A part of a song has its times too.
    let run = p.run(&["render", "song.mix", "--timings", "json", "--to", "1"]).ok();
    let t: Value = serde_json::from_str(&run.out).expect("JSON");
    assert_eq!(t["audio_s"], 1.0);
    assert!(t["dsp_ms"].as_f64().expect("a number") > 0.0, "{t}");
}

#[test]
fn a_closed_pipe_is_no_fault() {
    let p = Project::song(SONG);
    let exe = mixdown_tests::program().display();
    let line = format!("'{exe}' dump song.mix --mix | head -1; '{exe}' explain | true");
    let out = std::process::Command::new("sh").args(["-c", &line]).current_dir(p.path("")).output().expect("a shell");
    assert_eq!(String::from_utf8_lossy(&out.stderr), "");
}

#[test]
fn a_song_from_standard_input() {
    use std::io::Write;
    let p = Project::new();
    let run = |args: &[&str], song: &str| -> Run {
        let mut child = std::process::Command::new(mixdown_tests::program())
            .args(args)
            .current_dir(p.path(""))
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .expect("runs");
        child.stdin.take().expect("a pipe").write_all(song.as_bytes()).expect("written");
        child.wait_with_output().expect("ends").into()
    };
    run(&["render", "-", "-o", "x.wav"], SONG).ok();
    p.write("song.mix", SONG);
    p.run(&["render", "song.mix", "-o", "y.wav"]).ok();
    assert!(std::fs::read(p.path("x.wav")).expect("a file") == std::fs::read(p.path("y.wav")).expect("a file"));
    run(&["check", "-", "--message-format", "short"], "track t { }\n").fails(1, "stdin.mix:1:");
    assert_eq!(p.files(), ["song.mix", "x.wav", "y.wav"]);
    p.run(&["watch", "-"]).fails(2, "E0937");
}

#[test]
fn libraries_are_checked() {
    let p = Project::song("chain lead(air: Level = 2dB) { highshelf(10kHz, air) }\neffect half() { input * 0.5 }\n");
    let run = p.run(&["check", "song.mix"]).ok();
    assert_eq!(run.err, "");
    p.run(&["render", "song.mix"]).fails(1, "E0550");
}

#[test]
fn effects_of_libraries_are_lowered_alone() {
    let p = Project::new();
    // The fault shows in the lowering alone; the effect wants two channels, and one parameter has no default.
    let effect = |time: &str| {
        format!(
            "effect wide() {{\n let (l, r) = input\n state d = line({time})\n d.write(l)\n frame(l + d.read(1s), r)\n}}\n\
             effect scaled(by: Number) {{ input * by }}\neffect _own() {{ input * 0.5 }}\nchain both() {{ wide(); _own() }}\n"
        )
    };
    p.write("lib.mix", &effect("2s"));
    let run = p.run(&["check", "lib.mix"]).ok();
    assert_eq!(run.err, "");
    p.write("lib.mix", &effect("99999999s"));
    let run = p.run(&["check", "lib.mix", "--message-format", "short"]);
    run.fails(1, "lib.mix:3:");
    let run = p.run(&["check", "lib.mix", "--message-format", "json"]);
    assert!(run.err.lines().all(|l| l.contains("E0823") && !l.contains("silence")), "{}", run.err);
    // A source of its own, and one that only a source can be.
    p.write("lib.mix", "effect hum() { sine(50Hz, -20dB) + line(99999999s).read(0s) }\n");
    assert_eq!(p.run(&["check", "lib.mix"]).code, 1);
}

#[test]
fn a_test_fails_on_what_is_no_number() {
    let p = Project::song(
        "length 1s\neffect burst() { state x = 1\n x = x * 3 + input\n x }\ntrack bad { source sine(440Hz, level: -20dB)\n burst() }\n\
         check { peak(master) >= -90dB }\n",
    );
    let run = p.run(&["test", "song.mix"]);
    assert_eq!(run.code, 1, "{}{}", run.out, run.err);
    assert!(run.out.contains("FAILED song.mix:5: track.bad makes samples that are no numbers") && run.out.contains("ok     song.mix:7"), "{}", run.out);
}

#[test]
fn tests_are_an_object_a_line() {
    let p = Project::new();
    p.write("sub/song.mix", SONG);
    let run = p.run(&["test", "sub/song.mix", "--message-format", "json"]).ok();
    let all: Vec<Value> = run.out.lines().map(|l| serde_json::from_str(l).expect("JSON")).collect();
    assert_eq!((all.len(), run.err.as_str()), (1, ""));
    let t = &all[0];
    assert_eq!((t["schema"].as_i64(), t["file"].as_str(), t["holds"].as_bool()), (Some(1), Some("sub/song.mix"), Some(true)));
    assert_eq!((t["check"].as_str(), t["span"]["start_line"].as_i64()), (Some("peak(master) <= -10dB"), Some(6)));
    assert!((t["value"].as_f64().expect("a figure") + 23.01).abs() < 0.01);
}

#[test]
fn an_option_is_set_however_its_letters_are_composed() {
    // A name in the text with one letter `ü`; on the command line a `u` and two dots, as some keyboards give.
    let p = Project::song("option l\u{fc}cke: Level = 0dB in -9dB .. 9dB\nlength 1s\ntrack a { source sine(440Hz, level: -20dB); gain(lücke) }\n");
    let plain = p.render(&[]).peak_db();
    let set = p.render(&["--set", "lu\u{308}cke=-6dB"]).peak_db();
    assert!((plain - set - 6.0).abs() < 0.01, "{plain} became {set}");
}
