//! A world in memory: texts, audio facts and a small standard library whose effects have the real signatures and
//! simple bodies.

#![allow(dead_code, reason = "each test file uses its part of the helpers")]

use mixdown_analysis::mix::{Mix, Node, Process, Strip};
use mixdown_analysis::world::{AudioFacts, Measured, World, WorldError};
use mixdown_analysis::{Analysis, Options, analyse};
use mixdown_syntax::{Diagnostic, Severity};
use std::collections::BTreeMap;

pub mod effects;

/// Files and audio in memory.
#[derive(Default)]
pub struct Mock {
    pub texts: BTreeMap<String, String>,
    pub audio: BTreeMap<String, AudioFacts>,
    pub packages: BTreeMap<String, String>,
    /// Every `.wav` that is asked for exists: ten seconds, mono at 48 kHz.
    pub any_audio: bool,
    /// Songs without a tempo are told of it; else they count at 120 bpm and nothing is said.
    pub asks_for_tempo: bool,
}

impl Mock {
    pub fn song(text: &str) -> Mock {
        let mut mock = Mock { any_audio: true, ..Mock::default() };
        mock.texts.insert("song.mix".into(), text.into());
        mock
    }

    pub fn with(mut self, path: &str, text: &str) -> Mock {
        self.texts.insert(path.into(), text.into());
        self
    }

    pub fn with_audio(mut self, path: &str, channels: u32, frames: u64) -> Mock {
        self.audio.insert(path.into(), facts(channels, frames));
        self
    }

    pub fn strict(mut self) -> Mock {
        self.any_audio = false;
        self
    }

    pub fn run(&self) -> Analysis {
        self.run_with(&Options::default())
    }

    pub fn run_with(&self, options: &Options) -> Analysis {
        let mut analysis = analyse(self, "song.mix", options);
        analysis.diagnostics.retain(|d| self.asks_for_tempo || d.code != "E0507");
        analysis
    }
}

pub fn facts(channels: u32, frames: u64) -> AudioFacts {
    AudioFacts { rate: 48_000, channels, frames, format: "pcm s24".into(), bits: Some(24), warnings: Vec::new() }
}

impl World for Mock {
    fn read_text(&self, path: &str) -> Result<String, WorldError> {
        self.texts.get(path).cloned().ok_or_else(|| missing(path))
    }

    fn std_lib(&self, name: &str) -> Option<(&'static str, &'static str)> {
        effects::FILES.iter().find(|(names, _, _)| names.contains(&name)).map(|(_, file, text)| (*file, *text))
    }

    fn std_names(&self) -> Vec<&'static str> {
        effects::FILES.iter().flat_map(|(names, _, _)| names.iter().copied()).collect()
    }

    fn package(&self, name: &str) -> Result<String, WorldError> {
        self.packages.get(name).cloned().ok_or_else(|| WorldError {
            code: "E0903".into(),
            message: format!("no package is called `{name}`"),
            help: None,
        })
    }

    fn audio(&self, path: &str) -> Result<AudioFacts, WorldError> {
        match self.audio.get(path) {
            Some(facts) => Ok(facts.clone()),
            None if self.any_audio => Ok(facts(1, 480_000)),
            None => Err(missing(path)),
        }
    }

    fn measure(&self, path: &str) -> Result<Measured, WorldError> {
        self.audio(path)?;
        Ok(Measured {
            loudness: Some(-20.0),
            peak: Some(-3.0),
            rms: Some(-23.0),
            duration: 10.0,
            bands: vec![(100.0, -30.0), (1000.0, -40.0)],
            third_octaves: vec![(100.0, Some(-30.0)), (125.0, None)],
            ..Measured::default()
        })
    }

    fn glob(&self, pattern: &str) -> Result<Vec<String>, WorldError> {
        let (before, after) = pattern.split_once('*').unwrap_or((pattern, ""));
        let fits = |p: &&String| p.starts_with(before) && p.ends_with(after) && p.len() >= before.len() + after.len();
        Ok(self.audio.keys().chain(self.texts.keys()).filter(fits).cloned().collect())
    }
}

fn missing(path: &str) -> WorldError {
    WorldError { code: "E0901".into(), message: format!("there is no file `{path}`"), help: None }
}

/// The Mix of a song that has no errors.
pub fn mix(text: &str) -> Mix {
    mix_of(&Mock::song(text))
}

/// The Mix of a world whose song has no errors.
pub fn mix_of(world: &Mock) -> Mix {
    let analysis = world.run();
    match analysis.mix {
        Some(mix) => mix,
        None => panic!("{}", shown(&analysis.diagnostics)),
    }
}

/// Diagnostics as lines: `E0203 error 0:12..15 message | help`.
pub fn shown(diagnostics: &[Diagnostic]) -> String {
    let line = |d: &Diagnostic| {
        format!("{} {:?} {:?} {} | {}", d.code, d.severity, d.span(), d.message, d.help.as_deref().unwrap_or("NO HELP"))
    };
    diagnostics.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// The only diagnostic of a song.
pub fn only(text: &str) -> Diagnostic {
    only_of(&Mock::song(text))
}

/// The only diagnostic of a world.
pub fn only_of(world: &Mock) -> Diagnostic {
    let mut all = world.run().diagnostics;
    assert_eq!(all.len(), 1, "{}", shown(&all));
    all.remove(0)
}

/// Checks the code, the line and a piece of message or help of the only diagnostic, and that it has a help line.
pub fn fault(text: &str, code: &str, line: usize, piece: &str) {
    fault_of(&Mock::song(text), code, line, piece);
}

/// The same for a world.
pub fn fault_of(world: &Mock, code: &str, line: usize, piece: &str) {
    let analysis = world.run();
    assert_eq!(analysis.diagnostics.len(), 1, "{}", shown(&analysis.diagnostics));
    let d = &analysis.diagnostics[0];
    let said = format!("{} | {}", d.message, d.help.as_deref().unwrap_or(""));
    assert_eq!(d.code, code, "{said}");
    assert!(said.contains(piece), "{said}");
    assert!(d.help.as_ref().is_some_and(|h| !h.is_empty()), "no help: {said}");
    assert!(!d.message.ends_with('.'), "{said}");
    let at = analysis.sources.file(d.span().file).map(|f| f.line_column(d.span().start).0);
    assert_eq!(at, Some(line), "{said}");
    assert_eq!(analysis.mix.is_none(), d.severity == Severity::Error);
}

/// A strip by its name.
pub fn strip<'a>(mix: &'a Mix, name: &str) -> &'a Strip {
    mix.strips.iter().find(|s| s.name == name).unwrap_or_else(|| panic!("no strip {name}"))
}

/// Paths of all nodes, wrappers first and what is in them behind.
pub fn paths(nodes: &[Node]) -> Vec<String> {
    let mut out = Vec::new();
    for node in nodes {
        match node {
            Node::Process(p) => out.push(p.path.clone()),
            Node::Wrap(w) => {
                out.push(w.path.clone());
                w.branches.iter().for_each(|b| out.extend(paths(&b.nodes)));
            }
            Node::Fader { path, .. } | Node::Pan { path, .. } | Node::Send { path, .. } | Node::Trim { path, .. } => {
                out.push(path.clone());
            }
        }
    }
    out
}

/// The processors of a strip, wrappers looked through.
pub fn processes(nodes: &[Node]) -> Vec<&Process> {
    let mut out = Vec::new();
    for node in nodes {
        match node {
            Node::Process(p) => out.push(p),
            Node::Wrap(w) => w.branches.iter().for_each(|b| out.extend(processes(&b.nodes))),
            _ => {}
        }
    }
    out
}
