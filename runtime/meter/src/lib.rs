//! Room `runtime/meter`.
