//! Effect bodies, typed from text through a small resolver: what comes out, and every fault with its code, place
//! and help.

mod common;

#[path = "effects/bodies.rs"]
mod bodies;
#[path = "effects/faults.rs"]
mod faults;
#[path = "effects/trees.rs"]
mod trees;
