//! What a value of the wrong type was most likely meant to be: the text to write instead, and why.
//!
//! Always true here: the text stands for the whole expression and has the type that is wanted; where nothing is likely
//! nothing is offered.

use crate::types::Type;
use crate::units::{literal, quantity};
use mixdown_syntax::tree::{BinaryOp, Expr, ExprKind, Ident, Quantity, StrPart};
use mixdown_syntax::{Diagnostic, Span};

/// A text to write instead of an expression.
pub struct Meant {
    /// The text.
    pub text: String,
    /// Why it is so.
    pub why: &'static str,
}

impl Meant {
    /// Says so in a diagnostic of the expression that was written.
    pub fn tell(&self, fault: Diagnostic, written: &Expr) -> Diagnostic {
        let text = &self.text;
        fault.help(format!("write `{text}`: {}", self.why)).fix(format!("write `{text}`"), written.span, text)
    }
}

/// What is likely meant by `written`, of type `from`, where `to` is wanted (in `range`, or one of `values`).
pub fn meant(from: &Type, to: &Type, range: Option<(f64, f64)>, values: &[f64], written: &Expr) -> Option<Meant> {
    let found = |text: String, why| Some(Meant { text, why });
    match &written.kind {
        ExprKind::Str(parts) => match (parts.as_slice(), to) {
            ([StrPart::Text(name)], Type::Signal | Type::Strip | Type::Bus) if is_name(name) => {
                found(name.clone(), "a strip is named without quotes")
            }
            ([StrPart::Text(text)], _) => found(unquoted(text.trim(), to)?, "a number stands without quotes"),
            _ => None,
        },
        ExprKind::Binary(BinaryOp::Div, _, n, d) if matches!(to, Type::Time | Type::Musical | Type::Frequency) => {
            let (n, d) = (plain(n)?, plain(d)?);
            found(format!("note({n}/{d})"), "a part of a bar is a length only as a note")
        }
        ExprKind::Quantity(q) => {
            let (x, sign) = (q.value, if q.signed && q.value > 0.0 { "+" } else { "" });
            match (from, to) {
                (Type::Number, Type::Level) if x == f64::NEG_INFINITY => found("off".into(), "silence is `off`"),
                (Type::Number, Type::Switch) if x == 0.0 || x == 1.0 => {
                    found(if x == 1.0 { "on" } else { "off" }.into(), "a switch is `on` or `off`")
                }
                (Type::Number, Type::Position) if q.unit.is_none() && x >= 1.0 => {
                    found(format!("@{x}"), "a place on the timeline begins with `@`: bar, then beat")
                }
                (Type::Number, Type::Level) if q.unit.as_ref().is_some_and(|u| u.name == "%") && x > 0.0 => {
                    let level = (200.0 * (x / 100.0).log10()).round() / 10.0;
                    found(literal(level + 0.0, to), "a level is in decibels, and that is what this share of the amplitude comes to")
                }
                (Type::Number, _) if q.unit.is_none() => {
                    found(format!("{sign}{x}{}", unit_of(to, range, x)?), "a number carries its unit")
                }
                (Type::Level | Type::Lufs, Type::Ceiling) => {
                    found(format!("{x}dBTP"), "a ceiling holds true peaks in `dBTP`, or samples in `dBFS`")
                }
                (Type::Level | Type::DbFs, Type::DbTp) => found(format!("{x}dBTP"), "a true peak is measured in `dBTP`"),
                (Type::Level | Type::DbFs, Type::Lufs) => found(format!("{x}LUFS"), "a loudness is measured in `LUFS`"),
                (Type::Lufs | Type::DbTp, Type::DbFs) => {
                    found(format!("{x}dBFS"), "the level of samples is a point in `dBFS`")
                }
                (Type::DbFs | Type::DbTp | Type::Lufs, Type::Level) => {
                    found(format!("{sign}{x}dB"), "a change of level is in `dB`; the others are points on a scale")
                }
                (Type::Level | Type::Time | Type::Frequency, Type::Number) if fits(x, range, values) => {
                    found(format!("{x}"), "it is a plain number")
                }
                (Type::Time, Type::Position) => {
                    let unit = q.unit.as_ref()?;
                    found(format!("@{x}{}", unit.name), "a place on the timeline begins with `@`")
                }
                _ => None,
            }
        }
        _ => None,
    }
}

/// The number that a text holds, as it is written where `to` is wanted: `"1/8"`, `"4:1"`, `"350ms"`.
fn unquoted(text: &str, to: &Type) -> Option<String> {
    let pair = |sign| text.split_once(sign).filter(|(a, b)| a.parse::<u32>().is_ok() && b.parse::<u32>().is_ok());
    match to {
        Type::Time | Type::Musical | Type::Frequency if pair('/').is_some() => return Some(format!("note({text})")),
        Type::Number => {
            if let Some((ratio, "1")) = pair(':') {
                return Some(ratio.to_string());
            }
            return text.parse::<f64>().ok().filter(|x| x.is_finite()).map(|_| text.to_string());
        }
        _ => {}
    }
    let unit = text.trim_start_matches(|c: char| c.is_ascii_digit() || "+-.".contains(c));
    let number = text[..text.len() - unit.len()].trim();
    number.parse::<f64>().ok().filter(|x| x.is_finite())?;
    let same = crate::units::find(unit).is_some_and(|u| u.ty == *to);
    same.then(|| text.to_string())
}

fn is_name(text: &str) -> bool {
    let rest = |c: char| c.is_alphanumeric() || c == '_';
    text.chars().all(rest) && text.chars().next().is_some_and(|c| !c.is_ascii_digit())
}

fn plain(e: &Expr) -> Option<f64> {
    match &e.kind {
        ExprKind::Quantity(q) if q.unit.is_none() => Some(q.value),
        _ => None,
    }
}

/// A plain number is offered only where the parameter says which ones it takes.
fn fits(x: f64, range: Option<(f64, f64)>, values: &[f64]) -> bool {
    range.is_some_and(|(low, high)| low <= x && x <= high) && (values.is_empty() || values.contains(&x))
}

/// The unit that was most likely left out: the first (in the order people use them) in which the number lies in the
/// range.
pub(super) fn unit_of(to: &Type, range: Option<(f64, f64)>, number: f64) -> Option<&'static str> {
    let words: &[&'static str] = match to {
        Type::Time if number.abs() < 1.0 => &["s", "ms"],
        Type::Time => &["ms", "s"],
        Type::Frequency if number.abs() < 20.0 => &["kHz", "Hz"],
        Type::Frequency => &["Hz", "kHz"],
        Type::Level => &["dB"],
        Type::DbFs => &["dBFS"],
        Type::DbTp | Type::Ceiling => &["dBTP"],
        Type::Lufs => &["LUFS"],
        Type::Interval => &["st"],
        Type::Musical => &["beats"],
        Type::Tempo => &["bpm"],
        _ => &[],
    };
    let in_range = |word: &&&str| {
        let unit = Some(Ident { name: (**word).to_string(), span: Span::default() });
        let value = quantity(&Quantity { value: number, signed: false, unit }, Span::default(), &Default::default());
        match (range, value) {
            (Some((low, high)), Ok((value, _))) => low <= value && value <= high,
            _ => true,
        }
    };
    words.iter().find(in_range).or(words.first()).copied()
}
