//! Effects: a call opens a frame with parameters, locals and states of its own, runs the body's statements
//! symbolically, and leaves the signal that the body ends in.
//!
//! The width and the region of a state follow from what is assigned to it, which stands below its first use. So a
//! body is lowered with guesses; assignments that do not fit mend them, and the body is lowered again.

use super::value::{At, Cond, Num, Sig, Sym};
use super::weave::Weave;
use super::{Fault, codes};
use mixdown_analysis::body::{Block, Effect, EffectCall, Expr, ExprKind, Pattern, Stmt};
use mixdown_analysis::mix::AudioFile;
use mixdown_analysis::types::Type;
use mixdown_syntax::Span;
use rustc_hash::FxHashMap as HashMap;

/// What a computed number may miss its range by through rounding.
const SLACK: f64 = 1e-9;
/// Longest latency on one way through a strip, in seconds.
const LONGEST_LATENCY: f64 = 60.0;

/// What a state turned out to need.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Hint {
    /// Channels.
    pub width: u8,
    /// Place after the effect's input.
    pub after: At,
}

/// An effect that is being lowered; the outermost frame is the strip itself.
pub struct Frame<'m> {
    pub effect: Option<&'m Effect>,
    /// Path inside the strip.
    pub path: String,
    pub params: Vec<Option<Sym>>,
    pub input: Option<Sym>,
    pub locals: Vec<Option<Sym>>,
    /// Place of the input: code without audio of its own goes there.
    pub base: At,
    /// States made so far.
    pub ordinal: usize,
    pub hints: HashMap<usize, Hint>,
    /// A guess turned out wrong, or too early even.
    pub wrong: bool,
    pub early: bool,
    /// Latency declared so far, in samples of its domain.
    pub latency: f64,
    /// Numbers of its text are immediates (an effect's) or slots (a mix's).
    pub literal: bool,
}

impl Frame<'_> {
    /// The outermost frame: the text of a strip.
    pub fn strip() -> Self {
        Frame {
            effect: None,
            path: String::new(),
            params: Vec::new(),
            input: None,
            locals: Vec::new(),
            base: At::default(),
            ordinal: 0,
            hints: HashMap::default(),
            wrong: false,
            early: false,
            latency: 0.0,
            literal: false,
        }
    }
}

