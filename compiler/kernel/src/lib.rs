//! The sample-level IR: what a mix means, one sample at a time. Text form (printer and reader), verifier,
//! reference interpreter, passes, and the lowering of a `Mix` into kernels and a program layout.
//!
//! Always true here: a kernel is straight-line code over one sample; the interpreter defines what it means, and
//! no pass changes one bit of its results.

pub mod builder;
mod content;
pub mod interpret;
pub mod ir;
pub mod math;
pub mod optimise;
pub mod pairs;
pub mod random;
pub mod stages;
pub mod text;
pub mod verify;
pub mod lower;
