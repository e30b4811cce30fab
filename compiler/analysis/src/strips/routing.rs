//! Where audio goes: rings, taps, strips that nobody hears. Always true: a mix without errors has no ring of `to`,
//! `send` and `key` edges, and every tap names a point that exists.

use super::walk::{visit, visit_node};
use crate::body::{ExprKind, TapPoint};
use crate::codes;
use crate::mix::{Node, Source, Strip, StripId, StripKind};
use crate::names::ModuleId;
use crate::session::Session;
use mixdown_syntax::{Diagnostic, Span};

/// What carries audio from one strip to another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum EdgeKind {
    To,
    Send,
    Key,
}

/// An edge between strips.
#[derive(Clone, Copy, Debug)]
pub(super) struct Edge {
    pub from: StripId,
    pub to: StripId,
    pub kind: EdgeKind,
    pub span: Span,
}

/// All edges, by the strip they leave.
pub(super) fn edges(strips: &[Strip]) -> Vec<Vec<Edge>> {
    let mut out: Vec<Vec<Edge>> = vec![Vec::new(); strips.len()];
    for (id, strip) in strips.iter().enumerate() {
        let from = id as StripId;
        for o in &strip.outputs {
            out[id].push(Edge { from, to: o.to, kind: EdgeKind::To, span: o.span });
        }
        sends(&strip.nodes, &mut |to, span| out[id].push(Edge { from, to, kind: EdgeKind::Send, span }));
        // A strip may listen to what stands above in it: that is no ring.
        for (place, node) in strip.nodes.iter().enumerate() {
            visit_node(node, &mut |e| {
                if let ExprKind::Tap(tap) = &e.kind
                    && !(tap.strip == from && stands_above(strip, &tap.point, place))
                {
                    out[tap.strip as usize].push(Edge { from: tap.strip, to: from, kind: EdgeKind::Key, span: e.span });
                }
            });
        }
        let mut key = |e: &crate::body::Expr| {
            if let ExprKind::Tap(tap) = &e.kind {
                out[tap.strip as usize].push(Edge { from: tap.strip, to: from, kind: EdgeKind::Key, span: e.span });
            }
        };
        strip.mute.iter().for_each(|e| visit(e, &mut key));
        if let Some(Source::Generator(call)) = &strip.source {
            call.args.iter().flatten().for_each(|e| visit(e, &mut key));
        }
    }
    out
}

/// Whether a point of a strip lies above its node `place`.
fn stands_above(strip: &Strip, point: &TapPoint, place: usize) -> bool {
    let at = match point {
        TapPoint::Source => return true,
        TapPoint::Output => None,
        TapPoint::Pre => strip.nodes.iter().position(|n| matches!(n, Node::Fader { .. })),
        TapPoint::After(label) => strip.nodes.iter().position(|n| segment(strip, n) == Some(label)),
    };
    at.is_some_and(|at| at < place)
}

/// What a processor or wrapper at the top of a strip is called in it.
fn segment<'s>(strip: &Strip, node: &'s Node) -> Option<&'s str> {
    let path = match node {
        Node::Process(p) => &p.path,
        Node::Wrap(w) => &w.path,
        _ => return None,
    };
    path.strip_prefix(strip.path.as_str())?.strip_prefix('/')
}

fn sends(nodes: &[Node], f: &mut dyn FnMut(StripId, Span)) {
    for node in nodes {
        match node {
            Node::Send { to, span, .. } => f(*to, *span),
            Node::Wrap(wrap) => wrap.branches.iter().for_each(|b| sends(&b.nodes, f)),
            _ => {}
        }
    }
}

