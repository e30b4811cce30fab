//! Effects of the Mix, and names as the typing of effect bodies asks for them. Always true: a body is typed once;
//! callees come before callers; an effect that calls itself is one error that prints the ring.

use super::Place;
use super::library::Typed;
use crate::args::Signature;
use crate::body::{Effect, EffectId};
use crate::codes;
use crate::effects::type_effect;
use crate::eval::value::Value;
use crate::names::{Callable, Constant, DeclRef, ModuleId, Names};
use crate::session::Session;
use crate::strips::walk::is_random;
use crate::units::describe;
use mixdown_syntax::Diagnostic;
use mixdown_syntax::tree::{Decl, Ident};
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

/// Typed effects and what goes with calls.
#[derive(Default)]
pub(crate) struct EffectTable {
    /// By [`EffectId`].
    pub list: Vec<Arc<Effect>>,
    /// Whether each draws random numbers.
    pub random: Vec<bool>,
    known: HashMap<*const Decl, Option<EffectId>>,
    running: Vec<Running>,
    /// Parameters of effects, by id.
    pub effect_signatures: HashMap<EffectId, Rc<Signature>>,
    /// Parameters of functions and chains.
    pub signatures: HashMap<*const Decl, Rc<Signature>>,
    /// Chains that are being written out, outermost first.
    pub chains: Vec<(*const Decl, String)>,
}

/// An effect that is being typed.
struct Running {
    decl: *const Decl,
    name: Ident,
    /// Effects that it called so far, each once.
    calls: Vec<DeclRef>,
}

impl Names for Session<'_> {
    fn callable(&mut self, module: ModuleId, path: &[Ident]) -> Result<Callable, Diagnostic> {
        let found = self.find_callable(module, path, Place::Code)?;
        if let Callable::Function(decl) = &found {
            self.modules.used.insert(Rc::as_ptr(&decl.decl));
        }
        Ok(found)
    }

    fn constant(&mut self, module: ModuleId, name: &Ident) -> Result<Option<Constant>, Diagnostic> {
        let Some(value) = self.file_value(module, name)? else { return Ok(None) };
        if matches!(value, Value::Strip(_) | Value::Section(_) | Value::Module(_) | Value::Function(_)) {
            return Ok(None);
        }
        match constant(&value) {
            Some(constant) => Ok(Some(constant)),
            None if matches!(value, Value::Error | Value::Unknown(_)) => Err(crate::session::follows(name.span)),
            None => Err(Diagnostic::error(
                &codes::E0349,
                name.span,
                format!("`{}` is {}, which the body of an effect cannot use", name.name, describe(&value.ty())),
            )
            .help("hand it in as a parameter: parameters take curves, LFOs and signals")),
        }
    }

    fn effect(&mut self, decl: &DeclRef) -> Option<EffectId> {
        let key = Rc::as_ptr(&decl.decl);
        if let Some(caller) = self.effects.running.last_mut()
            && caller.calls.iter().all(|call| Rc::as_ptr(&call.decl) != key)
        {
            caller.calls.push(decl.clone());
        }
        if let Some(known) = self.effects.known.get(&key) {
            return *known;
        }
        if let Some(start) = self.effects.running.iter().position(|r| r.decl == key) {
            let ring = &self.effects.running[start..];
            let mut names: Vec<&str> = ring.iter().map(|r| r.name.name.as_str()).collect();
            names.push(&decl.decl.name.name);
            let mut fault = Diagnostic::error(
                &codes::E0537,
                decl.decl.name.span,
                format!("effects call each other in a ring: {}", names.join(" -> ")),
            )
            .help("an effect is written out where it is called, so it cannot hold itself; take one of the calls away");
            for running in ring.iter().skip(1) {
                fault = fault.label(running.name.span, "on the way");
            }
            self.report(fault);
            return None;
        }
        if !self.enter(decl.decl.name.span, &decl.decl.name.name) {
            return None;
        }
        let said = self.diagnostics.len();
        self.effects.running.push(Running { decl: key, name: decl.decl.name.clone(), calls: Vec::new() });
        let known = self.modules.library.typed.get(&key).cloned();
        let typed = self.nested(|s| match known {
            Some(known) => s.numbered(&known).map(|effect| (effect, known.random)),
            None => s.typed_first(decl),
        });
        let calls = self.effects.running.pop().map(|r| r.calls).unwrap_or_default();
        self.leave();
        let id = typed.map(|(effect, random)| {
            let std = self.modules.get(decl.module).kind == super::ModuleKind::Std;
            if std && said == self.diagnostics.len() && !self.modules.library.typed.contains_key(&key) {
                let known = &self.effects.known;
                let calls = calls.into_iter().filter_map(|call| {
                    let id = known.get(&Rc::as_ptr(&call.decl)).copied().flatten()?;
                    Some((call, id))
                });
                let typed = Typed { effect: effect.clone(), calls: calls.collect(), random };
                self.modules.library.typed.insert(key, typed);
            }
            self.effects.list.push(effect);
            self.effects.random.push(random);
            self.effects.list.len() as EffectId - 1
        });
        self.effects.known.insert(key, id);
        id
    }

    fn typed(&self, id: EffectId) -> Arc<Effect> {
        self.effects.list[id as usize].clone()
    }

    fn song_units(&self) -> crate::units::SongUnits {
        // An effect stands at no bar: it knows how long one is where all are equally long.
        let units = self.song.units;
        let bar = units.beats_per_bar.filter(|_| self.song.timeline.uniform());
        crate::units::SongUnits { beats_per_bar: bar, ..units }
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        Session::report(self, diagnostic);
    }
}

impl Session<'_> {
    /// An effect that is typed for the first time, and whether it draws random numbers.
    fn typed_first(&mut self, decl: &DeclRef) -> Option<(Arc<Effect>, bool)> {
        let mut effect = type_effect(self, decl)?;
        let module = self.modules.get(decl.module);
        effect.module = if module.kind == super::ModuleKind::Std { "std".to_string() } else { module.name.clone() };
        let random = is_random(&self.effects.random, &effect);
        Some((Arc::new(effect), random))
    }

    /// An effect that was typed for another mix, with the numbers of this one.
    fn numbered(&mut self, known: &Typed) -> Option<Arc<Effect>> {
        let ids = known.calls.iter().map(|(call, _)| self.effect(call)).collect::<Option<Vec<_>>>()?;
        Some(known.numbered(&ids))
    }
}

fn constant(value: &Value) -> Option<Constant> {
    Some(match value {
        Value::Quantity(x, ty) => Constant::Number(*x, ty.clone()),
        Value::Switch(on) => Constant::Switch(*on),
        Value::Text(text) => Constant::Text(text.to_string()),
        Value::Word(word) => Constant::Text(word.clone()),
        Value::List(items) | Value::Tuple(items) => Constant::List(items.iter().map(constant).collect::<Option<_>>()?),
        _ => return None,
    })
}
