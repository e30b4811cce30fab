//! The parts of a compressor: level to cut, cut to smooth cut, smooth cut to gain.

// Blocks are read and written at one index, which says more than iterators would.
#![allow(clippy::needless_range_loop)]

use super::{B, Wide, zero};
use crate::reference::design::*;
use crate::reference::f4::F4;

/// Samples that share a look at each constant: there are more of those than registers.
pub(super) const U: usize = 4;

#[inline(always)]
fn decibels(x: [F4; U]) -> [F4; U] {
    let bits = x.map(|x| x.max(F4::splat(1e-10)).bits_add(SHIFT));
    let octaves = bits.map(|b| b.exponent().sub(F4::splat(8_388_735.0)));
    let r = bits.map(|b| b.mantissa().bits_add(ROOT_HALF).sub(F4::splat(1.0)));
    let q = power_series(r, &LOG);
    std::array::from_fn(|u| octaves[u].fma(F4::splat(OCTAVE), r[u].mul(q[u])))
}

/// A polynomial, its highest power first.
#[inline(always)]
fn power_series(x: [F4; U], coefficients: &[f32]) -> [F4; U] {
    let mut sum = [F4::splat(coefficients[0]); U];
    for c in &coefficients[1..] {
        let c = F4::splat(*c);
        for u in 0..U {
            sum[u] = sum[u].fma(x[u], c);
        }
    }
    sum
}

#[inline(always)]
pub(super) fn factor(db: [F4; U]) -> [F4; U] {
    let db = db.map(|db| db.max(F4::splat(-764.616_2)).min(F4::splat(770.636_8)));
    let whole = db.map(|db| db.fma(F4::splat(BY_OCTAVE), F4::splat(WHOLE)));
    let f: [F4; U] = std::array::from_fn(|u| db[u].fma(F4::splat(BY_OCTAVE), F4::splat(WHOLE).sub(whole[u])));
    let q = power_series(f, &EXP);
    std::array::from_fn(|u| f[u].fma(q[u], F4::splat(1.0)).mul(whole[u].power()))
}

/// The cuts that levels ask for, before they are smoothed.
#[inline(always)]
pub(super) fn wanted(level: [F4; U], threshold: f32, slope: f32) -> [F4; U] {
    let over = decibels(level).map(|db| db.sub(F4::splat(threshold)));
    let t = over.map(|over| over.add(F4::splat(KNEE.0)).max(zero()).min(F4::splat(KNEE.1)));
    let above = over.map(|over| over.sub(F4::splat(KNEE.0)).max(zero()));
    std::array::from_fn(|u| t[u].mul(F4::splat(KNEE.2)).fma(t[u], above[u]).mul(F4::splat(slope)))
}

/// The gains of smoothed cuts.
#[inline(always)]
pub(super) fn gains(cut: &Wide, i: usize) -> [F4; U] {
    factor(std::array::from_fn(|u| zero().sub(cut[i + u])))
}

/// Smooths `K` blocks side by side, so that none waits for its own feedback alone.
#[inline(always)]
pub(super) fn smooth<const K: usize>(blocks: &mut [Wide], held: &mut [F4], attack: F4, release: F4) {
    let mut state: [F4; K] = std::array::from_fn(|k| held[k]);
    for i in 0..B {
        for k in 0..K {
            let x = blocks[k][i];
            let pace = state[k].less(x, attack, release);
            state[k] = pace.fma(x.sub(state[k]), state[k]);
            blocks[k][i] = state[k];
        }
    }
    held[..K].copy_from_slice(&state);
}
