//! Kernels to machine code. The only room that names Cranelift.
//!
//! A kernel is *flattened* to machine vectors ([`mixdown_layout::Packing`] says how instances and channels lie in
//! lanes), cut into *stages* by [`mixdown_kernel::stages`], *planned* (what is held in registers, what is loaded
//! where it is used) and *emitted*, in exactly the order in which it shall run.
//!
//! Always true here: compiled code gives the bits of the reference interpreter, or there is an error and no code;
//! no address is formed but from the calling convention and masked indices; this room starts no threads, and its
//! functions may be called from many.

pub mod codes;
mod compile;
mod emit;
mod error;
mod flat;
mod host;
mod plan;
mod spills;
mod unit;

pub use compile::Compiler;
pub use error::CodegenError;
