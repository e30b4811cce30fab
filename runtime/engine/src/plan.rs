//! How a program is walked through time: which cell every node works on, and how much of every stream is kept.
//!
//! Always true here: in batch `b` a node works on the cells `b * batch - before + lead ..` plus `batch` more, cut
//! to the cells that exist. A producer's lead is so much greater than its consumers' that what they read has been
//! written. All leads, and with them all bits, are independent of the batch.

use mixdown_layout::{CELL, Node, Output, Program, Read};
use std::ops::Range;

/// The walk.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    /// Cells a visit.
    pub batch: u64,
    /// Lead of every node, in cells.
    pub leads: Vec<u64>,
    /// What every stream keeps.
    pub streams: Vec<Kept>,
    /// Nodes that every node reads from, ascending.
    pub producers: Vec<Vec<usize>>,
    /// Nodes that write what an output reads.
    pub delivering: Vec<usize>,
    /// Cells before cell 0 at which the first batch starts, so that nodes with a lead begin at their cell 0.
    before: u64,
}

/// What is kept of a stream.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Kept {
    /// The node that writes it.
    pub writer: Option<usize>,
    /// Cells of its ring.
    pub cells: u64,
    /// Whether a reading starts inside a cell.
    pub wraps: bool,
}

/// Readings of a node.
pub(crate) fn reads(node: &Node) -> Vec<Read> {
    match node {
        Node::Kernel { instances, .. } => instances.iter().flat_map(|i| i.inputs.iter().copied()).collect(),
        Node::Mix { edges, .. } => edges.iter().map(|e| e.from).collect(),
        Node::Source { .. } => Vec::new(),
        Node::Convolve { from, .. } => from.clone(),
        Node::Upsample { from, .. } | Node::Downsample { from, .. } | Node::Analyse { from, .. } => vec![*from],
        Node::Synthesise { from, gains, .. } => vec![*from, *gains],
    }
}

/// Streams a node writes.
pub(crate) fn writes(node: &Node) -> Vec<u32> {
    match node {
        Node::Kernel { instances, .. } => instances.iter().flat_map(|i| i.outputs.iter().copied()).collect(),
        Node::Source { outputs, .. } | Node::Convolve { outputs, .. } => outputs.clone(),
        Node::Mix { output, .. }
        | Node::Upsample { output, .. }
        | Node::Downsample { output, .. }
        | Node::Analyse { output, .. }
        | Node::Synthesise { output, .. } => vec![*output],
    }
}

/// Cells that an offset reaches ahead.
fn reach(offset: u32) -> u64 {
    u64::from(offset).div_ceil(CELL as u64)
}

impl Plan {
    /// `batch` cells a visit; a producer may be `ahead` batches before its consumers (1: none).
    pub(crate) fn new(program: &Program, batch: u64, ahead: u64) -> Plan {
        let mut streams = vec![Kept::default(); program.streams.len()];
        for (n, node) in program.nodes.iter().enumerate() {
            for stream in writes(node) {
                streams[stream as usize].writer = Some(n);
            }
        }
        let mut leads = vec![0u64; program.nodes.len()];
        let mut producers = vec![Vec::new(); program.nodes.len()];
        let mut delivering = Vec::new();
        // From the last node to the first: all consumers of a node are settled before it.
        for read in outputs(&program.outputs) {
            if let Some(writer) = lead_to(&mut leads, &mut streams, read, 0) {
                delivering.push(writer);
            }
        }
        for (n, node) in program.nodes.iter().enumerate().rev() {
            for read in reads(node) {
                let lead = leads[n];
                if let Some(writer) = lead_to(&mut leads, &mut streams, read, lead) {
                    producers[n].push(writer);
                }
            }
            producers[n].sort_unstable();
            producers[n].dedup();
        }
        delivering.sort_unstable();
        delivering.dedup();
        // A ring holds what the writer has written in this batch (or `ahead` of them) and its slowest reader needs.
        let mut slack = vec![0u64; streams.len()];
        let mut keep = |streams: &[Kept], read: Read, lead: u64| {
            let Some(stream) = read.stream else { return };
            let Some(writer) = streams[stream as usize].writer else { return };
            let from = lead + u64::from(read.offset) / CELL as u64;
            let slack = &mut slack[stream as usize];
            *slack = (*slack).max(leads[writer] - from);
        };
        for read in outputs(&program.outputs) {
            keep(&streams, read, 0);
        }
        for (n, node) in program.nodes.iter().enumerate() {
            for read in reads(node) {
                keep(&streams, read, leads[n]);
            }
        }
        for (kept, slack) in streams.iter_mut().zip(slack) {
            kept.cells = batch * ahead + slack;
        }
        let before = leads.iter().max().map_or(0, |most| most.div_ceil(batch) * batch);
        Plan { batch, leads, streams, producers, delivering, before }
    }

    /// Cells that a part with this lead works on in batch `batch`; `end` is the first cell no output needs.
    #[inline]
    pub(crate) fn cells(&self, batch: u64, lead: u64, end: u64) -> Range<u64> {
        let last = end.saturating_add(lead);
        let from = (batch * self.batch + lead).saturating_sub(self.before);
        let to = ((batch + 1) * self.batch + lead).saturating_sub(self.before);
        from.min(last)..to.min(last)
    }

    /// How many batches there are up to cell `end`.
    pub(crate) fn batches(&self, end: u64) -> u64 {
        end.saturating_add(self.before).div_ceil(self.batch)
    }
}

fn outputs(outputs: &[Output]) -> impl Iterator<Item = Read> + '_ {
    outputs.iter().flat_map(|o| o.channels.iter().copied())
}

/// Makes the writer of what is read early enough, and says who that is.
fn lead_to(leads: &mut [u64], streams: &mut [Kept], read: Read, lead: u64) -> Option<usize> {
    let kept = &mut streams[read.stream? as usize];
    kept.wraps |= !read.offset.is_multiple_of(CELL as u32);
    let writer = kept.writer?;
    leads[writer] = leads[writer].max(lead + reach(read.offset));
    Some(writer)
}
