//! What the emitter must know of a flat kernel before it begins: the stages, where fixed values lie, and
//! where values lie that cross from stage to stage.

mod forms;

pub(crate) use forms::Form;

use crate::flat::Flat;
use crate::{CodegenError, codes};
use mixdown_kernel::ir::{Kind, Op, Value};
use mixdown_kernel::stages::{self, Run};
use mixdown_layout::{Float, Packing};

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
    /// How many samples a region runs before the next region: 1 or 4.
    pub group: usize,
    /// Vector registers that its living values take at the most, by estimate.
    pub registers: u32,
    /// States it writes, with their kinds.
    pub states: Vec<(u32, Kind)>,
    /// Fixed values that stand in registers for the whole loop.
    pub held: Vec<Value>,
    /// Of each region: how it runs. Only under [`Packing::Single`].
    pub forms: Vec<Form>,
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
    /// By value: its place in scratch memory, if it crosses from stage to stage; one a channel under
    /// [`Packing::Single`].
    pub crossing: Vec<Option<[u32; 2]>>,
    /// Most samples that a stage runs before the next.
    pub block: u32,
    /// Bytes of scratch memory: first what is fixed, then [`Plan::stride`] bytes a sample of a block for each place of
    /// a crossing value.
    pub scratch: u32,
    /// Bytes of a crossing value's sample: a vector, or a number in a plane.
    pub stride: u32,
    fixed: u32,
}

/// Bytes that a sample of all crossing values takes, up to which a block has its full length.
const MANY: u32 = 1024;
/// Most bytes of scratch memory: it lies on the stack of whoever runs the kernel.
const MOST_SCRATCH: u32 = 1 << 20;
/// Samples of a block where more values cross.
const SHORT_BLOCK: u32 = 16;

impl Plan {
    /// Plans a flat kernel.
    pub fn new(flat: &Flat) -> Result<Plan, CodegenError> {
        let single = flat.packing == Packing::Single;
        let split = stages::split(&flat.kernel, if single { Run::Single } else { Run::Lanes });
        let mut plan = Plan {
            stages: Vec::new(),
            homes: Vec::new(),
            constants: Vec::new(),
            crossing: Vec::new(),
            block: stages::BLOCK,
            scratch: 0,
            stride: if single { 4 } else { 16 },
            fixed: 0,
        };
        for (op, fixed) in flat.kernel.body.iter().zip(&split.fixed) {
            let home = fixed.then(|| plan.home(flat, op));
            plan.homes.push(home);
        }
        plan.stages = split.stages.into_iter().map(|s| stage(flat, s, &split.fixed)).collect();
        plan.cross(flat);
        if single {
            for stage in &mut plan.stages {
                stage.forms = forms::of(flat, &stage.regions);
                stage.held = held(flat, stage, &split.fixed);
            }
        }
        if plan.scratch > MOST_SCRATCH {
            let message = format!("it needs {} bytes of stack, {MOST_SCRATCH} are possible", plan.scratch);
            return Err(CodegenError::kernel(codes::TOO_LARGE, &flat.kernel.name, message));
        }
        Ok(plan)
    }

    /// Byte offset in scratch memory of a crossing value at the first sample of a block.
    pub fn crossing_offset(&self, place: u32) -> i32 {
        (self.fixed + place * self.block * self.stride) as i32
    }

    /// Gives crossing values their places; a place is free again after the last stage that reads it.
    fn cross(&mut self, flat: &Flat) {
        let body = &flat.kernel.body;
        let mut made = vec![usize::MAX; body.len()];
        let mut last = vec![0; body.len()];
        for (number, stage) in self.stages.iter().enumerate() {
            for value in stage.regions.iter().flatten() {
                made[value.0 as usize] = number;
                body[value.0 as usize].operands().for_each(|v| last[v.0 as usize] = number);
            }
        }
        self.crossing = vec![None; body.len()];
        let (mut free, mut places) = (Vec::new(), 0);
        let mut ends: Vec<Vec<u32>> = vec![Vec::new(); self.stages.len()];
        for number in 0..self.stages.len() {
            for value in self.stages[number].regions.iter().flatten().map(|v| v.0 as usize) {
                if last[value] > made[value] {
                    let mut place = || {
                        let place = free.pop().unwrap_or_else(|| {
                            places += 1;
                            places - 1
                        });
                        ends[last[value]].push(place);
                        place
                    };
                    let first = place();
                    let second = if flat.widths.get(value) == Some(&2) { place() } else { first };
                    self.crossing[value] = Some([first, second]);
                }
            }
            free.append(&mut ends[number]);
        }
        if places * self.stride > MANY {
            self.block = SHORT_BLOCK;
        }
        self.fixed = self.scratch;
        self.scratch += places * self.block * self.stride;
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

fn stage(flat: &Flat, stage: stages::Stage, fixed: &[bool]) -> Stage {
    let mut stage =
        Stage { regions: stage.regions, group: stage.group as usize, registers: stage.registers, ..Stage::default() };
    stage.held = held(flat, &stage, fixed);
    for value in stage.regions.iter().flatten() {
        if let Op::WriteState(s, _) = flat.kernel.body[value.0 as usize] {
            let state = (s, flat.kernel.states[s as usize].ty.kind);
            if !stage.states.contains(&state) {
                stage.states.push(state);
            }
        }
    }
    stage
}

/// Vector registers, without those that two loads on their way to an instruction take.
const REGISTERS: u32 = 11;

/// The fixed values that are used sample by sample, as many as there are registers for, those of most uses first.
fn held(flat: &Flat, stage: &Stage, fixed: &[bool]) -> Vec<Value> {
    let mut uses: Vec<(usize, Value)> = Vec::new();
    let by_sample = |(at, region): &(usize, &Vec<Value>)| match stage.forms.get(*at) {
        Some(form) => *form == Form::Lanes,
        None => stage.group == 1 || region.len() > 1,
    };
    for (_, region) in stage.regions.iter().enumerate().filter(by_sample) {
        for operand in region.iter().flat_map(|v| flat.kernel.body[v.0 as usize].operands()) {
            match uses.iter_mut().find(|(_, v)| *v == operand) {
                Some((count, _)) => *count += 1,
                None if fixed[operand.0 as usize] => uses.push((1, operand)),
                None => {}
            }
        }
    }
    uses.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
    uses.truncate(REGISTERS.saturating_sub(stage.registers) as usize);
    uses.into_iter().map(|(_, v)| v).collect()
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
