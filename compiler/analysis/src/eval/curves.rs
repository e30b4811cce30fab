//! Curves (semantics, section 4): literals to [`Curve`]s of the Mix. Always true: equal curves are one entry; points
//! ascend strictly in samples; a ramp that is cut ends at the value it had reached.

use super::Wanted;
use super::env::Env;
use super::ramps::Point;
use super::value::{Pos, Size, Value};
use crate::body::{Expr, ExprKind};
use crate::codes;
use crate::session::Session;
use crate::types::Type;
use crate::units::describe;
use mixdown_layout::{Curve, Shape};
use mixdown_syntax::tree::{self, CurvePoint, Ident};
use mixdown_syntax::{Diagnostic, Span};
use std::collections::HashMap;

/// Curves of the Mix.
#[derive(Default)]
pub(crate) struct CurveTable {
    /// In the order they were made.
    pub list: Vec<Curve>,
    known: HashMap<Vec<u64>, u32>,
    /// Values of the points of the curves that are written in the text, by the place of the curve, each with its own.
    points: HashMap<Span, Vec<(f64, Span)>>,
}

impl CurveTable {
    /// The index of a curve; equal ones share it.
    pub fn add(&mut self, curve: Curve) -> u32 {
        let mut key = vec![curve.before.to_bits()];
        for s in &curve.segments {
            key.extend([s.start as u64, s.end as u64, s.from.to_bits(), s.to.to_bits(), s.shape as u64]);
        }
        let next = self.list.len() as u32;
        let index = *self.known.entry(key).or_insert(next);
        if index == next {
            self.list.push(curve);
        }
        index
    }

    /// The first value of a curve that lies outside of a range, and where it is written.
    fn outside(&self, expr: &Expr, (low, high): (f64, f64)) -> Option<(f64, Span)> {
        let ExprKind::Curve(index) = expr.kind else { return None };
        let outside = |x: f64| !(low..=high).contains(&x) && !x.is_nan();
        if let Some(found) = self.points.get(&expr.span).and_then(|points| points.iter().find(|(x, _)| outside(*x))) {
            return Some(*found);
        }
        let curve = self.list.get(index as usize)?;
        let mut values = std::iter::once(curve.before).chain(curve.segments.iter().flat_map(|s| [s.from, s.to]));
        values.find(|x| outside(*x)).map(|x| (x, expr.span))
    }
}

