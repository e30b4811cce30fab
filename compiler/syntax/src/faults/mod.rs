//! What to say of a broken line. Each broken statement gets one diagnostic, and what follows only from a
//! fault already told (lines outside a strip that was closed too early, the rest of an open bracket) none.

mod broken;
mod desks;
mod heads;
mod shapes;
mod slips;
mod tokens;

use crate::codes;
use crate::diagnostic::{Diagnostic, Label};
use crate::lower::{Lower, P};
use crate::source::Span;
use crate::words::{SETTINGS, SONG};
use broken::Broken;
use tokens::Kind;

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

/// Faults already told, from which others would follow.
#[derive(Default)]
pub(crate) struct Told {
    /// The statements here stand outside every strip; the diagnostic that says so, if one does.
    orphans: Option<Option<usize>>,
    /// `}` that will close nothing because their `{` stands in a broken line.
    strays: usize,
    /// A line of this indent left a bracket or block open: deeper lines below belong to it.
    open: Option<usize>,
    /// Where strings that are not closed took a `}` with them.
    swallowed: Vec<usize>,
    /// The last unclosed blocks: where they were noticed, how many, and the diagnostic.
    unclosed: Option<Unclosed>,
}

/// Blocks still open where an item begins or the file ends.
struct Unclosed {
    at: usize,
    open: Vec<Span>,
    index: usize,
}

impl<'a> Lower<'a> {
    /// Block comments were blanked out before the grammar saw the text.
    pub(crate) fn block_comments(&mut self) {
        for &(start, end, closed) in &self.scan.block_comments {
            let span = self.at(start, end);
            let made = Diagnostic::error(&codes::BLOCK_COMMENT, span, "there are no `/* */` comments")
                .help("comments run from `//` to the line's end");
            let inner = self.text[start + 2..end].trim_end_matches("*/").trim();
            let rest = self.text[end..].split(['\n', '\r']).next().unwrap_or("");
            let simple = closed && !inner.contains(['\n', '\r']) && rest.trim().is_empty();
            self.diagnostics.push(if simple { made.fix("write `//`", span, format!("// {inner}")) } else { made });
        }
    }

    /// A line of which nothing could be read.
    pub(crate) fn bad_statement(&mut self, span: Span, place: Place) {
        self.note_broken_names(span, place);
        let (start, end) = (span.start as usize, span.end as usize);
        self.tell(start, end, place, None);
    }

    /// What follows a statement that was read well.
    pub(crate) fn bad_tail(&mut self, last: Option<Span>, span: Span, place: Place) {
        let start = last.map_or(span.start, |l| l.start) as usize;
        self.tell(start, span.end as usize, place, Some(span.start as usize));
    }

    /// A statement that begins on the line of the one before it, as if it were a part of that: `send hall -6dB pan R30`.
    pub(crate) fn run_on(&mut self, before: Span, next: Span) {
        let (end, start) = (before.end as usize, next.start as usize);
        let gap = self.text.get(end..start).unwrap_or("\n");
        if gap.contains(['\n', '\r', ';']) {
            return;
        }
        let first = |span: Span| self.text[span.start as usize..].split([' ', '\t']).next().unwrap_or("");
        let send_pan = first(before) == "send" && first(next) == "pan";
        let block = self.text[..end].ends_with('}');
        if (block || gap.len() >= 2 || gap == "\t") && !send_pan {
            return;
        }
        let made = Diagnostic::error(&codes::RUN_ON, next, "a second statement begins on this line");
        self.diagnostics.push(if send_pan {
            let value = self.text[start + "pan".len()..next.end as usize].trim();
            let whole = format!("{}, pan: {value}", &self.text[before.start as usize..end]);
            made.help(format!("write `{whole}` for the send alone; a statement ends with its line or `;`"))
                .fix("pan the send", self.at(end, next.end as usize), format!(", pan: {value}"))
        } else {
            made.help("a statement ends with its line or `;`").fix("part them", self.at(end, end), ";")
        });
    }

