//! Kind and width of every value, and the checks that make the rest of this room free of doubt.
//!
//! Always true after [`infer`] succeeded: operands stand above their users, have the kinds their operation wants,
//! and every number of a port, slot, state or line is declared.

use crate::{CodegenError, codes};
use mixdown_kernel::ir::{Kernel, Kind, Op, Type, Value};
use mixdown_layout::{Float as Precision, SlotKind};

/// Largest ring.
const MOST_POSITIONS: u32 = 1 << 28;

/// Types of all values of a kernel.
pub(crate) fn infer(kernel: &Kernel) -> Result<Vec<Type>, CodegenError> {
    let sizes = |what: &str| Err(CodegenError::kernel(codes::TOO_LARGE, &kernel.name, what));
    if !(1..=64).contains(&kernel.factor) {
        return sizes("its factor is not 1 to 64");
    }
    if kernel.lines.iter().any(|l| !l.capacity.is_power_of_two() || l.capacity > MOST_POSITIONS) {
        return sizes("a line's capacity is not a power of two up to 2^28");
    }
    let widths = kernel.inputs.iter().chain(&kernel.outputs).map(|p| p.width);
    let widths = widths.chain(kernel.states.iter().map(|s| s.ty.width)).chain(kernel.lines.iter().map(|l| l.width));
    if let Some(w) = widths.into_iter().find(|w| !(1..=2).contains(w)) {
        return Err(CodegenError::kernel(codes::MALFORMED, &kernel.name, format!("a width of {w} channels")));
    }
    let mut types = Vec::with_capacity(kernel.body.len());
    for (at, op) in kernel.body.iter().enumerate() {
        let ty = Checker { kernel, types: &types }.check(op).map_err(|what| {
            CodegenError::kernel(codes::MALFORMED, &kernel.name, format!("instruction {at}, `{op:?}`: {what}"))
        })?;
        types.push(ty);
    }
    Ok(types)
}

struct Checker<'a> {
    kernel: &'a Kernel,
    types: &'a [Type],
}

type Checked<T> = Result<T, String>;

impl Checker<'_> {
    fn value(&self, v: Value) -> Checked<Type> {
        self.types.get(v.0 as usize).copied().ok_or_else(|| format!("value {} stands below", v.0))
    }

    fn of(&self, v: Value, kind: Kind) -> Checked<u8> {
        let ty = self.value(v)?;
        if ty.kind == kind { Ok(ty.width) } else { Err(format!("value {} is not of kind {kind:?}", v.0)) }
    }

    fn all(&self, values: &[Value], kind: Kind) -> Checked<u8> {
        values.iter().try_fold(1, |w, &v| Ok(self.of(v, kind)?.max(w)))
    }

    /// A write of `v` into a place of `kind` and `width`.
    fn fits(&self, v: Value, kind: Kind, width: u8) -> Checked<Type> {
        let w = self.of(v, kind)?;
        if w > width {
            return Err(format!("value {} is wider than what it is written to", v.0));
        }
        Ok(Type { kind: Kind::None, width })
    }

    fn check(&self, op: &Op) -> Checked<Type> {
        use Op::*;
        let k = self.kernel;
        let missing = |what: &str, i: u32| format!("no {what} {i}");
        let ty = |kind, width| Ok(Type { kind, width });
        let bits = if k.float == Precision::F32 { 32 } else { 64 };
        match *op {
            Float(_) => ty(Kind::Float, 1),
            Int(_) | Time => ty(Kind::Int, 1),
            Input(i) => ty(Kind::Float, k.inputs.get(i as usize).ok_or_else(|| missing("input", i))?.width),
            Slot(i) => match k.slots.get(i as usize).ok_or_else(|| missing("slot", i))?.kind {
                SlotKind::Seed => ty(Kind::Int, 1),
                SlotKind::Const | SlotKind::Control => ty(Kind::Float, 1),
            },
            ReadState(i) | WriteState(i, _) => {
                let state = k.states.get(i as usize).ok_or_else(|| missing("state", i))?.ty;
                if !matches!(state.kind, Kind::Float | Kind::Int) {
                    return Err("a state holds floats or integers".to_owned());
                }
                match *op {
                    WriteState(_, v) => self.fits(v, state.kind, state.width),
                    _ => Ok(state),
                }
            }
            ReadLine(i, delay) => {
                let width = k.lines.get(i as usize).ok_or_else(|| missing("line", i))?.width;
                if self.of(delay, Kind::Int)? > width {
                    return Err("the delay is wider than the line".to_owned());
                }
                ty(Kind::Float, width)
            }
            WriteLine(i, v) => {
                let width = k.lines.get(i as usize).ok_or_else(|| missing("line", i))?.width;
                self.fits(v, Kind::Float, width)
            }
            Output(i, v) => {
                let width = k.outputs.get(i as usize).ok_or_else(|| missing("output", i))?.width;
                self.fits(v, Kind::Float, width)
            }
            Add(a, b) | Sub(a, b) | Mul(a, b) | Div(a, b) | Min(a, b) | Max(a, b) => {
                ty(Kind::Float, self.all(&[a, b], Kind::Float)?)
            }
            Fma(a, b, c) => ty(Kind::Float, self.all(&[a, b, c], Kind::Float)?),
            Neg(a) | Abs(a) | Sqrt(a) => ty(Kind::Float, self.of(a, Kind::Float)?),
            Lt(a, b) | Le(a, b) | Eq(a, b) => ty(Kind::Mask, self.all(&[a, b], Kind::Float)?),
            And(a, b) | Or(a, b) => ty(Kind::Mask, self.all(&[a, b], Kind::Mask)?),
            Not(a) => ty(Kind::Mask, self.of(a, Kind::Mask)?),
            Select(m, a, b) => {
                let kind = self.value(a)?.kind;
                if !matches!(kind, Kind::Float | Kind::Int) {
                    return Err("only floats and integers can be selected".to_owned());
                }
                ty(kind, self.of(m, Kind::Mask)?.max(self.all(&[a, b], kind)?))
            }
            Bits(a) => ty(Kind::Int, self.of(a, Kind::Float)?),
            FromBits(a) => ty(Kind::Float, self.of(a, Kind::Int)?),
            IAdd(a, b) | ISub(a, b) | IMul(a, b) | IAnd(a, b) | IOr(a, b) | IXor(a, b) => {
                ty(Kind::Int, self.all(&[a, b], Kind::Int)?)
            }
            Shl(a, n) | Shr(a, n) if n >= bits => Err(format!("shift of value {} by {n} of {bits} bits", a.0)),
            Shl(a, _) | Shr(a, _) => ty(Kind::Int, self.of(a, Kind::Int)?),
            Channel(_, c) if c > 1 => Err(format!("channel {c}")),
            Channel(a, _) => match self.value(a)?.kind {
                Kind::None => Err("a write has no channels".to_owned()),
                kind => ty(kind, 1),
            },
            Frame(a, b) => {
                let kind = self.value(a)?.kind;
                if kind == Kind::None || self.all(&[a, b], kind)? != 1 {
                    return Err("a frame is made of two mono values".to_owned());
                }
                ty(kind, 2)
            }
        }
    }
}
