//! The noise floor: the level that the quietest 5 % of 400 ms windows do not exceed. Kept as a histogram, so that an
//! hour takes no more memory than a second.

/// Lowest level of the histogram, its step and its length, in dB: -200 to +50 in steps of 0.1.
const LOWEST: f64 = -200.0;
const STEP: f64 = 0.1;
const BINS: usize = 2500;
/// Part of the windows that lies at or below the floor.
const QUIETEST: f64 = 0.05;

/// Noise floor of what went in.
pub(crate) struct Floor {
    /// Frames of a tenth of a second.
    tenth: u64,
    /// Energy of each channel in the tenth under way.
    energy: Vec<f64>,
    frames: u64,
    /// Energies of the last four tenths.
    last: [f64; 4],
    done: u64,
    bins: Vec<u64>,
    counted: u64,
}

impl Floor {
    pub fn new(rate: u32, channels: u32) -> Self {
        Floor { tenth: u64::from(rate.div_ceil(10)), energy: vec![0.0; channels as usize], frames: 0, last: [0.0; 4], done: 0, bins: vec![0; BINS], counted: 0 }
    }

    /// Takes in a block.
    pub fn push(&mut self, block: &[&[f32]], frames: usize) {
        let mut at = 0;
        while at < frames {
            let take = ((self.tenth - self.frames) as usize).min(frames - at);
            for (energy, channel) in self.energy.iter_mut().zip(block) {
                // Sample by sample onto the running sum, so that blocks change nothing.
                *energy = channel[at..at + take].iter().fold(*energy, |sum, sample| sum + f64::from(*sample) * f64::from(*sample));
            }
            at += take;
            self.frames += take as u64;
            if self.frames == self.tenth {
                self.window();
            }
        }
    }

    fn window(&mut self) {
        self.last[(self.done % 4) as usize] = self.energy.iter().sum();
        self.energy.fill(0.0);
        self.frames = 0;
        self.done += 1;
        let power = self.last.iter().sum::<f64>() / (4.0 * self.tenth as f64 * self.energy.len() as f64);
        if self.done >= 4 && self.last.iter().all(|energy| *energy > 0.0) {
            let bin = ((10.0 * power.log10() - LOWEST) / STEP).clamp(0.0, BINS as f64 - 1.0);
            self.bins[bin as usize] += 1;
            self.counted += 1;
        }
    }

    /// The floor in dB; `None` without a window that is not silent.
    pub fn finish(&self) -> Option<f64> {
        let wanted = ((self.counted as f64 * QUIETEST).ceil() as u64).max(1);
        let mut seen = 0;
        for (bin, count) in self.bins.iter().enumerate() {
            seen += count;
            if seen >= wanted {
                return Some(((LOWEST + bin as f64 * STEP) * 10.0).round() / 10.0);
            }
        }
        None
    }
}
