//! Walking through typed code. Always true: every expression of a body is met once, outer before inner.

use crate::body::{Block, Builtin, Effect, EffectId, Expr, ExprKind, Stmt};
use crate::mix::{Group, Node, Source, Strip};
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
        ExprKind::Oversample(factor, block) | ExprKind::Spectral(factor, block) => {
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

/// Calls `f` with an expression and all inside it, to change them.
fn visit_mut(expr: &mut Expr, f: &mut dyn FnMut(&mut ExprKind)) {
    f(&mut expr.kind);
    match &mut expr.kind {
        ExprKind::Unary(_, x) | ExprKind::NewLine(x) => visit_mut(x, f),
        ExprKind::Binary(_, a, b) | ExprKind::Range(a, b) | ExprKind::Index(a, b) => {
            visit_mut(a, f);
            visit_mut(b, f);
        }
        ExprKind::Call(_, items) | ExprKind::Tuple(items) | ExprKind::List(items) => {
            items.iter_mut().for_each(|e| visit_mut(e, f));
        }
        ExprKind::Effect(call) => {
            call.input.iter_mut().chain(call.args.iter_mut().flatten()).for_each(|e| visit_mut(e, f));
        }
        ExprKind::If(cond, a, b) => {
            visit_mut(cond, f);
            visit_block_mut(a, f);
            visit_block_mut(b, f);
        }
        ExprKind::Block(block) => visit_block_mut(block, f),
        ExprKind::Comprehension(_, iter, filter, body) => {
            visit_mut(iter, f);
            filter.iter_mut().for_each(|e| visit_mut(e, f));
            visit_mut(body, f);
        }
        ExprKind::Oversample(factor, block) => {
            visit_mut(factor, f);
            visit_block_mut(block, f);
        }
        ExprKind::Spectral(size, block) => {
            visit_mut(size, f);
            visit_block_mut(block, f);
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

/// Calls `f` with every expression of a block, to change them.
fn visit_block_mut(block: &mut Block, f: &mut dyn FnMut(&mut ExprKind)) {
    for stmt in &mut block.stmts {
        match stmt {
            Stmt::Let(_, e, _) | Stmt::State(_, _, e, _) | Stmt::Latency(e, _) | Stmt::Expr(e) => visit_mut(e, f),
            Stmt::Assign(target, value, _) => {
                visit_mut(target, f);
                visit_mut(value, f);
            }
            Stmt::For(_, iter, body, _) => {
                visit_mut(iter, f);
                visit_block_mut(body, f);
            }
        }
    }
    block.value.iter_mut().for_each(|e| visit_mut(e, f));
}

/// Calls `f` with the number of every effect that an effect calls, to change it.
pub(crate) fn each_call_mut(effect: &mut Effect, f: &mut dyn FnMut(&mut EffectId)) {
    let mut call = |kind: &mut ExprKind| {
        if let ExprKind::Effect(call) = kind {
            f(&mut call.effect);
        }
    };
    effect.params.iter_mut().flat_map(|p| &mut p.default).for_each(|e| visit_mut(e, &mut call));
    visit_block_mut(&mut effect.body, &mut call);
}

/// Replaces the curves an expression names.
pub(super) fn map_curves(expr: &mut Expr, f: &mut dyn FnMut(u32) -> u32) {
    visit_mut(expr, &mut |kind| {
        if let ExprKind::Curve(index) = kind {
            *index = f(*index);
        }
    });
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

/// Whether an effect, or one it calls, draws random numbers; `known` says it of those it may call.
pub(crate) fn is_random(known: &[bool], effect: &Effect) -> bool {
    let mut found = false;
    visit_block(&effect.body, &mut |e| match &e.kind {
        ExprKind::Call(Builtin::White, _) => found = true,
        ExprKind::Effect(call) => found |= known.get(call.effect as usize) == Some(&true),
        _ => {}
    });
    found
}
