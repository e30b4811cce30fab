//! Expressions of a body, by kind.
//!
//! Always true here: what belongs to the mix (curves, positions, texts) is refused with a word on how it reaches an
//! effect; what went wrong once has the type [`Type::Error`] and is not reported again.

use super::faults::of_the_mix;
use super::operators::If;
use super::typer::Typer;
use crate::algebra::unify;
use crate::body::{Expr, ExprKind};
use crate::effect_codes::{E0306, E0603};
use crate::types::Type;
use crate::units::{describe, quantity};
use mixdown_syntax::tree;
use mixdown_syntax::{Diagnostic, Span};

impl Typer<'_> {
    /// Types an expression. `want` is the type of its place, where that is known: it tells what bare words mean.
    pub fn expr(&mut self, e: &tree::Expr, want: Option<&Type>) -> Expr {
        let span = e.span;
        match &e.kind {
            tree::ExprKind::Quantity(q) => match quantity(q, span, &self.names.song_units()) {
                Ok((value, ty)) => Expr { kind: ExprKind::Number(value), ty, span },
                Err(fault) => self.failed(fault, span),
            },
            tree::ExprKind::Bool(on) => Expr { kind: ExprKind::Switch(*on), ty: Type::Switch, span },
            tree::ExprKind::Name(name) => self.name(name, want),
            tree::ExprKind::List(items) => self.list(items, want, span, false),
            tree::ExprKind::Comprehension { body, pattern, iter, filter } => {
                let parts = (body.as_ref(), pattern, iter.as_ref(), filter.as_deref());
                self.comprehension(parts, want, span, false)
            }
            tree::ExprKind::Tuple(items) => self.tuple(items, want, span),
            tree::ExprKind::Call(callee, args) => self.call(e, callee, args, None),
            tree::ExprKind::Index(base, index) => {
                let base = self.expr(base, None);
                self.index(base, index, span)
            }
            tree::ExprKind::Field(base, field) => self.field(base, field, span),
            tree::ExprKind::Unary(op, x) => self.unary(*op, x, span),
            tree::ExprKind::Binary(tree::BinaryOp::Pipe, _, input, call) => self.pipe(input, call),
            tree::ExprKind::Binary(tree::BinaryOp::Range, _, a, b) => self.range(a, b, span),
            tree::ExprKind::Binary(op, _, a, b) => self.binary(*op, a, b, span),
            tree::ExprKind::If(cond, then, otherwise) => {
                self.if_value(If { cond, then, otherwise: otherwise.as_ref(), span }, want)
            }
            tree::ExprKind::Oversample(factor, block) => self.oversample(factor, block, want, span),
            tree::ExprKind::Spectral(size, block) => self.spectral(size, block, span),
            other => {
                let fault = of_the_mix(other, span);
                self.failed(fault, span)
            }
        }
    }

    fn tuple(&mut self, items: &[tree::Expr], want: Option<&Type>, span: Span) -> Expr {
        let wanted = |i: usize| match want {
            Some(Type::Tuple(types)) => types.get(i),
            _ => None,
        };
        let items: Vec<Expr> = items.iter().enumerate().map(|(i, item)| self.expr(item, wanted(i))).collect();
        let ty = Type::Tuple(items.iter().map(|i| i.ty.clone()).collect());
        Expr { kind: ExprKind::Tuple(items), ty, span }
    }

    /// The common type of several, reporting the first that differs; `what` says whose: "the elements of a list".
    pub fn common(&mut self, items: &[Expr], what: &str, help: &str) -> Type {
        let mut common = Type::Error;
        let mut first: Option<&Expr> = None;
        for item in items {
            match (unify(&common, &item.ty), first) {
                (Some(ty), _) => common = ty,
                (None, first) => {
                    let (a, b) = (describe(&common), describe(&item.ty));
                    let mut fault = Diagnostic::error(&E0306, item.span, format!("{what} are {a} and {b}")).at(b);
                    if let Some(first) = first {
                        fault = fault.label(first.span, a);
                    }
                    self.fault(fault.help(help));
                    return Type::Error;
                }
            }
            first = first.or(Some(item));
        }
        common
    }

    fn field(&mut self, base: &tree::Expr, field: &tree::Ident, span: Span) -> Expr {
        let name = match &base.kind {
            tree::ExprKind::Name(base) => format!("{}.{}", base.name, field.name),
            _ => format!(".{}", field.name),
        };
        let help = match field.name.as_str() {
            "left" | "right" | "mono" | "sum" => format!("write `{}(x)`", field.name),
            "read" | "write" => format!("write brackets: `{name}(…)`"),
            _ => "an effect sees its parameters, its locals and the plain values of its file".into(),
        };
        let fault = Diagnostic::error(&E0603, span, format!("`{name}` is nothing that an effect knows")).at("unknown");
        self.failed(fault.help(help), span)
    }
}
