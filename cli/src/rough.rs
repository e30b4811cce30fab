//! A rough mix of a folder of stems: what an assistant engineer does before the mixer sits down. Every file becomes a
//! track, names decide buses and places, measured loudness decides faders, and what is odd is written down.

mod level;
mod listen;
mod roles;
mod sides;
mod write;

pub use level::{gain, voice};
pub use listen::{Stem, listen};
pub use roles::{Role, role};
pub use write::{Found, escaped, song};
