//! The `mixdown` program.
