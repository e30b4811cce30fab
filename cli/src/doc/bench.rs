//! The bench: a track with one call, run through the engine in 64 bits with signals from memory.

use super::signals::{factor, white};
use crate::build::{BuildOptions, Built, Runner, build};
use crate::exit::Stop;
use crate::project::Project;
use crate::responses::{Recording, decoded, make};
use crate::sources;
use mixdown_analysis::mix::{FileRef, Mix, Source};
use mixdown_analysis::world::{AudioFacts, Measured, World, WorldError};
use mixdown_analysis::{Options as AnalysisOptions, analyse};
use mixdown_engine::{Engine, MemorySource, Options, RenderError, SourceReader};
use mixdown_kernel::lower::Options as LowerOptions;
use mixdown_layout::{Float, Node, Read};
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};
use std::sync::atomic::AtomicBool;

/// Rate of everything that is measured.
pub const RATE: u32 = 48_000;
/// The same, to count with.
pub const FS: f64 = RATE as f64;
/// The signal that a call hears.
pub const PROBE: &str = "doc:probe.wav";
/// The signal of the other track.
pub const OTHER: &str = "doc:other.wav";
/// Longest probe in seconds.
const LONGEST: u32 = 120;

/// A vector a channel.
pub type Planes = Vec<Vec<f64>>;

/// The project with a text in place of its song, and audio that is only in memory.
struct Room<'a> {
    bench: &'a Bench<'a>,
    project: &'a Project,
    text: String,
    widths: &'a BTreeMap<&'static str, u32>,
}

impl World for Room<'_> {
    fn read_text(&self, path: &str) -> Result<String, WorldError> {
        if path == self.project.song { Ok(self.text.clone()) } else { self.project.read_text(path) }
    }

    fn std_lib(&self, name: &str) -> Option<(&'static str, &'static str)> {
        self.project.std_lib(name)
    }

    fn std_names(&self) -> Vec<&'static str> {
        self.project.std_names()
    }

    fn package(&self, name: &str) -> Result<String, WorldError> {
        self.project.package(name)
    }

    fn audio(&self, path: &str) -> Result<AudioFacts, WorldError> {
        let memory = |channels: u32, frames: u64| {
            Ok(AudioFacts { rate: RATE, channels, frames, format: "memory".into(), bits: None, warnings: Vec::new() })
        };
        match self.widths.get(path) {
            Some(width) => memory(*width, u64::from(RATE * LONGEST)),
            None if self.bench.stands_in(path) => memory(2, ROOM.first().map_or(0, Vec::len) as u64),
            None => self.project.audio(path),
        }
    }

    fn measure(&self, path: &str) -> Result<Measured, WorldError> {
        if !self.bench.stands_in(path) {
            return self.project.measure(path);
        }
        let mut meter = mixdown_meter::Meter::new(RATE, 2)
            .map_err(|e| WorldError { code: "E0910".into(), message: e.to_string(), help: None })?;
        meter.push(&ROOM.iter().map(Vec::as_slice).collect::<Vec<_>>());
        Ok(crate::render::measured(&meter.finish()))
    }

    fn glob(&self, pattern: &str) -> Result<Vec<String>, WorldError> {
        self.project.glob(pattern)
    }
}

/// What songs are made on.
pub struct Bench<'a> {
    /// Whose files and imports count.
    pub project: &'a Project,
    /// Declarations that every song begins with.
    pub library: String,
    /// Files that no project has: of the examples of the standard library. A room that is known stands in for them.
    pub absent: Vec<String>,
    /// Set when the user interrupts.
    pub cancel: Arc<AtomicBool>,
}

/// Seconds in which the room falls by 60 dB that stands in for recorded ones.
pub const ROOM_DECAY: f64 = 1.2;

