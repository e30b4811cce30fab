//! The interpreter and machine code agree bit for bit, with default, random, curved and swayed parameters, mono and
//! stereo; what comes out is finite and no blast. Prints a line for each effect.

use super::{song, widths};
use mixdown::build::Runner;
use mixdown_tests::library::{Known, following, library, may_move, motion};
use mixdown_tests::rig::{Heard, How};
use mixdown_tests::signal::{Dice, difference, peak, stimulus};

/// Registers that the code of an effect with default parameters may keep in memory.
const MOST_SPILLS: usize = 256;

/// Frames of a random try.
const SHORT: usize = 14_400;

fn how(runner: Runner) -> How {
    How { runner, deliver: vec!["track.t".into()], ..How::default() }
}

/// Runs a call on both engines; what machine code gave.
fn agreed(known: &Known, call: &str, x: &[Vec<f32>], seconds: f64) -> Result<Heard<f32>, String> {
    let song = song(known, call, x, seconds);
    let why = |e: String| format!("{call} on {} channels: {e}", x.len());
    let fast = song.try_hear::<f32>(&how(Runner::Jit)).map_err(why)?;
    let slow = song.try_hear::<f32>(&how(Runner::Interpreter)).map_err(why)?;
    if let Some(d) = difference(slow.strip("track.t"), fast.strip("track.t")) {
        return Err(why(format!("interpreter and machine code differ: {d}")));
    }
    match fast.report.faults.first() {
        Some((_, n)) => Err(why(format!("{n} samples are not finite"))),
        None => Ok(fast),
    }
}

/// How parameters move.
#[derive(Clone, Copy)]
enum Motion {
    Curves,
    Lfos,
    /// With another strip, at audio rate.
    Heard,
}

/// A call whose parameters all move.
fn moving(known: &Known, dice: &mut Dice, how: Motion) -> String {
    let mut given = Vec::new();
    for p in known.params.iter().filter(|p| may_move(p)) {
        let text = loop {
            match (how, motion(p, dice)) {
                (Motion::Heard, _) => break following(p, "k", dice),
                (Motion::Lfos, text) if text.starts_with("lfo") => break text,
                (Motion::Curves, text) if text.starts_with("curve") => break text,
                _ => {}
            }
        };
        given.push((p.name.as_str(), text));
    }
    known.call(&given)
}

fn examine(known: &Known, index: usize) -> Result<(), String> {
    let mut dice = Dice::new(1000 + index as u64);
    for &channels in widths(known) {
        let x = stimulus(index as u64, SHORT, channels);
        let plain = agreed(known, &known.call(&[]), &x, 0.3)?;
        let loud = peak(plain.strip("track.t"));
        if loud > 4.0 {
            return Err(format!("{} makes a peak of {loud:.2} out of {:.2}", known.call(&[]), peak(&x)));
        }
        let mut calls: Vec<String> = (0..3).map(|_| known.random(&mut dice, false, &[])).collect();
        calls.extend([Motion::Curves, Motion::Lfos, Motion::Heard].map(|m| moving(known, &mut dice, m)));
        for call in calls {
            let heard = agreed(known, &call, &x, 0.3)?;
            let loud = peak(heard.strip("track.t"));
            // 24 dB of written gain, or of resonance, twice over.
            if loud > 1000.0 {
                return Err(format!("{call} makes a peak of {loud:.0}"));
            }
        }
    }
    wide(known)?;
    figures(known)
}

/// The same in 64 bits.
fn wide(known: &Known) -> Result<(), String> {
    let x = stimulus(3, 4800, *widths(known).last().unwrap_or(&1));
    let song = song(known, &known.call(&[]), &x, 0.1);
    let a = song.try_hear::<f64>(&how(Runner::Jit))?;
    let b = song.try_hear::<f64>(&how(Runner::Interpreter))?;
    let same = |x: &[Vec<f64>], y: &[Vec<f64>]| x.iter().flatten().zip(y.iter().flatten()).all(|(x, y)| x.to_bits() == y.to_bits());
    if same(a.strip("track.t"), b.strip("track.t")) { Ok(()) } else { Err(format!("{} in 64 bits differs", known.name)) }
}

fn figures(known: &Known) -> Result<(), String> {
    let frames = 48_000;
    let channels = *widths(known).last().unwrap_or(&1);
    let x = stimulus(5, frames, channels);
    let song = song(known, &known.call(&[]), &x, 1.0);
    let how = How { spills: true, ..how(Runner::Jit) };
    let mix = song.mix()?;
    let built = song.build::<f32>(&mix, &how)?;
    let mut heard = song.play::<f32>(&mix, &built, &how)?;
    for _ in 0..2 {
        let again = song.play::<f32>(&mix, &built, &how)?;
        if again.report.dsp_seconds < heard.report.dsp_seconds {
            heard = again;
        }
    }
    let ops: usize = built.lowered.kernels.iter().map(|(k, _)| k.body.len()).sum();
    let kernels = &heard.report.kernels;
    let stages: usize = kernels.iter().map(|k| k.path.stages).sum();
    let spills: usize = kernels.iter().map(|k| k.path.spills).sum();
    let bytes: usize = kernels.iter().map(|k| k.path.bytes).sum();
    let seconds = heard.report.dsp_seconds - heard.report.mix_seconds;
    let latency = built.lowered.program.outputs.iter().find(|o| o.name == "track.t").map_or(0, |o| o.channels[0].offset);
    println!(
        "{:16} {channels} ch  {:2} kernels  {ops:5} ops  {stages:2} stages  {spills:3} spills  {bytes:6} bytes  {:7.1} ns/sample  latency {latency:4}  peak {:.2}",
        known.name,
        kernels.len(),
        seconds * 1e9 / frames as f64,
        peak(heard.strip("track.t")),
    );
    if spills > MOST_SPILLS {
        return Err(format!("{} spills {spills} registers, more than {MOST_SPILLS}", known.name));
    }
    Ok(())
}

#[test]
fn interpreter_and_machine_code_agree() {
    let all: Vec<(usize, Known)> = library().into_iter().enumerate().collect();
    let bad: Vec<String> = all.iter().filter_map(|(i, k)| examine(k, *i).err()).collect();
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

#[test]
fn all_effects_in_one_song_on_threads_and_in_blocks() {
    let mut text = String::from("length 0.3s\n");
    for (i, known) in library().iter().enumerate() {
        let way = if known.takes_input { format!("source \"x{}.wav\"; {}", i % 2, known.call(&[])) } else { format!("source {}", known.call(&[])) };
        let way = if known.stereo_only { way.replace("x0", "x1") } else { way };
        // Twice, so that equal kernels share packs.
        text += &format!("track a{i} {{ {way}; fader -30dB }}\ntrack b{i} {{ {way}; fader -33dB }}\n");
    }
    let song = mixdown_tests::rig::Song::new(text).with("x0.wav", stimulus(8, SHORT, 1)).with("x1.wav", stimulus(9, SHORT, 2));
    let mix = song.mix().expect("a song of all effects");
    let built = song.build::<f32>(&mix, &How::default()).expect("built");
    let first = song.play::<f32>(&mix, &built, &How::default()).expect("played");
    assert!(peak(first.master()) > 0.01);
    for (threads, block) in [(3, 64), (1, 7), (2, 512), (4, 4096)] {
        let other = song.play::<f32>(&mix, &built, &How { threads, block, ..How::default() }).expect("played");
        assert_eq!(difference(first.master(), other.master()), None, "{threads} threads, blocks of {block}");
    }
}