impl<'m> Weave<'_, 'm> {
    /// Calls an effect on `input`.
    pub fn call(&mut self, call: &EffectCall, input: Option<Sym>, path: &str, span: Span) -> Result<Sym, Fault> {
        let Some(effect) = self.global.mix.effects.get(call.effect as usize) else {
            return Err(Fault::inside("an effect that the mix does not hold"));
        };
        self.enter(span)?;
        let mut given = Vec::with_capacity(effect.params.len());
        for (i, param) in effect.params.iter().enumerate() {
            given.push(match call.args.get(i).and_then(|a| a.as_ref()) {
                None => None,
                Some(arg) => {
                    let sym = self.expr(arg)?;
                    Some(self.bind(param, sym, arg.span)?)
                }
            });
        }
        let base = match &input {
            Some(Sym::Num(Num::Audio(sig))) => self.localize(*sig)?.at,
            _ => self.base(),
        };
        let path = match self.frames.last() {
            Some(f) if !f.path.is_empty() => format!("{}/{path}", f.path),
            _ => path.to_string(),
        };
        let times = u64::from(self.domains[self.domain].factor);
        let key = signature([self.global.numbers[call.effect as usize], times], &self.global.mix.files, &input, &given);
        let mut hints = self.global.hints.get(&key).cloned().unwrap_or_default();
        let mut passes = 0;
        loop {
            let (cells, lines) = (self.cells.len(), self.lines.len());
            self.frames.push(Frame {
                effect: Some(effect),
                path: path.clone(),
                params: given.clone(),
                input: input.clone(),
                locals: vec![None; effect.locals as usize],
                base,
                ordinal: 0,
                hints,
                wrong: false,
                early: false,
                latency: 0.0,
                literal: true,
            });
            let result = self.run(effect);
            let Some(frame) = self.frames.pop() else { return Err(Fault::inside("an effect without a frame")) };
            hints = frame.hints;
            if frame.wrong {
                // What it came to, a fault even, follows from the wrong guess.
                self.retried = true;
                self.cells.truncate(cells);
                self.lines.truncate(lines);
                // A pass carries a latency, or a part, on by one state at least; what still grows after all of them goes around.
                passes += usize::from(frame.early);
                if passes > frame.ordinal + 1 {
                    let message = format!("`{}` has latency or a convolution inside a feedback loop", effect.name);
                    return Err(Fault::said(&codes::LATENCY_IN_FEEDBACK, span, message));
                }
                continue;
            }
            let sym = result.map_err(|fault| fault.at(span))?;
            self.global.hints.insert(key, hints);
            return Ok(sym);
        }
    }

    fn run(&mut self, effect: &'m Effect) -> Result<Sym, Fault> {
        for (i, param) in effect.params.iter().enumerate() {
            if self.frame(|f| f.params[i].is_none())
                && let Some(default) = &param.default
            {
                let sym = self.expr(default)?;
                let sym = self.bind(param, sym, default.span)?;
                let sym = if param.constant { sym } else { self.demote_sym(sym) };
                self.frame(|f| f.params[i] = Some(sym));
            }
        }
        let sym = self.block(&effect.body)?;
        let latency = self.frame(|f| f.latency);
        if latency == 0.0 {
            return Ok(sym);
        }
        let num = match &sym {
            Sym::Num(n) => *n,
            _ => return Err(Fault::inside("an effect with latency must end in a signal")),
        };
        let sig = self.audio(num)?;
        let mix_samples = latency / f64::from(self.domains[self.domain].factor) + f64::from(sig.at.lag);
        if mix_samples > LONGEST_LATENCY * f64::from(self.global.mix.song.sample_rate) {
            let message = format!("the latencies up to `{}` add up to more than {LONGEST_LATENCY} s", effect.name);
            return Err(Fault::said(&codes::LATENCY_TOO_LONG, effect.span, message));
        }
        Ok(Sym::Num(Num::Audio(self.advance_inside(sig, latency))))
    }

    /// Undoes `samples` (of the domain) of latency. Inside `oversample` what is less than a mix sample is made up by
    /// a delay, so that the block's edge sees whole samples.
    pub fn advance_inside(&mut self, sig: Sig, samples: f64) -> Sig {
        let factor = self.domains[self.domain].factor as f64;
        let whole = (samples / factor).ceil();
        let rest = (whole * factor - samples).round() as u32;
        let sig = if rest == 0 { sig } else { self.fixed_delay(sig, rest) };
        sig.advanced(whole as u32)
    }

    /// A parameter's value as its declaration wants it: const parameters shape the code, signals are clamped.
    fn bind(&mut self, param: &mixdown_analysis::body::Param, sym: Sym, span: Span) -> Result<Sym, Fault> {
        match sym {
            Sym::Num(Num::Const(c)) if param.range.is_some_and(|(low, high)| !(low - SLACK..=high + SLACK).contains(&c.value)) => {
                let (low, high) = param.range.unwrap_or_default();
                let message = format!("`{}` comes out as {}, outside {low} .. {high}", param.name, c.value);
                Err(Fault::said(&codes::OUT_OF_RANGE, span, message))
            }
            Sym::Num(Num::Const(c)) if !param.values.is_empty() && !param.values.contains(&c.value) => {
                let message = format!("`{}` comes out as {}, which is none of its values", param.name, c.value);
                Err(Fault::said(&codes::OUT_OF_RANGE, span, message))
            }
            Sym::Num(Num::Const(c)) if param.constant => Ok(Sym::literal(c.value)),
            Sym::Num(n @ (Num::Control(_) | Num::Audio(_))) => {
                if param.constant {
                    return Err(Fault::said(
                        &codes::NOT_CONST,
                        span,
                        format!("`{}` must be constant, but this changes over time", param.name),
                    ));
                }
                match param.range {
                    Some((low, high)) if param.ty != Type::Signal => {
                        let n = self.apply(super::fun::Fun::Max, &[n, Num::literal(low)])?;
                        Ok(Sym::Num(self.apply(super::fun::Fun::Min, &[n, Num::literal(high)])?))
                    }
                    _ => Ok(Sym::Num(n)),
                }
            }
            other => Ok(other),
        }
    }

    fn demote_sym(&mut self, sym: Sym) -> Sym {
        match sym {
            Sym::Num(n) => Sym::Num(self.demote(n)),
            other => other,
        }
    }

    /// Access to the frame that is being lowered.
    pub fn frame<T>(&mut self, f: impl FnOnce(&mut Frame<'m>) -> T) -> T {
        let last = self.frames.len() - 1;
        f(&mut self.frames[last])
    }

    /// Statements, then the value.
    pub fn block(&mut self, block: &Block) -> Result<Sym, Fault> {
        for stmt in &block.stmts {
            self.stmt(stmt)?;
        }
        match &block.value {
            Some(e) => self.expr(e),
            None => Ok(Sym::Unit),
        }
    }

    fn stmt(&mut self, stmt: &Stmt) -> Result<(), Fault> {
        match stmt {
            Stmt::Let(pattern, value, span) => {
                let sym = self.expr(value)?;
                self.bind_pattern(pattern, sym, *span)
            }
            Stmt::State(local, name, init, span) => {
                let sym = self.state(name, init, *span)?;
                self.frame(|f| f.locals[*local as usize] = Some(sym));
                Ok(())
            }
            Stmt::Assign(target, value, span) => {
                let num = self.num(value)?;
                match self.place_of(target)? {
                    Sym::State(c) => self.assign(c, num).map_err(|f| f.at(*span)),
                    _ => Err(Fault::inside("only a state can be assigned").at(*span)),
                }
            }
            Stmt::For(pattern, iter, body, span) => {
                let items = self.list(iter)?;
                for item in items {
                    self.enter(*span)?;
                    self.bind_pattern(pattern, item, *span)?;
                    self.block(body)?;
                }
                Ok(())
            }
            Stmt::Latency(e, span) => {
                let seconds = match self.expr(e)? {
                    Sym::Num(Num::Const(c)) => c.value,
                    _ => {
                        return Err(Fault::said(&codes::NOT_CONST, *span, "`latency` must be constant"));
                    }
                };
                let samples = (seconds * self.rate() + 0.5).floor().max(0.0);
                self.frame(|f| f.latency += samples);
                Ok(())
            }
            Stmt::Expr(e) => self.expr(e).map(|_| ()),
        }
    }

    /// Binds names to the parts of a value.
    pub fn bind_pattern(&mut self, pattern: &Pattern, sym: Sym, span: Span) -> Result<(), Fault> {
        match pattern {
            Pattern::Local(id) => {
                self.frame(|f| f.locals[*id as usize] = Some(sym));
                Ok(())
            }
            Pattern::Tuple(parts) => {
                let items = match sym {
                    Sym::Tuple(items) | Sym::List(items) => items,
                    Sym::Num(n @ Num::Audio(_)) => {
                        let sig = self.audio(n)?;
                        if sig.width != 2 {
                            return Err(self.wants_stereo(span));
                        }
                        let mut out = Vec::new();
                        for c in 0..2 {
                            out.push(Sym::Num(self.with_audio(n, |b, v| b.channel(v, c))?));
                        }
                        out
                    }
                    _ => return Err(self.wants_stereo(span)),
                };
                if items.len() != parts.len() {
                    return Err(Fault::inside("a pattern with another number of parts than its value").at(span));
                }
                for (p, item) in parts.iter().zip(items) {
                    self.bind_pattern(p, item, span)?;
                }
                Ok(())
            }
        }
    }

    /// The error of a stereo effect on a mono signal.
    pub fn wants_stereo(&self, span: Span) -> Fault {
        let what = self.frames.last().and_then(|f| f.effect.as_ref()).map_or("this", |e| e.name.as_str());
        Fault::said(
            &codes::WANTS_STEREO,
            span,
            format!("`{what}` needs a stereo signal, but `{}` is mono here", self.path),
        )
    }

    /// A new state: one cell, a line, or a list of these.
    fn state(&mut self, name: &str, init: &Expr, span: Span) -> Result<Sym, Fault> {
        match &init.kind {
            ExprKind::NewLine(capacity) => self.new_line(name, capacity, span),
            ExprKind::List(_) | ExprKind::Comprehension(..) | ExprKind::Range(..) => {
                let mut out = Vec::new();
                self.each(init, &mut |w, e, i| {
                    let item = w.state(&format!("{name}[{i}]"), e, span)?;
                    out.push(item);
                    Ok(())
                })?;
                Ok(Sym::List(out))
            }
            _ => match self.expr(init)? {
                Sym::Num(Num::Const(c)) => Ok(self.numbered_cell(name, c.value)),
                Sym::List(items) => {
                    let mut out = Vec::new();
                    for (i, item) in items.iter().enumerate() {
                        let Some(value) = self.known(item) else {
                            return Err(Fault::said(&codes::NOT_CONST, span, "a state must start from a constant"));
                        };
                        out.push(self.numbered_cell(&format!("{name}[{i}]"), value));
                    }
                    Ok(Sym::List(out))
                }
                _ => Err(Fault::said(&codes::NOT_CONST, span, "a state must start from a constant")),
            },
        }
    }

    fn numbered_cell(&mut self, name: &str, init: f64) -> Sym {
        let (at, width) = self.guess();
        let path = self.frame(|f| format!("{}.{name}", f.path));
        Sym::State(self.new_cell(&path, width, at, init))
    }

    /// Place and width that the next state of this frame is believed to need.
    pub fn guess(&mut self) -> (At, u8) {
        let domain_base = self.base();
        self.frame(|f| {
            f.ordinal += 1;
            match f.hints.get(&f.ordinal) {
                Some(h) => (domain_base.then(h.after), h.width),
                None => (domain_base, 1),
            }
        })
    }

    /// Runs both sides of a condition known only as a signal; states assigned in them take the side's value.
    pub fn both(&mut self, cond: Cond, then: &Block, otherwise: &Block) -> Result<Sym, Fault> {
        let before: Vec<Option<Sig>> = self.cells.iter().map(|c| c.current).collect();
        let a = self.block(then)?;
        let after: Vec<Option<Sig>> = self.cells[..before.len()].iter().map(|c| c.current).collect();
        for (cell, old) in self.cells.iter_mut().zip(&before) {
            cell.current = *old;
        }
        let b = self.block(otherwise)?;
        for i in 0..before.len() {
            if after[i] == self.cells[i].current {
                continue;
            }
            let y = self.cell(i);
            let x = match after[i] {
                Some(s) => s,
                None => self.sig(self.cells[i].region, self.cells[i].read),
            };
            let merged = self.select(cond, Num::Audio(x), Num::Audio(y))?;
            self.assign(i, merged)?;
        }
        self.merge(cond, a, b)
    }

    fn merge(&mut self, cond: Cond, a: Sym, b: Sym) -> Result<Sym, Fault> {
        match (a, b) {
            (Sym::Num(x), Sym::Num(y)) => Ok(Sym::Num(self.select(cond, x, y)?)),
            (Sym::Tuple(x), Sym::Tuple(y)) if x.len() == y.len() => {
                let parts: Result<Vec<Sym>, Fault> = x.into_iter().zip(y).map(|(x, y)| self.merge(cond, x, y)).collect();
                Ok(Sym::Tuple(parts?))
            }
            (Sym::List(x), Sym::List(y)) if x.len() == y.len() => {
                let parts: Result<Vec<Sym>, Fault> = x.into_iter().zip(y).map(|(x, y)| self.merge(cond, x, y)).collect();
                Ok(Sym::List(parts?))
            }
            (x @ Sym::Tuple(_), y @ Sym::Num(_)) | (x @ Sym::Num(_), y @ Sym::Tuple(_)) => {
                let (x, y) = (self.sym_num(x)?, self.sym_num(y)?);
                Ok(Sym::Num(self.select(cond, x, y)?))
            }
            (Sym::Unit, _) | (_, Sym::Unit) => Ok(Sym::Unit),
            (Sym::Cond(x), Sym::Cond(y)) => {
                let p = self.logic(true, cond, x)?;
                let n = self.negate(cond);
                let q = self.logic(true, n, y)?;
                Ok(Sym::Cond(self.logic(false, p, q)?))
            }
            _ => Err(Fault::said(&codes::FIXED_CHOICE, Span::default(), "this decides about code, so it cannot change while the mix plays")),
        }
    }
}

