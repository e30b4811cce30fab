//! Kernel instances of all strips to packs: equal chains first, four or two to a pack, then what is equal in chains
//! that differ.

use super::assemble::written;
use super::finish::Proto;
use super::fuse::Fused;
use super::memory::Memory;
use super::share::{Effort, Step, Table, runs, share, table};
use crate::verify::Fault;
use mixdown_layout::{Float, Node, Packing, StreamId};
use rustc_hash::FxHashMap as HashMap;

/// One node of the program in the making.
pub(super) struct Pack {
    /// Longest way from a source.
    pub level: usize,
    pub packing: Packing,
    /// Of each instance: the protos it is made of, and what they became.
    pub instances: Vec<(Vec<usize>, Fused)>,
}

/// All packs, and the level of every other node.
pub(super) struct Packed {
    pub packs: Vec<Pack>,
    pub levels: Vec<usize>,
}

/// Packs all kernel instances; `heard` are the streams that leave the program.
pub(super) fn pack(
    protos: &[Proto],
    nodes: &[Node],
    heard: &[StreamId],
    memory: &mut Memory,
) -> Result<Packed, Vec<Fault>> {
    let chains = chains(protos);
    let levels = levels(protos, &chains, nodes);
    let readers = readers(protos, nodes, heard);
    let mut tables = Tables::default();
    for (chain, members) in chains.iter().enumerate() {
        tables.add(levels[chain], chain, members.iter().map(|&p| protos[p].shape.step).collect());
    }
    let mut packs = Vec::new();
    for (level, table) in tables.shared() {
        for run in runs(&table) {
            let count = run.first().map_or(0, |column| column.members.len());
            let instances: Vec<Vec<usize>> =
                (0..count).map(|i| run.iter().map(|column| chains[column.members[i].0][column.members[i].1]).collect()).collect();
            let leaves = |stream: StreamId, run: &[usize]| {
                readers.get(&stream).is_some_and(|list| list.iter().any(|reader| !run.contains(reader)))
            };
            let fused = memory.fuser.fuse(protos, &instances, leaves, &mut memory.shapes)?;
            packs.extend(split(level, instances.into_iter().zip(fused).collect()));
        }
    }
    Ok(Packed { packs, levels: levels[chains.len()..].to_vec() })
}

/// Instances of one run in packs: of the same kernel, and as many as fit.
fn split(level: usize, instances: Vec<(Vec<usize>, Fused)>) -> Vec<Pack> {
    let mut packs: Vec<Pack> = Vec::new();
    for (members, fused) in instances {
        let same = |pack: &&mut Pack| pack.instances.len() < 4 && pack.instances[0].1.shape.step.shape == fused.shape.step.shape;
        match packs.iter_mut().find(same) {
            Some(pack) => pack.instances.push((members, fused)),
            None => packs.push(Pack { level, packing: Packing::Instances, instances: vec![(members, fused)] }),
        }
    }
    for pack in &mut packs {
        let shape = &pack.instances[0].1.shape;
        if pack.instances.len() == 1 && shape.kernel.float == Float::F32 {
            pack.packing = Packing::Single;
        } else if pack.instances.len() <= 2 && shape.step.lanes == 2 {
            pack.packing = Packing::Frames;
        }
    }
    packs
}

/// The protos that may be one kernel, in the order in which they run: all of one strip, rate, latency and part.
fn chains(protos: &[Proto]) -> Vec<Vec<usize>> {
    let mut chains: Vec<Vec<usize>> = Vec::new();
    let mut known: HashMap<(&str, (usize, u32, u32)), usize> = HashMap::default();
    for (i, proto) in protos.iter().enumerate() {
        let chain = *known.entry((&proto.path, proto.whole)).or_insert_with(|| {
            chains.push(Vec::new());
            chains.len() - 1
        });
        chains[chain].push(i);
    }
    chains
}

/// Who reads a stream: protos, and `usize::MAX` for everybody else and for reads that undo a latency.
fn readers(protos: &[Proto], nodes: &[Node], heard: &[StreamId]) -> HashMap<StreamId, Vec<usize>> {
    let mut readers: HashMap<StreamId, Vec<usize>> = HashMap::default();
    for (i, proto) in protos.iter().enumerate() {
        for (read, stream) in proto.inputs.iter().filter_map(|read| Some((read, read.stream?))) {
            let reader = if read.offset == 0 { i } else { usize::MAX };
            readers.entry(stream).or_default().push(reader);
        }
    }
    for stream in nodes.iter().flat_map(read_by).chain(heard.iter().copied()) {
        readers.entry(stream).or_default().push(usize::MAX);
    }
    readers
}

