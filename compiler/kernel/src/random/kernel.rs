//! Random kernels of every operation.

use super::Random;
use crate::ir::{Kernel, Kind, Line, Op, Port, SHORTEST_LINE, Slot, State, Type, Value};
use crate::verify::type_of;
use mixdown_layout::{Float, SlotKind};

/// A well-formed kernel of about `size` instructions: every operation, both widths, states and lines, delays that change,
/// slots of all kinds, factors 1, 2 and 4.
pub fn kernel(random: &mut Random, float: Float, size: usize) -> Kernel {
    let width = |random: &mut Random| 1 + random.below(2) as u8;
    let port = |random: &mut Random, name: String| Port { name, width: width(random) };
    let mut k = Kernel {
        name: format!("random {:x}", random.bits()),
        float,
        factor: [1, 1, 2, 4][random.below(4)],
        inputs: vec![],
        outputs: vec![],
        slots: vec![],
        states: vec![],
        lines: vec![],
        body: vec![],
    };
    k.inputs = (0..random.below(4)).map(|i| port(random, format!("in{i}"))).collect();
    k.outputs = (0..1 + random.below(3)).map(|i| port(random, format!("out{i}"))).collect();
    for i in 0..random.below(6) {
        let kind = [SlotKind::Const, SlotKind::Control, SlotKind::Seed][random.below(3)];
        k.slots.push(Slot { name: format!("slot{i}"), kind });
    }
    for i in 0..random.below(6) {
        let kind = if random.one_in(4) { Kind::Int } else { Kind::Float };
        let init = if kind == Kind::Int { random.below(1000) as f64 - 500.0 } else { random.unit() };
        k.states.push(State { name: format!("state{i}"), ty: Type { kind, width: width(random) }, init });
    }
    for i in 0..random.below(4) {
        let capacity = SHORTEST_LINE << random.below(8);
        k.lines.push(Line { name: format!("line{i}"), width: width(random), capacity });
    }

    let mut m = Maker { random, types: vec![], used: vec![], written: vec![false; k.lines.len()], k };
    // Something of each kind to begin with.
    for _ in 0..2 {
        let x = m.random.float(float);
        m.push(Op::Float(if x.is_nan() { 0.5 } else { x }));
        let i = m.random.bits() as i64;
        m.push(Op::Int(i));
    }
    let (a, b) = (m.value(Kind::Float), m.value(Kind::Float));
    m.push(Op::Lt(a, b));
    while m.k.body.len() < size {
        m.instruction();
    }
    for port in 0..m.k.outputs.len() {
        let v = m.value_of(Kind::Float, m.k.outputs[port].width);
        m.push(Op::Output(port as u32, v));
    }
    // What nothing has read comes out too, so that nearly all of the kernel can be seen.
    for _ in 0..6 {
        let Some(i) = m.unused(Kind::Float, 2) else { break };
        let port = m.k.outputs.len() as u32;
        m.k.outputs.push(Port { name: format!("rest{port}"), width: m.types[i].width });
        m.push(Op::Output(port, Value(i as u32)));
    }
    m.k
}

/// A kernel that is being made.
struct Maker<'r> {
    random: &'r mut Random,
    k: Kernel,
    types: Vec<Type>,
    /// Whether anything reads it.
    used: Vec<bool>,
    written: Vec<bool>,
}

