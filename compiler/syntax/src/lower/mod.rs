//! From pest's pairs to the tree. Every statement is lowered on its own: where one is at fault it leaves one
//! diagnostic and no node, and its neighbours stay.

mod code;
mod exprs;
mod items;
mod literals;
mod strips;

use crate::codes;
use crate::diagnostic::Diagnostic;
use crate::faults::{Place, Told};
use crate::grammar::Rule;
use crate::scan::{MAX_DEPTH, Scan};
use crate::source::{FileId, Span};
use crate::tree::*;
use pest::iterators::Pair;

pub(crate) type P<'a> = Pair<'a, Rule>;

/// How many links a chain without brackets may have (`a + b + …`, `a.b.c`, `else if`): each is a level of
/// the tree.
pub(crate) const MAX_LINKS: usize = 512;

/// What the statements of a body are.
#[derive(Clone, Copy, PartialEq)]
enum Level {
    /// Processors in the way of the signal.
    Signal,
    /// Named branches of a wrapper.
    Branches,
}

/// The state of one file's lowering.
pub(crate) struct Lower<'a> {
    pub(crate) file: FileId,
    pub(crate) text: &'a str,
    pub(crate) scan: &'a Scan<'a>,
    pub(crate) diagnostics: Vec<Diagnostic>,
    pub(crate) broken_names: Vec<String>,
    /// The statement at hand is at fault: its first diagnostic is out, and it will leave no node.
    faulty: bool,
    level: Level,
    /// Expressions and types around the one at hand.
    depth: usize,
    /// Faults already told, from which others would follow.
    pub(crate) told: Told,
}

/// `///` lines that wait for what they document.
#[derive(Default)]
struct DocLines {
    doc: Option<Doc>,
}

impl<'a> Lower<'a> {
    pub(crate) fn new(file: FileId, text: &'a str, scan: &'a Scan<'a>) -> Self {
        Lower {
            file,
            text,
            scan,
            diagnostics: Vec::new(),
            broken_names: Vec::new(),
            faulty: false,
            level: Level::Signal,
            depth: 0,
            told: Told::default(),
        }
    }

    /// Lowers a whole file.
    pub(crate) fn file(&mut self, pair: P<'a>) -> File {
        let mut doc = None;
        let items = self.items(pair, &mut doc);
        let comments = self.scan.comments.iter().map(|&(start, end)| self.at(start, end)).collect();
        File { doc, items, broken_names: std::mem::take(&mut self.broken_names), comments }
    }

    /// A span of this file.
    pub(crate) fn at(&self, start: usize, end: usize) -> Span {
        Span::new(self.file, start, end)
    }

    /// The span of a rule that ends where its last character does.
    fn exact(&self, pair: &P<'a>) -> Span {
        let span = pair.as_span();
        self.at(span.start(), span.end())
    }

    /// The span of a rule without the blanks and comments that pest skipped in search of more of it.
    pub(crate) fn span(&self, pair: &P<'a>) -> Span {
        let span = pair.as_span();
        let (start, mut end) = (span.start(), span.end());
        loop {
            end = start + self.text[start..end].trim_end_matches([' ', '\t', '\n', '\r', '\u{FEFF}']).len();
            match self.scan.comments.binary_search_by_key(&end, |c| c.1) {
                Ok(n) if self.scan.comments[n].0 >= start => end = self.scan.comments[n].0,
                _ => return self.at(start, end),
            }
        }
    }

    fn ident(&self, pair: &P<'a>) -> Ident {
        Ident::new(pair.as_str(), self.exact(pair))
    }

    /// Tells the first fault of the statement at hand.
    pub(crate) fn fault(&mut self, diagnostic: Diagnostic) {
        if !self.faulty {
            self.diagnostics.push(diagnostic);
        }
        self.faulty = true;
    }

    /// What the grammar promises and does not keep; no text is known that leads here.
    fn unread<T>(&mut self, span: Span) -> Option<T> {
        self.fault(Diagnostic::error(&codes::UNEXPECTED, span, "this cannot be read"));
        None
    }

    /// Reads what stands inside something of its kind; `None` where that goes too deep.
    fn deeper<T>(&mut self, span: Span, read: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.depth > MAX_LINKS + MAX_DEPTH {
            let fault = Diagnostic::error(&codes::TOO_DEEP, span, "this stands inside too many others of its kind");
            self.fault(fault.help("name inner parts with `let` or `fn`"));
            return None;
        }
        self.depth += 1;
        let made = read(self);
        self.depth -= 1;
        Some(made)
    }

    fn too_long(&mut self, span: Span, what: &str) {
        let message = format!("{what} has more than {MAX_LINKS} parts");
        let help = "name a part of it with `let`, or use a list and a function over it";
        self.fault(Diagnostic::error(&codes::TOO_DEEP, span, message).help(help));
    }

    /// Reads the lines of a block: hands good ones to `one`, tells of the broken ones, closes what is open.
    fn lines<T>(
        &mut self,
        pair: P<'a>,
        place: Place,
        top: Option<&mut Option<Doc>>,
        mut one: impl FnMut(&mut Self, P<'a>, Option<Doc>) -> Option<T>,
    ) -> Vec<T> {
        let start = pair.as_span().start();
        let mut out = Vec::new();
        let mut docs = DocLines::default();
        let mut last = None;
        let mut top = top;
        for kid in pair.into_inner() {
            match kid.as_rule() {
                Rule::doc => {
                    let module = kid.as_str().starts_with("//!");
                    match &mut top {
                        Some(slot) if module && out.is_empty() && last.is_none() => {
                            let mut lines = DocLines { doc: slot.take() };
                            lines.push(&kid, self.exact(&kid));
                            **slot = lines.doc;
                        }
                        _ => docs.push(&kid, self.exact(&kid)),
                    }
                }
                Rule::bad_stmt => {
                    docs.doc = None;
                    let span = self.span(&kid);
                    self.bad_statement(span, place);
                    last = Some(span);
                }
                Rule::bad_tail => {
                    let span = self.span(&kid);
                    self.bad_tail(last, span, place);
                }
                Rule::missing => self.missing_brace(start, kid.as_span().start()),
                Rule::stray => {
                    docs.doc = None;
                    let span = self.exact(&kid);
                    self.stray_brace(span);
                }
                Rule::EOI => {}
                _ => {
                    let span = self.span(&kid);
                    if let (Some(before), Place::Strip | Place::Group) = (last, place) {
                        self.run_on(before, span);
                    }
                    last = Some(span);
                    self.forget_told(span, place);
                    let outer = std::mem::replace(&mut self.faulty, false);
                    let made = one(self, kid, docs.doc.take());
                    match made {
                        Some(made) if !self.faulty => out.push(made),
                        _ => self.note_broken_names(span, place),
                    }
                    self.faulty = outer;
                }
            }
        }
        if let Some(doc) = docs.doc {
            let help = "write `//` for a plain comment, or move it above the thing it describes";
            let message = "this documentation comment stands above nothing";
            self.diagnostics.push(Diagnostic::warning(&codes::LOOSE_DOC, doc.span, message).help(help));
        }
        out
    }
}

impl DocLines {
    fn push(&mut self, pair: &P<'_>, span: Span) {
        let line = pair.as_str().get(3..).unwrap_or("");
        let line = line.strip_prefix(' ').unwrap_or(line).trim_end();
        match &mut self.doc {
            Some(doc) => {
                doc.text.push('\n');
                doc.text.push_str(line);
                doc.span = doc.span.to(span);
            }
            None => self.doc = Some(Doc { text: line.to_string(), span }),
        }
    }
}
