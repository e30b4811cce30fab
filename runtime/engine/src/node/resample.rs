//! Up and down between the rate of a region (the mix's, or one that is oversampled itself) and that of an oversampled
//! region inside, by the filter of [`crate::fir`].
//!
//! Always true here: both directions are late by [`mixdown_layout::RESAMPLE_LATENCY`] samples of the slower rate; every output is
//! one chain of fused multiply-adds from zero, phases in order and taps from the newest sample to the oldest.

use super::{Setup, Visit};
use crate::fir;
use crate::ring::{Pen, Tap};
use crate::sample::Sample;
use crate::wide;
use mixdown_layout::{CELL, RESAMPLE_LATENCY, Read};
use std::ops::Range;

/// Mix samples that the filter looks back: a cell.
const BACK: usize = 2 * RESAMPLE_LATENCY as usize;
const _: () = assert!(BACK == CELL, "the cell before must be all the history there is");

/// One direction of one channel.
pub(crate) struct ResampleNode<S: Sample> {
    pub(crate) pen: Pen<S>,
    tap: Tap<S>,
    factor: usize,
    /// Samples of the slower rate per mix sample.
    outer: usize,
    up: bool,
    /// Taps of every phase but the first, which is a plain delay; the newest sample's first.
    taps: Vec<Vec<S>>,
    /// The cell before and the current one, a phase after the other (one phase going up).
    recent: Vec<S>,
    /// One phase of the output.
    phase: [S; CELL],
    /// Whether the cell before was silent.
    silent: bool,
}

impl<S: Sample> ResampleNode<S> {
    pub(crate) fn up(setup: &Setup<S>, factor: u32, from: Read, output: u32) -> Self {
        // The oldest tap of a phase later than the mix's instant is beyond the filter.
        let phase = |p: i64| fir::phase(factor, p)[..BACK].iter().map(|t| S::from_f64(*t)).collect();
        let taps = (1..i64::from(factor)).map(phase).collect();
        Self::new(setup, factor, from, output, true, taps)
    }

    pub(crate) fn down(setup: &Setup<S>, factor: u32, from: Read, output: u32) -> Self {
        let share = 1.0 / f64::from(factor);
        // And the newest one of a phase before it.
        let phase = |p: i64| fir::phase(factor, -p)[1..].iter().map(|t| S::from_f64(t * share)).collect();
        Self::new(setup, factor, from, output, false, (1..i64::from(factor)).map(phase).collect())
    }

    fn new(setup: &Setup<S>, factor: u32, from: Read, output: u32, up: bool, taps: Vec<Vec<S>>) -> Self {
        let Setup { program, rings, .. } = *setup;
        let factor = factor as usize;
        let written = program.streams[output as usize].factor as usize;
        let outer = if up { written / factor } else { written };
        ResampleNode {
            pen: Pen::new(&rings.rings[output as usize], output, program.streams[output as usize].strip_output),
            tap: rings.tap(from),
            factor,
            outer,
            up,
            taps,
            recent: vec![S::ZERO; 2 * CELL * if up { 1 } else { factor }],
            phase: [S::ZERO; CELL],
            silent: true,
        }
    }

    pub(crate) fn run(&mut self, visit: &Visit, cells: Range<u64>) {
        for cell in cells {
            let silent = self.tap.silent();
            if silent && self.silent {
                // The history is zero already, and stays.
                self.pen.finish_silent();
            } else {
                for part in 0..self.outer {
                    if self.up {
                        self.cell_up(part)
                    } else {
                        self.cell_down(part)
                    }
                }
                self.pen.finish(cell, visit.sure_before);
            }
            self.silent = silent;
            self.tap.advance();
        }
    }

    /// `CELL` samples of the slower rate, the `part`th of the cell.
    fn cell_up(&mut self, part: usize) {
        // SAFETY: a tap shows one whole cell, `outer` times as long as the mix's, and the schedule keeps its writer away.
        let from = unsafe { std::slice::from_raw_parts(self.tap.ptr().add(part * CELL), CELL) };
        // SAFETY: one cell; no other slice of it is alive.
        let out = unsafe { self.pen.block(1) };
        let out = &mut out[part * CELL * self.factor..][..CELL * self.factor];
        self.recent.copy_within(CELL.., 0);
        self.recent[CELL..].copy_from_slice(from);
        let late = RESAMPLE_LATENCY as usize;
        scatter(out, &self.recent[CELL - late..2 * CELL - late], self.factor, 0);
        for (p, taps) in self.taps.iter().enumerate() {
            self.phase = [S::ZERO; CELL];
            wide::convolve(&mut self.phase, &self.recent, taps, 0);
            scatter(out, &self.phase, self.factor, p + 1);
        }
    }

    /// As [`ResampleNode::cell_up`].
    fn cell_down(&mut self, part: usize) {
        let long = CELL * self.factor;
        // SAFETY: a tap shows one whole cell, `outer * factor` times as long as the mix's.
        let from = unsafe { std::slice::from_raw_parts(self.tap.ptr().add(part * long), long) };
        // SAFETY: one cell; no other slice of it is alive.
        let out = unsafe { self.pen.block(1) };
        let out = &mut out[part * CELL..][..CELL];
        for (p, recent) in self.recent.chunks_exact_mut(2 * CELL).enumerate() {
            recent.copy_within(CELL.., 0);
            for (to, from) in recent[CELL..].iter_mut().zip(from[p..].iter().step_by(self.factor)) {
                *to = *from;
            }
        }
        let share = S::from_f64(1.0 / self.factor as f64);
        let late = RESAMPLE_LATENCY as usize;
        for (to, from) in self.phase.iter_mut().zip(&self.recent[CELL - late..]) {
            *to = *from * share;
        }
        for (recent, taps) in self.recent.chunks_exact(2 * CELL).skip(1).zip(&self.taps) {
            wide::convolve(&mut self.phase, recent, taps, 1);
        }
        out.copy_from_slice(&self.phase);
    }
}

/// Puts one phase to its places.
#[inline]
fn scatter<S: Sample>(out: &mut [S], phase: &[S], factor: usize, p: usize) {
    for (to, from) in out[p..].iter_mut().step_by(factor).zip(phase) {
        *to = *from;
    }
}
