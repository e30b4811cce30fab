//! Items of a file as they are kept: strips and blocks behind counted references, so that loops can make many
//! strips of one text, and nothing that only files may hold inside loops.

use crate::codes;
use crate::session::Session;
use mixdown_syntax::tree::{self, Item, ItemKind};
use mixdown_syntax::{Diagnostic, Span};
use std::rc::Rc;

use crate::mix::StripKind;

/// An item that makes a part of the mix.
#[derive(Clone, Debug)]
pub(crate) enum Entry {
    /// A track, a bus, the master.
    Strip(StripKind, Rc<tree::Strip>),
    /// A group.
    Group(Rc<tree::Group>),
    /// `deliver`.
    Deliver(Rc<tree::Block>),
    /// `check`.
    Check(Rc<tree::Block>),
    /// A `let` inside a file-level loop.
    Let(Rc<tree::Let>),
    /// A loop.
    For(Rc<tree::For<Vec<Entry>>>),
    /// A choice.
    If(Rc<tree::If<Vec<Entry>>>),
}

impl Session<'_> {
    /// Turns an item into an entry; what may stand at file level only is handed back by the caller before. `inside`
    /// says that a loop or condition stands around it.
    pub(super) fn entry(&mut self, item: Item, inside: bool) -> Option<Entry> {
        let span = item.span;
        Some(match item.kind {
            ItemKind::Track(strip) => Entry::Strip(StripKind::Track, strip),
            ItemKind::Bus(strip) => Entry::Strip(StripKind::Bus, strip),
            ItemKind::Monitor(strip) => Entry::Strip(StripKind::Monitor, strip),
            ItemKind::Master(body) => {
                let word = Span { end: (span.start + 6).min(span.end), ..span };
                let name = tree::Ident { name: "master".into(), span: word };
                let name = tree::Expr { kind: tree::ExprKind::Name(name), span: word };
                Entry::Strip(StripKind::Master, Rc::new(tree::Strip { name, like: None, body: (*body).clone() }))
            }
            ItemKind::Group(group) => Entry::Group(group),
            ItemKind::Deliver(block) => Entry::Deliver(block),
            ItemKind::Check(block) => Entry::Check(block),
            ItemKind::Let(it) => Entry::Let(it),
            ItemKind::For(it) => {
                let body = self.entries(it.body);
                Entry::For(Rc::new(tree::For { pattern: it.pattern, iter: it.iter, body }))
            }
            ItemKind::If(it) => {
                let then = self.entries(it.then);
                let otherwise = it.otherwise.map(|items| self.entries(items));
                Entry::If(Rc::new(tree::If { cond: it.cond, then, otherwise }))
            }
            ItemKind::Import(_) => return self.misplaced(span, "an `import`", inside),
            ItemKind::Fn(_) => return self.misplaced(span, "a `fn`", inside),
            ItemKind::Chain(_) => return self.misplaced(span, "a `chain`", inside),
            ItemKind::Effect(_) => return self.misplaced(span, "an `effect`", inside),
            ItemKind::Sections(_) => return self.misplaced(span, "`sections`", inside),
            ItemKind::Option(_) => return self.misplaced(span, "an `option`", inside),
            ItemKind::Setting(it) => {
                return self.misplaced(span, &format!("the song setting `{}`", it.word.name), inside);
            }
        })
    }

    fn entries(&mut self, items: Vec<Item>) -> Vec<Entry> {
        items.into_iter().filter_map(|item| self.entry(item, true)).collect()
    }

    fn misplaced(&mut self, span: Span, what: &str, inside: bool) -> Option<Entry> {
        if inside {
            self.report(
                Diagnostic::error(&codes::E0209, span, format!("{what} stands inside a loop or condition"))
                    .at("stands at file level only")
                    .help("move it out to the left margin of the file; only strips, groups and `let` may be repeated or chosen"),
            );
        }
        None
    }
}
