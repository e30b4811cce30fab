//! What can go wrong while a mix runs, as data. Codes are frozen: a code never changes its meaning.

use std::fmt;

/// Sources handed over do not fit the program.
pub const SOURCES: &str = "E0803";
/// The song has no end: a source never ends and no `length` is given.
pub const ENDLESS: &str = "E0805";
/// A source failed while it was read.
pub const SOURCE_FAILED: &str = "E0901";
/// A part of the engine panicked.
pub const PANIC: &str = "E0902";
/// The caller asked to stop.
pub const CANCELLED: &str = "E0903";
/// Memory could not be had.
pub const MEMORY: &str = "E0904";
/// Code handed over does not fit the program.
pub const CODE: &str = "E0801";
/// The program contradicts itself.
pub const PROGRAM: &str = "E0802";
/// An option is out of its range.
pub const OPTION: &str = "E0804";

/// A failure of the engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EngineError {
    /// Frozen code, one of the constants of this module.
    pub code: &'static str,
    /// What happened, naming the part it happened to.
    pub message: String,
    /// What to do about it, where something can be done.
    pub help: Option<String>,
}

impl EngineError {
    pub(crate) fn new(code: &'static str, message: impl Into<String>) -> Self {
        EngineError { code, message: message.into(), help: None }
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl fmt::Display for EngineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)?;
        match &self.help {
            Some(help) => write!(f, " ({help})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for EngineError {}

/// Why a render stopped early.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RenderError<E> {
    /// The engine failed.
    Engine(EngineError),
    /// The sink refused a block; its own error.
    Sink(E),
}

impl<E> From<EngineError> for RenderError<E> {
    fn from(error: EngineError) -> Self {
        RenderError::Engine(error)
    }
}

impl<E: fmt::Display> fmt::Display for RenderError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RenderError::Engine(error) => error.fmt(f),
            RenderError::Sink(error) => error.fmt(f),
        }
    }
}

impl<E: fmt::Debug + fmt::Display> std::error::Error for RenderError<E> {}
