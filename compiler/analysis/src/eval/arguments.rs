//! Arguments of calls: placed by [`crate::args`], evaluated, checked, made to fit. Always true: a call with a faulty
//! argument is not carried out; each fault is said once.

use super::env::Env;
use super::value::Value;
use crate::args::{self, Argument, Callee, ParamSpec, Signature};
use crate::codes;
use crate::names::DeclRef;
use crate::session::Session;
use crate::types::Type;
use mixdown_syntax::tree::{self, Arg};
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

    fn elements(&self) -> Option<usize> {
        match self {
            Value::List(items) => Some(items.len()),
            _ => None,
        }
    }
}

/// Values in the places of parameters; `None` takes the default.
pub(crate) type Bound = Vec<Option<(Value, Span)>>;

impl Session<'_> {
    /// A file that cannot be had is said where the text names it, not where it is used.
    fn at_hand(&mut self, value: Value, ty: Option<&Type>, span: Span) -> Value {
        let (Value::Text(path), Some(Type::File)) = (&value, ty) else { return value };
        let Err(error) = self.world.audio(path) else { return value };
        self.depend(path);
        let fault = self.audio_fault(path, &error, span);
        self.fault(fault)
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
            let value = match &param.ty {
                Some(ty) => self.at_steady_tempo(value, ty, arg.value.span),
                None => value,
            };
            if param.ty.as_ref().is_some_and(|ty| value.is_word_of(ty)) {
                bound.push(Some((value, arg.value.span)));
                continue;
            }
            match args::accept(&signature.name, param, &value, &arg.value) {
                Ok(coercion) => {
                    let value = match &param.ty {
                        Some(ty) => self.apply(value, coercion, ty, arg.value.span),
                        None => value,
                    };
                    let value = self.points_in_range(signature, param, value, arg.value.span);
                    let value = self.at_hand(value, param.ty.as_ref(), arg.value.span);
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
        match (self.eval_want(&arg.value, env, param.ty.as_ref()), &param.ty) {
            (range @ Value::Range(_), Some(Type::List(_))) => Value::list(self.items_of(range, arg.value.span)),
            // A strip whose name is no word stands in quotes here as everywhere.
            (Value::Text(name), Some(Type::Signal | Type::Strip | Type::Bus)) if name.contains(|c: char| !c.is_alphanumeric() && c != '_') => {
                let name = tree::Ident { name: name.to_string(), span: arg.value.span };
                self.strip_named(&name, None).map_or(Value::Error, |strip| self.strip_value(strip))
            }
            (value, _) => value,
        }
    }

    /// Each point of a curve is a constant that somebody wrote.
    fn points_in_range(&mut self, signature: &Signature, param: &ParamSpec, value: Value, span: Span) -> Value {
        if let Value::Signal(_) = &value
            && let Some((x, at)) = param.range.and_then(|range| self.outside(&value, range, span))
            && let Err(fault) = args::check_range(&signature.name, param, x, at)
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
        for (i, param) in decl.decl.params.iter().enumerate() {
            if let Some(first) = decl.decl.params[..i].iter().find(|p| p.name.name == param.name.name) {
                self.report(
                    Diagnostic::error(
                        &codes::E0203,
                        param.name.span,
                        format!("two parameters are called `{}`", param.name.name),
                    )
                    .label(first.name.span, "the first one")
                    .help("rename one of the two"),
                );
            }
            let ty = param.ty.as_ref().map(|written| {
                args::type_of(written).unwrap_or_else(|fault| {
                    self.report(fault);
                    Type::Error
                })
            });
            let default = param.default.as_ref().map(|d| self.sources.text(d.span).to_string());
            let range = param.range.as_ref().and_then(|r| self.param_range(r, ty.as_ref(), &env));
            params.push(ParamSpec {
                name: param.name.name.clone(),
                ty,
                constant: param.constant,
                optional: default.is_some(),
                default,
                range,
                values: Vec::new(),
                count: param.ty.as_ref().and_then(args::count_of),
                doc: param.doc.as_ref().map(|d| d.text.clone()).unwrap_or_default(),
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
}
