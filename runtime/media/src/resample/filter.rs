//! Coefficients for every phase of one ratio. Where the phases are few they are all kept; where they are many
//! (11 127 to 48 000 Hz has 16 000) each output's row is interpolated from a fine table of the kernel instead, of
//! the same size for every ratio.

use super::design::Kernel;

/// Most coefficients kept as rows: 4 MB.
const MAX_COEFFICIENTS: u64 = 1 << 20;
/// Points of the fine table a sample of the lower rate; linear interpolation between them is good to -150 dB.
const POINTS: usize = 4096;
/// Rows are whole multiples of this, zeros at their end.
pub(super) const LANES: usize = 16;

/// The rows of a ratio `up / down` in lowest terms.
pub(super) struct Filter {
    /// Input samples a row spans.
    pub taps: usize,
    /// Input samples before the output's instant, that at the instant included.
    pub before: usize,
    rows: Rows,
}

enum Rows {
    /// Row `phase` at `phase * taps`.
    All(Vec<f32>),
    /// The kernel from 0 to its end, and how it is stretched.
    Fine { table: Vec<f32>, stretch: f64, up: u64, row: Vec<f32> },
}

impl Filter {
    pub fn new(up: u64, down: u64) -> Self {
        let kernel = Kernel::new();
        // Going down, the kernel is as long as its samples at the lower rate are apart.
        let stretch = (up as f64 / down as f64).min(1.0);
        let before = (kernel.half / stretch).ceil() as usize;
        let taps = (2 * before).next_multiple_of(LANES);
        let rows = if (taps as u64).saturating_mul(up) <= MAX_COEFFICIENTS {
            let mut all = Vec::with_capacity(taps * up as usize);
            for phase in 0..up {
                all.extend((0..taps).map(|tap| (kernel.at(distance(tap, before, phase, up) * stretch) * stretch) as f32));
            }
            Rows::All(all)
        } else {
            let points = kernel.half as usize * POINTS + 2;
            let table = (0..points).map(|point| (kernel.at(point as f64 / POINTS as f64) * stretch) as f32).collect();
            Rows::Fine { table, stretch: stretch * POINTS as f64, up, row: vec![0.0; taps] }
        };
        Filter { taps, before, rows }
    }

    /// The coefficients for an output that stands `phase / up` of a sample behind an input.
    #[inline]
    pub fn row(&mut self, phase: u64) -> &[f32] {
        match &mut self.rows {
            Rows::All(all) => &all[phase as usize * self.taps..][..self.taps],
            Rows::Fine { table, stretch, up, row } => {
                for (tap, slot) in row.iter_mut().enumerate() {
                    let place = distance(tap, self.before, phase, *up).abs() * *stretch;
                    let point = place as usize;
                    *slot = match table.get(point..point + 2) {
                        Some(pair) => pair[0] + (pair[1] - pair[0]) * (place - point as f64) as f32,
                        None => 0.0,
                    };
                }
                row
            }
        }
    }
}

/// How far tap `tap` lies behind the output's instant, in input samples.
#[inline]
fn distance(tap: usize, before: usize, phase: u64, up: u64) -> f64 {
    (tap as f64 - (before - 1) as f64) - phase as f64 / up as f64
}

/// Sum of products of one channel. Sixteen running sums, then a fixed tree in double precision: the order is part of
/// the result and the same on every machine.
#[inline(always)]
pub(super) fn dot(samples: &[f32], row: &[f32]) -> f32 {
    let mut sums = [0f32; LANES];
    for (samples, row) in samples.as_chunks::<LANES>().0.iter().zip(row.as_chunks::<LANES>().0) {
        for ((sum, sample), coefficient) in sums.iter_mut().zip(samples).zip(row) {
            *sum += sample * coefficient;
        }
    }
    gather(&sums)
}

/// As [`dot`] for two channels at once, which loads each coefficient once.
#[inline(always)]
pub(super) fn dot_pair(left: &[f32], right: &[f32], row: &[f32]) -> (f32, f32) {
    let (mut first, mut second) = ([0f32; LANES], [0f32; LANES]);
    let pairs = left.as_chunks::<LANES>().0.iter().zip(right.as_chunks::<LANES>().0);
    for ((left, right), row) in pairs.zip(row.as_chunks::<LANES>().0) {
        for lane in 0..LANES {
            first[lane] += left[lane] * row[lane];
            second[lane] += right[lane] * row[lane];
        }
    }
    (gather(&first), gather(&second))
}

#[inline(always)]
fn gather(sums: &[f32; LANES]) -> f32 {
    let mut half = [0f64; LANES / 2];
    for (lane, slot) in half.iter_mut().enumerate() {
        *slot = f64::from(sums[lane]) + f64::from(sums[lane + LANES / 2]);
    }
    let quarter = [half[0] + half[4], half[1] + half[5], half[2] + half[6], half[3] + half[7]];
    ((quarter[0] + quarter[2]) + (quarter[1] + quarter[3])) as f32
}
