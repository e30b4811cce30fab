//! Operators, `if` and `oversample`.
//!
//! Always true here: the tree of an operation is that of the text (semantics, rule 2); only frequency times interval
//! becomes a product with `exp2`.

use super::typer::Typer;
use crate::algebra::{self, How, division_by_zero};
use crate::body::{BinaryOp, Block, Builtin, Expr, ExprKind, UnaryOp};
use crate::effect_codes::{E0303, E0306, E0614, E0619};
use crate::types::Type;
use crate::units::describe;
use mixdown_syntax::tree;
use mixdown_syntax::{Diagnostic, Span};

/// An `if` in value place.
pub(super) struct If<'a> {
    pub cond: &'a tree::Expr,
    pub then: &'a tree::Block,
    pub otherwise: Option<&'a tree::Block>,
    pub span: Span,
}

impl Typer<'_> {
    pub fn unary(&mut self, op: tree::UnaryOp, x: &tree::Expr, span: Span) -> Expr {
        let (op, want) = match op {
            tree::UnaryOp::Neg => (UnaryOp::Neg, None),
            tree::UnaryOp::Not => (UnaryOp::Not, Some(&Type::Switch)),
        };
        let x = self.expr(x, want);
        match algebra::unary(op, &x.ty) {
            Ok(ty) => Expr { kind: ExprKind::Unary(op, Box::new(x)), ty, span },
            Err(error) => self.failed(error.of_unary(span), span),
        }
    }

    pub fn binary(&mut self, op: tree::BinaryOp, a: &tree::Expr, b: &tree::Expr, span: Span) -> Expr {
        let Some(op) = lowered(op) else {
            return super::typer::broken(span);
        };
        let (left, right) = self.sides(op, a, b);
        let typed = match algebra::binary(op, &left.ty, &right.ty) {
            Ok(typed) => typed,
            Err(error) => {
                let mut fault = error.at(span, left.span, right.span);
                if op == BinaryOp::Mul && [&left.ty, &right.ty].contains(&&Type::Signal) {
                    let level = if left.ty == Type::Level { a } else { b };
                    if let Some(text) = text_of(level) {
                        let factor = format!("factor({text})");
                        fault = fault.fix(format!("write `{factor}`"), level.span, factor);
                    }
                }
                return self.failed(fault, span);
            }
        };
        if op == BinaryOp::Div && self.facts.number(&right) == Some(0.0) {
            let fault = division_by_zero(right.span);
            return self.failed(fault, span);
        }
        let is_off = |e: &Expr| self.facts.number(e) == Some(f64::NEG_INFINITY);
        if op == BinaryOp::Sub && is_off(&right) && is_off(&left) {
            let fault = Diagnostic::error(&E0303, span, "minus infinity less minus infinity is no level")
                .at("has no value")
                .help("leave one of them out");
            return self.failed(fault, span);
        }
        let (left, right) = match typed.how {
            How::Plain | How::Span => (left, right),
            How::Exp2Right => (left, ratio(right)),
            How::Exp2Left => (ratio(left), right),
        };
        Expr { kind: ExprKind::Binary(op, Box::new(left), Box::new(right)), ty: typed.ty, span }
    }

    /// Both sides of an operator. In a comparison each tells what a bare word on the other means: `mode == rms`.
    fn sides(&mut self, op: BinaryOp, a: &tree::Expr, b: &tree::Expr) -> (Expr, Expr) {
        if matches!(op, BinaryOp::And | BinaryOp::Or) {
            return (self.expr(a, Some(&Type::Switch)), self.expr(b, Some(&Type::Switch)));
        }
        if !matches!(op, BinaryOp::Eq | BinaryOp::Ne | BinaryOp::Lt | BinaryOp::Le | BinaryOp::Gt | BinaryOp::Ge) {
            return (self.expr(a, None), self.expr(b, None));
        }
        let word_first = matches!(&a.kind, tree::ExprKind::Name(n) if self.scopes.peek(&n.name).is_none());
        if word_first {
            let right = self.expr(b, None);
            let left = self.expr(a, Some(&right.ty.clone()));
            (left, right)
        } else {
            let left = self.expr(a, None);
            let right = self.expr(b, Some(&left.ty.clone()));
            (left, right)
        }
    }

    /// The condition of an `if`.
    pub fn condition(&mut self, cond: &tree::Expr) -> Expr {
        let cond = self.expr(cond, Some(&Type::Switch));
        let help =
            if algebra::is_quantity(&cond.ty) { "compare it: `x > 0.5`" } else { "write a switch or a comparison" };
        self.fit(cond, &Type::Switch, "the condition of an `if`", help)
    }

    /// An `if` that is a value.
    pub fn if_value(&mut self, choice: If, want: Option<&Type>) -> Expr {
        let span = choice.span;
        let cond = self.condition(choice.cond);
        let missing = |at: Span| {
            Diagnostic::error(&E0614, span, "this `if` is a value, so both sides have to say one")
                .at("is a value")
                .label(at, "says none")
                .help("end both sides with a value: `if listen { key } else { input }`")
        };
        self.depth.ifs += 1;
        let then = self.value_block(choice.then, want, missing);
        let otherwise = match choice.otherwise {
            Some(block) => self.value_block(block, want, missing),
            None => {
                self.fault(missing(choice.then.span));
                Block { stmts: Vec::new(), value: Some(Box::new(super::typer::broken(span))) }
            }
        };
        self.depth.ifs -= 1;
        let ty = self.join_sides(&then, &otherwise);
        Expr { kind: ExprKind::If(Box::new(cond), then, otherwise), ty, span }
    }

    fn join_sides(&mut self, then: &Block, otherwise: &Block) -> Type {
        let (Some(a), Some(b)) = (&then.value, &otherwise.value) else {
            return Type::Error;
        };
        if let Some(ty) = algebra::unify(&a.ty, &b.ty) {
            return ty;
        }
        let (left, right) = (describe(&a.ty), describe(&b.ty));
        let fault = Diagnostic::error(&E0306, b.span, format!("the sides of this `if` are {left} and {right}"))
            .at(right)
            .label(a.span, left)
            .help("give both sides one type");
        self.fault(fault);
        Type::Error
    }

    /// `oversample 4x { … }` as a value.
    pub fn oversample(&mut self, factor: &tree::Expr, block: &tree::Block, want: Option<&Type>, span: Span) -> Expr {
        let factor = self.oversample_factor(factor);
        self.depth.oversample += 1;
        let block = self.value_block(block, want, |at| {
            Diagnostic::error(&crate::effect_codes::E0601, span, "this `oversample` block gives no value")
                .at("gives nothing")
                .label(at, "the last line says no value")
                .help("end it with what it gives: `oversample 4x { tanh(input) }`")
        });
        self.depth.oversample -= 1;
        let ty = block.value.as_ref().map_or(Type::Error, |v| v.ty.clone());
        Expr { kind: ExprKind::Oversample(Box::new(factor), block), ty, span }
    }

    /// `spectral 2048 { … }` as a value: the block says a gain for each bin, and what comes out is audio.
    pub fn spectral(&mut self, size: &tree::Expr, block: &tree::Block, span: Span) -> Expr {
        let help = "write a power of two from 256 to 16384: `spectral 2048 { … }`";
        let value = self.expr(size, Some(&Type::Number));
        let value = self.fit(value, &Type::Number, "the window of `spectral`", help);
        let size = self.constant(value, "the window of `spectral`", help);
        self.takes_input = true;
        self.depth.oversample += 1;
        let mut block = self.value_block(block, Some(&Type::Signal), |at| {
            Diagnostic::error(&crate::effect_codes::E0601, span, "this `spectral` block gives no value")
                .at("gives nothing")
                .label(at, "the last line says no gain")
                .help("end it with a gain for each bin: `spectral 2048 { if input < 0.001 { 0.1 } else { 1 } }`")
        });
        self.depth.oversample -= 1;
        if let Some(gain) = block.value.take() {
            let help = "a gain is a number: `factor(-12dB)`";
            block.value = Some(Box::new(self.fit(*gain, &Type::Signal, "the gain of a `spectral` block", help)));
        }
        Expr { kind: ExprKind::Spectral(Box::new(size), block), ty: Type::Signal, span }
    }

    /// The factor of an `oversample` block.
    pub fn oversample_factor(&mut self, factor: &tree::Expr) -> Expr {
        let help = "write `2x`, `4x`, `8x` or `16x`";
        let value = self.expr(factor, Some(&Type::Number));
        let value = self.fit(value, &Type::Number, "the factor of `oversample`", help);
        let value = self.constant(value, "the factor of `oversample`", help);
        match self.facts.number(&value) {
            Some(n) if value.ty != Type::Error && ![2.0, 4.0, 8.0, 16.0].contains(&n) => {
                let fault = Diagnostic::error(&E0619, value.span, format!("cannot oversample by {n}"));
                self.failed(fault.at("not 2, 4, 8 or 16").help(help), value.span)
            }
            _ => value,
        }
    }
}

