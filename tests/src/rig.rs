//! Songs in memory: text and audio in, samples out, in this process, on either runner. What spawning the program would
//! cost a hundred times over.

use mixdown::build::{BuildOptions, Built, Runner, build};
use mixdown::exit::Stop;
use mixdown::render::measured;
use mixdown::responses::{Recording, make};
use mixdown_analysis::mix::{Clip, FadeShape, FileRef, Mix, Source};
use mixdown_analysis::world::{AudioFacts, Measured, World, WorldError};
use mixdown_analysis::{Options as AnalysisOptions, analyse};
use mixdown_engine::{ClipReader, Code, Engine, Fade, MemorySource, Options, RenderError, RenderReport, Sample, SourceReader};
use mixdown_kernel::lower::Options as LowerOptions;
use mixdown_media::MediaError;
use mixdown_meter::Meter;
use mixdown_syntax::Diagnostic;
use crate::signal::noise;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A song and its audio, at the song's rate.
#[derive(Clone, Debug)]
pub struct Song {
    /// Its text.
    pub text: String,
    /// Rate of all its audio.
    pub rate: u32,
    audio: BTreeMap<String, Vec<Vec<f32>>>,
    /// Rates of files that have another one than the song.
    rates: BTreeMap<String, u32>,
}

/// How a song is built and run.
#[derive(Clone, Debug)]
pub struct How {
    /// What runs.
    pub runner: Runner,
    /// Threads.
    pub threads: usize,
    /// Frames a block.
    pub block: usize,
    /// Paths of strips whose own output is wanted too.
    pub deliver: Vec<String>,
    /// Count spilled registers.
    pub spills: bool,
}

impl Default for How {
    fn default() -> How {
        How { runner: Runner::Jit, threads: 1, block: 1024, deliver: Vec::new(), spills: false }
    }
}

/// What was heard.
#[derive(Clone, Debug)]
pub struct Heard<S> {
    /// Each output's channels.
    pub outputs: BTreeMap<String, Vec<Vec<S>>>,
    /// What the engine tells.
    pub report: RenderReport,
}

impl<S: Sample> Heard<S> {
    /// Channels of the master.
    pub fn master(&self) -> &[Vec<S>] {
        self.strip("master")
    }

    /// Channels of a strip that was asked for.
    #[track_caller]
    pub fn strip(&self, path: &str) -> &[Vec<S>] {
        self.outputs.get(path).unwrap_or_else(|| panic!("no output `{path}`"))
    }
}

impl Song {
    /// A song at 48 kHz, with `ir.wav` for effects that want a file: a short room.
    pub fn new(text: impl Into<String>) -> Song {
        let song = Song { text: text.into(), rate: 48_000, audio: BTreeMap::new(), rates: BTreeMap::new() };
        let decay = |x: Vec<f32>| x.iter().enumerate().map(|(n, x)| x * 0.2 * (-(n as f32) / 700.0).exp()).collect();
        song.with_at("ir.wav", 48_000, vec![decay(noise(91, 4800, 1.0)), decay(noise(92, 4800, 1.0))])
    }

    /// Its audio has another rate (the text says it too).
    pub fn at(mut self, rate: u32) -> Song {
        self.rate = rate;
        self
    }

    /// Adds an audio file.
    pub fn with(mut self, name: &str, planes: Vec<Vec<f32>>) -> Song {
        self.audio.insert(name.into(), planes);
        self
    }

    /// Adds a file of another rate, for impulse responses; sources are read as they are.
    pub fn with_at(mut self, name: &str, rate: u32, planes: Vec<Vec<f32>>) -> Song {
        self.rates.insert(name.into(), rate);
        self.with(name, planes)
    }

    /// Analyses it.
    ///
    /// # Errors
    /// Its errors, as text.
    pub fn mix(&self) -> Result<Mix, String> {
        let analysis = analyse(self, "song.mix", &AnalysisOptions::default());
        analysis.mix.ok_or_else(|| said(&analysis.diagnostics))
    }

