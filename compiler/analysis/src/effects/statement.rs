//! Statements of a body: `let`, `state`, `for`, `latency`, and expressions that act.
//!
//! Always true here: a state begins with a constant; what a line does is not lost unsaid.

use super::scope::{Binding, Declared};
use super::typer::Typer;
use crate::algebra::is_quantity;
use crate::args::type_of;
use crate::body::{Expr, ExprKind, Pattern, Stmt};
use crate::effect_codes::{E0605, E0616, E0623, E0625};
use crate::types::Type;
use crate::units::describe;
use mixdown_syntax::tree::{self, CodeKind, CodeStmt, Ident, TypeExpr};
use mixdown_syntax::{Diagnostic, Span};

impl Typer<'_> {
    /// Types one statement.
    pub fn statement(&mut self, stmt: &CodeStmt, out: &mut Vec<Stmt>) {
        let span = stmt.span;
        match &stmt.kind {
            CodeKind::Let(bound) => self.let_statement(bound, span, out),
            CodeKind::State { name, ty, init } => self.state(name, ty.as_ref(), init, span, out),
            CodeKind::Assign { target, value } => out.extend(self.assign(target, value, span)),
            CodeKind::For(each) => {
                let iter = self.iter(&each.iter);
                self.open_scope();
                let pattern = self.loop_pattern(&each.pattern, &iter);
                self.depth.loops += 1;
                let body = self.action_block(&each.body);
                self.depth.loops -= 1;
                self.close_scope();
                out.push(Stmt::For(pattern, iter, body, span));
            }
            CodeKind::Latency(e) => out.extend(self.latency(e, span)),
            CodeKind::Expr(e) => out.push(Stmt::Expr(self.action(e))),
        }
    }

    /// The type an annotation writes; a wrong one is reported and taken as any.
    fn annotated(&mut self, ty: Option<&TypeExpr>) -> Option<Type> {
        match type_of(ty?) {
            Ok(ty) => Some(ty),
            Err(fault) => {
                self.fault(fault);
                None
            }
        }
    }

    fn let_statement(&mut self, bound: &tree::Let, span: Span, out: &mut Vec<Stmt>) {
        let want = self.annotated(bound.ty.as_ref());
        let mut value = self.expr(&bound.value, want.as_ref());
        if let Some(want) = &want {
            value = self.fit(value, want, "this name", "write a value of the type that stands before the `=`");
        }
        if value.ty == Type::Unit {
            let fault = Diagnostic::error(&E0616, value.span, "this gives no value to be named")
                .at("gives nothing")
                .help("write it on a line of its own");
            value = self.failed(fault, value.span);
        }
        match &bound.pattern {
            tree::Pattern::Name(name) if is_line(&value.ty) => {
                self.declare(name, Binding::Alias(Box::new(value)), Declared::Let);
                return;
            }
            tree::Pattern::Tuple(_, at) if is_quantity(&value.ty) && self.facts.is_constant(&value) => {
                let fault = Diagnostic::error(&E0616, *at, format!("{} has no parts", describe(&value.ty)))
                    .at("more names than values")
                    .help("write as many names as there are parts: `let (l, r) = input`");
                value = self.failed(fault, value.span);
            }
            _ => {}
        }
        let pattern = self.bind(&bound.pattern, &value.ty, Declared::Let);
        self.facts.bind(&pattern, &value);
        out.push(Stmt::Let(pattern, value, span));
    }

    fn state(&mut self, name: &Ident, ty: Option<&TypeExpr>, init: &tree::Expr, span: Span, out: &mut Vec<Stmt>) {
        let want = self.annotated(ty);
        let mut value = self.initial(init, want.as_ref());
        if let Some(want) = &want {
            value = self.fit(value, want, "this state", "begin it with a value of its type");
        }
        let id = self.local();
        let mut innermost = &value.ty;
        while let Type::List(of) = innermost {
            innermost = of;
        }
        if *innermost == Type::Line {
            self.lines.declare(id, &name.name, name.span, self.depth);
        } else if !is_quantity(innermost) && *innermost != Type::Error {
            let help = match innermost {
                Type::Switch => "use 0 and 1 in place of `off` and `on`: `state open = 0`",
                Type::Tuple(_) => "a state takes as many channels as are assigned to it: `state y = 0`",
                _ => "begin it with a number: `state y = 0`",
            };
            let message = format!("a state holds numbers, and this is {}", describe(innermost));
            let fault = Diagnostic::error(&E0605, value.span, message).at("no number").help(help);
            value = self.failed(fault, value.span);
        }
        self.cells.declare(id, value.ty.clone());
        self.facts.set_length(id, self.facts.length(&value));
        self.declare(name, Binding::State(id), Declared::State);
        let path = self.paths.state(&name.name);
        out.push(Stmt::State(id, path, value, span));
    }

    fn latency(&mut self, e: &tree::Expr, span: Span) -> Option<Stmt> {
        let help = "write it once, as a constant time, in the effect's outermost block: `latency 5ms`";
        let value = self.expr(e, Some(&Type::Time));
        let value = self.fit(value, &Type::Time, "a latency", help);
        let value = self.constant(value, "a latency", help);
        let fault = if let Some(first) = self.latency {
            let message = "an effect has one latency";
            Some(Diagnostic::error(&E0625, span, message).at("said again").label(first, "said here first"))
        } else if self.depth.blocks > 2 || self.scopes.in_function() {
            Some(
                Diagnostic::error(&E0625, span, "a latency stands in the effect's outermost block").at("stands deeper"),
            )
        } else if self.facts.number(&value).is_some_and(|t| t < 0.0) {
            Some(Diagnostic::error(&E0625, value.span, "a latency is not negative").at("negative"))
        } else {
            None
        };
        self.latency.get_or_insert(span);
        match fault {
            Some(fault) => {
                self.fault(fault.help(help));
                None
            }
            None => Some(Stmt::Latency(value, span)),
        }
    }

    /// An expression on a line of its own.
    fn action(&mut self, e: &tree::Expr) -> Expr {
        let kind = match &e.kind {
            tree::ExprKind::If(cond, then, otherwise) => {
                let cond = Box::new(self.condition(cond));
                self.depth.ifs += 1;
                let then = self.action_block(then);
                let otherwise = otherwise.as_ref().map(|block| self.action_block(block)).unwrap_or_default();
                self.depth.ifs -= 1;
                ExprKind::If(cond, then, otherwise)
            }
            tree::ExprKind::Oversample(factor, block) => {
                let factor = Box::new(self.oversample_factor(factor));
                self.depth.oversample += 1;
                let block = self.action_block(block);
                self.depth.oversample -= 1;
                ExprKind::Oversample(factor, block)
            }
            _ => {
                let value = self.expr(e, None);
                if !matches!(value.ty, Type::Unit | Type::Error) {
                    let fault = Diagnostic::warning(&E0623, e.span, "nothing is done with this value")
                        .at("not used")
                        .help("name it with `let`, or take the line out");
                    self.fault(fault);
                }
                return value;
            }
        };
        Expr { kind, ty: Type::Unit, span: e.span }
    }

    /// Declares the variables of a loop over a list.
    pub fn loop_pattern(&mut self, pattern: &tree::Pattern, iter: &Expr) -> Pattern {
        let element = match &iter.ty {
            Type::List(of) => (**of).clone(),
            _ => Type::Error,
        };
        let bound = self.bind(pattern, &element, Declared::Silent);
        self.facts.set_constant(&bound, self.facts.is_constant(iter));
        if let (Pattern::Local(id), true, Some(list)) = (&bound, is_line(&element), self.lines.root(iter)) {
            self.lines.stands_for(*id, list);
        }
        bound
    }
}

/// A line, or a list of lines.
pub(super) fn is_line(ty: &Type) -> bool {
    match ty {
        Type::Line => true,
        Type::List(of) => is_line(of),
        _ => false,
    }
}
