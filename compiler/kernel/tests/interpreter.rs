//! The interpreter: kernels whose results can be worked out by hand, and the same bits in every packing and for every
//! way a cell is cut.

use mixdown_kernel::interpret::{ControlInterpreter, Interpreter};
use mixdown_kernel::ir::Kernel;
use mixdown_kernel::random::{Instance, Random, Rig, instances, kernel};
use mixdown_kernel::text::{print, read};
use mixdown_layout::{CELL, ControlCode, Float, KernelCode, POINTS, Packing};
use std::sync::Arc;

fn f32s(raw: &[u64]) -> Vec<f32> {
    raw.iter().map(|x| f32::from_bits(*x as u32)).collect()
}

fn raw(x: f32) -> u64 {
    u64::from(x.to_bits())
}

/// Runs a kernel of 32 bits from timeline 0, and gives the output channels of every instance.
fn run(text: &str, packing: Packing, data: &[Instance], cells: usize) -> Vec<Vec<Vec<f32>>> {
    let k = Arc::new(read(text).unwrap());
    let code = Interpreter::new(k.clone(), packing).unwrap();
    let mut rig = Rig::new(k, packing, data, cells, 0);
    rig.run(&code);
    (0..rig.instances()).map(|i| rig.outputs(i).iter().map(|c| f32s(c)).collect()).collect()
}

fn impulse(samples: usize) -> Vec<u64> {
    (0..samples).map(|i| raw(if i == 0 { 1.0 } else { 0.0 })).collect()
}

const BOTH: [Packing; 2] = [Packing::Instances, Packing::Frames];

#[test]
fn a_one_pole_falls_by_its_factor() {
    let text = "kernel one-pole f32\n input in 1\n slot a const\n state y float 1 = 0\n output out 1
        x = input in\n a = slot a\n y = read y\n z = fma a y x\n write y z\n output out z";
    for packing in BOTH {
        let data: Vec<Instance> = [0.5f32, -0.25]
            .iter()
            .map(|a| Instance { inputs: vec![impulse(64)], slots: vec![(raw(*a), 0)], states: vec![0] })
            .collect();
        let out = run(text, packing, &data, 1);
        for (i, a) in [0.5f32, -0.25].iter().enumerate() {
            let want: Vec<f32> = (0..64).map(|n| a.powi(n)).collect();
            assert_eq!(out[i][0], want, "{packing:?}");
        }
    }
}

#[test]
fn a_delay_line_delays_above_and_below_its_write() {
    let text = "kernel delay f32\n input in 2\n output late 2\n output now 2\n line l 2 128
        d = int 100\n late = tap l d\n x = input in\n put l x\n z = int 0\n now = tap l z
        output late late\n output now now";
    let samples = 4 * CELL;
    let left: Vec<u64> = (0..samples).map(|i| raw(i as f32 + 1.0)).collect();
    let right: Vec<u64> = (0..samples).map(|i| raw(-(i as f32))).collect();
    for packing in BOTH {
        let data = [Instance { inputs: vec![left.clone(), right.clone()], ..Instance::default() }];
        let out = &run(text, packing, &data, 4)[0];
        let left: Vec<f32> = (0..samples).map(|i| i as f32 + 1.0).collect();
        let right: Vec<f32> = (0..samples).map(|i| -(i as f32)).collect();
        let late = |x: &[f32]| [&[0.0; 100], &x[..samples - 100]].concat();
        assert_eq!(out[..], [late(&left), late(&right), left, right], "{packing:?}");
    }
}

#[test]
fn a_biquad_answers_an_impulse_as_its_difference_equation() {
    // Transposed direct form II, fused as the language fuses `a*b + c`.
    let text = "kernel biquad f32\n input in 1\n output out 1
        slot b0 const\n slot b1 const\n slot b2 const\n slot a1 const\n slot a2 const
        state s1 float 1 = 0\n state s2 float 1 = 0
        x = input in\n b0 = slot b0\n b1 = slot b1\n b2 = slot b2\n a1 = slot a1\n a2 = slot a2
        s1 = read s1\n s2 = read s2
        y = fma b0 x s1\n n = neg y
        p = fma b1 x s2\n p1 = fma a1 n p\n write s1 p1
        q = mul b2 x\n q1 = fma a2 n q\n write s2 q1
        output out y";
    let c = [0.2f32, 0.4, 0.2, -0.37, 0.195];
    let (mut s1, mut s2) = (0.0f32, 0.0f32);
    let mut want = Vec::new();
    for i in 0..64 {
        let x = if i == 0 { 1.0f32 } else { 0.0 };
        let y = c[0].mul_add(x, s1);
        s1 = c[3].mul_add(-y, c[1].mul_add(x, s2));
        s2 = c[4].mul_add(-y, c[2] * x);
        want.push(y);
    }
    for packing in BOTH {
        let slots = c.iter().map(|c| (raw(*c), 0)).collect();
        let data = [Instance { inputs: vec![impulse(64)], slots, states: vec![0, 0] }];
        assert_eq!(run(text, packing, &data, 1)[0][0], want, "{packing:?}");
    }
}

