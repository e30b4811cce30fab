//! Monitors: what a mix becomes in a car or on headphones, heard and never delivered.

use mixdown_tests::signal::{impulse, noise};
use mixdown_tests::{Audio, Project, db};

const SONG: &str = "length 2s\n\
    track kick { source \"a.wav\"\n compressor(threshold: -30dB, ratio: 4)\n to drums }\n\
    track vox { source \"b.wav\"\n highpass(90Hz)\n pan R30\n fader -3dB }\n\
    bus drums { saturate(drive: 4dB) }\n";
const MASTER: &str = "master { limiter(ceiling: -6dBTP) }\n";
const DELIVER: &str = "deliver { wav(\"out/mix.wav\", bits: 24); stems(\"out/{bus}.wav\") }\n";

fn project(rest: &str) -> Project {
    let p = Project::song(&format!("{SONG}{MASTER}{rest}"));
    p.wav("a.wav", 48_000, &[noise(1, 80_000, 0.3)]);
    p.wav("b.wav", 44_100, &[noise(2, 70_000, 0.2), noise(3, 70_000, 0.2)]);
    p
}

fn bytes(p: &Project, name: &str) -> Vec<u8> {
    std::fs::read(p.path(name)).expect(name)
}

#[test]
fn delivered_files_are_the_same_with_and_without_monitors() {
    let monitors = "monitor car { playback(device: car) }\nmonitor radio { ducker(key: vox.source, range: 12dB); fader -6dB }\n";
    let p = project(DELIVER);
    p.run(&["render", "song.mix"]).ok();
    let names = ["out/mix.wav", "out/drums.wav", "out/vox.wav"];
    let plain: Vec<Vec<u8>> = names.iter().map(|n| bytes(&p, n)).collect();
    let program = p.run(&["dump", "--program", "song.mix"]).ok().out;
    let kernels = p.run(&["dump", "--kernel", "song.mix"]).ok().out;
    p.write("song.mix", &format!("{SONG}{MASTER}{DELIVER}{monitors}"));
    p.run(&["render", "song.mix"]).ok();
    for (name, plain) in names.iter().zip(&plain) {
        assert!(bytes(&p, name) == *plain, "{name} hangs on the monitors");
    }
    assert_eq!(p.run(&["dump", "--program", "song.mix"]).ok().out, program, "who does not listen pays for nothing");
    assert_eq!(p.run(&["dump", "--kernel", "song.mix"]).ok().out, kernels);
}

#[test]
fn a_monitor_is_heard_behind_the_whole_master() {
    let p = project("monitor car { playback(device: car); fader -4dB }\n");
    let heard = p.render(&["--monitor", "car"]);
    p.write("song.mix", &format!("{SONG}master {{ limiter(ceiling: -6dBTP); playback(device: car); fader -4dB }}\n"));
    let written = p.render(&[]);
    assert!(heard.peak_db() > -30.0);
    assert_eq!(heard.hash(), written.hash(), "the same processors at the end of the master");
}

#[test]
fn a_monitor_is_the_same_for_threads_blocks_and_engines() {
    let p = project("monitor cans { crossfeed(); bell(3kHz, -2dB, q: 1) }\n");
    let first = p.render(&["--monitor", "cans", "--threads", "1"]).hash();
    for args in [&["--threads", "2"][..], &["--block", "7"], &["--block", "512", "--threads", "3"], &["--engine", "interpreter"]] {
        let mut all = vec!["--monitor", "cans"];
        all.extend(args);
        assert_eq!(p.render(&all).hash(), first, "{args:?}");
    }
}

#[test]
fn a_monitor_may_listen_to_strips_and_end_in_one_channel() {
    // The voice without the band: what keys hear costs nothing where nobody listens to the monitor.
    let p = project("monitor radio { ducker(key: vox, range: 12dB); mono() }\n");
    let heard = p.render(&["--monitor", "radio"]);
    assert!(heard.peak_db() > -40.0);
    assert_eq!(heard.channels[0], heard.channels[1], "one channel stands in both of the file");
    assert_eq!(heard.frames(), 96_000);
}

