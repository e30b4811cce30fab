//! Several kernel instances of one strip as one: what one writes and the next reads stays a value.
//!
//! Always true here: the fused kernel hangs on the shapes and the wiring alone, so equal runs of equal strips become
//! equal kernels, and each is fused once.

use super::finish::Proto;
use super::memory::{Shape, Shapes};
use crate::builder::Builder;
use crate::ir::{Kernel, Op, Value};
use crate::pairs::pair;
use crate::verify::Fault;
use mixdown_layout::{Read, StreamId};
use rustc_hash::FxHashMap as HashMap;

/// Where an input of a member comes from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Wire {
    /// A port of the fused kernel.
    Port(u32),
    /// An output port of a member before it: all of it.
    Output(u32, u32),
    /// One channel of one.
    Channel(u32, u32, u8),
    /// A frame of two of these.
    Frame(Box<(Wire, Wire)>),
}

/// All that decides what a fused kernel is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Plan {
    shapes: Vec<usize>,
    /// Of every input port of every member.
    wires: Vec<Wire>,
    /// Widths of the ports of the fused kernel.
    ports: Vec<u8>,
    /// Outputs that leave: `(member, output port)`.
    leaving: Vec<(u32, u32)>,
}

/// Fused kernels so far.
#[derive(Default)]
pub(super) struct Fuser {
    made: HashMap<Plan, Shape>,
}

/// A run of a strip's kernel instances as one instance; the slots of its members stand one after the other.
pub(super) struct Fused {
    pub shape: Shape,
    pub inputs: Vec<Read>,
    pub outputs: Vec<StreamId>,
}

impl Fuser {
    /// Fuses runs of equal shapes that shall run in one pack: each run's members stand in an order in which each comes
    /// after what it reads. `leaves` says which streams somebody else than these members reads. What leaves one run leaves all of them, so that one kernel does for all.
    pub fn fuse(
        &mut self,
        protos: &[Proto],
        runs: &[Vec<usize>],
        leaves: impl Fn(StreamId, &[usize]) -> bool,
        shapes: &mut Shapes,
    ) -> Result<Vec<Fused>, Vec<Fault>> {
        let mut leaving = Vec::new();
        for m in 0..runs.first().map_or(0, Vec::len) {
            for n in 0..protos[runs[0][m]].shape.kernel.outputs.len() {
                if runs.iter().any(|run| output(&protos[run[m]], n).iter().any(|s| leaves(*s, run))) {
                    leaving.push((m as u32, n as u32));
                }
            }
        }
        runs.iter().map(|run| self.one(protos, run, &leaving, shapes)).collect()
    }

    fn one(
        &mut self,
        protos: &[Proto],
        members: &[usize],
        leaving: &[(u32, u32)],
        shapes: &mut Shapes,
    ) -> Result<Fused, Vec<Fault>> {
        let mut wiring = Wiring::default();
        let mut wires = Vec::new();
        for (m, &p) in members.iter().enumerate() {
            let mut reads = &protos[p].inputs[..];
            for port in &protos[p].shape.kernel.inputs {
                let (own, rest) = reads.split_at(usize::from(port.width));
                wires.push(wiring.wire(own));
                reads = rest;
            }
            for n in 0..protos[p].shape.kernel.outputs.len() {
                wiring.note(output(&protos[p], n), m as u32, n as u32);
            }
        }
        let inputs = wiring.ports.concat();
        let outputs = leaving.iter().flat_map(|(m, n)| output(&protos[members[*m as usize]], *n as usize)).copied().collect();
        let ports = wiring.ports.iter().map(|reads| reads.len() as u8).collect();
        let members_shapes = members.iter().map(|&p| protos[p].shape.step.shape).collect();
        let plan = Plan { shapes: members_shapes, wires, ports, leaving: leaving.to_vec() };
        let shape = match self.made.get(&plan) {
            Some(shape) => shape.clone(),
            None => {
                let kernels: Vec<&Kernel> = members.iter().map(|&p| &*protos[p].shape.kernel).collect();
                let kernel = plan.kernel(&kernels)?;
                let shape = shapes.of(pair(&kernel).unwrap_or(kernel));
                self.made.insert(plan, shape.clone());
                shape
            }
        };
        Ok(Fused { shape, inputs, outputs })
    }
}

/// The streams of one output port.
fn output(proto: &Proto, n: usize) -> &[StreamId] {
    let width = |n: usize| usize::from(proto.shape.kernel.outputs[n].width);
    let first = (0..n).map(width).sum();
    &proto.outputs[first..][..width(n)]
}

/// What is known of the wiring while members are added.
#[derive(Default)]
struct Wiring {
    /// What each port of the fused kernel reads.
    ports: Vec<Vec<Read>>,
    /// Who wrote a stream so far: member, port, channel, width of the port.
    written: HashMap<StreamId, (u32, u32, u8, usize)>,
}

