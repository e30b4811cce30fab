//! Expressions: typed trees to numbers, conditions, lists and signals.
//!
//! One rounding for a product and a sum that stand beside each other in the text (semantics, rule 2), unless the
//! product has a slower rate than the sum: then it is hoisted whole.

use super::fun::{Fun, Test};
use super::value::{Cond, Num, Sym};
use super::weave::Weave;
use super::{Fault, codes};
use mixdown_analysis::body::{BinaryOp, Block, Expr, ExprKind, UnaryOp};
use mixdown_layout::{ControlInput, resample_latency};

impl Weave<'_, '_> {
    /// An expression's value.
    pub fn expr(&mut self, e: &Expr) -> Result<Sym, Fault> {
        self.spend(1)?;
        let sym = self.expr_kind(e).map_err(|f| f.at(e.span))?;
        if let Sym::Num(Num::Const(_)) = sym {
            self.was_constant();
        }
        Ok(sym)
    }

    /// An expression that is a number or a signal.
    pub fn num(&mut self, e: &Expr) -> Result<Num, Fault> {
        let sym = self.expr(e)?;
        self.sym_num(sym).map_err(|f| f.at(e.span))
    }

    /// A symbol as a number; a tuple of two becomes a frame, a state its value.
    pub fn sym_num(&mut self, sym: Sym) -> Result<Num, Fault> {
        match sym {
            Sym::Num(n) => Ok(n),
            Sym::State(c) => Ok(Num::Audio(self.cell(c))),
            Sym::Tuple(parts) => {
                let [l, r]: [Sym; 2] =
                    parts.try_into().map_err(|_| Fault::inside("a frame has exactly two channels"))?;
                let l = self.sym_num(l)?;
                let r = self.sym_num(r)?;
                self.frame_of(l, r)
            }
            _ => Err(Fault::inside("a number or signal is wanted here")),
        }
    }

    /// Two mono numbers as a frame.
    pub fn frame_of(&mut self, l: Num, r: Num) -> Result<Num, Fault> {
        let mut at = self.base();
        let mut any = false;
        for n in [l, r] {
            if let Num::Audio(s) = n {
                let s = self.localize(s)?;
                at = if any { at.max(s.at) } else { s.at };
                any = true;
                if s.width != 1 {
                    return Err(Fault::inside("a channel of a frame must be mono"));
                }
            }
        }
        let (l, r) = (self.local_num(l)?, self.local_num(r)?);
        let region = self.region(self.domain, at);
        let (x, y) = (self.audio_value(region, l), self.audio_value(region, r));
        let v = self.regions[region].builder.frame(x, y);
        Ok(Num::Audio(self.sig(region, v)))
    }

    fn local_num(&mut self, n: Num) -> Result<Num, Fault> {
        match n {
            Num::Audio(s) => Ok(Num::Audio(self.localize(s)?)),
            other => Ok(other),
        }
    }

