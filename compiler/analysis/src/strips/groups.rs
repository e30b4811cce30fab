//! Groups: VCA faders over strips and other groups. Always true: a group carries no audio; every strip of it, through
//! nested groups too, moves by its fader once.

use crate::body::Expr;
use crate::codes;
use crate::eval::env::Env;
use crate::eval::value::Value;
use crate::eval::{During, Wanted};
use crate::mix;
use crate::session::Session;
use crate::types::Type;
use mixdown_syntax::tree::{self, ExprKind, Ident, Setting, StmtKind};
use mixdown_syntax::{Diagnostic, Span};
use std::rc::Rc;

/// A group before its members are looked up.
pub(crate) struct GroupDecl {
    /// Its text.
    pub tree: Rc<tree::Group>,
    /// The names around it.
    pub env: Env,
}

/// A group that is known.
pub(super) struct Group {
    pub name: String,
    /// Declarations of strips, nested groups resolved.
    pub members: Vec<u32>,
    pub fader: Option<Expr>,
    pub mute: Option<Expr>,
    pub solo: bool,
}

impl Session<'_> {
    pub(super) fn declare_group(&mut self, tree: &Rc<tree::Group>, env: &Env) {
        let name = &tree.name;
        let clash = self.strips.find(&name.name).map(|(_, span)| span);
        let first = self.strips.groups.iter().find(|g| g.tree.name.name == name.name).map(|g| g.tree.name.span);
        if let Some(first) = first.or(clash) {
            self.report(
                Diagnostic::error(&codes::E0511, name.span, format!("the name `{}` is taken", name.name))
                    .label(first, "by this")
                    .help("rename one of the two; strips and groups share their names"),
            );
            return;
        }
        self.strips.groups.push(GroupDecl { tree: tree.clone(), env: env.clone() });
    }

    /// Evaluates all groups.
    pub(super) fn groups(&mut self) -> Vec<Group> {
        let mut out = Vec::with_capacity(self.strips.groups.len());
        for index in 0..self.strips.groups.len() {
            let (tree, env) = (self.strips.groups[index].tree.clone(), self.strips.groups[index].env.clone());
            let mut members = Vec::new();
            self.members(index, &mut vec![index], &mut members);
            if tree.members.is_empty() {
                self.report(
                    Diagnostic::warning(
                        &codes::E0516,
                        tree.name.span,
                        format!("the group `{}` has no members", tree.name.name),
                    )
                    .help(format!("name strips in it: `group {} {{ drums, guitars; fader -1dB }}`", tree.name.name)),
                );
            }
            let mut group = Group { name: tree.name.name.clone(), members, fader: None, mute: None, solo: false };
            self.group_settings(&tree, &env, &mut group);
            out.push(group);
        }
        out
    }

    fn members(&mut self, index: usize, way: &mut Vec<usize>, out: &mut Vec<u32>) {
        let (tree, env) = (self.strips.groups[index].tree.clone(), self.strips.groups[index].env.clone());
        let mut seen: Vec<Ident> = Vec::new();
        for member in &tree.members {
            let name = match &member.name.kind {
                ExprKind::Name(name) => match env.find(&name.name) {
                    Some(Value::Strip(strip)) => {
                        self.member(strip.strip, name.span, out);
                        continue;
                    }
                    Some(Value::Text(text)) => Ident::new(&text, name.span),
                    _ => name.clone(),
                },
                _ => match self.eval(&member.name, &env) {
                    Value::Text(text) => Ident::new(&text, member.name.span),
                    Value::Strip(strip) => {
                        self.member(strip.strip, member.name.span, out);
                        continue;
                    }
                    _ => continue,
                },
            };
            match seen.iter().find(|n| n.name == name.name).map(|n| n.span) {
                Some(first) if way.len() == 1 => {
                    let message = format!("`{}` stands twice in this group", name.name);
                    let fault = Diagnostic::warning(&codes::E0516, name.span, message).at("named again");
                    self.report(fault.label(first, "named here first").help("keep one of them: a strip moves by its group's fader once"));
                    continue;
                }
                Some(_) => continue,
                None => seen.push(name.clone()),
            }
            let nested = self.strips.groups.iter().position(|g| g.tree.name.name == name.name);
            match nested {
                Some(nested) if way.contains(&nested) => {
                    // Each group of the ring comes past here; one says it.
                    if nested != way[0] || way.iter().min() != Some(&nested) {
                        continue;
                    }
                    let mut ring: Vec<String> =
                        way.iter().map(|i| self.strips.groups[*i].tree.name.name.clone()).collect();
                    ring.push(name.name.clone());
                    self.report(
                        Diagnostic::error(
                            &codes::E0516,
                            name.span,
                            format!("groups hold each other in a ring: {}", ring.join(" -> ")),
                        )
                        .help("take one of them out of the other"),
                    );
                }
                Some(nested) => {
                    if self.enter(name.span, &name.name) {
                        way.push(nested);
                        self.nested(|s| s.members(nested, way, out));
                        way.pop();
                        self.leave();
                    }
                }
                None => {
                    if let Some(strip) = self.strip_named(&name, None) {
                        self.member(strip, name.span, out);
                    }
                }
            }
        }
    }

    /// A strip of a group, once.
    fn member(&mut self, strip: u32, span: Span, out: &mut Vec<u32>) {
        if self.is_of_the_mix(strip, span) && !out.contains(&strip) {
            out.push(strip);
        }
    }

    fn group_settings(&mut self, tree: &tree::Group, env: &Env, group: &mut Group) {
        let mut seen: Vec<(&'static str, Span)> = Vec::new();
        let mut env = env.inner();
        for stmt in &tree.settings {
            let word = match &stmt.kind {
                StmtKind::Let(it) => {
                    env = self.let_statement(it, &env);
                    continue;
                }
                StmtKind::Setting(Setting::Fader(_)) => "fader",
                StmtKind::Setting(Setting::Mute(_)) => "mute",
                StmtKind::Setting(Setting::Solo(_)) => "solo",
                other => {
                    let help = match other {
                        StmtKind::Setting(Setting::Ride(value)) => {
                            let outside = if During::of(value).is_some_and(|d| d.otherwise.is_none()) { " else 0dB" } else { "" };
                            format!("what moves in a group is its fader: `fader {}{outside}`", self.sources.text(value.span))
                        }
                        _ => "a group carries no audio; write processors into a bus and send the strips there".into(),
                    };
                    self.report(
                        Diagnostic::error(&codes::E0516, stmt.span, "a group holds `fader`, `mute` and `solo` only").help(help),
                    );
                    continue;
                }
            };
            if let Some((_, first)) = seen.iter().find(|(w, _)| *w == word) {
                self.report(
                    Diagnostic::error(
                        &codes::E0531,
                        stmt.span,
                        format!("`{word}` stands twice in `{}`", tree.name.name),
                    )
                    .label(*first, "first written here")
                    .help("keep one of them"),
                );
                continue;
            }
            seen.push((word, stmt.span));
            match &stmt.kind {
                StmtKind::Setting(Setting::Fader(value)) => {
                    let wanted = Wanted { who: "fader", ty: &Type::Level, example: "fader -1dB" };
                    group.fader = self.level(value, Some(Value::Quantity(0.0, Type::Level)), &env, &wanted);
                }
                StmtKind::Setting(Setting::Mute(value)) => group.mute = self.mute(value.as_ref(), stmt.span, &env),
                StmtKind::Setting(Setting::Solo(value)) => {
                    group.solo = match value {
                        None => true,
                        Some(e) if During::of(e).is_none() => {
                            let wanted = Wanted { who: "solo", ty: &Type::Switch, example: "solo" };
                            matches!(self.eval_constant(e, &env, &wanted), Value::Switch(true))
                        }
                        Some(_) => true,
                    };
                }
                _ => {}
            }
        }
    }

    /// Groups as the Mix lists them.
    pub(super) fn mix_groups(&self, groups: Vec<Group>) -> Vec<mix::Group> {
        let ids = |members: Vec<u32>| members.into_iter().filter_map(|m| self.strips.id(m)).collect();
        groups.into_iter().map(|g| mix::Group { name: g.name, members: ids(g.members), fader: g.fader }).collect()
    }
}
