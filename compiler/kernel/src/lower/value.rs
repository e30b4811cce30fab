//! What an expression is worth while it is lowered: a number known now, a control value, or audio of some region.

use crate::ir::Value;
use mixdown_layout::StreamId;

/// A number known at mix time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Const {
    /// Its value, 64-bit.
    pub value: f64,
    /// `None`: it follows from the effect's text alone and becomes an immediate. `Some(id)`: it comes from the mix
    /// and becomes a slot, one a number of the text, so that a changed number changes no code.
    pub slot: Option<u32>,
}

/// Where audio comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Home {
    /// A value of a region's kernel.
    Kernel(usize, Value),
    /// Streams that something else writes; a mono signal has its stream twice.
    Streams([StreamId; 2]),
    /// Exact silence.
    Zero,
}

/// Place in the order of a strip's regions: what has more latency behind it comes later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct At {
    /// Latency undone so far, in mix samples.
    pub lag: u32,
    /// Which part of the strip: a part of its own has what is too long for one kernel, and each of several equal
    /// branches.
    pub part: u32,
    /// Which processor of the part.
    pub step: u32,
}

impl At {
    /// This place, seen from `base`.
    pub fn after(self, base: At) -> At {
        let part = self.part.saturating_sub(base.part);
        let step = if part == 0 { self.step.saturating_sub(base.step) } else { self.step };
        At { lag: self.lag.saturating_sub(base.lag), part, step }
    }

    /// The place that is seen as `after` from here.
    pub fn then(self, after: At) -> At {
        let step = if after.part == 0 { self.step + after.step } else { after.step };
        At { lag: self.lag + after.lag, part: self.part + after.part, step }
    }
}

/// An audio signal. All signals are aligned: at timeline sample `n` it is the home's raw sample `n + offset`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Sig {
    /// Where it is computed.
    pub home: Home,
    /// 1 or 2 channels.
    pub width: u8,
    /// Latency undone on reading, in mix samples.
    pub offset: u32,
    /// The earliest region that can use it.
    pub at: At,
    /// Index of its rate domain: 0 is the mix's rate.
    pub domain: usize,
}

/// A number at one of the three rates.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Num {
    /// Known now.
    Const(Const),
    /// A value of the strip's control code.
    Control(Value),
    /// Audio.
    Audio(Sig),
}

/// A condition at one of the three rates.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cond {
    /// Known now.
    Const(bool),
    /// A mask of the strip's control code.
    Control(Value),
    /// A mask a channel.
    Audio(Sig),
}

/// What an expression is worth.
#[derive(Clone, Debug, PartialEq)]
pub enum Sym {
    /// A number.
    Num(Num),
    /// A truth value.
    Cond(Cond),
    /// A word of a choice.
    Choice(String),
    /// An audio file of the mix.
    File(u32),
    /// An impulse response.
    Response(Box<super::response::Recipe>),
    /// A list.
    List(Vec<Sym>),
    /// A tuple.
    Tuple(Vec<Sym>),
    /// A state: index into the strip's states.
    State(usize),
    /// A delay line: index into the strip's lines.
    Line(usize),
    /// No value.
    Unit,
}

impl Sym {
    /// A number that follows from the text of the effect.
    pub fn literal(value: f64) -> Sym {
        Sym::Num(Num::literal(value))
    }

    /// Elements of a list, and of the lists in it.
    pub fn elements(&self) -> usize {
        match self {
            Sym::List(items) | Sym::Tuple(items) => items.iter().map(|i| 1 + i.elements()).sum(),
            _ => 0,
        }
    }
}

impl Num {
    /// A number that follows from the text of the effect.
    pub fn literal(value: f64) -> Num {
        Num::Const(Const { value, slot: None })
    }

    /// The number, where it is known now.
    pub fn known(self) -> Option<f64> {
        match self {
            Num::Const(c) => Some(c.value),
            _ => None,
        }
    }
}
