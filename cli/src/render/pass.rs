//! One run of the engine into all files of one variant.

use super::behind::{Behind, Behindhand};
use super::outputs::{Writer, Written};
use super::timings::KernelPath;
use super::variants::Variant;
use super::{Progress, Rendered};
use crate::args::{Precision, RenderArgs};
use crate::build::{BuildOptions, Built, build};
use crate::exit::Stop;
use crate::project::{Project, shown};
use crate::sources::{self, From32};
use mixdown_engine::{Engine, Options, RenderError, RenderReport};
use mixdown_layout::{Node, Packing, Program};
use mixdown_meter::Meter;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

/// What a run needs.
pub struct Pass<'a> {
    /// The song's folder.
    pub project: &'a Project,
    /// What was asked for.
    pub args: &'a RenderArgs,
    /// How kernels are built.
    pub options: &'a BuildOptions,
    /// Set when the user interrupts.
    pub cancel: &'a Arc<AtomicBool>,
    /// First frame that is written, and one past the last.
    pub range: (u64, Option<u64>),
}

/// Looks at blocks of named outputs as they come.
pub type Watcher<'w> = dyn FnMut(&str, &[&[f32]]) + 'w;

/// Why the sink stopped the engine.
enum Halt {
    /// All that was asked for is written.
    Done,
    /// A file could not be written; its thread knows why.
    Failed,
}

impl Pass<'_> {
    /// Renders a variant into its files.
    pub fn run(&self, variant: Variant, progress: &mut Progress, out: &mut Rendered) -> Result<(), Stop> {
        let mut options = self.options.clone();
        // Several files may hold the same stem; the engine puts it out once.
        let stems: BTreeSet<String> = variant.targets.iter().filter_map(|t| t.stem.clone()).collect();
        options.lower.stems = stems.into_iter().collect();
        let started = Instant::now();
        let built = build(&variant.mix, &options)?;
        let compile_ms = started.elapsed().as_secs_f64() * 1e3;
        let rate = variant.mix.song.sample_rate;
        let mut writers = Vec::new();
        for t in &variant.targets {
            writers.push(Writer::create(t, rate, 2, variant.mix.song.seed)?);
        }
        let meter = if variant.told { Meter::without_bands(rate, 2).ok() } else { None };
        let program = Arc::new(self.shortened(&built.lowered.program));
        let (report, behind) = match self.args.precision {
            Precision::F32 => self.play::<f32>(&built, &variant, &program, writers, meter, progress)?,
            Precision::F64 => self.play::<f64>(&built, &variant, &program, writers, meter, progress)?,
        };
        progress.clear();
        if let Some(path) = self.project.changed().first() {
            return Err(changed(path));
        }
        let started = Instant::now();
        for writer in behind.writers {
            let path = writer.path.clone();
            out.clipped += writer.finish()?;
            out.files.push(path);
        }
        if variant.told {
            out.master = behind.master;
            out.seconds = report.frames as f64 / f64::from(rate.max(1));
        }
        for (strip, n) in &report.faults {
            // A strip that fails in several variants is told of once, where it was worst.
            match out.faults.iter_mut().find(|(s, _)| s == strip) {
                Some((_, most)) => *most = (*most).max(*n),
                None => out.faults.push((strip.clone(), *n)),
            }
        }
        self.timings(out, &built, &program, &report, compile_ms, behind.encode + started.elapsed());
        Ok(())
    }

    fn play<S: Written + From32>(
        &self,
        built: &Built,
        variant: &Variant,
        program: &Arc<Program>,
        writers: Vec<Writer>,
        meter: Option<Meter>,
        progress: &mut Progress,
    ) -> Result<(RenderReport, Behindhand), Stop> {
        let readers = sources::open::<S>(self.project, &variant.mix, &built.lowered.sources)?;
        let mut engine = Engine::<S>::new(program.clone(), built.code.clone(), readers, self.engine_options())?;
        let rate = variant.mix.song.sample_rate;
        let (from, to) = self.range;
        // Where the program itself ends there, the engine reports what it did.
        let ends = to.is_some() && program.length == to;
        let mut written = 0;
        let mut behind = Behind::<S>::start(writers, meter, self.options.threads);
        let result = engine.render(&mut |block: &mixdown_engine::Block<S>| {
            let end = block.start + block.frames as u64;
            let total = to.unwrap_or_else(|| block.total.unwrap_or(block.at_least));
            progress.show("rendering", end, total.max(end), rate);
            let first = from.saturating_sub(block.start).min(block.frames as u64) as usize;
            let last = to.map_or(block.frames, |t| t.saturating_sub(block.start).min(block.frames as u64) as usize);
            if first < last {
                written += (last - first) as u64;
                for output in block.outputs {
                    let planes: Vec<&[S]> = output.channels.iter().map(|c| &c[first..last]).collect();
                    behind.push(output.name, &planes);
                }
                if !behind.flush(false) {
                    return Err(Halt::Failed);
                }
            }
            if !ends && to.is_some_and(|t| end >= t) { Err(Halt::Done) } else { Ok(()) }
        });
        let report = match result {
            Ok(report) => RenderReport { frames: written, ..report },
            Err(RenderError::Sink(Halt::Done)) => RenderReport { frames: written, ..RenderReport::default() },
            Err(RenderError::Sink(Halt::Failed)) => {
                behind.finish()?;
                return Err(Stop::environment("E0899", "a file failed without a reason", "please report it"));
            }
            Err(RenderError::Engine(e)) => {
                // Waited for, so that unfinished files are gone before the program is.
                drop(behind.finish());
                // A file that was cut short or replaced under the reader is the likelier story.
                return Err(match self.project.changed().first() {
                    Some(path) if e.code == mixdown_engine::error::SOURCE_FAILED => changed(path),
                    _ => e.into(),
                });
            }
        };
        if written == 0 && from > 0 {
            return Err(Stop::environment("E0937", "`--from` lies behind the end of the song", "choose an earlier place"));
        }
        Ok((report, behind.finish()?))
    }

    /// The program, made to end where `--to` says if it surely lasts that long; else the sink stops it.
    fn shortened(&self, program: &Program) -> Program {
        let mut program = program.clone();
        if let Some(to) = self.range.1
            && program.length.or(program.sources_end).is_some_and(|end| to <= end)
        {
            program.length = Some(to);
        }
        program
    }

    fn engine_options(&self) -> Options {
        Options { threads: self.options.threads, block: self.args.block, skip_silence: true, cancel: Some(self.cancel.clone()) }
    }

    fn timings(&self, out: &mut Rendered, built: &Built, program: &Program, report: &RenderReport, compile_ms: f64, encode: Duration) {
        let t = &mut out.timings;
        t.lower_ms += built.times.lower_ms;
        t.codegen_ms += built.times.codegen_ms;
        t.compile_ms += compile_ms;
        t.decode_ms += report.source_seconds * 1e3;
        t.dsp_ms += report.dsp_seconds * 1e3;
        t.encode_ms += encode.as_secs_f64() * 1e3;
        t.audio_s += report.frames as f64 / f64::from(program.sample_rate);
        t.realtime = if t.dsp_ms > 0.0 { t.audio_s / (t.dsp_ms / 1e3) } else { 0.0 };
        t.threads = self.options.threads;
        t.kernels += program.kernels.len();
        t.strips_rendered += program.outputs.len();
        for (i, info) in program.kernels.iter().enumerate() {
            let (packs, lanes) = lanes_of(program, i as u32, info.packing);
            let own = report.kernels.get(i).cloned().unwrap_or_default();
            let path = if own.path.engine.is_empty() { built.code.kernels[i].path() } else { own.path };
            let wide = packs * 4;
            t.paths.push(KernelPath {
                name: info.name.clone(),
                engine: path.engine,
                packing: format!("{:?}", info.packing).to_lowercase(),
                lanes,
                packs,
                stages: path.stages,
                unroll: path.unroll,
                spills: path.spills,
                bytes: path.bytes,
                ms: own.seconds * 1e3,
                why: if lanes >= wide {
                    String::new()
                } else {
                    format!("{} of {wide} lanes: no more strips of this shape at this level", lanes)
                },
            });
        }
    }
}

