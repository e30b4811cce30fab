//! Signatures, tempo and pickup: the map from bars to seconds. Always true: changes of signature stand at the start
//! of a bar; changes of both go forward; ramps of tempo are linear in bpm over beats (semantics, rule 14).

use super::time::Pos;
use crate::codes;
use crate::eval::Wanted;
use crate::eval::env::Env;
use crate::eval::value::Value;
use crate::mix::Meter;
use crate::session::Session;
use crate::types::Type;
use crate::units::describe;
use mixdown_layout::{TempoMap, TempoPoint};
use mixdown_syntax::tree::{self, BinaryOp, ExprKind, SongSetting};
use mixdown_syntax::{Diagnostic, Span};
use std::rc::Rc;

const TEMPO: Wanted<'static> = Wanted { who: "tempo", ty: &Type::Tempo, example: "tempo 118bpm" };
const PLACE: Wanted<'static> = Wanted { who: "from", ty: &Type::Position, example: "tempo 132bpm from @57" };

impl Session<'_> {
    /// `signature 4/4`, `signature 7/8 from @17`.
    pub(super) fn signatures(&mut self, lines: &[Rc<SongSetting>], env: &Env) {
        for (i, line) in lines.iter().enumerate() {
            let Some((beats, unit)) = self.signature_of(&line.value) else { continue };
            let Some(from) = &line.from else {
                if i > 0 {
                    self.second(line, &lines[0], "signature 7/8 from @17");
                    continue;
                }
                self.song.timeline.meters[0] = Meter { beat: 0.0, bar: 1, beats, unit };
                self.song.refresh_units();
                continue;
            };
            let Value::Position(place) = self.eval_constant(from, env, &PLACE) else { continue };
            let beat = self.song.timeline.beats(place);
            let (bar, inside) = self.song.timeline.bar_of(beat);
            if inside != 1.0 || matches!(place, Pos::Seconds(_)) {
                self.report(
                    Diagnostic::error(&codes::E0502, from.span, "a signature changes at the start of a bar")
                        .help(format!("write `from @{bar}`")),
                );
                continue;
            }
            let meters = &mut self.song.timeline.meters;
            let bar = bar as u32;
            if meters.last().is_some_and(|m| m.bar > bar || (m.bar == bar && bar > 1)) {
                self.backwards(from.span, "signature");
                continue;
            }
            meters.retain(|m| m.bar != bar);
            meters.push(Meter { beat, bar, beats, unit });
            self.song.refresh_units();
        }
    }

    /// `4/4` as it is written: it is no division.
    fn signature_of(&mut self, value: &tree::Expr) -> Option<(u32, u32)> {
        let whole = |e: &tree::Expr| match &e.kind {
            ExprKind::Quantity(q) if q.unit.is_none() && q.value.fract() == 0.0 && q.value >= 1.0 => {
                Some(q.value as u32)
            }
            _ => None,
        };
        let parts = match &value.kind {
            ExprKind::Binary(BinaryOp::Div, _, a, b) => whole(a).zip(whole(b)),
            _ => None,
        };
        match parts {
            Some((beats, unit)) if beats <= 64 && unit <= 64 && unit.is_power_of_two() => Some((beats, unit)),
            _ => {
                self.report(
                    Diagnostic::error(&codes::E0502, value.span, "this is no signature")
                        .help("write two whole numbers, the lower one 1, 2, 4, 8, 16, 32 or 64: `signature 4/4`"),
                );
                None
            }
        }
    }

    /// `tempo 118bpm`, `tempo 132bpm from @57`, `tempo curve [ … ]`, and the pickup before `@1`.
    pub(super) fn tempos(&mut self, lines: &[Rc<SongSetting>], pickup: Option<&Rc<SongSetting>>, env: &Env) {
        self.song.tempo_assumed = lines.is_empty() && !(self.options.library && self.is_library());
        let mut points: Vec<TempoPoint> = Vec::new();
        for (i, line) in lines.iter().enumerate() {
            match (&line.value.kind, &line.from) {
                (ExprKind::Curve(shape, curve), None) => self.tempo_curve(shape.as_ref(), curve, &mut points, env),
                (_, from) => {
                    let Some(bpm) = self.bpm(&line.value, env) else { continue };
                    match from {
                        None if i > 0 => self.second(line, &lines[0], "tempo 132bpm from @57"),
                        None => points.push(point(0.0, bpm)),
                        Some(from) => {
                            let Value::Position(place) = self.eval_constant(from, env, &PLACE) else { continue };
                            self.song.timeline.tempo = build(&points, 0.0);
                            let beat = self.song.timeline.beats(place);
                            if points.is_empty() && beat > 0.0 {
                                points.push(point(0.0, 120.0));
                            }
                            if points.last().is_some_and(|p| p.beat >= beat && !(p.beat == 0.0 && beat == 0.0)) {
                                self.backwards(from.span, "tempo");
                                continue;
                            }
                            points.retain(|p| p.beat < beat);
                            points.push(point(beat, bpm));
                        }
                    }
                }
            }
        }
        if points.is_empty() {
            points.push(point(0.0, 120.0));
        }
        let first = points[0].bpm;
        self.song.timeline.tempo = build(&points, 0.0);
        let offset = pickup.map_or(0.0, |line| self.pickup(line, first, env));
        self.song.timeline.tempo = build(&points, offset);
    }

    /// A musical time in a song without a tempo: said of the first one.
    pub(crate) fn needs_tempo(&mut self, span: Span) {
        if self.dry == 0 && std::mem::take(&mut self.song.tempo_assumed) {
            self.report(
                Diagnostic::warning(&codes::E0507, span, "bars and beats need a tempo: 120 bpm is assumed")
                    .help("write the song's: `tempo 120bpm`"),
            );
        }
    }

    fn pickup(&mut self, line: &SongSetting, bpm: f64, env: &Env) -> f64 {
        let seconds = match self.eval(&line.value, env) {
            Value::Quantity(beats, Type::Musical) => beats * 60.0 / bpm,
            Value::Quantity(seconds, Type::Time) => seconds,
            Value::Bars(bars) => bars * self.song.timeline.first_bar() * 60.0 / bpm,
            Value::Error => return 0.0,
            other => {
                self.report(
                    Diagnostic::error(
                        &codes::E0501,
                        line.value.span,
                        format!("`pickup` takes a length, and this is {}", describe(&other.ty())),
                    )
                    .help("write `pickup 1beat`: `@1` stands so long after the first sample"),
                );
                return 0.0;
            }
        };
        if !(0.0..=3600.0).contains(&seconds) {
            self.report(
                Diagnostic::error(
                    &codes::E0501,
                    line.value.span,
                    "a pickup is not negative and not longer than an hour",
                )
                .help("write `pickup 1beat`"),
            );
            return 0.0;
        }
        seconds
    }

    fn bpm(&mut self, value: &tree::Expr, env: &Env) -> Option<f64> {
        let bpm = self.eval_number(value, env, &TEMPO)?;
        if !(1.0..=1000.0).contains(&bpm) {
            self.report(
                Diagnostic::error(&codes::E0501, value.span, format!("a tempo of {bpm}bpm"))
                    .help("a tempo lies between 1bpm and 1000bpm"),
            );
            return None;
        }
        Some(bpm)
    }

    fn tempo_curve(
        &mut self,
        shape: Option<&tree::Ident>,
        curve: &[tree::CurvePoint],
        out: &mut Vec<TempoPoint>,
        env: &Env,
    ) {
        let bad = shape.into_iter().chain(curve.iter().filter_map(|p| p.shape.as_ref())).find(|w| w.name != "linear");
        if let Some(word) = bad {
            self.report(
                Diagnostic::error(&codes::E0503, word.span, format!("a tempo does not move `{}`", word.name))
                    .help("ramps of tempo are linear in bpm over beats; leave the word out"),
            );
            return;
        }
        let mut now: Option<f64> = None;
        for (i, element) in curve.iter().enumerate() {
            let Some(bpm) = self.bpm(&element.value, env) else { return };
            let Some(at) = &element.at else {
                now = Some(bpm);
                out.push(point(0.0, bpm));
                continue;
            };
            let Value::Position(place) = self.eval_constant(at, env, &PLACE) else { return };
            self.song.timeline.tempo = build(out, 0.0);
            let beat = self.song.timeline.beats(place);
            if out.last().is_some_and(|p| p.beat > beat || (p.beat == beat && i > 1)) {
                self.backwards(element.span, "tempo");
                return;
            }
            if out.is_empty() && beat > 0.0 {
                out.push(point(0.0, bpm));
            }
            if let Some(last) = out.last_mut()
                && shape.is_some()
                && i > 0
                && curve[i - 1].at.is_some()
            {
                last.to_bpm = bpm;
            }
            match (&element.over, now) {
                (Some(over), Some(from)) => {
                    let Some(end) = self.after(over, Pos::Beat(beat), env) else { return };
                    if !matches!(end, Pos::Beat(_)) {
                        self.report(
                            Diagnostic::error(&codes::E0503, over.span, "a ramp of tempo takes beats or bars")
                                .help("write `over 4bars`"),
                        );
                        return;
                    }
                    out.retain(|p| p.beat < beat);
                    out.push(TempoPoint { to_bpm: bpm, ..point(beat, from) });
                    out.push(point(self.song.timeline.beats(end), bpm));
                }
                (Some(over), None) => {
                    self.report(
                        Diagnostic::error(&codes::E0503, over.span, "the first point of a tempo ramps from nowhere")
                            .help("say the first tempo: `tempo curve [ 120bpm, @9 => 132bpm over 4bars ]`"),
                    );
                    return;
                }
                (None, _) => {
                    out.retain(|p| p.beat < beat);
                    out.push(point(beat, bpm));
                }
            }
            now = Some(bpm);
        }
    }

    fn backwards(&mut self, span: Span, what: &str) {
        self.report(
            Diagnostic::error(
                &codes::E0502,
                span,
                format!("this change of {what} does not come later than the one before"),
            )
            .help("write changes in the order of time"),
        );
    }

    pub(super) fn second(&mut self, line: &SongSetting, first: &SongSetting, example: &str) {
        let word = &line.word;
        self.report(
            Diagnostic::error(&codes::E0504, word.span, format!("`{}` stands twice", word.name))
                .label(first.word.span, "first written here")
                .help(format!("keep one of them; a change on the way says where: `{example}`")),
        );
    }
}

fn point(beat: f64, bpm: f64) -> TempoPoint {
    TempoPoint { beat, seconds: 0.0, bpm, to_bpm: bpm }
}

/// Works out the seconds of each point.
fn build(points: &[TempoPoint], offset: f64) -> TempoMap {
    if points.is_empty() {
        return TempoMap::constant(120.0, offset);
    }
    let mut map = TempoMap { points: points.to_vec() };
    map.points[0].seconds = offset;
    for i in 1..map.points.len() {
        // The end of a piece by the map's own formula: the piece before it knows its slope from this point's beat.
        let (p, beat) = (map.points[i - 1], map.points[i].beat);
        let b = beat - p.beat;
        let slope = (p.to_bpm - p.bpm) / b;
        let length = if slope == 0.0 { b * 60.0 / p.bpm } else { 60.0 / slope * libm::log1p(b * slope / p.bpm) };
        map.points[i].seconds = p.seconds + length;
    }
    map
}
