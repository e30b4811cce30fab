//! Which points of strips are listened to.

use mixdown_analysis::body::{Block, EffectCall, Expr, ExprKind, Stmt, Tap};
use mixdown_analysis::mix::{Node, Source, Strip};

/// The taps that a strip's text names.
pub(super) fn of_strip(strip: &Strip) -> Vec<Tap> {
    let mut out = Vec::new();
    nodes(&strip.nodes, &mut out);
    strip.mute.iter().for_each(|e| expr(e, &mut out));
    if let Some(Source::Generator(c)) = &strip.source {
        call(c, &mut out);
    }
    out
}

fn nodes(list: &[Node], out: &mut Vec<Tap>) {
    for node in list {
        match node {
            Node::Process(p) => {
                call(&p.call, out);
                p.mix.iter().for_each(|e| expr(e, out));
            }
            Node::Wrap(w) => {
                w.mix.iter().for_each(|e| expr(e, out));
                w.branches.iter().for_each(|b| nodes(&b.nodes, out));
            }
            Node::Fader { level, .. } => expr(level, out),
            Node::Pan { position, .. } => expr(position, out),
            Node::Send { level, pan, .. } => {
                expr(level, out);
                pan.iter().for_each(|e| expr(e, out));
            }
            Node::Trim { .. } => {}
        }
    }
}

fn call(c: &EffectCall, out: &mut Vec<Tap>) {
    c.input.iter().for_each(|e| expr(e, out));
    c.args.iter().flatten().for_each(|e| expr(e, out));
}

fn block(b: &Block, out: &mut Vec<Tap>) {
    for s in &b.stmts {
        match s {
            Stmt::Let(_, e, _) | Stmt::State(_, _, e, _) | Stmt::Latency(e, _) | Stmt::Expr(e) => expr(e, out),
            Stmt::Assign(a, b, _) => {
                expr(a, out);
                expr(b, out);
            }
            Stmt::For(_, e, b, _) => {
                expr(e, out);
                block(b, out);
            }
        }
    }
    b.value.iter().for_each(|e| expr(e, out));
}

fn expr(e: &Expr, out: &mut Vec<Tap>) {
    match &e.kind {
        ExprKind::Tap(t) => out.push(t.clone()),
        ExprKind::Unary(_, a) | ExprKind::NewLine(a) => expr(a, out),
        ExprKind::Binary(_, a, b) | ExprKind::Range(a, b) | ExprKind::Index(a, b) => {
            expr(a, out);
            expr(b, out);
        }
        ExprKind::Call(_, list) | ExprKind::Tuple(list) | ExprKind::List(list) => {
            list.iter().for_each(|e| expr(e, out));
        }
        ExprKind::Effect(c) => call(c, out),
        ExprKind::If(c, a, b) => {
            expr(c, out);
            block(a, out);
            block(b, out);
        }
        ExprKind::Block(b) => block(b, out),
        ExprKind::Oversample(f, b) | ExprKind::Spectral(f, b) => {
            expr(f, out);
            block(b, out);
        }
        ExprKind::Comprehension(_, a, b, c) => {
            expr(a, out);
            b.iter().for_each(|e| expr(e, out));
            expr(c, out);
        }
        ExprKind::Number(_)
        | ExprKind::Switch(_)
        | ExprKind::Choice(_)
        | ExprKind::File(_)
        | ExprKind::Input
        | ExprKind::Param(_)
        | ExprKind::Local(_)
        | ExprKind::Curve(_)
        | ExprKind::Seconds
        | ExprKind::Beats
        | ExprKind::LookBack(_) => {}
    }
}
