//! What is said, in which form, on which stream.

use mixdown_tests::Project;
use serde_json::Value;

const WRONG: &str = "length 1s\ntrack kick {\n    source sine(50Hz, -20dB)\n    higpass(90Hz)\n    bell(3ms, +2dB)\n    send drumz -6dB\n}\n\
    track snare { source white_noise(-20dB)\n    to drums }\nbus drums { }\n";

#[test]
fn several_faults_at_once_with_code_label_and_help() {
    let run = Project::song(WRONG).run(&["check", "song.mix"]);
    assert_eq!(run.code, 1, "{}", run.err);
    assert_eq!(run.out, "", "diagnostics belong to stderr");
    for part in ["error[E0", "higpass", "song.mix:4:5", "3ms", "song.mix:5:10", "drumz", "song.mix:6:10", "help: ", "highpass"] {
        assert!(run.err.contains(part), "`{part}` is missing:\n{}", run.err);
    }
    assert_eq!(run.err.matches("error[E").count(), 3, "{}", run.err);
    assert!(!run.err.contains('\x1b'), "colour without a terminal:\n{}", run.err);
}

#[test]
fn short_is_a_line_a_fault() {
    let run = Project::song(WRONG).run(&["check", "song.mix", "--message-format", "short"]);
    let lines: Vec<&str> = run.err.lines().collect();
    assert_eq!(lines.len(), 3, "{}", run.err);
    for (line, place) in lines.iter().zip(["song.mix:4:5: error[E0", "song.mix:5:10: error[E0", "song.mix:6:10: error[E0"]) {
        assert!(line.starts_with(place), "{line}");
    }
}

#[test]
fn json_is_an_object_a_line() {
    let run = Project::song(WRONG).run(&["--message-format", "json", "check", "song.mix"]);
    assert_eq!((run.code, run.out.as_str()), (1, ""));
    let all: Vec<Value> = run.err.lines().map(|l| serde_json::from_str(l).unwrap_or_else(|e| panic!("{e}: {l}"))).collect();
    assert_eq!(all.len(), 3);
    for d in &all {
        assert_eq!(d["schema"], 1);
        assert_eq!(d["severity"], "error");
        assert_eq!(d["file"], "song.mix");
        assert!(d["code"].as_str().is_some_and(|c| c.len() == 5 && c.starts_with('E')), "{d}");
        for key in ["message", "help", "labels", "fixes", "span"] {
            assert!(d.get(key).is_some(), "no `{key}` in {d}");
        }
        let span = &d["span"];
        let (start, end) = (span["start"].as_u64().expect("bytes") as usize, span["end"].as_u64().expect("bytes") as usize);
        let text = &WRONG[start..end];
        let line = span["start_line"].as_u64().expect("a line") as usize;
        let column = span["start_column"].as_u64().expect("a column") as usize;
        let from = &WRONG.lines().nth(line - 1).expect("the line")[column - 1..];
        assert!(from.starts_with(text.lines().next().expect("text")), "bytes and columns disagree: {text:?} {from:?}");
        assert!(span["end_line"].as_u64().is_some() && span["end_column"].as_u64().is_some());
    }
    let first = &all[0];
    let fixes = first["fixes"].as_array().expect("fixes");
    assert!(fixes.iter().any(|f| f["replacement"] == "highpass"), "{first}");
}

#[test]
fn faults_without_a_place_are_json_too() {
    let p = Project::new();
    let run = p.run(&["--message-format", "json", "render", "nowhere.mix"]);
    assert_eq!(run.code, 2);
    let d: Value = serde_json::from_str(run.err.trim()).expect("one object");
    assert_eq!((d["schema"].as_i64(), d["code"].as_str(), d["span"].is_null()), (Some(1), Some("E0941"), true));
    assert!(d["help"].is_string());
}

#[test]
fn warnings_of_a_render_are_json_too() {
    let p = Project::song("length 1s\ntrack t { source sine(440Hz, level: +6dB) }\n");
    let run = p.run(&["--message-format", "json", "render", "song.mix"]).ok();
    let all: Vec<Value> = run.err.lines().map(|l| serde_json::from_str(l).expect("JSON")).collect();
    assert!(all.iter().any(|d| d["code"] == "E0944" && d["severity"] == "warning"), "{}", run.err);
    // Floats keep what exceeds full scale.
    let run = p.run(&["render", "song.mix", "--bits", "32f"]).ok();
    assert!(!run.err.contains("E0944"), "{}", run.err);
}

#[test]
fn colour_where_it_is_wanted() {
    let p = Project::song(WRONG);
    let run = p.run(&["check", "song.mix", "--color", "always"]);
    assert!(run.err.contains('\x1b'), "no colour with `--color always`");
    assert!(!p.run(&["check", "song.mix", "--color", "never"]).err.contains('\x1b'));
}

#[test]
fn usage_faults_end_with_two() {
    let p = Project::song("length 1s\ntrack t { source silence }\n");
    for args in [
        &["render"][..],
        &["rendr", "song.mix"],
        &["render", "song.mix", "--bits", "13"],
        &["render", "song.mix", "--unknown"],
        &["explain", "E9999"],
        &["render", "song.mix", "--set", "nothing"],
        &["render", "song.mix", "--from", "soon"],
        &["render", "song.mix", "--from", "@3", "--to", "@2"],
        &["render", "song.mix", "-o", "a.flac", "--bits", "32f"],
        &["render", "song.mix", "-o", "-", "--timings", "json"],
        &["render", "song.mix", "--block", "0"],
    ] {
        let run = p.run(args);
        assert_eq!(run.code, 2, "{args:?}: {}", run.err);
        assert_eq!(run.out, "", "{args:?}");
        assert!(!run.err.is_empty(), "{args:?} said nothing");
    }
    assert_eq!(p.run(&["--help"]).ok().err, "");
    assert!(p.run(&["--version"]).ok().out.starts_with("mixdown "));
}

