//! The function around the stages: arguments, what is worked out once a call, the loop over blocks, and in it for
//! each stage a loop of four samples.
//!
//! A kernel without control slots is always called for a whole cell, so its loops have fixed ends and nothing is left
//! over. Where controls may break a cell anywhere, each stage has a second loop of one sample for what is left.

use super::ops::{ALIGNED, Vectors};
use super::{Bases, Body};
use crate::flat::Flat;
use crate::plan::{Home, Plan, Stage};
use cranelift::codegen::ir::{BlockArg, Function, StackSlot, UserFuncName};
use cranelift::prelude::*;
use mixdown_kernel::ir::Value as Name;
use mixdown_kernel::stages::UNROLL;
use mixdown_layout::{BlockCall, CELL};
use std::collections::HashMap;
use std::mem::offset_of;

/// Memory of a kernel's constants, 16 bytes each; lives as long as the code that names its address.
#[derive(Debug)]
pub(crate) struct Tables {
    vectors: Box<[Vector]>,
}

#[derive(Clone, Copy, Debug)]
#[repr(C, align(16))]
struct Vector([u8; 16]);

impl Tables {
    /// The tables of a plan.
    pub fn new(plan: &Plan) -> Self {
        Tables { vectors: plan.constants.iter().map(|bytes| Vector(*bytes)).collect() }
    }

    /// Where they lie.
    pub fn address(&self) -> i64 {
        self.vectors.as_ptr() as i64
    }
}

/// States up to which a stage keeps them in registers from step to step.
const STATES_HELD: usize = 10;

/// Emits the function of a kernel; `constants` is the address of its [`Tables`].
pub(crate) fn kernel_function(
    flat: &Flat,
    plan: &Plan,
    constants: i64,
    signature: Signature,
    isa: &dyn isa::TargetIsa,
    context: &mut FunctionBuilderContext,
) -> Function {
    let mut function = Function::with_name_signature(UserFuncName::user(0, 0), signature);
    let mut b = FunctionBuilder::new(&mut function, context);
    let entry = b.create_block();
    b.append_block_params_for_function_params(entry);
    b.switch_to_block(entry);
    let call = b.block_params(entry)[0];
    let size = plan.scratch.max(16);
    let stack = b.create_sized_stack_slot(StackSlotData::new(StackSlotKind::ExplicitSlot, size, 4));
    let mut skeleton = Skeleton { b, flat, plan, call, stack, constants };
    if flat.kernel.in_parts() {
        let first = skeleton.samples(offset_of!(BlockCall, start));
        let len = skeleton.samples(offset_of!(BlockCall, len));
        let end = skeleton.b.ins().iadd(first, len);
        skeleton.once_a_call(first);
        skeleton.blocks_of_a_part(first, end);
    } else {
        let first = skeleton.b.ins().iconst(types::I64, 0);
        skeleton.once_a_call(first);
        skeleton.blocks_of_a_cell(first);
    }
    skeleton.b.ins().return_(&[]);
    skeleton.b.seal_all_blocks();
    skeleton.b.finalize(isa.frontend_config());
    function
}

/// A stage whose loops are being emitted.
struct Running {
    bases: Bases,
    /// First sample of the block.
    start: Value,
    /// Its states, where they stand in registers from step to step.
    states: Vec<Value>,
    in_registers: bool,
    /// Fixed values that stand in registers.
    held: Vec<(Name, Value)>,
}

/// What a loop's first block takes.
fn arguments(k: Value, states: &[Value]) -> Vec<BlockArg> {
    std::iter::once(k).chain(states.iter().copied()).map(BlockArg::from).collect()
}

struct Skeleton<'a, 'f> {
    b: FunctionBuilder<'f>,
    flat: &'a Flat,
    plan: &'a Plan,
    call: Value,
    stack: StackSlot,
    constants: i64,
}

