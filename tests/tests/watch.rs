//! `mixdown watch`: one render a change of content, the last good render kept, missing files waited for.

use mixdown_tests::{Audio, Project};
use std::path::Path;
use std::time::Duration;

const SONG: &str = "tempo 120bpm\nlength 1s\ntrack a { source \"a.wav\"\n fader -6dB }\n";

fn tone(level: f32, frames: usize) -> Vec<f32> {
    (0..frames).map(|i| (i as f32 * 0.05).sin() * level).collect()
}

fn project() -> Project {
    let p = Project::song(SONG);
    p.wav("a.wav", 48_000, &[tone(0.5, 48_000)]);
    p
}

fn peak(p: &Project) -> f64 {
    Audio::read(&p.path("song.wav")).peak_db()
}

/// As `vim` saves: a new file beside the old one, renamed over it.
fn replace(p: &Project, name: &str, text: &str) {
    p.write("swap~", text);
    std::fs::rename(p.path("swap~"), p.path(name)).expect("renamed");
}

#[test]
fn a_number_a_fault_and_its_mending() {
    let p = project();
    let mut w = p.start(&["watch", "song.mix"]);
    w.until("rendered song.wav");
    w.until("watching song.mix and 1 other file");
    let first = peak(&p);
    p.write("song.mix", &SONG.replace("-6dB", "-12dB"));
    w.until("rendered song.wav");
    w.until("watching");
    assert!((peak(&p) - (first - 6.0)).abs() < 0.01, "{first} became {}", peak(&p));

    let good = std::fs::read(p.path("song.wav")).expect("a render");
    p.write("song.mix", &SONG.replace("-6dB", "-12Hz"));
    w.until("error");
    w.until("watching song.mix and 1 other file");
    assert_eq!(std::fs::read(p.path("song.wav")).expect("still there"), good, "a broken edit touched the last good render");

    replace(&p, "song.mix", SONG);
    w.until("rendered song.wav");
    w.until("watching");
    assert!((peak(&p) - first).abs() < 0.01);
    replace(&p, "song.mix", &SONG.replace("-6dB", "-7dB"));
    w.until("rendered song.wav");
    w.until("watching");
    assert!((peak(&p) - first + 1.0).abs() < 0.01);

    let good = std::fs::read(p.path("song.wav")).expect("a render");
    w.signal("INT");
    let run = w.end();
    assert_eq!(run.code, 130, "{}", run.err);
    assert_eq!(std::fs::read(p.path("song.wav")).expect("still there"), good);
    assert!(p.files().iter().all(|f| !f.ends_with(".part")), "{:?}", p.files());
    assert!(!run.err.contains('\x1b'), "the screen was touched: {}", run.err);
}

#[test]
fn only_content_and_only_files_of_the_mix_count() {
    let p = project();
    p.write("lib/c.mix", "chain c(g: Level = -6dB) { gain(g) }\n");
    p.write("song.mix", "import \"lib/c.mix\" as lib\nlength 1s\ntrack a { source \"a.wav\"\n lib.c() }\n");
    let mut w = p.start(&["watch", "song.mix"]);
    w.until("watching song.mix and 2 other files");
    let quiet = Duration::from_millis(900);
    // Another time, the same content; a file that is none of ours; our own output from outside.
    let text = std::fs::read(p.path("a.wav")).expect("a file");
    std::fs::write(p.path("a.wav"), text).expect("written");
    p.write("song.mix", &std::fs::read_to_string(p.path("song.mix")).expect("a song"));
    p.write("notes.txt", "more bass");
    p.write("lib/other.mix", "chain d() { }\n");
    w.silent("rendered", quiet);
    // An import and audio.
    p.write("lib/c.mix", "chain c(g: Level = -12dB) { gain(g) }\n");
    w.until("rendered song.wav");
    w.until("watching");
    let before = peak(&p);
    p.wav("a.wav", 48_000, &[tone(0.25, 48_000)]);
    w.until("rendered song.wav");
    w.until("watching");
    assert!((peak(&p) - before + 6.02).abs() < 0.05, "{before} became {}", peak(&p));
    // One change, one render.
    w.silent("rendered", quiet);
    w.signal("TERM");
    assert_eq!(w.end().code, 130);
}

