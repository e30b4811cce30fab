//! Packs are left out only where that changes no bit, and then really are.

mod common;

use common::build::{Build, at};
use common::{noise, options, render, toy};
use mixdown_engine::RenderReport;
use mixdown_layout::*;

/// Two bursts with a long gap through `kernel`, summed and halved.
fn bursts(skip: bool, kernel: impl Fn(&mut Build<f32>) -> (KernelId, Vec<f64>)) -> (Vec<u32>, RenderReport) {
    let mut b = Build::<f32>::new();
    let mut signal = noise(9, 60_000);
    signal[1000..50_000].iter_mut().for_each(|x| *x = 0.0);
    let x = b.source(vec![signal])[0];
    let (k, slots) = kernel(&mut b);
    let y = b.run(k, &[at(x, 0)], &slots)[0];
    let sum = b.mix(&[(at(y, 5), 0.5)]);
    let z = b.run(k, &[at(sum, 0)], &slots)[0];
    b.deliver("out", &[at(z, 0)]);
    b.program.length = Some(60_000);
    let mut o = options(1, 512);
    o.skip_silence = skip;
    let (out, report) = render(&mut b.engine(o).unwrap());
    (out[0].iter().map(|x| x.to_bits()).collect(), report)
}

#[test]
fn silent_stretches_are_left_out_and_change_nothing() {
    type Make = fn(&mut Build<f32>) -> (KernelId, Vec<f64>);
    let sleepers: [(Make, u64); 3] = [
        (|b| (b.kernel(toy::delay(Packing::Instances, 1, 512)), vec![300.0]), 700),
        (|b| (b.kernel(toy::one_pole(Packing::Instances, 1, SlotKind::Const)), vec![0.1]), 700),
        (|b| (b.kernel(toy::gain(&[1], SlotKind::Const)), vec![0.5]), 700),
    ];
    for (make, at_least) in sleepers {
        let (plain, none) = bursts(false, make);
        let (skipped, report) = bursts(true, make);
        assert!(plain == skipped);
        assert_eq!(none.skipped_cells, 0);
        assert!(report.skipped_cells > 2 * at_least, "{}", report.skipped_cells);
    }
}

#[test]
fn what_sounds_by_itself_or_leaves_minus_zero_is_never_left_out() {
    type Make = fn(&mut Build<f32>) -> (KernelId, Vec<f64>);
    let awake: [Make; 3] = [
        // Zero times a negative factor is minus zero.
        |b| (b.kernel(toy::gain(&[1], SlotKind::Const)), vec![-0.5]),
        |b| {
            let info = toy::info("hum", Packing::Instances, &[1], &[1]);
            (b.kernel(toy::custom(info, |s| s.output(0, 0, s.input(0, 0) + 0.001 * (s.time % 50) as f32))), vec![])
        },
        |b| {
            let mut info = toy::info("counter", Packing::Instances, &[1], &[1]);
            info.states.push(StateInfo { name: "n".into(), width: 1, init: 0.0, integer: false });
            let body = |s: &toy::Step<f32>| {
                s.set(0, 0, s.state(0, 0) + 1.0);
                s.output(0, 0, s.input(0, 0));
            };
            (b.kernel(toy::custom(info, body)), vec![])
        },
    ];
    for make in awake {
        let (plain, _) = bursts(false, make);
        let (skipped, report) = bursts(true, make);
        assert!(plain == skipped);
        assert_eq!(report.skipped_cells, 0);
    }
}

#[test]
fn tiny_states_become_zero_at_the_grid() {
    let mut b = Build::<f32>::new();
    let mut signal = vec![0.0f32; 4000];
    signal[0] = 1.0;
    let x = b.source(vec![signal])[0];
    let k = b.kernel(toy::one_pole(Packing::Instances, 1, SlotKind::Const));
    let y = b.run(k, &[at(x, 0)], &[0.1])[0];
    b.deliver("out", &[at(y, 0)]);
    b.program.length = Some(4000);
    let (out, _) = render(&mut b.engine(options(1, 64)).unwrap());
    let last = out[0].iter().rposition(|x| *x != 0.0).unwrap();
    assert_eq!(last % 64, 63, "it stops at a grid point");
    assert!(out[0][last] < FLUSH as f32 && out[0][last - 64] >= FLUSH as f32);
}
