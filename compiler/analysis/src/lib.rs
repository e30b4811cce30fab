//! Room `compiler/analysis`.
