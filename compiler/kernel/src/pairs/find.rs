//! Which instructions are pairs.

use crate::ir::{Kernel, Op, Type, Value};
use std::mem::discriminant;

/// Pairs of instructions, states and lines. Of each, by number: the pair it belongs to and its channel there.
#[derive(Default)]
pub(super) struct Pairs {
    pub values: Vec<Option<(usize, u8)>>,
    pub states: Vec<Option<(usize, u8)>>,
    pub lines: Vec<Option<(usize, u8)>>,
    /// The two instructions of each pair.
    pub of_values: Vec<[Value; 2]>,
    pub of_states: Vec<[u32; 2]>,
    pub of_lines: Vec<[u32; 2]>,
}

/// Instructions of a kernel that is searched: what each hangs on is a set of all.
const MOST: usize = 4096;

/// The pairs of a kernel; `None` where there are none.
pub(super) fn pairs(kernel: &Kernel) -> Option<Pairs> {
    let still = |v: Value| matches!(kernel.body[v.0 as usize], Op::Float(_) | Op::Int(_) | Op::Slot(_));
    let begins = |op: &Op| matches!(*op, Op::Frame(a, b) if a != b && !still(a) && !still(b));
    if kernel.body.len() > MOST || !kernel.body.iter().any(begins) {
        return None;
    }
    let mut finder = Finder {
        kernel,
        types: kernel.types(),
        before: before(kernel),
        writes: Writes::of(kernel),
        pairs: Pairs {
            values: vec![None; kernel.body.len()],
            states: vec![None; kernel.states.len()],
            lines: vec![None; kernel.lines.len()],
            ..Pairs::default()
        },
        mono: vec![false; kernel.lines.len()],
        open: Vec::new(),
    };
    for op in &kernel.body {
        if let Op::ReadLine(line, delay) = *op {
            finder.mono[line as usize] |= finder.types[delay.0 as usize].width == 2;
        }
    }
    for op in kernel.body.iter().rev() {
        if let Op::Frame(a, b) = *op {
            finder.open.push([a, b]);
        }
        while let Some([a, b]) = finder.open.pop() {
            finder.join(a, b);
        }
    }
    (!finder.pairs.of_values.is_empty()).then_some(finder.pairs)
}

struct Finder<'a> {
    kernel: &'a Kernel,
    types: Vec<Type>,
    /// By instruction: the set of those it hangs on, as bits.
    before: Vec<Vec<u64>>,
    writes: Writes,
    pairs: Pairs,
    /// Lines that must stay mono, because a frame reads one of them at two places.
    mono: Vec<bool>,
    /// Pairs that were asked for and not looked at yet.
    open: Vec<[Value; 2]>,
}