/// That room: noise that dies away, with an energy of 1 on each side.
static ROOM: LazyLock<Vec<Vec<f32>>> = LazyLock::new(|| {
    let side = |stream| {
        let frames = (ROOM_DECAY * FS) as usize;
        let x: Vec<f64> = white(stream, frames).iter().enumerate().map(|(i, x)| x * factor(-60.0 * i as f64 / frames as f64)).collect();
        let energy = x.iter().map(|x| x * x).sum::<f64>().sqrt();
        x.into_iter().map(|x| (x / energy) as f32).collect()
    };
    vec![side(11), side(12)]
});

/// Why there is nothing to measure.
#[derive(Debug)]
pub enum Fault {
    /// The song is no mix: what was said first, its code and its words.
    Said(String, String),
    /// The run itself failed.
    Stopped(Stop),
}

impl From<Stop> for Fault {
    fn from(stop: Stop) -> Fault {
        match stop {
            Stop::Diagnostics(list, _) => said(&list),
            other => Fault::Stopped(other),
        }
    }
}

fn said(list: &[mixdown_syntax::Diagnostic]) -> Fault {
    let first = list.iter().find(|d| d.is_error());
    first.map_or_else(|| Fault::Said(String::new(), "there is no mix".into()), |d| Fault::Said(d.code.to_string(), d.message.clone()))
}

/// A song that can be run again and again.
pub struct Patch {
    mix: Mix,
    built: Built,
    output: String,
    cancel: Arc<AtomicBool>,
}

