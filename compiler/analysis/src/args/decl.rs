//! Declared parameters: the type a declaration names, and the two ends of its range.

use crate::body::{Expr as Typed, ExprKind as TypedKind};
use crate::effect_codes::{E0410, E0411};
use crate::types::Type;
use crate::units::{literal, type_word};
use mixdown_syntax::Diagnostic;
use mixdown_syntax::diagnostic::did_you_mean;
use mixdown_syntax::tree::{BinaryOp, Expr, ExprKind, TypeExpr};

/// Types that a declaration can name.
static NAMED: &[(&str, Type)] = &[
    ("Number", Type::Number),
    ("Level", Type::Level),
    ("dBFS", Type::DbFs),
    ("dBTP", Type::DbTp),
    ("Ceiling", Type::Ceiling),
    ("LUFS", Type::Lufs),
    ("Time", Type::Time),
    ("Frequency", Type::Frequency),
    ("Interval", Type::Interval),
    ("Musical", Type::Musical),
    ("Position", Type::Position),
    ("Tempo", Type::Tempo),
    ("Switch", Type::Switch),
    ("Text", Type::Text),
    ("File", Type::File),
    ("Template", Type::Template),
    ("Record", Type::Record),
    ("Signal", Type::Signal),
    ("Strip", Type::Strip),
    ("Bus", Type::Bus),
    ("Section", Type::Section),
    ("Function", Type::Function),
];

/// The words of the types.
pub fn types() -> impl Iterator<Item = &'static str> {
    NAMED.iter().map(|(word, _)| *word)
}

/// Other words that are understood for these.
static ALIASES: &[(&str, Type)] = &[
    ("Bool", Type::Switch),
    ("String", Type::Text),
    ("Angle", Type::Number),
    ("Audio", Type::Signal),
];

/// The type that a declaration writes.
///
/// # Errors
/// An unknown type name, with what was meant ([`E0410`]).
pub fn type_of(written: &TypeExpr) -> Result<Type, Diagnostic> {
    match written {
        TypeExpr::OneOf(words, _) => Ok(Type::Choice(words.iter().map(|w| w.name.clone()).collect())),
        TypeExpr::List(of, ..) => Ok(Type::List(Box::new(type_of(of)?))),
        TypeExpr::Name(name) => {
            let known = NAMED.iter().chain(ALIASES).find(|(word, _)| *word == name.name);
            if let Some((_, ty)) = known {
                return Ok(ty.clone());
            }
            let found = Diagnostic::error(&E0410, name.span, format!("unknown type `{}`", name.name));
            let lower = name.name.to_lowercase();
            let same = NAMED.iter().map(|(w, _)| *w).find(|w| w.to_lowercase() == lower);
            let near = same.or_else(|| said(&lower));
            Err(match near.or_else(|| did_you_mean(&name.name, NAMED.iter().map(|(w, _)| *w))) {
                Some(near) => found.at(format!("did you mean `{near}`?")).help(format!("write `{near}`")).fix(
                    format!("replace by `{near}`"),
                    name.span,
                    near,
                ),
                None => {
                    let words: Vec<String> = NAMED.iter().map(|(w, _)| format!("`{w}`")).collect();
                    found.at("no such type").help(format!("the types are {}, `Angle`, `List of Level`, `one of [a, b]`", words.join(", ")))
                }
            })
        }
    }
}

/// How many elements `List of 31 Level` has.
pub fn count_of(written: &TypeExpr) -> Option<u32> {
    match written {
        TypeExpr::List(_, count, _) => *count,
        _ => None,
    }
}

/// What people call a type that has another name here.
fn said(lower: &str) -> Option<&'static str> {
    Some(match lower {
        "db" | "gain" | "decibel" => "Level",
        "hz" | "khz" | "freq" => "Frequency",
        "ms" | "s" | "seconds" | "duration" => "Time",
        "float" | "int" | "integer" | "percent" | "ratio" => "Number",
        "boolean" | "toggle" => "Switch",
        "beats" | "note" => "Musical",
        _ => return None,
    })
}

/// The two ends of `a .. b`.
///
/// # Errors
/// Anything else ([`E0411`]).
pub fn range_ends(written: &Expr) -> Result<(&Expr, &Expr), Diagnostic> {
    match &written.kind {
        ExprKind::Binary(BinaryOp::Range, _, low, high) => Ok((low, high)),
        _ => Err(Diagnostic::error(&E0411, written.span, "a range has two ends")
            .at("not a range")
            .help("write the lowest and the highest value: `in 1ms .. 5s`")),
    }
}

/// A default in a few words; `None` for one that takes more.
pub(super) fn default_text(default: &Typed) -> Option<String> {
    match &default.kind {
        TypedKind::Number(value) => Some(literal(*value, &default.ty)),
        TypedKind::Switch(on) => Some(if *on { "on" } else { "off" }.into()),
        TypedKind::Choice(word) => Some(word.clone()),
        TypedKind::Input => Some("input".into()),
        TypedKind::List(items) if items.is_empty() => Some(format!("[] of {}", type_word(&default.ty))),
        _ => None,
    }
}
