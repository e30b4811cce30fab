//! A singer and a choir: a pulse train through the formants of sung vowels, with consonants in front of the notes.

use crate::band::CHORDS;
use crate::synth::{Filter, Random, Saw, Stem, Tape, beats, db, noise, peak, pitch, sine};

/// Formants of a sung alto: frequency, level in dB.
type Vowel = [(f64, f64); 4];
const A: Vowel = [(800.0, 0.0), (1150.0, -4.0), (2800.0, -20.0), (3500.0, -30.0)];
const E: Vowel = [(400.0, 0.0), (1600.0, -14.0), (2700.0, -22.0), (3300.0, -30.0)];
const I: Vowel = [(350.0, 0.0), (1700.0, -16.0), (2700.0, -22.0), (3700.0, -30.0)];
const O: Vowel = [(450.0, 0.0), (800.0, -7.0), (2830.0, -20.0), (3500.0, -28.0)];
const U: Vowel = [(325.0, 0.0), (700.0, -10.0), (2530.0, -28.0), (3500.0, -36.0)];

/// What stands in front of a vowel.
#[derive(Clone, Copy, PartialEq)]
enum Start {
    Soft,
    /// A hard s or t: noise around 7 kHz.
    Hiss,
    /// A p or b straight into the microphone: a thump of air.
    Pop,
}
use Start::{Hiss, Pop, Soft};

/// A sung note: start and length in beats, MIDI note, vowel at its start and end, consonant, level in dB.
type Note = (f64, f64, f64, Vowel, Vowel, Start, f64);

/// The stems of the voices.
pub fn stems() -> Vec<Stem> {
    let mut stems = vec![verse(), chorus()];
    for (i, (name, _, notes)) in CHORDS.into_iter().enumerate() {
        for (voice, note) in [(1, notes[2]), (2, notes[1])] {
            stems.push(choir(voice, name, note, (i * 2 + voice) as u64));
        }
    }
    stems
}

/// Close to the microphone, half spoken: pops and esses stand out, and the last lines are much softer.
fn verse() -> Stem {
    let line: [Note; 15] = [
        (0.0, 1.4, 64.0, A, E, Pop, 0.0),
        (1.5, 0.4, 62.0, I, I, Soft, -4.0),
        (2.0, 0.9, 60.0, O, U, Hiss, -2.0),
        (3.0, 0.8, 62.0, A, A, Soft, -3.0),
        (4.0, 1.4, 60.0, E, I, Hiss, -1.0),
        (5.5, 0.4, 57.0, O, O, Soft, -5.0),
        (6.0, 1.6, 57.0, A, O, Pop, -3.0),
        (8.0, 0.9, 64.0, I, E, Hiss, -5.0),
        (9.0, 0.4, 62.0, A, A, Soft, -8.0),
        (9.5, 0.4, 60.0, A, O, Pop, -8.0),
        (10.0, 0.9, 62.0, E, E, Soft, -7.0),
        (11.0, 0.8, 64.0, A, I, Hiss, -6.0),
        (12.0, 2.3, 62.0, A, U, Soft, -7.0),
        (14.75, 0.25, 59.0, U, U, Soft, -10.0),
        (15.0, 0.8, 59.0, A, O, Pop, -9.0),
    ];
    let mut samples = sing(&line, 16.0, 7);
    noise(&mut samples, -100.0, 70);
    let mut channels = [samples];
    peak(&mut channels, -8.0);
    Stem { deep: true, ..Stem::new("vocal_verse", RATE, channels.into()) }
}

/// Eight bars, full voice.
fn chorus() -> Stem {
    let line: [Note; 24] = [
        (0.0, 0.9, 69.0, A, E, Hiss, -2.0),
        (1.0, 0.4, 69.0, I, I, Soft, -4.0),
        (1.5, 0.9, 67.0, A, O, Pop, -3.0),
        (2.5, 1.2, 65.0, O, U, Soft, -3.0),
        (4.0, 0.9, 67.0, A, A, Hiss, -2.0),
        (5.0, 0.4, 67.0, E, E, Soft, -4.0),
        (5.5, 0.9, 69.0, I, A, Soft, -2.0),
        (6.5, 1.2, 71.0, A, O, Pop, -1.0),
        (8.0, 1.9, 72.0, A, E, Hiss, 0.0),
        (10.0, 0.4, 71.0, I, I, Soft, -3.0),
        (10.5, 1.2, 69.0, O, A, Soft, -2.0),
        (12.0, 0.9, 67.0, E, E, Hiss, -3.0),
        (13.0, 0.4, 64.0, A, A, Soft, -5.0),
        (13.5, 1.9, 67.0, A, U, Pop, -3.0),
        (16.0, 0.9, 69.0, A, E, Hiss, -1.0),
        (17.0, 0.4, 69.0, I, I, Soft, -3.0),
        (17.5, 0.9, 72.0, A, A, Pop, -1.0),
        (18.5, 1.2, 69.0, O, U, Soft, -2.0),
        (20.0, 0.9, 71.0, A, A, Hiss, -1.0),
        (21.0, 0.4, 71.0, E, E, Soft, -3.0),
        (21.5, 0.9, 72.0, I, A, Soft, 0.0),
        (22.5, 1.2, 74.0, A, O, Pop, 0.0),
        (24.0, 3.4, 76.0, A, E, Hiss, 1.0),
        (28.0, 3.2, 71.0, A, U, Soft, -2.0),
    ];
    let mut samples = sing(&line, 32.0, 8);
    noise(&mut samples, -88.0, 80);
    let mut channels = [samples];
    peak(&mut channels, -2.5);
    Stem::new("vocal_chorus", RATE, channels.into())
}

