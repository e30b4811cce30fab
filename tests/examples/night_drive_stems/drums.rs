//! A drummer and six microphones: kick, snare, hats, toms and a pair of overheads that hear everything a metre away.

use crate::synth::{Filter, Random, Stem, Tape, around, beats, db, noise, peak, sine};

const RATE: f64 = 44100.0;

/// What is hit, when (beats) and how hard.
struct Part {
    name: &'static str,
    beats: f64,
    kick: Vec<(f64, f64)>,
    snare: Vec<(f64, f64)>,
    hats: Vec<(f64, f64)>,
    toms: Vec<(f64, f64, f64)>,
}

/// The stems of the kit: a groove for the verse, one for the chorus, a fill, a crash.
pub fn stems() -> Vec<Stem> {
    let verse = Part {
        name: "verse",
        beats: 8.0,
        kick: vec![(0.0, 1.0), (2.5, 0.8), (4.0, 1.0), (5.5, 0.7), (6.5, 0.85)],
        snare: vec![(1.0, 0.95), (3.0, 1.0), (5.0, 0.9), (7.0, 1.0), (7.75, 0.25)],
        hats: (0..16).map(|i| (f64::from(i) * 0.5, if i % 2 == 0 { 0.9 } else { 0.55 })).collect(),
        toms: Vec::new(),
    };
    let chorus = Part {
        name: "chorus",
        beats: 8.0,
        kick: (0..8).map(|i| (f64::from(i), 1.0)).chain([(3.5, 0.7), (7.5, 0.75)]).collect(),
        snare: vec![(1.0, 1.0), (3.0, 0.95), (3.75, 0.3), (5.0, 1.0), (7.0, 1.0), (7.25, 0.3)],
        hats: (0..32).map(|i| (f64::from(i) * 0.25, [1.0, 0.4, 0.75, 0.45][i as usize % 4])).collect(),
        toms: Vec::new(),
    };
    let fill = Part {
        name: "fill",
        beats: 4.0,
        kick: vec![(0.0, 1.0), (2.0, 0.9)],
        snare: vec![(0.0, 0.8), (0.5, 0.7), (0.75, 0.8), (1.0, 0.95)],
        hats: vec![(0.0, 0.8)],
        toms: vec![
            (1.5, 165.0, 0.8),
            (1.75, 165.0, 0.9),
            (2.0, 125.0, 0.85),
            (2.25, 125.0, 0.8),
            (2.5, 125.0, 0.95),
            (3.0, 88.0, 1.0),
            (3.25, 88.0, 0.85),
            (3.5, 88.0, 1.0),
        ],
    };
    let mut stems: Vec<Stem> = [verse, chorus, fill].iter().flat_map(record).collect();
    stems.push(crash());
    stems
}

