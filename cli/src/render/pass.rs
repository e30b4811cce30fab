//! One run of the engine into all files of one variant, and what goes before.

use super::behind::{Behind, Behindhand};
use super::Progress;
use super::outputs::{Heard, Target, Writer, Written};
use super::variants::Variant;
use crate::args::{Precision, RenderArgs};
use crate::build::{BuildOptions, Built, Session};
use crate::exit::Stop;
use crate::project::{Project, shown};
use crate::responses;
use crate::sources::{self, From32};
use mixdown_analysis::mix::Mix;
use mixdown_engine::{Code, Engine, Options, RenderError, RenderReport};
use mixdown_layout::Program;
use mixdown_meter::Meter;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// What a run needs.
pub struct Pass<'a> {
    /// The song's folder.
    pub project: &'a Project,
    /// What was asked for.
    pub args: &'a RenderArgs,
    /// How kernels are built.
    pub options: &'a BuildOptions,
    /// What was built before.
    pub session: &'a Session,
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

/// A variant with its code, ready to be played.
pub struct Ready {
    /// The mix and its files.
    pub variant: Variant,
    /// Its code.
    pub built: Built,
    /// What runs: up to `--to`.
    pub program: Arc<Program>,
}

/// A variant that was played. Its files hold all audio, and none is in its place yet.
pub struct Played {
    /// What was run.
    pub ready: Ready,
    /// How the engine fared.
    pub report: RenderReport,
    /// The files and figures.
    pub behind: Behindhand,
}

impl Pass<'_> {
    /// Makes the code of a variant.
    ///
    /// # Errors
    /// What only the lowering sees, or what cannot be compiled.
    pub fn ready(&self, variant: Variant) -> Result<Ready, Stop> {
        let mut options = self.options.clone();
        // Several files may hold the same stem; the engine puts it out once.
        let of = |path: fn(&Heard) -> Option<&String>| -> Vec<String> {
            let paths: BTreeSet<&String> = variant.targets.iter().filter_map(|t| path(&t.heard)).collect();
            paths.into_iter().cloned().collect()
        };
        options.lower.stems = of(|heard| if let Heard::Stem(path) = heard { Some(path) } else { None });
        options.lower.deliver = of(|heard| if let Heard::Monitor(path) = heard { Some(path) } else { None });
        let built = self.session.build(&variant.mix, &options)?;
        let program = Arc::new(self.shortened(&built.lowered.program));
        Ok(Ready { variant, built, program })
    }

    /// Plays a variant into its files, which stay hidden.
    ///
    /// # Errors
    /// What files, sources and the engine run into.
    pub fn play(&self, ready: Ready, progress: &mut Progress) -> Result<Played, Stop> {
        let song = &ready.variant.mix.song;
        let frames = ready.program.length.or(ready.program.sources_end).map(|end| end.saturating_sub(self.range.0));
        let create = |t: &Target| Writer::create(t, song.sample_rate, 2, song.seed, frames);
        let writers = ready.variant.targets.iter().map(create).collect::<Result<Vec<_>, _>>()?;
        let whole = ready.variant.targets.iter().any(|t| t.heard == Heard::Master && t.part == (0, None));
        let meter = if ready.variant.told || whole { Meter::without_bands(song.sample_rate, 2).ok() } else { None };
        let (report, behind) = match self.args.precision {
            Precision::F32 => self.run::<f32>(&ready, writers, meter, progress)?,
            Precision::F64 => self.run::<f64>(&ready, writers, meter, progress)?,
        };
        progress.clear();
        Ok(Played { ready, report, behind })
    }

    /// The code with the responses of its convolutions.
    fn code(&self, mix: &Mix, built: &Built) -> Result<Code, Stop> {
        let responses = responses::open(self.project, mix, &built.lowered.responses)?;
        Ok(Code { responses, ..built.code.clone() })
    }

    fn run<S: Written + From32>(
        &self,
        ready: &Ready,
        writers: Vec<Writer>,
        meter: Option<Meter>,
        progress: &mut Progress,
    ) -> Result<(RenderReport, Behindhand), Stop> {
        let Ready { variant, built, program } = ready;
        let readers = sources::open::<S>(self.project, &variant.mix, &built.lowered.sources)?;
        let code = self.code(&variant.mix, built)?;
        let mut engine = Engine::<S>::new(program.clone(), code, readers, self.engine_options())?;
        let rate = variant.mix.song.sample_rate;
        let (from, to) = self.range;
        // Where the program itself ends there, the engine reports what it did.
        let ends = to.is_some() && program.length == to;
        let mut written = 0;
        // Who listens to a monitor wants to know how loud it is there.
        let listened = variant.targets.iter().map(|t| &t.heard).find(|h| matches!(h, Heard::Monitor(_)));
        let metered = meter.map(|meter| (meter, listened.unwrap_or(&Heard::Master).output().to_string()));
        let mut behind = Behind::<S>::start(writers, metered, self.options.threads);
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
            // The files are let go before anybody hears of it.
            drop(behind.finish());
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

    /// Renders without files and shows every block of every output to `watch`.
    pub fn listen(
        &self,
        mix: &Mix,
        measure: Vec<String>,
        watch: &mut Watcher<'_>,
    ) -> Result<RenderReport, Stop> {
        let mut options = self.options.clone();
        options.lower.float = mixdown_layout::Float::F32;
        options.lower.measure = measure;
        let built = self.session.build(mix, &options)?;
        let readers = sources::open::<f32>(self.project, mix, &built.lowered.sources)?;
        let program = Arc::new(built.lowered.program.clone());
        let code = self.code(mix, &built)?;
        let mut engine = Engine::<f32>::new(program, code, readers, self.engine_options())?;
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

/// A file that is not what it was when the render began.
pub fn changed(path: &Path) -> Stop {
    Stop::environment(
        "E0932",
        format!("{} changed while it was rendered; nothing was written", shown(path)),
        "render again when the file is whole",
    )
}
