//! The IR. A kernel is the code of one sample in SSA form: no branches, no calls, no library functions. What
//! repeats from sample to sample lives in named states and delay lines; what the mix fills in lives in slots.
//!
//! Meaning, which interpreter and machine code share bit for bit:
//! - instructions run in order; a read of a state sees the last write of this sample, or the value the sample
//!   before left;
//! - arithmetic is IEEE in the kernel's float, one rounding an operation, `fma` one rounding in all, no contraction;
//! - `min a b` is `a < b ? a : b`, `max a b` is `b < a ? a : b` (so a NaN in `a` gives `b`);
//! - integers have the float's width (i32 beside f32, i64 beside f64), wrap around, and shifts are logical;
//! - a value is one channel wide or two (a frame: left, right); an operation on mixed widths uses the mono value
//!   for both channels.

use mixdown_layout::{Float, SlotKind};
use serde::{Deserialize, Serialize};

/// A value: the index of the instruction that makes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Value(pub u32);

/// What a value holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Kind {
    /// A number of the kernel's float.
    Float,
    /// An integer of the float's width.
    Int,
    /// A truth value a channel.
    Mask,
    /// Nothing: writes.
    None,
}

/// Type of a value: its kind and 1 or 2 channels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Type {
    /// What it holds.
    pub kind: Kind,
    /// Channels.
    pub width: u8,
}

/// An audio port.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Port {
    /// Its name.
    pub name: String,
    /// 1 or 2 channels.
    pub width: u8,
}

/// A place for a number that the mix fills in.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Slot {
    /// Its name.
    pub name: String,
    /// Const, ramped, or a seed (the only one read as an integer).
    pub kind: SlotKind,
}

/// A state.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// Its name, unique in the kernel: `compressor/follow`.
    pub name: String,
    /// Float or Int, 1 or 2 channels.
    pub ty: Type,
    /// Value at timeline 0 (of an integer state: the integer).
    pub init: f64,
}

/// A delay line. Written once a sample at most; zeros before the first write.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// Its name, unique in the kernel.
    pub name: String,
    /// 1 or 2 channels of floats.
    pub width: u8,
    /// Positions of the ring, a power of two greater than every delay read from it.
    pub capacity: u32,
}

/// An operation. `Index` types: input, slot, state, line and output numbers count declarations.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Op {
    /// A float, given in 64 bits and rounded to the kernel's float.
    Float(f64),
    /// An integer, cut to the kernel's integer.
    Int(i64),
    /// Sample of an input port.
    Input(u32),
    /// A slot: float, or int where it is a seed.
    Slot(u32),
    /// Low 31 bits of the kernel's sample count since timeline 0, an integer that is never negative.
    Time,
    /// A state.
    ReadState(u32),
    /// `line[t - delay]`, `delay` an integer in `0 .. capacity`; a read that stands above the write of its line must
    /// not use 0.
    ReadLine(u32, Value),
    /// Sets a state.
    WriteState(u32, Value),
    /// Writes the line's sample.
    WriteLine(u32, Value),
    /// Sample of an output port.
    Output(u32, Value),

    /// `a + b`
    Add(Value, Value),
    /// `a - b`
    Sub(Value, Value),
    /// `a * b`
    Mul(Value, Value),
    /// `a / b`
    Div(Value, Value),
    /// `a * b + c`, rounded once.
    Fma(Value, Value, Value),
    /// `-a`
    Neg(Value),
    /// `|a|`
    Abs(Value),
    /// `√a`
    Sqrt(Value),
    /// `a < b ? a : b`
    Min(Value, Value),
    /// `b < a ? a : b`
    Max(Value, Value),

    /// `a < b` of floats; false with NaN.
    Lt(Value, Value),
    /// `a <= b` of floats; false with NaN.
    Le(Value, Value),
    /// `a == b` of floats; false with NaN.
    Eq(Value, Value),
    /// Both.
    And(Value, Value),
    /// Either.
    Or(Value, Value),
    /// Not.
    Not(Value),
    /// `mask ? a : b`, of floats or of integers.
    Select(Value, Value, Value),

    /// The bits of a float as an integer.
    Bits(Value),
    /// The float of an integer's bits.
    FromBits(Value),
    /// Wrapping sum of integers.
    IAdd(Value, Value),
    /// Wrapping difference of integers.
    ISub(Value, Value),
    /// Wrapping product of integers.
    IMul(Value, Value),
    /// Bitwise and of integers.
    IAnd(Value, Value),
    /// Bitwise or of integers.
    IOr(Value, Value),
    /// Bitwise exclusive or of integers.
    IXor(Value, Value),
    /// Shift to the left by a constant less than the width.
    Shl(Value, u32),
    /// Logical shift to the right by a constant less than the width.
    Shr(Value, u32),

    /// One channel of a value: 0 left, 1 right (of a mono value: the value).
    Channel(Value, u8),
    /// A frame of two mono values.
    Frame(Value, Value),
}

