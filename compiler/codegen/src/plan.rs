//! What the emitter must know of a flat kernel before it begins: the stages, where fixed values lie, which of
//! them a stage holds in registers.

use crate::flat::Flat;
use mixdown_kernel::ir::{Kind, Op, Value};
use mixdown_kernel::stages;
use mixdown_layout::Float;

/// Where a value lies that is the same for all samples of a call. Offsets in bytes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Home {
    /// In the kernel's constants.
    Constant(i32),
    /// In the pack's slots.
    Slot(i32),
    /// In the pack's states, where nobody writes it.
    State(i32),
    /// In memory of the call, worked out at its beginning.
    Scratch(i32),
}

/// One stage.
#[derive(Debug, Default)]
pub(crate) struct Stage {
    /// Its regions in order; each is one instruction or a recurrence.
    pub regions: Vec<Vec<Value>>,
    /// How many samples a region runs before the next region: 1, 2 or 4.
    pub group: usize,
    /// States whose value of the sample before is read, with their kinds.
    pub loaded: Vec<(u32, Kind)>,
    /// States it writes.
    pub written: Vec<u32>,
    /// Fixed values that stay in a register for the whole stage.
    pub held: Vec<Value>,
}

/// The plan of a flat kernel.
#[derive(Debug)]
pub(crate) struct Plan {
    /// Its stages in order.
    pub stages: Vec<Stage>,
    /// By value: where it lies, if it is fixed.
    pub homes: Vec<Option<Home>>,
    /// Vectors of constants.
    pub constants: Vec<[u8; 16]>,
    /// Bytes of scratch memory.
    pub scratch: u32,
}

impl Plan {
    /// Plans a flat kernel.
    pub fn new(flat: &Flat) -> Plan {
        let split = stages::split(&flat.kernel);
        let mut plan = Plan { stages: Vec::new(), homes: Vec::new(), constants: Vec::new(), scratch: 0 };
        for (op, fixed) in flat.kernel.body.iter().zip(&split.fixed) {
            let home = fixed.then(|| plan.home(flat, op));
            plan.homes.push(home);
        }
        plan.stages = split.stages.into_iter().map(|s| stage(flat, s)).collect();
        plan
    }

    fn home(&mut self, flat: &Flat, op: &Op) -> Home {
        match *op {
            Op::Float(x) => self.constant(float_bytes(flat.kernel.float, x)),
            Op::Int(n) => self.constant(int_bytes(flat.kernel.float, n)),
            Op::Slot(s) => Home::Slot(flat.slots[s as usize]),
            Op::ReadState(s) => Home::State(s as i32 * 16),
            _ => {
                let at = self.scratch;
                self.scratch += 16;
                Home::Scratch(at as i32)
            }
        }
    }

    fn constant(&mut self, bytes: [u8; 16]) -> Home {
        let at = self.constants.iter().position(|c| *c == bytes).unwrap_or_else(|| {
            self.constants.push(bytes);
            self.constants.len() - 1
        });
        Home::Constant(at as i32 * 16)
    }
}

fn stage(flat: &Flat, stage: stages::Stage) -> Stage {
    let mut stage = Stage { regions: stage.regions, group: stage.group as usize, ..Stage::default() };
    for value in stage.regions.iter().flatten() {
        match flat.kernel.body[value.0 as usize] {
            Op::ReadState(s) => {
                let seen = stage.written.contains(&s) || stage.loaded.iter().any(|(l, _)| *l == s);
                if !seen {
                    stage.loaded.push((s, flat.kernel.states[s as usize].ty.kind));
                }
            }
            Op::WriteState(s, _) if !stage.written.contains(&s) => stage.written.push(s),
            _ => {}
        }
    }
    stage
}

fn float_bytes(float: Float, x: f64) -> [u8; 16] {
    match float {
        Float::F32 => fill(&(x as f32).to_le_bytes()),
        Float::F64 => fill(&x.to_le_bytes()),
    }
}

fn int_bytes(float: Float, n: i64) -> [u8; 16] {
    match float {
        Float::F32 => fill(&(n as i32).to_le_bytes()),
        Float::F64 => fill(&n.to_le_bytes()),
    }
}

fn fill(lane: &[u8]) -> [u8; 16] {
    std::array::from_fn(|i| lane[i % lane.len()])
}
