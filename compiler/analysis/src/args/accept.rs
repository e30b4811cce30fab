//! Whether a value fits its parameter: type, constness, range.
//!
//! Always true here: the value itself is the caller's (a mix-time value, a typed expression); this page only asks it
//! three questions ([`Argument`]) and answers what has to be done to it.

use super::ParamSpec;
use super::meant::{meant, unit_of};
use crate::algebra::{Coercion, Place, coerce};
use crate::effect_codes::{E0406, E0407, E0408, E0409, E0415, E0416};
use crate::types::Type;
use crate::units::{describe, literal};
use mixdown_syntax::diagnostic::did_you_mean;
use mixdown_syntax::tree::{Expr, Ident};
use mixdown_syntax::{Diagnostic, Span};

/// What a value of any representation has to tell.
pub trait Argument {
    /// Its type.
    fn ty(&self) -> Type;
    /// Its canonical number, where it is one that is known now.
    fn number(&self) -> Option<f64>;
    /// It does not change while the mix plays.
    fn is_constant(&self) -> bool;
    /// How many elements it has, where it is a list.
    fn elements(&self) -> Option<usize>;
}

/// Checks a value against its parameter; `written` is the argument's expression.
///
/// # Errors
/// Wrong type ([`E0406`]), a signal for a `const` parameter ([`E0408`]), a constant out of range ([`E0407`]).
pub fn accept(callee: &str, param: &ParamSpec, value: &impl Argument, written: &Expr) -> Result<Coercion, Diagnostic> {
    let from = value.ty();
    let Some(to) = &param.ty else {
        return Ok(Coercion::Same);
    };
    let Some(coercion) = coerce(&from, to, Place::Parameter) else {
        return Err(wrong_type(callee, param, to, &from, value.number(), written));
    };
    // A strip plays, and the length of a musical time follows the tempo map.
    let moves = !value.is_constant() || matches!(coercion, Coercion::Tap | Coercion::LookBack | Coercion::Rate);
    if param.constant && from != Type::Error && moves {
        return Err(not_constant(callee, param, written.span));
    }
    if let (Some(wanted), Some(there)) = (param.count, value.elements())
        && wanted as usize != there
    {
        return Err(wrong_count(callee, param, wanted as usize, there, written.span));
    }
    // The length of a musical time is known when the tempo map is; its number of beats says nothing of its range.
    if !matches!(coercion, Coercion::LookBack | Coercion::Rate)
        && let Some(number) = value.number()
    {
        check_range(callee, param, number, written.span)?;
    }
    Ok(coercion)
}

/// Checks a constant against a parameter's range.
///
/// # Errors
/// [`E0407`] says the range and offers its nearer end.
pub fn check_range(callee: &str, param: &ParamSpec, number: f64, span: Span) -> Result<(), Diagnostic> {
    let (Some((low, high)), Some(ty)) = (param.range, &param.ty) else {
        return Ok(());
    };
    if low <= number && number <= high {
        return one_of_values(callee, param, ty, number, span);
    }
    let end = literal(if number < low { low } else { high }, ty);
    let range = param.show_range().unwrap_or_default();
    let message = format!("`{}` of `{callee}` is {}, outside {range}", param.name, literal(number, ty));
    Err(Diagnostic::error(&E0407, span, message)
        .at(if number < low { "too low" } else { "too high" })
        .help(format!("write `{end}`, the nearest that it takes"))
        .fix(format!("use the nearest: `{end}`"), span, end))
}

/// Some parameters know steps only: between them nothing is rounded.
fn one_of_values(callee: &str, param: &ParamSpec, ty: &Type, number: f64, span: Span) -> Result<(), Diagnostic> {
    if param.values.is_empty() || param.values.contains(&number) {
        return Ok(());
    }
    let near = |a: &&f64, b: &&f64| (*a - number).abs().total_cmp(&(*b - number).abs());
    let nearest = literal(param.values.iter().min_by(near).copied().unwrap_or(number), ty);
    let all: Vec<String> = param.values.iter().map(|x| literal(*x, ty)).collect();
    let message = format!("`{}` of `{callee}` is {}, between its steps", param.name, literal(number, ty));
    Err(Diagnostic::error(&E0415, span, message)
        .at("not one of its values")
        .help(format!("write one of {}", all.join(", ")))
        .fix(format!("use the nearest: `{nearest}`"), span, nearest))
}

