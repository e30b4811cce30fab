//! `mixdown new`: a first project, and rough mixes of folders of stems that render at once.

use mixdown_tests::{Audio, Project, shared};
use std::path::Path;

fn measure(path: &Path) -> mixdown_meter::Measurement {
    let audio = Audio::read(path);
    let mut meter = mixdown_meter::Meter::without_bands(audio.rate, audio.channels.len() as u32).expect("a meter");
    let planes: Vec<&[f32]> = audio.channels.iter().map(Vec::as_slice).collect();
    meter.push(&planes);
    meter.finish()
}

fn read(p: &Project, name: &str) -> String {
    std::fs::read_to_string(p.path(name)).expect("a text")
}

/// A rough mix of a shared session, judged: its text comes back.
fn session(name: &str) -> Option<(Project, String)> {
    let folder = shared(&format!("sessions/{name}"))?;
    let p = Project::new();
    let made = p.run(&["new", name, "--from", &folder.to_string_lossy()]).ok();
    assert_eq!(made.out, format!("{name}/{name}.mix\n"));
    let song = format!("{name}/{name}.mix");
    p.run(&["render", &song, "--stems", "stems"]).ok();
    let text = read(&p, &song);
    let m = measure(&p.path(&format!("{name}/{name}.wav")));
    let loudness = m.integrated.expect("sound");
    assert!((-20.0..=-14.0).contains(&loudness), "{name} stands at {loudness} LUFS");
    assert!(m.true_peak.expect("sound") <= -0.9, "{name} peaks at {:?}", m.true_peak);
    // What the limiter takes: the same mix without it.
    let open = text.lines().filter(|l| !l.trim().starts_with("limiter")).collect::<Vec<_>>().join("\n");
    p.write(&song, &open);
    p.run(&["render", &song, "-o", "open.wav", "--bits", "32f"]).ok();
    let reduction = measure(&p.path("open.wav")).true_peak.expect("sound") + 1.0;
    println!("{name}: {loudness:.1} LUFS, the limiter takes {:.1} dB", reduction.max(0.0));
    assert!(reduction < 3.0, "{name}: the limiter takes {reduction} dB");
    Some((p, text))
}

fn bus(p: &Project, name: &str) -> f64 {
    measure(&p.path(&format!("stems/{name}.wav"))).integrated.expect("sound")
}

#[test]
fn lithium_has_its_voice_level_with_the_rest() {
    let Some((p, text)) = session("lithium") else { return };
    // The song has no limiter any more, so the voice is what the mix loses without it.
    let text = text.lines().filter(|l| !l.trim().starts_with("limiter")).collect::<Vec<_>>().join("\n");
    p.write("lithium/rest.mix", &text.replace("track vox_lead {", "track vox_lead {\n    mute"));
    p.run(&["render", "lithium/rest.mix", "-o", "rest.wav", "--bits", "32f"]).ok();
    let (all, rest) = (Audio::read(&p.path("open.wav")), Audio::read(&p.path("rest.wav")));
    let frames = all.frames().min(rest.frames());
    let voice: Vec<Vec<f32>> =
        all.channels.iter().zip(&rest.channels).map(|(a, r)| a.iter().zip(r).map(|(a, r)| a - r).collect()).collect();
    let block = all.rate as usize / 10 * 4;
    let power = |at: usize| voice.iter().flat_map(|c| &c[at..at + block]).map(|x| f64::from(*x).powi(2)).sum::<f64>();
    let starts = || (0..frames - block).step_by(block);
    let loudest = starts().map(power).fold(0.0, f64::max);
    let sung: Vec<usize> = starts().filter(|at| power(*at) > loudest / 30.0).collect();
    let loudness = |planes: &[Vec<f32>]| {
        let mut meter = mixdown_meter::Meter::without_bands(all.rate, 2).expect("a meter");
        for at in &sung {
            meter.push(&planes.iter().map(|c| &c[*at..at + block]).collect::<Vec<_>>());
        }
        meter.finish().integrated.expect("sound")
    };
    let (voice, rest) = (loudness(&voice), loudness(&rest.channels));
    println!("lithium: the voice {voice:.1}, the rest meanwhile {rest:.1} LUFS");
    assert!((-3.0..=1.5).contains(&(voice - rest)), "voice {voice:.1}, the rest {rest:.1} LUFS");
}