impl Maker<'_> {
    fn push(&mut self, op: Op) -> Value {
        let op = match (op, self.k.float) {
            (Op::Float(x), Float::F32) => Op::Float(f64::from(x as f32)),
            (Op::Int(x), Float::F32) => Op::Int(i64::from(x as i32)),
            _ => op,
        };
        let none = Type { kind: Kind::None, width: 1 };
        // What is not well formed would be found by the verifier, which the tests ask.
        self.types.push(type_of(&self.k, &self.types, &op).unwrap_or(none));
        op.operands().for_each(|v| self.used[v.0 as usize] = true);
        self.used.push(false);
        self.k.body.push(op);
        Value(self.k.body.len() as u32 - 1)
    }

    /// Some value of a kind.
    fn value(&mut self, kind: Kind) -> Value {
        self.value_of(kind, 2)
    }

    /// The same, no wider than `width`: mostly one that nothing reads yet, else rather a late one.
    fn value_of(&mut self, kind: Kind, width: u8) -> Value {
        if !self.random.one_in(3)
            && let Some(i) = self.unused(kind, width)
        {
            return Value(i as u32);
        }
        let fits: Vec<usize> = (0..self.types.len()).filter(|i| self.fits(*i, kind, width)).collect();
        let n = self.random.below(fits.len());
        let late = n.max(self.random.below(fits.len()));
        // There always is one: two floats, two integers and a mask of one channel stand at the start.
        fits.get(late).map_or(Value(0), |i| Value(*i as u32))
    }

    fn fits(&self, i: usize, kind: Kind, width: u8) -> bool {
        self.types[i].kind == kind && self.types[i].width <= width
    }

    /// A value that nothing reads yet.
    fn unused(&mut self, kind: Kind, width: u8) -> Option<usize> {
        let list: Vec<usize> =
            (0..self.types.len()).filter(|i| !self.used[*i] && self.fits(*i, kind, width)).collect();
        list.get(self.random.below(list.len())).copied()
    }

    fn index<T>(&mut self, list: fn(&Kernel) -> &Vec<T>) -> Option<usize> {
        let n = list(&self.k).len();
        (n > 0).then(|| self.random.below(n))
    }

    /// A float that is no NaN, so that its bits mean something.
    fn clean(&mut self) -> Value {
        let x = self.value(Kind::Float);
        let ok = self.push(Op::Eq(x, x));
        let zero = self.push(Op::Float(0.0));
        self.push(Op::Select(ok, x, zero))
    }

    /// A delay that a line can be read with here.
    fn delay(&mut self, line: usize) -> Value {
        let (capacity, least) = (self.k.lines[line].capacity, i64::from(!self.written[line]));
        // The delay of an earlier reading is right below it too.
        let earlier = self.k.body.iter().find_map(|op| match *op {
            Op::ReadLine(l, delay) if l as usize == line => Some(delay),
            _ => None,
        });
        if let Some(delay) = earlier.filter(|_| self.random.one_in(3)) {
            return delay;
        }
        if self.random.one_in(2) {
            let delay = least + self.random.below((i64::from(capacity) - least) as usize) as i64;
            return self.push(Op::Int(delay));
        }
        let any = self.value(Kind::Int);
        let mask = self.push(Op::Int(i64::from(capacity - 1)));
        let delay = self.push(Op::IAnd(any, mask));
        if least == 0 {
            return delay;
        }
        let one = self.push(Op::Int(1));
        self.push(Op::IOr(delay, one))
    }

    /// One more instruction, and what it wants beside it.
    fn instruction(&mut self) {
        let op = match self.random.below(44) {
            0 => Op::Float(Some(self.random.float(self.k.float)).filter(|x| !x.is_nan()).unwrap_or(-0.0)),
            1 => Op::Int(if self.random.one_in(2) {
                self.random.bits() as i64
            } else {
                self.random.below(300) as i64
            }),
            2 | 3 => match self.index(|k| &k.inputs) {
                Some(i) => Op::Input(i as u32),
                None => return,
            },
            4 | 5 => match self.index(|k| &k.slots) {
                Some(i) => Op::Slot(i as u32),
                None => return,
            },
            6 => Op::Time,
            7 | 8 => match self.index(|k| &k.states) {
                Some(i) => Op::ReadState(i as u32),
                None => return,
            },
            9 | 10 => match self.index(|k| &k.states) {
                Some(i) => {
                    let ty = self.k.states[i].ty;
                    Op::WriteState(i as u32, self.value_of(ty.kind, ty.width))
                }
                None => return,
            },
            11 | 12 => match self.index(|k| &k.lines) {
                Some(i) => Op::ReadLine(i as u32, self.delay(i)),
                None => return,
            },
            13 => match self.index(|k| &k.lines) {
                Some(i) if !self.written[i] => {
                    self.written[i] = true;
                    Op::WriteLine(i as u32, self.value_of(Kind::Float, self.k.lines[i].width))
                }
                _ => return,
            },
            14 => Op::Bits(self.clean()),
            15 => {
                let kind = [Kind::Float, Kind::Int, Kind::Mask][self.random.below(3)];
                Op::Channel(self.value(kind), self.random.below(2) as u8)
            }
            16 | 17 => {
                let kind = [Kind::Float, Kind::Float, Kind::Int, Kind::Mask][self.random.below(4)];
                Op::Frame(self.value_of(kind, 1), self.value_of(kind, 1))
            }
            n => self.arithmetic(n),
        };
        self.push(op);
    }

    fn arithmetic(&mut self, n: usize) -> Op {
        let bits = self.k.float.bytes() * 8;
        let (mut a, mut b, c) = (self.value(Kind::Float), self.value(Kind::Float), self.value(Kind::Float));
        if self.random.one_in(6) {
            // Constants that identities are made of.
            let x = [0.0, -0.0, 1.0, -1.0][self.random.below(4)];
            let constant = self.push(Op::Float(x));
            if self.random.one_in(4) {
                // A zero, whose sign tells what becomes of it.
                a = self.push(Op::Mul(a, constant));
            }
            if self.random.one_in(2) { (a, b) = (constant, a) } else { b = constant }
        }
        let (i, j) = (self.value(Kind::Int), self.value(Kind::Int));
        let (m, o) = (self.value(Kind::Mask), self.value(Kind::Mask));
        let shift = self.random.below(bits) as u32;
        match n {
            18 | 19 => Op::Add(a, b),
            20 | 21 => Op::Sub(a, b),
            22 | 23 => Op::Mul(a, b),
            24 => Op::Div(a, b),
            25 | 26 => Op::Fma(a, b, c),
            27 => Op::Neg(a),
            28 => Op::Abs(a),
            29 => Op::Sqrt(a),
            30 => Op::Min(a, b),
            31 => Op::Max(a, b),
            32 => [Op::Lt(a, b), Op::Le(a, b), Op::Eq(a, b)][self.random.below(3)],
            33 => [Op::And(m, o), Op::Or(m, o), Op::Not(m)][self.random.below(3)],
            34 | 35 => Op::Select(m, a, b),
            36 => Op::Select(m, i, j),
            37 => Op::FromBits(i),
            38 => Op::IAdd(i, j),
            39 => Op::ISub(i, j),
            40 => Op::IMul(i, j),
            41 => [Op::IAnd(i, j), Op::IOr(i, j), Op::IXor(i, j)][self.random.below(3)],
            42 => Op::Shl(i, shift),
            _ => Op::Shr(i, shift),
        }
    }
}
