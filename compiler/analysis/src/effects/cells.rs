//! What states and lines carry. A state that starts as `0` carries frames once a frame is assigned to it; a line
//! carries what is written to it.
//!
//! Always true here: a kind only ever widens from number to signal, or from "not known yet" to a type.

use crate::body::LocalId;
use crate::types::Type;
use std::collections::HashMap;

/// Types of states and lines, by local. Numbering is the same in every pass, so they carry over.
#[derive(Debug, Default)]
pub(super) struct Cells {
    states: HashMap<LocalId, Type>,
    lines: HashMap<LocalId, Type>,
    changed: bool,
}

impl Cells {
    /// Whether this pass learned something that an earlier expression may have wanted to know.
    pub fn changed(&self) -> bool {
        self.changed
    }

    /// The same knowledge, for another pass.
    pub fn settled(self) -> Self {
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

    /// What a line carries.
    pub fn carried(&self, line: LocalId) -> Type {
        self.lines.get(&line).cloned().unwrap_or(Type::Signal)
    }

    /// A value of this type is written to a line for the first time.
    pub fn carries(&mut self, line: LocalId, ty: &Type) {
        if !self.lines.contains_key(&line) {
            self.changed |= *ty != Type::Signal;
            self.lines.insert(line, ty.clone());
        } else if *ty == Type::Signal && self.lines.get(&line) == Some(&Type::Number) {
            self.changed = true;
            self.lines.insert(line, Type::Signal);
        }
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
