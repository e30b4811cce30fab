//! Clips on the timeline, summed to one source.
//!
//! Always true here: everything is exact to the sample, and what a frame is hangs on its place alone, not on how
//! the frames before it were read. Frame `j` of a clip, counted from its start over all passes, is the source's
//! frame times `gain * fade_in(j) * fade_out(j)`, a factor worked out in 64 bits; clips are added in their order.

use crate::sample::Sample;
use crate::source::SourceReader;

/// Shape of a fade over `u` from 0 to 1. A fade in and a fade out of one length that overlap add up to 1, in
/// amplitude ([`Fade::Linear`], [`Fade::Smooth`]) or in power ([`Fade::Power`]).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fade {
    /// `u`.
    #[default]
    Linear,
    /// `sin(u π/2)`.
    Power,
    /// `3u² - 2u³`.
    Smooth,
}

impl Fade {
    fn at(self, u: f64) -> f64 {
        match self {
            Fade::Linear => u,
            Fade::Power => libm::sin(u * std::f64::consts::FRAC_PI_2),
            Fade::Smooth => u * u * (3.0 - 2.0 * u),
        }
    }
}

/// A piece of a source on the timeline. All times in frames.
pub struct Clip<S: Sample> {
    /// What is played, at frame 0. It is sought where the clip needs it.
    pub source: Box<dyn SourceReader<S>>,
    /// Timeline sample of the first frame; what lies before 0 is not heard.
    pub at: i64,
    /// First frame of the source that is played (the last one, reversed).
    pub from: u64,
    /// Frames of one pass, zeros where the source is shorter; `None` to the source's end.
    pub length: Option<u64>,
    /// Passes, one after the other.
    pub repeat: u32,
    /// Played backwards.
    pub reverse: bool,
    /// Factor.
    pub gain: f64,
    /// Frames over which it comes, from silence at its first frame.
    pub fade_in: u64,
    /// Frames over which it goes, reaching silence just after its last frame.
    pub fade_out: u64,
    /// Shape of both.
    pub fade: Fade,
}

impl<S: Sample> Clip<S> {
    /// The whole source at a place.
    pub fn new(source: Box<dyn SourceReader<S>>, at: i64) -> Self {
        Clip {
            source,
            at,
            from: 0,
            length: None,
            repeat: 1,
            reverse: false,
            gain: 1.0,
            fade_in: 0,
            fade_out: 0,
            fade: Fade::Linear,
        }
    }
}

/// Frames fetched at once; playing backwards seeks that far back each time.
const CHUNK: usize = 4096;

/// A clip being played.
struct Voice<S: Sample> {
    clip: Clip<S>,
    /// Frames of one pass, and of all; `u64::MAX` where a source has no end.
    pass: u64,
    total: u64,
    /// The source's next frame.
    next: u64,
    /// Frames of the source, a vector a channel: playing backwards, those from `held` on.
    chunk: Vec<Vec<S>>,
    held: std::ops::Range<u64>,
}

/// Several clips as one source. A mono clip among stereo ones stands in both channels.
pub struct ClipReader<S: Sample> {
    voices: Vec<Voice<S>>,
    channels: usize,
    end: Option<u64>,
    at: u64,
}

impl<S: Sample> ClipReader<S> {
    /// Fails where a clip repeats, turns around or fades out but nobody knows its length.
    pub fn new(clips: Vec<Clip<S>>) -> Result<Self, String> {
        let channels = clips.iter().map(|c| c.source.channels()).max().unwrap_or(1);
        let voices = clips.into_iter().map(Voice::new).collect::<Result<Vec<_>, _>>()?;
        let ends = voices.iter().map(|v| (v.total != u64::MAX).then(|| v.end().max(0) as u64));
        let end = ends.collect::<Option<Vec<u64>>>().map(|ends| ends.into_iter().max().unwrap_or(0));
        Ok(ClipReader { voices, channels, end, at: 0 })
    }
}

impl<S: Sample> SourceReader<S> for ClipReader<S> {
    fn channels(&self) -> usize {
        self.channels
    }

    fn frames(&self) -> Option<u64> {
        self.end
    }

    fn read(&mut self, out: &mut [&mut [S]]) -> Result<usize, String> {
        let asked = out.first().map_or(0, |o| o.len());
        let left = self.end.map_or(u64::MAX, |end| end.saturating_sub(self.at));
        let frames = asked.min(usize::try_from(left).unwrap_or(usize::MAX));
        out.iter_mut().for_each(|o| o[..frames].fill(S::ZERO));
        for voice in &mut self.voices {
            voice.add(self.at as i64, frames, out)?;
        }
        self.at += frames as u64;
        Ok(frames)
    }

