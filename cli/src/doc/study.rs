//! What a subject turns out to be when it is probed: what fits it, whether it is linear and steady, whether it rings.

use super::bench::{Bench, FS, Fault, PROBE, Patch, Planes};
use super::signals::{both, difference, factor, pink, rms, sine, white};
use super::subject::Subject;
use crate::exit::Stop;
use mixdown_kernel::lower::codes::WANTS_STEREO;
use mixdown_layout::Float;
use mixdown_meter::spectrum::gains;

/// Samples of silence before an impulse: what comes early is seen too.
pub const BEFORE: usize = 4800;
/// Points of a transform of noise.
const SIZE: usize = 16_384;

/// A subject on the bench.
pub struct Study<'a> {
    /// Where it was built.
    pub bench: &'a Bench<'a>,
    /// What is measured.
    pub patch: Patch,
    /// Channels that go in; 0 is a generator.
    pub width: u32,
    /// Channels that come out of one, where one is taken.
    pub from_mono: Option<usize>,
    /// Channels that come out of two.
    pub from_stereo: Option<usize>,
    /// What an impulse becomes; nothing for a generator.
    pub paths: Paths,
    /// How it treats what goes in.
    pub nature: Nature,
}

/// How it treats what goes in.
#[derive(Clone, Copy, Debug)]
pub struct Nature {
    /// Louder in is as much louder out, and turned over in is turned over out.
    pub linear: bool,
    /// Later in is later out and nothing else.
    pub steady: bool,
    /// Noise, loud and soft, comes out as it went in: it waits for something that is broken.
    pub idle: bool,
}

/// What each output makes of an impulse on one input: `paths[input][output]`, from [`BEFORE`] on the impulse itself.
pub struct Paths(pub Vec<Planes>);

