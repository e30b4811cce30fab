//! Kernels, control code and programs small enough to check by hand.
#![allow(dead_code, reason = "each suite is a program of its own and uses a part")]

pub mod build;
pub mod toy;

use mixdown_engine::{Engine, Options, RenderReport, Sample};

/// Renders and gathers all delivered channels.
pub fn render<S: Sample>(engine: &mut Engine<S>) -> (Vec<Vec<S>>, RenderReport) {
    let mut out: Vec<Vec<S>> = Vec::new();
    let report = engine
        .render(&mut |block| -> Result<(), String> {
            let channels: Vec<&[S]> = block.outputs.iter().flat_map(|o| o.channels.iter().copied()).collect();
            out.resize(channels.len(), Vec::new());
            for (to, from) in out.iter_mut().zip(channels) {
                assert_eq!(from.len(), block.frames);
                assert_eq!(to.len() as u64, block.start);
                to.extend_from_slice(from);
            }
            Ok(())
        })
        .expect("renders");
    (out, report)
}

/// Options of a test.
pub fn options(threads: usize, block: usize) -> Options {
    Options { threads, block, skip_silence: false, cancel: None }
}

/// Small deterministic noise, -1..1.
pub fn noise(seed: u64, n: usize) -> Vec<f32> {
    let mut x = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    (0..n)
        .map(|_| {
            x ^= x << 13;
            x ^= x >> 7;
            x ^= x << 17;
            (x >> 40) as f32 / (1u64 << 23) as f32 - 1.0
        })
        .collect()
}
