//! Contents as bytes, to be compared exactly: equal bytes are equal things, bit by bit, so that -0 is not 0.

use crate::ir::{Kernel, Line, Op, State};
use std::hash::{Hash, Hasher};
use std::mem::discriminant;

/// Gathers what is hashed into it instead of mixing it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Bytes(pub Vec<u8>);

impl Hasher for Bytes {
    fn write(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    /// Nothing: what was gathered is the result.
    fn finish(&self) -> u64 {
        0
    }
}

/// Adds all that a kernel is, but for its name.
pub(crate) fn kernel(k: &Kernel, into: &mut impl Hasher) {
    let Kernel { name: _, float, factor, inputs, outputs, slots, states, lines, body } = k;
    (float, factor, inputs, outputs, slots).hash(into);
    states.len().hash(into);
    for State { name, ty, init } in states {
        (name, ty, init.to_bits()).hash(into);
    }
    lines.len().hash(into);
    for Line { name, width, capacity } in lines {
        (name, width, capacity).hash(into);
    }
    body.len().hash(into);
    for op in body {
        discriminant(op).hash(into);
        number(op).hash(into);
        op.operands().for_each(|v| v.0.hash(into));
    }
}

/// What an operation says beside its operands: a constant's bits, an index, a distance.
fn number(op: &Op) -> u64 {
    match *op {
        Op::Float(x) => x.to_bits(),
        Op::Int(x) => x as u64,
        Op::Input(i) | Op::Slot(i) | Op::ReadState(i) | Op::ReadLine(i, _) => u64::from(i),
        Op::WriteState(i, _) | Op::WriteLine(i, _) | Op::Output(i, _) => u64::from(i),
        Op::Shl(_, n) | Op::Shr(_, n) => u64::from(n),
        Op::Channel(_, c) => u64::from(c),
        _ => 0,
    }
}
