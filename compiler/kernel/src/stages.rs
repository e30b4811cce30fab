//! Splits the body of a kernel into stages. Machine code runs a stage for [`UNROLL`] samples before the next one,
//! so that a recurrence has its state in registers for those samples and nobody else's constants beside it.
//!
//! Always true here: running the stages in order, each for all samples of a step, equals program order for every
//! number of samples up to [`UNROLL`]. Inside a stage the values stand in program order. What does not change
//! from sample to sample ([`Split::fixed`]) belongs to no stage.

mod order;

use crate::ir::{Kernel, Op, Value};
use mixdown_layout::SlotKind;
use order::Graph;

/// Samples a stage runs before the next stage.
pub const UNROLL: u32 = 4;

/// Vector registers a stage may count on (x86-64 has 16; one is left to moves).
const REGISTERS: usize = 15;

/// Most instructions of a stage that joins smaller regions.
const LONGEST: usize = 160;

/// A body split into stages.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Split {
    /// Stages in the order they run; each lists its instructions in program order.
    pub stages: Vec<Vec<Value>>,
    /// By instruction: whether its value is the same for all samples of one call (constants, const slots, seeds,
    /// states that nobody writes, and pure operations on these). Such values stand in no stage.
    pub fixed: Vec<bool>,
}

/// The stages of a kernel: [`split`] without the rest.
pub fn stages(kernel: &Kernel) -> Vec<Vec<Value>> {
    split(kernel).stages
}

/// Splits a kernel's body. Operands must be earlier instructions; a body that breaks this is split as if the
/// wrong operand were not there.
pub fn split(kernel: &Kernel) -> Split {
    let fixed = fixed(kernel);
    let graph = Graph::new(kernel, &fixed);
    let order = graph.regions_in_order();
    let stages = join(kernel, &graph, &order);
    Split { stages, fixed }
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
pub(crate) fn remade(kernel: &Kernel, op: &Op) -> bool {
    match *op {
        Op::Time => true,
        Op::Slot(s) => kernel.slots.get(s as usize).is_some_and(|slot| slot.kind == SlotKind::Control),
        _ => false,
    }
}

/// Joins neighbouring regions into stages: of all ways to cut the ordered list, the one of least cost.
fn join(kernel: &Kernel, graph: &Graph, order: &[usize]) -> Vec<Vec<Value>> {
    let n = order.len();
    let mut position = vec![usize::MAX; kernel.body.len()];
    for (at, &region) in order.iter().enumerate() {
        for v in &graph.regions[region] {
            position[v.0 as usize] = at;
        }
    }
    let last_use = last_uses(kernel, &position);
    let mut best = vec![f64::INFINITY; n + 1];
    let mut from = vec![0usize; n + 1];
    best[0] = 0.0;
    for start in 0..n {
        let mut stage = Pressure::new(kernel.body.len());
        for end in start + 1..=n {
            stage.add(kernel, graph, order[end - 1], start, end - 1, &position, &last_use);
            if end > start + 1 && stage.instructions > LONGEST {
                break;
            }
            let cost = best[start] + stage.cost();
            if cost < best[end] {
                best[end] = cost;
                from[end] = start;
            }
        }
    }
    let mut cuts = vec![n];
    while let Some(&end) = cuts.last()
        && end > 0
    {
        cuts.push(from[end]);
    }
    cuts.reverse();
    let mut stages = Vec::with_capacity(cuts.len());
    for pair in cuts.windows(2) {
        let mut values: Vec<Value> =
            order[pair[0]..pair[1]].iter().flat_map(|&r| graph.regions[r].iter().copied()).collect();
        values.sort_unstable();
        stages.push(values);
    }
    stages
}

/// Position of the last region that uses a value, by value.
fn last_uses(kernel: &Kernel, position: &[usize]) -> Vec<usize> {
    let mut last = vec![0usize; kernel.body.len()];
    for (i, op) in kernel.body.iter().enumerate() {
        if position[i] == usize::MAX {
            continue;
        }
        for v in op.operands() {
            if let Some(slot) = last.get_mut(v.0 as usize) {
                *slot = (*slot).max(position[i]);
            }
        }
    }
    last
}

/// What a growing stage asks of the registers.
struct Pressure {
    seen: Vec<bool>,
    instructions: usize,
    states: usize,
    leaves: usize,
    leaf_uses: usize,
    entering: usize,
    leaving: usize,
    most: usize,
    /// Values of the stage by the position of their last use.
    ends: Vec<usize>,
}

impl Pressure {
    fn new(values: usize) -> Self {
        Pressure {
            seen: vec![false; values],
            instructions: 0,
            states: 0,
            leaves: 0,
            leaf_uses: 0,
            entering: 0,
            leaving: 0,
            most: 0,
            ends: Vec::new(),
        }
    }

    /// Appends the region at position `at` to the stage that begins at position `start`.
    #[allow(clippy::too_many_arguments)]
    fn add(
        &mut self,
        kernel: &Kernel,
        graph: &Graph,
        region: usize,
        start: usize,
        at: usize,
        position: &[usize],
        last_use: &[usize],
    ) {
        self.states += graph.states[region];
        for &v in &graph.regions[region] {
            let op = &kernel.body[v.0 as usize];
            if !matches!(op, Op::ReadState(_) | Op::WriteState(..) | Op::Output(..) | Op::WriteLine(..)) {
                self.instructions += 1;
            }
            for operand in op.operands() {
                let o = operand.0 as usize;
                let defined = position[o];
                if defined == usize::MAX {
                    self.leaf_uses += 1;
                    self.leaves += usize::from(!std::mem::replace(&mut self.seen[o], true));
                } else if defined < start && !std::mem::replace(&mut self.seen[o], true) {
                    self.entering += 1;
                }
            }
            if last_use[v.0 as usize] > at && !graph.is_free(kernel, v) {
                self.leaving += 1;
                self.ends.push(last_use[v.0 as usize]);
            }
        }
        let leaving = &mut self.leaving;
        self.ends.retain(|&end| {
            let alive = end > at;
            *leaving -= usize::from(!alive);
            alive
        });
        self.most = self.most.max(self.leaving + self.entering.min(2) + 1);
    }

    /// Cost of the stage in instructions a step, beside those that every split has.
    fn cost(&self) -> f64 {
        let steps = UNROLL as usize;
        let crossing = self.entering.max(self.leaving) * (steps - 1);
        let held = self.states + crossing + self.most;
        let room = REGISTERS.saturating_sub(held);
        let leaves_held = self.leaves.min(room);
        let folded = (self.leaf_uses * (self.leaves - leaves_held)).checked_div(self.leaves).unwrap_or(0) * steps;
        let overflow = held.saturating_sub(REGISTERS);
        2.0 + leaves_held as f64
            + 0.5 * folded as f64
            + 8.0 * overflow as f64
            + 1.0 * (self.leaving * steps) as f64
    }
}

#[cfg(test)]
mod tests;
