//! What one instance of a kernel is fed with, apart from any packing.

use super::Random;
use crate::ir::{Kernel, Kind};
use mixdown_layout::{CELL, Float, SlotKind};

/// The data of one instance. Numbers are raw bits of the kernel's float or integer, in the low half where it has 32.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Instance {
    /// Samples of each channel of each input port, in order.
    pub inputs: Vec<Vec<u64>>,
    /// Of each slot its value, or its origin and slope where it is control.
    pub slots: Vec<(u64, u64)>,
    /// Each channel of each state, in order.
    pub states: Vec<u64>,
}

/// Random data for `count` instances over `cells` cells, with every special value among them.
pub fn instances(random: &mut Random, kernel: &Kernel, count: usize, cells: usize) -> Vec<Instance> {
    (0..count).map(|_| instance(random, kernel, cells)).collect()
}

fn instance(random: &mut Random, kernel: &Kernel, cells: usize) -> Instance {
    let float = kernel.float;
    let samples = cells * CELL * kernel.factor as usize;
    let channels: usize = kernel.inputs.iter().map(|p| usize::from(p.width)).sum();
    // One instance in three hears plain audio, so that not everything ends as NaN.
    let plain = random.one_in(3);
    let number = |random: &mut Random| {
        if !plain {
            return random.raw(float);
        }
        match float {
            Float::F32 => u64::from((random.unit() as f32).to_bits()),
            Float::F64 => random.unit().to_bits(),
        }
    };
    let whole = |random: &mut Random| match float {
        Float::F32 => random.bits() & 0xFFFF_FFFF,
        Float::F64 => random.bits(),
    };
    let inputs = (0..channels).map(|_| (0..samples).map(|_| number(random)).collect()).collect();
    let slots = kernel
        .slots
        .iter()
        .map(|slot| match slot.kind {
            SlotKind::Const => (number(random), 0),
            SlotKind::Seed => (whole(random), 0),
            SlotKind::Control => (number(random), number(random)),
        })
        .collect();
    let states = kernel
        .states
        .iter()
        .flat_map(|state| std::iter::repeat_n(state.ty.kind, usize::from(state.ty.width)))
        .map(|kind| if kind == Kind::Int { whole(random) } else { number(random) })
        .collect();
    Instance { inputs, slots, states }
}
