//! Constants and identities. Everything here must hold for every float: `x + 0` is not `x` (for `-0`), `x * 0` is not
//! `0`, `x - x` is not `0`.

use super::Builder;
use crate::ir::{Op, Type, Value};
use crate::math::{Plain, Scalar};
use mixdown_layout::Float;

/// What is known of an instruction before it is written.
pub(super) enum Simple {
    /// It is a value that is there already.
    Value(Value),
    /// It is a constant, or a simpler operation.
    Constant(Op),
    /// It is a mask of known truth.
    Truth(bool),
    /// Nothing.
    No,
}

impl Builder {
    /// What `op`, a well-typed operation of type `ty`, is known to be.
    pub(super) fn simplify(&self, op: &Op, ty: Type) -> Simple {
        let folded = match self.kernel.float {
            Float::F32 => self.fold::<Plain<f32>>(op),
            Float::F64 => self.fold::<Plain<f64>>(op),
        };
        if !matches!(folded, Simple::No) {
            return folded;
        }
        match self.identity(op) {
            // An operand may be narrower than the result, and then is not the same thing.
            Simple::Value(v) if self.type_of(v) != ty => Simple::No,
            simple => simple,
        }
    }

    fn int_constant(&self, v: Value) -> Option<i64> {
        match self.kernel.body.get(v.0 as usize) {
            Some(Op::Int(x)) => Some(*x),
            _ => None,
        }
    }

    fn truth(&self, v: Value) -> Option<bool> {
        self.known.get(v.0 as usize).copied().flatten()
    }

    fn instruction(&self, v: Value) -> Option<&Op> {
        self.kernel.body.get(v.0 as usize)
    }

    /// The result of an operation on constants, worked out in the arithmetic `P`.
    fn fold<P: Scalar>(&self, op: &Op) -> Simple {
        use Op::*;
        let mut p = P::default();
        let float = |v: Value| self.constant(v).map(|x| P::default().float(x));
        let int = |v: Value| self.int_constant(v).map(|x| P::default().int(x));
        let result = |x: P::F| Some(Simple::Constant(Float(P::widen(x))));
        let whole = |x: P::I| Some(Simple::Constant(Int(P::widen_int(x))));
        // Numbers whose treatment hangs on the machine stay in the program.
        let plain = |x: P::F| {
            let least = match self.kernel.float {
                mixdown_layout::Float::F32 => f64::from(f32::MIN_POSITIVE),
                mixdown_layout::Float::F64 => f64::MIN_POSITIVE,
            };
            let x = P::widen(x);
            x == 0.0 || x.abs() > least
        };
        let known = |v: Value| float(v).filter(|x| plain(*x));
        let safe = |x: P::F| if plain(x) { result(x) } else { None };
        let truth = |x: bool| Some(Simple::Truth(x));
        let found = (|| match *op {
            Add(a, b) => safe(p.add(known(a)?, known(b)?)),
            Sub(a, b) => safe(p.sub(known(a)?, known(b)?)),
            Mul(a, b) => safe(p.mul(known(a)?, known(b)?)),
            Div(a, b) => safe(p.div(known(a)?, known(b)?)),
            Fma(a, b, c) => safe(p.fma(known(a)?, known(b)?, known(c)?)),
            Neg(a) => safe(p.neg(known(a)?)),
            Abs(a) => safe(p.abs(known(a)?)),
            Sqrt(a) => safe(p.sqrt(known(a)?)),
            Min(a, b) => safe(p.min(known(a)?, known(b)?)),
            Max(a, b) => safe(p.max(known(a)?, known(b)?)),
            Lt(a, b) => truth(p.lt(known(a)?, known(b)?)),
            Le(a, b) => truth(p.le(known(a)?, known(b)?)),
            Eq(a, b) => truth(p.eq(known(a)?, known(b)?)),
            And(a, b) => match (self.truth(a), self.truth(b)) {
                (Some(false), _) | (_, Some(false)) => truth(false),
                (a, b) => truth(a? & b?),
            },
            Or(a, b) => match (self.truth(a), self.truth(b)) {
                (Some(true), _) | (_, Some(true)) => truth(true),
                (a, b) => truth(a? | b?),
            },
            Not(a) => truth(!self.truth(a)?),
            Bits(a) => whole(p.bits(known(a)?)),
            FromBits(a) => safe(p.from_bits(int(a)?)),
            IAdd(a, b) => whole(p.iadd(int(a)?, int(b)?)),
            ISub(a, b) => whole(p.isub(int(a)?, int(b)?)),
            IMul(a, b) => whole(p.imul(int(a)?, int(b)?)),
            IAnd(a, b) => whole(p.iand(int(a)?, int(b)?)),
            IOr(a, b) => whole(p.ior(int(a)?, int(b)?)),
            IXor(a, b) => whole(p.ixor(int(a)?, int(b)?)),
            Shl(a, n) => whole(p.shl(int(a)?, n)),
            Shr(a, n) => whole(p.shr(int(a)?, n)),
            _ => None,
        })();
        found.unwrap_or(Simple::No)
    }

