//! Bass, two guitars, keys, pad and a riser. Each chord of the song is one bar long, recorded once and placed by the
//! mix.

use crate::synth::{Filter, Random, Saw, Stem, Tape, around, beats, db, noise, peak, pitch, sine};

/// The chords: name, root in the bass, and notes around middle C.
pub const CHORDS: [(&str, f64, [f64; 3]); 5] = [
    ("Am", 33.0, [57.0, 60.0, 64.0]),
    ("F", 29.0, [57.0, 60.0, 65.0]),
    ("C", 36.0, [55.0, 60.0, 64.0]),
    ("G", 31.0, [55.0, 59.0, 62.0]),
    ("E", 28.0, [56.0, 59.0, 64.0]),
];

/// The stems of the band.
pub fn stems() -> Vec<Stem> {
    let mut stems = Vec::new();
    for (i, (name, root, notes)) in CHORDS.into_iter().enumerate() {
        let seed = i as u64 + 1;
        stems.push(bass(name, root, seed));
        stems.push(guitar("gtr1", name, root + 12.0, seed * 3, -0.02));
        stems.push(guitar("gtr2", name, root + 12.0, seed * 3 + 50, 0.03));
        stems.push(keys(name, notes, seed));
        stems.push(pad(name, notes, seed));
    }
    stems.push(riser());
    stems
}

/// Eighths and off-beat octaves on a synthesiser; some notes jump out, and 110 Hz booms.
fn bass(name: &str, root: f64, seed: u64) -> Stem {
    const RATE: f64 = 48000.0;
    let mut tape = Tape::circle(beats(4.0, RATE));
    let mut hand = Random::new(seed + 200);
    let line = [0.0, 0.0, 12.0, 0.0, 0.0, 12.0, 0.0, 7.0];
    for (i, step) in line.into_iter().enumerate() {
        let freq = pitch(root + step);
        let force = 0.7 + 0.3 * hand.next() + if i % 4 == 0 { 0.25 } else { 0.0 };
        let length = beats(0.46, RATE);
        let mut saw = Saw::new(0.0);
        let mut filter = Filter::default();
        let note = (0..length).map(|n| {
            let t = n as f64 / RATE;
            let end = ((length - n) as f64 / (0.012 * RATE)).min(1.0);
            let raw = 0.6 * saw.next(freq / RATE) + 0.6 * sine(freq, t);
            let cut = 180.0 + (1500.0 + 900.0 * force) * (-t / 0.09).exp();
            filter.run(raw, cut, 1.1, RATE)[0] * (t / 0.002).min(1.0) * end * (0.6 + 0.4 * (-t / 0.12).exp())
        });
        tape.add(beats(i as f64 * 0.5, RATE) as isize, force, note.collect::<Vec<_>>());
    }
    let mut boom = Filter::default();
    let mut samples = around(&tape.samples, |x| x + 0.8 * boom.run(x, 110.0, 4.0, RATE)[1]);
    noise(&mut samples, -86.0, seed);
    let mut channels = [samples];
    peak(&mut channels, -4.0 - 1.5 * (seed % 3) as f64);
    Stem::new(format!("bass_{name}"), RATE, channels.into())
}

/// Power chords: three plucked strings (Karplus-Strong), a hot amplifier, a cabinet that bites at 2.6 kHz, mains hum.
fn guitar(track: &str, name: &str, root: f64, seed: u64, detune: f64) -> Stem {
    const RATE: f64 = 44100.0;
    let length = beats(4.0, RATE);
    let mut strings = Tape::circle(length);
    let mut hand = Random::new(seed + 300);
    for (i, beat) in [0.0, 1.5, 3.0].into_iter().enumerate() {
        let last = if i == 2 { 1.0 } else { 1.5 };
        for (k, step) in [0.0, 7.0, 12.0].into_iter().enumerate() {
            let late = (0.004 * k as f64 + 0.003 * hand.next()) * RATE;
            let at = beats(beat, RATE) as isize + late as isize;
            let seed = seed * 31 + i as u64 * 7 + k as u64;
            strings.add(at, 0.5, pluck(pitch(root + step + detune), beats(last, RATE), seed, RATE));
        }
    }
    let mut hum = 0.0;
    let (mut thin, mut first, mut second, mut bite) =
        (Filter::default(), Filter::default(), Filter::default(), Filter::default());
    let mut samples = around(&strings.samples, |x| {
        let clean = thin.run(x, 110.0, 0.7, RATE)[2];
        let hot = (clean * 14.0).tanh();
        let dark = first.run(hot, 4600.0, 0.9, RATE)[0];
        let dark = second.run(dark, 5200.0, 0.6, RATE)[0];
        dark + 1.3 * bite.run(dark, 2650.0, 3.0, RATE)[1]
    });
    for x in &mut samples {
        hum += 1.0 / RATE;
        *x += 0.006 * (sine(50.0, hum) + 0.5 * sine(150.0, hum)) * 1.5;
    }
    noise(&mut samples, -86.0, seed);
    let mut channels = [samples];
    peak(&mut channels, if track == "gtr1" { -5.0 } else { -8.0 });
    Stem::new(format!("{track}_{name}"), RATE, channels.into())
}