impl Session<'_> {
    /// The constant, or the point of a curve, that lies outside of a range, and where it is written. What else moves is
    /// held in its range when it plays.
    pub(crate) fn outside(&self, value: &Value, range: (f64, f64), span: Span) -> Option<(f64, Span)> {
        match value {
            Value::Quantity(x, _) => (!(range.0..=range.1).contains(x)).then_some((*x, span)),
            Value::Signal(signal) => self.curves.outside(&signal.expr, range),
            _ => None,
        }
    }

    pub(super) fn curve(
        &mut self,
        shape: Option<&Ident>,
        points: &[CurvePoint],
        span: Span,
        env: &Env,
        want: Option<&Type>,
    ) -> Value {
        let joined = match shape {
            None => None,
            Some(word) => match self.shape(word) {
                Some(shape) => Some(shape),
                None => return Value::Error,
            },
        };
        let Some((ty, first, points)) = self.points(points, joined.is_some(), span, env, want) else {
            return Value::Error;
        };
        let Some(first) = first.or(points.first().map(|p| p.value)) else {
            return Value::Unknown(ty);
        };
        if first.is_nan() || points.iter().any(|p| p.value.is_nan()) {
            return Value::Unknown(ty);
        }
        let curve = match joined {
            Some(shape) => self.joined(shape, first, &points, &ty),
            None => self.stepped(first, &points, &ty),
        };
        match curve {
            Some(curve) => self.curve_value(curve, ty, span),
            None => Value::Error,
        }
    }

    /// A curve as a value.
    pub(crate) fn curve_value(&mut self, curve: Curve, ty: Type, span: Span) -> Value {
        let index = self.curves.add(curve);
        Value::signal(Expr { kind: ExprKind::Curve(index), ty, span }, Size::LEAF)
    }

    fn shape(&mut self, word: &Ident) -> Option<Shape> {
        Some(match word.name.as_str() {
            "linear" => Shape::Linear,
            "exp" => Shape::Exp,
            "smooth" => Shape::Smooth,
            _ => {
                let fault =
                    Diagnostic::error(&codes::E0340, word.span, format!("no curve has the shape `{}`", word.name));
                self.report(crate::modules::suggest(fault, word, &["linear", "exp", "smooth"], "the shapes are"));
                return None;
            }
        })
    }

    /// Evaluates points: their type, the value before the first, and the points. Unknown values are NaN.
    fn points(
        &mut self,
        points: &[CurvePoint],
        joined: bool,
        span: Span,
        env: &Env,
        want: Option<&Type>,
    ) -> Option<(Type, Option<f64>, Vec<Point>)> {
        let mut ty: Option<Type> = None;
        let mut first = None;
        let mut out: Vec<Point> = Vec::with_capacity(points.len());
        let mut ok = true;
        let mut unknown = false;
        let mut written = Vec::with_capacity(points.len());
        for (i, point) in points.iter().enumerate() {
            if let Some(fault) = self.no_arrow(point) {
                self.report(fault);
                ok = false;
                continue;
            }
            let value = self.curve_number(&point.value, env, &mut ty, want);
            written.extend(value.map(|x| (x, point.value.span)));
            let Some(at) = &point.at else {
                if i > 0 {
                    self.report(
                        Diagnostic::error(
                            &codes::E0341,
                            point.span,
                            "a value without a position stands after the first place",
                        )
                        .help("say from where it counts: `@9 => -3dB`; only the first value may stand alone"),
                    );
                    ok = false;
                }
                first = value;
                ok &= value.is_some();
                continue;
            };
            let place = self.eval_constant(at, env, &Wanted { who: "=>", ty: &Type::Position, example: "@9 => -3dB" });
            let until = match (&point.over, &place) {
                (Some(over), Value::Position(p)) => {
                    if joined {
                        self.report(
                            Diagnostic::error(&codes::E0341, over.span, "points of this curve are joined already")
                                .help("write `curve [ … ]` for ramps with `over`, or leave out `over`"),
                        );
                        ok = false;
                        None
                    } else if i == 0 {
                        self.report(
                            Diagnostic::error(
                                &codes::E0341,
                                point.span,
                                "the first point of a curve ramps from nowhere",
                            )
                            .help("say what stands before it: `curve [ -6dB, @9 => -3dB over 1bar ]`"),
                        );
                        ok = false;
                        None
                    } else {
                        let end = self.after(over, *p, env);
                        ok &= end.is_some();
                        end.map(|p| self.song.timeline.sample(p))
                    }
                }
                _ => None,
            };
            let shape = match &point.shape {
                Some(word) => self.shape(word),
                None => None,
            };
            match (place, value) {
                (Value::Position(p), Some(value)) => {
                    let at = self.song.timeline.sample(p);
                    if let Some(before) = out.last()
                        && before.at >= at
                    {
                        let fault =
                            Diagnostic::error(&codes::E0342, point.span, "points of a curve go forward in time")
                                .at("not later than the one before")
                                .label(before.span, "the one before")
                                .help("put the points in the order of time, each at its own sample");
                        self.report(fault);
                        ok = false;
                    }
                    out.push(Point { at, until, value, shape, span: point.span });
                }
                (Value::Unknown(_), Some(_)) => unknown = true,
                _ => ok = false,
            }
        }
        if points.is_empty() {
            self.report(
                Diagnostic::error(&codes::E0341, span, "a curve without points")
                    .help("write `curve [ -6dB, @9 => -3dB ]`"),
            );
            ok = false;
        }
        self.curves.points.insert(span, written);
        let ty = ty.unwrap_or(Type::Error);
        if unknown {
            return ok.then(|| (ty, None, Vec::new()));
        }
        ok.then_some((ty, first, out))
    }

    /// `@9 -3dB`, `(9, -3dB)`: a point whose place and value are joined otherwise than by `=>`.
    fn no_arrow(&self, point: &CurvePoint) -> Option<Diagnostic> {
        use tree::{BinaryOp, ExprKind};
        if point.at.is_some() {
            return None;
        }
        let text = |e: &tree::Expr| self.sources.text(e.span);
        let is_place = |e: &tree::Expr| matches!(e.kind, ExprKind::Position(_)) || text(e).ends_with(".start");
        let (at, value) = match &point.value.kind {
            ExprKind::Binary(op @ (BinaryOp::Sub | BinaryOp::Add), _, at, value) if is_place(at) => {
                (text(at).to_string(), format!("{}{}", if *op == BinaryOp::Sub { "-" } else { "+" }, text(value)))
            }
            ExprKind::Tuple(parts) if parts.len() == 2 => {
                let bar = matches!(&parts[0].kind, ExprKind::Quantity(q) if q.unit.is_none());
                (format!("{}{}", if bar { "@" } else { "" }, text(&parts[0])), text(&parts[1]).to_string())
            }
            _ => return None,
        };
        let right = format!("{at} => {value}");
        let message = "the place and the value of a point are joined by `=>`";
        let fault = Diagnostic::error(&codes::E0341, point.span, message).help(format!("write `{right}`"));
        Some(fault.fix(format!("write `{right}`"), point.span, right))
    }

    /// A value of a curve, in the type of the values before it.
    fn curve_number(&mut self, e: &tree::Expr, env: &Env, ty: &mut Option<Type>, want: Option<&Type>) -> Option<f64> {
        let wanted = ty.clone().or_else(|| want.cloned());
        let value = self.eval_want(e, env, wanted.as_ref());
        let (number, found) = match value {
            Value::Quantity(x, found) => (x, found),
            Value::Unknown(found) => (f64::NAN, found),
            Value::Error => return None,
            Value::Signal(_) => {
                self.report(
                    Diagnostic::error(&codes::E0325, e.span, "points of a curve are constants")
                        .at("moves by itself")
                        .help("add the two instead: `curve [ … ] + lfo( … )`"),
                );
                return None;
            }
            other => {
                self.report(
                    Diagnostic::error(
                        &codes::E0320,
                        e.span,
                        format!("a curve has no point that is {}", describe(&other.ty())),
                    )
                    .help("write numbers or quantities: `curve [ -6dB, @9 => -3dB ]`"),
                );
                return None;
            }
        };
        match ty {
            None => {
                let level_as_point = found == Type::Level && want == Some(&Type::DbFs);
                *ty = Some(if level_as_point { Type::DbFs } else { found });
                Some(number)
            }
            Some(first) if *first == found || found == Type::Error => Some(number),
            Some(Type::DbFs) if found == Type::Level => Some(number),
            Some(first) => {
                let message = format!("a curve of {} gets {}", describe(first), describe(&found));
                let fault = Diagnostic::error(&codes::E0320, e.span, message);
                self.report(match crate::args::meant(&found, first, None, &[], e) {
                    Some(meant) => meant.tell(fault, e),
                    None => fault.help("all points of a curve carry the same unit"),
                });
                None
            }
        }
    }

    /// Where something of this length ends that starts at a position.
    pub(crate) fn after(&mut self, length: &tree::Expr, start: Pos, env: &Env) -> Option<Pos> {
        let value = self.eval(length, env);
        let end = self.shift(start, &value, 1.0);
        if end.is_none() && !value.is_error() && !matches!(value, Value::Unknown(_)) {
            let message = format!("`over` takes a time or a musical time, and this is {}", describe(&value.ty()));
            let fault = Diagnostic::error(&codes::E0343, length.span, message);
            self.report(match &length.kind {
                tree::ExprKind::Quantity(q) if q.unit.is_none() => {
                    let unit = if q.value == 1.0 { "bar" } else { "bars" };
                    let after = Span { start: length.span.end, ..length.span };
                    let help = format!("write `over {0}{unit}`, or its length in beats or time: `{0}beats`, `{0}s`", q.value);
                    fault.help(help).fix(format!("add the unit `{unit}`"), after, unit)
                }
                _ => fault.help("write `over 1bar`, `over 2beats` or `over 500ms`"),
            });
        }
        let negative = match &value {
            Value::Quantity(x, _) | Value::Bars(x) => *x < 0.0,
            _ => false,
        };
        if negative {
            self.report(
                Diagnostic::error(&codes::E0343, length.span, "`over` goes forward in time")
                    .help("write how long it takes, without a minus"),
            );
            return None;
        }
        end
    }

    /// A position moved by a length times a factor; `None` for what is no length.
    pub(crate) fn shift(&self, start: Pos, length: &Value, times: f64) -> Option<Pos> {
        let time = &self.song.timeline;
        Some(match length {
            Value::Quantity(s, Type::Time) => Pos::Seconds(time.seconds(start) + s * times),
            Value::Quantity(beats, Type::Musical) => Pos::Beat(time.beats(start) + beats * times),
            Value::Bars(bars) => Pos::Beat(time.add_bars(start, bars * times)),
            _ => return None,
        })
    }
}
