//! What to say where the table has no row: both types by name, and a way to what was meant.

use super::RULES;
use crate::body::{BinaryOp, UnaryOp};
use crate::effect_codes::{E0303, E0304, E0305};
use crate::types::Type;
use crate::units::describe;
use mixdown_syntax::{Diagnostic, Span};

/// Two types that do not go together, or one that takes no such operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlgebraError {
    /// One line that names the types.
    pub message: String,
    /// What to write instead.
    pub help: String,
    left: String,
    right: Option<String>,
}

impl AlgebraError {
    /// The diagnostic: it points at the operator's whole expression and names each side at its place.
    pub fn at(self, whole: Span, left: Span, right: Span) -> Diagnostic {
        let found = Diagnostic::error(&E0303, whole, self.message).help(self.help).label(left, self.left);
        match self.right {
            Some(words) => found.label(right, words),
            None => found,
        }
    }

    /// The diagnostic of a prefix operator.
    pub fn of_unary(self, whole: Span) -> Diagnostic {
        Diagnostic::error(&E0304, whole, self.message).help(self.help).at(self.left)
    }
}

/// Division by a constant zero.
pub fn division_by_zero(divisor: Span) -> Diagnostic {
    Diagnostic::error(&E0305, divisor, "division by zero").at("is zero").help("divide by a number other than 0")
}

pub(super) fn unary(op: UnaryOp, x: &Type) -> AlgebraError {
    let what = describe(x);
    let (message, help) = match op {
        UnaryOp::Neg if is_point(x) => (
            format!("{what} has no negative"),
            "write the point itself with its sign glued on, such as `-18dBFS`, or a level: `-x` of a `dB`".to_string(),
        ),
        UnaryOp::Neg => (format!("{what} has no negative"), "take the negative of a number or a level".to_string()),
        UnaryOp::Not => {
            (format!("`not` wants a switch, and this is {what}"), "compare it first: `not (x > 0)`".to_string())
        }
    };
    AlgebraError { message, help, left: what, right: None }
}

pub(super) fn binary(op: BinaryOp, left: &Type, right: &Type) -> AlgebraError {
    let (l, r) = (describe(left), describe(right));
    let message = match op {
        BinaryOp::Add => format!("cannot add {l} and {r}"),
        BinaryOp::Sub => format!("cannot subtract {r} from {l}"),
        BinaryOp::Mul => format!("cannot multiply {l} by {r}"),
        BinaryOp::Div => format!("cannot divide {l} by {r}"),
        BinaryOp::And | BinaryOp::Or => format!("`and` and `or` join switches, and these are {l} and {r}"),
        _ => format!("cannot compare {l} with {r}"),
    };
    AlgebraError { message, help: way(op, left, right), left: l, right: Some(r) }
}

