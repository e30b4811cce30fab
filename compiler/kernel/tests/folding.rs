//! The builder: it shares, folds and drops, and never changes a bit.

use mixdown_kernel::builder::Builder;
use mixdown_kernel::interpret::Interpreter;
use mixdown_kernel::ir::{Kind, Op, Type};
use mixdown_kernel::math;
use mixdown_kernel::optimise::optimise;
use mixdown_kernel::random::{Random, Rig, instances, kernel};
use mixdown_kernel::text::print;
use mixdown_layout::{Float, Packing, SlotKind};
use std::sync::Arc;

#[test]
fn folding_changes_no_bit_of_random_kernels() {
    let (mut before, mut after) = (0, 0);
    for seed in 0..2000 {
        let mut random = Random::new(seed);
        let float = if random.one_in(2) { Float::F32 } else { Float::F64 };
        let size = 20 + random.below(150);
        let plain = Arc::new(kernel(&mut random, float, size));
        let folded = Arc::new(optimise(&plain).unwrap_or_else(|f| panic!("seed {seed}: {f:?}")));
        (before, after) = (before + plain.body.len(), after + folded.body.len());
        let data = instances(&mut random, &plain, 2, 2);
        let packing = if random.one_in(2) { Packing::Frames } else { Packing::Instances };
        let run = |k: &Arc<_>| {
            let mut rig = Rig::new(Arc::clone(k), packing, &data, 2, 128);
            rig.run(&Interpreter::new(Arc::clone(k), packing).unwrap());
            rig
        };
        let (a, b) = (run(&plain), run(&folded));
        for i in 0..2 {
            if let Some(difference) = a.difference(i, &b, i) {
                panic!("seed {seed}: {difference}\n{}\n{}", print(&plain), print(&folded));
            }
        }
    }
    println!("{before} instructions, {after} after folding");
    assert!(after < before);
}

fn mono(b: &mut Builder) -> mixdown_kernel::ir::Value {
    let port = b.declare_input("in", 1);
    b.input(port)
}

#[test]
fn equal_instructions_are_one_and_dead_ones_none() {
    let mut b = Builder::new("k", Float::F32, 1);
    let x = mono(&mut b);
    let out = b.declare_output("out", 1);
    let (two, again) = (b.float(2.0), b.float(2.0));
    let (p, q) = (b.mul(x, two), b.mul(x, again));
    assert_eq!(p, q);
    b.sqrt(x);
    b.output(out, p);
    let k = b.finish().unwrap();
    assert_eq!(k.body.len(), 4, "{k}");
}

#[test]
fn identities_that_hold_for_minus_zero_alone() {
    let mut b = Builder::new("k", Float::F64, 1);
    let x = mono(&mut b);
    let (zero, minus, one) = (b.float(0.0), b.float(-0.0), b.float(1.0));
    assert_ne!(zero, minus);
    assert_ne!(b.add(x, zero), x);
    assert_eq!(b.add(x, minus), x);
    assert_eq!(b.sub(x, zero), x);
    assert_ne!(b.sub(x, minus), x);
    assert_eq!(b.mul(one, x), x);
    let nothing = b.mul(x, zero);
    assert_eq!(b.constant(nothing), None);
    let (fused, product) = (b.fma(x, x, minus), b.mul(x, x));
    assert_eq!(fused, product);
    let n = b.neg(x);
    assert_eq!(b.neg(n), x);
    let m = b.lt(x, one);
    assert_eq!(b.select(m, x, x), x);
}

#[test]
fn constants_fold_in_the_kernels_own_float() {
    let mut b = Builder::new("k", Float::F32, 1);
    let (x, y, z) = (b.float(0.1), b.float(3.0), b.float(-0.3));
    let fused = b.fma(x, y, z);
    assert_eq!(b.constant(fused), Some(f64::from(0.1f32.mul_add(3.0, -0.3))));
    let (big, five) = (b.int(0x7FFF_FFFF), b.int(5));
    let wrapped = b.iadd(big, five);
    let float = b.from_bits(wrapped);
    // The bits of a subnormal number: left to the machine.
    assert_eq!(b.constant(float), None);
    let (zero, minus) = (b.float(0.0), b.float(-1.0));
    let root = b.sqrt(minus);
    assert_eq!(b.constant(root), None, "NaN is not folded");
    let ratio = b.div(minus, zero);
    assert_eq!(b.constant(ratio), Some(f64::NEG_INFINITY));
    let tiny = b.float(1e-30);
    let below = b.mul(tiny, tiny);
    assert_eq!(b.constant(below), Some(0.0));
    let known = b.lt(minus, zero);
    assert_eq!(b.select(known, x, y), x);
}

