//! The layout of a compiled mix: the one thing the compiler and the engine both know. Plain data and the
//! calling convention of a kernel, no compiler stage and no engine.
//!
//! Always true here: everything is indexed by *timeline sample* (0 is the first sample of the song). A stream
//! is written raw; who reads it names the offset that undoes its latency, so delay compensation is a property
//! of the reading ([`Read::offset`]) and never of the text.

mod call;
mod curve;
pub mod infinite;
mod program;

pub use call::{BlockCall, ControlCode, KernelCode, MARGIN, POINTS, Packing, PathTaken};
pub use curve::{Curve, Segment, Shape, Side, TempoMap, TempoPoint};
pub use program::*;

/// Samples of the control grid: control values are evaluated at its points and ramped linearly between.
pub const CELL: usize = 64;
/// Lanes of a pack. A pack of 64-bit kernels has four lanes too, in two registers.
pub const LANES: usize = 4;
/// States smaller than this become zero at every grid point, so that no result hangs on denormals.
pub const FLUSH: f64 = 1e-15;
