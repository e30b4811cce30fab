//! Audio files written: WAV through hound, FLAC through flac-codec. A file appears under its name only when it is
//! whole; samples are clipped, never wrapped; NaN and infinities become 0; both are counted.

mod atomic;
mod dither;
mod flac;
mod quantise;
mod tags;
mod target;
mod wav;

pub use dither::Dither;
pub use flac::FlacSink;
pub use target::Target;
pub use wav::WavSink;

use crate::codes;
use crate::error::MediaError;
use crate::info::{MAX_CHANNELS, MAX_RATE};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use target::Shared;

/// How samples are stored in an output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OutputFormat {
    /// 16-bit integer.
    Int16,
    /// 24-bit integer.
    Int24,
    /// 32-bit float; may exceed full scale. Not in FLAC.
    Float32,
}

impl OutputFormat {
    /// Bits of one sample.
    pub fn bits(self) -> u32 {
        match self {
            OutputFormat::Int16 => 16,
            OutputFormat::Int24 => 24,
            OutputFormat::Float32 => 32,
        }
    }
}

/// What an output is to be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SinkSpec {
    /// Sample rate in Hz, 1 to [`MAX_RATE`].
    pub rate: u32,
    /// Channels, 1 to [`MAX_CHANNELS`]; FLAC takes up to 8.
    pub channels: u32,
    /// How samples are stored.
    pub format: OutputFormat,
    /// Dither before rounding to integers.
    pub dither: Dither,
    /// Seed of the dither noise: equal seeds give equal bits.
    pub seed: u64,
    /// Length in frames where it is known; lets a file that cannot be held be refused before anything is rendered.
    pub frames: Option<u64>,
    /// What the file says of itself, name (`title`, `artist`, `album`, `isrc`, …) and text. A name that no file knows
    /// is left out.
    #[serde(default)]
    pub tags: Vec<(String, String)>,
}

impl SinkSpec {
    /// A specification with [`Dither::Auto`], seed 0, an unknown length and no tags.
    pub fn new(rate: u32, channels: u32, format: OutputFormat) -> Self {
        SinkSpec { rate, channels, format, dither: Dither::Auto, seed: 0, frames: None, tags: Vec::new() }
    }
}

/// What happened to the samples of an output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SinkReport {
    /// Frames written.
    pub frames: u64,
    /// Samples beyond full scale (|x| > 1). Integer formats hold them at full scale, floats keep them.
    pub over: u64,
    /// NaN or infinite samples, written as 0.
    pub non_finite: u64,
}

/// A file that holds all its audio and only lacks its name. Dropped without [`Whole::commit`] it leaves nothing behind,
/// and what stood under its name before stays. Several files appear together when each is whole before the first is
/// put in its place.
pub struct Whole {
    path: PathBuf,
    target: Shared,
    report: SinkReport,
}

impl Whole {
    fn new(path: &Path, mut target: Shared, report: SinkReport) -> Result<Self, MediaError> {
        target.settle().map_err(|fault| MediaError::writing(path, &fault))?;
        Ok(Whole { path: path.to_path_buf(), target, report })
    }

    /// Puts it in its place.
    ///
    /// # Errors
    /// [`codes::WRITE_FAILED`]; [`codes::DISK_FULL`] where a device or a pipe takes no more.
    pub fn commit(self) -> Result<SinkReport, MediaError> {
        self.target.clone().commit().map_err(|fault| MediaError::writing(&self.path, &fault))?;
        Ok(self.report)
    }
}

impl Drop for Whole {
    fn drop(&mut self) {
        self.target.discard();
    }
}

/// An output that takes audio block by block. Dropped without [`AudioSink::finish`] it leaves nothing behind, and
/// what stood under its name before stays.
pub trait AudioSink: Send {
    /// Writes a block, one slice a channel, all of one length, full scale ±1. How the audio is cut into blocks does
    /// not change the file.
    ///
    /// # Errors
    /// [`codes::BAD_REQUEST`] where the slices do not match the channels; [`codes::DISK_FULL`],
    /// [`codes::WRITE_FAILED`], [`codes::OUTPUT_TOO_LARGE`]. After an error the output is lost.
    fn write(&mut self, block: &[&[f32]]) -> Result<(), MediaError>;

    /// As [`AudioSink::write`], from double precision.
    ///
    /// # Errors
    /// As [`AudioSink::write`].
    fn write_f64(&mut self, block: &[&[f64]]) -> Result<(), MediaError>;

    /// Completes the output, all but its name.
    ///
    /// # Errors
    /// As [`AudioSink::write`].
    fn seal(self: Box<Self>) -> Result<Whole, MediaError>;

    /// Completes the output and puts it in its place.
    ///
    /// # Errors
    /// As [`AudioSink::write`].
    fn finish(self: Box<Self>) -> Result<SinkReport, MediaError> {
        self.seal()?.commit()
    }
}

/// Opens the output that a path asks for: FLAC where its extension is `flac`, else WAV; `-` is standard output, as
/// WAV.
///
/// # Errors
/// [`codes::BAD_OUTPUT`] for an impossible specification or an extension that is neither, [`codes::CANNOT_CREATE`],
/// [`codes::OUTPUT_TOO_LARGE`].
pub fn create(path: impl AsRef<Path>, spec: &SinkSpec) -> Result<Box<dyn AudioSink>, MediaError> {
    let path = path.as_ref();
    let extension = path.extension().map(|extension| extension.to_string_lossy().to_lowercase());
    match extension.as_deref() {
        Some("flac") => Ok(Box::new(FlacSink::create(path, spec)?)),
        Some("wav" | "wave" | "bwf") | None => Ok(Box::new(WavSink::create(path, spec)?)),
        Some(other) => Err(MediaError::new(codes::BAD_OUTPUT, path, format!("files of type `.{other}` are not written"), "end its name in .wav or .flac")),
    }
}

/// Refuses what no container here can hold.
fn check_spec(path: &Path, spec: &SinkSpec, max_channels: u32, max_rate: u32) -> Result<(), MediaError> {
    let refuse = |what: String| Err(MediaError::new(codes::BAD_OUTPUT, path, what, ""));
    if spec.rate == 0 || spec.rate > max_rate.min(MAX_RATE) {
        return refuse(format!("a sample rate of {} Hz cannot be written there", spec.rate));
    }
    if spec.channels == 0 || spec.channels > max_channels.min(MAX_CHANNELS) {
        return refuse(format!("{} channels cannot be written there", spec.channels));
    }
    Ok(())
}

/// Frames quantised at a time: bounds the scratch memory whatever the block.
const CHUNK: usize = 4096;

/// Hands a block over in parts of a bounded number of frames; refuses one that does not fit the channels.
fn each_chunk<T>(
    path: &Path,
    block: &[&[T]],
    channels: u32,
    mut write: impl FnMut(&[&[T]], usize) -> Result<(), MediaError>,
) -> Result<(), MediaError> {
    let frames = block.first().map_or(0, |channel| channel.len());
    if block.len() != channels as usize || block.iter().any(|channel| channel.len() != frames) {
        let what = format!("a block of {} channels of unlike length came to an output of {channels}", block.len());
        return Err(MediaError::new(codes::BAD_REQUEST, path, what, ""));
    }
    for start in (0..frames).step_by(CHUNK) {
        let end = frames.min(start + CHUNK);
        let part: Vec<&[T]> = block.iter().map(|channel| &channel[start..end]).collect();
        write(&part, end - start)?;
    }
    Ok(())
}
