//! Sources of a program as readers: files at the mix's rate, one channel or all, and clips of them.
//!
//! A file that stands alone is streamed. Files that clips play, often hundreds of clips of one short file, are decoded
//! once into memory that all clips share, as far as [`MOST`] goes; of the others a few decoders are open at a time.
//! Either way the samples are the same.

mod pool;
mod shared;

use crate::exit::Stop;
use crate::project::Project;
use mixdown_analysis::mix::{Clip, FadeShape, FileRef, Mix, Source};
use mixdown_analysis::world::WorldError;
use mixdown_engine::{ClipReader, Fade, Sample, SourceReader};
use mixdown_kernel::lower::SourceSpec;
use mixdown_media::{MediaError, ResampledReader};
use pool::Pool;
use shared::Shelf;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

/// Frames that are read from a file at once.
const CHUNK: usize = 4096;

/// Opens every source of a program.
///
/// # Errors
/// A file that cannot be opened any more.
pub fn open<S: Sample + From32>(
    project: &Project,
    mix: &Mix,
    specs: &[SourceSpec],
) -> Result<Vec<Box<dyn SourceReader<S>>>, Stop> {
    let mut shelf = Shelf::new(mix.song.sample_rate);
    specs.iter().map(|spec| one(project, mix, spec, &mut shelf)).collect()
}

fn one<S: Sample + From32>(
    project: &Project,
    mix: &Mix,
    spec: &SourceSpec,
    shelf: &mut Shelf,
) -> Result<Box<dyn SourceReader<S>>, Stop> {
    match &spec.source {
        Source::File(file) => {
            let reader = mixdown_media::open_at(path_of(project, mix, file)?, mix.song.sample_rate)?;
            let frames = reader.frames();
            Ok(reading(Stream { reader }, frames, file, spec.channels))
        }
        Source::Clips(clips) => {
            let mut list = Vec::new();
            let pool = Arc::new(Mutex::new(Pool::new(mix.song.sample_rate)));
            for clip in clips {
                let path = path_of(project, mix, &clip.source)?;
                let source = match shelf.take(&path)? {
                    Some(audio) => {
                        let frames = audio.frames();
                        reading(audio, frames, &clip.source, spec.channels)
                    }
                    None => {
                        let handle = pool::Handle::new(&pool, path)?;
                        let frames = handle.frames();
                        reading(handle, frames, &clip.source, spec.channels)
                    }
                };
                list.push(engine_clip(clip, source));
            }
            let reader = ClipReader::new(list)
                .map_err(|e| Stop::environment("E0912", format!("{}: {e}", spec.path), "give the clip a length"))?;
            Ok(Box::new(reader))
        }
        Source::Generator(_) => Err(Stop::environment("E0899", "a generator is no file", "please report it")),
    }
}

fn reading<S: Sample + From32, F: Frames + 'static>(from: F, frames: u64, file: &FileRef, channels: usize) -> Box<dyn SourceReader<S>> {
    Box::new(FileSource { from, frames, planes: Vec::new(), channel: file.channel.map(|c| c as usize), channels })
}

fn path_of(project: &Project, mix: &Mix, file: &FileRef) -> Result<PathBuf, Stop> {
    let Some(audio) = mix.files.get(file.file as usize) else {
        return Err(Stop::environment("E0899", "a source names no file of the mix", "please report it"));
    };
    project.resolve(&audio.path).map_err(outside)
}

fn engine_clip<S: Sample>(clip: &Clip, source: Box<dyn SourceReader<S>>) -> mixdown_engine::Clip<S> {
    let shape = match clip.fade {
        FadeShape::Linear => Fade::Linear,
        FadeShape::Power => Fade::Power,
        FadeShape::Smooth => Fade::Smooth,
    };
    mixdown_engine::Clip {
        source,
        at: clip.at,
        from: clip.from,
        length: clip.length,
        repeat: clip.repeat,
        reverse: clip.reverse,
        gain: if clip.gain == f64::NEG_INFINITY { 0.0 } else { 10f64.powf(clip.gain / 20.0) },
        fade_in: clip.fade_in,
        fade_out: clip.fade_out,
        fade: shape,
    }
}

/// A path that may not be used.
pub fn outside(e: WorldError) -> Stop {
    Stop::environment(e.code, e.message, e.help.unwrap_or_default())
}

/// Samples that can be made from 32-bit ones.
pub trait From32: Sized {
    /// The sample.
    fn from32(x: f32) -> Self;
    /// The same planes as 32-bit ones, where they are.
    fn as32<'a, 'b>(planes: &'a mut [&'b mut [Self]]) -> Option<&'a mut [&'b mut [f32]]>;
}

impl From32 for f32 {
    fn from32(x: f32) -> f32 {
        x
    }

    fn as32<'a, 'b>(planes: &'a mut [&'b mut [f32]]) -> Option<&'a mut [&'b mut [f32]]> {
        Some(planes)
    }
}

impl From32 for f64 {
    fn from32(x: f32) -> f64 {
        f64::from(x)
    }

    fn as32<'a, 'b>(_: &'a mut [&'b mut [f64]]) -> Option<&'a mut [&'b mut [f32]]> {
        None
    }
}

/// Where the frames of a file come from: a decoder, or memory.
trait Frames: Send {
    fn channels(&self) -> usize;
    fn read(&mut self, planes: &mut [&mut [f32]], frames: usize) -> Result<usize, MediaError>;
    fn seek(&mut self, frame: u64) -> Result<(), MediaError>;
}

/// A decoder of its own.
struct Stream {
    reader: ResampledReader,
}

impl Frames for Stream {
    fn channels(&self) -> usize {
        self.reader.info().channels as usize
    }

    fn read(&mut self, planes: &mut [&mut [f32]], frames: usize) -> Result<usize, MediaError> {
        self.reader.read(planes, frames)
    }

    fn seek(&mut self, frame: u64) -> Result<(), MediaError> {
        self.reader.seek(frame)
    }
}

/// A file at the mix's rate: all of its channels, one of them, or mono on both sides.
struct FileSource<F> {
    from: F,
    frames: u64,
    /// A stretch of the file, where it cannot be read straight to where it is wanted.
    planes: Vec<Vec<f32>>,
    channel: Option<usize>,
    channels: usize,
}

impl<S: Sample + From32, F: Frames> SourceReader<S> for FileSource<F> {
    fn channels(&self) -> usize {
        self.channels
    }

    fn frames(&self) -> Option<u64> {
        Some(self.frames)
    }

    fn read(&mut self, out: &mut [&mut [S]]) -> Result<usize, String> {
        let wanted = out.first().map_or(0, |o| o.len());
        if self.channel.is_none()
            && self.channels == self.from.channels()
            && let Some(out) = S::as32(out)
        {
            return self.from.read(out, wanted).map_err(|e| e.to_string());
        }
        let wanted = wanted.min(CHUNK);
        self.planes.resize_with(self.from.channels(), || vec![0f32; CHUNK]);
        let mut planes: Vec<&mut [f32]> = self.planes.iter_mut().map(Vec::as_mut_slice).collect();
        let n = self.from.read(&mut planes, wanted).map_err(|e| e.to_string())?;
        for (c, to) in out.iter_mut().enumerate() {
            let from = self.channel.unwrap_or(c).min(self.planes.len().saturating_sub(1));
            for (to, from) in to.iter_mut().zip(&self.planes[from][..n]) {
                *to = S::from32(*from);
            }
        }
        Ok(n)
    }

    fn seek(&mut self, frame: u64) -> Result<(), String> {
        self.from.seek(frame.min(self.frames)).map_err(|e| e.to_string())
    }
}
