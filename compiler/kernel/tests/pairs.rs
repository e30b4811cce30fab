//! Left with right: what becomes one train of frames, and that nobody hears it.

use mixdown_kernel::builder::Builder;
use mixdown_kernel::interpret::Interpreter;
use mixdown_kernel::ir::{Kernel, Kind, Op, Value};
use mixdown_kernel::pairs::pair;
use mixdown_kernel::random::{Instance, Random, Rig, instances, kernel, same};
use mixdown_kernel::text::{print, read};
use mixdown_layout::{Float, Packing};
use std::sync::Arc;

/// A kernel and its copy beside it, the mono outputs of both as frames: everything in it is a pair, as far as the
/// copies are not tangled: now and then the second hears the first.
fn doubled(random: &mut Random, k: &Kernel) -> Kernel {
    let mut b = Builder::new("doubled", k.float, k.factor);
    let mut outputs: Vec<Vec<Value>> = Vec::new();
    let mut heard: Vec<Value> = Vec::new();
    let (mut inputs, mut slots, mut states, mut lines) = (0, 0, 0, 0);
    for side in 0..2 {
        k.inputs.iter().for_each(|p| _ = b.declare_input(format!("{}{side}", p.name), p.width));
        k.slots.iter().for_each(|s| _ = b.declare_slot(format!("{}{side}", s.name), s.kind));
        k.states.iter().for_each(|s| _ = b.declare_state(format!("{}{side}", s.name), s.ty, s.init));
        k.lines.iter().for_each(|l| _ = b.declare_line(format!("{}{side}", l.name), l.width, l.capacity));
        let mut place: Vec<Value> = Vec::new();
        let mut own = Vec::new();
        for op in &k.body {
            let mut v = match op.map(|v| place[v.0 as usize]) {
                Op::Output(_, v) => {
                    own.push(v);
                    v
                }
                Op::Input(n) => b.push(Op::Input(inputs + n)),
                Op::Slot(n) => b.push(Op::Slot(slots + n)),
                Op::ReadState(n) => b.push(Op::ReadState(states + n)),
                Op::WriteState(n, v) => b.push(Op::WriteState(states + n, v)),
                Op::ReadLine(n, v) => b.push(Op::ReadLine(lines + n, v)),
                Op::WriteLine(n, v) => b.push(Op::WriteLine(lines + n, v)),
                other => b.push(other),
            };
            let ty = b.type_of(v);
            if ty.kind == Kind::Float && ty.width == 1 {
                if side == 0 {
                    heard.push(v);
                } else if random.one_in(40) && !heard.is_empty() {
                    let other = heard[random.below(heard.len())];
                    v = b.add(v, other);
                }
            }
            place.push(v);
        }
        outputs.push(own);
        inputs += k.inputs.len() as u32;
        slots += k.slots.len() as u32;
        states += k.states.len() as u32;
        lines += k.lines.len() as u32;
    }
    for (n, (x, y)) in outputs[0].iter().zip(&outputs[1]).enumerate() {
        if b.type_of(*x).width == 1 && b.type_of(*y).width == 1 {
            let port = b.declare_output(format!("out{n}"), 2);
            let frame = b.frame(*x, *y);
            b.output(port, frame);
            continue;
        }
        for (side, v) in [x, y].into_iter().enumerate() {
            let port = b.declare_output(format!("out{n}-{side}"), b.type_of(*v).width);
            b.output(port, *v);
        }
    }
    b.finish().unwrap()
}

/// The same data for a kernel, with its states at their beginning.
fn at_rest(data: &[Instance], k: &Kernel) -> Vec<Instance> {
    let start = |s: &mixdown_kernel::ir::State| {
        let raw = match (s.ty.kind, k.float) {
            (Kind::Int, Float::F32) => u64::from(s.init as i32 as u32),
            (Kind::Int, Float::F64) => s.init as i64 as u64,
            (_, Float::F32) => u64::from((s.init as f32).to_bits()),
            (_, Float::F64) => s.init.to_bits(),
        };
        vec![raw; usize::from(s.ty.width)]
    };
    let states: Vec<u64> = k.states.iter().flat_map(start).collect();
    data.iter().map(|i| Instance { states: states.clone(), ..i.clone() }).collect()
}

#[test]
fn joining_changes_no_bit_of_random_kernels() {
    let (mut joined, mut before, mut after) = (0, 0, 0);
    for seed in 0..3000 {
        let mut random = Random::new(seed);
        let float = if random.one_in(2) { Float::F32 } else { Float::F64 };
        let size = 10 + random.below(60);
        let single = kernel(&mut random, float, size);
        let plain = Arc::new(doubled(&mut random, &single));
        let Some(paired) = pair(&plain) else { continue };
        joined += 1;
        (before, after) = (before + plain.body.len(), after + paired.body.len());
        let paired = Arc::new(paired);
        let packing = if random.one_in(2) { Packing::Frames } else { Packing::Instances };
        let data = instances(&mut random, &plain, 2, 3);
        let run = |k: &Arc<Kernel>| {
            let mut rig = Rig::new(Arc::clone(k), packing, &at_rest(&data, k), 3, 128);
            rig.run(&Interpreter::new(Arc::clone(k), packing).unwrap());
            rig
        };
        let (a, b) = (run(&plain), run(&paired));
        for instance in 0..2 {
            for (x, y) in a.outputs(instance).iter().zip(b.outputs(instance)) {
                let equal = x.iter().zip(y).all(|(x, y)| same(float, *x, y));
                assert!(equal, "seed {seed}\n{}\n{}", print(&plain), print(&paired));
            }
        }
    }
    println!("{joined} kernels joined, {before} instructions, {after} after");
    assert!(joined > 500 && after < before);
}

#[test]
fn two_delays_of_one_line_and_two_lines_become_one_read() {
    let text = "kernel voices f32\n input in 1\n output out 2\n line a 1 64\n line b 1 64\n line c 1 64
        x = input in\n put a x\n put b x\n put c x
        l = int 7\n r = int 9\n al = tap a l\n br = tap b r\n cl = tap c l\n cr = tap c r
        y = add al cl\n z = add br cr\n out = frame y z\n output out out";
    let paired = pair(&read(text).unwrap()).unwrap();
    let reads = paired.body.iter().filter(|op| matches!(op, Op::ReadLine(..))).count();
    assert_eq!((reads, paired.lines.len()), (2, 2), "{}", print(&paired));
}

#[test]
fn what_gains_nothing_stays() {
    let text = "kernel pan f32\n input in 1\n output out 2\n slot l const\n slot r const
        x = input in\n l = slot l\n r = slot r\n y = mul x l\n z = div x r\n f = frame y z\n output out f";
    assert!(pair(&read(text).unwrap()).is_none());
}
