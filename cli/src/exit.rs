//! Exit codes and the error that carries one.

use mixdown_syntax::{Diagnostic, SourceMap};

/// How the program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// All done.
    Done = 0,
    /// The source or a check is wrong.
    Wrong = 1,
    /// Usage, files, environment.
    Environment = 2,
    /// Interrupted.
    Interrupted = 130,
}

impl Exit {
    /// How a verb ends that has done this and that: well if both went well.
    pub fn or(self, other: Exit) -> Exit {
        if self == Exit::Done { other } else { self }
    }
}

/// Something that ends a verb early.
#[derive(Debug)]
pub enum Stop {
    /// Diagnostics were printed already.
    Said(Exit),
    /// One thing to say that belongs to no place of a text.
    Error {
        /// Frozen code.
        code: String,
        /// One line.
        message: String,
        /// What to do.
        help: Option<String>,
        /// How to end.
        exit: Exit,
    },
    /// Diagnostics still to be printed.
    Diagnostics(Vec<Diagnostic>, Exit),
    /// The same with the texts they point into.
    Placed(Box<SourceMap>, Vec<Diagnostic>, Exit),
}

impl Stop {
    /// An error of files or environment.
    pub fn environment(code: impl Into<String>, message: impl Into<String>, help: impl Into<String>) -> Stop {
        let help: String = help.into();
        Stop::Error {
            code: code.into(),
            message: message.into(),
            help: if help.is_empty() { None } else { Some(help) },
            exit: Exit::Environment,
        }
    }
}

impl Stop {
    /// How the program ends with it.
    pub fn exit(&self) -> Exit {
        match self {
            Stop::Said(exit) | Stop::Error { exit, .. } | Stop::Diagnostics(_, exit) | Stop::Placed(_, _, exit) => *exit,
        }
    }

    /// Gives diagnostics the texts they point into, where whoever prints them has none.
    pub fn among(self, sources: SourceMap) -> Stop {
        match self {
            Stop::Diagnostics(list, exit) => Stop::Placed(Box::new(sources), list, exit),
            other => other,
        }
    }
}

impl From<mixdown_media::MediaError> for Stop {
    fn from(e: mixdown_media::MediaError) -> Stop {
        Stop::environment(e.code, format!("{}: {}", crate::project::shown(&e.path), e.reason), e.help.clone())
    }
}

impl From<mixdown_engine::EngineError> for Stop {
    fn from(e: mixdown_engine::EngineError) -> Stop {
        let exit = if e.code == mixdown_engine::error::CANCELLED { Exit::Interrupted } else { Exit::Environment };
        Stop::Error { code: e.code.to_string(), message: e.message.clone(), help: e.help.clone(), exit }
    }
}
