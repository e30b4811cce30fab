//! WAV files: the plain header for 16 bits in mono and stereo, the extensible one for everything else.

use super::quantise::Quantiser;
use super::target::{Shared, Target};
use super::{AudioSink, OutputFormat, SinkReport, SinkSpec, check_spec, each_chunk, tags};
use crate::codes;
use crate::error::MediaError;
use crate::info::{MAX_CHANNELS, MAX_RATE};
use crate::pcm::Real;
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// Most bytes of audio: 4 GiB less the largest header, so that the file's size fits its 32 bits.
const MAX_BYTES: u64 = 0xffff_ffff - 256;
/// Bytes gathered before they go to the system.
const GATHERED: usize = 256 * 1024;
/// Channels that have a place of their own in the header's mask.
const PLACED: u32 = 18;
/// What follows the code of the sample format in an extensible header.
const SUBFORMAT: [u8; 14] = [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71];

/// A WAV file being written: 16 or 24-bit integers or 32-bit floats.
pub struct WavSink {
    path: PathBuf,
    /// Gone once the file is finished or lost.
    target: Option<Shared>,
    quantiser: Quantiser,
    spec: SinkSpec,
    /// Chunks behind the audio.
    trailer: Vec<u8>,
    integers: Vec<i32>,
    floats: Vec<f32>,
    bytes: Vec<u8>,
    /// Bytes of audio so far.
    audio: u64,
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

    fn over(path: &Path, mut target: Shared, spec: &SinkSpec) -> Result<Self, MediaError> {
        target.write_all(&header(spec, 0, 0)).map_err(|fault| MediaError::writing(path, &fault))?;
        Ok(WavSink {
            path: path.to_path_buf(),
            target: Some(target),
            quantiser: Quantiser::new(spec),
            spec: spec.clone(),
            trailer: tags::chunks(&spec.tags),
            integers: Vec::new(),
            floats: Vec::new(),
            bytes: Vec::new(),
            audio: 0,
        })
    }

    fn write_any<T: Real + Into<f64>>(&mut self, block: &[&[T]]) -> Result<(), MediaError> {
        if self.target.is_none() {
            return Err(MediaError::new(codes::WRITE_FAILED, &self.path, "an earlier write failed", ""));
        }
        let (path, channels) = (self.path.clone(), self.spec.channels);
        let frames = block.first().map_or(0, |channel| channel.len()) as u64;
        check_size(&path, &self.spec, self.trailer.len(), self.quantiser.report().frames.saturating_add(frames))?;
        each_chunk(&path, block, channels, |part, frames| {
            match self.spec.format {
                OutputFormat::Float32 => {
                    self.quantiser.floats(part, frames, &mut self.floats);
                    append(&mut self.bytes, &self.floats, |sample| sample.to_le_bytes());
                }
                OutputFormat::Int24 => {
                    self.quantiser.integers(part, frames, &mut self.integers);
                    append(&mut self.bytes, &self.integers, |sample| {
                        let [a, b, c, _] = sample.to_le_bytes();
                        [a, b, c]
                    });
                }
                OutputFormat::Int16 => {
                    self.quantiser.integers(part, frames, &mut self.integers);
                    append(&mut self.bytes, &self.integers, |sample| (sample as i16).to_le_bytes());
                }
            }
            if self.bytes.len() >= GATHERED { self.spill() } else { Ok(()) }
        })
    }

    /// Hands the gathered bytes over. A file that has failed once is lost: half a block in it cannot be mended.
    fn spill(&mut self) -> Result<(), MediaError> {
        if let Some(Err(fault)) = self.target.as_mut().map(|target| target.write_all(&self.bytes)) {
            self.abandon();
            return Err(MediaError::writing(&self.path, &fault));
        }
        self.audio += self.bytes.len() as u64;
        self.bytes.clear();
        Ok(())
    }

    fn abandon(&mut self) {
        if let Some(mut target) = self.target.take() {
            target.discard();
        }
    }
}

/// Appends samples of `W` bytes.
fn append<T: Copy, const W: usize>(bytes: &mut Vec<u8>, samples: &[T], encode: impl Fn(T) -> [u8; W]) {
    let start = bytes.len();
    bytes.resize(start + samples.len() * W, 0);
    for (to, sample) in bytes[start..].as_chunks_mut::<W>().0.iter_mut().zip(samples) {
        *to = encode(*sample);
    }
}

/// Everything before the audio, of which there are `audio` bytes, and of chunks behind it `trailer`.
fn header(spec: &SinkSpec, audio: u64, trailer: usize) -> Vec<u8> {
    let bits = spec.format.bits() as u16;
    let code: u16 = if spec.format == OutputFormat::Float32 { 3 } else { 1 };
    let frame = spec.channels * u32::from(bits / 8);
    let plain = bits == 16 && spec.channels <= 2;
    let mut format = Vec::with_capacity(40);
    format.extend(if plain { code } else { 0xfffe }.to_le_bytes());
    format.extend((spec.channels as u16).to_le_bytes());
    format.extend(spec.rate.to_le_bytes());
    format.extend(spec.rate.wrapping_mul(frame).to_le_bytes());
    format.extend((frame as u16).to_le_bytes());
    format.extend(bits.to_le_bytes());
    if !plain {
        let mask = (1u32 << spec.channels.min(PLACED)) - 1;
        format.extend(22u16.to_le_bytes());
        format.extend(bits.to_le_bytes());
        format.extend(mask.to_le_bytes());
        format.extend(code.to_le_bytes());
        format.extend(SUBFORMAT);
    }
    let rest = audio + audio % 2 + trailer as u64;
    let mut head = Vec::with_capacity(68);
    head.extend(b"RIFF");
    head.extend((4 + 8 + format.len() as u32 + 8 + rest as u32).to_le_bytes());
    head.extend(b"WAVEfmt ");
    head.extend((format.len() as u32).to_le_bytes());
    head.extend(format);
    head.extend(b"data");
    head.extend((audio as u32).to_le_bytes());
    head
}

/// The last bytes, and the header with what is known now.
fn close(target: &mut Shared, spec: &SinkSpec, audio: u64, trailer: &[u8]) -> io::Result<()> {
    if audio % 2 == 1 {
        target.write_all(&[0])?;
    }
    target.write_all(trailer)?;
    target.seek(SeekFrom::Start(0))?;
    target.write_all(&header(spec, audio, trailer.len()))?;
    target.flush()
}

impl AudioSink for WavSink {
    fn write(&mut self, block: &[&[f32]]) -> Result<(), MediaError> {
        self.write_any(block)
    }

    fn write_f64(&mut self, block: &[&[f64]]) -> Result<(), MediaError> {
        self.write_any(block)
    }

    fn finish(mut self: Box<Self>) -> Result<SinkReport, MediaError> {
        self.spill()?;
        let Some(mut target) = self.target.take() else {
            return Err(MediaError::new(codes::WRITE_FAILED, &self.path, "an earlier write failed", ""));
        };
        close(&mut target, &self.spec, self.audio, &self.trailer).and_then(|()| target.commit()).map_err(|fault| MediaError::writing(&self.path, &fault))?;
        Ok(self.quantiser.report())
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
