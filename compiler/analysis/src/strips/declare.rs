//! Which strips the song has: declarations, loops and conditions of the file carried out in text order. Always true:
//! names are unique over tracks and buses; a [`StripRef`](crate::eval::value::StripRef) counts declarations, and
//! [`StripTable::id`] gives the place in the Mix.

use super::groups::GroupDecl;
use super::quoted;
use crate::body::Tap;
use crate::codes;
use crate::eval::env::Env;
use crate::eval::value::Value;
use crate::mix::{StripId, StripKind};
use crate::modules::{Entry, ModuleKind};
use crate::names::ModuleId;
use crate::session::Session;
use crate::units::describe;
use mixdown_syntax::tree::{self, ExprKind};
use mixdown_syntax::{Diagnostic, Span};
use std::collections::HashMap;
use std::rc::Rc;

/// Names that no strip but the master may have: `to none` feeds nobody, and `key: input` is what a processor gets.
pub const TAKEN: &[&str] = &["master", "none", "input"];

/// A strip before its body is looked at.
#[derive(Clone)]
pub(crate) struct StripDecl {
    /// What it is.
    pub kind: StripKind,
    /// `vocal`.
    pub name: String,
    /// Its name in the text.
    pub span: Span,
    /// Its text.
    pub tree: Rc<tree::Strip>,
    /// The names around it.
    pub env: Env,
    /// Which passes of which loops made it: `i = 2`.
    pub note: String,
}

impl StripDecl {
    /// `track`, `bus`, `master`.
    pub fn kind_word(&self) -> &'static str {
        kind_word(self.kind)
    }

    /// `track.vocal`, `master`.
    pub fn path(&self) -> String {
        match self.kind {
            StripKind::Master => "master".into(),
            kind => format!("{}.{}", kind_word(kind), quoted(&self.name)),
        }
    }
}

/// A block of `deliver` or `check` with the names around it.
pub(crate) struct BlockDecl {
    /// Its statements.
    pub block: Rc<tree::Block>,
    /// The names around it.
    pub env: Env,
}

/// All declared strips.
#[derive(Default)]
pub(crate) struct StripTable {
    /// In the order they were found: those outside loops first.
    pub list: Vec<StripDecl>,
    by_name: HashMap<String, u32>,
    by_tree: HashMap<*const tree::Strip, u32>,
    /// Declarations in the order of the Mix; empty until all are known.
    pub order: Vec<u32>,
    ids: Vec<StripId>,
    /// Groups in the order of the text.
    pub groups: Vec<GroupDecl>,
    /// Their strips, once all are evaluated.
    pub grouped: HashMap<String, Vec<u32>>,
    /// `deliver` blocks.
    pub deliver: Vec<BlockDecl>,
    /// `check` blocks.
    pub checks: Vec<BlockDecl>,
    /// Taps that were made, to be looked at when all nodes are known.
    pub tapped: Vec<(Tap, Span)>,
}

impl StripTable {
    /// A strip by its name: its declaration and its name's place.
    pub fn find(&self, name: &str) -> Option<(u32, Span)> {
        let index = *self.by_name.get(tree::composed(name).as_ref())?;
        Some((index, self.list[index as usize].span))
    }

    /// The place of a declaration in the Mix; `None` while loops still make strips.
    pub fn id(&self, decl: u32) -> Option<StripId> {
        self.ids.get(decl as usize).copied()
    }

    /// The master's declaration, once all are known.
    pub fn master(&self) -> u32 {
        let master = self.list.iter().position(|s| s.kind == StripKind::Master);
        master.unwrap_or(0) as u32
    }
}

