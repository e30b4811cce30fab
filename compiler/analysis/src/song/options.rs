//! Options: `option vocal_up: Level = 0dB in -3dB .. 3dB`, set by `--set` and a delivery's `set:`. Always true: the
//! value in force is of the declared type and in its range, or a fault was said.

use crate::args;
use crate::codes;
use crate::eval::Wanted;
use crate::eval::env::Env;
use crate::eval::value::Value;
use crate::mix::OptionValue;
use crate::modules::{GlobalTree, ModuleKind, Modules};
use crate::names::ModuleId;
use crate::session::Session;
use crate::types::Type;
use crate::units::{describe, literal};
use mixdown_syntax::tree::{self, ItemKind};
use mixdown_syntax::{Diagnostic, Span};
use std::rc::Rc;

impl Session<'_> {
    /// The value of an option.
    pub(crate) fn option_value(&mut self, param: &tree::Param, env: &Env) -> Value {
        let ty = match &param.ty {
            Some(written) => match args::type_of(written) {
                Ok(ty) => Some(ty),
                Err(fault) => return self.fault(fault),
            },
            None => None,
        };
        let name = &param.name.name;
        let set = self.options.set.iter().rev().find(|(n, _)| n == name).map(|(_, v)| v.clone());
        let value = match (set, &param.default) {
            (Some(text), _) => self.set_value(name, &text, ty.as_ref()),
            (None, Some(default)) => self.option_expr(name, default, ty.as_ref(), env),
            (None, None) => self.fault(
                Diagnostic::error(&codes::E0506, param.name.span, format!("the option `{name}` has no value"))
                    .help(format!("give it one: `option {name}: Level = 0dB`, or say it on the command line")),
            ),
        };
        let value = match value {
            Value::Error => return Value::Error,
            value => self.option_range(param, value, ty.as_ref(), param.name.span, env),
        };
        if let Some(text) = self.print(&value) {
            self.song.options.push(OptionValue { name: name.clone(), value: text });
        }
        value
    }

    fn option_expr(&mut self, name: &str, e: &tree::Expr, ty: Option<&Type>, env: &Env) -> Value {
        match ty {
            Some(ty) => {
                let example = format!("option {name} = {}", crate::algebra::example(ty));
                self.eval_constant(e, env, &Wanted { who: name, ty, example: &example })
            }
            None => self.eval(e, env),
        }
    }

    /// Reads the text of `--set NAME=VALUE`; a bare text needs no quotes where a text is wanted.
    pub(crate) fn set_value(&mut self, name: &str, text: &str, ty: Option<&Type>) -> Value {
        if ty == Some(&Type::Text) {
            return Value::text(text.trim_matches('"'));
        }
        let line = format!("let value = {text}");
        let file = self.sources.add(format!("--set {name}"), line.clone());
        let (tree, faults) = mixdown_syntax::parse(file, &line);
        let whole = Span::new(file, 12, line.len());
        // What stands behind the value would be dropped: one value is all there may be.
        let alone = faults.is_empty() && tree.items.len() == 1;
        let value = match tree.items.into_iter().next().map(|item| item.kind) {
            Some(ItemKind::Let(it)) if alone => it.value.clone(),
            _ => {
                return self.fault(
                    Diagnostic::error(&codes::E0506, whole, format!("`{text}` is no value for `{name}`")).help(
                        format!(
                            "write it as in the song: `--set {name}={}`",
                            ty.map_or("2dB", crate::algebra::example)
                        ),
                    ),
                );
            }
        };
        let env = Env::file(ModuleId(0));
        match ty {
            Some(ty) => {
                let example = format!("--set {name}={}", with_unit(text, ty));
                // The whole of `--set` is the example: what the value alone should be is not all one has to write.
                let found = self.eval_want(&value, &env, Some(ty));
                let wanted = Wanted { who: name, ty, example: &example };
                let found = self.fit(found, &wanted, whole);
                self.constant_only(found, &wanted, whole)
            }
            None => self.eval(&value, &env),
        }
    }

    fn option_range(&mut self, param: &tree::Param, value: Value, ty: Option<&Type>, at: Span, env: &Env) -> Value {
        let (Some(range), Value::Quantity(x, found)) = (&param.range, &value) else { return value };
        let Some((low, high)) = self.param_range(range, ty, env) else { return Value::Error };
        if low <= *x && *x <= high {
            return value;
        }
        let name = &param.name.name;
        let message = format!(
            "the option `{name}` is {}, outside {} .. {}",
            literal(*x, found),
            literal(low, found),
            literal(high, found)
        );
        self.fault(
            Diagnostic::error(&codes::E0506, at, message)
                .label(range.span, "its range")
                .help("write a value inside its range"),
        )
    }

    /// Options in the order of the text, however they were asked for.
    pub(crate) fn mix_options(&mut self, module: ModuleId) -> Vec<OptionValue> {
        let order = self.modules.option_names(module);
        let mut options = std::mem::take(&mut self.song.options);
        options.sort_by_key(|o| order.iter().position(|n| *n == o.name));
        options
    }

    /// Reports names of `--set` that are no options.
    pub(crate) fn check_set_names(&mut self, module: ModuleId) {
        let names: Vec<String> = self.options.set.iter().map(|(n, _)| n.clone()).collect();
        for name in names {
            if let Err(fault) = self.known_option(module, &name, None) {
                self.report(fault);
            }
        }
    }

    /// Whether an option of that name exists; where it was asked for is `at`.
    pub(crate) fn known_option(&mut self, module: ModuleId, name: &str, at: Option<Span>) -> Result<(), Diagnostic> {
        let options = self.modules.option_names(module);
        if options.iter().any(|o| o == name) {
            return Ok(());
        }
        let at = at.unwrap_or_else(|| Span::new(self.sources.add("--set", format!("{name}=…")), 0, name.len()));
        let fault = Diagnostic::error(&codes::E0506, at, format!("the song has no option `{name}`"));
        let ident = tree::Ident { name: name.to_string(), span: at };
        let names: Vec<&str> = options.iter().map(String::as_str).collect();
        Err(if names.is_empty() {
            fault.help(format!("declare it in the song: `option {name}: Level = 0dB in -3dB .. 3dB`"))
        } else {
            crate::modules::suggest(fault, &ident, &names, "its options are")
        })
    }

    /// The text of an option's value in a delivery's `set:`, if it fits the option.
    pub(crate) fn option_fits(
        &mut self,
        module: ModuleId,
        name: &str,
        value: Value,
        at: Span,
    ) -> Result<Option<String>, Diagnostic> {
        self.known_option(module, name, Some(at))?;
        let Some(param) = self.modules.option(module, name) else { return Ok(None) };
        let ty = match param.ty.as_ref().map(args::type_of) {
            Some(Ok(ty)) => Some(ty),
            Some(Err(_)) => return Ok(None),
            None => None,
        };
        let value = match &ty {
            Some(ty) => {
                let example = format!("set: ({name}: {})", crate::algebra::example(ty));
                self.fit(value, &Wanted { who: name, ty, example: &example }, at)
            }
            None => value,
        };
        let value = self.option_range(&param, value, ty.as_ref(), at, &Env::file(module));
        match self.print(&value) {
            Some(text) => Ok(Some(text)),
            None if value.is_error() => Ok(None),
            None => Err(Diagnostic::error(&codes::E0506, at, format!("an option cannot be {}", describe(&value.ty())))
                .help("options are numbers, quantities, switches, words and texts")),
        }
    }
}

/// The number of a text with the unit that a type is written in; an example where there is no number in it.
fn with_unit(text: &str, ty: &Type) -> String {
    let example = crate::algebra::example(ty);
    let digits = |c: char| c.is_ascii_digit() || "+-.".contains(c);
    let number = &text[..text.find(|c| !digits(c)).unwrap_or(text.len())];
    if number.parse::<f64>().is_ok() { format!("{number}{}", example.trim_start_matches(digits)) } else { example.to_string() }
}

impl Modules {
    fn song_options(&self, module: ModuleId) -> impl Iterator<Item = &Rc<tree::Param>> {
        let is_song = self.get(module).kind == ModuleKind::Song;
        self.globals.iter().filter(move |g| is_song && g.module == module).filter_map(|g| match &g.tree {
            GlobalTree::Option(param) => Some(param),
            GlobalTree::Let(_) => None,
        })
    }

    fn option_names(&self, module: ModuleId) -> Vec<String> {
        self.song_options(module).map(|p| p.name.name.clone()).collect()
    }

    fn option(&self, module: ModuleId, name: &str) -> Option<Rc<tree::Param>> {
        self.song_options(module).find(|p| p.name.name == name).cloned()
    }
}
