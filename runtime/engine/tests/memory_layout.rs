//! The memory a kernel is given is what the layout promises, for every packing and every kind of slot.

mod common;

use common::build::{Build, at};
use common::{options, render, toy};
use mixdown_layout::*;
use std::sync::{Arc, Mutex};

/// What an instance found in its memory at the first sample.
type Found = (usize, [f64; 4], [u32; 2], f64);

/// Renders one pack and tells what every instance, idle ones too, saw.
fn look(packing: Packing, instances: usize) -> Vec<Found> {
    let mut b = Build::<f32>::new();
    let mut info = toy::info("look", packing, &[1, 2], &[2, 1]);
    info.states = vec![
        StateInfo { name: "a".into(), width: 2, init: 0.25, integer: false },
        StateInfo { name: "n".into(), width: 1, init: 7.0, integer: true },
        StateInfo { name: "b".into(), width: 1, init: -3.0, integer: false },
    ];
    info.slots = vec![SlotKind::Const, SlotKind::Control, SlotKind::Seed, SlotKind::Const];
    let found = Arc::new(Mutex::new(Vec::new()));
    let (sink, order) = (found.clone(), Mutex::new(0));
    let k = b.kernel(toy::custom(info, move |s: &toy::Step<f32>| {
        if s.time == 0 {
            let mut next = order.lock().unwrap();
            let slots = [s.slot(0), s.slot(1), s.slot(3), s.state(0, 1)].map(f64::from);
            let bits = [s.slot(2).to_bits(), s.state(1, 0).to_bits()];
            sink.lock().unwrap().push((*next, slots, bits, f64::from(s.state(2, 0))));
            *next += 1;
        }
        s.output(0, 0, s.input(1, 0));
        s.output(0, 1, s.input(1, 1));
        s.output(1, 0, s.input(0, 0));
    }));
    let x = b.source((0..6).map(|c| vec![c as f32 + 1.0; 64]).collect());
    let control = b.control(0, 1, |_, o| o[0] = 0.5);
    let instances: Vec<_> = (0..instances)
        .map(|i| {
            let inputs = [at(x[i], 0), at(x[i + 1], 0), at(x[i + 2], 0)];
            let seed = f64::from_bits(0xABCD_0123_4567_0000 + i as u64);
            let slots = [i as f64 + 10.0, 0.0, seed, i as f64 + 20.0];
            b.instance(k, &inputs, &slots, vec![ControlUse { control, inputs: vec![], slots: vec![1] }])
        })
        .collect();
    let n = instances.len();
    let streams = b.pack(k, instances);
    b.deliver("all", &streams.iter().map(|s| at(*s, 0)).collect::<Vec<_>>());
    b.program.length = Some(64);
    let (out, _) = render(&mut b.engine(options(1, 64)).unwrap());
    for i in 0..n {
        // Left, right of the stereo port, then the mono one.
        let levels = [0, 1, 2].map(|c| out[i * 3 + c][63]);
        assert_eq!(levels, [i as f32 + 2.0, i as f32 + 3.0, i as f32 + 1.0], "{packing:?}, instance {i}");
    }
    Arc::try_unwrap(found).map(|m| m.into_inner().unwrap()).unwrap_or_else(|shared| shared.lock().unwrap().clone())
}

#[test]
fn every_instance_finds_its_own_and_idle_lanes_what_instance_0_has() {
    for (packing, most) in [(Packing::Instances, 4), (Packing::Frames, 2), (Packing::Single, 1)] {
        for instances in 1..=most {
            let found = look(packing, instances);
            assert_eq!(found.len(), packing.capacity());
            for (lane, slots, bits, b) in found {
                let i = if lane < instances { lane } else { 0 };
                let expected = [i as f64 + 10.0, 0.5, i as f64 + 20.0, 0.25];
                assert_eq!((slots, bits, b), (expected, [0x4567_0000 + i as u32, 7], -3.0), "{packing:?} lane {lane}");
            }
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_long_line_costs_only_what_is_touched() {
    let resident = || -> usize {
        let status = std::fs::read_to_string("/proc/self/statm").unwrap();
        status.split(' ').nth(1).unwrap().parse::<usize>().unwrap() * 4096
    };
    let before = resident();
    let mut b = Build::<f32>::new();
    let x = b.source(vec![vec![1.0; 5000]])[0];
    let k = b.kernel(toy::delay(Packing::Instances, 1, 1 << 25));
    let y = b.run(k, &[at(x, 0)], &[100.0])[0];
    b.deliver("out", &[at(y, 0)]);
    b.program.length = Some(10_000);
    let mut engine = b.engine(mixdown_engine::Options::default()).unwrap();
    let (out, report) = render(&mut engine);
    assert_eq!(out[0][5099], 1.0);
    assert!(report.memory_bytes > 512 << 20);
    assert!(resident() < before + (64 << 20));
}