impl<'a> Study<'a> {
    /// Builds the subject in every width that it takes; stereo is what is measured where it is taken.
    ///
    /// # Errors
    /// It cannot be called at all.
    pub fn of(bench: &'a Bench<'a>, subject: &Subject) -> Result<Study<'a>, Fault> {
        let call = subject.bare();
        let built = |width| bench.track(&subject.around, &call, width, Float::F64);
        if subject.is_source {
            return Study::probed(bench, built(0)?, 0, None, None);
        }
        let mono = match built(1) {
            Ok(patch) => Some(patch),
            Err(Fault::Said(code, _)) if code == WANTS_STEREO.code => None,
            // What hears nothing may still be a source.
            Err(Fault::Said(code, message)) => {
                let patch = built(0).map_err(|_| Fault::Said(code, message))?;
                return Study::probed(bench, patch, 0, None, None);
            }
            Err(stopped) => return Err(stopped),
        };
        let from_mono = mono.as_ref().map(Patch::width);
        match (built(2), mono) {
            (Ok(patch), _) => {
                let from_stereo = Some(patch.width());
                Study::probed(bench, patch, 2, from_mono, from_stereo)
            }
            (Err(Fault::Said(..)), Some(patch)) => Study::probed(bench, patch, 1, from_mono, None),
            (Err(fault), _) => Err(fault),
        }
    }

    fn probed(bench: &'a Bench<'a>, patch: Patch, width: u32, from_mono: Option<usize>, from_stereo: Option<usize>) -> Result<Study<'a>, Fault> {
        let nature = Nature { linear: true, steady: true, idle: false };
        let mut study = Study { bench, patch, width, from_mono, from_stereo, paths: Paths(Vec::new()), nature };
        if width > 0 {
            study.nature = study.treated()?;
            study.paths = study.impulses()?;
        }
        Ok(study)
    }

    /// What comes late is worth a picture in time; where an effect also moves, a short delay is its means and not its
    /// purpose.
    pub fn rings(&self) -> bool {
        let late = if self.nature.steady { 0.015 } else { 0.06 };
        self.width > 0 && self.paths.part_after(BEFORE + (late * FS) as usize) > 0.1
    }

    /// Nothing comes when the sound does: what is heard is only what follows it.
    pub fn only_follows(&self) -> bool {
        self.rings() && self.paths.part_after(BEFORE + 48) > 0.99
    }

    /// What comes out.
    ///
    /// # Errors
    /// The engine's.
    pub fn hear(&self, x: &Planes) -> Result<Planes, Stop> {
        let frames = x.first().map_or(0, Vec::len);
        self.patch.hear(self.bench.project, &[(PROBE, x)], frames)
    }

    /// What a source plays in so many seconds.
    ///
    /// # Errors
    /// The engine's.
    pub fn play(&self, seconds: f64) -> Result<Planes, Stop> {
        self.patch.hear(self.bench.project, &[], (seconds * FS) as usize)
    }

    /// Noise as loud as can be: as it is, a thousandth of it, turned over, later, and with other noise.
    ///
    /// # Errors
    /// The engine's.
    fn treated(&self) -> Result<Nature, Stop> {
        const LATE: usize = 5333;
        let x: Planes = (0..self.width.max(1)).map(|c| white(u64::from(c), FS as usize)).collect();
        let times = |x: &Planes, k: f64| -> Planes { x.iter().map(|c| c.iter().map(|v| v * k).collect()).collect() };
        let late: Planes = x.iter().map(|c| [vec![0.0; LATE], c[..c.len() - LATE].to_vec()].concat()).collect();
        let y = self.hear(&x)?;
        let low = times(&self.hear(&times(&x, 1e-3))?, 1e3);
        let soft = difference(&y, &low);
        let idle = y.len() == x.len() && difference(&y, &x).max(difference(&low, &x)) < -60.0;
        let over = difference(&y, &times(&self.hear(&times(&x, -1.0))?, -1.0));
        let moved: Planes = self.hear(&late)?.into_iter().map(|c| c[LATE..].to_vec()).collect();
        // Bursts that are heard with it or alone.
        let bursts: Planes = x.iter().map(|c| c.iter().rev().enumerate().map(|(i, v)| if i / 2400 % 3 == 1 { *v } else { 0.0 }).collect()).collect();
        let sum = |a: &Planes, b: &Planes| -> Planes { a.iter().zip(b).map(|(a, b)| a.iter().zip(b).map(|(a, b)| a + b).collect()).collect() };
        let together = difference(&self.hear(&sum(&x, &bursts))?, &sum(&y, &self.hear(&bursts)?));
        // What hears ahead finds another end.
        let middle = |planes: &Planes| -> Planes { planes.iter().map(|c| c[..FS as usize / 2].to_vec()).collect() };
        let steady = difference(&middle(&y), &middle(&moved)) < -60.0;
        Ok(Nature { linear: soft.max(over).max(together) < -60.0, steady, idle })
    }

    /// Impulses, one input after the other; as long as it takes to be 70 dB down, half a minute at the most.
    ///
    /// # Errors
    /// The engine's.
    fn impulses(&self) -> Result<Paths, Stop> {
        let mut seconds = 2.5;
        loop {
            let frames = (seconds * FS) as usize + BEFORE;
            let mut paths = Vec::new();
            for input in 0..self.width as usize {
                let mut x = vec![vec![0.0; frames]; self.width as usize];
                x[input][BEFORE] = 1.0;
                paths.push(self.hear(&x)?);
            }
            let energy = |from: usize| paths.iter().flatten().map(|p| p[from..].iter().map(|x| x * x).sum::<f64>()).sum::<f64>();
            if seconds > 20.0 || energy(frames / 2) <= 1e-7 * energy(0) {
                return Ok(Paths(paths));
            }
            seconds *= 2.5;
        }
    }

    /// The gain at every frequency (bins of [`Study::bin`] Hz) for pink noise of a level (dB RMS), middle in, first channel
    /// out.
    ///
    /// # Errors
    /// The engine's.
    pub fn noise_gains(&self, level: f64) -> Result<Vec<f64>, Stop> {
        let x: Vec<f64> = pink(7, 3 * FS as usize).into_iter().map(|x| x * factor(level)).collect();
        let y = self.hear(&both(x.clone(), self.width))?;
        let from = FS as usize / 2;
        Ok(gains(&x[from..], &y[0][from..], SIZE))
    }

    /// Hertz from one bin of [`Study::noise_gains`] to the next.
    pub fn bin() -> f64 {
        FS / SIZE as f64
    }

    /// The tone that comes out of a tone that has stood for a while, on the first channel: its last fifth of a second.
    ///
    /// # Errors
    /// The engine's.
    pub fn steady_tone(&self, freq: f64, level: f64, seconds: f64) -> Result<Vec<f64>, Stop> {
        let frames = (seconds * FS) as usize;
        let y = self.hear(&both(sine(freq, factor(level), frames), self.width))?;
        Ok(y.into_iter().next().map_or(Vec::new(), |c| c[frames - FS as usize / 5..].to_vec()))
    }
}

