//! Control code: two points in the two lanes of a vector of 64 bits, in a loop over as many points as are asked for.
//! Nothing crosses from point to point, so that the processor overlaps them.

use super::ops::{UNALIGNED, Vectors};
use crate::flat::check;
use crate::{CodegenError, codes};
use cranelift::codegen::ir::{Function, UserFuncName};
use cranelift::prelude::*;
use mixdown_kernel::ir::{Kernel, Op, Value as Name};
use mixdown_layout::{Float, POINTS};

/// Bytes of the row of one port.
const ROW: i32 = (POINTS * 8) as i32;

/// Emits `extern "C" fn(inputs: *const f64, outputs: *mut f64, end: usize)`: rows of [`POINTS`] numbers, and the bytes of
/// a row up to which points are wanted, 8 or more.
pub(crate) fn control_function(
    kernel: &Kernel,
    signature: Signature,
    isa: &dyn isa::TargetIsa,
) -> Result<Function, CodegenError> {
    let kinds = check(kernel)?;
    let wrong = |what: &str| Err(CodegenError::kernel(codes::NOT_CONTROL, &kernel.name, what));
    if kernel.float != Float::F64 {
        return wrong("its float is not 64 bits wide");
    }
    if kinds.iter().any(|ty| ty.width != 1) || kernel.outputs.iter().any(|p| p.width != 1) {
        return wrong("it works on frames");
    }
    if kernel.factor != 1 {
        return wrong("it is oversampled");
    }
    let vectors = Vectors::of(kernel.float);
    let mut function = Function::with_name_signature(UserFuncName::user(0, 0), signature);
    let mut context = FunctionBuilderContext::new();
    let mut builder = FunctionBuilder::new(&mut function, &mut context);
    let b = &mut builder;
    let entry = b.create_block();
    b.append_block_params_for_function_params(entry);
    b.switch_to_block(entry);
    let &[inputs, outputs, end] = b.block_params(entry) else { return wrong("its function takes other arguments") };
    let [pair, done] = [(); 2].map(|()| b.create_block());
    let first = b.ins().iconst(types::I64, 0);
    b.ins().jump(pair, &[first.into()]);
    let at = b.append_block_param(pair, types::I64);
    b.switch_to_block(pair);
    let inputs = b.ins().iadd(inputs, at);
    let outputs = b.ins().iadd(outputs, at);
    let mut values: Vec<Option<Value>> = Vec::with_capacity(kernel.body.len());
    for (op, ty) in kernel.body.iter().zip(&kinds) {
        let value = match *op {
            // Made where they are used.
            Op::Float(_) | Op::Int(_) => None,
            Op::Input(i) => Some(b.ins().load(vectors.float, UNALIGNED, inputs, i as i32 * ROW)),
            Op::Output(o, v) => {
                if let Some(v) = operand(b, vectors, kernel, &values, v) {
                    b.ins().store(UNALIGNED, v, outputs, o as i32 * ROW);
                }
                None
            }
            // Of a mono value: the value.
            Op::Channel(v, _) => operand(b, vectors, kernel, &values, v),
            _ => {
                let args: Vec<Value> = op.operands().filter_map(|v| operand(b, vectors, kernel, &values, v)).collect();
                match vectors.pure(b, op, &args, ty.kind) {
                    Some(value) => Some(value),
                    None => return wrong("it has slots, states, lines or time"),
                }
            }
        };
        values.push(value);
    }
    let next = b.ins().iadd_imm_s(at, 16);
    let more = b.ins().icmp(IntCC::SignedLessThan, next, end);
    b.ins().brif(more, pair, &[next.into()], done, &[]);
    b.switch_to_block(done);
    b.ins().return_(&[]);
    b.seal_all_blocks();
    builder.finalize(isa.frontend_config());
    Ok(function)
}

/// A value, or a constant made anew: a load, where registers for all of them would not be had.
fn operand(
    b: &mut FunctionBuilder,
    vectors: Vectors,
    kernel: &Kernel,
    values: &[Option<Value>],
    name: Name,
) -> Option<Value> {
    match kernel.body[name.0 as usize] {
        Op::Float(x) => Some(vectors.float_const(b, x)),
        Op::Int(n) => Some(vectors.int_const(b, n)),
        _ => values[name.0 as usize],
    }
}
