//! What an instruction computes, as a key that can be compared and hashed.

use super::Builder;
use crate::ir::{Op, Value};
use std::mem::{Discriminant, discriminant};

/// Operation, its number (a constant's bits, an index with how often it was written), its operands.
pub(super) type Key = (Discriminant<Op>, u64, [Option<Value>; 3]);

impl Builder {
    /// The key of a pure operation, or of a read as long as nothing was written since; `None` for writes.
    pub(super) fn key(&self, op: &Op) -> Option<Key> {
        let number = match *op {
            Op::WriteState(..) | Op::WriteLine(..) | Op::Output(..) => return None,
            Op::Float(x) => x.to_bits(),
            Op::Int(x) => x as u64,
            Op::Input(i) | Op::Slot(i) => u64::from(i),
            Op::ReadState(s) => u64::from(s) | u64::from(self.states[s as usize].0) << 32,
            Op::ReadLine(l, _) => u64::from(l) | u64::from(self.lines[l as usize]) << 32,
            Op::Shl(_, n) | Op::Shr(_, n) => u64::from(n),
            Op::Channel(_, c) => u64::from(c),
            _ => 0,
        };
        let mut operands = [None; 3];
        for (place, v) in operands.iter_mut().zip(op.operands()) {
            *place = Some(v);
        }
        let swaps = matches!(
            op,
            Op::Eq(..)
                | Op::And(..)
                | Op::Or(..)
                | Op::IAdd(..)
                | Op::IMul(..)
                | Op::IAnd(..)
                | Op::IOr(..)
                | Op::IXor(..)
        );
        // Sums and products of floats are left as they stand: which NaN comes out of two hangs on their order.
        if swaps {
            operands[..2].sort();
        }
        Some((discriminant(op), number, operands))
    }
}