fn way(op: BinaryOp, left: &Type, right: &Type) -> String {
    use Type::{Level, Line, List, Musical, Number, Position, Signal, Switch, Tempo, Text, Time};
    match (left, right) {
        _ if matches!(op, BinaryOp::And | BinaryOp::Or) => "compare first: `x > 0 and y > 0`".into(),
        (Line, _) | (_, Line) => "read the line: `tail.read(10ms)` is what was written so long ago".into(),
        (Signal, Level) | (Level, Signal) => match op {
            BinaryOp::Mul => "write `x * factor(g)`: `factor` makes a factor of a level".into(),
            BinaryOp::Div => "write `x * factor(-g)`: `factor` makes a factor of a level".into(),
            BinaryOp::Add | BinaryOp::Sub => "write `x * factor(g)`: a level changes a signal as a factor".into(),
            _ => "compare levels: `to_dbfs(loudest(x)) > -20dBFS`".into(),
        },
        (Signal, point) | (point, Signal) if is_point(point) => {
            "compare levels: `to_dbfs(loudest(x)) - threshold` is a level in `dB`".into()
        }
        (a, b) if is_point(a) && is_point(b) && a != b => {
            "points of different scales do not convert: measure both in the same one".into()
        }
        (a, b) if is_point(a) && is_point(b) => match op {
            BinaryOp::Add => "add a level in `dB` to a point, or subtract two points".into(),
            _ => "subtract two points: that gives a level in `dB`".into(),
        },
        (Level, point) | (point, Level) if is_point(point) => match op {
            BinaryOp::Add | BinaryOp::Sub => "a point may be raised or lowered: `point + 3dB`, `point - 3dB`".into(),
            BinaryOp::Mul | BinaryOp::Div => "subtract two points first: that gives a level in `dB`".into(),
            _ => "compare a point with a point: `x > -18dBFS`".into(),
        },
        (Number, Level) | (Level, Number) if compares(op) => {
            "give the number its unit (`-6dB`); the level of a sample is `to_dbfs(x) > -20dBFS`".into()
        }
        (point, Number) | (Number, point) if is_point(point) => match op {
            BinaryOp::Mul | BinaryOp::Div => {
                "a point has no multiples: subtract two points first, that gives a level in `dB`".into()
            }
            _ => format!("give the number its unit: `{}`", example(point)),
        },
        (Time, Musical) | (Musical, Time) => {
            "a musical time has no fixed length under a tempo map: write both in beats, or both in `ms`".into()
        }
        (Tempo, Tempo) => "multiply a tempo by a number: `118bpm * 1.05`".into(),
        (Position, Position) => "subtract two positions, or add a time to one".into(),
        (List(_), List(_)) if compares(op) => "lists are not compared: compare their elements, or `len(a) == len(b)`".into(),
        (Text, _) | (_, Text) => "put values into a text with braces: `\"{name} {take}\"`".into(),
        (Switch, _) | (_, Switch) => "choose with `if`: `if listen { a } else { b }`".into(),
        (Level, Level) if op == BinaryOp::Mul => "levels in `dB` are added; multiply a level by a number".into(),
        (quantity, Number) | (Number, quantity) if unit_is_missing(op, quantity) => {
            format!("give the number its unit: `{}`", example(quantity))
        }
        _ => partners(op, left, right),
    }
}

fn compares(op: BinaryOp) -> bool {
    !matches!(op, BinaryOp::Add | BinaryOp::Sub | BinaryOp::Mul | BinaryOp::Div | BinaryOp::And | BinaryOp::Or)
}

fn unit_is_missing(op: BinaryOp, quantity: &Type) -> bool {
    !matches!(op, BinaryOp::Mul | BinaryOp::Div) && !example(quantity).is_empty()
}

/// A number of this type, as one would write it.
pub fn example(ty: &Type) -> &'static str {
    match ty {
        Type::Number | Type::Signal => "0.5",
        Type::Level => "-6dB",
        Type::DbFs => "-18dBFS",
        Type::DbTp | Type::Ceiling => "-1dBTP",
        Type::Lufs => "-14LUFS",
        Type::Time => "10ms",
        Type::Frequency => "440Hz",
        Type::Interval => "7st",
        Type::Musical => "2beats",
        Type::Position => "@9",
        Type::Tempo => "118bpm",
        _ => "",
    }
}

/// Says what the table does hold for the left type (or the right one) under this operator.
fn partners(op: BinaryOp, left: &Type, right: &Type) -> String {
    let of_left: Vec<String> =
        RULES.iter().filter(|r| r.op == op && r.left == *left).map(|r| describe(&r.right)).collect();
    let of_right: Vec<String> =
        RULES.iter().filter(|r| r.op == op && r.right == *right).map(|r| describe(&r.left)).collect();
    let sign = match op {
        BinaryOp::Add => "+",
        BinaryOp::Sub => "-",
        BinaryOp::Mul => "*",
        BinaryOp::Div => "/",
        _ => return format!("compare {} with another of its kind", describe(left)),
    };
    if !of_left.is_empty() {
        format!("`{sign}` after {} wants {}", describe(left), either(&of_left))
    } else if !of_right.is_empty() {
        format!("`{sign}` before {} wants {}", describe(right), either(&of_right))
    } else {
        format!("`{sign}` works on numbers and quantities, such as `3dB` or `10ms`")
    }
}

/// `a`, `a or b`, `a, b or c`.
fn either(words: &[String]) -> String {
    match words {
        [before @ .., last] if !before.is_empty() => format!("{} or {last}", before.join(", ")),
        _ => words.concat(),
    }
}

fn is_point(ty: &Type) -> bool {
    matches!(ty, Type::DbFs | Type::DbTp | Type::Lufs)
}
