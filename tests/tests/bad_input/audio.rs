//! Audio that is wrong.

use crate::refused;
use mixdown_tests::Project;

fn song() -> Project {
    Project::song("length 1s\ntrack t { source \"a.wav\" }\n")
}

fn tone() -> Vec<f32> {
    (0..48_000).map(|i| (i as f32 * 0.05).sin() * 0.3).collect()
}

#[test]
fn missing_audio() {
    let p = song();
    let run = refused(&p, 2, &["E0901"]);
    assert!(run.err.contains("a.wav") && run.err.contains("song.mix:2:"), "{}", run.err);
    // All that are missing at once.
    p.write("song.mix", "length 1s\ntrack t { source \"a.wav\" }\ntrack u { source \"b.wav\" }\ntrack v { source \"c.wav\" }\n");
    let run = refused(&p, 2, &["E0901"]);
    assert_eq!(run.err.matches("error[E0901]").count(), 3, "{}", run.err);
}

#[test]
fn unreadable_audio() {
    let p = song();
    std::fs::create_dir(p.path("a.wav")).expect("a folder");
    refused(&p, 2, &["E0902"]);
    std::fs::remove_dir(p.path("a.wav")).expect("removed");
    for (bytes, codes) in [
        (&b""[..], &["E0906"][..]),
        (b"RIFF\x10\0\0\0WAVE", &["E0906", "E0907"]),
        (b"hello, this is no audio at all", &["E0905"]),
        (b"fLaC\0\0\0\x22", &["E0907", "E0905"]),
    ] {
        std::fs::write(p.path("a.wav"), bytes).expect("written");
        refused(&p, 2, codes);
    }
    // Rights say nothing to root.
    p.wav("a.wav", 48_000, &[tone()]);
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(p.path("a.wav"), std::fs::Permissions::from_mode(0o0)).expect("rights");
    if std::fs::read(p.path("a.wav")).is_err() {
        refused(&p, 2, &["E0903"]);
    } else {
        println!("skipped: this user may read everything");
    }
}

#[test]
fn wrong_channels() {
    let p = song();
    p.wav("a.wav", 48_000, &[tone(), tone(), tone()]);
    refused(&p, 1, &["error[E05"]);
    p.write("song.mix", "length 1s\ntrack t { source \"a.wav\", channel: 9 }\n");
    refused(&p, 1, &["error[E0"]);
    p.wav("b.wav", 48_000, &[tone()]);
    p.write("song.mix", "length 1s\neffect swap() { let (l, r) = input\n (r, l) }\ntrack t { source \"b.wav\"\n swap() }\n");
    refused(&p, 1, &["error[E0"]);
}

#[test]
fn paths_outside_of_the_project() {
    let p = Project::new();
    p.wav("secret.wav", 48_000, &[tone()]);
    p.write("mix/song.mix", "length 1s\ntrack t { source \"../secret.wav\" }\n");
    let run = p.run(&["render", "mix/song.mix"]).fails(2, "E0931");
    assert!(run.err.contains("help: "), "{}", run.err);
    p.run(&["render", "mix/song.mix", "--allow-outside"]).ok();
    p.write("mix/song.mix", "length 1s\ntrack t { source sine(440Hz, -20dB) }\ndeliver { wav(\"../out.wav\") }\n");
    p.run(&["render", "mix/song.mix"]).fails(2, "E0931");
    assert!(!p.path("out.wav").exists());
}

#[test]
fn truncated_audio_is_read_with_a_warning() {
    let p = song();
    p.wav("a.wav", 48_000, &[tone()]);
    let bytes = std::fs::read(p.path("a.wav")).expect("a file");
    std::fs::write(p.path("a.wav"), &bytes[..bytes.len() / 2]).expect("written");
    let run = p.run(&["render", "song.mix"]).ok();
    assert!(run.err.contains("warning[E0522]"), "{}", run.err);
}

#[test]
fn a_trim_that_hears_silence() {
    let p = Project::song("length 1s\ntrack t { source \"a.wav\"\n trim to -18LUFS }\n");
    p.wav("a.wav", 48_000, &[vec![0.0; 48_000]]);
    refused(&p, 1, &["E0940"]);
}
