//! WAV files, written by hound; what hound has no word for, chunks behind the audio, follows when it is done.

use super::quantise::Quantiser;
use super::target::{Gather, Shared, Target};
use super::{AudioSink, OutputFormat, SinkSpec, Whole, check_spec, each_chunk, tags};
use crate::codes;
use crate::error::MediaError;
use crate::info::{MAX_CHANNELS, MAX_RATE};
use crate::pcm::Real;
use hound::{SampleFormat, WavSpec, WavWriter};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// Most bytes of audio: 4 GiB less the largest header, so that the file's size fits its 32 bits.
const MAX_BYTES: u64 = 0xffff_ffff - 256;
/// A WAV file being written: 16 or 24-bit integers or 32-bit floats.
pub struct WavSink {
    path: PathBuf,
    target: Shared,
    /// Gone once the file is finished or lost.
    writer: Option<WavWriter<Gather>>,
    quantiser: Quantiser,
    spec: SinkSpec,
    /// Chunks behind the audio.
    trailer: Vec<u8>,
    integers: Vec<i32>,
    floats: Vec<f32>,
}

impl WavSink {
    /// Begins a WAV file at `path`; `-` is standard output. An existing file stays as it is until
    /// [`AudioSink::finish`].
    ///
    /// # Errors
    /// [`codes::BAD_OUTPUT`] for an impossible specification, [`codes::OUTPUT_TOO_LARGE`] where the announced length
    /// does not fit, [`codes::CANNOT_CREATE`].
    pub fn create(path: impl AsRef<Path>, spec: &SinkSpec) -> Result<Self, MediaError> {
        let path = path.as_ref();
        check(path, spec)?;
        Self::over(path, Shared::open(path)?, spec)
    }

    /// Begins a WAV file that is copied into `writer`, which need not seek, when it is whole; `name` stands for it in
    /// errors.
    ///
    /// # Errors
    /// As [`WavSink::create`].
    pub fn to_writer(name: impl AsRef<Path>, writer: Box<dyn Write + Send>, spec: &SinkSpec) -> Result<Self, MediaError> {
        let name = name.as_ref();
        check(name, spec)?;
        let pending = super::atomic::Pending::spool(name, writer)?;
        Self::over(name, Shared::over(Box::new(pending)), spec)
    }

    /// Begins a WAV file over any target.
    ///
    /// # Errors
    /// As [`WavSink::create`].
    pub fn to_target(name: impl AsRef<Path>, target: Box<dyn Target>, spec: &SinkSpec) -> Result<Self, MediaError> {
        check(name.as_ref(), spec)?;
        Self::over(name.as_ref(), Shared::over(target), spec)
    }

    fn over(path: &Path, target: Shared, spec: &SinkSpec) -> Result<Self, MediaError> {
        let header = WavSpec {
            channels: spec.channels as u16,
            sample_rate: spec.rate,
            bits_per_sample: spec.format.bits() as u16,
            sample_format: if spec.format == OutputFormat::Float32 { SampleFormat::Float } else { SampleFormat::Int },
        };
        let writer = WavWriter::new(Gather::new(target.clone()), header).map_err(|fault| failed(path, fault))?;
        Ok(WavSink {
            path: path.to_path_buf(),
            target,
            writer: Some(writer),
            quantiser: Quantiser::new(spec),
            spec: spec.clone(),
            trailer: tags::chunks(&spec.tags),
            integers: Vec::new(),
            floats: Vec::new(),
        })
    }

    fn write_any<T: Real + Into<f64>>(&mut self, block: &[&[T]]) -> Result<(), MediaError> {
        let (path, channels) = (self.path.clone(), self.spec.channels);
        let frames = block.first().map_or(0, |channel| channel.len()) as u64;
        check_size(&path, &self.spec, self.trailer.len(), self.quantiser.report().frames.saturating_add(frames))?;
        each_chunk(&path, block, channels, |part, frames| {
            self.write_part(part, frames).map_err(|fault| {
                // Half a block in the file cannot be mended.
                self.abandon();
                failed(&path, fault)
            })
        })
    }

    fn write_part<T: Real + Into<f64>>(&mut self, part: &[&[T]], frames: usize) -> hound::Result<()> {
        let Some(writer) = self.writer.as_mut() else {
            return Err(hound::Error::IoError(io::Error::other("an earlier write failed")));
        };
        match self.spec.format {
            OutputFormat::Float32 => {
                self.quantiser.floats(part, frames, &mut self.floats);
                self.floats.iter().try_for_each(|sample| writer.write_sample(*sample))
            }
            OutputFormat::Int24 => {
                self.quantiser.integers(part, frames, &mut self.integers);
                self.integers.iter().try_for_each(|sample| writer.write_sample(*sample))
            }
            OutputFormat::Int16 => {
                self.quantiser.integers(part, frames, &mut self.integers);
                let mut fast = writer.get_i16_writer(self.integers.len() as u32);
                self.integers.iter().for_each(|sample| fast.write_sample(*sample as i16));
                fast.flush()
            }
        }
    }

    fn abandon(&mut self) {
        self.target.discard();
        self.writer = None;
    }
}

/// What follows the audio: a byte that makes its size even, the chunks behind it, and the size of it all in the header.
fn close(target: &mut Shared, trailer: &[u8]) -> io::Result<()> {
    let audio_ends = target.seek(SeekFrom::End(0))?;
    if audio_ends % 2 == 1 {
        target.write_all(&[0])?;
    }
    target.write_all(trailer)?;
    let size = audio_ends + audio_ends % 2 + trailer.len() as u64;
    target.seek(SeekFrom::Start(4))?;
    target.write_all(&(size as u32 - 8).to_le_bytes())?;
    target.flush()
}

impl AudioSink for WavSink {
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
        writer.finalize().map_err(|fault| failed(&self.path, fault))?;
        close(&mut self.target, &self.trailer).map_err(|fault| MediaError::writing(&self.path, &fault))?;
        Whole::new(&self.path, self.target.hand_over(), self.quantiser.report())
    }
}

impl Drop for WavSink {
    fn drop(&mut self) {
        self.abandon();
    }
}

fn check(path: &Path, spec: &SinkSpec) -> Result<(), MediaError> {
    check_spec(path, spec, MAX_CHANNELS, MAX_RATE)?;
    check_size(path, spec, tags::chunks(&spec.tags).len(), spec.frames.unwrap_or(0))
}

fn check_size(path: &Path, spec: &SinkSpec, trailer: usize, frames: u64) -> Result<(), MediaError> {
    let frame = u64::from(spec.channels) * u64::from(spec.format.bits() / 8);
    let most = MAX_BYTES.saturating_sub(trailer as u64) / frame;
    if frames <= most {
        return Ok(());
    }
    let hours = most as f64 / f64::from(spec.rate) / 3600.0;
    let what = format!("{frames} frames of {frame} bytes are more than a WAV file can hold: it ends at 4 GiB, here {most} frames ({hours:.2} h)");
    Err(MediaError::new(codes::OUTPUT_TOO_LARGE, path, what, "render it in parts, with fewer bits or channels, or as FLAC"))
}

fn failed(path: &Path, fault: hound::Error) -> MediaError {
    match fault {
        hound::Error::IoError(fault) => MediaError::writing(path, &fault),
        fault => MediaError::new(codes::WRITE_FAILED, path, format!("writing failed: {fault}"), ""),
    }
}
