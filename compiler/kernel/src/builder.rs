//! Writes a kernel instruction by instruction, and makes it small while it is written.
//!
//! Always true here: no result changes by one bit. Equal pure instructions are one instruction; constants are worked
//! out in the kernel's own arithmetic, but not where a number would be NaN or subnormal, whose bits hang on the
//! machine; an identity is used only where it holds for every float, `-0` and infinity among them.
//! What is written wrongly (a mask added, a wide value in a mono port) is kept as a fault and told by
//! [`Builder::finish`]; no method panics.

mod fold;
mod key;

use crate::ir::{Kernel, Kind, Line, Op, Port, Slot, State, Type, Value};
use crate::math::Arith;
use crate::verify::{Fault, type_of, verify};
use key::Key;
use mixdown_layout::{Float, SlotKind};
use rustc_hash::FxHashMap as HashMap;

/// A kernel that is being written.
#[derive(Clone, Debug)]
pub struct Builder {
    kernel: Kernel,
    types: Vec<Type>,
    /// Masks whose truth is known though there is no constant mask in the IR.
    known: Vec<Option<bool>>,
    /// Instructions by what they compute.
    seen: HashMap<Key, Value>,
    /// How often each state was written so far, and what stands in it now.
    states: Vec<(u32, Option<Value>)>,
    /// How often each line was written so far.
    lines: Vec<u32>,
    faults: Vec<Fault>,
}

impl Builder {
    /// A kernel without ports or instructions; `factor` is its samples per mix sample.
    pub fn new(name: impl Into<String>, float: Float, factor: u32) -> Self {
        Builder {
            kernel: Kernel {
                name: name.into(),
                float,
                factor,
                inputs: vec![],
                outputs: vec![],
                slots: vec![],
                states: vec![],
                lines: vec![],
                body: vec![],
            },
            types: vec![],
            known: vec![],
            seen: HashMap::default(),
            states: vec![],
            lines: vec![],
            faults: vec![],
        }
    }

    /// Its float.
    pub fn float_kind(&self) -> Float {
        self.kernel.float
    }

    /// Its samples per mix sample.
    pub fn factor(&self) -> u32 {
        self.kernel.factor
    }

    /// The kernel as far as it is written.
    pub fn kernel(&self) -> &Kernel {
        &self.kernel
    }

    /// Adds an input port.
    pub fn declare_input(&mut self, name: impl Into<String>, width: u8) -> u32 {
        self.kernel.inputs.push(Port { name: name.into(), width });
        index(self.kernel.inputs.len())
    }

    /// Adds an output port.
    pub fn declare_output(&mut self, name: impl Into<String>, width: u8) -> u32 {
        self.kernel.outputs.push(Port { name: name.into(), width });
        index(self.kernel.outputs.len())
    }

    /// Adds a slot.
    pub fn declare_slot(&mut self, name: impl Into<String>, kind: SlotKind) -> u32 {
        self.kernel.slots.push(Slot { name: name.into(), kind });
        index(self.kernel.slots.len())
    }

    /// Adds a state.
    pub fn declare_state(&mut self, name: impl Into<String>, ty: Type, init: f64) -> u32 {
        self.kernel.states.push(State { name: name.into(), ty, init });
        self.states.push((0, None));
        index(self.kernel.states.len())
    }

    /// Adds a delay line; `capacity` is a power of two greater than every delay.
    pub fn declare_line(&mut self, name: impl Into<String>, width: u8, capacity: u32) -> u32 {
        self.kernel.lines.push(Line { name: name.into(), width, capacity });
        self.lines.push(0);
        index(self.kernel.lines.len())
    }

    /// Type of a value.
    pub fn type_of(&self, v: Value) -> Type {
        self.types.get(v.0 as usize).copied().unwrap_or(Type { kind: Kind::None, width: 1 })
    }

    /// The float a value is known to be.
    pub fn constant(&self, v: Value) -> Option<f64> {
        match self.kernel.body.get(v.0 as usize) {
            Some(Op::Float(x)) => Some(*x),
            _ => None,
        }
    }

