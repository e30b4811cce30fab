//! The tree: what the text says, with a span on every node and nothing decided yet. Names are not resolved,
//! units not checked, settings not ordered. A broken line leaves no node, only a diagnostic.

use crate::source::Span;
use std::borrow::Cow;
use std::rc::Rc;
use unicode_normalization::UnicodeNormalization;

/// A name.
#[derive(Clone, Debug, PartialEq)]
pub struct Ident {
    /// The word, composed: what looks alike is one name.
    pub name: String,
    /// Its place.
    pub span: Span,
}

impl Ident {
    /// A name as it is written or computed.
    pub fn new(word: &str, span: Span) -> Ident {
        Ident { name: composed(word).into_owned(), span }
    }
}

/// A name with its letters composed (NFC): an `é` of one character and one of two, as some systems write file names, are
/// the same name.
pub fn composed(name: &str) -> Cow<'_, str> {
    if name.is_ascii() { Cow::Borrowed(name) } else { Cow::Owned(name.nfc().collect()) }
}

/// `///` or `//!` lines, joined, without the slashes and one leading space.
#[derive(Clone, Debug, PartialEq)]
pub struct Doc {
    /// The text, lines joined by `\n`.
    pub text: String,
    /// From the first to the last line.
    pub span: Span,
}

/// One parsed file.
#[derive(Clone, Debug, Default)]
pub struct File {
    /// `//!` lines at the top.
    pub doc: Option<Doc>,
    /// Items in text order.
    pub items: Vec<Item>,
    /// Names that broken items seem to have declared, so that no "unknown" error follows from them.
    pub broken_names: Vec<String>,
    /// Plain `//` comments, for the formatter.
    pub comments: Vec<Span>,
}

/// A declaration or statement at file level (or inside a file-level `for`/`if`).
#[derive(Clone, Debug)]
pub struct Item {
    /// `///` lines above.
    pub doc: Option<Doc>,
    /// The whole item without its doc.
    pub span: Span,
    /// What it is.
    pub kind: ItemKind,
}

/// Kinds of [`Item`]. What is large is counted: an item stays what it is when the text around it changes.
#[derive(Clone, Debug)]
pub enum ItemKind {
    /// `import "x.mix" as y`, `import drumkit`, `import "x.mix": lead, glue`.
    Import(Import),
    /// `let x = e`, `let (a, b) = e`.
    Let(Rc<Let>),
    /// `fn f(a, b: Level) { … }`.
    Fn(Rc<Decl>),
    /// `chain c(…) { … }`: `body` is [`DeclBody::Strip`].
    Chain(Rc<Decl>),
    /// `effect e(…) { … }`: `body` is [`DeclBody::Code`].
    Effect(Rc<Decl>),
    /// `track x { … }`, `track "bv{i}" like bv { … }`.
    Track(Rc<Strip>),
    /// `bus x { … }`.
    Bus(Rc<Strip>),
    /// `monitor car { … }`.
    Monitor(Rc<Strip>),
    /// `master { … }`.
    Master(Rc<Body>),
    /// `group band { drums, guitars; fader -0.5dB }`.
    Group(Rc<Group>),
    /// `sections { … }`.
    Sections(Vec<Section>),
    /// `deliver { … }`: expression statements, `let`, `for`, `if`.
    Deliver(Rc<Block>),
    /// `check { … }`: expression statements (often [`ExprKind::Within`] or a comparison).
    Check(Rc<Block>),
    /// `option name: Type = default in a .. b`.
    Option(Rc<Param>),
    /// A song setting: `tempo 118bpm from @9`, `signature 4/4`, `title "…"`.
    Setting(Rc<SongSetting>),
    /// `for pattern in e { items }`.
    For(For<Vec<Item>>),
    /// `if c { items } else { items }`.
    If(If<Vec<Item>>),
}

/// An import.
#[derive(Clone, Debug)]
pub struct Import {
    /// The path string (`lib/v.mix`), or the words of a package path (`drumkit`, `a.b`).
    pub source: ImportSource,
    /// `as name`.
    pub alias: Option<Ident>,
    /// `: a, b`. `None` is a module import.
    pub names: Option<Vec<Ident>>,
}

/// Where an import comes from.
#[derive(Clone, Debug)]
pub enum ImportSource {
    /// A file path relative to the importing file.
    Path(String, Span),
    /// A package name of the manifest.
    Package(Vec<Ident>),
}

