//! What `--timings json` prints.

use super::pass::Played;
use crate::build;
use crate::exit::Stop;
use mixdown_layout::{Node, Packing, Program};
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

impl Timings {
    /// Adds what one run took.
    pub fn add(&mut self, played: &Played) {
        let (times, report) = (played.ready.built.times, &played.report);
        self.lower_ms += times.lower_ms;
        self.codegen_ms += times.codegen_ms;
        self.decode_ms += report.source_seconds * 1e3;
        self.dsp_ms += report.dsp_seconds * 1e3;
        self.encode_ms += played.behind.encode.as_secs_f64() * 1e3;
        self.audio_s += report.frames as f64 / f64::from(played.ready.program.sample_rate);
        self.realtime = if self.dsp_ms > 0.0 { self.audio_s / (self.dsp_ms / 1e3) } else { 0.0 };
        self.kernels += played.ready.program.kernels.len();
        self.kernels_from_cache += played.ready.built.kernels_from_cache;
        self.strips_from_cache += played.ready.built.strips_from_cache;
        self.strips_rendered += played.ready.program.outputs.len();
    }

    /// Adds the paths that one run's kernels took. Registers that were spilled are counted in code that is made for
    /// that alone, so whoever holds a clock stops it before.
    ///
    /// # Errors
    /// The code cannot be made again.
    pub fn add_paths(&mut self, played: &Played, threads: usize) -> Result<(), Stop> {
        let (built, program) = (&played.ready.built, &played.ready.program);
        let spills = build::spills(built, threads)?;
        for (i, info) in program.kernels.iter().enumerate() {
            let (packs, lanes) = lanes_of(program, i as u32, info.packing);
            let own = played.report.kernels.get(i).cloned().unwrap_or_default();
            let path = if own.path.engine.is_empty() { built.code.kernels[i].path() } else { own.path };
            let wide = packs * 4;
            self.paths.push(KernelPath {
                name: info.name.clone(),
                engine: path.engine,
                packing: format!("{:?}", info.packing).to_lowercase(),
                lanes,
                packs,
                stages: path.stages,
                unroll: path.unroll,
                spills: spills[i],
                bytes: path.bytes,
                ms: own.seconds * 1e3,
                why: if lanes >= wide {
                    String::new()
                } else {
                    format!("{lanes} of {wide} lanes: no more strips of this shape at this level")
                },
            });
        }
        Ok(())
    }
}

/// Packs that run a kernel, and the lanes they fill.
fn lanes_of(program: &Program, kernel: u32, packing: Packing) -> (usize, usize) {
    let mut packs = 0;
    let mut lanes = 0;
    for node in &program.nodes {
        if let Node::Kernel { kernel: k, instances } = node
            && *k == kernel
        {
            packs += 1;
            lanes += match packing {
                Packing::Instances => instances.len(),
                Packing::Frames => 2 * instances.len(),
                // Four samples of one strip, wherever none waits for the one before.
                Packing::Single => 4,
            };
        }
    }
    (packs, lanes)
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
