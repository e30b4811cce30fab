//! Text to tree. Parsing never fails: whatever the text, a tree of its good parts and the diagnostics of
//! its broken ones come back, in time linear in its length.

use crate::codes;
use crate::diagnostic::Diagnostic;
use crate::grammar::{Grammar, Rule};
use crate::lower::Lower;
use crate::scan::{MAX_DEPTH, Scan, scan};
use crate::source::{FileId, Span};
use crate::tree::File;
use pest::Parser;

/// Parses one file. Spans in the tree and in the diagnostics are byte ranges of `text`, tagged with `file`.
pub fn parse(file: FileId, text: &str) -> (File, Vec<Diagnostic>) {
    let (tree, diagnostics, _) = parse_counted(file, text);
    (tree, diagnostics)
}

/// The same, and how often something in the text may nest without a bracket.
pub(crate) fn parse_counted(file: FileId, text: &str) -> (File, Vec<Diagnostic>, usize) {
    if u32::try_from(text.len()).is_err() {
        let span = Span::new(file, 0, 0);
        let message = "this file is larger than 4 GB";
        return refuse(Diagnostic::error(&codes::TOO_LARGE, span, message).help("cut it into files and `import` them"));
    }
    let scan = scan(text);
    if let Some(at) = scan.too_deep {
        let message = format!("brackets are nested deeper than {MAX_DEPTH}");
        return refuse(too_deep(Span::new(file, at, at + 1), message));
    }
    if scan.links > MAX_NESTING {
        let message = format!("this file has more than {MAX_NESTING} functions and choices");
        return refuse(too_deep(Span::new(file, 0, 0), message));
    }
    // The grammar goes down once for each part that stands inside another; how deep is bounded, so the room is too.
    let room = ROOM + scan.links * STEP;
    let (tree, diagnostics) = stacker::maybe_grow(room, room, || read(file, text, &scan));
    (tree, diagnostics, scan.links)
}

/// Most of what may nest without a bracket, in one file.
pub(crate) const MAX_NESTING: usize = 20_000;
/// Stack for brackets at their deepest, in bytes.
const ROOM: usize = MAX_DEPTH * STEP;
/// Stack for one level.
const STEP: usize = if cfg!(debug_assertions) { 64 << 10 } else { 12 << 10 };

fn read(file: FileId, text: &str, scan: &Scan<'_>) -> (File, Vec<Diagnostic>) {
    let mut lower = Lower::new(file, text, scan);
    lower.block_comments();
    let tree = match Grammar::parse(Rule::file, scan.marked.as_deref().unwrap_or(&scan.text)) {
        Ok(mut pairs) => pairs.next().map(|pair| lower.file(pair)).unwrap_or_default(),
        // The grammar takes any text: no text is known that leads here.
        Err(_) => {
            let fault = too_deep(Span::new(file, 0, 0), "this file cannot be read".to_string());
            return (File::default(), vec![fault]);
        }
    };
    let mut diagnostics = lower.diagnostics;
    diagnostics.sort_by_key(|d| d.span().start);
    (tree, diagnostics)
}

fn refuse(diagnostic: Diagnostic) -> (File, Vec<Diagnostic>, usize) {
    (File::default(), vec![diagnostic], 0)
}

fn too_deep(span: Span, message: String) -> Diagnostic {
    Diagnostic::error(&codes::TOO_DEEP, span, message)
        .help("name inner parts with `let` or `fn`, or look for a bracket that is never closed")
}
