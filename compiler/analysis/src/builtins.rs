//! The functions of the language: their names, what they take and give, and where they may stand.
//!
//! Always true here: every [`Builtin`] has exactly one row in [`TABLE`]; effect bodies and scripts read the same
//! row, so a function means the same in both.

use crate::body::Builtin;
use crate::types::Type;

mod eval;
mod typing;

pub use eval::evaluate;
pub use typing::{CallFault, result_type};

/// What an argument has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Want {
    /// A number or a signal (then the result is one too).
    Numeric,
    /// A signal: a frame of one or two numbers.
    Frame,
    /// One number of a frame.
    Single,
    /// A level in `dB`.
    Level,
    /// A time.
    Time,
    /// A number with any unit, or none.
    Quantity,
    /// A quantity that has a size of its own: points, positions and tempos have none.
    Size,
    /// The same as the first argument.
    Same,
    /// A delay line.
    Line,
    /// A list.
    List,
    /// An audio file.
    File,
    /// An impulse response.
    Response,
}

/// What a call gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gives {
    /// A number; a signal where an argument is one.
    Numeric,
    /// A number, whatever the arguments are.
    Number,
    /// A level in `dB`.
    Level,
    /// A point in `dBFS`.
    DbFs,
    /// A frequency.
    Frequency,
    /// What the first argument is.
    First,
    /// A signal.
    Signal,
    /// What the line carries.
    Carried,
    /// On or off.
    Switch,
    /// An impulse response.
    Response,
    /// Nothing.
    Nothing,
}

/// A function of the language.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// Which.
    pub builtin: Builtin,
    /// Its name in the text.
    pub name: &'static str,
    /// Names of its parameters and what they take; all are given by position.
    pub params: &'static [(&'static str, Want)],
    /// Its result.
    pub gives: Gives,
    /// Scripts can call it on plain numbers ([`evaluate`] knows the result).
    pub mix_time: bool,
    /// It keeps something from sample to sample.
    pub stateful: bool,
    /// One line for hover and help.
    pub doc: &'static str,
}

macro_rules! entry {
    ($b:ident $name:literal ($($p:literal: $w:ident),*) -> $g:ident $place:ident; $doc:literal) => {
        Entry {
            builtin: Builtin::$b,
            name: $name,
            params: &[$(($p, Want::$w)),*],
            gives: Gives::$g,
            mix_time: entry!(@mix $place),
            stateful: entry!(@state $place),
            doc: $doc,
        }
    };
    (@mix pure) => { true };
    (@mix $other:ident) => { false };
    (@state state) => { true };
    (@state $other:ident) => { false };
}