/// `let pattern = value`.
#[derive(Clone, Debug)]
pub struct Let {
    /// What it binds.
    pub pattern: Pattern,
    /// `: Type`.
    pub ty: Option<TypeExpr>,
    /// To what.
    pub value: Expr,
}

/// A name or a tuple of patterns.
#[derive(Clone, Debug)]
pub enum Pattern {
    /// One name.
    Name(Ident),
    /// `(a, b)`.
    Tuple(Vec<Pattern>, Span),
}

/// A `fn`, `chain` or `effect`.
#[derive(Clone, Debug)]
pub struct Decl {
    /// Its name.
    pub name: Ident,
    /// Its parameters.
    pub params: Vec<Param>,
    /// Its body.
    pub body: DeclBody,
}

/// Body of a [`Decl`].
#[derive(Clone, Debug)]
pub enum DeclBody {
    /// Of a `chain`.
    Strip(Body),
    /// Of an `effect` or `fn`.
    Code(Block),
}

/// A declared parameter: `/// doc` `const name: Type = default in a .. b`.
#[derive(Clone, Debug)]
pub struct Param {
    /// `///` lines above.
    pub doc: Option<Doc>,
    /// The word `const` stood before the name: only constants are taken.
    pub constant: bool,
    /// Its name.
    pub name: Ident,
    /// Its type; only a `fn` may leave it out.
    pub ty: Option<TypeExpr>,
    /// `= e`.
    pub default: Option<Expr>,
    /// `in a .. b`, the expression after `in`.
    pub range: Option<Expr>,
    /// The whole parameter.
    pub span: Span,
}

/// A type as written.
#[derive(Clone, Debug)]
pub enum TypeExpr {
    /// `Level`, `Frequency`, `Signal`, …
    Name(Ident),
    /// `one of [peak, rms]`.
    OneOf(Vec<Ident>, Span),
    /// `List of Level`, `List of 31 Level`.
    List(Box<TypeExpr>, Option<u32>, Span),
}

/// A track or bus.
#[derive(Clone, Debug)]
pub struct Strip {
    /// Its name: a word, or a string with interpolation (always [`ExprKind::Str`] or [`ExprKind::Name`]).
    pub name: Expr,
    /// `like other`.
    pub like: Option<Target>,
    /// Its statements.
    pub body: Body,
}

/// `group name { members; settings }`.
#[derive(Clone, Debug)]
pub struct Group {
    /// Its name.
    pub name: Ident,
    /// Strips and groups in it.
    pub members: Vec<Target>,
    /// `fader`, `mute`, `solo` in it.
    pub settings: Vec<Stmt>,
}

/// One line of `sections`: each start may be a range `@73 .. @81`.
#[derive(Clone, Debug)]
pub struct Section {
    /// Its name.
    pub name: Ident,
    /// Positions or ranges of positions.
    pub starts: Vec<Expr>,
    /// The line.
    pub span: Span,
}

/// A song setting.
#[derive(Clone, Debug)]
pub struct SongSetting {
    /// `title artist tempo signature sample_rate pan_law tail length seed pickup` and any other word the
    /// grammar reads as a setting; analysis knows which exist.
    pub word: Ident,
    /// Its value.
    pub value: Expr,
    /// `from @9`.
    pub from: Option<Expr>,
}

/// `for pattern in iter body`.
#[derive(Clone, Debug)]
pub struct For<B> {
    /// Loop variables.
    pub pattern: Pattern,
    /// What is walked.
    pub iter: Expr,
    /// What is repeated.
    pub body: B,
}

/// `if cond then else otherwise`; `else if` is an `otherwise` of one `if`.
#[derive(Clone, Debug)]
pub struct If<B> {
    /// The condition.
    pub cond: Expr,
    /// When it holds.
    pub then: B,
    /// When it does not.
    pub otherwise: Option<B>,
}

/// The statements of a strip, chain, branch or wrapper, top to bottom as the signal flows.
#[derive(Clone, Debug, Default)]
pub struct Body {
    /// In text order.
    pub stmts: Vec<Stmt>,
    /// From `{` to `}`.
    pub span: Span,
}

/// One statement of a [`Body`].
#[derive(Clone, Debug)]
pub struct Stmt {
    /// `///` lines above.
    pub doc: Option<Doc>,
    /// Its place.
    pub span: Span,
    /// What it is.
    pub kind: StmtKind,
}

