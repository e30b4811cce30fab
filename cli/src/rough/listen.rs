//! Listening to stems: measures each, and finds pairs that play the same thing with one turned over.

use super::roles::{Role, role};
use super::sides::together;
use crate::exit::{Exit, Stop};
use mixdown_meter::Measurement;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// One stem.
#[derive(Clone, Debug)]
pub struct Stem {
    /// Where it lies.
    pub path: PathBuf,
    /// File name.
    pub file: String,
    /// Name of its copy in the project: the same, without what a text cannot hold.
    pub copy: String,
    /// Name of its track.
    pub track: String,
    /// What it plays.
    pub role: Role,
    /// Its figures.
    pub measured: Measurement,
    /// Bits, where the format says.
    pub bits: u32,
    /// What decoding it said.
    pub warnings: Vec<String>,
    /// Another stem it is inverted against (its index), by how many milliseconds it is later, and how strongly.
    pub inverted: Option<(usize, f64, f64)>,
    mono: Vec<f32>,
}

/// Rate that pairs are compared at: enough for what sums and cancels, cheap enough for every pair.
const RATE: f64 = 4000.0;
/// Longest distance of two microphones that is looked at, in milliseconds.
const APART: f64 = 15.0;
/// Correlation from which two stems are said to play the same thing.
const SAME: f64 = 0.35;
/// How far around a lag other lags are looked at, in milliseconds: half a period of the deepest tone.
const AROUND: f64 = 50.0;
/// Part of a correlation that no other lag may reach: a tone half a period later looks inverted, and is not.
const ALONE: f64 = 0.8;

/// Endings that are tried.
const ENDINGS: &[&str] = &["wav", "flac", "aif", "aiff", "aifc", "mp3", "ogg", "oga", "m4a", "aac", "caf", "au", "w64", "mka"];

/// Endings of audio that is not read: such files are listed, with what they are.
const OTHERS: &[&str] = &["wv", "opus", "webm", "wma", "mp4", "ape", "mka", "mkv", "mov", "dsf", "dff", "tak", "tta", "mpc", "ac3", "dts", "rf64", "bw64", "w64", "sd2", "snd", "amr", "mp2", "m4b", "3gp"];

/// Folders inside folders that are looked into.
const DEEPEST: usize = 8;

/// Measures every audio file of a folder and of the folders in it. Files that cannot be read come back as a line each.
pub fn listen(folder: &Path, cancel: &AtomicBool) -> Result<(Vec<Stem>, Vec<String>), Stop> {
    let mut files = Vec::new();
    gather(folder, None, DEEPEST, &mut files).map_err(|e| {
        Stop::environment("E0939", format!("{}: {}", folder.display(), crate::project::plain(&e)), "name a folder of audio files")
    })?;
    files.sort();
    let mut stems: Vec<Stem> = Vec::new();
    let mut refused = Vec::new();
    let heard = all(&files, cancel);
    if cancel.load(Ordering::SeqCst) {
        return Err(Stop::Said(Exit::Interrupted));
    }
    for heard in heard {
        match heard {
            Ok(mut stem) => {
                stem.track = unique(&stem.track, &stems);
                stem.copy = copy_name(&stem.file, &stems);
                stems.push(stem);
            }
            Err(e) => refused.push(e.to_string()),
        }
    }
    pairs(&mut stems);
    together(&mut stems);
    Ok((stems, refused))
}

/// An audio file, and what the folder it lies in says of what it plays.
type Found = (PathBuf, Option<Role>);

/// The audio files of a folder and of those in it; `hint` is what the folders around them say. Links to folders are not
/// followed: they may lead back.
fn gather(folder: &Path, hint: Option<Role>, deeper: usize, out: &mut Vec<Found>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
        if name.starts_with('.') {
            continue;
        }
        if entry.file_type().is_ok_and(|t| t.is_dir()) {
            if deeper > 0 {
                let own = Some(role(&name)).filter(|r| *r != Role::Other);
                gather(&path, own.or(hint), deeper - 1, out)?;
            }
            continue;
        }
        let ending = path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
        if (ENDINGS.contains(&ending.as_str()) || OTHERS.contains(&ending.as_str())) && path.is_file() {
            out.push((path, hint));
        }
    }
    Ok(())
}

/// Listens to every file, a thread a core, in the order of the files.
fn all(files: &[Found], cancel: &AtomicBool) -> Vec<Result<Stem, mixdown_media::MediaError>> {
    let next = AtomicUsize::new(0);
    let slots: Vec<Mutex<Option<Result<Stem, mixdown_media::MediaError>>>> = files.iter().map(|_| Mutex::default()).collect();
    let work = || {
        while !cancel.load(Ordering::SeqCst) {
            let i = next.fetch_add(1, Ordering::Relaxed);
            let Some(((path, hint), slot)) = files.get(i).zip(slots.get(i)) else { break };
            let heard = one(path, *hint);
            *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(heard);
        }
    };
    std::thread::scope(|s| {
        for _ in 1..std::thread::available_parallelism().map_or(1, |n| n.get()) {
            s.spawn(work);
        }
        work();
    });
    slots.into_iter().filter_map(|s| s.into_inner().unwrap_or_else(PoisonError::into_inner)).collect()
}

