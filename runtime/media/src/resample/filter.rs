//! Coefficients for every phase of one ratio. Where the phases are few they are all kept; where they are many
//! (11 127 to 48 000 Hz has 16 000) each output's row is interpolated between a few kept ones, whose number hangs on
//! the filter alone.

use super::design::Kernel;
use super::dot::LANES;
use std::sync::{Arc, Mutex, PoisonError};

/// Most coefficients kept as rows: 1 MB.
const MAX_COEFFICIENTS: u64 = 1 << 18;
/// Kept rows a sample of the lower rate, where rows are interpolated. The error of four-point interpolation of a
/// band-limited kernel, (3/128) (pi/128)^4 / 5, is -175 dB; see Abramowitz and Stegun, 25.2.13.
const ROWS: f64 = 128.0;

/// Ratios whose rows are kept for the next file that needs them: a session has few, but many files.
const KEPT: usize = 8;

type Rows = Arc<[f32]>;
static ROWS_KEPT: Mutex<Vec<((u64, u64), Rows)>> = Mutex::new(Vec::new());

/// The rows of a ratio: those that are kept, or new ones.
fn shared(ratio: (u64, u64), design: impl FnOnce() -> Vec<f32>) -> Rows {
    // What is kept is whole whatever happened to a thread that held the lock.
    let mut kept = ROWS_KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, rows)) = kept.iter().find(|(r, _)| *r == ratio) {
        return rows.clone();
    }
    let rows: Rows = design().into();
    if kept.len() == KEPT {
        kept.remove(0);
    }
    kept.push((ratio, rows.clone()));
    rows
}

/// The rows of a ratio `up / down` in lowest terms.
pub(super) struct Filter {
    /// Input samples a row spans: a whole multiple of [`LANES`], zeros at its end.
    pub taps: usize,
    /// Input samples before the output's instant, that at the instant included.
    pub before: usize,
    /// One row behind the other.
    rows: Rows,
    between: Option<Between>,
}

/// Interpolation between kept rows: row `j` stands for the phase `(j - 1) / steps`.
struct Between {
    /// Kept rows a sample of the input.
    steps: f64,
    up: f64,
    row: Vec<f32>,
}

impl Filter {
    pub fn new(up: u64, down: u64) -> Self {
        let kernel = Kernel::new();
        // Going down, the kernel is as long as its samples at the lower rate are apart.
        let stretch = (up as f64 / down as f64).min(1.0);
        let before = (kernel.half / stretch).ceil() as usize;
        let taps = (2 * before).next_multiple_of(LANES);
        let rows = |count: usize, phase: &dyn Fn(usize) -> f64| -> Vec<f32> {
            let places = (0..count).flat_map(|row| (0..taps).map(move |tap| (row, tap)));
            places.map(|(row, tap)| (kernel.at(distance(tap, before, phase(row)) * stretch) * stretch) as f32).collect()
        };
        if (taps as u64).saturating_mul(up) <= MAX_COEFFICIENTS {
            let rows = shared((up, down), || rows(up as usize, &|row| row as f64 / up as f64));
            return Filter { taps, before, rows, between: None };
        }
        let steps = (ROWS * stretch).ceil().max(4.0);
        let rows = shared((up, down), || rows(steps as usize + 3, &|row| (row as f64 - 1.0) / steps));
        Filter { taps, before, rows, between: Some(Between { steps, up: up as f64, row: vec![0.0; taps] }) }
    }

    /// The coefficients for an output that stands `phase / up` of a sample behind an input.
    #[inline]
    pub fn row(&mut self, phase: u64) -> &[f32] {
        let taps = self.taps;
        let Some(between) = &mut self.between else {
            return &self.rows[phase as usize * taps..][..taps];
        };
        let place = phase as f64 / between.up * between.steps;
        let step = place.floor();
        let [a, b, c, d] = lagrange(place - step);
        let four = &self.rows[step as usize * taps..][..4 * taps];
        let (first, rest) = four.split_at(taps);
        let (second, rest) = rest.split_at(taps);
        let (third, fourth) = rest.split_at(taps);
        for ((((slot, p), q), r), s) in between.row.iter_mut().zip(first).zip(second).zip(third).zip(fourth) {
            *slot = (a * p + d * s) + (b * q + c * r);
        }
        &between.row
    }
}

/// Weights of the values at -1, 0, 1 and 2 for the value at `t` in 0..1. Source: Abramowitz and Stegun, 25.2.13.
fn lagrange(t: f64) -> [f32; 4] {
    let (before, after, two) = (t + 1.0, t - 1.0, t - 2.0);
    [-t * after * two / 6.0, before * after * two / 2.0, -before * t * two / 2.0, before * t * after / 6.0].map(|weight| weight as f32)
}

/// How far tap `tap` lies behind the output's instant, in input samples.
fn distance(tap: usize, before: usize, phase: f64) -> f64 {
    (tap as f64 - (before - 1) as f64) - phase
}