    fn expr_kind(&mut self, e: &Expr) -> Result<Sym, Fault> {
        Ok(match &e.kind {
            ExprKind::Number(x) => {
                if self.frame(|f| f.literal) {
                    Sym::literal(*x)
                } else {
                    Sym::Num(self.number(*x))
                }
            }
            ExprKind::Switch(b) => Sym::Cond(Cond::Const(*b)),
            ExprKind::Choice(w) => Sym::Choice(w.clone()),
            ExprKind::File(f) => Sym::File(*f),
            ExprKind::Input => match self.frame(|f| f.input.clone()) {
                Some(sym) => sym,
                None => return Err(Fault::inside("`input` in an effect that has none")),
            },
            ExprKind::Param(i) => match self.frame(|f| f.params.get(*i as usize).cloned().flatten()) {
                Some(sym) => self.copied(sym)?,
                None => return Err(Fault::inside("a parameter without a value")),
            },
            ExprKind::Local(id) => match self.frame(|f| f.locals.get(*id as usize).cloned().flatten()) {
                Some(Sym::State(c)) => Sym::Num(Num::Audio(self.cell(c))),
                Some(sym) => self.copied(sym)?,
                None => return Err(Fault::inside("a local that is not bound")),
            },
            ExprKind::Curve(c) => {
                let input = ControlInput::Curve(self.global.curve(*c)?);
                Sym::Num(Num::Control(self.control_input(input)))
            }
            ExprKind::Seconds => Sym::Num(Num::Control(self.control_input(ControlInput::Seconds))),
            ExprKind::Beats => Sym::Num(Num::Control(self.control_input(ControlInput::Beats))),
            ExprKind::LookBack(b) => {
                let points = &self.global.mix.song.tempo.points;
                if points.len() == 1 {
                    let seconds = b * 60.0 / points[0].bpm;
                    Sym::Num(self.number(seconds))
                } else {
                    Sym::Num(Num::Control(self.control_input(ControlInput::LookBack(*b))))
                }
            }
            ExprKind::Tap(tap) => {
                let sig = self.global.tap(tap)?;
                Sym::Num(Num::Audio(sig))
            }
            ExprKind::Unary(op, x) => match op {
                UnaryOp::Neg => {
                    let x = self.num(x)?;
                    Sym::Num(self.apply(Fun::Neg, &[x])?)
                }
                UnaryOp::Not => {
                    let c = self.cond(x)?;
                    Sym::Cond(self.negate(c))
                }
            },
            ExprKind::Binary(op, a, b) => self.binary(*op, a, b)?,
            ExprKind::Call(builtin, args) => self.builtin(*builtin, args, e.span)?,
            ExprKind::Effect(call) => {
                let input = match &call.input {
                    Some(e) => Some(Sym::Num(self.num(e)?)),
                    None => None,
                };
                self.call(call, input, &call.path.clone(), e.span)?
            }
            ExprKind::If(cond, then, otherwise) => match self.cond(cond)? {
                Cond::Const(true) => self.block(then)?,
                Cond::Const(false) => self.block(otherwise)?,
                c => self.both(c, then, otherwise)?,
            },
            ExprKind::Block(b) => self.block(b)?,
            ExprKind::Tuple(items) => Sym::Tuple(self.all(items)?),
            ExprKind::List(items) => Sym::List(self.all(items)?),
            ExprKind::Comprehension(..) | ExprKind::Range(..) => {
                let mut out = Vec::new();
                self.each(e, &mut |w, e, _| {
                    let sym = w.expr(e)?;
                    out.push(sym);
                    Ok(())
                })?;
                Sym::List(out)
            }
            ExprKind::Index(..) => match self.place_of(e)? {
                Sym::State(c) => Sym::Num(Num::Audio(self.cell(c))),
                other => self.copied(other)?,
            },
            ExprKind::NewLine(_) => return Err(Fault::inside("`line` may only start a state")),
            ExprKind::Oversample(factor, block) => self.oversample(factor, block, e)?,
            ExprKind::Spectral(size, block) => self.spectral(size, block, e)?,
        })
    }

    /// A value by its name: a list is copied.
    fn copied(&mut self, sym: Sym) -> Result<Sym, Fault> {
        self.spend(sym.elements()).map(|()| sym)
    }

    /// An expression as what it stands for: a state itself, not its value.
    pub fn place_of(&mut self, e: &Expr) -> Result<Sym, Fault> {
        match &e.kind {
            ExprKind::Local(id) => self
                .frame(|f| f.locals.get(*id as usize).cloned().flatten())
                .ok_or_else(|| Fault::inside("a local that is not bound").at(e.span)),
            ExprKind::Index(list, index) => {
                let i = self.num(index)?;
                let Some(i) = i.known() else {
                    return Err(Fault::said(&codes::NOT_CONST, index.span, "an index must be constant"));
                };
                let element = |list: &Sym| match list {
                    Sym::List(items) | Sym::Tuple(items) => {
                        let at = if i >= 0.0 { i as usize } else { usize::MAX };
                        items.get(at).cloned().ok_or_else(|| {
                            let len = items.len();
                            Fault::said(&codes::INDEX, index.span, format!("index {i} in a list of {len}, counted from 0"))
                        })
                    }
                    _ => Err(Fault::inside("only a list has elements").at(e.span)),
                };
                // Most lists have a name; they are not copied for one of their elements.
                if let ExprKind::Local(id) = list.kind
                    && let Some(found) = self.frame(|f| f.locals.get(id as usize).and_then(Option::as_ref).map(element))
                {
                    return found;
                }
                element(&self.place_of(list)?)
            }
            _ => self.expr(e),
        }
    }

    fn all(&mut self, items: &[Expr]) -> Result<Vec<Sym>, Fault> {
        items.iter().map(|i| self.expr(i)).collect()
    }

