//! Room `runtime/engine`.
