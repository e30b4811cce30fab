//! Planar sample blocks in and out: four samples of every lane at once, transposed in registers, or one sample
//! lane by lane.
//!
//! Always true here: under [`Packing::Frames`] both lanes of a mono value are the same, so only the first of the
//! two is read and written.

use super::Body;
use super::ops::UNALIGNED;
use cranelift::prelude::*;
use mixdown_layout::Packing;

impl Body<'_, '_> {
    /// Loads one machine vector of input; answers it for every sample of the step.
    pub(super) fn load_input(&mut self, input: u32) -> Vec<Value> {
        if self.flat.packing == Packing::Single {
            let width = if self.flat.mono_inputs[input as usize] { 1 } else { 2 };
            let addresses: Vec<Value> = (0..width).map(|c| self.port(self.bases.inputs, input, c)).collect();
            let lane = self.vectors.lane;
            let numbers: Vec<Value> = addresses.into_iter().map(|a| self.b.ins().load(lane, UNALIGNED, a, 0)).collect();
            return vec![self.from_channels(self.vectors.float, &numbers)];
        }
        let shared = self.shared(&self.flat.mono_inputs, input);
        let addresses = self.addresses(self.bases.inputs, input, shared);
        if self.unroll == 1 {
            let lane = self.vectors.lane;
            let scalars: Vec<Value> =
                addresses.iter().map(|&a| self.b.ins().load(lane, UNALIGNED, a, 0)).collect();
            return vec![self.gather(&scalars, shared)];
        }
        let row = |body: &mut Self, address, first: usize| {
            let offset = (first * body.flat.kernel.float.bytes()) as i32;
            body.b.ins().load(body.vectors.float, UNALIGNED, address, offset)
        };
        if shared && self.vectors.lanes() == 4 {
            let (x, y) = (row(self, addresses[0], 0), row(self, addresses[1], 0));
            let low = self.vectors.shuffle(self.b, x, y, [0, 4, 1, 5]);
            let high = self.vectors.shuffle(self.b, x, y, [2, 6, 3, 7]);
            let pairs = [(low, [0, 0, 1, 1]), (low, [2, 2, 3, 3]), (high, [0, 0, 1, 1]), (high, [2, 2, 3, 3])];
            return pairs.into_iter().map(|(v, lanes)| self.vectors.shuffle(self.b, v, v, lanes)).collect();
        }
        let lanes = self.vectors.lanes();
        let mut samples = Vec::with_capacity(self.unroll);
        for first in (0..self.unroll).step_by(lanes) {
            let mut rows: Vec<Value> = addresses.iter().map(|&a| row(self, a, first)).collect();
            if shared {
                rows = vec![rows[0]; lanes];
            }
            samples.extend(self.vectors.transpose(self.b, &rows));
        }
        samples
    }

    /// Stores one machine vector of output, given for every sample of the step.
    pub(super) fn store_output(&mut self, output: u32, samples: &[Value]) {
        if self.flat.packing == Packing::Single {
            let width = if self.flat.mono_outputs[output as usize] { 1 } else { 2 };
            for c in 0..width {
                let number = self.b.ins().extractlane(samples[0], c as u8);
                let address = self.port(self.bases.outputs, output, c);
                self.b.ins().store(UNALIGNED, number, address, 0);
            }
            return;
        }
        let shared = self.shared(&self.flat.mono_outputs, output);
        let addresses = self.addresses(self.bases.outputs, output, shared);
        let step = if shared { 2 } else { 1 };
        let lanes = self.vectors.lanes();
        if let [sample] = *samples {
            for (i, &address) in addresses.iter().enumerate() {
                let scalar = self.b.ins().extractlane(sample, (i * step) as u8);
                self.b.ins().store(UNALIGNED, scalar, address, 0);
            }
            return;
        }
        for (chunk, rows) in samples.chunks(lanes).enumerate() {
            let columns = self.vectors.transpose(self.b, rows);
            let offset = (chunk * lanes * self.flat.kernel.float.bytes()) as i32;
            for (i, &address) in addresses.iter().enumerate() {
                self.b.ins().store(UNALIGNED, columns[i * step], address, offset);
            }
        }
    }

    /// A vector of one scalar a lane, or of one a pair of lanes.
    pub(super) fn gather(&mut self, scalars: &[Value], shared: bool) -> Value {
        let mut vector = self.b.ins().splat(self.vectors.float, scalars[0]);
        for lane in 1..self.vectors.lanes() {
            let source = if shared { lane / 2 } else { lane };
            if source > 0 {
                vector = self.b.ins().insertlane(vector, scalars[source], lane as u8);
            }
        }
        vector
    }

    fn shared(&self, mono: &[bool], port: u32) -> bool {
        self.flat.packing == Packing::Frames && mono[port as usize]
    }

    /// Addresses of the step's first sample: of every lane of a port's machine vector, or of every second.
    fn addresses(&mut self, table: Value, port: u32, shared: bool) -> Vec<Value> {
        let lanes = self.vectors.lanes();
        let step = if shared { 2 } else { 1 };
        let mut addresses = Vec::with_capacity(lanes);
        for lane in (0..lanes).step_by(step) {
            let entry = (port as usize * lanes + lane) * 8;
            let pointer = self.b.ins().load(types::I64, ALIGNED_POINTER, table, entry as i32);
            addresses.push(self.b.ins().iadd(pointer, self.offset));
        }
        addresses
    }
}

/// Tables of pointers.
const ALIGNED_POINTER: MemFlagsData = MemFlagsData::trusted();
