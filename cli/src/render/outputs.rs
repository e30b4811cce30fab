//! Files on their way: created before the first sample, finished after the last.

use super::convert::Converter;
use crate::exit::Stop;
use crate::project::{Project, normal, shown};
use mixdown_engine::Sample;
use mixdown_media::{AudioSink, Dither, FlacSink, OutputFormat, SinkSpec, WavSink, Whole};
use mixdown_meter::Measurement;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// What a file holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Heard {
    /// The mix.
    #[default]
    Master,
    /// What comes of a strip into the master, by its path.
    Stem(String),
    /// What a monitor makes of the master, by its path.
    Monitor(String),
}

impl Heard {
    /// The output of the program that it is.
    pub fn output(&self) -> &str {
        match self {
            Heard::Master => "master",
            Heard::Stem(path) | Heard::Monitor(path) => path,
        }
    }
}

/// One file to write.
#[derive(Clone, Debug)]
pub struct Target {
    /// Where.
    pub path: PathBuf,
    /// How samples are stored.
    pub format: OutputFormat,
    /// How they are rounded.
    pub dither: Dither,
    /// Another rate than the mix's.
    pub rate: Option<u32>,
    /// FLAC or WAV, whatever the file is called; `None` where its name decides.
    pub flac: Option<bool>,
    /// What is in it.
    pub heard: Heard,
    /// The part of what is rendered that it holds: first frame, and one past the last.
    pub part: (u64, Option<u64>),
    /// What it says of itself.
    pub tags: Vec<(String, String)>,
    /// The loudness (LUFS) it shall have, and the true peak (dBTP) that this may not lead above.
    pub loudness: Option<(f64, f64)>,
    /// The gain in dB that brings it there.
    pub gain: f64,
}

impl Default for Target {
    fn default() -> Target {
        Target {
            path: PathBuf::new(),
            format: OutputFormat::Int24,
            dither: Dither::Auto,
            rate: None,
            flac: None,
            heard: Heard::Master,
            part: (0, None),
            tags: Vec::new(),
            loudness: None,
            gain: 0.0,
        }
    }
}

/// An open file.
pub struct Writer {
    sink: Box<dyn AudioSink>,
    /// Name of the engine's output it takes.
    pub from: String,
    /// Where it will stand.
    pub path: PathBuf,
    converter: Option<Converter>,
    part: (u64, Option<u64>),
    /// Frames that came by so far, written or not.
    seen: u64,
    /// Frames of them that were written.
    kept: u64,
    /// What exceeds full scale is lost: floats keep it.
    clips: bool,
    /// In dB, on every sample.
    gain: f64,
}

/// Samples that a file can take.
pub trait Written: Sample {
    /// Writes planar samples.
    fn write(sink: &mut dyn AudioSink, block: &[&[Self]]) -> Result<(), mixdown_media::MediaError>;
    /// Planar samples in 32 bits, for conversion of rate and measuring.
    fn narrow<'a>(block: &[&'a [Self]], room: &'a mut Vec<Vec<f32>>) -> Vec<&'a [f32]>;
}

impl Written for f32 {
    fn write(sink: &mut dyn AudioSink, block: &[&[f32]]) -> Result<(), mixdown_media::MediaError> {
        sink.write(block)
    }

    fn narrow<'a>(block: &[&'a [f32]], _: &'a mut Vec<Vec<f32>>) -> Vec<&'a [f32]> {
        block.to_vec()
    }
}

impl Written for f64 {
    fn write(sink: &mut dyn AudioSink, block: &[&[f64]]) -> Result<(), mixdown_media::MediaError> {
        sink.write_f64(block)
    }

    fn narrow<'a>(block: &[&'a [f64]], room: &'a mut Vec<Vec<f32>>) -> Vec<&'a [f32]> {
        room.clear();
        room.extend(block.iter().map(|c| c.iter().map(|x| *x as f32).collect::<Vec<f32>>()));
        room.iter().map(Vec::as_slice).collect()
    }
}

impl Writer {
    /// Creates a target, for at least so many `frames` of the mix where that is known.
    ///
    /// # Errors
    /// It cannot be created.
    pub fn create(target: &Target, rate: u32, channels: u32, seed: u64, frames: Option<u64>) -> Result<Writer, Stop> {
        let to = target.rate.unwrap_or(rate);
        let mut spec = SinkSpec::new(to, channels, target.format);
        spec.dither = target.dither;
        spec.seed = seed;
        spec.tags = target.tags.clone();
        let end = target.part.1.map_or(frames, |end| frames.map(|f| f.min(end)));
        spec.frames = end.map(|end| mixdown_media::resampled_len(end.saturating_sub(target.part.0), rate, to));
        let sink: Box<dyn AudioSink> = match target.flac {
            Some(true) => Box::new(FlacSink::create(&target.path, &spec)?),
            Some(false) => Box::new(WavSink::create(&target.path, &spec)?),
            None => mixdown_media::create(&target.path, &spec)?,
        };
        let converter = Converter::of(target, rate, channels)?;
        let from = target.heard.output().to_string();
        let clips = target.format != OutputFormat::Float32;
        Ok(Writer { sink, from, path: target.path.clone(), converter, part: target.part, seen: 0, kept: 0, clips, gain: target.gain })
    }