    /// Adds an instruction, or finds the value that it would have. The methods named after operations all come
    /// through here.
    pub fn push(&mut self, op: Op) -> Value {
        let op = self.canonical(op);
        if let Some(v) = self.state_in_hand(op) {
            return v;
        }
        let ty = match type_of(&self.kernel, &self.types, &op) {
            Ok(ty) => ty,
            Err(message) => {
                let at = Some(Value(self.kernel.body.len() as u32));
                self.faults.push(Fault { at, message });
                // Something to go on with; the kernel will not be finished.
                return self.append(op, Type { kind: Kind::Float, width: 1 }, None);
            }
        };
        let truth = match self.simplify(&op, ty) {
            fold::Simple::Value(v) => return v,
            fold::Simple::Constant(op) => return self.push(op),
            fold::Simple::Truth(truth) => Some(truth),
            fold::Simple::No => None,
        };
        let Some(key) = self.key(&op) else {
            return self.write(op, ty);
        };
        if let Some(&v) = self.seen.get(&key) {
            return v;
        }
        let v = self.append(op, ty, truth);
        self.seen.insert(key, v);
        if let Op::ReadState(s) = op {
            self.states[s as usize].1 = Some(v);
        }
        v
    }

    /// The kernel, without the instructions that reach no write, once it is found well formed.
    pub fn finish(self) -> Result<Kernel, Vec<Fault>> {
        if !self.faults.is_empty() {
            return Err(self.faults);
        }
        let mut kernel = self.kernel;
        kernel.body = without_dead(&kernel.body);
        let faults = verify(&kernel);
        if faults.is_empty() { Ok(kernel) } else { Err(faults) }
    }

    /// Constants as the kernel's own float and integer hold them.
    fn canonical(&self, op: Op) -> Op {
        match (op, self.kernel.float) {
            (Op::Float(x), Float::F32) => Op::Float(f64::from(x as f32)),
            (Op::Int(x), Float::F32) => Op::Int(i64::from(x as i32)),
            _ => op,
        }
    }

    /// A state that was read or written already need not be read again.
    fn state_in_hand(&self, op: Op) -> Option<Value> {
        let Op::ReadState(s) = op else { return None };
        self.states.get(s as usize).and_then(|state| state.1)
    }

    fn write(&mut self, op: Op, ty: Type) -> Value {
        match op {
            Op::WriteState(s, v) => {
                let state = &mut self.states[s as usize];
                // A mono value stored in a frame comes back as a frame, so it is read again.
                let same = self.kernel.states[s as usize].ty == self.types[v.0 as usize];
                *state = (state.0 + 1, same.then_some(v));
            }
            Op::WriteLine(l, _) => self.lines[l as usize] += 1,
            _ => {}
        }
        self.append(op, ty, None)
    }

    fn append(&mut self, op: Op, ty: Type, truth: Option<bool>) -> Value {
        let v = Value(self.kernel.body.len() as u32);
        self.kernel.body.push(op);
        self.types.push(ty);
        self.known.push(truth);
        v
    }
}

/// The index of the declaration that was added last.
fn index(len: usize) -> u32 {
    (len - 1) as u32
}

/// The instructions whose value reaches a write, numbered anew.
fn without_dead(body: &[Op]) -> Vec<Op> {
    let mut live = vec![false; body.len()];
    for (i, op) in body.iter().enumerate().rev() {
        if live[i] || matches!(op, Op::WriteState(..) | Op::WriteLine(..) | Op::Output(..)) {
            live[i] = true;
            op.operands().for_each(|v| live[v.0 as usize] = true);
        }
    }
    let mut place = vec![Value(0); body.len()];
    let mut out = Vec::new();
    for (i, op) in body.iter().enumerate().filter(|(i, _)| live[*i]) {
        place[i] = Value(out.len() as u32);
        out.push(op.map(|v| place[v.0 as usize]));
    }
    out
}

