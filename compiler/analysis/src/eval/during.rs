//! `V during SPAN over D else W`: V inside the span, W outside, moving between them over D, centred on the edges
//! (10 ms where none is given). Always true: spans that touch are one; an edge at or before the first sample is no
//! edge; ramps never reach across each other.

use super::Wanted;
use super::env::Env;
use super::ramps::{default_shape, hold};
use super::value::{Pos, SectionRef, Value};
use crate::body::{BinaryOp, Expr, ExprKind};
use crate::codes;
use crate::session::Session;
use crate::types::Type;
use crate::units::describe;
use mixdown_layout::{Curve, Segment, Shape, Side};
use mixdown_syntax::tree;
use mixdown_syntax::{Diagnostic, Span};

/// Seconds that an edge takes where nothing is said.
const EDGE: f64 = 0.010;

/// `during` as written.
pub(crate) struct During<'a> {
    /// V.
    pub value: Option<&'a tree::Expr>,
    /// The span.
    pub span: &'a tree::Expr,
    /// D.
    pub over: Option<&'a tree::Expr>,
    /// W.
    pub otherwise: Option<&'a tree::Expr>,
    /// The whole.
    pub at: Span,
}

impl<'a> During<'a> {
    /// The parts of an expression that is one.
    pub fn of(expr: &'a tree::Expr) -> Option<During<'a>> {
        match &expr.kind {
            tree::ExprKind::During { value, span, over, otherwise } => Some(During {
                value: value.as_deref(),
                span,
                over: over.as_deref(),
                otherwise: otherwise.as_deref(),
                at: expr.span,
            }),
            _ => None,
        }
    }
}

/// A ramp around an edge, in samples; `up` goes into the span.
struct Edge {
    from: i64,
    to: i64,
    up: bool,
}

/// When a span holds.
pub(crate) struct Gate {
    /// It holds at the first sample already.
    open: bool,
    edges: Vec<Edge>,
}

impl Session<'_> {
    /// The value of a `during` with what stands outside where nothing is written.
    pub(crate) fn during_or(&mut self, it: &During, outside: Option<Value>, env: &Env, want: Option<&Type>) -> Value {
        let gate = self.gate(it, env);
        let Some(written) = it.value else {
            return self.fault(
                Diagnostic::error(&codes::E0346, it.at, "`during` without a value")
                    .help("write the value it has there: `+2dB during chorus`"),
            );
        };
        let inside = self.eval_want(written, env, want);
        let outside = match (it.otherwise, outside) {
            (Some(e), _) => {
                let ty = inside.ty();
                let value = self.eval_want(e, env, want.or(Some(&ty)));
                let example = "-6dB during chorus else off";
                match (&ty, value) {
                    (Type::Error, value) => value,
                    (ty, value) => self.fit(value, &Wanted { who: "else", ty, example }, e.span),
                }
            }
            (None, Some(value)) => value,
            (None, None) => {
                let text = self.sources.text(it.at);
                let side = matches!(&written.kind, tree::ExprKind::Name(name) if self.is_side(&name.name));
                let outside = match inside.ty() {
                    Type::Level => "0dB",
                    _ if side => "C",
                    ty => crate::algebra::example(&ty),
                };
                let mut help = format!("say it with `else`: `{text} else {outside}`");
                if inside.ty() == Type::Level {
                    // The one move that leaves a level as it is outside.
                    help += &format!("; a move on top of the fader is `ride {text}`");
                }
                return self.fault(
                    Diagnostic::error(&codes::E0346, it.at, "what is it outside of this span?").help(help),
                );
            }
        };
        let Some(gate) = gate else { return Value::Error };
        if let (Value::Quantity(v, ty), Value::Signal(outer)) = (&inside, &outside)
            && let Some(around) = self.steps_and_ramps(&outer.expr)
        {
            return self.curve_value(gate.over(*v, &around, default_shape(ty)), ty.clone(), it.at);
        }
        match (inside, outside) {
            (Value::Error, _) | (_, Value::Error) => Value::Error,
            (Value::Unknown(ty), _) | (_, Value::Unknown(ty)) => Value::Unknown(ty),
            (Value::Quantity(v, ty), Value::Quantity(w, _)) => {
                let shape = default_shape(&ty);
                self.curve_value(gate.curve(v, w, shape), ty, it.at)
            }
            (Value::Switch(v), Value::Switch(w)) => {
                let steps = gate.steps(f64::from(u8::from(v)), f64::from(u8::from(w)));
                let curve = self.curve_value(steps, Type::Number, it.at);
                self.combine(BinaryOp::Gt, curve, Value::number(0.5), [it.at; 4])
            }
            (inside, Value::Quantity(w, Type::Level)) if w == f64::NEG_INFINITY => {
                let open = self.curve_value(gate.curve(0.0, w, Shape::Linear), Type::Level, it.at);
                self.combine(BinaryOp::Add, inside, open, [it.at; 4])
            }
            (inside @ Value::Signal(_), outside) => {
                let way = self.curve_value(gate.curve(1.0, 0.0, Shape::Linear), Type::Number, it.at);
                let difference = self.combine(BinaryOp::Sub, inside, outside.clone(), [it.at; 4]);
                let part = self.combine(BinaryOp::Mul, difference, way, [it.at; 4]);
                self.combine(BinaryOp::Add, outside, part, [it.at; 4])
            }
            (inside, outside) => {
                let what = if inside.is_signal() { outside.ty() } else { inside.ty() };
                self.fault(
                    Diagnostic::error(&codes::E0346, it.at, format!("{} cannot change during a span", describe(&what)))
                        .help("write levels, quantities or switches on both sides; behind `else` another `during` or a curve may stand"),
                )
            }
        }
    }

