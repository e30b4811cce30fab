//! Delay lines: fixed, whole and fractional reads, one write a sample.

use super::fun::Fun;
use super::region::{Fill, SlotKey};
use super::value::{Const, Num, Sig, Sym};
use super::weave::{LineCell, Weave};
use super::{Fault, codes};
use crate::ir::{SHORTEST_LINE, Value};
use crate::math;
use mixdown_analysis::body::Expr;
use mixdown_analysis::types::Type;
use mixdown_analysis::units::{literal, say};
use mixdown_syntax::{Diagnostic, Span};

/// Longest delay line, in samples: 2^26, about 23 minutes at 48 kHz.
const LONGEST: f64 = (crate::ir::LONGEST_LINE / 2) as f64;
/// What all delay lines of a strip hold, in samples: 1 GiB of 32-bit numbers.
const MOST_HELD: u64 = 1 << 28;

impl Weave<'_, '_> {
    /// `line(capacity)`.
    pub fn new_line(&mut self, name: &str, capacity: &Expr, span: Span) -> Result<Sym, Fault> {
        if self.domains[self.domain].window.is_some() {
            return Err(Fault::said(&codes::SPECTRAL, span, "a delay line inside a `spectral` block"));
        }
        let Some(seconds) = self.num(capacity)?.known() else {
            return Err(Fault::said(&codes::NOT_CONST, span, "the length of a delay line must be constant"));
        };
        let samples = (seconds * self.rate()).ceil().max(1.0);
        if samples.is_nan() || samples > LONGEST {
            return Err(Fault::said(
                &codes::LINE_TOO_LONG,
                span,
                format!("a delay line of {} is longer than {LONGEST} samples", say(seconds, &Type::Time)),
            ));
        }
        let (at, width) = self.guess();
        let path = self.frame(|f| format!("{}.{name}", f.path));
        let line = self.line_at(&path, samples as u32, width, at);
        if self.lines[line].held > MOST_HELD {
            let message = format!("the delay lines of `{}` hold more than {MOST_HELD} samples in all", self.path);
            return Err(Fault::said(&codes::LINE_TOO_LONG, span, message));
        }
        Ok(Sym::Line(line))
    }

    fn line_at(&mut self, path: &str, longest: u32, width: u8, at: super::value::At) -> usize {
        let r = self.region(self.domain, at);
        let capacity = (longest + 2).next_power_of_two().max(SHORTEST_LINE);
        let index = self.regions[r].builder.declare_line(path, width, capacity);
        let held = self.lines.last().map_or(0, |l| l.held) + u64::from(capacity) * u64::from(width);
        self.lines.push(LineCell {
            region: r,
            index,
            width,
            longest,
            held,
            written: false,
            ordinal: self.frames.last().map_or(0, |f| f.ordinal),
            depth: self.frames.len(),
        });
        self.lines.len() - 1
    }

    /// A delay of whole samples, for making up fractions of a mix sample.
    pub fn fixed_delay(&mut self, sig: Sig, samples: u32) -> Sig {
        let path = format!("{}.align", self.frames.last().map_or("", |f| f.path.as_str()));
        let line = self.line_at(&path, samples, sig.width, sig.at);
        let (r, index) = (self.lines[line].region, self.lines[line].index);
        let v = self.value_in(r, sig);
        self.lines[line].written = true;
        let b = &mut self.regions[r].builder;
        b.write_line(index, v);
        let d = b.int(i64::from(samples));
        let y = b.read_line(index, d);
        self.sig(r, y)
    }

    /// `write(line, x)`.
    pub fn write_line(&mut self, line: usize, x: Num, span: Span) -> Result<(), Fault> {
        let (region, width) = (self.lines[line].region, self.lines[line].width);
        let sig = match x {
            Num::Audio(sig) => self.localize(sig)?,
            other => {
                let v = self.audio_value(region, other);
                self.sig(region, v)
            }
        };
        let at = self.regions[region].at;
        if sig.at > at || sig.width > width {
            let (ordinal, depth) = (self.lines[line].ordinal, self.lines[line].depth);
            self.mend(depth, ordinal, at.max(sig.at), width.max(sig.width));
            self.lines[line].written = true;
            return Ok(());
        }
        if self.lines[line].written {
            return Err(Fault::said(&codes::LINE_TWICE, span, "a delay line is written more than once a sample"));
        }
        self.lines[line].written = true;
        let v = self.value_in(region, sig);
        let v = self.widen(region, v, width);
        let index = self.lines[line].index;
        self.regions[region].builder.write_line(index, v);
        Ok(())
    }

