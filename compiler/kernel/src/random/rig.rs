//! All the memory that a call of a kernel needs, filled from [`Instance`]s, and read back by instance: the same data can
//! be run in every packing and by every engine, and compared.

use super::Instance;
use crate::ir::{Kernel, Kind};
use mixdown_layout::{BlockCall, CELL, Float, KernelCode, LANES, Packing, SlotKind};
use std::sync::Arc;

/// Whether two raw numbers of a float are equal, or both NaN.
pub fn same(float: Float, a: u64, b: u64) -> bool {
    let nan = |x: u64| match float {
        Float::F32 => f32::from_bits(x as u32).is_nan(),
        Float::F64 => f64::from_bits(x).is_nan(),
    };
    a == b || nan(a) && nan(b)
}

/// Sixteen bytes, aligned as vectors want it.
#[derive(Clone, Copy, Default)]
#[repr(C, align(16))]
struct Chunk([u8; 16]);

/// Numbers of 4 or 8 bytes, aligned to 16.
#[derive(Clone)]
struct Numbers {
    bytes: usize,
    chunks: Vec<Chunk>,
}

impl Numbers {
    fn new(float: Float, len: usize) -> Self {
        let bytes = float.bytes();
        Numbers { bytes, chunks: vec![Chunk::default(); (len * bytes).div_ceil(16).max(1)] }
    }

    fn place(&self, i: usize) -> (usize, usize) {
        (i * self.bytes / 16, i * self.bytes % 16)
    }

    fn set(&mut self, i: usize, x: u64) {
        let (chunk, byte) = self.place(i);
        let bytes = x.to_le_bytes();
        self.chunks[chunk].0[byte..byte + self.bytes].copy_from_slice(&bytes[..self.bytes]);
    }

    fn get(&self, i: usize) -> u64 {
        let (chunk, byte) = self.place(i);
        let mut bytes = [0; 8];
        bytes[..self.bytes].copy_from_slice(&self.chunks[chunk].0[byte..byte + self.bytes]);
        u64::from_le_bytes(bytes)
    }

    fn pointer(&self) -> *const u8 {
        self.chunks.as_ptr().cast()
    }

    fn pointer_mut(&mut self) -> *mut u8 {
        self.chunks.as_mut_ptr().cast()
    }
}

/// One pack of a kernel over a stretch of cells.
#[derive(Clone)]
pub struct Rig {
    kernel: Arc<Kernel>,
    packing: Packing,
    instances: usize,
    cells: usize,
    /// Timeline sample of the first cell.
    time: u64,
    state: Numbers,
    slots: Numbers,
    lines: Vec<Numbers>,
    /// One a lane of every vector of every port.
    inputs: Vec<Numbers>,
    outputs: Vec<Numbers>,
}

/// `(first vector, width)` of each of a list of widths.
fn vectors(packing: Packing, widths: impl Iterator<Item = u8>) -> (Vec<(usize, usize)>, usize) {
    let mut next = 0;
    let list = widths
        .map(|width| {
            let first = next;
            next += packing.vectors(usize::from(width));
            (first, usize::from(width))
        })
        .collect();
    (list, next)
}

impl Rig {
    /// Memory of a pack with these instances (as many as the packing takes; what is over is left out), lines empty, from
    /// the timeline sample `time`, a multiple of a cell.
    pub fn new(kernel: Arc<Kernel>, packing: Packing, instances: &[Instance], cells: usize, time: u64) -> Self {
        let float = kernel.float;
        let instances = &instances[..instances.len().min(packing.capacity())];
        let samples = cells * CELL * kernel.factor as usize;

        // Every lane that stands for a channel of an instance, a mono value under frames in two.
        let fill = |first: usize, width: usize, mut put: Box<dyn FnMut(usize, usize, usize) + '_>| {
            for vector in 0..packing.vectors(width) {
                for lane in 0..LANES {
                    let (instance, channel) = packing.source(width, vector, lane);
                    if instance < instances.len() {
                        put((first + vector) * LANES + lane, instance, channel);
                    }
                }
            }
        };

        let (ports, count) = vectors(packing, kernel.inputs.iter().map(|p| p.width));
        let mut inputs = vec![Numbers::new(float, samples); count * LANES];
        let mut flat = 0;
        for (first, width) in ports {
            let put = |at: usize, instance: usize, channel: usize| {
                for (i, x) in instances[instance].inputs[flat + channel].iter().take(samples).enumerate() {
                    inputs[at].set(i, *x);
                }
            };
            fill(first, width, Box::new(put));
            flat += width;
        }

        let (places, count) = vectors(packing, kernel.states.iter().map(|s| s.ty.width));
        let mut state = Numbers::new(float, count * LANES);
        let mut flat = 0;
        for (first, width) in places {
            let put = |at: usize, instance: usize, channel: usize| {
                state.set(at, instances[instance].states[flat + channel]);
            };
            fill(first, width, Box::new(put));
            flat += width;
        }

        let count: usize = kernel.slots.iter().map(|s| 1 + usize::from(s.kind == SlotKind::Control)).sum();
        let mut slots = Numbers::new(float, count * LANES);
        let mut first = 0;
        for (i, slot) in kernel.slots.iter().enumerate() {
            let control = slot.kind == SlotKind::Control;
            let put = |at: usize, instance: usize, _: usize| {
                let (value, slope) = instances[instance].slots[i];
                slots.set(at, value);
                if control {
                    slots.set(at + LANES, slope);
                }
            };
            fill(first, 1, Box::new(put));
            first += if control { 2 } else { 1 };
        }

