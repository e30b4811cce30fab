//! Text to callable code: analysis, lowering, machine code (or the interpreter).

use crate::exit::{Exit, Stop};
use crate::project::{Known, Project};
use mixdown_analysis::world::World;
use mixdown_analysis::{Analysis, Options as AnalysisOptions, analyse_again};
use mixdown_codegen::{CodegenError, Compiler};
use mixdown_engine::Code;
use mixdown_kernel::interpret::{ControlInterpreter, Interpreter};
use mixdown_kernel::ir::Kernel;
use mixdown_kernel::lower::{Lowered, Memory, Options as LowerOptions, lower_again};
use mixdown_layout::{ControlCode, KernelCode, Packing};
use mixdown_syntax::{Diagnostic, SourceMap};
use std::cell::RefCell;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;
use std::time::Instant;

/// Which code runs the kernels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Runner {
    /// Machine code.
    #[default]
    Jit,
    /// The reference interpreter.
    Interpreter,
}

/// How to build.
#[derive(Clone, Debug)]
pub struct BuildOptions {
    /// What runs.
    pub runner: Runner,
    /// Width, stems, points to measure.
    pub lower: LowerOptions,
    /// Count spilled registers (costs a disassembly).
    pub count_spills: bool,
    /// Threads that compile, render, encode and measure, at least one.
    pub threads: usize,
}

/// Milliseconds of each step.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct BuildTimes {
    /// `Mix` to kernels.
    pub lower_ms: f64,
    /// Kernels to callable code.
    pub codegen_ms: f64,
}

/// A mix that can run.
pub struct Built {
    /// Layout, kernels and sources.
    pub lowered: Lowered,
    /// Their code.
    pub code: Code,
    /// How long it took.
    pub times: BuildTimes,
    /// What runs it.
    pub runner: Runner,
    /// Kernels whose code was there already.
    pub kernels_from_cache: usize,
    /// Strips that did not have to be lowered.
    pub strips_from_cache: usize,
}

/// Reads and checks a song. Diagnostics, warnings included, are in the result; `mix` is `None` where one is an error.
pub fn check(project: &Project, options: &AnalysisOptions) -> Analysis {
    Session::default().check(project, options)
}

/// Turns a checked mix into code.
///
/// # Errors
/// What only the lowering sees, or what cannot be compiled.
pub fn build(mix: &mixdown_analysis::mix::Mix, options: &BuildOptions) -> Result<Built, Stop> {
    Session::default().build(mix, options)
}

/// What builds leave for the next one of this process: a changed number compiles nothing, a changed strip only itself.
/// Always true: what comes out of it is what a build without it makes.
#[derive(Default)]
pub struct Session {
    /// What is known of audio files.
    pub files: Known,
    analysis: RefCell<mixdown_analysis::Memory>,
    lowering: RefCell<Memory>,
    codes: RefCell<Codes>,
}

impl Session {
    /// Reads and checks a song like [`check`]; what was read before is not read again.
    pub fn check(&self, project: &Project, options: &AnalysisOptions) -> Analysis {
        self.analyse(project, &project.song, options)
    }

    /// The same of a song in any world.
    pub fn analyse(&self, world: &dyn World, song: &str, options: &AnalysisOptions) -> Analysis {
        analyse_again(world, song, options, &mut self.analysis.borrow_mut())
    }

    /// Turns a checked mix into code; what was built before is not built again.
    ///
    /// # Errors
    /// What only the lowering sees, or what cannot be compiled.
    pub fn build(&self, mix: &mixdown_analysis::mix::Mix, options: &BuildOptions) -> Result<Built, Stop> {
        let started = Instant::now();
        let mut memory = self.lowering.borrow_mut();
        let lowered = lower_again(mix, &options.lower, &mut memory).map_err(|d| Stop::Diagnostics(d, Exit::Wrong))?;
        let strips_from_cache = memory.strips_found();
        let lower_ms = ms(started);
        let started = Instant::now();
        let codes = &mut *self.codes.borrow_mut();
        let (code, kernels_from_cache) = match options.count_spills {
            false => codes.of(&lowered, options)?,
            // Spills are counted in code that is made for it.
            true => Codes::default().of(&lowered, options)?,
        };
        let times = BuildTimes { lower_ms, codegen_ms: ms(started) };
        Ok(Built { lowered, code, times, runner: options.runner, kernels_from_cache, strips_from_cache })
    }
}

/// Registers that each kernel spills; none where it is interpreted. Counting reads machine code again, so this makes
/// it once more, for who has rendered and did not wait for the count.
///
/// # Errors
/// It cannot be compiled.
pub fn spills(built: &Built, threads: usize) -> Result<Vec<usize>, Stop> {
    match built.runner {
        Runner::Interpreter => Ok(vec![0; built.lowered.kernels.len()]),
        Runner::Jit => {
            let kernels: Vec<_> = built.lowered.kernels.iter().collect();
            Ok(compiled(&kernels, threads, true)?.iter().map(|code| code.path().spills).collect())
        }
    }
}

