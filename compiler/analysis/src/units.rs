//! Units: which words exist, what type each stands for, and how its numbers become canonical ones.
//!
//! Always true here: one word has one type; scaling is a single multiplication or division, so that `30%` is the
//! nearest number to 0.3; a word that is not in the table is a diagnostic that says what was meant.

use crate::effect_codes::{E0301, E0302};
use crate::types::Type;
use mixdown_syntax::diagnostic::did_you_mean;
use mixdown_syntax::tree::{Ident, Quantity};
use mixdown_syntax::{Diagnostic, Span};

mod write;

pub use write::{describe, literal, say, type_word};

/// How a written number becomes a canonical one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scale {
    /// Times this.
    Times(f64),
    /// Divided by this (exact where the factor itself would be rounded).
    Over(f64),
    /// Samples at the mix's rate, to seconds.
    Samples,
    /// Bars of the meter in force, to beats.
    Bars,
}

/// A unit word.
#[derive(Clone, Debug, PartialEq)]
pub struct Unit {
    /// As it is written: `kHz`.
    pub word: &'static str,
    /// What it measures.
    pub ty: Type,
    /// Its way to the canonical unit.
    pub scale: Scale,
}

const fn unit(word: &'static str, ty: Type, scale: Scale) -> Unit {
    Unit { word, ty, scale }
}

/// Every unit of the language.
pub static UNITS: &[Unit] = &[
    unit("dB", Type::Level, Scale::Times(1.0)),
    unit("LU", Type::Level, Scale::Times(1.0)),
    unit("dBFS", Type::DbFs, Scale::Times(1.0)),
    unit("dBTP", Type::DbTp, Scale::Times(1.0)),
    unit("LUFS", Type::Lufs, Scale::Times(1.0)),
    unit("s", Type::Time, Scale::Times(1.0)),
    unit("ms", Type::Time, Scale::Over(1e3)),
    unit("us", Type::Time, Scale::Over(1e6)),
    unit("min", Type::Time, Scale::Times(60.0)),
    unit("samples", Type::Time, Scale::Samples),
    unit("sample", Type::Time, Scale::Samples),
    unit("Hz", Type::Frequency, Scale::Times(1.0)),
    unit("kHz", Type::Frequency, Scale::Times(1e3)),
    unit("oct", Type::Interval, Scale::Times(1.0)),
    unit("st", Type::Interval, Scale::Over(12.0)),
    unit("ct", Type::Interval, Scale::Over(1200.0)),
    unit("beat", Type::Musical, Scale::Times(1.0)),
    unit("beats", Type::Musical, Scale::Times(1.0)),
    unit("bar", Type::Musical, Scale::Bars),
    unit("bars", Type::Musical, Scale::Bars),
    unit("bpm", Type::Tempo, Scale::Times(1.0)),
    unit("%", Type::Number, Scale::Over(100.0)),
    unit("x", Type::Number, Scale::Times(1.0)),
    unit("deg", Type::Number, Scale::Over(360.0)),
];

/// Words that musicians write for a unit that is spelled otherwise here.
static SAID: &[(&str, &str)] = &[
    ("sec", "s"),
    ("secs", "s"),
    ("second", "s"),
    ("seconds", "s"),
    ("m", "ms"),
    ("msec", "ms"),
    ("millis", "ms"),
    ("milliseconds", "ms"),
    ("minute", "min"),
    ("minutes", "min"),
    ("hertz", "Hz"),
    ("k", "kHz"),
    ("semi", "st"),
    ("semitone", "st"),
    ("semitones", "st"),
    ("cent", "ct"),
    ("cents", "ct"),
    ("octave", "oct"),
    ("octaves", "oct"),
    ("percent", "%"),
    ("degree", "deg"),
    ("degrees", "deg"),
    ("decibel", "dB"),
    ("decibels", "dB"),
    ("lkfs", "LUFS"),
    ("smp", "samples"),
    ("spl", "samples"),
    ("times", "x"),
];

