//! The standard library, in the language.
