//! Functions of the language, as the lowering writes them.

use super::fun::Fun;
use super::region::Fill;
use super::value::{Cond, Home, Num, Sym};
use super::weave::Weave;
use super::{Fault, codes};
use crate::math;
use mixdown_analysis::body::{Builtin, Expr};
use mixdown_analysis::types::Type;
use mixdown_syntax::Span;

/// Under this share of the way a sample, times of more than 16,384 samples, `follow` keeps what its sum loses. In 32 bit
/// it would else stop short by up to 1/1024 of its value, and of longer times by more.
const SLOW: f64 = 1.0 / 16_384.0;

impl Weave<'_, '_> {
    /// A call of a function of the language.
    pub fn builtin(&mut self, builtin: Builtin, args: &[Expr], span: Span) -> Result<Sym, Fault> {
        use Builtin as B;
        if let (B::Sum | B::Min | B::Max, [Expr { ty: Type::List(_), .. }]) = (builtin, args) {
            return self.joined(builtin, &args[0]);
        }
        let simple = match builtin {
            B::Factor => Some(Fun::Factor),
            B::ToDb | B::ToDbFs => Some(Fun::ToDb),
            B::Exp => Some(Fun::Exp),
            B::Exp2 => Some(Fun::Exp2),
            B::Ln => Some(Fun::Ln),
            B::Log2 => Some(Fun::Log2),
            B::Log10 => Some(Fun::Log10),
            B::Sqrt => Some(Fun::Sqrt),
            B::Pow => Some(Fun::Pow),
            B::Sin => Some(Fun::Sin),
            B::Cos => Some(Fun::Cos),
            B::Tan => Some(Fun::Tan),
            B::Atan => Some(Fun::Atan),
            B::Tanh => Some(Fun::Tanh),
            B::Abs => Some(Fun::Abs),
            B::Sign => Some(Fun::Sign),
            B::Floor => Some(Fun::Floor),
            B::Ceil => Some(Fun::Ceil),
            B::Round => Some(Fun::Round),
            B::Trunc => Some(Fun::Trunc),
            B::Fract => Some(Fun::Fract),
            B::Min => Some(Fun::Min),
            B::Max => Some(Fun::Max),
            _ => None,
        };
        if let Some(fun) = simple {
            let values: Result<Vec<Num>, Fault> = args.iter().map(|a| self.num(a)).collect();
            return Ok(Sym::Num(self.apply(fun, &values?)?));
        }
        match builtin {
            B::LineWrite => {
                let line = self.line_of(&args[0])?;
                let x = self.num(&args[1])?;
                self.write_line(line, x, span)?;
                return Ok(Sym::Unit);
            }
            B::LineRead | B::LineReadSamples => {
                let line = self.line_of(&args[0])?;
                let t = self.num(&args[1])?;
                let samples = if builtin == B::LineRead { self.in_samples(t)? } else { t };
                return Ok(Sym::Num(self.read_line(line, samples, args[1].span)?));
            }
            B::Len => return Ok(Sym::literal(self.list(&args[0])?.len() as f64)),
            B::Response => return self.recorded(args, span),
            B::Normalised => return self.normalised(&args[0]),
            B::Reversed => return self.reversed(&args[0]),
            B::LinearPhase | B::MinimumPhase => return self.designed(&args[0], builtin == B::MinimumPhase),
            B::Fir => return self.fir(&args[0], &args[1], span),
            B::BinFrequency => return Ok(Sym::Num(self.bin_frequency(span)?)),
            B::SampleRate => return Ok(Sym::literal(self.rate())),
            B::White => return self.white(),
            B::Moves => return Ok(Sym::Cond(Cond::Const(self.num(&args[0])?.known().is_none()))),
            _ => {}
        }
        let values: Result<Vec<Num>, Fault> = args.iter().map(|a| self.num(a)).collect();
        let x = values?;
        Ok(Sym::Num(match builtin {
            B::Clamp => {
                let low = self.apply(Fun::Max, &[x[0], x[1]])?;
                self.apply(Fun::Min, &[low, x[2]])?
            }
            B::Loudest => match x[0] {
                Num::Audio(_) => self.with_audio(x[0], |b, v| {
                    let a = b.abs(v);
                    if b.type_of(a).width == 1 {
                        return a;
                    }
                    let (l, r) = (b.channel(a, 0), b.channel(a, 1));
                    b.max(l, r)
                })?,
                n => self.apply(Fun::Abs, &[n])?,
            },
            B::Sum => self.join(x[0], 1.0)?,
            B::Mono => self.join(x[0], 0.5)?,
            B::Left => self.channel(x[0], 0)?,
            B::Right => self.channel(x[0], 1)?,
            B::Frame => self.frame_of(x[0], x[1])?,
            B::Channels => Num::literal(match x[0] {
                Num::Audio(s) => f64::from(s.width),
                _ => 1.0,
            }),
            B::EachSample => match x[0] {
                n @ Num::Control(_) => Num::Audio(self.audio(n)?),
                n => n,
            },
            B::Follow => self.follow(x[0], x[1], x[2])?,
            B::SoftKnee => self.soft_knee(x[0], x[1])?,
            B::Control => match x[0] {
                Num::Audio(_) => {
                    return Err(Fault::said(&codes::AUDIO_TO_CONTROL, span, "`control` of a signal at audio rate"));
                }
                n => n,
            },
            _ => return Err(Fault::inside("a function without a meaning")),
        }))
    }

