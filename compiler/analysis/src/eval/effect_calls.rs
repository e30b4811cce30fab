//! Effects in scripts: their arguments as typed code, and `kick |> highpass(90Hz)` as a signal. Always true: one argument
//! for each parameter, `None` where the default stands.

use super::env::Env;
use super::value::{Size, Value};
use crate::args::Signature;
use crate::body::{EffectCall, EffectId, Expr, ExprKind};
use crate::codes;
use crate::names::{DeclRef, Names};
use crate::session::Session;
use crate::types::Type;
use crate::units::describe;
use mixdown_syntax::tree::Arg;
use mixdown_syntax::{Diagnostic, Span};
use std::rc::Rc;

impl Session<'_> {
    /// An effect inside an expression: the signal that comes out of it.
    pub(super) fn effect_value(
        &mut self,
        decl: &DeclRef,
        args: &[Arg],
        input: Option<(Value, Span)>,
        name: Span,
        span: Span,
        env: &Env,
    ) -> Value {
        let Some(id) = self.effect(decl) else { return Value::Error };
        let effect = self.typed(id);
        let mut size = Size::over([Size::LEAF]);
        let input = match input {
            None => None,
            Some((value, at)) => {
                let wanted = super::Wanted { who: &effect.name, ty: &Type::Signal, example: "kick |> highpass(90Hz)" };
                match self.fit(value, &wanted, at) {
                    Value::Error => return Value::Error,
                    value => {
                        size = Size::over([Size::of(&value)]);
                        value.to_expr(at)
                    }
                }
            }
        };
        if effect.takes_input != input.is_some() && self.dry == 0 {
            let (message, help) = if effect.takes_input {
                (
                    format!("`{}` needs a signal to work on", effect.name),
                    format!("write `kick |> {}( … )`", effect.name),
                )
            } else {
                (format!("`{}` makes a signal and takes none", effect.name), "leave out what stands before `|>`".into())
            };
            return self.fault(Diagnostic::error(&codes::E0337, name, message).help(help));
        }
        let Some(args) = self.effect_args(id, args, name, env) else { return Value::Error };
        let call = EffectCall { effect: id, input, args, path: effect.name.clone() };
        self.grown(Expr { kind: ExprKind::Effect(Box::new(call)), ty: Type::Signal, span }, size)
    }

    /// The arguments of an effect as typed code.
    pub(crate) fn effect_args(
        &mut self,
        id: EffectId,
        args: &[Arg],
        name: Span,
        env: &Env,
    ) -> Option<Vec<Option<Expr>>> {
        let effect = self.typed(id);
        let known = self.effects.effect_signatures.entry(id);
        let signature = known.or_insert_with(|| Rc::new(Signature::of_effect(&effect.name, &effect))).clone();
        let bound = self.bind_args(&signature, args, None, name, env)?;
        let mut out = Vec::with_capacity(bound.len());
        for (slot, param) in bound.into_iter().zip(&effect.params) {
            out.push(match slot {
                None => None,
                Some((Value::Text(path), at)) if param.ty == Type::File => {
                    let file = self.audio_file(&path, at)?;
                    Some(Expr { kind: ExprKind::File(file), ty: Type::File, span: at })
                }
                Some((value, at)) => match argument_expr(&value, &param.ty, at) {
                    Some(expr) => Some(expr),
                    None => {
                        let what = describe(&value.ty());
                        self.report(
                            Diagnostic::error(
                                &codes::E0320,
                                at,
                                format!("{what} cannot be a parameter of `{}`", effect.name),
                            )
                            .help("parameters take numbers, quantities, words, files and signals"),
                        );
                        return None;
                    }
                },
            });
        }
        Some(out)
    }
}

fn argument_expr(value: &Value, ty: &Type, span: Span) -> Option<Expr> {
    let mut expr = value.to_expr(span)?;
    if matches!(ty, Type::Choice(_)) {
        expr.ty = ty.clone();
    }
    Some(expr)
}
