//! The one reader for every format. Memory does not grow with the file's length; no sample leaves it that is not a
//! finite number.

use crate::codes;
use crate::coded::CodedReader;
use crate::error::{MediaError, Warning};
use crate::info::AudioInfo;
use crate::pcm::{self, FileBytes, Found, PcmReader, Real};
use crate::sniff;
use std::path::Path;

enum Source {
    Pcm(PcmReader),
    Coded(Box<CodedReader>),
}

/// An audio file being read, planar, from any frame on.
pub struct Reader {
    info: AudioInfo,
    source: Source,
    non_finite: u64,
}

/// Opens an audio file and reads its headers. The format is told by the file's bytes, not by its name.
///
/// # Errors
/// [`MediaError`] naming the file: missing, unreadable, empty, not audio, not supported, broken.
pub fn open(path: impl AsRef<Path>) -> Result<Reader, MediaError> {
    let path = path.as_ref();
    let mut file = FileBytes::open(path)?;
    if let Some(Found::Pcm(layout)) = pcm::parse(&mut file)? {
        let info = AudioInfo {
            path: path.to_path_buf(),
            rate: layout.rate,
            channels: layout.channels,
            frames: layout.frames,
            frames_exact: true,
            bits: 8 * layout.encoding.bytes() as u32,
            sample: layout.encoding.sample(),
            codec: layout.encoding.codec().to_string(),
            container: layout.container.to_string(),
            warnings: layout.warnings.clone(),
        };
        return Ok(Reader { info, source: Source::Pcm(PcmReader::new(file, layout)), non_finite: 0 });
    }
    let mut head = vec![0u8; 4096];
    let got = file.read_at(0, &mut head)?;
    head.truncate(got);
    if let Some(name) = sniff::unsupported(&head) {
        return Err(MediaError::new(codes::UNSUPPORTED, path, format!("it is {name}, which is not supported"), "convert it to WAV or FLAC"));
    }
    if sniff::is_text(&head) {
        return Err(MediaError::new(codes::NOT_AUDIO, path, "it is text, not audio", "name an audio file"));
    }
    let (source, info) = CodedReader::open(path).map_err(|error| match sniff::supported(&head) {
        Some(name) if error.code == codes::NOT_AUDIO || error.code == codes::BAD_HEADER => {
            let what = format!("it is {name}, but it ends or breaks before any audio could be decoded ({})", error.reason);
            MediaError::new(codes::BAD_HEADER, path, what, "export or fetch it again")
        }
        _ => error,
    })?;
    Ok(Reader { info, source: Source::Coded(Box::new(source)), non_finite: 0 })
}

/// Facts about a file with its exact length. Where the container does not say the length, or may be wrong about it,
/// the file is walked through; `frames_exact` is always true.
///
/// # Errors
/// As [`open`].
pub fn probe(path: impl AsRef<Path>) -> Result<AudioInfo, MediaError> {
    let mut reader = open(path)?;
    if !reader.info.frames_exact
        && let Source::Coded(coded) = &mut reader.source
    {
        reader.info.frames = coded.count()?;
        reader.info.frames_exact = true;
        reader.info.warnings.extend(coded.warnings());
    }
    Ok(reader.info)
}

impl Reader {
    /// What is known about the file.
    pub fn info(&self) -> &AudioInfo {
        &self.info
    }

    /// The frame that the next read begins with.
    pub fn position(&self) -> u64 {
        match &self.source {
            Source::Pcm(pcm) => pcm.position(),
            Source::Coded(coded) => coded.position(),
        }
    }

    /// Everything odd about the file so far: what the header showed and what showed while reading. Complete once
    /// [`Reader::read`] has returned fewer frames than asked for.
    pub fn warnings(&self) -> Vec<Warning> {
        let mut all = self.info.warnings.clone();
        if let Source::Coded(coded) = &self.source {
            all.extend(coded.warnings());
        }
        if self.non_finite > 0 {
            all.push(Warning::new(codes::NON_FINITE, format!("{} samples are NaN or infinite; they are read as 0", self.non_finite)));
        }
        all
    }

    /// Reads up to `frames` frames into the first `frames` samples of each of `out`, one buffer a channel, full scale
    /// ±1. Returns how many; fewer than asked for only at the end, 0 at the end.
    ///
    /// # Errors
    /// [`codes::BAD_REQUEST`] where `out` is not one buffer a channel, each of at least `frames`;
    /// [`codes::CORRUPT`], [`codes::CHANGES`] or [`codes::READ_FAILED`] where the file fails.
    pub fn read<B: AsMut<[f32]>>(&mut self, out: &mut [B], frames: usize) -> Result<usize, MediaError> {
        self.read_as::<f32, B>(out, frames)
    }

    /// As [`Reader::read`] in double precision: 32-bit integers and 64-bit floats come out as they are stored.
    ///
    /// # Errors
    /// As [`Reader::read`].
    pub fn read_f64<B: AsMut<[f64]>>(&mut self, out: &mut [B], frames: usize) -> Result<usize, MediaError> {
        self.read_as::<f64, B>(out, frames)
    }

    fn read_as<T: Real, B: AsMut<[T]>>(&mut self, out: &mut [B], frames: usize) -> Result<usize, MediaError> {
        let buffers = out.len();
        let mut planes: Vec<&mut [T]> = out.iter_mut().filter_map(|plane| plane.as_mut().get_mut(..frames)).collect();
        if buffers != self.info.channels as usize || planes.len() != buffers {
            let what = format!("asked for {frames} frames in {buffers} buffers of a file of {} channels", self.info.channels);
            return Err(MediaError::new(codes::BAD_REQUEST, &self.info.path, what, ""));
        }
        let done = match &mut self.source {
            Source::Pcm(pcm) => pcm.read(&mut planes)?,
            Source::Coded(coded) => coded.read(&mut planes)?,
        };
        if !matches!(&self.source, Source::Pcm(pcm) if pcm.always_finite()) {
            for plane in planes {
                self.non_finite += scrub(&mut plane[..done]);
            }
        }
        Ok(done)
    }

    /// Moves to `frame`, exactly to the sample: what is read from there is what a read from the start would give.
    /// PCM and FLAC jump; other codecs decode and discard, from the start when moving back.
    ///
    /// # Errors
    /// [`codes::BAD_REQUEST`] behind the end, and what reading may give.
    pub fn seek(&mut self, frame: u64) -> Result<(), MediaError> {
        let behind = |info: &AudioInfo, end: u64| MediaError::new(codes::BAD_REQUEST, &info.path, format!("frame {frame} lies behind its end at {end}"), "");
        match &mut self.source {
            Source::Pcm(_) if frame > self.info.frames => Err(behind(&self.info, self.info.frames)),
            Source::Pcm(pcm) => {
                pcm.seek(frame);
                Ok(())
            }
            Source::Coded(coded) => match coded.seek(frame)? {
                reached if reached < frame => Err(behind(&self.info, reached)),
                _ => Ok(()),
            },
        }
    }
}

/// Replaces what is not finite by 0; returns how many.
fn scrub<T: Real>(samples: &mut [T]) -> u64 {
    // The first pass has no branch and no store, so it costs next to nothing on the files that are in order.
    if samples.iter().fold(true, |all, sample| all & sample.finite()) {
        return 0;
    }
    let mut count = 0;
    for sample in samples {
        if !sample.finite() {
            *sample = T::default();
            count += 1;
        }
    }
    count
}