#[test]
fn runnin_is_a_band() {
    let Some((p, text)) = session("runnin") else { return };
    for bus in ["drums", "low", "guitars", "keys"] {
        assert!(text.contains(&format!("bus {bus} {{")), "no bus {bus}:\n{text}");
    }
    let levels: Vec<f64> = ["drums", "low", "guitars", "keys"].iter().map(|b| bus(&p, b)).collect();
    let (least, most) = levels.iter().fold((0f64, -99f64), |(a, b), x| (a.min(*x), b.max(*x)));
    assert!(most - least < 6.0, "buses stand {levels:?} LUFS");
}

#[test]
fn rooms_has_its_flaws_written_down() {
    let Some((_, text)) = session("rooms") else { return };
    for note in [
        "05-overheads.flac is inverted against",
        "07-guitar.flac is at 48000 Hz",
        "09-bass.flac is at 96000 Hz",
        "10-choir.flac is at 22050 Hz",
        "12-bell.flac is at 32000 Hz",
        "13-room-noise.flac stands +0.021 off zero",
    ] {
        assert!(text.lines().any(|l| l.starts_with("//") && l.contains(note)), "`{note}` is not said:\n{text}");
    }
    let overheads = text.split("track overheads").nth(1).expect("a track");
    assert!(overheads.split('}').next().expect("its body").contains("flip()"), "{text}");
    assert_eq!(text.matches("flip()").count(), 1, "{text}");
    // It is brought to its partner, and the noise of the room is left out.
    let late: f64 = overheads.split("nudge(-").nth(1).and_then(|t| t.split("ms").next()).expect("a nudge").parse().expect("a number");
    assert!((late - 3.0).abs() < 0.1, "{late} ms");
    let noise = text.split("track room_noise").nth(1).expect("a track");
    assert!(noise.split('}').next().expect("its body").contains("mute") && text.contains("13-room-noise.flac is noise by its name"), "{text}");
}

fn tone(f: f32, level: f32) -> Vec<f32> {
    (0..96_000).map(|i| (i as f32 * f).sin() * level * (1.0 + (i as f32 * 0.0003).sin()) * 0.5).collect()
}

#[test]
fn strange_names_and_odd_files() {
    let p = Project::new();
    let names = [
        "01 Lead Vox (final).wav", "Gesang Ü.wav", "it's \"the\" one.wav", "brace{d}.wav", "808.wav", "for.wav", "master.wav",
        "drums.wav", "日本語.wav", "🎸.wav", "kick.wav", "kick.aif.wav", "-.wav", "gain.wav", "sine.wav", "a\nb.wav", "ride.wav", "to.wav",
        "100%.wav", "star*.wav", "back\\slash.wav", "verse.wav", "pan.wav", "x & y.wav",
    ];
    for (i, name) in names.iter().enumerate() {
        p.wav(&format!("stems/{name}"), 48_000, &[tone(0.01 + i as f32 * 0.003, 0.3)]);
    }
    // The same name with two endings: what is inside decides, not the ending.
    std::fs::copy(p.path("stems/kick.wav"), p.path("stems/kick.flac")).expect("copied");
    p.wav("stems/silent.wav", 48_000, &[vec![0.0; 96_000]]);
    p.wav("stems/clipped.wav", 48_000, &[tone(0.02, 40.0).iter().map(|x| x.clamp(-1.0, 1.0)).collect()]);
    p.wav("stems/slow.wav", 32_000, &[tone(0.02, 0.3), tone(0.021, 0.3)]);
    p.write("stems/notes.txt", "not audio");
    p.write("stems/broken.wav", "RIFF");
    p.write("stems/take.wma", "audio of a kind that is not read");
    let name = "My \"first\" {mix}";
    p.run(&["new", name, "--from", "stems"]).ok();
    let song = format!("{name}/{name}.mix");
    let text = read(&p, &song);
    p.run(&["check", &song]).ok();
    p.run(&["render", &song]).ok();
    assert_eq!(text.matches("\ntrack ").count(), names.len() + 4, "{text}");
    for note in ["silent.wav is silent", "clipped.wav is clipped", "slow.wav is at 32000 Hz", "broken.wav", "take.wma"] {
        assert!(text.lines().any(|l| l.starts_with("//") && l.contains(note)), "`{note}` is not said:\n{text}");
    }
    let audio = Audio::read(&p.path(&format!("{name}/{name}.wav")));
    assert!(audio.peak_db() > -20.0 && audio.frames() >= 96_000);
}

