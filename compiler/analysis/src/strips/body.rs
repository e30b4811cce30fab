//! The statements of a strip, chain or branch, top to bottom as the signal flows. Always true: a statement gives its
//! nodes or a fault, never half of both; `let` binds downward only.

use super::paths::Segments;
use crate::body::Expr;
use crate::codes;
use crate::eval::Cond;
use crate::eval::env::Env;
use crate::mix::{Node, Source, StripKind};
use crate::session::Session;
use crate::types::Type;
use mixdown_syntax::tree::{self, Stmt, StmtKind};
use mixdown_syntax::{Diagnostic, Span};
use std::collections::HashMap;

/// Where statements stand.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Place {
    /// Directly in a track, bus or the master.
    Strip,
    /// In a chain.
    Chain,
    /// In a branch of a wrapper.
    Branch(&'static str),
}

/// What is being built.
pub(super) struct Build {
    /// Its declaration.
    pub decl: u32,
    /// `vocal`, for messages.
    pub name: String,
    /// What it is.
    pub kind: StripKind,
    /// `source` or `clips`.
    pub source: Option<Source>,
    /// Settings seen, by word.
    pub seen: HashMap<&'static str, Span>,
    /// A node stands already; sources come before it.
    pub flows: bool,
    /// Goals of `to` in order; `None` where nothing is written.
    pub to: Option<Vec<(u32, Span)>>,
    /// Factor of the outgoing edges.
    pub mute: Option<Expr>,
    /// `solo`.
    pub solo: bool,
    /// `ride`s in order.
    pub rides: Vec<Expr>,
    /// First unlabelled processor of each random effect, by path without its number.
    pub random: HashMap<String, Span>,
    /// Where `if` has left something unknown (code that nothing calls).
    pub dry: bool,
}

/// A list of statements, what they have made so far, and what their segments need.
pub(super) struct Scope<'b> {
    /// The strip they belong to.
    pub build: &'b mut Build,
    /// Their nodes.
    pub nodes: Vec<Node>,
    /// Path of what they stand in: `track.vocal/lead`.
    pub prefix: String,
    /// Segments given out.
    pub segments: Segments,
    /// Loop passes around them: `[2]`.
    pub suffix: String,
    /// Where they stand.
    pub place: Place,
    /// Sends may stand here.
    pub sends: bool,
    /// `bypass` stands before the chain they belong to.
    pub bypass: bool,
    /// Factor of the `oversample`s around them.
    pub factor: u32,
}

impl<'b> Scope<'b> {
    /// The outermost statements of a strip.
    pub fn strip(build: &'b mut Build, path: String) -> Scope<'b> {
        Scope {
            build,
            nodes: Vec::new(),
            prefix: path,
            segments: Segments::default(),
            suffix: String::new(),
            place: Place::Strip,
            sends: true,
            bypass: false,
            factor: 1,
        }
    }

    /// Statements inside these, under a path of their own.
    pub fn inner(&mut self, prefix: String, place: Place) -> Scope<'_> {
        Scope {
            build: self.build,
            nodes: Vec::new(),
            prefix,
            segments: Segments::default(),
            suffix: String::new(),
            place,
            sends: self.sends,
            bypass: self.bypass,
            factor: self.factor,
        }
    }
}

impl Session<'_> {
    /// Evaluates a body.
    pub(super) fn body(&mut self, scope: &mut Scope, body: &tree::Body, env: &Env) {
        let mut env = env.clone();
        for stmt in &body.stmts {
            env = self.statement(scope, stmt, env);
        }
    }

    /// Evaluates a statement; names it binds are in the scope that comes back.
    pub(super) fn statement(&mut self, scope: &mut Scope, stmt: &Stmt, env: Env) -> Env {
        if self.limits.spent {
            return env;
        }
        match &stmt.kind {
            StmtKind::Let(it) => return self.let_statement(it, &env),
            StmtKind::Processor(processor) => self.processor(scope, processor, stmt.span, &env),
            StmtKind::Setting(setting) => self.strip_setting(scope, setting, stmt.span, &env),
            StmtKind::For(it) => {
                let items = self.items(&it.iter, &env);
                let outer = scope.suffix.clone();
                for (i, item) in items.into_iter().enumerate() {
                    scope.suffix = format!("{outer}[{}]", i + 1);
                    let inner = self.bind(&it.pattern, item, env.inner(), it.iter.span);
                    self.body(scope, &it.body, &inner);
                    if self.limits.spent {
                        break;
                    }
                }
                scope.suffix = outer;
            }
            StmtKind::If(it) => match self.fixed_condition(&it.cond, &env) {
                Cond::Known(true) => self.body(scope, &it.then, &env.inner()),
                Cond::Known(false) => {
                    if let Some(otherwise) = &it.otherwise {
                        self.body(scope, otherwise, &env.inner());
                    }
                }
                Cond::Unknown => {
                    // Both ways are looked at on their own, so that one's settings do not clash with the other's.
                    let seen = scope.build.seen.clone();
                    self.body(scope, &it.then, &env.inner());
                    if let Some(otherwise) = &it.otherwise {
                        scope.build.seen = seen;
                        self.body(scope, otherwise, &env.inner());
                    }
                }
                Cond::Moving(_) | Cond::Fault => {}
            },
        }
        env
    }

    /// Whether a setting may stand here, once; otherwise it is reported.
    pub(super) fn setting_once(&mut self, scope: &mut Scope, word: &'static str, span: Span) -> bool {
        match &scope.place {
            Place::Strip => {}
            Place::Chain => {
                let help = match word {
                    "fader" | "ride" => "write `gain( … )` for a level inside a chain",
                    "pan" => "write `balance( … )` inside a chain, or `pan` in the strip that calls it",
                    _ => "a chain holds processors, wrappers and sends; write the setting in the strip that calls it",
                };
                self.report(
                    Diagnostic::error(&codes::E0530, span, format!("`{word}` stands in a chain"))
                        .at("a setting of a strip")
                        .help(help),
                );
                return false;
            }
            Place::Branch(wrapper) => {
                let help = if matches!(word, "fader" | "ride") {
                    "write `gain( … )` inside a branch".to_string()
                } else {
                    format!("write `{word}` outside of the `{wrapper}`")
                };
                self.report(
                    Diagnostic::error(&codes::E0530, span, format!("`{word}` stands in a branch of `{wrapper}`"))
                        .at("a setting of a strip")
                        .help(help),
                );
                return false;
            }
        }
        if word == "ride" {
            return true;
        }
        match scope.build.seen.get(word) {
            Some(first) => {
                let help = match word {
                    "mute" => "keep one of them; several spans are a list: `mute during [verse, outro]`",
                    "fader" => "keep one of them; moves on top of it are rides: `ride +2dB during chorus`",
                    "to" => "several buses stand in one line: `to drums, parallel_drums`",
                    _ => "keep one of them",
                };
                self.report(
                    Diagnostic::error(&codes::E0531, span, format!("`{word}` stands twice in `{}`", scope.build.name))
                        .at("written again here")
                        .label(*first, "first written here")
                        .help(help),
                );
                false
            }
            None => {
                scope.build.seen.insert(word, span);
                true
            }
        }
    }

    /// A constant as typed code.
    pub(super) fn constant(x: f64, ty: Type, span: Span) -> Expr {
        Expr { kind: crate::body::ExprKind::Number(x), ty, span }
    }
}
