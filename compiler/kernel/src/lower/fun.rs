//! Functions of numbers, one text for mix time, control code and kernels.

use crate::math::{self, Arith};

/// A pure function of numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Fun {
    Add,
    Sub,
    Mul,
    Div,
    /// `a*b + c`
    Fma,
    /// `a*b - c`
    FmSub,
    /// `c - a*b`, arguments in the order a, b, c.
    FnMAdd,
    Neg,
    Abs,
    Sqrt,
    Min,
    Max,
    Factor,
    ToDb,
    Exp,
    Exp2,
    Ln,
    Log2,
    Log10,
    Pow,
    Sin,
    Cos,
    Tan,
    Atan,
    Tanh,
    Sign,
    Floor,
    Ceil,
    Round,
    Trunc,
    Fract,
}

/// A comparison of two numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Test {
    Lt,
    Le,
    Eq,
}

/// Computes `fun` of `x` in any arithmetic.
pub fn apply<A: Arith>(fun: Fun, a: &mut A, x: &[A::F]) -> A::F {
    match fun {
        Fun::Add => a.add(x[0], x[1]),
        Fun::Sub => a.sub(x[0], x[1]),
        Fun::Mul => a.mul(x[0], x[1]),
        Fun::Div => a.div(x[0], x[1]),
        Fun::Fma => a.fma(x[0], x[1], x[2]),
        Fun::FmSub => {
            let c = a.neg(x[2]);
            a.fma(x[0], x[1], c)
        }
        Fun::FnMAdd => {
            let n = a.neg(x[0]);
            a.fma(n, x[1], x[2])
        }
        Fun::Neg => a.neg(x[0]),
        Fun::Abs => a.abs(x[0]),
        Fun::Sqrt => a.sqrt(x[0]),
        Fun::Min => a.min(x[0], x[1]),
        Fun::Max => a.max(x[0], x[1]),
        Fun::Factor => math::factor(a, x[0]),
        Fun::ToDb => math::to_db(a, x[0]),
        Fun::Exp => math::exp(a, x[0]),
        Fun::Exp2 => math::exp2(a, x[0]),
        Fun::Ln => math::ln(a, x[0]),
        Fun::Log2 => math::log2(a, x[0]),
        Fun::Log10 => math::log10(a, x[0]),
        Fun::Pow => math::pow(a, x[0], x[1]),
        Fun::Sin => math::sin(a, x[0]),
        Fun::Cos => math::cos(a, x[0]),
        Fun::Tan => math::tan(a, x[0]),
        Fun::Atan => math::atan(a, x[0]),
        Fun::Tanh => math::tanh(a, x[0]),
        Fun::Sign => math::sign(a, x[0]),
        Fun::Floor => math::floor(a, x[0]),
        Fun::Ceil => math::ceil(a, x[0]),
        Fun::Round => math::round(a, x[0]),
        Fun::Trunc => math::trunc(a, x[0]),
        Fun::Fract => math::fract(a, x[0]),
    }
}

/// Computes a comparison in any arithmetic.
pub fn compare<A: Arith>(test: Test, a: &mut A, x: A::F, y: A::F) -> A::M {
    match test {
        Test::Lt => a.lt(x, y),
        Test::Le => a.le(x, y),
        Test::Eq => a.eq(x, y),
    }
}
