//! The kernel written once more with its pairs joined.

use super::find::Pairs;
use crate::builder::Builder;
use crate::ir::{Kernel, Line, Op, State, Type, Value};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// The kernel with these pairs as frames; `None` where one pair would have to run both before and after another.
pub(super) fn joined(kernel: &Kernel, pairs: &Pairs) -> Option<Kernel> {
    let order = order(kernel, pairs)?;
    let mut writer = Writer {
        kernel,
        pairs,
        b: Builder::new(kernel.name.clone(), kernel.float, kernel.factor),
        states: Vec::new(),
        lines: Vec::new(),
        alone: vec![None; kernel.body.len()],
        both: vec![None; pairs.of_values.len()],
    };
    writer.declare();
    for item in order {
        match item {
            Item::One(v) => writer.one(v),
            Item::Pair(p) => writer.pair(p),
        }
    }
    writer.b.finish().ok()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Item {
    One(usize),
    Pair(usize),
}

/// All instructions, pairs as one, in an order that keeps what reads behind what it reads, and reads of states and
/// lines on their side of the write.
fn order(kernel: &Kernel, pairs: &Pairs) -> Option<Vec<Item>> {
    let n = kernel.body.len();
    let item = |i: usize| pairs.values[i].map_or(Item::One(i), |(p, _)| Item::Pair(p));
    let number = |item: Item| match item {
        Item::One(i) => i,
        Item::Pair(p) => n + p,
    };
    let first = |item: Item| match item {
        Item::One(i) => i,
        Item::Pair(p) => pairs.of_values[p].iter().map(|v| v.0 as usize).min().unwrap_or(0),
    };
    let mut after: Vec<Vec<Item>> = vec![Vec::new(); n + pairs.of_values.len()];
    let mut waits = vec![0usize; after.len()];
    let mut edge = |from: usize, to: usize| {
        let (from, to) = (item(from), item(to));
        if from != to {
            after[number(from)].push(to);
            waits[number(to)] += 1;
        }
    };
    let mut states = vec![Touched::default(); kernel.states.len()];
    let mut lines = vec![Touched::default(); kernel.lines.len()];
    for (i, op) in kernel.body.iter().enumerate() {
        op.operands().for_each(|v| edge(v.0 as usize, i));
        match *op {
            Op::ReadState(s) => states[s as usize].read(i, &mut edge),
            Op::WriteState(s, _) => states[s as usize].write(i, &mut edge),
            Op::ReadLine(l, _) => lines[l as usize].read(i, &mut edge),
            Op::WriteLine(l, _) => lines[l as usize].write(i, &mut edge),
            _ => {}
        }
    }
    let mut ready: BinaryHeap<Reverse<(usize, Item)>> = BinaryHeap::new();
    let items = (0..n).map(item).filter(|i| !matches!(i, Item::Pair(_))).chain((0..pairs.of_values.len()).map(Item::Pair));
    let items: Vec<Item> = items.collect();
    for &i in &items {
        if waits[number(i)] == 0 {
            ready.push(Reverse((first(i), i)));
        }
    }
    let mut order = Vec::with_capacity(items.len());
    while let Some(Reverse((_, next))) = ready.pop() {
        order.push(next);
        for &to in &after[number(next)] {
            waits[number(to)] -= 1;
            if waits[number(to)] == 0 {
                ready.push(Reverse((first(to), to)));
            }
        }
    }
    (order.len() == items.len()).then_some(order)
}

/// Who touched a state or line so far.
#[derive(Clone, Default)]
struct Touched {
    write: Option<usize>,
    /// Reads since then.
    reads: Vec<usize>,
}

impl Touched {
    fn read(&mut self, i: usize, edge: &mut impl FnMut(usize, usize)) {
        self.write.into_iter().for_each(|w| edge(w, i));
        self.reads.push(i);
    }

    fn write(&mut self, i: usize, edge: &mut impl FnMut(usize, usize)) {
        self.write.into_iter().chain(self.reads.drain(..)).for_each(|before| edge(before, i));
        self.write = Some(i);
    }
}

struct Writer<'a> {
    kernel: &'a Kernel,
    pairs: &'a Pairs,
    b: Builder,
    /// New numbers of states and lines.
    states: Vec<u32>,
    lines: Vec<u32>,
    /// By instruction: its value, where it is no member of a pair or was taken out of one.
    alone: Vec<Option<Value>>,
    /// By pair: its frame.
    both: Vec<Option<Value>>,
}