/// Every function. `pure` ones work at mix time as well; `audio` ones stand in effect bodies only; `state` ones
/// there, with a state of their own.
pub static TABLE: &[Entry] = &[
    entry!(Factor "factor" ("level": Level) -> Numeric pure; "the factor of a level: 10^(x/20); `off` gives 0"),
    entry!(ToDb "to_db" ("x": Numeric) -> Level pure; "the level of a factor: 20 log10 |x|, never under -200 dB"),
    entry!(ToDbFs "to_dbfs" ("x": Numeric) -> DbFs pure; "the level of a sample: 20 log10 |x|, never under -200 dBFS"),
    entry!(Exp "exp" ("x": Numeric) -> Numeric pure; "e^x"),
    entry!(Exp2 "exp2" ("x": Numeric) -> Numeric pure; "2^x"),
    entry!(Ln "ln" ("x": Numeric) -> Numeric pure; "natural logarithm"),
    entry!(Log2 "log2" ("x": Numeric) -> Numeric pure; "logarithm to base 2"),
    entry!(Log10 "log10" ("x": Numeric) -> Numeric pure; "logarithm to base 10"),
    entry!(Sqrt "sqrt" ("x": Numeric) -> Numeric pure; "square root"),
    entry!(Pow "pow" ("base": Numeric, "exponent": Numeric) -> Numeric pure; "base^exponent, base above 0"),
    entry!(Sin "sin" ("x": Numeric) -> Numeric pure; "sine of radians"),
    entry!(Cos "cos" ("x": Numeric) -> Numeric pure; "cosine of radians"),
    entry!(Tan "tan" ("x": Numeric) -> Numeric pure; "tangent of radians"),
    entry!(Atan "atan" ("x": Numeric) -> Numeric pure; "arc tangent, in radians"),
    entry!(Tanh "tanh" ("x": Numeric) -> Numeric pure; "hyperbolic tangent: a soft clip"),
    entry!(Abs "abs" ("x": Size) -> First pure; "size without sign"),
    entry!(Sign "sign" ("x": Size) -> Numeric pure; "-1, 0 or 1"),
    entry!(Floor "floor" ("x": Numeric) -> Numeric pure; "next whole number below"),
    entry!(Ceil "ceil" ("x": Numeric) -> Numeric pure; "next whole number above"),
    entry!(Round "round" ("x": Numeric) -> Numeric pure; "nearest whole number, halves away from 0"),
    entry!(Trunc "trunc" ("x": Numeric) -> Numeric pure; "whole part"),
    entry!(Fract "fract" ("x": Numeric) -> Numeric pure; "x - floor(x)"),
    entry!(Min "min" ("a": Quantity, "b": Same) -> First pure; "the smaller one; `min(list)` is the least of a list"),
    entry!(Max "max" ("a": Quantity, "b": Same) -> First pure; "the larger one; `max(list)` is the greatest of a list"),
    entry!(Clamp "clamp" ("x": Quantity, "low": Same, "high": Same) -> First pure; "x, held between low and high"),
    entry!(Loudest "loudest" ("x": Frame) -> Number audio; "the largest |channel|"),
    entry!(Sum "sum" ("x": Frame) -> Number audio; "left + right; `sum(list)` adds up a list, each channel for itself"),
    entry!(Mono "mono" ("x": Frame) -> Number audio; "(left + right) / 2"),
    entry!(Left "left" ("x": Frame) -> Number audio; "the left channel"),
    entry!(Right "right" ("x": Frame) -> Number audio; "the right channel"),
    entry!(Frame "frame" ("left": Single, "right": Single) -> Signal audio; "two channels of two numbers"),
    entry!(Channels "channels" ("x": Frame) -> Number audio; "1 or 2"),
    entry!(Follow "follow" ("x": Quantity, "attack": Time, "release": Time) -> First state;
        "rises with attack and falls with release (time to 63 %)"),
    entry!(SoftKnee "soft_knee" ("over": Level, "knee": Level) -> Level pure;
        "0 under the knee, quadratic in it, the value above it (Giannoulis 2012)"),
    entry!(SampleRate "sample_rate" () -> Frequency audio; "samples a second of the code it stands in"),
    entry!(BinFrequency "bin_frequency" () -> Frequency audio; "the middle of the bin that a `spectral` block computes"),
    entry!(White "white" () -> Number state; "white noise from -1 to 1"),
    entry!(LineRead "read" ("line": Line, "time": Time) -> Carried audio; "what was written so long ago"),
    entry!(LineReadSamples "read_samples" ("line": Line, "samples": Single) -> Carried audio;
        "what was written so many samples ago"),
    entry!(LineWrite "write" ("line": Line, "x": Quantity) -> Nothing audio; "writes this sample's value"),
    entry!(Len "len" ("list": List) -> Number pure; "how many elements"),
    entry!(Response "response" ("file": File, "skip": Time, "length": Time, "trim": Level, "stretch": Single) -> Response audio;
        "a file as an impulse response: `stretch` times as long, without its first `skip`, at most so long, and without what is `trim` under it"),
    entry!(Normalised "normalised" ("response": Response) -> Response audio;
        "the same response, as loud as it leaves white noise as loud as before"),
    entry!(Reversed "reversed" ("response": Response) -> Response audio; "the same response, its end first"),
    entry!(LinearPhase "linear_phase" ("levels": List) -> Response audio;
        "a filter with these levels at equal steps from 0 Hz to half the rate, late by as many samples as there are steps"),
    entry!(MinimumPhase "minimum_phase" ("levels": List) -> Response audio; "the same without latency"),
    entry!(Fir "fir" ("x": Frame, "response": Response) -> Signal audio; "x, convolved with the response"),
    entry!(Control "control" ("x": Quantity) -> First audio; "the value every 64 samples, ramped between"),
    entry!(Moves "moves" ("x": Quantity) -> Switch audio; "whether x changes over time; known before the first sample"),
    entry!(EachSample "each_sample" ("x": Quantity) -> First audio;
        "x, where it moves worked out at every sample, and so is what is made of it"),
];

/// The function of a name.
pub fn find(name: &str) -> Option<Builtin> {
    TABLE.iter().find(|e| e.name == name).map(|e| e.builtin)
}

/// The row of a function.
pub fn entry(builtin: Builtin) -> &'static Entry {
    // The table is complete (a test walks it), so the first row is never what is answered for another function.
    TABLE.iter().find(|e| e.builtin == builtin).unwrap_or(&TABLE[0])
}

/// All names, for "did you mean" and completion.
pub fn names() -> impl Iterator<Item = &'static str> {
    TABLE.iter().map(|e| e.name)
}

/// The numbers that have a name of their own: `pi` and `tau` (2 pi).
pub fn constant(name: &str) -> Option<f64> {
    match name {
        "pi" => Some(std::f64::consts::PI),
        "tau" => Some(std::f64::consts::TAU),
        _ => None,
    }
}

/// A call as it is written: `clamp(x, low, high)`.
pub fn shape(entry: &Entry) -> String {
    let params: Vec<&str> = entry.params.iter().map(|(name, _)| *name).collect();
    format!("{}({})", entry.name, params.join(", "))
}

/// What an argument has to be, in a sentence.
pub fn describe_want(want: Want, first: Option<&Type>) -> String {
    match want {
        Want::Numeric | Want::Single => "a number".into(),
        Want::Frame => "a signal".into(),
        Want::Level => "a level in `dB`".into(),
        Want::Time => "a time".into(),
        Want::Quantity | Want::Size => "a number or a quantity such as `3dB`".into(),
        Want::Same => first.map_or_else(|| "the same type".into(), crate::units::describe),
        Want::Line => "a delay line".into(),
        Want::List => "a list".into(),
        Want::File => "an audio file".into(),
        Want::Response => "an impulse response".into(),
    }
}