/// Kinds of [`Stmt`].
#[derive(Clone, Debug)]
pub enum StmtKind {
    /// `let x = e`.
    Let(Let),
    /// `for …`.
    For(For<Body>),
    /// `if …`.
    If(If<Body>),
    /// An effect, chain or wrapper; a branch of a wrapper is one as well (`dry { }`).
    Processor(Processor),
    /// `source …`, `fader …`, `send …`.
    Setting(Setting),
}

/// `bypass label: path.to.name(args) { branches }`. `oversample 4x { … }` is read as one too, with the factor
/// as its only argument.
#[derive(Clone, Debug)]
pub struct Processor {
    /// Place of the word `bypass`.
    pub bypass: Option<Span>,
    /// `label:`.
    pub label: Option<Ident>,
    /// `vox.lead`.
    pub path: Vec<Ident>,
    /// `( … )`; `None` where no brackets stand.
    pub args: Option<Vec<Arg>>,
    /// `{ … }`.
    pub block: Option<Body>,
}

/// A positional or named argument.
#[derive(Clone, Debug)]
pub struct Arg {
    /// `name:`.
    pub name: Option<Ident>,
    /// Its value.
    pub value: Expr,
    /// Name and value.
    pub span: Span,
}

/// A strip setting.
#[derive(Clone, Debug)]
pub enum Setting {
    /// `source "x.wav", channel: left`.
    Source(Expr, Vec<Arg>),
    /// `clips [ … ]`.
    Clips(Expr),
    /// `fader -2dB`.
    Fader(Expr),
    /// `ride +2dB during chorus over 1beat`.
    Ride(Expr),
    /// `pan L60`: the words `L60`, `R60`, `C` are plain [`ExprKind::Name`]s.
    Pan(Expr),
    /// `send hall -14dB, pan: L20`.
    Send(Target, Option<Expr>, Vec<Arg>),
    /// `to drums`, `to a, b`, `to none` (a target named `none`).
    To(Vec<Target>),
    /// `mute`, `mute on`, `mute during outro` (an [`ExprKind::During`] without a value).
    Mute(Option<Expr>),
    /// `solo`.
    Solo(Option<Expr>),
    /// `trim to -18LUFS`: target level, then an optional measure word (`rms`, `peak`).
    Trim(Expr, Option<Ident>),
}

/// A strip that is named: `drums`, `vox.bus`, or `"gtr{i}"`.
#[derive(Clone, Debug)]
pub struct Target {
    /// [`ExprKind::Name`], [`ExprKind::Field`] or [`ExprKind::Str`].
    pub name: Expr,
}

/// Code of an effect, function, `deliver` or `check`.
#[derive(Clone, Debug, Default)]
pub struct Block {
    /// In text order; the value of a block is its last statement where that is an expression.
    pub stmts: Vec<CodeStmt>,
    /// From `{` to `}`.
    pub span: Span,
}

/// One statement of a [`Block`].
#[derive(Clone, Debug)]
pub struct CodeStmt {
    /// `///` lines above.
    pub doc: Option<Doc>,
    /// Its place.
    pub span: Span,
    /// What it is.
    pub kind: CodeKind,
}

/// Kinds of [`CodeStmt`].
#[derive(Clone, Debug)]
pub enum CodeKind {
    /// `let x = e`.
    Let(Let),
    /// `state x: T = e`; also `state tail = line(2s)` and its old form `line tail: 2s`.
    State {
        /// Its name.
        name: Ident,
        /// `: T`.
        ty: Option<TypeExpr>,
        /// Its first value, or `line(capacity)`, or a list of these.
        init: Expr,
    },
    /// `x = e`, `xs[i] = e`.
    Assign {
        /// A name or an index of one.
        target: Expr,
        /// The new value.
        value: Expr,
    },
    /// `for i in 1..4 { … }`.
    For(For<Block>),
    /// `latency 5ms`.
    Latency(Expr),
    /// An expression; `if` and calls such as `tail.write(x)` are expressions too.
    Expr(Expr),
}

/// An expression.
#[derive(Clone, Debug)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Its place.
    pub span: Span,
}

