//! What is known about an audio file before its audio is read.

use crate::codes;
use crate::error::{MediaError, Warning};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// Most channels a file may have.
pub const MAX_CHANNELS: u32 = 64;
/// Highest sample rate a file may have, in Hz.
pub const MAX_RATE: u32 = 3_072_000;

/// How one sample is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SampleFormat {
    /// Integer, full scale at `2^(bits-1)`; reads exactly into f32 up to 24 bits, into f64 up to 53.
    Int,
    /// IEEE floating point; may exceed full scale.
    Float,
    /// A-law or mu-law.
    Companded,
    /// A lossy codec; `bits` is 0.
    Lossy,
}

/// Facts about an audio file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AudioInfo {
    /// The file.
    pub path: PathBuf,
    /// Sample rate in Hz, 1 to [`MAX_RATE`].
    pub rate: u32,
    /// Channels, 1 to [`MAX_CHANNELS`], in the file's order.
    pub channels: u32,
    /// Length in frames (one sample of every channel); 0 where unknown. See `frames_exact`.
    pub frames: u64,
    /// Whether `frames` is certain. Always true from [`crate::probe`]; from [`crate::open`] it is false where the
    /// container does not say, or says it about a stream that may be cut.
    pub frames_exact: bool,
    /// Bits of one sample: the width of its container where that is wider than what is used; 0 for lossy codecs.
    pub bits: u32,
    /// How samples are stored.
    pub sample: SampleFormat,
    /// Codec, in small letters: `pcm`, `flac`, `mp3`, `aac`, `alac`, `vorbis`, `alaw`, `mulaw`, `adpcm_ms`, ..
    pub codec: String,
    /// Container: `wav`, `rf64`, `bw64`, `rifx`, `w64`, `aiff`, `aifc`, `au`, `caf`, `flac`, `ogg`, `mp4`, `mkv`, ..
    pub container: String,
    /// What is odd about the file; [`crate::Reader::warnings`] adds what shows while reading.
    pub warnings: Vec<Warning>,
}

impl AudioInfo {
    /// Length in seconds.
    pub fn seconds(&self) -> f64 {
        self.frames as f64 / f64::from(self.rate)
    }
}

/// Refuses rates and channel counts that cannot be.
pub(crate) fn check_shape(path: &Path, rate: u64, channels: u64) -> Result<(u32, u32), MediaError> {
    if rate == 0 {
        return Err(MediaError::new(codes::BAD_HEADER, path, "its header says a sample rate of 0", "export it again"));
    }
    if channels == 0 {
        return Err(MediaError::new(codes::BAD_HEADER, path, "its header says 0 channels", "export it again"));
    }
    if channels > u64::from(MAX_CHANNELS) {
        return Err(MediaError::new(
            codes::TOO_MUCH,
            path,
            format!("its header says {channels} channels, more than the {MAX_CHANNELS} that are read"),
            "export it again; split it if there are truly that many",
        ));
    }
    if rate > u64::from(MAX_RATE) {
        return Err(MediaError::new(codes::TOO_MUCH, path, format!("its header says a sample rate of {rate} Hz"), "export it again at a usual rate"));
    }
    Ok((rate as u32, channels as u32))
}
