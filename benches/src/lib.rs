//! How fast it is: the benchmark sessions, a hand-written reference of the same arithmetic, and one table of ratios.
//!
//! `cargo run --release -p mixdown-benches` prints the table and fails where a kernel left the fast path.

pub mod clock;
pub mod inside;
pub mod outside;
pub mod paths;
pub mod reference;
pub mod rows;
pub mod session;
pub mod stems;
pub mod table;
