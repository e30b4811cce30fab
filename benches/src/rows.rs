//! The figures, each measured in one place.

use crate::inside::{Session, difference};
use crate::outside;
use crate::reference::{self, Output};
use crate::session::{Kind, RATE, TRACKS, text};
use crate::stems::{self, Stem};
use crate::table::{Better, Table};
use crate::{clock, inside};
use mixdown::build::{BuildOptions, Runner, Session as Building};
use mixdown::project::Project;
use mixdown_tests::rig::How;
use std::path::Path;

/// Seconds of audio of what runs in memory.
const SHORT: f64 = 10.0;
/// Rounds of which the least counts.
const ROUNDS: usize = 6;

type Done = Result<(), Box<dyn std::error::Error>>;

/// Sessions S and T and A from memory to memory, beside the same by hand, in turns. Returns the paths' faults.
pub fn sound(table: &mut Table) -> Result<Vec<String>, Box<dyn std::error::Error>> {
    let stems = stems::stems(SHORT);
    let [s, t, a] = [Kind::S, Kind::T, Kind::A].map(|kind| Session::new::<f32>(&text(kind, TRACKS), &stems));
    let (s, t, a) = (s?, t?, a?);
    let mut wrong = Vec::new();
    for (name, session) in [("S", &s), ("T", &t), ("A", &a)] {
        wrong.extend(paths(name, session));
    }
    let mut least = [f64::INFINITY; 5];
    let mut outs: Vec<Output> = Vec::new();
    for round in 0..ROUNDS {
        let (ours_s, ours_t, ours_a) = (s.run::<f32>()?, t.run::<f32>()?, a.run::<f32>()?);
        let (hand_s, hand_s_seconds) = clock::timed(|| reference::lanes::render(&stems, true));
        let (hand_t, hand_t_seconds) = clock::timed(|| reference::lanes::render(&stems, false));
        let seconds = [ours_s.seconds, ours_t.seconds, ours_a.seconds, hand_s_seconds, hand_t_seconds];
        least = std::array::from_fn(|i| least[i].min(seconds[i]));
        if round == 0 {
            outs = vec![ours_s.out, ours_t.out, hand_s, hand_t];
        }
    }
    let [s_time, t_time, a_time, hand_s, hand_t] = least;
    let (scalar, scalar_time) = clock::timed(|| reference::scalar::render(&stems, true));
    let same = difference(&outs[0], &outs[2]).max(difference(&outs[1], &outs[3])).max(difference(&outs[0], &scalar));
    let wide = Session::new::<f64>(&text(Kind::S, TRACKS), &stems)?.run::<f64>()?;
    let error = difference(&outs[0], &wide.out);
    let floor = format!("error of 32 bits {error:.0} dBFS, against the hand's {same:.0} dBFS");
    table.row("S, DSP, against 128-bit lanes by hand", Better::More, (0.7, 1.0), "x", hand_s / s_time, &floor);
    table.row("T, DSP, against 128-bit lanes by hand", Better::More, (0.7, 1.0), "x", hand_t / t_time, "");
    table.plain("S, DSP, against scalar code by hand", format!("{:.1}x", scalar_time / s_time), "");
    table.row("S, DSP, against real time", Better::More, (120.0, 170.0), "x", SHORT / s_time, &floor);
    table.row("T, DSP, against real time", Better::More, (180.0, 250.0), "x", SHORT / t_time, "");
    table.row("S with faders and a band moving, against S", Better::Less, (1.25, 1.1), "x", a_time / s_time, "");
    table.row("error of S in 32 bits against 64, dBFS RMS", Better::Less, (-110.0, -120.0), "", error, "");
    if same > -110.0 {
        wrong.push(format!("the reference by hand is not the same sound: {same:.1} dBFS"));
    }
    Ok(wrong)
}

fn paths(name: &str, session: &Session) -> Vec<String> {
    crate::paths::report(name, session)
}