#[test]
fn of_many_channels_one_is_taken() {
    let p = Project::new();
    let plane = |i: usize| tone(0.01 + i as f32 * 0.003, 0.3);
    p.wav("stems/three.wav", 48_000, &(0..3).map(plane).collect::<Vec<_>>());
    p.wav("stems/short.wav", 48_000, &(0..8).map(|i| plane(i)[..4800].to_vec()).collect::<Vec<_>>());
    p.run(&["new", "song", "--from", "stems"]).ok();
    let text = read(&p, "song/song.mix");
    assert!(text.contains("\"stems/three.wav\", channel: 1   // of 3\n") && text.contains("\"stems/short.wav\", channel: 1   // of 8\n"), "{text}");
    p.run(&["render", "song/song.mix"]).ok();
}

#[test]
fn only_what_is_surely_inverted_is_turned_over() {
    let p = Project::new();
    let sine = |f: f32, shift: usize| (shift..shift + 96_000).map(|i| (i as f32 * f).sin() * 0.3).collect::<Vec<f32>>();
    let noise = |frames: usize, level: f32| {
        let mut x = 1u32;
        let mut next = || {
            x = x.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (x >> 8) as f32 / 8_388_608.0 - 1.0
        };
        (0..frames).map(|_| next() * level).collect::<Vec<f32>>()
    };
    // Half a period of 250 Hz and of 25 Hz later.
    for (name, hz, half) in [("keys", 250.0, 96), ("bass", 25.0, 960)] {
        let f = hz * std::f32::consts::TAU / 48_000.0;
        p.wav(&format!("stems/{name} a.wav"), 48_000, &[sine(f, 0)]);
        p.wav(&format!("stems/{name} b.wav"), 48_000, &[sine(f, half)]);
    }
    for (name, frames, level) in [("guitar", 96_000, 0.3), ("snare", 9_600, 0.3), ("vox", 96_000, 1e-4)] {
        p.wav(&format!("stems/{name} a.wav"), 48_000, &[noise(frames, level)]);
        p.wav(&format!("stems/{name} b.wav"), 48_000, &[noise(frames, -level)]);
    }
    p.run(&["new", "song", "--from", "stems"]).ok();
    let text = read(&p, "song/song.mix");
    assert_eq!((text.matches("is inverted against").count(), text.matches("flip()").count()), (1, 1), "{text}");
    assert!(text.contains("guitar b.wav is inverted against guitar a.wav"), "{text}");
}