/// What some units need to know of the song; what is not known here makes their use an error.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct SongUnits {
    /// Hertz of the mix, for `samples`.
    pub sample_rate: Option<f64>,
    /// Beats of a bar where the quantity stands, for `bars`.
    pub beats_per_bar: Option<f64>,
    /// Note value of a beat (4: a quarter), for `note(1/8)`.
    pub beat_unit: Option<u32>,
}

/// The unit that a word names.
pub fn find(word: &str) -> Option<&'static Unit> {
    UNITS.iter().find(|u| u.word == word)
}

/// The unit that musicians write another word for, in small letters.
pub fn said(lower: &str) -> Option<&'static str> {
    SAID.iter().find(|(w, _)| *w == lower).map(|(_, u)| *u)
}

/// The unit that a word which is none most likely means: `db` is `dB`, `seconds` is `s`.
pub fn meant(word: &str) -> Option<&'static str> {
    let lower = word.to_lowercase();
    let same = UNITS.iter().find(|u| u.word != word && u.word.to_lowercase() == lower).map(|u| u.word);
    same.or_else(|| said(&lower)).or_else(|| did_you_mean(word, UNITS.iter().map(|u| u.word)))
}

/// The canonical number and type of a quantity as written.
///
/// # Errors
/// An unknown unit ([`E0301`]), or a unit that needs to know what `song` does not ([`E0302`]).
pub fn quantity(written: &Quantity, span: Span, song: &SongUnits) -> Result<(f64, Type), Diagnostic> {
    let Some(word) = &written.unit else {
        return Ok((written.value, Type::Number));
    };
    let Some(unit) = find(&word.name) else {
        return Err(unknown(written, word));
    };
    let value = match unit.scale {
        Scale::Times(factor) => written.value * factor,
        Scale::Over(divisor) => written.value / divisor,
        Scale::Samples => match song.sample_rate {
            Some(rate) => written.value / rate,
            None => return Err(needs("samples", "the sample rate of the mix", "a time such as `1ms`", span)),
        },
        Scale::Bars => match song.beats_per_bar {
            Some(beats) => written.value * beats,
            None => return Err(needs("bars", "a time signature", "beats, such as `4beats`", span)),
        },
    };
    Ok((value, unit.ty.clone()))
}

/// Beats of `note(fraction)`: how many beats a part of a whole note lasts. A beat is a quarter where the song
/// says nothing else.
pub fn note_beats(fraction: f64, song: &SongUnits) -> f64 {
    fraction * f64::from(song.beat_unit.unwrap_or(4))
}

/// Beats of `note`, `dotted` or `triplet` of a part of a whole note; `None` for another word.
pub fn note_value(word: &str, fraction: f64, song: &SongUnits) -> Option<f64> {
    let plain = note_beats(fraction, song);
    match word {
        "note" => Some(plain),
        "dotted" => Some(plain * 1.5),
        "triplet" => Some(plain * 2.0 / 3.0),
        _ => None,
    }
}

fn unknown(written: &Quantity, word: &Ident) -> Diagnostic {
    let found = Diagnostic::error(&E0301, word.span, format!("unknown unit `{}`", word.name));
    match meant(&word.name) {
        Some(unit) => found
            .at(format!("did you mean `{unit}`?"))
            .help(format!("write `{}{}{unit}`", if written.signed && written.value > 0.0 { "+" } else { "" }, written.value))
            .fix(format!("replace `{}` by `{unit}`", word.name), word.span, unit),
        None => {
            let words: Vec<String> = UNITS.iter().map(|u| format!("`{}`", u.word)).collect();
            found.at("no such unit").help(format!("the units are {}", words.join(", ")))
        }
    }
}

fn needs(unit: &str, what: &str, instead: &str, span: Span) -> Diagnostic {
    Diagnostic::error(&E0302, span, format!("`{unit}` cannot be used here: {what} is not known"))
        .at(format!("has no length without {what}"))
        .help(format!("write {instead}"))
}