const RATE: f64 = 44100.0;

fn sing(line: &[Note], length: f64, seed: u64) -> Vec<f64> {
    let mut tape = Tape::open(beats(length, RATE));
    for (i, &(at, long, note, from, to, start, level)) in line.iter().enumerate() {
        let at = beats(at, RATE) as isize;
        let before = if i > 0 { line[i - 1].2 } else { note - 2.0 };
        let seed = seed * 100 + i as u64;
        tape.add(at, db(level), vowel(note, before, beats(long, RATE), (from, to), seed));
        match start {
            Soft => {}
            Hiss => tape.add(at - (0.085 * RATE) as isize, db(level - 3.0), hiss(seed)),
            Pop => tape.add(at - (0.012 * RATE) as isize, db(level + 3.0), pop(seed)),
        }
    }
    tape.samples
}

fn vowel(note: f64, before: f64, length: usize, (from, to): (Vowel, Vowel), seed: u64) -> Vec<f64> {
    let mut random = Random::new(seed);
    let mut pulse = Saw::new(0.5);
    let mut tilt = Filter::default();
    let mut formants: [Filter; 4] = Default::default();
    let drift = 0.06 * random.next();
    (0..length)
        .map(|n| {
            let t = n as f64 / RATE;
            let u = n as f64 / length as f64;
            // Slides in from the note before; vibrato sets in after a third of a second.
            let slide = (before - note).clamp(-3.0, 3.0) * (-t / 0.028).exp();
            let vibrato = 0.28 * ((t - 0.25) / 0.3).clamp(0.0, 1.0) * sine(5.4 + drift, t);
            let freq = pitch(note + slide + vibrato + drift);
            let breath = 0.05 * random.next();
            let source = tilt.run(pulse.next(freq / RATE), 2000.0, 0.6, RATE)[0] * 2.0 + breath;
            let mix = u * u * (3.0 - 2.0 * u);
            let sung: f64 = formants
                .iter_mut()
                .zip(from.iter().zip(to))
                .map(|(filter, (a, b))| {
                    let freq = a.0 + (b.0 - a.0) * mix;
                    let gain = db(a.1 + (b.1 - a.1) * mix + 8.0 * (freq / 1000.0).max(1.0).log2());
                    gain * filter.run(source, freq, freq / 95.0, RATE)[1]
                })
                .sum();
            let attack = (t / 0.035).min(1.0);
            let end = ((length - n) as f64 / (0.07 * RATE)).min(1.0);
            sung * attack * end * (0.85 + 0.15 * (t / 0.3).min(1.0))
        })
        .collect()
}

fn hiss(seed: u64) -> Vec<f64> {
    let mut random = Random::new(seed + 7);
    let (mut one, mut two) = (Filter::default(), Filter::default());
    (0..(0.12 * RATE) as usize)
        .map(|n| {
            let t = n as f64 / RATE;
            let band = one.run(random.next(), 7200.0, 1.8, RATE)[1];
            let thin = two.run(band, 5200.0, 0.7, RATE)[2];
            0.7 * thin * (t / 0.02).min(1.0) * ((0.12 - t) / 0.04).clamp(0.0, 1.0)
        })
        .collect()
}

fn pop(seed: u64) -> Vec<f64> {
    let mut random = Random::new(seed + 9);
    let mut filter = Filter::default();
    (0..(0.11 * RATE) as usize)
        .map(|n| {
            let t = n as f64 / RATE;
            let air = 0.75 * sine(52.0 - 120.0 * t, t) * (-t / 0.03).exp() * (t / 0.004).min(1.0);
            let lips = 0.5 * filter.run(random.next(), 1300.0, 0.7, RATE)[1] * (-t / 0.006).exp();
            air + lips
        })
        .collect()
}

/// Two singers on one note, a bar long, on an `oo` that opens.
fn choir(voice: usize, name: &str, note: f64, seed: u64) -> Stem {
    let length = beats(4.0, RATE);
    let mut samples = vec![0.0; length];
    for k in 0..2 {
        let off = if k == 0 { -0.07 } else { 0.06 };
        let one = vowel(note + off, note + off, length, (U, O), seed * 5 + k);
        for (n, x) in one.into_iter().enumerate() {
            let t = n as f64 / RATE;
            samples[n] += x * (t / 0.12).min(1.0);
        }
    }
    noise(&mut samples, -82.0, seed + 500);
    let mut channels = [samples];
    peak(&mut channels, -10.0);
    Stem::new(format!("bv{voice}_{name}"), RATE, channels.into())
}
