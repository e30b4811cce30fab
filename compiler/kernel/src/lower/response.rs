//! Convolutions: what they do is written down here, what it comes to is worked out by who has the files, and a node of
//! the engine runs it.
//!
//! Always true here: a convolution hears nothing of what it makes, so its result belongs to a part of its own, the next
//! after that of its input.

use super::value::{At, Home, Num, Sig, Sym};
use super::weave::Weave;
use super::{Fault, codes};
use mixdown_analysis::body::Expr;
use mixdown_layout::{Node, Read};
use mixdown_syntax::Span;

/// Zeros (at the file's rate, at least) before a response whose rate is changed: what the filter of the change rings
/// before the first sample.
const LEAD: u64 = 64;
/// How far a response may be shortened and stretched, in hundredths.
const LEAST_STRETCH: f64 = 25.0;
/// See [`LEAST_STRETCH`].
const MOST_STRETCH: f64 = 400.0;

/// How an impulse response is made.
#[derive(Clone, Debug, PartialEq)]
pub enum Recipe {
    /// From a file.
    Recorded {
        /// Index into [`mixdown_analysis::mix::Mix::files`].
        file: u32,
        /// Left out at its front, in seconds.
        skip: f64,
        /// At most so long, in seconds.
        length: f64,
        /// It ends where this part of its energy is left (dB).
        trim: f64,
        /// How many times as long it is made, its pitch with it, in whole hundredths.
        stretch: f64,
    },
    /// From levels (dB) at equal steps from 0 Hz to half the rate.
    Designed {
        /// The levels.
        levels: Vec<f64>,
        /// Without latency.
        minimum_phase: bool,
    },
    /// Another one, with an energy of 1.
    Normalised(Box<Recipe>),
    /// Another one, its end first.
    Reversed(Box<Recipe>),
}

impl Recipe {
    /// The file it begins with.
    pub(super) fn file_mut(&mut self) -> Option<&mut u32> {
        match self {
            Recipe::Recorded { file, .. } => Some(file),
            Recipe::Designed { .. } => None,
            Recipe::Normalised(of) | Recipe::Reversed(of) => of.file_mut(),
        }
    }

    /// The same, to read.
    pub(super) fn file(&self) -> Option<u32> {
        match self {
            Recipe::Recorded { file, .. } => Some(*file),
            Recipe::Designed { .. } => None,
            Recipe::Normalised(of) | Recipe::Reversed(of) => of.file(),
        }
    }
}

/// What a convolution of the program does.
#[derive(Clone, Debug, PartialEq)]
pub struct ResponseSpec {
    /// How it is made.
    pub recipe: Recipe,
    /// At which rate it is used.
    pub rate: u32,
    /// For a signal of how many channels.
    pub width: u8,
    /// Zeros that stand before a file, at its own rate, and samples at `rate` that they become: the response rings
    /// before its first sample where its rate is changed, and is used so much later.
    pub lead: (u64, u64),
    /// How long it is at the most, in mix samples.
    pub samples: u64,
}

impl Weave<'_, '_> {
    /// `response(file, skip, length, trim, stretch)`.
    pub fn recorded(&mut self, args: &[Expr], span: Span) -> Result<Sym, Fault> {
        let Sym::File(file) = self.expr(&args[0])? else {
            return Err(Fault::inside("a file is wanted here").at(span));
        };
        let [skip, length, trim, stretch] = [&args[1], &args[2], &args[3], &args[4]].map(|e| self.fixed(e));
        let stretch = (stretch? * 100.0).round().clamp(LEAST_STRETCH, MOST_STRETCH) / 100.0;
        Ok(Sym::Response(Box::new(Recipe::Recorded { file, skip: skip?, length: length?, trim: trim?, stretch })))
    }

    /// `normalised(response)`.
    pub fn normalised(&mut self, e: &Expr) -> Result<Sym, Fault> {
        match self.expr(e)? {
            Sym::Response(recipe) => Ok(Sym::Response(Box::new(Recipe::Normalised(recipe)))),
            _ => Err(Fault::inside("a response is wanted here").at(e.span)),
        }
    }

    /// `reversed(response)`.
    pub fn reversed(&mut self, e: &Expr) -> Result<Sym, Fault> {
        match self.expr(e)? {
            Sym::Response(recipe) => Ok(Sym::Response(Box::new(Recipe::Reversed(recipe)))),
            _ => Err(Fault::inside("a response is wanted here").at(e.span)),
        }
    }

    /// `linear_phase(levels)`, `minimum_phase(levels)`.
    pub fn designed(&mut self, e: &Expr, minimum_phase: bool) -> Result<Sym, Fault> {
        let levels: Option<Vec<f64>> = self.list(e)?.iter().map(|sym| self.known(sym)).collect();
        match levels {
            Some(levels) => Ok(Sym::Response(Box::new(Recipe::Designed { levels, minimum_phase }))),
            None => Err(Fault::said(&codes::NOT_CONST, e.span, "the levels of a filter must be constant")),
        }
    }

    fn fixed(&mut self, e: &Expr) -> Result<f64, Fault> {
        let message = "what a response is made of must be constant";
        self.num(e)?.known().ok_or_else(|| Fault::said(&codes::NOT_CONST, e.span, message))
    }

