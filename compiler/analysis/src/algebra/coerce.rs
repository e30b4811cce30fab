//! What is accepted where something else is wanted, and what bare words mean there.
//!
//! Always true here: nothing converts between the points of `dBFS`, `dBTP` and `LUFS`; a level is read as a point
//! in `dBFS` (0 dB is full scale), never the reverse; no number changes its canonical value by a coercion.

use crate::types::Type;

/// Where a value is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Parameter of an effect or chain: a musical time looks back from here along the tempo map.
    Parameter,
    /// Anywhere else.
    Value,
}

/// What has to be done to a value so that it fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coercion {
    /// Nothing.
    Same,
    /// Nothing but another name for its type: `Level` as `dBFS`, a number as a signal and back.
    Retag,
    /// A tuple of two numbers is a frame of two channels.
    Frame,
    /// A point becomes a ceiling; true peaks count where it was written in `dBTP`.
    Ceiling(bool),
    /// A strip is tapped at its output.
    Tap,
    /// A musical time looks back along the tempo map ([`crate::body::ExprKind::LookBack`]).
    LookBack,
    /// A musical time is how long a cycle takes: the frequency is one over what looks back.
    Rate,
}

/// Whether `from` is accepted where `to` is wanted, and by what means.
pub fn coerce(from: &Type, to: &Type, place: Place) -> Option<Coercion> {
    if from == to || *from == Type::Error || *to == Type::Error {
        return Some(Coercion::Same);
    }
    match (from, to) {
        (Type::Level, Type::DbFs)
        | (Type::Number, Type::Signal)
        | (Type::Signal, Type::Number)
        | (Type::Text, Type::Template | Type::File)
        | (Type::Bus, Type::Strip) => Some(Coercion::Retag),
        (Type::Tuple(parts), Type::Signal) if is_frame(parts) => Some(Coercion::Frame),
        (Type::DbFs, Type::Ceiling) => Some(Coercion::Ceiling(false)),
        (Type::DbTp, Type::Ceiling) => Some(Coercion::Ceiling(true)),
        (Type::Tuple(parts), Type::Ceiling) if *parts == [Type::DbFs, Type::Switch] => Some(Coercion::Retag),
        (Type::Strip | Type::Bus, Type::Signal) => Some(Coercion::Tap),
        (Type::Musical, Type::Time) if place == Place::Parameter => Some(Coercion::LookBack),
        (Type::Musical, Type::Frequency) if place == Place::Parameter => Some(Coercion::Rate),
        (Type::List(a), Type::List(b)) => {
            let inner = coerce(a, b, Place::Value)?;
            (inner == Coercion::Retag || inner == Coercion::Same).then_some(Coercion::Retag)
        }
        _ => None,
    }
}

/// The one type that two sides of an `if`, or two elements of a list, have in common.
pub fn unify(a: &Type, b: &Type) -> Option<Type> {
    match (a, b) {
        _ if a == b => Some(a.clone()),
        (Type::Error, other) | (other, Type::Error) => Some(other.clone()),
        (Type::Number, Type::Signal) | (Type::Signal, Type::Number) => Some(Type::Signal),
        (Type::Tuple(parts), Type::Signal) | (Type::Signal, Type::Tuple(parts)) if is_frame(parts) => {
            Some(Type::Signal)
        }
        (Type::Tuple(x), Type::Tuple(y)) if x.len() == y.len() => {
            let parts: Option<Vec<Type>> = x.iter().zip(y).map(|(x, y)| unify(x, y)).collect();
            parts.map(Type::Tuple)
        }
        (Type::List(x), Type::List(y)) => unify(x, y).map(|of| Type::List(Box::new(of))),
        _ => None,
    }
}

/// What a bare word means where a type is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Word {
    /// `on`, `off`.
    Switch(bool),
    /// `off` where a level is wanted: minus infinity.
    MinusInfinity,
    /// A word of a choice.
    Choice(String),
}

/// Reads a bare word against the type that is wanted. `None`: an ordinary name.
pub fn word(word: &str, wanted: &Type) -> Option<Word> {
    match (wanted, word) {
        (Type::Switch, "on") => Some(Word::Switch(true)),
        (Type::Switch, "off") => Some(Word::Switch(false)),
        (Type::Level, "off") => Some(Word::MinusInfinity),
        (Type::Choice(words), _) if words.iter().any(|w| w == word) => Some(Word::Choice(word.to_string())),
        _ => None,
    }
}

fn is_frame(parts: &[Type]) -> bool {
    parts.len() == 2 && parts.iter().all(|p| matches!(p, Type::Number | Type::Signal | Type::Error))
}