impl Bench<'_> {
    fn stands_in(&self, path: &str) -> bool {
        self.absent.iter().any(|a| a == path)
    }

    /// Builds a song whose `output` (`track.t`, `master`) is wanted, with these widths of the signals in memory.
    ///
    /// # Errors
    /// It is no mix, or cannot be compiled.
    pub fn patch(&self, song: &str, output: &str, widths: &[(&'static str, u32)], float: Float) -> Result<Patch, Fault> {
        let widths = widths.iter().copied().collect();
        let room = Room { bench: self, project: self.project, text: format!("{}\n{song}", self.library), widths: &widths };
        let analysis = analyse(&room, &self.project.song, &AnalysisOptions::default());
        let mix = analysis.mix.ok_or_else(|| said(&analysis.diagnostics))?;
        let lower = LowerOptions { float, deliver: vec![output.to_string()], ..LowerOptions::default() };
        let mut built = build(&mix, &BuildOptions { runner: Runner::Jit, lower, count_spills: false, threads: 1 })?;
        let mut audio = |file: u32| -> Result<Recording, Stop> {
            match mix.files.get(file as usize).filter(|f| self.stands_in(&f.path)) {
                Some(file) => Ok(Recording { path: file.path.clone().into(), rate: RATE, planes: ROOM.clone() }),
                None => decoded(self.project, &mix, file),
            }
        };
        for spec in &built.lowered.responses {
            built.code.responses.push(Arc::new(make(spec, &mut audio)?));
        }
        Ok(Patch { mix, built, output: output.into(), cancel: self.cancel.clone() })
    }

    /// A track that plays the probe in so many channels into a call, or that has the call as its source (0 channels).
    ///
    /// # Errors
    /// As [`Bench::patch`].
    pub fn track(&self, around: &str, call: &str, width: u32, float: Float) -> Result<Patch, Fault> {
        let source = if width == 0 { format!("source {call}") } else { format!("source \"{PROBE}\"\n{call}") };
        let song = format!("{around}\nsample_rate {RATE}Hz\nlength {LONGEST}s\ntrack t {{\n{source}\n}}\n");
        self.patch(&song, "track.t", &[(PROBE, width)], float)
    }
}

impl Patch {
    fn wanted(&self) -> Option<&mixdown_layout::Output> {
        self.built.lowered.program.outputs.iter().find(|o| o.name == self.output)
    }

    /// Channels that come out.
    pub fn width(&self) -> usize {
        self.wanted().map_or(0, |o| o.channels.len())
    }

    /// Samples of latency that the rest of a mix waits for: how far ahead of its output it reads, over all steps.
    pub fn latency(&self) -> u32 {
        let program = &self.built.lowered.program;
        let mut ahead = vec![0u32; program.streams.len()];
        let reach = |ahead: &[u32], reads: &mut dyn Iterator<Item = Read>| {
            reads.map(|r| r.offset + r.stream.map_or(0, |s| ahead[s as usize])).max().unwrap_or(0)
        };
        for node in &program.nodes {
            match node {
                Node::Kernel { instances, .. } => {
                    for instance in instances {
                        let most = reach(&ahead, &mut instance.inputs.iter().copied());
                        instance.outputs.iter().for_each(|o| ahead[*o as usize] = most);
                    }
                }
                Node::Mix { edges, output, .. } => ahead[*output as usize] = reach(&ahead, &mut edges.iter().map(|e| e.from)),
                Node::Upsample { from, output, .. } | Node::Downsample { from, output, .. } | Node::Analyse { from, output, .. } => {
                    ahead[*output as usize] = reach(&ahead, &mut std::iter::once(*from));
                }
                Node::Synthesise { from, gains, output, .. } => {
                    ahead[*output as usize] = reach(&ahead, &mut [*from, *gains].into_iter());
                }
                Node::Convolve { from, outputs, .. } => {
                    let most = reach(&ahead, &mut from.iter().copied());
                    outputs.iter().for_each(|o| ahead[*o as usize] = most);
                }
                Node::Source { .. } => {}
            }
        }
        self.wanted().map_or(0, |o| reach(&ahead, &mut o.channels.iter().copied()))
    }

    /// What comes out of so many frames.
    ///
    /// # Errors
    /// The engine's.
    pub fn hear(&self, project: &Project, signals: &[(&str, &Planes)], frames: usize) -> Result<Planes, Stop> {
        let mut out: Planes = Vec::new();
        self.run::<f64>(project, signals, frames, &mut |planes| {
            out.resize(planes.len(), Vec::new());
            for (to, from) in out.iter_mut().zip(planes) {
                to.extend_from_slice(from);
            }
        })?;
        Ok(out)
    }

    /// Runs it and hands over what comes.
    ///
    /// # Errors
    /// The engine's.
    pub fn run<S: mixdown_engine::Sample + sources::From32>(
        &self,
        project: &Project,
        signals: &[(&str, &Planes)],
        frames: usize,
        take: &mut dyn FnMut(&[&[S]]),
    ) -> Result<(), Stop> {
        let mut program = self.built.lowered.program.clone();
        program.length = Some(frames as u64);
        let readers: Result<Vec<Box<dyn SourceReader<S>>>, Stop> =
            self.built.lowered.sources.iter().map(|spec| match self.memory::<S>(&spec.source, signals) {
                Some(source) => Ok(Box::new(source) as Box<dyn SourceReader<S>>),
                None => sources::open::<S>(project, &self.mix, std::slice::from_ref(spec)).map(|mut all| all.remove(0)),
            }).collect();
        let options = Options { threads: 1, block: 1024, skip_silence: true, cancel: Some(self.cancel.clone()) };
        let mut engine = Engine::<S>::new(Arc::new(program), self.built.code.clone(), readers?, options)?;
        let result = engine.render(&mut |block: &mixdown_engine::Block<S>| -> Result<(), ()> {
            if let Some(output) = block.outputs.iter().find(|o| o.name == self.output) {
                take(&output.channels);
            }
            Ok(())
        });
        match result {
            Err(RenderError::Engine(e)) => Err(e.into()),
            _ => Ok(()),
        }
    }

    fn memory<S: mixdown_engine::Sample>(&self, source: &Source, signals: &[(&str, &Planes)]) -> Option<MemorySource<S>> {
        let Source::File(FileRef { file, channel: None }) = source else { return None };
        let path = &self.mix.files.get(*file as usize)?.path;
        let (_, planes) = signals.iter().find(|(name, _)| name == path)?;
        Some(MemorySource::new(planes.iter().map(|p| p.iter().map(|x| S::from_f64(*x)).collect()).collect()))
    }
}
