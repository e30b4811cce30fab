//! Control values: exact at grid points and breakpoints, straight between, and the same in any company.

mod common;

use common::build::{Build, at};
use common::{options, render, toy};
use mixdown_layout::*;

/// Renders one control slot as audio: `out[n]` is the slot's value.
fn trace(set: impl Fn(&mut Build<f64>) -> Vec<ControlUse>, length: u64) -> Vec<Vec<f64>> {
    let mut b = Build::<f64>::new();
    let k = b.kernel(toy::gain(&[], SlotKind::Control));
    let uses = set(&mut b);
    let instances: Vec<_> = uses.into_iter().map(|u| b.instance(k, &[], &[0.0], vec![u])).collect();
    let streams = b.pack(k, instances);
    let reads: Vec<Read> = streams.iter().map(|s| at(*s, 0)).collect();
    b.deliver("values", &reads);
    b.program.length = Some(length);
    render(&mut b.engine(options(1, 512)).unwrap()).0
}

fn same(b: &mut Build<f64>, inputs: &[ControlInput]) -> ControlUse {
    let control = b.control(inputs.len() as u32, 1, |i, o| o[0] = i[0]);
    ControlUse { control, inputs: inputs.to_vec(), slots: vec![0] }
}

#[test]
fn a_step_lands_on_its_own_sample() {
    for step in [1, 63, 64, 65, 100, 128, 191] {
        let out = trace(
            |b| {
                let c = b.curve(1.0, &[(step, step + 500, 3.0, 3.0, Shape::Hold)]);
                vec![same(b, &[c])]
            },
            400,
        );
        for (n, x) in out[0].iter().enumerate() {
            assert_eq!(*x, if (n as i64) < step { 1.0 } else { 3.0 }, "step {step}, sample {n}");
        }
    }
}

#[test]
fn ramps_are_exact_at_grid_points_and_breakpoints_and_straight_between() {
    // A smooth segment from 100 to 1000, then a step down: points are 100, 128, 192, …, 960, 1000.
    let curve = Curve {
        before: 0.25,
        segments: vec![
            Segment { start: 100, end: 1000, from: 0.5, to: 2.0, shape: Shape::Smooth },
            Segment { start: 1000, end: 1001, from: 1.0, to: 1.0, shape: Shape::Hold },
        ],
    };
    let out = trace(
        |b| {
            b.program.curves.push(curve.clone());
            vec![same(b, &[ControlInput::Curve(0)])]
        },
        1200,
    );
    let mut points = vec![100i64];
    points.extend((2..16).map(|k| k * 64));
    points.push(1000);
    for pair in points.windows(2) {
        let (a, b) = (pair[0], pair[1]);
        let (from, to) = (curve.eval(a, Side::Right), curve.eval(b, Side::Left));
        for n in a..b {
            let straight = from + (to - from) * (n - a) as f64 / (b - a) as f64;
            assert!((out[0][n as usize] - straight).abs() < 1e-14, "sample {n}");
        }
    }
    assert!(out[0][..100].iter().all(|x| *x == 0.25));
    assert!(out[0][1000..].iter().all(|x| *x == 1.0));
}

#[test]
fn company_in_a_pack_changes_no_bit() {
    let curves = |b: &mut Build<f64>| -> Vec<ControlInput> {
        vec![
            b.curve(
                0.0,
                &[(10, 300, 0.0, 1.0, Shape::Exp)].map(|mut s| {
                    s.2 = 0.1;
                    s
                }),
            ),
            b.curve(0.3, &[(77, 78, 0.7, 0.7, Shape::Hold), (78, 140, 0.7, 0.2, Shape::Linear)]),
            ControlInput::Seconds,
            ControlInput::Beats,
        ]
    };
    let together = trace(|b| curves(b).into_iter().map(|c| same(b, &[c])).collect(), 500);
    for (k, expected) in together.iter().enumerate() {
        let alone = trace(
            |b| {
                let c = curves(b)[k];
                vec![same(b, &[c])]
            },
            500,
        );
        assert_eq!(&alone[0], expected, "use {k}");
    }
}

