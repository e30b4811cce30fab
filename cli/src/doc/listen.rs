//! Before and after, for the ear: music that the starter's stems are made of, or the example itself, at equal loudness.

use super::bench::{Bench, FS, Fault, OTHER, PROBE, Planes, RATE};
use super::signals::{difference, factor, rms};
use super::study::Study;
use super::subject::Subject;
use crate::declared::Declared;
use crate::exit::Stop;
use crate::rough::{Role, role};
use crate::starter;
use mixdown_layout::Float;
use mixdown_meter::Meter;
use std::sync::LazyLock;

/// How loud everything is that is listened to, in LUFS: far enough under full scale for what makes peaks.
const LOUDNESS: f64 = -23.0;
/// Seconds of music.
const LONG: f64 = 4.8;
/// How little it may do to music to be listened to on music, in dB against it.
const HEARD: f64 = -40.0;

/// What it was and what it became, equally loud.
#[derive(Clone, Debug)]
pub struct Pair {
    /// What is heard: `beat`, `bass`, `voice`, `band`, or `example`.
    pub on: String,
    /// Before.
    pub before: Planes,
    /// After.
    pub after: Planes,
}

impl Pair {
    /// How much it changed, in dB against what it is.
    pub fn change(&self) -> f64 {
        difference(&widened(&self.before, self.after.len()), &self.after)
    }
}

/// Under this nothing changed, in dB against it.
const NOTHING: f64 = -90.0;

/// A piece of music to listen on.
struct Music {
    name: &'static str,
    planes: Planes,
}

/// The starter's stems from their second half on, and all three as a band, the beat to the left and the voice to the right.
static MUSIC: LazyLock<Vec<Music>> = LazyLock::new(|| {
    let part = |stem: fn(f64) -> f64| -> Vec<f64> {
        let x = starter::played(stem);
        // What begins in the middle begins softly.
        let from = x.len() - (LONG * FS) as usize;
        x[from..].iter().enumerate().map(|(i, x)| f64::from(*x) * (i as f64 / 480.0).min(1.0)).collect()
    };
    let (beat, bass, voice) = (part(starter::beat), part(starter::bass), part(starter::voice));
    let mixed = |weights: [f64; 3]| -> Vec<f64> { (0..beat.len()).map(|i| beat[i] * weights[0] + bass[i] * weights[1] + voice[i] * weights[2]).collect() };
    let band = vec![mixed([0.8, 0.6, 0.3]), mixed([0.5, 0.6, 0.6])];
    let piece = |name, planes| Music { name, planes };
    vec![piece("beat", vec![beat]), piece("bass", vec![bass]), piece("voice", vec![voice]), piece("band", band)]
});

/// Listens to a subject; `None` where nothing can be heard of it, as of silence.
///
/// # Errors
/// The engine's.
pub fn pair(subject: &Subject, study: &Study, example: &dyn Fn() -> Result<Option<Pair>, Stop>) -> Result<Option<Pair>, Stop> {
    if study.width == 0 {
        let after = study.play(3.0)?;
        let heard = after.iter().any(|c| rms(c) > 1e-6);
        return Ok(heard.then(|| Pair { on: "example".into(), before: Vec::new(), after: calmed(after) }));
    }
    let fits = |m: &&Music| study.from_mono.is_some() || m.planes.len() == 2;
    if study.nature.idle {
        return Ok(example()?.filter(|f| f.change() > NOTHING));
    }
    let own = subject.strip.as_deref().and_then(suits);
    let mut best: Option<(f64, Pair)> = None;
    // What its name suits comes first, and is enough where it is heard there.
    let mut pieces: Vec<&Music> = MUSIC.iter().filter(fits).collect();
    pieces.sort_by_key(|m| own != Some(m.name));
    for piece in pieces {
        let Some(found) = on_music(study, subject, piece)? else { continue };
        let off = found.change();
        let suits = own == Some(piece.name) && off > HEARD;
        if best.as_ref().is_none_or(|b| off > b.0 + 3.0) {
            best = Some((off, found));
        }
        if suits {
            break;
        }
    }
    let found = match best {
        Some((off, found)) if off > HEARD => Some(found),
        other => example()?.or(other.map(|b| b.1)),
    };
    // Equally loud, what only changes the level is what it was.
    Ok(found.filter(|f| f.change() > NOTHING))
}

/// What a track of this name plays in the starter's song.
fn suits(strip: &str) -> Option<&'static str> {
    if ["mix", "music", "master", "band", "glue"].contains(&strip) {
        return Some("band");
    }
    match role(strip) {
        Role::Lead | Role::Backing => Some("voice"),
        Role::Bass => Some("bass"),
        Role::Kick | Role::Snare | Role::Hats | Role::Toms | Role::Overheads | Role::Percussion => Some("beat"),
        _ => None,
    }
}