    /// A mono value as a frame, where a frame is wanted.
    pub fn widen(&mut self, region: usize, v: Value, width: u8) -> Value {
        let b = &mut self.regions[region].builder;
        if b.type_of(v).width < width { b.frame(v, v) } else { v }
    }

    /// `read(line, delay)` with the delay in samples: linear between samples, held in the line's range.
    pub fn read_line(&mut self, line: usize, delay: Num, at: Span) -> Result<Num, Fault> {
        let cell = &self.lines[line];
        let (region, index) = (cell.region, cell.index);
        let least = if cell.written { 0.0 } else { 1.0 };
        let most = f64::from(cell.longest);
        if let Num::Const(c) = delay {
            // What moves is held in the line; what stands still and never fits was meant otherwise.
            let rate = self.rate();
            let time = |samples: f64| say(samples / rate, &Type::Time);
            if c.value > most + 1e-6 * most.max(1.0) {
                let message = format!("this reads {} back, and the line holds {}", time(c.value), time(most));
                return Err(Fault::said(&codes::BEYOND_LINE, at, message));
            }
            if c.value < -1e-6 {
                let message = format!("this reads {} back: a line holds what was written, not what is to come", time(c.value));
                let help = format!("write how long ago: `tail.read({})`", literal(-c.value / rate, &Type::Time));
                return Err(Fault::Said(Box::new(Diagnostic::error(&codes::BEYOND_LINE, at, message).help(help))));
            }
            return Ok(self.read_const(region, index, c, least, most));
        }
        let delay = match delay {
            Num::Audio(sig) => {
                let sig = self.localize(sig)?;
                let at = self.regions[region].at;
                if sig.at > at {
                    let (ordinal, depth, width) = (self.lines[line].ordinal, self.lines[line].depth, self.lines[line].width);
                    self.mend(depth, ordinal, sig.at, width);
                    return Ok(Num::Audio(sig));
                }
                Num::Audio(sig)
            }
            other => other,
        };
        let d = self.audio_value(region, delay);
        let b = &mut self.regions[region].builder;
        let (low, high) = (b.float(least), b.float(most));
        let d = math::clamp(b, d, low, high);
        let (whole, fraction) = math::split(b, d);
        let one = b.int(1);
        let next = b.iadd(whole, one);
        let y = between(b, index, whole, next, fraction);
        Ok(Num::Audio(self.sig(region, y)))
    }

    fn read_const(&mut self, region: usize, line: u32, c: Const, least: f64, most: f64) -> Num {
        let d = if c.value.is_nan() { least } else { c.value.clamp(least, most) };
        let whole = d.floor();
        // A delay that is meant to be whole may miss it by the rounding of a product.
        let (whole, fraction) = match d - whole {
            f if f < 1e-6 => (whole, 0.0),
            f if f > 1.0 - 1e-6 => (whole + 1.0, 0.0),
            f => (whole, f),
        };
        let delay = |w: &mut Self, samples: f64, key: u32| match c.slot {
            None => w.regions[region].builder.int(samples as i64),
            Some(id) => {
                let key = SlotKey::Const(id | key << 30);
                w.regions[region].slot(Some(key), Fill::Seed(samples as i64))
            }
        };
        let a = delay(self, whole, 1);
        if fraction == 0.0 {
            let y = self.regions[region].builder.read_line(line, a);
            return Num::Audio(self.sig(region, y));
        }
        let b = delay(self, whole + 1.0, 2);
        let f = match c.slot {
            None => self.regions[region].builder.float(fraction),
            Some(id) => self.regions[region].slot(Some(SlotKey::Const(id | 3 << 30)), Fill::Const(fraction)),
        };
        let y = between(&mut self.regions[region].builder, line, a, b, f);
        Num::Audio(self.sig(region, y))
    }

    /// Seconds as samples of the domain.
    pub fn in_samples(&mut self, seconds: Num) -> Result<Num, Fault> {
        let rate = Num::literal(self.rate());
        match seconds {
            // One number of the text stays one slot.
            Num::Const(Const { value, slot }) => Ok(Num::Const(Const { value: value * self.rate(), slot })),
            other => self.apply(Fun::Mul, &[other, rate]),
        }
    }
}

fn between(b: &mut crate::builder::Builder, line: u32, whole: Value, next: Value, fraction: Value) -> Value {
    let x = b.read_line(line, whole);
    let y = b.read_line(line, next);
    let d = b.sub(y, x);
    b.fma(fraction, d, x)
}
