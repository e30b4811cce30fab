//! Assignment: what may change, and what it may become.
//!
//! Always true here: only states change (a name, or `xs[i]` of one); a state keeps the type it began with, except that
//! a number may become a frame.

use super::scope::Binding;
use super::statement::is_line;
use super::typer::Typer;
use crate::algebra::{Coercion, Place, coerce, is_quantity};
use crate::body::{Expr, ExprKind, LocalId, Stmt};
use crate::effect_codes::{E0604, E0608, E0624};
use crate::types::Type;
use crate::units::{describe, literal};
use mixdown_syntax::tree;
use mixdown_syntax::{Diagnostic, Span};

impl Typer<'_> {
    /// `target = value`.
    pub fn assign(&mut self, target: &tree::Expr, value: &tree::Expr, span: Span) -> Option<Stmt> {
        let (typed, state) = self.target(target)?;
        let value = self.expr(value, Some(&typed.ty));
        if is_line(&typed.ty) {
            let fault = Diagnostic::error(&E0608, target.span, "a delay line is written, not assigned")
                .at("a delay line")
                .help("write `tail.write(x)`");
            self.fault(fault);
            return None;
        }
        let value = match (&typed.ty, &value.ty) {
            (Type::Number, Type::Signal) => {
                self.cells.widen(state);
                value
            }
            (Type::Number, Type::Tuple(_)) if coerce(&value.ty, &Type::Signal, Place::Value).is_some() => {
                self.cells.widen(state);
                self.convert(value, &Type::Signal, Coercion::Frame)
            }
            (to, from) => match coerce(from, to, Place::Value) {
                Some(how) => self.convert(value, &typed.ty.clone(), how),
                None => self.changed_type(target, &typed.ty, &value),
            },
        };
        Some(Stmt::Assign(typed, value, span))
    }

    /// What to write where a name was to change: in a loop a value of this very sample is added up, elsewhere something is kept.
    fn instead_of_assigning(&self, name: &str) -> String {
        if self.depth.loops > 0 {
            return format!(
                "add up a list: `sum([… for t in times])`; or declare `state {name} = 0`, and write `{name} = 0` above the loop: \
                 a state keeps its value from sample to sample"
            );
        }
        format!("what changes from sample to sample is a state: `state {name} = 0`")
    }

    fn changed_type(&mut self, target: &tree::Expr, held: &Type, value: &Expr) -> Expr {
        let message = format!("this state holds {}, and this is {}", describe(held), describe(&value.ty));
        let start = match value.ty {
            Type::DbFs => Some(-200.0),
            ref ty if is_quantity(ty) => Some(0.0),
            _ => None,
        };
        let help = match (&target.kind, start) {
            (tree::ExprKind::Name(name), Some(start)) => {
                format!("begin it with a value of that type: `state {} = {}`", name.name, literal(start, &value.ty))
            }
            _ => "a state keeps the type of its first value".into(),
        };
        let fault = Diagnostic::error(&E0624, value.span, message).at(describe(&value.ty)).help(help);
        self.failed(fault, value.span)
    }

    /// What is assigned to, and the state it belongs to. Being assigned is no use.
    fn target(&mut self, target: &tree::Expr) -> Option<(Expr, LocalId)> {
        if let tree::ExprKind::Index(base, index) = &target.kind {
            let (base, state) = self.target(base)?;
            return Some((self.index(base, index, target.span), state));
        }
        let tree::ExprKind::Name(name) = &target.kind else {
            let fault = Diagnostic::error(&E0604, target.span, "only a state changes")
                .at("cannot be assigned to")
                .help("write the name of a state, or `xs[i]`");
            self.fault(fault);
            return None;
        };
        let (what, declared) = match self.scopes.peek(&name.name).map(|e| (&e.binding, e.span)) {
            Some((Binding::State(id), _)) => {
                let (id, ty) = (*id, self.cells.state(*id));
                return Some((Expr { kind: ExprKind::Local(id), ty, span: target.span }, id));
            }
            Some((Binding::Param(..), span)) => ("a parameter", Some(span)),
            Some((Binding::Alias(_), span)) => ("a delay line", Some(span)),
            Some((Binding::Value(..), span)) => ("a `let`", Some(span)),
            None if name.name == "input" => ("the input", None),
            None => {
                let fault = Diagnostic::error(&E0604, name.span, format!("there is no state `{}`", name.name))
                    .at("not declared")
                    .help(format!("declare it above: `state {0} = 0`; or name a value: `let {0} = …`", name.name));
                self.fault(fault);
                return None;
            }
        };
        let mut fault = Diagnostic::error(&E0604, name.span, format!("`{}` is {what} and does not change", name.name))
            .at("cannot be assigned to")
            .help(self.instead_of_assigning(&name.name));
        if let Some(declared) = declared {
            fault = fault.label(declared, "declared here");
        }
        self.fault(fault);
        None
    }
}