    /// `sum`, `min` and `max` of a list: its elements joined from the first to the last.
    fn joined(&mut self, builtin: Builtin, list: &Expr) -> Result<Sym, Fault> {
        let fun = match builtin {
            Builtin::Sum => Fun::Add,
            Builtin::Min => Fun::Min,
            _ => Fun::Max,
        };
        let mut all: Option<Num> = None;
        for item in self.list(list)? {
            let item = self.sym_num(item).map_err(|f| f.at(list.span))?;
            all = Some(match all {
                Some(before) => self.apply(fun, &[before, item])?,
                None => item,
            });
        }
        match all {
            Some(all) => Ok(Sym::Num(all)),
            None if fun == Fun::Add => Ok(Sym::literal(0.0)),
            None => Err(Fault::said(&codes::INDEX, list.span, "an empty list has no least and no greatest element")),
        }
    }

    fn line_of(&mut self, e: &Expr) -> Result<usize, Fault> {
        match self.place_of(e)? {
            Sym::Line(l) => Ok(l),
            _ => Err(Fault::inside("a delay line is wanted here").at(e.span)),
        }
    }

    fn join(&mut self, x: Num, scale: f64) -> Result<Num, Fault> {
        let Num::Audio(sig) = x else { return Ok(x) };
        if sig.width == 1 {
            return Ok(x);
        }
        self.with_audio(x, |b, v| {
            let (l, r) = (b.channel(v, 0), b.channel(v, 1));
            let s = b.add(l, r);
            if scale == 1.0 {
                return s;
            }
            let k = b.float(scale);
            b.mul(s, k)
        })
    }

    fn channel(&mut self, x: Num, c: u8) -> Result<Num, Fault> {
        match x {
            Num::Audio(_) => self.with_audio(x, |b, v| b.channel(v, c)),
            n => Ok(n),
        }
    }

