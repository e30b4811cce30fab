//! Strips: tracks, buses, the master, groups; what stands in them and where their audio goes. Always true: first all
//! strips of the song are known by name, then their bodies are evaluated, so text order never matters.

pub(crate) mod audio;
mod body;
mod chains;
pub(crate) mod clips;
pub(crate) mod declare;
mod declick;
mod faders;
mod find;
mod groups;
mod like;
mod paths;
mod processors;
mod routing;
mod sends;
mod settings;
pub mod solo;
mod sources;
mod targets;
mod unused;
pub(crate) mod walk;
mod wrappers;

pub(crate) use paths::quoted;