fn record(part: &Part) -> Vec<Stem> {
    let length = beats(part.beats, RATE);
    let tape = || if part.toms.is_empty() { Tape::circle(length) } else { Tape::open(length + beats(1.0, RATE)) };
    let (mut kick, mut snare, mut hats, mut toms) = (tape(), tape(), tape(), tape());
    let mut hand = Random::new(part.name.len() as u64 * 77);
    // A good drummer: 3 ms early or late, 1 dB harder or softer.
    let mut place = |beat: f64| (beats(beat, RATE) as isize + (hand.next() * 0.003 * RATE) as isize, db(hand.next()));
    for &(beat, force) in &part.kick {
        let (at, gain) = place(beat);
        kick.add(at, gain * force, kick_drum());
    }
    for (i, &(beat, force)) in part.snare.iter().enumerate() {
        let (at, gain) = place(beat);
        snare.add(at, gain * force, snare_drum(i as u64, force));
    }
    for (i, &(beat, force)) in part.hats.iter().enumerate() {
        let (at, gain) = place(beat);
        hats.add(at, gain * force, hat(i as u64, force));
    }
    for &(beat, freq, force) in &part.toms {
        let (at, gain) = place(beat);
        toms.add(at, gain * force, tom(freq));
    }

    let dull = |samples: &[f64], freq: f64| {
        let mut filter = Filter::default();
        around(samples, |x| filter.run(x, freq, 0.6, RATE)[0])
    };
    let (kick, snare, hats, toms) = (kick.samples, snare.samples, hats.samples, toms.samples);
    let mixed = |parts: &[(&[f64], f64)]| -> Vec<f64> {
        (0..kick.len()).map(|i| parts.iter().map(|(samples, gain)| samples[i] * gain).sum()).collect()
    };

    // Close microphones hear their neighbours.
    let mut at_kick = mixed(&[(&kick, 1.0), (&dull(&snare, 900.0), 0.09), (&dull(&toms, 300.0), 0.2)]);
    let mut at_snare = mixed(&[(&snare, 1.0), (&dull(&kick, 500.0), 0.10), (&hats, 0.16), (&dull(&toms, 900.0), 0.2)]);
    let mut at_hats = mixed(&[(&hats, 1.0), (&snare, 0.13), (&dull(&kick, 200.0), 0.10)]);
    // The floor of the room shakes the stands.
    for (i, x) in at_hats.iter_mut().enumerate() {
        *x += 0.02 * sine(31.0, i as f64 / RATE);
    }
    let mut pair = overheads(&kick, &snare, &hats, &toms);

    for (samples, level, seed) in [(&mut at_kick, -92.0, 1), (&mut at_snare, -92.0, 2), (&mut at_hats, -92.0, 3)] {
        noise(samples, level, seed);
    }
    peak(std::slice::from_mut(&mut at_kick), -3.5);
    peak(std::slice::from_mut(&mut at_snare), -5.0);
    peak(std::slice::from_mut(&mut at_hats), -19.0);
    peak(&mut pair, -17.0);
    let mut stems = vec![
        Stem::new(format!("kick_{}", part.name), RATE, vec![at_kick]),
        Stem::new(format!("snare_{}", part.name), RATE, vec![at_snare]),
        Stem::new(format!("hats_{}", part.name), RATE, vec![at_hats]),
        Stem::new(format!("overheads_{}", part.name), RATE, pair),
    ];
    if !part.toms.is_empty() {
        let mut at_toms = mixed(&[(&toms, 1.0), (&dull(&snare, 1500.0), 0.15), (&dull(&kick, 300.0), 0.15)]);
        noise(&mut at_toms, -90.0, 4);
        peak(std::slice::from_mut(&mut at_toms), -6.0);
        stems.push(Stem::new("toms_fill", RATE, vec![at_toms]));
    }
    stems
}

/// Two microphones above the kit: later, with the room's first reflections, on cables that were soldered the wrong way
/// round, so that both pull when the close ones push.
fn overheads(kick: &[f64], snare: &[f64], hats: &[f64], toms: &[f64]) -> Vec<Vec<f64>> {
    let length = kick.len() as isize;
    let sides = [(128, 1.0, 0.55), (135, 0.6, 0.9)];
    let reflections =
        [[(0, 1.0), (431, 0.34), (977, 0.23), (1607, 0.16)], [(0, 1.0), (523, 0.33), (883, 0.24), (1733, 0.15)]];
    let mut pair: Vec<Vec<f64>> = Vec::new();
    for ((late, hat_gain, tom_gain), taps) in sides.into_iter().zip(reflections) {
        let side = (0..length).map(|i| {
            let at = |back: isize| (i - back).rem_euclid(length) as usize;
            let heard: f64 = taps
                .iter()
                .map(|&(more, gain)| {
                    let t = at(late + more);
                    gain * (0.3 * kick[t] + 0.6 * snare[t] + 0.55 * hat_gain * hats[t] + 0.6 * tom_gain * toms[t])
                })
                .sum();
            -heard
        });
        pair.push(side.collect());
    }
    pair.iter_mut().zip([11, 12]).for_each(|(side, seed)| noise(side, -88.0, seed));
    pair
}

fn seconds(count: f64) -> impl Iterator<Item = f64> {
    (0..(count * RATE) as usize).map(|i| i as f64 / RATE)
}