impl Session<'_> {
    /// Looks at the whole graph.
    pub(crate) fn check_routing(&mut self, strips: &[Strip]) {
        // A bound that was passed leaves strips half made.
        if self.limits.spent {
            return;
        }
        let edges = edges(strips);
        self.rings(strips, &edges);
        self.check_taps(strips);
        // Where something is wrong, an edge may only be missing because of it.
        if self.diagnostics.iter().any(Diagnostic::is_error) {
            return;
        }
        self.unheard(strips, &edges);
        if strips.iter().all(|s| s.kind != StripKind::Track) && !(self.options.library && self.is_library()) {
            let span = strips.iter().map(|s| s.span).find(|s| s.end > 0).unwrap_or_default();
            self.report(
                Diagnostic::error(&codes::E0550, span, "the song has no tracks")
                    .help("write one: `track kick { source \"stems/kick.wav\" }`"),
            );
        }
    }

    /// Whether the song's file holds nothing that only a song does, and something that others may import.
    pub(crate) fn is_library(&self) -> bool {
        let song = self.modules.get(ModuleId(0));
        !song.decls.is_empty() && song.entries.is_empty() && song.settings.is_empty() && self.song.sections.is_empty()
    }

    /// Reports each ring once, with every edge on the way.
    fn rings(&mut self, strips: &[Strip], edges: &[Vec<Edge>]) {
        // 0 not seen, 1 on the way, 2 done. The way is kept by hand, so that long mixes need no stack.
        let mut state = vec![0u8; strips.len()];
        for start in 0..strips.len() {
            if state[start] != 0 {
                continue;
            }
            let mut way: Vec<(usize, usize)> = vec![(start, 0)];
            state[start] = 1;
            while let Some((at, next)) = way.last().copied() {
                let Some(edge) = edges[at].get(next) else {
                    state[at] = 2;
                    way.pop();
                    continue;
                };
                if let Some(last) = way.last_mut() {
                    last.1 += 1;
                }
                let to = edge.to as usize;
                match state[to] {
                    0 => {
                        state[to] = 1;
                        way.push((to, 0));
                    }
                    1 => {
                        let from = way.iter().position(|(s, _)| *s == to).unwrap_or(0);
                        let ring: Vec<Edge> = way[from..].iter().map(|(s, n)| edges[*s][n - 1]).collect();
                        self.ring(strips, &ring);
                    }
                    _ => {}
                }
            }
        }
    }

    fn ring(&mut self, strips: &[Strip], ring: &[Edge]) {
        let Some(first) = ring.first() else { return };
        let mut names: Vec<&str> = ring.iter().map(|e| strips[e.from as usize].name.as_str()).collect();
        names.push(&strips[first.from as usize].name);
        let mut fault = match ring {
            [edge] => {
                let help = if edge.kind == EdgeKind::Key {
                    "without `key:` an effect listens to what comes into it; with one it hears other strips, or a point \
                     of its own that stands above it (`.source`, `.eq`)"
                } else {
                    "a strip cannot feed itself; use `delay` with `feedback:` for echoes"
                };
                Diagnostic::error(
                    &codes::E0551,
                    edge.span,
                    format!("`{}` feeds itself", strips[edge.from as usize].name),
                )
                .help(help)
            }
            _ => Diagnostic::error(&codes::E0551, first.span, format!("audio goes in a ring: {}", names.join(" -> ")))
                .help("take one of these edges away; feedback belongs inside an effect (`delay` with `feedback:`)"),
        };
        for (i, edge) in ring.iter().enumerate() {
            let (from, to) = (&strips[edge.from as usize].name, &strips[edge.to as usize].name);
            let words = match edge.kind {
                EdgeKind::To => format!("`{from}` goes to `{to}`"),
                EdgeKind::Send => format!("`{from}` sends to `{to}`"),
                EdgeKind::Key => format!("`{to}` listens to `{from}`"),
            };
            fault = if i == 0 { fault.at(words) } else { fault.label(edge.span, words) };
        }
        self.report(fault);
    }

    /// Taps behind labels: the label stands at the top of that strip.
    fn check_taps(&mut self, strips: &[Strip]) {
        for (tap, span) in std::mem::take(&mut self.strips.tapped) {
            if let Some(decl) = self.strips.order.get(tap.strip as usize).copied()
                && !self.is_of_the_mix(decl, span)
            {
                continue;
            }
            let TapPoint::After(label) = &tap.point else { continue };
            let Some(strip) = strips.get(tap.strip as usize) else { continue };
            let segments: Vec<&str> = strip.nodes.iter().filter_map(|n| segment(strip, n)).collect();
            if segments.contains(&label.as_str()) {
                continue;
            }
            let ident = mixdown_syntax::tree::Ident { name: label.clone(), span };
            let fault =
                Diagnostic::error(&codes::E0553, span, format!("`{}` has nothing called `{label}`", strip.name))
                    .label(strip.span, "this strip");
            let known: Vec<&str> = ["pre", "source"].into_iter().chain(segments).collect();
            self.report(crate::modules::suggest(fault, &ident, &known, "it can be tapped at"));
        }
    }

    /// Buses that nobody feeds, tracks that go nowhere.
    fn unheard(&mut self, strips: &[Strip], edges: &[Vec<Edge>]) {
        let mut fed = vec![false; strips.len()];
        for edge in edges.iter().flatten() {
            if edge.kind != EdgeKind::Key {
                fed[edge.to as usize] = true;
            }
        }
        for (id, strip) in strips.iter().enumerate() {
            if strip.kind == StripKind::Bus && !fed[id] {
                self.report(
                    Diagnostic::warning(&codes::E0552, strip.span, format!("nobody feeds the bus `{}`", strip.name))
                        .help(format!("write `to {0}` or `send {0} -12dB` in a track, or delete the bus", strip.name)),
                );
            }
            if strip.kind == StripKind::Track && edges[id].is_empty() {
                self.report(
                    Diagnostic::warning(&codes::E0552, strip.span, format!("the track `{}` goes nowhere", strip.name))
                        .help("write `to` with a bus, send it somewhere, or use it as a `key:`"),
                );
            }
        }
    }
}
