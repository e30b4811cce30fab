//! A pack of kernel instances.

use super::{Setup, Visit};
use crate::control::Controls;
use crate::error::EngineError;
use crate::pack::{self, Pack, each_lane};
use crate::ring::{Pen, Tap};
use crate::sample::Sample;
use crate::silence::Silence;
use mixdown_layout::{BlockCall, CELL, Instance, KernelCode, Program};
use std::ops::Range;
use std::sync::Arc;

/// A pack and its place in the graph.
pub(crate) struct KernelNode<S: Sample> {
    pub(crate) kernel: usize,
    pub(crate) pens: Vec<Pen<S>>,
    pub(crate) pack: Pack<S>,
    /// Cells that were left out because they are silent.
    pub(crate) skipped: u64,
    code: Arc<dyn KernelCode>,
    /// One a lane of every input vector.
    taps: Vec<Tap<S>>,
    inputs: Vec<*const u8>,
    outputs: Vec<*mut u8>,
    /// Lane of the output vectors that each pen fills.
    lanes: Vec<usize>,
    controls: Controls,
    silence: Option<Silence>,
    /// What lanes write that nobody reads.
    _unread: Vec<S>,
}

// SAFETY: `inputs` and `outputs` are filled anew for every cell, apart from the addresses of `_unread`, whose
// numbers stay where they are when the node moves.
unsafe impl<S: Sample> Send for KernelNode<S> {}

impl<S: Sample> KernelNode<S> {
    pub(crate) fn new(setup: &Setup<S>, kernel: usize, instances: &[Instance]) -> Result<Self, EngineError> {
        let Setup { program, rings, .. } = *setup;
        let code = &setup.code.kernels[kernel];
        let info = &program.kernels[kernel];
        let mut pack = Pack::new(info, instances)?;
        let mut taps = Vec::new();
        each_lane(info.packing, &info.inputs, |instance, channel, _| {
            taps.push(instances.get(instance).map_or_else(|| rings.no_tap(), |i| rings.tap(i.inputs[channel])));
        });
        let mut unread = vec![S::ZERO; CELL * info.factor as usize];
        let (mut pens, mut lanes, mut outputs) = (Vec::new(), Vec::new(), Vec::new());
        each_lane(info.packing, &info.outputs, |instance, channel, copy| {
            if let Some(i) = instances.get(instance).filter(|_| !copy) {
                let stream = i.outputs[channel];
                let strip = program.streams[stream as usize].strip_output;
                pens.push(Pen::new(&rings.rings[stream as usize], stream, strip));
                lanes.push(outputs.len());
            }
            outputs.push(unread.as_mut_ptr().cast::<u8>());
        });
        let uses: Vec<_> = instances
            .iter()
            .enumerate()
            .flat_map(|(k, i)| i.controls.iter().map(move |u| (k, u)))
            .map(|(k, u)| (u, pack::targets(info, &u.slots, k, instances.len())))
            .collect();
        let silence = if setup.skip { Silence::find(info, code.as_ref(), &mut pack)? } else { None };
        Ok(KernelNode {
            kernel,
            pens,
            pack,
            skipped: 0,
            code: code.clone(),
            inputs: vec![std::ptr::null(); taps.len()],
            taps,
            outputs,
            lanes,
            controls: Controls::new(program, &setup.code.controls, &uses),
            silence,
            _unread: unread,
        })
    }

    /// Whether it asks its inputs if they are silent.
    pub(crate) fn may_sleep(&self) -> bool {
        self.silence.is_some()
    }

    pub(crate) fn run(&mut self, visit: &Visit, cells: Range<u64>) {
        let info = &visit.program.kernels[self.kernel];
        for cell in cells {
            let quiet = self.silence.is_some() && self.taps.iter().all(Tap::silent);
            if quiet && self.silence.as_ref().is_some_and(|s| s.asleep) {
                self.pens.iter_mut().for_each(Pen::finish_silent);
                self.skipped += 1;
            } else {
                self.cell(visit.program, cell);
                let rest = self.pack.flush();
                if let Some(silence) = &mut self.silence {
                    silence.note(info, &self.pack, cell, quiet, rest);
                }
                self.pens.iter_mut().for_each(|pen| pen.finish(cell, visit.sure_before));
            }
            self.taps.iter_mut().for_each(Tap::advance);
        }
    }

    /// Computes one cell, in as many pieces as its controls have breaks.
    #[inline]
    fn cell(&mut self, program: &Program, cell: u64) {
        for (ptr, tap) in self.inputs.iter_mut().zip(&self.taps) {
            *ptr = tap.ptr().cast();
        }
        for (&lane, pen) in self.lanes.iter().zip(&self.pens) {
            self.outputs[lane] = pen.ptr().cast();
        }
        let start = (cell * CELL as u64) as i64;
        let end = start + CELL as i64;
        if self.controls.still(end) {
            self.call(cell, 0, CELL as u32);
            return;
        }
        let mut at = start;
        while at < end {
            let to = self.controls.enter(program, at, start, self.pack.slots.slice_mut());
            self.call(cell, (at - start) as u32, (to - at) as u32);
            at = to;
        }
    }

    #[inline]
    fn call(&mut self, cell: u64, start: u32, len: u32) {
        let call = BlockCall {
            state: self.pack.state.as_ptr().cast(),
            slots: self.pack.slots.as_ptr().cast(),
            lines: self.pack.line_ptrs.as_ptr(),
            inputs: self.inputs.as_ptr(),
            outputs: self.outputs.as_ptr(),
            start,
            len,
            time: cell * CELL as u64,
        };
        // SAFETY: the pack is laid out as `BlockCall` says, one pointer stands for every lane, the node alone uses
        // its pack and its pens' cells, and the schedule keeps writers of the inputs away.
        unsafe { self.code.run(&call) };
    }
}
