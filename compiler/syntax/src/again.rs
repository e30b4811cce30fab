//! Parsing a text again after an edit. Always true here: what comes out is what [`parse`] makes of the whole text, span by
//! span; only where the edit lies is read.
//!
//! Items are kept that an edit cannot reach. The grammar reads an item from its first character on and looks behind its
//! end no further than the next item's text; so what stands before the edit is kept but for the last item, and what
//! stands behind it but for the first, which is read with the changed text: where it comes out at its old end, all that
//! follows is read as before. Texts with faults are read as a whole.

use crate::diagnostic::Diagnostic;
use crate::parse::{MAX_NESTING, parse_counted};
use crate::shift::Shift;
use crate::source::{FileId, Span};
use crate::tree::{File, Item};
use std::ops::Range;

/// A text that was parsed.
#[derive(Clone, Debug)]
pub struct Parsed {
    file: FileId,
    text: String,
    tree: File,
    faults: Vec<Diagnostic>,
    /// At least so much of it may nest without brackets.
    links: usize,
    /// What of it was read last.
    read: Range<usize>,
}

impl Parsed {
    /// Parses a text.
    pub fn new(file: FileId, text: &str) -> Parsed {
        let (tree, faults, links) = parse_counted(file, text);
        Parsed { file, text: text.to_string(), tree, faults, links, read: 0..text.len() }
    }

    /// Its tree.
    pub fn tree(&self) -> &File {
        &self.tree
    }

    /// What is wrong with it.
    pub fn faults(&self) -> &[Diagnostic] {
        &self.faults
    }

    /// The part of the text that was read to come here.
    pub fn read(&self) -> Range<usize> {
        self.read.clone()
    }

    /// Takes another text in the place of this one.
    pub fn change(&mut self, file: FileId, text: &str) {
        if file == self.file && text == self.text {
            self.read = 0..0;
            return;
        }
        if file != self.file || self.edit(text).is_none() {
            *self = Parsed::new(file, text);
        }
    }

    /// Reads what changed; `None` where all has to be read. Nothing is changed then.
    fn edit(&mut self, text: &str) -> Option<()> {
        if !self.faults.is_empty() || u32::try_from(text.len()).is_err() {
            return None;
        }
        let (old, new) = (self.text.as_bytes(), text.as_bytes());
        let before = old.iter().zip(new).take_while(|(a, b)| a == b).count();
        let most = old.len().min(new.len()) - before;
        let after = old.iter().rev().zip(new.iter().rev()).take(most).take_while(|(a, b)| a == b).count();
        let items = &self.tree.items;
        // Whole items before and behind the edit; the one next to it is read again.
        let front = items.partition_point(|item| (item.span.end as usize) < before).saturating_sub(1);
        let back = items.partition_point(|item| (item.span.start as usize) < old.len() - after);
        let start = front.checked_sub(1).map_or(0, |last| items[last].span.end as usize);
        let last = items.get(back).map(|item| item.span);
        let by = new.len() as i64 - old.len() as i64;
        let end = last.map_or(new.len(), |span| (i64::from(span.end) + by) as usize);
        let part = text.get(start..end)?;
        // `//!` is documentation of the file at its top, and a comment elsewhere.
        if front == 0 && back >= items.len() || start > 0 && part.contains("//!") {
            return None;
        }
        let (mut middle, faults, links) = parse_counted(self.file, part);
        if !faults.is_empty() || self.links + links > MAX_NESTING {
            return None;
        }
        middle.items.shift(start as i64);
        middle.comments.shift(start as i64);
        if let Some(mut span) = last {
            span.shift(by);
            if middle.items.last().map(|item| item.span) != Some(span) {
                return None;
            }
        }
        let comments = std::mem::take(&mut self.tree.comments);
        let old_end = last.map_or(old.len(), |span| span.end as usize);
        let kept = |c: &&Span| (c.end as usize) <= start;
        let mut all: Vec<Span> = comments.iter().filter(kept).copied().collect();
        all.append(&mut middle.comments);
        let mut behind: Vec<Span> = comments.into_iter().filter(|c| (c.start as usize) >= old_end).collect();
        behind.shift(by);
        all.append(&mut behind);
        self.tree.comments = all;
        let mut rest: Vec<Item> = self.tree.items.split_off((back + 1).min(self.tree.items.len()));
        if by != 0 {
            rest.shift(by);
        }
        self.tree.items.truncate(front);
        self.tree.items.append(&mut middle.items);
        self.tree.items.append(&mut rest);
        if start == 0 {
            self.tree.doc = middle.doc;
        }
        self.links += links;
        self.read = start..end;
        self.text.replace_range(start..old_end, part);
        Some(())
    }
}
