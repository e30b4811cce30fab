//! Loudness. Integrated: windows of 400 ms every 100 ms, gated (ITU-R BS.1770-4). Momentary and short-term: every 10 ms,
//! because a window that only moves by 100 ms misses the loudest place by up to 0.5 LU (EBU Tech 3341, cases 10 and
//! 13). Loudness range from short-term windows every 100 ms: on a song of a minute, windows every second (the least
//! that Tech 3342 allows) are too few for percentiles and read up to several LU apart.
//!
//! Source of the filter: ITU-R BS.1770-4 annex 1, with the analogue prototypes that libebur128 derived from its table
//! so that any sample rate can be served.

use std::f64::consts::PI;

/// Lowest sample rate that loudness is defined at: below it the shelf of the filter lies above half the rate.
pub const LOWEST_LOUDNESS_RATE: u32 = 3364;
/// Windows in steps of 10 ms.
const MOMENTARY: usize = 40;
const SHORT_TERM: usize = 300;
/// Steps between the windows that integrated loudness and the range are taken of.
const GATED_STEPS: u64 = 10;
/// Absolute gate in LUFS.
const GATE: f64 = -70.0;
/// Relative gates in LU below the mean: of integrated loudness (ITU-R BS.1770-4), of the range (EBU Tech 3342).
const LOUDNESS_BELOW: f64 = -10.0;
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

    /// One sample of `N` channels side by side.
    #[inline(always)]
    fn run<const N: usize>(&self, x: [f64; N], state: &mut [[f64; 2]; N]) -> [f64; N] {
        let [b0, b1, b2, a1, a2] = self.0;
        std::array::from_fn(|c| {
            let [first, second] = state[c];
            let y = b0 * x[c] + first;
            // The output comes in last: it is what the next sample waits for.
            state[c] = [(b1 * x[c] + second) - a1 * y, b2 * x[c] - a2 * y];
            y
        })
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

/// Loudness of what went in.
pub(crate) struct Windows {
    rate: u32,
    sections: [Section; 2],
    /// Of each section, one a channel.
    states: [Vec<[f64; 2]>; 2],
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
    /// Power of momentary and of short-term windows, ten a second.
    momentary_history: Vec<f64>,
    short_term_history: Vec<f64>,
}

/// The figures of [`Windows`].
#[derive(Default)]
pub(crate) struct WindowFigures {
    pub integrated: Option<f64>,
    pub momentary_max: Option<f64>,
    pub short_term_max: Option<f64>,
    pub range: Option<f64>,
}

impl Windows {
    pub fn new(rate: u32, channels: u32) -> Self {
        let mut windows = Windows {
            rate,
            sections: [Section::shelf(f64::from(rate)), Section::high_pass(f64::from(rate))],
            states: std::array::from_fn(|_| vec![[0.0; 2]; channels as usize]),
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
            momentary_history: Vec::new(),
            short_term_history: Vec::new(),
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
            let mut c = 0;
            while c + 1 < block.len() {
                // Two channels wait for their feedback together.
                self.weigh([&block[c][at..at + take], &block[c + 1][at..at + take]], c);
                c += 2;
            }
            if c < block.len() {
                self.weigh([&block[c][at..at + take]], c);
            }
            at += take;
            self.frames += take as u64;
            if self.frames == self.ends {
                self.step();
            }
        }
    }

    /// Adds the weighted energy of the channels from `first` on.
    fn weigh<const N: usize>(&mut self, block: [&[f32]; N], first: usize) {
        let channels = first..first + N;
        let held = |states: &[[f64; 2]]| std::array::from_fn(|c| states[first + c]);
        let (mut shelf, mut high_pass): ([[f64; 2]; N], [[f64; 2]; N]) = (held(&self.states[0]), held(&self.states[1]));
        let mut energy: [f64; N] = std::array::from_fn(|c| self.energy[first + c]);
        for i in 0..block[0].len() {
            let x = block.map(|samples| f64::from(samples[i]));
            let y = self.sections[1].run(self.sections[0].run(x, &mut shelf), &mut high_pass);
            for c in 0..N {
                energy[c] += y[c] * y[c];
            }
        }
        self.states[0][channels.clone()].copy_from_slice(&shelf);
        self.states[1][channels.clone()].copy_from_slice(&high_pass);
        self.energy[channels].copy_from_slice(&energy);
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
        let gated = self.done.is_multiple_of(GATED_STEPS);
        if self.done >= MOMENTARY as u64 {
            let power = self.mean(MOMENTARY);
            self.momentary = self.momentary.max(power);
            if gated {
                self.momentary_history.push(power);
            }
        }
        if self.done >= SHORT_TERM as u64 {
            let power = self.mean(SHORT_TERM);
            self.short_term = self.short_term.max(power);
            if gated {
                self.short_term_history.push(power);
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

    /// Momentary loudness, ten a second.
    pub fn momentary(&self) -> Vec<f64> {
        self.momentary_history.iter().copied().map(lufs).collect()
    }

    /// The figures; none at a rate that loudness is not defined at.
    pub fn finish(self) -> WindowFigures {
        if self.rate < LOWEST_LOUDNESS_RATE {
            return WindowFigures::default();
        }
        let defined = |power: f64| (power > 0.0).then(|| lufs(power));
        WindowFigures {
            integrated: mean(&gate(self.momentary_history, LOUDNESS_BELOW)).map(lufs),
            momentary_max: defined(self.momentary),
            short_term_max: defined(self.short_term),
            range: range(self.short_term_history),
        }
    }
}

fn lufs(power: f64) -> f64 {
    10.0 * power.log10() - 0.691
}

/// Mean of powers.
fn mean(powers: &[f64]) -> Option<f64> {
    (!powers.is_empty()).then(|| powers.iter().sum::<f64>() / powers.len() as f64)
}

/// The powers that pass the absolute gate, and then the relative one so far `below` the mean of these.
fn gate(mut powers: Vec<f64>, below: f64) -> Vec<f64> {
    powers.retain(|power| *power > 0.0 && lufs(*power) >= GATE);
    if let Some(mean) = mean(&powers) {
        powers.retain(|power| lufs(*power) >= lufs(mean) + below);
    }
    powers
}

/// Loudness range of short-term powers: what lies between their 10th and 95th percentile, gated.
fn range(powers: Vec<f64>) -> Option<f64> {
    let mut powers = gate(powers, RANGE_BELOW);
    powers.sort_by(f64::total_cmp);
    let percentile = |part: f64| powers.get(((powers.len() as f64 - 1.0) * part).round() as usize).map(|power| lufs(*power));
    Some(percentile(0.95)? - percentile(0.10)?)
}