    fn tell(&mut self, start: usize, end: usize, place: Place, tail: Option<usize>) {
        let indent = self.indent(start);
        if self.told.open.is_some_and(|outer| indent > outer) {
            return;
        }
        self.told.open = None;
        let scan = self.scan;
        let broken = Broken::read(&scan.text, start, end, place, tail);
        let made = self.explain(&broken);
        if place == Place::Item {
            let orphan = made.code == codes::WRONG_PLACE.code;
            match self.told.orphans {
                Some(_) if orphan => return,
                _ => self.told.orphans = orphan.then_some(Some(self.diagnostics.len())),
            }
            let open = broken.tokens.last().is_some_and(|t| t.end == end && t.text(&scan.text) == "{");
            if open || broken.wants_block() && broken.token(0).is_none() {
                // The body of a broken head: its lines stand outside every block now.
                self.told.orphans = Some(None);
                self.told.open = Some(indent);
                self.told.strays += 1;
            }
        }
        if made.code == codes::UNCLOSED_BRACKET.code && broken.inside.is_some() {
            self.told.open = Some(indent);
        }
        let string = broken.token(0).filter(|t| t.kind == Kind::OpenStr);
        if let Some(string) = string.filter(|t| t.text(&scan.text).contains('}')) {
            self.told.swallowed.push(string.start);
        }
        self.diagnostics.push(made);
    }

    /// A good statement ends what follows from faults before it.
    pub(crate) fn forget_told(&mut self, span: Span, place: Place) {
        if place == Place::Item {
            self.told.orphans = None;
            self.told.strays = 0;
        }
        if self.told.open.is_some_and(|outer| self.indent(span.start as usize) <= outer) {
            self.told.open = None;
        }
    }

    fn explain(&self, broken: &Broken<'_>) -> Diagnostic {
        let slips = shapes::SHAPES.iter().chain(desks::DESKS).chain(heads::EARLY).chain(slips::SLIPS).chain(heads::LATE);
        for slip in slips {
            if let Some(made) = slip(broken, self.file) {
                return made;
            }
        }
        let (start, end) = broken.place_of_fault();
        let message = format!("expected {}, found {}", broken.expected(), broken.found());
        Diagnostic::error(&codes::UNEXPECTED, self.at(start, end), message).help(heads::hint(broken))
    }

    /// How far the line of a byte is indented.
    pub(crate) fn indent(&self, at: usize) -> usize {
        let line = self.text[..at].rfind(['\n', '\r']).map_or(0, |n| n + 1);
        self.text[line..].bytes().take_while(|b| matches!(b, b' ' | b'\t')).count()
    }

    /// A block that is still open at `at`, where an item begins or the file ends.
    pub(crate) fn missing_brace(&mut self, open: usize, at: usize) {
        if let Some(n) = self.told.swallowed.iter().position(|s| (open..at).contains(s)) {
            self.told.swallowed.swap_remove(n);
            return;
        }
        let span = self.at(open, open + 1);
        if let Some(before) = &mut self.told.unclosed
            && before.at == at
            && let Some(first) = self.diagnostics.get_mut(before.index)
        {
            // Several blocks are open here: they are one fault.
            first.labels.push(Label { span, text: "nor is this one".to_string() });
            before.open.push(span);
            return;
        }
        self.told.unclosed = Some(Unclosed { at, open: vec![span], index: self.diagnostics.len() });
        let first = self.scan.crooked.partition_point(|c| c.0 <= open);
        let crooked = self.scan.crooked[first..].iter().find(|c| c.1 < at);
        let here = self.at(at, at);
        let made = match crooked {
            Some(&(inner, close)) => Diagnostic::error(
                &codes::UNCLOSED_BLOCK,
                self.at(inner, inner + 1),
                "this `{` is probably never closed",
            )
            .label(self.at(close, close + 1), "this `}` is read as its end, but stands further left")
            .label(span, "so this block has no `}` of its own"),
            None => Diagnostic::error(&codes::UNCLOSED_BLOCK, span, "this `{` is never closed"),
        };
        let end = if at == self.text.len() { "the file ends here" } else { "the next item begins here" };
        self.diagnostics.push(made.label(here, end).help("add the missing `}`"));
    }