    /// `fir(x, response)`.
    pub fn fir(&mut self, x: &Expr, response: &Expr, span: Span) -> Result<Sym, Fault> {
        let x = self.num(x)?;
        let Sym::Response(recipe) = self.expr(response)? else {
            return Err(Fault::inside("a response is wanted here").at(span));
        };
        if self.domains[self.domain].window.is_some() {
            return Err(Fault::said(&codes::SPECTRAL, span, "a convolution inside a `spectral` block"));
        }
        let sig = self.audio(x)?;
        let (spec, width) = self.spec(*recipe, sig.width, span)?;
        let late = spec.lead.1;
        let response = index_of(&mut self.global.responses, &spec);
        let outer = self.domains[self.domain].factor;
        let path = match self.frames.last() {
            Some(f) if !f.path.is_empty() => format!("{}/{}", self.path, f.path),
            _ => self.path.clone(),
        };
        let Some(from) = self.streams(sig) else {
            return Ok(Sym::Num(Num::Audio(Sig { home: Home::Zero, width, ..sig })));
        };
        let from = from[..sig.width as usize].iter().map(|s| Read { stream: Some(*s), offset: sig.offset }).collect();
        let to = self.global.streams.pair(width, outer, &path);
        self.nodes.push(Node::Convolve { path, response, from, outputs: to[..width as usize].to_vec() });
        let at = At { lag: sig.at.lag, part: sig.at.part + 1, step: 0 };
        if self.part < at.part {
            (self.part, self.step, self.long) = (at.part, 0, 0);
        }
        let sig = Sig { home: Home::Streams(to), width, offset: 0, at, domain: sig.domain };
        Ok(Sym::Num(Num::Audio(if late > 0 { self.advance_inside(sig, late as f64) } else { sig })))
    }

    /// What a response comes to for a signal of `width` channels, and how many come out.
    fn spec(&mut self, recipe: Recipe, width: u8, span: Span) -> Result<(ResponseSpec, u8), Fault> {
        let outer = self.domains[self.domain].factor;
        let rate = self.global.mix.song.sample_rate * outer;
        let mut inner = &recipe;
        while let Recipe::Normalised(other) | Recipe::Reversed(other) = inner {
            inner = other;
        }
        let (lead, samples, out) = match inner {
            Recipe::Designed { levels, .. } => ((0, 0), 2 * levels.len() as u64, width),
            Recipe::Normalised(_) | Recipe::Reversed(_) => return Err(Fault::inside("a response without an end").at(span)),
            Recipe::Recorded { file, length, stretch, .. } => {
                let Some(facts) = self.global.mix.files.get(*file as usize) else {
                    return Err(Fault::inside("a response names no file of the mix").at(span));
                };
                let not = |what: String| Fault::said(&codes::RESPONSE_CHANNELS, facts.span, format!("`{}` {what}", facts.path));
                if facts.frames == 0 || facts.rate == 0 {
                    return Err(not("holds no audio to convolve with".into()));
                }
                let out = match (facts.channels, width) {
                    (1, width) => width,
                    (2, _) | (4, 2) => 2,
                    (4, _) => return Err(self.wants_stereo(facts.span)),
                    (n, _) => return Err(not(format!("has {n} channels, and an impulse response has 1, 2 or 4"))),
                };
                let made = stretched(rate, *stretch);
                let lead = if facts.rate == made { (0, 0) } else { lead(facts.rate, made) };
                let whole = u128::from(facts.frames) * u128::from(made) / u128::from(facts.rate);
                let samples = (whole as f64).min(length * f64::from(rate)) as u64 + 3 * lead.1;
                (lead, samples, out)
            }
        };
        Ok((ResponseSpec { recipe, rate, width, lead, samples: samples.div_ceil(u64::from(outer)) }, out))
    }
}

/// The rate at which a file has so many times the samples.
pub fn stretched(rate: u32, stretch: f64) -> u32 {
    (f64::from(rate) * stretch).round() as u32
}

/// The fewest zeros from [`LEAD`] on that become whole samples at another rate, and how many.
fn lead(from: u32, to: u32) -> (u64, u64) {
    let (mut a, mut b) = (u64::from(from), u64::from(to));
    while b > 0 {
        (a, b) = (b, a % b);
    }
    let (zeros, samples) = (u64::from(from) / a, u64::from(to) / a);
    let times = LEAD.div_ceil(zeros.min(samples));
    (zeros * times, samples * times)
}

/// The number of a response, equal ones once.
pub(super) fn index_of(list: &mut Vec<ResponseSpec>, spec: &ResponseSpec) -> u32 {
    list.iter().position(|known| known == spec).unwrap_or_else(|| {
        list.push(spec.clone());
        list.len() - 1
    }) as u32
}

#[cfg(test)]
mod tests {
    use super::lead;

    #[test]
    fn leads_are_whole_on_both_sides() {
        assert_eq!(lead(44_100, 48_000), (147, 160));
        assert_eq!(lead(96_000, 48_000), (128, 64));
        assert_eq!(lead(48_000, 192_000), (64, 256));
    }
}
