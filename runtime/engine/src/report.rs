//! What a render tells about itself.

use mixdown_layout::PathTaken;

/// What a render did.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RenderReport {
    /// Frames of the song.
    pub frames: u64,
    /// Strips that made NaN or infinities, by name, with how many samples; these became 0. Sorted by name.
    pub faults: Vec<(String, u64)>,
    /// Level in dBFS at which the tails are cut, after the longest that a tail may last; `None` where they have died away.
    pub cut: Option<f64>,
    /// Seconds inside kernels, sums and resampling, by the clock, added up over threads.
    pub dsp_seconds: f64,
    /// Seconds inside sources, added up over threads.
    pub source_seconds: f64,
    /// Seconds on the clock from the first cell to the last block handed over, the sink's time included.
    pub seconds: f64,
    /// One entry a kernel, in the program's order.
    pub kernels: Vec<KernelReport>,
    /// Seconds inside sums.
    pub mix_seconds: f64,
    /// Seconds inside up- and downsampling.
    pub resample_seconds: f64,
    /// Seconds inside convolutions and spectra.
    pub transform_seconds: f64,
    /// Cells of packs that were left out because they are silent. Cells computed beyond the song's end count too.
    pub skipped_cells: u64,
    /// Bytes of streams, states and lines. Independent of the song's length.
    pub memory_bytes: usize,
}

/// One kernel's part of a render.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct KernelReport {
    /// Its name in the program.
    pub name: String,
    /// Which code ran.
    pub path: PathTaken,
    /// Seconds, added up over its packs and over threads.
    pub seconds: f64,
    /// Packs that run it.
    pub packs: usize,
    /// Cells of its packs that were left out because they are silent.
    pub skipped_cells: u64,
}
