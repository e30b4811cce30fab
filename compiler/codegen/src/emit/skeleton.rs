//! The function around the stages: arguments, what is worked out once a call, the loop of four samples and the
//! loop of one.

use super::ops::{ALIGNED, Vectors};
use super::{Bases, Body};
use crate::flat::Flat;
use crate::plan::{Home, Plan};
use cranelift::codegen::ir::{Function, UserFuncName};
use cranelift::prelude::*;
use mixdown_kernel::stages::UNROLL;
use mixdown_layout::BlockCall;
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
    let mut builder = FunctionBuilder::new(&mut function, context);
    let b = &mut builder;
    let entry = b.create_block();
    b.append_block_params_for_function_params(entry);
    b.switch_to_block(entry);
    let call = b.block_params(entry)[0];
    let pointer = |b: &mut FunctionBuilder, at: usize| b.ins().load(types::I64, ALIGNED, call, at as i32);
    let size = plan.scratch.max(16);
    let slot = b.create_sized_stack_slot(StackSlotData::new(StackSlotKind::ExplicitSlot, size, 4));
    let bases = Bases {
        state: pointer(b, offset_of!(BlockCall, state)),
        slots: pointer(b, offset_of!(BlockCall, slots)),
        lines: pointer(b, offset_of!(BlockCall, lines)),
        inputs: pointer(b, offset_of!(BlockCall, inputs)),
        outputs: pointer(b, offset_of!(BlockCall, outputs)),
        constants: b.ins().iconst(types::I64, constants),
        scratch: b.ins().stack_addr(types::I64, slot, 0),
    };
    let factor = i64::from(flat.kernel.factor);
    let count = |b: &mut FunctionBuilder, at: usize| {
        let n = b.ins().load(types::I32, ALIGNED, call, at as i32);
        let n = b.ins().uextend(types::I64, n);
        times(b, n, factor)
    };
    let first = count(b, offset_of!(BlockCall, start));
    let len = count(b, offset_of!(BlockCall, len));
    let end = b.ins().iadd(first, len);
    let time = pointer(b, offset_of!(BlockCall, time));
    let time = times(b, time, factor);
    let cursor = Cursor { bases, time };
    let last_step = b.ins().iadd_imm_s(end, -i64::from(UNROLL));
    once_a_call(b, flat, plan, cursor, first);

    let (steps, step, rests, rest, done) =
        (b.create_block(), b.create_block(), b.create_block(), b.create_block(), b.create_block());
    b.append_block_param(steps, types::I64);
    b.append_block_param(rests, types::I64);
    b.ins().jump(steps, &[first.into()]);

    b.switch_to_block(steps);
    let k = b.block_params(steps)[0];
    let more = b.ins().icmp(IntCC::SignedLessThanOrEqual, k, last_step);
    b.ins().brif(more, step, &[], rests, &[k.into()]);
    b.switch_to_block(step);
    body(b, flat, plan, cursor, k, UNROLL as usize).step();
    let next = b.ins().iadd_imm_s(k, i64::from(UNROLL));
    b.ins().jump(steps, &[next.into()]);

    b.switch_to_block(rests);
    let k = b.block_params(rests)[0];
    let more = b.ins().icmp(IntCC::SignedLessThan, k, end);
    b.ins().brif(more, rest, &[], done, &[]);
    b.switch_to_block(rest);
    body(b, flat, plan, cursor, k, 1).step();
    let next = b.ins().iadd_imm_s(k, 1);
    b.ins().jump(rests, &[next.into()]);

    b.switch_to_block(done);
    b.ins().return_(&[]);
    b.seal_all_blocks();
    builder.finalize(isa.frontend_config());
    function
}

#[derive(Clone, Copy)]
struct Cursor {
    bases: Bases,
    /// Kernel sample of the cell's first sample.
    time: Value,
}

fn times(b: &mut FunctionBuilder, n: Value, factor: i64) -> Value {
    if factor == 1 { n } else { b.ins().imul_imm_s(n, factor) }
}

fn body<'a, 'f>(
    b: &'a mut FunctionBuilder<'f>,
    flat: &'a Flat,
    plan: &'a Plan,
    cursor: Cursor,
    k: Value,
    unroll: usize,
) -> Body<'a, 'f> {
    let time = b.ins().iadd(cursor.time, k);
    let offset = b.ins().imul_imm_s(k, flat.kernel.float.bytes() as i64);
    Body {
        b,
        flat,
        plan,
        vectors: Vectors::of(flat.kernel.float),
        bases: cursor.bases,
        unroll,
        time,
        k,
        offset,
        values: vec![[None; 4]; flat.kernel.body.len()],
        remade: Vec::new(),
        positions: [None; 4],
        near: Vec::new(),
        states: HashMap::new(),
    }
}

/// Works out what is fixed for the call and is not simply somewhere in memory.
fn once_a_call(b: &mut FunctionBuilder, flat: &Flat, plan: &Plan, cursor: Cursor, k: Value) {
    let mut body = body(b, flat, plan, cursor, k, 1);
    for (at, op) in flat.kernel.body.iter().enumerate() {
        let Some(Home::Scratch(offset)) = plan.homes[at] else { continue };
        let args: Vec<Value> = op.operands().map(|v| body.value(v, 0)).collect();
        if let Some(value) = body.vectors.pure(body.b, op, &args, flat.kinds[at]) {
            body.b.ins().store(ALIGNED, value, body.bases.scratch, offset);
        }
        body.near.clear();
    }
}
