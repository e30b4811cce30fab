//! Typed code: bodies of effects and the signals that parameters take. Names are resolved, units checked and
//! reduced to canonical numbers, functions inlined; loops, widths and rates are left to the lowering, which knows
//! the instance.
//!
//! Rates (semantics, rule 1) follow from the leaves: numbers and const parameters are const; `Curve`, `Lfo…`,
//! `Seconds`, `Beats`, `LookBack` are control; `Input`, `Tap`, states, lines and noise are audio; an expression has
//! the highest rate of its parts.

use crate::types::Type;
use mixdown_syntax::Span;
use serde::{Deserialize, Serialize};

/// Index into [`crate::mix::Mix::effects`].
pub type EffectId = u32;
/// A local name of one effect body: `let`, loop variable, state or line. Unique in the body.
pub type LocalId = u32;

/// An effect as the kernel room sees it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Effect {
    /// Its name, unqualified: `compressor`.
    pub name: String,
    /// The module it comes from: `std`, or the file's path.
    pub module: String,
    /// Its `///` text.
    pub doc: String,
    /// Parameters in order.
    pub params: Vec<Param>,
    /// Whether its body names `input`; a generator's does not.
    pub takes_input: bool,
    /// How many locals the body numbers.
    pub locals: u32,
    /// Its code.
    pub body: Block,
    /// Its name in the text.
    pub span: Span,
}

/// A parameter of an effect.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Param {
    /// Its name.
    pub name: String,
    /// Its type; `Signal` parameters are audio (`key`).
    pub ty: Type,
    /// Declared `const`: its value shapes the code (slopes, line lengths). Switches and choices given as constants
    /// shape it as well.
    pub constant: bool,
    /// Value where none is given; may use `input` and earlier parameters.
    pub default: Option<Expr>,
    /// Lowest and highest value in the canonical unit; signals outside are clamped before use.
    pub range: Option<(f64, f64)>,
    /// Of a `const` parameter: the only values there are, ascending; empty where all of the range will do.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<f64>,
    /// Of a list: how many elements it has, where only one number will do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u32>,
    /// Its `///` text.
    pub doc: String,
}

/// Statements and the value they end in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Default)]
pub struct Block {
    /// In order.
    pub stmts: Vec<Stmt>,
    /// The value; none for a block that only acts.
    pub value: Option<Box<Expr>>,
}

/// What a `let` or `for` binds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Pattern {
    /// One name.
    Local(LocalId),
    /// The parts of a tuple, or of a frame: `(l, r)` asks for exactly two channels.
    Tuple(Vec<Pattern>),
}

/// A statement.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Stmt {
    /// `let pattern = value`.
    Let(Pattern, Expr, Span),
    /// `state local = init`: a number (one cell), [`ExprKind::NewLine`] (a delay line), or a list of these.
    State(LocalId, String, Expr, Span),
    /// `target = value`: the target is a local bound by `State`, or an index into one.
    Assign(Expr, Expr, Span),
    /// `for pattern in iter`: the list is known when the effect is lowered.
    For(Pattern, Expr, Block, Span),
    /// `latency e`, in seconds; a constant.
    Latency(Expr, Span),
    /// An expression whose value is not used.
    Expr(Expr),
}

/// An expression with its type and place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Its type.
    pub ty: Type,
    /// Its place.
    pub span: Span,
}

/// Kinds of [`Expr`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExprKind {
    /// A number in the canonical unit of its type.
    Number(#[serde(with = "mixdown_layout::infinite")] f64),
    /// `on`/`off`.
    Switch(bool),
    /// A word of a choice.
    Choice(String),
    /// An audio file of [`crate::mix::Mix::files`].
    File(u32),
    /// The input frame of the effect (inside `oversample`: the upsampled one).
    Input,
    /// A parameter of the effect.
    Param(u32),
    /// A local; of a state: its value now.
    Local(LocalId),
    /// A curve of [`crate::mix::Mix::curves`] (control).
    Curve(u32),
    /// The audio of another strip.
    Tap(Tap),
    /// Seconds since sample 0 (control).
    Seconds,
    /// Beats since `@1` (control).
    Beats,
    /// How many seconds ago a musical time of so many beats began, by the tempo map (control).
    LookBack(f64),
    /// `-x` or `not x`.
    Unary(UnaryOp, Box<Expr>),
    /// Arithmetic, comparison, logic on canonical numbers.
    Binary(BinaryOp, Box<Expr>, Box<Expr>),
    /// A function of the language.
    Call(Builtin, Vec<Expr>),
    /// Another effect with state of its own.
    Effect(Box<EffectCall>),
    /// A selection: both sides run where the condition is a signal.
    If(Box<Expr>, Block, Block),
    /// A block as a value (an inlined function).
    Block(Block),
    /// A tuple; of two numbers also a frame where a frame is wanted.
    Tuple(Vec<Expr>),
    /// A list.
    List(Vec<Expr>),
    /// `[body for pattern in iter if filter]`.
    Comprehension(Pattern, Box<Expr>, Option<Box<Expr>>, Box<Expr>),
    /// `a .. b` in a list place: the numbers a, a+1, … b.
    Range(Box<Expr>, Box<Expr>),
    /// An element; the index counts from 0.
    Index(Box<Expr>, Box<Expr>),
    /// `line(capacity)` in seconds.
    NewLine(Box<Expr>),
    /// `oversample n { … }`.
    Oversample(Box<Expr>, Block),
    /// `spectral n { … }`: `input` with a gain on each bin of each window of n samples; signals inside are magnitudes.
    Spectral(Box<Expr>, Block),
}