    /// A condition.
    pub fn cond(&mut self, e: &Expr) -> Result<Cond, Fault> {
        match self.expr(e)? {
            Sym::Cond(c) => Ok(c),
            Sym::Num(n) => {
                // A switch that is given as a signal is on above one half.
                self.compare(Test::Lt, Num::literal(0.5), n)
            }
            _ => Err(Fault::inside("a condition is wanted here").at(e.span)),
        }
    }

    fn binary(&mut self, op: BinaryOp, a: &Expr, b: &Expr) -> Result<Sym, Fault> {
        if matches!(op, BinaryOp::Add | BinaryOp::Sub) {
            if let ExprKind::Binary(BinaryOp::Mul, x, y) = &a.kind {
                let (x, y, c) = (self.num(x)?, self.num(y)?, self.num(b)?);
                return self.product_beside(op, x, y, c, true);
            }
            if let ExprKind::Binary(BinaryOp::Mul, x, y) = &b.kind {
                let (c, x, y) = (self.num(a)?, self.num(x)?, self.num(y)?);
                return self.product_beside(op, x, y, c, false);
            }
        }
        match op {
            BinaryOp::And | BinaryOp::Or => {
                let x = self.cond(a)?;
                let y = self.cond(b)?;
                return Ok(Sym::Cond(self.logic(op == BinaryOp::And, x, y)?));
            }
            BinaryOp::Eq | BinaryOp::Ne => {
                let (x, y) = (self.expr(a)?, self.expr(b)?);
                let equal = match (x, y) {
                    (Sym::Choice(x), Sym::Choice(y)) => Cond::Const(x == y),
                    (Sym::Cond(x), Sym::Cond(y)) => {
                        let both = self.logic(true, x, y)?;
                        let (nx, ny) = (self.negate(x), self.negate(y));
                        let neither = self.logic(true, nx, ny)?;
                        self.logic(false, both, neither)?
                    }
                    (x, y) => {
                        let (x, y) = (self.sym_num(x)?, self.sym_num(y)?);
                        self.compare(Test::Eq, x, y)?
                    }
                };
                return Ok(Sym::Cond(if op == BinaryOp::Eq { equal } else { self.negate(equal) }));
            }
            _ => {}
        }
        let (x, y) = (self.num(a)?, self.num(b)?);
        Ok(match op {
            BinaryOp::Add => Sym::Num(self.apply(Fun::Add, &[x, y])?),
            BinaryOp::Sub => Sym::Num(self.apply(Fun::Sub, &[x, y])?),
            BinaryOp::Mul => Sym::Num(self.apply(Fun::Mul, &[x, y])?),
            BinaryOp::Div => Sym::Num(self.apply(Fun::Div, &[x, y])?),
            BinaryOp::Lt => Sym::Cond(self.compare(Test::Lt, x, y)?),
            BinaryOp::Le => Sym::Cond(self.compare(Test::Le, x, y)?),
            BinaryOp::Gt => Sym::Cond(self.compare(Test::Lt, y, x)?),
            BinaryOp::Ge => Sym::Cond(self.compare(Test::Le, y, x)?),
            BinaryOp::And | BinaryOp::Or | BinaryOp::Eq | BinaryOp::Ne => Sym::Unit,
        })
    }

    /// `x*y ± c` (`first`) or `c ± x*y`.
    fn product_beside(&mut self, op: BinaryOp, x: Num, y: Num, c: Num, first: bool) -> Result<Sym, Fault> {
        let rank = |n: &Num| match n {
            Num::Const(_) => 0,
            Num::Control(_) => 1,
            Num::Audio(_) => 2,
        };
        let product = rank(&x).max(rank(&y));
        if product < rank(&c) {
            let p = self.apply(Fun::Mul, &[x, y])?;
            let fun = if op == BinaryOp::Add { Fun::Add } else { Fun::Sub };
            return Ok(Sym::Num(self.apply(fun, &if first { [p, c] } else { [c, p] })?));
        }
        let fun = match (op, first) {
            (BinaryOp::Add, _) => Fun::Fma,
            (_, true) => Fun::FmSub,
            (_, false) => Fun::FnMAdd,
        };
        Ok(Sym::Num(self.apply(fun, &[x, y, c])?))
    }

    /// A list that is known now.
    pub fn list(&mut self, e: &Expr) -> Result<Vec<Sym>, Fault> {
        match self.expr(e)? {
            Sym::List(items) | Sym::Tuple(items) => Ok(items),
            _ => Err(Fault::inside("a list is wanted here").at(e.span)),
        }
    }

