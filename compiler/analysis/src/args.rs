//! Arguments of calls: which goes to which parameter ([`place`]), and whether its value fits there ([`accept`]).
//!
//! Always true here: nothing is evaluated (a bare word such as `peak` can only be read once its parameter is known,
//! so placing comes first); one fault is one diagnostic, at the argument.

use crate::body::Effect;
use crate::types::Type;
use crate::units::{describe, literal, type_word};

mod accept;
mod decl;
mod meant;
mod place;

pub use accept::{Argument, accept, bad_word, check_range};
pub(crate) use place::{decimal_comma, in_halves};
pub use decl::{count_of, range_ends, type_of, types};
pub(crate) use meant::meant;
pub use place::{Placed, place};

/// What is called, for messages and for the way arguments are placed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Callee {
    /// Parameters with a default are given by name only.
    Effect,
    /// The same.
    Chain,
    /// Any parameter may be given by position.
    Function,
}

/// A parameter as a call sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct ParamSpec {
    /// Its name.
    pub name: String,
    /// Its type; `None` (a `fn` only) takes anything.
    pub ty: Option<Type>,
    /// Declared `const`.
    pub constant: bool,
    /// It has a default.
    pub optional: bool,
    /// Its default as text, where it is short enough to be shown.
    pub default: Option<String>,
    /// Lowest and highest value in the canonical unit.
    pub range: Option<(f64, f64)>,
    /// The only values there are, ascending; empty where all of the range will do.
    pub values: Vec<f64>,
    /// Of a list: how many elements it has, where only one number will do.
    pub count: Option<u32>,
    /// Its `///` text.
    pub doc: String,
}

/// What a call may give.
#[derive(Clone, Debug, PartialEq)]
pub struct Signature {
    /// Name as it is called: `compressor`, `vox.lead`.
    pub name: String,
    /// What kind of thing.
    pub callee: Callee,
    /// Its parameters in order.
    pub params: Vec<ParamSpec>,
}

impl Signature {
    /// The signature of a typed effect.
    pub fn of_effect(name: &str, effect: &Effect) -> Self {
        let params = effect.params.iter().map(|p| ParamSpec {
            name: p.name.clone(),
            ty: Some(p.ty.clone()),
            constant: p.constant,
            optional: p.default.is_some(),
            default: p.default.as_ref().and_then(decl::default_text),
            range: p.range,
            values: p.values.clone(),
            count: p.count,
            doc: p.doc.clone(),
        });
        Signature { name: name.to_string(), callee: Callee::Effect, params: params.collect() }
    }

    /// All parameters in one line: `freq: Frequency in 10Hz .. 22kHz, q: Number = 0.7071`.
    pub fn list(&self) -> String {
        self.params.iter().map(ParamSpec::show).collect::<Vec<_>>().join(", ")
    }
}

impl ParamSpec {
    /// As a declaration writes it: `threshold: dBFS = -18dBFS in -60dBFS .. 0dBFS`.
    pub fn show(&self) -> String {
        let mut text = String::new();
        if self.constant {
            text.push_str("const ");
        }
        text.push_str(&self.name);
        if let Some(ty) = &self.ty {
            text.push_str(&format!(": {}", match (ty, self.count) {
                (Type::List(of), Some(count)) => format!("List of {count} {}", type_word(of)),
                _ => type_word(ty),
            }));
        }
        if let Some(default) = &self.default {
            text.push_str(&format!(" = {default}"));
        }
        if let Some(range) = self.show_range() {
            text.push_str(&format!(" in {range}"));
        }
        text
    }

    /// What it takes, in a sentence: `a time`, `a list of 31 `Level``.
    pub fn describe(&self) -> String {
        match (&self.ty, self.count) {
            (Some(Type::List(of)), Some(count)) => format!("a list of {count} `{}`", type_word(of)),
            (Some(ty), _) => describe(ty),
            (None, _) => "anything".into(),
        }
    }

    /// `-60dBFS .. 0dBFS`, or `[6, 12, 18]`.
    pub fn show_range(&self) -> Option<String> {
        let (low, high) = self.range?;
        let ty = self.ty.as_ref().unwrap_or(&Type::Number);
        if !self.values.is_empty() {
            let values: Vec<String> = self.values.iter().map(|x| literal(*x, ty)).collect();
            return Some(format!("[{}]", values.join(", ")));
        }
        Some(format!("{} .. {}", literal(low, ty), literal(high, ty)))
    }
}
