//! What a bare name means in a script: wanted words, locals, the file's values, words of the mixer (`L60`), functions
//! as values. Always true: an unknown name is one diagnostic, with the nearest name of the same namespace first.

use super::env::Env;
use super::value::{Closure, Size, Value};
use crate::algebra::{self, Word};
use crate::body::{Expr, ExprKind};
use crate::builtins;
use crate::codes;
use crate::modules::{Place, suggest};
use crate::names::{Callable, ModuleId};
use crate::session::Session;
use crate::types::Type;
use mixdown_syntax::{Diagnostic, Span};
use mixdown_syntax::diagnostic::did_you_mean;
use mixdown_syntax::tree::Ident;
use std::rc::Rc;

impl Session<'_> {
    pub(super) fn name(&mut self, name: &Ident, env: &Env, want: Option<&Type>) -> Value {
        if let Some(want) = want {
            match algebra::word(&name.name, want) {
                Some(Word::Switch(on)) => return Value::Switch(on),
                Some(Word::MinusInfinity) => return Value::Quantity(f64::NEG_INFINITY, want.clone()),
                Some(Word::Choice(word)) => return Value::Word(word),
                None => {}
            }
        }
        if let Some(value) = env.find(&name.name) {
            return self.barrier(value.clone());
        }
        if env.takes_input && name.name == "input" {
            return Value::signal(Expr { kind: ExprKind::Input, ty: Type::Signal, span: name.span }, Size::LEAF);
        }
        match self.file_value(env.module, name) {
            Ok(Some(value)) => return self.barrier(value),
            Ok(None) => {}
            Err(fault) => return self.fault(fault),
        }
        if let Some(value) = word_value(&name.name) {
            return value;
        }
        if let Some(callable) = self.function_value(env.module, name) {
            return Value::Function(Rc::new(Closure::Named(name.name.clone(), callable)));
        }
        let fault = self.unknown_name(name, env, want);
        self.fault(fault)
    }

    fn function_value(&mut self, module: ModuleId, name: &Ident) -> Option<Callable> {
        match self.find_callable(module, std::slice::from_ref(name), Place::Code) {
            Ok(found @ (Callable::Function(_) | Callable::Builtin(_) | Callable::Script(_))) => Some(found),
            _ => None,
        }
    }

    fn unknown_name(&mut self, name: &Ident, env: &Env, want: Option<&Type>) -> Diagnostic {
        if name.name == "input" {
            return Diagnostic::error(&codes::E0326, name.span, "no signal arrives here that `input` could be")
                .help("`input` is known in an `effect`, and in what an effect, a fader, a pan or a send of a strip is given");
        }
        if let Some(fault) = self.hyphen(name) {
            return fault;
        }
        if let Some(Type::Choice(words)) = want {
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            let fault = Diagnostic::error(
                &codes::E0324,
                name.span,
                format!("`{}` is none of the words that fit here", name.name),
            );
            return suggest(fault, name, &words, "it may be");
        }
        if let Some(fault) = self.unknown_thing(name, want) {
            return fault;
        }
        let fault = Diagnostic::error(&codes::E0202, name.span, format!("no value is called `{}`", name.name));
        let here = self.modules.get(env.module);
        let mut names: Vec<&str> = env.names().chain(here.values.keys().map(String::as_str)).collect();
        names.extend(self.modules.alias_names(env.module));
        names.extend(self.strips.list.iter().map(|s| s.name.as_str()));
        names.extend(["on", "off"]);
        names.sort_unstable();
        names.dedup();
        if matches!(name.name.as_str(), "oct" | "octave") {
            return fault.help("a slope is a plain number, dB an octave: `slope: 24`");
        }
        if let Some(near) = did_you_mean(&name.name, names.iter().copied()) {
            return fault.help(format!("did you mean `{near}`?")).fix(format!("write `{near}`"), name.span, near);
        }
        match self.find_callable(env.module, std::slice::from_ref(name), Place::Code) {
            Ok(_) => fault.at("this is called with brackets").help(format!("write `{}( … )`", name.name)),
            Err(_) => fault.help(format!(
                "declare it: `let {0} = …` for a value, `track {0} {{ … }}` or `bus {0} {{ … }}` for a strip; a text stands in quotes",
                name.name
            )),
        }
    }

    /// A strip's name that was written with `-`: said at its first part, once.
    pub(crate) fn hyphen(&self, name: &Ident) -> Option<Diagnostic> {
        let meant = self.hyphenated(name.span, |n| self.strips.find(n).is_some())?;
        let first = meant.strip_prefix(&name.name).is_some_and(|rest| rest.starts_with('_'));
        if !first {
            return Some(crate::session::follows(name.span));
        }
        let whole = Span { end: name.span.start + meant.len() as u32, ..name.span };
        let message = format!("`{}` is a difference, not a name", self.sources.text(whole));
        let fault = Diagnostic::error(&codes::E0202, whole, message);
        Some(fault.help(format!("did you mean `{meant}`? names are joined with `_`")).fix(format!("write `{meant}`"), whole, meant))
    }

    /// A name where a strip or a section is wanted: said in these words, with what there is.
    fn unknown_thing(&self, name: &Ident, want: Option<&Type>) -> Option<Diagnostic> {
        let strips = || self.strips.list.iter().map(|s| s.name.clone()).collect::<Vec<_>>();
        let (what, mut there, lack) = match want? {
            Type::Section => ("section", self.song.section_names(), "declare it: `sections { chorus @17 .. @25 }`"),
            Type::Signal | Type::Strip | Type::Bus => ("track or bus", strips(), "declare it, or check the spelling"),
            _ => return None,
        };
        there.sort_unstable();
        if what != "section" && self.strips.groups.iter().any(|g| g.tree.name.name == name.name) {
            let message = format!("`{}` is a group, and a group carries no audio", name.name);
            let help = "name one of its strips, or send them to a bus and name that".to_string();
            return Some(Diagnostic::error(&codes::E0514, name.span, message).help(help));
        }
        let fault = Diagnostic::error(&codes::E0202, name.span, format!("no {what} is called `{}`", name.name));
        Some(match did_you_mean(&name.name, there.iter().map(String::as_str)) {
            Some(near) => {
                let near = near.to_string();
                fault.help(format!("did you mean `{near}`?")).fix(format!("write `{near}`"), name.span, near)
            }
            None if there.is_empty() => fault.help(lack),
            None => fault.help(format!("there is {}", there.iter().map(|n| format!("`{n}`")).collect::<Vec<_>>().join(", "))),
        })
    }

    /// Warns where a local hides a name of its file, and refuses a second name in one body.
    pub(super) fn check_local(&mut self, name: &Ident, env: &Env) -> bool {
        if let Some(first) = env.same_body(&name.name) {
            self.report(
                Diagnostic::error(&codes::E0203, name.span, format!("`{}` is declared twice in this body", name.name))
                    .at("declared again here")
                    .label(first, "first declared here")
                    .help("rename one of the two; values do not change once they are made"),
            );
            return false;
        }
        let strip = || self.strips.find(&name.name).map(|(_, span)| span);
        let is_song = self.modules.get(env.module).kind == crate::modules::ModuleKind::Song;
        let hidden = self.value_span(env.module, &name.name).or_else(|| if is_song { strip() } else { None });
        if let Some(hidden) = hidden {
            self.report(
                Diagnostic::warning(&codes::E0213, name.span, format!("`{}` hides a name of the file", name.name))
                    .at("hides it from here to the end of this body")
                    .label(hidden, "what is hidden")
                    .help("rename the inner one, so that both can be said"),
            );
        }
        true
    }
}

/// Words that have a value of their own wherever nothing else is called so.
pub(crate) fn word_value(word: &str) -> Option<Value> {
    match word {
        "on" => return Some(Value::Switch(true)),
        "off" => return Some(Value::Switch(false)),
        "C" => return Some(Value::number(0.0)),
        _ => {}
    }
    if let Some(x) = builtins::constant(word) {
        return Some(Value::number(x));
    }
    let side = match word.as_bytes().first() {
        Some(b'L') => -1.0,
        Some(b'R') => 1.0,
        _ => return None,
    };
    let digits = word.get(1..).filter(|d| !d.is_empty() && d.len() <= 3 && d.bytes().all(|b| b.is_ascii_digit()))?;
    let amount: f64 = digits.parse().ok()?;
    (amount <= 100.0).then(|| Value::number(side * amount / 100.0))
}
