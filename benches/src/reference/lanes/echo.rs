//! The ping-pong delay.

use super::line::Line;
use super::room::widen;
use super::{B, Plain, at, put, zero};
use crate::reference::design::*;
use crate::reference::f4::F4;

pub(super) struct Echo {
    lines: [Line; 2],
    tone: F4,
    held: F4,
}

impl Echo {
    pub(super) fn new() -> Echo {
        Echo { lines: [Line::new(ECHO.0), Line::new(ECHO.0)], tone: F4::splat(pole(4000.0)), held: zero() }
    }

    #[inline(always)]
    pub(super) fn run(&mut self, block: &mut [Plain; 2]) {
        let feedback = F4::splat(ECHO.1);
        let mut low = self.held;
        for i in (0..B).step_by(4) {
            let past = |line: &Line| at(&line.data, line.now - ECHO.0 + i);
            let mut four = F4::transpose([past(&self.lines[0]), past(&self.lines[1]), zero(), zero()]);
            for x in &mut four {
                let half = x.sub(low).mul(self.tone);
                let y = low.add(half);
                low = y.add(half);
                *x = y;
            }
            let [l, r, ..] = F4::transpose(four);
            let middle = at(&block[0], i).add(at(&block[1], i));
            let now = self.lines[0].now;
            put(&mut self.lines[0].data, now + i, middle.fma(F4::splat(0.5), r.mul(feedback)));
            put(&mut self.lines[1].data, now + i, l.mul(feedback));
            put(&mut block[0], i, l);
            put(&mut block[1], i, r);
        }
        self.held = low;
        self.lines.iter_mut().for_each(Line::next);
        widen(block);
    }
}