#[test]
fn a_monitor_never_takes_the_place_of_a_delivered_file() {
    let p = project(&format!("{DELIVER}monitor car {{ playback(device: car) }}\n"));
    p.run(&["render", "song.mix", "--monitor", "car", "-o", "out/mix.wav"]).fails(2, "E0950");
    p.run(&["render", "song.mix", "--monitor", "car", "-o", "out/../out/drums.wav"]).fails(2, "E0950");
    assert!(p.files().iter().all(|f| !f.starts_with("out/")), "{:?}", p.files());
    // Without `-o` it has a name of its own, and nothing that `deliver` names is made.
    let run = p.run(&["render", "song.mix", "--monitor", "car"]).ok();
    assert!(run.err.contains("song.car.wav"), "{}", run.err);
    assert!(p.files().contains(&"song.car.wav".to_string()) && !p.path("out").exists(), "{:?}", p.files());
    p.run(&["render", "song.mix", "--monitor", "cra"]).fails(2, "did you mean `car`?");
    p.run(&["render", "song.mix", "--monitor", "vox"]).fails(2, "E0949");
}

#[test]
fn nothing_of_the_mix_uses_a_monitor() {
    for (line, code) in [
        ("track t { source silence; to car }", "E0555"),
        ("track t { source silence; send car -6dB }", "E0555"),
        ("track t { source silence; ducker(key: car) }", "E0555"),
        ("track t { source silence; ducker(key: car.pre) }", "E0555"),
        ("group g { vox, car }", "E0555"),
        ("deliver { wav(\"a.wav\", only: [car]) }", "E0555"),
        ("monitor b { ducker(key: car) }", "E0555"),
        ("monitor b { send drums -6dB }", "E0530"),
        ("monitor b { source \"a.wav\" }", "E0530"),
        ("monitor b { to drums }", "E0530"),
        ("monitor b { parallel { dry { } wet { send drums -6dB } } }", "E0530"),
        ("monitor b { trim to -14LUFS }", "E0530"),
        ("monitor drums { mono() }", "E0511"),
        ("monitor master { mono() }", "E0510"),
        ("monitor b like drums { mono() }", "E0515"),
    ] {
        let p = project(&format!("monitor car {{ playback(device: car) }}\n{line}\n"));
        p.run(&["check", "song.mix"]).fails(1, code);
    }
    let p = project("monitor car { playback(device: car) }\n");
    p.run(&["render", "song.mix", "--solo", "car"]).fails(1, "E0555");
}

#[test]
fn what_is_wrong_in_a_monitor_is_said_although_nobody_listens() {
    let p = project("monitor m { mono(); crossfeed() }\n");
    p.run(&["check", "song.mix"]).fails(1, "E0821");
}

#[test]
fn checks_measure_monitors() {
    let p = project("monitor half { fader -6dB }\nmonitor phone { playback(device: phone) }\n\
        check { loudness(master) - loudness(half) within 0.01LU of 6LU\n loudness(phone) < 0LUFS\n mono_loss(monitor.half) <= 20dB }\n");
    let run = p.run(&["test", "song.mix"]).ok();
    assert!(run.out.contains("3 passed"), "{}", run.out);
}

/// Levels of a table of the library, by its function's name.
fn table(device: &str) -> Vec<f64> {
    let (_, text) = mixdown_std_lib::declares("playback").expect("its file");
    let text = &text[text.find(&format!("fn _{device}_levels")).expect("the function")..];
    let list = &text[text.find('[').expect("a list") + 1..text.find(']').expect("its end")];
    list.split(',').filter_map(|x| x.trim().strip_suffix("dB")?.parse().ok()).collect()
}

/// Level at a frequency of an impulse response.
fn level(response: &[f32], freq: f64) -> f64 {
    let w = std::f64::consts::TAU * freq / 48_000.0;
    let part = |f: fn(f64) -> f64| response.iter().enumerate().map(|(n, x)| f64::from(*x) * f(w * n as f64)).sum::<f64>();
    db(part(f64::cos).hypot(part(f64::sin)))
}

#[test]
fn devices_follow_their_tables() {
    let centre = |band: usize| 1000.0 * 10f64.powf((band as f64 - 17.0) / 10.0);
    for device in ["phone", "small_speaker", "earbuds", "car", "club"] {
        let levels = table(device);
        assert_eq!(levels.len(), 31, "{device}");
        // Both sides the same: what a device does to the sides is nothing then.
        let p = Project::song(&format!("length 1s\ntrack t {{ source \"i.wav\" }}\nmonitor m {{ playback(device: {device}) }}\n"));
        let click = impulse(0, 48_000, 1.0);
        p.wav("i.wav", 48_000, &[click.clone(), click]);
        let heard: Audio = p.render(&["--monitor", "m"]);
        let misses = levels.iter().enumerate().map(|(band, want)| (level(&heard.channels[0], centre(band)) - want).abs());
        let worst = misses.fold(0.0, f64::max);
        println!("{device}: at most {worst:.3} dB off its table, of 0.5");
        assert!(worst <= 0.5, "{device} is {worst:.2} dB off");
    }
}
