//! Speed of machine code: nanoseconds per sample and channel of kernels in a full pack, with the path each took.
//!
//! `cargo run --release -p mixdown-codegen --example kernel_speed [part of a name]`

mod kernels;

use mixdown_codegen::{CodegenError, Compiler};
use mixdown_kernel::ir::Kernel;
use mixdown_kernel::random::{Instance, Random, Rig};
use mixdown_layout::{BlockCall, CELL, Float, KernelCode, Packing, PathTaken, SlotKind};
use std::sync::Arc;
use std::time::Instant;

/// Cells of one timing; short, so that a quiet moment of a busy machine is long enough.
const CELLS: usize = 40;
/// Timings of which the least counts.
const ROUNDS: usize = 400;

fn main() {
    let wanted = std::env::args().nth(1).unwrap_or_default();
    let compiler = match Compiler::new() {
        Ok(compiler) => compiler.count_spills(true),
        Err(error) => return eprintln!("{error}"),
    };
    let (f32, f64) = (Float::F32, Float::F64);
    let (fixed, ramped) = (SlotKind::Const, SlotKind::Control);
    let list = [
        ("4 biquads, mono x4", kernels::biquads(f32, 1, fixed), Packing::Instances),
        ("4 biquads, mono x4, ramped", kernels::biquads(f32, 1, ramped), Packing::Instances),
        ("4 biquads, stereo x4", kernels::biquads(f32, 2, fixed), Packing::Instances),
        ("4 biquads, stereo x2 frames", kernels::biquads(f32, 2, fixed), Packing::Frames),
        ("4 biquads, mono x4, 64 bit", kernels::biquads(f64, 1, fixed), Packing::Instances),
        ("compressor, mono x4", kernels::compressor(f32, 1), Packing::Instances),
        ("strip, mono x4", kernels::strip(f32, 1, fixed), Packing::Instances),
        ("strip, mono x4, ramped", kernels::strip(f32, 1, ramped), Packing::Instances),
        ("strip, stereo x4", kernels::strip(f32, 2, fixed), Packing::Instances),
        ("strip, stereo x2 frames", kernels::strip(f32, 2, fixed), Packing::Frames),
        ("strip, mono x4, 64 bit", kernels::strip(f64, 1, fixed), Packing::Instances),
    ];
    println!("{:<28} {:>8} {:>7} {:>7} {:>7} {:>7} {:>9}", "kernel", "ns/s/ch", "stages", "unroll", "spills", "bytes", "compile");
    for (name, (kernel, values), packing) in list.into_iter().filter(|(name, ..)| name.contains(&wanted)) {
        if let Err(error) = measure(&compiler, name, &kernel, &values, packing) {
            eprintln!("{error}");
        }
    }
}

/// Runs the same cell again and again, so that what is around the call costs nothing.
struct Repeat<'a>(&'a dyn KernelCode);

impl KernelCode for Repeat<'_> {
    unsafe fn run(&self, call: &BlockCall) {
        let mut call = *call;
        for _ in 0..CELLS {
            // SAFETY: the caller's promise holds for every repetition; a later time stays inside the rings.
            unsafe { self.0.run(&call) };
            call.time += CELL as u64;
        }
    }

    fn path(&self) -> PathTaken {
        self.0.path()
    }
}

fn measure(
    compiler: &Compiler,
    name: &str,
    kernel: &Kernel,
    values: &[f64],
    packing: Packing,
) -> Result<(), CodegenError> {
    let plain = Compiler::new()?;
    let mut compile = f64::INFINITY;
    for _ in 0..20 {
        let start = Instant::now();
        plain.compile_kernel(kernel, packing)?;
        compile = compile.min(start.elapsed().as_secs_f64());
    }
    let code = compiler.compile_kernel(kernel, packing)?;
    let data = instances(kernel, values, packing.capacity());
    let mut rig = Rig::new(Arc::new(kernel.clone()), packing, &data, 1, 0);
    let mut best = f64::INFINITY;
    for _ in 0..ROUNDS {
        let start = Instant::now();
        rig.run(&Repeat(&*code));
        best = best.min(start.elapsed().as_secs_f64());
    }
    let channels = packing.capacity() * usize::from(kernel.inputs[0].width);
    let per = best * 1e9 / (CELLS * CELL * channels) as f64;
    let path = code.path();
    println!(
        "{name:<28} {per:>8.3} {:>7} {:>7} {:>7} {:>7} {:>6.2} ms",
        path.stages,
        path.unroll,
        path.spills,
        path.bytes,
        compile * 1e3
    );
    Ok(())
}

/// Noise on all inputs, the slots at `values`, the states at rest.
fn instances(kernel: &Kernel, values: &[f64], count: usize) -> Vec<Instance> {
    let mut random = Random::new(1);
    let raw = |x: f64| match kernel.float {
        Float::F32 => u64::from((x as f32).to_bits()),
        Float::F64 => x.to_bits(),
    };
    let channels: usize = kernel.inputs.iter().map(|p| usize::from(p.width)).sum();
    let states = kernel.states.iter().map(|s| usize::from(s.ty.width)).sum();
    let mut instance = || Instance {
        inputs: (0..channels).map(|_| (0..CELL).map(|_| raw(random.unit())).collect()).collect(),
        slots: values.iter().map(|v| (raw(*v), 0)).collect(),
        states: vec![0; states],
    };
    (0..count).map(|_| instance()).collect()
}
