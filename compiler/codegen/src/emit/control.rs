//! Control code: one evaluation in 64 bits, a value in all lanes of a vector.

use super::ops::{ALIGNED, Vectors};
use crate::flat::check;
use crate::{CodegenError, codes};
use cranelift::codegen::ir::{Function, UserFuncName};
use cranelift::prelude::*;
use mixdown_kernel::ir::{Kernel, Op};
use mixdown_layout::Float;

/// Emits `extern "C" fn(*const f64, *mut f64)`.
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
    let (inputs, outputs) = (b.block_params(entry)[0], b.block_params(entry)[1]);
    let mut values: Vec<Option<Value>> = Vec::with_capacity(kernel.body.len());
    for (op, ty) in kernel.body.iter().zip(&kinds) {
        let value = match *op {
            Op::Float(x) => {
                let x = b.ins().f64const(x);
                Some(b.ins().splat(vectors.float, x))
            }
            Op::Int(n) => Some(vectors.int_const(b, n)),
            Op::Input(i) => {
                let x = b.ins().load(types::F64, ALIGNED, inputs, i as i32 * 8);
                Some(b.ins().splat(vectors.float, x))
            }
            Op::Output(o, v) => {
                if let Some(v) = values[v.0 as usize] {
                    let x = b.ins().extractlane(v, 0);
                    b.ins().store(ALIGNED, x, outputs, o as i32 * 8);
                }
                None
            }
            // Of a mono value: the value.
            Op::Channel(v, _) => values[v.0 as usize],
            _ => {
                let args: Vec<Value> = op.operands().filter_map(|v| values[v.0 as usize]).collect();
                match vectors.pure(b, op, &args, ty.kind) {
                    Some(value) => Some(value),
                    None => return wrong("it has slots, states, lines or time"),
                }
            }
        };
        values.push(value);
    }
    b.ins().return_(&[]);
    b.seal_all_blocks();
    builder.finalize(isa.frontend_config());
    Ok(function)
}
