//! Left with right: where a kernel computes two channels by two equal trains of mono instructions, one train of frames
//! does for both. Under [`mixdown_layout::Packing::Frames`] that is half the work: a mono value fills two lanes with
//! the same number, a frame fills them with two.
//!
//! It begins at every frame that is made of two mono values and goes up through what made them, as long as both sides
//! do the same; states and delay lines of the two sides become one that is two channels wide. Where the sides differ a
//! frame is made of what they have.
//!
//! Always true here: each channel is computed by the same operations on the same operands as before, so no result
//! changes by one bit. What would not become cheaper is left as it is.

mod find;
mod write;

use crate::ir::Kernel;
use crate::stages::cost_of;

/// How much cheaper a kernel must become.
const WORTH: f64 = 0.97;

/// The kernel with pairs of mono instructions joined, if that makes it cheaper.
pub fn pair(kernel: &Kernel) -> Option<Kernel> {
    let pairs = find::pairs(kernel)?;
    let joined = write::joined(kernel, &pairs)?;
    (cost_of(&joined) < WORTH * cost_of(kernel)).then_some(joined)
}
