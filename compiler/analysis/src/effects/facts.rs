//! What is known of values before a sample runs: whether they are constant, their number, how long a list is.
//!
//! Always true here: constant means known when the effect is lowered (numbers, `const` parameters, `sample_rate`,
//! loop variables and what is made of them); a number is known only where the text alone decides it.

use crate::algebra::{How, binary};
use crate::body::{BinaryOp, Block, Builtin, Expr, ExprKind, LocalId, Pattern, Stmt, UnaryOp};
use crate::builtins;
use crate::types::Type;
use std::collections::HashMap;

/// Facts about parameters and locals.
#[derive(Debug, Default)]
pub(super) struct Facts {
    /// One for each parameter: it is `const`.
    pub params: Vec<bool>,
    constant: HashMap<LocalId, bool>,
    numbers: HashMap<LocalId, f64>,
    lengths: HashMap<LocalId, usize>,
}

impl Facts {
    /// Notes what is known of a local that a pattern binds to `value`.
    pub fn bind(&mut self, pattern: &Pattern, value: &Expr) {
        let constant = self.is_constant(value);
        self.set_constant(pattern, constant);
        match (pattern, &value.kind) {
            (Pattern::Local(local), _) => {
                if let Some(number) = self.number(value) {
                    self.numbers.insert(*local, number);
                }
                if let Some(length) = self.length(value) {
                    self.lengths.insert(*local, length);
                }
            }
            (Pattern::Tuple(patterns), ExprKind::Tuple(parts)) if patterns.len() == parts.len() => {
                patterns.iter().zip(parts).for_each(|(pattern, part)| self.bind(pattern, part));
            }
            (Pattern::Tuple(_), _) => {}
        }
    }

    /// Notes that a state is a list of so many.
    pub fn set_length(&mut self, local: LocalId, length: Option<usize>) {
        if let Some(length) = length {
            self.lengths.insert(local, length);
        }
    }

    /// Notes whether what a pattern binds is constant.
    pub fn set_constant(&mut self, pattern: &Pattern, constant: bool) {
        match pattern {
            Pattern::Local(local) => {
                self.constant.insert(*local, constant);
            }
            Pattern::Tuple(parts) => parts.iter().for_each(|p| self.set_constant(p, constant)),
        }
    }

    /// Whether a value is known when the effect is lowered.
    pub fn is_constant(&self, e: &Expr) -> bool {
        match &e.kind {
            ExprKind::Number(_) | ExprKind::Switch(_) | ExprKind::Choice(_) | ExprKind::File(_) => true,
            ExprKind::Param(index) => self.params.get(*index as usize).copied().unwrap_or(false),
            ExprKind::Local(local) => self.constant.get(local).copied().unwrap_or(false),
            ExprKind::Unary(_, x) => self.is_constant(x),
            ExprKind::Binary(_, a, b) | ExprKind::Range(a, b) | ExprKind::Index(a, b) => {
                self.is_constant(a) && self.is_constant(b)
            }
            ExprKind::Call(builtin, args) => match builtin {
                Builtin::SampleRate | Builtin::Channels | Builtin::Len | Builtin::Moves => true,
                Builtin::Sum if matches!(args[..], [Expr { ty: Type::List(_), .. }]) => self.is_constant(&args[0]),
                _ => builtins::entry(*builtin).mix_time && args.iter().all(|a| self.is_constant(a)),
            },
            ExprKind::If(cond, then, otherwise) => {
                self.is_constant(cond) && self.block_is_constant(then) && self.block_is_constant(otherwise)
            }
            ExprKind::Block(block) => self.block_is_constant(block),
            ExprKind::Tuple(items) | ExprKind::List(items) => items.iter().all(|i| self.is_constant(i)),
            ExprKind::Comprehension(_, iter, filter, body) => {
                let parts = [Some(iter), filter.as_ref(), Some(body)];
                parts.into_iter().flatten().all(|e| self.is_constant(e))
            }
            ExprKind::Input
            | ExprKind::Curve(_)
            | ExprKind::Tap(_)
            | ExprKind::Seconds
            | ExprKind::Beats
            | ExprKind::LookBack(_)
            | ExprKind::Effect(_)
            | ExprKind::NewLine(_)
            | ExprKind::Oversample(..)
            | ExprKind::Spectral(..) => false,
        }
    }

    fn block_is_constant(&self, block: &Block) -> bool {
        let only_lets = block.stmts.iter().all(|s| matches!(s, Stmt::Let(..)));
        only_lets && block.value.as_ref().is_some_and(|v| self.is_constant(v))
    }

    /// The number, where the text alone decides it.
    pub fn number(&self, e: &Expr) -> Option<f64> {
        match &e.kind {
            ExprKind::Number(value) => Some(*value),
            ExprKind::Local(local) => self.numbers.get(local).copied(),
            ExprKind::Unary(UnaryOp::Neg, x) => self.number(x).map(|x| -x),
            ExprKind::Binary(op, a, b) => {
                let (a_value, b_value) = (self.number(a)?, self.number(b)?);
                let how = binary(*op, &a.ty, &b.ty).ok()?.how;
                (how == How::Plain).then(|| apply(*op, a_value, b_value)).flatten()
            }
            ExprKind::Call(Builtin::Len, args) => self.length(args.first()?).map(|n| n as f64),
            ExprKind::Call(builtin, args) => {
                let args: Option<Vec<f64>> = args.iter().map(|a| self.number(a)).collect();
                builtins::evaluate(*builtin, &args?)
            }
            ExprKind::Block(block) => self.number(block.value.as_ref()?),
            _ => None,
        }
    }

    /// The length of a list, where the text alone decides it.
    pub fn length(&self, e: &Expr) -> Option<usize> {
        match &e.kind {
            ExprKind::List(items) => Some(items.len()),
            ExprKind::Local(local) => self.lengths.get(local).copied(),
            ExprKind::Range(a, b) => {
                let (first, last) = (self.number(a)?, self.number(b)?);
                Some(if last < first { 0 } else { (last - first).floor() as usize + 1 })
            }
            ExprKind::Comprehension(_, iter, None, _) => self.length(iter),
            ExprKind::Block(block) => self.length(block.value.as_ref()?),
            _ => None,
        }
    }
}

fn apply(op: BinaryOp, a: f64, b: f64) -> Option<f64> {
    match op {
        BinaryOp::Add => Some(a + b),
        BinaryOp::Sub => Some(a - b),
        BinaryOp::Mul => Some(a * b),
        BinaryOp::Div => Some(a / b),
        _ => None,
    }
}
