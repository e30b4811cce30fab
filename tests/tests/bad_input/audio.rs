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
    refused(&p, 1, &["error[E0520"]);
    p.write("song.mix", "length 1s\ntrack t { source \"a.wav\", channel: 9 }\n");
    refused(&p, 1, &["error[E0520"]);
    p.wav("b.wav", 48_000, &[tone()]);
    p.write("song.mix", "length 1s\neffect swap() { let (l, r) = input\n (r, l) }\ntrack t { source \"b.wav\"\n swap() }\n");
    refused(&p, 1, &["error[E0821"]);
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

#[test]
fn check_says_what_a_render_would_refuse_to_write() {
    let song = |file: &str| format!("length 1s\ntrack t {{ source sine(440Hz, -20dB) }}\ndeliver {{ wav(\"{file}\") }}\n");
    let p = Project::new();
    p.write("mix/song.mix", &song("../out.wav"));
    p.run(&["check", "mix/song.mix"]).fails(2, "E0931");
    p.run(&["check", "mix/song.mix", "--allow-outside"]).ok();
    p.wav("mix/a.wav", 48_000, &[tone()]);
    p.write("mix/song.mix", "track t { source \"a.wav\" }\ndeliver { wav(\"a.wav\") }\n");
    p.run(&["check", "mix/song.mix"]).fails(2, "E0933");
}

#[test]
#[cfg(unix)]
fn links_lead_nobody_out_of_the_project_to_write() {
    use std::os::unix::fs::symlink;
    let p = Project::new();
    p.write("elsewhere/file.wav", "precious");
    p.write("mix/song.mix", "");
    symlink(p.path("elsewhere"), p.path("mix/out")).expect("a link");
    symlink(p.path("elsewhere/file.wav"), p.path("mix/link.wav")).expect("a link");
    for file in ["out/new.wav", "out/deep/new.wav", "link.wav"] {
        p.write("mix/song.mix", &format!("length 1s\ntrack t {{ source sine(440Hz, -20dB) }}\ndeliver {{ wav(\"{file}\") }}\n"));
        for verb in ["check", "render"] {
            let run = p.run(&[verb, "mix/song.mix"]).fails(2, "E0931");
            assert!(run.err.contains("by a link") && run.err.contains("help: "), "{}", run.err);
        }
    }
    assert_eq!(std::fs::read_to_string(p.path("elsewhere/file.wav")).expect("still there"), "precious");
    assert_eq!(p.files().iter().filter(|f| f.starts_with("elsewhere")).count(), 1, "{:?}", p.files());
    // A link inside the project is a place in it; and what is read may lie behind a link.
    std::fs::create_dir(p.path("mix/renders")).expect("a folder");
    symlink(p.path("mix/renders"), p.path("mix/inside")).expect("a link");
    p.wav("elsewhere/tone.wav", 48_000, &[tone()]);
    p.write("mix/song.mix", "track t { source \"out/tone.wav\" }\ndeliver { wav(\"inside/new.wav\") }\n");
    p.run(&["render", "mix/song.mix"]).ok();
    assert!(p.path("mix/renders/new.wav").exists());
}