    /// `L30`, `R60`, `C`.
    fn is_side(&self, word: &str) -> bool {
        word.starts_with(['L', 'R', 'C']) && super::word_value(word).is_some()
    }

    /// A curve that another `during` may cut: what a `during` or a `curve` of straight and exponential ramps has made.
    fn steps_and_ramps(&self, expr: &Expr) -> Option<Curve> {
        let ExprKind::Curve(index) = expr.kind else { return None };
        let curve = self.curves.list.get(index as usize)?;
        curve.segments.iter().all(|s| s.shape != Shape::Smooth).then(|| curve.clone())
    }

    /// The factor of a mute: 0 inside, 1 outside.
    pub(crate) fn mute_during(&mut self, it: &During, env: &Env) -> Option<Expr> {
        let gate = self.gate(it, env)?;
        let index = self.curves.add(gate.curve(0.0, 1.0, Shape::Linear));
        Some(Expr { kind: ExprKind::Curve(index), ty: Type::Number, span: it.at })
    }

    fn gate(&mut self, it: &During, env: &Env) -> Option<Gate> {
        if let tree::ExprKind::Binary(tree::BinaryOp::And | tree::BinaryOp::Or, _, a, b) = &it.span.kind {
            let list = format!("[{}, {}]", self.sources.text(a.span), self.sources.text(b.span));
            let fault = Diagnostic::error(&codes::E0347, it.span.span, "several spans are a list, not a condition");
            self.report(fault.help(format!("write `during {list}`")).fix(format!("write `{list}`"), it.span.span, list));
            return None;
        }
        if let Some(right) = self.span_of_difference(it.span) {
            let fault = Diagnostic::error(&codes::E0347, it.span.span, "a span of the song is written with `..`");
            self.report(fault.help(format!("write `during {right}`")).fix(format!("write `{right}`"), it.span.span, right));
            return None;
        }
        let value = self.eval_want(it.span, env, Some(&Type::Section));
        let over = match it.over {
            Some(e) => (self.eval(e, env), e.span),
            None => (Value::Quantity(EDGE, Type::Time), it.at),
        };
        let mut spans = Vec::new();
        if !self.spans_of(&value, it.span.span, &mut spans) {
            return None;
        }
        match &over.0 {
            Value::Error => return None,
            Value::Quantity(x, Type::Time | Type::Musical) | Value::Bars(x) if *x >= 0.0 => {}
            Value::Unknown(_) => return Some(Gate { open: false, edges: Vec::new() }),
            other => {
                let what = describe(&other.ty());
                self.report(
                    Diagnostic::error(
                        &codes::E0343,
                        over.1,
                        format!("`over` takes a time or a musical time, and this is {what}"),
                    )
                    .help("write `over 1beat` or `over 200ms`"),
                );
                return None;
            }
        }
        Some(self.edges(spans, &over.0))
    }

