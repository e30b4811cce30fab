//! One instance alone in its pack: vectors of four samples of a channel, and the way between these and vectors of the
//! channels of one sample (`[left right left right]`, a mono value in every lane).
//!
//! Always true here: a value is made in one form, and turned into the other one where somebody asks for it, once a step.

use super::Body;
use super::ops::{ALIGNED, UNALIGNED};
use crate::plan::{Form, Stage};
use cranelift::prelude::*;
use mixdown_kernel::ir::{Op, Value as Name};
use mixdown_layout::{LANES, MARGIN};

/// States up to which recurrences that stand one behind the other go on together, sample by sample: the second need not
/// wait for all of the first, but all their states are alive.
const TOGETHER: usize = 8;

impl Body<'_, '_> {
    /// Emits one step of four samples.
    pub(super) fn step_in_time(&mut self, stage: &Stage) {
        let mut at = 0;
        while at < stage.regions.len() {
            let region = &stage.regions[at];
            at += 1;
            match stage.forms[at - 1] {
                Form::Time => region.iter().for_each(|&name| self.over_time(name)),
                Form::Delay => self.delay_state(region),
                Form::Lanes => {
                    let first = at - 1;
                    while stage.forms.get(at) == Some(&Form::Lanes) {
                        at += 1;
                    }
                    let together = &stage.regions[first..at];
                    let group = if self.states_of(together) <= TOGETHER { 1 } else { self.unroll };
                    for j in (0..self.unroll).step_by(group) {
                        together.iter().for_each(|region| self.region(region, j..j + group));
                    }
                    together.iter().flatten().for_each(|&name| self.cross(name));
                }
            }
            self.near.clear();
        }
    }

    /// How many states regions write.
    fn states_of(&self, regions: &[Vec<Name>]) -> usize {
        let body = &self.flat.kernel.body;
        regions.iter().flatten().filter(|v| matches!(body[v.0 as usize], Op::WriteState(..))).count()
    }

    fn width(&self, name: Name) -> usize {
        usize::from(self.flat.widths[name.0 as usize])
    }

    /// Emits one instruction for the four samples of each channel.
    fn over_time(&mut self, name: Name) {
        let at = name.0 as usize;
        let op = self.flat.kernel.body[at];
        match op {
            Op::Output(output, value) => {
                for c in 0..self.width(name) {
                    let value = self.time_value(value, c);
                    let address = self.port(self.bases.outputs, output, c);
                    self.b.ins().store(UNALIGNED, value, address, 0);
                }
                return;
            }
            Op::WriteLine(line, value) => {
                for c in 0..self.width(name) {
                    let value = self.time_value(value, c);
                    self.write_four(line, c, value);
                }
                return;
            }
            _ => {}
        }
        for c in 0..self.width(name) {
            let value = match op {
                Op::Input(input) => {
                    let address = self.port(self.bases.inputs, input, c);
                    Some(self.b.ins().load(self.vectors.float, UNALIGNED, address, 0))
                }
                Op::ReadLine(line, delay) => self.read_four(line, c, delay),
                Op::Channel(v, channel) => {
                    let channel = usize::from(channel).min(self.width(v) - 1);
                    Some(self.time_value(v, channel))
                }
                Op::Frame(left, right) => Some(self.time_value(if c == 0 { left } else { right }, 0)),
                _ => {
                    let args: Vec<Value> = op.operands().map(|v| self.time_value(v, c)).collect();
                    self.vectors.pure(self.b, &op, &args, self.flat.kinds[at])
                }
            };
            if let Some(value) = value {
                self.made_in_time(name, c, value);
            }
        }
    }

    fn made_in_time(&mut self, name: Name, c: usize, value: Value) {
        self.times[name.0 as usize][c] = Some(value);
        if let Some(places) = self.plan.crossing[name.0 as usize] {
            let offset = self.plan.crossing_offset(places[c]);
            self.b.ins().store(ALIGNED, value, self.scratch, offset);
        }
    }

    /// Stores a value that was made sample by sample where later stages read it.
    fn cross(&mut self, name: Name) {
        if let Some(places) = self.plan.crossing[name.0 as usize] {
            for (c, place) in places.into_iter().enumerate().take(self.width(name)) {
                let value = self.time_value(name, c);
                self.b.ins().store(ALIGNED, value, self.scratch, self.plan.crossing_offset(place));
            }
        }
    }

    /// A state that only keeps what is made elsewhere for one sample.
    fn delay_state(&mut self, region: &[Name]) {
        let body = &self.flat.kernel.body;
        let &[read, write] = region else { return };
        let Op::WriteState(state, value) = body[write.0 as usize] else { return };
        let now = self.time_value(value, 0);
        let before = self.state(state, self.flat.kinds[read.0 as usize]);
        let late = self.vectors.shuffle(self.b, before, now, [3, 4, 5, 6]);
        self.made_in_time(read, 0, late);
        let last = self.vectors.shuffle(self.b, now, now, [3; 4]);
        self.set_state(state, last, true);
    }

