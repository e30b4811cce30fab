//! Scripts at mix time: expressions to values. Always true: nothing here can fail silently or panic (a fault is
//! reported once and becomes [`Value::Error`]); every evaluation is counted against the limits.

mod arguments;
mod arith;
mod blocks;
mod calls;
mod closures;
pub(crate) mod curves;
mod during;
mod effect_calls;
pub(crate) mod env;
mod fields;
pub(crate) mod fit;
pub(crate) mod functions;
mod language;
mod lfo;
mod loops;
mod names;
mod print;
mod ramps;
mod script;
pub(crate) mod value;

pub(crate) use arguments::Bound;
pub(crate) use blocks::Cond;
pub(crate) use calls::callee_path;
pub(crate) use during::During;
pub(crate) use fit::Wanted;
pub(crate) use names::word_value;
pub(crate) use script::Args as ScriptArgs;

use crate::codes;
use crate::session::Session;
use crate::types::Type;
use crate::units;
use env::Env;
use mixdown_syntax::tree::{self, Expr, ExprKind, Position, StrPart};
use mixdown_syntax::{Diagnostic, Span};
use std::rc::Rc;
use value::{Pos, Value};

impl Session<'_> {
    /// The value of an expression.
    pub(crate) fn eval(&mut self, expr: &Expr, env: &Env) -> Value {
        self.eval_want(expr, env, None)
    }

    /// The value of an expression where a type is wanted: bare words are read against it. The value itself may still
    /// be of another type.
    pub(crate) fn eval_want(&mut self, expr: &Expr, env: &Env, want: Option<&Type>) -> Value {
        if !self.step(expr.span) {
            return Value::Error;
        }
        match &expr.kind {
            ExprKind::Quantity(q) => self.quantity(q, expr.span),
            ExprKind::Name(name) => self.name(name, env, want),
            ExprKind::Bool(on) => Value::Switch(*on),
            ExprKind::Position(p) => self.position(p, expr.span, env),
            ExprKind::Str(parts) => self.text(parts, expr.span, env),
            ExprKind::List(items) => self.list(items, expr.span, env, want),
            ExprKind::Comprehension { body, pattern, iter, filter } => {
                self.comprehension(body, pattern, iter, filter.as_deref(), env, want)
            }
            ExprKind::Tuple(parts) => Value::Tuple(Rc::new(parts.iter().map(|p| self.eval(p, env)).collect())),
            ExprKind::Record(fields) => self.record(fields, env),
            ExprKind::Call(callee, args) => self.call(callee, args, expr.span, env),
            ExprKind::Index(of, index) => self.index(of, index, expr.span, env),
            ExprKind::Field(of, name) => self.field(of, name, env),
            ExprKind::Unary(op, x) => self.unary(*op, x, expr.span, env),
            ExprKind::Binary(op, at, a, b) => self.binary(*op, *at, a, b, expr.span, env),
            ExprKind::Curve(shape, points) => self.curve(shape.as_ref(), points, expr.span, env, want),
            ExprKind::Lambda(params, body) => Value::Function(Rc::new(value::Closure::Lambda {
                params: params.clone(),
                body: (**body).clone(),
                env: env.clone(),
            })),
            ExprKind::If(cond, then, otherwise) => self.if_value(cond, then, otherwise.as_ref(), expr.span, env, want),
            ExprKind::Oversample(..) | ExprKind::Spectral(..) if self.dry > 0 => Value::Unknown(Type::Signal),
            ExprKind::Oversample(..) => self.fault(
                Diagnostic::error(&codes::E0326, expr.span, "`oversample` is no value of a script")
                    .help("write it as a line of a strip (`oversample 4x { … }`) or inside an `effect`"),
            ),
            ExprKind::Spectral(..) => self.fault(
                Diagnostic::error(&codes::E0326, expr.span, "`spectral` is no value of a script").help("write it inside an `effect`"),
            ),
            ExprKind::During { .. } => match During::of(expr) {
                Some(during) => self.during_or(&during, None, env, want),
                None => Value::Error,
            },
            ExprKind::Within(..) => self.fault(
                Diagnostic::error(&codes::E0326, expr.span, "`within` belongs into a `check`")
                    .help("write `check { loudness(master) within 0.5LU of -14LUFS }`"),
            ),
        }
    }

    /// Reports a fault and goes on with a value that says nothing more.
    pub(crate) fn fault(&mut self, fault: Diagnostic) -> Value {
        self.report(fault);
        Value::Error
    }

    fn quantity(&mut self, q: &tree::Quantity, span: Span) -> Value {
        let bars = q.unit.as_ref().is_some_and(|u| u.name == "bar" || u.name == "bars");
        if bars || q.unit.as_ref().is_some_and(|u| u.name == "beat" || u.name == "beats") {
            self.needs_tempo(span);
        }
        if bars && !self.song.timeline.uniform() {
            return Value::Bars(q.value);
        }
        match units::quantity(q, span, &self.song.units) {
            Ok((x, ty)) => Value::Quantity(x, ty),
            Err(fault) => self.fault(fault),
        }
    }

    fn position(&mut self, p: &Position, span: Span, env: &Env) -> Value {
        match p {
            Position::Bar(bar, beat) => self.bar_position(f64::from(*bar), f64::from(*beat), span),
            Position::Clock(seconds) => Value::Position(Pos::Seconds(*seconds)),
            Position::Quantity(q) => match self.quantity(q, span) {
                Value::Quantity(s, Type::Time) => Value::Position(Pos::Seconds(s)),
                Value::Quantity(beats, Type::Musical) => Value::Position(Pos::Beat(beats)),
                Value::Error => Value::Error,
                other => self.fault(
                    Diagnostic::error(
                        &codes::E0321,
                        span,
                        format!("a position cannot be made of {}", units::describe(&other.ty())),
                    )
                    .help("write a bar (`@9`, `@40.3`) or a time on the clock (`@90s`, `@1:23.5`)"),
                ),
            },
            Position::Expr(e) => match self.eval(e, env) {
                Value::Quantity(bar, Type::Number) => self.bar_position(bar, 1.0, span),
                Value::Quantity(s, Type::Time) => Value::Position(Pos::Seconds(s)),
                Value::Position(p) => Value::Position(p),
                Value::Unknown(_) => Value::Unknown(Type::Position),
                Value::Error => Value::Error,
                other => self.fault(
                    Diagnostic::error(
                        &codes::E0321,
                        span,
                        format!("a position cannot be made of {}", units::describe(&other.ty())),
                    )
                    .help("inside `@( … )` stands a bar number or a time: `@(9 + 4*i)`"),
                ),
            },
        }
    }

    fn bar_position(&mut self, bar: f64, beat: f64, span: Span) -> Value {
        match self.song.timeline.bar_beat(bar, beat) {
            Ok(beats) => {
                // `@1` is where the song starts at any tempo.
                if beats != 0.0 {
                    self.needs_tempo(span);
                }
                Value::Position(Pos::Beat(beats))
            }
            Err((message, help)) => self.fault(Diagnostic::error(&codes::E0322, span, message).help(help)),
        }
    }

    fn text(&mut self, parts: &[StrPart], span: Span, env: &Env) -> Value {
        if let [StrPart::Text(text)] = parts {
            return Value::text(text.as_str());
        }
        let mut out = String::new();
        let mut known = true;
        for part in parts {
            match part {
                StrPart::Text(text) => out.push_str(text),
                StrPart::Expr(e) => {
                    let value = self.eval(e, env);
                    match value {
                        Value::Error => return Value::Error,
                        Value::Unknown(_) => known = false,
                        value => match self.print(&value) {
                            Some(text) => out.push_str(&text),
                            None => {
                                let what = units::describe(&value.ty());
                                return self.fault(
                                    Diagnostic::error(&codes::E0323, e.span, format!("{what} cannot stand in a text"))
                                        .help("put in numbers, quantities, texts and positions; join a list with `join(list, \", \")`"),
                                );
                            }
                        },
                    }
                }
            }
            if !self.may_text(out.len(), span) {
                return Value::Error;
            }
        }
        if known { Value::text(out) } else { Value::Unknown(Type::Text) }
    }

    fn list(&mut self, items: &[Expr], span: Span, env: &Env, want: Option<&Type>) -> Value {
        let inner = match want {
            Some(Type::List(of)) => Some(&**of),
            _ => None,
        };
        let mut out = Vec::with_capacity(items.len());
        for item in items {
            match self.eval_want(item, env, inner) {
                // A span of the song is one element; numbers are counted.
                Value::Range(ends) if matches!(ends.0, Value::Position(_)) => out.push(Value::Range(ends)),
                Value::Range(ends) => match self.range_items(&ends, item.span) {
                    Some(numbers) => out.extend(numbers),
                    None => out.push(Value::Error),
                },
                value => out.push(value),
            }
        }
        if !self.may_list(out.len(), span) {
            return Value::Error;
        }
        Value::list(out)
    }

    fn record(&mut self, fields: &[(tree::Ident, Expr)], env: &Env) -> Value {
        let mut out: Vec<(String, Value)> = Vec::with_capacity(fields.len());
        for (name, value) in fields {
            let value = self.eval(value, env);
            if out.iter().any(|(n, _)| *n == name.name) {
                self.report(
                    Diagnostic::error(&codes::E0212, name.span, format!("the record holds `{}` twice", name.name))
                        .help("rename one of the two fields"),
                );
                continue;
            }
            out.push((name.name.clone(), value));
        }
        Value::Record(Rc::new(out))
    }
}
