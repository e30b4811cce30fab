//! Values of scripts. Always true: quantities hold canonical numbers; signals are typed expressions; an `Error`
//! follows a fault that was already said and takes part in everything silently.

use crate::body::{Expr, ExprKind};
use crate::eval::env::Env;
use crate::names::{Callable, ModuleId};
use crate::strips::clips::ClipValue;
use crate::types::Type;
use mixdown_syntax::Span;
use mixdown_syntax::tree::{self, Pattern};
use std::rc::Rc;

/// A place on the timeline.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Pos {
    /// Beats since `@1`.
    Beat(f64),
    /// Seconds since sample 0.
    Seconds(f64),
}

/// How large a signal's code is, so that scripts cannot build signals without end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Size {
    /// Operations.
    pub nodes: u32,
    /// Operations inside operations.
    pub depth: u32,
}

impl Size {
    /// A number, a curve, a tap.
    pub const LEAF: Size = Size { nodes: 1, depth: 1 };

    /// Of what an operation over these makes.
    pub fn over(parts: impl IntoIterator<Item = Size>) -> Size {
        let whole = parts.into_iter().fold(Size { nodes: 0, depth: 0 }, |a, b| Size {
            nodes: a.nodes.saturating_add(b.nodes),
            depth: a.depth.max(b.depth),
        });
        Size { nodes: whole.nodes.saturating_add(1), depth: whole.depth + 1 }
    }

    /// Of a value as code.
    pub fn of(value: &Value) -> Size {
        match value {
            Value::Signal(signal) => signal.size,
            Value::Tuple(parts) | Value::List(parts) => Size::over(parts.iter().map(Size::of)),
            _ => Size::LEAF,
        }
    }
}

/// A typed signal and how large it is.
#[derive(Clone, Debug)]
pub(crate) struct Signal {
    /// Its code.
    pub expr: Expr,
    /// Its size.
    pub size: Size,
}

/// A function that scripts hand around.
#[derive(Debug)]
pub(crate) enum Closure {
    /// `|x| e`.
    Lambda {
        /// Its parameters.
        params: Vec<Pattern>,
        /// Its code.
        body: tree::Expr,
        /// Where it was made.
        env: Env,
    },
    /// A `fn`, a function of the language.
    Named(String, Callable),
}

impl Closure {
    /// Whether it is the function of this name.
    pub fn is_named(&self, word: &str) -> bool {
        matches!(self, Closure::Named(name, _) if name == word)
    }
}

/// A section, or one of its repeats (from 0).
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct SectionRef {
    /// Index into the song's sections.
    pub index: usize,
    /// `verse[2]` is 1.
    pub repeat: Option<usize>,
}

/// A strip, or a point on it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct StripRef {
    /// Which declaration.
    pub strip: u32,
    /// It is a bus or the master.
    pub bus: bool,
    /// `kick.pre`: a field after its name.
    pub point: Option<tree::Ident>,
}

/// A value.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    /// A canonical number with its unit's type.
    Quantity(f64, Type),
    /// So many bars, in a song whose bars have several lengths.
    Bars(f64),
    /// A place.
    Position(Pos),
    /// `on`, `true`.
    Switch(bool),
    /// A word of a choice.
    Word(String),
    /// Text.
    Text(Rc<str>),
    /// A list.
    List(Rc<Vec<Value>>),
    /// `(a, b)`.
    Tuple(Rc<Vec<Value>>),
    /// `(a: 1, b: 2)`.
    Record(Rc<Vec<(String, Value)>>),
    /// `a .. b`.
    Range(Rc<(Value, Value)>),
    /// A function.
    Function(Rc<Closure>),
    /// A strip.
    Strip(StripRef),
    /// A section.
    Section(SectionRef),
    /// What moves.
    Signal(Rc<Signal>),
    /// A clip.
    Clip(Rc<ClipValue>),
    /// An imported file.
    Module(ModuleId),
    /// Nothing.
    Unit,
    /// Some value of this type, in code that nothing calls.
    Unknown(Type),
    /// Follows a fault.
    Error,
}

impl Value {
    /// A plain number.
    pub fn number(x: f64) -> Value {
        Value::Quantity(x, Type::Number)
    }

    /// Text.
    pub fn text(text: impl Into<Rc<str>>) -> Value {
        Value::Text(text.into())
    }

    /// A list.
    pub fn list(items: Vec<Value>) -> Value {
        Value::List(Rc::new(items))
    }

    /// A section with all its repeats.
    pub fn section(index: usize) -> Value {
        Value::Section(SectionRef { index, repeat: None })
    }

    /// A signal of known size.
    pub fn signal(expr: Expr, size: Size) -> Value {
        Value::Signal(Rc::new(Signal { expr, size }))
    }

    /// Its type, as messages name it.
    pub fn ty(&self) -> Type {
        match self {
            Value::Quantity(_, ty) => ty.clone(),
            Value::Bars(_) => Type::Musical,
            Value::Position(_) => Type::Position,
            Value::Switch(_) => Type::Switch,
            Value::Word(word) => Type::Choice(vec![word.clone()]),
            Value::Text(_) => Type::Text,
            Value::List(items) => Type::List(Box::new(items.first().map_or(Type::Error, Value::ty))),
            Value::Range(ends) => Type::List(Box::new(ends.0.ty())),
            Value::Tuple(parts) => Type::Tuple(parts.iter().map(Value::ty).collect()),
            Value::Record(_) | Value::Clip(_) | Value::Module(_) => Type::Record,
            Value::Function(_) => Type::Function,
            Value::Strip(StripRef { bus: true, point: None, .. }) => Type::Bus,
            Value::Strip(_) => Type::Strip,
            Value::Section(_) => Type::Section,
            Value::Signal(signal) => signal.expr.ty.clone(),
            Value::Unit => Type::Unit,
            Value::Unknown(ty) => ty.clone(),
            Value::Error => Type::Error,
        }
    }

    /// Whether it is one of the words of a choice.
    pub fn is_word_of(&self, ty: &Type) -> bool {
        matches!((self, ty), (Value::Word(word), Type::Choice(words)) if words.contains(word))
    }

    /// Whether nothing more is to be said of it.
    pub fn is_error(&self) -> bool {
        matches!(self, Value::Error)
    }

    /// Whether it moves, or may be anything.
    pub fn is_signal(&self) -> bool {
        matches!(self, Value::Signal(_))
    }

    /// As typed code at a place; `None` for what has no number.
    pub fn to_expr(&self, span: Span) -> Option<Expr> {
        let (kind, ty) = match self {
            Value::Quantity(x, ty) => (ExprKind::Number(*x), ty.clone()),
            Value::Switch(on) => (ExprKind::Switch(*on), Type::Switch),
            Value::Word(word) => (ExprKind::Choice(word.clone()), self.ty()),
            Value::Signal(signal) => return Some(signal.expr.clone()),
            Value::Tuple(parts) | Value::List(parts) => {
                let parts: Option<Vec<Expr>> = parts.iter().map(|p| p.to_expr(span)).collect();
                let kind = if let Value::Tuple(_) = self { ExprKind::Tuple(parts?) } else { ExprKind::List(parts?) };
                (kind, self.ty())
            }
            Value::Unknown(ty) => (ExprKind::Number(0.0), ty.clone()),
            Value::Error => (ExprKind::Number(0.0), Type::Error),
            _ => return None,
        };
        Some(Expr { kind, ty, span })
    }
}