    /// Four samples of a channel of a value.
    fn time_value(&mut self, name: Name, channel: usize) -> Value {
        let at = name.0 as usize;
        let c = channel.min(self.width(name) - 1);
        if let Some(value) = self.times[at][c] {
            return value;
        }
        if self.plan.homes[at].is_some() {
            let value = self.value(name, 0);
            return if self.width(name) == 1 { value } else { self.vectors.shuffle(self.b, value, value, [c; 4]) };
        }
        if let [Some(a), Some(b), Some(x), Some(y)] = self.values[at] {
            self.to_time(name, [a, b, x, y]);
        } else if let Some(places) = self.plan.crossing[at] {
            let ty = self.vectors.kind(self.flat.kinds[at]);
            let value = self.b.ins().load(ty, ALIGNED, self.scratch, self.plan.crossing_offset(places[c]));
            self.times[at][c] = Some(value);
        } else {
            let value = self.remade(name);
            self.times[at][c] = Some(value);
        }
        self.times[at][c].unwrap_or(self.k)
    }

    /// Samples to channels.
    fn to_time(&mut self, name: Name, [a, b, x, y]: [Value; 4]) {
        let v = self.vectors;
        let (first, second) = (v.shuffle(self.b, a, b, [0, 4, 1, 5]), v.shuffle(self.b, x, y, [0, 4, 1, 5]));
        let times = if self.width(name) == 1 {
            [Some(v.shuffle(self.b, first, second, [0, 1, 4, 5])), None]
        } else {
            [Some(v.shuffle(self.b, first, second, [0, 1, 4, 5])), Some(v.shuffle(self.b, first, second, [2, 3, 6, 7]))]
        };
        self.times[name.0 as usize] = times;
    }

    /// Channels to samples: makes a value that is there over time known sample by sample.
    pub(super) fn to_lanes(&mut self, name: Name) {
        let v = self.vectors;
        let left = self.time_value(name, 0);
        let samples = if self.width(name) == 1 {
            [0, 1, 2, 3].map(|j| v.shuffle(self.b, left, left, [j; 4]))
        } else {
            let right = self.time_value(name, 1);
            let (low, high) = (v.shuffle(self.b, left, right, [0, 4, 1, 5]), v.shuffle(self.b, left, right, [2, 6, 3, 7]));
            [(low, [0, 1, 0, 1]), (low, [2, 3, 2, 3]), (high, [0, 1, 0, 1]), (high, [2, 3, 2, 3])]
                .map(|(pair, lanes)| v.shuffle(self.b, pair, pair, lanes))
        };
        self.values[name.0 as usize] = samples.map(Some);
    }

    /// Time, or a ramped slot, at four samples.
    fn remade(&mut self, name: Name) -> Value {
        match self.flat.kernel.body[name.0 as usize] {
            Op::Slot(slot) => {
                let position = self.four_positions();
                let place = self.flat.slots[slot as usize];
                let slope = self.b.ins().load(self.vectors.float, ALIGNED, self.bases.slots, place + self.flat.slope());
                let origin = self.b.ins().load(self.vectors.float, ALIGNED, self.bases.slots, place);
                self.b.ins().fma(position, slope, origin)
            }
            _ => {
                let first = self.splat_int(self.time);
                let steps = self.vectors.int_steps(self.b);
                let times = self.b.ins().iadd(first, steps);
                let low = self.vectors.int_const(self.b, 0x7fff_ffff);
                self.b.ins().band(times, low)
            }
        }
    }

    /// Positions of four samples in their cell, in mix samples.
    fn four_positions(&mut self) -> Value {
        if let Some(positions) = self.four_positions {
            return positions;
        }
        let k = self.b.ins().ireduce(types::I32, self.k);
        let first = self.b.ins().splat(self.vectors.int, k);
        let steps = self.vectors.int_steps(self.b);
        let k = self.b.ins().iadd(first, steps);
        let k = self.b.ins().fcvt_from_sint(self.vectors.float, k);
        let positions = self.in_mix_samples(k);
        self.four_positions = Some(positions);
        positions
    }

    /// Address of the step's first sample of one channel of a port.
    pub(super) fn port(&mut self, table: Value, port: u32, channel: usize) -> Value {
        let entry = (port as usize * LANES + channel) * 8;
        let pointer = self.b.ins().load(types::I64, ALIGNED, table, entry as i32);
        self.b.ins().iadd(pointer, self.offset)
    }

    /// A value of one sample from a number for each channel.
    pub(super) fn from_channels(&mut self, kind: Type, numbers: &[Value]) -> Value {
        match *numbers {
            [left, right] => {
                let (left, right) = (self.b.ins().splat(kind, left), self.b.ins().splat(kind, right));
                self.vectors.frame(self.b, left, right)
            }
            _ => self.b.ins().splat(kind, numbers[0]),
        }
    }

