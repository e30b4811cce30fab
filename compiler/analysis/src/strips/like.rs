//! `track a like b`: a starts from b's statements. A setting written again replaces the inherited one, a labelled
//! processor replaces its label's, other processors follow the last inherited processor. Always true: statements keep
//! the names of the strip that wrote them.

use crate::codes;
use crate::mix::StripKind;
use crate::session::Session;
use mixdown_syntax::Diagnostic;
use mixdown_syntax::tree::{self, ExprKind, Ident, Setting, Stmt, StmtKind, Target};
use std::rc::Rc;

/// A statement and the strip that wrote it.
#[derive(Clone)]
pub(super) struct Line {
    /// The strip whose names it sees.
    pub owner: u32,
    /// Its text.
    pub tree: Rc<tree::Strip>,
    /// Which statement.
    pub index: usize,
}

impl Line {
    /// The statement.
    pub fn stmt(&self) -> &Stmt {
        &self.tree.body.stmts[self.index]
    }
}

/// What a statement is called when another strip writes it again.
#[derive(PartialEq)]
enum Key {
    Setting(&'static str),
    Send(String),
    Label(String),
    None,
}

impl Session<'_> {
    /// The statements of a strip with what it inherits.
    pub(super) fn lines(&mut self, decl: u32) -> Vec<Line> {
        self.inherited(decl, &mut Vec::new())
    }

    fn inherited(&mut self, decl: u32, way: &mut Vec<u32>) -> Vec<Line> {
        let strip = self.strips.list[decl as usize].clone();
        let own: Vec<Line> = (0..strip.tree.body.stmts.len())
            .map(|index| Line { owner: decl, tree: strip.tree.clone(), index })
            .collect();
        let Some(like) = &strip.tree.like else { return own };
        way.push(decl);
        let Some(base) = self.like_base(decl, like) else { return own };
        if way.contains(&base) {
            let mut ring: Vec<String> = way.iter().map(|d| self.strips.list[*d as usize].name.clone()).collect();
            ring.push(self.strips.list[base as usize].name.clone());
            // Each strip of the ring comes past here; one says it.
            if base != way[0] || way.iter().min() != Some(&base) {
                return own;
            }
            self.report(
                Diagnostic::error(
                    &codes::E0515,
                    like.name.span,
                    format!("strips are like each other in a ring: {}", ring.join(" -> ")),
                )
                .help("write out one of them"),
            );
            return own;
        }
        if !self.enter(like.name.span, &strip.name) {
            return own;
        }
        let base = self.nested(|s| s.inherited(base, way));
        self.leave();
        merge(base, own)
    }

    fn like_base(&mut self, decl: u32, like: &Target) -> Option<u32> {
        let strip = self.strips.list[decl as usize].clone();
        let name = match &like.name.kind {
            ExprKind::Name(name) => name.clone(),
            _ => match self.eval(&like.name, &strip.env) {
                crate::eval::value::Value::Text(text) => Ident { name: text.to_string(), span: like.name.span },
                crate::eval::value::Value::Strip(found) => return Some(found.strip),
                _ => return None,
            },
        };
        let found = self.strip_named(&name, None)?;
        let base = &self.strips.list[found as usize];
        if base.kind != strip.kind || base.kind == StripKind::Master {
            let (a, b) = (strip.kind_word(), base.kind_word());
            self.report(
                Diagnostic::error(&codes::E0515, like.name.span, format!("a {a} cannot be like a {b}"))
                    .help("tracks are like tracks, buses like buses and monitors like monitors; share processors in a `chain`"),
            );
            return None;
        }
        Some(found)
    }
}

fn key(stmt: &Stmt) -> Key {
    match &stmt.kind {
        StmtKind::Setting(setting) => match setting {
            Setting::Source(..) | Setting::Clips(_) => Key::Setting("source"),
            Setting::Fader(_) => Key::Setting("fader"),
            Setting::Ride(_) => Key::Setting("ride"),
            Setting::Pan(_) => Key::Setting("pan"),
            Setting::To(_) => Key::Setting("to"),
            Setting::Mute(_) => Key::Setting("mute"),
            Setting::Solo(_) => Key::Setting("solo"),
            Setting::Trim(..) => Key::Setting("trim"),
            Setting::Send(target, ..) => match &target.name.kind {
                ExprKind::Name(name) => Key::Send(name.name.clone()),
                _ => Key::None,
            },
        },
        StmtKind::Processor(p) => p.label.as_ref().map_or(Key::None, |l| Key::Label(l.name.clone())),
        StmtKind::Let(_) | StmtKind::For(_) | StmtKind::If(_) => Key::None,
    }
}

fn is_processor(stmt: &Stmt) -> bool {
    matches!(stmt.kind, StmtKind::Processor(_) | StmtKind::For(_) | StmtKind::If(_))
}

/// An inherited line with what the new strip puts above it and in its place.
struct Slot {
    key: Key,
    above: Vec<Line>,
    here: Vec<Line>,
    replaced: bool,
}

fn merge(base: Vec<Line>, own: Vec<Line>) -> Vec<Line> {
    let mut slots: Vec<Slot> = base
        .into_iter()
        .map(|line| Slot { key: key(line.stmt()), above: Vec::new(), here: vec![line], replaced: false })
        .collect();
    let (mut first, mut added, mut rest, mut goal) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (n, line) in own.iter().enumerate() {
        let key_of = key(line.stmt());
        if let Some(place) = slots.iter().position(|s| key_of != Key::None && s.key == key_of) {
            if !slots[place].replaced {
                // All inherited rides go together; the new ones stand where the first did.
                slots.iter_mut().filter(|s| s.key == key_of).for_each(|s| s.here.clear());
                slots[place].replaced = true;
            }
            slots[place].here.push(line.clone());
            continue;
        }
        match key_of {
            Key::Setting("source") => first.push(line.clone()),
            Key::Setting("to") => goal.push(line.clone()),
            Key::Send(_) => match fader_below(&own[n + 1..]).and_then(|k| slots.iter().position(|s| s.key == k)) {
                // A send above the strip's own fader stays above it.
                Some(place) => slots[place].above.push(line.clone()),
                None => rest.push(line.clone()),
            },
            _ if matches!(line.stmt().kind, StmtKind::Let(_)) => first.push(line.clone()),
            _ if is_processor(line.stmt()) => added.push(line.clone()),
            _ => rest.push(line.clone()),
        }
    }
    // A source comes before everything, the names of the new strip included.
    first.sort_by_key(|l: &Line| key(l.stmt()) != Key::Setting("source"));
    let last_processor = slots.iter().rposition(|s| s.here.iter().any(|l| is_processor(l.stmt())));
    let after = last_processor.or(slots.iter().position(|s| s.key == Key::Setting("source")));
    let mut out = first;
    if after.is_none() {
        out.append(&mut added);
    }
    for (i, slot) in slots.into_iter().enumerate() {
        if slot.key == Key::Setting("to") {
            out.append(&mut rest);
        }
        out.extend(slot.above);
        out.extend(slot.here);
        if after == Some(i) {
            out.append(&mut added);
        }
    }
    out.append(&mut rest);
    out.append(&mut goal);
    out
}

fn fader_below(lines: &[Line]) -> Option<Key> {
    lines.iter().any(|l| key(l.stmt()) == Key::Setting("fader")).then_some(Key::Setting("fader"))
}
