//! Fader and level steps are declicked over 5 ms: a step of a curve that is a level becomes a ramp that starts where
//! the step stood. Always true: ramps that were written stay as they are.

use super::walk::map_curves;
use crate::body::{Expr, ExprKind};
use crate::session::Session;
use mixdown_layout::{Curve, Segment, Shape};

/// Seconds of a declicked step.
const DECLICK: f64 = 0.005;

impl Session<'_> {
    /// A level whose curves have no steps.
    pub(super) fn declicked(&mut self, mut expr: Expr) -> Expr {
        if matches!(expr.kind, ExprKind::Number(_)) {
            return expr;
        }
        let length = self.song.timeline.samples(DECLICK).max(1) as i64;
        let curves = &mut self.curves;
        map_curves(&mut expr, &mut |index| {
            let Some(curve) = curves.list.get(index as usize) else { return index };
            match without_steps(curve, length) {
                Some(curve) => curves.add(curve),
                None => index,
            }
        });
        expr
    }
}

/// The curve with ramps for steps; `None` where it has none.
fn without_steps(curve: &Curve, length: i64) -> Option<Curve> {
    let mut out: Vec<Segment> = Vec::with_capacity(curve.segments.len() + 2);
    let mut now = curve.before;
    let mut changed = false;
    for (i, s) in curve.segments.iter().enumerate() {
        let end = if s.shape == Shape::Hold { s.from } else { s.to };
        if s.from == now || s.start <= 0 {
            out.push(*s);
            now = end;
            continue;
        }
        changed = true;
        let infinite = now == f64::NEG_INFINITY || s.from == f64::NEG_INFINITY;
        let shape = if infinite { Shape::Amplitude } else { Shape::Linear };
        if s.shape == Shape::Hold {
            // The last piece has no end of its own, so its ramp takes its full length.
            let last = i + 1 == curve.segments.len();
            let until = if last { s.start + length } else { s.end.min(s.start + length) };
            out.push(Segment { start: s.start, end: until, from: now, to: s.from, shape });
            out.push(Segment { start: until, end: s.end.max(until), ..*s });
        } else {
            // A step into a moving piece: the ramp comes before it, within what stays there.
            let room = out.last().map_or(length, |p| if p.shape == Shape::Hold { p.end - p.start } else { 0 });
            let start = (s.start - length.min(room)).max(0);
            if let Some(before) = out.last_mut() {
                before.end = start.max(before.start);
            }
            if start < s.start {
                out.push(Segment { start, end: s.start, from: now, to: s.from, shape });
            }
            out.push(*s);
        }
        now = end;
    }
    changed.then_some(Curve { before: curve.before, segments: out })
}