#[test]
fn missing_files_are_waited_for() {
    let p = Project::song("length 1s\ntrack a { source \"stems/deep/a.wav\" }\n");
    let mut w = p.start(&["watch", "song.mix"]);
    w.until("E0901");
    w.until("watching song.mix and 1 other file, 1 missing");
    p.wav("stems/deep/a.wav", 48_000, &[tone(0.5, 48_000)]);
    w.until("rendered song.wav");
    w.until("watching song.mix and 1 other file\n");
    std::fs::remove_dir_all(p.path("stems")).expect("removed");
    w.until("E0901");
    w.until("1 missing");
    p.wav("stems/deep/a.wav", 48_000, &[tone(0.5, 48_000)]);
    w.until("rendered song.wav");
    // The song itself.
    std::fs::remove_file(p.path("song.mix")).expect("removed");
    w.until("E0941");
    w.until("missing");
    p.write("song.mix", "length 1s\ntrack a { source \"stems/deep/a.wav\"\n fader -3dB }\n");
    w.until("rendered song.wav");
}

#[test]
fn new_files_of_a_pattern_are_noticed_and_own_outputs_are_not() {
    let p = Project::song("length 1s\nfor f in glob(\"*.wav\") { track \"{f}\" { source f } }\ndeliver { wav(\"out/mix.wav\") }\n");
    p.wav("a.wav", 48_000, &[tone(0.25, 48_000)]);
    let mut w = p.start(&["watch", "song.mix"]);
    w.until("rendered out/mix.wav");
    w.until("watching");
    w.silent("rendered", Duration::from_millis(700));
    let before = Audio::read(&p.path("out/mix.wav")).peak_db();
    p.wav("b.wav", 48_000, &[tone(0.25, 48_000)]);
    w.until("rendered out/mix.wav");
    w.until("watching");
    assert!(Audio::read(&p.path("out/mix.wav")).peak_db() > before + 5.0);
}

#[test]
fn an_own_output_among_the_files_of_a_pattern_renders_nothing() {
    let p = Project::song("length 1s\nfor f in glob(\"*.wav\") { track \"{f}\" { source f } }\n");
    p.wav("a.wav", 48_000, &[tone(0.25, 48_000)]);
    let mut w = p.start(&["watch", "song.mix"]);
    w.until("rendered song.wav");
    w.until("watching");
    w.silent("rendered", Duration::from_millis(900));
    assert!(!w.said().contains("error"), "{}", w.said());
    assert!(Path::new(&p.path("song.wav")).exists());
}

#[test]
fn standard_output_is_no_place_for_renders_without_end() {
    project().run(&["watch", "song.mix", "-o", "-"]).fails(2, "E0937");
    Project::new().run(&["watch", "nowhere/song.mix"]).fails(2, "E0939");
}

#[test]
fn a_save_during_a_render_stops_it_and_begins_anew() {
    let p = project();
    let chain = "    saturate(drive: 3dB)\n    compressor(threshold: -30dB, ratio: 3)\n".repeat(12);
    let slow = format!("length 30min\ntrack a {{ source \"a.wav\"\n{chain}}}\ntrack b {{ source sine(100Hz, level: -30dB)\n{chain}}}\n");
    p.write("song.mix", &slow);
    let mut w = p.start(&["watch", "song.mix"]);
    let begun = |name: &str| {
        let began = (0..4000).any(|_| {
            std::thread::sleep(Duration::from_millis(5));
            p.files().iter().any(|f| f.ends_with(".part"))
        });
        assert!(began, "no render began before {name}");
    };
    // The first change is of the text alone, the second of a source; no render of half an hour is waited for.
    begun("the text");
    p.write("song.mix", &format!("{slow}// louder?\n"));
    w.silent("error", Duration::from_millis(900));
    begun("the source");
    p.wav("a.wav", 48_000, &[tone(0.25, 48_000)]);
    w.silent("error", Duration::from_millis(900));
    begun("the last text");
    p.write("song.mix", SONG);
    w.until("rendered song.wav  0:01");
    w.until("watching");
    assert!(!w.said().contains("error") && !w.said().contains("30:0"), "{}", w.said());
    assert!(p.files().iter().all(|f| !f.ends_with(".part")), "{:?}", p.files());
    // A peak of 0.25, the fader, the pan law.
    assert!((peak(&p) + 12.04 + 6.0 + 3.01).abs() < 0.1, "the newest text and source: {}", peak(&p));
}

#[test]
fn of_several_deliveries_the_first_is_rendered_and_all_with_all() {
    let p = project();
    p.write("song.mix", &format!("{SONG}deliver {{ wav(\"one.wav\"); wav(\"two.wav\", bits: 16) }}\n"));
    let mut w = p.start(&["watch", "song.mix"]);
    w.until("rendered one.wav");
    w.until("watching");
    assert!(!p.path("two.wav").exists());
    w.signal("INT");
    w.end();
    let mut w = p.start(&["watch", "song.mix", "--all"]);
    w.until("rendered two.wav");
    w.until("watching");
    assert!(p.path("one.wav").exists() && p.path("two.wav").exists());
}
