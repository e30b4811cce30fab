//! What `--timings json` prints.

use serde::Serialize;

/// Milliseconds of every step, and which path every kernel took.
#[derive(Clone, Debug, Default, Serialize)]
#[allow(missing_docs)]
pub struct Timings {
    pub parse_ms: f64,
    pub analyse_ms: f64,
    /// Text to callable code: analysis, lowering and code generation.
    pub compile_ms: f64,
    pub lower_ms: f64,
    pub codegen_ms: f64,
    pub decode_ms: f64,
    /// CPU time inside compiled code and intrinsics, summed over threads.
    pub dsp_ms: f64,
    pub encode_ms: f64,
    pub wall_ms: f64,
    pub audio_s: f64,
    /// `audio_s` by the seconds of `dsp_ms`.
    pub realtime: f64,
    pub threads: usize,
    pub peak_rss_mb: f64,
    pub kernels: usize,
    pub kernels_from_cache: usize,
    pub strips_rendered: usize,
    pub strips_from_cache: usize,
    pub paths: Vec<KernelPath>,
}

/// One kernel's path.
#[derive(Clone, Debug, Default, Serialize)]
#[allow(missing_docs)]
pub struct KernelPath {
    pub name: String,
    pub engine: String,
    pub packing: String,
    /// Lanes in use, of four, over all its packs.
    pub lanes: usize,
    pub packs: usize,
    pub stages: usize,
    pub unroll: usize,
    pub spills: usize,
    pub bytes: usize,
    pub ms: f64,
    /// Why it does not fill all lanes; empty where it does.
    pub why: String,
}

/// Most memory this process ever held, in MiB; 0 where the system does not say.
pub fn peak_rss_mb() -> f64 {
    let Ok(status) = std::fs::read_to_string("/proc/self/status") else { return 0.0 };
    status
        .lines()
        .find_map(|l| l.strip_prefix("VmHWM:"))
        .and_then(|l| l.split_whitespace().next()?.parse::<f64>().ok())
        .map_or(0.0, |kib| kib / 1024.0)
}