fn pluck(freq: f64, length: usize, seed: u64, rate: f64) -> Vec<f64> {
    let period = rate / freq - 0.5;
    let whole = period.floor() as usize;
    let part = period - whole as f64;
    let mut random = Random::new(seed);
    let mut string: Vec<f64> = (0..=whole).map(|_| random.next()).collect();
    // A pick is soft: it leaves out the highest partials.
    for i in (1..string.len()).rev() {
        string[i] = 0.5 * (string[i] + string[i - 1]);
    }
    let mut out = Vec::with_capacity(length);
    let (mut place, mut before) = (0usize, 0.0);
    for n in 0..length {
        let now = string[place];
        let next = string[(place + 1) % string.len()];
        let read = now + (next - now) * (1.0 - part);
        string[place] = 0.498 * (read + before);
        before = read;
        place = (place + 1) % string.len();
        let end = ((length - n) as f64 / (0.008 * rate)).min(1.0);
        out.push(read * end);
    }
    out
}

/// Sixteenths up and down the chord on a plucked synthesiser; its output has a constant offset.
fn keys(name: &str, notes: [f64; 3], seed: u64) -> Stem {
    const RATE: f64 = 44100.0;
    let mut tape = Tape::circle(beats(4.0, RATE));
    let ladder = [notes[0], notes[1], notes[2], notes[0] + 12.0, notes[1] + 12.0, notes[2] + 12.0];
    let walk = [0, 2, 3, 4, 3, 2, 4, 5, 3, 2, 4, 3, 2, 1, 2, 3];
    let mut hand = Random::new(seed + 400);
    for (i, step) in walk.into_iter().enumerate() {
        let freq = pitch(ladder[step] + 12.0);
        let force = 0.6 + 0.15 * hand.next() + if i % 4 == 0 { 0.3 } else { 0.0 };
        let (mut one, mut two) = (Saw::new(0.0), Saw::new(0.3));
        let mut filter = Filter::default();
        let note: Vec<f64> = (0..beats(0.75, RATE))
            .map(|n| {
                let t = n as f64 / RATE;
                let raw = one.next(freq * 0.9985 / RATE) + two.next(freq * 1.0015 / RATE);
                let cut = 500.0 + 4200.0 * force * (-t / 0.07).exp();
                filter.run(raw, cut, 1.6, RATE)[0] * (-t / 0.13).exp() * (t / 0.0015).min(1.0)
            })
            .collect();
        tape.add(beats(i as f64 * 0.25, RATE) as isize, force, note);
    }
    let mut channels = [tape.samples];
    peak(&mut channels, -9.0);
    channels[0].iter_mut().for_each(|x| *x += 0.025);
    Stem::new(format!("keys_{name}"), RATE, channels.into())
}

/// Five detuned saws a note, in stereo, warm to the point of mud. A little longer than its bar, to overlap with the
/// next.
fn pad(name: &str, notes: [f64; 3], seed: u64) -> Stem {
    const RATE: f64 = 44100.0;
    let length = beats(4.25, RATE);
    let fade = beats(0.25, RATE) as f64;
    let mut channels: Vec<Vec<f64>> = (0..2u64)
        .map(|side| {
            let mut voices: Vec<(f64, Saw)> = Vec::new();
            let mut random = Random::new(seed * 10 + side);
            for note in notes.into_iter().chain([notes[0] - 12.0]) {
                for k in 0..5 {
                    let cents = 0.07 * (f64::from(k) - 2.0) + 0.02 * random.next();
                    voices.push((pitch(note + cents), Saw::new(0.5 + 0.5 * random.next())));
                }
            }
            let (mut low, mut mud) = (Filter::default(), Filter::default());
            (0..length)
                .map(|n| {
                    let raw: f64 = voices.iter_mut().map(|(freq, saw)| saw.next(*freq / RATE)).sum();
                    let dark = low.run(raw, 1500.0, 0.7, RATE)[0];
                    let thick = dark + 0.9 * mud.run(dark, 260.0, 1.5, RATE)[1];
                    let edge = (n as f64 / fade).min((length - n) as f64 / fade).min(1.0);
                    thick * (0.5 * std::f64::consts::PI * edge).sin()
                })
                .collect()
        })
        .collect();
    peak(&mut channels, -10.0);
    Stem::new(format!("pad_{name}"), RATE, channels)
}

/// Two bars of wind that rise; recorded at 32 kHz on something old.
fn riser() -> Stem {
    const RATE: f64 = 32000.0;
    let length = beats(8.0, RATE);
    let mut random = Random::new(900);
    let mut filter = Filter::default();
    let samples: Vec<f64> = (0..length)
        .map(|n| {
            let u = n as f64 / length as f64;
            let freq = 300.0 * (u * 4.3).exp2();
            let wind = filter.run(random.next(), freq, 3.0, RATE)[1];
            wind * db(-36.0 + 36.0 * u) * ((length - n) as f64 / (0.01 * RATE)).min(1.0)
        })
        .collect();
    let mut channels = [samples];
    peak(&mut channels, -8.0);
    Stem::new("riser", RATE, channels.into())
}
