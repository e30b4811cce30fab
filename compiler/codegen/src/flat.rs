//! Flattens a kernel into one whose every value is one machine vector of 128 bits: under [`Packing::Instances`] a
//! frame becomes left and right, in 64 bits every vector of four lanes becomes two of two lanes. The stages are
//! cut on this form, so left and right of a stereo filter may stand in different stages.
//!
//! Always true here: ports, slots, states and lines of the flat kernel are counted in machine vectors in the order
//! in which [`mixdown_layout::BlockCall`] lays them out; no value is unused.

use crate::{CodegenError, codes};
use mixdown_kernel::ir::{Kernel, Kind, Line, Op, Port, Slot, State, Type, Value};
use mixdown_kernel::verify::verify;
use mixdown_layout::{Float, MARGIN, Packing};
use std::collections::HashMap;

/// A flat kernel.
pub(crate) struct Flat {
    /// The body and declarations, one machine vector each.
    pub kernel: Kernel,
    /// Kind of each value.
    pub kinds: Vec<Kind>,
    /// How instances lie in lanes.
    pub packing: Packing,
    /// Machine vectors of four lanes: 1, or 2 in 64 bits.
    pub halves: usize,
    /// Byte offset of each slot of the flat kernel; the slope of a control slot stands [`Flat::slope`] after it.
    pub slots: Vec<i32>,
    /// Of each input: whether its port is mono.
    pub mono_inputs: Vec<bool>,
    /// Of each output: whether its port is mono.
    pub mono_outputs: Vec<bool>,
    /// Lines of the flat kernel.
    pub lines: Vec<FlatLine>,
    /// Channels of each value; only under [`Packing::Single`].
    pub widths: Vec<u8>,
}

/// One machine vector of a line.
#[derive(Clone, Copy)]
pub(crate) struct FlatLine {
    /// Number of the ring in [`mixdown_layout::BlockCall::lines`].
    pub ring: u32,
    /// Byte offset of the vector in a position, or of the first position in a plane.
    pub offset: i32,
    /// Bytes of a position, as a power of two.
    pub shift: u32,
    /// Positions, a power of two.
    pub capacity: u32,
    /// Channels.
    pub width: u8,
}

impl FlatLine {
    /// Bytes from a channel's plane to the next.
    pub fn plane(&self) -> i32 {
        ((self.capacity as usize + 3 * MARGIN) * Float::F32.bytes()) as i32
    }
}

impl Flat {
    /// Bytes from a control slot's origin to its slope.
    pub fn slope(&self) -> i32 {
        16 * self.halves as i32
    }

    /// Flattens `kernel` for one packing.
    pub fn new(kernel: &Kernel, packing: Packing) -> Result<Flat, CodegenError> {
        let types = check(kernel)?;
        let halves = kernel.float.bytes() / Float::F32.bytes();
        if packing == Packing::Single && halves > 1 {
            return Err(CodegenError::kernel(codes::MALFORMED, &kernel.name, "64 bits are not packed as a single instance"));
        }
        let mut flat = Flat {
            kernel: Kernel {
                name: kernel.name.clone(),
                float: kernel.float,
                factor: kernel.factor,
                inputs: Vec::new(),
                outputs: Vec::new(),
                slots: Vec::new(),
                states: Vec::new(),
                lines: Vec::new(),
                body: Vec::new(),
            },
            kinds: Vec::new(),
            packing,
            halves,
            slots: Vec::new(),
            mono_inputs: Vec::new(),
            mono_outputs: Vec::new(),
            lines: Vec::new(),
            widths: Vec::new(),
        };
        let declared = flat.declare(kernel);
        Flattener { kernel, types: &types, flat: &mut flat, declared, parts: Vec::new(), made: HashMap::new() }.run();
        flat.drop_unused();
        if packing == Packing::Single {
            flat.widths = flat.widths(kernel);
        }
        Ok(flat)
    }

    /// Channels of each value: of one instance, declarations are those of `kernel`, one for one.
    fn widths(&self, kernel: &Kernel) -> Vec<u8> {
        let mut widths: Vec<u8> = Vec::with_capacity(self.kernel.body.len());
        for op in &self.kernel.body {
            let widest = op.operands().map(|v| widths[v.0 as usize]).max().unwrap_or(1);
            widths.push(match *op {
                Op::Input(i) => kernel.inputs[i as usize].width,
                Op::Output(o, _) => kernel.outputs[o as usize].width,
                Op::ReadState(s) | Op::WriteState(s, _) => kernel.states[s as usize].ty.width,
                Op::ReadLine(l, _) => widest.max(kernel.lines[l as usize].width),
                Op::WriteLine(l, _) => kernel.lines[l as usize].width,
                Op::Channel(..) => 1,
                Op::Frame(..) => 2,
                _ => widest,
            });
        }
        widths
    }