/// The call on a piece; with a key the other track is heard too, for it is what one listens for.
fn on_music(study: &Study, subject: &Subject, piece: &Music) -> Result<Option<Pair>, Stop> {
    let (bench, around) = (study.bench, &subject.around);
    let other = subject.key.as_ref().and_then(|(_, track)| {
        let name = suits(track).filter(|n| *n != piece.name && *n != "band").unwrap_or(if piece.name == "beat" { "voice" } else { "beat" });
        MUSIC.iter().find(|m| m.name == name)
    });
    let key = if other.is_some() { format!("track other {{ source \"{OTHER}\" }}\n") } else { String::new() };
    // Of what only comes after the sound, as echoes do, a third is enough to hear both.
    let call = subject.heard(study.only_follows().then_some("35%"), "other");
    let width = piece.planes.len() as u32;
    let song = |line: &str| format!("{around}\nsample_rate {RATE}Hz\nlength {LONG}s\n{key}track t {{\nsource \"{PROBE}\"\n{line}\n}}\n");
    let widths = [(PROBE, width), (OTHER, 1)];
    let mut signals = vec![(PROBE, &piece.planes)];
    signals.extend(other.map(|m| (OTHER, &m.planes)));
    let frames = (LONG * FS) as usize;
    let output = if other.is_some() { "master" } else { "track.t" };
    let heard = |line: &str| -> Result<Option<Planes>, Stop> {
        match bench.patch(&song(line), output, &widths, Float::F64) {
            Ok(patch) => patch.hear(bench.project, &signals, frames).map(Some),
            Err(Fault::Said(..)) => Ok(None),
            Err(Fault::Stopped(stop)) => Err(stop),
        }
    };
    let (Some(before), Some(after)) = (heard("")?, heard(&call)?) else { return Ok(None) };
    Ok(levelled(piece.name, before, after))
}

/// The example as it is, and with the processor bypassed.
///
/// # Errors
/// The engine's.
pub fn in_example(bench: &Bench, declared: &Declared, subject: &Subject) -> Result<Option<Pair>, Stop> {
    let (Some(example), Some(at)) = (declared.example(), subject.at) else { return Ok(None) };
    let (before, after) = example.split_at(at);
    let frames = (LONG.min(3.0) * FS) as usize;
    let heard = |text: &str| -> Result<Option<Planes>, Stop> {
        match bench.patch(text, "master", &[], Float::F64) {
            Ok(patch) => patch.hear(bench.project, &[], frames).map(Some),
            Err(Fault::Said(..)) => Ok(None),
            Err(Fault::Stopped(stop)) => Err(stop),
        }
    };
    let (Some(off), Some(on)) = (heard(&format!("{before}bypass {after}"))?, heard(example)?) else { return Ok(None) };
    Ok(levelled("example", off, on))
}

/// Both as loud as everything is that is listened to.
fn levelled(on: &str, before: Planes, after: Planes) -> Option<Pair> {
    let brought = |planes: Planes| -> Option<Planes> {
        let gain = factor(LOUDNESS - loudness(&planes)?);
        Some(planes.into_iter().map(|c| c.into_iter().map(|x| x * gain).collect()).collect())
    };
    let (before, after) = (brought(before)?, brought(after)?);
    // Where one would clip both are softer.
    let peak = before.iter().chain(&after).flatten().fold(0.0, |m: f64, x| m.max(x.abs()));
    let gain = if peak > 0.98 { 0.98 / peak } else { 1.0 };
    let softer = |planes: Planes| -> Planes { planes.into_iter().map(|c| c.into_iter().map(|x| x * gain).collect()).collect() };
    Some(Pair { on: on.into(), before: softer(before), after: softer(after) })
}

/// Integrated loudness; of what is too soft or too short for that, its RMS.
fn loudness(planes: &Planes) -> Option<f64> {
    let narrow: Vec<Vec<f32>> = planes.iter().map(|c| c.iter().map(|x| *x as f32).collect()).collect();
    let mut meter = Meter::without_bands(RATE, planes.len() as u32).ok()?;
    meter.push(&narrow.iter().map(Vec::as_slice).collect::<Vec<_>>());
    let m = meter.finish();
    m.integrated.or(m.rms)
}

/// A source as it is, held under full scale.
fn calmed(planes: Planes) -> Planes {
    let peak = planes.iter().flatten().fold(0.0, |m: f64, x| m.max(x.abs()));
    let gain = if peak > 0.98 { 0.5 / peak } else { 1.0 };
    planes.into_iter().map(|c| c.into_iter().map(|x| x * gain).collect()).collect()
}

/// Mono as so many channels.
fn widened(planes: &Planes, channels: usize) -> Planes {
    (0..channels).map(|c| planes[c.min(planes.len() - 1)].clone()).collect()
}
