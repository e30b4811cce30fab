//! Healers find what is broken and leave the rest alone.

use mixdown_tests::{Audio, db, shared};
use mixdown_tests::rig::Song;
use mixdown_tests::signal::{Dice, rms, sine};

fn hear(way: &str, x: &[f32]) -> Vec<f32> {
    let text = format!("length {}s\ntrack t {{ source \"x.wav\"; {way} }}", x.len() as f64 / 48_000.0);
    Song::new(text).with("x.wav", vec![x.to_vec()]).hear(&["track.t"]).strip("track.t")[0].clone()
}

fn music(n: usize) -> Vec<f32> {
    let mut dice = Dice::new(77);
    let tone = |f: f64| sine(f, 48_000.0, n, 0.12);
    let (a, b, c) = (tone(110.0), tone(440.7), tone(1320.3));
    // A tone that begins or ends at once does so with a click.
    let swell = |i: usize| (i.min(n - 1 - i) as f32 / 960.0).min(1.0);
    (0..n).map(|i| swell(i) * (a[i] + b[i] + c[i] + dice.between(-0.002, 0.002) as f32)).collect()
}

fn error(a: &[f32], b: &[f32]) -> f64 {
    rms(&a.iter().zip(b).map(|(a, b)| a - b).collect::<Vec<_>>())
}

#[test]
fn a_hundred_clicks_are_found_and_nothing_else() {
    let n = 480_000;
    let clean = music(n);
    let mut dice = Dice::new(5);
    let mut broken = clean.clone();
    let clicks: Vec<usize> = (0..100).map(|k| 3000 + k * 4700 + dice.below(1500)).collect();
    for &at in &clicks {
        for (k, x) in broken[at..at + 1 + dice.below(4)].iter_mut().enumerate() {
            *x += (if dice.once_in(2) { 0.4 } else { -0.4 }) / (k + 1) as f32;
        }
    }
    let healed = hear("declick()", &broken);
    let near = |i: usize| clicks.iter().any(|at| i + 40 > *at && i < at + 40);
    let found = clicks.iter().filter(|at| error(&healed[**at - 2..**at + 8], &clean[**at - 2..**at + 8]) < 0.2 * error(&broken[**at - 2..**at + 8], &clean[**at - 2..**at + 8])).count();
    let touched = (0..n).filter(|i| healed[*i] != broken[*i] && !near(*i)).count();
    println!("declick: {found} of 100 clicks at least 14 dB softer, {touched} samples touched elsewhere in 10 s; error {:.1} -> {:.1} dBFS", db(error(&broken, &clean)), db(error(&healed, &clean)));
    assert!(found >= 95 && touched == 0);
    assert_eq!(hear("declick()", &clean), clean, "what has no clicks passes");
}

#[test]
fn dropouts_are_filled_and_silence_is_not() {
    let clean = music(48_000);
    let mut broken = clean.clone();
    for k in 0..40 {
        let at = 1000 + k * 1100;
        broken[at..at + 4 + k / 3].fill(0.0);
    }
    broken[46_000..].fill(0.0);
    let healed = hear("dropout()", &broken);
    let (before, after) = (db(error(&broken[..46_000], &clean[..46_000])), db(error(&healed[..46_000], &clean[..46_000])));
    println!("dropout: 40 gaps of 4 to 17 samples: error {before:.1} -> {after:.1} dBFS");
    assert!(after < before - 20.0);
    assert!(healed[46_000..].iter().all(|x| *x == 0.0), "silence stays silence");
}

#[test]
fn what_is_whole_passes_untouched() {
    let clean = music(24_000);
    for way in ["declip(threshold: -1dBFS)", "declick()", "dropout()"] {
        assert_eq!(hear(way, &clean), clean, "{way}");
    }
}

#[test]
fn peaks_of_real_stems_come_back() {
    let Some(sessions) = shared("sessions") else { return };
    // Decibels by which the error in the samples that were cut falls; bound.
    let mut all = Vec::new();
    for (stem, bound) in [
        ("lithium/11-vox-lead", 4.0),
        ("lithium/09-melody-pad", 5.0),
        ("lithium/04-break-beat", 3.0),
        ("lithium/10-pluck", 6.0),
        ("runnin/02-bass", 5.0),
        ("runnin/03-dist-guitar", 10.0),
        ("rooms/02-snare", 1.0),
    ] {
        let audio = Audio::read(&sessions.join(format!("{stem}.flac")));
        let peak = audio.channels[0].iter().fold(0.0, |m: f32, x| m.max(x.abs()));
        let whole: Vec<f32> = audio.channels[0].iter().map(|x| x / peak).collect();
        let top = 10f32.powf(-6.0 / 20.0);
        let broken: Vec<f32> = whole.iter().map(|x| x.clamp(-top, top)).collect();
        let healed = hear("declip(threshold: -6.01dBFS)", &broken);
        let cut: Vec<usize> = (0..whole.len()).filter(|i| whole[*i].abs() > top).collect();
        let off = |y: &[f32]| rms(&cut.iter().map(|i| y[*i] - whole[*i]).collect::<Vec<_>>());
        let untouched = (0..whole.len()).filter(|i| whole[*i].abs() < 0.998 * top).all(|i| healed[i] == broken[i]);
        let gained = db(off(&broken) / off(&healed));
        println!("declip, {stem} cut by 6 dB ({} samples): {gained:+.2} dB, bound {bound}", cut.len());
        assert!(gained >= bound && untouched, "{stem}: {gained} dB, untouched {untouched}");
        all.push(gained);
    }
    println!("declip: {:.2} dB on average", all.iter().sum::<f64>() / all.len() as f64);
}