    /// Declares ports, slots, states and lines; answers the first machine vector of each of them.
    fn declare(&mut self, kernel: &Kernel) -> Declared {
        let vectors = |width: u8, packing: Packing, halves: usize| packing.vectors(usize::from(width)) * halves;
        let mut declared = Declared::default();
        let mono = |kind| Type { kind, width: 1 };
        let ports = |ports: &[Port], first: &mut Vec<u32>, flat: &mut Vec<Port>, mono: &mut Vec<bool>| {
            for port in ports {
                first.push(flat.len() as u32);
                for _ in 0..vectors(port.width, self.packing, self.halves) {
                    flat.push(Port { name: String::new(), width: 1 });
                    mono.push(port.width == 1);
                }
            }
        };
        ports(&kernel.inputs, &mut declared.inputs, &mut self.kernel.inputs, &mut self.mono_inputs);
        ports(&kernel.outputs, &mut declared.outputs, &mut self.kernel.outputs, &mut self.mono_outputs);
        let mut offset = 0;
        for slot in &kernel.slots {
            declared.slots.push(self.slots.len() as u32);
            for half in 0..self.halves {
                self.kernel.slots.push(Slot { name: String::new(), kind: slot.kind });
                self.slots.push(offset + 16 * half as i32);
            }
            let vectors = if slot.kind == mixdown_layout::SlotKind::Control { 2 } else { 1 };
            offset += vectors * 16 * self.halves as i32;
        }
        for state in &kernel.states {
            declared.states.push(self.kernel.states.len() as u32);
            for _ in 0..vectors(state.ty.width, self.packing, self.halves) {
                self.kernel.states.push(State { name: String::new(), ty: mono(state.ty.kind), init: state.init });
            }
        }
        for (ring, line) in kernel.lines.iter().enumerate() {
            declared.lines.push(self.lines.len() as u32);
            let count = vectors(line.width, self.packing, self.halves);
            for part in 0..count {
                self.kernel.lines.push(Line { name: String::new(), width: 1, capacity: line.capacity });
                let planes = self.packing == Packing::Single;
                self.lines.push(FlatLine {
                    ring: ring as u32,
                    offset: if planes { (MARGIN * Float::F32.bytes()) as i32 } else { 16 * part as i32 },
                    shift: if planes { Float::F32.bytes() } else { 16 * count }.trailing_zeros(),
                    capacity: line.capacity,
                    width: line.width,
                });
            }
        }
        declared
    }

    /// Drops instructions that no write needs.
    fn drop_unused(&mut self) {
        let body = &self.kernel.body;
        let mut used = vec![false; body.len()];
        for (i, op) in body.iter().enumerate().rev() {
            used[i] |= matches!(op, Op::WriteState(..) | Op::WriteLine(..) | Op::Output(..));
            if used[i] {
                op.operands().for_each(|v| used[v.0 as usize] = true);
            }
        }
        let mut renamed = vec![Value(0); body.len()];
        let kept = renamed.iter_mut().zip(&used).filter(|(_, used)| **used);
        for (next, (name, _)) in kept.enumerate() {
            *name = Value(next as u32);
        }
        let kept = |i: &usize| used[*i];
        self.kinds = (0..body.len()).filter(kept).map(|i| self.kinds[i]).collect();
        self.kernel.body =
            (0..body.len()).filter(kept).map(|i| body[i].map(|v| renamed[v.0 as usize])).collect();
    }
}

/// Most declarations and instructions of one kernel: offsets of tables stay far inside 32 bits.
const MOST: usize = 1 << 20;

/// Types of all values of a kernel that is well formed and of a sane size.
pub(crate) fn check(kernel: &Kernel) -> Result<Vec<Type>, CodegenError> {
    let faults = verify(kernel);
    if !faults.is_empty() {
        let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
        return Err(CodegenError::kernel(codes::MALFORMED, &kernel.name, faults.join("; ")));
    }
    let ports = kernel.inputs.len() + kernel.outputs.len();
    let size = ports + kernel.slots.len() + kernel.states.len() + kernel.lines.len() + kernel.body.len();
    if size > MOST {
        let message = format!("{size} declarations and instructions, {MOST} are possible");
        return Err(CodegenError::kernel(codes::TOO_LARGE, &kernel.name, message));
    }
    Ok(kernel.types())
}

/// First machine vector of each declaration.
#[derive(Default)]
struct Declared {
    inputs: Vec<u32>,
    outputs: Vec<u32>,
    slots: Vec<u32>,
    states: Vec<u32>,
    lines: Vec<u32>,
}

struct Flattener<'a> {
    kernel: &'a Kernel,
    types: &'a [Type],
    flat: &'a mut Flat,
    declared: Declared,
    /// Of each value of the kernel: its machine vectors, channel by channel, half by half.
    parts: Vec<[Value; 4]>,
    /// Constants, slots and time that stand in the flat body already.
    made: HashMap<(u8, u64), Value>,
}

