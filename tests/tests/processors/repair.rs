//! Healers find what is broken and leave the rest alone.

use mixdown_tests::db;
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