/// Single kernels in a full pack, in the engine.
pub fn kernels(table: &mut Table) -> Done {
    let stems: Vec<Stem> = (0..4).map(|i| stems::stem(i, SHORT)).collect();
    let four = |chain: &str| {
        let track = |i: usize| format!("track t{i} {{ source \"stems/{i:02}.wav\"; {chain} }}\n");
        format!("sample_rate 48kHz\n{}", (0..4).map(track).collect::<String>())
    };
    let bells = "bell(200Hz, 2dB); bell(900Hz, -2dB); bell(2kHz, 1dB); bell(6kHz, 2dB)";
    let chain = format!("highpass(80Hz); {bells}; compressor(threshold: -18dB, ratio: 3); fader -6dB; pan 20%").replacen("bell(200Hz, 2dB); ", "", 1);
    let nanos = |text: &str| -> Result<f64, String> {
        let session = Session::new::<f32>(text, &stems)?;
        let mut least = f64::INFINITY;
        for _ in 0..ROUNDS {
            let report = session.run::<f32>()?.report;
            least = least.min(report.kernels.iter().map(|k| k.seconds).sum::<f64>());
        }
        Ok(least * 1e9 / (SHORT * f64::from(RATE) * 4.0))
    };
    table.row("packed biquad in a cascade of 4, ns a sample and channel", Better::Less, (0.30, 0.25), "", nanos(&four(bells))? / 4.0, "in the engine, mono x4");
    table.row("packed chain: 4 biquads, compressor, gain", Better::Less, (3.0, 2.3), "", nanos(&four(&chain))?, "in the engine, mono x4");
    Ok(())
}

/// A response of three seconds in stereo, cell by cell without latency.
pub fn convolution(table: &mut Table) -> Done {
    const SECONDS: f64 = 3.0;
    let stem = stems::stem(TRACKS - 1, SHORT);
    let fall = |i: usize| (-6.9 * i as f64 / (SECONDS * f64::from(RATE))).exp() as f32;
    let response: Vec<Vec<f32>> = stems::stem(TRACKS - 2, SECONDS)
        .iter()
        .map(|plane| plane.iter().enumerate().map(|(i, x)| x * fall(i)).collect())
        .collect();
    let text = "sample_rate 48kHz\ntrack t { source \"stems/00.wav\"; convolve(\"hall.wav\", normalise: on) }\n";
    let stems = [stem];
    let session = Session::of::<f32>(&inside::song(text, &stems).with("hall.wav", response), &stems)?;
    let mut least = f64::INFINITY;
    for _ in 0..ROUNDS {
        least = least.min(session.run::<f32>()?.seconds);
    }
    let nanos = least * 1e9 / (SHORT * f64::from(RATE) * 2.0);
    table.plain("convolution with 3 s in stereo", format!("{nanos:.1} ns"), format!("a sample and channel, {:.0}x real time, no latency", SHORT / least));
    Ok(())
}

/// The program from files to a file.
pub fn whole(table: &mut Table, folder: &Path) -> Done {
    stems::write(folder, &stems::stems(60.0))?;
    for (name, kind) in [("S", Kind::S), ("T", Kind::T)] {
        std::fs::write(folder.join(format!("{name}.mix")), text(kind, TRACKS))?;
    }
    outside::render(folder, "S.mix", 0, false)?;
    let [one, two] = outside::least(8, folder, "S.mix", [1, 2])?;
    let [t] = outside::least(3, folder, "T.mix", [1])?;
    rival(table, "S", one.cpu);
    table.plain("S, whole program, one thread", format!("{:.2} s CPU", one.cpu), format!("{:.0}x real time", 60.0 / one.cpu));
    table.plain("T, whole program, one thread", format!("{:.2} s CPU", t.cpu), format!("{:.0}x real time", 60.0 / t.cpu));
    let note = format!("{:.2} s with 1, {:.2} s with 2; a busy machine hides it", one.wall, two.wall);
    table.row("S, whole program, wall with 2 threads against 1", Better::More, (1.7, 1.9), "x", one.wall / two.wall, note);
    let compile = |threads| -> Result<f64, String> {
        let mut least = f64::INFINITY;
        for _ in 0..8 {
            let run = outside::render(folder, "S.mix", threads, true)?;
            least = least.min(run.timings["compile_ms"].as_f64().unwrap_or(f64::INFINITY));
        }
        Ok(least)
    };
    table.row("S, text to callable code, ms", Better::Less, (50.0, 15.0), "", compile(0)?, "in a fresh process, all cores");
    edits(table, folder)?;
    memory(table, folder)
}

