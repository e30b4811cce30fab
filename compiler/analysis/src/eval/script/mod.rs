//! What the functions of scripts do. Always true: one arm for each row of [`super::functions::TABLE`]; arguments
//! have been placed and checked; unknown arguments give unknown results.

mod files;
mod lists;
mod texts;

use super::arguments::Bound;
use super::functions::Script;
use super::value::Value;
use crate::session::Session;
use crate::types::Type;
use crate::units;
use mixdown_syntax::Span;
use mixdown_syntax::tree::Ident;

/// Arguments of one call of a script function.
pub(crate) struct Args<'a> {
    /// Which function.
    pub function: &'static Script,
    /// In the order of its parameters.
    pub bound: &'a Bound,
    /// The whole call.
    pub span: Span,
}

impl Args<'_> {
    /// The argument at a place.
    pub fn get(&self, index: usize) -> Option<&Value> {
        self.bound.get(index)?.as_ref().map(|(v, _)| v)
    }

    /// Where it stands.
    pub fn span(&self, index: usize) -> Span {
        self.bound.get(index).and_then(|b| b.as_ref()).map_or(self.span, |(_, s)| *s)
    }

    /// An argument by the name of its parameter.
    pub fn named(&self, name: &str) -> Option<(&Value, Span)> {
        let index = self.function.params.iter().position(|p| p.name == name)?;
        self.bound.get(index)?.as_ref().map(|(v, s)| (v, *s))
    }

    /// A text argument.
    pub fn text(&self, index: usize) -> &str {
        match self.get(index) {
            Some(Value::Text(text)) => text,
            _ => "",
        }
    }

    /// A number argument.
    pub fn number(&self, name: &str) -> Option<f64> {
        match self.named(name) {
            Some((Value::Quantity(x, _), _)) => Some(*x),
            _ => None,
        }
    }
}

impl Session<'_> {
    pub(super) fn run_script(&mut self, function: &'static Script, bound: Bound, span: Span) -> Value {
        if bound.iter().flatten().any(|(v, _)| v.is_error()) {
            return Value::Error;
        }
        let args = Args { function, bound: &bound, span };
        if bound.iter().flatten().any(|(v, _)| matches!(v, Value::Unknown(_))) {
            return Value::Unknown(result_of(function.name));
        }
        match function.name {
            "note" | "dotted" | "triplet" => {
                let fraction = args.number("value").unwrap_or(0.0);
                self.needs_tempo(span);
                match units::note_value(function.name, fraction, &self.song.units) {
                    Some(beats) => Value::Quantity(beats, Type::Musical),
                    None => Value::Error,
                }
            }
            "lfo" => self.lfo(&args),
            "files" | "glob" => self.files(&args),
            "measure" => self.measure(&args),
            "clip" => self.clip(&args),
            "track" | "bus" | "monitor" | "strip" => {
                let name = Ident::new(args.text(0), args.span(0));
                match self.strip_named(&name, Some(function.name)) {
                    Some(strip) => self.strip_value(strip),
                    None => Value::Error,
                }
            }
            "section" => {
                let name = Ident::new(args.text(0), args.span(0));
                match self.song.find_section(&name.name) {
                    Some(index) => Value::section(index),
                    None => self.no_section(&name),
                }
            }
            "join" | "split" | "replace" | "upper" | "lower" | "starts_with" | "ends_with" | "contains" | "stem"
            | "file_name" | "folder" => self.text_function(&args),
            _ => self.list_function(&args),
        }
    }
}

/// The type of a result whose arguments are not known.
fn result_of(name: &str) -> Type {
    match name {
        "note" | "dotted" | "triplet" => Type::Musical,
        "files" | "glob" | "split" => Type::List(Box::new(Type::Text)),
        "track" | "monitor" | "strip" => Type::Strip,
        "bus" => Type::Bus,
        "section" => Type::Section,
        "join" | "replace" | "upper" | "lower" | "stem" | "file_name" | "folder" => Type::Text,
        "starts_with" | "ends_with" | "contains" => Type::Switch,
        _ => Type::Error,
    }
}
