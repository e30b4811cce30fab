//! Types of values. A unit is a type; each has one canonical unit in which its numbers are kept from here on:
//! level and points in decibels, frequency in hertz, time in seconds, interval in octaves, musical time in beats,
//! tempo in beats a minute, percent and angle as numbers (30% = 0.3, 90deg = 0.25).

use serde::{Deserialize, Serialize};

/// A type of the language.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Type {
    /// A plain number, percent, factor (`4x`) or angle.
    Number,
    /// A gain in decibels (`dB`, `LU`).
    Level,
    /// A point on the full-scale ladder in `dBFS`.
    DbFs,
    /// A true-peak point in `dBTP`.
    DbTp,
    /// What peaks must not pass: a point that says whether it counts samples (`dBFS`) or the signal between them
    /// (`dBTP`). In effect bodies its parts are `(point in dBFS, whether true peaks count)`.
    Ceiling,
    /// A loudness point in `LUFS`.
    Lufs,
    /// Seconds.
    Time,
    /// Hertz.
    Frequency,
    /// Octaves (`st`, `ct`, `oct`).
    Interval,
    /// Beats (`beat`, `bar`, `note()`).
    Musical,
    /// A place on the timeline.
    Position,
    /// Beats a minute.
    Tempo,
    /// `true`/`false`, `on`/`off`.
    Switch,
    /// One word of a list.
    Choice(Vec<String>),
    /// Text.
    Text,
    /// An audio file; written as the text of its path.
    File,
    /// An impulse response (in effect bodies): what a convolution does.
    Response,
    /// Text of a file name with fields that are filled in per produced file.
    Template,
    /// A list of one type.
    List(Box<Type>),
    /// A tuple.
    Tuple(Vec<Type>),
    /// A record.
    Record,
    /// Audio: a frame of numbers at audio rate.
    Signal,
    /// A track, bus or the master.
    Strip,
    /// A bus.
    Bus,
    /// A delay line (in effect bodies).
    Line,
    /// A section of the song.
    Section,
    /// A function value.
    Function,
    /// Nothing.
    Unit,
    /// Follows an error; agrees with everything, so that one fault is reported once.
    Error,
}
