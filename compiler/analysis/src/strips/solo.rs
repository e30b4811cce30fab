//! Solo, and what a delivery is made without. With S the soloed strips, an edge is open iff some way from a source to the
//! master through it meets S; what is left out has no open edge. A delivery's `only` and `without` reach what only feeds the
//! strips they name: a strip whose every `to` leads into such strips (of a strip `to none`, every send) is one of them with
//! all its sends, so an instrumental holds no singer's reverb and a voice alone keeps it. Always true: nothing here opens
//! an edge that something else closed.

use super::routing::{EdgeKind, edges};
use crate::codes;
use crate::mix::{Mix, Node, Strip, StripId};
use crate::session::Session;
use mixdown_syntax::{Diagnostic, Span};

impl Session<'_> {
    /// Closes edges by the solos written and asked for.
    pub(crate) fn apply_solo(&mut self, strips: &mut [Strip]) {
        let mut soloed: Vec<bool> = strips.iter().map(|s| s.solo).collect();
        for strip in strips.iter().filter(|s| s.solo) {
            self.written_solo(strip);
        }
        for name in self.options.solo.clone() {
            let span = Span::new(self.sources.add("--solo", name.clone()), 0, name.len());
            let ident = mixdown_syntax::tree::Ident { name, span };
            for strip in self.strips_called(&ident) {
                if let Some(id) = self.strips.id(strip) {
                    soloed[id as usize] = true;
                }
            }
        }
        close(strips, &soloed);
    }

    fn written_solo(&mut self, strip: &Strip) {
        let delivers = self.options.deliver && !self.strips.deliver.is_empty() && !self.options.allow_solo;
        let message = format!("`{}` is soloed", strip.name);
        let fault = if delivers {
            Diagnostic::error(&codes::E0554, strip.span, message)
                .at("a solo stands in the text")
                .help("delete it before delivering (`--allow-solo` delivers all the same); `--solo NAME` is the way to listen")
        } else {
            Diagnostic::warning(&codes::E0554, strip.span, message)
                .at("only what goes through it is heard")
                .help("`--solo NAME` on the command line solos without a change of the song")
        };
        self.report(fault);
    }
}

/// Solos strips of a finished mix, for a delivery with `only:`.
pub fn solo(mix: &mut Mix, only: &[StripId]) {
    let soloed = with_feeders(&mix.strips, marked(mix, only));
    close(&mut mix.strips, &soloed);
}

/// Leaves strips of a finished mix out, for a delivery with `without:`. Keys hear them on.
pub fn leave_out(mix: &mut Mix, without: &[StripId]) {
    let left_out = with_feeders(&mix.strips, marked(mix, without));
    for (strip, _) in mix.strips.iter_mut().zip(left_out).filter(|(_, out)| *out) {
        close_edges(strip, &|_| false);
    }
}

fn marked(mix: &Mix, ids: &[StripId]) -> Vec<bool> {
    (0..mix.strips.len()).map(|i| ids.contains(&(i as StripId))).collect()
}

/// The marked strips and those that only feed such.
fn with_feeders(strips: &[Strip], mut marked: Vec<bool>) -> Vec<bool> {
    let edges = edges(strips);
    loop {
        let mut grown = false;
        for (id, out) in edges.iter().enumerate() {
            let kind = if strips[id].outputs.is_empty() { EdgeKind::Send } else { EdgeKind::To };
            let mut ways = out.iter().filter(|e| e.kind == kind).peekable();
            if !marked[id] && ways.peek().is_some() && ways.all(|e| marked[e.to as usize]) {
                marked[id] = true;
                grown = true;
            }
        }
        if !grown {
            return marked;
        }
    }
}

fn close(strips: &mut [Strip], soloed: &[bool]) {
    if !soloed.contains(&true) {
        return;
    }
    let open = open_strips(strips, soloed);
    for (id, strip) in strips.iter_mut().enumerate() {
        let passes = |to: StripId| open.above[id] || open.below[to as usize];
        close_edges(strip, &passes);
    }
}

fn close_edges(strip: &mut Strip, passes: &dyn Fn(StripId) -> bool) {
    strip.outputs.iter_mut().for_each(|o| o.open &= passes(o.to));
    close_sends(&mut strip.nodes, passes);
}

/// Strips above which, and below which (themselves included), a soloed strip lies.
struct Open {
    above: Vec<bool>,
    below: Vec<bool>,
}

fn open_strips(strips: &[Strip], soloed: &[bool]) -> Open {
    let edges: Vec<(usize, usize)> = edges(strips)
        .into_iter()
        .flatten()
        .filter(|e| e.kind != EdgeKind::Key)
        .map(|e| (e.from as usize, e.to as usize))
        .collect();
    let mut forward = vec![Vec::new(); strips.len()];
    let mut backward = vec![Vec::new(); strips.len()];
    for (from, to) in edges {
        forward[from].push(to);
        backward[to].push(from);
    }
    Open { above: reach(soloed, &forward), below: reach(soloed, &backward) }
}

/// Everything that can be reached from the marked ones.
fn reach(marked: &[bool], next: &[Vec<usize>]) -> Vec<bool> {
    let mut reached = marked.to_vec();
    let mut todo: Vec<usize> = (0..marked.len()).filter(|i| marked[*i]).collect();
    while let Some(at) = todo.pop() {
        for &to in &next[at] {
            if !reached[to] {
                reached[to] = true;
                todo.push(to);
            }
        }
    }
    reached
}

fn close_sends(nodes: &mut [Node], passes: &dyn Fn(StripId) -> bool) {
    for node in nodes {
        match node {
            Node::Send { to, open, .. } => *open &= passes(*to),
            Node::Wrap(wrap) => wrap.branches.iter_mut().for_each(|b| close_sends(&mut b.nodes, passes)),
            _ => {}
        }
    }
}
