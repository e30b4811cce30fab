//! The standard library as far as songs have used it. Always true here: what is kept hangs on the library's texts alone,
//! so it serves every analysis; effects are numbered anew for each mix.

use super::{CallKind, Module};
use crate::body::{Effect, EffectId};
use crate::names::DeclRef;
use crate::strips::walk::each_call_mut;
use mixdown_syntax::SourceFile;
use mixdown_syntax::tree::Decl;
use std::collections::HashMap;
use std::sync::Arc;

/// Files, declarations and typed effects.
#[derive(Default)]
pub(crate) struct Library {
    /// Files that something was asked of.
    pub files: Vec<Module>,
    /// Their texts.
    pub sources: Vec<Arc<SourceFile>>,
    /// Declarations that were asked for, by name.
    pub found: HashMap<String, (CallKind, DeclRef)>,
    /// All names that there are.
    pub names: Option<Vec<&'static str>>,
    /// Effects by their declarations, which `files` keeps.
    pub typed: HashMap<*const Decl, Typed>,
}

/// An effect whose body was typed, with nothing to say about it.
#[derive(Clone)]
pub(crate) struct Typed {
    /// As it was typed.
    pub effect: Arc<Effect>,
    /// The effects it calls, in the order in which typing it met them, and the numbers they had.
    pub calls: Vec<(DeclRef, EffectId)>,
    /// It draws random numbers, or calls what does.
    pub random: bool,
}

impl Typed {
    /// The effect where those it calls have these numbers.
    pub fn numbered(&self, ids: &[EffectId]) -> Arc<Effect> {
        if self.calls.iter().zip(ids).all(|((_, known), id)| known == id) {
            return self.effect.clone();
        }
        let mut effect = (*self.effect).clone();
        each_call_mut(&mut effect, &mut |id| {
            let at = self.calls.iter().position(|(_, known)| known == id);
            if let Some(new) = at.and_then(|at| ids.get(at)) {
                *id = *new;
            }
        });
        Arc::new(effect)
    }
}
