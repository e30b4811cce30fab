//! The limiter: the most of a window by doubling, a fall, two moving averages.

// Blocks are read and written at one index, which says more than iterators would.
#![allow(clippy::needless_range_loop)]

use super::line::Line;
use super::{B, Plain, at, put};
use crate::reference::design::*;
use crate::reference::f4::F4;

pub(super) struct Limiter {
    ceiling: F4,
    most: [Line; 8],
    let_go: f32,
    pace: f32,
    sums: [(Line, f32); 2],
    late: [Line; 2],
}

impl Limiter {
    pub(super) fn new() -> Limiter {
        let sum = || (Line::new(HALF), 0.0);
        Limiter {
            ceiling: F4::splat(ceiling()),
            most: std::array::from_fn(|_| Line::new(WINDOW)),
            let_go: 0.0,
            pace: pace(0.050),
            sums: [sum(), sum()],
            late: [Line::new(LATE), Line::new(LATE)],
        }
    }

    #[inline(always)]
    pub(super) fn run(&mut self, block: &mut [Plain; 2], gain: F4) {
        for c in 0..2 {
            self.late[c].current().copy_from_slice(&block[c]);
        }
        for i in (0..B).step_by(4) {
            let top = at(&block[0], i).abs().max(at(&block[1], i).abs()).max(self.ceiling);
            put(self.most[0].current(), i, top.sub(self.ceiling).div(top));
        }
        for k in 0..8 {
            let ago = if k < 7 { 1 << k } else { WINDOW - 128 };
            let mut most = [0f32; B];
            let line = &self.most[k];
            for i in (0..B).step_by(4) {
                put(&mut most, i, at(&line.data, line.now + i).max(at(&line.data, line.now - ago + i)));
            }
            self.most[k].next();
            match self.most.get_mut(k + 1) {
                Some(next) => next.current().copy_from_slice(&most),
                None => self.sums[0].0.current().copy_from_slice(&most),
            }
        }
        let mut let_go = self.let_go;
        for x in self.sums[0].0.current() {
            let_go = x.max((*x - let_go).mul_add(self.pace, let_go));
            *x = let_go;
        }
        self.let_go = let_go;
        let mut reduced = [0f32; B];
        for (k, (line, total)) in self.sums.iter_mut().enumerate() {
            for i in (0..B).step_by(4) {
                let x = if k == 0 { at(line.current(), i).mul(F4::splat(GRID)) } else { at(&reduced, i).div(F4::splat(HALF as f32)) };
                put(line.current(), i, x.ceil());
            }
            let mut sum = *total;
            for i in 0..B {
                sum += line.data[line.now + i] - line.data[line.now - HALF + i];
                reduced[i] = sum;
            }
            *total = sum;
            line.next();
        }
        let whole = F4::splat(HALF as f32 * GRID);
        for i in (0..B).step_by(4) {
            let reduced = at(&reduced, i).div(whole);
            for c in 0..2 {
                let late = at(self.late[c].past(LATE), i);
                put(&mut block[c], i, late.nfma(reduced, late).mul(gain));
            }
        }
        self.late.iter_mut().for_each(Line::next);
    }
}
