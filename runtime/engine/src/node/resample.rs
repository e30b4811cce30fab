//! Up and down between the rate of a region (the mix's, or one that is oversampled itself) and that of an oversampled
//! region inside, by the filters of [`crate::fir`].
//!
//! Always true here: both directions are late by [`mixdown_layout::resample_latency`] samples of the slower rate; every
//! output of a step is a sum over the phases in order, each of them one chain of fused multiply-adds from zero, from the
//! newest sample to the oldest.

use super::{Setup, Visit};
use crate::fir::Filter;
use crate::ring::{Pen, Tap};
use crate::sample::Sample;
use crate::wide;
use mixdown_layout::{CELL, RESAMPLE_STEEP, Read};
use std::ops::Range;

/// Silent cells after which every history is zero: what the steep step looks back, what the short one does, and the cell
/// that is cut in two.
const QUIET: u32 = 2 * RESAMPLE_STEEP / CELL as u32 + 3;

/// One direction of one channel.
pub(crate) struct ResampleNode<S: Sample> {
    pub(crate) pen: Pen<S>,
    tap: Tap<S>,
    factor: usize,
    /// Samples of the slower rate per mix sample.
    outer: usize,
    up: bool,
    /// Between the slower rate and its double.
    steep: Step<S>,
    /// From there on.
    short: Option<Step<S>>,
    /// A cell of the slower rate at its double.
    between: Vec<S>,
    /// Silent cells in a row, the last ones.
    quiet: u32,
}

impl<S: Sample> ResampleNode<S> {
    pub(crate) fn up(setup: &Setup<S>, factor: u32, from: Read, output: u32) -> Self {
        Self::new(setup, factor, from, output, true)
    }

    pub(crate) fn down(setup: &Setup<S>, factor: u32, from: Read, output: u32) -> Self {
        Self::new(setup, factor, from, output, false)
    }

    fn new(setup: &Setup<S>, factor: u32, from: Read, output: u32, up: bool) -> Self {
        let Setup { program, rings, .. } = *setup;
        let written = program.streams[output as usize].factor as usize;
        let step = |filter: &Filter| if up { Step::up(filter) } else { Step::down(filter) };
        ResampleNode {
            pen: Pen::new(&rings.rings[output as usize], output, program.streams[output as usize].strip_output),
            tap: rings.tap(from),
            factor: factor as usize,
            outer: if up { written / factor as usize } else { written },
            up,
            steep: step(&if up { Filter::steep_up() } else { Filter::steep_down() }),
            short: Filter::short(factor).as_ref().map(step),
            between: vec![S::ZERO; 2 * CELL],
            quiet: QUIET,
        }
    }

    pub(crate) fn run(&mut self, visit: &Visit, cells: Range<u64>) {
        for cell in cells {
            self.quiet = if self.tap.silent() { (self.quiet + 1).min(QUIET) } else { 0 };
            if self.quiet == QUIET {
                // The history is zero already, and stays.
                self.pen.finish_silent();
            } else {
                self.convert();
                self.pen.finish(cell, visit.sure_before);
            }
            self.tap.advance();
        }
    }

    /// A cell, `CELL` samples of the slower rate at a time.
    fn convert(&mut self) {
        let (slow, fast) = (CELL, CELL * self.factor);
        let (read, written) = if self.up { (slow, fast) } else { (fast, slow) };
        // SAFETY: a tap shows one whole cell, as many times as long as the mix's as its rate is higher, and the schedule
        // keeps its writer away.
        let from = unsafe { std::slice::from_raw_parts(self.tap.ptr(), self.outer * read) };
        // SAFETY: one cell; no other slice of it is alive.
        let out = unsafe { self.pen.block(1) };
        for (from, out) in from.chunks_exact(read).zip(out.chunks_exact_mut(written)) {
            match (&mut self.short, self.up) {
                (None, true) => self.steep.raise(from, out),
                (None, false) => self.steep.lower(from, out),
                (Some(short), true) => {
                    self.steep.raise(from, &mut self.between);
                    for (from, out) in self.between.chunks_exact(CELL).zip(out.chunks_exact_mut(fast / 2)) {
                        short.raise(from, out);
                    }
                }
                (Some(short), false) => {
                    for (from, out) in from.chunks_exact(fast / 2).zip(self.between.chunks_exact_mut(CELL)) {
                        short.lower(from, out);
                    }
                    self.steep.lower(&self.between, out);
                }
            }
        }
    }
}

/// A step: one polyphase filter.
struct Step<S> {
    /// Taps of every phase, the newest sample's first. Going up, that of the slower rate's own instants is a plain delay.
    taps: Vec<Vec<S>>,
    /// How far the filter looks back, and the samples of the last block; a phase after the other going down.
    recent: Vec<Vec<S>>,
    /// Samples of the slower side by which it is late.
    late: usize,
}

impl<S: Sample> Step<S> {
    fn new(filter: &Filter, taps: Vec<Vec<S>>, histories: u32) -> Self {
        let late = filter.half as usize;
        Step { taps, recent: vec![vec![S::ZERO; 2 * late + CELL]; histories as usize], late }
    }

    fn up(filter: &Filter) -> Self {
        let phase = |p: u32| filter.phase(i64::from(p)).into_iter().map(S::from_f64).collect();
        Self::new(filter, (0..filter.factor).map(phase).collect(), 1)
    }

    fn down(filter: &Filter) -> Self {
        let share = 1.0 / f64::from(filter.factor);
        let phase = |p: u32| filter.phase(-i64::from(p)).into_iter().map(|t| S::from_f64(t * share)).collect();
        Self::new(filter, (0..filter.factor).map(phase).collect(), filter.factor)
    }

    /// `CELL` samples of the slower side to as many of the faster one as that is faster.
    fn raise(&mut self, from: &[S], out: &mut [S]) {
        let factor = self.taps.len();
        let [recent] = &mut self.recent[..] else { return };
        recent.copy_within(CELL.., 0);
        recent[2 * self.late..].copy_from_slice(from);
        scatter(out, &recent[self.late..], factor, 0);
        for (p, taps) in self.taps.iter().enumerate().skip(1) {
            let mut phase = [S::ZERO; CELL];
            wide::convolve(&mut phase, recent, taps, 0);
            scatter(out, &phase, factor, p);
        }
    }

    /// As many samples of the faster side as that is faster to `CELL` of the slower one.
    fn lower(&mut self, from: &[S], out: &mut [S]) {
        let factor = self.taps.len();
        let mut sum = [S::ZERO; CELL];
        for (p, (recent, taps)) in self.recent.iter_mut().zip(&self.taps).enumerate() {
            recent.copy_within(CELL.., 0);
            for (to, from) in recent[2 * self.late..].iter_mut().zip(from[p..].iter().step_by(factor)) {
                *to = *from;
            }
            // The newest tap of a later phase is beyond the filter.
            let mut phase = [S::ZERO; CELL];
            wide::convolve(&mut phase, recent, taps, usize::from(p > 0));
            for (sum, x) in sum.iter_mut().zip(phase) {
                *sum = *sum + x;
            }
        }
        out.copy_from_slice(&sum);
    }
}

/// Puts a cell to the places of one phase.
#[inline]
fn scatter<S: Sample>(out: &mut [S], cell: &[S], factor: usize, p: usize) {
    for (to, from) in out[p..].iter_mut().step_by(factor).zip(&cell[..CELL]) {
        *to = *from;
    }
}
