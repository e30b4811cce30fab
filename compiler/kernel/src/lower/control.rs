//! Control code: what a set of slots needs, cut out of the strip's one control kernel.
//!
//! Values that hang on the same curves and clocks form one use, because a use is evaluated at the breakpoints of what
//! it reads: a value must never be evaluated where the text gives it no reason to.

use crate::ir::{Kernel, Op, Port, Value};
use mixdown_layout::{ControlInput, Float};
use std::collections::BTreeMap;

/// Control code and what fills its inputs.
pub(super) struct Cut {
    pub kernel: Kernel,
    pub inputs: Vec<ControlInput>,
    /// Index (of those asked for) of each output.
    pub outputs: Vec<usize>,
}

/// Cuts the wanted values out, one cut for each set of curves and clocks.
pub(super) fn cut(all: &Kernel, inputs: &[ControlInput], wanted: &[Value]) -> Vec<Cut> {
    let deps = moving_inputs(all, inputs);
    let mut groups: BTreeMap<Vec<u32>, Vec<usize>> = BTreeMap::new();
    for (i, v) in wanted.iter().enumerate() {
        groups.entry(deps[v.0 as usize].clone()).or_default().push(i);
    }
    groups.into_values().map(|outputs| one(all, inputs, wanted, outputs)).collect()
}

/// For every value the inputs it hangs on that are not constants, in ascending order.
fn moving_inputs(all: &Kernel, inputs: &[ControlInput]) -> Vec<Vec<u32>> {
    let mut deps: Vec<Vec<u32>> = Vec::with_capacity(all.body.len());
    for op in &all.body {
        let mut d = match op {
            Op::Input(i) if !matches!(inputs[*i as usize], ControlInput::Const(_)) => vec![*i],
            _ => Vec::new(),
        };
        for v in op.operands() {
            d.extend_from_slice(&deps[v.0 as usize]);
        }
        d.sort_unstable();
        d.dedup();
        deps.push(d);
    }
    deps
}

fn one(all: &Kernel, inputs: &[ControlInput], wanted: &[Value], outputs: Vec<usize>) -> Cut {
    let mut live = vec![false; all.body.len()];
    for i in &outputs {
        live[wanted[*i].0 as usize] = true;
    }
    for (i, op) in all.body.iter().enumerate().rev() {
        if live[i] {
            op.operands().for_each(|v| live[v.0 as usize] = true);
        }
    }
    let mut kernel = Kernel {
        name: "control".into(),
        float: Float::F64,
        factor: 1,
        inputs: Vec::new(),
        outputs: Vec::new(),
        slots: Vec::new(),
        states: Vec::new(),
        lines: Vec::new(),
        body: Vec::new(),
    };
    let mut used = Vec::new();
    let mut place = vec![Value(0); all.body.len()];
    for (i, op) in all.body.iter().enumerate().filter(|(i, _)| live[*i]) {
        place[i] = Value(kernel.body.len() as u32);
        let op = match op {
            Op::Input(port) => {
                used.push(inputs[*port as usize]);
                kernel.inputs.push(Port { name: format!("c{}", kernel.inputs.len()), width: 1 });
                Op::Input(kernel.inputs.len() as u32 - 1)
            }
            other => other.map(|v| place[v.0 as usize]),
        };
        kernel.body.push(op);
    }
    for (k, i) in outputs.iter().enumerate() {
        kernel.outputs.push(Port { name: format!("o{k}"), width: 1 });
        kernel.body.push(Op::Output(k as u32, place[wanted[*i].0 as usize]));
    }
    Cut { kernel, inputs: used, outputs }
}