fn one(path: &Path, hint: Option<Role>) -> Result<Stem, mixdown_media::MediaError> {
    let mut reader = mixdown_media::open(path)?;
    let info = reader.info().clone();
    let mut meter = mixdown_meter::Meter::without_bands(info.rate, info.channels)
        .map_err(|e| mixdown_media::MediaError::new("E0910", path, e.to_string(), ""))?;
    let mut block = vec![vec![0f32; 8192]; info.channels as usize];
    let mut mono = Decimator::new(f64::from(info.rate));
    loop {
        let n = reader.read(&mut block, 8192)?;
        if n == 0 {
            break;
        }
        let planes: Vec<&[f32]> = block.iter().map(|b| &b[..n]).collect();
        meter.push(&planes);
        mono.push(&planes, n);
    }
    let file = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let stem = path.file_stem().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    Ok(Stem {
        path: path.to_path_buf(),
        track: track_name(&stem),
        role: placed(role(&stem), hint),
        measured: meter.finish(),
        bits: info.bits,
        warnings: reader.warnings().iter().map(|w| w.message.clone()).collect(),
        inverted: None,
        mono: mono.out,
        copy: String::new(),
        file,
    })
}

/// What a file plays, by its own name, where that goes to the bus that its folder's name says; else what the folder says.
fn placed(own: Role, folder: Option<Role>) -> Role {
    folder.filter(|f| f.bus() != own.bus()).unwrap_or(own)
}