    /// Builds a checked mix in a width.
    ///
    /// # Errors
    /// What the lowering or the compiler says, as text.
    pub fn build<S: Sample>(&self, mix: &Mix, how: &How) -> Result<Built, String> {
        let lower = LowerOptions { float: S::FLOAT, deliver: how.deliver.clone(), ..LowerOptions::default() };
        let options = BuildOptions { runner: how.runner, lower, count_spills: how.spills, threads: 1 };
        build(mix, &options).map_err(|stop| stopped(&stop))
    }

    /// What was built with the responses of its convolutions.
    ///
    /// # Errors
    /// A response that cannot be made, as text.
    pub fn code(&self, mix: &Mix, built: &Built) -> Result<Code, String> {
        let responses: Result<Vec<_>, MediaError> =
            built.lowered.responses.iter().map(|spec| Ok(Arc::new(make(spec, &mut |file| Ok(self.recording(mix, file)))?))).collect();
        Ok(Code { responses: responses.map_err(|e| e.to_string())?, ..built.code.clone() })
    }

    /// Runs what was built.
    ///
    /// # Errors
    /// What the engine says, as text.
    pub fn play<S: Sample>(&self, mix: &Mix, built: &Built, how: &How) -> Result<Heard<S>, String> {
        let sources: Result<Vec<_>, String> = built.lowered.sources.iter().map(|s| self.source::<S>(mix, &s.source)).collect();
        let options = Options { threads: how.threads, block: how.block, ..Options::default() };
        let program = Arc::new(built.lowered.program.clone());
        let mut engine = Engine::<S>::new(program, self.code(mix, built)?, sources?, options).map_err(|e| e.message)?;
        let mut outputs: BTreeMap<String, Vec<Vec<S>>> = BTreeMap::new();
        let report = engine.render(&mut |block: &mixdown_engine::Block<S>| -> Result<(), ()> {
            for output in block.outputs {
                let to = outputs.entry(output.name.to_string()).or_insert_with(|| vec![Vec::new(); output.channels.len()]);
                for (to, from) in to.iter_mut().zip(&output.channels) {
                    to.extend_from_slice(from);
                }
            }
            Ok(())
        });
        match report {
            Ok(report) => Ok(Heard { outputs, report }),
            Err(RenderError::Engine(e)) => Err(e.message),
            Err(RenderError::Sink(())) => Err("stopped".into()),
        }
    }

    /// All of it.
    ///
    /// # Errors
    /// What any step says.
    pub fn try_hear<S: Sample>(&self, how: &How) -> Result<Heard<S>, String> {
        let mix = self.mix()?;
        let built = self.build::<S>(&mix, how)?;
        self.play(&mix, &built, how)
    }

    /// Renders it by machine code with the outputs of these strips beside the master.
    #[track_caller]
    pub fn hear(&self, strips: &[&str]) -> Heard<f32> {
        let how = How { deliver: strips.iter().map(|s| s.to_string()).collect(), ..How::default() };
        self.try_hear(&how).unwrap_or_else(|e| panic!("{e}\n{}", self.text))
    }

    /// The same in 64 bits.
    #[track_caller]
    pub fn hear64(&self, strips: &[&str]) -> Heard<f64> {
        let how = How { deliver: strips.iter().map(|s| s.to_string()).collect(), ..How::default() };
        self.try_hear(&how).unwrap_or_else(|e| panic!("{e}\n{}", self.text))
    }

    fn source<S: Sample>(&self, mix: &Mix, source: &Source) -> Result<Box<dyn SourceReader<S>>, String> {
        match source {
            Source::File(file) => Ok(Box::new(self.file::<S>(mix, file)?)),
            Source::Clips(clips) => {
                let list: Result<Vec<_>, String> = clips.iter().map(|c| self.clip::<S>(mix, c)).collect();
                Ok(Box::new(ClipReader::new(list?)?))
            }
            Source::Generator(_) => Err("a generator is no file".into()),
        }
    }

