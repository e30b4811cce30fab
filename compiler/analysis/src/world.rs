//! The one door to the outside: text of modules, facts about audio files, measurements, file lists.

use serde::{Deserialize, Serialize};

/// What is known of an audio file without decoding it all into memory.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AudioFacts {
    /// Hertz.
    pub rate: u32,
    /// Channels.
    pub channels: u32,
    /// Exact length in frames at its own rate.
    pub frames: u64,
    /// Codec and depth for messages: `pcm s24`.
    pub format: String,
    /// Bits of a sample where that is known.
    pub bits: Option<u32>,
    /// What is odd about it (truncated, …); becomes a warning at the source line.
    pub warnings: Vec<String>,
}

/// What `measure("take.wav")` knows. Levels in decibels, loudness in LUFS; `None` where undefined (silence, too
/// short).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Measured {
    pub loudness: Option<f64>,
    pub lra: Option<f64>,
    pub true_peak: Option<f64>,
    pub peak: Option<f64>,
    pub rms: Option<f64>,
    pub crest: Option<f64>,
    pub noise_floor: Option<f64>,
    pub dc: f64,
    pub correlation: Option<f64>,
    pub duration: f64,
    pub bands: Vec<(f64, f64)>,
    /// Centre and level of all 31, which is `None` where there is nothing.
    pub third_octaves: Vec<(f64, Option<f64>)>,
    /// The same of the middle, and of the side.
    pub middle_thirds: Vec<(f64, Option<f64>)>,
    pub side_thirds: Vec<(f64, Option<f64>)>,
}

/// Why something could not be had.
#[derive(Clone, Debug, PartialEq)]
pub struct WorldError {
    /// `E09xx` code of the room that failed; `E0901` where it gave none.
    pub code: String,
    /// One line that names the file.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
}

/// Files and measurements, as the compiler sees them. Paths are relative to the song's folder, `/` between parts.
/// Implementations cache and remember what was asked, so that `watch` knows what to follow.
pub trait World {
    /// Text of a module of the project.
    fn read_text(&self, path: &str) -> Result<String, WorldError>;
    /// Name and text of the standard-library file that declares `name`, if one does.
    fn std_lib(&self, name: &str) -> Option<(&'static str, &'static str)>;
    /// Every name that the standard library declares, for "did you mean" and completion.
    fn std_names(&self) -> Vec<&'static str>;
    /// Folder (relative to the song) of a package that the manifest names.
    fn package(&self, name: &str) -> Result<String, WorldError>;
    /// Facts about an audio file.
    fn audio(&self, path: &str) -> Result<AudioFacts, WorldError>;
    /// Measures an audio file.
    fn measure(&self, path: &str) -> Result<Measured, WorldError>;
    /// Files that match a pattern (`stems/*.wav`), sorted by bytes.
    fn glob(&self, pattern: &str) -> Result<Vec<String>, WorldError>;
}
