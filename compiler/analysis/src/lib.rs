//! From trees to a [`mix::Mix`]: names, modules, units and types, effect bodies, mix-time evaluation.
//!
//! Always true here: nothing touches disk, clock or threads (all comes through [`world::World`]); every fault is
//! a diagnostic at its place; what comes out is plain data.

// A diagnostic is large, and rare: boxing it would only be in the way of those who make one.
#![allow(clippy::result_large_err)]

pub mod algebra;
mod analyse;
pub mod args;
pub mod body;
pub mod builtins;
mod checks;
pub mod codes;
mod deliver;
pub mod effect_codes;
pub mod effects;
mod eval;
mod limits;
mod lines;
mod memory;
pub mod mix;
mod modules;
pub mod names;
mod session;
mod song;
mod strips;
pub mod types;
pub mod units;
mod variants;
pub mod world;

pub use checks::measures;
pub use eval::functions::{Explained, explained as functions};
pub use analyse::{Analysis, Options, Variant, analyse, analyse_again};
pub use memory::Memory;
pub use modules::also_called;
pub use strips::declare::TAKEN;
pub use strips::solo::{leave_out, solo};
