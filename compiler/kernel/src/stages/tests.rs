//! Kernels small enough to see their stages.

use super::*;
use crate::ir::{Kind, Line, Port, Slot, State, Type};
use mixdown_layout::Float;

fn kernel(body: Vec<Op>, states: usize, capacity: u32) -> Kernel {
    let mono = Type { kind: Kind::Float, width: 1 };
    Kernel {
        name: "test".to_owned(),
        float: Float::F32,
        factor: 1,
        inputs: vec![Port { name: "in".to_owned(), width: 1 }],
        outputs: vec![Port { name: "out".to_owned(), width: 1 }],
        slots: vec![Slot { name: "gain".to_owned(), kind: SlotKind::Const }],
        states: (0..states).map(|i| State { name: format!("s{i}"), ty: mono, init: 0.0 }).collect(),
        lines: vec![Line { name: "line".to_owned(), width: 1, capacity }],
        body,
    }
}

/// Number of the stage in which an instruction stands.
fn stage_of(kernel: &Kernel, value: u32) -> Option<usize> {
    let graph = Graph::new(kernel, &fixed(kernel));
    graph.regions_in_order().iter().position(|&r| graph.regions[r].contains(&Value(value)))
}

#[test]
fn what_is_fixed_stands_in_no_stage() {
    let k = kernel(
        vec![
            Op::Slot(0),
            Op::Neg(Value(0)),
            Op::ReadState(0),
            Op::Mul(Value(1), Value(2)),
            Op::Input(0),
            Op::Mul(Value(3), Value(4)),
            Op::Output(0, Value(5)),
        ],
        1,
        4,
    );
    let split = split(&k, Run::Lanes);
    assert_eq!(split.fixed, [true, true, true, true, false, false, false]);
    assert_eq!(stages(&k), [vec![Value(4), Value(5), Value(6)]]);
}

#[test]
fn a_state_keeps_its_readers_and_writers_together() {
    let k = kernel(
        vec![
            Op::Input(0),
            Op::ReadState(0),
            Op::Add(Value(0), Value(1)),
            Op::WriteState(0, Value(2)),
            Op::ReadState(0),
            Op::Output(0, Value(4)),
        ],
        1,
        4,
    );
    let home = stage_of(&k, 1);
    assert_eq!([stage_of(&k, 2), stage_of(&k, 3), stage_of(&k, 4)], [home; 3]);
}

/// `out = line[t - delay]; line[t] = in + out`, a comb.
fn comb(delay: i64, capacity: u32) -> Kernel {
    let body = vec![
        Op::Input(0),
        Op::Int(delay),
        Op::ReadLine(0, Value(1)),
        Op::Add(Value(0), Value(2)),
        Op::WriteLine(0, Value(3)),
        Op::Output(0, Value(2)),
    ];
    kernel(body, 0, capacity)
}

#[test]
fn a_short_delay_is_a_recurrence_and_a_long_one_is_not() {
    let short = comb(63, 128);
    assert_eq!(stage_of(&short, 2), stage_of(&short, 4));
    let long = comb(64, 128);
    assert!(stage_of(&long, 2) < stage_of(&long, 4));
}

#[test]
fn a_read_near_the_ring_s_end_runs_before_the_write() {
    // Written first, a block of 64 would run over what is read at delays above 64.
    let body = |delay| {
        vec![
            Op::Input(0),
            Op::WriteLine(0, Value(0)),
            Op::Int(delay),
            Op::ReadLine(0, Value(2)),
            Op::Output(0, Value(3)),
        ]
    };
    let near = kernel(body(100), 0, 128);
    assert!(stage_of(&near, 3) < stage_of(&near, 1));
    let now = kernel(body(0), 0, 128);
    assert!(stage_of(&now, 1) < stage_of(&now, 3));
}

#[test]
fn stages_list_every_instruction_once() {
    let k = comb(63, 128);
    let mut all: Vec<Value> = stages(&k).concat();
    all.sort_unstable();
    assert_eq!(all, [0, 2, 3, 4, 5].map(Value));
}
