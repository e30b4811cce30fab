//! Making a value fit where a type is wanted. Always true: the rules are those of [`crate::algebra::coerce`]; what
//! does not fit is reported once and becomes `Error`.

use super::env::Env;
use super::value::{Signal, Size, Value};
use crate::algebra::{self, Coercion, Place};
use crate::args::meant;
use crate::body::{BinaryOp, Expr, ExprKind, Tap, TapPoint};
use crate::codes;
use crate::session::Session;
use crate::types::Type;
use crate::units::describe;
use mixdown_syntax::tree;
use mixdown_syntax::{Diagnostic, Span};
use std::rc::Rc;

/// What is wanted, in words: `` `fader` takes a level in `dB` ``.
pub(crate) struct Wanted<'a> {
    /// Who wants it: `fader`.
    pub who: &'a str,
    /// The type.
    pub ty: &'a Type,
    /// What one would write: `fader -6dB`.
    pub example: &'a str,
}

impl Session<'_> {
    /// Evaluates an expression and makes it fit; signals are taken.
    pub(crate) fn eval_as(&mut self, expr: &tree::Expr, env: &Env, wanted: &Wanted) -> Value {
        let value = self.eval_want(expr, env, Some(wanted.ty));
        self.fit_written(value, wanted, expr)
    }

    /// The same, where only a constant will do.
    pub(crate) fn eval_constant(&mut self, expr: &tree::Expr, env: &Env, wanted: &Wanted) -> Value {
        let value = self.eval_as(expr, env, wanted);
        self.constant_only(value, wanted, expr.span)
    }

    /// Refuses what changes while the mix plays.
    pub(crate) fn constant_only(&mut self, value: Value, wanted: &Wanted, span: Span) -> Value {
        match value {
            Value::Signal(_) => self.fault(
                Diagnostic::error(&codes::E0325, span, format!("`{}` takes a constant only", wanted.who))
                    .at("changes while the mix plays")
                    .help(format!("write a fixed value, such as `{}`", wanted.example)),
            ),
            value => value,
        }
    }

    /// The canonical number of a constant of a type; `None` after a fault (said) or for an unknown value.
    pub(crate) fn eval_number(&mut self, expr: &tree::Expr, env: &Env, wanted: &Wanted) -> Option<f64> {
        match self.eval_constant(expr, env, wanted) {
            Value::Quantity(x, _) => Some(x),
            _ => None,
        }
    }

    /// Makes the value of an expression fit, or says that it does not and what was likely meant.
    pub(crate) fn fit_written(&mut self, value: Value, wanted: &Wanted, written: &tree::Expr) -> Value {
        self.fitted(value, wanted, written.span, Some(written))
    }

    /// The same of a value that no expression stands for.
    pub(crate) fn fit(&mut self, value: Value, wanted: &Wanted, span: Span) -> Value {
        self.fitted(value, wanted, span, None)
    }

    fn fitted(&mut self, value: Value, wanted: &Wanted, span: Span, written: Option<&tree::Expr>) -> Value {
        if value.is_word_of(wanted.ty) {
            return value;
        }
        let from = value.ty();
        match algebra::coerce(&from, wanted.ty, Place::Value) {
            Some(coercion) => self.apply(value, coercion, wanted.ty, span),
            None => {
                let message = format!("`{}` takes {}, and this is {}", wanted.who, describe(wanted.ty), describe(&from));
                let fault = Diagnostic::error(&codes::E0320, span, message).at(describe(&from));
                let meant = written.and_then(|w| Some((w, meant(&from, wanted.ty, None, &[], w)?)));
                self.fault(match meant {
                    Some((written, meant)) => meant.tell(fault, written),
                    None => fault.help(format!("write it like `{}`", wanted.example)),
                })
            }
        }
    }

    /// Does what a coercion asks for.
    pub(crate) fn apply(&mut self, value: Value, coercion: Coercion, to: &Type, span: Span) -> Value {
        match (coercion, value) {
            (_, Value::Error) => Value::Error,
            (Coercion::LookBack, value) => self.look_back(value, span),
            (Coercion::Rate, value) => self.rate(value, span),
            (_, Value::Unknown(_)) => Value::Unknown(to.clone()),
            (Coercion::Retag, Value::Quantity(x, _)) if *to != Type::Signal => Value::Quantity(x, to.clone()),
            (Coercion::Retag, Value::Signal(signal)) if *to != Type::Signal => {
                let Signal { mut expr, size } = Rc::unwrap_or_clone(signal);
                expr.ty = to.clone();
                Value::signal(expr, size)
            }
            (Coercion::Retag, Value::List(items)) => {
                let Type::List(of) = to else { return Value::List(items) };
                let retag = |v: &Value| match v {
                    Value::Quantity(x, _) => Value::Quantity(*x, (**of).clone()),
                    other => other.clone(),
                };
                Value::list(items.iter().map(retag).collect())
            }
            (Coercion::Frame, value) => match value.to_expr(span) {
                Some(mut expr) => {
                    expr.ty = Type::Signal;
                    Value::signal(expr, Size::over([Size::LEAF, Size::LEAF]))
                }
                None => Value::Error,
            },
            (Coercion::Ceiling(true_peak), Value::Quantity(x, _)) => {
                Value::Tuple(Rc::new(vec![Value::Quantity(x, Type::DbFs), Value::Switch(true_peak)]))
            }
            (Coercion::Ceiling(true_peak), Value::Signal(signal)) => {
                let Signal { expr, size } = Rc::unwrap_or_clone(signal);
                Value::signal(crate::effects::ceiling(expr, true_peak), size)
            }
            (Coercion::Tap, Value::Strip(strip)) => self.tap(&strip, span),
            (_, value) => value,
        }
    }

    /// A strip as a signal.
    pub(crate) fn tap(&mut self, strip: &super::value::StripRef, span: Span) -> Value {
        let point = match &strip.point {
            None => TapPoint::Output,
            Some(name) => match name.name.as_str() {
                "pre" => TapPoint::Pre,
                "source" => TapPoint::Source,
                label => TapPoint::After(label.to_string()),
            },
        };
        let Some(id) = self.strips.id(strip.strip) else {
            return self.fault(
                Diagnostic::error(&codes::E0325, span, "the sound of a strip cannot decide which strips there are")
                    .help("loops and conditions around strips see names and measured files; use the signal inside a strip"),
            );
        };
        let tap = Tap { strip: id, point };
        self.strips.tapped.push((tap.clone(), strip.point.as_ref().map_or(span, |p| p.span)));
        Value::signal(Expr { kind: ExprKind::Tap(tap), ty: Type::Signal, span }, Size::LEAF)
    }

    /// A musical time where a time is wanted (semantics, rule 14): it looks back along the tempo map.
    fn look_back(&mut self, value: Value, span: Span) -> Value {
        let steady = self.song.timeline.steady();
        match value {
            Value::Quantity(beats, _) => match steady {
                Some(bpm) => Value::Quantity(beats * 60.0 / bpm, Type::Time),
                None => {
                    let kind = ExprKind::LookBack(beats);
                    Value::signal(Expr { kind, ty: Type::Time, span }, Size::LEAF)
                }
            },
            Value::Signal(signal) => match steady {
                Some(bpm) => {
                    let Signal { expr, size } = Rc::unwrap_or_clone(signal);
                    let beat = Expr { kind: ExprKind::Number(60.0 / bpm), ty: Type::Time, span };
                    let kind = ExprKind::Binary(BinaryOp::Mul, Box::new(expr), Box::new(beat));
                    Value::signal(Expr { kind, ty: Type::Time, span }, Size::over([size, Size::LEAF]))
                }
                None => self.fault(
                    Diagnostic::error(&codes::E0327, span, "a musical time that moves, in a song whose tempo moves")
                        .help("write a fixed musical time (`note(1/8)`), or a curve of times in `ms`"),
                ),
            },
            Value::Bars(_) => self.bars_need_place(span),
            Value::Unknown(_) => Value::Unknown(Type::Time),
            other => other,
        }
    }

    /// A musical time where a frequency is wanted: a cycle takes so long.
    fn rate(&mut self, value: Value, span: Span) -> Value {
        match self.look_back(value, span) {
            Value::Quantity(seconds, _) if seconds > 0.0 => Value::Quantity(1.0 / seconds, Type::Frequency),
            Value::Quantity(..) => self.fault(
                Diagnostic::error(&codes::E0336, span, "a cycle takes a length above 0")
                    .help("write a rate such as `note(1/4)`, `0.5bars` or `2Hz`"),
            ),
            Value::Signal(signal) => {
                let Signal { expr, size } = Rc::unwrap_or_clone(signal);
                Value::signal(crate::effects::once_a(expr), Size::over([size, Size::LEAF]))
            }
            Value::Unknown(_) => Value::Unknown(Type::Frequency),
            other => other,
        }
    }

    /// Where the tempo never changes, a musical time is a time like any other: it is constant, and its range is known.
    pub(crate) fn at_steady_tempo(&mut self, value: Value, wanted: &Type, span: Span) -> Value {
        match (&value, wanted) {
            (Value::Quantity(_, Type::Musical), Type::Time | Type::Frequency) if self.song.timeline.steady().is_some() => {
                if *wanted == Type::Time { self.look_back(value, span) } else { self.rate(value, span) }
            }
            _ => value,
        }
    }

    /// Bars where nothing says which meter counts.
    pub(crate) fn bars_need_place(&mut self, span: Span) -> Value {
        self.fault(
            Diagnostic::error(&codes::E0328, span, "a bar has several lengths in this song")
                .at("which meter counts here?")
                .help("write beats (`4beats`) or a note (`note(1/2)`); bars are known where they follow a position"),
        )
    }
}
