//! Chain calls (semantics, rule 21): flattened into the strip, their name a segment of the path. Always true: chains
//! do not call themselves; a ring is one error that prints it; a chain with a `mix` is one branch of a wrapper, which
//! blends it with what arrives.

use super::body::{Place, Scope};
use crate::args::Callee;
use crate::codes;
use crate::eval::env::Env;
use crate::mix::{Branch, Node, Wrap, WrapKind};
use crate::names::DeclRef;
use crate::session::Session;
use mixdown_syntax::Diagnostic;
use mixdown_syntax::tree::{Arg, DeclBody, Processor};
use std::borrow::Cow;
use std::rc::Rc;

impl Session<'_> {
    pub(super) fn chain(&mut self, scope: &mut Scope, it: &Processor, decl: &DeclRef, args: &[Arg], env: &Env) {
        let Some(last) = it.path.last() else { return };
        let name_span = it.path[0].span.to(last.span);
        let name = &decl.decl.name.name;
        let (_, path, _) = self.segment(scope, it, name, name_span);
        let key = Rc::as_ptr(&decl.decl);
        if let Some(start) = self.effects.chains.iter().position(|(k, _)| *k == key) {
            let mut ring: Vec<String> = self.effects.chains[start..].iter().map(|(_, n)| n.clone()).collect();
            ring.push(name.clone());
            self.report(
                Diagnostic::error(
                    &codes::E0537,
                    name_span,
                    format!("chains call each other in a ring: {}", ring.join(" -> ")),
                )
                .at("closes the ring")
                .help("a chain is written out where it is called, so it cannot hold itself; use a `for` loop instead"),
            );
            return;
        }
        let signature = self.signature(decl, Callee::Chain);
        let own_mix = signature.params.iter().any(|p| p.name == "mix");
        let split = if own_mix { Some((Cow::Borrowed(args), None)) } else { self.split_mix(args, &env.at_node()) };
        let Some((args, mix)) = split else { return };
        let Some(bound) = self.bind_args(&signature, &args, None, name_span, env) else { return };
        let DeclBody::Strip(body) = &decl.decl.body else { return };
        self.modules.used.insert(key);
        if !self.enter(name_span, name) {
            return;
        }
        self.effects.chains.push((key, name.clone()));
        let inner_env = self.parameters(decl, &signature, bound);
        let mut inner = scope.inner(path.clone(), Place::Chain);
        inner.bypass |= it.bypass.is_some();
        self.nested(|s| s.body(&mut inner, body, &inner_env));
        let (bypass, nodes) = (inner.bypass, inner.nodes);
        if mix.is_some() {
            let branches = vec![Branch { name: name.clone(), nodes }];
            scope.nodes.push(Node::Wrap(Wrap { path, kind: WrapKind::Parallel, branches, mix, bypass, span: name_span }));
        } else {
            scope.nodes.extend(nodes);
        }
        self.effects.chains.pop();
        self.leave();
    }
}