#[test]
fn a_shot_has_a_fader_and_only_silence_is_muted() {
    let p = Project::new();
    let shot: Vec<f32> = (0..9_600).map(|i| (i as f32 * 0.03).sin() * 0.5 * (-(i as f32) / 2400.0).exp()).collect();
    p.wav("stems/snare.wav", 48_000, std::slice::from_ref(&shot));
    p.wav("stems/quiet.wav", 48_000, &[tone(0.02, 1e-4)]);
    p.wav("stems/silent.wav", 48_000, &[vec![0.0; 9_600]]);
    p.run(&["new", "song", "--from", "stems"]).ok();
    let text = read(&p, "song/song.mix");
    let body = |name: &str| text.split(&format!("track {name} {{")).nth(1).and_then(|t| t.split('}').next()).expect("a track");
    for (name, note) in [("snare", "snare.wav is shorter than 400 ms"), ("quiet", "quiet.wav has no measurable loudness")] {
        assert!(text.contains(note) && body(name).contains("fader") && !body(name).contains("mute"), "{text}");
    }
    assert!(text.contains("silent.wav is silent; it is muted below") && body("silent").contains("mute   // silent\n"), "{text}");
    p.run(&["render", "song/song.mix"]).ok();
    assert!(Audio::read(&p.path("song/song.wav")).peak_db() > -30.0);
}

#[test]
fn folders_without_stems_are_refused() {
    let p = Project::new();
    p.write("empty/readme.txt", "nothing here");
    p.run(&["new", "song", "--from", "empty"]).fails(2, "E0943");
    p.run(&["new", "song", "--from", "nowhere"]).fails(2, "E0939");
    assert!(!p.path("song").exists(), "a refused project left a folder");
    p.write("taken/a.txt", "mine");
    p.run(&["new", "taken"]).fails(2, "E0934");
    assert_eq!(p.files(), ["empty/readme.txt", "taken/a.txt"]);
}

#[test]
fn folders_in_the_folder_are_read_and_name_buses() {
    let p = Project::new();
    let tone = |hz: f64| vec![(0..96_000).map(|i| (0.1 * (f64::from(i) * hz * std::f64::consts::TAU / 48_000.0).sin()) as f32).collect::<Vec<f32>>()];
    for (i, file) in ["stems/01.wav", "stems/Drums/01.wav", "stems/Drums/close/room.wav", "stems/Vocals/lead.wav", "stems/.hidden/x.wav"].iter().enumerate() {
        p.wav(file, 48_000, &tone(200.0 * (i + 1) as f64));
    }
    p.run(&["new", "song", "--from", "stems"]).ok();
    let text = read(&p, "song/song.mix");
    assert_eq!(text.matches("\ntrack ").count(), 4, "{text}");
    let bus = |file: &str| {
        let track = text.split("\ntrack ").find(|t| t.contains(&format!("source \"stems/{file}\""))).expect("a track");
        track.lines().find_map(|l| l.trim().strip_prefix("to ")).map(str::to_string)
    };
    assert_eq!(bus("room.wav").as_deref(), Some("drums"), "{text}");
    assert_eq!(bus("lead.wav").as_deref(), Some("vocals"), "{text}");
    p.run(&["render", "song/song.mix"]).ok();
}

#[test]
fn a_first_project_renders_at_once() {
    let p = Project::new();
    let made = p.run(&["new", "demo"]).ok();
    assert_eq!(made.out, "demo/demo.mix\n");
    assert!(made.err.contains("next: mixdown render demo/demo.mix"), "{}", made.err);
    let run = p.run(&["render", "demo/demo.mix"]).ok();
    assert!(!run.err.contains("warning"), "{}", run.err);
    let m = measure(&p.path("demo/demo.wav"));
    let loudness = m.integrated.expect("sound");
    assert!((-24.0..=-14.0).contains(&loudness), "{loudness} LUFS");
    let files = p.files();
    assert!(files.iter().any(|f| f == "demo/lib/chains.mix") && files.iter().filter(|f| f.starts_with("demo/stems/")).count() == 3);
}

/// The lines of a track.
fn body<'t>(text: &'t str, track: &str) -> &'t str {
    text.split(&format!("\ntrack {track} {{")).nth(1).and_then(|t| t.split("\n}").next()).unwrap_or_else(|| panic!("no track {track}:\n{text}"))
}

