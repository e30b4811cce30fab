//! What the engine runs: nodes in topological order, joined by streams.

use crate::{Curve, Packing, TempoMap};
use serde::{Deserialize, Serialize};

/// Width of a float in kernels and streams.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Float {
    /// 32 bits, the default.
    F32,
    /// 64 bits, `--precision f64`.
    F64,
}

impl Float {
    /// Bytes of one number.
    pub fn bytes(self) -> usize {
        match self {
            Float::F32 => 4,
            Float::F64 => 8,
        }
    }
}

/// Index into [`Program::streams`].
pub type StreamId = u32;
/// Index into [`Program::kernels`] and the code handed over beside the program.
pub type KernelId = u32;
/// Index into the responses handed over beside the program.
pub type ResponseId = u32;
/// Index into [`Program::controls`] and the code handed over beside the program.
pub type ControlId = u32;

/// A compiled mix without its code.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Program {
    /// Width of all audio.
    pub float: Float,
    /// The mix's rate in hertz.
    pub sample_rate: u32,
    /// Beats and seconds.
    pub tempo: TempoMap,
    /// Curves that control inputs name.
    pub curves: Vec<Curve>,
    /// Streams of one channel each.
    pub streams: Vec<Stream>,
    /// Shapes of kernels.
    pub kernels: Vec<KernelInfo>,
    /// Shapes of control code.
    pub controls: Vec<ControlInfo>,
    /// In topological order: a node reads only streams of nodes before it.
    pub nodes: Vec<Node>,
    /// What is heard or written: the master first, then stems and strips that are watched for their tail.
    pub outputs: Vec<Output>,
    /// Timeline sample after the last sample of any source; `None` where a source never ends.
    pub sources_end: Option<u64>,
    /// Fixed length in samples, where the text gives one.
    pub length: Option<u64>,
    /// Tail: level under which the song is over (as a factor), and samples it must stay there.
    pub tail: Tail,
}

/// When a render without a fixed length ends.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tail {
    /// Amplitude under which a strip counts as silent.
    pub threshold: f64,
    /// How long every output must stay there before the search stops (at least what the lines on the longest way hold).
    pub hold: u64,
    /// The most samples after the last source.
    pub most: u64,
}

/// One channel of audio between nodes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stream {
    /// Samples per mix sample: 1, or the factor of an oversampled region.
    pub factor: u32,
    /// Whether it leaves a strip: NaN and infinities are stopped (and counted) here.
    pub strip_output: bool,
    /// Path of what wrote it, for messages and pictures.
    pub name: String,
}

/// A reading of a stream. At timeline sample `n` the reader sees raw sample `n + offset` (both times the
/// stream's factor): `offset` is the latency that is undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Read {
    /// Which stream; `None` reads zeros.
    pub stream: Option<StreamId>,
    /// In mix samples, never negative.
    pub offset: u32,
}

/// The shape of a kernel: what memory it wants.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KernelInfo {
    /// For pictures and timings.
    pub name: String,
    /// How its instances are packed.
    pub packing: Packing,
    /// Samples per mix sample.
    pub factor: u32,
    /// Width (1 or 2) of each input port.
    pub inputs: Vec<u8>,
    /// Width of each output port.
    pub outputs: Vec<u8>,
    /// Its states.
    pub states: Vec<StateInfo>,
    /// Its delay lines.
    pub lines: Vec<LineInfo>,
    /// Kind of each slot.
    pub slots: Vec<SlotKind>,
    /// It reads the sample count, so equal inputs and states do not mean equal results.
    pub clock: bool,
}

/// A state.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StateInfo {
    /// Path inside the kernel; state survives an edit by it.
    pub name: String,
    /// 1 or 2 channels.
    pub width: u8,
    /// Value at timeline 0.
    pub init: f64,
    /// It holds integer bits, not a float, and is not flushed.
    pub integer: bool,
}

/// A delay line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LineInfo {
    /// Path inside the kernel.
    pub name: String,
    /// 1 or 2 channels.
    pub width: u8,
    /// Positions of the ring, a power of two.
    pub capacity: u32,
}

/// What a slot holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SlotKind {
    /// A number worked out once.
    Const,
    /// A number worked out at grid points and ramped.
    Control,
    /// An integer (a random seed).
    Seed,
}

/// Control code's shape.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ControlInfo {
    /// How many inputs it reads.
    pub inputs: u32,
    /// How many values it writes.
    pub outputs: u32,
}

/// Where the value of a control input comes from.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ControlInput {
    /// A number of the mix that needs no recompile when it changes.
    Const(f64),
    /// A curve of [`Program::curves`].
    Curve(u32),
    /// Timeline seconds.
    Seconds,
    /// Beats since `@1`.
    Beats,
    /// Seconds since so many beats ago: `t - T(B(t) - beats)` by the tempo map.
    LookBack(f64),
}

