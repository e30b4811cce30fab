//! The engine as its callers see it.

use crate::check::check;
use crate::collect::{Block, Collector, End};
use crate::error::{self, EngineError, RenderError};
use crate::fourier::Response;
use crate::machine::Machine;
use crate::plan::Plan;
use crate::report::RenderReport;
use crate::sample::Sample;
use crate::schedule;
use crate::source::SourceReader;
use mixdown_layout::{CELL, ControlCode, KernelCode, Program};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

/// The code of a program, in the program's order.
#[derive(Clone, Default)]
pub struct Code {
    /// One a kernel.
    pub kernels: Vec<Arc<dyn KernelCode>>,
    /// One a piece of control code.
    pub controls: Vec<Arc<dyn ControlCode>>,
    /// What its convolutions do.
    pub responses: Vec<Arc<Response>>,
}

/// How to render. Nothing here changes a bit of the result.
#[derive(Clone, Debug)]
pub struct Options {
    /// Threads that compute, the caller's among them; 0 takes one a core.
    pub threads: usize,
    /// Most frames a block handed to the sink, from 1. Nodes are visited in batches of about this many.
    pub block: usize,
    /// Leaves out packs that are silent and surely stay so.
    pub skip_silence: bool,
    /// Set by anyone to stop the render.
    pub cancel: Option<Arc<AtomicBool>>,
}

impl Default for Options {
    fn default() -> Self {
        Options { threads: 1, block: 1024, skip_silence: true, cancel: None }
    }
}

/// Most cells a visit: more would only push streams out of the cache.
const MOST_CELLS: usize = 64;

/// Runs one program.
pub struct Engine<S: Sample> {
    code: Code,
    options: Options,
    end: End,
    /// `None` only while it is rebuilt, or after that failed.
    machine: Option<Machine<S>>,
    fresh: bool,
}

impl<S: Sample> Engine<S> {
    /// Makes a program ready. `sources` in the order their nodes name them, at frame 0.
    ///
    /// Fails where program, code and sources do not fit each other ([`error::PROGRAM`], [`error::CODE`],
    /// [`error::SOURCES`], [`error::OPTION`]), where the song has no end ([`error::ENDLESS`]), and where there is
    /// not enough memory ([`error::MEMORY`]).
    pub fn new(
        program: Arc<Program>,
        code: Code,
        sources: Vec<Box<dyn SourceReader<S>>>,
        options: Options,
    ) -> Result<Self, EngineError> {
        check(&program, &code, &sources)?;
        if options.block == 0 {
            return Err(EngineError::new(error::OPTION, "a block needs at least one frame"));
        }
        let end = End::of(&program)?;
        let batch = options.block.div_ceil(CELL).min(MOST_CELLS) as u64;
        let plan = Plan::new(&program, batch, if threads(&options) > 1 { schedule::AHEAD } else { 1 });
        let machine = Machine::new(&program, &code, plan, sources, options.skip_silence)?;
        Ok(Engine { code, options, end, machine: Some(machine), fresh: true })
    }

    /// Renders the whole song from its first frame and hands it to `sink` block by block, all blocks but the last
    /// of [`Options::block`] frames. What the sink has got when this fails is right, but not all.
    ///
    /// A second render starts anew; the sources are sought back to frame 0.
    pub fn render<E>(
        &mut self,
        sink: &mut dyn FnMut(&Block<S>) -> Result<(), E>,
    ) -> Result<RenderReport, RenderError<E>> {
        if !self.fresh {
            self.rewind()?;
        }
        self.fresh = false;
        let started = Instant::now();
        let machine =
            self.machine.as_mut().ok_or_else(|| EngineError::new(error::PROGRAM, "the engine could not be rewound"))?;
        let mut collector = Collector::new(&machine.program, &machine.rings, self.end, self.options.block);
        let threads = threads(&self.options);
        let walk = schedule::Walk { machine, end: self.end.cells(), cancel: self.options.cancel.as_deref() };
        schedule::run(&walk, threads, &mut collector, sink)?;
        let frames = collector.sure();
        let mut report = machine.report(&self.code, frames, frames.div_ceil(CELL as u64));
        report.cut = collector.cut();
        report.seconds = started.elapsed().as_secs_f64();
        Ok(report)
    }

    /// Bytes of streams, states and lines.
    pub fn memory_bytes(&mut self) -> usize {
        self.machine.as_mut().map_or(0, Machine::bytes)
    }

    fn rewind(&mut self) -> Result<(), EngineError> {
        let Some(machine) = self.machine.take() else { return Ok(()) };
        let (program, plan) = (machine.program.clone(), machine.plan.clone());
        let mut sources = machine.into_sources();
        for source in &mut sources {
            source.seek(0).map_err(|message| {
                EngineError::new(error::SOURCE_FAILED, format!("a source could not be rewound: {message}"))
            })?;
        }
        self.machine = Some(Machine::new(&program, &self.code, plan, sources, self.options.skip_silence)?);
        Ok(())
    }
}

/// Threads that compute.
fn threads(options: &Options) -> usize {
    match options.threads {
        0 => std::thread::available_parallelism().map_or(1, |n| n.get()),
        n => n,
    }
}
