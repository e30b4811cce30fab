//! Clips: hundreds of one file open it once, and whether a file is in memory or streamed changes no bit.

use mixdown_tests::Project;
use std::fmt::Write;

/// Something that is nowhere the same.
fn wander(seconds: usize, rate: usize, seed: u32) -> Vec<f32> {
    let mut x = seed;
    let mut slow = 0f32;
    (0..seconds * rate)
        .map(|_| {
            x = x.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            slow += ((f64::from(x) / f64::from(u32::MAX)) as f32 - 0.5 - slow) * 0.2;
            slow
        })
        .collect()
}

fn song(file: &str) -> String {
    let mut song = String::from("tempo 120bpm\nlength 24s\ntrack t { clips [\n");
    for i in 0..40 {
        let extra = ["", ", gain: -6dB", ", reverse: on", ", fade_in: 20ms, fade_out: 30ms", ", loop: 2"][i % 5];
        let _ = writeln!(song, "  clip(\"{file}\", at: @{}s, from: {}s, length: 0.7s{extra}),", i as f64 * 0.5, (i * 7 % 23) as f64 * 0.9);
    }
    song + "] }\n"
}

#[test]
fn memory_and_streams_are_the_same_bits() {
    let p = Project::new();
    // 25 s are kept in memory, 25 s and silence up to 35 s are streamed.
    let audio = [wander(25, 44_100, 1), wander(25, 44_100, 2)];
    p.wav("short.wav", 44_100, &audio);
    p.wav("long.wav", 44_100, &audio.map(|mut c| {
        c.resize(35 * 44_100, 0.0);
        c
    }));
    p.write("song.mix", &song("short.wav"));
    let short = p.render(&[]);
    p.write("song.mix", &song("long.wav"));
    let long = p.render(&[]);
    assert!(short.peak_db() > -40.0);
    // What a converter hears at a file's end differs; no clip reaches it.
    assert_eq!(short.hash(), long.hash());
    assert_eq!(p.render(&["--threads", "1", "--block", "64"]).hash(), long.hash());
}

#[test]
fn hundreds_of_clips_need_few_open_files() {
    let p = Project::new();
    p.wav("hit.wav", 48_000, &[wander(1, 48_000, 3)]);
    p.wav("take.wav", 48_000, &[wander(40, 48_000, 4)]);
    let mut song = String::from("length 30s\n");
    for (t, file) in ["hit.wav", "take.wav"].iter().enumerate() {
        let _ = writeln!(song, "track t{t} {{ clips [");
        for i in 0..600 {
            let _ = writeln!(song, "  clip(\"{file}\", at: @{}s, length: 0.04s),", i as f64 * 0.05);
        }
        song += "] }\n";
    }
    p.write("song.mix", &song);
    let exe = mixdown_tests::program().display();
    let line = format!("ulimit -n 64; '{exe}' render song.mix");
    let out = std::process::Command::new("sh").args(["-c", &line]).current_dir(p.path("")).output().expect("a shell");
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
}