#[test]
fn states_and_lines_are_read_again_only_after_a_write() {
    let mut b = Builder::new("k", Float::F32, 1);
    let x = mono(&mut b);
    let narrow = b.declare_state("s", Type { kind: Kind::Float, width: 1 }, 0.0);
    let wide = b.declare_state("w", Type { kind: Kind::Float, width: 2 }, 0.0);
    let line = b.declare_line("l", 1, 16);
    let first = b.read_state(narrow);
    assert_eq!(b.read_state(narrow), first);
    b.write_state(narrow, x);
    assert_eq!(b.read_state(narrow), x);
    b.write_state(wide, x);
    let frame = b.read_state(wide);
    assert_eq!(b.type_of(frame).width, 2);
    assert_eq!(b.read_state(wide), frame);
    let d = b.int(3);
    let above = b.read_line(line, d);
    assert_eq!(b.read_line(line, d), above);
    b.write_line(line, x);
    assert_ne!(b.read_line(line, d), above);
}

#[test]
fn mixed_widths_spread() {
    let mut b = Builder::new("k", Float::F32, 1);
    let x = mono(&mut b);
    let port = b.declare_input("wide", 2);
    let y = b.input(port);
    let seed = b.declare_slot("seed", SlotKind::Seed);
    let seed = b.slot(seed);
    let sum = b.add(x, y);
    assert_eq!(b.type_of(sum), Type { kind: Kind::Float, width: 2 });
    let test = b.lt(x, y);
    let picked = b.select(test, x, x);
    // Narrower than the operation says: not the same thing.
    assert_ne!(picked, x);
    assert_eq!(b.type_of(picked).width, 2);
    assert_eq!(b.type_of(seed), Type { kind: Kind::Int, width: 1 });
    assert_eq!(b.channel(x, 1), x);
    let frame = b.frame(x, x);
    assert_eq!(b.channel(frame, 0), x);
}

/// How many operations a function is, constants and bit casts (which cost nothing) apart.
fn operations(
    float: Float,
    f: impl Fn(&mut Builder, mixdown_kernel::ir::Value) -> mixdown_kernel::ir::Value,
) -> usize {
    let mut b = Builder::new("k", float, 1);
    let x = mono(&mut b);
    let out = b.declare_output("out", 1);
    let y = f(&mut b, x);
    b.output(out, y);
    let k = b.finish().unwrap();
    let free = |op: &&Op| {
        !matches!(op, Op::Float(_) | Op::Int(_) | Op::Input(_) | Op::Output(..) | Op::Bits(_) | Op::FromBits(_))
    };
    k.body.iter().filter(free).count()
}

#[test]
fn functions_have_the_operations_that_they_say() {
    let count =
        |name: &str, most: usize, f: fn(&mut Builder, mixdown_kernel::ir::Value) -> mixdown_kernel::ir::Value| {
            let (short, long) = (operations(Float::F32, f), operations(Float::F64, f));
            println!("{name:<12} {short:>3} in 32 bits {long:>3} in 64");
            assert_eq!(short, most, "{name}");
        };
    count("log2", 16, math::log2);
    count("ln", 17, math::ln);
    count("log10", 17, math::log10);
    count("to_db", 17, math::to_db);
    count("exp2", 12, math::exp2);
    count("exp", 13, math::exp);
    count("factor", 12, math::factor);
    count("pow", 29, |b, x| math::pow(b, x, x));
    count("sin", 12, math::sin);
    count("cos", 11, math::cos);
    count("tan", 16, math::tan);
    count("atan", 18, math::atan);
    count("tanh", 15, math::tanh);
    count("floor", 10, math::floor);
    count("ceil", 12, math::ceil);
    count("round", 11, math::round);
    count("trunc", 12, math::trunc);
    count("fract", 12, math::fract);
    count("sign", 4, math::sign);
    count("split + join", 12, |b, x| {
        let (whole, rest) = math::split(b, x);
        let whole = math::from_int(b, whole);
        b.add(whole, rest)
    });
    count("noise", 16, |b, x| {
        let (t, x) = (b.time(), b.bits(x));
        math::noise(b, t, x)
    });
}
