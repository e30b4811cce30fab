//! Makes a kernel smaller without changing a bit: its instructions, written once more through the
//! [`Builder`], which folds, shares and drops.

use crate::builder::Builder;
use crate::ir::Kernel;
use crate::verify::Fault;

/// The same kernel with constants folded, equal instructions shared and dead ones dropped. Ports, slots, states and
/// lines stay as they are. Errors: what is wrong with the kernel.
pub fn optimise(kernel: &Kernel) -> Result<Kernel, Vec<Fault>> {
    let mut b = Builder::new(kernel.name.clone(), kernel.float, kernel.factor);
    for port in &kernel.inputs {
        b.declare_input(port.name.clone(), port.width);
    }
    for port in &kernel.outputs {
        b.declare_output(port.name.clone(), port.width);
    }
    for slot in &kernel.slots {
        b.declare_slot(slot.name.clone(), slot.kind);
    }
    for state in &kernel.states {
        b.declare_state(state.name.clone(), state.ty, state.init);
    }
    for line in &kernel.lines {
        b.declare_line(line.name.clone(), line.width, line.capacity);
    }
    let mut place = Vec::with_capacity(kernel.body.len());
    for op in &kernel.body {
        // A value that does not come before its reader is left as it is, for the builder to find fault with.
        let op = op.map(|v| place.get(v.0 as usize).copied().unwrap_or(crate::ir::Value(u32::MAX)));
        place.push(b.push(op));
    }
    b.finish()
}