/// Packs that run a kernel, and the lanes they fill.
fn lanes_of(program: &Program, kernel: u32, packing: Packing) -> (usize, usize) {
    let mut packs = 0;
    let mut lanes = 0;
    for node in &program.nodes {
        if let Node::Kernel { kernel: k, instances } = node
            && *k == kernel
        {
            packs += 1;
            lanes += instances.len() * if packing == Packing::Frames { 2 } else { 1 };
        }
    }
    (packs, lanes)
}

impl Pass<'_> {
    /// Renders without files and shows every block of every output to `watch`.
    pub fn listen(
        &self,
        mix: &mixdown_analysis::mix::Mix,
        measure: Vec<String>,
        watch: &mut Watcher<'_>,
    ) -> Result<RenderReport, Stop> {
        let mut options = self.options.clone();
        options.lower.float = mixdown_layout::Float::F32;
        options.lower.measure = measure;
        let built = build(mix, &options)?;
        let readers = sources::open::<f32>(self.project, mix, &built.lowered.sources)?;
        let program = Arc::new(built.lowered.program.clone());
        let mut engine = Engine::<f32>::new(program, built.code.clone(), readers, self.engine_options())?;
        let result = engine.render(&mut |block: &mixdown_engine::Block<f32>| -> Result<(), Stop> {
            for output in block.outputs {
                watch(output.name, &output.channels);
            }
            Ok(())
        });
        match result {
            Ok(report) => Ok(report),
            Err(RenderError::Sink(stop)) => Err(stop),
            Err(RenderError::Engine(e)) => Err(e.into()),
        }
    }
}

fn changed(path: &Path) -> Stop {
    Stop::environment(
        "E0932",
        format!("{} changed while it was rendered; nothing was written", shown(path)),
        "render again when the file is whole",
    )
}