impl Writer<'_> {
    fn declare(&mut self) {
        let (k, b) = (self.kernel, &mut self.b);
        k.inputs.iter().for_each(|p| _ = b.declare_input(p.name.clone(), p.width));
        k.outputs.iter().for_each(|p| _ = b.declare_output(p.name.clone(), p.width));
        k.slots.iter().for_each(|s| _ = b.declare_slot(s.name.clone(), s.kind));
        let mut of_pairs = vec![None; self.pairs.of_states.len()];
        for (s, State { name, ty, init }) in k.states.iter().enumerate() {
            let mut new = |width| b.declare_state(name.clone(), Type { width, ..*ty }, *init);
            self.states.push(match self.pairs.states[s] {
                Some((p, _)) => *of_pairs[p].get_or_insert_with(|| new(2)),
                None => new(ty.width),
            });
        }
        let mut of_pairs = vec![None; self.pairs.of_lines.len()];
        for (l, Line { name, width, capacity }) in k.lines.iter().enumerate() {
            let longest = |p: usize| self.pairs.of_lines[p].iter().map(|l| k.lines[*l as usize].capacity).max();
            self.lines.push(match self.pairs.lines[l] {
                Some((p, _)) => *of_pairs[p]
                    .get_or_insert_with(|| b.declare_line(name.clone(), 2, longest(p).unwrap_or(*capacity))),
                None => b.declare_line(name.clone(), *width, *capacity),
            });
        }
    }

    /// An instruction that is no member of a pair.
    fn one(&mut self, at: usize) {
        if let Op::Frame(x, y) = self.kernel.body[at]
            && let Some(frame) = self.wide(x, y)
        {
            self.alone[at] = Some(frame);
            return;
        }
        let operands: Vec<Value> = self.kernel.body[at].operands().map(|v| self.value(v)).collect();
        let mut operands = operands.into_iter();
        let op = self.kernel.body[at].map(|v| operands.next().unwrap_or(v));
        let part = |which: Option<(usize, u8)>| which.map(|(_, channel)| channel);
        let (op, channel) = match op {
            Op::ReadState(s) => (Op::ReadState(self.states[s as usize]), part(self.pairs.states[s as usize])),
            Op::ReadLine(l, d) => (Op::ReadLine(self.lines[l as usize], d), part(self.pairs.lines[l as usize])),
            Op::WriteState(s, v) => (Op::WriteState(self.states[s as usize], v), None),
            Op::WriteLine(l, v) => (Op::WriteLine(self.lines[l as usize], v), None),
            other => (other, None),
        };
        let v = self.b.push(op);
        self.alone[at] = Some(match channel {
            Some(channel) => self.b.channel(v, channel),
            None => v,
        });
    }

    /// Both instructions of a pair as one.
    fn pair(&mut self, p: usize) {
        let [a, b] = self.pairs.of_values[p];
        let (x, y) = (self.kernel.body[a.0 as usize], self.kernel.body[b.0 as usize]);
        let operands: Vec<Value> = x.operands().zip(y.operands()).map(|(x, y)| self.gathered(x, y)).collect();
        let mut operands = operands.into_iter();
        let op = x.map(|v| operands.next().unwrap_or(v));
        let op = match op {
            Op::ReadState(s) => Op::ReadState(self.states[s as usize]),
            Op::WriteState(s, v) => Op::WriteState(self.states[s as usize], v),
            Op::ReadLine(l, d) => Op::ReadLine(self.lines[l as usize], d),
            Op::WriteLine(l, v) => Op::WriteLine(self.lines[l as usize], v),
            other => other,
        };
        self.both[p] = Some(self.b.push(op));
    }

    /// Two operands of a pair as one.
    fn gathered(&mut self, x: Value, y: Value) -> Value {
        if x == y {
            return self.value(x);
        }
        match self.wide(x, y) {
            Some(frame) => frame,
            None => {
                let (x, y) = (self.value(x), self.value(y));
                self.b.frame(x, y)
            }
        }
    }

    /// The value whose channels two values are, where there is one.
    fn wide(&mut self, x: Value, y: Value) -> Option<Value> {
        let member = |v: Value| self.pairs.values[v.0 as usize];
        if let (Some((p, 0)), Some((q, 1))) = (member(x), member(y))
            && p == q
        {
            return self.both[p];
        }
        match (self.kernel.body[x.0 as usize], self.kernel.body[y.0 as usize]) {
            (Op::Channel(v, 0), Op::Channel(w, 1)) if v == w => self.alone[v.0 as usize],
            _ => None,
        }
    }

    /// A value by itself.
    fn value(&mut self, v: Value) -> Value {
        let at = v.0 as usize;
        if let Some(alone) = self.alone[at] {
            return alone;
        }
        let alone = match self.pairs.values[at].and_then(|(p, channel)| Some((self.both[p]?, channel))) {
            // A pair of equal things is one mono value.
            Some((both, channel)) => self.b.channel(both, channel),
            None => v,
        };
        self.alone[at] = Some(alone);
        alone
    }
}
