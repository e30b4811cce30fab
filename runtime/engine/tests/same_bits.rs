//! Threads, block size and skipped silence change nothing: random graphs, every bit.

mod common;

use common::build::{Build, at};
use common::{noise, options, render, toy};
use mixdown_layout::*;

/// A small generator of choices.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 33) as usize % sides
    }
}

/// A random mix: sources with gaps, packs of both kinds, lines, moving coefficients, oversampling, sums.
fn random(seed: u64) -> Build<f32> {
    let mut dice = Dice(seed * 77 + 5);
    let mut b = Build::<f32>::new();
    let curve = b.curve(
        0.1,
        &[(100, 100, 0.1, 0.4, Shape::Hold), (100, 700, 0.4, 0.9, Shape::Linear), (700, 2000, 0.9, 0.2, Shape::Smooth)],
    );
    let steps = b.curve(0.5, &[(333, 1000, 0.2, 0.2, Shape::Hold), (1000, 1500, 0.7, 0.7, Shape::Hold)]);
    let moving = b.control(2, 1, |i, o| o[0] = i[0] * 0.5 + 0.1 * (i[1] * 3.0).sin());
    let held = b.control(1, 1, |i, o| o[0] = i[0]);
    let kernels = [
        b.kernel(toy::delay(Packing::Instances, 1, 256)),
        b.kernel(toy::echo(512)),
        b.kernel(toy::one_pole(Packing::Instances, 1, SlotKind::Control)),
        b.kernel(toy::one_pole(Packing::Instances, 1, SlotKind::Const)),
        b.kernel(toy::delay(Packing::Frames, 2, 64)),
        b.kernel(toy::one_pole(Packing::Frames, 2, SlotKind::Const)),
    ];
    let mut ready = Vec::new();
    for k in 0..3 {
        let mut signal = noise(seed + k, 1000 + dice.roll(2000));
        let quiet = dice.roll(900);
        signal[quiet..].iter_mut().take(700).for_each(|x| *x = 0.0);
        ready.extend(b.source(vec![signal]));
    }
    for _ in 0..14 {
        let read = |dice: &mut Dice, ready: &[u32]| match dice.roll(12) {
            0 => Read { stream: None, offset: 0 },
            k => at(ready[dice.roll(ready.len())], [0, 0, 0, 64, 17, 130, 5][k % 7]),
        };
        match dice.roll(8) {
            k @ 0..=5 => {
                let kernel = kernels[k];
                let info = b.program.kernels[kernel as usize].clone();
                let instances = (0..=dice.roll(info.packing.capacity())).map(|_| {
                    let inputs: Vec<Read> = (0..info.inputs[0]).map(|_| read(&mut dice, &ready)).collect();
                    let uses = match (info.slots[0], dice.roll(2)) {
                        (SlotKind::Control, 0) => vec![ControlUse {
                            control: moving,
                            inputs: vec![curve, ControlInput::Seconds],
                            slots: vec![0],
                        }],
                        (SlotKind::Control, _) => {
                            vec![ControlUse { control: held, inputs: vec![steps], slots: vec![0] }]
                        }
                        _ => vec![],
                    };
                    let slots = match k {
                        0 | 4 => vec![dice.roll(60) as f64],
                        1 => vec![1.0 + dice.roll(500) as f64, 0.4],
                        _ => vec![0.3],
                    };
                    b.instance(kernel, &inputs, &slots, uses)
                });
                let instances: Vec<_> = instances.take(info.packing.capacity()).collect();
                let streams = b.pack(kernel, instances);
                ready.extend(streams);
            }
            6 => {
                let edges = (0..dice.roll(5))
                    .map(|k| Edge { from: read(&mut dice, &ready), gain: k as u32 })
                    .collect::<Vec<_>>();
                let mut gains = vec![(SlotKind::Const, 0.3); edges.len().max(1)];
                gains[0].0 = SlotKind::Control;
                let uses = vec![ControlUse {
                    control: held,
                    inputs: vec![if dice.roll(2) == 0 { curve } else { steps }],
                    slots: vec![0],
                }];
                ready.push(b.sum(edges, gains, uses));
            }
            _ => {
                let factor = [2, 4, 8][dice.roll(3)];
                let from = read(&mut dice, &ready);
                let up = b.up(factor, from);
                ready.push(b.down(factor, at(up, 32)));
            }
        }
    }
    let all: Vec<(Read, f64)> = ready.iter().map(|s| (at(*s, 0), 0.1)).collect();
    let master = b.mix(&all);
    b.program.streams[master as usize].strip_output = true;
    b.deliver("master", &[at(master, 0), at(ready[ready.len() - 1], 100)]);
    b.program.tail = Tail { threshold: 1e-5, hold: 600, most: 4000 };
    b
}

#[test]
fn threads_and_blocks_change_no_bit() {
    for seed in 0..4 {
        let (reference, first) = render(&mut random(seed).engine(options(1, 64)).unwrap());
        assert!(reference[0].iter().any(|x| *x != 0.0));
        let bits = |channels: &[Vec<f32>]| -> Vec<Vec<u32>> {
            channels.iter().map(|c| c.iter().map(|x| x.to_bits()).collect()).collect()
        };
        let reference = bits(&reference);
        for threads in [1, 2, 8] {
            for block in [1, 7, 64, 512, 5000] {
                for skip_silence in [false, true] {
                    let mut o = options(threads, block);
                    o.skip_silence = skip_silence;
                    let (out, report) = render(&mut random(seed).engine(o).unwrap());
                    assert_eq!(report.frames, first.frames, "seed {seed}, {threads} threads, block {block}");
                    assert!(
                        bits(&out) == reference,
                        "seed {seed}, {threads} threads, block {block}, skip {skip_silence}"
                    );
                }
            }
        }
    }
}