impl Flattener<'_> {
    fn run(mut self) {
        for (op, ty) in self.kernel.body.iter().zip(self.types) {
            let parts = self.flatten(op, *ty);
            self.parts.push(parts);
        }
    }

    fn push(&mut self, op: Op, kind: Kind) -> Value {
        self.flat.kernel.body.push(op);
        self.flat.kinds.push(kind);
        Value(self.flat.kernel.body.len() as u32 - 1)
    }

    fn once(&mut self, key: (u8, u64), op: Op, kind: Kind) -> Value {
        if let Some(&v) = self.made.get(&key) {
            return v;
        }
        let v = self.push(op, kind);
        self.made.insert(key, v);
        v
    }

    /// The machine vector of one channel and half of a value; a mono value stands for both channels.
    fn part(&self, v: Value, channel: usize, half: usize) -> Value {
        let wide = self.flat.packing.vectors(usize::from(self.types[v.0 as usize].width));
        self.parts[v.0 as usize][channel.min(wide - 1) * self.flat.halves + half]
    }

    fn flatten(&mut self, op: &Op, ty: Type) -> [Value; 4] {
        let halves = self.flat.halves;
        let mut parts = [Value(0); 4];
        match *op {
            Op::Float(x) => {
                let x = if self.kernel.float == Float::F32 { f64::from(x as f32) } else { x };
                return [self.once((0, x.to_bits()), Op::Float(x), Kind::Float); 4];
            }
            Op::Int(n) => {
                let n = if self.kernel.float == Float::F32 { i64::from(n as i32) } else { n };
                return [self.once((1, n as u64), Op::Int(n), Kind::Int); 4];
            }
            Op::Time => return [self.once((2, 0), Op::Time, Kind::Int); 4],
            Op::Slot(s) => {
                for (half, part) in parts.iter_mut().enumerate().take(halves) {
                    let slot = self.declared.slots[s as usize] + half as u32;
                    *part = self.once((3, u64::from(slot)), Op::Slot(slot), ty.kind);
                }
                return parts;
            }
            Op::Channel(v, c) => {
                let frames = self.flat.packing != Packing::Instances;
                let wide = self.types[v.0 as usize].width == 2;
                for (half, place) in parts.iter_mut().enumerate().take(halves) {
                    let part = self.part(v, usize::from(c), half);
                    *place = if frames && wide { self.push(Op::Channel(part, c), ty.kind) } else { part };
                }
                return parts;
            }
            Op::Frame(a, b) if self.flat.packing == Packing::Instances => {
                for half in 0..halves {
                    parts[half] = self.part(a, 0, half);
                    parts[halves + half] = self.part(b, 0, half);
                }
                return parts;
            }
            _ => {}
        }
        if let Op::Abs(v) = *op {
            // The mask is a constant to load; what Cranelift makes of `fabs` works it out for every use.
            let mask = i64::MAX >> (64 - 8 * self.kernel.float.bytes());
            let mask = self.once((1, mask as u64), Op::Int(mask), Kind::Int);
            for (n, place) in parts.iter_mut().enumerate().take(self.flat.packing.vectors(usize::from(ty.width)) * halves)
            {
                let part = self.part(v, n / halves, n % halves);
                let bits = self.push(Op::Bits(part), Kind::Int);
                let bits = self.push(Op::IAnd(bits, mask), Kind::Int);
                *place = self.push(Op::FromBits(bits), Kind::Float);
            }
            return parts;
        }
        let width = match *op {
            Op::WriteState(s, _) => self.kernel.states[s as usize].ty.width,
            Op::WriteLine(l, _) => self.kernel.lines[l as usize].width,
            Op::Output(o, _) => self.kernel.outputs[o as usize].width,
            _ => ty.width,
        };
        for channel in 0..self.flat.packing.vectors(usize::from(width)) {
            for half in 0..halves {
                let n = channel * halves + half;
                let flat = match op.map(|v| self.part(v, channel, half)) {
                    Op::Input(i) => Op::Input(self.declared.inputs[i as usize] + n as u32),
                    Op::Output(i, v) => Op::Output(self.declared.outputs[i as usize] + n as u32, v),
                    Op::ReadState(i) => Op::ReadState(self.declared.states[i as usize] + n as u32),
                    Op::WriteState(i, v) => Op::WriteState(self.declared.states[i as usize] + n as u32, v),
                    Op::ReadLine(i, d) => {
                        // A mono line read with a delay of its own for each channel.
                        let mono = self.kernel.lines[i as usize].width == 1;
                        let part = if mono { half } else { n };
                        Op::ReadLine(self.declared.lines[i as usize] + part as u32, d)
                    }
                    Op::WriteLine(i, v) => Op::WriteLine(self.declared.lines[i as usize] + n as u32, v),
                    other => other,
                };
                parts[n] = self.push(flat, ty.kind);
            }
        }
        parts
    }
}
