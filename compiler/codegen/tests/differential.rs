//! Random kernels over random data, every special value among it: interpreter against machine code, bit by bit, in
//! every packing, both floats, and with cells cut anywhere.

use mixdown_codegen::Compiler;
use mixdown_kernel::builder::Builder;
use mixdown_kernel::interpret::Interpreter;
use mixdown_kernel::ir::{Kernel, Kind, Type};
use mixdown_kernel::random::{Random, Rig, instances, kernel};
use mixdown_kernel::text::print;
use mixdown_layout::{CELL, Float, KernelCode, Packing};
use std::sync::Arc;

const CELLS: usize = 4;

/// Every packing that a float can have.
fn packings(float: Float) -> Vec<Packing> {
    let mut list = vec![Packing::Instances, Packing::Frames];
    list.extend((float == Float::F32).then_some(Packing::Single));
    list
}

/// Runs all cells of both rigs, in the same random parts where the kernel may be called for parts.
fn run(random: &mut Random, in_parts: bool, rigs: [&mut Rig; 2], codes: [&dyn KernelCode; 2]) {
    let [a, b] = rigs;
    for cell in 0..CELLS {
        let mut start = 0;
        while start < CELL {
            let len = if !in_parts || random.one_in(2) { CELL - start } else { 1 + random.below(CELL - start) };
            a.run_part(codes[0], cell, start as u32, len as u32);
            b.run_part(codes[1], cell, start as u32, len as u32);
            start += len;
        }
    }
}

fn compare(compiler: &Compiler, random: &mut Random, kernel: Arc<Kernel>, packing: Packing) {
    let reference = Interpreter::new(kernel.clone(), packing).unwrap();
    let code = compiler.compile_kernel(&kernel, packing).unwrap();
    let data = instances(random, &kernel, packing.capacity(), CELLS);
    let time = (random.below(1 << 40) / CELL * CELL) as u64;
    let mut left = Rig::new(kernel.clone(), packing, &data, CELLS, time);
    let mut right = left.clone();
    run(random, kernel.in_parts(), [&mut left, &mut right], [&reference, &*code]);
    for instance in 0..left.instances() {
        if let Some(difference) = left.difference(instance, &right, instance) {
            panic!("{packing:?}, instance {instance}: {difference}\n{}", print(&kernel));
        }
    }
}

fn compare_many(seed: u64, count: usize, size: usize) {
    let compiler = Compiler::verified().unwrap();
    let mut random = Random::new(seed);
    for _ in 0..count {
        for float in [Float::F32, Float::F64] {
            let kernel = Arc::new(kernel(&mut random, float, size));
            for packing in packings(float) {
                compare(&compiler, &mut random, kernel.clone(), packing);
            }
        }
    }
}

#[test]
fn small_kernels() {
    compare_many(1, 1500, 12);
}

#[test]
fn middling_kernels() {
    compare_many(2, 300, 50);
}

#[test]
fn large_kernels() {
    compare_many(3, 40, 400);
}

#[test]
fn kernels_of_many_sizes() {
    for seed in 100..120 {
        compare_many(seed, 5, 10 + seed as usize);
    }
}

/// A hundred resonators whose results are all needed until the end: they cross from stage to stage in short blocks.
#[test]
fn many_values_cross() {
    let mut b = Builder::new("crowd", Float::F32, 1);
    let input = b.declare_input("in", 1);
    let output = b.declare_output("out", 1);
    let x = b.input(input);
    let mut results = Vec::new();
    for i in 0..100 {
        let state = b.declare_state(format!("s{i}"), Type { kind: Kind::Float, width: 1 }, 0.0);
        let old = b.read_state(state);
        let pace = b.float(f64::from(i) / 101.0);
        let way = b.sub(x, old);
        let new = b.fma(way, pace, old);
        let bent = b.mul(new, way);
        b.write_state(state, new);
        results.push(bent);
    }
    let total = results[1..].iter().fold(results[0], |sum, v| b.add(sum, *v));
    let sum = results.iter().fold(total, |sum, v| b.fma(*v, total, sum));
    b.output(output, sum);
    let kernel = Arc::new(b.finish().unwrap());
    let compiler = Compiler::verified().unwrap();
    let mut random = Random::new(5);
    for packing in packings(Float::F32) {
        compare(&compiler, &mut random, kernel.clone(), packing);
    }
}

#[test]
fn cutting_a_cell_changes_nothing() {
    let compiler = Compiler::verified().unwrap();
    let mut random = Random::new(4);
    for packing in packings(Float::F32) {
        let kernels = std::iter::repeat_with(|| kernel(&mut random, Float::F32, 40));
        let kernels: Vec<Kernel> = kernels.filter(Kernel::in_parts).take(50).collect();
        for kernel in kernels.into_iter().map(Arc::new) {
            let code = compiler.compile_kernel(&kernel, packing).unwrap();
            let data = instances(&mut random, &kernel, packing.capacity(), 1);
            let mut whole = Rig::new(kernel.clone(), packing, &data, 1, 640);
            let mut cut = whole.clone();
            whole.run(&*code);
            cut.run_part(&*code, 0, 0, 17);
            cut.run_part(&*code, 0, 17, 47);
            for instance in 0..whole.instances() {
                assert_eq!(whole.difference(instance, &cut, instance), None, "{}", print(&kernel));
            }
        }
    }
}