#[test]
fn time_inputs_count_from_the_song_s_start() {
    let out = trace(
        |b| {
            b.program.tempo = TempoMap::constant(90.0, 0.5);
            [ControlInput::Seconds, ControlInput::Beats, ControlInput::LookBack(1.5), ControlInput::Const(7.0)]
                .map(|i| same(b, &[i]))
                .to_vec()
        },
        48_000,
    );
    for n in (0..48_000).step_by(64) {
        let seconds = n as f64 / 48_000.0;
        assert_eq!(out[0][n], seconds);
        assert!((out[1][n] - (seconds - 0.5) * 1.5).abs() < 1e-12);
        assert_eq!(out[2][n], 1.0);
        assert_eq!(out[3][n], 7.0);
    }
}

#[test]
fn look_back_follows_a_changing_tempo() {
    let point = |beat, seconds, bpm, to_bpm| TempoPoint { beat, seconds, bpm, to_bpm };
    let map = TempoMap { points: vec![point(0.0, 0.0, 120.0, 120.0), point(1.0, 0.5, 60.0, 60.0)] };
    let out = trace(
        |b| {
            b.program.tempo = map.clone();
            vec![same(b, &[ControlInput::LookBack(1.0)])]
        },
        96_000,
    );
    for (n, expected) in [(0, 0.5), (24_000, 0.5), (48_000, 0.75), (72_000, 1.0), (90_048, 1.0)] {
        assert!((out[0][n] - expected).abs() < 1e-9, "{} at {n}", out[0][n]);
    }
}

#[test]
fn an_infinite_end_makes_no_nan() {
    let out = trace(
        |b| {
            let c = b.curve(f64::NEG_INFINITY, &[(100, 200, f64::NEG_INFINITY, 0.0, Shape::Amplitude)]);
            vec![same(b, &[c])]
        },
        400,
    );
    assert!(out[0].iter().all(|x| !x.is_nan()));
    assert_eq!((out[0][0], out[0][300]), (f64::NEG_INFINITY, 0.0));
}

#[test]
fn a_moving_gain_of_a_sum_follows_the_same_rule() {
    let mut b = Build::<f64>::new();
    let x = b.source(vec![vec![1.0; 600]])[0];
    let c = b.curve(0.0, &[(100, 420, 0.0, 1.0, Shape::Linear), (420, 421, 0.5, 0.5, Shape::Hold)]);
    let u = same(&mut b, &[c]);
    let edges = vec![Edge { from: at(x, 0), gain: 0 }, Edge { from: at(x, 0), gain: 1 }];
    let sum = b.sum(edges, vec![(SlotKind::Control, 0.0), (SlotKind::Const, 2.0)], vec![u]);
    b.deliver("sum", &[at(sum, 0)]);
    b.program.length = Some(600);
    let (out, _) = render(&mut b.engine(options(1, 64)).unwrap());
    for (n, x) in out[0].iter().enumerate() {
        let gain = if n < 100 {
            0.0
        } else if n < 420 {
            (n - 100) as f64 / 320.0
        } else {
            0.5
        };
        assert!((x - 2.0 - gain).abs() < 1e-14, "sample {n}: {x}");
    }
}

#[test]
fn still_stretches_are_not_worked_out_again() {
    use std::sync::atomic::{AtomicUsize, Ordering};
    static CALLS: AtomicUsize = AtomicUsize::new(0);
    let out = trace(
        |b| {
            let c = b.curve(1.0, &[(6400, 9600, 2.0, 2.0, Shape::Hold)]);
            let control = b.control(1, 1, |i, o| {
                CALLS.fetch_add(1, Ordering::Relaxed);
                o[0] = i[0];
            });
            vec![ControlUse { control, inputs: vec![c], slots: vec![0] }]
        },
        64_000,
    );
    assert_eq!((out[0][6399], out[0][6400], out[0][63_999]), (1.0, 2.0, 2.0));
    assert_eq!(CALLS.load(Ordering::Relaxed), 3, "at 0, at the step and at the segment's end");
}