/// The streams a node that is no kernel reads.
pub(super) fn read_by(node: &Node) -> Vec<StreamId> {
    match node {
        Node::Mix { edges, .. } => edges.iter().filter_map(|e| e.from.stream).collect(),
        Node::Upsample { from, .. } | Node::Downsample { from, .. } | Node::Analyse { from, .. } => from.stream.into_iter().collect(),
        Node::Synthesise { from, gains, .. } => [from.stream, gains.stream].into_iter().flatten().collect(),
        Node::Convolve { from, .. } => from.iter().filter_map(|r| r.stream).collect(),
        Node::Kernel { .. } | Node::Source { .. } => Vec::new(),
    }
}

/// Longest way from a source to each chain and then each node: chains of one level cannot hear each other.
fn levels(protos: &[Proto], chains: &[Vec<usize>], nodes: &[Node]) -> Vec<usize> {
    let mut writer: HashMap<StreamId, usize> = HashMap::default();
    for (i, chain) in chains.iter().enumerate() {
        writer.extend(chain.iter().flat_map(|&p| &protos[p].outputs).map(|s| (*s, i)));
    }
    for (i, node) in nodes.iter().enumerate() {
        writer.extend(written(node).map(|s| (s, chains.len() + i)));
    }
    let before = |i: usize| -> Vec<usize> {
        let reads: Vec<StreamId> = match i.checked_sub(chains.len()) {
            None => chains[i].iter().flat_map(|&p| &protos[p].inputs).filter_map(|r| r.stream).collect(),
            Some(n) => read_by(&nodes[n]),
        };
        let mut list: Vec<usize> = reads.iter().filter_map(|s| writer.get(s).copied()).filter(|b| *b != i).collect();
        list.sort_unstable();
        list.dedup();
        list
    };
    let total = chains.len() + nodes.len();
    let mut level: Vec<Option<usize>> = vec![None; total];
    for start in 0..total {
        let mut stack = vec![start];
        while let Some(&i) = stack.last() {
            if level[i].is_some() {
                stack.pop();
                continue;
            }
            let before = before(i);
            match before.iter().find(|b| level[**b].is_none()) {
                Some(b) if stack.len() <= total => stack.push(*b),
                _ => {
                    level[i] = Some(before.iter().filter_map(|b| level[*b]).map(|l| l + 1).max().unwrap_or(0));
                    stack.pop();
                }
            }
        }
    }
    level.into_iter().map(Option::unwrap_or_default).collect()
}

/// Chains by level: equal ones in full packs, the rest in tables.
#[derive(Default)]
struct Tables {
    /// Level and steps, and the chains of these, in the order of the text.
    groups: Vec<(usize, Vec<Step>, Vec<usize>)>,
    known: HashMap<(usize, Vec<usize>), usize>,
}

impl Tables {
    fn add(&mut self, level: usize, chain: usize, steps: Vec<Step>) {
        let shapes = steps.iter().map(|step| step.shape).collect();
        let group = *self.known.entry((level, shapes)).or_insert_with(|| {
            self.groups.push((level, steps, Vec::new()));
            self.groups.len() - 1
        });
        self.groups[group].2.push(chain);
    }

    /// Tables with their levels.
    fn shared(self) -> Vec<(usize, Table)> {
        let mut done = Vec::new();
        let mut rest: Vec<(usize, Vec<Table>)> = Vec::new();
        for (level, steps, chains) in self.groups {
            for chains in chains.chunks(4) {
                let table = table(chains, &steps);
                match rest.iter_mut().find(|(l, _)| *l == level) {
                    _ if chains.len() == 4 => done.push((level, table)),
                    Some((_, tables)) => tables.push(table),
                    None => rest.push((level, vec![table])),
                }
            }
        }
        let mut effort = Effort::default();
        for (level, tables) in rest {
            done.extend(share(tables, &mut effort).into_iter().map(|table| (level, table)));
        }
        done
    }
}
