//! Delay lines: rings of vectors, addressed by time and mask.
//!
//! Always true here: every address is `ring + ((index & (capacity - 1)) << shift) + constant`, so no delay, however
//! wrong, leads outside of the ring.

use super::Body;
use super::ops::ALIGNED;
use cranelift::prelude::*;
use mixdown_kernel::ir::{Op, Value as Name};
use mixdown_layout::Packing;

impl Body<'_, '_> {
    /// `line[t - delay]` at sample `j` of the step.
    pub(super) fn read_line(&mut self, line: u32, delay: Name, j: usize) -> Value {
        if self.flat.packing == Packing::Single {
            return self.read_planes(line, delay, j);
        }
        let body = &self.flat.kernel.body;
        match body[delay.0 as usize] {
            Op::Int(delay) => return self.read_at(line, delay, j),
            // Left and right at places of their own.
            Op::Frame(left, right) => {
                if let (Op::Int(left), Op::Int(right)) = (body[left.0 as usize], body[right.0 as usize]) {
                    let (left, right) = (self.read_at(line, left, j), self.read_at(line, right, j));
                    return self.vectors.frame(self.b, left, right);
                }
            }
            _ => {}
        }
        let place = self.flat.lines[line as usize];
        let delays = self.value(delay, j);
        let ring = self.ring(line);
        let offsets = self.offsets(delays, place.capacity, place.shift, j);
        let mut scalars = Vec::with_capacity(self.vectors.lanes());
        for lane in 0..self.vectors.lanes() {
            let offset = self.b.ins().extractlane(offsets, lane as u8);
            let offset = if self.vectors.int_lane == types::I32 {
                self.b.ins().uextend(types::I64, offset)
            } else {
                offset
            };
            let address = self.b.ins().iadd(ring, offset);
            let displacement = place.offset + (lane * self.flat.kernel.float.bytes()) as i32;
            scalars.push(self.b.ins().load(self.vectors.lane, ALIGNED, address, displacement));
        }
        self.gather(&scalars, false)
    }

    /// All lanes at one place.
    fn read_at(&mut self, line: u32, delay: i64, j: usize) -> Value {
        let address = self.position(line, j as i64, delay);
        self.b.ins().load(self.vectors.float, ALIGNED, address, self.flat.lines[line as usize].offset)
    }

    /// Byte offsets in a ring of every lane's position, worked out in lanes: only the low bits of the time count, and
    /// the offset of a ring fits in 32 bits.
    fn offsets(&mut self, delays: Value, capacity: u32, shift: u32, j: usize) -> Value {
        let now = self.now(j);
        let index = self.b.ins().isub(now, delays);
        let mask = self.vectors.int_const(self.b, i64::from(capacity - 1));
        let index = self.b.ins().band(index, mask);
        let shift = self.b.ins().iconst(types::I32, i64::from(shift));
        self.b.ins().ishl(index, shift)
    }

    /// Writes the line's sample of time `t` at sample `j` of the step.
    pub(super) fn write_line(&mut self, line: u32, value: Name, j: usize) {
        if self.flat.packing == Packing::Single {
            return self.write_planes(line, value, j);
        }
        let value = self.value(value, j);
        let address = self.position(line, j as i64, 0);
        self.b.ins().store(ALIGNED, value, address, self.flat.lines[line as usize].offset);
    }

    /// Address of the position that was written `delay` samples before sample `j`.
    fn position(&mut self, line: u32, j: i64, delay: i64) -> Value {
        let place = self.flat.lines[line as usize];
        let ring = self.ring(line);
        // Only the low bits count, so the delay may be cut to the ring before.
        let back = j.wrapping_sub(delay) & i64::from(place.capacity - 1);
        let index = if back == 0 { self.time } else { self.b.ins().iadd_imm_s(self.time, back) };
        self.masked(ring, index, place.capacity, place.shift)
    }

    fn masked(&mut self, ring: Value, index: Value, capacity: u32, shift: u32) -> Value {
        let index = self.b.ins().band_imm_s(index, i64::from(capacity - 1));
        let offset = self.b.ins().ishl_imm_u(index, i64::from(shift));
        self.b.ins().iadd(ring, offset)
    }

    pub(super) fn ring(&mut self, line: u32) -> Value {
        let ring = self.flat.lines[line as usize].ring;
        self.b.ins().load(types::I64, ALIGNED, self.bases.lines, (ring * 8) as i32)
    }

    /// Kernel sample of sample `j` of the step.
    pub(super) fn sample(&mut self, j: usize) -> Value {
        if j == 0 { self.time } else { self.b.ins().iadd_imm_s(self.time, j as i64) }
    }
}
