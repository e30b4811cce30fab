//! Calls: what a name in front of brackets means, functions of the language, lines, `|>`.
//!
//! Always true here: an effect that works on audio is called with `|>`, everything else without; chains and
//! functions of scripts are refused.

use super::lists::is_line_call;
use super::typer::{Typer, broken};
use crate::algebra::{Place, coerce};
use crate::body::{Builtin, Expr, ExprKind};
use crate::builtins::{self, CallFault, Entry, Want};
use crate::effect_codes::{E0308, E0603, E0608, E0609, E0610, E0613, E0618, E0626};
use crate::names::Callable;
use crate::types::Type;
use crate::units::note_value;
use mixdown_syntax::diagnostic::did_you_mean;
use mixdown_syntax::tree::{self, Arg, Ident};
use mixdown_syntax::{Diagnostic, Span};

impl Typer<'_> {
    /// `callee(args)`; `piped` is what stands left of `|>`.
    pub fn call(&mut self, e: &tree::Expr, callee: &tree::Expr, args: &[Arg], piped: Option<Expr>) -> Expr {
        let span = e.span;
        if let tree::ExprKind::Field(base, method) = &callee.kind
            && self.is_local(base)
        {
            return self.method(base, method, args, span);
        }
        if is_line_call(callee) {
            let fault = Diagnostic::error(&E0608, span, "a delay line is made where a state is declared")
                .at("not here")
                .help("write `state tail = line(2s)`, then `tail.write(x)` and `tail.read(t)`");
            return self.failed(fault, span);
        }
        let Some(path) = path_of(callee) else {
            let fault = Diagnostic::error(&E0626, callee.span, "this cannot be called")
                .at("no effect, no function")
                .help("call an effect or function by its name");
            return self.failed(fault, span);
        };
        let callable = match self.names.callable(self.module, &path) {
            Ok(callable) => callable,
            Err(fault) => {
                let fault = self.value_called(&path).unwrap_or(fault);
                return self.failed(fault, span);
            }
        };
        let name = path.iter().map(|p| p.name.as_str()).collect::<Vec<_>>().join(".");
        if let (Some(input), false) = (&piped, matches!(callable, Callable::Effect(_) | Callable::Chain(_))) {
            let fault = Diagnostic::error(&E0613, callee.span, format!("`{name}` is a function, not an effect"))
                .at("cannot be piped into")
                .label(input.span, "this goes into its brackets")
                .help(format!("write `{name}(x)`"));
            return self.failed(fault, span);
        }
        match callable {
            Callable::Effect(decl) => self.effect_call(&decl, &name, callee.span, args, piped, span),
            Callable::Function(decl) => self.inline(&decl, &name, callee.span, args, span),
            Callable::Builtin(builtin) => self.builtin(builtin, None, args, span),
            Callable::Chain(_) => {
                let fault = Diagnostic::error(&E0609, callee.span, format!("`{name}` is a chain"))
                    .at("chains stand in strips")
                    .help("call the effects of the chain one after the other: `input |> a() |> b()`");
                self.failed(fault, span)
            }
            Callable::Script(word) => self.script(word, args, callee.span, span),
        }
    }

    /// `x |> f(..)`.
    pub fn pipe(&mut self, input: &tree::Expr, call: &tree::Expr) -> Expr {
        let help = "audio is piped: a signal, a number or `(l, r)`";
        let value = self.expr(input, Some(&Type::Signal));
        let value = self.fit(value, &Type::Signal, "what is piped into an effect", help);
        let span = input.span.to(call.span);
        match &call.kind {
            tree::ExprKind::Call(callee, args) => {
                let mut result = self.call(call, callee, args, Some(value));
                result.span = span;
                result
            }
            tree::ExprKind::Name(name) => {
                let fault = Diagnostic::error(&E0613, call.span, format!("`{}` stands without brackets", name.name))
                    .at("not called")
                    .help(format!("write `{}(…)`", name.name))
                    .fix("add brackets", Span { start: call.span.end, ..call.span }, "()");
                self.failed(fault, span)
            }
            _ => {
                let fault = Diagnostic::error(&E0613, call.span, "`|>` hands audio to an effect")
                    .at("no call of an effect")
                    .help("write an effect with its brackets: `input |> highpass(90Hz)`");
                self.failed(fault, span)
            }
        }
    }

    /// Whether an expression starts with a name of the body.
    fn is_local(&self, e: &tree::Expr) -> bool {
        match &e.kind {
            tree::ExprKind::Name(name) => self.scopes.peek(&name.name).is_some(),
            tree::ExprKind::Index(base, _) => self.is_local(base),
            _ => false,
        }
    }

    fn value_called(&self, path: &[Ident]) -> Option<Diagnostic> {
        let [name] = path else { return None };
        let entry = self.scopes.peek(&name.name)?;
        Some(
            Diagnostic::error(&E0626, name.span, format!("`{}` is a value, and only functions are called", name.name))
                .at("a value")
                .label(entry.span, "declared here")
                .help("write `*` where a product is meant"),
        )
    }

    /// `tail.read(t)`, `tail.write(x)`, `xs.len()`: the function of that name with what stands before the dot as
    /// its first argument.
    fn method(&mut self, base: &tree::Expr, method: &Ident, args: &[Arg], span: Span) -> Expr {
        let base = self.expr(base, None);
        let takes_line = |b: Builtin| matches!(b, Builtin::LineRead | Builtin::LineReadSamples | Builtin::LineWrite);
        let builtin = builtins::find(&method.name).filter(|b| takes_line(*b) || *b == Builtin::Len);
        if let Some(builtin) = builtin {
            return self.builtin(builtin, Some(base), args, span);
        }
        if base.ty == Type::Error {
            return broken(span);
        }
        let known = ["read", "write", "read_samples", "len"];
        let fault = Diagnostic::error(&E0603, method.span, format!("unknown function `.{}`", method.name));
        let fault = match did_you_mean(&method.name, known) {
            Some(near) => fault.at(format!("did you mean `{near}`?")).help(format!("write `{near}`")).fix(
                format!("replace by `{near}`"),
                method.span,
                near,
            ),
            None => fault.at("not known").help("a delay line knows `read(time)`, `read_samples(n)` and `write(x)`"),
        };
        self.failed(fault, span)
    }

    /// A function of the language. `receiver` is its first argument where that stood before a dot.
    fn builtin(&mut self, builtin: Builtin, receiver: Option<Expr>, args: &[Arg], span: Span) -> Expr {
        let entry = builtins::entry(builtin);
        if let Some(name) = args.iter().find_map(|a| a.name.as_ref()) {
            let fault =
                Diagnostic::error(&E0308, name.span, format!("`{}` takes its arguments by position", entry.name))
                    .at("by name")
                    .help(format!("write `{}`", builtins::shape(entry)));
            return self.failed(fault, span);
        }
        let mut values: Vec<Expr> = receiver.into_iter().collect();
        for arg in args {
            let want = match entry.params.get(values.len()).map(|(_, want)| *want) {
                Some(Want::Level) => Some(Type::Level),
                Some(Want::Time) => Some(Type::Time),
                Some(Want::Same) => values.first().map(|v| v.ty.clone()),
                _ => None,
            };
            let value = self.expr(&arg.value, want.as_ref());
            values.push(value);
        }
        self.check_builtin(entry, values, span)
    }

    fn check_builtin(&mut self, entry: &'static Entry, mut values: Vec<Expr>, span: Span) -> Expr {
        let takes_line = entry.params.first().is_some_and(|(_, want)| *want == Want::Line);
        if takes_line && let Some(line) = values.first().filter(|v| v.ty != Type::Line).cloned() {
            self.not_a_line(&line);
            return self.poisoned(span);
        }
        let types: Vec<Type> = values.iter().map(|v| v.ty.clone()).collect();
        let mut ty = match builtins::result_type(entry, &types) {
            Ok(ty) => ty,
            Err(CallFault::Count { message, help }) => {
                let fault = Diagnostic::error(&E0308, span, message).at("wrong number of arguments").help(help);
                return self.failed(fault, span);
            }
            Err(CallFault::Argument { index, message, help }) => {
                let at = values.get(index).map_or(span, |v| v.span);
                let fault = Diagnostic::error(&E0308, at, message).at("another type").help(help);
                return self.failed(fault, span);
            }
        };
        if let (Builtin::Min | Builtin::Max, [list]) = (entry.builtin, values.as_slice())
            && self.facts.length(list) == Some(0)
        {
            let fault = Diagnostic::error(&E0308, list.span, format!("`{}` of an empty list", entry.name));
            return self.failed(fault.at("nothing in it").help("write at least one element"), span);
        }
        for ((_, want), value) in entry.params.iter().zip(&mut values) {
            let to = match want {
                Want::Frame => Type::Signal,
                Want::Same => types[0].clone(),
                _ => continue,
            };
            if let Some(how) = coerce(&value.ty, &to, Place::Value) {
                let taken = std::mem::replace(value, broken(span));
                *value = self.convert(taken, &to, how);
            }
        }
        match (entry.builtin, values.as_slice()) {
            (Builtin::LineRead | Builtin::LineReadSamples, [line, ..]) => ty = self.read_line(line, span),
            (Builtin::LineWrite, [line, value]) => {
                let (line, value) = (line.clone(), value.clone());
                self.write_line(&line, &value, span);
            }
            _ => {}
        }
        Expr { kind: ExprKind::Call(entry.builtin, values), ty, span }
    }

    /// A function of scripts; of these only note values are known in an effect.
    fn script(&mut self, word: &str, args: &[Arg], at: Span, span: Span) -> Expr {
        let song = self.names.song_units();
        if note_value(word, 1.0, &song).is_none() {
            let fault = Diagnostic::error(&E0610, at, format!("`{word}` is a function of scripts"))
                .at("not known to an effect")
                .help("compute it in the mix and hand the value over as a parameter");
            return self.failed(fault, span);
        }
        let [arg] = args else {
            let fault = Diagnostic::error(&E0308, span, format!("`{word}` takes one note value"))
                .at(format!("{} given", args.len()))
                .help(format!("write `{word}(1/8)`"));
            return self.failed(fault, span);
        };
        let value = self.expr(&arg.value, Some(&Type::Number));
        let help = format!("write `{word}(1/8)`");
        let value = self.fit(value, &Type::Number, "a note value", &help);
        if value.ty == Type::Error {
            return value;
        }
        match self.facts.number(&value).and_then(|fraction| note_value(word, fraction, &song)) {
            Some(beats) => Expr { kind: ExprKind::Number(beats), ty: Type::Musical, span },
            None => {
                let fault = Diagnostic::error(&E0618, value.span, "a note value has to be written out")
                    .at("not known beforehand")
                    .help(help);
                self.failed(fault, span)
            }
        }
    }
}

/// `bell`, `vox.lead`.
fn path_of(callee: &tree::Expr) -> Option<Vec<Ident>> {
    match &callee.kind {
        tree::ExprKind::Name(name) => Some(vec![name.clone()]),
        tree::ExprKind::Field(base, name) => {
            let mut path = path_of(base)?;
            path.push(name.clone());
            Some(path)
        }
        _ => None,
    }
}
