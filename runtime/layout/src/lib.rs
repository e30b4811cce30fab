//! Room `runtime/layout`.
