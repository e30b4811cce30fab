//! Room `compiler/codegen`.
