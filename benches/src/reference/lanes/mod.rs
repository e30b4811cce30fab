//! The sessions as fast as a careful hand makes them with 128-bit lanes: blocks of 64 samples; four tracks in the lanes
//! of a vector, which are four groups too; every effect split into loops that fit the registers; what has no feedback
//! shorter than four samples (delays, the limiter) runs along time instead.

mod biquad;
mod compressor;
mod echo;
mod groups;
mod limiter;
mod line;
mod master;
mod room;
mod tracks;

use super::Output;
use super::design::{LATE, gain};
use super::f4::F4;
use crate::session::TRACKS;
use crate::stems::Stem;
use echo::Echo;
use groups::Groups;
use limiter::Limiter;
use master::Master;
use room::Room;
use tracks::{Sums, Tracks, collapse};

/// Samples of a block.
const B: usize = 64;
/// A block of four lanes.
type Wide = [F4; B];
/// A block of one channel.
type Plain = [f32; B];

#[inline(always)]
fn zero() -> F4 {
    F4::splat(0.0)
}

#[inline(always)]
fn at(block: &[f32], i: usize) -> F4 {
    let four: &[f32; 4] = block[i..i + 4].try_into().expect("four samples");
    F4::load(four)
}

#[inline(always)]
fn put(block: &mut [f32], i: usize, x: F4) {
    let four: &mut [f32; 4] = (&mut block[i..i + 4]).try_into().expect("four samples");
    x.store(four);
}

#[inline(always)]
fn lanes(f: impl Fn(usize) -> f32) -> F4 {
    F4::load(&std::array::from_fn(f))
}

/// Everything behind the tracks of session S.
struct Rest {
    groups: Groups,
    room: Room,
    echo: Echo,
    master: Master,
    limiter: Limiter,
}

impl Rest {
    fn new() -> Rest {
        Rest { groups: Groups::new(), room: Room::new(), echo: Echo::new(), master: Master::new(), limiter: Limiter::new() }
    }

    #[inline(always)]
    fn run(&mut self, Sums([groups, hall, echo]): &mut Sums, out: &mut [Plain; 2]) {
        self.groups.run(groups);
        let (mut wet, mut echoes) = ([[0f32; B]; 2], [[0f32; B]; 2]);
        for side in 0..2 {
            collapse(&groups[side], &mut out[side]);
            collapse(&hall[side], &mut wet[side]);
            collapse(&echo[side], &mut echoes[side]);
        }
        self.room.run(&mut wet);
        self.echo.run(&mut echoes);
        for side in 0..2 {
            for i in (0..B).step_by(4) {
                let sum = at(&out[side], i).add(at(&wet[side], i)).add(at(&echoes[side], i));
                put(&mut out[side], i, sum);
            }
        }
        self.master.run(out);
        self.limiter.run(out, F4::splat(gain(-0.5)));
    }
}

/// Session S (`full`) or T over the stems of 24 tracks; whole blocks of them.
pub fn render(stems: &[Stem], full: bool) -> Output {
    assert!(super::f4::available(), "this machine has no AVX2 and FMA");
    here(stems, full)
}

/// Everything is inlined here, where the instructions are allowed.
#[cfg(target_arch = "x86_64")]
fn here(stems: &[Stem], full: bool) -> Output {
    #[target_feature(enable = "avx2,fma")]
    fn wide(stems: &[Stem], full: bool) -> Output {
        session(stems, full)
    }
    // SAFETY: `render` has just seen the features.
    unsafe { wide(stems, full) }
}

#[cfg(not(target_arch = "x86_64"))]
fn here(stems: &[Stem], full: bool) -> Output {
    session(stems, full)
}

#[inline(always)]
fn session(stems: &[Stem], full: bool) -> Output {
    assert!(stems.len() == TRACKS, "the packs are those of 24 tracks");
    let frames = stems[0][0].len() / B * B;
    let none = [zero(); B];
    let mut sums = Sums([[none; 2]; 3]);
    let mut tracks = Tracks::new();
    let mut rest = Rest::new();
    let mut out = [Vec::with_capacity(frames), Vec::with_capacity(frames)];
    let mut block = [[0f32; B]; 2];
    for start in (0..frames).step_by(B) {
        if full {
            tracks.run::<3>(stems, start, &mut sums);
            rest.run(&mut sums, &mut block);
        } else {
            tracks.run::<1>(stems, start, &mut sums);
            for side in 0..2 {
                collapse(&sums.0[0][side], &mut block[side]);
            }
        }
        for (out, block) in out.iter_mut().zip(&block) {
            out.extend_from_slice(block);
        }
    }
    if full {
        out.iter_mut().for_each(|o| drop(o.drain(..LATE.min(frames))));
    }
    out
}
