//! What the lowering of a strip hangs on, as bytes. Always true here: strips with equal contents become equal kernels,
//! and no place in the text is part of it; what a strip shares with others (curves, strips, effects) stands in it by
//! its order or by what it is, so that a neighbour that comes or goes changes nothing.

use crate::content::Bytes;
use mixdown_analysis::body::{Block, Effect, EffectCall, EffectId, Expr, ExprKind, Param, Pattern, Stmt, Tap};
use mixdown_analysis::mix::{Branch, Node, Output, Process, Source, Strip, Wrap, WrapKind};
use std::hash::Hash;
use std::mem::discriminant;

/// A content in the making.
pub(super) struct Content<'e> {
    /// What it says.
    pub bytes: Bytes,
    /// Curves in the order in which it names them.
    pub curves: Vec<u32>,
    /// Strips in the order in which it names them.
    pub strips: Vec<u32>,
    /// Audio files in the order in which it names them.
    pub files: Vec<u32>,
    /// Effects that it calls itself.
    pub calls: Vec<EffectId>,
    /// What each effect of the mix is.
    effects: &'e [u64],
}

impl<'e> Content<'e> {
    /// An empty content; `effects` are the numbers of the mix's effects, equal effects the same.
    pub fn new(effects: &'e [u64]) -> Self {
        Content {
            bytes: Bytes::default(),
            curves: Vec::new(),
            strips: Vec::new(),
            files: Vec::new(),
            calls: Vec::new(),
            effects,
        }
    }

    /// Adds anything without floats, places and references.
    pub fn add(&mut self, x: impl Hash) {
        x.hash(&mut self.bytes);
    }

    /// Adds a strip. Of a source from outside only that there is one: its width is the input's.
    pub fn strip(&mut self, strip: &Strip) {
        let Strip { path, name: _, kind, source, nodes, outputs, mute, solo: _, span: _ } = strip;
        self.add((path, discriminant(kind)));
        match source {
            None => self.add(0u8),
            Some(Source::File(_) | Source::Clips(_)) => self.add(1u8),
            Some(Source::Generator(call)) => {
                self.add(2u8);
                self.call(call);
            }
        }
        self.nodes(nodes);
        self.add(outputs.len());
        for Output { to, open, span: _ } in outputs {
            self.reference(*to);
            self.add(open);
        }
        self.option(mute.as_ref());
    }

    /// Adds an effect.
    pub fn effect(&mut self, effect: &Effect) {
        let Effect { name, module: _, doc: _, params, takes_input, locals, body, span: _ } = effect;
        self.add((name, takes_input, locals, params.len()));
        for Param { name, ty, constant, default, range, count, values, doc: _ } in params {
            self.add((name, ty, constant, count));
            self.option(default.as_ref());
            self.add(range.map(|(low, high)| (low.to_bits(), high.to_bits())));
            self.add(values.len());
            values.iter().for_each(|x| self.number(*x));
        }
        self.block(body);
    }

    fn number(&mut self, x: f64) {
        self.add(x.to_bits());
    }

    fn reference(&mut self, strip: u32) {
        let at = place(&mut self.strips, strip);
        self.add(at);
    }

    fn nodes(&mut self, nodes: &[Node]) {
        self.add(nodes.len());
        nodes.iter().for_each(|node| self.node(node));
    }

    fn node(&mut self, node: &Node) {
        self.add(discriminant(node));
        match node {
            Node::Process(Process { path, labelled: _, call, mix, bypass, span: _ }) => {
                self.add((path, bypass));
                self.call(call);
                self.option(mix.as_ref());
            }
            Node::Wrap(Wrap { path, kind, branches, mix, bypass, span: _ }) => {
                self.add((path, bypass, discriminant(kind), branches.len()));
                match kind {
                    WrapKind::Bands(crossovers) => {
                        self.add(crossovers.len());
                        crossovers.iter().for_each(|x| self.number(*x));
                    }
                    WrapKind::Oversample(factor) => self.add(factor),
                    WrapKind::Parallel | WrapKind::MidSide | WrapKind::LeftRight => {}
                }
                for Branch { name, nodes } in branches {
                    self.add(name);
                    self.nodes(nodes);
                }
                self.option(mix.as_ref());
            }
            Node::Fader { path, level } => {
                self.add(path);
                self.expr(level);
            }
            Node::Pan { path, position } => {
                self.add(path);
                self.expr(position);
            }
            Node::Send { path, to, level, pan, open, span: _ } => {
                self.add((path, open));
                self.reference(*to);
                self.expr(level);
                self.option(pan.as_ref());
            }
            Node::Trim { path, target: _, measure: _, gain, span: _ } => self.add((path, gain.map(f64::to_bits))),
        }
    }