fn kick_drum() -> Vec<f64> {
    let mut click = Random::new(5);
    let mut filter = Filter::default();
    seconds(0.5)
        .map(|t| {
            // The skin falls from 190 to 49 Hz.
            let cycles = 49.0 * t + (190.0 - 49.0) * 0.022 * (1.0 - (-t / 0.022).exp());
            let body = (std::f64::consts::TAU * cycles).sin() * (-t / 0.16).exp();
            let boxy = 0.16 * sine(310.0, t) * (-t / 0.07).exp();
            let beater = 0.5 * filter.run(click.next() * (-t / 0.003).exp(), 3200.0, 0.8, RATE)[1];
            (body + boxy + beater) * (t / 0.0008).min(1.0)
        })
        .collect()
}

fn snare_drum(seed: u64, force: f64) -> Vec<f64> {
    let mut wires = Random::new(seed + 40);
    let (mut low, mut high) = (Filter::default(), Filter::default());
    seconds(0.45)
        .map(|t| {
            let shell = 0.55 * sine(187.0, t) * (-t / 0.07).exp() + 0.3 * sine(336.0, t) * (-t / 0.05).exp();
            let ring = 0.17 * sine(823.0, t) * (-t / 0.15).exp();
            let rattle = high.run(wires.next(), 1500.0, 0.7, RATE)[2] * (-t / (0.05 + 0.07 * force)).exp();
            let rattle = low.run(rattle, 9000.0, 0.7, RATE)[0];
            (shell + ring + 0.55 * rattle) * (t / 0.0006).min(1.0)
        })
        .collect()
}

fn hat(seed: u64, force: f64) -> Vec<f64> {
    let mut air = Random::new(seed + 90);
    let (mut first, mut second) = (Filter::default(), Filter::default());
    seconds(0.25)
        .map(|t| {
            // Six square waves that share no multiple, as in the drum machines.
            let metal: f64 =
                [2113.0, 3047.0, 3693.0, 4521.0, 5407.0, 8133.0].iter().map(|f| sine(*f, t).signum()).sum();
            let raw = 0.13 * metal + 0.6 * air.next();
            let thin = first.run(raw, 6500.0, 0.8, RATE)[2];
            second.run(thin, 7200.0, 0.7, RATE)[2] * (-t / (0.018 + 0.03 * force)).exp()
        })
        .collect()
}

fn tom(freq: f64) -> Vec<f64> {
    let mut skin = Random::new(freq as u64);
    let mut filter = Filter::default();
    seconds(0.9)
        .map(|t| {
            let cycles = freq * t + freq * 0.45 * 0.03 * (1.0 - (-t / 0.03).exp());
            let body = (std::f64::consts::TAU * cycles).sin() * (-t / 0.22).exp();
            let slap = 0.5 * filter.run(skin.next() * (-t / 0.006).exp(), 1900.0, 0.8, RATE)[1];
            (body + slap + 0.12 * sine(freq * 2.7, t) * (-t / 0.3).exp()) * (t / 0.0008).min(1.0)
        })
        .collect()
}

fn crash() -> Stem {
    let mut pair: Vec<Vec<f64>> = [51, 52]
        .into_iter()
        .map(|seed| {
            let mut air = Random::new(seed);
            let (mut first, mut second) = (Filter::default(), Filter::default());
            seconds(1.2)
                .map(|t| {
                    let metal: f64 =
                        [871.0, 1319.0, 1747.0, 2399.0, 3119.0, 4327.0].iter().map(|f| sine(*f, t).signum()).sum();
                    let raw = 0.07 * metal * (-t / 0.4).exp() + 0.5 * air.next();
                    let thin = first.run(raw, 2200.0 + 2500.0 * t, 0.7, RATE)[2];
                    let body = second.run(thin, 9500.0, 0.7, RATE)[0];
                    -body * ((-t / 0.7).exp() + 0.4 * (-t / 0.06).exp()) * ((1.2 - t) / 0.5).min(1.0)
                })
                .collect()
        })
        .collect();
    peak(&mut pair, -17.0);
    Stem::new("overheads_crash", RATE, pair)
}