    /// A `}` at file level.
    pub(crate) fn stray_brace(&mut self, span: Span) {
        if self.told.strays > 0 {
            self.told.strays -= 1;
            self.told.orphans = None;
            self.told.open = None;
            return;
        }
        if self.nested_item(span) {
            return;
        }
        let made = Diagnostic::error(&codes::STRAY_BRACE, span, "this `}` closes nothing")
            .help("take it away, or look for a `}` too many above it")
            .fix("take it away", span, "");
        match self.told.orphans.take() {
            // The strip was closed too early: its last lines and this `}` are one fault.
            Some(Some(index)) if index + 1 == self.diagnostics.len() => {
                let orphan = self.diagnostics.pop().map(|d| d.span()).unwrap_or_default();
                self.diagnostics.push(made.label(orphan, "this line already stands outside every strip"));
            }
            _ => self.diagnostics.push(made),
        }
    }

    /// A `}` too many after a block that an item closed: the item stood inside it, and that is one fault.
    fn nested_item(&mut self, stray: Span) -> bool {
        let Some(unclosed) = &mut self.told.unclosed else { return false };
        let (at, index, Some(open)) = (unclosed.at, unclosed.index, unclosed.open.pop()) else { return false };
        let word = tokens::tokens(self.text, at, self.text.len(), at).first().copied();
        let (Some(word), Some(told)) = (word, self.diagnostics.get(index)) else { return false };
        if told.code == codes::UNCLOSED_BLOCK.code {
            let head = self.at(word.start, word.end);
            let message = format!("`{}` stands inside another block", word.text(self.text));
            self.diagnostics[index] = Diagnostic::error(&codes::WRONG_PLACE, head, message)
                .label(open, "this block is not closed before it")
                .label(stray, "so that this `}` closes nothing")
                .help("move it to the file's level, or close the block before it");
        }
        true
    }

    /// `track a` and the `{` on the next line: read, and told.
    pub(crate) fn late_brace(&mut self, pair: &P<'a>) {
        let (start, end) = (pair.as_span().start(), pair.as_span().end());
        let span = self.at(end, end + 1);
        let head = self.text[..start].trim_end().len();
        let made = Diagnostic::error(&codes::LATE_BRACE, span, "this `{` stands on a line of its own")
            .help("write it on the line of the word it belongs to: a statement ends with its line");
        let comment = self.text[head..end].contains("//");
        let gap = self.at(head, end);
        self.diagnostics.push(if comment { made } else { made.fix("join the lines", gap, " ") });
    }

    /// Keeps the names that a broken statement seems to declare, so that nobody calls them unknown.
    pub(crate) fn note_broken_names(&mut self, span: Span, place: Place) {
        let (start, end) = (span.start as usize, span.end as usize);
        let text = self.text;
        let tokens = tokens::tokens(text, start, end, start);
        let word = |n: usize| tokens.get(n).map_or("", |t| t.text(text));
        let declares = matches!(word(0), "let" | "state" | "line" | "for");
        let name = match place {
            Place::Section => tokens.first(),
            Place::Strip | Place::Code | Place::Group if word(1) == ":" => tokens.first(),
            Place::Item if SETTINGS.contains(&word(0)) || SONG.contains(&word(0)) => None,
            Place::Item => tokens.get(1),
            _ if declares => tokens.get(1),
            _ => None,
        };
        let name = match name {
            Some(t) if t.kind == Kind::Word => t.text(text),
            Some(t) if t.kind == Kind::Str => t.text(text).trim_matches('"'),
            _ => return,
        };
        self.broken_names.push(name.to_string());
    }
}
