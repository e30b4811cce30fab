//! The `mixdown` program as a library: the same steps that its verbs take, for tests and tools.
//!
//! Steps: [`project::Project`] opens a song's folder, [`build::build`] turns text into callable code,
//! [`render::render`] runs it into files. Only this crate prints, exits, reads the environment or the clock.

pub mod args;
pub mod build;
pub mod codes;
pub mod declared;
pub mod doc;
pub mod exit;
pub mod glob;
pub mod project;
pub mod render;
pub mod responses;
pub mod rough;
pub mod say;
mod signals;
pub mod sources;
mod starter;
pub mod verbs;
pub mod words;