    /// Takes a block, and writes what belongs to its part.
    pub fn write<S: Written>(&mut self, block: &[&[S]]) -> Result<(), mixdown_media::MediaError> {
        let frames = block.first().map_or(0, |b| b.len());
        let within = |at: u64| at.saturating_sub(self.seen).min(frames as u64) as usize;
        let (first, last) = (within(self.part.0), self.part.1.map_or(frames, within));
        self.seen += frames as u64;
        if first >= last {
            return Ok(());
        }
        self.kept += (last - first) as u64;
        let mut block: Vec<&[S]> = block.iter().map(|b| &b[first..last]).collect();
        let mut louder: Vec<Vec<S>> = Vec::new();
        if self.gain != 0.0 {
            let factor = S::from_f64(10f64.powf(self.gain / 20.0));
            louder.extend(block.iter().map(|c| c.iter().map(|x| *x * factor).collect()));
            block = louder.iter().map(Vec::as_slice).collect();
        }
        let sink = &mut *self.sink;
        match &mut self.converter {
            None => S::write(sink, &block),
            Some(converter) => converter.process(&S::narrow(&block, &mut Vec::new()), |block| sink.write(block)),
        }
    }

    /// It holds a part of the song, and the song has nothing there.
    pub fn is_empty_part(&self) -> bool {
        self.part != (0, None) && self.kept == 0
    }

    /// The gain in dB on an output, where all of it is what the file holds.
    pub fn whole(&self, output: &str) -> Option<f64> {
        (self.from == output && self.part == (0, None)).then_some(self.gain)
    }

    /// Completes the file, all but its name; with the figures of what it holds, where its rate is not the mix's.
    pub fn seal(mut self) -> Result<(Sealed, Option<Measurement>), mixdown_media::MediaError> {
        let sink = &mut *self.sink;
        if let Some(converter) = &mut self.converter {
            converter.finish(|block| sink.write(block))?;
        }
        let sealed = Sealed { file: self.sink.seal()?, path: self.path, clips: self.clips };
        Ok((sealed, self.converter.map(Converter::measured)))
    }
}

/// A complete file that is not in its place yet.
pub struct Sealed {
    file: Whole,
    path: PathBuf,
    clips: bool,
}

impl Sealed {
    /// Puts it in its place; says where that is, and how many samples it could only hold at full scale.
    pub fn commit(self) -> Result<(PathBuf, u64), mixdown_media::MediaError> {
        let report = self.file.commit()?;
        Ok((self.path, if self.clips { report.over } else { 0 }))
    }
}

/// Refuses, before the first sample, outputs that may not be written.
///
/// # Errors
/// One is an input of the song, stands already (`--no-clobber`), or is named twice.
pub fn guard(project: &Project, targets: &[&Target], clobber: bool) -> Result<(), Stop> {
    let inputs = project.dependencies();
    let mut taken = BTreeSet::new();
    for target in targets.iter().filter(|t| t.path != Path::new("-")) {
        let path = &target.path;
        let full = normal(&std::path::absolute(path).unwrap_or_else(|_| path.clone()));
        if inputs.iter().any(|d| *d == full || same_file(d, &full)) {
            return Err(Stop::environment(
                "E0933",
                format!("{} is an input of the song and would be overwritten", shown(path)),
                "choose another name with `-o`",
            ));
        }
        if !taken.insert(full) {
            let message = format!("two outputs are called {}", shown(path));
            return Err(Stop::environment("E0936", message, "give each its own name, for stems with `{bus}` in it"));
        }
        if !clobber && path.exists() {
            return Err(Stop::environment("E0934", format!("{} exists already", shown(path)), "leave out `--no-clobber` to replace it"));
        }
    }
    Ok(())
}

/// The folders that targets lie in, each once.
pub fn folders(targets: &[&Target]) -> BTreeSet<PathBuf> {
    let parents = targets.iter().filter_map(|t| t.path.parent());
    parents.filter(|p| !p.as_os_str().is_empty()).map(Path::to_path_buf).collect()
}

/// Makes a folder, where there is none.
///
/// # Errors
/// It cannot be made.
pub fn make(folder: &Path) -> Result<(), Stop> {
    std::fs::create_dir_all(folder).map_err(|e| {
        let what = if e.kind() == std::io::ErrorKind::AlreadyExists { "a file has this name".into() } else { crate::project::plain(&e) };
        Stop::environment("E0939", format!("{}: {what}", shown(folder)), "name a folder that can be made and written")
    })
}

fn same_file(a: &Path, b: &Path) -> bool {
    match (a.canonicalize(), b.canonicalize()) {
        (Ok(a), Ok(b)) => a == b,
        _ => false,
    }
}
