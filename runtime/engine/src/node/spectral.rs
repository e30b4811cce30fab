//! Spectra of a channel, and a channel with gains on its spectra.
//!
//! Always true here: frames begin at multiples of the hop, a frame's bins stand in as many samples as a hop has, twice,
//! and after silence of a window's length nothing is computed.

use super::{Setup, Visit};
use crate::fourier::Frames;
use crate::ring::{Pen, Tap};
use crate::sample::Sample;
use mixdown_layout::{CELL, Read, StreamId};
use std::ops::Range;

/// Bins a mix sample.
const BINS: usize = 2;

/// One channel.
pub(crate) struct SpectralNode<S: Sample> {
    pub(crate) pen: Pen<S>,
    tap: Tap<S>,
    /// The gains; without them it tells magnitudes.
    gains: Option<Tap<S>>,
    frames: Frames<S>,
    /// The bins of the present hop: as they come in, or go out.
    bins: Vec<S>,
    /// The samples of the present hop that go out.
    samples: Vec<S>,
    /// Cells since something was heard.
    quiet: usize,
}

impl<S: Sample> SpectralNode<S> {
    pub(crate) fn new(setup: &Setup<S>, size: u32, from: Read, gains: Option<Read>, output: StreamId) -> Self {
        let frames = Frames::new(size as usize);
        let stream = &setup.program.streams[output as usize];
        SpectralNode {
            pen: Pen::new(&setup.rings.rings[output as usize], output, stream.strip_output),
            tap: setup.rings.tap(from),
            gains: gains.map(|read| setup.rings.tap(read)),
            bins: vec![S::ZERO; size as usize / 2],
            samples: vec![S::ZERO; frames.hop()],
            frames,
            quiet: usize::MAX,
        }
    }

    pub(crate) fn run(&mut self, visit: &Visit, cells: Range<u64>) {
        for cell in cells {
            self.cell(cell);
            self.pen.finish(cell, visit.sure_before);
            self.tap.advance();
            if let Some(gains) = &mut self.gains {
                gains.advance();
            }
        }
    }

    fn cell(&mut self, cell: u64) {
        let hop = self.samples.len();
        let at = (cell as usize % (hop / CELL)) * CELL;
        // SAFETY: a tap shows one whole cell, and the schedule keeps its writer away.
        let input = unsafe { std::slice::from_raw_parts(self.tap.ptr(), CELL) };
        // SAFETY: one cell; no other slice of it is alive.
        let out = unsafe { self.pen.block(1) };
        let silent = input.iter().all(|x| *x == S::ZERO);
        self.quiet = if silent { self.quiet.saturating_add(1) } else { 0 };
        // A window and the hops around it, so that all sums and bins are zero.
        let sleeps = self.quiet > 3 * self.bins.len() * BINS / CELL;
        if sleeps {
            out.fill(S::ZERO);
            return;
        }
        match &self.gains {
            None => {
                if at == 0 {
                    self.frames.look();
                    self.frames.magnitudes(&mut self.bins);
                }
                out.copy_from_slice(&self.bins[at * BINS..(at + CELL) * BINS]);
                self.frames.push(input);
            }
            Some(gains) => {
                // SAFETY: as above; its cells are twice as long.
                let gains = unsafe { std::slice::from_raw_parts(gains.ptr(), CELL * BINS) };
                if at == 0 {
                    self.frames.look();
                }
                out.copy_from_slice(&self.samples[at..at + CELL]);
                for (to, from) in self.bins[at * BINS..].iter_mut().zip(gains) {
                    *to = if (from.bits() & S::MAGNITUDE) < S::INFINITE { *from } else { S::ZERO };
                }
                if at + CELL == hop {
                    self.frames.shaped(&self.bins, &mut self.samples);
                }
                self.frames.push(input);
            }
        }
    }
}