    /// Collects the spans a value names; `false` after a fault.
    fn spans_of(&mut self, value: &Value, at: Span, out: &mut Vec<(Pos, Option<Pos>)>) -> bool {
        match value {
            Value::Section(section) => {
                out.extend(self.section_spans(*section));
                true
            }
            Value::Range(ends) => match (&ends.0, &ends.1) {
                (Value::Position(a), Value::Position(b)) => {
                    if self.song.timeline.sample(*a) >= self.song.timeline.sample(*b) {
                        self.report(
                            Diagnostic::error(&codes::E0347, at, "this span ends before it starts")
                                .help("write the earlier position first: `@40 .. @41`"),
                        );
                        return false;
                    }
                    out.push((*a, Some(*b)));
                    true
                }
                _ => self.no_span(&ends.0.ty(), at),
            },
            Value::List(items) => items.iter().all(|item| self.spans_of(item, at, out)),
            Value::Unknown(_) => true,
            Value::Error => false,
            other => self.no_span(&other.ty(), at),
        }
    }

    /// `@9 - @17`, where a span was meant.
    pub(crate) fn span_of_difference(&self, e: &tree::Expr) -> Option<String> {
        let tree::ExprKind::Binary(tree::BinaryOp::Sub, _, a, b) = &e.kind else { return None };
        let place = |e: &tree::Expr| matches!(e.kind, tree::ExprKind::Position(_));
        (place(a) && place(b)).then(|| format!("{} .. {}", self.sources.text(a.span), self.sources.text(b.span)))
    }

    fn no_span(&mut self, ty: &Type, at: Span) -> bool {
        self.report(
            Diagnostic::error(
                &codes::E0347,
                at,
                format!("`during` takes a span of the song, and this is {}", describe(ty)),
            )
            .help("name a section (`during chorus`) or write two positions: `during @40.3 .. @41.1`"),
        );
        false
    }

    /// Spans in the order of time, those that touch as one.
    fn merged(&self, mut spans: Vec<(Pos, Option<Pos>)>) -> Vec<(Pos, Option<Pos>)> {
        let time = &self.song.timeline;
        spans.sort_by_key(|(start, _)| time.sample(*start));
        let mut merged: Vec<(Pos, Option<Pos>)> = Vec::with_capacity(spans.len());
        for (start, end) in spans {
            match merged.last_mut() {
                Some((_, last)) if last.is_none_or(|last| time.sample(last) >= time.sample(start)) => {
                    let later = match (*last, end) {
                        (Some(a), Some(b)) => Some(if time.sample(a) >= time.sample(b) { a } else { b }),
                        _ => None,
                    };
                    *last = later;
                }
                _ => merged.push((start, end)),
            }
        }
        merged
    }

    /// The parts of the song that a span names, in samples: first, and one past the last. `None` after a fault.
    pub(crate) fn parts(&mut self, span: &tree::Expr, env: &Env) -> Option<Vec<(u64, Option<u64>)>> {
        let value = self.eval_want(span, env, Some(&Type::Section));
        let mut spans = Vec::new();
        if !self.spans_of(&value, span.span, &mut spans) {
            return None;
        }
        let sample = |p: Pos| u64::try_from(self.song.timeline.sample(p)).unwrap_or(0);
        Some(self.merged(spans).into_iter().map(|(start, end)| (sample(start), end.map(sample))).collect())
    }

    fn edges(&self, spans: Vec<(Pos, Option<Pos>)>, over: &Value) -> Gate {
        let time = &self.song.timeline;
        let merged = self.merged(spans);
        let mut gate = Gate { open: false, edges: Vec::new() };
        let around = |p: Pos| {
            let end = |sign: f64| self.shift(p, over, sign * 0.5).map_or(0, |p| time.sample(p));
            (end(-1.0), end(1.0))
        };
        for (start, end) in merged {
            if time.sample(start) <= 0 {
                gate.open = true;
            } else {
                let (from, to) = around(start);
                gate.edges.push(Edge { from, to, up: true });
            }
            if let Some(end) = end
                && time.sample(end) > 0
            {
                let (from, to) = around(end);
                gate.edges.push(Edge { from, to, up: false });
            }
        }
        for i in 1..gate.edges.len() {
            let (before, after) = (gate.edges[i - 1].to, gate.edges[i].from);
            if before > after {
                let middle = before + (after - before) / 2;
                gate.edges[i - 1].to = middle.max(gate.edges[i - 1].from);
                gate.edges[i].from = middle.min(gate.edges[i].to);
            }
        }
        gate
    }
}

impl Gate {
    /// `inside` where the span holds, `outside` elsewhere, ramps around the edges.
    fn curve(&self, inside: f64, outside: f64, shape: Shape) -> Curve {
        self.build(inside, outside, shape, |e| (e.from, e.to))
    }

