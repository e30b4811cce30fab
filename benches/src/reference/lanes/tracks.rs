//! The tracks, four in the lanes of a vector, and what they add to.

// Blocks are read and written at one index, which says more than iterators would.
#![allow(clippy::needless_range_loop)]

use super::biquad::{Biquad, lower, upper};
use super::compressor::{U, gains, smooth, wanted};
use super::{B, Plain, Wide, at, lanes, put, zero};
use crate::reference::design::*;
use crate::reference::f4::F4;
use crate::session::Track;
use crate::stems::Stem;

/// How far ahead tracks are asked for, in samples.
const AHEAD: usize = 4 * B;

/// Four tracks of `C` channels.
struct Pack<const C: usize> {
    stems: [usize; 4],
    filters: [Biquad<C>; 4],
    fader: F4,
    /// Gains of what each channel adds to, left and right: the groups, the hall, the echo.
    into: [[[F4; 2]; 3]; C],
}

impl<const C: usize> Pack<C> {
    pub(super) fn new(first: usize) -> Self {
        let t = |i: usize| Track::new(first + i);
        let filters = [
            Biquad::new(|_| highpass(80.0)),
            Biquad::new(|i| lowshelf(t(i).low)),
            Biquad::new(|i| bell(t(i).bell, 1.1)),
            Biquad::new(|i| highshelf(t(i).high)),
        ];
        let side = |c: usize, s: usize, level: &dyn Fn(usize) -> f32| {
            let heard = C == 1 || c == s;
            lanes(|i| if heard { pan(C, t(i).pan)[s] * level(i) } else { 0.0 })
        };
        let into = std::array::from_fn(|c| {
            let both = |level: &dyn Fn(usize) -> f32| [side(c, 0, level), side(c, 1, level)];
            [both(&|_| 1.0), both(&|i| gain(t(i).sends.0)), both(&|i| gain(t(i).sends.1))]
        });
        Pack { stems: std::array::from_fn(|i| t(i).stem), filters, fader: lanes(|i| gain(t(i).fader)), into }
    }

    /// Reads four planar tracks into lanes.
    #[inline(always)]
    fn load(&self, stems: &[Stem], start: usize, block: &mut [Wide; C]) {
        for (c, block) in block.iter_mut().enumerate() {
            let planes = self.stems.map(|s| &stems[s][c][start..start + B]);
            for i in (0..B).step_by(16) {
                // More streams than the machine follows by itself.
                planes.iter().for_each(|p| F4::prefetch(p, AHEAD + i));
            }
            for i in (0..B).step_by(4) {
                let four = F4::transpose(planes.map(|p| at(p, i)));
                block[i..i + 4].copy_from_slice(&four);
            }
        }
    }

    #[inline(always)]
    fn equalise(&mut self, block: &mut [Wide; C], cut: &mut Wide) {
        let (low, high) = self.filters.split_at_mut(2);
        lower(low, block);
        upper(high, block);
        for i in (0..B).step_by(U) {
            let level = std::array::from_fn(|u| (1..C).fold(block[0][i + u].abs(), |level, c| level.max(block[c][i + u].abs())));
            cut[i..i + U].copy_from_slice(&wanted(level, -18.0, 2.0 / 3.0));
        }
    }

    /// Applies the gain.
    #[inline(always)]
    fn apply(&self, block: &mut [Wide; C], cut: &Wide) {
        for i in (0..B).step_by(U) {
            let gain = gains(cut, i);
            for block in block.iter_mut() {
                for u in 0..U {
                    block[i + u] = block[i + u].mul(gain[u]).mul(self.fader);
                }
            }
        }
    }
}

/// What tracks add to: groups in lanes, the sends in parts that are summed over the lanes.
pub(super) struct Sums(pub(super) [[Wide; 2]; 3]);

/// The sum of the lanes of four vectors, one a lane.
#[inline(always)]
fn across(four: [F4; 4]) -> F4 {
    let [a, b, c, d] = F4::transpose(four);
    a.add(b).add(c.add(d))
}

/// Sums a block over its lanes.
#[inline(always)]
pub(super) fn collapse(block: &Wide, to: &mut Plain) {
    for i in (0..B).step_by(4) {
        put(to, i, across([block[i], block[i + 1], block[i + 2], block[i + 3]]));
    }
}

/// All tracks.
pub(super) struct Tracks {
    mono: [Pack<1>; 4],
    stereo: [Pack<2>; 2],
    held: [F4; 6],
    mono_blocks: [[Wide; 1]; 4],
    stereo_blocks: [[Wide; 2]; 2],
    cuts: [Wide; 6],
}

impl Tracks {
    pub(super) fn new() -> Tracks {
        let none = [zero(); B];
        Tracks {
            mono: std::array::from_fn(|k| Pack::new(4 * k)),
            stereo: std::array::from_fn(|k| Pack::new(16 + 4 * k)),
            held: [zero(); 6],
            mono_blocks: [[none]; 4],
            stereo_blocks: [[none; 2]; 2],
            cuts: [none; 6],
        }
    }

    /// One block of everything the tracks feed: `WAYS` of groups, hall and echo.
    #[inline(always)]
    pub(super) fn run<const WAYS: usize>(&mut self, stems: &[Stem], start: usize, sums: &mut Sums) {
        let (mono_cuts, stereo_cuts) = self.cuts.split_at_mut(4);
        for ((pack, block), cut) in self.mono.iter_mut().zip(&mut self.mono_blocks).zip(mono_cuts) {
            pack.load(stems, start, block);
            pack.equalise(block, cut);
        }
        for ((pack, block), cut) in self.stereo.iter_mut().zip(&mut self.stereo_blocks).zip(stereo_cuts) {
            pack.load(stems, start, block);
            pack.equalise(block, cut);
        }
        let (attack, release) = (F4::splat(pace(0.010)), F4::splat(pace(0.120)));
        smooth::<3>(&mut self.cuts[..3], &mut self.held[..3], attack, release);
        smooth::<3>(&mut self.cuts[3..], &mut self.held[3..], attack, release);
        for ((pack, block), cut) in self.mono.iter().zip(&mut self.mono_blocks).zip(&self.cuts[..4]) {
            pack.apply(block, cut);
        }
        for ((pack, block), cut) in self.stereo.iter().zip(&mut self.stereo_blocks).zip(&self.cuts[4..]) {
            pack.apply(block, cut);
        }
        for way in 0..WAYS {
            for side in 0..2 {
                let mono: [F4; 4] = std::array::from_fn(|k| self.mono[k].into[0][way][side]);
                let stereo: [F4; 2] = std::array::from_fn(|k| self.stereo[k].into[side][way][side]);
                let to = &mut sums.0[way][side];
                for i in 0..B {
                    let a = self.mono_blocks[0][0][i].mul(mono[0]);
                    let b = self.mono_blocks[1][0][i].mul(mono[1]);
                    let a = self.mono_blocks[2][0][i].fma(mono[2], a);
                    let b = self.mono_blocks[3][0][i].fma(mono[3], b);
                    let a = self.stereo_blocks[0][side][i].fma(stereo[0], a);
                    let b = self.stereo_blocks[1][side][i].fma(stereo[1], b);
                    to[i] = a.add(b);
                }
            }
        }
    }
}
