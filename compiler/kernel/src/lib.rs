//! Room `compiler/kernel`.
