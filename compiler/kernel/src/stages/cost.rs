//! What a stage costs: an estimate in instructions a step, by which the list of regions is cut.
//!
//! The figures are those of a 128-bit machine with sixteen vector registers; a wrong estimate costs time, never a
//! result.

use super::UNROLL;
use super::order::Graph;
use crate::ir::{Kernel, Op, Value};

/// Vector registers a stage may count on (x86-64 has sixteen; one is left to moves).
const REGISTERS: usize = 15;

/// Instructions a sample of a stage whose steps overlap well: the next step is in sight of the processor.
const AHEAD: usize = 12;
/// What each further so many instructions add to the time of each.
const WAITING: f64 = 0.1;
/// What a value costs that crosses to another stage: a store, a load.
const CROSSING: f64 = 1.0;
/// What a loop costs a step.
const STAGE: f64 = 6.0;
/// Instructions over time that may wait for each other before the processor does.
const IN_SIGHT: f64 = 12.0;
/// Shuffles around a recurrence whose surroundings run over time.
const TURNED: usize = 8;
/// What an instruction costs sample by sample against region by region, inside a recurrence.
const IN_CASCADE: f64 = 0.85;
/// What is added outside of one where all instructions wait for each other: a long chain for one sample leaves the
/// processor waiting.
const IN_CHAIN: f64 = 0.6;

/// Instructions that take as long as an operation.
pub(super) fn weight(kernel: &Kernel, op: &Op) -> f64 {
    let op_of = |v: &Value| kernel.body.get(v.0 as usize).copied().unwrap_or(Op::Time);
    let known = |v: &Value| matches!(op_of(v), Op::Int(_));
    match op {
        Op::Div(..) => 5.0,
        Op::Sqrt(_) => 7.0,
        // A lane at a time, unless all lanes, or those of each channel, stand at the same place.
        Op::ReadLine(_, delay) => match op_of(delay) {
            Op::Int(_) => 1.0,
            Op::Frame(a, b) if known(&a) && known(&b) => 3.0,
            _ => 12.0,
        },
        Op::Float(_) | Op::Int(_) | Op::Input(_) | Op::Output(..) => 0.0,
        _ => 1.0,
    }
}

/// Where values are made and used, in positions of the ordered list of regions.
pub(super) struct Uses {
    /// Region that makes a value; `usize::MAX` for what is fixed or remade.
    made: Vec<usize>,
    /// Last region that uses it.
    last: Vec<usize>,
}

impl Uses {
    /// The uses of a kernel whose regions run in `order`.
    pub fn new(kernel: &Kernel, graph: &Graph, order: &[usize]) -> Self {
        let mut made = vec![usize::MAX; kernel.body.len()];
        for (at, &region) in order.iter().enumerate() {
            for v in &graph.regions[region] {
                made[v.0 as usize] = at;
            }
        }
        let mut last = vec![0usize; kernel.body.len()];
        for (i, op) in kernel.body.iter().enumerate().filter(|(i, _)| made[*i] != usize::MAX) {
            for v in op.operands() {
                if let Some(last) = last.get_mut(v.0 as usize) {
                    *last = (*last).max(made[i]);
                }
            }
        }
        Uses { made, last }
    }
}

/// How a stage may run.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Form {
    /// Instructions a step, by estimate.
    pub cost: f64,
    /// Samples of a region before the next region.
    pub group: u32,
    /// Registers that living values take.
    pub registers: u32,
}

/// A stage that grows region by region.
pub(super) struct Growing {
    start: usize,
    /// By value: the stage (named by its start) that has counted it already.
    counted: Vec<usize>,
    instructions: usize,
    /// Those inside recurrences.
    recurrent: usize,
    recurrences: usize,
    states: usize,
    leaf_uses: usize,
    entering: usize,
    leaving: usize,
    /// Positions of the last uses of values that are alive, and whether they were made here.
    alive: Vec<(usize, bool)>,
    /// Most values alive at once.
    peak: usize,
    /// By value: the stage that made it, and how many instructions of the stage outside of recurrences wait for each
    /// other before it is there.
    depths: Vec<(usize, usize)>,
    /// The longest of these.
    depth: usize,
    /// The same through recurrences.
    ways: Vec<(usize, usize)>,
    way: usize,
}

impl Growing {
    /// Room for kernels of `values` instructions.
    pub fn new(values: usize) -> Self {
        Growing {
            start: 0,
            counted: vec![usize::MAX; values],
            instructions: 0,
            recurrent: 0,
            recurrences: 0,
            states: 0,
            leaf_uses: 0,
            entering: 0,
            leaving: 0,
            alive: Vec::new(),
            peak: 0,
            depths: vec![(usize::MAX, 0); values],
            depth: 0,
            ways: vec![(usize::MAX, 0); values],
            way: 0,
        }
    }

