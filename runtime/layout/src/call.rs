//! The calling convention of compiled code. The interpreter and the machine code both implement it over the
//! same memory, so the engine cannot tell them apart.

use crate::LANES;
use serde::{Deserialize, Serialize};

/// How instances of a kernel lie in the four lanes of a pack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Packing {
    /// Up to four instances, one a lane; a stereo value takes two vectors, left and right.
    Instances,
    /// Up to two instances, lanes `[a.left a.right b.left b.right]`; a mono value stands in both its lanes.
    Frames,
    /// One instance, as under [`Packing::Frames`] with both halves alike. Its lines lie in planes, so that code can
    /// take four samples of a channel at once.
    Single,
}

/// Numbers before the first position of a plane under [`Packing::Single`]; twice as many stand behind its last.
pub const MARGIN: usize = LANES;

impl Packing {
    /// How many instances fit one pack.
    pub fn capacity(self) -> usize {
        match self {
            Packing::Instances => LANES,
            Packing::Frames => LANES / 2,
            Packing::Single => 1,
        }
    }

    /// How many vectors a value of `width` channels takes.
    pub fn vectors(self, width: usize) -> usize {
        match self {
            Packing::Instances => width,
            Packing::Frames | Packing::Single => 1,
        }
    }

    /// `(vector, lane)` of one channel of one instance, for a value of `width` channels.
    pub fn place(self, instance: usize, channel: usize) -> (usize, usize) {
        match self {
            Packing::Instances => (channel, instance),
            Packing::Frames | Packing::Single => (0, instance * 2 + channel),
        }
    }

    /// The `(instance, channel)` that fills a lane of one vector of a value of `width` channels; a mono value
    /// under [`Packing::Frames`] is read by both lanes of its instance, and every value under [`Packing::Single`]
    /// by both halves.
    pub fn source(self, width: usize, vector: usize, lane: usize) -> (usize, usize) {
        match self {
            Packing::Instances => (lane, vector),
            Packing::Frames => (lane / 2, if width == 1 { 0 } else { lane % 2 }),
            Packing::Single => (0, if width == 1 { 0 } else { lane % 2 }),
        }
    }

    /// Numbers in the ring of a line.
    pub fn line_len(self, width: usize, capacity: usize) -> usize {
        match self {
            Packing::Single => width * (capacity + 3 * MARGIN),
            _ => capacity * self.vectors(width) * LANES,
        }
    }

    /// Index, in the ring of a line, of one channel of one instance at one position.
    pub fn line_place(self, width: usize, capacity: usize, instance: usize, channel: usize, position: usize) -> usize {
        let (vector, lane) = self.place(instance, channel);
        match self {
            Packing::Single => channel * (capacity + 3 * MARGIN) + MARGIN + position,
            _ => (position * self.vectors(width) + vector) * LANES + lane,
        }
    }
}

/// Everything one call of a kernel needs: `len` samples of one cell for one pack. Only a kernel with control slots is
/// called for parts of a cell; every other one always for the whole cell (`start` 0, `len` 64).
///
/// All memory of states, slots and lines is in *vectors* of [`LANES`] floats (f32 or f64 as the kernel), 16-byte
/// aligned:
/// - `state`: the states in order of declaration, each [`Packing::vectors`] vectors;
/// - `slots`: each slot in order: one vector `value` where it is const or a seed (seeds are integers of the
///   float's width), two vectors `origin, slope` where it is control: at sample `i` of the cell (0..64) the value
///   is `fma(i, slope, origin)`, in an oversampled kernel `i` counts in mix samples (`k / factor`);
/// - `lines[k]`: ring of line `k`: `capacity` (a power of two) positions of [`Packing::vectors`] vectors; the value
///   written at kernel sample `t` stands at `t & (capacity - 1)`, kernel sample counting from timeline 0. Under
///   [`Packing::Single`] it is a plane a channel, each of [`MARGIN`] numbers that nobody reads, `capacity` positions,
///   and `2 * MARGIN` numbers of which the first three repeat positions 0 to 2, for those who read four at once;
/// - `inputs`/`outputs`: one pointer a *lane* of every vector of every port in order: pointer
///   `(first vector of port + vector) * LANES + lane`, each to the sample block of the current cell (64 * factor
///   floats, planar). Lanes without an instance read a block of zeros and write to a block nobody reads.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct BlockCall {
    /// States.
    pub state: *mut u8,
    /// Slots.
    pub slots: *const u8,
    /// Lines.
    pub lines: *const *mut u8,
    /// Input blocks.
    pub inputs: *const *const u8,
    /// Output blocks.
    pub outputs: *const *mut u8,
    /// First sample of the cell to process, in mix samples, 0..64.
    pub start: u32,
    /// How many mix samples, `start + len <= 64`.
    pub len: u32,
    /// Timeline sample of the cell's first sample (a multiple of 64, never negative).
    pub time: u64,
}

/// Which code a kernel became; printed by benchmarks and `--timings`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PathTaken {
    /// `machine code` or `interpreter`.
    pub engine: String,
    /// Stages the body was split into.
    pub stages: usize,
    /// Samples a stage runs before the next.
    pub unroll: usize,
    /// Stack references in the loops: spilled values.
    pub spills: usize,
    /// Bytes of code.
    pub bytes: usize,
}

/// A kernel that can run.
pub trait KernelCode: Send + Sync {
    /// Runs one pack over a part of a cell.
    ///
    /// # Safety
    /// Every pointer of `call` is valid for the memory that [`BlockCall`] describes for this kernel and packing,
    /// and no other call uses the same state, lines or outputs meanwhile.
    unsafe fn run(&self, call: &BlockCall);
    /// Which path it is.
    fn path(&self) -> PathTaken;
}

/// Most points that control code works out at once.
pub const POINTS: usize = 8;

/// 64-bit code that works out control values at grid points.
pub trait ControlCode: Send + Sync {
    /// Works out the slot values of the first `points` (at most [`POINTS`]) points. Both slices are of rows of
    /// [`POINTS`] numbers, a row for each input or output as [`crate::ControlInfo`] counts them. What stands behind
    /// the last point of an output's row is left undefined.
    fn eval(&self, points: usize, inputs: &[f64], outputs: &mut [f64]);
}
