//! The memory of one pack: states, slots and lines as [`mixdown_layout::BlockCall`] describes them.
//!
//! Always true here: lanes without an instance hold what instance 0 holds, so that idle lanes compute ordinary
//! numbers; between visits no float state is smaller than [`mixdown_layout::FLUSH`] without being `+0.0`.

use crate::control::Target;
use crate::error::EngineError;
use crate::memory::Memory;
use crate::sample::Sample;
use crate::wide;
use mixdown_layout::{CELL, Instance, KernelInfo, LANES, Packing, SlotKind};
use std::ops::Range;

/// States, slots and lines of one pack.
pub(crate) struct Pack<S> {
    pub(crate) state: Memory<S>,
    pub(crate) slots: Memory<S>,
    pub(crate) lines: Vec<Memory<S>>,
    /// First byte of every line, as a call wants them.
    pub(crate) line_ptrs: Vec<*mut u8>,
    /// Numbers of float states, merged where they touch.
    floats: Vec<Range<usize>>,
    /// Numbers of integer states.
    integers: Vec<Range<usize>>,
}

// SAFETY: the pointers show into `lines`, which move along.
unsafe impl<S: Sample> Send for Pack<S> {}

/// Lanes of a one-channel value that belong to an instance; instance 0 fills the idle lanes too.
pub(crate) fn lanes_of(packing: Packing, instance: usize, instances: usize) -> Vec<usize> {
    let owner = |lane: usize| packing.source(1, 0, lane).0;
    (0..LANES).filter(|&l| owner(l) == instance || (instance == 0 && owner(l) >= instances)).collect()
}

/// Index of the first number of every slot.
pub(crate) fn slot_offsets(info: &KernelInfo) -> (Vec<usize>, usize) {
    let mut at = 0;
    let offsets = info.slots.iter().map(|kind| {
        let here = at;
        at += LANES * if *kind == SlotKind::Control { 2 } else { 1 };
        here
    });
    (offsets.collect(), at)
}

/// Numbers of every state.
pub(crate) fn state_ranges(info: &KernelInfo) -> Vec<Range<usize>> {
    let mut at = 0;
    let ranges = info.states.iter().map(|state| {
        let from = at;
        at += info.packing.vectors(state.width as usize) * LANES;
        from..at
    });
    ranges.collect()
}

/// Where the values of a control use go.
pub(crate) fn targets(info: &KernelInfo, slots: &[u32], instance: usize, instances: usize) -> Vec<Target> {
    let (offsets, _) = slot_offsets(info);
    let lanes = lanes_of(info.packing, instance, instances);
    let target = |slot: &u32| {
        let origin = offsets[*slot as usize];
        Target { origin, slope: origin + LANES, lanes: lanes.clone() }
    };
    slots.iter().map(target).collect()
}

/// Calls `f(instance, flat channel, copy)` for every lane of every vector of the ports, in order; `copy` marks
/// the second lane of a one-channel value that stands in two.
pub(crate) fn each_lane(packing: Packing, ports: &[u8], mut f: impl FnMut(usize, usize, bool)) {
    let mut before = 0;
    for &width in ports {
        let width = usize::from(width);
        for vector in 0..packing.vectors(width) {
            for lane in 0..LANES {
                let (instance, channel) = packing.source(width, vector, lane);
                let copy = packing.place(instance, channel) != (vector, lane);
                f(instance, before + channel, copy);
            }
        }
        before += width;
    }
}

impl<S: Sample> Pack<S> {
    /// Zeros everywhere.
    pub(crate) fn blank(info: &KernelInfo) -> Result<Self, EngineError> {
        let ranges = state_ranges(info);
        let state = Memory::zeroed(ranges.last().map_or(0, |r| r.end))?;
        let slots = Memory::zeroed(slot_offsets(info).1)?;
        let lines = (0..info.lines.len())
            .map(|k| {
                let line = &info.lines[k];
                Memory::<S>::zeroed(info.packing.line_len(line.width as usize, line.capacity as usize))
            })
            .collect::<Result<Vec<_>, _>>()?;
        let line_ptrs = lines.iter().map(|l| l.as_ptr().cast::<u8>()).collect();
        let (mut floats, mut integers) = (Vec::<Range<usize>>::new(), Vec::new());
        for (range, state) in ranges.into_iter().zip(&info.states) {
            match floats.last_mut() {
                _ if state.integer => integers.push(range),
                Some(last) if last.end == range.start => last.end = range.end,
                _ => floats.push(range),
            }
        }
        Ok(Pack { state, slots, lines, line_ptrs, floats, integers })
    }

    /// As it is at timeline 0.
    pub(crate) fn new(info: &KernelInfo, instances: &[Instance]) -> Result<Self, EngineError> {
        let mut pack = Pack::blank(info)?;
        for (range, state) in state_ranges(info).into_iter().zip(&info.states) {
            let init = if state.integer { S::from_low_bits(state.init as i64 as u64) } else { S::from_f64(state.init) };
            pack.state.slice_mut()[range].fill(init);
        }
        let (offsets, _) = slot_offsets(info);
        for (i, instance) in instances.iter().enumerate() {
            for lane in lanes_of(info.packing, i, instances.len()) {
                for ((&at, kind), &value) in offsets.iter().zip(&info.slots).zip(&instance.slots) {
                    pack.slots.slice_mut()[at + lane] = match kind {
                        SlotKind::Const => S::from_f64(value),
                        SlotKind::Seed => S::from_low_bits(value.to_bits()),
                        SlotKind::Control => S::ZERO,
                    };
                }
            }
        }
        pack.flush();
        Ok(pack)
    }

    /// What happens at a grid point: tiny states become zero. True when every state is zero afterwards.
    #[inline]
    pub(crate) fn flush(&mut self) -> bool {
        let state = self.state.slice_mut();
        let mut zero = true;
        for range in &self.floats {
            zero &= wide::flush(&mut state[range.clone()]);
        }
        zero && self.integers.iter().all(|range| wide::scan(&state[range.clone()]).silent)
    }

    /// Whether a line holds `+0.0` wherever the cell's samples were written. Lines no longer than a cell are
    /// looked at as a whole.
    pub(crate) fn line_silent(&self, info: &KernelInfo, line: usize, cell: u64) -> bool {
        let (width, capacity) = (info.lines[line].width as usize, info.lines[line].capacity as usize);
        let samples = CELL * info.factor as usize;
        let numbers = self.lines[line].slice();
        if capacity <= samples {
            return wide::scan(numbers).silent;
        }
        // Both are powers of two, so a cell never wraps.
        let at = (cell as usize).wrapping_mul(samples) & (capacity - 1);
        let silent = |len: usize, channel: usize| {
            let first = info.packing.line_place(width, capacity, 0, channel, at);
            wide::scan(&numbers[first..first + len]).silent
        };
        match info.packing {
            Packing::Single => (0..width).all(|channel| silent(samples, channel)),
            _ => silent(samples * info.packing.vectors(width) * LANES, 0),
        }
    }

    /// Bytes it occupies.
    pub(crate) fn bytes(&self) -> usize {
        self.state.bytes() + self.slots.bytes() + self.lines.iter().map(Memory::bytes).sum::<usize>()
    }
}