/// A word that a choice or a switch does not have.
pub fn bad_word(callee: &str, param: &ParamSpec, word: &Ident) -> Diagnostic {
    let words: Vec<&str> = match &param.ty {
        Some(Type::Choice(words)) => words.iter().map(String::as_str).collect(),
        _ => vec!["on", "off"],
    };
    let listed: Vec<String> = words.iter().map(|w| format!("`{w}`")).collect();
    let message = format!("`{}` of `{callee}` has no `{}`", param.name, word.name);
    let found = Diagnostic::error(&E0409, word.span, message).help(format!("write one of {}", listed.join(", ")));
    match did_you_mean(&word.name, words.iter().copied()) {
        Some(near) => found.at(format!("did you mean `{near}`?")).fix(format!("replace by `{near}`"), word.span, near),
        None => found.at("not one of its words"),
    }
}

/// A list of another length than the parameter declares; what the elements are is said in the words of its doc.
fn wrong_count(callee: &str, param: &ParamSpec, wanted: usize, there: usize, span: Span) -> Diagnostic {
    let message = format!("`{}` of `{callee}` takes a list of {wanted}, and this list has {there}", param.name);
    let change = match wanted.checked_sub(there) {
        Some(more) => format!("write {more} more"),
        None => format!("leave out {}", there - wanted),
    };
    let doc = param.doc.trim().trim_end_matches('.');
    let help = if doc.is_empty() { change } else { format!("{change}; `{}`: {doc}", param.name) };
    Diagnostic::error(&E0416, span, message).at(format!("{there} of {wanted}")).help(help)
}

fn not_constant(callee: &str, param: &ParamSpec, span: Span) -> Diagnostic {
    Diagnostic::error(&E0408, span, format!("`{}` of `{callee}` takes a constant only", param.name))
        .at("changes while the mix plays")
        .help("write a number: it shapes the code of the effect and cannot move")
}

fn wrong_type(
    callee: &str,
    param: &ParamSpec,
    to: &Type,
    from: &Type,
    number: Option<f64>,
    written: &Expr,
) -> Diagnostic {
    let message = format!("`{}` of `{callee}` takes {}, and this is {}", param.name, param.describe(), describe(from));
    let found = Diagnostic::error(&E0406, written.span, message).at(describe(from));
    if let Some(meant) = meant(from, to, param.range, &param.values, written) {
        return meant.tell(found, written);
    }
    let takes = takes(param, to);
    found.help(match (from, to) {
        (Type::Number, _) => match unit_of(to, param.range, number.unwrap_or(1.0)) {
            Some(unit) => format!("give it a unit, such as `{unit}`: {takes}"),
            None => takes,
        },
        (Type::Lufs | Type::DbTp, Type::DbFs | Type::Level) => {
            format!("`LUFS` and `dBTP` convert to nothing else; {takes}")
        }
        (Type::DbFs, Type::Level) => format!("a point is not a gain: subtract another point from it; {takes}"),
        (Type::Level, Type::Number | Type::Signal) => {
            format!("write `factor(x)` for the factor of a level; {takes}")
        }
        (Type::Frequency, Type::Time) => format!("a period is `1 / f`; {takes}"),
        (Type::Time, Type::Frequency) => format!("a frequency is `1 / t`; {takes}"),
        _ => takes,
    })
}

/// `attack` takes a time, such as `10ms`.
fn takes(param: &ParamSpec, to: &Type) -> String {
    let shown = param.default.clone().unwrap_or_else(|| crate::algebra::example(to).to_string());
    let mut help = format!("`{}` takes {}", param.name, param.describe());
    if !shown.is_empty() {
        help.push_str(&format!(", such as `{shown}`"));
    }
    if let Some(range) = param.show_range() {
        help.push_str(&format!(", in {range}"));
    }
    help
}
