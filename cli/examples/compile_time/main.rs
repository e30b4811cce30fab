//! Where the time from text to callable code goes: the least of many rounds for every step and every kernel; then how
//! soon a change can be heard by who has built the song before, for a change in every strip.
//!
//! `cargo run --release -p mixdown --example compile_time -- SONG.mix [ROUNDS]`

mod edits;

use edits::Edit;
use mixdown::build::{BuildOptions, Runner, Session, build, check};
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
    let text = std::fs::read_to_string(&song)?;
    changed("one changed number", &song, &text, edits::numbers(&text), &options, rounds)?;
    changed("one more equaliser in a strip", &song, &text, edits::strips(&text), &options, rounds)
}

/// Prints how long edits take of who has built the song before: the least of the rounds, the median over all strips.
fn changed(
    what: &str,
    song: &str,
    text: &str,
    edits: Vec<Edit>,
    options: &BuildOptions,
    rounds: usize,
) -> Result<(), Box<dyn std::error::Error>> {
    let mut found: Vec<(f64, [f64; 3], usize, String)> = Vec::new();
    for edit in edits {
        let mut least = [f64::INFINITY; 3];
        let mut made = 0;
        for _ in 0..rounds.min(10) {
            let session = Session::default();
            let project = Project::open(Path::new(song), false).map_err(|e| format!("{e:?}"))?.knowing(&session.files);
            let before = project.saying(text.to_string()).map_err(|e| format!("{e:?}"))?;
            let mix = session.check(&before, &Default::default()).mix.ok_or("the song has errors")?;
            session.build(&mix, options).map_err(|e| format!("{e:?}"))?;
            let after = project.saying(edit.text.clone()).map_err(|e| format!("{e:?}"))?;
            let started = Instant::now();
            let analysis = session.check(&after, &Default::default());
            let took = ms(started);
            // Where no such processor fits, or another number is none of a list.
            let Some(mix) = analysis.mix else { continue };
            let Ok(built) = session.build(&mix, options) else { continue };
            let times = [took, built.times.lower_ms, built.times.codegen_ms];
            if times.iter().sum::<f64>() < least.iter().sum::<f64>() {
                least = times;
            }
            made = built.lowered.kernels.len() - built.kernels_from_cache;
        }
        if least[0].is_finite() {
            found.push((least.iter().sum(), least, made, edit.strip));
        }
    }
    found.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (Some(median), Some(worst)) = (found.get(found.len() / 2), found.last()) else { return Ok(()) };
    let same = found.iter().filter(|(_, _, made, _)| *made == 0).count();
    println!("{what}, until callable, over {} strips ({same} without new code):", found.len());
    for (name, (all, [analyse, lower, code], made, strip)) in [("median", median), ("worst", worst)] {
        println!("  {name:<7} {all:.2} ms: mix {analyse:.2}, lowering {lower:.2}, code {code:.2} ({made} kernels; {strip})");
    }
    Ok(())
}

fn ms(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1e3
}
