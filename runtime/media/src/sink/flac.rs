//! FLAC files, written by flac-codec: 16 and 24 bits, 1 to 8 channels. Lossless: what is read back is what was
//! quantised.

use super::quantise::Quantiser;
use super::target::Shared;
use super::{AudioSink, OutputFormat, SinkSpec, Whole, check_spec, each_chunk, tags};
use crate::codes;
use crate::error::MediaError;
use crate::pcm::Real;
use flac_codec::encode::{FlacSampleWriter, Options};
use std::io::BufWriter;
use std::path::{Path, PathBuf};

/// FLAC counts its sample rate in 20 bits; the format allows up to this.
const MAX_RATE: u32 = 655_350;

/// A FLAC file being written.
pub struct FlacSink {
    path: PathBuf,
    target: Shared,
    /// Gone once the file is finished or lost.
    writer: Option<FlacSampleWriter<BufWriter<Shared>>>,
    quantiser: Quantiser,
    channels: u32,
    integers: Vec<i32>,
}

impl FlacSink {
    /// Begins a FLAC file at `path`. An existing file stays as it is until [`AudioSink::seal`].
    ///
    /// # Errors
    /// [`codes::BAD_OUTPUT`] for floats, more than 8 channels or an impossible rate, and from [`AudioSink::seal`]
    /// where nothing was written; [`codes::CANNOT_CREATE`].
    pub fn create(path: impl AsRef<Path>, spec: &SinkSpec) -> Result<Self, MediaError> {
        let path = path.as_ref();
        check_spec(path, spec, 8, MAX_RATE)?;
        if spec.format == OutputFormat::Float32 {
            return Err(MediaError::new(codes::BAD_OUTPUT, path, "FLAC holds no floats", "write 24 bits, or WAV"));
        }
        let target = Shared::open(path)?;
        let buffer = BufWriter::with_capacity(256 * 1024, target.clone());
        let options = tags::vorbis(&spec.tags).fold(Options::default().fast_channel_correlation(true), |o, (name, text)| o.tag(name, text));
        let writer = FlacSampleWriter::new(buffer, options, spec.rate, spec.format.bits(), spec.channels as u8, None).map_err(|fault| failed(path, fault))?;
        Ok(FlacSink { path: path.to_path_buf(), target, writer: Some(writer), quantiser: Quantiser::new(spec), channels: spec.channels, integers: Vec::new() })
    }

    fn write_any<T: Real + Into<f64>>(&mut self, block: &[&[T]]) -> Result<(), MediaError> {
        let path = self.path.clone();
        each_chunk(&path, block, self.channels, |part, frames| {
            self.quantiser.integers(part, frames, &mut self.integers);
            let Some(writer) = self.writer.as_mut() else {
                return Err(MediaError::new(codes::WRITE_FAILED, &self.path, "an earlier write failed", ""));
            };
            writer.write(&self.integers).map_err(|fault| {
                self.abandon();
                failed(&self.path, fault)
            })
        })
    }

    fn abandon(&mut self) {
        self.target.discard();
        self.writer = None;
    }
}

impl AudioSink for FlacSink {
    fn write(&mut self, block: &[&[f32]]) -> Result<(), MediaError> {
        self.write_any(block)
    }

    fn write_f64(&mut self, block: &[&[f64]]) -> Result<(), MediaError> {
        self.write_any(block)
    }

    fn seal(mut self: Box<Self>) -> Result<Whole, MediaError> {
        let Some(writer) = self.writer.take() else {
            return Err(MediaError::new(codes::WRITE_FAILED, &self.path, "an earlier write failed", ""));
        };
        if self.quantiser.report().frames == 0 {
            return Err(MediaError::new(codes::BAD_OUTPUT, &self.path, "there is no audio to write, and a FLAC file cannot be empty", "write WAV, or render more than nothing"));
        }
        writer.finalize().map_err(|fault| failed(&self.path, fault))?;
        Whole::new(&self.path, self.target.hand_over(), self.quantiser.report())
    }
}

impl Drop for FlacSink {
    fn drop(&mut self) {
        self.abandon();
    }
}

fn failed(path: &Path, fault: flac_codec::Error) -> MediaError {
    match fault {
        flac_codec::Error::Io(fault) => MediaError::writing(path, &fault),
        fault => MediaError::new(codes::WRITE_FAILED, path, format!("writing failed: {fault}"), ""),
    }
}