impl Session<'_> {
    /// Carries out the file-level items of the song.
    pub(crate) fn declare_strips(&mut self, module: ModuleId) {
        let entries = self.modules.get(module).entries.clone();
        let env = Env::file(module);
        for entry in entries.iter() {
            if let Entry::Strip(kind, tree) = entry
                && matches!(tree.name.kind, ExprKind::Name(_))
            {
                self.declare(*kind, tree, &env, "");
            }
        }
        let mut order = Vec::new();
        self.run_entries(&entries, &env, "", false, &mut order);
        if self.strips.list.iter().all(|s| s.kind != StripKind::Master) {
            let span = Span::default();
            let name = tree::Ident { name: "master".into(), span };
            let name = tree::Expr { kind: ExprKind::Name(name), span };
            let tree = Rc::new(tree::Strip { name, like: None, body: tree::Body::default() });
            order.extend(self.declare(StripKind::Master, &tree, &env, ""));
        }
        order.sort_by_key(|d| match self.strips.list[*d as usize].kind {
            StripKind::Track | StripKind::Bus => 0,
            StripKind::Master => 1,
            StripKind::Monitor => 2,
        });
        let mut ids = vec![0; self.strips.list.len()];
        for (id, decl) in order.iter().enumerate() {
            ids[*decl as usize] = id as StripId;
        }
        self.strips.ids = ids;
        self.strips.order = order;
    }

    /// `inside` says that a loop or condition stands around the entries, so that nothing of them is declared yet.
    fn run_entries(&mut self, entries: &[Entry], env: &Env, note: &str, inside: bool, order: &mut Vec<u32>) {
        let mut env = env.clone();
        for entry in entries {
            if self.limits.spent {
                return;
            }
            match entry {
                Entry::Strip(kind, tree) => {
                    let declared = if !inside && matches!(tree.name.kind, ExprKind::Name(_)) {
                        self.strips.by_tree.get(&Rc::as_ptr(tree)).copied()
                    } else {
                        self.declare(*kind, tree, &env, note)
                    };
                    order.extend(declared);
                }
                Entry::Group(group) => {
                    self.declare_group(group, &env);
                }
                Entry::Deliver(block) => {
                    self.strips.deliver.push(BlockDecl { block: block.clone(), env: env.clone() });
                }
                Entry::Check(block) => {
                    self.strips.checks.push(BlockDecl { block: block.clone(), env: env.clone() });
                }
                Entry::Let(it) => env = self.let_statement(it, &env),
                Entry::If(it) => match self.fixed_condition(&it.cond, &env) {
                    crate::eval::Cond::Known(true) => self.run_entries(&it.then, &env.inner(), note, true, order),
                    crate::eval::Cond::Known(false) => {
                        if let Some(otherwise) = &it.otherwise {
                            self.run_entries(otherwise, &env.inner(), note, true, order);
                        }
                    }
                    _ => {}
                },
                Entry::For(it) => {
                    for item in self.items(&it.iter, &env) {
                        let pass = self.pass_note(&it.pattern, &item);
                        let note = if note.is_empty() { pass } else { format!("{note}, {pass}") };
                        let inner = self.bind(&it.pattern, item, env.inner(), it.iter.span);
                        self.run_entries(&it.body, &inner, &note, true, order);
                    }
                }
            }
        }
    }

    /// A pass of a loop in words: `i = 2`.
    fn pass_note(&self, pattern: &tree::Pattern, item: &Value) -> String {
        match (pattern, item) {
            (tree::Pattern::Name(name), item) => match self.print(item) {
                Some(text) => format!("{} = {text}", name.name),
                None => format!("{} = …", name.name),
            },
            (tree::Pattern::Tuple(patterns, _), Value::Tuple(parts) | Value::List(parts)) => {
                let notes: Vec<String> = patterns.iter().zip(parts.iter()).map(|(p, v)| self.pass_note(p, v)).collect();
                notes.join(", ")
            }
            _ => String::new(),
        }
    }

    fn declare(&mut self, kind: StripKind, tree: &Rc<tree::Strip>, env: &Env, note: &str) -> Option<u32> {
        let span = tree.name.span;
        let name = match &tree.name.kind {
            ExprKind::Name(name) => name.name.clone(),
            _ => match self.eval(&tree.name, env) {
                Value::Text(text) => tree::composed(&text).into_owned(),
                Value::Error | Value::Unknown(_) => return None,
                other => {
                    let what = describe(&other.ty());
                    self.report(
                        Diagnostic::error(
                            &codes::E0510,
                            span,
                            format!("the name of a strip is a text, and this is {what}"),
                        )
                        .help("write `track \"gtr{i}\" { … }`"),
                    );
                    return None;
                }
            },
        };
        let reserved = kind != StripKind::Master && (name.is_empty() || TAKEN.contains(&name.as_str()));
        if reserved || name.chars().any(char::is_control) {
            self.report(
                Diagnostic::error(&codes::E0510, span, format!("a strip cannot be called `{name}`"))
                    .help("`master`, `none` and `input` have a meaning of their own; choose another name"),
            );
            return None;
        }
        if let Some((first, at)) = self.strips.find(&name) {
            let first = self.strips.list[first as usize].clone();
            let passed = |note: &str| if note.is_empty() { String::new() } else { format!(" (in the pass {note})") };
            self.report(
                Diagnostic::error(&codes::E0511, span, format!("two strips are called `{name}`"))
                    .at(format!("the second, a {}{}", kind_word(kind), passed(note)))
                    .label(at, format!("the first, a {}{}", first.kind_word(), passed(&first.note)))
                    .help(if note.is_empty() {
                        "rename one of the two; tracks, buses and monitors share their names".to_string()
                    } else {
                        "put the loop's variable into the name: `track \"gtr{i}\" { … }`".to_string()
                    }),
            );
            return None;
        }
        if let Some(first) = self.strips.groups.iter().find(|g| g.tree.name.name == name).map(|g| g.tree.name.span) {
            self.report(
                Diagnostic::error(&codes::E0511, span, format!("a strip and a group are called `{name}`"))
                    .label(first, "the group")
                    .help("rename one of the two"),
            );
            return None;
        }
        if !self.may_strip(self.strips.list.len(), span) {
            return None;
        }
        if self.modules.get(env.module).kind == ModuleKind::Song
            && let Some(at) = self.clashing_value(env.module, &name)
        {
            let ident = tree::Ident { name: name.clone(), span };
            self.report(
                Diagnostic::error(&codes::E0203, span, format!("`{}` is declared twice in this file", ident.name))
                    .at(format!("a {}", kind_word(kind)))
                    .label(at, "a value of the same name")
                    .help("rename one of the two"),
            );
        }
        let index = self.strips.list.len() as u32;
        self.strips.by_name.insert(name.clone(), index);
        self.strips.by_tree.insert(Rc::as_ptr(tree), index);
        self.strips.list.push(StripDecl {
            kind,
            name,
            span,
            tree: tree.clone(),
            env: env.clone(),
            note: note.to_string(),
        });
        Some(index)
    }

    /// A `let`, option or module with the name of a strip; sections may share it.
    fn clashing_value(&self, module: ModuleId, name: &str) -> Option<Span> {
        let here = self.modules.get(module);
        let value = here.values.get(name).filter(|v| !matches!(v.kind, crate::modules::ValueKind::Section(_)));
        value.map(|v| v.span).or(here.aliases.get(name).map(|(_, span)| *span))
    }
}

pub(super) fn kind_word(kind: StripKind) -> &'static str {
    match kind {
        StripKind::Track => "track",
        StripKind::Bus => "bus",
        StripKind::Master => "master",
        StripKind::Monitor => "monitor",
    }
}
