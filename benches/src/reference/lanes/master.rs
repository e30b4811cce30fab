//! Filters and compressor of the master, the latter along time.

use super::biquad::{Biquad, biquad, highpass_biquad, stereo, with_band};
use super::compressor::{U, factor, wanted};
use super::{B, Plain, at, put, zero};
use crate::reference::design::*;

pub(super) struct Master {
    filters: [Biquad<1>; 4],
    held: f32,
}

impl Master {
    pub(super) fn new() -> Master {
        let filters = [highpass(25.0), lowshelf((100.0, 1.0)), bell((3000.0, -1.0), Q), highshelf((10_000.0, 1.0))];
        Master { filters: filters.map(|f| Biquad::new(|_| f)), held: 0.0 }
    }

    #[inline(always)]
    pub(super) fn run(&mut self, block: &mut [Plain; 2]) {
        stereo(&mut self.filters, block, |[cut, low, bell, high], [a, b, c, d], x| {
            let x = highpass_biquad(cut, a, x);
            let x = x.add(biquad(low, b, x));
            with_band(high, d, with_band(bell, c, x))
        });
        // Along time: sixteen samples are four vectors.
        let mut cut = [0f32; B];
        for i in (0..B).step_by(4 * U) {
            let level = std::array::from_fn(|u| at(&block[0], i + 4 * u).abs().max(at(&block[1], i + 4 * u).abs()));
            for (u, x) in wanted(level, -14.0, 0.5).into_iter().enumerate() {
                put(&mut cut, i + 4 * u, x);
            }
        }
        let (attack, release) = (pace(0.020), pace(0.200));
        for x in &mut cut {
            let pace = if self.held < *x { attack } else { release };
            self.held = pace.mul_add(*x - self.held, self.held);
            *x = self.held;
        }
        for i in (0..B).step_by(4 * U) {
            let gain = factor(std::array::from_fn(|u| zero().sub(at(&cut, i + 4 * u))));
            for block in block.iter_mut() {
                for (u, gain) in gain.iter().enumerate() {
                    let x = at(block, i + 4 * u).mul(*gain);
                    put(block, i + 4 * u, x);
                }
            }
        }
    }
}
