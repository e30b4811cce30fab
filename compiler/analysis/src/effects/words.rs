//! Names in expressions: words of choices and switches, locals, what the language itself names, values of the file.
//!
//! Always true here: the type of the place decides first (`mode == rms`), then the innermost local, then the
//! language, then the file.

use super::scope::Binding;
use super::typer::Typer;
use crate::algebra::{Word, word};
use crate::body::{Builtin, Expr, ExprKind};
use crate::builtins;
use crate::effect_codes::{E0409, E0603, E0615};
use crate::names::Constant;
use crate::types::Type;
use mixdown_syntax::diagnostic::did_you_mean;
use mixdown_syntax::tree::Ident;
use mixdown_syntax::{Diagnostic, Span};

/// Names that the language gives an effect.
const OWN: &[&str] = &["input", "sample_rate", "bin_frequency", "seconds", "beats", "pi", "tau"];

impl Typer<'_> {
    /// A bare word.
    pub fn name(&mut self, name: &Ident, want: Option<&Type>) -> Expr {
        let span = name.span;
        if let Some(found) = want.and_then(|want| self.word(name, want)) {
            return found;
        }
        if let Some(found) = self.local_value(name) {
            return found;
        }
        if let Some(found) = self.own(name) {
            return found;
        }
        match self.names.constant(self.module, name) {
            Ok(Some(constant)) => return self.constant_value(&constant, span),
            Ok(None) => {}
            Err(fault) => return self.failed(fault, span),
        }
        if let Some(value) = builtins::constant(&name.name) {
            return Expr { kind: ExprKind::Number(value), ty: Type::Number, span };
        }
        if let "on" | "off" = name.name.as_str() {
            return Expr { kind: ExprKind::Switch(name.name == "on"), ty: Type::Switch, span };
        }
        let fault = match want {
            Some(Type::Choice(words)) => no_such_word(name, words),
            _ => self.unknown(name),
        };
        self.failed(fault, span)
    }

    /// Whether a word is a name that can be read here, without reading it.
    pub fn is_known(&mut self, name: &Ident) -> bool {
        self.scopes.peek(&name.name).is_some()
            || OWN.contains(&name.name.as_str())
            || matches!(self.names.constant(self.module, name), Ok(Some(_)) | Err(_))
    }

    /// A word that the wanted type knows; a local of that very type is meant before it.
    fn word(&mut self, name: &Ident, want: &Type) -> Option<Expr> {
        let meaning = word(&name.name, want)?;
        if self.scopes.peek(&name.name).is_some_and(|e| self.type_of_binding(&e.binding) == *want) {
            return None;
        }
        let kind = match meaning {
            Word::Switch(on) => ExprKind::Switch(on),
            Word::MinusInfinity => ExprKind::Number(f64::NEG_INFINITY),
            Word::Choice(word) => ExprKind::Choice(word),
        };
        Some(Expr { kind, ty: want.clone(), span: name.span })
    }

    fn type_of_binding(&self, binding: &Binding) -> Type {
        match binding {
            Binding::Param(_, ty) | Binding::Value(_, ty) => ty.clone(),
            Binding::State(id) => self.cells.state(*id),
            Binding::Alias(e) => e.ty.clone(),
        }
    }

    /// A parameter, `let` or state.
    pub fn local_value(&mut self, name: &Ident) -> Option<Expr> {
        let binding = self.scopes.peek(&name.name)?.binding.clone();
        self.scopes.mark_used(&name.name);
        let ty = self.type_of_binding(&binding);
        let kind = match binding {
            Binding::Param(index, _) => ExprKind::Param(index),
            Binding::Value(id, _) | Binding::State(id) => ExprKind::Local(id),
            Binding::Alias(e) => e.kind,
        };
        Some(Expr { kind, ty, span: name.span })
    }

    /// What the language names in every effect.
    fn own(&mut self, name: &Ident) -> Option<Expr> {
        let (kind, ty) = match name.name.as_str() {
            "input" if self.scopes.in_function() => {
                let fault = Diagnostic::error(&E0603, name.span, "a function does not see the `input` of its caller")
                    .at("not known here")
                    .help("take it as a parameter: `fn f(x) { … }`, and call `f(input)`");
                return Some(self.failed(fault, name.span));
            }
            "input" => {
                self.takes_input = true;
                (ExprKind::Input, Type::Signal)
            }
            "bin_frequency" => (ExprKind::Call(Builtin::BinFrequency, Vec::new()), Type::Frequency),
            "sample_rate" => (ExprKind::Call(Builtin::SampleRate, Vec::new()), Type::Frequency),
            "seconds" => (ExprKind::Seconds, Type::Time),
            "beats" => (ExprKind::Beats, Type::Musical),
            _ => return None,
        };
        Some(Expr { kind, ty, span: name.span })
    }

    /// A value of the file.
    fn constant_value(&mut self, constant: &Constant, span: Span) -> Expr {
        match constant {
            Constant::Number(value, ty) if *ty != Type::Position => {
                Expr { kind: ExprKind::Number(*value), ty: ty.clone(), span }
            }
            Constant::Switch(on) => Expr { kind: ExprKind::Switch(*on), ty: Type::Switch, span },
            Constant::List(items) => {
                let items: Vec<Expr> = items.iter().map(|i| self.constant_value(i, span)).collect();
                let of = self.common(&items, "the elements of this list", "give all elements one type");
                Expr { kind: ExprKind::List(items), ty: Type::List(Box::new(of)), span }
            }
            Constant::Number(..) | Constant::Text(_) => {
                let what = if matches!(constant, Constant::Text(_)) { "a text" } else { "a position" };
                let fault = Diagnostic::error(&E0615, span, format!("{what} is not part of effect code"))
                    .at("belongs to the mix")
                    .help("an effect works on numbers and switches: take a parameter");
                self.failed(fault, span)
            }
        }
    }

    fn unknown(&self, name: &Ident) -> Diagnostic {
        let fault = Diagnostic::error(&E0603, name.span, format!("unknown name `{}`", name.name));
        if builtins::find(&name.name).is_some() {
            let help = format!("call it: `{}(…)`", name.name);
            return fault.at("a function, without its brackets").help(help);
        }
        let locals = self.scopes.names();
        let candidates = locals.iter().map(String::as_str).chain(OWN.iter().copied());
        match did_you_mean(&name.name, candidates) {
            Some(near) => fault.at(format!("did you mean `{near}`?")).help(format!("write `{near}`")).fix(
                format!("replace by `{near}`"),
                name.span,
                near,
            ),
            None => fault
                .at("not known here")
                .help("an effect sees `input`, its parameters, its locals and the values of its file"),
        }
    }
}

fn no_such_word(name: &Ident, words: &[String]) -> Diagnostic {
    let listed: Vec<String> = words.iter().map(|w| format!("`{w}`")).collect();
    let fault = Diagnostic::error(&E0409, name.span, format!("this choice has no `{}`", name.name))
        .help(format!("its words are {}", listed.join(", ")));
    match did_you_mean(&name.name, words.iter().map(String::as_str)) {
        Some(near) => fault.at(format!("did you mean `{near}`?")).fix(format!("replace by `{near}`"), name.span, near),
        None => fault.at("not one of its words"),
    }
}