/// How soon a change of S can be heard by who has built it before, the worst of its tracks.
fn edits(table: &mut Table, folder: &Path) -> Done {
    let text = text(Kind::S, TRACKS);
    let number = |line: &str| line.contains("bell(").then(|| line.replacen("dB", "5dB", 1));
    let strip = |line: &str| line.contains("bell(").then(|| format!("{line}\n    highshelf(9000Hz, 1.5dB)"));
    let (figure, kernels) = edited(folder, &text, number)?;
    let note = format!("{kernels} new kernels");
    table.row("S, one changed number until callable, ms", Better::Less, (1.0, 0.1), "", figure, note);
    let (figure, kernels) = edited(folder, &text, strip)?;
    let note = format!("one more shelf; {kernels} new kernels at most");
    table.row("S, one changed strip until callable, ms", Better::Less, (5.0, 2.0), "", figure, note);
    Ok(())
}

/// Milliseconds of the slowest edit, and most kernels that one compiles. An edit changes one line of a track.
fn edited(folder: &Path, text: &str, edit: impl Fn(&str) -> Option<String>) -> Result<(f64, usize), String> {
    let stopped = |stop| format!("{stop:?}");
    // One thread, whose clock sees all of it.
    let options = BuildOptions { runner: Runner::Jit, lower: Default::default(), count_spills: false, threads: 1 };
    let (mut worst, mut most) = (0f64, 0);
    for (at, line) in text.lines().enumerate() {
        let Some(new) = edit(line) else { continue };
        let lines: Vec<&str> = text.lines().enumerate().map(|(i, line)| if i == at { &new[..] } else { line }).collect();
        let new = lines.join("\n") + "\n";
        let mut least = f64::INFINITY;
        for _ in 0..4 {
            let session = Building::default();
            let project = Project::open(&folder.join("S.mix"), false).map_err(stopped)?.knowing(&session.files);
            let made = |text: &str| -> Result<(f64, usize), String> {
                let project = project.saying(text.to_string()).map_err(stopped)?;
                let (built, seconds) = clock::timed(|| {
                    let mix = session.check(&project, &Default::default()).mix.ok_or("S has errors")?;
                    session.build(&mix, &options).map_err(stopped)
                });
                let built = built?;
                Ok((seconds * 1e3, built.lowered.kernels.len() - built.kernels_from_cache))
            };
            made(text)?;
            let (ms, kernels) = made(&new)?;
            least = least.min(ms);
            most = most.max(kernels);
        }
        worst = worst.max(least);
    }
    Ok((worst, most))
}

/// A rival's seconds, from the last run of the script in `rivals`.
fn rival(table: &mut Table, song: &str, ours: f64) {
    let what = "S, whole program, CPU seconds against pedalboard";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/rivals.json");
    let known = std::fs::read(path).ok().and_then(|bytes| serde_json::from_slice::<serde_json::Value>(&bytes).ok());
    match known.and_then(|k| k["pedalboard"][song].as_f64()) {
        Some(theirs) => table.row(what, Better::More, (5.0, 8.0), "x", theirs / ours, format!("pedalboard {theirs:.2} s, by benches/rivals/run.py")),
        None => table.plain(what, "not run", "benches/rivals/run.py measures it"),
    }
}

