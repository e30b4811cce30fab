//! Momentary and short-term loudness every 10 ms, finer than the 100 ms that integrated loudness needs: a window that
//! only moves by 100 ms misses the loudest place by up to 0.5 LU (EBU Tech 3341, cases 10 and 13). Loudness range from
//! short-term windows every 100 ms: on a song of a minute, windows every second (the least that Tech 3342 allows) are
//! too few for percentiles and read up to several LU apart.
//!
//! Source of the filter: ITU-R BS.1770-4 annex 1, with the analogue prototypes that libebur128 derived from its table
//! so that any sample rate can be served.

use std::f64::consts::PI;

/// Windows in steps of 10 ms.
const MOMENTARY: usize = 40;
const SHORT_TERM: usize = 300;
/// Steps between the short-term windows that the range is taken of.
const RANGE_STEPS: u64 = 10;
/// Gates of the range: absolute in LUFS, relative in LU below the mean. Source: EBU Tech 3342.
const RANGE_GATE: f64 = -70.0;
const RANGE_BELOW: f64 = -20.0;

/// A second-order section, transposed direct form II, coefficients `b0 b1 b2 a1 a2`.
#[derive(Clone, Copy)]
struct Section([f64; 5]);

impl Section {
    /// The high shelf that stands for the head.
    fn shelf(rate: f64) -> Self {
        let (f0, gain, q) = (1681.974450955533, 3.999843853973347, 0.7071752369554196);
        let k = (PI * f0 / rate).tan();
        let vh = 10f64.powf(gain / 20.0);
        let vb = vh.powf(0.4996667741545416);
        let a0 = 1.0 + k / q + k * k;
        Section([(vh + vb * k / q + k * k) / a0, 2.0 * (k * k - vh) / a0, (vh - vb * k / q + k * k) / a0, 2.0 * (k * k - 1.0) / a0, (1.0 - k / q + k * k) / a0])
    }

    /// The RLB high pass.
    fn high_pass(rate: f64) -> Self {
        let (f0, q) = (38.13547087602444, 0.5003270373238773);
        let k = (PI * f0 / rate).tan();
        let a0 = 1.0 + k / q + k * k;
        Section([1.0, -2.0, 1.0, 2.0 * (k * k - 1.0) / a0, (1.0 - k / q + k * k) / a0])
    }

    #[inline(always)]
    fn run(&self, x: f64, state: &mut [f64; 2]) -> f64 {
        let [b0, b1, b2, a1, a2] = self.0;
        let y = b0 * x + state[0];
        state[0] = b1 * x - a1 * y + state[1];
        state[1] = b2 * x - a2 * y;
        y
    }
}

/// Weights of channels by their count, in the orders L R Ls Rs; L R C Ls Rs; and L R C LFE Ls Rs, whose beginning is
/// taken for every other count. Channels behind the sixth do not count.
fn weights(channels: u32) -> Vec<f64> {
    let order: &[f64] = match channels {
        4 => &[1.0, 1.0, 1.41, 1.41],
        5 => &[1.0, 1.0, 1.0, 1.41, 1.41],
        _ => &[1.0, 1.0, 1.0, 0.0, 1.41, 1.41],
    };
    (0..channels as usize).map(|channel| order.get(channel).copied().unwrap_or(0.0)).collect()
}

/// Highest momentary and short-term loudness of what went in.
pub(crate) struct Windows {
    rate: u32,
    sections: [Section; 2],
    states: Vec<[[f64; 2]; 2]>,
    weights: Vec<f64>,
    /// Weighted power of the last steps, a ring.
    steps: Vec<f64>,
    lengths: Vec<u64>,
    done: u64,
    /// The step under way: the energy of each channel, carried from block to block so that sums run sample by sample
    /// however the audio is cut, and where it ends.
    energy: Vec<f64>,
    frames: u64,
    started: u64,
    ends: u64,
    momentary: f64,
    short_term: f64,
    /// Power of short-term windows, ten a second.
    history: Vec<f64>,
}

/// The figures of [`Windows`].
pub(crate) struct WindowFigures {
    pub momentary_max: Option<f64>,
    pub short_term_max: Option<f64>,
    pub range: Option<f64>,
}