/// `-x`, `not x`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnaryOp {
    /// `-x`
    Neg,
    /// `not x`
    Not,
}

/// Infix operators on canonical numbers. `a*b + c` and its kin become one rounding in the lowering (semantics,
/// rule 2), which therefore needs the tree as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum BinaryOp {
    Add,
    Sub,
    Mul,
    Div,
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    And,
    Or,
}

/// A call of an effect.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EffectCall {
    /// Which.
    pub effect: EffectId,
    /// Its input (`x |> f(..)`); none for a generator.
    pub input: Option<Expr>,
    /// One for each parameter; `None` takes the default.
    pub args: Vec<Option<Expr>>,
    /// Name of this call in paths of states: the effect's name, `name.2`…, or its label.
    pub path: String,
}

/// A point of a strip where a key listens.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Tap {
    /// Index into [`crate::mix::Mix::strips`].
    pub strip: u32,
    /// Where on it.
    pub point: TapPoint,
}

/// Places of a strip that can be tapped.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TapPoint {
    /// After its last statement, before mute and solo.
    Output,
    /// Directly above its fader.
    Pre,
    /// After its source.
    Source,
    /// After the processor with this path segment.
    After(String),
}

/// Functions of the language. Arguments are canonical numbers; `f: A, B -> C` names the types.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Builtin {
    /// `factor(Level) -> Number`: 10^(x/20); `off` gives 0.
    Factor,
    /// `to_db(Number) -> Level`: 20 log10 |x|, never under -200.
    ToDb,
    /// `to_dbfs(Number) -> dBFS`: the same.
    ToDbFs,
    /// `exp exp2 ln log2 log10 sqrt: Number -> Number`.
    Exp,
    #[allow(missing_docs)]
    Exp2,
    #[allow(missing_docs)]
    Ln,
    #[allow(missing_docs)]
    Log2,
    #[allow(missing_docs)]
    Log10,
    #[allow(missing_docs)]
    Sqrt,
    /// `pow(Number, Number) -> Number`, base above 0.
    Pow,
    /// `sin cos tan: Number (radians) -> Number`.
    Sin,
    #[allow(missing_docs)]
    Cos,
    #[allow(missing_docs)]
    Tan,
    #[allow(missing_docs)]
    Atan,
    #[allow(missing_docs)]
    Tanh,
    /// `abs sign floor ceil round trunc fract`, of any quantity (the last five of numbers).
    Abs,
    #[allow(missing_docs)]
    Sign,
    #[allow(missing_docs)]
    Floor,
    #[allow(missing_docs)]
    Ceil,
    #[allow(missing_docs)]
    Round,
    #[allow(missing_docs)]
    Trunc,
    #[allow(missing_docs)]
    Fract,
    /// `min max` of two equal types.
    Min,
    #[allow(missing_docs)]
    Max,
    /// `clamp(x, low, high)`.
    Clamp,
    /// `loudest(Signal) -> Number`: the largest |channel|.
    Loudest,
    /// `sum(Signal) -> Number`: left + right.
    Sum,
    /// `mono(Signal) -> Number`: (left + right) / 2; of mono the value itself.
    Mono,
    /// `left right: Signal -> Number`.
    Left,
    #[allow(missing_docs)]
    Right,
    /// `frame(Number, Number) -> Signal`: two channels.
    Frame,
    /// `channels(Signal) -> Number`: 1 or 2, known when lowered.
    Channels,
    /// `follow(x, attack: Time, release: Time)`: rises with attack, falls with release, time to 63 %; a state of its own.
    Follow,
    /// `soft_knee(over: Level, knee: Level) -> Level`: 0 under the knee, quadratic in it, the value above (Giannoulis 2012).
    SoftKnee,
    /// `sample_rate -> Frequency` of the code it stands in (times the factor inside `oversample`).
    SampleRate,
    /// `bin_frequency -> Frequency` of the bin that is computed, in a `spectral` block.
    BinFrequency,
    /// `white() -> Number`: uniform -1..1, by seed, path, channel and timeline sample.
    White,
    /// `read(line, Time)`: linear between samples; `read_samples(line, Number)` the same in samples.
    LineRead,
    #[allow(missing_docs)]
    LineReadSamples,
    /// `write(line, x)`.
    LineWrite,
    /// `len(list) -> Number`.
    Len,
    /// `response(File, skip: Time, length: Time, trim: Level, stretch: Number) -> Response`: a recorded response at the
    /// rate of the code.
    Response,
    /// `normalised(Response) -> Response`: with an energy of 1.
    Normalised,
    /// `reversed(Response) -> Response`: its end first.
    Reversed,
    /// `linear_phase(List) -> Response`, `minimum_phase(List) -> Response`: levels at equal steps from 0 Hz to half the
    /// rate as a filter; the first is late by as many samples as there are steps.
    LinearPhase,
    #[allow(missing_docs)]
    MinimumPhase,
    /// `fir(Signal, Response) -> Signal`: the signal convolved with the response.
    Fir,
    /// `control(x)`: the value at the grid points, ramped between.
    Control,
    /// Whether a value changes over time.
    Moves,
    /// `each_sample(x)`: the value as a signal, so that what is made of it is worked out at every sample.
    EachSample,
}