/// One method an operation, and the same as [`Arith`], so that the functions of [`crate::math`] can be written into a
/// kernel.
macro_rules! operations {
    ($($(#[$doc:meta])* $name:ident($($arg:ident),*) = $op:ident;)*) => {
        impl Builder {
            $($(#[$doc])* pub fn $name(&mut self, $($arg: Value),*) -> Value {
                self.push(Op::$op($($arg),*))
            })*
            /// A float constant, rounded to the kernel's float.
            pub fn float(&mut self, x: f64) -> Value {
                self.push(Op::Float(x))
            }
            /// An integer constant, cut to the kernel's integer.
            pub fn int(&mut self, x: i64) -> Value {
                self.push(Op::Int(x))
            }
            /// `a << n`
            pub fn shl(&mut self, a: Value, n: u32) -> Value {
                self.push(Op::Shl(a, n))
            }
            /// `a >> n`, logical
            pub fn shr(&mut self, a: Value, n: u32) -> Value {
                self.push(Op::Shr(a, n))
            }
        }

        impl Arith for Builder {
            type F = Value;
            type I = Value;
            type M = Value;

            fn precision(&self) -> Float {
                self.kernel.float
            }
            fn float(&mut self, x: f64) -> Value {
                self.push(Op::Float(x))
            }
            fn int(&mut self, x: i64) -> Value {
                self.push(Op::Int(x))
            }
            $(fn $name(&mut self, $($arg: Value),*) -> Value {
                self.push(Op::$op($($arg),*))
            })*
            fn select_int(&mut self, m: Value, a: Value, b: Value) -> Value {
                self.push(Op::Select(m, a, b))
            }
            fn shl(&mut self, a: Value, n: u32) -> Value {
                self.push(Op::Shl(a, n))
            }
            fn shr(&mut self, a: Value, n: u32) -> Value {
                self.push(Op::Shr(a, n))
            }
        }
    };
}

operations! {
    /// `a + b`
    add(a, b) = Add;
    /// `a - b`
    sub(a, b) = Sub;
    /// `a * b`
    mul(a, b) = Mul;
    /// `a / b`
    div(a, b) = Div;
    /// `a * b + c`, rounded once
    fma(a, b, c) = Fma;
    /// `-a`
    neg(a) = Neg;
    /// `|a|`
    abs(a) = Abs;
    /// `√a`
    sqrt(a) = Sqrt;
    /// `a < b ? a : b`
    min(a, b) = Min;
    /// `b < a ? a : b`
    max(a, b) = Max;
    /// `a < b`
    lt(a, b) = Lt;
    /// `a <= b`
    le(a, b) = Le;
    /// `a == b`
    eq(a, b) = Eq;
    /// Both masks.
    and(a, b) = And;
    /// Either mask.
    or(a, b) = Or;
    /// Not the mask.
    not(a) = Not;
    /// `m ? a : b`, of floats or integers
    select(m, a, b) = Select;
    /// The bits of a float.
    bits(a) = Bits;
    /// The float of bits.
    from_bits(a) = FromBits;
    /// Wrapping sum of integers.
    iadd(a, b) = IAdd;
    /// Wrapping difference of integers.
    isub(a, b) = ISub;
    /// Wrapping product of integers.
    imul(a, b) = IMul;
    /// Bitwise and of integers.
    iand(a, b) = IAnd;
    /// Bitwise or of integers.
    ior(a, b) = IOr;
    /// Bitwise exclusive or of integers.
    ixor(a, b) = IXor;
}

impl Builder {
    /// Sample of an input port.
    pub fn input(&mut self, port: u32) -> Value {
        self.push(Op::Input(port))
    }
    /// A slot.
    pub fn slot(&mut self, slot: u32) -> Value {
        self.push(Op::Slot(slot))
    }
    /// Low 31 bits of the kernel's sample count since timeline 0.
    pub fn time(&mut self) -> Value {
        self.push(Op::Time)
    }
    /// A state: what was written last in this sample, or in the one before.
    pub fn read_state(&mut self, state: u32) -> Value {
        self.push(Op::ReadState(state))
    }
    /// `line[t - delay]`
    pub fn read_line(&mut self, line: u32, delay: Value) -> Value {
        self.push(Op::ReadLine(line, delay))
    }
    /// Sets a state.
    pub fn write_state(&mut self, state: u32, v: Value) {
        self.push(Op::WriteState(state, v));
    }
    /// Writes the line's sample.
    pub fn write_line(&mut self, line: u32, v: Value) {
        self.push(Op::WriteLine(line, v));
    }
    /// Sample of an output port.
    pub fn output(&mut self, port: u32, v: Value) {
        self.push(Op::Output(port, v));
    }
    /// One channel: 0 left, 1 right; of a mono value the value.
    pub fn channel(&mut self, v: Value, channel: u8) -> Value {
        self.push(Op::Channel(v, channel))
    }
    /// A frame of two mono values.
    pub fn frame(&mut self, left: Value, right: Value) -> Value {
        self.push(Op::Frame(left, right))
    }
}
