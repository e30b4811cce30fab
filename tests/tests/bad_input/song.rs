//! Texts that are wrong.

use crate::{SOON, refused};
use mixdown_tests::Project;
use std::collections::BTreeMap;
use std::time::Instant;

/// A kind of fault, and a song that has it.
const WRONG: &[(&str, &str)] = &[
    ("syntax", "length 1s\ntrack a { source sine(440Hz, -20dB\n}\n"),
    ("a unit", "length 1s\ntrack a { source sine(440Hz, -20dB)\n lowpass(3ms) }\n"),
    ("a range", "length 1s\ntrack a { source sine(440Hz, -20dB)\n compressor(ratio: 900) }\n"),
    ("an unknown effect", "length 1s\ntrack a { source sine(440Hz, -20dB)\n compresor(ratio: 4) }\n"),
    ("an unknown parameter", "length 1s\ntrack a { source sine(440Hz, -20dB)\n compressor(raito: 4) }\n"),
    ("an unknown bus", "length 1s\ntrack a { source sine(440Hz, -20dB)\n to nowhere }\n"),
    ("strips in a ring", "length 1s\ntrack t { source sine(440Hz, -20dB)\n to a }\nbus a { to b }\nbus b { to a }\n"),
    ("a circular like", "length 1s\ntrack a like b { }\ntrack b like a { }\n"),
    ("a chain in itself", "length 1s\nchain c() { c() }\ntrack a { source sine(440Hz, -20dB)\n c() }\n"),
    ("groups in a ring", "length 1s\ntrack t { source sine(440Hz, -20dB) }\ngroup a { b }\ngroup b { a }\n"),
    ("a group that is unknown", "length 1s\ntrack t { source sine(440Hz, -20dB) }\ngroup a { nobody }\n"),
    ("a read beyond its line", "length 1s\neffect e() { state t = line(10ms)\n t.write(input)\n t.read(1s) }\ntrack a { source sine(440Hz, -20dB)\n e() }\n"),
    ("a slope between the steps", "length 1s\ntrack a { source sine(440Hz, -20dB)\n highpass(80Hz, slope: 20) }\n"),
    ("no end", "track t { source sine(440Hz, -20dB) }\n"),
    ("a name twice", "length 1s\ntrack t { source sine(440Hz, -20dB) }\ntrack t { source sine(440Hz, -20dB) }\n"),
    ("a value of a wrong kind", "length 1s\ntrack t { source sine(440Hz, -20dB)\n fader on }\n"),
];

#[test]
fn each_fault_of_the_text_has_a_code_and_help() {
    let mut codes: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for (what, song) in WRONG {
        println!("{what}");
        let run = refused(&Project::song(song), 1, &["error[E0"]);
        let code = run.err.split("error[").nth(1).and_then(|t| t.get(..5)).expect("a code").to_string();
        assert!(run.err.contains("song.mix:"), "{what} has no place:\n{}", run.err);
        codes.entry(code).or_default().push(what);
    }
    for (code, kinds) in &codes {
        println!("{code}: {}", kinds.join(", "));
    }
    assert!(codes.len() >= WRONG.len() - 3, "faults share codes: {codes:?}");
}

#[test]
fn imports_in_a_ring() {
    let p = Project::song("import \"a.mix\" as a\nlength 1s\ntrack t { source sine(440Hz, -20dB)\n a.c() }\n");
    p.write("a.mix", "import \"b.mix\" as b\nchain c() { b.d() }\n");
    p.write("b.mix", "import \"a.mix\" as a\nchain d() { a.c() }\n");
    refused(&p, 1, &["error[E0"]);
    let p = Project::song("import \"song.mix\" as me\nlength 1s\ntrack t { source sine(440Hz, -20dB) }\n");
    let run = p.run(&["render", "song.mix"]);
    assert!(run.code == 0 || run.err.contains("error[E0"), "{}", run.err);
}

#[test]
fn missing_songs_and_imports() {
    let p = Project::new();
    refused(&p, 2, &["E0941"]);
    p.run(&["check", "folder/song.mix"]).fails(2, "E0939");
    std::fs::create_dir(p.path("song.mix")).expect("a folder");
    refused(&p, 2, &["E0937"]);
    let p = Project::song("import \"lib/vocal.mix\" as vox\nlength 1s\ntrack t { source sine(440Hz, -20dB) }\n");
    p.write("lib/vocals.mix", "chain c() { }\n");
    refused(&p, 1, &["error[E0201"]);
}

#[test]
fn a_song_that_is_no_text() {
    let p = Project::new();
    std::fs::write(p.path("song.mix"), b"title \"caf\xe9\"\n").expect("written");
    refused(&p, 2, &["E0942"]);
    std::fs::write(p.path("song.mix"), [0u8, 159, 146, 150]).expect("written");
    refused(&p, 2, &["E0942"]);
    // A mark at its beginning is no fault.
    std::fs::write(p.path("song.mix"), "\u{feff}length 1s\ntrack t { source sine(440Hz, -20dB) }\n").expect("written");
    p.run(&["render", "song.mix"]).ok();
}

#[test]
fn empty_songs() {
    for song in ["", "\n\n", "// nothing\n", "title \"x\"\n", "bus b { }\n"] {
        let p = Project::song(song);
        let run = refused(&p, 1, &["error[E0"]);
        assert!(run.err.contains("track") || run.err.contains("source"), "{song:?}: {}", run.err);
    }
}

