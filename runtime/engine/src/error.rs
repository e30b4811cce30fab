//! What can go wrong while a mix runs, as data. Codes are frozen: a code never changes its meaning.

use std::fmt;

/// Sources handed over do not fit the program.
pub const SOURCES: &str = "E0853";
/// The song has no end: a source never ends and no `length` is given.
pub const ENDLESS: &str = "E0855";
/// A source failed while it was read.
pub const SOURCE_FAILED: &str = "E0856";
/// A part of the engine panicked.
pub const PANIC: &str = "E0857";
/// The caller asked to stop.
pub const CANCELLED: &str = "E0858";
/// Memory could not be had.
pub const MEMORY: &str = "E0859";
/// Code handed over does not fit the program.
pub const CODE: &str = "E0851";
/// The program contradicts itself.
pub const PROGRAM: &str = "E0852";
/// An option is out of its range.
pub const OPTION: &str = "E0854";

/// Code, title and explanation of each.
pub static CODES: &[(&str, &str, &str)] = &[
    (CODE, "code that does not fit its program", "The compiler handed over code for another program. The mix is not at fault; please report it."),
    (PROGRAM, "a program that contradicts itself", "The compiler made a program that cannot run. The mix is not at fault; please report it with the text that shows it."),
    (SOURCES, "sources that do not fit", "A source has another number of channels than the mix reads. Was the file replaced meanwhile? Render again."),
    (OPTION, "an option out of its range", "A block has at least one frame.\n\nWrong: `--block 0`\n\nRight: `--block 64`"),
    (ENDLESS, "a song without an end", "A source never ends and the song says no length.\n\nRight: `length 4min` at the top of the song."),
    (SOURCE_FAILED, "a source failed while it was read", "A file could be opened but not read to its end. The last good render is untouched."),
    (PANIC, "a part of the engine failed", "The engine stopped at a fault of its own. Please report it with the text that shows it."),
    (CANCELLED, "interrupted", "The render was stopped. The last good render is untouched."),
    (MEMORY, "not enough memory", "Delay lines and streams want more memory than there is. Shorten the longest delay line."),
];

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
