//! Whether a kernel is one: the type rules of every operation, and everything that interpreter and machine code take
//! for granted. What passes here can be run in any packing without leaving its memory.
//!
//! Type rules: a value is as wide as its widest operand, and at least as wide as the port, state or line it reads. A
//! mono value may be written where a frame is kept, a frame never where one channel is.

use crate::ir::{Kernel, Kind, LONGEST_LINE, Op, SHORTEST_LINE, Type, Value};
use mixdown_layout::{Float, SlotKind};
use std::collections::HashSet;
use std::fmt;

/// What is wrong with a kernel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The instruction, where one is to blame.
    pub at: Option<Value>,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.at {
            Some(v) => write!(f, "instruction {}: {}", v.0, self.message),
            None => f.write_str(&self.message),
        }
    }
}

impl std::error::Error for Fault {}

const FLOAT: Type = Type { kind: Kind::Float, width: 1 };
const INT: Type = Type { kind: Kind::Int, width: 1 };
const NONE: Type = Type { kind: Kind::None, width: 1 };

/// The type of an instruction whose operands have the types `types` (by the index of the value), or what is wrong
/// with it.
pub fn type_of(kernel: &Kernel, types: &[Type], op: &Op) -> Result<Type, String> {
    let mut width = 1;
    for v in op.operands() {
        match types.get(v.0 as usize) {
            Some(ty) => width = width.max(ty.width),
            None => return Err(format!("reads value {}, which does not come before it", v.0)),
        }
    }
    let ty = |v: Value| types.get(v.0 as usize).copied().unwrap_or(NONE);
    let want = |kind: Kind, list: &[Value]| match list.iter().find(|v| ty(**v).kind != kind) {
        Some(v) => Err(format!("value {} is {}, {} is wanted", v.0, kind_name(ty(*v).kind), kind_name(kind))),
        None => Ok(()),
    };
    let of = |kind: Kind, width: u8| Ok(Type { kind, width });
    let bits = kernel.float.bytes() as u32 * 8;
    use Op::*;
    match *op {
        Float(_) => Ok(FLOAT),
        Int(_) | Time => Ok(INT),
        Input(i) => of(Kind::Float, find(&kernel.inputs, i, "input port")?.width),
        Slot(i) => match find(&kernel.slots, i, "slot")?.kind {
            SlotKind::Seed => Ok(INT),
            SlotKind::Const | SlotKind::Control => Ok(FLOAT),
        },
        ReadState(i) => Ok(find(&kernel.states, i, "state")?.ty),
        ReadLine(i, delay) => {
            want(Kind::Int, &[delay])?;
            of(Kind::Float, width.max(find(&kernel.lines, i, "line")?.width))
        }
        WriteState(i, v) => {
            let state = find(&kernel.states, i, "state")?;
            want(state.ty.kind, &[v])?;
            fits(ty(v), state.ty.width, "state", &state.name)
        }
        WriteLine(i, v) => {
            let line = find(&kernel.lines, i, "line")?;
            want(Kind::Float, &[v])?;
            fits(ty(v), line.width, "line", &line.name)
        }
        Output(i, v) => {
            let port = find(&kernel.outputs, i, "output port")?;
            want(Kind::Float, &[v])?;
            fits(ty(v), port.width, "output port", &port.name)
        }
        Add(a, b) | Sub(a, b) | Mul(a, b) | Div(a, b) | Min(a, b) | Max(a, b) => {
            want(Kind::Float, &[a, b])?;
            of(Kind::Float, width)
        }
        Fma(a, b, c) => {
            want(Kind::Float, &[a, b, c])?;
            of(Kind::Float, width)
        }
        Neg(a) | Abs(a) | Sqrt(a) => {
            want(Kind::Float, &[a])?;
            of(Kind::Float, width)
        }
        Lt(a, b) | Le(a, b) | Eq(a, b) => {
            want(Kind::Float, &[a, b])?;
            of(Kind::Mask, width)
        }
        And(a, b) | Or(a, b) => {
            want(Kind::Mask, &[a, b])?;
            of(Kind::Mask, width)
        }
        Not(a) => {
            want(Kind::Mask, &[a])?;
            of(Kind::Mask, width)
        }
        Select(m, a, b) => {
            want(Kind::Mask, &[m])?;
            let kind = if ty(a).kind == Kind::Int { Kind::Int } else { Kind::Float };
            want(kind, &[a, b])?;
            of(kind, width)
        }
        Bits(a) => {
            want(Kind::Float, &[a])?;
            of(Kind::Int, width)
        }
        FromBits(a) => {
            want(Kind::Int, &[a])?;
            of(Kind::Float, width)
        }
        IAdd(a, b) | ISub(a, b) | IMul(a, b) | IAnd(a, b) | IOr(a, b) | IXor(a, b) => {
            want(Kind::Int, &[a, b])?;
            of(Kind::Int, width)
        }
        Shl(a, n) | Shr(a, n) => {
            want(Kind::Int, &[a])?;
            if n >= bits {
                return Err(format!("shifts by {n}, an integer has {bits} bits"));
            }
            of(Kind::Int, width)
        }
        Channel(a, c) => {
            if !matches!(ty(a).kind, Kind::Float | Kind::Int | Kind::Mask) {
                return Err(format!("value {} is nothing", a.0));
            }
            if c > 1 {
                return Err(format!("channel {c} of a value that has 0 and 1"));
            }
            of(ty(a).kind, 1)
        }
        Frame(a, b) => {
            if width != 1 {
                return Err("a frame is made of two mono values".into());
            }
            if ty(a).kind == Kind::None {
                return Err(format!("value {} is nothing", a.0));
            }
            want(ty(a).kind, &[a, b])?;
            of(ty(a).kind, 2)
        }
    }
}

fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Float => "a float",
        Kind::Int => "an integer",
        Kind::Mask => "a mask",
        Kind::None => "nothing",
    }
}

fn find<'a, T>(list: &'a [T], i: u32, what: &str) -> Result<&'a T, String> {
    list.get(i as usize).ok_or_else(|| format!("{what} {i} of {}", list.len()))
}

fn fits(value: Type, width: u8, what: &str, name: &str) -> Result<Type, String> {
    if value.width > width {
        return Err(format!("writes a frame to the mono {what} `{name}`"));
    }
    Ok(NONE)
}

impl Kernel {
    /// Types of its values, in order; an instruction that is not well formed counts as nothing.
    pub fn types(&self) -> Vec<Type> {
        let mut types = Vec::with_capacity(self.body.len());
        for op in &self.body {
            let ty = type_of(self, &types, op).unwrap_or(NONE);
            types.push(ty);
        }
        types
    }

    /// For each line, the (first) instruction that writes it.
    pub fn line_writes(&self) -> Vec<Option<Value>> {
        let mut writes = vec![None; self.lines.len()];
        for (i, op) in self.body.iter().enumerate() {
            if let Op::WriteLine(l, _) = op
                && let Some(place) = writes.get_mut(*l as usize)
            {
                place.get_or_insert(Value(i as u32));
            }
        }
        writes
    }
}

/// Everything that is wrong with a kernel; nothing where it is well formed.
pub fn verify(kernel: &Kernel) -> Vec<Fault> {
    let mut faults = declarations(kernel);
    let mut types = Vec::with_capacity(kernel.body.len());
    for (i, op) in kernel.body.iter().enumerate() {
        let at = Some(Value(i as u32));
        match type_of(kernel, &types, op) {
            Ok(ty) => types.push(ty),
            Err(message) => {
                faults.push(Fault { at, message });
                types.push(NONE);
            }
        }
    }
    writes(kernel, &mut faults);
    delays(kernel, &mut faults);
    faults
}

