//! File-level values (semantics, rule 22): hoisted, evaluated when something asks for them, once. Always true: a
//! ring of values is one error that prints the ring.

use super::{GlobalState, GlobalTree, ModuleKind, Modules, ValueKind};
use crate::codes;
use crate::eval::env::Env;
use crate::eval::value::Value;
use crate::eval::word_value;
use crate::names::ModuleId;
use crate::session::{Session, follows};
use mixdown_syntax::tree::{self, Ident};
use mixdown_syntax::{Diagnostic, Span};

impl Session<'_> {
    /// What a name that is not called means at file level: `let`, `option`, section, strip, module. `Ok(None)` where
    /// the file knows no such name.
    pub(crate) fn file_value(&mut self, module: ModuleId, name: &Ident) -> Result<Option<Value>, Diagnostic> {
        let here = self.modules.get(module);
        let is_song = here.kind == ModuleKind::Song;
        let found = here.values.get(&name.name).copied();
        match found {
            Some(value) => {
                if let ValueKind::Section(index) = value.kind {
                    if is_song && let Some((strip, span)) = self.strips.find(&name.name) {
                        let path = self.strips.list[strip as usize].kind_word();
                        return Err(Diagnostic::error(
                            &codes::E0210,
                            name.span,
                            format!("`{}` is a section and a {path}", name.name),
                        )
                        .at("which of the two?")
                        .label(value.span, "the section")
                        .label(span, format!("the {path}"))
                        .help(format!("write `section.{0}` or `{path}.{0}`", name.name)));
                    }
                    return Ok(Some(Value::section(index)));
                }
                let ValueKind::Global(index) = value.kind else { return Ok(None) };
                if is_song && let Some((_, span)) = self.strips.find(&name.name) {
                    self.report(super::load::twice(&Ident { name: name.name.clone(), span }, value.span));
                }
                Ok(Some(self.global(index, name)))
            }
            None => {
                if let Some((target, _)) = here.picked.get(&name.name) {
                    let Some(target) = *target else { return Err(follows(name.span)) };
                    if let Some(value) = self.modules.get(target).values.get(&name.name).copied()
                        && let ValueKind::Global(index) = value.kind
                    {
                        return Ok(Some(self.global(index, name)));
                    }
                    return Ok(None);
                }
                if let Some((target, _)) = here.aliases.get(&name.name) {
                    return Ok(Some(target.map_or(Value::Error, Value::Module)));
                }
                if is_song && let Some((strip, _)) = self.strips.find(&name.name) {
                    return Ok(Some(self.strip_value(strip)));
                }
                if is_song && let Some(members) = self.strips.grouped.get(&name.name) {
                    return Ok(Some(Value::list(members.iter().map(|m| self.strip_value(*m)).collect())));
                }
                let here = self.modules.get(module);
                let known = || word_value(&name.name).is_some() || crate::eval::functions::find(&name.name).is_some();
                if here.broken.contains(&name.name) || (here.doubtful && !known()) {
                    return Err(follows(name.span));
                }
                Ok(None)
            }
        }
    }

    /// The value of `module.name`.
    pub(crate) fn module_value(&mut self, module: ModuleId, name: &Ident) -> Option<Value> {
        let value = self.modules.get(module).values.get(&name.name).copied()?;
        match value.kind {
            ValueKind::Global(index) => Some(self.global(index, name)),
            ValueKind::Section(index) => Some(Value::section(index)),
        }
    }

    fn global(&mut self, index: usize, name: &Ident) -> Value {
        match &self.modules.globals[index].state {
            GlobalState::Done(value) => return self.part_of(index, value.clone(), name),
            GlobalState::Running => {
                let start = self.modules.running.iter().position(|&i| i == index).unwrap_or(0);
                let mut ring: Vec<String> =
                    self.modules.running[start..].iter().map(|&i| self.modules.globals[i].label()).collect();
                ring.push(name.name.clone());
                self.report(
                    Diagnostic::error(&codes::E0211, name.span, format!("values go in a ring: {}", ring.join(" -> ")))
                        .at("closes the ring")
                        .help("give one of them a value that does not ask for the others"),
                );
                return Value::Error;
            }
            GlobalState::Waiting => {}
        }
        if !self.enter(name.span, &name.name) {
            return Value::Error;
        }
        let global = &mut self.modules.globals[index];
        global.state = GlobalState::Running;
        let (module, tree) = (global.module, global.tree.clone());
        self.modules.running.push(index);
        let env = Modules::scope(module);
        let value = match &tree {
            GlobalTree::Let(it) => self.nested(|s| s.typed_let(it, &env)),
            GlobalTree::Option(param) => self.option_value(param, &env),
        };
        self.modules.running.pop();
        self.leave();
        self.modules.globals[index].state = GlobalState::Done(value.clone());
        self.part_of(index, value, name)
    }

    /// `let (a, b) = …` of a file: the part that `name` binds.
    fn part_of(&mut self, index: usize, value: Value, name: &Ident) -> Value {
        let GlobalTree::Let(it) = self.modules.globals[index].tree.clone() else { return value };
        if let tree::Pattern::Name(_) = it.pattern {
            return value;
        }
        let env = self.bind(&it.pattern, value, Env::file(self.modules.globals[index].module), it.value.span);
        env.find(&name.name).cloned().unwrap_or(Value::Error)
    }

    /// Evaluates every `let` and `option` of the project, asked for or not.
    pub(crate) fn check_globals(&mut self) {
        for index in 0..self.modules.globals.len() {
            let global = &self.modules.globals[index];
            if self.modules.get(global.module).kind == ModuleKind::Std {
                continue;
            }
            let name = match &global.tree {
                GlobalTree::Let(it) => first_name(&it.pattern),
                GlobalTree::Option(param) => Some(param.name.clone()),
            };
            if let Some(name) = name {
                self.global(index, &name);
            }
        }
    }

    /// Where the value namespace of a file declares a name.
    pub(crate) fn value_span(&self, module: ModuleId, name: &str) -> Option<Span> {
        self.modules.get(module).values.get(name).map(|v| v.span)
    }
}

impl super::Global {
    fn label(&self) -> String {
        match &self.tree {
            GlobalTree::Let(it) => first_name(&it.pattern).map_or_else(|| "_".into(), |n| n.name),
            GlobalTree::Option(param) => param.name.name.clone(),
        }
    }
}

fn first_name(pattern: &tree::Pattern) -> Option<Ident> {
    match pattern {
        tree::Pattern::Name(name) => Some(name.clone()),
        tree::Pattern::Tuple(parts, _) => parts.iter().find_map(first_name),
    }
}
