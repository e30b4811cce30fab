//! Bounds on what a script may do, so that every text ends in a Mix or an error. Always true: a bound that is
//! passed is one error that names it, and evaluation stops quietly after it.

use crate::codes;
use crate::session::Session;
use mixdown_syntax::{CodeInfo, Diagnostic, Span};

/// Seconds that a song may last.
pub const LONGEST_SONG: u64 = 86_400;

/// Calls inside calls.
pub(crate) const DEPTH: u32 = 256;
/// Evaluated expressions of one analysis.
pub(crate) const STEPS: u64 = 10_000_000;
/// Elements of one list or passes of one loop.
pub(crate) const LIST: usize = 1_000_000;
/// Characters of one text.
pub(crate) const TEXT: usize = 1 << 20;
/// Bytes of one tag of a file. FLAC has room for 16 MB of all tags; readers give up long before.
pub(crate) const TAG: usize = 1 << 16;
/// Tracks and buses.
pub(crate) const STRIPS: usize = 10_000;
/// Processors, sends and wrappers of one mix.
pub(crate) const NODES: usize = 200_000;
/// Nodes of one signal expression.
pub(crate) const SIGNAL: u32 = 100_000;
/// Operations of one signal inside each other.
pub(crate) const SIGNAL_DEPTH: u32 = 256;

/// Counters of one analysis.
#[derive(Default)]
pub(crate) struct Limits {
    steps: u64,
    depth: u32,
    nodes: usize,
    /// A bound was passed; nothing more is evaluated.
    pub spent: bool,
}

impl Session<'_> {
    /// Counts one evaluation; `false` once scripts must stop.
    pub fn step(&mut self, span: Span) -> bool {
        if self.limits.spent {
            return false;
        }
        self.limits.steps += 1;
        if self.limits.steps <= STEPS {
            return true;
        }
        self.exceed(
            &codes::E0702,
            span,
            "the scripts take more than 10,000,000 steps".into(),
            "shorten the loop or the recursion that leads here; the limit is 10,000,000 steps",
        );
        false
    }

    /// Carries out what is nested: the stack grows as it must, so that depth ends in a limit and not in a crash.
    pub fn nested<T>(&mut self, run: impl FnOnce(&mut Self) -> T) -> T {
        stacker::maybe_grow(1 << 20, 4 << 20, || run(self))
    }

    /// Enters a call; `false` when calls are nested too deep.
    pub fn enter(&mut self, span: Span, name: &str) -> bool {
        if self.limits.spent {
            return false;
        }
        if self.limits.depth >= DEPTH {
            self.exceed(
                &codes::E0701,
                span,
                format!("calls inside calls more than {DEPTH} deep, at `{name}`"),
                "give a recursion an end (`if n <= 0 { … }`), or write it as a loop; the limit is 256 calls inside calls",
            );
            return false;
        }
        self.limits.depth += 1;
        true
    }

    /// Leaves a call that [`Session::enter`] let in.
    pub fn leave(&mut self) {
        self.limits.depth -= 1;
    }

    /// Whether a list of so many elements may be built.
    pub fn may_list(&mut self, count: usize, span: Span) -> bool {
        if count > LIST {
            self.exceed(
                &codes::E0703,
                span,
                format!("a list or loop of {count} elements"),
                "the limit is 1,000,000 elements; look at the range it comes from",
            );
        }
        count <= LIST
    }

    /// Whether a text of so many characters may be built.
    pub fn may_text(&mut self, length: usize, span: Span) -> bool {
        if length > TEXT {
            self.exceed(
                &codes::E0703,
                span,
                format!("a text of {length} bytes"),
                "the limit is 1,048,576 bytes; look at the loop that builds it",
            );
        }
        length <= TEXT
    }

    /// Whether files may say so much of themselves.
    pub fn may_tag(&mut self, name: &str, text: &str, span: Span) -> bool {
        let fits = text.len() <= TAG;
        if !fits {
            let message = format!("`{name}` is {} bytes long, too much for a tag of a file", text.len());
            let help = "shorten it to 65,536 bytes, and put the rest into a text beside the files";
            self.report(Diagnostic::error(&codes::E0706, span, message).help(help));
        }
        fits
    }

    /// Counts a node of the graph.
    pub fn count_node(&mut self, span: Span) -> bool {
        self.limits.nodes += 1;
        if self.limits.nodes > NODES {
            self.exceed(
                &codes::E0704,
                span,
                format!("the mix has more than {NODES} processors and sends"),
                "the limit is 200,000; look at the loop that makes them",
            );
        }
        !self.limits.spent
    }

    /// Whether one more strip may be declared.
    pub fn may_strip(&mut self, count: usize, span: Span) -> bool {
        if count >= STRIPS {
            self.exceed(
                &codes::E0704,
                span,
                format!("the mix has more than {STRIPS} strips"),
                "the limit is 10,000 tracks and buses; look at the loop that makes them",
            );
        }
        !self.limits.spent
    }

    fn exceed(&mut self, code: &CodeInfo, span: Span, message: String, help: &str) {
        if !self.limits.spent {
            self.limits.spent = true;
            self.report(Diagnostic::error(code, span, message).help(help));
        }
    }
}
