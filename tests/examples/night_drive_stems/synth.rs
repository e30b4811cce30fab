//! What all players share: tempo, randomness that repeats, oscillators, filters, and tape that runs in a circle.

use std::f64::consts::{PI, TAU};

/// Beats a minute of the song.
pub const TEMPO: f64 = 118.0;

/// A file to be written.
pub struct Stem {
    /// Its name without ending.
    pub name: String,
    /// Hertz.
    pub rate: u32,
    /// 24 bit instead of 16.
    pub deep: bool,
    /// One or two channels.
    pub channels: Vec<Vec<f64>>,
}

impl Stem {
    /// A 16-bit file.
    pub fn new(name: impl Into<String>, rate: f64, channels: Vec<Vec<f64>>) -> Self {
        Stem { name: name.into(), rate: rate as u32, deep: false, channels }
    }
}

/// Samples in so many beats.
pub fn beats(count: f64, rate: f64) -> usize {
    (count * 60.0 / TEMPO * rate).round() as usize
}

/// Frequency of a MIDI note.
pub fn pitch(note: f64) -> f64 {
    440.0 * ((note - 69.0) / 12.0).exp2()
}

/// Amplitude of a level in dB.
pub fn db(level: f64) -> f64 {
    10f64.powf(level / 20.0)
}

/// Numbers without order that are the same on every run (xorshift64*).
pub struct Random(u64);

impl Random {
    /// Starts a row of its own for each seed.
    pub fn new(seed: u64) -> Self {
        Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// Evenly spread, -1 to 1.
    pub fn next(&mut self) -> f64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 11) as f64 / (1u64 << 52) as f64 - 1.0
    }
}

/// A sawtooth whose corner is rounded over two samples (PolyBLEP).
pub struct Saw {
    phase: f64,
}

impl Saw {
    /// Starts at a phase of 0 to 1.
    pub fn new(phase: f64) -> Self {
        Saw { phase }
    }

    /// The next sample at a frequency over the sample rate.
    pub fn next(&mut self, step: f64) -> f64 {
        let t = self.phase;
        self.phase = (self.phase + step).fract();
        let corner = if t < step {
            let x = t / step;
            2.0 * x - x * x - 1.0
        } else if t > 1.0 - step {
            let x = (t - 1.0) / step;
            x * x + 2.0 * x + 1.0
        } else {
            0.0
        };
        2.0 * t - 1.0 - corner
    }
}

/// A state-variable filter: low, band and high at once.
#[derive(Default)]
pub struct Filter {
    a: f64,
    b: f64,
}

impl Filter {
    /// Low-pass, band-pass (0 dB at its peak) and high-pass of a sample.
    pub fn run(&mut self, x: f64, freq: f64, q: f64, rate: f64) -> [f64; 3] {
        let g = (PI * (freq / rate).min(0.49)).tan();
        let k = 1.0 / q;
        let band = (self.a + g * (x - self.b)) / (1.0 + g * (g + k));
        let low = self.b + g * band;
        self.a = 2.0 * band - self.a;
        self.b = 2.0 * low - self.b;
        [low, k * band, x - k * band - low]
    }
}

/// A sine at a place in time.
pub fn sine(freq: f64, seconds: f64) -> f64 {
    (TAU * (freq * seconds).fract()).sin()
}

/// A piece of tape. What rings past the end of a loop goes on at its beginning.
pub struct Tape {
    /// The samples.
    pub samples: Vec<f64>,
    circle: bool,
}

impl Tape {
    /// A loop of so many samples.
    pub fn circle(length: usize) -> Self {
        Tape { samples: vec![0.0; length], circle: true }
    }

    /// A piece with an end.
    pub fn open(length: usize) -> Self {
        Tape { samples: vec![0.0; length], circle: false }
    }

    /// Adds a sound from a place on; places before the start count from the end.
    pub fn add(&mut self, at: isize, gain: f64, sound: impl IntoIterator<Item = f64>) {
        let length = self.samples.len() as isize;
        for (i, x) in sound.into_iter().enumerate() {
            let place = at + i as isize;
            if self.circle {
                self.samples[place.rem_euclid(length) as usize] += gain * x;
            } else if (0..length).contains(&place) {
                self.samples[place as usize] += gain * x;
            }
        }
    }
}

/// Runs a filter over a loop, a first time only to settle it.
pub fn around(samples: &[f64], mut run: impl FnMut(f64) -> f64) -> Vec<f64> {
    for &x in samples {
        run(x);
    }
    samples.iter().map(|&x| run(x)).collect()
}

/// Adds a microphone's noise.
pub fn noise(samples: &mut [f64], level: f64, seed: u64) {
    let mut random = Random::new(seed);
    for x in samples {
        *x += db(level) * random.next();
    }
}

/// Brings the highest peak to a level.
pub fn peak(channels: &mut [Vec<f64>], level: f64) {
    let top = channels.iter().flatten().fold(1e-9f64, |m, x| m.max(x.abs()));
    let gain = db(level) / top;
    channels.iter_mut().flatten().for_each(|x| *x *= gain);
}
