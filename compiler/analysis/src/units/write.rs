//! Canonical numbers and types back in a musician's words: for messages, for text in strings, for fixes.
//!
//! Always true here: [`literal`] gives text that reads back to the very same number; [`say`] is rounded to six
//! digits, for reading only.

use super::{Scale, UNITS, find};
use crate::types::Type;

/// The units a type is written in; the first that fits the size of the number is taken: `(word, from)`.
fn scales(value: f64, ty: &Type) -> &'static [(&'static str, f64)] {
    match ty {
        Type::Level => &[("dB", 0.0)],
        Type::DbFs | Type::Ceiling => &[("dBFS", 0.0)],
        Type::DbTp => &[("dBTP", 0.0)],
        Type::Lufs => &[("LUFS", 0.0)],
        Type::Time => &[("s", 1.0), ("ms", 1e-5), ("us", 0.0)],
        Type::Frequency => &[("kHz", 1e3), ("Hz", 0.0)],
        Type::Interval => &[("st", 1.0 / 12.0), ("ct", 0.0)],
        Type::Musical if value == 1.0 => &[("beat", 0.0)],
        Type::Musical => &[("beats", 0.0)],
        Type::Tempo => &[("bpm", 0.0)],
        _ => &[],
    }
}

/// A canonical number as a person says it: `-18 dBFS`, `3.2 kHz`, `120 ms`, `-inf dB`.
pub fn say(value: f64, ty: &Type) -> String {
    match unit_for(value, ty) {
        Some((word, scaled)) => format!("{} {word}", short(scaled)),
        None => short(value),
    }
}

/// A canonical number as it is written in a mix, exactly: `-18dBFS`, `3.2kHz`; `off` for a level of minus infinity.
pub fn literal(value: f64, ty: &Type) -> String {
    if value == f64::NEG_INFINITY && *ty == Type::Level {
        return "off".into();
    }
    let Some((word, scaled)) = unit_for(value, ty) else {
        return plain(value);
    };
    if value.is_infinite() {
        return format!("{} {word}", plain(value));
    }
    let rounded: f64 = short(scaled).parse().unwrap_or(scaled);
    for number in [rounded, scaled] {
        if canonical(number, word) == value {
            return format!("{}{word}", plain(number));
        }
    }
    let exact = UNITS.iter().find(|u| u.ty == *ty && u.scale == Scale::Times(1.0)).map_or(word, |u| u.word);
    format!("{}{exact}", plain(value))
}

fn unit_for(value: f64, ty: &Type) -> Option<(&'static str, f64)> {
    let scales = scales(value, ty);
    let zero_or_infinite = value == 0.0 || !value.is_finite();
    let by_size = scales.iter().find(|(_, from)| value.abs() >= *from);
    let (word, _) = if zero_or_infinite { zero_unit(scales) } else { by_size.or(scales.last()) }?;
    let scaled = match find(word)?.scale {
        Scale::Times(factor) => value / factor,
        Scale::Over(divisor) => value * divisor,
        Scale::Samples | Scale::Bars => value,
    };
    Some((word, scaled))
}

/// Nothing of something is said in the unit people use most: `0 ms`, `0 Hz`.
fn zero_unit(scales: &'static [(&'static str, f64)]) -> Option<&'static (&'static str, f64)> {
    scales.iter().find(|(w, _)| matches!(*w, "ms" | "Hz" | "st")).or(scales.first())
}

fn canonical(number: f64, word: &str) -> f64 {
    match find(word).map(|u| u.scale) {
        Some(Scale::Times(factor)) => number * factor,
        Some(Scale::Over(divisor)) => number / divisor,
        _ => number,
    }
}

/// Six significant digits, without zeros at the end.
fn short(value: f64) -> String {
    if !value.is_finite() || value == 0.0 {
        return plain(value);
    }
    let rounded: f64 = format!("{value:.5e}").parse().unwrap_or(value);
    plain(rounded)
}

fn plain(value: f64) -> String {
    if value == f64::INFINITY {
        "inf".into()
    } else if value == f64::NEG_INFINITY {
        "-inf".into()
    } else if value == 0.0 {
        "0".into()
    } else if (1e-9..1e15).contains(&value.abs()) {
        format!("{value}")
    } else {
        format!("{value:e}")
    }
}

/// A type as it is written in a declaration: `dBFS`, `Time`, `one of [peak, rms]`.
pub fn type_word(ty: &Type) -> String {
    let word = match ty {
        Type::Number => "Number",
        Type::Level => "Level",
        Type::DbFs => "dBFS",
        Type::DbTp => "dBTP",
        Type::Ceiling => "Ceiling",
        Type::Lufs => "LUFS",
        Type::Time => "Time",
        Type::Frequency => "Frequency",
        Type::Interval => "Interval",
        Type::Musical => "Musical",
        Type::Position => "Position",
        Type::Tempo => "Tempo",
        Type::Switch => "Switch",
        Type::Text => "Text",
        Type::File => "File",
        Type::Response => "Response",
        Type::Template => "Template",
        Type::Record => "Record",
        Type::Signal => "Signal",
        Type::Strip => "Strip",
        Type::Bus => "Bus",
        Type::Line => "Line",
        Type::Section => "Section",
        Type::Function => "Function",
        Type::Unit => "nothing",
        Type::Error => "?",
        Type::Choice(words) => return format!("one of [{}]", words.join(", ")),
        Type::List(of) => return format!("List of {}", type_word(of)),
        Type::Tuple(parts) => {
            return format!("({})", parts.iter().map(type_word).collect::<Vec<_>>().join(", "));
        }
    };
    word.into()
}

/// A type in a sentence: `a time`, `a level in dB`, `a point in dBFS`.
pub fn describe(ty: &Type) -> String {
    let words = match ty {
        Type::Number => "a number",
        Type::Level => "a level in `dB`",
        Type::DbFs => "a point in `dBFS`",
        Type::DbTp => "a true-peak point in `dBTP`",
        Type::Ceiling => "a ceiling in `dBFS` or `dBTP`",
        Type::Lufs => "a loudness in `LUFS`",
        Type::Time => "a time",
        Type::Frequency => "a frequency",
        Type::Interval => "an interval",
        Type::Musical => "a musical time",
        Type::Position => "a position",
        Type::Tempo => "a tempo",
        Type::Switch => "a switch (`on` or `off`)",
        Type::Text => "a text",
        Type::File => "an audio file",
        Type::Response => "an impulse response",
        Type::Template => "a file name",
        Type::Record => "a record",
        Type::Signal => "a signal",
        Type::Strip => "a strip",
        Type::Bus => "a bus",
        Type::Line => "a delay line",
        Type::Section => "a section",
        Type::Function => "a function",
        Type::Unit => "nothing",
        Type::Error => "something unknown",
        Type::Tuple(parts) => return format!("a tuple of {}", parts.len()),
        Type::List(of) => {
            let word = type_word(of);
            return format!("a list of `{word}`");
        }
        Type::Choice(words) => {
            let quoted: Vec<String> = words.iter().map(|w| format!("`{w}`")).collect();
            return format!("one of {}", quoted.join(", "));
        }
    };
    words.into()
}