impl Windows {
    pub fn new(rate: u32, channels: u32) -> Self {
        let mut windows = Windows {
            rate,
            sections: [Section::shelf(f64::from(rate)), Section::high_pass(f64::from(rate))],
            states: vec![[[0.0; 2]; 2]; channels as usize],
            weights: weights(channels),
            steps: vec![0.0; SHORT_TERM],
            lengths: vec![0; SHORT_TERM],
            done: 0,
            energy: vec![0.0; channels as usize],
            frames: 0,
            started: 0,
            ends: 0,
            momentary: 0.0,
            short_term: 0.0,
            history: Vec::new(),
        };
        windows.ends = windows.end_of(0);
        windows
    }

    /// Where step `step` ends; at 11 025 Hz steps are of 110 and 111 frames in turn.
    fn end_of(&self, step: u64) -> u64 {
        ((step + 1) * u64::from(self.rate)).div_ceil(100)
    }

    /// Takes in a block.
    pub fn push(&mut self, block: &[&[f32]], frames: usize) {
        let mut at = 0;
        while at < frames {
            let take = ((self.ends - self.frames) as usize).min(frames - at);
            for ((channel, states), sum) in block.iter().zip(&mut self.states).zip(&mut self.energy) {
                let mut energy = *sum;
                let [mut first, mut second] = *states;
                for sample in &channel[at..at + take] {
                    let y = self.sections[1].run(self.sections[0].run(f64::from(*sample), &mut first), &mut second);
                    energy += y * y;
                }
                *states = [first, second];
                *sum = energy;
            }
            at += take;
            self.frames += take as u64;
            if self.frames == self.ends {
                self.step();
            }
        }
    }

    fn step(&mut self) {
        let slot = (self.done % SHORT_TERM as u64) as usize;
        self.steps[slot] = self.energy.iter().zip(&self.weights).map(|(energy, weight)| energy * weight).sum();
        self.lengths[slot] = self.ends - self.started;
        self.started = self.ends;
        self.energy.fill(0.0);
        self.done += 1;
        self.ends = self.end_of(self.done);
        // A denormal tail behind the audio would slow the filter down.
        for state in self.states.iter_mut().flatten().flatten() {
            if state.abs() < 1e-30 {
                *state = 0.0;
            }
        }
        if self.done >= MOMENTARY as u64 {
            self.momentary = self.momentary.max(self.mean(MOMENTARY));
        }
        if self.done >= SHORT_TERM as u64 {
            let power = self.mean(SHORT_TERM);
            self.short_term = self.short_term.max(power);
            if self.done.is_multiple_of(RANGE_STEPS) {
                self.history.push(power);
            }
        }
    }

    /// Mean power of the last `steps` steps.
    fn mean(&self, steps: usize) -> f64 {
        let newest = (self.done - 1) as usize;
        let (mut energy, mut frames) = (0.0, 0);
        for back in 0..steps {
            let slot = (newest - back) % SHORT_TERM;
            energy += self.steps[slot];
            frames += self.lengths[slot];
        }
        energy / frames.max(1) as f64
    }

    /// The figures.
    pub fn finish(self) -> WindowFigures {
        let defined = |power: f64| (power > 0.0).then(|| lufs(power));
        WindowFigures { momentary_max: defined(self.momentary), short_term_max: defined(self.short_term), range: range(self.history) }
    }
}

fn lufs(power: f64) -> f64 {
    10.0 * power.log10() - 0.691
}

/// Loudness range of short-term powers: what lies between their 10th and 95th percentile, gated.
fn range(mut powers: Vec<f64>) -> Option<f64> {
    powers.retain(|power| *power > 0.0 && lufs(*power) >= RANGE_GATE);
    let mean = powers.iter().sum::<f64>() / powers.len().max(1) as f64;
    powers.retain(|power| lufs(*power) >= lufs(mean) + RANGE_BELOW);
    powers.sort_by(f64::total_cmp);
    let percentile = |part: f64| powers.get(((powers.len() as f64 - 1.0) * part).round() as usize).map(|power| lufs(*power));
    Some(percentile(0.95)? - percentile(0.10)?)
}
