//! Delay lines: how often each is written and where, and what its readers get.
//!
//! Always true here: a line is written exactly once a sample (semantics, rule 9), so a write stands as deep in `if`s,
//! loops and `oversample` as the line's declaration; of a list of lines each element may be written once.

use super::typer::{Depth, Typer};
use crate::body::{Expr, ExprKind, LocalId};
use crate::effect_codes::{E0607, E0608};
use crate::types::Type;
use crate::units::describe;
use mixdown_syntax::{Diagnostic, Span};
use std::collections::BTreeMap;

/// A line, or a list of lines.
#[derive(Debug)]
struct Line {
    name: String,
    declared: Span,
    depth: Depth,
    first_read: Option<Span>,
    /// Each write: its place and, where a list is written at a known index, which.
    writes: Vec<(Span, Option<f64>)>,
}

/// The lines of a body.
#[derive(Debug, Default)]
pub(super) struct Lines {
    lines: BTreeMap<LocalId, Line>,
    /// Loop variables that walk a list of lines.
    roots: BTreeMap<LocalId, LocalId>,
}

impl Lines {
    pub fn declare(&mut self, id: LocalId, name: &str, declared: Span, depth: Depth) {
        let line = Line { name: name.to_string(), declared, depth, first_read: None, writes: Vec::new() };
        self.lines.insert(id, line);
    }

    /// A loop variable stands for the lines of a list.
    pub fn stands_for(&mut self, variable: LocalId, list: LocalId) {
        self.roots.insert(variable, list);
    }

    /// The declared line (or list) that an expression reaches.
    pub fn root(&self, e: &Expr) -> Option<LocalId> {
        match &e.kind {
            ExprKind::Local(id) => Some(self.roots.get(id).copied().unwrap_or(*id)),
            ExprKind::Index(base, _) => self.root(base),
            _ => None,
        }
    }

    /// Lines that are read and never written: name, declaration, first read.
    pub fn silent(&self) -> Vec<(String, Span, Span)> {
        let unwritten = self.lines.values().filter(|line| line.writes.is_empty());
        unwritten.filter_map(|l| l.first_read.map(|read| (l.name.clone(), l.declared, read))).collect()
    }
}

impl Typer<'_> {
    /// A line is read; what it carries.
    pub fn read_line(&mut self, line: &Expr, at: Span) -> Type {
        let Some(root) = self.lines.root(line) else {
            return Type::Signal;
        };
        if let Some(line) = self.lines.lines.get_mut(&root) {
            line.first_read.get_or_insert(at);
        }
        self.cells.carried(root)
    }

    /// A value is written to a line.
    pub fn write_line(&mut self, target: &Expr, value: &Expr, at: Span) {
        let Some(root) = self.lines.root(target) else {
            return;
        };
        let index = match &target.kind {
            ExprKind::Index(_, index) => self.facts.number(index),
            _ => None,
        };
        // The element of a list that a loop walks is another one on every round.
        let walks = !matches!(&target.kind, ExprKind::Local(id) if *id == root) && index.is_none();
        if value.ty != Type::Error {
            self.check_carried(root, value);
        }
        let depth = self.depth;
        let Some(line) = self.lines.lines.get_mut(&root) else {
            return;
        };
        let name = line.name.clone();
        let second = line.writes.iter().find(|(_, i)| *i == index || i.is_none() || index.is_none());
        let fault = Diagnostic::error(&E0607, at, format!("`{name}` is written more than once a sample"));
        let fault = if depth.ifs > line.depth.ifs {
            Some(
                Diagnostic::error(&E0607, at, format!("`{name}` is written inside an `if`"))
                    .at("not written on every sample")
                    .help(format!("write outside of it: `{name}.write(if … {{ a }} else {{ b }})`")),
            )
        } else if depth.oversample != line.depth.oversample {
            let declared = line.declared;
            Some(
                Diagnostic::error(&E0607, at, format!("`{name}` is written at another rate than it was made for"))
                    .at("inside `oversample`")
                    .label(declared, "declared outside")
                    .help("declare it in the same block"),
            )
        } else if depth.loops > line.depth.loops && !walks {
            Some(fault.at("written on every round of the loop").help("sum first, then write once below the loop"))
        } else {
            second.map(|(first, _)| {
                fault
                    .at("written again")
                    .label(*first, "written here first")
                    .help("join what is to be written, and write once: `tail.write(a + b)`")
            })
        };
        line.writes.push((at, index));
        if let Some(fault) = fault {
            self.fault(fault);
        }
    }

    fn check_carried(&mut self, root: LocalId, value: &Expr) {
        if let Some(carried) = self.cells.carries(root, &value.ty) {
            let message = format!("this line carries {}, and this is {}", describe(&carried), describe(&value.ty));
            let fault = Diagnostic::error(&E0608, value.span, message).at("another type");
            self.fault(fault.help("write one type of value to a line, and to all lines of a list"));
        }
    }

    /// Something that ought to be a line is none.
    pub fn not_a_line(&mut self, e: &Expr) {
        if e.ty != Type::Error {
            let message = format!("only delay lines are read and written, and this is {}", describe(&e.ty));
            let fault = Diagnostic::error(&E0608, e.span, message).at("no delay line");
            self.fault(fault.help("declare one: `state tail = line(2s)`"));
        }
    }
}
