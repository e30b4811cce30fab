//! Outputs: whole or not at all, never over an input, the last good file kept.

use mixdown_tests::{Audio, Project};
use std::process::Command;
use std::time::Duration;

const SONG: &str = "length 2s\ntrack t { source \"a.wav\" }\n";

fn project() -> Project {
    let p = Project::song(SONG);
    p.wav("a.wav", 48_000, &[(0..96_000).map(|i| (i as f32 * 0.05).sin() * 0.3).collect()]);
    p
}

/// A render that takes seconds: something can happen meanwhile.
fn slow() -> Project {
    let p = project();
    let chain = "    saturate(drive: 3dB)\n    compressor(threshold: -30dB, ratio: 3)\n".repeat(12);
    p.write("song.mix", &format!("length 15min\ntrack t {{ source \"a.wav\"\n{chain}}}\ntrack u {{ source sine(100Hz, level: -30dB)\n{chain}}}\n"));
    p
}

#[test]
fn standard_output_takes_a_whole_file() {
    let p = project();
    let run = Command::new(mixdown_tests::program()).args(["render", "song.mix", "-o", "-"]).current_dir(p.path("")).output().expect("runs");
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    p.run(&["render", "song.mix", "-o", "b.wav"]).ok();
    assert!(run.stdout == std::fs::read(p.path("b.wav")).expect("a file"), "stdout and file differ");
    assert!(String::from_utf8_lossy(&run.stderr).contains("rendered -"));
}

#[test]
fn an_input_is_never_replaced() {
    let p = project();
    let before = std::fs::read(p.path("a.wav")).expect("a file");
    std::fs::create_dir(p.path("sub")).expect("a folder");
    std::os::unix::fs::symlink(p.path("a.wav"), p.path("link.wav")).expect("a link");
    for to in ["a.wav", "./a.wav", "sub/../a.wav", "song.mix", "link.wav"] {
        p.run(&["render", "song.mix", "-o", to]).fails(2, "E0933");
    }
    assert_eq!(std::fs::read(p.path("a.wav")).expect("a file"), before);
    assert_eq!(std::fs::read_to_string(p.path("song.mix")).expect("a song"), SONG);
}

#[test]
fn no_clobber_replaces_nothing() {
    let p = project();
    p.run(&["render", "song.mix", "-o", "b.wav", "--no-clobber"]).ok();
    let before = std::fs::read(p.path("b.wav")).expect("a file");
    p.run(&["render", "song.mix", "-o", "b.wav", "--no-clobber", "--bits", "16"]).fails(2, "E0934");
    assert_eq!(std::fs::read(p.path("b.wav")).expect("a file"), before);
    p.run(&["render", "song.mix", "-o", "b.wav", "--bits", "16"]).ok();
    assert_ne!(std::fs::read(p.path("b.wav")).expect("a file"), before);
}

#[test]
fn outputs_that_cannot_be_written_are_said_before_the_render() {
    let p = slow();
    p.write("file", "not a folder");
    std::fs::create_dir(p.path("folder.wav")).expect("a folder");
    p.run(&["render", "song.mix", "-o", "file/x.wav"]).fails(2, "help: ");
    p.run(&["render", "song.mix", "-o", "folder.wav"]).fails(2, "E0920");
    p.run(&["render", "song.mix", "-o", "x.mp3"]).fails(2, "E0924");
    p.run(&["render", "song.mix", "--stems", "file"]).fails(2, "E0939");
    assert_eq!(p.files(), ["a.wav", "file", "song.mix"]);
}

#[test]
fn a_full_disk_keeps_the_last_good_file() {
    let p = project();
    p.run(&["render", "song.mix"]).ok();
    let before = std::fs::read(p.path("song.wav")).expect("a file");
    let exe = mixdown_tests::program().display();
    // 100 blocks of 512 bytes; two seconds of stereo need ten times that.
    let out = Command::new("sh").args(["-c", &format!("ulimit -f 100; '{exe}' render song.mix")]).current_dir(p.path("")).output().expect("a shell");
    let err = String::from_utf8_lossy(&out.stderr);
    assert_eq!(out.status.code(), Some(2), "{err}");
    assert!(err.contains("E0921") && err.contains("help: "), "{err}");
    assert_eq!(std::fs::read(p.path("song.wav")).expect("still there"), before);
    assert_eq!(p.files(), ["a.wav", "song.mix", "song.wav"], "something was left behind");
    if std::path::Path::new("/dev/full").exists() {
        p.run(&["render", "song.mix", "-o", "/dev/full"]).fails(2, "E0921");
    }
}

