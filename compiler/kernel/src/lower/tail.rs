//! How long a program may be silent before it sounds again: what went into delay lines and impulse responses comes out of
//! them that much later. Always true: the search for the end waits at least as long as all that is on the longest way from a source to
//! an output holds, one strip after the other.

use super::response::ResponseSpec;
use crate::ir::Kernel;
use mixdown_analysis::mix::{Mix, StripKind};
use mixdown_layout::{Node, StreamId, resample_latency};
use rustc_hash::FxHashSet as HashSet;

/// Mix samples that the longest way through these nodes holds. They stand in the order they run in; `held` is what
/// the lines of each kernel hold.
pub(super) fn longest(nodes: &[Node], held: Vec<u64>, responses: &[ResponseSpec], streams: usize) -> u64 {
    let mut behind = vec![0u64; streams];
    let mut most = 0;
    for node in nodes {
        let mut step = |from: &mut dyn Iterator<Item = Option<StreamId>>, own: u64, to: &[StreamId]| {
            let before = from.flatten().filter_map(|s| behind.get(s as usize)).max().copied().unwrap_or(0);
            let after = before.saturating_add(own);
            to.iter().for_each(|s| behind[*s as usize] = after);
            most = most.max(after);
        };
        match node {
            Node::Source { outputs, .. } => step(&mut std::iter::empty(), 0, outputs),
            Node::Mix { edges, output, .. } => step(&mut edges.iter().map(|e| e.from.stream), 0, &[*output]),
            Node::Upsample { factor, from, output } | Node::Downsample { factor, from, output } => {
                step(&mut std::iter::once(from.stream), 2 * u64::from(resample_latency(*factor)), &[*output]);
            }
            Node::Analyse { size, from, output } => step(&mut std::iter::once(from.stream), u64::from(*size), &[*output]),
            Node::Synthesise { size, from, gains, output } => {
                step(&mut [from.stream, gains.stream].into_iter(), 2 * u64::from(*size), &[*output]);
            }
            Node::Convolve { response, from, outputs, .. } => {
                step(&mut from.iter().map(|r| r.stream), responses[*response as usize].samples, outputs);
            }
            Node::Kernel { kernel, instances } => {
                for i in instances {
                    step(&mut i.inputs.iter().map(|r| r.stream), held[*kernel as usize], &i.outputs);
                }
            }
        }
    }
    most
}

/// Strips whose sound comes to the master, by their paths; where the others have ended is nobody's business.
pub(super) fn heard(mix: &Mix) -> HashSet<&str> {
    let mut heard: Vec<bool> = mix.strips.iter().map(|s| s.kind == StripKind::Master).collect();
    let goals: Vec<Vec<u32>> = mix.strips.iter().map(super::order::targets).collect();
    let mut open: Vec<usize> = (0..heard.len()).filter(|i| heard[*i]).collect();
    let mut feeders: Vec<Vec<usize>> = vec![Vec::new(); heard.len()];
    for (from, goals) in goals.iter().enumerate() {
        goals.iter().for_each(|to| feeders[*to as usize].push(from));
    }
    while let Some(strip) = open.pop() {
        for &from in &feeders[strip] {
            if !std::mem::replace(&mut heard[from], true) {
                open.push(from);
            }
        }
    }
    mix.strips.iter().zip(heard).filter(|(_, heard)| *heard).map(|(s, _)| s.path.as_str()).collect()
}

/// Mix samples that all lines of a kernel hold: those of a feedback loop are passed one after the other too.
pub(super) fn lines(kernel: &Kernel) -> u64 {
    kernel.lines.iter().map(|l| u64::from(l.capacity / kernel.factor.max(1))).sum()
}
