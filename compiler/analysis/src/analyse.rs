//! The whole analysis, front to back. Always true: it ends for every text, says everything that is wrong at once,
//! and gives a Mix only where nothing is.

use crate::memory::Memory;
use crate::mix::{Mix, Song};
use crate::names::ModuleId;
use crate::session::Session;
use crate::variants;
use crate::world::World;
use mixdown_syntax::{Diagnostic, FileId, SourceMap};
use std::collections::HashSet;
use std::ops::Range;

/// What the caller asks for.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// `--set NAME=VALUE`; the last of a name counts.
    pub set: Vec<(String, String)>,
    /// `--solo STRIP`.
    pub solo: Vec<String>,
    /// `--allow-solo`: a written `solo` does not stop a delivery.
    pub allow_solo: bool,
    /// The files that `deliver` names are going to be made: a written `solo` is an error then, else a warning.
    pub deliver: bool,
    /// A file that holds effects, chains and functions only is right as it is: it is looked at, not rendered.
    pub library: bool,
}

/// What came out.
#[derive(Clone, Debug, Default)]
pub struct Analysis {
    /// The mix; `None` where there is an error.
    pub mix: Option<Mix>,
    /// All texts that were read, for the places of diagnostics.
    pub sources: SourceMap,
    /// Errors, warnings and advice, by file and place.
    pub diagnostics: Vec<Diagnostic>,
    /// Module files, audio files and file patterns that were asked for, found or not, each once.
    pub dependencies: Vec<String>,
    /// What was parsed of which text: of the standard library only what is used.
    pub parsed: Vec<(FileId, Range<usize>)>,
    /// The mix again for each `set:` of a delivery, with the options that this names.
    pub variants: Vec<Variant>,
}

/// The mix with other values of its options.
#[derive(Clone, Debug)]
pub struct Variant {
    /// Option and value, as the deliveries have it that are made of this mix.
    pub set: Vec<(String, String)>,
    /// The mix.
    pub mix: Mix,
}

/// Analyses the song at a path of the world, and once more for each set of options that a delivery asks for.
pub fn analyse(world: &dyn World, song: &str, options: &Options) -> Analysis {
    analyse_again(world, song, options, &mut Memory::default())
}

/// Analyses like [`analyse`], with the same result; what is as it was in an earlier analysis with this memory is taken
/// from there.
pub fn analyse_again(world: &dyn World, song: &str, options: &Options, memory: &mut Memory) -> Analysis {
    let mut plain = once(world, song, options, memory);
    let sets = variants::sets(plain.mix.as_ref().map_or(&[], |mix| &mix.deliveries));
    for (set, at) in sets {
        let mut own = options.clone();
        own.set.extend(set.iter().cloned());
        if !plain.add_variant(set, at, once(world, song, &own, memory)) {
            break;
        }
    }
    plain.one_file_each();
    plain
}

fn once(world: &dyn World, song: &str, options: &Options, memory: &mut Memory) -> Analysis {
    let mut session = Session::new(world, options, memory);
    let mix = session.load_song(song).map(|module| session.mix(module, song));
    session.remember(memory);
    let failed = session.diagnostics.iter().any(Diagnostic::is_error);
    let mut diagnostics = one_fault_a_statement(session.diagnostics, &session.sources);
    diagnostics.sort_by_key(|d| (d.span().file, d.span().start));
    Analysis { mix: mix.filter(|_| !failed), sources: session.sources, diagnostics, dependencies: session.dependencies, parsed: session.parsed, variants: Vec::new() }
}

/// A statement that cannot be read says so once: what else seems wrong in it follows. It ends with its line or `;`.
fn one_fault_a_statement(diagnostics: Vec<Diagnostic>, sources: &SourceMap) -> Vec<Diagnostic> {
    let statement = |d: &Diagnostic| {
        let span = d.span();
        let before = sources.file(span.file).and_then(|f| f.text.get(..span.start as usize));
        (span.file, before.map_or(0, |before| before.rfind(['\n', '\r', ';']).map_or(0, |at| at + 1)))
    };
    let unreadable = |d: &Diagnostic| d.is_error() && d.code.starts_with("E01");
    let broken: HashSet<_> = diagnostics.iter().filter(|d| unreadable(d)).map(statement).collect();
    if broken.is_empty() {
        return diagnostics;
    }
    diagnostics.into_iter().filter(|d| unreadable(d) || !broken.contains(&statement(d))).collect()
}

impl Session<'_> {
    fn mix(&mut self, module: ModuleId, path: &str) -> Mix {
        self.check_set_names(module);
        self.song_settings(module);
        self.declare_strips(module);
        let (mut strips, groups) = self.strips_and_groups();
        self.check_globals();
        let sections = self.mix_sections();
        let deliveries = self.deliveries(&sections);
        let checks = self.checks();
        self.check_routing(&strips);
        self.apply_solo(&mut strips);
        let (used_effects, used_files) = (self.effects.list.len(), self.audio.list.len());
        let (mut groups, mut curves) = (groups, Vec::new());
        self.keep_used_curves(&mut strips, &mut groups, &mut curves);
        self.check_unused();
        let file = path.rsplit('/').next().unwrap_or(path);
        let file = file.strip_suffix(".mix").unwrap_or(file).to_string();
        let options = self.mix_options(module);
        let tags = self.song.all_tags();
        let facts = std::mem::take(&mut self.song);
        let effects = std::mem::take(&mut self.effects.list);
        let mut files = std::mem::take(&mut self.audio.list);
        files.truncate(used_files);
        Mix {
            song: Song {
                file,
                title: facts.title,
                artist: facts.artist,
                tags,
                sample_rate: facts.timeline.rate,
                tempo: facts.timeline.tempo,
                meters: facts.timeline.meters,
                pan_law: facts.pan_law,
                tail: facts.tail,
                length: facts.length,
                seed: facts.seed,
            },
            sections,
            options,
            files,
            curves,
            effects: effects.into_iter().take(used_effects).collect(),
            strips,
            groups,
            deliveries,
            checks,
        }
    }
}
