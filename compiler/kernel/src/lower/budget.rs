//! How far one strip may be written out: effects are copied to where they are called and loops are unrolled, so a few
//! lines of text could ask for more code than any machine holds. Always true: a strip that asks for too much ends in
//! one error at the loop or call that asked last, long before memory does.

use super::weave::Weave;
use super::{Fault, codes};
use mixdown_syntax::Span;

/// Steps of one strip: expressions, passes of loops, elements of copied lists.
const STEPS: usize = 1_000_000;
/// Constant expressions that count as one step: they leave no code behind.
const CONSTANTS: usize = 16;

/// What a strip has cost so far.
#[derive(Default)]
pub(super) struct Budget {
    /// In parts of a step, [`CONSTANTS`] to one.
    parts: usize,
    /// The loop or call that was entered last.
    at: Span,
}

impl Weave<'_, '_> {
    /// Counts steps.
    pub fn spend(&mut self, steps: usize) -> Result<(), Fault> {
        self.spend_parts(steps.saturating_mul(CONSTANTS))
    }

    fn spend_parts(&mut self, parts: usize) -> Result<(), Fault> {
        self.budget.parts = self.budget.parts.saturating_add(parts);
        if self.budget.parts <= STEPS * CONSTANTS {
            return Ok(());
        }
        let path = &self.path;
        let message = format!("`{path}` comes out longer than 1,000,000 steps when its loops and calls are written out");
        Err(Fault::said(&codes::TOO_MANY, self.budget.at, message))
    }

    /// The last expression came to a constant.
    pub fn was_constant(&mut self) {
        self.budget.parts = self.budget.parts.saturating_sub(CONSTANTS - 1);
    }

    /// Enters a loop or a call: what is in it costs, entering no more than a constant.
    pub fn enter(&mut self, at: Span) -> Result<(), Fault> {
        self.budget.at = at;
        self.spend_parts(1)
    }
}
