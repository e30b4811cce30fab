//! The algebra of units: what two types make under an operator. The table of the language, as data.
//!
//! Always true here: what is not in [`RULES`] (or follows from it for signals, comparison and logic) is an error
//! that names both types and offers a way; canonical numbers are combined plainly except where [`How`] says not.

use crate::body::{BinaryOp, UnaryOp};
use crate::types::Type;

mod coerce;
mod fault;

pub use coerce::{Coercion, Place, Word, coerce, unify, word};
pub use fault::{AlgebraError, division_by_zero, example};

/// How an operation is done on canonical numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// The operator itself.
    Plain,
    /// Frequency times interval: `left * 2^right`.
    Exp2Right,
    /// Interval times frequency: `2^left * right`.
    Exp2Left,
    /// Difference of two positions: a musical time where both are musical, else a time. The type given is
    /// `Musical`; who knows the positions decides.
    Span,
}

/// What an operation gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Typed {
    /// Type of the result.
    pub ty: Type,
    /// How it is computed.
    pub how: How,
}

/// A row of the table.
#[derive(Clone, Debug)]
pub struct Rule {
    /// `+ - * /`.
    pub op: BinaryOp,
    /// Type on its left.
    pub left: Type,
    /// Type on its right.
    pub right: Type,
    /// Type of the result.
    pub result: Type,
    /// How it is computed.
    pub how: How,
}

macro_rules! rules {
    ($($op:ident: $left:ident, $right:ident => $result:ident $($how:ident)?;)*) => {
        &[$(Rule {
            op: BinaryOp::$op,
            left: Type::$left,
            right: Type::$right,
            result: Type::$result,
            how: rules!(@how $($how)?),
        }),*]
    };
    (@how) => { How::Plain };
    (@how $how:ident) => { How::$how };
}

/// Arithmetic of the language. A signal stands where a number stands, except beside a level.
pub static RULES: &[Rule] = rules! {
    Add: Number, Number => Number;
    Add: Level, Level => Level;
    Add: DbFs, Level => DbFs;
    Add: Level, DbFs => DbFs;
    Add: DbTp, Level => DbTp;
    Add: Level, DbTp => DbTp;
    Add: Lufs, Level => Lufs;
    Add: Level, Lufs => Lufs;
    Add: Time, Time => Time;
    Add: Frequency, Frequency => Frequency;
    Add: Interval, Interval => Interval;
    Add: Musical, Musical => Musical;
    Add: Position, Musical => Position;
    Add: Musical, Position => Position;
    Add: Position, Time => Position;
    Add: Time, Position => Position;

    Sub: Number, Number => Number;
    Sub: Level, Level => Level;
    Sub: DbFs, Level => DbFs;
    Sub: DbFs, DbFs => Level;
    Sub: DbTp, Level => DbTp;
    Sub: DbTp, DbTp => Level;
    Sub: Lufs, Level => Lufs;
    Sub: Lufs, Lufs => Level;
    Sub: Time, Time => Time;
    Sub: Frequency, Frequency => Frequency;
    Sub: Interval, Interval => Interval;
    Sub: Musical, Musical => Musical;
    Sub: Position, Musical => Position;
    Sub: Position, Time => Position;
    Sub: Position, Position => Musical Span;

    Mul: Number, Number => Number;
    Mul: Level, Number => Level;
    Mul: Number, Level => Level;
    Mul: Time, Number => Time;
    Mul: Number, Time => Time;
    Mul: Frequency, Number => Frequency;
    Mul: Number, Frequency => Frequency;
    Mul: Interval, Number => Interval;
    Mul: Number, Interval => Interval;
    Mul: Musical, Number => Musical;
    Mul: Number, Musical => Musical;
    Mul: Tempo, Number => Tempo;
    Mul: Number, Tempo => Tempo;
    Mul: Time, Frequency => Number;
    Mul: Frequency, Time => Number;
    Mul: Frequency, Interval => Frequency Exp2Right;
    Mul: Interval, Frequency => Frequency Exp2Left;

    Div: Number, Number => Number;
    Div: Level, Number => Level;
    Div: Level, Level => Number;
    Div: Time, Number => Time;
    Div: Time, Time => Number;
    Div: Number, Time => Frequency;
    Div: Frequency, Number => Frequency;
    Div: Frequency, Frequency => Number;
    Div: Number, Frequency => Time;
    Div: Interval, Number => Interval;
    Div: Musical, Number => Musical;
    Div: Musical, Musical => Number;
    Div: Tempo, Number => Tempo;
};