/// `2^octaves`.
fn ratio(interval: Expr) -> Expr {
    let span = interval.span;
    Expr { kind: ExprKind::Call(Builtin::Exp2, vec![interval]), ty: Type::Number, span }
}

/// Text of an expression that is a name or a quantity.
fn text_of(e: &tree::Expr) -> Option<String> {
    match &e.kind {
        tree::ExprKind::Name(name) => Some(name.name.clone()),
        tree::ExprKind::Quantity(q) => {
            let unit = q.unit.as_ref().map_or("", |u| u.name.as_str());
            let sign = if q.signed && q.value >= 0.0 { "+" } else { "" };
            q.value.is_finite().then(|| format!("{sign}{}{unit}", q.value))
        }
        _ => None,
    }
}

fn lowered(op: tree::BinaryOp) -> Option<BinaryOp> {
    Some(match op {
        tree::BinaryOp::Or => BinaryOp::Or,
        tree::BinaryOp::And => BinaryOp::And,
        tree::BinaryOp::Eq => BinaryOp::Eq,
        tree::BinaryOp::Ne => BinaryOp::Ne,
        tree::BinaryOp::Lt => BinaryOp::Lt,
        tree::BinaryOp::Le => BinaryOp::Le,
        tree::BinaryOp::Gt => BinaryOp::Gt,
        tree::BinaryOp::Ge => BinaryOp::Ge,
        tree::BinaryOp::Add => BinaryOp::Add,
        tree::BinaryOp::Sub => BinaryOp::Sub,
        tree::BinaryOp::Mul => BinaryOp::Mul,
        tree::BinaryOp::Div => BinaryOp::Div,
        tree::BinaryOp::Pipe | tree::BinaryOp::Range => return None,
    })
}
