//! What states and lines carry. A state that starts as `0` carries frames once a frame is assigned to it; a line
//! carries what is written to it.
//!
//! Always true here: a kind only ever widens from number to signal, or from "not known yet" to a type.

use crate::body::LocalId;
use crate::types::Type;
use std::collections::{HashMap, HashSet};

/// Types of states and lines, by local. Numbering is the same in every pass, so they carry over.
#[derive(Debug, Default)]
pub(super) struct Cells {
    states: HashMap<LocalId, Type>,
    lines: HashMap<LocalId, Type>,
    /// Lines that were read before it was known what they carry.
    asked: HashSet<LocalId>,
    changed: bool,
}

impl Cells {
    /// Whether this pass learned something that an earlier expression may have wanted to know.
    pub fn changed(&self) -> bool {
        self.changed || !self.asked.is_empty()
    }

    /// The same knowledge, for another pass.
    pub fn settled(mut self) -> Self {
        // What is read and tells nothing of itself (a feedback of nothing else) is audio.
        for line in self.asked.drain() {
            self.lines.entry(line).or_insert(Type::Signal);
        }
        Cells { changed: false, ..self }
    }

    /// The type of a state that begins as `init`.
    pub fn declare(&mut self, state: LocalId, init: Type) -> Type {
        self.states.entry(state).or_insert(init).clone()
    }

    /// The type of a state.
    pub fn state(&self, state: LocalId) -> Type {
        self.states.get(&state).cloned().unwrap_or(Type::Error)
    }

    /// A state of numbers is given a signal.
    pub fn widen(&mut self, state: LocalId) {
        if let Some(ty) = self.states.get_mut(&state) {
            self.changed |= widen(ty);
        }
    }

    /// What a line carries; before that is known, something that agrees with everything.
    pub fn carried(&mut self, line: LocalId) -> Type {
        match self.lines.get(&line) {
            Some(ty) => ty.clone(),
            None => {
                self.asked.insert(line);
                Type::Error
            }
        }
    }

    /// A value of this type is written to a line; the type that the line carries where that is another one.
    pub fn carries(&mut self, line: LocalId, ty: &Type) -> Option<Type> {
        match (self.lines.get(&line), ty) {
            (None, _) => {
                self.lines.insert(line, ty.clone());
            }
            (Some(Type::Number), Type::Signal) => {
                self.changed = true;
                self.lines.insert(line, Type::Signal);
            }
            (Some(Type::Signal), Type::Number) => {}
            (Some(known), ty) if known != ty => return Some(known.clone()),
            _ => {}
        }
        None
    }
}

/// Number to signal, inside lists too; whether it did something.
fn widen(ty: &mut Type) -> bool {
    match ty {
        Type::Number => {
            *ty = Type::Signal;
            true
        }
        Type::List(of) => widen(of),
        _ => false,
    }
}