/// What the widths and places of an effect's states hang on.
fn signature(begin: [u64; 2], files: &[AudioFile], input: &Option<Sym>, args: &[Option<Sym>]) -> Vec<u64> {
    let mut key = begin.to_vec();
    let mut base = None;
    add(&mut key, &mut base, files, input.as_ref());
    for a in args {
        add(&mut key, &mut base, files, a.as_ref());
    }
    key
}

fn add(key: &mut Vec<u64>, base: &mut Option<At>, files: &[AudioFile], sym: Option<&Sym>) {
    let mut file = |file: Option<u32>| {
        let facts = file.and_then(|file| files.get(file as usize));
        key.extend([20, facts.map_or(0, |f| u64::from(f.channels)), facts.map_or(0, |f| u64::from(f.rate))]);
    };
    match sym {
        Some(Sym::Num(Num::Audio(s))) => {
            let b = *base.get_or_insert(s.at);
            key.push(1000 + u64::from(s.width));
            let after = [s.at.lag.wrapping_sub(b.lag), s.at.part.wrapping_sub(b.part), s.at.step.wrapping_sub(b.step)];
            key.extend(after.map(u64::from));
        }
        Some(Sym::Num(Num::Control(_))) => key.push(1),
        Some(Sym::Num(Num::Const(c))) if c.slot.is_none() => key.extend([2, c.value.to_bits()]),
        Some(Sym::Num(Num::Const(_))) => key.push(3),
        Some(Sym::Cond(Cond::Const(x))) => key.push(4 + u64::from(*x)),
        Some(Sym::Choice(w)) => {
            key.push(6);
            key.extend(w.bytes().map(u64::from));
        }
        Some(Sym::File(f)) => file(Some(*f)),
        Some(Sym::Response(recipe)) => file(recipe.file()),
        Some(Sym::Tuple(parts) | Sym::List(parts)) => {
            key.push(9 + parts.len() as u64);
            parts.iter().for_each(|p| add(key, base, files, Some(p)));
        }
        Some(_) => key.push(7),
        None => key.push(8),
    }
}