/// Names, widths, factor and capacities.
fn declarations(kernel: &Kernel) -> Vec<Fault> {
    let mut out = Vec::new();
    let mut fault = |message: String| out.push(Fault { at: None, message });
    if kernel.factor == 0 {
        fault("a factor of 0".into());
    }
    let ports = [("input port", &kernel.inputs), ("output port", &kernel.outputs)];
    for (what, port) in ports.iter().flat_map(|(what, list)| list.iter().map(move |p| (what, p))) {
        if !(1..=2).contains(&port.width) {
            fault(format!("{what} `{}` has {} channels, 1 or 2 are possible", port.name, port.width));
        }
    }
    let mut names = HashSet::new();
    for state in &kernel.states {
        if !names.insert(&state.name) {
            fault(format!("two states are called `{}`", state.name));
        }
        if !(1..=2).contains(&state.ty.width) {
            fault(format!("state `{}` has {} channels, 1 or 2 are possible", state.name, state.ty.width));
        }
        if !matches!(state.ty.kind, Kind::Float | Kind::Int) {
            fault(format!("state `{}` holds {}", state.name, kind_name(state.ty.kind)));
        }
        if state.ty.kind == Kind::Int && state.init != state.init.trunc() {
            fault(format!("integer state `{}` starts at {}", state.name, state.init));
        }
    }
    names.clear();
    for line in &kernel.lines {
        if !names.insert(&line.name) {
            fault(format!("two lines are called `{}`", line.name));
        }
        if !(1..=2).contains(&line.width) {
            fault(format!("line `{}` has {} channels, 1 or 2 are possible", line.name, line.width));
        }
        // A delay has to be an integer that is never negative, also in 32 bits.
        if !line.capacity.is_power_of_two() || !(SHORTEST_LINE..=LONGEST_LINE).contains(&line.capacity) {
            let message = "is no power of two from";
            fault(format!("capacity {} of line `{}` {message} {SHORTEST_LINE} to {LONGEST_LINE}", line.capacity, line.name));
        }
    }
    out
}

/// Every output once, each line at most once.
fn writes(kernel: &Kernel, faults: &mut Vec<Fault>) {
    let mut outputs = vec![0u32; kernel.outputs.len()];
    let mut lines = vec![0u32; kernel.lines.len()];
    for (i, op) in kernel.body.iter().enumerate() {
        let at = Some(Value(i as u32));
        let (count, what, name) = match *op {
            Op::Output(p, _) => match (outputs.get_mut(p as usize), kernel.outputs.get(p as usize)) {
                (Some(count), Some(port)) => (count, "output port", &port.name),
                _ => continue,
            },
            Op::WriteLine(l, _) => match (lines.get_mut(l as usize), kernel.lines.get(l as usize)) {
                (Some(count), Some(line)) => (count, "line", &line.name),
                _ => continue,
            },
            _ => continue,
        };
        *count += 1;
        if *count == 2 {
            faults.push(Fault { at, message: format!("{what} `{name}` is written twice") });
        }
    }
    for (port, _) in kernel.outputs.iter().zip(outputs).filter(|(_, count)| *count == 0) {
        faults.push(Fault { at: None, message: format!("output port `{}` is never written", port.name) });
    }
}

/// Constant delays inside the ring, and not 0 above the write.
fn delays(kernel: &Kernel, faults: &mut Vec<Fault>) {
    let writes = kernel.line_writes();
    for (i, op) in kernel.body.iter().enumerate() {
        let at = Value(i as u32);
        let Op::ReadLine(l, delay) = *op else { continue };
        let Some(line) = kernel.lines.get(l as usize) else { continue };
        let Some(Op::Int(delay)) = kernel.body.get(delay.0 as usize) else { continue };
        let delay = match kernel.float {
            Float::F32 => i64::from(*delay as i32),
            Float::F64 => *delay,
        };
        if !(0..i64::from(line.capacity)).contains(&delay) {
            let message = format!("delay {delay} of line `{}`, which holds {} samples", line.name, line.capacity);
            faults.push(Fault { at: Some(at), message });
        }
        if delay == 0 && writes[l as usize].is_some_and(|write| at < write) {
            let message = format!("line `{}` is read without delay above its write", line.name);
            faults.push(Fault { at: Some(at), message });
        }
    }
}