/// What `left op right` gives.
///
/// # Errors
/// What the table does not list: an error that names both types and offers a way.
pub fn binary(op: BinaryOp, left: &Type, right: &Type) -> Result<Typed, AlgebraError> {
    if *left == Type::Error || *right == Type::Error {
        let ty = if is_comparison(op) || is_logic(op) { Type::Switch } else { Type::Error };
        return Ok(Typed { ty, how: How::Plain });
    }
    let found = match op {
        _ if is_logic(op) => (*left == Type::Switch && *right == Type::Switch).then(switch),
        _ if is_comparison(op) => comparable(op, left, right).then(switch),
        _ => arithmetic(op, left, right),
    };
    found.ok_or_else(|| fault::binary(op, left, right))
}

/// What `op x` gives; always computed plainly.
///
/// # Errors
/// A type that has no negative, or `not` of what is no switch.
pub fn unary(op: UnaryOp, x: &Type) -> Result<Type, AlgebraError> {
    let fits = match op {
        UnaryOp::Neg => matches!(
            x,
            Type::Number
                | Type::Signal
                | Type::Level
                | Type::Time
                | Type::Frequency
                | Type::Interval
                | Type::Musical
                | Type::Error
        ),
        UnaryOp::Not => matches!(x, Type::Switch | Type::Error),
    };
    if fits { Ok(x.clone()) } else { Err(fault::unary(op, x)) }
}

/// Whether a type is a number with a unit, or a plain one: what can be compared, clamped and carried by a state.
pub fn is_quantity(ty: &Type) -> bool {
    is_ordered(ty) && *ty != Type::Position
}

fn is_ordered(ty: &Type) -> bool {
    matches!(
        ty,
        Type::Number
            | Type::Signal
            | Type::Level
            | Type::DbFs
            | Type::DbTp
            | Type::Lufs
            | Type::Time
            | Type::Frequency
            | Type::Interval
            | Type::Musical
            | Type::Position
            | Type::Tempo
    )
}

fn switch() -> Typed {
    Typed { ty: Type::Switch, how: How::Plain }
}

fn is_comparison(op: BinaryOp) -> bool {
    use BinaryOp::{Eq, Ge, Gt, Le, Lt, Ne};
    matches!(op, Eq | Ne | Lt | Le | Gt | Ge)
}

fn is_logic(op: BinaryOp) -> bool {
    matches!(op, BinaryOp::And | BinaryOp::Or)
}

fn comparable(op: BinaryOp, left: &Type, right: &Type) -> bool {
    let (left, right) = (as_number(left), as_number(right));
    let equality = matches!(op, BinaryOp::Eq | BinaryOp::Ne);
    let words = matches!(left, Type::Switch | Type::Choice(_) | Type::Text);
    left == right && (is_ordered(left) || (equality && words))
}

fn arithmetic(op: BinaryOp, left: &Type, right: &Type) -> Option<Typed> {
    let signal = *left == Type::Signal || *right == Type::Signal;
    if signal && (*left == Type::Level || *right == Type::Level) {
        return None;
    }
    let (left, right) = (as_number(left), as_number(right));
    let rule = RULES.iter().find(|r| r.op == op && r.left == *left && r.right == *right)?;
    let ty = if signal && rule.result == Type::Number { Type::Signal } else { rule.result.clone() };
    Some(Typed { ty, how: rule.how })
}

/// A signal obeys the rules of numbers.
fn as_number(ty: &Type) -> &Type {
    if *ty == Type::Signal { &Type::Number } else { ty }
}
