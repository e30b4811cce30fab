//! What to say of a broken line. Each broken statement gets one diagnostic.

use crate::codes;
use crate::diagnostic::Diagnostic;
use crate::lower::{Lower, P};
use crate::source::Span;

/// Where a broken line stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Place {
    /// At file level.
    Item,
    /// In a strip, chain, branch or wrapper.
    Strip,
    /// In code.
    Code,
    /// In `sections`.
    Section,
    /// In a `group`.
    Group,
}

impl<'a> Lower<'a> {
    pub(crate) fn block_comments(&mut self) {
        for &(start, end, _) in &self.scan.block_comments {
            let span = self.at(start, end);
            self.diagnostics.push(Diagnostic::error(&codes::BLOCK_COMMENT, span, "comments run from `//` to the line's end"));
        }
    }

    pub(crate) fn bad_statement(&mut self, span: Span, place: Place) {
        let message = format!("this line cannot be read ({place:?})");
        self.diagnostics.push(Diagnostic::error(&codes::UNEXPECTED, span, message));
    }

    pub(crate) fn bad_tail(&mut self, _last: Option<Span>, span: Span, place: Place) {
        self.bad_statement(span, place);
    }

    pub(crate) fn missing_brace(&mut self, open: usize, _at: usize) {
        let span = self.at(open, open + 1);
        self.diagnostics.push(Diagnostic::error(&codes::UNCLOSED_BLOCK, span, "this `{` is never closed"));
    }

    pub(crate) fn stray_brace(&mut self, span: Span) {
        self.diagnostics.push(Diagnostic::error(&codes::STRAY_BRACE, span, "this `}` closes nothing"));
    }

    pub(crate) fn late_brace(&mut self, pair: &P<'a>) {
        let end = pair.as_span().end();
        let span = self.at(end, end + 1);
        self.diagnostics.push(Diagnostic::error(&codes::LATE_BRACE, span, "the `{` stands on the line below its head"));
    }

    pub(crate) fn note_broken_names(&mut self, _span: Span, _place: Place) {}
}
