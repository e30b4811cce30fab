//! What one run of the analysis knows and collects: files, modules, faults, tables of the Mix that grow while
//! scripts run. Always true: every fault goes through [`Session::report`], and one that was said is not said again.

use crate::analyse::Options;
use crate::eval::curves::CurveTable;
use crate::limits::Limits;
use crate::memory::Memory;
use crate::modules::Modules;
use crate::modules::effects::EffectTable;
use crate::song::SongFacts;
use crate::strips::audio::AudioTable;
use crate::strips::declare::StripTable;
use crate::world::World;
use mixdown_syntax::{Diagnostic, FileId, Parsed, SourceMap, Span};
use std::collections::{HashMap, HashSet};
use std::ops::Range;

/// The state of one analysis.
pub(crate) struct Session<'w> {
    /// Files and measurements.
    pub world: &'w dyn World,
    /// What the caller asked for.
    pub options: &'w Options,
    /// All texts read.
    pub sources: SourceMap,
    /// What was found wrong.
    pub diagnostics: Vec<Diagnostic>,
    said: HashSet<(String, Span, String)>,
    /// Files and patterns that were asked for, in order, each once.
    pub dependencies: Vec<String>,
    known_dependencies: HashSet<String>,
    /// Texts of the project as they were parsed last.
    pub texts: HashMap<String, Parsed>,
    /// What was parsed of which text.
    pub parsed: Vec<(FileId, Range<usize>)>,
    /// Files with their names.
    pub modules: Modules,
    /// Counters that end a script that does not.
    pub limits: Limits,
    /// Tempo, meters, sections.
    pub song: SongFacts,
    /// Typed effects.
    pub effects: EffectTable,
    /// Curves of the Mix.
    pub curves: CurveTable,
    /// Audio files of the Mix.
    pub audio: AudioTable,
    /// Declared strips.
    pub strips: StripTable,
    /// Above zero while code that nothing calls is looked through: values may be unknown then.
    pub dry: u32,
}

impl<'w> Session<'w> {
    /// A session that knows what others left in `memory`; [`Session::remember`] gives it back.
    pub fn new(world: &'w dyn World, options: &'w Options, memory: &mut Memory) -> Self {
        let library = std::mem::take(&mut memory.library);
        Session {
            world,
            options,
            sources: SourceMap::with_library(library.sources.clone()),
            diagnostics: Vec::new(),
            said: HashSet::new(),
            dependencies: Vec::new(),
            known_dependencies: HashSet::new(),
            texts: std::mem::take(&mut memory.texts),
            parsed: Vec::new(),
            modules: Modules::with_library(library),
            limits: Limits::default(),
            song: SongFacts::default(),
            effects: EffectTable::default(),
            curves: CurveTable::default(),
            audio: AudioTable::default(),
            strips: StripTable::default(),
            dry: 0,
        }
    }

    /// Leaves behind what the next session can use.
    pub fn remember(&mut self, memory: &mut Memory) {
        memory.library = std::mem::take(&mut self.modules.library);
        memory.texts = std::mem::take(&mut self.texts);
    }

    /// Says what is wrong, once. A fault without a code follows from one already said and is dropped.
    pub fn report(&mut self, diagnostic: Diagnostic) {
        if diagnostic.code.is_empty() {
            return;
        }
        if self.said.insert((diagnostic.code.clone(), diagnostic.span(), diagnostic.message.clone())) {
            self.diagnostics.push(diagnostic);
        }
    }

    /// Notes a file or pattern that the result hangs on.
    pub fn depend(&mut self, path: &str) {
        if self.known_dependencies.insert(path.to_string()) {
            self.dependencies.push(path.to_string());
        }
    }
}

/// A fault that follows from one already reported: [`Session::report`] drops it.
pub(crate) fn follows(span: Span) -> Diagnostic {
    Diagnostic {
        code: String::new(),
        severity: mixdown_syntax::Severity::Error,
        message: String::new(),
        labels: vec![mixdown_syntax::Label { span, text: String::new() }],
        help: None,
        fixes: Vec::new(),
    }
}
