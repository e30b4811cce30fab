//! Emits a flat kernel as a Cranelift function.
//!
//! Always true here: everything is emitted in the order in which it shall run, because Cranelift keeps that order
//! (`opt_level=none`); a stage has a loop of its own with its states in registers; what is fixed for a call is
//! loaded where it is used, what crosses from stage to stage goes through scratch memory.

mod control;
mod io;
mod lines;
mod ops;
mod skeleton;
mod time;

pub(crate) use control::control_function;
pub(crate) use skeleton::{Tables, kernel_function};

use crate::flat::Flat;
use crate::plan::{Home, Plan, Stage};
use cranelift::prelude::*;
use mixdown_kernel::ir::{Kind, Op, Value as Name};
use mixdown_layout::Packing;
use ops::{ALIGNED, UNALIGNED, Vectors};
use std::collections::HashMap;
use std::ops::Range;

/// Addresses, loaded before the loop that uses them.
#[derive(Clone, Copy)]
pub(crate) struct Bases {
    state: Value,
    slots: Value,
    lines: Value,
    inputs: Value,
    outputs: Value,
    constants: Value,
    scratch: Value,
    /// Kernel sample of the cell's first sample, counted from timeline 0.
    time: Value,
}

/// The body of one loop while it is emitted.
struct Body<'a, 'f> {
    b: &'a mut FunctionBuilder<'f>,
    flat: &'a Flat,
    plan: &'a Plan,
    vectors: Vectors,
    bases: Bases,
    /// Samples of a step.
    unroll: usize,
    /// Kernel sample of the step's first sample, counted from timeline 0, and from the cell's first sample.
    time: Value,
    k: Value,
    /// Byte offset of the step's first sample in a sample block.
    offset: Value,
    /// Scratch memory of the step's first sample.
    scratch: Value,
    /// What was made so far, by name and sample.
    values: Vec<[Option<Value>; 4]>,
    /// Four samples of what was made so far, by name and channel.
    times: Vec<[Option<Value>; 2]>,
    /// Position in its cell of a sample, as floats.
    positions: [Option<Value>; 4],
    four_positions: Option<Value>,
    /// The first sample of the step in its cell, as floats.
    step_start: Option<Value>,
    /// Time of a sample as delay lines count it.
    nows: [Option<Value>; 4],
    /// Fixed values that stand in registers for the whole loop.
    held: Vec<(Name, Value)>,
    /// Fixed values that were loaded for the instructions at hand.
    near: Vec<(Name, Value)>,
    /// States of this stage that stand in registers.
    states: HashMap<u32, Value>,
    /// Between steps, its states lie in memory: each is loaded where it is first read, and stored after its last sample.
    in_memory: bool,
}

impl Body<'_, '_> {
    /// Emits one step of a stage; its states are taken from and left in [`Body::states`].
    fn step(&mut self, stage: &Stage) {
        if self.single() && self.unroll > 1 {
            return self.step_in_time(stage);
        }
        for &name in stage.regions.iter().flatten() {
            if let Op::Input(input) = self.flat.kernel.body[name.0 as usize] {
                for (j, value) in self.load_input(input).into_iter().enumerate() {
                    self.made(name, j, value);
                }
            }
        }
        let group = stage.group.min(self.unroll);
        for first in (0..self.unroll).step_by(group) {
            for region in &stage.regions {
                self.region(region, first..first + group);
            }
        }
        for &name in stage.regions.iter().flatten() {
            if let Op::Output(output, value) = self.flat.kernel.body[name.0 as usize] {
                let samples: Vec<Value> = (0..self.unroll).map(|j| self.value(value, j)).collect();
                self.store_output(output, &samples);
            }
        }
    }

    /// Whether the pack is of one instance, whose vectors may hold four samples.
    fn single(&self) -> bool {
        self.flat.packing == Packing::Single
    }

    /// Notes a value, and stores it where later stages read it.
    fn made(&mut self, name: Name, j: usize, value: Value) {
        self.values[name.0 as usize][j] = Some(value);
        let Some(places) = self.plan.crossing[name.0 as usize] else { return };
        if !self.single() {
            let offset = self.plan.crossing_offset(places[0]) + 16 * j as i32;
            self.b.ins().store(ALIGNED, value, self.scratch, offset);
        } else if self.unroll == 1 {
            for (c, place) in places.into_iter().enumerate().take(usize::from(self.flat.widths[name.0 as usize])) {
                let number = self.b.ins().extractlane(value, c as u8);
                self.b.ins().store(UNALIGNED, number, self.scratch, self.plan.crossing_offset(place));
            }
        }
    }

    /// Emits a region for some samples, all of the first sample before the second.
    fn region(&mut self, region: &[Name], samples: Range<usize>) {
        for j in samples {
            for &name in region {
                self.instruction(name, j);
            }
            if region.len() > 1 {
                self.near.clear();
            }
        }
        self.near.clear();
    }

    /// Emits one instruction for sample `j`.
    fn instruction(&mut self, name: Name, j: usize) {
        let at = name.0 as usize;
        let op = self.flat.kernel.body[at];
        let value = match op {
            Op::Input(_) | Op::Output(..) => return,
            Op::WriteState(state, value) => {
                let value = self.value(value, j);
                self.set_state(state, value, j + 1 == self.unroll);
                return;
            }
            Op::WriteLine(line, value) => return self.write_line(line, value, j),
            Op::ReadState(state) => Some(self.state(state, self.flat.kinds[at])),
            Op::ReadLine(line, delay) => Some(self.read_line(line, delay, j)),
            _ => {
                let args: Vec<Value> = op.operands().map(|v| self.value(v, j)).collect();
                self.vectors.pure(self.b, &op, &args, self.flat.kinds[at])
            }
        };
        if let Some(value) = value {
            self.made(name, j, value);
        }
    }