    /// The same with steps in the middle of the edges.
    fn steps(&self, inside: f64, outside: f64) -> Curve {
        self.build(inside, outside, Shape::Hold, |e| {
            let middle = e.from + (e.to - e.from) / 2;
            (middle, middle)
        })
    }

    /// `inside` where the span holds and a curve elsewhere, ramps around the edges.
    fn over(&self, inside: f64, around: &Curve, shape: Shape) -> Curve {
        let mut segments: Vec<Segment> = Vec::new();
        let mut resumes = (!self.open).then_some(i64::MIN);
        for (i, edge) in self.edges.iter().enumerate() {
            if let Some(from) = resumes.take_if(|_| edge.up) {
                clip(around, from, edge.from, &mut segments);
            }
            let outside = around.eval(if edge.up { edge.from } else { edge.to }, Side::Right);
            let (from, to) = if edge.up { (outside, inside) } else { (inside, outside) };
            if edge.to > edge.from {
                segments.push(Segment { start: edge.from, end: edge.to, from, to, shape: ramp_shape(shape, from, to) });
            }
            if edge.up {
                let next = self.edges.get(i + 1).map_or(edge.to, |e| e.from);
                segments.push(hold(edge.to, next, inside));
            } else {
                resumes = Some(edge.to);
            }
        }
        if let Some(from) = resumes {
            clip(around, from, i64::MAX, &mut segments);
        }
        Curve { before: if self.open { inside } else { around.before }, segments }
    }

    fn build(&self, inside: f64, outside: f64, shape: Shape, place: impl Fn(&Edge) -> (i64, i64)) -> Curve {
        let shape = ramp_shape(shape, inside, outside);
        let before = if self.open { inside } else { outside };
        let mut segments: Vec<Segment> = Vec::with_capacity(self.edges.len() * 2);
        for (i, edge) in self.edges.iter().enumerate() {
            let (start, end) = place(edge);
            let (from, to) = if edge.up { (outside, inside) } else { (inside, outside) };
            if end > start {
                segments.push(Segment { start, end, from, to, shape });
            }
            let next = self.edges.get(i + 1).map_or(end, |e| place(e).0);
            segments.push(hold(end, next, to));
        }
        Curve { before, segments }
    }
}

/// The shape of a ramp between two values: in amplitude where one is silence, straight where no ratio leads across.
fn ramp_shape(shape: Shape, a: f64, b: f64) -> Shape {
    let ratio = a != 0.0 && b != 0.0 && (a < 0.0) == (b < 0.0);
    match shape {
        _ if a == f64::NEG_INFINITY || b == f64::NEG_INFINITY => Shape::Amplitude,
        Shape::Exp if !ratio => Shape::Linear,
        shape => shape,
    }
}

/// What a curve does between two samples.
fn clip(curve: &Curve, from: i64, to: i64, out: &mut Vec<Segment>) {
    let first = curve.segments.first().map_or(i64::MAX, |s| s.start);
    if i64::MIN < from && from < first.min(to) {
        out.push(hold(from, first.min(to), curve.before));
    }
    for s in &curve.segments {
        let (start, end) = (s.start.max(from), s.end.min(to));
        if start < end {
            let alone = Curve { before: s.from, segments: vec![*s] };
            let (from, to) = (alone.eval(start, Side::Right), if end == s.end { s.to } else { alone.eval(end, Side::Right) });
            out.push(Segment { start, end, from, to, ..*s });
        }
    }
    if let Some(last) = curve.segments.last().filter(|last| last.end < to) {
        let start = last.end.max(from);
        out.push(hold(start, if to == i64::MAX { start } else { to }, last.to));
    }
}

impl Session<'_> {
    /// A section's name that is not there.
    pub(super) fn no_section(&mut self, name: &tree::Ident) -> Value {
        let names: Vec<String> = self.song.sections.iter().map(|s| s.name.name.clone()).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let fault = Diagnostic::error(&codes::E0202, name.span, format!("no section is called `{}`", name.name));
        self.fault(crate::modules::suggest(fault, name, &names, "the sections are"))
    }

    /// Every repeat of a section as a value of its own.
    pub(crate) fn section_repeats(&mut self, section: SectionRef) -> Vec<Value> {
        match section.repeat {
            Some(_) => vec![Value::Section(section)],
            None => {
                let count = self.song.sections.get(section.index).map_or(0, |s| s.starts.len());
                (0..count).map(|n| Value::Section(SectionRef { index: section.index, repeat: Some(n) })).collect()
            }
        }
    }
}