    fn identity(&self, op: &Op) -> Simple {
        use Op::*;
        let is = |v: Value, x: f64| self.constant(v).is_some_and(|c| c.to_bits() == x.to_bits());
        let int = |v: Value, x: i64| self.int_constant(v) == Some(x);
        let same = Simple::Value;
        match *op {
            // Only -0 leaves every number as it is.
            Add(a, b) if is(b, -0.0) => same(a),
            Add(a, b) if is(a, -0.0) => same(b),
            Sub(a, b) if is(b, 0.0) => same(a),
            Mul(a, b) if is(b, 1.0) => same(a),
            Mul(a, b) if is(a, 1.0) => same(b),
            Div(a, b) if is(b, 1.0) => same(a),
            Mul(a, b) if is(b, -1.0) => Simple::Constant(Neg(a)),
            Mul(a, b) if is(a, -1.0) => Simple::Constant(Neg(b)),
            Fma(a, b, c) if is(b, 1.0) => Simple::Constant(Add(a, c)),
            Fma(a, b, c) if is(a, 1.0) => Simple::Constant(Add(b, c)),
            Fma(a, b, c) if is(c, -0.0) => Simple::Constant(Mul(a, b)),
            Min(a, b) | Max(a, b) | And(a, b) | Or(a, b) | IAnd(a, b) | IOr(a, b) if a == b => same(a),
            Neg(a) => match self.instruction(a) {
                Some(Neg(x)) => same(*x),
                _ => Simple::No,
            },
            Abs(a) => match self.instruction(a) {
                Some(Abs(_)) => same(a),
                Some(Neg(x)) => Simple::Constant(Abs(*x)),
                _ => Simple::No,
            },
            Not(a) => match self.instruction(a) {
                Some(Not(x)) => same(*x),
                _ => Simple::No,
            },
            Select(_, a, b) if a == b => same(a),
            Select(m, a, b) => match (self.truth(m), self.instruction(m)) {
                (Some(true), _) => same(a),
                (Some(false), _) => same(b),
                (None, Some(Not(x))) => Simple::Constant(Select(*x, b, a)),
                _ => Simple::No,
            },
            Bits(a) => match self.instruction(a) {
                Some(FromBits(x)) => same(*x),
                _ => Simple::No,
            },
            FromBits(a) => match self.instruction(a) {
                Some(Bits(x)) => same(*x),
                _ => Simple::No,
            },
            IAdd(a, b) | ISub(a, b) | IOr(a, b) | IXor(a, b) if int(b, 0) => same(a),
            IAdd(a, b) | IOr(a, b) | IXor(a, b) if int(a, 0) => same(b),
            IMul(a, b) if int(b, 1) => same(a),
            IMul(a, b) if int(a, 1) => same(b),
            IAnd(a, b) if int(b, -1) || int(a, 0) => same(a),
            IAnd(a, b) if int(a, -1) || int(b, 0) => same(b),
            Shl(a, 0) | Shr(a, 0) => same(a),
            Channel(a, c) => match self.instruction(a) {
                _ if self.type_of(a).width == 1 => same(a),
                Some(Frame(left, right)) => same(if c == 0 { *left } else { *right }),
                _ => Simple::No,
            },
            _ => Simple::No,
        }
    }
}