#[test]
fn deep_nesting_ends() {
    mixdown_tests::program();
    let deep = |open: &str, close: &str, n: usize| format!("{}{}", open.repeat(n), close.repeat(n));
    for n in [60, 2_000, 100_000] {
        for body in [
            format!("let x = {}1{}\n", "(".repeat(n), ")".repeat(n)),
            format!("let x = {}\n", deep("[", "]", n)),
            format!("let x = {}1\n", "-".repeat(n)),
            format!("let x = 1{}\n", " + 1".repeat(n)),
            format!("track u {{ source sine(440Hz, -20dB)\n{} }}\n", deep("parallel { a { ", "} }", n)),
            format!("fn f() {{ {} }}\n", deep("if true { ", "}", n)),
        ] {
            let p = Project::song(&format!("length 1s\ntrack t {{ source sine(440Hz, -20dB) }}\n{body}"));
            let started = Instant::now();
            let run = p.run(&["check", "song.mix"]);
            assert!((0..=2).contains(&run.code), "{n} x {:.30}: ended with {}\n{:.2000}", body, run.code, run.err);
            assert!(started.elapsed() < SOON, "{n} x {body:.30}: took {:?}", started.elapsed());
        }
    }
}

#[test]
fn huge_loops_and_graphs_end_fast() {
    for (song, what) in [
        ("for i in 1 .. 1000000000 { track \"t{i}\" { source sine(440Hz, -20dB) } }\n", "strips"),
        ("fn f(n) { let s = 0\n for i in 1 .. 1000000000 { let s = i }\n s }\nlet x = f(1)\ntrack t { source sine(440Hz, -20dB) }\n", "passes"),
        ("fn f(n) { f(n + 1) }\nlet x = f(1)\ntrack t { source sine(x * 1Hz, -20dB) }\n", "recursion"),
        ("fn f(n) { if n <= 0 { 1 } else { f(n - 1) + f(n - 1) } }\ntrack t { source sine(f(60) * 1Hz, -20dB) }\n", "steps"),
        ("for i in 1 .. 20000 { track \"t{i}\" { source sine(440Hz, -20dB) } }\n", "too many strips"),
        ("track t { source sine(440Hz, -20dB)\n for i in 1 .. 900000 { gain(0dB) } }\n", "too many processors"),
        ("track t { source sine(440Hz, -20dB)\n delay(time: 100000s) }\n", "an endless delay"),
    ] {
        let p = Project::song(&format!("length 1s\n{song}"));
        println!("{what}");
        let run = refused(&p, 1, &["error[E0"]);
        assert!(run.err.len() < 20_000, "{what} says too much");
    }
}

#[test]
fn what_blows_up_is_stopped_and_reported() {
    let song = "length 2s\neffect burst() { state x = 1\n x = x * 3 + input\n x }\n\
                track bad { source sine(440Hz, level: -20dB)\n burst() }\ntrack good { source sine(1kHz, level: -20dB) }\n";
    let p = Project::song(song);
    let run = p.run(&["render", "song.mix", "--bits", "32f"]);
    if run.code == 0 {
        assert!(run.err.contains("E0938") && run.err.contains("bad") && run.err.contains("help: "), "{}", run.err);
        let audio = mixdown_tests::Audio::read(&p.path("song.wav"));
        assert!(audio.channels.iter().flatten().all(|x| x.is_finite()), "NaN or infinity came out");
        // The other strip goes on.
        assert!((audio.rms_db(0, 80_000, 90_000) + 26.0).abs() < 0.2, "{}", audio.rms_db(0, 80_000, 90_000));
    } else {
        panic!("the fault was not contained:\n{}", run.err);
    }
    let never = Project::song("length 1s\ntrack t { source sine(440Hz, -20dB)\n gain(1dB / 0) }\n").run(&["check", "song.mix"]);
    assert_eq!(never.code, 1, "{}", never.err);
}

#[test]
fn imports_of_absolute_paths_lie_outside() {
    let p = Project::new();
    p.write("lib/fx.mix", "import \"more.mix\" as more\nchain soft() { more.softer() }\n");
    p.write("lib/more.mix", "chain softer() { gain(-6dB) }\n");
    let path = p.path("lib/fx.mix").canonicalize().expect("a path");
    p.write("song/song.mix", &format!("import \"{}\" as fx\nlength 1s\ntrack t {{ source sine(440Hz, -20dB)\n fx.soft() }}\n", path.display()));
    let run = p.run(&["check", "song/song.mix"]).fails(2, "error[E0931]");
    assert!(run.err.contains("song.mix:1:") && run.err.contains("--allow-outside"), "{}", run.err);
    p.run(&["check", "song/song.mix", "--allow-outside"]).ok();
}

#[test]
fn ranges_hold_for_points_and_sums_too() {
    let track = |line: &str| format!("length 1s\ntrack t {{ source sine(440Hz, -20dB)\n {line} }}\n");
    for (code, place, song) in [
        ("E0407", ":3:29:", track("gain(curve [ 0dB, @0.5s => 200dB ])")),
        ("E0407", ":3:37:", track("lowpass(curve exp [ 1kHz, @0.5s => 900kHz ])")),
        ("E0536", ":3:30:", track("fader curve [ 0dB, @0.5s => 300dB ]")),
        ("E0536", ":3:27:", track("pan curve [ 0%, @0.5s => 150% ]")),
        ("E0536", ":3:37:", track("saturate(mix: curve [ 0%, @0.5s => 150% ])")),
        ("E0536", ":3:8:", track("fader 140dB") + "group g { t; fader 140dB }\n"),
    ] {
        let run = Project::song(&song).run(&["check", "song.mix", "--message-format", "short"]).fails(1, &format!("error[{code}]"));
        assert!(run.err.contains(&format!("song.mix{place}")), "not at {place}:\n{}\n{song}", run.err);
    }
    Project::song(&(track("gain(curve [ 0dB, @0.5s => -inf dB ])\n fader 100dB") + "group g { t; fader 44dB }\n")).run(&["check", "song.mix"]).ok();
}
