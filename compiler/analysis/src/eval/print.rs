//! Values as text inside strings: units as a musician writes them. Always true: what is printed reads back to the
//! same value.

use super::value::{Pos, Value};
use crate::session::Session;
use crate::types::Type;
use crate::units;

impl Session<'_> {
    /// A value inside a text; `None` for what has no spelling (lists, functions, signals).
    pub(crate) fn print(&self, value: &Value) -> Option<String> {
        Some(match value {
            Value::Quantity(x, Type::Musical) if *x == 1.0 => "1beat".into(),
            Value::Quantity(x, ty) => units::literal(*x, ty),
            Value::Bars(x) if *x == 1.0 => "1bar".into(),
            Value::Bars(x) => format!("{x}bars"),
            Value::Position(p) => self.print_position(*p),
            Value::Switch(on) => if *on { "on" } else { "off" }.into(),
            Value::Word(word) => word.clone(),
            Value::Text(text) => text.to_string(),
            Value::Strip(strip) => self.strips.list.get(strip.strip as usize)?.name.clone(),
            Value::Section(section) => {
                let name = self.song.sections.get(section.index)?.name.name.clone();
                match section.repeat {
                    Some(n) => format!("{name}[{}]", n + 1),
                    None => name,
                }
            }
            _ => return None,
        })
    }

    fn print_position(&self, p: Pos) -> String {
        match p {
            Pos::Seconds(s) => format!("@{}", units::literal(s, &Type::Time)),
            Pos::Beat(beat) => {
                let (bar, beat) = self.song.timeline.bar_of(beat);
                if beat == 1.0 {
                    format!("@{bar}")
                } else if beat.fract() == 0.0 {
                    format!("@{bar}.{beat}")
                } else {
                    format!("@{bar}.{} + {}beats", beat.floor(), beat.fract())
                }
            }
        }
    }
}