#[test]
fn a_disk_that_fills_with_the_last_file_keeps_the_others_too() {
    let p = project();
    let song = std::fs::read_to_string(p.path("song.mix")).expect("a song");
    p.write("song.mix", &format!("{song}\ndeliver {{ wav(\"small.wav\", bits: 16); wav(\"large.wav\", bits: 32f) }}\n"));
    p.run(&["render", "song.mix"]).ok();
    let large = std::fs::metadata(p.path("large.wav")).expect("a file").len();
    for name in ["small.wav", "large.wav"] {
        p.write(name, "the last good file");
    }
    // All but the last bytes fit: they are written when the file is completed.
    let (exe, blocks) = (mixdown_tests::program().display(), (large - 1) / 512);
    let out = Command::new("sh").args(["-c", &format!("ulimit -f {blocks}; '{exe}' render song.mix")]).current_dir(p.path("")).output().expect("a shell");
    let err = String::from_utf8_lossy(&out.stderr);
    assert!(out.status.code() == Some(2) && err.contains("E0921"), "{err}");
    assert_eq!(p.files(), ["a.wav", "large.wav", "small.wav", "song.mix"], "something was left behind");
    for name in ["small.wav", "large.wav"] {
        assert_eq!(std::fs::read_to_string(p.path(name)).expect("still there"), "the last good file", "{name}");
    }
}

#[test]
fn an_interrupted_render_leaves_the_last_good_file() {
    let p = slow();
    p.write("song.wav", "the last good file");
    for signal in ["INT", "TERM"] {
        let running = p.start(&["render", "song.mix"]);
        wait_for(&p, 1);
        running.signal(signal);
        let run = running.end();
        assert_eq!(run.code, 130, "{}", run.err);
        assert_eq!(p.files(), ["a.wav", "song.mix", "song.wav"], "something was left behind");
        assert_eq!(std::fs::read_to_string(p.path("song.wav")).expect("still there"), "the last good file");
    }
}

#[test]
fn files_that_change_while_they_are_rendered() {
    let p = slow();
    p.write("song.wav", "the last good file");
    let text = std::fs::read_to_string(p.path("song.mix")).expect("a song").replace("15min", "90s");
    p.write("song.mix", &text);
    let running = p.start(&["render", "song.mix"]);
    wait_for(&p, 1);
    p.wav("a.wav", 48_000, &[vec![0.25; 50_000]]);
    running.end().fails(2, "E0932");
    assert_eq!(std::fs::read_to_string(p.path("song.wav")).expect("still there"), "the last good file");
    assert_eq!(p.files(), ["a.wav", "song.mix", "song.wav"], "something was left behind");
}

#[test]
fn one_thread_is_one_thread() {
    if !std::path::Path::new("/proc/self/task").exists() {
        println!("skipped: this system does not say which threads a process has");
        return;
    }
    let p = slow();
    // A trim listens first, with meters; then files are written, and the master is measured.
    let text = std::fs::read_to_string(p.path("song.mix")).expect("a song").replace("15min", "20s");
    p.write("song.mix", &text.replace("\"a.wav\"\n", "\"a.wav\"\n    trim to -20LUFS\n"));
    let threads = |n: &str| {
        let (run, threads) = p.start(&["render", "song.mix", "--threads", n]).end_with_threads();
        run.ok();
        threads
    };
    assert_eq!(threads("1"), 1);
    assert!(threads("2") > 2, "the jobs beside the engine were not seen");
}

