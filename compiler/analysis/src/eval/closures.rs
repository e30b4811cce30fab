//! Functions as values: lambdas and named functions, called with arguments or with values. Always true: a `fn` that
//! was called counts as used; calls inside calls are bounded.

use super::arguments::Bound;
use super::env::Env;
use super::functions;
use super::value::{Closure, Value};
use crate::args::{Callee, Signature};
use crate::codes;
use crate::names::{Callable, DeclRef};
use crate::session::Session;
use mixdown_syntax::tree::{Arg, DeclBody, Ident};
use mixdown_syntax::{Diagnostic, Span};
use std::rc::Rc;

impl Session<'_> {
    /// Carries out a `fn`.
    pub(super) fn call_fn(&mut self, decl: &DeclRef, signature: &Signature, bound: Bound, span: Span) -> Value {
        let name = decl.decl.name.name.clone();
        if !self.enter(span, &name) {
            return Value::Error;
        }
        self.modules.used.insert(Rc::as_ptr(&decl.decl));
        let env = self.parameters(decl, signature, bound);
        let value = match &decl.decl.body {
            DeclBody::Code(block) => self.nested(|s| s.block(block, &env, None)),
            DeclBody::Strip(_) => Value::Error,
        };
        self.leave();
        self.barrier(value)
    }

    /// Calls a function value with the arguments of a call.
    pub(super) fn call_closure(&mut self, f: &Rc<Closure>, args: &[Arg], name: Span, span: Span, env: &Env) -> Value {
        if let Closure::Named(_, Callable::Function(decl)) = &**f {
            let decl = decl.clone();
            let signature = self.signature(&decl, Callee::Function);
            return match self.bind_args(&signature, args, None, name, env) {
                Some(bound) => self.call_fn(&decl, &signature, bound, span),
                None => Value::Error,
            };
        }
        if let Some(named) = args.iter().find_map(|a| a.name.as_ref()) {
            return self.fault(
                Diagnostic::error(&codes::E0336, named.span, "a function value takes its arguments by position")
                    .help("leave out the name"),
            );
        }
        let values = args.iter().map(|a| (self.eval(&a.value, env), a.value.span)).collect();
        self.apply_closure(f, values, span)
    }

    /// Calls a function value with values.
    pub(crate) fn apply_closure(&mut self, f: &Rc<Closure>, values: Vec<(Value, Span)>, span: Span) -> Value {
        match &**f {
            Closure::Lambda { params, body, env } => {
                if params.len() != values.len() {
                    return self.fault(
                        Diagnostic::error(
                            &codes::E0336,
                            span,
                            format!("a function of {} arguments is called with {}", params.len(), values.len()),
                        )
                        .label(body.span, "this function")
                        .help("give it as many names between the bars as it gets arguments: `|x, i| …`"),
                    );
                }
                if !self.enter(span, "|…|") {
                    return Value::Error;
                }
                let mut scope = env.inner();
                for (pattern, (value, at)) in params.iter().zip(values) {
                    scope = self.bind(pattern, value, scope, at);
                }
                let value = self.nested(|s| s.eval(body, &scope));
                self.leave();
                self.barrier(value)
            }
            Closure::Named(_, Callable::Function(decl)) => {
                let signature = self.signature(decl, Callee::Function);
                if values.len() > signature.params.len() {
                    return self.wrong_count(&signature.name, signature.params.len(), values.len(), span);
                }
                let mut bound: Bound = values.into_iter().map(Some).collect();
                bound.resize(signature.params.len(), None);
                if signature.params.iter().zip(&bound).any(|(p, b)| b.is_none() && !p.optional) {
                    let given = bound.iter().flatten().count();
                    return self.wrong_count(&signature.name, signature.params.len(), given, span);
                }
                for (param, slot) in signature.params.iter().zip(&mut bound) {
                    if let (Some(ty), Some((value, at))) = (&param.ty, slot.as_mut()) {
                        let wanted = super::Wanted { who: &param.name, ty, example: crate::algebra::example(ty) };
                        *value = self.fit(value.clone(), &wanted, *at);
                    }
                }
                self.call_fn(decl, &signature, bound, span)
            }
            Closure::Named(_, Callable::Builtin(builtin)) => self.call_builtin(*builtin, values, span, span),
            Closure::Named(_, Callable::Script(name)) => {
                let Some(function) = functions::script(name) else { return Value::Error };
                if values.len() > function.params.len() {
                    return self.wrong_count(name, function.params.len(), values.len(), span);
                }
                let mut bound: Bound = values.into_iter().map(Some).collect();
                bound.resize(function.params.len(), None);
                if function.signature().params.iter().zip(&bound).any(|(p, b)| b.is_none() && !p.optional) {
                    return self.wrong_count(name, function.params.len(), bound.iter().flatten().count(), span);
                }
                self.run_script(function, bound, span)
            }
            Closure::Named(name, _) => {
                let name = Ident { name: name.clone(), span };
                self.not_callable(&name, &Value::Unit)
            }
        }
    }

    fn wrong_count(&mut self, name: &str, takes: usize, given: usize, span: Span) -> Value {
        self.fault(
            Diagnostic::error(&codes::E0336, span, format!("`{name}` takes {takes} arguments, and {given} are given"))
                .help("write a function of your own around it: `|x| f(x, 2)`"),
        )
    }
}
