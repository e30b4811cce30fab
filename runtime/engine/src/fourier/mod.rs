//! Transforms, and what they make fast: the convolution with long responses.
//!
//! Always true here: a transform is a fixed sequence of roundings, the same on every machine; only how many of them are
//! done at a time differs.

mod convolver;
mod design;
mod frames;
mod response;
mod transform;

pub(crate) use convolver::Convolver;
pub(crate) use frames::Frames;
pub use response::{Cut, Response, Route};
