//! Signals that tests put in, and what they look at in what comes out.

use crate::rig::{How, Song};

/// Numbers that look random: xorshift, the same on every machine.
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    /// A row of its own for each seed.
    pub fn new(seed: u64) -> Dice {
        Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x2545_f491_4f6c_dd1d)
    }

    /// The next 64 bits.
    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// Evenly spread in 0..1.
    pub fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Evenly spread in `low..high`.
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// A whole number below `n`.
    pub fn below(&mut self, n: usize) -> usize {
        (self.unit() * n as f64) as usize
    }

    /// True once in so many.
    pub fn once_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    /// One of a list.
    pub fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len())]
    }
}

/// What wakes every processor: a noise burst, tones, silence, impulses, a tone that swells; channels differ.
pub fn stimulus(seed: u64, frames: usize, channels: usize) -> Vec<Vec<f32>> {
    let mut planes = Vec::new();
    for c in 0..channels {
        let mut dice = Dice::new(seed * 7 + c as u64 + 1);
        let (low, high) = (dice.between(40.0, 200.0), dice.between(800.0, 9000.0));
        let x = (0..frames).map(|i| {
            let t = i as f64 / 48_000.0;
            let part = i * 6 / frames.max(1);
            let tone = |f: f64| (std::f64::consts::TAU * f * t).sin();
            let noise = dice.unit() * 2.0 - 1.0;
            (match part {
                0 => 0.6 * noise,
                1 => 0.5 * tone(low) + 0.3 * tone(high),
                2 => 0.0,
                3 if i % 601 == 7 * c => 0.9,
                3 => 0.0,
                4 => tone(440.0 + 3.0 * c as f64) * (i * 6 % frames.max(1)) as f64 / frames as f64,
                _ => 0.02 * noise + 0.2 * tone(high * 0.5),
            }) as f32
        });
        planes.push(x.collect());
    }
    planes
}

/// White noise between -level and level.
pub fn noise(seed: u64, frames: usize, level: f64) -> Vec<f32> {
    let mut dice = Dice::new(seed);
    (0..frames).map(|_| (dice.between(-level, level)) as f32).collect()
}

/// A sine of a peak level.
pub fn sine(freq: f64, rate: f64, frames: usize, peak: f64) -> Vec<f32> {
    (0..frames).map(|i| (peak * (std::f64::consts::TAU * freq * i as f64 / rate).sin()) as f32).collect()
}

/// One sample of a value in silence.
pub fn impulse(at: usize, frames: usize, value: f32) -> Vec<f32> {
    let mut x = vec![0.0; frames];
    x[at] = value;
    x
}

/// Bursts of tones, loud and soft, as a function of time: nothing in it hangs on the rate.
pub fn bursts(rate: u32, seconds: f64, channels: usize) -> Vec<Vec<f32>> {
    let plane = |c: usize| {
        let sample = |i: usize| {
            let t = i as f64 / f64::from(rate);
            let swell = |from: f64, to: f64, level: f64| {
                let edge = |x: f64| 0.5 - 0.5 * (std::f64::consts::PI * (x / 0.005).clamp(0.0, 1.0)).cos();
                level * edge(t - from) * (1.0 - edge(t - to))
            };
            let level = swell(0.05, 0.15, 0.5) + swell(0.16, 0.24, 0.02) + swell(0.25, 0.3, 0.3);
            let tone = |f: f64| (std::f64::consts::TAU * f * t + c as f64).sin();
            (level * 0.4 * (tone(110.0) + tone(441.3) + 0.6 * tone(1571.7) + 0.4 * tone(3003.1))) as f32
        };
        (0..(seconds * f64::from(rate)) as usize).map(sample).collect()
    };
    (0..channels).map(plane).collect()
}

/// Level of each 25 ms of half a second of [`bursts`] behind a way of processors, all channels together.
pub fn burst_levels(way: &str, rate: u32, channels: usize) -> Vec<f64> {
    let seconds = 0.5;
    let text = format!("sample_rate {rate}Hz\ntempo 600bpm\nlength {seconds}s\ntrack t {{ source \"x.wav\"\n {way} }}");
    let how = How { deliver: vec!["track.t".into()], ..How::default() };
    let heard = Song::new(text).at(rate).with("x.wav", bursts(rate, seconds, channels)).try_hear::<f32>(&how);
    let y = heard.unwrap_or_else(|e| panic!("{way} at {rate} Hz: {e}")).strip("track.t").to_vec();
    let at = |k: usize| k * rate as usize / 40;
    (0..20).map(|k| y.iter().map(|c| rms(&c[at(k)..at(k + 1)])).sum()).collect()
}

/// First difference of two signals, and the largest.
pub fn difference(a: &[Vec<f32>], b: &[Vec<f32>]) -> Option<String> {
    if a.len() != b.len() || a[0].len() != b[0].len() {
        return Some(format!("{} x {} against {} x {} samples", a.len(), a[0].len(), b.len(), b[0].len()));
    }
    let mut worst = 0f32;
    let mut first = None;
    for (c, (x, y)) in a.iter().zip(b).enumerate() {
        for (i, (x, y)) in x.iter().zip(y).enumerate() {
            if x.to_bits() != y.to_bits() {
                worst = worst.max((x - y).abs());
                first = first.or(Some((c, i, *x, *y)));
            }
        }
    }
    first.map(|(c, i, x, y)| format!("channel {c} from sample {i} on ({x:e} against {y:e}), at most {worst:e} apart"))
}

/// Largest magnitude.
pub fn peak(planes: &[Vec<f32>]) -> f64 {
    planes.iter().flatten().fold(0.0, |m, x| if x.is_nan() { f64::INFINITY } else { f64::max(m, f64::from(x.abs())) })
}

/// Root of the mean square.
pub fn rms(x: &[f32]) -> f64 {
    (x.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>() / x.len().max(1) as f64).sqrt()
}

/// Where the magnitude is largest.
pub fn loudest_at(x: &[f32]) -> usize {
    (0..x.len()).fold(0, |m, i| if x[i].abs() > x[m].abs() { i } else { m })
}

/// Amplitude of one frequency in a signal, by correlation under a Hann window.
pub fn amplitude(x: &[f32], freq: f64, rate: f64) -> f64 {
    let n = x.len() as f64;
    let (mut re, mut im, mut sum) = (0.0, 0.0, 0.0);
    for (i, x) in x.iter().enumerate() {
        let w = 0.5 - 0.5 * (std::f64::consts::TAU * i as f64 / n).cos();
        let (s, c) = (std::f64::consts::TAU * freq * i as f64 / rate).sin_cos();
        re += f64::from(*x) * c * w;
        im += f64::from(*x) * s * w;
        sum += w;
    }
    2.0 * re.hypot(im) / sum
}
