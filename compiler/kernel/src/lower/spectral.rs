//! `spectral n { … }`: overlapping windows of the input as spectra, a gain for each bin worked out by the block, and the
//! windows with these gains back to sound.
//!
//! A region inside is a kernel like any other whose samples are bins: a frame's, one after the other, two a mix sample.
//! So what a state was one frame ago is what a line holds that is as long as a frame.
//!
//! Always true here: no latency is undone inside, so bins stay beside each other and no frame of the song's beginning is
//! left out: a frame stands where it ends, and what comes out is advanced by all of it.

use super::value::{At, Home, Num, Sig, Sym};
use super::weave::{Domain, Weave};
use super::{Fault, codes};
use crate::ir::Value;
use mixdown_analysis::body::{Block, Expr};
use mixdown_layout::{Float, Node, Read};
use mixdown_syntax::Span;

/// Bins a mix sample: a window's half, every quarter of a window.
const BINS: u32 = 2;
/// Windows there are.
const WINDOWS: std::ops::RangeInclusive<f64> = 256.0..=16_384.0;

/// Samples from one window to the next.
pub(super) fn hop(window: u32) -> u32 {
    window / 4
}

/// Spectra hear nothing of what is made of them: they belong to the part after that of their signal.
fn inside(at: At) -> At {
    At { part: at.part + 1, step: 0, ..at }
}

impl Weave<'_, '_> {
    /// The block: `input` and every signal named inside is its magnitudes, its value the gains.
    pub fn spectral(&mut self, size: &Expr, block: &Block, e: &Expr) -> Result<Sym, Fault> {
        let said = |message: String| Err(Fault::said(&codes::SPECTRAL, e.span, message));
        let n = self.num(size)?.known().unwrap_or(0.0);
        if !WINDOWS.contains(&n) || !(n as u32).is_power_of_two() || n.fract() != 0.0 {
            return said(format!("a window of {n} samples is no power of two from 256 to 16384"));
        }
        let outer = self.domain;
        if self.domains[outer].parent.is_some() {
            return said("a `spectral` block inside another block of another rate".into());
        }
        let Some(input) = self.frame(|f| f.input.clone()) else {
            return said("a `spectral` block without an `input`".into());
        };
        let input = self.sym_num(input)?;
        let input = self.audio(input)?;
        let window = n as u32;
        self.domains.push(Domain { factor: BINS, parent: Some((outer, BINS)), window: Some(window) });
        self.domain = self.domains.len() - 1;
        let (base, latency) = self.frame(|f| (f.base, f.latency));
        self.frame(|f| {
            f.base = inside(f.base);
            f.latency = 0.0;
        });
        let gains = self.block(block).and_then(|sym| self.sym_num(sym)).and_then(|n| self.audio(n));
        let inner = self.frame(|f| std::mem::replace(&mut f.latency, latency));
        self.frame(|f| f.base = base);
        self.domain = outer;
        let gains = gains?;
        if inner > 0.0 {
            return said("`latency` inside a `spectral` block".into());
        }
        Ok(Sym::Num(Num::Audio(self.synthesised(input, gains, window))))
    }

    /// The magnitudes of a signal's bins.
    pub fn analysed(&mut self, sig: Sig, domain: usize, window: u32) -> Sig {
        let path = self.path.clone();
        let from = self.streams(sig).unwrap_or_default();
        let to = self.global.streams.pair(sig.width, BINS, &path);
        for c in 0..sig.width as usize {
            let from = Read { stream: Some(from[c]), offset: sig.offset };
            self.nodes.push(Node::Analyse { size: window, from, output: to[c] });
        }
        let at = inside(sig.at);
        if self.part < at.part {
            (self.part, self.step, self.long) = (at.part, 0, 0);
        }
        Sig { home: Home::Streams(to), width: sig.width, offset: 0, at, domain }
    }

    fn synthesised(&mut self, input: Sig, gains: Sig, window: u32) -> Sig {
        let (Some(from), Some(gain)) = (self.streams(input), self.streams(gains)) else {
            return Sig { home: Home::Zero, ..input };
        };
        let path = self.path.clone();
        let width = input.width.max(gains.width);
        let to = self.global.streams.pair(width, 1, &path);
        // The streams of a mono signal are one, twice.
        for c in 0..width as usize {
            let from = Read { stream: Some(from[c]), offset: input.offset };
            let gains = Read { stream: Some(gain[c]), offset: gains.offset };
            self.nodes.push(Node::Synthesise { size: window, from, gains, output: to[c] });
        }
        let at = gains.at.max(inside(input.at));
        Sig { home: Home::Streams(to), width, offset: 0, at, domain: input.domain }.advanced(window + hop(window))
    }

    /// A state of each of `bins` bins: its line, what it was a frame ago, and how [`super::weave::Cell`] writes it.
    pub fn bin_cell(&mut self, r: usize, name: &str, width: u8, bins: u32, init: f64) -> (u32, Value, Option<(u32, Option<u32>)>) {
        let b = &mut self.regions[r].builder;
        let capacity = (bins + 2).next_power_of_two();
        let delay = b.int(i64::from(bins));
        let line = b.declare_line(name, width, capacity);
        let past = b.read_line(line, delay);
        if init == 0.0 {
            return (line, past, Some((line, None)));
        }
        let began = b.declare_line(format!("{name} began"), 1, capacity);
        let flag = b.read_line(began, delay);
        let half = b.float(0.5);
        let known = b.lt(half, flag);
        let first = b.float(init);
        let value = b.select(known, past, first);
        (line, value, Some((line, Some(began))))
    }

    /// `bin_frequency`: the middle of the bin that is being computed.
    pub fn bin_frequency(&mut self, span: Span) -> Result<Num, Fault> {
        let Some(window) = self.domains[self.domain].window else {
            return Err(Fault::said(&codes::SPECTRAL, span, "`bin_frequency` outside of a `spectral` block"));
        };
        let r = self.region(self.domain, self.base());
        let step = f64::from(self.global.mix.song.sample_rate) / f64::from(window);
        let float = self.global.float;
        let b = &mut self.regions[r].builder;
        let time = b.time();
        let mask = b.int(i64::from(window / 2 - 1));
        let bin = b.iand(time, mask);
        // Small whole numbers under the exponent at which a float counts in ones.
        let (bits, ones) = match float {
            Float::F32 => (0x4b00_0000, f64::from(1u32 << 23)),
            Float::F64 => (0x4330_0000_0000_0000, (1u64 << 52) as f64),
        };
        let bits = b.int(bits);
        let bin = b.ior(bin, bits);
        let bin = b.from_bits(bin);
        let ones = b.float(ones);
        let bin = b.sub(bin, ones);
        let (step, half) = (b.float(step), b.float(0.5 * step));
        let v = b.fma(bin, step, half);
        Ok(Num::Audio(self.sig(r, v)))
    }
}
