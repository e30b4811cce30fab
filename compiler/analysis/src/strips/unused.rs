//! Code that nothing calls is checked all the same: chains and functions are evaluated once with their defaults or
//! with unknown values of the declared types, effects are typed. Always true: nothing of it reaches the Mix.

use super::body::{Build, Place, Scope};
use crate::args::Callee;
use crate::eval::value::Value;
use crate::mix::StripKind;
use crate::modules::{CallKind, ModuleKind};
use crate::names::{DeclRef, Names};
use crate::session::Session;
use crate::types::Type;
use mixdown_syntax::tree::DeclBody;
use std::rc::Rc;

impl Session<'_> {
    /// Looks through what the song and its libraries declare and nothing uses.
    pub(crate) fn check_unused(&mut self) {
        let mut waiting: Vec<(CallKind, DeclRef)> = Vec::new();
        for module in &self.modules.list {
            if module.kind != ModuleKind::Std {
                waiting.extend(module.decls.iter().cloned());
            }
        }
        self.dry += 1;
        for (kind, decl) in waiting {
            if self.modules.used.contains(&Rc::as_ptr(&decl.decl)) || self.limits.spent {
                continue;
            }
            match kind {
                CallKind::Effect => {
                    self.effect(&decl);
                }
                CallKind::Function => self.check_fn(&decl),
                CallKind::Chain => self.check_chain(&decl),
            }
        }
        self.dry -= 1;
    }

    fn check_fn(&mut self, decl: &DeclRef) {
        let signature = self.signature(decl, Callee::Function);
        let bound = unknowns(&signature, decl);
        let env = self.parameters(decl, &signature, bound);
        if let DeclBody::Code(block) = &decl.decl.body {
            self.block(block, &env, None);
        }
    }

    fn check_chain(&mut self, decl: &DeclRef) {
        let signature = self.signature(decl, Callee::Chain);
        let bound = unknowns(&signature, decl);
        let key = Rc::as_ptr(&decl.decl);
        let name = decl.decl.name.name.clone();
        self.effects.chains.push((key, name.clone()));
        let env = self.parameters(decl, &signature, bound);
        let mut build = Build::new(0, name.clone(), StripKind::Track);
        build.dry = true;
        let mut strip = Scope::strip(&mut build, String::new());
        let mut scope = strip.inner(name, Place::Chain);
        if let DeclBody::Strip(body) = &decl.decl.body {
            self.body(&mut scope, body, &env);
        }
        self.effects.chains.pop();
    }
}

/// Unknown values for parameters without a default.
fn unknowns(signature: &crate::args::Signature, decl: &DeclRef) -> crate::eval::Bound {
    let params = signature.params.iter().zip(&decl.decl.params);
    params
        .map(|(spec, param)| {
            let ty = spec.ty.clone().unwrap_or(Type::Error);
            (!spec.optional).then_some((Value::Unknown(ty), param.span))
        })
        .collect()
}
