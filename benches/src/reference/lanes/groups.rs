//! The four groups, in lanes.

// Blocks are read and written at one index, which says more than iterators would.
#![allow(clippy::needless_range_loop)]

use super::biquad::{Biquad, upper};
use super::compressor::{U, gains, smooth, wanted};
use super::{B, Wide, zero};
use crate::reference::design::*;
use crate::reference::f4::F4;
use crate::session::group_bell;

/// The four groups, in lanes.
pub(super) struct Groups {
    filters: [Biquad<2>; 2],
    held: [F4; 1],
}

impl Groups {
    pub(super) fn new() -> Groups {
        Groups { filters: [Biquad::new(|k| bell((group_bell(k), 1.5), Q)), Biquad::new(|_| highshelf((9000.0, -1.0)))], held: [zero()] }
    }

    #[inline(always)]
    pub(super) fn run(&mut self, block: &mut [Wide; 2]) {
        upper(&mut self.filters, block);
        let mut cut = [[zero(); B]];
        for i in (0..B).step_by(U) {
            let level = std::array::from_fn(|u| block[0][i + u].abs().max(block[1][i + u].abs()));
            cut[0][i..i + U].copy_from_slice(&wanted(level, -16.0, 0.5));
        }
        smooth::<1>(&mut cut, &mut self.held, F4::splat(pace(0.020)), F4::splat(pace(0.150)));
        for i in (0..B).step_by(U) {
            let gain = gains(&cut[0], i);
            for u in 0..U {
                block[0][i + u] = block[0][i + u].mul(gain[u]);
                block[1][i + u] = block[1][i + u].mul(gain[u]);
            }
        }
    }
}
