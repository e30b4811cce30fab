//! The end of a strip: writes of states and outputs are added, everything that nothing uses is dropped, and each
//! region becomes a kernel whose names and numbers say only its shape.

use super::Fault;
use super::assemble::written;
use super::control::cut;
use super::memory::{Shape, Shapes};
use super::pack::read_by;
use super::region::{Fill, Region};
use super::value::Sig;
use super::weave::Weave;
use crate::ir::{Kernel, Line, Op, Port, Slot, State, Value};
use mixdown_layout::{ControlInput, Node, Read, SlotKind, StreamId};
use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};

/// A kernel instance that waits to be packed.
#[derive(Clone)]
pub(super) struct Proto {
    pub shape: Shape,
    /// What it may be one kernel with: all of a strip with the same rate, latency and part.
    pub whole: (usize, u32, u32),
    pub path: String,
    pub inputs: Vec<Read>,
    pub outputs: Vec<StreamId>,
    pub slots: Vec<f64>,
    /// Control code, its inputs, the slots it fills.
    pub controls: Vec<(Shape, Vec<ControlInput>, Vec<u32>)>,
}

impl Weave<'_, '_> {
    /// The strip's kernels and the resamplers between them; `needed` are the streams that leave it.
    pub fn finish(mut self, needed: &[StreamId], shapes: &mut Shapes) -> Result<(Vec<Proto>, Vec<Node>), Fault> {
        self.write_states();
        let control = self.control.kernel().clone();
        let mut regions = std::mem::take(&mut self.regions);
        regions.sort_by_key(|region| region.at);
        let mut wanted = Wanted::of(std::mem::take(&mut self.nodes));
        wanted.add(needed.iter().copied());
        // Backwards from what leaves the strip: a region is needed if something later reads it. What is read always
        // has less latency behind it or is an earlier step, and a resampler adds latency.
        let mut protos = Vec::new();
        let mut done: HashSet<StreamId> = HashSet::default();
        while let Some(region) = regions.pop() {
            if !region.exports.iter().any(|(_, _, s)| s.iter().any(|s| wanted.streams.contains(s))) {
                continue;
            }
            let proto = self.region_done(region, &wanted.streams, &control, shapes)?;
            if proto.inputs.iter().filter_map(|r| r.stream).any(|s| done.contains(&s)) {
                return Err(Fault::inside(format!("regions of `{}` hear each other in a ring", self.path)));
            }
            done.extend(proto.outputs.iter().copied());
            wanted.add(proto.inputs.iter().filter_map(|r| r.stream));
            protos.push(proto);
        }
        protos.reverse();
        wanted.used.reverse();
        Ok((protos, wanted.used))
    }

    /// Adds the writes of states.
    fn write_states(&mut self) {
        for i in 0..self.cells.len() {
            let (region, index, width) = (self.cells[i].region, self.cells[i].index, self.cells[i].width);
            let sig = self.cell(i);
            let v = self.value_in(region, sig);
            let v = self.widen(region, v, width);
            let line = self.cells[i].line;
            let b = &mut self.regions[region].builder;
            match line {
                None => b.write_state(index, v),
                Some((line, began)) => {
                    b.write_line(line, v);
                    if let Some(began) = began {
                        let one = b.float(1.0);
                        b.write_line(began, one);
                    }
                }
            }
        }
    }

    fn region_done(
        &self,
        region: Region,
        needed: &HashSet<StreamId>,
        control: &Kernel,
        shapes: &mut Shapes,
    ) -> Result<Proto, Fault> {
        let Region { mut builder, inputs, fills, exports, domain, at, .. } = region;
        let mut outputs = Vec::new();
        for (v, width, streams) in exports {
            if streams.iter().any(|s| needed.contains(s)) {
                let port = builder.declare_output(format!("out{}", outputs.len()), width);
                builder.output(port, v);
                outputs.extend_from_slice(&streams[..width as usize]);
            }
        }
        let written = builder.kernel().clone();
        let compact = compact(&written);
        let kernel = compact.kernel;
        if let Some(fault) = crate::verify::verify(&kernel).into_iter().next() {
            return Err(Fault::inside(format!("a kernel of `{}` is not well formed: {fault:?}", self.path)));
        }
        let mut slots = vec![0.0; compact.slots.len()];
        let mut moving: Vec<(u32, Value)> = Vec::new();
        for (new, old) in compact.slots.iter().enumerate() {
            match fills[*old] {
                Fill::Const(x) => slots[new] = x,
                Fill::Seed(x) => slots[new] = f64::from_bits(x as u64),
                Fill::Control(v) => moving.push((new as u32, v)),
            }
        }
        let wanted: Vec<Value> = moving.iter().map(|(_, v)| *v).collect();
        let controls = cut(control, &self.control_inputs, &wanted)
            .into_iter()
            .map(|c| {
                let slots = c.outputs.iter().map(|i| moving[*i].0).collect();
                (shapes.of(c.kernel), c.inputs, slots)
            })
            .collect();
        Ok(Proto {
            path: self.path.clone(),
            whole: (domain, at.lag, at.part),
            inputs: compact.inputs.iter().flat_map(|i| inputs[*i].clone()).collect(),
            outputs,
            slots,
            controls,
            shape: shapes.of(kernel),
        })
    }

    /// The streams of a signal that leaves the strip, and its offset.
    pub fn leave(&mut self, sig: Sig) -> Option<([StreamId; 2], u32)> {
        self.streams(sig).map(|s| (s, sig.offset))
    }
}