/// Files are named from where the user stands, so that editors and CI find them.
#[test]
fn files_are_named_from_where_one_stands() {
    let p = Project::new();
    p.write("songs/one/song.mix", "import \"lib/v.mix\" as v\nlength 1s\ntrack t { source sine(440Hz, -20dB)\n v.c()\n higpass(9Hz) }\n");
    p.write("songs/one/lib/v.mix", "chain c() { bel(3dB) }\n");
    let from = |folder: &str, song: &str, format: &str| {
        let args = ["check", song, "--message-format", format];
        let out = std::process::Command::new(mixdown_tests::program()).args(args).current_dir(p.path(folder)).env("NO_COLOR", "1").output();
        String::from_utf8_lossy(&out.expect("runs").stderr).into_owned()
    };
    let absolute = p.path("songs/one").canonicalize().expect("a folder").display().to_string();
    for (folder, song, prefix) in [
        ("", "songs/one/song.mix", "songs/one".to_string()),
        ("songs", "one/song.mix", "one".to_string()),
        ("songs/one/lib", "../song.mix", absolute.clone()),
    ] {
        let library = if folder.ends_with("lib") { "v.mix".to_string() } else { format!("{prefix}/lib/v.mix") };
        let short = from(folder, song, "short");
        assert!(short.contains(&format!("{prefix}/song.mix:5:2: error")), "{short}");
        assert!(short.contains(&format!("{library}:1:13: error")), "{short}");
        assert!(from(folder, song, "human").contains(&format!("{prefix}/song.mix:5:2")));
        for line in from(folder, song, "json").lines() {
            let d: Value = serde_json::from_str(line).expect("JSON");
            let file = d["file"].as_str().expect("a file").to_string();
            assert!(file == format!("{prefix}/song.mix") || file == library, "{file}");
            assert!(p.path(folder).join(&file).exists(), "{file}");
            assert_eq!(d["labels"][0]["file"], d["file"]);
        }
    }
    let run = p.run(&["check", "songs/two/song.mix"]);
    assert!(run.err.contains("songs/two"), "{}", run.err);
    let run = p.run(&["check", "songs/one/other.mix"]);
    assert!(run.err.contains("songs/one/other.mix"), "{}", run.err);
}

#[test]
fn a_folder_is_told_with_the_song_in_it() {
    let project = Project::song("length 1s\ntrack a { source sine(440Hz, -20dB) }\n");
    let run = project.run(&["render", "."]);
    assert_eq!(run.code, 2, "{}", run.err);
    for part in ["E0937", ". is a folder, not a song", "song.mix"] {
        assert!(run.err.contains(part), "`{part}` is missing:\n{}", run.err);
    }
}

#[test]
fn what_was_clipped_stands_before_the_figures() {
    let run = Project::song("length 1s\ntrack a { source sine(440Hz, +9dB) }\n").run(&["render", "song.mix"]);
    assert_eq!(run.code, 0, "{}", run.err);
    let line = run.err.lines().find(|l| l.starts_with("rendered")).expect("a closing line");
    assert!(line.find("clipped").is_some_and(|at| at < line.find("LUFS").unwrap_or(0)), "{line}");
}

#[test]
fn what_the_command_line_asks_for_in_vain_is_told() {
    let p = Project::song("length 1s\noption v: Level = 0dB in -3dB .. 3dB\ntrack a { source sine(440Hz, -20dB); fader v }\n");
    p.wav("a.wav", 48_000, &[vec![0.1; 480]]);
    for (args, said) in [
        (&["--from", "0", "--to", "0"][..], "holds no sample"),
        (&["--from", "0.5", "--to", "0.500001"], "holds no sample"),
        (&["--from", "0.5", "--to", "0.2"], "swap them"),
        (&["-o", "x.wav", "--format", "flac"], "would write FLAC into a file that ends with `.wav`"),
        (&["-o", "x.FLAC", "--format", "wav"], "end the file with `.wav`"),
    ] {
        let run = p.run(&[&["render", "song.mix"], args].concat()).fails(2, "E0937");
        assert!(run.err.contains(said), "{args:?}: {}", run.err);
    }
    assert!(!p.path("x.wav").exists() && !p.path("x.FLAC").exists());
    p.run(&["render", "song.mix", "--set", "v=1dB\ntrack b { source sine(200Hz, -20dB) }"]).fails(1, "E0506");
    let run = p.run(&["new", "other", "--from", "a.wav"]).fails(2, "E0943");
    assert!(run.err.contains("a.wav is a file, not a folder"), "{}", run.err);
    assert!(!p.path("other").exists());
}

#[test]
fn a_strip_of_several_words_is_a_key_in_quotes() {
    let p = Project::song("length 1s\nbus \"drum bus\" { }\ntrack a { source sine(440Hz, -20dB); compressor(key: \"drum bus\"); to \"drum bus\" }\n");
    p.run(&["check", "song.mix"]).fails(1, "E0551");
    p.write("song.mix", "length 1s\nbus \"drum bus\" { }\ntrack b { source sine(90Hz, -20dB); to \"drum bus\" }\ntrack a { source sine(440Hz, -20dB); compressor(key: \"drum bus\") }\n");
    p.run(&["check", "song.mix"]).ok();
}
