//! What the song says of itself: time, sections, settings, options. Always true: [`SongFacts::timeline`] answers at
//! any moment (120 bpm in 4/4 at 48 kHz where nothing is written).

mod options;
mod sections;
mod settings;
mod tempo;
pub(crate) mod time;

use crate::mix::{OptionValue, PanLaw};
use crate::units::SongUnits;
use mixdown_syntax::tree;
use std::rc::Rc;
use time::{Pos, Timeline};

/// The song's own facts.
pub(crate) struct SongFacts {
    /// Beats, seconds, samples.
    pub timeline: Timeline,
    /// No tempo is written, so the first musical time says that one is assumed.
    pub tempo_assumed: bool,
    /// What units need to know.
    pub units: SongUnits,
    /// Lines of `sections`.
    pub sections: Vec<SectionFacts>,
    /// The starts of them all in the order of time, once all are known.
    pub section_starts: Option<Rc<Vec<(i64, Pos)>>>,
    /// `title`.
    pub title: Option<String>,
    /// `artist`.
    pub artist: Option<String>,
    /// `album`, `year`, …
    pub tags: Vec<(String, String)>,
    /// `pan_law`.
    pub pan_law: PanLaw,
    /// `tail`: level and seconds.
    pub tail: (f64, f64),
    /// `length` in samples.
    pub length: Option<u64>,
    /// `seed`.
    pub seed: u64,
    /// Options in the order of the text.
    pub options: Vec<OptionValue>,
}

impl Default for SongFacts {
    fn default() -> Self {
        let mut facts = SongFacts {
            timeline: Timeline::default(),
            tempo_assumed: false,
            units: SongUnits::default(),
            sections: Vec::new(),
            section_starts: None,
            title: None,
            artist: None,
            tags: Vec::new(),
            pan_law: PanLaw::Db3,
            tail: (-90.0, 10.0),
            length: None,
            seed: 0,
            options: Vec::new(),
        };
        facts.refresh_units();
        facts
    }
}

/// A line of `sections`.
pub(crate) struct SectionFacts {
    /// Its name.
    pub name: tree::Ident,
    /// As written.
    pub starts: Vec<std::rc::Rc<tree::Expr>>,
    /// Evaluated: start and written end of each repeat.
    pub state: SectionState,
}

/// How far a section is.
pub(crate) enum SectionState {
    Waiting,
    Running,
    Done(Vec<(Pos, Option<Pos>)>),
}

impl SongFacts {
    /// Enters a line of `sections`.
    pub fn add_section(&mut self, section: tree::Section) -> usize {
        self.sections.push(SectionFacts {
            name: section.name,
            starts: section.starts.into_iter().map(std::rc::Rc::new).collect(),
            state: SectionState::Waiting,
        });
        self.sections.len() - 1
    }

    /// All that the song says of itself.
    pub fn all_tags(&self) -> Vec<(String, String)> {
        let named = [("title", &self.title), ("artist", &self.artist)];
        let named = named.into_iter().filter_map(|(name, text)| Some((name.to_string(), text.clone()?)));
        named.chain(self.tags.iter().cloned()).collect()
    }

    /// Names of all sections, in the order of the text.
    pub fn section_names(&self) -> Vec<String> {
        self.sections.iter().map(|s| s.name.name.clone()).collect()
    }

    /// Tells the units what is known by now.
    pub fn refresh_units(&mut self) {
        self.units = SongUnits {
            sample_rate: Some(f64::from(self.timeline.rate)),
            beats_per_bar: Some(self.timeline.first_bar()),
            beat_unit: Some(self.timeline.unit()),
        };
    }
}