#[test]
fn sides_surround_and_stems_that_cancel() {
    let p = Project::new();
    let x = tone(0.02, 0.3);
    let quiet: Vec<f32> = x.iter().map(|s| s * 0.5).collect();
    p.wav("my stems/OH_L.wav", 48_000, &[x.clone()]);
    p.wav("my stems/OH_R.wav", 48_000, &[quiet]);
    p.wav("my stems/gtr right.wav", 48_000, &[tone(0.03, 0.2)]);
    p.wav("my stems/keys.wav", 48_000, &[x.clone(), x.iter().map(|s| -s).collect()]);
    p.wav("my stems/surround.wav", 48_000, &(0..6).map(|i| tone(0.01 * (i + 1) as f32, 0.2)).collect::<Vec<_>>());
    p.wav("my stems/amp hum.wav", 48_000, &[tone(0.0065, 0.01)]);
    let made = p.run(&["new", "A Song", "--from", "my stems"]).ok();
    assert!(made.err.contains("next: mixdown render 'A Song/A Song.mix'"), "{}", made.err);
    let text = read(&p, "A Song/A Song.mix");
    let fader = |track: &str| body(&text, track).lines().find(|l| l.contains("fader")).map(str::to_string);
    assert!(body(&text, "oh_l").contains("pan L100") && body(&text, "oh_r").contains("pan R100"), "{text}");
    assert_eq!(fader("oh_l"), fader("oh_r"), "one pair, one fader:\n{text}");
    assert!(!body(&text, "gtr_right").contains("pan R100"), "one side alone is no pair:\n{text}");
    assert!(body(&text, "t_keys").contains("left_right { right { flip() } }") && text.contains("keys.wav: its right side is its left one upside down"));
    assert!(body(&text, "amp_hum").contains("mute"), "{text}");
    assert!(body(&text, "surround").contains("channel: 1"), "{text}");
    let run = p.run(&["render", "A Song/A Song.mix"]).ok();
    assert!(!run.err.contains("error"), "{}", run.err);
    let left_right = measure(&p.path("A Song/A Song.wav"));
    assert!(left_right.mono_loss.expect("sound") < 3.0, "{:?}", left_right.mono_loss);
}

#[test]
fn what_mono_takes_is_listed_and_the_reverb_is_called_one() {
    let p = Project::new();
    let (x, y) = (tone(0.02, 0.3), tone(0.031, 0.3));
    let other: Vec<f32> = x.iter().zip(&y).map(|(x, y)| 0.7 * (y - x)).collect();
    p.wav("stems/pad.wav", 48_000, &[x.clone(), other]);
    p.wav("stems/piano.wav", 48_000, &[x, y]);
    p.run(&["new", "song", "--from", "stems"]).ok();
    let text = read(&p, "song/song.mix");
    assert!(text.contains("pad.wav loses 8.") && text.contains("dB when its sides are folded to mono"), "{text}");
    assert!(!text.contains("piano.wav loses"), "two that have nothing in common are as they should be:\n{text}");
    assert!(text.contains("bus reverb {") && body(&text, "pad").contains("send reverb -20dB"), "{text}");
}

#[test]
fn both_sides_of_a_pair_are_moved_together() {
    let p = Project::new();
    let room = mixdown_tests::signal::noise(11, 96_000, 0.3);
    let late = |by: usize| (0..96_000).map(|i| if i < by { 0.0 } else { -room[i - by] }).collect::<Vec<f32>>();
    p.wav("stems/kick.wav", 48_000, &[room.clone()]);
    p.wav("stems/oh_l.wav", 48_000, &[late(120)]);
    p.wav("stems/oh_r.wav", 48_000, &[late(150)]);
    p.run(&["new", "song", "--from", "stems"]).ok();
    let text = read(&p, "song/song.mix");
    let moves: Vec<&str> = text.lines().filter(|l| l.contains("nudge(")).collect();
    assert!(moves.len() == 2 && moves[0] == moves[1], "{text}");
    assert_eq!(text.matches("flip()").count(), 2, "{text}");
}
