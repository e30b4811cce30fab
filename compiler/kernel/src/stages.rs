//! Splits the body of a kernel into stages. Machine code runs a stage for up to [`BLOCK`] samples before the next
//! one, in a loop of its own, so that a recurrence has its state in registers and nobody else's constants beside it,
//! and a processor that looks a hundred instructions ahead sees the next samples instead of the next effect.
//!
//! Inside a stage, *regions* (a recurrence, or one instruction outside of any) run one after the other for
//! [`Stage::group`] samples at a time: all four of a step where independent samples keep the processor busy while
//! one waits for its own results, one by one where recurrences of a cascade overlap.
//!
//! Always true here: running the stages in order, each for all samples of a block, equals program order for every
//! number of samples up to [`BLOCK`], and so does running the regions of a stage. What does not change from sample
//! to sample ([`Split::fixed`]) belongs to no stage.

mod cost;
mod order;

use crate::ir::{Kernel, Op, Value};
use cost::{Form, Growing, Uses};
use mixdown_layout::SlotKind;
use order::Graph;

/// Most samples a stage runs before the next stage.
pub const BLOCK: u32 = 64;

/// Samples of one step of a stage's loop.
pub const UNROLL: u32 = 4;

/// Most instructions of a stage that joins several regions.
const LONGEST: usize = 64;

/// What the lanes of a machine vector hold while a stage runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Run {
    /// One sample of several instances.
    Lanes,
    /// Four samples of one instance, wherever a sample does not wait for the one before; a stage's regions then always
    /// run for four samples each.
    Single,
}

/// A stage.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stage {
    /// Regions in the order in which they run, each with its instructions in program order.
    pub regions: Vec<Vec<Value>>,
    /// For how many samples a region runs before the next region: 1 or 4.
    pub group: u32,
    /// Vector registers that its living values take at the most, by estimate: states and what is made in it.
    pub registers: u32,
}

/// A body split into stages.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Split {
    /// Stages in the order they run.
    pub stages: Vec<Stage>,
    /// By instruction: whether its value is the same for all samples of one call (constants, const slots, seeds,
    /// states that nobody writes, and pure operations on these). Such values stand in no stage.
    pub fixed: Vec<bool>,
}

/// The stages of a kernel, each with its instructions in program order: [`split`] without the rest.
pub fn stages(kernel: &Kernel) -> Vec<Vec<Value>> {
    let in_order = |stage: Stage| {
        let mut values = stage.regions.concat();
        values.sort_unstable();
        values
    };
    split(kernel, Run::Lanes).stages.into_iter().map(in_order).collect()
}

/// Splits a kernel's body. Operands must be earlier instructions; a body that breaks this is split as if the
/// wrong operand were not there.
pub fn split(kernel: &Kernel, run: Run) -> Split {
    let fixed = fixed(kernel);
    let graph = Graph::new(kernel, &fixed);
    let order = graph.regions_in_order();
    let stages = join(kernel, &graph, &order, run);
    Split { stages, fixed }
}

/// What a sample of a kernel costs, in instructions, by estimate.
pub fn cost_of(kernel: &Kernel) -> f64 {
    let fixed = fixed(kernel);
    kernel.body.iter().zip(fixed).filter(|(_, fixed)| !fixed).map(|(op, _)| cost::weight(kernel, op)).sum()
}

/// Which instructions have one value for all samples of a call.
fn fixed(kernel: &Kernel) -> Vec<bool> {
    let mut written = vec![false; kernel.states.len()];
    for op in &kernel.body {
        if let Op::WriteState(s, _) = op
            && let Some(w) = written.get_mut(*s as usize)
        {
            *w = true;
        }
    }
    let mut fixed = Vec::with_capacity(kernel.body.len());
    for op in &kernel.body {
        let is = match *op {
            Op::Float(_) | Op::Int(_) => true,
            Op::Slot(s) => kernel.slots.get(s as usize).is_some_and(|slot| slot.kind != SlotKind::Control),
            Op::ReadState(s) => !written.get(s as usize).copied().unwrap_or(true),
            Op::Input(_) | Op::Time | Op::ReadLine(..) | Op::WriteState(..) | Op::WriteLine(..) | Op::Output(..) => {
                false
            }
            _ => op.operands().all(|v| fixed.get(v.0 as usize).copied().unwrap_or(false)),
        };
        fixed.push(is);
    }
    fixed
}

/// Whether an instruction is made anew in every stage that uses it instead of crossing from stage to stage: a
/// ramped slot and the time cost no more than a load.
fn remade(kernel: &Kernel, op: &Op) -> bool {
    match *op {
        Op::Time => true,
        Op::Slot(s) => kernel.slots.get(s as usize).is_some_and(|slot| slot.kind == SlotKind::Control),
        _ => false,
    }
}

/// Joins neighbouring regions into stages: of all ways to cut the ordered list, the one of least cost.
fn join(kernel: &Kernel, graph: &Graph, order: &[usize], run: Run) -> Vec<Stage> {
    let n = order.len();
    let uses = Uses::new(kernel, graph, order);
    let mut best = vec![(f64::INFINITY, 0usize, Form::default()); n + 1];
    best[0].0 = 0.0;
    let mut growing = Growing::new(kernel.body.len());
    for start in 0..n {
        growing.begin(start);
        for end in start + 1..=n {
            growing.add(kernel, graph, &uses, order[end - 1], end - 1);
            if end > start + 1 && growing.instructions() > LONGEST {
                break;
            }
            let form = match run {
                Run::Lanes => growing.form(),
                Run::Single => growing.single(),
            };
            let cost = best[start].0 + form.cost;
            if cost < best[end].0 {
                best[end] = (cost, start, form);
            }
        }
    }
    let mut stages = Vec::new();
    let mut end = n;
    while end > 0 {
        let (_, start, form) = best[end];
        let regions = order[start..end].iter().map(|&r| graph.regions[r].clone()).collect();
        stages.push(Stage { regions, group: form.group, registers: form.registers });
        end = start;
    }
    stages.reverse();
    stages
}

#[cfg(test)]
mod tests;
