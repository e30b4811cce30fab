//! Names inside a body: what each means, whether it was used, where a function's body ends the view outwards.
//!
//! Always true here: one scope names a thing once; an inner scope may hide an outer one.

use crate::body::{Expr, LocalId};
use crate::types::Type;
use mixdown_syntax::Span;
use mixdown_syntax::tree::Ident;
use std::collections::HashMap;

/// What a name of a body means.
#[derive(Clone, Debug)]
pub(super) enum Binding {
    /// A parameter of the effect.
    Param(u32, Type),
    /// A `let`, or a variable of a loop.
    Value(LocalId, Type),
    /// A `state` (its type is known to the cells).
    State(LocalId),
    /// Another name of a delay line.
    Alias(Box<Expr>),
}

/// What kind of thing was declared, for "never used".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Declared {
    /// A parameter of the effect.
    Param,
    /// A `let`.
    Let,
    /// A `state`.
    State,
    /// A loop variable or a parameter of an inlined function: not worth a warning.
    Silent,
}

#[derive(Debug)]
pub(super) struct Entry {
    pub binding: Binding,
    pub declared: Declared,
    pub name: String,
    pub span: Span,
    pub used: bool,
}

#[derive(Debug, Default)]
struct Scope {
    entries: Vec<Entry>,
    by_name: HashMap<String, usize>,
    /// The body of an inlined function: its caller's names are not seen.
    wall: bool,
}

/// Scopes, the innermost last.
#[derive(Debug, Default)]
pub(super) struct Scopes {
    scopes: Vec<Scope>,
}

impl Scopes {
    pub fn open(&mut self, wall: bool) {
        self.scopes.push(Scope { wall, ..Scope::default() });
    }

    /// Closes the innermost scope and hands its entries out, in text order.
    pub fn close(&mut self) -> Vec<Entry> {
        self.scopes.pop().map(|s| s.entries).unwrap_or_default()
    }

    /// Declares a name; the place of an earlier one in the same scope, if there is one.
    pub fn declare(&mut self, name: &Ident, binding: Binding, declared: Declared) -> Option<Span> {
        let scope = self.scopes.last_mut()?;
        let earlier = scope.by_name.get(&name.name).map(|&i| scope.entries[i].span);
        scope.by_name.insert(name.name.clone(), scope.entries.len());
        let (name, span) = (name.name.clone(), name.span);
        scope.entries.push(Entry { binding, declared, name, span, used: false });
        earlier
    }

    fn visible(&self) -> impl Iterator<Item = &Scope> {
        let mut walled = false;
        self.scopes.iter().rev().take_while(move |scope| {
            let seen = !walled;
            walled |= scope.wall;
            seen
        })
    }

    /// What a name means, without counting as a use.
    pub fn peek(&self, name: &str) -> Option<&Entry> {
        self.visible().find_map(|s| s.by_name.get(name).map(|&i| &s.entries[i]))
    }

    /// Notes that a name was read.
    pub fn mark_used(&mut self, name: &str) {
        let hidden = self.scopes.len() - self.visible().count();
        for scope in self.scopes[hidden..].iter_mut().rev() {
            if let Some(&i) = scope.by_name.get(name) {
                scope.entries[i].used = true;
                return;
            }
        }
    }

    /// Every name that can be seen, for "did you mean".
    pub fn names(&self) -> Vec<String> {
        self.visible().flat_map(|s| s.by_name.keys().cloned()).collect()
    }

    /// Whether the view is inside an inlined function.
    pub fn in_function(&self) -> bool {
        self.scopes.iter().any(|s| s.wall)
    }
}
