//! When a pack may be left out without changing a bit.
//!
//! Always true here: a visit is only left out when every input is `+0.0`, every state is zero, every line holds
//! nothing but zeros, and the kernel has shown at start-up, with these slots and at several times, that it makes
//! exact zeros of that and leaves exact zeros behind; a kernel that reads the clock is never left out. `-0.0` is not zero.

use crate::denormal::FlushDenormals;
use crate::error::EngineError;
use crate::pack::{Pack, each_lane};
use crate::sample::Sample;
use crate::wide;
use mixdown_layout::{BlockCall, CELL, KernelCode, KernelInfo, LANES, SlotKind};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Cells at which a kernel is tried; more than one, because lines are addressed by the sample count.
const TRIALS: [u64; 3] = [0, 1021, 1_048_583];

/// What is known of a pack that can fall silent.
pub(crate) struct Silence {
    /// Zeros in would give zeros out now.
    pub(crate) asleep: bool,
    /// Positions of every line, newest first, that are known to be zero.
    zeros: Vec<u64>,
}

impl Silence {
    /// `None` where the kernel cannot be trusted to stay silent.
    pub(crate) fn find<S: Sample>(
        info: &KernelInfo,
        code: &dyn KernelCode,
        pack: &mut Pack<S>,
    ) -> Result<Option<Silence>, EngineError> {
        // A few trials prove nothing of a kernel whose sound hangs on the clock: noise may be rare.
        if info.clock || info.slots.contains(&SlotKind::Control) || !stays_silent(info, code, pack)? {
            return Ok(None);
        }
        let zeros = info.lines.iter().map(|l| u64::from(l.capacity)).collect();
        Ok(Some(Silence { asleep: pack.flush(), zeros }))
    }

    /// Notes what a visit left behind.
    pub(crate) fn note<S: Sample>(&mut self, info: &KernelInfo, pack: &Pack<S>, cell: u64, quiet: bool, rest: bool) {
        self.asleep = quiet && rest;
        for (k, zeros) in self.zeros.iter_mut().enumerate() {
            let capacity = u64::from(info.lines[k].capacity);
            if quiet && pack.line_silent(info, k, cell) {
                *zeros = (*zeros + CELL as u64 * u64::from(info.factor)).min(capacity);
            } else {
                *zeros = 0;
            }
            self.asleep &= *zeros == capacity;
        }
    }
}

/// Tries the kernel on zeros, in memory of its own.
fn stays_silent<S: Sample>(info: &KernelInfo, code: &dyn KernelCode, pack: &Pack<S>) -> Result<bool, EngineError> {
    let mut trial = Pack::<S>::blank(info)?;
    trial.slots.slice_mut().copy_from_slice(pack.slots.slice());
    let lanes = |ports: &[u8]| ports.iter().map(|&w| info.packing.vectors(w as usize) * LANES).sum::<usize>();
    let cell_len = CELL * info.factor as usize;
    let input = vec![S::ZERO; cell_len];
    let inputs = vec![input.as_ptr().cast::<u8>(); lanes(&info.inputs)];
    // Outputs start as something else than zero, so that a kernel that leaves some out is found.
    let mut output = vec![S::from_f64(1.0); cell_len * lanes(&info.outputs)];
    let outputs: Vec<*mut u8> = output.chunks_mut(cell_len).map(|c| c.as_mut_ptr().cast()).collect();
    // Of the lanes that hold one number twice only the first is written.
    let mut written = Vec::new();
    each_lane(info.packing, &info.outputs, |_, _, copy| written.push(!copy));
    let _flush = FlushDenormals::on();
    for cell in TRIALS {
        let call = BlockCall {
            state: trial.state.as_ptr().cast(),
            slots: trial.slots.as_ptr().cast(),
            lines: trial.line_ptrs.as_ptr().cast(),
            inputs: inputs.as_ptr(),
            outputs: outputs.as_ptr(),
            start: 0,
            len: CELL as u32,
            time: cell * CELL as u64,
        };
        // SAFETY: memory is as `Pack` and the lines above lay it out, used by this call alone.
        let ran = catch_unwind(AssertUnwindSafe(|| unsafe { code.run(&call) }));
        let silent = ran.is_ok()
            && trial.flush()
            && (0..info.lines.len()).all(|k| trial.line_silent(info, k, cell))
            // SAFETY: the whole vector, through the pointers that were derived from it.
            && outputs.iter().zip(&written).filter(|(_, written)| **written).all(|(o, _)| wide::scan(unsafe { std::slice::from_raw_parts(o.cast::<S>(), cell_len) }).silent);
        if !silent {
            return Ok(false);
        }
    }
    drop(output);
    Ok(true)
}
