//! Functions that exist at mix time only: their names and parameters. Always true: each has one row here and one
//! arm in [`super::script`]; arguments are placed and checked like those of any call.

use crate::args::{Callee, ParamSpec, Signature};
use crate::builtins;
use crate::names::Callable;
use crate::types::Type;

/// What a parameter of a script function takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Takes {
    Anything,
    Number,
    Level,
    Time,
    Text,
    Switch,
    Position,
    /// One of some words.
    Words(&'static [&'static str]),
}

/// A parameter.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// What it takes.
    pub takes: Takes,
    /// It may be left out; then it is given by name.
    pub optional: bool,
}

/// A function of scripts.
#[derive(Debug)]
pub(crate) struct Script {
    /// Its name.
    pub name: &'static str,
    /// Its parameters.
    pub params: &'static [Parameter],
    /// Any parameter may be given by position.
    pub positional: bool,
}

macro_rules! scripts {
    ($($name:literal $kind:ident ($($p:literal: $t:ident $(($words:expr))? $($opt:literal)?),*);)*) => {
        &[$(Script {
            name: $name,
            params: &[$(Parameter {
                name: $p,
                takes: Takes::$t $(($words))?,
                optional: scripts!(@opt $($opt)?),
            }),*],
            positional: scripts!(@kind $kind),
        }),*]
    };
    (@opt) => { false };
    (@opt $opt:literal) => { true };
    (@kind any) => { true };
    (@kind named) => { false };
}

/// Every function of scripts. `"?"` marks what may be left out.
pub(crate) static TABLE: &[Script] = scripts! {
    "note" any ("value": Number);
    "dotted" any ("value": Number);
    "triplet" any ("value": Number);
    "lfo" named (
        "rate": Anything,
        "shape": Words(&["sine", "triangle", "saw", "square"]) "?",
        "phase": Number "?",
        "low": Anything "?",
        "high": Anything "?"
    );
    "files" any ("pattern": Text);
    "glob" any ("pattern": Text);
    "measure" any ("file": Text);
    "clip" named (
        "file": Text,
        "at": Position "?",
        "from": Time "?",
        "length": Anything "?",
        "gain": Level "?",
        "fade_in": Anything "?",
        "fade_out": Anything "?",
        "crossfade": Anything "?",
        "fade": Words(&["linear", "power", "smooth"]) "?",
        "loop": Number "?",
        "reverse": Switch "?",
        "channel": Anything "?"
    );
    "track" any ("name": Text);
    "bus" any ("name": Text);
    "strip" any ("name": Text);
    "section" any ("name": Text);
    "join" any ("list": Anything, "between": Text "?");
    "split" any ("text": Text, "at": Text);
    "replace" any ("text": Text, "what": Text, "by": Text);
    "upper" any ("text": Text);
    "lower" any ("text": Text);
    "starts_with" any ("text": Text, "start": Text);
    "ends_with" any ("text": Text, "end": Text);
    "contains" any ("in": Anything, "what": Anything);
    "stem" any ("path": Text);
    "file_name" any ("path": Text);
    "folder" any ("path": Text);
    "map" any ("list": Anything, "with": Anything);
    "filter" any ("list": Anything, "keep": Anything);
    "sort" any ("list": Anything, "by": Anything "?");
    "first" any ("list": Anything);
    "last" any ("list": Anything);
    "zip" any ("a": Anything, "b": Anything);
    "enumerate" any ("list": Anything);
    "reverse" any ("list": Anything);
};

/// The callable of a name: a function of the language, or of scripts.
pub(crate) fn find(name: &str) -> Option<Callable> {
    if let Some(builtin) = builtins::find(name) {
        return Some(Callable::Builtin(builtin));
    }
    script(name).map(|s| Callable::Script(s.name))
}

/// A function of scripts.
pub(crate) fn script(name: &str) -> Option<&'static Script> {
    TABLE.iter().find(|s| s.name == name)
}

/// Names for "did you mean"; none where a processor is wanted.
pub(crate) fn names(code: bool) -> impl Iterator<Item = &'static str> {
    let all = builtins::names().chain(TABLE.iter().map(|s| s.name));
    all.filter(move |_| code)
}

impl Script {
    /// As calls see it.
    pub fn signature(&self) -> Signature {
        let params = self.params.iter().map(|p| ParamSpec {
            name: p.name.to_string(),
            ty: p.takes.ty(),
            constant: false,
            optional: p.optional,
            default: None,
            range: None,
            values: Vec::new(),
        count: None,
        doc: String::new(),
        });
        let callee = if self.positional { Callee::Function } else { Callee::Effect };
        Signature { name: self.name.to_string(), callee, params: params.collect() }
    }
}

impl Takes {
    fn ty(self) -> Option<Type> {
        Some(match self {
            Takes::Anything => return None,
            Takes::Number => Type::Number,
            Takes::Level => Type::Level,
            Takes::Time => Type::Time,
            Takes::Text => Type::Text,
            Takes::Switch => Type::Switch,
            Takes::Position => Type::Position,
            Takes::Words(words) => Type::Choice(words.iter().map(|w| w.to_string()).collect()),
        })
    }
}
