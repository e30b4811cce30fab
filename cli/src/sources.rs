//! Sources of a program as readers: files at the mix's rate, one channel or all, and clips of them.

use crate::exit::Stop;
use crate::project::Project;
use mixdown_analysis::mix::{Clip, FadeShape, FileRef, Mix, Source};
use mixdown_analysis::world::WorldError;
use mixdown_engine::{ClipReader, Fade, Sample, SourceReader};
use mixdown_kernel::lower::SourceSpec;
use mixdown_media::ResampledReader;

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
    specs.iter().map(|spec| one(project, mix, spec)).collect()
}

fn one<S: Sample + From32>(project: &Project, mix: &Mix, spec: &SourceSpec) -> Result<Box<dyn SourceReader<S>>, Stop> {
    match &spec.source {
        Source::File(file) => Ok(Box::new(open_file::<S>(project, mix, file, spec.channels)?)),
        Source::Clips(clips) => {
            let mut list = Vec::new();
            for clip in clips {
                let reader = open_file::<S>(project, mix, &clip.source, spec.channels)?;
                list.push(engine_clip(clip, Box::new(reader)));
            }
            let reader = ClipReader::new(list)
                .map_err(|e| Stop::environment("E0912", format!("{}: {e}", spec.path), ""))?;
            Ok(Box::new(reader))
        }
        Source::Generator(_) => Err(Stop::environment("E0899", "a generator is no file", "please report it")),
    }
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

fn open_file<S: Sample + From32>(
    project: &Project,
    mix: &Mix,
    file: &FileRef,
    channels: usize,
) -> Result<FileSource, Stop> {
    let Some(audio) = mix.files.get(file.file as usize) else {
        return Err(Stop::environment("E0899", "a source names no file of the mix", "please report it"));
    };
    let path = project.resolve(&audio.path).map_err(outside)?;
    let reader = mixdown_media::open_at(&path, mix.song.sample_rate)?;
    let own = reader.info().channels as usize;
    let planes = vec![vec![0f32; CHUNK]; own];
    Ok(FileSource { reader, planes, channel: file.channel.map(|c| c as usize), channels })
}

/// A path that may not be used.
pub fn outside(e: WorldError) -> Stop {
    Stop::environment(e.code, e.message, e.help.unwrap_or_default())
}

/// Samples that can be made from 32-bit ones.
pub trait From32 {
    /// The sample.
    fn from32(x: f32) -> Self;
}

impl From32 for f32 {
    fn from32(x: f32) -> f32 {
        x
    }
}

impl From32 for f64 {
    fn from32(x: f32) -> f64 {
        f64::from(x)
    }
}

/// A file at the mix's rate: all of its channels, one of them, or mono on both sides.
struct FileSource {
    reader: ResampledReader,
    planes: Vec<Vec<f32>>,
    channel: Option<usize>,
    channels: usize,
}

impl<S: Sample + From32> SourceReader<S> for FileSource {
    fn channels(&self) -> usize {
        self.channels
    }

    fn frames(&self) -> Option<u64> {
        Some(self.reader.frames())
    }

    fn read(&mut self, out: &mut [&mut [S]]) -> Result<usize, String> {
        let wanted = out.first().map_or(0, |o| o.len()).min(CHUNK);
        let n = self.reader.read(&mut self.planes, wanted).map_err(|e| e.to_string())?;
        for (c, to) in out.iter_mut().enumerate() {
            let from = self.channel.unwrap_or(c).min(self.planes.len().saturating_sub(1));
            for (to, from) in to.iter_mut().zip(&self.planes[from][..n]) {
                *to = S::from32(*from);
            }
        }
        Ok(n)
    }

    fn seek(&mut self, frame: u64) -> Result<(), String> {
        self.reader.seek(frame.min(self.reader.frames())).map_err(|e| e.to_string())
    }
}
