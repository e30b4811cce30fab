//! Making values fit: coercions on typed expressions, and patterns against types.
//!
//! Always true here: a coercion adds no arithmetic but the one division of a rate; a tuple becomes a frame by [`Builtin::Frame`] or
//! by being one in a place where a frame is wanted.

use super::typer::{Typer, broken};
use crate::algebra::{Coercion, Place, coerce, is_quantity};
use crate::args::Argument;
use crate::body::{BinaryOp, Block, Builtin, Expr, ExprKind, Pattern, Stmt};
use crate::effect_codes::{E0307, E0616, E0618};
use crate::types::Type;
use crate::units::describe;
use mixdown_syntax::{Diagnostic, Span};

/// A typed expression as an argument.
pub(super) struct Given {
    pub ty: Type,
    pub number: Option<f64>,
    pub constant: bool,
    pub elements: Option<usize>,
}

impl Argument for Given {
    fn ty(&self) -> Type {
        self.ty.clone()
    }
    fn number(&self) -> Option<f64> {
        self.number
    }
    fn is_constant(&self) -> bool {
        self.constant
    }
    fn elements(&self) -> Option<usize> {
        self.elements
    }
}

impl Typer<'_> {
    pub fn given(&self, e: &Expr) -> Given {
        let elements = match &e.kind {
            ExprKind::List(items) => Some(items.len()),
            _ => None,
        };
        Given { ty: e.ty.clone(), number: self.facts.number(e), constant: self.facts.is_constant(e), elements }
    }

    /// Applies a coercion that was found to be legal.
    pub fn convert(&mut self, mut e: Expr, to: &Type, how: Coercion) -> Expr {
        match how {
            Coercion::Same => e,
            Coercion::Retag | Coercion::Tap => {
                e.ty = to.clone();
                e
            }
            Coercion::LookBack | Coercion::Rate => match self.facts.number(&e) {
                Some(beats) => {
                    let back = Expr { kind: ExprKind::LookBack(beats), ty: Type::Time, span: e.span };
                    if how == Coercion::Rate { once_a(back) } else { back }
                }
                None => {
                    let fault = Diagnostic::error(&E0618, e.span, "a musical time has to be written out here")
                        .at("not known beforehand")
                        .help("write a number of beats, such as `2beats` or `note(1/8)`");
                    self.failed(fault, e.span)
                }
            },
            Coercion::Frame => self.frame(e),
            Coercion::Ceiling(true_peak) => ceiling(e, true_peak),
        }
    }

    /// A tuple of two as a frame.
    fn frame(&mut self, mut e: Expr) -> Expr {
        let span = e.span;
        let value = match e.kind {
            ExprKind::Tuple(_) => e.kind,
            ExprKind::If(cond, then, otherwise) => {
                ExprKind::If(cond, self.framed_block(then), self.framed_block(otherwise))
            }
            ExprKind::Block(block) => ExprKind::Block(self.framed_block(block)),
            ExprKind::Oversample(factor, block) => ExprKind::Oversample(factor, self.framed_block(block)),
            ExprKind::Local(_) => {
                let parts = [0.0, 1.0].map(|i| element(&e, i));
                ExprKind::Call(Builtin::Frame, parts.to_vec())
            }
            _ => {
                let id = self.local();
                let pair = Expr { kind: ExprKind::Local(id), ty: e.ty.clone(), span };
                let value = Box::new(self.frame(pair));
                ExprKind::Block(Block { stmts: vec![Stmt::Let(Pattern::Local(id), e, span)], value: Some(value) })
            }
        };
        e = Expr { kind: value, ty: Type::Signal, span };
        e
    }

    fn framed_block(&mut self, mut block: Block) -> Block {
        if let Some(value) = block.value.take() {
            let value = if matches!(value.ty, Type::Tuple(_)) { self.frame(*value) } else { *value };
            block.value = Some(Box::new(value));
        }
        block
    }

    /// Makes a value fit a place that wants one type; `what` names the place: "the condition of an `if`".
    pub fn fit(&mut self, e: Expr, to: &Type, what: &str, help: &str) -> Expr {
        match coerce(&e.ty, to, Place::Value) {
            Some(how) => self.convert(e, to, how),
            None => {
                let message = format!("{what} is {}, and this is {}", describe(to), describe(&e.ty));
                let fault = Diagnostic::error(&E0307, e.span, message).at(describe(&e.ty)).help(help);
                self.failed(fault, e.span)
            }
        }
    }

    /// Makes sure that a value is known beforehand.
    pub fn constant(&mut self, e: Expr, what: &str, help: &str) -> Expr {
        if e.ty == Type::Error || self.facts.is_constant(&e) {
            return e;
        }
        let fault = Diagnostic::error(&E0618, e.span, format!("{what} has to be known before a sample runs"))
            .at("changes while the mix plays")
            .help(help);
        self.fault(fault);
        broken(e.span)
    }

    /// The types of the parts that a pattern of `count` names takes of a value.
    pub fn parts_of(&mut self, ty: &Type, count: usize, span: Span) -> Vec<Type> {
        let fits = match ty {
            Type::Tuple(parts) if parts.len() == count => return parts.clone(),
            Type::Ceiling if count == 2 => return vec![Type::DbFs, Type::Switch],
            Type::Error => Some(Type::Error),
            Type::Signal if count == 2 => Some(Type::Number),
            // A level or a time that is made of a frame has two channels as well; the lowering knows.
            ty if is_quantity(ty) && count == 2 => Some(ty.clone()),
            _ => None,
        };
        if let Some(part) = fits {
            return vec![part; count];
        }
        let what = match ty {
            Type::Signal => "a signal has two channels at most".to_string(),
            Type::Tuple(parts) => format!("this tuple has {} parts", parts.len()),
            other => format!("{} has no parts", describe(other)),
        };
        let fault = Diagnostic::error(&E0616, span, format!("{count} names are given, but {what}"))
            .at(format!("{count} names"))
            .help("write as many names as there are parts: `let (l, r) = input`");
        self.fault(fault);
        vec![Type::Error; count]
    }
}

/// How often a time fits into a second.
pub(crate) fn once_a(time: Expr) -> Expr {
    let span = time.span;
    let one = Expr { kind: ExprKind::Number(1.0), ty: Type::Number, span };
    Expr { kind: ExprKind::Binary(BinaryOp::Div, Box::new(one), Box::new(time)), ty: Type::Frequency, span }
}

/// A point as a ceiling.
pub(crate) fn ceiling(mut point: Expr, true_peak: bool) -> Expr {
    let span = point.span;
    point.ty = Type::DbFs;
    let kind = Expr { kind: ExprKind::Switch(true_peak), ty: Type::Switch, span };
    Expr { kind: ExprKind::Tuple(vec![point, kind]), ty: Type::Ceiling, span }
}

/// An element of a tuple.
fn element(e: &Expr, index: f64) -> Expr {
    let number = Expr { kind: ExprKind::Number(index), ty: Type::Number, span: e.span };
    Expr { kind: ExprKind::Index(Box::new(e.clone()), Box::new(number)), ty: Type::Number, span: e.span }
}