/// Kinds of [`Expr`].
#[derive(Clone, Debug)]
pub enum ExprKind {
    /// `3`, `-3dB`, `30%`, `-inf dB`: the sign is part of it.
    Quantity(Quantity),
    /// `@9`, `@40.3`, `@1:23.5`, `@90s`, `@(expr)`.
    Position(Position),
    /// `"out/{title}.wav"`.
    Str(Vec<StrPart>),
    /// `true`, `false` (`on` and `off` are names).
    Bool(bool),
    /// Any other word.
    Name(Ident),
    /// `[a, b]`.
    List(Vec<Expr>),
    /// `[e for p in xs if c]`.
    Comprehension {
        /// What is collected.
        body: Box<Expr>,
        /// Loop variables.
        pattern: Pattern,
        /// What is walked.
        iter: Box<Expr>,
        /// `if c`.
        filter: Option<Box<Expr>>,
    },
    /// `(a, b)`; a bracketed single expression is just that expression.
    Tuple(Vec<Expr>),
    /// `(a: 1, b: 2)`, `(:)`.
    Record(Vec<(Ident, Expr)>),
    /// `f(x, y: 2)`; `callee` is a name or a field.
    Call(Box<Expr>, Vec<Arg>),
    /// `xs[i]`.
    Index(Box<Expr>, Box<Expr>),
    /// `a.b`.
    Field(Box<Expr>, Ident),
    /// `-x`, `not x`.
    Unary(UnaryOp, Box<Expr>),
    /// `a + b`, `a |> f(..)`, `a .. b`.
    Binary(BinaryOp, Span, Box<Expr>, Box<Expr>),
    /// `curve exp [ … ]`.
    Curve(Option<Ident>, Vec<CurvePoint>),
    /// `|x, (a, b)| e`.
    Lambda(Vec<Pattern>, Box<Expr>),
    /// `if c { … } else { … }`.
    If(Box<Expr>, Block, Option<Block>),
    /// `oversample 4x { … }` in code: `input` and every signal named inside is the upsampled one.
    Oversample(Box<Expr>, Block),
    /// `spectral 2048 { … }` in code: `input` and every signal named inside is its spectrum.
    Spectral(Box<Expr>, Block),
    /// `V during SPAN over D else W`.
    During {
        /// V; absent in `mute during outro`.
        value: Option<Box<Expr>>,
        /// A section, or `a .. b`.
        span: Box<Expr>,
        /// `over D`.
        over: Option<Box<Expr>>,
        /// `else W`.
        otherwise: Option<Box<Expr>>,
    },
    /// `x within a of b`.
    Within(Box<Expr>, Box<Expr>, Box<Expr>),
}

/// A number and its unit as written.
#[derive(Clone, Debug, PartialEq)]
pub struct Quantity {
    /// With its glued sign; may be infinite (`-inf dB`).
    pub value: f64,
    /// A sign was written: `+3dB`, `-14LUFS`.
    pub signed: bool,
    /// The unit word, `%` included; analysis knows which exist.
    pub unit: Option<Ident>,
}

/// A place on the timeline as written.
#[derive(Clone, Debug)]
pub enum Position {
    /// `@9`, `@40.3`: bar and beat, both counted from 1 (no beat written is beat 1).
    Bar(u32, u32),
    /// `@1:23.5`, in seconds.
    Clock(f64),
    /// `@90s`: a quantity after the sign.
    Quantity(Quantity),
    /// `@(9 + 4*i)`.
    Expr(Box<Expr>),
}

/// A piece of a string.
#[derive(Clone, Debug)]
pub enum StrPart {
    /// Text with its escapes undone.
    Text(String),
    /// `{expr}`.
    Expr(Expr),
}

/// An element of a curve.
#[derive(Clone, Debug)]
pub struct CurvePoint {
    /// `p` of `p => v`; `None` is the initial value.
    pub at: Option<Expr>,
    /// `v`.
    pub value: Expr,
    /// `over d`.
    pub over: Option<Expr>,
    /// `linear`, `exp`, `smooth` after it.
    pub shape: Option<Ident>,
    /// The element.
    pub span: Span,
}

/// Prefix operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnaryOp {
    /// `-x`
    Neg,
    /// `not x`
    Not,
}

/// Infix operators, loosest first: `|>`, `or`, `and`, comparison (one only), `..`, `+ -`, `* /`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum BinaryOp {
    Pipe,
    Or,
    And,
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    Range,
    Add,
    Sub,
    Mul,
    Div,
}