/// One use of control code: its inputs and the slots it fills. It is evaluated at every grid point and at the
/// breakpoints of the curves it reads, and at nothing else, so its values never hang on what it is packed with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ControlUse {
    /// The code.
    pub control: ControlId,
    /// Its inputs.
    pub inputs: Vec<ControlInput>,
    /// The slot that each output fills (all [`SlotKind::Control`]).
    pub slots: Vec<u32>,
}

/// One instance of a kernel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Instance {
    /// Path of the strip or part it computes.
    pub path: String,
    /// Channels of each input port, flat: port 0 channel 0, port 0 channel 1, port 1 channel 0, …
    pub inputs: Vec<Read>,
    /// Channels of each output port, flat in the same way.
    pub outputs: Vec<StreamId>,
    /// First value of every slot: the number of a const slot, the bits (as u64) of a seed, unused for control.
    pub slots: Vec<f64>,
    /// What fills the control slots.
    pub controls: Vec<ControlUse>,
}

/// A gain that one edge applies: a constant or slot of a control use.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Edge {
    /// What is read.
    pub from: Read,
    /// Index into the gains of the node.
    pub gain: u32,
}

/// A node.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Node {
    /// A pack of up to [`Packing::capacity`] instances of one kernel.
    Kernel {
        /// Which kernel.
        kernel: KernelId,
        /// Its instances.
        instances: Vec<Instance>,
    },
    /// A sum: `out = ((e0*g0) + e1*g1) + …`, product rounded, then added, in the order given. No edges give zeros.
    Mix {
        /// Path of the strip it feeds.
        path: String,
        /// Terms in their fixed order.
        edges: Vec<Edge>,
        /// The gains: kind, and value where const.
        gains: Vec<(SlotKind, f64)>,
        /// What fills the control gains.
        controls: Vec<ControlUse>,
        /// What is written.
        output: StreamId,
    },
    /// Audio that comes from outside: file, clips.
    Source {
        /// Index into the sources handed over beside the program.
        source: u32,
        /// One stream a channel.
        outputs: Vec<StreamId>,
    },
    /// Convolution with a response that is handed over beside the program. No latency.
    Convolve {
        /// Path of the processor it is a part of.
        path: String,
        /// Which.
        response: ResponseId,
        /// What is read, a channel each.
        from: Vec<Read>,
        /// What is written, at the same rate.
        outputs: Vec<StreamId>,
    },
    /// Spectra of a channel, frame by frame: overlapping windows of `size` samples a quarter of it apart, each as the
    /// magnitudes of `size / 2` bins, one after the other, two a mix sample. The frame that is written from sample `t`
    /// on is that of the `size` samples before `t`.
    Analyse {
        /// Samples of a window, a power of two.
        size: u32,
        /// What is read, at the mix's rate.
        from: Read,
        /// What is written, at twice the mix's rate.
        output: StreamId,
    },
    /// A channel with a gain on each bin of each frame: the frame whose gains begin at sample `t` is that of the `size`
    /// samples before `t`, and what comes out is late by `size` and a quarter of it.
    Synthesise {
        /// Samples of a window, a power of two.
        size: u32,
        /// What is read, at the mix's rate.
        from: Read,
        /// The gains, at twice the mix's rate.
        gains: Read,
        /// What is written, at the mix's rate.
        output: StreamId,
    },
    /// To `factor` times the rate by the published linear-phase filters. Its latency is [`resample_latency`].
    Upsample {
        /// 2, 4, 8 or 16.
        factor: u32,
        /// What is read, at the mix's rate.
        from: Read,
        /// What is written, at `factor` times the rate.
        output: StreamId,
    },
    /// Back to the mix's rate, as late again.
    Downsample {
        /// 2, 4, 8 or 16.
        factor: u32,
        /// What is read, at `factor` times the rate.
        from: Read,
        /// What is written, at the mix's rate.
        output: StreamId,
    },
}

/// Samples of the slower rate that the steep step of a conversion spans to each side.
pub const RESAMPLE_STEEP: u32 = 72;

/// Samples of the slower rate that the short step spans to each side; only conversions by more than 2 have one.
pub const RESAMPLE_SHORT: u32 = 4;

/// Latency of one [`Node::Upsample`] or one [`Node::Downsample`] in samples of its slower rate: half the length of its
/// filters. A whole number of mix samples, wherever the node may stand.
pub const fn resample_latency(factor: u32) -> u32 {
    RESAMPLE_STEEP + if factor > 2 { RESAMPLE_SHORT } else { 0 }
}

/// Something that leaves the program.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Output {
    /// `master`, or the path of a strip.
    pub name: String,
    /// One reading a channel.
    pub channels: Vec<Read>,
    /// Whether its level keeps the song from ending.
    pub tail: bool,
    /// Whether its samples are handed to the caller.
    pub deliver: bool,
}