impl Finder<'_> {
    /// Joins two instructions, if they do the same.
    fn join(&mut self, a: Value, b: Value) {
        let (i, j) = (a.0 as usize, b.0 as usize);
        let mono = self.types[i].width == 1 && self.types[j].width == 1;
        let free = self.pairs.values[i].is_none() && self.pairs.values[j].is_none();
        if a == b || !mono || !free || self.hangs(i, j) || self.hangs(j, i) || !self.alike(a, b) {
            return;
        }
        self.note(a, b);
        let operands: Vec<[Value; 2]> = {
            let (x, y) = (self.kernel.body[i], self.kernel.body[j]);
            x.operands().zip(y.operands()).map(|(x, y)| [x, y]).collect()
        };
        self.open.extend(operands);
    }

    fn note(&mut self, a: Value, b: Value) {
        let pair = self.pairs.of_values.len();
        self.pairs.of_values.push([a, b]);
        self.pairs.values[a.0 as usize] = Some((pair, 0));
        self.pairs.values[b.0 as usize] = Some((pair, 1));
    }

    fn hangs(&self, i: usize, on: usize) -> bool {
        self.before[i][on / 64] >> (on % 64) & 1 == 1
    }

    /// Whether two instructions are the same operation; joins the states or lines they touch.
    fn alike(&mut self, a: Value, b: Value) -> bool {
        let (x, y) = (self.kernel.body[a.0 as usize], self.kernel.body[b.0 as usize]);
        match (x, y) {
            // Made into a frame where they stand; a frame of what is fixed costs nothing a sample.
            (Op::Float(_) | Op::Int(_) | Op::Slot(_) | Op::Input(_) | Op::Time | Op::Channel(..), _) => false,
            (Op::ReadState(s), Op::ReadState(t)) => self.join_states(s, t),
            (Op::ReadLine(s, _), Op::ReadLine(t, _)) if s == t => self.read_twice(s),
            (Op::ReadLine(s, _), Op::ReadLine(t, _)) => self.join_lines(s, t),
            (Op::Shl(_, m), Op::Shl(_, n)) | (Op::Shr(_, m), Op::Shr(_, n)) => m == n,
            (Op::WriteState(..) | Op::WriteLine(..) | Op::Output(..), _) => false,
            _ => discriminant(&x) == discriminant(&y),
        }
    }

    /// One mono line read at two places.
    fn read_twice(&mut self, line: u32) -> bool {
        let line = line as usize;
        let mono = self.kernel.lines[line].width == 1 && self.pairs.lines[line].is_none();
        self.mono[line] |= mono;
        mono
    }

    fn join_states(&mut self, s: u32, t: u32) -> bool {
        let (x, y) = (&self.kernel.states[s as usize], &self.kernel.states[t as usize]);
        match (self.pairs.states[s as usize], self.pairs.states[t as usize]) {
            (Some((p, 0)), Some((q, 1))) if p == q => return true,
            (None, None) if s != t && x.ty == y.ty && x.ty.width == 1 && x.init.to_bits() == y.init.to_bits() => {}
            _ => return false,
        }
        let (Some(a), Some(b)) = (self.writes.states[s as usize], self.writes.states[t as usize]) else { return false };
        let pair = self.pairs.of_states.len();
        self.pairs.of_states.push([s, t]);
        self.pairs.states[s as usize] = Some((pair, 0));
        self.pairs.states[t as usize] = Some((pair, 1));
        self.join_writes(a, b);
        true
    }

    fn join_lines(&mut self, s: u32, t: u32) -> bool {
        match (self.pairs.lines[s as usize], self.pairs.lines[t as usize]) {
            (Some((p, 0)), Some((q, 1))) if p == q => return true,
            (None, None) if s != t => {}
            _ => return false,
        }
        if [s, t].iter().any(|l| self.kernel.lines[*l as usize].width != 1 || self.mono[*l as usize]) {
            return false;
        }
        let (Some(a), Some(b)) = (self.writes.lines[s as usize], self.writes.lines[t as usize]) else { return false };
        let pair = self.pairs.of_lines.len();
        self.pairs.of_lines.push([s, t]);
        self.pairs.lines[s as usize] = Some((pair, 0));
        self.pairs.lines[t as usize] = Some((pair, 1));
        self.join_writes(a, b);
        true
    }

    fn join_writes(&mut self, a: Value, b: Value) {
        self.note(a, b);
        let value = |v: Value| self.kernel.body[v.0 as usize].operands().next();
        if let (Some(x), Some(y)) = (value(a), value(b)) {
            self.open.push([x, y]);
        }
    }
}

/// The one write of each state and line; `None` where there is none, several, or (of states) a read behind it.
struct Writes {
    states: Vec<Option<Value>>,
    lines: Vec<Option<Value>>,
}

impl Writes {
    fn of(kernel: &Kernel) -> Writes {
        let mut states = vec![Seen::Never; kernel.states.len()];
        let mut lines = vec![Seen::Never; kernel.lines.len()];
        for (i, op) in kernel.body.iter().enumerate() {
            match *op {
                Op::WriteState(s, _) => states[s as usize] = states[s as usize].again(i),
                Op::WriteLine(l, _) => lines[l as usize] = lines[l as usize].again(i),
                Op::ReadState(s) if states[s as usize] != Seen::Never => states[s as usize] = Seen::Unfit,
                _ => {}
            }
        }
        let once = |list: Vec<Seen>| list.into_iter().map(Seen::once).collect();
        Writes { states: once(states), lines: once(lines) }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Seen {
    Never,
    Once(usize),
    Unfit,
}

impl Seen {
    fn again(self, i: usize) -> Seen {
        if self == Seen::Never { Seen::Once(i) } else { Seen::Unfit }
    }

    fn once(self) -> Option<Value> {
        match self {
            Seen::Once(i) => Some(Value(i as u32)),
            _ => None,
        }
    }
}

/// By instruction: all it hangs on, through operands.
fn before(kernel: &Kernel) -> Vec<Vec<u64>> {
    let words = kernel.body.len().div_ceil(64);
    let mut all: Vec<Vec<u64>> = Vec::with_capacity(kernel.body.len());
    for op in &kernel.body {
        let mut own = vec![0u64; words];
        for v in op.operands().map(|v| v.0 as usize) {
            own.iter_mut().zip(&all[v]).for_each(|(to, from)| *to |= from);
            own[v / 64] |= 1 << (v % 64);
        }
        all.push(own);
    }
    all
}