        let lines = kernel
            .lines
            .iter()
            .map(|l| Numbers::new(float, packing.line_len(usize::from(l.width), l.capacity as usize)))
            .collect();
        let (_, count) = vectors(packing, kernel.outputs.iter().map(|p| p.width));
        let outputs = vec![Numbers::new(float, samples); count * LANES];
        Rig { packing, instances: instances.len(), cells, time, state, slots, lines, inputs, outputs, kernel }
    }

    /// Runs `start .. start + len` of a cell.
    ///
    /// # Panics
    /// Where that lies outside the rig.
    pub fn run_part(&mut self, code: &dyn KernelCode, cell: usize, start: u32, len: u32) {
        assert!(cell < self.cells && start as usize + len as usize <= CELL, "outside the rig");
        let offset = cell * CELL * self.kernel.factor as usize * self.kernel.float.bytes();
        // SAFETY: the cell lies inside every block, which holds `cells` of them.
        let inputs: Vec<*const u8> = self.inputs.iter().map(|n| unsafe { n.pointer().add(offset) }).collect();
        let outputs: Vec<*mut u8> =
            // SAFETY: as above.
            self.outputs.iter_mut().map(|n| unsafe { n.pointer_mut().add(offset) }).collect();
        let lines: Vec<*mut u8> = self.lines.iter_mut().map(Numbers::pointer_mut).collect();
        let call = BlockCall {
            state: self.state.pointer_mut(),
            slots: self.slots.pointer(),
            lines: lines.as_ptr(),
            inputs: inputs.as_ptr(),
            outputs: outputs.as_ptr(),
            start,
            len,
            time: self.time + (cell * CELL) as u64,
        };
        // SAFETY: every block was made for this kernel and packing, is aligned to 16 bytes, and is borrowed for the call.
        unsafe { code.run(&call) };
    }

    /// Runs all cells whole.
    pub fn run(&mut self, code: &dyn KernelCode) {
        for cell in 0..self.cells {
            self.run_part(code, cell, 0, CELL as u32);
        }
    }

    /// Samples of each channel of each output port of an instance.
    pub fn outputs(&self, instance: usize) -> Vec<Vec<u64>> {
        let samples = self.cells * CELL * self.kernel.factor as usize;
        let (ports, _) = vectors(self.packing, self.kernel.outputs.iter().map(|p| p.width));
        let lanes = ports.into_iter().flat_map(|(first, width)| {
            (0..width).map(move |channel| {
                let (vector, lane) = self.packing.place(instance, channel);
                (first + vector) * LANES + lane
            })
        });
        lanes.map(|lane| (0..samples).map(|i| self.outputs[lane].get(i)).collect()).collect()
    }

    /// Each channel of each state of an instance.
    pub fn states(&self, instance: usize) -> Vec<u64> {
        let (places, _) = vectors(self.packing, self.kernel.states.iter().map(|s| s.ty.width));
        let numbers = places.into_iter().flat_map(|(first, width)| {
            (0..width).map(move |channel| {
                let (vector, lane) = self.packing.place(instance, channel);
                self.state.get((first + vector) * LANES + lane)
            })
        });
        numbers.collect()
    }

    /// Each channel of each line of an instance, position by position.
    pub fn lines(&self, instance: usize) -> Vec<Vec<u64>> {
        let mut out = Vec::new();
        for (line, numbers) in self.kernel.lines.iter().zip(&self.lines) {
            let (width, capacity) = (usize::from(line.width), line.capacity as usize);
            for channel in 0..width {
                let at = |position: usize| self.packing.line_place(width, capacity, instance, channel, position);
                out.push((0..capacity).map(|p| numbers.get(at(p))).collect());
            }
        }
        out
    }

    /// The first difference between what instance `a` of this rig and instance `b` of another one left behind: outputs,
    /// states and lines, any NaN equal to any other.
    pub fn difference(&self, a: usize, other: &Rig, b: usize) -> Option<String> {
        let float = self.kernel.float;
        let audio = |what: &str, left: Vec<Vec<u64>>, right: Vec<Vec<u64>>| {
            for (channel, (left, right)) in left.iter().zip(&right).enumerate() {
                let differ = left.iter().zip(right).position(|(l, r)| !same(float, *l, *r));
                if let Some(i) = differ {
                    return Some(format!("{what} channel {channel} sample {i}: {:x} and {:x}", left[i], right[i]));
                }
            }
            None
        };
        let kinds = self.kernel.states.iter().flat_map(|s| std::iter::repeat_n(s, usize::from(s.ty.width)));
        audio("output", self.outputs(a), other.outputs(b))
            .or_else(|| audio("line", self.lines(a), other.lines(b)))
            .or_else(|| {
                let (left, right) = (self.states(a), other.states(b));
                kinds.zip(left.iter().zip(&right)).find_map(|(state, (l, r))| {
                    let equal = l == r || state.ty.kind == Kind::Float && same(float, *l, *r);
                    (!equal).then(|| format!("state `{}`: {l:x} and {r:x}", state.name))
                })
            })
    }

    /// How many instances stand in it.
    pub fn instances(&self) -> usize {
        self.instances
    }
}
