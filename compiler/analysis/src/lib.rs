//! From trees to a [`mix::Mix`]: names, modules, units and types, effect bodies, mix-time evaluation.
//!
//! Always true here: nothing touches disk, clock or threads (all comes through [`world::World`]); every fault is
//! a diagnostic at its place; what comes out is plain data.

pub mod body;
pub mod mix;
pub mod names;
pub mod types;
pub mod world;
pub mod algebra;
pub mod args;
pub mod builtins;
pub mod effect_codes;
pub mod units;
pub mod effects;
