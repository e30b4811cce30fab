//! Sections: `verse @9, @41`. Always true: a repeat without a written end ends where the next section starts; the
//! last one is open.

use super::SectionState;
use super::time::Pos;
use crate::codes;
use crate::eval::env::Env;
use crate::eval::value::{SectionRef, Value};
use crate::mix;
use crate::names::ModuleId;
use crate::session::Session;
use crate::types::Type;
use crate::units::describe;
use mixdown_syntax::{Diagnostic, Span};
use std::rc::Rc;
use mixdown_syntax::tree::{self, BinaryOp, ExprKind};

impl Session<'_> {
    /// Starts and written ends of a section's repeats.
    fn section_points(&mut self, index: usize) -> Vec<(Pos, Option<Pos>)> {
        let Some(section) = self.song.sections.get_mut(index) else { return Vec::new() };
        match &section.state {
            SectionState::Done(points) => return points.clone(),
            SectionState::Running => {
                let name = section.name.clone();
                self.report(
                    Diagnostic::error(&codes::E0211, name.span, format!("the section `{}` hangs on itself", name.name))
                        .help("write its start as a bar: `@9`"),
                );
                return Vec::new();
            }
            SectionState::Waiting => {}
        }
        section.state = SectionState::Running;
        let (name, starts) = (section.name.clone(), section.starts.clone());
        let env = Env::file(ModuleId(0));
        let mut points: Vec<(Pos, Option<Pos>)> = Vec::new();
        for start in &starts {
            let point = match self.eval(start, &env) {
                Value::Position(p) => (p, None),
                Value::Range(ends) => match &*ends {
                    (Value::Position(a), Value::Position(b)) => {
                        if self.song.timeline.sample(*a) >= self.song.timeline.sample(*b) {
                            self.report(
                                Diagnostic::error(
                                    &codes::E0347,
                                    start.span,
                                    format!("`{}` ends before it starts", name.name),
                                )
                                .help("write the earlier position first: `@73 .. @81`"),
                            );
                            continue;
                        }
                        (*a, Some(*b))
                    }
                    (other, _) => {
                        self.no_place(&other.ty(), start);
                        continue;
                    }
                },
                Value::Error | Value::Unknown(_) => continue,
                other => {
                    self.no_place(&other.ty(), start);
                    continue;
                }
            };
            if let Some((before, end)) = points.last()
                && self.song.timeline.sample(end.unwrap_or(*before)).max(self.song.timeline.sample(*before) + 1)
                    > self.song.timeline.sample(point.0)
            {
                self.report(
                    Diagnostic::error(
                        &codes::E0342,
                        start.span,
                        format!("repeats of `{}` go forward in time", name.name),
                    )
                    .help("write the starts in the order of time, each after the one before has ended"),
                );
                continue;
            }
            points.push(point);
        }
        self.song.sections[index].state = SectionState::Done(points.clone());
        points
    }

    fn no_place(&mut self, ty: &Type, start: &tree::Expr) {
        let fault = Diagnostic::error(
            &codes::E0321,
            start.span,
            format!("a section starts at a position, and this is {}", describe(ty)),
        );
        // `@1-@8` is a span; `1-8` are bars as they are counted, the last one among them.
        let bars = match &start.kind {
            ExprKind::Binary(BinaryOp::Sub, _, a, b) => match (&a.kind, &b.kind) {
                (ExprKind::Quantity(a), ExprKind::Quantity(b)) if a.unit.is_none() && b.unit.is_none() => {
                    Some(format!("@{} .. @{}", a.value, b.value + 1.0))
                }
                _ => None,
            },
            _ => None,
        };
        let fault = match self.span_of_difference(start).or(bars) {
            Some(right) => fault.help(format!("write `{right}`")).fix(format!("write `{right}`"), start.span, right),
            None => fault.help("write `verse @9, @41` or, with an end, `outro @73 .. @81`"),
        };
        self.report(fault);
    }

    /// The spans of a section, or of one repeat.
    pub(crate) fn section_spans(&mut self, section: SectionRef) -> Vec<(Pos, Option<Pos>)> {
        let points = self.section_points(section.index);
        let starts = self.section_starts();
        let spans = points.into_iter().map(|(start, end)| {
            let at = self.song.timeline.sample(start);
            let next = starts.get(starts.partition_point(|(s, _)| *s <= at)).map(|(_, p)| *p);
            (start, end.or(next))
        });
        match section.repeat {
            None => spans.collect(),
            Some(n) => spans.skip(n).take(1).collect(),
        }
    }

    /// The starts of all sections in the order of time.
    fn section_starts(&mut self) -> Rc<Vec<(i64, Pos)>> {
        if let Some(starts) = &self.song.section_starts {
            return starts.clone();
        }
        let mut starts: Vec<(i64, Pos)> = Vec::new();
        for index in 0..self.song.sections.len() {
            for (start, _) in self.section_points(index) {
                starts.push((self.song.timeline.sample(start), start));
            }
        }
        starts.sort_by_key(|(sample, _)| *sample);
        let starts = Rc::new(starts);
        // While one of them is worked out (it hangs on another's end) the list is not whole.
        if self.song.sections.iter().all(|s| matches!(s.state, SectionState::Done(_))) {
            self.song.section_starts = Some(starts.clone());
        }
        starts
    }

    /// `.start`: of the first repeat where none is picked.
    pub(crate) fn section_start(&mut self, section: SectionRef, _span: Span) -> Value {
        match self.section_points(section.index).get(section.repeat.unwrap_or(0)) {
            Some((start, _)) => Value::Position(*start),
            None => Value::Error,
        }
    }

    /// `.end`: of the first repeat where none is picked.
    pub(crate) fn section_end(&mut self, section: SectionRef, span: Span) -> Value {
        let first = SectionRef { repeat: Some(section.repeat.unwrap_or(0)), ..section };
        match self.section_spans(first).first() {
            Some((_, Some(end))) => Value::Position(*end),
            Some((_, None)) => {
                let name = self.song.sections[section.index].name.clone();
                self.fault(
                    Diagnostic::error(
                        &codes::E0348,
                        span,
                        format!("`{}` is the last section and has no written end", name.name),
                    )
                    .label(name.span, "ends with the song")
                    .help(format!("write where it ends: `{} @73 .. @81`", name.name)),
                )
            }
            None => Value::Error,
        }
    }

    /// `verse[2]`.
    pub(crate) fn section_repeat(&mut self, section: SectionRef, number: f64, span: Span) -> Value {
        let count = self.section_points(section.index).len();
        if number.fract() == 0.0 && number >= 1.0 && number <= count as f64 {
            return Value::Section(SectionRef { index: section.index, repeat: Some(number as usize - 1) });
        }
        let name = self.song.sections[section.index].name.name.clone();
        self.fault(
            Diagnostic::error(&codes::E0348, span, format!("`{name}` has no repeat {number}"))
                .help(format!("repeats are counted from 1 to {count}: `{name}[1]`")),
        )
    }

    /// All sections for the Mix.
    pub(crate) fn mix_sections(&mut self) -> Vec<mix::Section> {
        let mut out = Vec::with_capacity(self.song.sections.len());
        for index in 0..self.song.sections.len() {
            let spans = self.section_spans(SectionRef { index, repeat: None });
            let time = &self.song.timeline;
            let spans = spans.into_iter().map(|(a, b)| (time.sample(a), b.map(|b| time.sample(b)))).collect();
            out.push(mix::Section { name: self.song.sections[index].name.name.clone(), spans });
        }
        out
    }
}
