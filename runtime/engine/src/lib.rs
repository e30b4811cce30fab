//! Runs a compiled mix: pulls the sources, runs the kernels cell by cell, sums, and hands out blocks.
//!
//! Always true here: the result hangs on program, code and sources alone, never on threads, block size, skipped
//! silence or the machine; memory does not grow with the song.

#[macro_use]
mod wide;

mod check;
mod clips;
mod collect;
mod control;
mod denormal;
mod engine;
pub mod error;
mod fir;
pub mod fourier;
mod machine;
mod memory;
mod node;
mod pack;
mod plan;
mod report;
mod ring;
mod sample;
mod schedule;
mod silence;
mod source;

pub use clips::{Clip, ClipReader, Fade};
pub use collect::{Block, BlockOutput};
pub use engine::{Code, Engine, Options};
pub use error::{EngineError, RenderError};
pub use report::{KernelReport, RenderReport};
pub use sample::Sample;
pub use source::{MemorySource, SourceReader};
