//! Edges between strips: what a `to` or a `send` carries, and how mono enters stereo.

use super::Fault;
use super::fun::Fun;
use super::value::{Num, Sig};
use super::weave::Weave;
use mixdown_analysis::mix::{PanLaw, Strip};
use std::f64::consts::FRAC_PI_4;

/// An edge on its way into a bus.
pub(super) struct Edge {
    /// Sums follow the order of (source path, `to` before `send`, place in the strip).
    pub order: (String, (u8, usize)),
    pub to: u32,
    pub sig: Sig,
    /// Level of a send in dB.
    level: Option<Num>,
    /// Written pan.
    pan: Option<Num>,
    pub mute: Option<Num>,
    pub open: bool,
    /// A send whose level is in the signal already.
    scaled: bool,
}

/// One term of a sum: which channel of the edge's signal, into which channel of the bus, with which factor.
pub(super) struct Term {
    pub from: usize,
    pub into: usize,
    pub gain: Num,
}

impl Edge {
    pub fn new(
        strip: &Strip,
        to: u32,
        sig: Sig,
        level: Option<Num>,
        pan: Option<Num>,
        order: (u8, usize),
        open: bool,
    ) -> Self {
        Edge { order: (strip.path.clone(), order), to, sig, level, pan, mute: None, open, scaled: false }
    }

    /// Channels it brings to the bus: a mono strip whose pan leaves the centre is heard in stereo.
    pub fn width(&self) -> u8 {
        let centred = |pan: &Num| matches!(pan, Num::Const(c) if c.value == 0.0);
        if self.pan.as_ref().is_none_or(centred) { self.sig.width } else { 2 }
    }
}

impl Weave<'_, '_> {
    /// Multiplies gains that move at audio rate into the signal, so that what is left for the sum moves on the grid.
    pub fn settle(&mut self, edge: &mut Edge) -> Result<(), Fault> {
        let audio = |n: &Option<Num>| matches!(n, Some(Num::Audio(_)));
        if audio(&edge.pan) {
            let terms = self.terms(edge, 2)?;
            let mut sides = Vec::new();
            for term in &terms {
                let x = self.with_audio(Num::Audio(edge.sig), |b, v| b.channel(v, term.from as u8))?;
                sides.push(self.apply(Fun::Mul, &[x, term.gain])?);
            }
            let frame = self.frame_of(sides[0], sides[1])?;
            edge.sig = self.audio(frame)?;
            (edge.level, edge.pan, edge.mute) = (None, None, None);
            return Ok(());
        }
        if audio(&edge.level)
            && let Some(level) = edge.level.take()
        {
            let gain = self.apply(Fun::Factor, &[level])?;
            let y = self.apply(Fun::Mul, &[Num::Audio(edge.sig), gain])?;
            edge.sig = self.audio(y)?;
            edge.scaled = true;
        }
        if audio(&edge.mute)
            && let Some(mute) = edge.mute.take()
        {
            let y = self.apply(Fun::Mul, &[Num::Audio(edge.sig), mute])?;
            edge.sig = self.audio(y)?;
        }
        Ok(())
    }

    /// The terms of an edge into a bus of `width` channels.
    pub fn terms(&mut self, edge: &Edge, width: u8) -> Result<Vec<Term>, Fault> {
        let mut gain = Num::literal(1.0);
        if let Some(level) = edge.level {
            gain = self.apply(Fun::Factor, &[level])?;
        }
        if let Some(mute) = edge.mute {
            gain = self.apply(Fun::Mul, &[gain, mute])?;
        }
        let both = |gain| vec![Term { from: 0, into: 0, gain }, Term { from: 1, into: 1, gain }];
        Ok(match (edge.sig.width, width) {
            (1, 1) => vec![Term { from: 0, into: 0, gain }],
            (1, _) => {
                let p = edge.pan.unwrap_or(Num::literal(0.0));
                let (l, r) = self.pan_law(p)?;
                let l = self.apply(Fun::Mul, &[gain, l])?;
                let r = self.apply(Fun::Mul, &[gain, r])?;
                vec![Term { from: 0, into: 0, gain: l }, Term { from: 0, into: 1, gain: r }]
            }
            _ => match edge.pan {
                // A send of a stereo signal with a pan of its own is balanced.
                Some(p) if edge.level.is_some() || edge.scaled => {
                    let one = Num::literal(1.0);
                    let l = self.apply(Fun::Sub, &[one, p])?;
                    let l = self.apply(Fun::Min, &[one, l])?;
                    let r = self.apply(Fun::Add, &[one, p])?;
                    let r = self.apply(Fun::Min, &[one, r])?;
                    let l = self.apply(Fun::Mul, &[gain, l])?;
                    let r = self.apply(Fun::Mul, &[gain, r])?;
                    vec![Term { from: 0, into: 0, gain: l }, Term { from: 1, into: 1, gain: r }]
                }
                _ => both(gain),
            },
        })
    }

    /// Factors of the song's pan law at `p`, -1 (left) to 1.
    fn pan_law(&mut self, p: Num) -> Result<(Num, Num), Fault> {
        let law = self.global.mix.song.pan_law;
        let one = Num::literal(1.0);
        let half = Num::literal(0.5);
        // The song's law and position are numbers of the mix: a gain, not a shape.
        let p = self.demote(p);
        let linear_left = {
            let x = self.apply(Fun::Sub, &[one, p])?;
            self.apply(Fun::Mul, &[x, half])?
        };
        let linear_right = {
            let x = self.apply(Fun::Add, &[one, p])?;
            self.apply(Fun::Mul, &[x, half])?
        };
        if law == PanLaw::Db6 {
            return Ok((linear_left, linear_right));
        }
        // The ends are exact: one side is silent there.
        let angle = |w: &mut Self, p: Num| {
            let x = w.apply(Fun::Add, &[p, one])?;
            w.apply(Fun::Mul, &[x, Num::literal(FRAC_PI_4)])
        };
        let a = angle(self, p)?;
        let sine = self.apply(Fun::Sin, &[a])?;
        let minus = self.apply(Fun::Neg, &[p])?;
        let b = angle(self, minus)?;
        let cosine = self.apply(Fun::Sin, &[b])?;
        match law {
            PanLaw::Db4_5 => {
                let l = self.apply(Fun::Mul, &[cosine, linear_left])?;
                let r = self.apply(Fun::Mul, &[sine, linear_right])?;
                let l = self.apply(Fun::Max, &[l, Num::literal(0.0)])?;
                let r = self.apply(Fun::Max, &[r, Num::literal(0.0)])?;
                Ok((self.apply(Fun::Sqrt, &[l])?, self.apply(Fun::Sqrt, &[r])?))
            }
            PanLaw::Db0 => {
                let k = Num::literal(std::f64::consts::SQRT_2);
                Ok((self.apply(Fun::Mul, &[cosine, k])?, self.apply(Fun::Mul, &[sine, k])?))
            }
            _ => Ok((cosine, sine)),
        }
    }
}