    /// What a state holds now.
    fn state(&mut self, state: u32, kind: Kind) -> Value {
        match self.states.get(&state) {
            Some(&value) => value,
            None => self.b.ins().load(self.vectors.kind(kind), ALIGNED, self.bases.state, state as i32 * 16),
        }
    }

    fn set_state(&mut self, state: u32, value: Value, last: bool) {
        if self.in_memory && last {
            self.b.ins().store(ALIGNED, value, self.bases.state, state as i32 * 16);
            self.states.remove(&state);
        } else {
            self.states.insert(state, value);
        }
    }

    /// The value of a name at sample `j`.
    fn value(&mut self, name: Name, j: usize) -> Value {
        let at = name.0 as usize;
        if self.plan.homes[at].is_some() {
            if let Some(&(_, value)) = self.held.iter().chain(&self.near).find(|(n, _)| *n == name) {
                return value;
            }
            let value = self.fixed(name);
            self.near.push((name, value));
            return value;
        }
        if let Some(value) = self.values[at][j] {
            return value;
        }
        if self.times[at][0].is_some() || self.single() && self.unroll > 1 && self.plan.crossing[at].is_some() {
            self.to_lanes(name);
            return self.values[at][j].unwrap_or(self.k);
        }
        if let Some(places) = self.plan.crossing[at] {
            let ty = self.vectors.kind(self.flat.kinds[at]);
            if self.single() {
                let width = usize::from(self.flat.widths[at]);
                let load = |b: &mut FunctionBuilder, place| {
                    b.ins().load(ty.lane_type(), UNALIGNED, self.scratch, self.plan.crossing_offset(place))
                };
                let numbers: Vec<Value> = places[..width].iter().map(|&place| load(self.b, place)).collect();
                let value = self.from_channels(ty, &numbers);
                self.values[at][j] = Some(value);
                return value;
            }
            let offset = self.plan.crossing_offset(places[0]) + 16 * j as i32;
            let value = self.b.ins().load(ty, ALIGNED, self.scratch, offset);
            self.values[at][j] = Some(value);
            return value;
        }
        let value = match self.flat.kernel.body[at] {
            Op::Slot(slot) => {
                let position = self.position_in_cell(j);
                let place = self.flat.slots[slot as usize];
                let slope = self.b.ins().load(self.vectors.float, ALIGNED, self.bases.slots, place + self.flat.slope());
                let origin = self.b.ins().load(self.vectors.float, ALIGNED, self.bases.slots, place);
                let value = self.b.ins().fma(position, slope, origin);
                self.values[at][j] = Some(value);
                return value;
            }
            // Time is the one that remains: the plan has put every other value before its users.
            _ => {
                let sample = self.sample(j);
                let low = self.b.ins().band_imm_s(sample, 0x7fff_ffff);
                self.splat_int(low)
            }
        };
        self.values[at][j] = Some(value);
        value
    }

    /// The low bits of the kernel sample of sample `j`, in every lane.
    fn now(&mut self, j: usize) -> Value {
        if let Some(now) = self.nows[j] {
            return now;
        }
        let sample = self.sample(j);
        let now = self.splat_int(sample);
        self.nows[j] = Some(now);
        now
    }

    fn splat_int(&mut self, n: Value) -> Value {
        let lane = if self.vectors.int_lane == types::I32 { self.b.ins().ireduce(types::I32, n) } else { n };
        self.b.ins().splat(self.vectors.int, lane)
    }

    /// Loads what is fixed for the call from where it lies.
    fn fixed(&mut self, name: Name) -> Value {
        let ty = self.vectors.kind(self.flat.kinds[name.0 as usize]);
        let (base, offset) = match self.plan.homes[name.0 as usize] {
            Some(Home::Constant(at)) => (self.bases.constants, at),
            Some(Home::Slot(at)) => (self.bases.slots, at),
            Some(Home::State(at)) => (self.bases.state, at),
            Some(Home::Scratch(at)) => (self.bases.scratch, at),
            None => (self.bases.constants, 0),
        };
        self.b.ins().load(ty, ALIGNED, base, offset)
    }

    /// Mix samples since the cell's first sample, as floats: broken numbers where the kernel is oversampled.
    fn position_in_cell(&mut self, j: usize) -> Value {
        if let Some(position) = self.positions[j] {
            return position;
        }
        let k = match self.step_start {
            Some(k) => k,
            None => {
                let k = self.b.ins().fcvt_from_sint(self.vectors.lane, self.k);
                let k = self.b.ins().splat(self.vectors.float, k);
                self.step_start = Some(k);
                k
            }
        };
        // Whole numbers this small add up exactly.
        let k = if j == 0 {
            k
        } else {
            let further = self.vectors.float_const(self.b, j as f64);
            self.b.ins().fadd(k, further)
        };
        let position = self.in_mix_samples(k);
        self.positions[j] = Some(position);
        position
    }

    /// Kernel samples as mix samples.
    fn in_mix_samples(&mut self, k: Value) -> Value {
        let factor = f64::from(self.flat.kernel.factor);
        if factor == 1.0 {
            k
        } else if self.flat.kernel.factor.is_power_of_two() {
            // Its reciprocal is exact, and so is the product.
            let part = self.vectors.float_const(self.b, factor.recip());
            self.b.ins().fmul(k, part)
        } else {
            let factor = self.vectors.float_const(self.b, factor);
            self.b.ins().fdiv(k, factor)
        }
    }
}
