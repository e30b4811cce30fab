//! The kinds of nodes, each in its file, and what they share.

pub(crate) mod convolve;
pub(crate) mod kernel;
pub(crate) mod mix;
pub(crate) mod resample;
pub(crate) mod source;
pub(crate) mod spectral;

use crate::engine::Code;
use crate::error::EngineError;
use crate::ring::{Pen, Rings};
use crate::sample::Sample;
use mixdown_layout::Program;
use std::ops::Range;

/// What nodes are made from.
pub(crate) struct Setup<'a, S: Sample> {
    pub program: &'a Program,
    pub code: &'a Code,
    pub rings: &'a Rings<S>,
    /// Whether silence may be skipped.
    pub skip: bool,
}

/// What a node is told when it works.
#[derive(Clone, Copy)]
pub(crate) struct Visit<'a> {
    pub program: &'a Program,
    /// Cells below this one are surely part of the song.
    pub sure_before: u64,
}

/// A node that can work.
pub(crate) enum Body<S: Sample> {
    Kernel(Box<kernel::KernelNode<S>>),
    Mix(Box<mix::MixNode<S>>),
    Source(Box<source::SourceNode<S>>),
    Resample(Box<resample::ResampleNode<S>>),
    Convolve(Box<convolve::ConvolveNode<S>>),
    Spectral(Box<spectral::SpectralNode<S>>),
}

impl<S: Sample> Body<S> {
    /// Works on the cells, which follow those of the visit before; the first visit starts at cell 0.
    pub(crate) fn run(&mut self, visit: &Visit, cells: Range<u64>) -> Result<(), EngineError> {
        if cells.is_empty() {
            return Ok(());
        }
        match self {
            Body::Kernel(node) => node.run(visit, cells),
            Body::Mix(node) => node.run(visit, cells),
            Body::Source(node) => return node.run(visit, cells),
            Body::Resample(node) => node.run(visit, cells),
            Body::Convolve(node) => node.run(visit, cells),
            Body::Spectral(node) => node.run(visit, cells),
        }
        Ok(())
    }

    /// What it writes.
    pub(crate) fn pens(&self) -> &[Pen<S>] {
        match self {
            Body::Kernel(node) => &node.pens,
            Body::Mix(node) => std::slice::from_ref(&node.pen),
            Body::Source(node) => &node.pens,
            Body::Resample(node) => std::slice::from_ref(&node.pen),
            Body::Convolve(node) => &node.pens,
            Body::Spectral(node) => std::slice::from_ref(&node.pen),
        }
    }

    /// The same, to change.
    pub(crate) fn pens_mut(&mut self) -> &mut [Pen<S>] {
        match self {
            Body::Kernel(node) => &mut node.pens,
            Body::Mix(node) => std::slice::from_mut(&mut node.pen),
            Body::Source(node) => &mut node.pens,
            Body::Resample(node) => std::slice::from_mut(&mut node.pen),
            Body::Convolve(node) => &mut node.pens,
            Body::Spectral(node) => std::slice::from_mut(&mut node.pen),
        }
    }
}
