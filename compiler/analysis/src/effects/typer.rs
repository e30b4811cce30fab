//! One pass over a body: the state that all parts of the typing share.
//!
//! Always true here: locals are numbered in text order, alike in every pass; faults are kept until the pass is known
//! to be the last.

use super::cells::Cells;
use super::facts::Facts;
use super::lines::Lines;
use super::paths::Paths;
use super::scope::{Binding, Declared, Scopes};
use crate::body::{Expr, ExprKind, LocalId, Pattern};
use crate::effect_codes::{E0606, E0617, E0620, E0621};
use crate::names::{ModuleId, Names};
use crate::types::Type;
use mixdown_syntax::tree::{Decl, Ident};
use mixdown_syntax::{Diagnostic, Span};
use std::rc::Rc;

/// A pass.
pub(super) struct Typer<'n> {
    pub names: &'n mut dyn Names,
    /// Where names are looked up: the effect's module, or that of the function being inlined.
    pub module: ModuleId,
    pub scopes: Scopes,
    pub facts: Facts,
    pub cells: Cells,
    pub lines: Lines,
    pub paths: Paths,
    pub depth: Depth,
    /// Functions being inlined, outermost first.
    pub inlining: Vec<Rc<Decl>>,
    /// How many calls of functions were inlined.
    pub inlined: u32,
    /// That they are too many was said.
    pub grown: bool,
    /// Where the effect says its latency.
    pub latency: Option<Span>,
    pub takes_input: bool,
    /// Something below was wrong and is reported elsewhere.
    pub poisoned: bool,
    faults: Vec<Diagnostic>,
    next: LocalId,
}

/// How deep in the body.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Depth {
    /// Blocks of any kind.
    pub blocks: u32,
    /// Sides of an `if`.
    pub ifs: u32,
    /// Loops.
    pub loops: u32,
    /// `oversample` blocks.
    pub oversample: u32,
}

impl<'n> Typer<'n> {
    pub fn new(names: &'n mut dyn Names, module: ModuleId, cells: Cells) -> Self {
        Typer {
            names,
            module,
            cells,
            scopes: Scopes::default(),
            facts: Facts::default(),
            lines: Lines::default(),
            paths: Paths::default(),
            depth: Depth::default(),
            inlining: Vec::new(),
            inlined: 0,
            grown: false,
            latency: None,
            takes_input: false,
            poisoned: false,
            faults: Vec::new(),
            next: 0,
        }
    }

    /// Ends the pass: what it found wrong and what it learned of states and lines.
    pub fn finish(mut self) -> (Vec<Diagnostic>, Cells) {
        // A write that failed is reported already.
        let failed = self.poisoned || self.faults.iter().any(Diagnostic::is_error);
        let silent = if failed { Vec::new() } else { self.lines.silent() };
        for (name, declared, read) in silent {
            let fault = Diagnostic::error(&E0606, read, format!("nothing is ever written to `{name}`"))
                .at("reads silence")
                .label(declared, "declared here")
                .help(format!("write to it once a sample: `{name}.write(input)`"));
            self.faults.push(fault);
        }
        (self.faults, self.cells)
    }

    pub fn fault(&mut self, fault: Diagnostic) {
        self.faults.push(fault);
    }

    /// Reports a fault and gives an expression that agrees with everything.
    pub fn failed(&mut self, fault: Diagnostic, span: Span) -> Expr {
        self.faults.push(fault);
        broken(span)
    }

    /// How many locals were numbered.
    pub fn locals(&self) -> u32 {
        self.next
    }

    pub fn local(&mut self) -> LocalId {
        let id = self.next;
        self.next += 1;
        id
    }

    pub fn open_scope(&mut self) {
        self.scopes.open(false);
        self.depth.blocks += 1;
    }

    /// Closes a scope and warns of what nobody read.
    pub fn close_scope(&mut self) {
        self.depth.blocks -= 1;
        for entry in self.scopes.close() {
            let (what, help) = match entry.declared {
                Declared::Param => ("parameter", "use it in the body, or take it out: what is accepted must act"),
                Declared::Let => ("value", "use it, or take the line out"),
                Declared::State => ("state", "read it, or take it out"),
                Declared::Silent => continue,
            };
            if entry.used || entry.name.starts_with('_') || !self.inlining.is_empty() {
                continue;
            }
            let message = format!("the {what} `{}` is never used", entry.name);
            self.faults.push(
                Diagnostic::warning(&E0620, entry.span, message)
                    .at("never used")
                    .help(format!("{help}; a name that begins with `_` says it is meant")),
            );
        }
    }

    /// Declares a name of the body.
    pub fn declare(&mut self, name: &Ident, binding: Binding, declared: Declared) {
        if let Some(earlier) = self.scopes.declare(name, binding, declared) {
            self.faults.push(
                Diagnostic::error(&E0617, name.span, format!("`{}` is named twice here", name.name))
                    .at("named again")
                    .label(earlier, "named here first")
                    .help("give one of them another name"),
            );
        }
        let own_text = self.inlining.is_empty() && declared != Declared::Param;
        if own_text && matches!(self.names.constant(self.module, name), Ok(Some(_))) {
            self.faults.push(
                Diagnostic::warning(&E0621, name.span, format!("`{}` hides a value of the file", name.name))
                    .at("cannot be reached below this")
                    .help("give it another name"),
            );
        }
    }

    /// Declares the names of a pattern for a value of this type.
    pub fn bind(&mut self, pattern: &mixdown_syntax::tree::Pattern, ty: &Type, declared: Declared) -> Pattern {
        use mixdown_syntax::tree::Pattern as Tree;
        match pattern {
            Tree::Name(name) => {
                let id = self.local();
                self.declare(name, Binding::Value(id, ty.clone()), declared);
                Pattern::Local(id)
            }
            Tree::Tuple(parts, span) => {
                let types = self.parts_of(ty, parts.len(), *span);
                let bound = parts.iter().zip(&types).map(|(part, ty)| self.bind(part, ty, declared));
                Pattern::Tuple(bound.collect())
            }
        }
    }
}

/// Stands where something was wrong.
pub(super) fn broken(span: Span) -> Expr {
    Expr { kind: ExprKind::Number(0.0), ty: Type::Error, span }
}
