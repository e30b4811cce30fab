//! The hall: a network of eight lines behind three all-passes.

use super::biquad::{Biquad, biquad, highpass_biquad, stereo};
use super::line::Line;
use super::{B, Plain, at, lanes, put, zero};
use crate::reference::design::*;
use crate::reference::f4::F4;

pub(super) struct Room {
    hall: Hall,
    wait: [Line; 2],
    smear: [[Line; 3]; 2],
    lines: [Line; 8],
    held: [F4; 2],
    absorb: [(F4, F4); 2],
    close: [Biquad<1>; 2],
}

impl Room {
    pub(super) fn new() -> Room {
        let hall = hall();
        let smear = || DIFFUSE.map(|(length, _)| Line::new(length));
        let absorb = [0, 4].map(|k| (lanes(|i| hall.absorb[k + i].0), lanes(|i| hall.absorb[k + i].1)));
        Room {
            wait: [Line::new(PREDELAY), Line::new(PREDELAY)],
            smear: [smear(), smear()],
            lines: hall.lengths.map(Line::new),
            held: [zero(); 2],
            absorb,
            close: [highpass(20.0), lowpass(20_000.0)].map(|f| Biquad::new(|_| f)),
            hall,
        }
    }

    #[inline(always)]
    pub(super) fn run(&mut self, block: &mut [Plain; 2]) {
        for (c, block) in block.iter_mut().enumerate() {
            self.wait[c].current().copy_from_slice(block);
            block.copy_from_slice(self.wait[c].past(PREDELAY));
            self.wait[c].next();
            for (line, (length, amount)) in self.smear[c].iter_mut().zip(DIFFUSE) {
                let amount = F4::splat(amount);
                let now = line.now;
                for i in (0..B).step_by(4) {
                    let past = at(&line.data, now - length + i);
                    let x = past.nfma(amount, at(block, i));
                    put(&mut line.data, now + i, x);
                    put(block, i, x.fma(amount, past));
                }
                line.next();
            }
        }
        let (feed, loud) = (F4::splat(HADAMARD), F4::splat(self.hall.loud));
        for i in (0..B).step_by(4) {
            let mut h = [zero(); 8];
            for half in 0..2 {
                let four = std::array::from_fn(|k| {
                    let (line, length) = (&self.lines[4 * half + k], self.hall.lengths[4 * half + k]);
                    at(&line.data, line.now - length + i)
                });
                let mut four = F4::transpose(four);
                let (gain, pace) = self.absorb[half];
                let mut held = self.held[half];
                for x in &mut four {
                    held = x.fma(gain, zero().sub(held)).fma(pace, held);
                    *x = held;
                }
                self.held[half] = held;
                h[4 * half..4 * half + 4].copy_from_slice(&F4::transpose(four));
            }
            let (l, r) = (at(&block[0], i), at(&block[1], i));
            for (k, x) in hadamard(h).into_iter().enumerate() {
                let line = &mut self.lines[k];
                put(&mut line.data, line.now + i, x.fma(feed, if k < 4 { l } else { r }));
            }
            let left = h[0].sub(h[1]).add(h[2]).sub(h[3]).add(h[4]).add(h[5]).sub(h[6]).sub(h[7]);
            let right = h[0].add(h[1]).sub(h[2]).sub(h[3]).sub(h[4]).add(h[5]).sub(h[6]).add(h[7]);
            put(&mut block[0], i, left.mul(loud));
            put(&mut block[1], i, right.mul(loud));
        }
        self.lines.iter_mut().for_each(Line::next);
        stereo(&mut self.close, block, |[cut, close], [a, b], x| biquad(close, b, highpass_biquad(cut, a, x)));
        widen(block);
    }
}

/// Through middle and side at their full width, as the effects do.
#[inline(always)]
pub(super) fn widen(block: &mut [Plain; 2]) {
    let half = F4::splat(0.5);
    for i in (0..B).step_by(4) {
        let (l, r) = (at(&block[0], i), at(&block[1], i));
        let (middle, side) = (l.add(r).mul(half), l.sub(r).mul(half));
        put(&mut block[0], i, middle.add(side));
        put(&mut block[1], i, middle.sub(side));
    }
}

#[inline(always)]
fn hadamard(x: [F4; 8]) -> [F4; 8] {
    let (s, d) = (F4::add, F4::sub);
    let a = [s(x[0], x[1]), d(x[0], x[1]), s(x[2], x[3]), d(x[2], x[3]), s(x[4], x[5]), d(x[4], x[5]), s(x[6], x[7]), d(x[6], x[7])];
    let b = [s(a[0], a[2]), s(a[1], a[3]), d(a[0], a[2]), d(a[1], a[3]), s(a[4], a[6]), s(a[5], a[7]), d(a[4], a[6]), d(a[5], a[7])];
    [s(b[0], b[4]), s(b[1], b[5]), s(b[2], b[6]), s(b[3], b[7]), d(b[0], b[4]), d(b[1], b[5]), d(b[2], b[6]), d(b[3], b[7])]
}
