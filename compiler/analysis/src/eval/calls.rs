//! Calls in scripts: functions of files, lambdas, functions of the language, functions of the mix. Always true:
//! arguments are placed and checked by [`crate::args`]; a call that fails gives `Error` and nothing else is said.

use super::env::Env;
use super::functions;
use super::value::{Closure, Signal, Value};
use crate::args::{self, Argument, Callee, ParamSpec, Signature};
use crate::body::{self, Builtin, EffectCall, Expr, ExprKind};
use crate::builtins::{self, CallFault};
use crate::codes;
use crate::modules::Place;
use crate::names::{Callable, DeclRef, Names};
use crate::session::Session;
use crate::types::Type;
use crate::units::describe;
use mixdown_syntax::tree::{self, Arg, DeclBody, Ident};
use mixdown_syntax::{Diagnostic, Span};
use std::rc::Rc;

impl Argument for Value {
    fn ty(&self) -> Type {
        Value::ty(self)
    }

    fn number(&self) -> Option<f64> {
        match self {
            Value::Quantity(x, _) => Some(*x),
            _ => None,
        }
    }

    fn is_constant(&self) -> bool {
        !self.is_signal()
    }
}

/// Values in the places of parameters; `None` takes the default.
pub(crate) type Bound = Vec<Option<(Value, Span)>>;

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

    fn not_callable(&mut self, name: &Ident, value: &Value) -> Value {
        self.fault(
            Diagnostic::error(&codes::E0335, name.span, format!("`{}` is {}, not a function", name.name, describe(&value.ty())))
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
                            Diagnostic::error(&codes::E0336, name.span, format!("`{}` takes its arguments by position", entry.name))
                                .help(format!("write `{}`", builtins::shape(entry)))
                                .fix("leave out the name", Span { end: arg.value.span.start, ..arg.span }, ""),
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
                self.run_script(function, bound, name_span, span)
            }
            Callable::Effect(decl) => match first {
                Some(_) => self.fault(
                    Diagnostic::error(&codes::E0337, name_span, format!("`{name}` is an effect: its input comes through `|>`"))
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

    /// Places and evaluates arguments. `None` after a fault.
    pub(crate) fn bind_args(
        &mut self,
        signature: &Signature,
        args: &[Arg],
        first: Option<(Value, &tree::Expr)>,
        name: Span,
        env: &Env,
    ) -> Option<Bound> {
        let mut with_first;
        let (args, first_value) = match first {
            None => (args, None),
            Some((value, expr)) => {
                // The place is found for it as for any argument; its value is known already.
                let marker = tree::Expr { kind: tree::ExprKind::Bool(false), span: expr.span };
                with_first = vec![Arg { name: None, value: marker, span: expr.span }];
                with_first.extend(args.iter().cloned());
                (&with_first[..], Some(value))
            }
        };
        let placed = args::place(signature, args, name);
        let mut ok = placed.faults.is_empty();
        for fault in placed.faults {
            self.report(fault);
        }
        let mut first_value = first_value;
        let start = args.as_ptr();
        let mut bound = Vec::with_capacity(signature.params.len());
        for (param, slot) in signature.params.iter().zip(&placed.slots) {
            let Some(arg) = slot else {
                bound.push(None);
                continue;
            };
            let value = match first_value.take_if(|_| std::ptr::eq(*arg, start)) {
                Some(value) => value,
                None => self.argument(signature, param, arg, env),
            };
            match args::accept(&signature.name, param, &value, &arg.value) {
                Ok(coercion) => {
                    let value = match &param.ty {
                        Some(ty) => self.apply(value, coercion, ty, arg.value.span),
                        None => value,
                    };
                    let value = self.in_range(signature, param, coercion, value, arg.value.span);
                    ok &= !value.is_error();
                    bound.push(Some((value, arg.value.span)));
                }
                Err(fault) => {
                    self.report(fault);
                    ok = false;
                    bound.push(None);
                }
            }
        }
        ok.then_some(bound)
    }

    fn argument(&mut self, signature: &Signature, param: &ParamSpec, arg: &Arg, env: &Env) -> Value {
        if let (tree::ExprKind::Name(word), Some(ty @ (Type::Choice(_) | Type::Switch))) = (&arg.value.kind, &param.ty)
            && crate::algebra::word(&word.name, ty).is_none()
            && env.find(&word.name).is_none()
            && !matches!(self.file_value(env.module, word), Ok(Some(_)))
        {
            return self.fault(args::bad_word(&signature.name, param, word));
        }
        self.eval_want(&arg.value, env, param.ty.as_ref())
    }

    /// A musical time becomes seconds only here, so its range is looked at here.
    fn in_range(
        &mut self,
        signature: &Signature,
        param: &ParamSpec,
        coercion: crate::algebra::Coercion,
        value: Value,
        span: Span,
    ) -> Value {
        if coercion == crate::algebra::Coercion::LookBack
            && let Value::Quantity(x, _) = value
            && let Err(fault) = args::check_range(&signature.name, param, x, span)
        {
            return self.fault(fault);
        }
        value
    }

    /// The parameters of a `fn` or `chain`.
    pub(crate) fn signature(&mut self, decl: &DeclRef, callee: Callee) -> Rc<Signature> {
        let key = Rc::as_ptr(&decl.decl);
        if let Some(known) = self.effects.signatures.get(&key) {
            return known.clone();
        }
        let env = Env::file(decl.module);
        let mut params = Vec::new();
        for param in &decl.decl.params {
            let ty = match &param.ty {
                None => None,
                Some(written) => Some(args::type_of(written).unwrap_or_else(|fault| {
                    self.report(fault);
                    Type::Error
                })),
            };
            let default = param.default.as_ref().map(|d| self.sources.text(d.span).to_string());
            let range = param.range.as_ref().and_then(|r| self.param_range(r, ty.as_ref(), &env));
            params.push(ParamSpec {
                name: param.name.name.clone(),
                ty,
                constant: param.constant,
                optional: default.is_some(),
                default,
                range,
            });
        }
        let signature = Rc::new(Signature { name: decl.decl.name.name.clone(), callee, params });
        self.effects.signatures.insert(key, signature.clone());
        signature
    }

    /// The ends of `in a .. b` as canonical numbers.
    pub(crate) fn param_range(&mut self, range: &tree::Expr, ty: Option<&Type>, env: &Env) -> Option<(f64, f64)> {
        let (low, high) = match args::range_ends(range) {
            Ok(ends) => ends,
            Err(fault) => {
                self.report(fault);
                return None;
            }
        };
        let ty = ty.cloned().unwrap_or(Type::Number);
        let wanted = super::Wanted { who: "in", ty: &ty, example: "in 1 .. 40" };
        let low = self.eval_number(low, env, &wanted);
        let high = self.eval_number(high, env, &wanted);
        Some((low?, high?))
    }

    fn call_fn(&mut self, decl: &DeclRef, signature: &Signature, bound: Bound, span: Span) -> Value {
        let name = decl.decl.name.name.clone();
        if !self.enter(span, &name) {
            return Value::Error;
        }
        self.modules.used.insert(Rc::as_ptr(&decl.decl));
        let env = self.parameters(decl, signature, bound);
        let value = match &decl.decl.body {
            DeclBody::Code(block) => self.block(block, &env, None),
            DeclBody::Strip(_) => Value::Error,
        };
        self.leave();
        self.barrier(value)
    }

    /// A scope with the parameters of a call; defaults may use the parameters before them.
    pub(crate) fn parameters(&mut self, decl: &DeclRef, signature: &Signature, bound: Bound) -> Env {
        let mut env = Env::file(decl.module).inner();
        for ((param, spec), value) in decl.decl.params.iter().zip(&signature.params).zip(bound) {
            let value = match (value, &param.default) {
                (Some((value, _)), _) => value,
                (None, Some(default)) => match &spec.ty {
                    Some(ty) => {
                        let wanted = super::Wanted { who: &spec.name, ty, example: crate::algebra::example(ty) };
                        self.eval_as(default, &env, &wanted)
                    }
                    None => self.eval(default, &env),
                },
                (None, None) => Value::Error,
            };
            env = env.with(&param.name.name, value, param.name.span);
        }
        env.inner()
    }

    /// Calls a function value with the arguments of a call.
    fn call_closure(&mut self, f: &Rc<Closure>, args: &[Arg], name: Span, span: Span, env: &Env) -> Value {
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
                let value = self.eval(body, &scope);
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
                self.run_script(function, bound, span, span)
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

    /// A function of the language on values: a number where all are constant, else typed code.
    pub(super) fn call_builtin(&mut self, builtin: Builtin, args: Vec<(Value, Span)>, name: Span, span: Span) -> Value {
        let entry = builtins::entry(builtin);
        if args.iter().any(|(v, _)| v.is_error()) {
            return Value::Error;
        }
        if let (Builtin::Min | Builtin::Max, [(Value::List(_) | Value::Range(_) | Value::Tuple(_), _)]) = (builtin, &args[..]) {
            return self.extreme(builtin, args, name, span);
        }
        if let (Builtin::Sum, [(Value::List(_) | Value::Range(_), at)]) = (builtin, &args[..]) {
            let at = *at;
            let list = args.into_iter().next().map_or(Value::Error, |(v, _)| v);
            return self.total(list, at, span);
        }
        if let (Builtin::Len, [(value, _)]) = (builtin, &args[..]) {
            let count = match value {
                Value::List(items) | Value::Tuple(items) => Some(items.len()),
                Value::Text(text) => Some(text.chars().count()),
                Value::Range(ends) => self.range_items(ends, span).map(|i| i.len()),
                Value::Section(section) => Some(self.section_repeats(*section).len()),
                Value::Unknown(_) => return Value::Unknown(Type::Number),
                _ => None,
            };
            if let Some(count) = count {
                return Value::number(count as f64);
            }
        }
        // The words of a strip in such a place are its audio.
        let args: Vec<(Value, Span)> = args
            .into_iter()
            .map(|(v, at)| match v {
                Value::Strip(strip) => (self.tap(&strip, at), at),
                v => (v, at),
            })
            .collect();
        let types: Vec<Type> = args.iter().map(|(v, _)| v.ty()).collect();
        let ty = match builtins::result_type(entry, &types) {
            Ok(ty) => ty,
            Err(CallFault::Count { message, help }) => {
                return self.fault(Diagnostic::error(&codes::E0336, name, message).help(help));
            }
            Err(CallFault::Argument { index, message, help }) => {
                let at = args.get(index).map_or(span, |(_, at)| *at);
                return self.fault(Diagnostic::error(&codes::E0336, at, message).help(help));
            }
        };
        if args.iter().any(|(v, _)| matches!(v, Value::Unknown(_))) {
            return Value::Unknown(ty);
        }
        let numbers: Option<Vec<f64>> = args.iter().map(|(v, _)| v.number()).collect();
        if let Some(numbers) = numbers
            && let Some(x) = builtins::evaluate(builtin, &numbers)
        {
            if x.is_nan() {
                return self.fault(
                    Diagnostic::error(&codes::E0329, span, format!("`{}` has no value here", entry.name))
                        .help(format!("look at its arguments; `{}`: {}", builtins::shape(entry), entry.doc)),
                );
            }
            return Value::Quantity(x, ty);
        }
        let moves = args.iter().any(|(v, _)| v.is_signal());
        if builtin == Builtin::SampleRate {
            return Value::Quantity(f64::from(self.song.timeline.rate), Type::Frequency);
        }
        if !moves || matches!(builtin, Builtin::White | Builtin::LineRead | Builtin::LineReadSamples | Builtin::LineWrite) {
            return self.fault(
                Diagnostic::error(&codes::E0326, name, format!("`{}` works on audio and stands in an `effect`", entry.name))
                    .help(format!("{}; here stand constants, curves, LFOs and signals of strips", entry.doc)),
            );
        }
        let size = args.iter().map(|(v, _)| super::arith::size_of(v)).fold(1u32, u32::saturating_add);
        let exprs: Option<Vec<Expr>> = args.iter().map(|(v, at)| v.to_expr(*at)).collect();
        match exprs {
            Some(exprs) => self.grown(Expr { kind: ExprKind::Call(builtin, exprs), ty, span }, size),
            None => Value::Error,
        }
    }

    /// `max([…])`.
    fn extreme(&mut self, builtin: Builtin, args: Vec<(Value, Span)>, name: Span, span: Span) -> Value {
        let Some((value, at)) = args.into_iter().next() else { return Value::Error };
        let items = self.items_of(value, at);
        let mut best: Option<Value> = None;
        for item in items {
            best = Some(match best {
                None => item,
                Some(best) => self.call_builtin(builtin, vec![(best, at), (item, at)], name, span),
            });
        }
        best.unwrap_or_else(|| {
            self.fault(
                Diagnostic::error(&codes::E0338, at, "an empty list has no smallest or largest element")
                    .help("test it first: `if len(xs) > 0 { … }`"),
            )
        })
    }

    /// An effect inside an expression: the signal that comes out of it.
    pub(super) fn effect_value(
        &mut self,
        decl: &DeclRef,
        args: &[Arg],
        input: Option<(Value, Span)>,
        name: Span,
        span: Span,
        env: &Env,
    ) -> Value {
        let Some(id) = self.effect(decl) else { return Value::Error };
        let effect = self.typed(id);
        let input = match input {
            None => None,
            Some((value, at)) => {
                let wanted = super::Wanted { who: &effect.name, ty: &Type::Signal, example: "kick |> highpass(90Hz)" };
                match self.fit(value, &wanted, at) {
                    Value::Error => return Value::Error,
                    value => value.to_expr(at),
                }
            }
        };
        if effect.takes_input != input.is_some() && self.dry == 0 {
            let (message, help) = if effect.takes_input {
                (format!("`{}` needs a signal to work on", effect.name), format!("write `kick |> {}( … )`", effect.name))
            } else {
                (format!("`{}` makes a signal and takes none", effect.name), "leave out what stands before `|>`".into())
            };
            return self.fault(Diagnostic::error(&codes::E0337, name, message).help(help));
        }
        let Some(args) = self.effect_args(&effect, args, name, env) else { return Value::Error };
        let call = EffectCall { effect: id, input, args, path: effect.name.clone() };
        self.grown(Expr { kind: ExprKind::Effect(Box::new(call)), ty: Type::Signal, span }, 16)
    }

    /// The arguments of an effect as typed code.
    pub(crate) fn effect_args(
        &mut self,
        effect: &body::Effect,
        args: &[Arg],
        name: Span,
        env: &Env,
    ) -> Option<Vec<Option<Expr>>> {
        let signature = Signature::of_effect(&effect.name, effect);
        let bound = self.bind_args(&signature, args, None, name, env)?;
        let mut out = Vec::with_capacity(bound.len());
        for (slot, param) in bound.into_iter().zip(&effect.params) {
            out.push(match slot {
                None => None,
                Some((value, at)) => match self.argument_expr(&value, &param.ty, at) {
                    Some(expr) => Some(expr),
                    None => {
                        let what = describe(&value.ty());
                        self.report(
                            Diagnostic::error(&codes::E0320, at, format!("{what} cannot be a parameter of `{}`", effect.name))
                                .help("parameters take numbers, quantities, words and signals"),
                        );
                        return None;
                    }
                },
            });
        }
        Some(out)
    }

    fn argument_expr(&mut self, value: &Value, ty: &Type, span: Span) -> Option<Expr> {
        let mut expr = match value {
            Value::Signal(signal) => Signal::clone(signal).expr,
            value => value.to_expr(span)?,
        };
        if matches!(ty, Type::Choice(_)) {
            expr.ty = ty.clone();
        }
        Some(expr)
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
