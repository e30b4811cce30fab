//! Parts and variations of a mix from the command line: stems, ranges, options, solo.

use mixdown_tests::{Audio, Project, db};

const SONG: &str = "tempo 120bpm\nlength 6s\noption depth: Level = -6dB\n\
    track kick { source \"a.wav\"\n compressor(threshold: -30dB, ratio: 4)\n to drums }\n\
    track hat { source \"b.wav\"\n highpass(2kHz)\n pan R40\n to drums }\n\
    track vox { source \"a.wav\"\n gain(depth)\n send hall -10dB\n fader -3dB }\n\
    bus drums { saturate(drive: 4dB) }\n\
    bus hall { plate(decay: 1s) }\n";

fn project(master: &str) -> Project {
    let p = Project::song(&format!("{SONG}{master}"));
    let noise = |seed: u32| {
        let mut x = seed;
        move |i: usize| {
            x = x.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (f64::from(x) / f64::from(u32::MAX) - 0.5) as f32 * (-((i % 24_000) as f32) / 4000.0).exp()
        }
    };
    p.wav("a.wav", 48_000, &[(0..200_000).map(noise(1)).collect()]);
    p.wav("b.wav", 44_100, &[(0..150_000).map(noise(2)).collect(), (0..150_000).map(noise(3)).collect()]);
    p
}

#[test]
fn stems_add_up_to_what_the_master_hears() {
    // The master does what stems cannot add up to; they are what comes before it.
    let p = project("master { limiter(ceiling: -12dBTP) }\n");
    p.run(&["render", "song.mix", "-o", "out.wav", "--bits", "32f", "--stems", "stems"]).ok();
    let stems: Vec<Audio> = ["drums", "vox", "hall"].iter().map(|s| Audio::read(&p.path(&format!("stems/{s}.wav")))).collect();
    assert_eq!(p.files().iter().filter(|f| f.starts_with("stems/")).count(), 3, "{:?}", p.files());
    p.write("song.mix", SONG);
    let whole = p.render(&[]);
    let mut worst = 0f64;
    for (c, channel) in whole.channels.iter().enumerate() {
        for (i, x) in channel.iter().enumerate() {
            let sum: f64 = stems.iter().map(|s| f64::from(s.channels[c][i])).sum();
            worst = worst.max((sum - f64::from(*x)).abs());
        }
    }
    println!("stems null to {:.1} dBFS", db(worst));
    assert!(whole.peak_db() > -30.0);
    assert!(db(worst) <= -140.0, "stems miss the mix by {:.1} dBFS", db(worst));
}

#[test]
fn a_range_is_cut_from_the_whole() {
    let p = project("sections { drop @1s .. @2s, @3s .. @4s   outro @5s }\n");
    let whole = p.render(&[]);
    for (args, from, to) in [
        (&["--from", "1", "--to", "2.5"][..], 48_000, 120_000),
        (&["--from", "@2", "--to", "@3"], 96_000, 192_000),
        (&["--from", "@1.3", "--to", "0:02"], 48_000, 96_000),
        (&["--to", "@2"], 0, 96_000),
        (&["--from", "drop", "--to", "drop[2]"], 48_000, 144_000),
        (&["--from", "drop.end", "--to", "outro.start"], 96_000, 240_000),
        (&["--section", "drop"], 48_000, 96_000),
        (&["--section", "drop[2]"], 144_000, 192_000),
        (&["--section", "outro"], 240_000, 288_000),
        (&["--from", "5.5"], 264_000, 288_000),
        (&["--from", "5.5s", "--to", "100"], 264_000, 288_000),
    ] {
        let part = p.render(args);
        assert_eq!(part.frames(), to - from, "{args:?}");
        for c in 0..2 {
            assert!(part.channels[c] == whole.channels[c][from..to], "{args:?} is no slice of the whole");
        }
    }
    p.run(&["render", "song.mix", "--from", "60"]).fails(2, "E0937");
    for unknown in ["drop[3]", "drop[0]", "break"] {
        let run = p.run(&["render", "song.mix", "--section", unknown]).fails(2, "E0937");
        assert!(run.err.contains("the sections are drop, outro"), "{}", run.err);
        p.run(&["render", "song.mix", "--from", unknown]).fails(2, "E0937");
    }
    assert!(!p.path("song.wav").exists());
}

#[test]
fn an_option_is_set() {
    let p = project("");
    let (louder, softer) = (p.render(&["--solo", "vox", "--set", "depth=0dB"]), p.render(&["--solo", "vox", "--set", "depth=-20dB"]));
    let off = louder.rms_db(0, 0, 96_000) - softer.rms_db(0, 0, 96_000);
    assert!((off - 20.0).abs() < 0.1, "{off} dB");
    let run = p.run(&["render", "song.mix", "--set", "depht=0dB"]);
    assert_ne!(run.code, 0);
    assert!(run.err.contains("depth"), "no suggestion:\n{}", run.err);
    let run = p.run(&["render", "song.mix", "--set", "depth=3ms"]);
    assert_ne!(run.code, 0, "a time was taken for a level");
}

#[test]
fn solo_is_for_listening() {
    let p = project("");
    let both = p.render(&["--solo", "kick", "--solo", "vox"]);
    let (kick, vox) = (p.render(&["--solo", "kick"]), p.render(&["--solo", "vox"]));
    assert!(both.peak_db() > kick.peak_db().min(vox.peak_db()));
    assert!(kick.hash() != vox.hash() && kick.peak_db() > -40.0 && vox.peak_db() > -60.0);
    let run = p.run(&["render", "song.mix", "--solo", "vocs"]);
    assert_eq!(run.code, 1, "{}", run.err);
    assert!(run.err.contains("vox") || run.err.contains("vocs"), "{}", run.err);
    // A solo in the text is not delivered.
    let text = std::fs::read_to_string(p.path("song.mix")).expect("a song");
    p.write("song.mix", &format!("{}deliver {{ wav(\"out.wav\") }}\n", text.replace("fader -3dB", "solo")));
    let run = p.run(&["render", "song.mix"]);
    assert_eq!(run.code, 1, "{}", run.err);
    p.run(&["render", "song.mix", "--allow-solo"]).ok();
}

#[test]
fn trims_are_found_and_printed() {
    let p = project("");
    p.write("song.mix", &SONG.replace("track hat { source \"b.wav\"", "track hat { source \"b.wav\"\n trim to -30dB peak").replace("gain(depth)", "trim to -40dB rms"));
    p.run(&["check", "song.mix"]).ok();
    let run = p.run(&["render", "song.mix"]).ok();
    let printed: Vec<&str> = run.err.lines().filter(|l| l.ends_with(" dB")).collect();
    assert_eq!(printed.len(), 2, "{}", run.err);
    assert!(printed.iter().any(|l| l.starts_with("track.hat/trim ")) && printed.iter().any(|l| l.starts_with("track.vox/trim ")), "{printed:?}");
    let quiet = p.run(&["render", "song.mix", "--quiet"]).ok();
    assert_eq!(quiet.err, "");
}

#[test]
fn a_range_behind_the_end_leaves_nothing() {
    let p = project("");
    let before = p.files();
    for threads in ["1", "2", "3"] {
        p.run(&["render", "song.mix", "-o", "late.wav", "--from", "500", "--threads", threads]).fails(2, "behind the end");
        assert_eq!(p.files(), before, "nothing half done is left");
    }
    p.run(&["render", "song.mix", "--threads", "20000"]).fails(2, "256");
}
