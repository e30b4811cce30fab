//! A sum in a fixed order: `out = ((e0*g0) + e1*g1) + …`, every product rounded before it is added.

use super::{Setup, Visit};
use crate::control::{Controls, Target};
use crate::ring::{Pen, Tap};
use crate::sample::Sample;
use crate::wide::{self, Term};
use mixdown_layout::{CELL, ControlUse, Edge, SlotKind};
use std::ops::Range;

/// A sum.
pub(crate) struct MixNode<S: Sample> {
    pub(crate) pen: Pen<S>,
    taps: Vec<Tap<S>>,
    /// Index of the origin in `gains` of every edge; the slope stands behind it.
    gain_of: Vec<usize>,
    gains: Vec<S>,
    controls: Controls,
    /// All gains stand still in the current piece.
    held: bool,
    /// Silence in gives silence out: all gains stand still for ever, are finite and not negative.
    transparent: bool,
    terms: Vec<Term<S>>,
    /// Mix samples from the cell's start, of every sample.
    steps: Vec<S>,
    factor: usize,
}

// SAFETY: the terms hold addresses for the time of one call only; everything else may move.
unsafe impl<S: Sample> Send for MixNode<S> {}

impl<S: Sample> MixNode<S> {
    pub(crate) fn new(
        setup: &Setup<S>,
        edges: &[Edge],
        gains: &[(SlotKind, f64)],
        uses: &[ControlUse],
        output: u32,
    ) -> Self {
        let stream = &setup.program.streams[output as usize];
        let factor = stream.factor as usize;
        let target = |slot: &u32| Target { origin: *slot as usize * 2, slope: *slot as usize * 2 + 1, lanes: vec![0] };
        let uses: Vec<_> = uses.iter().map(|u| (u, u.slots.iter().map(target).collect())).collect();
        let values = gains.iter().map(|(kind, value)| if *kind == SlotKind::Control { 0.0 } else { *value });
        MixNode {
            pen: Pen::new(&setup.rings.rings[output as usize], output, stream.strip_output),
            taps: edges.iter().map(|e| setup.rings.tap(e.from)).collect(),
            gain_of: edges.iter().map(|e| e.gain as usize * 2).collect(),
            transparent: setup.skip && Self::passes_silence(gains),
            gains: values.flat_map(|g| [S::from_f64(g), S::ZERO]).collect(),
            held: true,
            controls: Controls::new(setup.program, &setup.code.controls, &uses),
            terms: Vec::with_capacity(edges.len()),
            steps: (0..CELL * factor).map(|k| S::from_f64((k / factor) as f64)).collect(),
            factor,
        }
    }

    /// Whether zeros in give `+0.0` out, whatever else happens.
    pub(crate) fn passes_silence(gains: &[(SlotKind, f64)]) -> bool {
        gains.iter().all(|(kind, gain)| {
            let gain = S::from_f64(*gain).to_f64();
            *kind != SlotKind::Control && gain.is_finite() && gain >= 0.0
        })
    }

    pub(crate) fn run(&mut self, visit: &Visit, cells: Range<u64>) {
        let mut cell = cells.start;
        while cell < cells.end {
            let start = (cell * CELL as u64) as i64;
            let mut run = 1;
            if self.transparent && self.taps.iter().all(Tap::silent) {
                self.pen.finish_silent();
            } else {
                run = self.taps.iter().map(Tap::run).min().unwrap_or(1).min(self.pen.run());
                run = run.min((cells.end - cell) as usize);
                if self.controls.still(start + (run * CELL) as i64) {
                    self.sum(0, run * CELL);
                } else {
                    run = 1;
                    self.cell(visit, start);
                }
                (cell..cell + run as u64).for_each(|cell| self.pen.finish(cell, visit.sure_before));
            }
            self.taps.iter_mut().for_each(|tap| tap.skip(run));
            cell += run as u64;
        }
    }

    /// A cell in which gains may move.
    fn cell(&mut self, visit: &Visit, start: i64) {
        let end = start + CELL as i64;
        let mut at = start;
        while at < end {
            let mut to = end;
            if !self.controls.still(end) {
                to = self.controls.enter(visit.program, at, start, &mut self.gains);
                self.held = self.gains.iter().skip(1).step_by(2).all(|slope| *slope == S::ZERO);
            }
            self.sum((at - start) as usize, (to - start) as usize);
            at = to;
        }
    }

    /// Sums the mix samples `from..to`, counted from the current cell's first; more than a cell where gains stand
    /// still.
    #[inline]
    fn sum(&mut self, from: usize, to: usize) {
        let (from, to) = (from * self.factor, to * self.factor);
        self.terms.clear();
        for (tap, &gain) in self.taps.iter().zip(&self.gain_of) {
            // SAFETY: `from..to` is a part of what the tap shows in one piece; it belongs to another stream than the
            // output, and the schedule keeps its writer away.
            let term = unsafe { Term::new(tap.ptr().add(from), self.gains[gain], self.gains[gain + 1]) };
            self.terms.push(term);
        }
        // SAFETY: no further than the ring's end; no other slice of these cells is alive.
        let out = &mut unsafe { self.pen.block(to.div_ceil(CELL * self.factor)) }[from..to];
        if self.held {
            wide::mix_held(out, &self.terms);
        } else {
            wide::mix_ramped(out, &self.terms, &self.steps[from..to]);
        }
    }
}
