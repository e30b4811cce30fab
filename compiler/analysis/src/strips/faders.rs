//! From bodies to strips of the Mix: rides and groups in the faders, edges, mutes. Always true: the level of a strip's
//! fader is the sum of what is written, its rides and its groups, in this order; a strip that needs a fader and wrote
//! none has it below its last processor, so that the sends there are post-fader.

use super::body::{Build, Scope};
use super::groups::Group;
use super::settings::LOUDEST;
use crate::body::{BinaryOp, Expr, ExprKind};
use crate::codes;
use crate::eval::env::Env;
use crate::mix::{Node, Output, Strip, StripKind};
use crate::session::Session;
use crate::types::Type;
use mixdown_syntax::{Diagnostic, Span};
use std::collections::HashMap;

impl Session<'_> {
    /// Evaluates all strips; the groups come with them.
    pub(crate) fn strips_and_groups(&mut self) -> (Vec<Strip>, Vec<crate::mix::Group>) {
        let mut builds: Vec<(Build, Vec<Node>)> = Vec::with_capacity(self.strips.order.len());
        for decl in self.strips.order.clone() {
            builds.push(self.build_strip(decl));
        }
        let groups = self.groups();
        self.strips.grouped = groups.iter().map(|g| (g.name.clone(), g.members.clone())).collect();
        let mut of_strip: HashMap<u32, Vec<usize>> = HashMap::new();
        for (i, group) in groups.iter().enumerate() {
            for member in &group.members {
                of_strip.entry(*member).or_default().push(i);
            }
        }
        let mut strips = Vec::with_capacity(builds.len());
        for (build, nodes) in builds {
            let member_of = of_strip.get(&build.decl).map_or(&[][..], |g| &g[..]);
            let member_of: Vec<&Group> = member_of.iter().map(|i| &groups[*i]).collect();
            strips.push(self.finish_strip(build, nodes, &member_of));
        }
        (strips, self.mix_groups(groups))
    }

    fn build_strip(&mut self, decl: u32) -> (Build, Vec<Node>) {
        let strip = self.strips.list[decl as usize].clone();
        let mut build = Build::new(decl, strip.name.clone(), strip.kind);
        let mut scope = Scope::strip(&mut build, strip.path());
        let mut scopes: Vec<(u32, Env)> = Vec::new();
        for line in self.lines(decl) {
            let at = match scopes.iter().position(|(owner, _)| *owner == line.owner) {
                Some(at) => at,
                None => {
                    scopes.push((line.owner, self.strips.list[line.owner as usize].env.inner()));
                    scopes.len() - 1
                }
            };
            let env = scopes[at].1.clone();
            scopes[at].1 = self.statement(&mut scope, line.stmt(), env);
        }
        let nodes = scope.nodes;
        let sourceless = build.seen.get("source").or(build.seen.get("clips")).is_none();
        if build.kind == StripKind::Track
            && sourceless
            && !self.limits.spent
            && !self.broken_inside(strip.tree.body.span)
        {
            self.report(
                Diagnostic::error(&codes::E0512, strip.span, format!("the track `{}` has no source", strip.name))
                    .help("write its file as the first line (`source \"stems/kick.wav\"`), or make it a `bus`"),
            );
        }
        (build, nodes)
    }

    fn finish_strip(&mut self, build: Build, mut nodes: Vec<Node>, groups: &[&Group]) -> Strip {
        let decl = self.strips.list[build.decl as usize].clone();
        let path = decl.path();
        let offsets: Vec<&Expr> = build.rides.iter().chain(groups.iter().filter_map(|g| g.fader.as_ref())).collect();
        if !offsets.is_empty() {
            let fader = nodes.iter_mut().find_map(|n| match n {
                Node::Fader { level, .. } => Some(level),
                _ => None,
            });
            match fader {
                Some(level) => {
                    for &offset in &offsets {
                        let zero = Session::constant(0.0, Type::Level, level.span);
                        *level = plus(std::mem::replace(level, zero), offset.clone());
                    }
                }
                None => {
                    let mut offsets = offsets.iter().copied().cloned();
                    if let Some(first) = offsets.next() {
                        let level = offsets.fold(first, plus);
                        let below = |n: &Node| matches!(n, Node::Process(_) | Node::Wrap(_) | Node::Trim { .. });
                        let place = nodes.iter().rposition(below).map_or(0, |last| last + 1);
                        nodes.insert(place, Node::Fader { path: format!("{path}/fader"), level });
                    }
                }
            }
        }
        self.check_sum(&decl.name, &nodes, &offsets);
        let mute = groups.iter().filter_map(|g| g.mute.clone()).fold(build.mute, |mute, other| match mute {
            None => Some(other),
            Some(mute) => Some(times(mute, other)),
        });
        let outputs = match (build.kind, build.to) {
            (StripKind::Master | StripKind::Monitor, _) => Vec::new(),
            (_, None) => self.edge(self.strips.master(), decl.span).into_iter().collect(),
            (_, Some(goals)) => goals.into_iter().filter_map(|(goal, span)| self.edge(goal, span)).collect(),
        };
        Strip {
            path,
            name: build.name,
            kind: build.kind,
            source: build.source,
            nodes,
            outputs,
            mute,
            solo: build.solo || groups.iter().any(|g| g.solo),
            span: decl.span,
        }
    }

    /// A fader with all that moves it has the range of a fader alone. What moves by itself is held there.
    fn check_sum(&mut self, name: &str, nodes: &[Node], offsets: &[&Expr]) {
        let levels = nodes.iter().filter_map(|n| match n {
            Node::Fader { level, .. } if !offsets.is_empty() => Some(level),
            _ => None,
        });
        for level in levels {
            let ExprKind::Number(sum) = level.kind else { continue };
            if sum <= LOUDEST {
                continue;
            }
            let sum = crate::units::literal(sum, &Type::Level);
            let mut fault = Diagnostic::error(&codes::E0536, level.span, format!("the levels of `{name}` come to {sum}"))
                .help("fader, rides and groups of a strip end at +144dB together; take one of them down");
            for offset in offsets.iter().filter(|o| o.span != level.span) {
                fault = fault.label(offset.span, "and this is added");
            }
            self.report(fault);
        }
    }

    fn edge(&self, goal: u32, span: Span) -> Option<Output> {
        Some(Output { to: self.strips.id(goal)?, open: true, span })
    }
}

impl Build {
    /// Nothing seen.
    pub fn new(decl: u32, name: String, kind: StripKind) -> Build {
        Build {
            decl,
            name,
            kind,
            source: None,
            seen: HashMap::new(),
            flows: false,
            to: None,
            mute: None,
            solo: false,
            rides: Vec::new(),
            random: HashMap::new(),
            dry: false,
        }
    }
}

/// The sum of two levels; two numbers are added here, minus infinity wins.
fn plus(a: Expr, b: Expr) -> Expr {
    if let (ExprKind::Number(x), ExprKind::Number(y)) = (&a.kind, &b.kind) {
        return Expr { kind: ExprKind::Number(x + y), ..a };
    }
    let span = a.span;
    Expr { kind: ExprKind::Binary(BinaryOp::Add, Box::new(a), Box::new(b)), ty: Type::Level, span }
}

fn times(a: Expr, b: Expr) -> Expr {
    if let (ExprKind::Number(x), ExprKind::Number(y)) = (&a.kind, &b.kind) {
        return Expr { kind: ExprKind::Number(x * y), ..a };
    }
    let span = a.span;
    Expr { kind: ExprKind::Binary(BinaryOp::Mul, Box::new(a), Box::new(b)), ty: Type::Number, span }
}
