//! Calls in scripts: functions of files, lambdas, functions of the language, functions of the mix. Always true:
//! arguments are placed and checked by [`crate::args`]; a call that fails gives `Error` and nothing else is said.

use super::env::Env;
use super::functions;
use super::value::Value;
use crate::args::Callee;
use crate::builtins;
use crate::codes;
use crate::modules::Place;
use crate::names::{Callable, DeclRef};
use crate::session::Session;
use crate::types::Type;
use crate::units::describe;
use mixdown_syntax::tree::{self, Arg, Ident};
use mixdown_syntax::{Diagnostic, Span};

impl Session<'_> {
    pub(super) fn call(&mut self, callee: &tree::Expr, args: &[Arg], span: Span, env: &Env) -> Value {
        match &callee.kind {
            tree::ExprKind::Name(name) => {
                if let Some(local) = env.find(&name.name).cloned() {
                    return match local {
                        Value::Function(f) => self.call_closure(&f, args, callee.span, span, env),
                        Value::Error => Value::Error,
                        Value::Unknown(_) => Value::Unknown(Type::Error),
                        other => self.not_callable(name, &other),
                    };
                }
                self.call_path(std::slice::from_ref(name), args, None, span, env)
            }
            tree::ExprKind::Field(of, name) => {
                if let tree::ExprKind::Name(alias) = &of.kind
                    && env.find(&alias.name).is_none()
                    && self.modules.get(env.module).aliases.contains_key(&alias.name)
                {
                    return self.call_path(&[alias.clone(), name.clone()], args, None, span, env);
                }
                let receiver = self.eval(of, env);
                if let Value::Record(fields) = &receiver
                    && let Some((_, Value::Function(f))) = fields.iter().find(|(n, _)| *n == name.name)
                {
                    return self.call_closure(f, args, callee.span, span, env);
                }
                if receiver.is_error() {
                    return Value::Error;
                }
                // `xs.map(f)` is `map(xs, f)`.
                self.call_path(std::slice::from_ref(name), args, Some((receiver, of)), span, env)
            }
            _ => match self.eval(callee, env) {
                Value::Function(f) => self.call_closure(&f, args, callee.span, span, env),
                Value::Error => Value::Error,
                other => {
                    let name = Ident { name: "…".into(), span: callee.span };
                    self.not_callable(&name, &other)
                }
            },
        }
    }

    /// Whether a call names an effect, by its callee.
    pub(crate) fn effect_of_call(&mut self, callee: &tree::Expr, env: &Env) -> Option<DeclRef> {
        let path = callee_path(callee)?;
        if path.len() == 1 && env.find(&path[0].name).is_some() {
            return None;
        }
        match self.find_callable(env.module, &path, Place::Processor) {
            Ok(Callable::Effect(decl)) => Some(decl),
            _ => None,
        }
    }

    pub(super) fn not_callable(&mut self, name: &Ident, value: &Value) -> Value {
        self.fault(
            Diagnostic::error(
                &codes::E0335,
                name.span,
                format!("`{}` is {}, not a function", name.name, describe(&value.ty())),
            )
            .help("leave out the brackets, or call a `fn`"),
        )
    }

    /// `a |> f(b)`: an effect gets `a` as its input, a function as its first argument.
    pub(super) fn pipe(&mut self, a: &tree::Expr, b: &tree::Expr, span: Span, env: &Env) -> Value {
        let input = self.eval(a, env);
        let tree::ExprKind::Call(callee, args) = &b.kind else {
            return self.fault(
                Diagnostic::error(&codes::E0335, b.span, "after `|>` stands a call")
                    .help("write `x |> highpass(90Hz)`"),
            );
        };
        if let Some(decl) = self.effect_of_call(callee, env) {
            return self.effect_value(&decl, args, Some((input, a.span)), callee.span, span, env);
        }
        match callee_path(callee) {
            Some(path) if path.len() > 1 || env.find(&path[0].name).is_none() => {
                self.call_path(&path, args, Some((input, a)), span, env)
            }
            _ => match self.eval(callee, env) {
                Value::Function(f) => self.apply_closure(&f, vec![(input, a.span)], span),
                Value::Error => Value::Error,
                other => {
                    let name = Ident { name: "…".into(), span: callee.span };
                    self.not_callable(&name, &other)
                }
            },
        }
    }

    fn call_path(
        &mut self,
        path: &[Ident],
        args: &[Arg],
        first: Option<(Value, &tree::Expr)>,
        span: Span,
        env: &Env,
    ) -> Value {
        let name_span = path[0].span.to(path[path.len() - 1].span);
        let callable = match self.find_callable(env.module, path, Place::Code) {
            Ok(callable) => callable,
            Err(fault) => return self.fault(fault),
        };
        let name = &path[path.len() - 1].name;
        match callable {
            Callable::Function(decl) => {
                let signature = self.signature(&decl, Callee::Function);
                let Some(bound) = self.bind_args(&signature, args, first, name_span, env) else {
                    return Value::Error;
                };
                self.call_fn(&decl, &signature, bound, span)
            }
            Callable::Builtin(builtin) => {
                let mut values = Vec::new();
                values.extend(first.map(|(v, e)| (v, e.span)));
                let entry = builtins::entry(builtin);
                for arg in args {
                    if let Some(name) = &arg.name {
                        return self.fault(
                            Diagnostic::error(
                                &codes::E0336,
                                name.span,
                                format!("`{}` takes its arguments by position", entry.name),
                            )
                            .help(format!("write `{}`", builtins::shape(entry)))
                            .fix(
                                "leave out the name",
                                Span { end: arg.value.span.start, ..arg.span },
                                "",
                            ),
                        );
                    }
                    values.push((self.eval(&arg.value, env), arg.value.span));
                }
                self.call_builtin(builtin, values, name_span, span)
            }
            Callable::Script(script) => {
                let Some(function) = functions::script(script) else { return Value::Error };
                let signature = function.signature();
                let Some(bound) = self.bind_args(&signature, args, first, name_span, env) else {
                    return Value::Error;
                };
                self.run_script(function, bound, span)
            }
            Callable::Effect(decl) => match first {
                Some(_) => self.fault(
                    Diagnostic::error(
                        &codes::E0337,
                        name_span,
                        format!("`{name}` is an effect: its input comes through `|>`"),
                    )
                    .help(format!("write `x |> {name}( … )`")),
                ),
                None => self.effect_value(&decl, args, None, name_span, span, env),
            },
            Callable::Chain(_) => self.fault(
                Diagnostic::error(&codes::E0337, name_span, format!("`{name}` is a chain, not a value"))
                    .help("a chain stands on a line of its own in a strip"),
            ),
        }
    }
}

/// `vox.lead` as names.
pub(crate) fn callee_path(callee: &tree::Expr) -> Option<Vec<Ident>> {
    match &callee.kind {
        tree::ExprKind::Name(name) => Some(vec![name.clone()]),
        tree::ExprKind::Field(of, name) => match &of.kind {
            tree::ExprKind::Name(alias) => Some(vec![alias.clone(), name.clone()]),
            _ => None,
        },
        _ => None,
    }
}
