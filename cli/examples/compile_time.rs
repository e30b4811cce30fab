//! Where the time from text to callable code goes: the least of many rounds for every step and every kernel.
//!
//! `cargo run --release -p mixdown --example compile_time -- SONG.mix [ROUNDS]`

use mixdown::build::{BuildOptions, Runner, build, check};
use mixdown::project::Project;
use mixdown_kernel::lower::{Lowered, Options, lower};
use std::path::Path;

/// The program's own.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
use std::time::Instant;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let song = args.next().ok_or("name a song")?;
    let rounds: usize = args.next().map_or(Ok(20), |n| n.parse())?;
    let (mut analyse_ms, mut lower_ms, mut code_ms) = (f64::INFINITY, f64::INFINITY, f64::INFINITY);
    let mut kernels: Vec<f64> = Vec::new();
    let threads = std::thread::available_parallelism().map_or(1, |n| n.get());
    let options =
        BuildOptions { runner: Runner::Jit, lower: Options::default(), count_spills: false, threads };
    let mut last: Option<Lowered> = None;
    for _ in 0..rounds {
        let project = Project::open(Path::new(&song), false).map_err(|e| format!("{e:?}"))?;
        let started = Instant::now();
        project.look_ahead();
        let mix = check(&project, &Default::default()).mix.ok_or("the song has errors")?;
        analyse_ms = analyse_ms.min(ms(started));
        let started = Instant::now();
        let lowered = lower(&mix, &Options::default()).map_err(|e| format!("{e:?}"))?;
        lower_ms = lower_ms.min(ms(started));
        let built = build(&mix, &options).map_err(|e| format!("{e:?}"))?;
        code_ms = code_ms.min(built.times.codegen_ms);
        let compiler = mixdown_codegen::Compiler::new()?;
        kernels.resize(lowered.kernels.len(), f64::INFINITY);
        for ((kernel, packing), least) in lowered.kernels.iter().zip(&mut kernels) {
            let started = Instant::now();
            compiler.compile_kernel(kernel, *packing)?;
            *least = least.min(ms(started));
        }
        last = Some(lowered);
    }
    let lowered = last.ok_or("no rounds")?;
    let compiler = mixdown_codegen::Compiler::new()?.count_spills(true);
    println!("{:<28} {:>9} {:>6} {:>6} {:>6} {:>7} {:>7}", "kernel", "packing", "ops", "stages", "spills", "bytes", "ms");
    let mut order: Vec<usize> = (0..kernels.len()).collect();
    order.sort_by(|a, b| kernels[*b].total_cmp(&kernels[*a]));
    let mut bytes = 0;
    for i in order {
        let (kernel, packing) = &lowered.kernels[i];
        let path = compiler.compile_kernel(kernel, *packing)?.path();
        bytes += path.bytes;
        println!(
            "{:<28} {:>9} {:>6} {:>6} {:>6} {:>7} {:>7.2}",
            kernel.name,
            format!("{packing:?}"),
            kernel.body.len(),
            path.stages,
            path.spills,
            path.bytes,
            kernels[i],
        );
    }
    println!("{} kernels, {bytes} bytes, {:.2} ms one by one", kernels.len(), kernels.iter().sum::<f64>());
    println!("text to mix {analyse_ms:.2} ms, lowering {lower_ms:.2} ms, machine code {code_ms:.2} ms on {threads} threads");
    println!("text to callable code {:.2} ms", analyse_ms + lower_ms + code_ms);
    Ok(())
}

fn ms(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1e3
}
