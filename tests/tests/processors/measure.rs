//! What the table can ask for.

use mixdown_tests::db;
use mixdown_tests::rig::Song;
use mixdown_tests::signal::{amplitude, sine};

const RATE: f64 = 48_000.0;

fn hear(way: &str, x: &[Vec<f32>]) -> Vec<Vec<f64>> {
    let seconds = x[0].len() as f64 / RATE;
    let song = Song::new(format!("length {seconds}s\ntrack t {{ source \"x.wav\"; {way} }}")).with("x.wav", x.to_vec());
    song.hear64(&["track.t"]).strip("track.t").to_vec()
}

fn narrow(x: &[f64]) -> Vec<f32> {
    x.iter().map(|x| *x as f32).collect()
}

/// An impulse of these values in a second of silence.
fn impulse(values: &[f32]) -> Vec<Vec<f32>> {
    let plane = |v: &f32| {
        let mut x = vec![0.0; RATE as usize];
        x[0] = *v;
        x
    };
    values.iter().map(plane).collect()
}

fn magnitude(h: impl Iterator<Item = f64>, freq: f64) -> f64 {
    let (mut re, mut im) = (0.0, 0.0);
    for (i, x) in h.enumerate() {
        let (s, c) = (std::f64::consts::TAU * freq * i as f64 / RATE).sin_cos();
        re += x * c;
        im += x * s;
    }
    re.hypot(im)
}

/// A level that steps from `a` to `b` after a second.
fn step(way: &str, a: f64, b: f64) -> Vec<f64> {
    let n = RATE as usize;
    let level = |i: usize| if i < n { a } else { b };
    let x: Vec<f32> = (0..2 * n).map(|i| 10f64.powf(level(i) / 20.0) as f32).collect();
    let y = hear(way, &[x.clone()]);
    (0..2 * n).map(|i| db(y[0][i] / f64::from(x[i]))).collect()
}

/// The part of a second of sine that is judged, after what has begun with it.
fn steady(way: &str, freq: f64, level: f64) -> Vec<f32> {
    let n = RATE as usize;
    let x = sine(freq, RATE, 2 * n, 10f64.powf(level / 20.0));
    narrow(&hear(way, &[x])[0][n / 2..n / 2 + n])
}

/// What differs from a sine of -20 dBFS.
fn error(way: &str) -> Vec<f64> {
    let x = sine(997.0, RATE, 2 * RATE as usize, 0.1);
    let y = hear(way, &[x.clone()]);
    y[0].iter().zip(&x).map(|(y, x)| y - f64::from(*x)).collect()
}

fn rms(x: &[f64]) -> f64 {
    (x.iter().map(|x| x * x).sum::<f64>() / x.len() as f64).sqrt()
}