    /// Walks the elements of a list expression without evaluating them, so that each can start a state.
    pub fn each(&mut self, e: &Expr, f: &mut Each<'_>) -> Result<(), Fault> {
        match &e.kind {
            ExprKind::List(items) => {
                for (i, item) in items.iter().enumerate() {
                    f(self, item, i)?;
                }
            }
            ExprKind::Range(a, b) => {
                let (Some(a), Some(b)) = (self.num(a)?.known(), self.num(b)?.known()) else {
                    return Err(Fault::said(&codes::NOT_CONST, e.span, "a range must be constant"));
                };
                if b - a > 65_536.0 {
                    return Err(Fault::said(&codes::TOO_MANY, e.span, format!("a range of {} numbers, and in an effect it has at most 65536", b - a + 1.0)));
                }
                let mut x = a;
                let mut i = 0;
                while x <= b {
                    let number =
                        Expr { kind: ExprKind::Number(x), ty: mixdown_analysis::types::Type::Number, span: e.span };
                    self.enter(e.span)?;
                    f(self, &number, i)?;
                    x += 1.0;
                    i += 1;
                }
            }
            ExprKind::Comprehension(pattern, iter, filter, body) => {
                for item in self.list(iter)? {
                    self.enter(e.span)?;
                    self.bind_pattern(pattern, item, e.span)?;
                    if let Some(c) = filter
                        && self.cond(c)? != Cond::Const(true)
                    {
                        continue;
                    }
                    f(self, body, 0)?;
                }
            }
            _ => return Err(Fault::inside("a list is wanted here").at(e.span)),
        }
        Ok(())
    }

    /// `oversample n { … }`: the block at n times the rate, what it uses upsampled, its value downsampled.
    fn oversample(&mut self, factor: &Expr, block: &Block, e: &Expr) -> Result<Sym, Fault> {
        let n = self.num(factor)?.known().unwrap_or(0.0);
        let domain = match self.enter_oversample(n, e.span)? {
            None => return self.block(block),
            Some(d) => d,
        };
        let outer = self.domain;
        let (base, latency) = self.frame(|f| (f.base, f.latency));
        self.domain = domain;
        let step = resample_latency(n as u32) / self.domains[outer].factor;
        self.frame(|f| {
            f.base.lag += step;
            f.latency = 0.0;
        });
        let result = self.block(block).and_then(|sym| self.sym_num(sym)).and_then(|n| self.audio(n));
        let inner = self.frame(|f| std::mem::replace(&mut f.latency, latency));
        let result = result.map(|sig| if inner > 0.0 { self.advance_inside(sig, inner) } else { sig });
        self.frame(|f| f.base = base);
        self.domain = outer;
        let sig = result?;
        Ok(Sym::Num(Num::Audio(self.downsample(sig))))
    }

    /// A new domain of `n` times the present rate; `None` for 1.
    pub fn enter_oversample(&mut self, n: f64, span: mixdown_syntax::Span) -> Result<Option<usize>, Fault> {
        let now = self.domains[self.domain].factor;
        if n == 1.0 {
            return Ok(None);
        }
        if self.domains[self.domain].window.is_some() {
            return Err(Fault::said(&codes::SPECTRAL, span, "an `oversample` block inside a `spectral` one"));
        }
        if ![2.0, 4.0, 8.0, 16.0].contains(&n) || now as f64 * n > 16.0 {
            if now == 1 {
                let message = format!("oversampling by {n} is not 2x, 4x, 8x or 16x");
                return Err(Fault::said(&codes::OVERSAMPLE, span, message));
            }
            let message = format!("{n} times inside {now} times is more than the 16 that there are in all");
            let help = "write it outside of `oversample`: what oversamples by itself, such as `clipper`, needs none around it";
            let made = mixdown_syntax::Diagnostic::error(&codes::OVERSAMPLE, span, message).help(help);
            return Err(Fault::Said(Box::new(made)));
        }
        self.domains.push(super::weave::Domain { factor: now * n as u32, parent: Some((self.domain, n as u32)), window: None });
        Ok(Some(self.domains.len() - 1))
    }
}

/// What is done with each element of a list: the element unevaluated, and its index.
pub type Each<'f> = dyn FnMut(&mut Weave<'_, '_>, &Expr, usize) -> Result<(), Fault> + 'f;
