//! The sessions by hand: what a careful programmer reaches without the compiler, to be compared with.

mod design;
mod f4;
pub mod lanes;
pub mod scalar;

/// Left and right.
pub type Output = [Vec<f32>; 2];
