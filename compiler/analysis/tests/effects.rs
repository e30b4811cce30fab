//! Effect bodies, typed from text through a small resolver: what comes out, and every fault with its code, place
//! and help.

#[path = "effects/bodies.rs"]
mod bodies;
#[path = "effects/faults.rs"]
mod faults;
#[path = "effects/resolver.rs"]
mod resolver;
#[path = "effects/trees.rs"]
mod trees;