    fn seek(&mut self, frame: u64) -> Result<(), String> {
        self.at = frame;
        Ok(())
    }
}

impl<S: Sample> Voice<S> {
    fn new(clip: Clip<S>) -> Result<Self, String> {
        let rest = clip.source.frames().map(|f| f.saturating_sub(clip.from));
        let pass = clip.length.or(rest).unwrap_or(u64::MAX);
        if pass == u64::MAX && (clip.repeat != 1 || clip.reverse || clip.fade_out > 0) {
            return Err("a clip of unknown length cannot be repeated, reversed or faded out: give it a length".into());
        }
        let total = pass.saturating_mul(u64::from(clip.repeat));
        let channels = clip.source.channels();
        Ok(Voice { clip, pass, total, next: 0, chunk: vec![vec![S::ZERO; CHUNK]; channels], held: 0..0 })
    }

    /// Timeline sample after its last frame.
    fn end(&self) -> i64 {
        self.clip.at.saturating_add_unsigned(self.total)
    }

    /// Adds what it plays of the timeline's `frames` frames from `at` on.
    fn add(&mut self, at: i64, frames: usize, out: &mut [&mut [S]]) -> Result<(), String> {
        let from = at.max(self.clip.at);
        let to = at.saturating_add_unsigned(frames as u64).min(self.end());
        let mut now = from;
        while now < to {
            let j = now.abs_diff(self.clip.at);
            let inside = j % self.pass;
            let run = ((to - now) as u64).min(self.pass - inside).min(CHUNK as u64);
            let (first, run) = self.fetch(inside, run as usize)?;
            let place = (now - at) as usize;
            for (c, out) in out.iter_mut().enumerate() {
                let Some(chunk) = self.chunk.get(c.min(self.chunk.len() - 1)) else { continue };
                self.mix(&mut out[place..place + run], &chunk[first..first + run], j);
            }
            now += run as i64;
        }
        Ok(())
    }

    /// Adds frames of a chunk, the first of which is frame `j` of the clip.
    fn mix(&self, out: &mut [S], chunk: &[S], j: u64) {
        let Clip { gain, fade_in, fade_out, fade, reverse, .. } = self.clip;
        let n = out.len();
        let faded = j < fade_in || j.saturating_add(n as u64) > self.total.saturating_sub(fade_out);
        for (i, out) in out.iter_mut().enumerate() {
            let mut factor = gain;
            if faded {
                let j = j + i as u64;
                if j < fade_in {
                    factor *= fade.at(j as f64 / fade_in as f64);
                }
                let left = self.total - j;
                if left < fade_out {
                    factor *= fade.at(left as f64 / fade_out as f64);
                }
            }
            let x = chunk[if reverse { n - 1 - i } else { i }];
            *out = *out + x * S::from_f64(factor);
        }
    }

    /// Makes frames of a pass available: where in the chunk they stand (backwards, playing backwards), and how
    /// many of those asked for.
    fn fetch(&mut self, inside: u64, run: usize) -> Result<(usize, usize), String> {
        if !self.clip.reverse {
            self.load(self.clip.from + inside, run)?;
            return Ok((0, run));
        }
        // The first frame to be heard is the last one of its stretch of the source.
        let last = self.clip.from + self.pass - 1 - inside;
        if !self.held.contains(&last) {
            let first = (last + 1).saturating_sub(CHUNK as u64).max(self.clip.from);
            self.load(first, (last + 1 - first) as usize)?;
            self.held = first..last + 1;
        }
        let run = run.min((last + 1 - self.held.start) as usize);
        Ok(((last + 1 - self.held.start) as usize - run, run))
    }

    /// Fills the chunk's front with `frames` frames of the source, zeros past its end.
    fn load(&mut self, first: u64, frames: usize) -> Result<(), String> {
        if self.next != first {
            self.clip.source.seek(first)?;
            self.next = first;
        }
        let mut done = 0;
        while done < frames {
            let mut rest: Vec<&mut [S]> = self.chunk.iter_mut().map(|c| &mut c[done..frames]).collect();
            let got = self.clip.source.read(&mut rest)?.min(frames - done);
            if got == 0 {
                break;
            }
            done += got;
        }
        self.next = first + done as u64;
        self.chunk.iter_mut().for_each(|c| c[done..frames].fill(S::ZERO));
        Ok(())
    }
}