/// Until the render has begun to write so many files.
fn wait_for(p: &Project, files: usize) {
    for _ in 0..4000 {
        if p.files().iter().filter(|f| f.ends_with(".part")).count() >= files {
            return;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    panic!("no render began");
}

#[test]
fn outputs_of_one_name_are_refused() {
    let p = project();
    p.write("song.mix", &format!("{SONG}bus x {{ }}\nbus y {{ }}\ntrack u {{ source \"a.wav\"\n to x }}\ndeliver {{ stems(\"out/stem.wav\") }}\n"));
    let run = p.run(&["render", "song.mix"]);
    assert_ne!(run.code, 0, "two stems went into one file");
    assert!(!p.path("out/stem.wav").exists());
}

#[test]
fn delivered_files_appear_under_their_names() {
    let p = project();
    let song = "title \"My Song\"\nlength 1s\ntrack t { source \"a.wav\"\n to x }\ntrack u { source \"a.wav\"\n to y }\nbus x { }\nbus y { gain(-6dB) }\n\
                deliver {\n wav(\"out/{title}.wav\", bits: 16)\n flac(\"out/{title}.flac\")\n wav(\"out/no-x.wav\", without: [x])\n stems(\"out/stems/{bus}.wav\")\n}\n";
    p.write("song.mix", song);
    p.run(&["render", "song.mix"]).ok();
    let want = ["a.wav", "out/My Song.flac", "out/My Song.wav", "out/no-x.wav", "out/stems/x.wav", "out/stems/y.wav", "song.mix"];
    assert_eq!(p.files(), want);
    let (whole, less) = (Audio::read(&p.path("out/My Song.wav")).peak_db(), Audio::read(&p.path("out/no-x.wav")).peak_db());
    assert!((whole - less - mixdown_tests::db(1.0 + 10f64.powf(0.3))).abs() < 0.05, "{whole} {less}");
}

#[test]
fn an_instrumental_holds_no_reverb_of_the_singer() {
    let p = project();
    let rest = "length 1s\ntrack pad { source sine(200Hz, level: -12dB)\n send verb -12dB\n to music }\n\
                bus vocals { }\nbus music { }\nbus verb { delay(30ms, feedback: 40%) }\n";
    let deliveries = "deliver {\n wav(\"full.wav\", bits: 32f)\n wav(\"inst.wav\", bits: 32f, without: [vocals])\n\
                      wav(\"same.wav\", bits: 32f, without: singers)\n wav(\"acap.wav\", bits: 32f, only: [singers])\n}\n";
    p.write("song.mix", &format!("{rest}track voice {{ source \"a.wav\"\n fader -3dB\n send verb -6dB\n to vocals }}\ngroup singers {{ vocals }}\n{deliveries}"));
    p.run(&["render", "song.mix"]).ok();
    p.write("alone.mix", &format!("{rest}deliver {{ wav(\"alone.wav\", bits: 32f) }}\n"));
    p.run(&["render", "alone.mix"]).ok();
    let read = |name: &str| Audio::read(&p.path(name)).channels;
    let (full, inst, acap) = (read("full.wav"), read("inst.wav"), read("acap.wav"));
    assert!(inst == read("alone.wav"), "the singer is still heard");
    assert!(inst == read("same.wav"), "the group is not the bus");
    for c in 0..2 {
        let off = full[c].iter().zip(&inst[c]).zip(&acap[c]).map(|((f, i), a)| (f - i - a).abs()).fold(0.0, f32::max);
        assert!(off < 1e-6, "instrumental and voice are {off} away from the whole");
    }
}

#[test]
fn a_file_has_the_loudness_it_asks_for() {
    let p = project();
    let song = |deliver: &str| format!("length 2s\ntrack t {{ source sine(997Hz, level: -20dB) }}\ndeliver {{ {deliver} }}\n");
    p.write("song.mix", &song("wav(\"plain.wav\", bits: 32f); wav(\"loud.wav\", bits: 32f, loudness: -14LUFS); flac(\"soft.flac\", loudness: -30LUFS)"));
    let run = p.run(&["render", "song.mix"]).ok();
    for line in ["rendered plain.wav", "loud.wav +9.0", "soft.flac -6.9", "rendered loud.wav  -14.0 LUFS  -14.0 dBTP", "rendered soft.flac  -30.0 LUFS"] {
        assert!(run.err.contains(line), "{line}:\n{}", run.err);
    }
    let (plain, loud) = (Audio::read(&p.path("plain.wav")), Audio::read(&p.path("loud.wav")));
    let factor = loud.channels[0][1000] / plain.channels[0][1000];
    let off = plain.channels[0].iter().zip(&loud.channels[0]).map(|(a, b)| (a * factor - b).abs()).fold(0.0, f32::max);
    assert!(off < 1e-6, "the gain is not constant: {off}");
    let heard = p.run(&["measure", "soft.flac"]).ok();
    assert!(heard.out.contains("integrated      -30.0"), "{}", heard.out);
    // What the ceiling forbids is said with the decibels, and nothing is written.
    p.write("song.mix", &song("wav(\"no.wav\", loudness: -14LUFS, ceiling: -20dBTP)"));
    let run = p.run(&["render", "song.mix"]).fails(1, "E0946");
    assert!(run.err.contains("6.0") && !p.path("no.wav").exists(), "{}", run.err);
    p.write("song.mix", &song("wav(\"no.wav\", ceiling: -1dBTP)"));
    p.run(&["check", "song.mix"]).fails(1, "E0560");
    p.write("song.mix", &song("stems(\"{bus}.wav\", loudness: -14LUFS)"));
    p.run(&["check", "song.mix"]).fails(1, "E0560");
}

#[test]
fn stems_of_tracks_are_tracks() {
    let p = project();
    let song = "length 1s\ntrack a { source \"a.wav\"; fader -6dB; pan L100; to low }\ntrack b { source \"a.wav\"; fader -12dB; to low }\n\
                track c { source \"a.wav\"; pan R100 }\ntrack none_of_it { source \"a.wav\"; send low -3dB; to none }\nbus low { gain(-40dB) }\n\
                deliver { stems(\"{bus}/{track}.wav\", bits: 32f); stems(\"buses/{bus}.wav\", bits: 32f) }\n";
    p.write("song.mix", song);
    p.run(&["render", "song.mix"]).ok();
    assert_eq!(p.files(), ["a.wav", "buses/c.wav", "buses/low.wav", "low/a.wav", "low/b.wav", "master/c.wav", "song.mix"]);
    let source = Audio::read(&p.path("a.wav")).channels[0][500];
    let at = |file: &str| Audio::read(&p.path(file)).channels.iter().map(|c| c[500] / source).collect::<Vec<f32>>();
    for (file, left, right) in [("low/a.wav", -6.0, f64::NEG_INFINITY), ("low/b.wav", -15.01, -15.01), ("master/c.wav", f64::NEG_INFINITY, 0.0)] {
        let found = at(file);
        for (x, want) in found.iter().zip([left, right]) {
            assert!((f64::from(*x) - 10f64.powf(want / 20.0)).abs() < 1e-3, "{file}: {found:?}");
        }
    }
}

#[test]
fn a_file_of_each_section_is_a_slice_of_the_whole() {
    let p = project();
    p.write(
        "song.mix",
        "length 2s\ntempo 120bpm\nsignature 1/4\nsections { a @1, @3\n b @2 .. @3 }\ntrack t { source \"a.wav\" }\n\
         deliver { wav(\"whole.wav\", bits: 32f); wav(\"{section}.wav\", bits: 32f); stems(\"{section}/{track}.flac\") }\n",
    );
    p.run(&["render", "song.mix"]).ok();
    let whole = Audio::read(&p.path("whole.wav"));
    for (name, from, to) in [("a-1", 0, 24_000), ("b", 24_000, 48_000), ("a-2", 48_000, 96_000)] {
        let part = Audio::read(&p.path(&format!("{name}.wav")));
        assert!(part.channels[0][..] == whole.channels[0][from..to], "{name}");
        let stem = std::fs::read(p.path(&format!("{name}/t.flac"))).expect("a stem");
        assert_eq!(&stem[..4], b"fLaC");
        assert_eq!(Audio::read(&p.path(&format!("{name}/t.flac"))).frames(), to - from);
    }
}

#[test]
fn files_are_delivered_all_or_none() {
    let p = project();
    // What is wrong with the second variant shows only when it is lowered: a side of one channel.
    p.write(
        "song.mix",
        "option wide: Switch = off\nlength 1s\ntrack t { source \"a.wav\"\n if wide { mid_side { side { gain(-3dB) } } } }\n\
         deliver { wav(\"out/plain.wav\"); wav(\"out/wide.wav\", set: (wide: on)) }\n",
    );
    p.run(&["render", "song.mix"]).fails(1, "E0821");
    assert!(!p.path("out").exists(), "a folder was made for nothing");
    // That a section is empty shows when all has been rendered: nothing says how long this song is.
    p.write(
        "song.mix",
        "sections { verse @1 .. @1.3  chorus @9 .. @12 }\noption up: Level = 0dB\ntrack t { source \"a.wav\"; gain(up) }\n\
         deliver { wav(\"whole.wav\", bits: 16); flac(\"{section}.flac\"); wav(\"x.wav\", set: (up: 1dB)) }\n",
    );
    p.run(&["check", "song.mix"]).ok();
    p.run(&["render", "song.mix"]).fails(1, "E0945");
    assert_eq!(p.files(), ["a.wav", "song.mix"]);
    // With a length the text alone says so.
    let text = std::fs::read_to_string(p.path("song.mix")).expect("a song");
    p.write("song.mix", &format!("length 2s\n{text}"));
    p.run(&["check", "song.mix"]).fails(1, "E0565");
    p.write("song.mix", &text.replace("@9 .. @12", "@1.3 .. @2"));
    p.run(&["render", "song.mix"]).ok();
    assert_eq!(p.files(), ["a.wav", "chorus.flac", "song.mix", "verse.flac", "whole.wav", "x.wav"]);
}

#[test]
fn a_change_while_the_last_variant_is_rendered_undoes_all() {
    let p = slow();
    let text = std::fs::read_to_string(p.path("song.mix")).expect("a song").replace("15min", "60s");
    p.write("song.mix", &format!("option up: Level = 0dB\n{text}track v {{ source sine(100Hz, level: up - 30dB) }}\ndeliver {{ wav(\"one.wav\"); wav(\"two.wav\", set: (up: 1dB)) }}\n"));
    let running = p.start(&["render", "song.mix"]);
    wait_for(&p, 2);
    p.wav("a.wav", 48_000, &[vec![0.25; 50_000]]);
    running.end().fails(2, "E0932");
    assert_eq!(p.files(), ["a.wav", "song.mix"], "something was delivered");
}

#[test]
fn a_delivery_with_options_of_its_own() {
    let p = project();
    p.write(
        "song.mix",
        "option up: Level = 0dB in -6dB .. 6dB\nlength 1s\ntrack t { source \"a.wav\"; gain(up) }\n\
         deliver { wav(\"plain.wav\", bits: 32f); wav(\"up.wav\", bits: 32f, set: (up: 6dB)); wav(\"down.wav\", bits: 32f, set: (up: -6dB)) }\n",
    );
    let peak = |name: &str| Audio::read(&p.path(name)).peak_db();
    let run = p.run(&["render", "song.mix"]).ok();
    assert!(run.err.lines().next().is_some_and(|l| l.starts_with("rendered plain.wav  0:01")), "{}", run.err);
    assert!((peak("up.wav") - peak("plain.wav") - 6.0).abs() < 0.01 && (peak("plain.wav") - peak("down.wav") - 6.0).abs() < 0.01);
    // The delivery's own word stands above the command line's.
    let before = peak("up.wav");
    p.run(&["render", "song.mix", "--set", "up=3dB"]).ok();
    assert!((peak("up.wav") - peak("plain.wav") - 3.0).abs() < 0.01 && (peak("up.wav") - before).abs() < 1e-6);
}

#[test]
fn files_say_what_they_are() {
    let p = project();
    let song = format!("title \"Nacht\"\nartist \"Vera\"\nisrc \"DEA123456789\"\n{SONG}");
    p.write("song.mix", &format!("{song}deliver {{ wav(\"o.wav\"); flac(\"o.flac\", tags: (album: \"Vinyl\")) }}\n"));
    let has = |name: &str, what: &str| std::fs::read(p.path(name)).expect("a file").windows(what.len()).any(|w| w == what.as_bytes());
    p.run(&["render", "song.mix"]).ok();
    assert!(has("o.wav", "INAM") && has("o.wav", "Nacht") && has("o.wav", "TSRC") && !has("o.wav", "Vinyl"));
    assert!(has("o.flac", "TITLE=Nacht") && has("o.flac", "ARTIST=Vera") && has("o.flac", "ISRC=DEA123456789") && has("o.flac", "ALBUM=Vinyl"));
    p.run(&["render", "song.mix", "-o", "x.wav"]).ok();
    assert!(has("x.wav", "Nacht"));
    p.run(&["render", "song.mix", "--bits", "32f"]).fails(2, "FLAC holds no floats");
}