/// A word that the language takes as a name: no leading number, small letters, `_` between parts.
fn track_name(stem: &str) -> String {
    let lower: String = stem.to_lowercase().chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect();
    let parts: Vec<&str> = lower.split('_').filter(|p| !p.is_empty()).collect();
    let skip = parts.first().is_some_and(|p| p.chars().all(|c| c.is_ascii_digit())) && parts.len() > 1;
    let name = parts[usize::from(skip)..].join("_");
    if name.is_empty() {
        return "stem".into();
    }
    if is_name(&name) {
        return name;
    }
    let name = format!("t_{name}");
    // Letters that no name may hold.
    if is_name(&name) { name } else { name.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').collect() }
}

/// Whether a track can be called so without quotes: the parser knows, and these words are the song's own.
fn is_name(name: &str) -> bool {
    let text = format!("track {name} {{ to {name} }}\nlet x = {name}");
    !mixdown_analysis::TAKEN.contains(&name) && !BUSES.contains(&name) && mixdown_syntax::parse(mixdown_syntax::FileId(0), &text).1.is_empty()
}

/// The file's name without characters that end a line, and not the name of another copy.
fn copy_name(file: &str, stems: &[Stem]) -> String {
    let plain: String = file.chars().map(|c| if c.is_control() || "\\*?".contains(c) || c == '\u{fffd}' { '_' } else { c }).collect();
    let mut name = plain.clone();
    let mut n = 2;
    while stems.iter().any(|s| s.copy == name) {
        name = format!("{n}_{plain}");
        n += 1;
    }
    name
}

/// Buses of a rough mix.
const BUSES: &[&str] = &["drums", "low", "guitars", "keys", "vocals", "rest", "reverb"];

fn unique(name: &str, stems: &[Stem]) -> String {
    if !stems.iter().any(|s| s.track == name) {
        return name.to_string();
    }
    let mut n = 2;
    while stems.iter().any(|s| s.track == format!("{name}_{n}")) {
        n += 1;
    }
    format!("{name}_{n}")
}

/// Sums channels and keeps one sample in many, each the mean of those it stands for.
struct Decimator {
    step: f64,
    next: f64,
    at: f64,
    sum: f64,
    count: f64,
    out: Vec<f32>,
}

impl Decimator {
    fn new(rate: f64) -> Self {
        let step = rate / RATE;
        Decimator { step, next: step, at: 0.0, sum: 0.0, count: 0.0, out: Vec::new() }
    }

    fn push(&mut self, planes: &[&[f32]], frames: usize) {
        for i in 0..frames {
            self.sum += planes.iter().map(|p| f64::from(p[i])).sum::<f64>();
            self.count += 1.0;
            self.at += 1.0;
            if self.at >= self.next {
                self.out.push((self.sum / self.count.max(1.0)) as f32);
                (self.sum, self.count) = (0.0, 0.0);
                self.next += self.step;
            }
        }
    }
}

/// Marks stems that carry another one upside down: the later of the two gets the mark.
fn pairs(stems: &mut [Stem]) {
    let most = (APART / 1000.0 * RATE) as i64;
    for b in 0..stems.len() {
        for a in 0..b {
            let measured = |s: &Stem| s.measured.integrated.is_some();
            if stems[a].role.bus() != stems[b].role.bus() || !measured(&stems[a]) || !measured(&stems[b]) {
                continue;
            }
            let (lag, r) = peak(&stems[a].mono, &stems[b].mono, most);
            let (first, later) = if lag >= 0.0 { (a, b) } else { (b, a) };
            let strongest = stems[later].inverted.is_none_or(|(_, _, other)| r < other);
            let whole = lag.round() as i64;
            if r < -SAME && strongest && stems[first].inverted.is_none() && alone(&stems[a].mono, &stems[b].mono, whole) {
                stems[later].inverted = Some((first, lag.abs() / RATE * 1000.0, r));
            }
        }
    }
}

/// Lag (how much later `b` is, between samples too) and value of the strongest correlation within `most` samples.
fn peak(a: &[f32], b: &[f32], most: i64) -> (f64, f64) {
    let all = correlations(a, b, most);
    let Some(best) = (0..all.len()).max_by(|x, y| all[*x].abs().total_cmp(&all[*y].abs())) else { return (0.0, 0.0) };
    // A parabola through the neighbours.
    let between = match (best.checked_sub(1).map(|i| all[i]), all[best], all.get(best + 1)) {
        (Some(l), c, Some(r)) if l + r - 2.0 * c != 0.0 => (0.5 * (l - r) / (l + r - 2.0 * c)).clamp(-0.5, 0.5),
        _ => 0.0,
    };
    (best as f64 - most as f64 + between, all[best])
}

/// Whether the correlation at a lag clearly beats that at every other, its own lobe aside.
fn alone(a: &[f32], b: &[f32], lag: i64) -> bool {
    let most = (AROUND / 1000.0 * RATE) as i64;
    let all = correlations(a, b, most);
    let (before, from) = all.split_at((most + lag).clamp(0, all.len() as i64) as usize);
    let Some(&peak) = from.first() else { return false };
    let lobe = |r: &&f64| **r * peak > 0.0;
    let highest = before.iter().rev().take_while(lobe).chain(from.iter().take_while(lobe)).fold(0.0f64, |m, r| m.max(r.abs()));
    let others = before.iter().rev().skip_while(lobe).chain(from.iter().skip_while(lobe));
    // A lobe that is higher elsewhere has its peak out of reach.
    peak.abs() > 0.95 * highest && others.fold(0.0f64, |m, r| m.max(r.abs())) < ALONE * peak.abs()
}

/// Correlation at every lag from `-most` to `most`; empty where there is too little to compare.
fn correlations(a: &[f32], b: &[f32], most: i64) -> Vec<f64> {
    let n = a.len().min(b.len());
    let energy = |x: &[f32]| x[..n].iter().map(|v| f64::from(*v) * f64::from(*v)).sum::<f64>();
    let norm = (energy(a) * energy(b)).sqrt();
    if n < (2 * most) as usize || norm <= 0.0 {
        return Vec::new();
    }
    let m = most as usize;
    let len = n - 2 * m;
    (0..=2 * m).map(|from| dot(&a[m..m + len], &b[from..from + len]) / norm).collect()
}

/// Sum of products, in eight lanes so that it is not a chain of additions.
fn dot(a: &[f32], b: &[f32]) -> f64 {
    let mut lanes = [0f32; 8];
    for (a, b) in a.chunks_exact(8).zip(b.chunks_exact(8)) {
        for ((lane, a), b) in lanes.iter_mut().zip(a).zip(b) {
            *lane += a * b;
        }
    }
    lanes.iter().map(|l| f64::from(*l)).sum()
}

#[cfg(test)]
mod tests {
    use super::{is_name, track_name};

    #[test]
    fn every_file_name_becomes_a_name() {
        for (file, want) in [
            ("01-kick", "kick"),
            ("Lead Vox (final)", "lead_vox_final"),
            ("808", "t_808"),
            ("drums", "t_drums"),
            ("for", "t_for"),
            ("Gesang Ü", "gesang_ü"),
            ("!!!", "stem"),
            ("a\"b{c}", "a_b_c"),
        ] {
            assert_eq!(track_name(file), want);
            assert!(is_name(want), "{want} is no name");
        }
        for odd in ["½ time", "ａ", "日本語", "🎸", "²", "let", "true", "master", "in", "state"] {
            assert!(is_name(&track_name(odd)), "{odd} became {}", track_name(odd));
        }
    }
}