impl Wiring {
    fn note(&mut self, streams: &[StreamId], member: u32, port: u32) {
        for (channel, stream) in streams.iter().enumerate() {
            self.written.insert(*stream, (member, port, channel as u8, streams.len()));
        }
    }

    fn wire(&mut self, reads: &[Read]) -> Wire {
        let inside: Vec<_> = reads.iter().map(|r| self.inside(r)).collect();
        if inside.iter().all(Option::is_none) {
            return self.port(reads);
        }
        if let Some((m, n, 0, width)) = inside[0]
            && width == reads.len()
            && inside.iter().enumerate().all(|(c, wire)| *wire == Some((m, n, c as u8, width)))
        {
            return Wire::Output(m, n);
        }
        let mut channels = inside.into_iter().zip(reads).map(|(wire, read)| match wire {
            Some((m, n, channel, _)) => Wire::Channel(m, n, channel),
            None => self.port(&[*read]),
        });
        let first = channels.next().unwrap_or(Wire::Port(0));
        match channels.next() {
            Some(second) => Wire::Frame(Box::new((first, second))),
            None => first,
        }
    }

    /// Who wrote what a read hears.
    fn inside(&self, read: &Read) -> Option<(u32, u32, u8, usize)> {
        let stream = read.stream.filter(|_| read.offset == 0)?;
        self.written.get(&stream).copied()
    }

    fn port(&mut self, reads: &[Read]) -> Wire {
        let at = self.ports.iter().position(|p| p == reads).unwrap_or_else(|| {
            self.ports.push(reads.to_vec());
            self.ports.len() - 1
        });
        Wire::Port(at as u32)
    }
}

impl Plan {
    fn kernel(&self, members: &[&Kernel]) -> Result<Kernel, Vec<Fault>> {
        let (float, factor) = members.first().map_or((mixdown_layout::Float::F32, 1), |k| (k.float, k.factor));
        let mut b = Builder::new(String::new(), float, factor);
        let ports: Vec<u32> = self.ports.iter().enumerate().map(|(n, w)| b.declare_input(format!("in{n}"), *w)).collect();
        let mut wires = self.wires.iter();
        // By member: the value of each of its output ports.
        let mut made: Vec<Vec<Value>> = Vec::new();
        let (mut slots, mut states, mut lines) = (0, 0, 0);
        for k in members {
            let inputs: Vec<Value> =
                wires.by_ref().take(k.inputs.len()).map(|wire| value(&mut b, wire, &ports, &made)).collect();
            for (n, slot) in k.slots.iter().enumerate() {
                b.declare_slot(format!("p{}", slots as usize + n), slot.kind);
            }
            for (n, state) in k.states.iter().enumerate() {
                b.declare_state(format!("s{}", states as usize + n), state.ty, state.init);
            }
            for (n, line) in k.lines.iter().enumerate() {
                b.declare_line(format!("l{}", lines as usize + n), line.width, line.capacity);
            }
            let mut place: Vec<Value> = Vec::with_capacity(k.body.len());
            let mut outputs = vec![Value(0); k.outputs.len()];
            for op in &k.body {
                let v = match op.map(|v| place[v.0 as usize]) {
                    Op::Input(n) => inputs[n as usize],
                    Op::Output(n, v) => {
                        // A mono value in a stereo port stands in both channels.
                        let wide = k.outputs[n as usize].width == 2 && b.type_of(v).width == 1;
                        outputs[n as usize] = if wide { b.frame(v, v) } else { v };
                        v
                    }
                    Op::Slot(n) => b.push(Op::Slot(slots + n)),
                    Op::ReadState(n) => b.push(Op::ReadState(states + n)),
                    Op::WriteState(n, v) => b.push(Op::WriteState(states + n, v)),
                    Op::ReadLine(n, v) => b.push(Op::ReadLine(lines + n, v)),
                    Op::WriteLine(n, v) => b.push(Op::WriteLine(lines + n, v)),
                    other => b.push(other),
                };
                place.push(v);
            }
            slots += k.slots.len() as u32;
            states += k.states.len() as u32;
            lines += k.lines.len() as u32;
            made.push(outputs);
        }
        for (n, (m, port)) in self.leaving.iter().enumerate() {
            let width = members[*m as usize].outputs[*port as usize].width;
            let out = b.declare_output(format!("out{n}"), width);
            b.output(out, made[*m as usize][*port as usize]);
        }
        b.finish()
    }
}

fn value(b: &mut Builder, wire: &Wire, ports: &[u32], made: &[Vec<Value>]) -> Value {
    match wire {
        Wire::Port(n) => b.input(ports[*n as usize]),
        Wire::Output(m, n) => made[*m as usize][*n as usize],
        Wire::Channel(m, n, channel) => {
            let v = made[*m as usize][*n as usize];
            b.channel(v, *channel)
        }
        Wire::Frame(pair) => {
            let left = value(b, &pair.0, ports, made);
            let right = value(b, &pair.1, ports, made);
            b.frame(left, right)
        }
    }
}