impl<'f> Skeleton<'_, 'f> {
    fn pointer(&mut self, at: usize) -> Value {
        self.b.ins().load(types::I64, ALIGNED, self.call, at as i32)
    }

    /// A count of mix samples as kernel samples.
    fn samples(&mut self, at: usize) -> Value {
        let n = self.b.ins().load(types::I32, ALIGNED, self.call, at as i32);
        let n = self.b.ins().uextend(types::I64, n);
        self.times(n)
    }

    fn times(&mut self, n: Value) -> Value {
        match i64::from(self.flat.kernel.factor) {
            1 => n,
            factor => self.b.ins().imul_imm_s(n, factor),
        }
    }

    /// Addresses for one loop; those that it does not use vanish.
    fn bases(&mut self) -> Bases {
        let time = self.pointer(offset_of!(BlockCall, time));
        let time = self.times(time);
        Bases {
            time,
            state: self.pointer(offset_of!(BlockCall, state)),
            slots: self.pointer(offset_of!(BlockCall, slots)),
            lines: self.pointer(offset_of!(BlockCall, lines)),
            inputs: self.pointer(offset_of!(BlockCall, inputs)),
            outputs: self.pointer(offset_of!(BlockCall, outputs)),
            constants: self.b.ins().iconst(types::I64, self.constants),
            scratch: self.b.ins().stack_addr(types::I64, self.stack, 0),
        }
    }

    /// Works out what is fixed for the call and is not simply somewhere in memory.
    fn once_a_call(&mut self, k: Value) {
        let bases = self.bases();
        let (flat, plan) = (self.flat, self.plan);
        let mut body = self.body(bases, k, k, 1);
        for (at, op) in flat.kernel.body.iter().enumerate() {
            let Some(Home::Scratch(offset)) = plan.homes[at] else { continue };
            let args: Vec<Value> = op.operands().map(|v| body.value(v, 0)).collect();
            if let Some(value) = body.vectors.pure(body.b, op, &args, flat.kinds[at]) {
                body.b.ins().store(ALIGNED, value, bases.scratch, offset);
            }
            body.near.clear();
        }
    }

    /// The loop over the blocks of a part of a cell: every stage for the samples of one block, then the next block.
    fn blocks_of_a_part(&mut self, first: Value, end: Value) {
        let [head, block, done] = [(); 3].map(|()| self.b.create_block());
        let k = self.b.append_block_param(head, types::I64);
        self.b.ins().jump(head, &[first.into()]);
        self.b.switch_to_block(head);
        let more = self.b.ins().icmp(IntCC::SignedLessThan, k, end);
        self.b.ins().brif(more, block, &[], done, &[]);
        self.b.switch_to_block(block);
        let full = self.b.ins().iadd_imm_s(k, i64::from(self.plan.block));
        let is_full = self.b.ins().icmp(IntCC::SignedLessThan, full, end);
        let block_end = self.b.ins().select(is_full, full, end);
        for stage in &self.plan.stages {
            self.stage(stage, k, |skeleton, running| {
                let mut k = k;
                for unroll in [UNROLL as usize, 1] {
                    k = skeleton.loop_while(stage, running, k, block_end, unroll);
                }
            });
        }
        self.b.ins().jump(head, &[block_end.into()]);
        self.b.switch_to_block(done);
    }

    /// The same for a whole cell, whose blocks are all full.
    fn blocks_of_a_cell(&mut self, first: Value) {
        let cell = CELL as u32 * self.flat.kernel.factor;
        if cell == self.plan.block {
            return self.block_of_a_cell(first);
        }
        let [block, done] = [(); 2].map(|()| self.b.create_block());
        let k = self.b.append_block_param(block, types::I64);
        self.b.ins().jump(block, &[first.into()]);
        self.b.switch_to_block(block);
        self.block_of_a_cell(k);
        let next = self.b.ins().iadd_imm_s(k, i64::from(self.plan.block));
        let more = self.b.ins().icmp_imm_s(IntCC::SignedLessThan, next, i64::from(cell));
        self.b.ins().brif(more, block, &[next.into()], done, &[]);
        self.b.switch_to_block(done);
    }

    fn block_of_a_cell(&mut self, k: Value) {
        for stage in &self.plan.stages {
            self.stage(stage, k, |skeleton, running| skeleton.loop_block(stage, running, k));
        }
    }

    /// One stage around its loops: what they hold in registers is loaded before and stored after them.
    fn stage(&mut self, stage: &Stage, start: Value, loops: impl FnOnce(&mut Self, &mut Running)) {
        let bases = self.bases();
        let in_registers = stage.states.len() <= STATES_HELD;
        let states = if in_registers { self.load_states(stage, bases.state) } else { Vec::new() };
        let held = self.load_held(stage, bases, start);
        let mut running = Running { bases, start, states, in_registers, held };
        loops(self, &mut running);
        if in_registers {
            self.store_states(stage, bases.state, &running.states);
        }
    }

    /// Steps of `unroll` samples from `k` while there are as many before `end`; answers the first sample after them.
    fn loop_while(&mut self, stage: &Stage, running: &mut Running, k: Value, end: Value, unroll: usize) -> Value {
        let [head, step, done] = [(); 3].map(|()| self.b.create_block());
        let k = self.enter(head, stage, running, k);
        let next = self.b.ins().iadd_imm_s(k, unroll as i64);
        let more = self.b.ins().icmp(IntCC::SignedLessThanOrEqual, next, end);
        self.b.ins().brif(more, step, &[], done, &[]);
        self.b.switch_to_block(step);
        let after = self.step(stage, running, k, unroll);
        self.b.ins().jump(head, &arguments(next, &after));
        self.b.switch_to_block(done);
        k
    }

    /// Steps of four samples for a full block from `k`.
    fn loop_block(&mut self, stage: &Stage, running: &mut Running, k: Value) {
        let [step, done] = [(); 2].map(|()| self.b.create_block());
        let end = self.b.ins().iadd_imm_s(k, i64::from(self.plan.block));
        let k = self.enter(step, stage, running, k);
        running.states = self.step(stage, running, k, UNROLL as usize);
        let next = self.b.ins().iadd_imm_s(k, i64::from(UNROLL));
        let more = self.b.ins().icmp(IntCC::SignedLessThan, next, end);
        self.b.ins().brif(more, step, &arguments(next, &running.states), done, &[]);
        self.b.switch_to_block(done);
    }

    /// Jumps to a loop's first block, which takes the sample and the states that stand in registers.
    fn enter(&mut self, head: Block, stage: &Stage, running: &mut Running, k: Value) -> Value {
        self.b.ins().jump(head, &arguments(k, &running.states));
        let k = self.b.append_block_param(head, types::I64);
        if running.in_registers {
            let vectors = Vectors::of(self.flat.kernel.float);
            let kinds = stage.states.iter().map(|(_, kind)| vectors.kind(*kind));
            running.states = kinds.map(|ty| self.b.append_block_param(head, ty)).collect();
        }
        self.b.switch_to_block(head);
        k
    }

    /// One step; answers the states after it that stand in registers.
    fn step(&mut self, stage: &Stage, running: &Running, k: Value, unroll: usize) -> Vec<Value> {
        let mut body = self.body(running.bases, running.start, k, unroll);
        body.in_memory = !running.in_registers;
        body.states = stage.states.iter().map(|(s, _)| *s).zip(running.states.iter().copied()).collect();
        body.held.clone_from(&running.held);
        body.step(stage);
        stage.states.iter().filter_map(|(s, _)| body.states.get(s).copied()).collect()
    }

    /// Loads the fixed values that the loops of a stage keep.
    fn load_held(&mut self, stage: &Stage, bases: Bases, k: Value) -> Vec<(Name, Value)> {
        let mut body = self.body(bases, k, k, 1);
        stage.held.iter().map(|&name| (name, body.fixed(name))).collect()
    }

    fn load_states(&mut self, stage: &Stage, base: Value) -> Vec<Value> {
        let vectors = Vectors::of(self.flat.kernel.float);
        let b = &mut self.b;
        stage.states.iter().map(|(s, kind)| b.ins().load(vectors.kind(*kind), ALIGNED, base, *s as i32 * 16)).collect()
    }

    fn store_states(&mut self, stage: &Stage, base: Value, values: &[Value]) {
        for ((state, _), value) in stage.states.iter().zip(values) {
            self.b.ins().store(ALIGNED, *value, base, *state as i32 * 16);
        }
    }

    /// The body of one step at kernel sample `k` of the cell, in a block that began at `start`.
    fn body<'b>(&'b mut self, bases: Bases, start: Value, k: Value, unroll: usize) -> Body<'b, 'f> {
        let b = &mut self.b;
        let time = b.ins().iadd(bases.time, k);
        let offset = b.ins().imul_imm_s(k, self.flat.kernel.float.bytes() as i64);
        let passed = b.ins().isub(k, start);
        let passed = b.ins().imul_imm_s(passed, i64::from(self.plan.stride));
        let scratch = b.ins().iadd(bases.scratch, passed);
        Body {
            b,
            flat: self.flat,
            plan: self.plan,
            vectors: Vectors::of(self.flat.kernel.float),
            bases,
            unroll,
            time,
            k,
            offset,
            scratch,
            values: vec![[None; 4]; self.flat.kernel.body.len()],
            times: vec![[None; 2]; self.flat.kernel.body.len()],
            four_positions: None,
            step_start: None,
            positions: [None; 4],
            nows: [None; 4],
            held: Vec::new(),
            near: Vec::new(),
            states: HashMap::new(),
            in_memory: false,
        }
    }
}