    /// Empties the stage; the next region stands at position `start`.
    pub fn begin(&mut self, start: usize) {
        self.start = start;
        (self.instructions, self.recurrent, self.recurrences) = (0, 0, 0);
        self.states = 0;
        (self.leaf_uses, self.entering, self.leaving, self.peak, self.depth, self.way) = (0, 0, 0, 0, 0, 0);
        self.alive.clear();
    }

    /// Instructions a sample.
    pub fn instructions(&self) -> usize {
        self.instructions
    }

    /// Appends the region that stands at position `at`.
    pub fn add(&mut self, kernel: &Kernel, graph: &Graph, uses: &Uses, region: usize, at: usize) {
        let values = &graph.regions[region];
        self.recurrences += usize::from(values.len() > 1);
        self.states += graph.states[region];
        for &v in values {
            let op = &kernel.body[v.0 as usize];
            let writes = matches!(op, Op::WriteState(..) | Op::WriteLine(..) | Op::Output(..));
            if !writes && !matches!(op, Op::ReadState(_)) {
                self.instructions += 1;
                self.recurrent += usize::from(values.len() > 1);
            }
            let way = |v: Value| self.ways.get(v.0 as usize).filter(|d| d.0 == self.start).map_or(0, |d| d.1);
            let way = 1 + op.operands().map(way).max().unwrap_or(0);
            self.ways[v.0 as usize] = (self.start, way);
            self.way = self.way.max(way);
            if values.len() == 1 {
                let depth = |v: Value| self.depths.get(v.0 as usize).filter(|d| d.0 == self.start).map_or(0, |d| d.1);
                let depth = 1 + op.operands().map(depth).max().unwrap_or(0);
                self.depths[v.0 as usize] = (self.start, depth);
                self.depth = self.depth.max(depth);
            }
            for operand in op.operands().map(|v| v.0 as usize) {
                match uses.made.get(operand).copied().unwrap_or(usize::MAX) {
                    usize::MAX => self.leaf_uses += 1,
                    made if made < self.start && self.counted[operand] != self.start => {
                        self.counted[operand] = self.start;
                        self.entering += 1;
                        self.alive.push((uses.last[operand], false));
                    }
                    _ => {}
                }
            }
            if uses.last[v.0 as usize] > at && !writes {
                self.alive.push((uses.last[v.0 as usize], true));
            }
        }
        self.peak = self.peak.max(self.alive.len());
        self.alive.retain(|&(last, _)| last > at);
        self.leaving = self.alive.iter().filter(|(_, own)| *own).count();
    }

    /// Over time where nothing waits for the sample before, sample by sample inside of recurrences.
    pub fn single(&self) -> Form {
        let steps = UNROLL as usize;
        let over_time = self.instructions - self.recurrent;
        let spilled = 3.0 * (self.states + self.peak + 1).saturating_sub(REGISTERS) as f64;
        let turned = (TURNED * self.recurrences) as f64;
        // What waits for each other in one step is hidden behind others only as long as these are in sight.
        let waits = (self.way as f64 / IN_SIGHT).max(1.0);
        let cost = (over_time as f64 + (self.recurrent * steps) as f64) * waits
            + turned
            + 0.25 * self.leaf_uses as f64
            + spilled
            + CROSSING * (self.entering + self.leaving) as f64
            + STAGE;
        Form { cost, group: UNROLL, registers: (self.states + self.peak) as u32 }
    }

    /// The cheaper of its two forms.
    pub fn form(&self) -> Form {
        let steps = UNROLL as usize;
        let spilled = |held: usize| 3.0 * held.saturating_sub(REGISTERS) as f64;
        let chained = self.instructions - self.recurrent;

        // Region by region: fixed values are loaded once a step, every living value is there four times.
        let waiting = 1.0 + WAITING * self.instructions.saturating_sub(AHEAD) as f64 / AHEAD as f64;
        let wide = (self.instructions * steps) as f64 * waiting
            + self.leaf_uses as f64
            + spilled(self.states + steps * self.peak + 1);

        // Sample by sample: fixed values are loaded for every use.
        let cascade = if self.recurrences > 1 { IN_CASCADE } else { 1.0 };
        let waits = (2 * self.depth) as f64 / chained.max(1) as f64;
        let chain = 1.0 + IN_CHAIN * waits.min(1.0);
        let narrow = steps as f64 * (self.recurrent as f64 * cascade + chained as f64 * chain * waiting)
            + 0.25 * (self.leaf_uses * steps) as f64
            + steps as f64 * spilled(self.states + self.peak);

        // Values that cross to other stages go through memory.
        let crossing = (steps * (self.entering + self.leaving)) as f64;
        let around = CROSSING * crossing + STAGE;
        if narrow < wide {
            Form { cost: narrow + around, group: 1, registers: (self.states + self.peak) as u32 }
        } else {
            Form { cost: wide + around, group: UNROLL, registers: (self.states + steps * self.peak) as u32 }
        }
    }
}