fn ms(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1e3
}

/// Pieces of code that are kept beside those in use; with more, all others are forgotten.
const MOST: usize = 4096;

/// Code by the numbers of what it is made of.
#[derive(Default)]
struct Codes {
    kernels: HashMap<(Runner, usize, Packing), Arc<dyn KernelCode>>,
    controls: HashMap<(Runner, usize), Arc<dyn ControlCode>>,
}

impl Codes {
    /// The code of what was lowered, and how many of its kernels had theirs already.
    fn of(&mut self, lowered: &Lowered, options: &BuildOptions) -> Result<(Code, usize), Stop> {
        if self.kernels.len() + self.controls.len() > MOST {
            *self = Codes::default();
        }
        let key = |(shape, (_, packing)): (&usize, &(Arc<Kernel>, Packing))| (options.runner, *shape, *packing);
        let keys: Vec<_> = lowered.shapes.iter().zip(&lowered.kernels).map(key).collect();
        let missing: Vec<usize> = (0..keys.len()).filter(|i| !self.kernels.contains_key(&keys[*i])).collect();
        let wanted: Vec<_> = missing.iter().map(|i| &lowered.kernels[*i]).collect();
        let made = match options.runner {
            Runner::Interpreter => interpreted(&wanted)?,
            Runner::Jit => compiled(&wanted, options.threads, options.count_spills)?,
        };
        self.kernels.extend(missing.iter().map(|i| keys[*i]).zip(made));
        let mut code = Code::default();
        code.kernels.extend(keys.iter().filter_map(|key| self.kernels.get(key).cloned()));
        for (shape, kernel) in lowered.control_shapes.iter().zip(&lowered.controls) {
            code.controls.push(match self.controls.entry((options.runner, *shape)) {
                Entry::Occupied(known) => known.get().clone(),
                Entry::Vacant(free) => free.insert(control(kernel, options.runner)?).clone(),
            });
        }
        Ok((code, keys.len() - missing.len()))
    }
}

fn control(kernel: &Arc<Kernel>, runner: Runner) -> Result<Arc<dyn ControlCode>, Stop> {
    match runner {
        Runner::Interpreter => match ControlInterpreter::new(kernel.clone()) {
            Ok(code) => Ok(Arc::new(code)),
            Err(e) => Err(internal(&e)),
        },
        Runner::Jit => Compiler::new().and_then(|c| c.compile_control(kernel)).map_err(refused),
    }
}

fn interpreted(kernels: &[&(Arc<Kernel>, Packing)]) -> Result<Vec<Arc<dyn KernelCode>>, Stop> {
    let one = |(kernel, packing): &&(Arc<Kernel>, Packing)| match Interpreter::new(kernel.clone(), *packing) {
        Ok(code) => Ok(Arc::new(code) as Arc<dyn KernelCode>),
        Err(e) => Err(internal(&e)),
    };
    kernels.iter().map(one).collect()
}

fn internal(e: &dyn std::fmt::Debug) -> Stop {
    Stop::environment("E0899", format!("a kernel cannot be interpreted: {e:?}"), "please report it")
}

fn refused(e: CodegenError) -> Stop {
    Stop::environment(e.code(), e.to_string(), "try `--engine interpreter`, which runs everything, slowly")
}

fn compiled(kernels: &[&(Arc<Kernel>, Packing)], threads: usize, spills: bool) -> Result<Vec<Arc<dyn KernelCode>>, Stop> {
    if kernels.is_empty() {
        return Ok(Vec::new());
    }
    let compiler = Compiler::new().map_err(refused)?.count_spills(spills);
    // Kernels are independent; a thread a core takes the next one, the longest first so that none is left for last.
    let mut order: Vec<usize> = (0..kernels.len()).collect();
    order.sort_by_key(|i| std::cmp::Reverse(kernels[*i].0.body.len()));
    let next = std::sync::atomic::AtomicUsize::new(0);
    let threads = threads.min(kernels.len());
    type Slot = std::sync::Mutex<Option<Result<Arc<dyn KernelCode>, CodegenError>>>;
    let slots: Vec<Slot> = kernels.iter().map(|_| Slot::default()).collect();
    let work = || {
        loop {
            let taken = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            let Some(&i) = order.get(taken) else { break };
            let (kernel, packing) = kernels[i];
            let result = compiler.compile_kernel(kernel, *packing);
            if let Ok(mut slot) = slots[i].lock() {
                *slot = Some(result);
            }
        }
    };
    std::thread::scope(|s| {
        for _ in 1..threads {
            s.spawn(work);
        }
        work();
    });
    let taken = slots.into_iter().map(|slot| match slot.into_inner().ok().flatten() {
        Some(result) => result.map_err(refused),
        None => Err(Stop::environment("E0899", "a thread of the compiler failed", "please report it")),
    });
    taken.collect()
}

/// Splits diagnostics into whether any is an error.
pub fn has_errors(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(Diagnostic::is_error)
}

/// A source map for messages that belong to no text.
pub fn no_sources() -> SourceMap {
    SourceMap::default()
}
