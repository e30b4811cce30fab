//! Room `runtime/media`.