/// Measures `what` of a way of processors.
pub fn measure(what: &str, way: &str, n: &[f64]) -> f64 {
    match what {
        // Level of a frequency, of mono, of the side of stereo, of its middle.
        "gain" => db(magnitude(hear(way, &impulse(&[1.0]))[0].iter().copied(), n[0])),
        "side" | "middle" => {
            let sign = if what == "side" { -1.0 } else { 1.0 };
            let y = hear(way, &impulse(&[1.0, sign]));
            let part = y[0].iter().zip(&y[1]).map(|(l, r)| 0.5 * (l + f64::from(sign) * r));
            db(magnitude(part, n[0]))
        }
        // Where constants on both channels end.
        "stereo" => {
            let x = [vec![n[0] as f32; 24_000], vec![n[1] as f32; 24_000]];
            let y = hear(way, &x);
            y[(n[2] as usize).min(y.len() - 1)][23_999]
        }
        // Gain of a constant level, and of a sine, after a while.
        "settled" => {
            let x = vec![10f64.powf(n[0] / 20.0) as f32; 96_000];
            db(hear(way, &[x])[0][95_900]) - n[0]
        }
        "tone" => db(amplitude(&steady(way, n[0], n[1]), n[0], RATE)) - n[1],
        // Milliseconds from a step of the level to 63 % of the way of the gain, in decibels.
        "time" => {
            let gain = step(way, n[0], n[1]);
            let at = gain.len() / 2;
            let (from, to) = (gain[at - 1], gain[gain.len() - 1]);
            let goal = from + (to - from) * 0.632_120_558;
            let there = (at..gain.len()).find(|i| if to > from { gain[*i] >= goal } else { gain[*i] <= goal });
            (there.expect("a goal that is reached") + 1 - at) as f64 / RATE * 1e3
        }
        // The sample of the n-th echo of an impulse on a channel; the level at a sample.
        "echo" | "echo level" => {
            let y = hear(way, &impulse(&[1.0]));
            let y = &y[n[0] as usize];
            if what == "echo level" {
                return db(y[n[1] as usize]);
            }
            let loud = y.iter().fold(0.0, |m: f64, x| m.max(x.abs())) * 0.2;
            let mut at: Vec<usize> = (0..y.len()).filter(|i| y[*i].abs() > loud).collect();
            at.dedup_by(|b, a| *b - *a < 100);
            at[n[1] as usize - 1] as f64
        }
        // A partial against the fundamental; all of them together; what folds back against it.
        "harmonic" => {
            let y = steady(way, n[0], n[1]);
            db(amplitude(&y, n[0] * n[2], RATE) / amplitude(&y, n[0], RATE))
        }
        "distortion" => {
            let y = steady(way, n[0], n[1]);
            let power: f64 = (2..=20).map(|k| amplitude(&y, n[0] * f64::from(k), RATE).powi(2)).sum();
            db(power.sqrt() / amplitude(&y, n[0], RATE))
        }
        "fold" => {
            let y = steady(way, n[0], n[1]);
            let folded = (2..160).filter_map(|k| {
                let f = n[0] * f64::from(k);
                let back = (f % RATE).min(RATE - f % RATE);
                (f > RATE / 2.0 && back > 40.0 && back < 20_000.0).then_some(back)
            });
            let worst = folded.map(|f| amplitude(&y, f, RATE)).fold(0.0, f64::max);
            db(worst / amplitude(&y, n[0], RATE))
        }
        // A line at another frequency against the sine that came in.
        "line" => db(amplitude(&steady(way, n[0], -6.0), n[1], RATE)) + 6.0,
        // The farthest a tone strays, in hundredths of a semitone.
        "pitch" => {
            let y = steady(way, n[0], -6.0);
            let mut crossings = Vec::new();
            for i in 1..y.len() {
                if y[i - 1] < 0.0 && y[i] >= 0.0 {
                    crossings.push(i as f64 - f64::from(y[i]) / f64::from(y[i] - y[i - 1]));
                }
            }
            // Eight cycles at once, so that the crossings' own error does not count.
            let cents = crossings.windows(9).map(|w| 1200.0 * (8.0 * RATE / (w[8] - w[0]) / n[0]).log2());
            cents.fold(0.0, |m: f64, c| m.max(c.abs()))
        }
        // What is not the sine: all of it, and between two frequencies.
        "error" => db(rms(&error(way))),
        "error band" => {
            let e = narrow(&error(way));
            let (mut power, mut bins) = (0.0, 0.0);
            for window in e.chunks_exact(4096) {
                for k in 0..16 {
                    let f = n[0] + (n[1] - n[0]) * (f64::from(k) + 0.5) / 16.0;
                    // A Hann window gathers one and a half bins of noise.
                    power += amplitude(window, f, RATE).powi(2) / 2.0 / 1.5;
                    bins += 1.0;
                }
            }
            10.0 * (power / bins * (n[1] - n[0]) / (RATE / 4096.0)).log10()
        }
        other => panic!("no measure `{other}`"),
    }
}
