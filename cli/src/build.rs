//! Text to callable code: analysis, lowering, machine code (or the interpreter).

use crate::exit::{Exit, Stop};
use crate::project::Project;
use mixdown_analysis::{Analysis, Options as AnalysisOptions, analyse};
use mixdown_engine::Code;
use mixdown_kernel::interpret::Interpreter;
use mixdown_kernel::lower::{Lowered, Options as LowerOptions, lower};
use mixdown_layout::{ControlCode, KernelCode};
use mixdown_syntax::{Diagnostic, SourceMap};
use std::sync::Arc;
use std::time::Instant;

/// Which code runs the kernels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
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
}

/// Reads and checks a song. Diagnostics, warnings included, are in the result; `mix` is `None` where one is an error.
pub fn check(project: &Project, options: &AnalysisOptions) -> Analysis {
    let song = project.song.clone();
    analyse(project, &song, options)
}

/// Turns a checked mix into code.
///
/// # Errors
/// What only the lowering sees, or what cannot be compiled.
pub fn build(mix: &mixdown_analysis::mix::Mix, options: &BuildOptions) -> Result<Built, Stop> {
    let started = Instant::now();
    let lowered = lower(mix, &options.lower).map_err(|d| Stop::Diagnostics(d, Exit::Wrong))?;
    let lower_ms = ms(started);
    let started = Instant::now();
    let code = match options.runner {
        Runner::Interpreter => interpreted(&lowered)?,
        Runner::Jit => compiled(&lowered, options.threads, options.count_spills)?,
    };
    Ok(Built { lowered, code, times: BuildTimes { lower_ms, codegen_ms: ms(started) }, runner: options.runner })
}

/// Registers that each kernel spills; none where it is interpreted. Counting reads machine code again, so this makes
/// it once more, for who has rendered and did not wait for the count.
///
/// # Errors
/// It cannot be compiled.
pub fn spills(built: &Built, threads: usize) -> Result<Vec<usize>, Stop> {
    match built.runner {
        Runner::Interpreter => Ok(vec![0; built.lowered.kernels.len()]),
        Runner::Jit => Ok(compiled(&built.lowered, threads, true)?.kernels.iter().map(|k| k.path().spills).collect()),
    }
}

fn ms(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1e3
}

fn interpreted(lowered: &Lowered) -> Result<Code, Stop> {
    let mut code = Code::default();
    for (kernel, packing) in &lowered.kernels {
        let runner = Interpreter::new(Arc::new(kernel.clone()), *packing).map_err(|e| internal(&e))?;
        code.kernels.push(Arc::new(runner) as Arc<dyn KernelCode>);
    }
    for kernel in &lowered.controls {
        let runner = mixdown_kernel::interpret::ControlInterpreter::new(Arc::new(kernel.clone())).map_err(|e| internal(&e))?;
        code.controls.push(Arc::new(runner) as Arc<dyn ControlCode>);
    }
    Ok(code)
}

fn internal(e: &dyn std::fmt::Debug) -> Stop {
    Stop::environment("E0899", format!("a kernel cannot be interpreted: {e:?}"), "please report it")
}

fn compiled(lowered: &Lowered, threads: usize, spills: bool) -> Result<Code, Stop> {
    let refused = |e: mixdown_codegen::CodegenError| {
        Stop::environment(e.code(), e.to_string(), "try `--engine interpreter`, which runs everything, slowly")
    };
    let compiler = mixdown_codegen::Compiler::new().map_err(refused)?.count_spills(spills);
    let mut code = Code::default();
    // Kernels are independent; a thread a core takes the next one, the longest first so that none is left for last.
    let mut order: Vec<usize> = (0..lowered.kernels.len()).collect();
    order.sort_by_key(|i| std::cmp::Reverse(lowered.kernels[*i].0.body.len()));
    let next = std::sync::atomic::AtomicUsize::new(0);
    let threads = threads.min(lowered.kernels.len());
    type Slot = std::sync::Mutex<Option<Result<Arc<dyn KernelCode>, mixdown_codegen::CodegenError>>>;
    let slots: Vec<Slot> = lowered.kernels.iter().map(|_| Slot::default()).collect();
    let work = || {
        loop {
            let taken = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            let Some(&i) = order.get(taken) else { break };
            let (kernel, packing) = &lowered.kernels[i];
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
    for slot in slots {
        match slot.into_inner().ok().flatten() {
            Some(result) => code.kernels.push(result.map_err(refused)?),
            None => return Err(Stop::environment("E0899", "a thread of the compiler failed", "please report it")),
        }
    }
    for kernel in &lowered.controls {
        code.controls.push(compiler.compile_control(kernel).map_err(refused)?);
    }
    Ok(code)
}

/// Splits diagnostics into whether any is an error.
pub fn has_errors(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(Diagnostic::is_error)
}

/// A source map for messages that belong to no text.
pub fn no_sources() -> SourceMap {
    SourceMap::default()
}