/// The code of one sample.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Kernel {
    /// Its name.
    pub name: String,
    /// Its float.
    pub float: Float,
    /// Samples per mix sample: 1, or the factor of the oversampled region it computes.
    pub factor: u32,
    /// Input ports.
    pub inputs: Vec<Port>,
    /// Output ports; each is written exactly once.
    pub outputs: Vec<Port>,
    /// Slots.
    pub slots: Vec<Slot>,
    /// States.
    pub states: Vec<State>,
    /// Lines.
    pub lines: Vec<Line>,
    /// Instructions; an operand is always an earlier one.
    pub body: Vec<Op>,
}

/// Most positions of a delay line: the byte offset of a position in its ring fits in 32 bits.
pub const LONGEST_LINE: u32 = 1 << 27;

/// Least samples of a delay line: code that runs over time works on four at once, so a ring of fewer would meet itself.
pub const SHORTEST_LINE: u32 = 4;

impl Kernel {
    /// Whether a call may be for a part of a cell: only where controls may break inside of one.
    pub fn in_parts(&self) -> bool {
        self.slots.iter().any(|slot| slot.kind == SlotKind::Control)
    }
}

impl Op {
    /// The values it reads.
    pub fn operands(&self) -> impl Iterator<Item = Value> + use<> {
        use Op::*;
        let list: [Option<Value>; 3] = match *self {
            Float(_) | Int(_) | Input(_) | Slot(_) | Time | ReadState(_) => [None; 3],
            ReadLine(_, a) | WriteState(_, a) | WriteLine(_, a) | Output(_, a) => [Some(a), None, None],
            Neg(a) | Abs(a) | Sqrt(a) | Not(a) | Bits(a) | FromBits(a) | Shl(a, _) | Shr(a, _) | Channel(a, _) => {
                [Some(a), None, None]
            }
            Add(a, b) | Sub(a, b) | Mul(a, b) | Div(a, b) | Min(a, b) | Max(a, b) | Lt(a, b) | Le(a, b)
            | Eq(a, b) | And(a, b) | Or(a, b) | IAdd(a, b) | ISub(a, b) | IMul(a, b) | IAnd(a, b) | IOr(a, b)
            | IXor(a, b) | Frame(a, b) => [Some(a), Some(b), None],
            Fma(a, b, c) | Select(a, b, c) => [Some(a), Some(b), Some(c)],
        };
        list.into_iter().flatten()
    }

    /// The same operation on other values: `f` of each that it reads.
    pub fn map(&self, mut f: impl FnMut(Value) -> Value) -> Op {
        use Op::*;
        match *self {
            Float(_) | Int(_) | Input(_) | Slot(_) | Time | ReadState(_) => *self,
            ReadLine(i, a) => ReadLine(i, f(a)),
            WriteState(i, a) => WriteState(i, f(a)),
            WriteLine(i, a) => WriteLine(i, f(a)),
            Output(i, a) => Output(i, f(a)),
            Add(a, b) => Add(f(a), f(b)),
            Sub(a, b) => Sub(f(a), f(b)),
            Mul(a, b) => Mul(f(a), f(b)),
            Div(a, b) => Div(f(a), f(b)),
            Fma(a, b, c) => Fma(f(a), f(b), f(c)),
            Neg(a) => Neg(f(a)),
            Abs(a) => Abs(f(a)),
            Sqrt(a) => Sqrt(f(a)),
            Min(a, b) => Min(f(a), f(b)),
            Max(a, b) => Max(f(a), f(b)),
            Lt(a, b) => Lt(f(a), f(b)),
            Le(a, b) => Le(f(a), f(b)),
            Eq(a, b) => Eq(f(a), f(b)),
            And(a, b) => And(f(a), f(b)),
            Or(a, b) => Or(f(a), f(b)),
            Not(a) => Not(f(a)),
            Select(m, a, b) => Select(f(m), f(a), f(b)),
            Bits(a) => Bits(f(a)),
            FromBits(a) => FromBits(f(a)),
            IAdd(a, b) => IAdd(f(a), f(b)),
            ISub(a, b) => ISub(f(a), f(b)),
            IMul(a, b) => IMul(f(a), f(b)),
            IAnd(a, b) => IAnd(f(a), f(b)),
            IOr(a, b) => IOr(f(a), f(b)),
            IXor(a, b) => IXor(f(a), f(b)),
            Shl(a, n) => Shl(f(a), n),
            Shr(a, n) => Shr(f(a), n),
            Channel(a, c) => Channel(f(a), c),
            Frame(a, b) => Frame(f(a), f(b)),
        }
    }
}
