//! Whether a value fits its parameter: type, constness, range.
//!
//! Always true here: the value itself is the caller's (a mix-time value, a typed expression); this page only asks it
//! three questions ([`Argument`]) and answers what has to be done to it.

use super::ParamSpec;
use crate::algebra::{Coercion, Place, coerce};
use crate::effect_codes::{E0406, E0407, E0408, E0409, E0415};
use crate::types::Type;
use crate::units::{UNITS, describe, literal, quantity};
use mixdown_syntax::diagnostic::did_you_mean;
use mixdown_syntax::tree::{BinaryOp, Expr, ExprKind, Ident};
use mixdown_syntax::{Diagnostic, Span};

/// What a value of any representation has to tell.
pub trait Argument {
    /// Its type.
    fn ty(&self) -> Type;
    /// Its canonical number, where it is one that is known now.
    fn number(&self) -> Option<f64>;
    /// It does not change while the mix plays.
    fn is_constant(&self) -> bool;
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
    let moves = !value.is_constant() || matches!(coercion, Coercion::Tap | Coercion::LookBack);
    if param.constant && from != Type::Error && moves {
        return Err(not_constant(callee, param, written.span));
    }
    // The length of a musical time is known when the tempo map is; its number of beats says nothing of its range.
    if coercion != Coercion::LookBack
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
        .help(format!("write a value in {range}"))
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
    let message = format!("`{}` of `{callee}` takes {}, and this is {}", param.name, describe(to), describe(from));
    let found = Diagnostic::error(&E0406, written.span, message).at(describe(from));
    let after = Span { start: written.span.end, ..written.span };
    match (from, to) {
        (Type::Number, Type::Time | Type::Musical) if note_fraction(written).is_some() => {
            let (n, d) = note_fraction(written).unwrap_or((1.0, 4.0));
            let note = format!("note({n}/{d})");
            found.help(format!("write `{note}`: a part of a bar is a length only as a note")).fix(
                format!("write `{note}`"),
                written.span,
                note,
            )
        }
        (Type::Number, _) => match (number, unit_of(param, to, number)) {
            (Some(value), Some(unit)) if is_plain_literal(written) => {
                let with_unit = format!("{value}{unit}");
                found.help(format!("write `{with_unit}`: a number carries its unit")).fix(
                    format!("add the unit `{unit}`"),
                    after,
                    unit,
                )
            }
            (_, Some(unit)) => found.help(format!("give it a unit, such as `{unit}`: {}", takes(param, to))),
            _ => found.help(takes(param, to)),
        },
        (Type::Lufs | Type::DbTp, Type::DbFs | Type::Level) => {
            found.help(format!("`LUFS` and `dBTP` convert to nothing else; {}", takes(param, to)))
        }
        (Type::DbFs, Type::Level) => {
            found.help(format!("a point is not a gain: subtract another point from it; {}", takes(param, to)))
        }
        (Type::Level, Type::Number | Type::Signal) => {
            found.help(format!("write `factor(x)` for the factor of a level; {}", takes(param, to)))
        }
        (Type::Time, Type::Position) if matches!(written.kind, ExprKind::Quantity(_)) => {
            let before = Span { end: written.span.start, ..written.span };
            found.help("write `@` before it: a place on the timeline is `@9`, `@40.3` or `@90s`").fix("write `@`", before, "@")
        }
        (Type::Frequency, Type::Time) => found.help(format!("a period is `1 / f`; {}", takes(param, to))),
        (Type::Time, Type::Frequency) => found.help(format!("a frequency is `1 / t`; {}", takes(param, to))),
        _ => found.help(takes(param, to)),
    }
}

/// `attack` takes a time, such as `10ms`.
fn takes(param: &ParamSpec, to: &Type) -> String {
    let shown = param.default.clone().unwrap_or_else(|| crate::algebra::example(to).to_string());
    let mut help = format!("`{}` takes {}", param.name, describe(to));
    if !shown.is_empty() {
        help.push_str(&format!(", such as `{shown}`"));
    }
    if let Some(range) = param.show_range() {
        help.push_str(&format!(", in {range}"));
    }
    help
}

/// The unit that was most likely left out: the first (in the order people use them) in which the number lies in the
/// parameter's range.
fn unit_of(param: &ParamSpec, to: &Type, number: Option<f64>) -> Option<&'static str> {
    let number = number.unwrap_or(1.0);
    let words: &[&str] = match to {
        Type::Time if number.abs() < 1.0 => &["s", "ms"],
        Type::Time => &["ms", "s"],
        Type::Frequency if number.abs() < 20.0 => &["kHz", "Hz"],
        Type::Frequency => &["Hz", "kHz"],
        Type::Level => &["dB"],
        Type::DbFs => &["dBFS"],
        Type::DbTp => &["dBTP"],
        Type::Lufs => &["LUFS"],
        Type::Interval => &["st"],
        Type::Musical => &["beats"],
        Type::Tempo => &["bpm"],
        _ => &[],
    };
    let in_range = |word: &&&str| {
        let written = mixdown_syntax::tree::Quantity {
            value: number,
            signed: false,
            unit: Some(Ident { name: (**word).to_string(), span: Span::default() }),
        };
        let value = quantity(&written, Span::default(), &Default::default()).map(|(v, _)| v);
        match (param.range, value) {
            (Some((low, high)), Ok(value)) => low <= value && value <= high,
            _ => true,
        }
    };
    let chosen = words.iter().find(in_range).or(words.first())?;
    UNITS.iter().map(|u| u.word).find(|w| w == chosen)
}

fn is_plain_literal(written: &Expr) -> bool {
    matches!(&written.kind, ExprKind::Quantity(q) if q.unit.is_none())
}

/// `1/8` as it is written.
fn note_fraction(written: &Expr) -> Option<(f64, f64)> {
    let ExprKind::Binary(BinaryOp::Div, _, n, d) = &written.kind else {
        return None;
    };
    match (&n.kind, &d.kind) {
        (ExprKind::Quantity(n), ExprKind::Quantity(d)) if n.unit.is_none() && d.unit.is_none() => {
            Some((n.value, d.value))
        }
        _ => None,
    }
}