    /// `line[t - delay]` of one channel at four samples; the delay is known.
    fn read_four(&mut self, line: u32, channel: usize, delay: Name) -> Option<Value> {
        let body = &self.flat.kernel.body;
        let delay = match body[delay.0 as usize] {
            Op::Frame(left, right) => body[if channel == 0 { left } else { right }.0 as usize],
            delay => delay,
        };
        let Op::Int(delay) = delay else { return None };
        let position = self.position_in_ring(line, 0, delay);
        let address = self.in_plane(line, channel, position);
        Some(self.b.ins().load(self.vectors.float, UNALIGNED, address, self.flat.lines[line as usize].offset))
    }

    /// Writes four samples of one channel of a line, and what of them stands at both ends of the plane.
    fn write_four(&mut self, line: u32, channel: usize, value: Value) {
        let place = self.flat.lines[line as usize];
        let position = self.position_in_ring(line, 0, 0);
        let address = self.in_plane(line, channel, position);
        self.b.ins().store(UNALIGNED, value, address, place.offset);
        let mut copy = self.behind_plane(line, position);
        if self.flat.kernel.in_parts() {
            // A part may begin anywhere, so that the four may lie across the end.
            let end = i64::from(place.capacity) - MARGIN as i64;
            let across = self.b.ins().icmp_imm_s(IntCC::SignedGreaterThan, position, end);
            let before = self.b.ins().iadd_imm_s(position, -i64::from(place.capacity));
            copy = self.b.ins().select(across, before, copy);
        }
        let address = self.in_plane(line, channel, copy);
        self.b.ins().store(UNALIGNED, value, address, place.offset);
    }

    /// Where a position is repeated: behind the plane if it is one of the first, else where it is.
    fn behind_plane(&mut self, line: u32, position: Value) -> Value {
        let capacity = i64::from(self.flat.lines[line as usize].capacity);
        let first = self.b.ins().icmp_imm_s(IntCC::SignedLessThan, position, MARGIN as i64);
        let behind = self.b.ins().iadd_imm_s(position, capacity);
        self.b.ins().select(first, behind, position)
    }

    /// Position that was written `delay` samples before sample `j`.
    fn position_in_ring(&mut self, line: u32, j: i64, delay: i64) -> Value {
        let capacity = i64::from(self.flat.lines[line as usize].capacity);
        let back = j.wrapping_sub(delay) & (capacity - 1);
        let index = if back == 0 { self.time } else { self.b.ins().iadd_imm_s(self.time, back) };
        self.b.ins().band_imm_s(index, capacity - 1)
    }

    /// Address of a position of one channel's plane, less the offset of all.
    fn in_plane(&mut self, line: u32, channel: usize, position: Value) -> Value {
        let place = self.flat.lines[line as usize];
        let plane = if usize::from(place.width) > channel { channel } else { 0 };
        let offset = self.b.ins().ishl_imm_u(position, i64::from(place.shift));
        let ring = self.ring(line);
        let address = self.b.ins().iadd(ring, offset);
        if plane == 0 { address } else { self.b.ins().iadd_imm_s(address, i64::from(place.plane())) }
    }

    /// `line[t - delay]` at sample `j`, of each channel.
    pub(super) fn read_planes(&mut self, line: u32, delay: Name, j: usize) -> Value {
        let body = &self.flat.kernel.body;
        let place = self.flat.lines[line as usize];
        let width = usize::from(place.width).max(self.width(delay));
        let known: Option<Vec<i64>> = match body[delay.0 as usize] {
            Op::Int(delay) => Some(vec![delay; width]),
            Op::Frame(left, right) => match (body[left.0 as usize], body[right.0 as usize]) {
                (Op::Int(left), Op::Int(right)) => Some(vec![left, right]),
                _ => None,
            },
            _ => None,
        };
        let delays = if known.is_none() { Some(self.value(delay, j)) } else { None };
        let mut numbers = Vec::with_capacity(width);
        for c in 0..width {
            let position = match (&known, delays) {
                (None, Some(delays)) => {
                    let delay = self.b.ins().extractlane(delays, c as u8);
                    let delay = self.b.ins().uextend(types::I64, delay);
                    let now = self.sample(j);
                    let index = self.b.ins().isub(now, delay);
                    self.b.ins().band_imm_s(index, i64::from(place.capacity) - 1)
                }
                (known, _) => {
                    let delay = known.as_ref().and_then(|list| list.get(c)).copied().unwrap_or(0);
                    self.position_in_ring(line, j as i64, delay)
                }
            };
            let address = self.in_plane(line, c, position);
            numbers.push(self.b.ins().load(self.vectors.lane, UNALIGNED, address, place.offset));
        }
        self.from_channels(self.vectors.float, &numbers)
    }

    /// Writes the line's sample at sample `j`, each channel in its plane.
    pub(super) fn write_planes(&mut self, line: u32, value: Name, j: usize) {
        let place = self.flat.lines[line as usize];
        let value = self.value(value, j);
        let position = self.position_in_ring(line, j as i64, 0);
        let copy = self.behind_plane(line, position);
        for c in 0..usize::from(place.width) {
            let number = self.b.ins().extractlane(value, c as u8);
            for position in [position, copy] {
                let address = self.in_plane(line, c, position);
                self.b.ins().store(UNALIGNED, number, address, place.offset);
            }
        }
    }
}