    /// `y += (y < x ? attack : release) * (x - y)` with coefficients `1 - exp(-1/(time * rate))`, which is the time to
    /// 63 %.
    fn follow(&mut self, x: Num, attack: Num, release: Num) -> Result<Num, Fault> {
        let up = self.coefficient(attack)?;
        let down = self.coefficient(release)?;
        let mut x = self.audio(x)?;
        for n in [up, down] {
            if let Num::Audio(s) = n {
                x.at = x.at.max(self.localize(s)?.at);
            }
        }
        self.frame(|f| f.ordinal += 1);
        let path = self.frame(|f| format!("{}.follow{}", f.path, f.ordinal));
        let cell = self.new_cell(&path, x.width, x.at, 0.0);
        // Slow steps are smaller than what a sum rounds off: a follower that lost them would stop short of its goal.
        let slow = [up, down].iter().any(|c| c.known().is_some_and(|c| c < SLOW));
        let lost = slow.then(|| self.new_cell(&format!("{path}.lost"), x.width, x.at, 0.0));
        let y = Num::Audio(self.cell(cell));
        let x = Num::Audio(x);
        let rising = self.compare(super::fun::Test::Lt, y, x)?;
        let c = self.select(rising, up, down)?;
        let d = self.apply(Fun::Sub, &[x, y])?;
        if let Some(lost) = lost {
            let rest = Num::Audio(self.cell(lost));
            let step = self.apply(Fun::Fma, &[c, d, rest])?;
            self.keep(cell, lost, step)?;
        } else {
            let next = self.apply(Fun::Fma, &[c, d, y])?;
            self.assign(cell, next)?;
        }
        Ok(Num::Audio(self.cell(cell)))
    }

    fn coefficient(&mut self, time: Num) -> Result<Num, Fault> {
        let rate = Num::literal(self.rate());
        let n = self.apply(Fun::Mul, &[time, rate])?;
        let n = self.apply(Fun::Max, &[n, Num::literal(1e-9)])?;
        let e = self.apply(Fun::Div, &[Num::literal(-1.0), n])?;
        let e = self.apply(Fun::Exp, &[e])?;
        self.apply(Fun::Sub, &[Num::literal(1.0), e])
    }

    /// Giannoulis et al. 2012: 0 under the knee, `(over + knee/2)² / (2 knee)` in it, `over` above. Written as
    /// `t² / (2 knee) + max(over - knee/2, 0)` with `t = clamp(over + knee/2, 0, knee)`.
    fn soft_knee(&mut self, over: Num, knee: Num) -> Result<Num, Fault> {
        let zero = Num::literal(0.0);
        let half = self.apply(Fun::Mul, &[knee, Num::literal(0.5)])?;
        let twice = self.apply(Fun::Mul, &[knee, Num::literal(2.0)])?;
        let twice = self.apply(Fun::Max, &[twice, Num::literal(1e-9)])?;
        let scale = self.apply(Fun::Div, &[Num::literal(1.0), twice])?;
        let t = self.apply(Fun::Add, &[over, half])?;
        let t = self.apply(Fun::Max, &[t, zero])?;
        let t = self.apply(Fun::Min, &[t, knee])?;
        let above = self.apply(Fun::Sub, &[over, half])?;
        let above = self.apply(Fun::Max, &[above, zero])?;
        let u = self.apply(Fun::Mul, &[t, scale])?;
        self.apply(Fun::Fma, &[u, t, above])
    }

    /// Uniform noise: a hash of the song's seed, the path, the call and the timeline sample.
    fn white(&mut self) -> Result<Sym, Fault> {
        self.frame(|f| f.ordinal += 1);
        let name = self.frame(|f| format!("{}#{}", f.path, f.ordinal));
        let seed = seed(self.global.mix.song.seed, &format!("{}/{name}", self.path));
        let at = self.base();
        let r = self.region(self.domain, at);
        let seed = self.regions[r].slot(None, Fill::Seed(i64::from(seed)));
        let b = &mut self.regions[r].builder;
        let time = b.time();
        let v = math::noise(b, time, seed);
        let sig = self.sig(r, v);
        debug_assert!(matches!(sig.home, Home::Kernel(..)));
        Ok(Sym::Num(Num::Audio(sig)))
    }
}

/// FNV-1a over the seed and the path, cut to 31 bits so that it is the same number in 32- and 64-bit kernels.
fn seed(song: u64, path: &str) -> u32 {
    let mut h = 0xcbf2_9ce4_8422_2325u64;
    for b in song.to_le_bytes().into_iter().chain(path.bytes()) {
        h = (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3);
    }
    ((h ^ (h >> 32)) as u32) & 0x7fff_ffff
}
