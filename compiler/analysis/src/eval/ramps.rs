//! Segments of curves: joined points, steps and ramps. Always true: segments follow each other without gaps; a ramp
//! that is cut ends at the value it had reached.

use crate::codes;
use crate::session::Session;
use crate::types::Type;
use crate::units::literal;
use mixdown_layout::{CELL, Curve, Segment, Shape, Side};
use mixdown_syntax::{Diagnostic, Span};

/// A point of a curve, evaluated.
pub(super) struct Point {
    /// Its sample.
    pub at: i64,
    /// Where its ramp ends.
    pub until: Option<i64>,
    /// Canonical.
    pub value: f64,
    /// The word behind it.
    pub shape: Option<Shape>,
    /// Its place.
    pub span: Span,
}

impl Session<'_> {
    /// Points joined by one shape.
    pub(super) fn joined(&mut self, shape: Shape, first: f64, points: &[Point], ty: &Type) -> Option<Curve> {
        let mut segments = Vec::with_capacity(points.len());
        for pair in points.windows(2) {
            let (a, b) = (&pair[0], &pair[1]);
            let shape = self.ramp(shape, a.value, b.value, ty, b.span)?;
            segments.push(Segment { start: a.at, end: b.at, from: a.value, to: b.value, shape });
        }
        segments.extend(points.last().map(|p| hold(p.at, p.at, p.value)));
        Some(Curve { before: first, segments })
    }

    /// Points that step, or ramp where they say `over`.
    pub(super) fn stepped(&mut self, first: f64, points: &[Point], ty: &Type) -> Option<Curve> {
        let mut segments = Vec::new();
        let mut now = first;
        for (i, point) in points.iter().enumerate() {
            let next = points.get(i + 1).map(|p| p.at);
            let until = point.until.filter(|u| *u > point.at);
            let Some(until) = until else {
                segments.push(hold(point.at, next.unwrap_or(point.at), point.value));
                now = point.value;
                continue;
            };
            let shape = point.shape.unwrap_or(default_shape(ty));
            let shape = self.ramp(shape, now, point.value, ty, point.span)?;
            let ramp = Segment { start: point.at, end: until, from: now, to: point.value, shape };
            match next {
                Some(next) if next < until => {
                    let reached = value_at(&ramp, next);
                    self.report(
                        Diagnostic::warning(&codes::E0344, point.span, "this ramp is cut by the next point")
                            .at(format!("reaches {} of {}", literal(reached, ty), literal(point.value, ty)))
                            .label(points[i + 1].span, "cuts it")
                            .help("shorten `over`, or move the next point"),
                    );
                    cut(&ramp, next, &mut segments);
                    now = reached;
                }
                _ => {
                    segments.push(ramp);
                    now = point.value;
                    segments.push(hold(until, next.unwrap_or(until), now));
                }
            }
        }
        Some(Curve { before: first, segments })
    }

    /// The shape that a ramp really has, or the fault of one that cannot be.
    fn ramp(&mut self, shape: Shape, from: f64, to: f64, ty: &Type, span: Span) -> Option<Shape> {
        if from == f64::NEG_INFINITY || to == f64::NEG_INFINITY {
            return Some(if from == to { Shape::Hold } else { Shape::Amplitude });
        }
        if shape == Shape::Exp && (from == 0.0 || to == 0.0 || (from < 0.0) != (to < 0.0)) {
            let message = format!("equal ratios cannot lead from {} to {}", literal(from, ty), literal(to, ty));
            let help = match ty {
                Type::Level | Type::DbFs | Type::DbTp | Type::Lufs => {
                    "decibels count ratios already: a `linear` ramp in dB is the exponential one of the sound; write `linear`"
                }
                _ => "both ends of an `exp` ramp have one sign and are not 0; write `linear` instead",
            };
            self.report(Diagnostic::error(&codes::E0345, span, message).help(help));
            return None;
        }
        Some(shape)
    }
}

/// A piece that stays.
pub(crate) fn hold(start: i64, end: i64, value: f64) -> Segment {
    Segment { start, end, from: value, to: value, shape: Shape::Hold }
}

/// How values of a type move where nothing is said.
pub(crate) fn default_shape(ty: &Type) -> Shape {
    if *ty == Type::Frequency { Shape::Exp } else { Shape::Linear }
}

fn value_at(ramp: &Segment, at: i64) -> f64 {
    Curve { before: ramp.from, segments: vec![*ramp] }.eval(at, Side::Right)
}

/// The part of a ramp before `end`. Straight and exponential parts are of their own kind again; of a smooth one the
/// grid points are kept, between which the engine goes straight anyway.
fn cut(ramp: &Segment, end: i64, out: &mut Vec<Segment>) {
    if ramp.shape != Shape::Smooth {
        out.push(Segment { end, to: value_at(ramp, end), ..*ramp });
        return;
    }
    let cell = CELL as i64;
    let mut start = ramp.start;
    while start < end {
        let next = ((start.div_euclid(cell) + 1) * cell).min(end);
        let (from, to) = (value_at(ramp, start), value_at(ramp, next));
        out.push(Segment { start, end: next, from, to, shape: Shape::Linear });
        start = next;
    }
}
