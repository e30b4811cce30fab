//! The reference interpreter: what a kernel means, run one sample and one instruction at a time over the very memory
//! that machine code uses. It defines the bits; it is not in a hurry, but it resolves every operand beforehand and
//! allocates once a call.
//!
//! A lane is computed whether an instance stands in it or not, as machine code does.

mod machine;
mod resolve;

use crate::ir::Kernel;
use crate::math::{Plain32, Plain64};
use crate::verify::{Fault, verify};
use machine::Machine;
use mixdown_layout::{BlockCall, ControlCode, Float, KernelCode, LANES, POINTS, Packing, PathTaken};
use std::sync::Arc;

/// A kernel, ready to be interpreted in one packing.
#[derive(Debug)]
pub struct Interpreter {
    machine: AnyMachine,
}

#[derive(Debug)]
enum AnyMachine {
    F32(Machine<Plain32>),
    F64(Machine<Plain64>),
}

impl Interpreter {
    /// Prepares a kernel. Errors: what [`verify`] finds.
    pub fn new(kernel: Arc<Kernel>, packing: Packing) -> Result<Self, Vec<Fault>> {
        let faults = verify(&kernel);
        if !faults.is_empty() {
            return Err(faults);
        }
        let machine = match kernel.float {
            Float::F32 => AnyMachine::F32(Machine::new(&kernel, packing)),
            Float::F64 => AnyMachine::F64(Machine::new(&kernel, packing)),
        };
        Ok(Interpreter { machine })
    }
}

impl KernelCode for Interpreter {
    unsafe fn run(&self, call: &BlockCall) {
        match &self.machine {
            // SAFETY: the caller vouches for the memory of the call, for the kernel and packing this was made for.
            AnyMachine::F32(machine) => unsafe { machine.run(call) },
            // SAFETY: as above.
            AnyMachine::F64(machine) => unsafe { machine.run(call) },
        }
    }

    fn path(&self) -> PathTaken {
        PathTaken { engine: "interpreter".into(), stages: 1, unroll: 1, spills: 0, bytes: 0 }
    }
}

/// A control kernel: 64 bits, mono ports, nothing that lasts from one call to the next.
#[derive(Debug)]
pub struct ControlInterpreter {
    machine: Machine<Plain64>,
    inputs: usize,
    outputs: usize,
}

impl ControlInterpreter {
    /// Prepares a kernel. Errors: what [`verify`] finds, and everything that control code cannot have.
    pub fn new(kernel: Arc<Kernel>) -> Result<Self, Vec<Fault>> {
        let mut faults = verify(&kernel);
        let mut want = |holds: bool, message: &str| {
            if !holds {
                faults.push(Fault { at: None, message: format!("control code `{}` {message}", kernel.name) });
            }
        };
        want(kernel.float == Float::F64, "must compute in 64 bits");
        want(kernel.factor == 1, "must not be oversampled");
        want(kernel.inputs.iter().chain(&kernel.outputs).all(|p| p.width == 1), "must have mono ports");
        want(kernel.states.is_empty() && kernel.lines.is_empty(), "must have no state");
        want(kernel.slots.is_empty(), "must have no slots");
        if !faults.is_empty() {
            return Err(faults);
        }
        let (inputs, outputs) = (kernel.inputs.len(), kernel.outputs.len());
        Ok(ControlInterpreter { machine: Machine::new(&kernel, Packing::Instances), inputs, outputs })
    }
}

impl ControlCode for ControlInterpreter {
    fn eval(&self, points: usize, inputs: &[f64], outputs: &mut [f64]) {
        for point in 0..points.min(POINTS) {
            // Lengths are the caller's promise; a broken one must not become a wild read.
            let given = (0..self.inputs).map(|i| inputs.get(i * POINTS + point).copied().unwrap_or(0.0)).collect();
            for (row, made) in self.point(given).into_iter().enumerate() {
                if let Some(to) = outputs.get_mut(row * POINTS + point) {
                    *to = made;
                }
            }
        }
    }
}

impl ControlInterpreter {
    /// The outputs at one point, of as many inputs as there are.
    fn point(&self, given: Vec<f64>) -> Vec<f64> {
        let mut made = vec![0.0f64; self.outputs];
        let reads: Vec<*const u8> = given.iter().flat_map(|x| [std::ptr::from_ref(x).cast(); LANES]).collect();
        let writes: Vec<*mut u8> = made.iter_mut().flat_map(|x| [std::ptr::from_mut(x).cast(); LANES]).collect();
        let call = BlockCall {
            state: std::ptr::null_mut(),
            slots: std::ptr::null(),
            lines: std::ptr::null(),
            inputs: reads.as_ptr(),
            outputs: writes.as_ptr(),
            start: 0,
            len: 1,
            time: 0,
        };
        // SAFETY: a kernel without states, slots and lines touches the ports alone; each has its four lanes, which
        // point to one number that lives until the end of this function, and one sample is run.
        unsafe { self.machine.run(&call) };
        made
    }
}