/// Most memory for S and for S ten times as long. The longer files are the same audio and then nothing, as holes, so
/// that they take no disk; what is in them changes no memory.
fn memory(table: &mut Table, folder: &Path) -> Done {
    let most = |song: &str| -> Result<f64, String> {
        let run = outside::render(folder, song, 0, true)?;
        run.timings["peak_rss_mb"].as_f64().ok_or_else(|| "no timings".into())
    };
    let plain = most("S.mix")?;
    let text = text(Kind::S, TRACKS).replace("stems/", "long/");
    std::fs::create_dir_all(folder.join("long"))?;
    for i in 0..TRACKS {
        lengthen(&folder.join(format!("stems/{i:02}.wav")), &folder.join(format!("long/{i:02}.wav")))?;
    }
    std::fs::write(folder.join("long.mix"), text)?;
    let long = most("long.mix")?;
    table.row("most memory for S, MiB", Better::Less, (200.0, 60.0), "", plain, "");
    table.row("the same for S ten times as long, against S", Better::Less, (1.1, 1.1), "x", long / plain, format!("{long:.1} MiB"));
    Ok(())
}

/// Copies a WAV file and makes it ten times as long.
fn lengthen(from: &Path, to: &Path) -> Done {
    let mut bytes = std::fs::read(from)?;
    let data = bytes.windows(4).position(|w| w == b"data").ok_or("no audio")?;
    let audio = 10 * u32::from_le_bytes(bytes[data + 4..data + 8].try_into()?);
    bytes[data + 4..data + 8].copy_from_slice(&audio.to_le_bytes());
    bytes[4..8].copy_from_slice(&(data as u32 + audio).to_le_bytes());
    std::fs::write(to, &bytes)?;
    std::fs::OpenOptions::new().write(true).open(to)?.set_len(data as u64 + 8 + u64::from(audio))?;
    Ok(())
}

/// 60 s of silence after a burst through every reverb and delay, against 60 s of signal.
pub fn silence(table: &mut Table) -> Done {
    let signal = stems::stem(0, 61.0);
    let mut burst = signal.to_vec();
    burst[0][RATE as usize..].fill(0.0);
    let burst: Stem = burst.into();
    let effects = [
        "plate()",
        "hall()",
        "room()",
        "fdn()",
        "diffuse()",
        "delay(300ms, feedback: 60%, tone: 4kHz)",
        "pingpong(300ms, feedback: 60%, tone: 4kHz)",
    ];
    let (mut worst, mut name) = (0f64, "");
    for effect in effects {
        let text = format!("sample_rate 48kHz\ntrack t {{ source \"stems/00.wav\"; {effect} }}\n");
        let mut seconds = [f64::INFINITY; 2];
        for (least, stem) in seconds.iter_mut().zip([&burst, &signal]) {
            let session = Session::new::<f32>(&text, std::slice::from_ref(stem))?;
            for _ in 0..3 {
                *least = least.min(session.run::<f32>()?.seconds);
            }
        }
        if seconds[0] / seconds[1] > worst {
            (worst, name) = (seconds[0] / seconds[1], effect);
        }
    }
    table.row("60 s of silence after a burst, against signal", Better::Less, (1.1, 1.0), "x", worst, format!("the worst of 7, {name}"));
    Ok(())
}

/// Cost of a track in ever larger sessions.
pub fn growth(table: &mut Table) -> Done {
    let stems = stems::stems(3.0);
    let cost = |tracks: usize| -> Result<(f64, f64), String> {
        let text = text(Kind::T, tracks);
        let song = inside::song(&text, &stems);
        let compile = clock::least(2, || {
            let built = song.mix().and_then(|mix| song.build::<f32>(&mix, &How::default()));
            std::hint::black_box(built.is_ok());
        });
        let session = Session::new::<f32>(&text, &stems)?;
        let mut least = f64::INFINITY;
        for _ in 0..4 {
            least = least.min(session.run::<f32>()?.seconds);
        }
        Ok((least / tracks as f64, compile / tracks as f64))
    };
    let base = cost(24)?;
    for tracks in [48, 96, 384] {
        let now = cost(tracks)?;
        let note = format!("compiling {:.2}x", now.1 / base.1);
        table.row(&format!("cost of a track, {tracks} tracks against 24"), Better::Less, (1.1, 1.0), "x", now.0 / base.0, note);
    }
    Ok(())
}