impl Paths {
    /// What comes out of a channel when both inputs get the impulse.
    pub fn joined(&self, output: usize) -> Vec<f64> {
        let mut sum = self.0[0][output].clone();
        for other in &self.0[1..] {
            for (s, x) in sum.iter_mut().zip(&other[output]) {
                *s += x;
            }
        }
        sum
    }

    /// Channels that come out.
    pub fn outputs(&self) -> usize {
        self.0.first().map_or(0, Vec::len)
    }

    /// Part of the energy that comes from a frame on.
    fn part_after(&self, frame: usize) -> f64 {
        let energy = |from: usize| self.0.iter().flatten().map(|p| p.get(from..).unwrap_or_default().iter().map(|x| x * x).sum::<f64>()).sum::<f64>();
        let all = energy(0);
        if all > 0.0 { energy(frame) / all } else { 0.0 }
    }

    /// What comes out when all inputs get the impulse: one way where the outputs are alike.
    pub fn outputs_joined(&self) -> Vec<(String, Vec<f64>)> {
        let all: Vec<Vec<f64>> = (0..self.outputs()).map(|c| self.joined(c)).collect();
        let apart = |a: &[f64], b: &[f64]| difference(&[a.to_vec()], &[b.to_vec()]) > -120.0;
        match &all[..] {
            [left, right] if apart(left, right) => vec![("left".into(), left.clone()), ("right".into(), right.clone())],
            [first, ..] => vec![(String::new(), first.clone())],
            [] => Vec::new(),
        }
    }

    /// Nothing comes out of a single sample.
    pub fn are_silent(&self) -> bool {
        self.0.iter().flatten().all(|p| rms(p) < 1e-9)
    }

    /// What stands for all of them: one way where each channel is treated alone and alike, middle and side where the
    /// channels are alike, else each way that carries something.
    pub fn ways(&self) -> Vec<(String, Vec<f64>)> {
        let p = &self.0;
        let loudest = p.iter().flatten().map(|x| rms(x)).fold(0.0, f64::max);
        let same = |a: &[f64], b: &[f64]| rms(&a.iter().zip(b).map(|(a, b)| a - b).collect::<Vec<_>>()) <= loudest * 1e-6;
        let nothing = |a: &[f64]| rms(a) <= loudest * 1e-6;
        if p.len() == 1 {
            let alike = p[0].len() == 1 || same(&p[0][0], &p[0][1]);
            let both = [("left", 0), ("right", 1)].map(|(name, c)| (name.to_string(), p[0].get(c).cloned().unwrap_or_default()));
            return if alike { vec![(String::new(), p[0][0].clone())] } else { both.to_vec() };
        }
        if self.outputs() == 1 {
            return vec![(String::new(), self.joined(0))];
        }
        let (ll, lr, rl, rr) = (&p[0][0], &p[0][1], &p[1][0], &p[1][1]);
        if same(ll, rr) && nothing(lr) && nothing(rl) {
            return vec![(String::new(), ll.clone())];
        }
        if same(ll, rr) && same(lr, rl) {
            let side = ll.iter().zip(rl).map(|(a, b)| a - b).collect();
            return vec![("middle".into(), self.joined(0)), ("side".into(), side)];
        }
        if nothing(lr) && nothing(rl) {
            return vec![("left".into(), ll.clone()), ("right".into(), rr.clone())];
        }
        if same(ll, rl) && same(lr, rr) {
            return vec![("to the left".into(), self.joined(0)), ("to the right".into(), self.joined(1))];
        }
        let ways = [("L to L", ll), ("L to R", lr), ("R to L", rl), ("R to R", rr)];
        ways.into_iter().filter(|(_, x)| !nothing(x)).map(|(name, x)| (name.to_string(), x.clone())).collect()
    }
}