    fn recording(&self, mix: &Mix, file: u32) -> Recording {
        let file = &mix.files[file as usize];
        let planes = self.audio.get(&file.path).cloned().unwrap_or_default();
        Recording { path: file.path.clone().into(), rate: file.rate, planes }
    }

    fn clip<S: Sample>(&self, mix: &Mix, clip: &Clip) -> Result<mixdown_engine::Clip<S>, String> {
        Ok(mixdown_engine::Clip {
            source: Box::new(self.file::<S>(mix, &clip.source)?),
            at: clip.at,
            from: clip.from,
            length: clip.length,
            repeat: clip.repeat,
            reverse: clip.reverse,
            gain: 10f64.powf(clip.gain / 20.0),
            fade_in: clip.fade_in,
            fade_out: clip.fade_out,
            fade: match clip.fade {
                FadeShape::Linear => Fade::Linear,
                FadeShape::Power => Fade::Power,
                FadeShape::Smooth => Fade::Smooth,
            },
        })
    }

    fn file<S: Sample>(&self, mix: &Mix, file: &FileRef) -> Result<MemorySource<S>, String> {
        let path = &mix.files[file.file as usize].path;
        let planes = self.audio.get(path).ok_or_else(|| format!("no audio `{path}`"))?;
        let wanted = match file.channel {
            Some(c) => &planes[c as usize..=c as usize],
            None => &planes[..],
        };
        Ok(MemorySource::new(wanted.iter().map(|p| p.iter().map(|x| S::from_f64(f64::from(*x))).collect()).collect()))
    }
}

fn said(diagnostics: &[Diagnostic]) -> String {
    let errors = diagnostics.iter().filter(|d| d.is_error());
    errors.map(|d| format!("{}: {} ({}..{})", d.code, d.message, d.span().start, d.span().end)).collect::<Vec<_>>().join("\n")
}

fn stopped(stop: &Stop) -> String {
    match stop {
        Stop::Said(_) => "stopped".into(),
        Stop::Error { code, message, .. } => format!("{code}: {message}"),
        Stop::Diagnostics(list, _) | Stop::Placed(_, list, _) => said(list),
    }
}

fn missing(path: &str) -> WorldError {
    WorldError { code: "E0901".into(), message: format!("there is no `{path}`"), help: None }
}

impl World for Song {
    fn read_text(&self, path: &str) -> Result<String, WorldError> {
        if path == "song.mix" { Ok(self.text.clone()) } else { Err(missing(path)) }
    }

    fn std_lib(&self, name: &str) -> Option<(&'static str, &'static str)> {
        mixdown_std_lib::declares(name)
    }

    fn std_names(&self) -> Vec<&'static str> {
        mixdown_std_lib::names().collect()
    }

    fn package(&self, name: &str) -> Result<String, WorldError> {
        Err(missing(name))
    }

    fn audio(&self, path: &str) -> Result<AudioFacts, WorldError> {
        let planes = self.audio.get(path).ok_or_else(|| missing(path))?;
        Ok(AudioFacts {
            rate: self.rates.get(path).copied().unwrap_or(self.rate),
            channels: planes.len() as u32,
            frames: planes.iter().map(Vec::len).max().unwrap_or(0) as u64,
            format: "pcm f32".into(),
            bits: Some(32),
            warnings: Vec::new(),
        })
    }

    fn measure(&self, path: &str) -> Result<Measured, WorldError> {
        let planes = self.audio.get(path).ok_or_else(|| missing(path))?;
        let rate = self.rates.get(path).copied().unwrap_or(self.rate);
        let mut meter = Meter::new(rate, planes.len() as u32).map_err(|_| missing(path))?;
        meter.push(&planes.iter().map(Vec::as_slice).collect::<Vec<_>>());
        Ok(measured(&meter.finish()))
    }

    fn glob(&self, _: &str) -> Result<Vec<String>, WorldError> {
        Ok(Vec::new())
    }
}
