//! Functions that exist at mix time only: their names and parameters. Always true: each has one row here and one
//! arm in [`super::script`]; arguments are placed and checked like those of any call.

use crate::args::{Callee, ParamSpec, Signature};
use crate::builtins;
use crate::names::Callable;
use crate::types::Type;
use crate::units::type_word;

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
    /// One line of help.
    pub doc: &'static str,
}

macro_rules! scripts {
    ($($name:literal $kind:ident ($($p:literal: $t:ident $(($words:expr))? $($opt:literal)?),*) $doc:literal;)*) => {
        &[$(Script {
            name: $name,
            params: &[$(Parameter {
                name: $p,
                takes: Takes::$t $(($words))?,
                optional: scripts!(@opt $($opt)?),
            }),*],
            positional: scripts!(@kind $kind),
            doc: $doc,
        }),*]
    };
    (@opt) => { false };
    (@opt $opt:literal) => { true };
    (@kind any) => { true };
    (@kind named) => { false };
}

/// Every function of scripts. `"?"` marks what may be left out.
pub(crate) static TABLE: &[Script] = scripts! {
    "note" any ("value": Number) "a part of a whole note as musical time: `note(1/8)`";
    "dotted" any ("value": Number) "half as long again: `dotted(1/8)`";
    "triplet" any ("value": Number) "two thirds as long: `triplet(1/4)`";
    "lfo" named (
        "rate": Anything,
        "shape": Words(&["sine", "triangle", "saw", "square"]) "?",
        "phase": Number "?",
        "low": Anything "?",
        "high": Anything "?"
    ) "a wave that moves a parameter, from -1 to 1 where `low` and `high` say nothing else: `lfo(1bar)`";
    "files" any ("pattern": Text) "the paths that match a pattern, sorted: `files(\"stems/drum_*.wav\")`";
    "glob" any ("pattern": Text) "the same as `files`";
    "measure" any ("file": Text) "the figures of an audio file: `measure(\"take.wav\").loudness`";
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
    ) "a piece of a file on the timeline, in `clips [ … ]`";
    "track" any ("name": Text) "the track of a name";
    "bus" any ("name": Text) "the bus of a name";
    "monitor" any ("name": Text) "the monitor of a name";
    "strip" any ("name": Text) "the track, bus or monitor of a name";
    "section" any ("name": Text) "the section of a name";
    "join" any ("list": Anything, "between": Text "?") "the texts of a list as one";
    "split" any ("text": Text, "at": Text) "the parts of a text, as a list";
    "replace" any ("text": Text, "what": Text, "by": Text) "a text with every `what` written as `by`";
    "upper" any ("text": Text) "a text in capitals";
    "lower" any ("text": Text) "a text in small letters";
    "starts_with" any ("text": Text, "start": Text) "whether a text begins so";
    "ends_with" any ("text": Text, "end": Text) "whether a text ends so";
    "contains" any ("in": Anything, "what": Anything) "whether a text, list or range has something in it";
    "stem" any ("path": Text) "a file's name without folder and ending";
    "file_name" any ("path": Text) "a file's name without its folder";
    "folder" any ("path": Text) "the folder of a path";
    "map" any ("list": Anything, "with": Anything) "a list of what a function makes of each element";
    "filter" any ("list": Anything, "keep": Anything) "a list of the elements that a function keeps";
    "sort" any ("list": Anything, "by": Anything "?") "a list in order, of what `by` makes of its elements";
    "first" any ("list": Anything) "the first element of a list";
    "last" any ("list": Anything) "the last element of a list";
    "zip" any ("a": Anything, "b": Anything) "two lists as one of pairs";
    "enumerate" any ("list": Anything) "a list of pairs: numbers from 1, and its elements";
    "reverse" any ("list": Anything) "a list from its end";
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

/// A function as it is explained.
#[derive(Clone, Debug)]
pub struct Explained {
    /// Its name.
    pub name: &'static str,
    /// A call: `clip(file, at: …)`; what may be left out has a name.
    pub shape: String,
    /// What it does, in a line.
    pub doc: &'static str,
}

/// Every function of the language and of scripts.
pub fn explained() -> Vec<Explained> {
    let language = builtins::TABLE.iter().map(|e| Explained { name: e.name, shape: builtins::shape(e), doc: e.doc });
    let scripts = TABLE.iter().map(|s| Explained { name: s.name, shape: s.shape(), doc: s.doc });
    language.chain(scripts).collect()
}

impl Script {
    fn shape(&self) -> String {
        let params = self.params.iter().map(|p| match (p.optional, p.takes) {
            (false, _) => p.name.to_string(),
            (true, Takes::Words(words)) => format!("{}: {}", p.name, words.join("|")),
            (true, takes) => format!("{}: {}", p.name, takes.ty().map_or_else(|| "…".into(), |ty| type_word(&ty))),
        });
        format!("{}({})", self.name, params.collect::<Vec<_>>().join(", "))
    }

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
