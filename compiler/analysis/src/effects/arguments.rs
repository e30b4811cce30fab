//! Calls of effects from effects.
//!
//! Always true here: each call has state of its own under a name of its own; what has the wrong type, range or rate
//! is reported at the argument.

use super::typer::{Typer, broken};
use crate::args::{ParamSpec, Signature, accept, bad_word, place};
use crate::body::{EffectCall, Expr, ExprKind};
use crate::effect_codes::E0611;
use crate::names::DeclRef;
use crate::types::Type;
use mixdown_syntax::tree::{self, Arg};
use mixdown_syntax::{Diagnostic, Span};

impl Typer<'_> {
    /// `input |> name(args)`, or `name(args)` of a generator. `at` is the place of the name.
    pub fn effect_call(
        &mut self,
        decl: &DeclRef,
        name: &str,
        at: Span,
        args: &[Arg],
        input: Option<Expr>,
        span: Span,
    ) -> Expr {
        let Some(id) = self.names.effect(decl) else {
            return self.poisoned(span);
        };
        let effect = self.names.typed(id);
        let signature = Signature::of_effect(name, &effect);
        let placed = place(&signature, args, at);
        placed.faults.into_iter().for_each(|fault| self.fault(fault));
        let values: Vec<Option<Expr>> = signature
            .params
            .iter()
            .zip(&placed.slots)
            .map(|(param, slot)| slot.map(|arg| self.argument(name, param, &arg.value)))
            .collect();
        match &input {
            None if effect.takes_input => {
                let start = Span { end: span.start, ..span };
                let fault = Diagnostic::error(&E0611, at, format!("`{name}` works on audio, and none is given"))
                    .at("without an input")
                    .help(format!("pipe audio into it: `input |> {name}(…)`"))
                    .fix("pipe the input into it", start, "input |> ");
                return self.failed(fault, span);
            }
            Some(input) if !effect.takes_input => {
                let fault = Diagnostic::error(&E0611, at, format!("`{name}` makes its own sound and takes no input"))
                    .at("a generator")
                    .label(input.span, "this would be lost")
                    .help(format!("add it: `input + {name}(…)`"));
                return self.failed(fault, span);
            }
            _ => {}
        }
        let ty = effect.body.value.as_ref().map_or(Type::Signal, |v| v.ty.clone());
        let path = self.paths.call(&effect.name);
        let call = EffectCall { effect: id, input, args: values, path };
        Expr { kind: ExprKind::Effect(Box::new(call)), ty, span }
    }

    /// The value of an argument, made to fit its parameter.
    pub fn argument(&mut self, callee: &str, param: &ParamSpec, written: &tree::Expr) -> Expr {
        if let (tree::ExprKind::Name(word), Some(ty @ (Type::Choice(_) | Type::Switch))) = (&written.kind, &param.ty) {
            let meant = crate::algebra::word(&word.name, ty).is_some();
            if !meant && !self.is_known(word) {
                let fault = bad_word(callee, param, word);
                return self.failed(fault, written.span);
            }
        }
        let value = self.expr(written, param.ty.as_ref());
        if value.ty == Type::Error {
            return value;
        }
        match accept(callee, param, &self.given(&value), written) {
            Ok(how) => match &param.ty {
                Some(to) => self.convert(value, to, how),
                None => value,
            },
            Err(fault) => self.failed(fault, written.span),
        }
    }

    /// What stands where a fault was already reported elsewhere: this body fails without another word.
    pub fn poisoned(&mut self, span: Span) -> Expr {
        self.poisoned = true;
        broken(span)
    }
}