    fn call(&mut self, call: &EffectCall) {
        let EffectCall { effect, input, args, path } = call;
        if !self.calls.contains(effect) {
            self.calls.push(*effect);
        }
        self.add((self.effects.get(*effect as usize), path, args.len()));
        self.option(input.as_ref());
        args.iter().for_each(|arg| self.option(arg.as_ref()));
    }

    fn option(&mut self, expr: Option<&Expr>) {
        self.add(expr.is_some());
        if let Some(expr) = expr {
            self.expr(expr);
        }
    }

    fn list(&mut self, list: &[Expr]) {
        self.add(list.len());
        list.iter().for_each(|e| self.expr(e));
    }

    fn expr(&mut self, expr: &Expr) {
        let Expr { kind, ty, span: _ } = expr;
        self.add((discriminant(kind), ty));
        match kind {
            ExprKind::Number(x) | ExprKind::LookBack(x) => self.number(*x),
            ExprKind::Switch(on) => self.add(on),
            ExprKind::Choice(word) => self.add(word),
            ExprKind::Param(n) | ExprKind::Local(n) => self.add(n),
            ExprKind::Curve(curve) => {
                let at = place(&mut self.curves, *curve);
                self.add(at);
            }
            ExprKind::File(file) => {
                let at = place(&mut self.files, *file);
                self.add(at);
            }
            ExprKind::Tap(Tap { strip, point }) => {
                self.reference(*strip);
                self.add(point);
            }
            ExprKind::Input | ExprKind::Seconds | ExprKind::Beats => {}
            ExprKind::Unary(op, x) => {
                self.add(discriminant(op));
                self.expr(x);
            }
            ExprKind::Binary(op, a, b) => {
                self.add(discriminant(op));
                self.expr(a);
                self.expr(b);
            }
            ExprKind::Range(a, b) | ExprKind::Index(a, b) => {
                self.expr(a);
                self.expr(b);
            }
            ExprKind::NewLine(x) => self.expr(x),
            ExprKind::Call(builtin, args) => {
                self.add(builtin);
                self.list(args);
            }
            ExprKind::Tuple(items) | ExprKind::List(items) => self.list(items),
            ExprKind::Effect(call) => self.call(call),
            ExprKind::If(cond, then, otherwise) => {
                self.expr(cond);
                self.block(then);
                self.block(otherwise);
            }
            ExprKind::Block(block) => self.block(block),
            ExprKind::Comprehension(pattern, iter, filter, body) => {
                self.pattern(pattern);
                self.expr(iter);
                self.option(filter.as_deref());
                self.expr(body);
            }
            ExprKind::Oversample(factor, block) | ExprKind::Spectral(factor, block) => {
                self.expr(factor);
                self.block(block);
            }
        }
    }

    fn block(&mut self, block: &Block) {
        let Block { stmts, value } = block;
        self.add(stmts.len());
        for stmt in stmts {
            self.add(discriminant(stmt));
            match stmt {
                Stmt::Let(pattern, value, _) => {
                    self.pattern(pattern);
                    self.expr(value);
                }
                Stmt::State(local, name, init, _) => {
                    self.add((local, name));
                    self.expr(init);
                }
                Stmt::Assign(target, value, _) => {
                    self.expr(target);
                    self.expr(value);
                }
                Stmt::For(pattern, iter, body, _) => {
                    self.pattern(pattern);
                    self.expr(iter);
                    self.block(body);
                }
                Stmt::Latency(x, _) | Stmt::Expr(x) => self.expr(x),
            }
        }
        self.option(value.as_deref());
    }

    fn pattern(&mut self, pattern: &Pattern) {
        match pattern {
            Pattern::Local(id) => self.add((0u8, id)),
            Pattern::Tuple(parts) => {
                self.add((1u8, parts.len()));
                parts.iter().for_each(|part| self.pattern(part));
            }
        }
    }
}

/// The place of a number in a list; a new one comes last.
pub(super) fn place(list: &mut Vec<u32>, number: u32) -> u32 {
    let at = list.iter().position(|n| *n == number).unwrap_or_else(|| {
        list.push(number);
        list.len() - 1
    });
    at as u32
}
