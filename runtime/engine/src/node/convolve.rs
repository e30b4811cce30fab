//! A convolution and its place in the graph.

use super::{Setup, Visit};
use crate::fourier::Convolver;
use crate::ring::{Pen, Tap};
use crate::sample::Sample;
use mixdown_layout::{CELL, Read, StreamId};
use std::ops::Range;

/// A convolution of all channels of a signal.
pub(crate) struct ConvolveNode<S: Sample> {
    pub(crate) pens: Vec<Pen<S>>,
    taps: Vec<Tap<S>>,
    convolver: Convolver<S>,
    /// Samples per mix sample.
    factor: usize,
}

impl<S: Sample> ConvolveNode<S> {
    pub(crate) fn new(setup: &Setup<S>, response: u32, from: &[Read], outputs: &[StreamId]) -> Self {
        let streams = &setup.program.streams;
        let pen = |s: &StreamId| Pen::new(&setup.rings.rings[*s as usize], *s, streams[*s as usize].strip_output);
        ConvolveNode {
            pens: outputs.iter().map(pen).collect(),
            taps: from.iter().map(|read| setup.rings.tap(*read)).collect(),
            convolver: Convolver::new(&setup.code.responses[response as usize]),
            factor: outputs.first().map_or(1, |s| streams[*s as usize].factor as usize),
        }
    }

    pub(crate) fn run(&mut self, visit: &Visit, cells: Range<u64>) {
        for cell in cells {
            // SAFETY: one cell of every pen, and a stream has one pen.
            let mut outputs: Vec<&mut [S]> = self.pens.iter().map(|pen| unsafe { pen.block(1) }).collect();
            for part in 0..self.factor {
                let at = part * CELL;
                // SAFETY: a tap shows one whole cell of `factor * CELL` samples, and the schedule keeps its writer away.
                let inputs = self.taps.iter().map(|tap| unsafe { std::slice::from_raw_parts(tap.ptr().add(at), CELL) });
                let inputs: Vec<&[S]> = inputs.collect();
                let mut outputs: Vec<&mut [S]> = outputs.iter_mut().map(|o| &mut o[at..at + CELL]).collect();
                self.convolver.cell(&inputs, &mut outputs);
            }
            self.pens.iter_mut().for_each(|pen| pen.finish(cell, visit.sure_before));
            self.taps.iter_mut().for_each(Tap::advance);
        }
    }

    /// Bytes of responses and of what was heard.
    pub(crate) fn bytes(&self) -> usize {
        self.convolver.bytes()
    }
}
