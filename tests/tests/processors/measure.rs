//! What the table can ask for.

use mixdown_meter::decay::t30;
use mixdown_tests::rig::{How, Song};
use mixdown_tests::signal::{amplitude, burst_levels, noise, sine};
use mixdown_tests::{Audio, db, shared};
use std::sync::LazyLock;
use std::time::Instant;

const RATE: f64 = 48_000.0;

fn song(way: &str, x: &[Vec<f32>]) -> Song {
    let seconds = x[0].len() as f64 / RATE;
    let song = Song::new(format!("length {seconds}s\ntrack t {{ source \"x.wav\"; {way} }}")).with("x.wav", x.to_vec());
    // Recorded rooms stand beside the checkout.
    let rooms = way.split('"').filter(|name| name.starts_with("ir/")).filter_map(|name| Some((name, Audio::read(&shared(name)?))));
    rooms.fold(song, |song, (name, room)| song.with_at(name, room.rate, room.channels))
}

fn hear(way: &str, x: &[Vec<f32>]) -> Vec<Vec<f64>> {
    song(way, x).hear64(&["track.t"]).strip("track.t").to_vec()
}

/// Seconds that this thread has worked, or, where the system does not tell, that have passed: other tests run beside.
fn worked() -> f64 {
    static BEGAN: LazyLock<Instant> = LazyLock::new(Instant::now);
    // What has been worked since the last tick is only counted when others are let on.
    std::thread::yield_now();
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = told.and_then(|told| told.split(' ').next()?.parse::<f64>().ok());
    nanoseconds.map_or_else(|| BEGAN.elapsed().as_secs_f64(), |n| n * 1e-9)
}

/// Nanoseconds a frame of stereo noise, in 32 bits on one thread, without those of a track that does nothing.
pub fn cost(way: &str) -> f64 {
    let long = 2 * RATE as usize;
    let x = [noise(1, long, 0.3), noise(2, long, 0.3)];
    let time = |way: &str| {
        let song = song(way, &x);
        let how = How { deliver: vec!["track.t".into()], ..How::default() };
        let mix = song.mix().unwrap_or_else(|e| panic!("{way}: {e}"));
        let built = song.build::<f32>(&mix, &how).unwrap_or_else(|e| panic!("{way}: {e}"));
        let run = || {
            let began = worked();
            song.play::<f32>(&mix, &built, &how).unwrap_or_else(|e| panic!("{way}: {e}"));
            worked() - began
        };
        (0..3).map(|_| run()).fold(f64::INFINITY, f64::min)
    };
    ((time(way) - time("gain(0dB)")) * 1e9 / long as f64).max(0.0)
}

/// Whether all the files are here that a way of processors asks for.
pub fn possible(way: &str) -> bool {
    way.split('"').filter(|name| name.starts_with("ir/")).all(|name| shared(name).is_some())
}

/// An impulse's answer of so many seconds.
fn answer(way: &str, seconds: f64) -> Vec<Vec<f64>> {
    let mut x = vec![0.0; (seconds * RATE) as usize];
    x[0] = 1.0;
    hear(way, &[x])
}

fn mean(planes: &[Vec<f64>], of: impl Fn(&[f64]) -> f64) -> f64 {
    planes.iter().map(|plane| of(plane)).sum::<f64>() / planes.len() as f64
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
                // Up to half the rate; what is next to a partial is the partial.
                let near = (back / n[0] - (back / n[0]).round()).abs() * n[0];
                (f > RATE / 2.0 && back > 40.0 && near > 20.0).then_some(back)
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
        // Reverberation (T30), and clarity: the first 80 ms against the rest (ISO 3382-1), of an answer of so many seconds.
        "rt60" => mean(&answer(way, n[0]), |y| t30(y, RATE).unwrap_or(f64::NAN)),
        "c80" => mean(&answer(way, n[0]), |y| {
            let most = y.iter().fold(0.0, |m: f64, x| m.max(x.abs()));
            let first = y.iter().position(|x| x.abs() > 0.1 * most).unwrap_or(0);
            let (early, late) = y[first..].split_at((0.08 * RATE) as usize);
            db(rms(early) * (early.len() as f64).sqrt() / rms(late) / (late.len() as f64).sqrt())
        }),
        // Steady white noise after two seconds.
        "hiss" => {
            let x = noise(9, 4 * RATE as usize, 10f64.powf(n[0] / 20.0));
            let y = hear(way, &[x.clone()]);
            let from = 2 * RATE as usize;
            db(rms(&y[0][from..]) / rms(&x[from..].iter().map(|x| f64::from(*x)).collect::<Vec<_>>()))
        }
        // The most by which 25 ms at another rate differ from those at 48 kHz, in hundredths of the loudest.
        "rates" => {
            let plain = burst_levels(way, 48_000, 2);
            let loud = plain.iter().copied().fold(0.0, f64::max);
            let off = |rate: u32| burst_levels(way, rate, 2).iter().zip(&plain).fold(0.0, |m: f64, (a, b)| m.max((a - b).abs()));
            [44_100, 88_200, 96_000, 192_000].map(off).into_iter().fold(0.0, f64::max) / loud * 100.0
        }
        // What is left of ten harmonics of hum that sways by so many hertz in so many seconds, after four seconds.
        "hum" => {
            let (mut phase, mut x) = (0.0, Vec::new());
            for i in 0..(24.0 * RATE) as usize {
                let sway = if n[1] == 0.0 { 0.0 } else { n[1] * (std::f64::consts::TAU * i as f64 / RATE / n[2]).sin() };
                phase += (n[0] + sway) / RATE;
                let hum = (1..=10).map(|k| f64::from(k)).map(|k| (std::f64::consts::TAU * (k * phase).fract() + k * k).cos() / k);
                x.push((0.02 * hum.sum::<f64>()) as f32);
            }
            let y = hear(way, &[x.clone()]);
            let from = (4.0 * RATE) as usize;
            db(rms(&y[0][from..]) / rms(&x[from..].iter().map(|x| f64::from(*x)).collect::<Vec<_>>()))
        }
        other => panic!("no measure `{other}`"),
    }
}
