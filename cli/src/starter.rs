//! What `mixdown new` writes: a small song, a chain library, and three stems that this file plays.

use crate::exit::Stop;
use mixdown_media::{AudioSink, OutputFormat, SinkSpec, WavSink};
use std::f64::consts::TAU;
use std::path::Path;

/// The song.
pub const SONG: &str = include_str!("template/song.mix");
/// The chain library.
pub const CHAINS: &str = include_str!("template/chains.mix");

const RATE: u32 = 48_000;
/// 100 bpm.
const BEAT: f64 = 0.6;
const BEATS: usize = 16;

/// Plays three stems of four bars into a folder.
pub fn stems(folder: &Path) -> Result<(), Stop> {
    std::fs::create_dir_all(folder)
        .map_err(|e| Stop::environment("E0939", format!("{}: {}", folder.display(), crate::project::plain(&e)), "check the folder"))?;
    stem(&folder.join("beat.wav"), beat)?;
    stem(&folder.join("bass.wav"), bass)?;
    stem(&folder.join("voice.wav"), voice)
}

fn stem(path: &Path, play: fn(f64) -> f64) -> Result<(), Stop> {
    let mut sink = Box::new(WavSink::create(path, &SinkSpec::new(RATE, 1, OutputFormat::Int16))?);
    sink.write(&[&played(play)])?;
    sink.finish()?;
    Ok(())
}

/// A stem of four bars at 48 kHz.
pub fn played(play: fn(f64) -> f64) -> Vec<f32> {
    let frames = (BEATS as f64 * BEAT * f64::from(RATE)) as usize;
    (0..frames).map(|i| play(i as f64 / f64::from(RATE)) as f32).collect()
}

/// Kick on one and three, snare on two and four, hats on the eighths.
pub fn beat(t: f64) -> f64 {
    let at = t / BEAT;
    let (n, since) = (at as usize, at.fract() * BEAT);
    let hat_since = (at * 2.0).fract() * BEAT / 2.0;
    let hat = noise(t) * (-hat_since * 90.0).exp() * 0.12;
    let drum = if n.is_multiple_of(2) {
        let phase = 50.0 * since - 90.0 / 40.0 * ((-40.0 * since).exp() - 1.0);
        (TAU * phase).sin() * (-since * 9.0).exp() * 0.8
    } else {
        (noise(t + 0.5) * 0.5 + (TAU * 190.0 * since).sin() * 0.4) * (-since * 18.0).exp()
    };
    drum + hat
}

/// One note a beat, a saw made of its first harmonics.
pub fn bass(t: f64) -> f64 {
    let notes = [55.0, 55.0, 65.41, 49.0];
    let at = t / BEAT;
    let f = notes[at as usize / 4 % notes.len()];
    let since = at.fract() * BEAT;
    let tone: f64 = (1..=8).map(|k| (TAU * f * f64::from(k) * t).sin() / f64::from(k)).sum();
    tone * 0.3 * (1.0 - (-since * 200.0).exp()) * (-since * 2.5).exp()
}

/// A line with vibrato and two formants, silent for the first bar.
pub fn voice(t: f64) -> f64 {
    let notes = [220.0, 261.63, 246.94, 196.0, 220.0, 329.63];
    let at = t / (2.0 * BEAT) - 2.0;
    if at < 0.0 {
        return 0.0;
    }
    let f = notes[at as usize % notes.len()];
    let since = at.fract() * 2.0 * BEAT;
    let phase = f * t + 0.6 * (TAU * 5.5 * t).sin() * (1.0 - (-since * 3.0).exp());
    let tone: f64 = (1..=16)
        .map(|k| {
            let h = f64::from(k);
            let near = |centre: f64, width: f64| (-((f * h - centre) / width).powi(2)).exp();
            (TAU * phase * h).sin() * (0.15 / h + near(700.0, 250.0) * 0.5 + near(1200.0, 300.0) * 0.3)
        })
        .sum();
    tone * 0.35 * (1.0 - (-since * 25.0).exp()) * (-(since - 0.8).max(0.0) * 12.0).exp()
}

/// A hash of time as noise: the same stems on every machine.
fn noise(t: f64) -> f64 {
    let mut x = (t * f64::from(RATE)) as u64;
    x = (x ^ 0x9e37_79b9).wrapping_mul(0xff51_afd7_ed55_8ccd);
    x ^= x >> 33;
    x = x.wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    ((x >> 11) as f64 / (1u64 << 52) as f64) - 1.0
}
