//! Walking through typed code. Always true: every expression of a body is met once, outer before inner.

use crate::body::{Block, Builtin, Effect, Expr, ExprKind, Stmt};
use crate::mix::{Group, Node, Source, Strip};
use crate::modules::effects::EffectTable;
use crate::session::Session;
use mixdown_layout::Curve;

/// Calls `f` with an expression and all inside it.
pub(crate) fn visit(expr: &Expr, f: &mut dyn FnMut(&Expr)) {
    f(expr);
    match &expr.kind {
        ExprKind::Unary(_, x) | ExprKind::NewLine(x) => visit(x, f),
        ExprKind::Binary(_, a, b) | ExprKind::Range(a, b) | ExprKind::Index(a, b) => {
            visit(a, f);
            visit(b, f);
        }
        ExprKind::Call(_, items) | ExprKind::Tuple(items) | ExprKind::List(items) => {
            items.iter().for_each(|e| visit(e, f));
        }
        ExprKind::Effect(call) => call.input.iter().chain(call.args.iter().flatten()).for_each(|e| visit(e, f)),
        ExprKind::If(cond, a, b) => {
            visit(cond, f);
            visit_block(a, f);
            visit_block(b, f);
        }
        ExprKind::Block(block) => visit_block(block, f),
        ExprKind::Comprehension(_, iter, filter, body) => {
            visit(iter, f);
            filter.iter().for_each(|e| visit(e, f));
            visit(body, f);
        }
        ExprKind::Oversample(factor, block) => {
            visit(factor, f);
            visit_block(block, f);
        }
        ExprKind::Number(_)
        | ExprKind::Switch(_)
        | ExprKind::Choice(_)
        | ExprKind::File(_)
        | ExprKind::Input
        | ExprKind::Param(_)
        | ExprKind::Local(_)
        | ExprKind::Curve(_)
        | ExprKind::Tap(_)
        | ExprKind::Seconds
        | ExprKind::Beats
        | ExprKind::LookBack(_) => {}
    }
}

/// Calls `f` with every expression of a block.
pub(crate) fn visit_block(block: &Block, f: &mut dyn FnMut(&Expr)) {
    for stmt in &block.stmts {
        match stmt {
            Stmt::Let(_, e, _) | Stmt::State(_, _, e, _) | Stmt::Latency(e, _) | Stmt::Expr(e) => visit(e, f),
            Stmt::Assign(target, value, _) => {
                visit(target, f);
                visit(value, f);
            }
            Stmt::For(_, iter, body, _) => {
                visit(iter, f);
                visit_block(body, f);
            }
        }
    }
    block.value.iter().for_each(|e| visit(e, f));
}

/// Calls `f` with every expression of a node and of what it holds.
pub(crate) fn visit_node(node: &Node, f: &mut dyn FnMut(&Expr)) {
    match node {
        Node::Process(it) => {
            it.call.args.iter().flatten().chain(&it.mix).for_each(|e| visit(e, f));
        }
        Node::Wrap(it) => {
            it.mix.iter().for_each(|e| visit(e, f));
            it.branches.iter().flat_map(|b| &b.nodes).for_each(|n| visit_node(n, f));
        }
        Node::Fader { level, .. } => visit(level, f),
        Node::Pan { position, .. } => visit(position, f),
        Node::Send { level, pan, .. } => {
            visit(level, f);
            pan.iter().for_each(|e| visit(e, f));
        }
        Node::Trim { .. } => {}
    }
}

/// Replaces the curves an expression names.
pub(crate) fn map_curves(expr: &mut Expr, f: &mut dyn FnMut(u32) -> u32) {
    match &mut expr.kind {
        ExprKind::Curve(index) => *index = f(*index),
        ExprKind::Unary(_, x) | ExprKind::NewLine(x) => map_curves(x, f),
        ExprKind::Binary(_, a, b) | ExprKind::Range(a, b) | ExprKind::Index(a, b) => {
            map_curves(a, f);
            map_curves(b, f);
        }
        ExprKind::Call(_, items) | ExprKind::Tuple(items) | ExprKind::List(items) => {
            items.iter_mut().for_each(|e| map_curves(e, f));
        }
        ExprKind::Effect(call) => {
            call.input.iter_mut().chain(call.args.iter_mut().flatten()).for_each(|e| map_curves(e, f));
        }
        ExprKind::If(cond, a, b) => {
            map_curves(cond, f);
            a.value.iter_mut().chain(&mut b.value).for_each(|e| map_curves(e, f));
        }
        ExprKind::Block(block) => block.value.iter_mut().for_each(|e| map_curves(e, f)),
        // Scripts make none of these; the bodies of effects name no curves.
        ExprKind::Comprehension(..) | ExprKind::Oversample(..) => {}
        ExprKind::Number(_)
        | ExprKind::Switch(_)
        | ExprKind::Choice(_)
        | ExprKind::File(_)
        | ExprKind::Input
        | ExprKind::Param(_)
        | ExprKind::Local(_)
        | ExprKind::Tap(_)
        | ExprKind::Seconds
        | ExprKind::Beats
        | ExprKind::LookBack(_) => {}
    }
}

/// Calls `f` with every expression a node holds.
fn exprs_mut(node: &mut Node, f: &mut dyn FnMut(&mut Expr)) {
    match node {
        Node::Process(it) => it.call.args.iter_mut().flatten().chain(&mut it.mix).for_each(f),
        Node::Wrap(it) => {
            it.mix.iter_mut().for_each(&mut *f);
            it.branches.iter_mut().flat_map(|b| &mut b.nodes).for_each(|n| exprs_mut(n, f));
        }
        Node::Fader { level, .. } => f(level),
        Node::Pan { position, .. } => f(position),
        Node::Send { level, pan, .. } => {
            f(level);
            pan.iter_mut().for_each(f);
        }
        Node::Trim { .. } => {}
    }
}

impl Session<'_> {
    /// Leaves out curves that no strip or group names in the end, and numbers the others by their first use.
    pub(crate) fn keep_used_curves(&mut self, strips: &mut [Strip], groups: &mut [Group], out: &mut Vec<Curve>) {
        let list = std::mem::take(&mut self.curves.list);
        let mut places: Vec<Option<u32>> = vec![None; list.len()];
        let mut place = |index: u32| match places.get_mut(index as usize) {
            Some(Some(place)) => *place,
            Some(slot) => {
                out.push(list[index as usize].clone());
                *slot.insert(out.len() as u32 - 1)
            }
            None => index,
        };
        let mut each = |e: &mut Expr| map_curves(e, &mut place);
        for strip in strips {
            if let Some(Source::Generator(call)) = &mut strip.source {
                call.args.iter_mut().flatten().for_each(&mut each);
            }
            strip.nodes.iter_mut().for_each(|n| exprs_mut(n, &mut each));
            strip.mute.iter_mut().for_each(&mut each);
        }
        groups.iter_mut().flat_map(|g| &mut g.fader).for_each(&mut each);
        self.curves = Default::default();
    }
}

/// Whether an effect, or one it calls, draws random numbers.
pub(super) fn is_random(effects: &EffectTable, effect: &Effect) -> bool {
    let mut found = false;
    let mut calls = Vec::new();
    visit_block(&effect.body, &mut |e| match &e.kind {
        ExprKind::Call(Builtin::White, _) => found = true,
        ExprKind::Effect(call) => calls.push(call.effect),
        _ => {}
    });
    found || calls.into_iter().any(|id| effects.get(id).is_some_and(|e| is_random(effects, &e)))
}
