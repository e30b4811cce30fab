//! Filters of second order: `C` vectors of memory, in registers for the length of a block.

// Blocks are read and written at one index, which says more than iterators would.
#![allow(clippy::needless_range_loop)]

use super::{B, Plain, Wide, at, lanes, put, zero};
use crate::reference::design::Filter;
use crate::reference::f4::F4;

/// A filter in four lanes, `C` vectors of memory.
pub(super) struct Biquad<const C: usize> {
    p0: F4,
    p1: F4,
    p2: F4,
    d1: F4,
    d2: F4,
    state: [[F4; 2]; C],
}

impl<const C: usize> Biquad<C> {
    pub(super) fn new(of: impl Fn(usize) -> Filter) -> Self {
        let part = |f: fn(Filter) -> f32| lanes(|i| f(of(i)));
        Biquad { p0: part(|f| f.p0), p1: part(|f| f.p1), p2: part(|f| f.p2), d1: part(|f| f.d1), d2: part(|f| f.d2), state: [[zero(); 2]; C] }
    }
}

#[inline(always)]
pub(super) fn biquad<const C: usize>(f: &Biquad<C>, [w1, w2]: &mut [F4; 2], x: F4) -> F4 {
    let y = f.p0.fma(x, *w1);
    let turn = w1.add(f.p1.fma(x, *w2));
    *w2 = f.d2.nfma(y, f.p2.fma(x, *w2));
    *w1 = f.d1.nfma(y, turn);
    y
}

/// One without zeros but at 0 Hz.
#[inline(always)]
pub(super) fn highpass_biquad<const C: usize>(f: &Biquad<C>, [w1, w2]: &mut [F4; 2], x: F4) -> F4 {
    let y = f.p0.fma(x, *w1);
    let turn = w1.add(*w2);
    *w2 = f.d2.nfma(y, *w2);
    *w1 = f.d1.nfma(y, turn);
    y
}

/// A signal with what a band-pass or a high shelf adds to it: filters whose p2 is 0.
#[inline(always)]
pub(super) fn with_band<const C: usize>(f: &Biquad<C>, [w1, w2]: &mut [F4; 2], x: F4) -> F4 {
    let y = f.p0.fma(x, *w1);
    let turn = w1.add(f.p1.fma(x, *w2));
    *w2 = f.d2.nfma(y, *w2);
    *w1 = f.d1.nfma(y, turn);
    x.add(y)
}

/// A high-pass and a low shelf, in registers for the length of the block.
#[inline(always)]
pub(super) fn lower<const C: usize>(filters: &mut [Biquad<C>], block: &mut [Wide; C]) {
    let [cut, shelf] = filters else { unreachable!("a pair") };
    let (mut first, mut second) = (cut.state, shelf.state);
    for i in 0..B {
        for c in 0..C {
            let x = highpass_biquad(cut, &mut first[c], block[c][i]);
            block[c][i] = x.add(biquad(shelf, &mut second[c], x));
        }
    }
    (cut.state, shelf.state) = (first, second);
}

/// A bell and a high shelf.
#[inline(always)]
pub(super) fn upper<const C: usize>(filters: &mut [Biquad<C>], block: &mut [Wide; C]) {
    let [bell, shelf] = filters else { unreachable!("a pair") };
    let (mut first, mut second) = (bell.state, shelf.state);
    for i in 0..B {
        for c in 0..C {
            let x = with_band(bell, &mut first[c], block[c][i]);
            block[c][i] = with_band(shelf, &mut second[c], x);
        }
    }
    (bell.state, shelf.state) = (first, second);
}

/// Runs `[left, right, -, -]` of a stereo block through a chain of `N` filters.
#[inline(always)]
pub(super) fn stereo<const N: usize>(
    filters: &mut [Biquad<1>; N],
    block: &mut [Plain; 2],
    chain: impl Fn(&[Biquad<1>; N], &mut [[F4; 2]; N], F4) -> F4,
) {
    let mut states: [[F4; 2]; N] = std::array::from_fn(|k| filters[k].state[0]);
    for i in (0..B).step_by(4) {
        let mut four = F4::transpose([at(&block[0], i), at(&block[1], i), zero(), zero()]);
        for x in &mut four {
            *x = chain(filters, &mut states, *x);
        }
        let [l, r, ..] = F4::transpose(four);
        put(&mut block[0], i, l);
        put(&mut block[1], i, r);
    }
    for (filter, state) in filters.iter_mut().zip(states) {
        filter.state[0] = state;
    }
}
