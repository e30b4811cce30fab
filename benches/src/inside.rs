//! Sessions in this process, from memory to memory: no files, no encoding, no metering.

use crate::clock;
use crate::reference::Output;
use crate::stems::Stem;
use mixdown::build::Built;
use mixdown_analysis::mix::{Mix, Source};
use mixdown_engine::{Block, Code, Engine, Options, RenderReport, Sample, SourceReader};
use mixdown_tests::rig::{How, Song};
use std::sync::Arc;

/// A session, compiled.
pub struct Session {
    mix: Mix,
    built: Built,
    code: Code,
    stems: Vec<Stem>,
}

/// What a run gave.
pub struct Run {
    /// Seconds of the processor.
    pub seconds: f64,
    /// What the engine tells.
    pub report: RenderReport,
    /// Both sides of the master.
    pub out: Output,
}

/// The song of a text whose files are these stems.
pub fn song(text: &str, stems: &[Stem]) -> Song {
    let named = |song: Song, (i, stem): (usize, &Stem)| song.with(&format!("stems/{i:02}.wav"), stem.to_vec());
    stems.iter().enumerate().fold(Song::new(text), named)
}

impl Session {
    /// Compiles a text over stems for samples of `S`.
    ///
    /// # Errors
    /// What the compiler says.
    pub fn new<S: Sample>(text: &str, stems: &[Stem]) -> Result<Session, String> {
        Session::of::<S>(&song(text, stems), stems)
    }

    /// Compiles a song whose sources are these stems.
    ///
    /// # Errors
    /// What the compiler says.
    pub fn of<S: Sample>(song: &Song, stems: &[Stem]) -> Result<Session, String> {
        let mix = song.mix()?;
        let built = song.build::<S>(&mix, &How { spills: true, ..How::default() })?;
        let code = song.code(&mix, &built)?;
        Ok(Session { mix, built, code, stems: stems.to_vec() })
    }

    /// Layout and code.
    pub fn built(&self) -> &Built {
        &self.built
    }

    /// Runs it on this thread.
    ///
    /// # Errors
    /// What the engine says.
    pub fn run<S: Sample>(&self) -> Result<Run, String> {
        let mut sources: Vec<Box<dyn SourceReader<S>>> = Vec::new();
        for spec in &self.built.lowered.sources {
            let Source::File(file) = &spec.source else { return Err("the sessions play whole files".into()) };
            let name = &self.mix.files[file.file as usize].path;
            let number = name.trim_start_matches("stems/").trim_end_matches(".wav").parse::<usize>();
            let stem = number.ok().and_then(|i| self.stems.get(i)).ok_or_else(|| format!("no stem {name}"))?;
            sources.push(Box::new(Shared { stem: stem.clone(), at: 0 }));
        }
        let mut program = self.built.lowered.program.clone();
        // No tail: the reference has none.
        program.length = program.sources_end;
        let mut engine =
            Engine::<S>::new(Arc::new(program), self.code.clone(), sources, Options::default()).map_err(|e| e.message)?;
        let frames = self.stems.iter().flat_map(|s| s.iter()).map(Vec::len).max().unwrap_or(0);
        let mut out: Output = [Vec::with_capacity(frames), Vec::with_capacity(frames)];
        let (report, seconds) = clock::timed(|| {
            engine.render(&mut |block: &Block<S>| -> Result<(), ()> {
                for (to, from) in out.iter_mut().zip(&block.outputs[0].channels) {
                    to.extend(from.iter().map(|x| x.to_f64() as f32));
                }
                Ok(())
            })
        });
        let report = report.map_err(|_| "the engine stopped".to_string())?;
        Ok(Run { seconds, report, out })
    }
}

/// A stem that many sources play.
struct Shared {
    stem: Stem,
    at: usize,
}

impl<S: Sample> SourceReader<S> for Shared {
    fn channels(&self) -> usize {
        self.stem.len()
    }

    fn frames(&self) -> Option<u64> {
        Some(self.stem[0].len() as u64)
    }

    fn read(&mut self, out: &mut [&mut [S]]) -> Result<usize, String> {
        let n = out.first().map_or(0, |o| o.len()).min(self.stem[0].len() - self.at);
        for (to, from) in out.iter_mut().zip(self.stem.iter()) {
            for (to, from) in to.iter_mut().zip(&from[self.at..self.at + n]) {
                *to = S::from_f64(f64::from(*from));
            }
        }
        self.at += n;
        Ok(n)
    }

    fn seek(&mut self, frame: u64) -> Result<(), String> {
        self.at = (frame as usize).min(self.stem[0].len());
        Ok(())
    }
}

/// Level of the difference of two outputs, in dB below full scale.
pub fn difference(a: &Output, b: &Output) -> f64 {
    let pairs = a.iter().zip(b).flat_map(|(a, b)| a.iter().zip(b));
    let (sum, n) = pairs.fold((0f64, 0u64), |(sum, n), (a, b)| (sum + (f64::from(*a) - f64::from(*b)).powi(2), n + 1));
    10.0 * (sum / n.max(1) as f64).log10()
}