/// What is needed so far.
struct Wanted {
    streams: HashSet<StreamId>,
    /// Resamplers and convolutions that nobody needed yet.
    idle: Vec<Option<Node>>,
    /// Which of them writes a stream.
    writers: HashMap<StreamId, usize>,
    /// Those that somebody does need.
    used: Vec<Node>,
}

impl Wanted {
    fn of(nodes: Vec<Node>) -> Wanted {
        let writers = nodes.iter().enumerate().flat_map(|(n, node)| written(node).map(move |s| (s, n))).collect();
        Wanted { streams: HashSet::default(), idle: nodes.into_iter().map(Some).collect(), writers, used: Vec::new() }
    }

    /// Adds streams, and what the nodes that write them read.
    fn add(&mut self, streams: impl Iterator<Item = StreamId>) {
        let mut open: Vec<StreamId> = streams.collect();
        while let Some(stream) = open.pop() {
            if self.streams.insert(stream)
                && let Some(writer) = self.writers.get(&stream)
                && let Some(node) = self.idle[*writer].take()
            {
                open.extend(read_by(&node));
                self.used.push(node);
            }
        }
    }
}

struct Compact {
    kernel: Kernel,
    /// Old index of each input port and slot that is left.
    inputs: Vec<usize>,
    slots: Vec<usize>,
}

/// Drops dead instructions, states that are only written to themselves, and unused ports, slots and lines; names
/// become numbers, so that equal shapes are equal kernels.
fn compact(k: &Kernel) -> Compact {
    let mut live = vec![false; k.body.len()];
    let mut state_live = vec![false; k.states.len()];
    let mut line_live = vec![false; k.lines.len()];
    let mark = |live: &mut Vec<bool>, from: usize| {
        let mut stack = vec![from];
        while let Some(i) = stack.pop() {
            if !std::mem::replace(&mut live[i], true) {
                stack.extend(k.body[i].operands().map(|v| v.0 as usize));
            }
        }
    };
    for (i, op) in k.body.iter().enumerate() {
        if matches!(op, Op::Output(..)) {
            mark(&mut live, i);
        }
    }
    // A state or line lives if something live reads it; then its write lives, which may make more live.
    loop {
        let mut more = false;
        for i in 0..k.body.len() {
            match k.body[i] {
                Op::ReadState(s) if live[i] && !state_live[s as usize] => {
                    state_live[s as usize] = true;
                    more = true;
                }
                Op::ReadLine(l, _) if live[i] && !line_live[l as usize] => {
                    line_live[l as usize] = true;
                    more = true;
                }
                _ => {}
            }
        }
        if !more {
            break;
        }
        for (i, op) in k.body.iter().enumerate() {
            match op {
                Op::WriteState(s, _) if state_live[*s as usize] => mark(&mut live, i),
                Op::WriteLine(l, _) if line_live[*l as usize] => mark(&mut live, i),
                _ => {}
            }
        }
    }
    let mut inputs = Vec::new();
    let mut slots = Vec::new();
    let mut states = Vec::new();
    let mut lines = Vec::new();
    let index = |list: &mut Vec<usize>, old: u32| -> u32 {
        let old = old as usize;
        list.iter().position(|x| *x == old).unwrap_or_else(|| {
            list.push(old);
            list.len() - 1
        }) as u32
    };
    let mut place = vec![Value(0); k.body.len()];
    let mut body = Vec::new();
    for (i, op) in k.body.iter().enumerate().filter(|(i, _)| live[*i]) {
        place[i] = Value(body.len() as u32);
        body.push(match op.map(|v| place[v.0 as usize]) {
            Op::Input(p) => Op::Input(index(&mut inputs, p)),
            Op::Slot(s) => Op::Slot(index(&mut slots, s)),
            Op::ReadState(s) => Op::ReadState(index(&mut states, s)),
            Op::WriteState(s, v) => Op::WriteState(index(&mut states, s), v),
            Op::ReadLine(l, v) => Op::ReadLine(index(&mut lines, l), v),
            Op::WriteLine(l, v) => Op::WriteLine(index(&mut lines, l), v),
            other => other,
        });
    }
    let kernel = Kernel {
        name: String::new(),
        float: k.float,
        factor: k.factor,
        inputs: number(&inputs, |i, n| Port { name: format!("in{n}"), width: k.inputs[i].width }),
        outputs: k.outputs.clone(),
        slots: number(&slots, |i, n| Slot { name: format!("p{n}"), kind: k.slots[i].kind }),
        states: number(&states, |i, n| State { name: format!("s{n}"), ty: k.states[i].ty, init: k.states[i].init }),
        lines: number(&lines, |i, n| Line {
            name: format!("l{n}"),
            width: k.lines[i].width,
            capacity: k.lines[i].capacity,
        }),
        body,
    };
    debug_assert!(kernel.slots.iter().all(|s| s.kind != SlotKind::Seed || kernel.float.bytes() >= 4));
    Compact { kernel, inputs, slots }
}

fn number<T>(old: &[usize], f: impl Fn(usize, usize) -> T) -> Vec<T> {
    old.iter().enumerate().map(|(n, i)| f(*i, n)).collect()
}

/// Whether a kernel works on frames, of which a pack of four lanes holds two.
pub(super) fn has_frames(k: &Kernel) -> bool {
    k.inputs.iter().chain(&k.outputs).any(|p| p.width == 2)
        || k.states.iter().any(|s| s.ty.width == 2)
        || k.lines.iter().any(|l| l.width == 2)
        || k.body.iter().any(|op| matches!(op, Op::Frame(..)))
}
