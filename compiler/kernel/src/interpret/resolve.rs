//! Turns the instructions of a kernel into steps over vectors: which register each value stands in, which pointer and
//! which offset each port, slot and state has.

use super::machine::{Machine, Ring, Step};
use crate::ir::{Kernel, Op, Value};
use crate::math::Scalar;
use mixdown_layout::{LANES, Packing, SlotKind};

/// First vector of each of a list of things of the given widths, in order.
fn places(packing: Packing, widths: impl Iterator<Item = u8>) -> Vec<usize> {
    widths
        .scan(0, |next, width| {
            let first = *next;
            *next += packing.vectors(usize::from(width));
            Some(first)
        })
        .collect()
}

/// What is being written.
struct Resolver<'k, P: Scalar> {
    kernel: &'k Kernel,
    packing: Packing,
    steps: Vec<Step>,
    start: Vec<[P::Raw; LANES]>,
    /// The register of each vector of each value; a value of one vector has it twice, so that it stands for both
    /// channels.
    registers: Vec<[u32; 2]>,
}

impl<P: Scalar> Machine<P> {
    /// Resolves a kernel that [`verify`](crate::verify::verify) has passed.
    pub(super) fn new(kernel: &Kernel, packing: Packing) -> Self {
        let mut r = Resolver::<P> { kernel, packing, steps: vec![], start: vec![], registers: vec![] };
        let inputs = places(packing, kernel.inputs.iter().map(|p| p.width));
        let outputs = places(packing, kernel.outputs.iter().map(|p| p.width));
        let states = places(packing, kernel.states.iter().map(|s| s.ty.width));
        let slots: Vec<usize> = kernel
            .slots
            .iter()
            .scan(0, |next, slot| {
                let first = *next;
                *next += if slot.kind == SlotKind::Control { 2 } else { 1 };
                Some(first)
            })
            .collect();
        let types = kernel.types();
        for (op, ty) in kernel.body.iter().zip(&types) {
            let vectors = packing.vectors(usize::from(ty.width));
            let registers = match *op {
                Op::Float(x) => {
                    let x = P::of_float(P::default().float(x));
                    r.constant(x)
                }
                Op::Int(x) => {
                    let x = P::of_int(P::default().int(x));
                    r.constant(x)
                }
                Op::Input(i) => {
                    r.each(vectors, |to, v| Step::Input { to, pointer: (inputs[i as usize] + v) * LANES })
                }
                Op::Slot(i) => {
                    let at = slots[i as usize];
                    match kernel.slots[i as usize].kind {
                        SlotKind::Control => r.each(1, |to, _| Step::Control { to, at }),
                        SlotKind::Const | SlotKind::Seed => r.each(1, |to, _| Step::Slot { to, at }),
                    }
                }
                Op::Time => r.each(1, |to, _| Step::Time { to }),
                Op::ReadState(i) => r.each(vectors, |to, v| Step::Load { to, at: states[i as usize] + v }),
                Op::ReadLine(i, delay) => {
                    let most = r.line_vectors(i) - 1;
                    let delay = r.of(delay);
                    r.each(vectors, |to, v| Step::Read {
                        to,
                        line: i as usize,
                        vector: v.min(most),
                        delay: delay[v] as usize,
                    })
                }
                Op::WriteState(i, a) => {
                    let a = r.of(a);
                    let count = packing.vectors(usize::from(kernel.states[i as usize].ty.width));
                    for (v, a) in a.into_iter().take(count).enumerate() {
                        r.steps.push(Step::Store { at: states[i as usize] + v, a: a as usize });
                    }
                    [0; 2]
                }
                Op::WriteLine(i, a) => {
                    let a = r.of(a);
                    for (vector, a) in a.into_iter().take(r.line_vectors(i)).enumerate() {
                        r.steps.push(Step::Write { line: i as usize, vector, a: a as usize });
                    }
                    [0; 2]
                }
                Op::Output(i, a) => {
                    let a = r.of(a);
                    let count = packing.vectors(usize::from(kernel.outputs[i as usize].width));
                    for (v, a) in a.into_iter().take(count).enumerate() {
                        let pointer = (outputs[i as usize] + v) * LANES;
                        r.steps.push(Step::Output { pointer, a: a as usize });
                    }
                    [0; 2]
                }
                Op::Channel(a, c) => r.channel(a, c, types[a.0 as usize].width),
                Op::Frame(left, right) => r.frame(left, right),
                _ => {
                    let operands: Vec<[u32; 2]> = op.operands().map(|a| r.of(a)).collect();
                    r.each(vectors, |to, v| {
                        let mut operands = operands.iter();
                        // As many as `operands` gave, in the same order.
                        let op = op.map(|a| operands.next().map_or(a, |o| Value(o[v])));
                        Step::Compute { to, op }
                    })
                }
            };
            r.registers.push(registers);
        }
        Machine {
            steps: r.steps,
            start: r.start,
            factor: kernel.factor,
            lines: kernel
                .lines
                .iter()
                .map(|l| {
                    let (width, capacity) = (usize::from(l.width), l.capacity as usize);
                    let place = |vector: usize, lane: usize, position: usize| {
                        let (instance, channel) = packing.source(width, vector, lane);
                        match packing {
                            Packing::Single => packing.line_place(width, capacity, instance, channel, position),
                            // A lane without an instance has a place of its own too.
                            _ => (position * packing.vectors(width) + vector) * LANES + lane,
                        }
                    };
                    Ring {
                        mask: u64::from(l.capacity - 1),
                        step: place(0, 0, 1) - place(0, 0, 0),
                        lanes: (0..packing.vectors(width)).map(|v| std::array::from_fn(|lane| place(v, lane, 0))).collect(),
                        planes: packing == Packing::Single,
                    }
                })
                .collect(),
        }
    }
}

impl<P: Scalar> Resolver<'_, P> {
    fn of(&self, v: Value) -> [u32; 2] {
        self.registers[v.0 as usize]
    }

    fn line_vectors(&self, line: u32) -> usize {
        self.packing.vectors(usize::from(self.kernel.lines[line as usize].width))
    }

    fn register(&mut self, first: P::Raw) -> u32 {
        self.start.push([first; LANES]);
        (self.start.len() - 1) as u32
    }

    /// A register that nobody writes.
    fn constant(&mut self, x: P::Raw) -> [u32; 2] {
        [self.register(x); 2]
    }

    /// A step for each vector of a value.
    fn each(&mut self, vectors: usize, step: impl Fn(usize, usize) -> Step) -> [u32; 2] {
        let mut registers = [0; 2];
        for (v, place) in registers.iter_mut().take(vectors).enumerate() {
            *place = self.register(P::Raw::default());
            self.steps.push(step(*place as usize, v));
        }
        if vectors == 1 {
            registers[1] = registers[0];
        }
        registers
    }

    fn channel(&mut self, a: Value, c: u8, width: u8) -> [u32; 2] {
        let from = self.of(a);
        match self.packing {
            Packing::Instances => [from[usize::from(c)]; 2],
            Packing::Frames | Packing::Single if width == 1 => from,
            Packing::Frames | Packing::Single => {
                let offset = usize::from(c);
                self.each(1, |to, _| Step::Spread { to, a: from[0] as usize, offset })
            }
        }
    }

    fn frame(&mut self, left: Value, right: Value) -> [u32; 2] {
        let (left, right) = (self.of(left)[0], self.of(right)[0]);
        match self.packing {
            Packing::Instances => [left, right],
            Packing::Frames | Packing::Single => self.each(1, |to, _| Step::Weave { to, left: left as usize, right: right as usize }),
        }
    }
}