#[test]
fn a_control_slot_ramps_in_mix_samples() {
    let text = "kernel ramp f32 factor 4\n slot g control\n output out 1\n g = slot g\n output out g";
    let data = [Instance { slots: vec![(raw(2.0), raw(0.5))], ..Instance::default() }];
    for packing in BOTH {
        let out = run(text, packing, &data, 2);
        let want: Vec<f32> = (0..512).map(|k| 2.0 + 0.5 * ((k % 256) as f32 / 4.0)).collect();
        assert_eq!(out[0][0], want);
    }
}

#[test]
fn states_are_read_as_they_were_written_last() {
    let text = "kernel states f32\n state n int 1 = 0\n output out 1\n output before 1
        magic = int 1262485504\n offset = float 12582912.0\n one = int 1
        a = read n\n b = iadd a one\n write n b\n c = read n\n d = iadd c one\n write n d
        u = iadd a magic\n v = from_bits u\n w = sub v offset\n output before w
        x = iadd d magic\n y = from_bits x\n z = sub y offset\n output out z";
    let data = [Instance { states: vec![10], ..Instance::default() }];
    for packing in BOTH {
        let out = run(text, packing, &data, 1);
        let want: Vec<f32> = (0..64).map(|i| 12.0 + 2.0 * i as f32).collect();
        assert_eq!(out[0][0], want);
        assert_eq!(out[0][1], want.iter().map(|x| x - 2.0).collect::<Vec<_>>());
    }
}

#[test]
fn time_counts_kernel_samples_in_31_bits() {
    let text = "kernel time f64 factor 2\n output out 1\n t = time\n x = from_bits t\n output out x";
    let k = Arc::new(read(text).unwrap());
    let code = Interpreter::new(k.clone(), Packing::Frames).unwrap();
    let start = (1u64 << 30) - 64;
    let mut rig = Rig::new(k, Packing::Frames, &[Instance::default()], 2, start);
    rig.run(&code);
    let want: Vec<u64> = (0..256).map(|i| (2 * start + i) & 0x7FFF_FFFF).collect();
    assert_eq!(rig.outputs(0)[0], want);
}

/// Four instances in one pack of instances and in two packs of frames, whole cells and cells cut anywhere.
#[test]
fn packing_and_cutting_change_no_bit() {
    for seed in 0..600 {
        let mut random = Random::new(seed);
        let float = if random.one_in(2) { Float::F32 } else { Float::F64 };
        let size = 20 + random.below(120);
        let k: Arc<Kernel> = Arc::new(kernel(&mut random, float, size));
        let cells = 2;
        let data = instances(&mut random, &k, 4, cells);
        let time = [0, 64, 1 << 29, (1 << 31) - 64][random.below(4)];
        let code = |packing| Interpreter::new(k.clone(), packing).unwrap();

        let mut wide = Rig::new(k.clone(), Packing::Instances, &data, cells, time);
        wide.run(&code(Packing::Instances));
        for (packing, first) in [(Packing::Frames, 0), (Packing::Frames, 2), (Packing::Single, 1)] {
            let frames = code(packing);
            let mut rig = Rig::new(k.clone(), packing, &data[first..], cells, time);
            for cell in 0..cells {
                let mut start = 0;
                while start < CELL as u32 {
                    let len = 1 + random.below((CELL as u32 - start) as usize) as u32;
                    rig.run_part(&frames, cell, start, len);
                    start += len;
                }
            }
            for i in 0..packing.capacity() {
                if let Some(difference) = wide.difference(first + i, &rig, i) {
                    panic!("seed {seed} instance {}: {difference}\n{}", first + i, print(&k));
                }
            }
        }
    }
}

#[test]
fn control_code_maps_numbers_to_numbers() {
    let text = "kernel control f64\n input a 1\n input b 1\n output sum 1\n output ratio 1
        a = input a\n b = input b\n s = add a b\n r = div a b\n output ratio r\n output sum s";
    let code = ControlInterpreter::new(Arc::new(read(text).unwrap())).unwrap();
    let mut out = [0.0; 2 * POINTS];
    let (mut rows, b) = ([1.0; 2 * POINTS], POINTS);
    rows[b..b + 2].copy_from_slice(&[8.0, 4.0]);
    code.eval(2, &rows, &mut out);
    assert_eq!((out[0], out[1], out[2]), (9.0, 5.0, 0.0));
    assert_eq!((out[b], out[b + 1], out[b + 2]), (0.125, 0.25, 0.0));
}

#[test]
fn what_cannot_run_is_refused() {
    let state = "kernel k f64\n input a 2\n state s float 1 = 0\n output o 1\n z = float 0\n output o z";
    let faults = ControlInterpreter::new(Arc::new(read(state).unwrap())).unwrap_err();
    assert_eq!(faults.len(), 2, "{faults:?}");
    let open = Arc::new(read("kernel k f32\n output o 1").unwrap());
    assert!(Interpreter::new(open, Packing::Frames).is_err());
    let path = Interpreter::new(
        Arc::new(read("kernel k f32\n output o 1\n z = float 0\n output o z").unwrap()),
        Packing::Instances,
    );
    assert_eq!(path.unwrap().path().engine, "interpreter");
}
