//! Kernels of well-known cost, as the standard library's effects become them: the benchmark measures them and the
//! spill guard watches them.

use mixdown_kernel::builder::Builder;
use mixdown_kernel::ir::{Kernel, Kind, Type, Value};
use mixdown_kernel::math;
use mixdown_layout::{Float, SlotKind};

/// Writes kernels out of effects.
pub struct Chain {
    b: Builder,
    kind: SlotKind,
    /// What each slot holds, in order.
    pub values: Vec<f64>,
}

impl Chain {
    /// An empty kernel with one input port whose parameters are slots of `kind`; answers the input too.
    pub fn new(name: &str, float: Float, width: u8, kind: SlotKind) -> (Chain, Value) {
        let mut b = Builder::new(name, float, 1);
        let input = b.declare_input("in", width);
        let input = b.input(input);
        (Chain { b, kind, values: Vec::new() }, input)
    }

    /// The kernel with `out` as its output.
    pub fn finish(mut self, out: Value, width: u8) -> (Kernel, Vec<f64>) {
        let port = self.b.declare_output("out", width);
        self.b.output(port, out);
        let kernel = self.b.finish().unwrap_or_else(|faults| panic!("{faults:?}"));
        (kernel, self.values)
    }

    fn slot(&mut self, value: f64) -> Value {
        self.values.push(value);
        let slot = self.b.declare_slot(format!("p{}", self.values.len()), self.kind);
        self.b.slot(slot)
    }

    fn state(&mut self, width: u8) -> u32 {
        let name = format!("s{}", self.b.kernel().states.len());
        self.b.declare_state(name, Type { kind: Kind::Float, width }, 0.0)
    }

    /// A biquad in delta form: five fused multiply-adds and a sum.
    pub fn biquad(&mut self, x: Value) -> Value {
        let width = self.b.type_of(x).width;
        let [p0, p1, p2, d1, d2] = [1.02, 0.021, 0.0002, 0.02, 0.0002].map(|v| self.slot(v));
        let (s1, s2) = (self.state(width), self.state(width));
        let b = &mut self.b;
        let (w1, w2) = (b.read_state(s1), b.read_state(s2));
        let y = b.fma(p0, x, w1);
        let inner = b.fma(p1, x, w2);
        let sum = b.add(w1, inner);
        let minus = b.neg(d1);
        let new1 = b.fma(minus, y, sum);
        b.write_state(s1, new1);
        let inner = b.fma(p2, x, w2);
        let minus = b.neg(d2);
        let new2 = b.fma(minus, y, inner);
        b.write_state(s2, new2);
        y
    }

    /// A feed-forward compressor with a soft knee, smoothed in decibels; the channels share one detector.
    pub fn compressor(&mut self, x: Value) -> Value {
        let width = self.b.type_of(x).width;
        let [threshold, half_knee, knee, per_knee, slope, attack, release, makeup] =
            [-18.0, 3.0, 6.0, 1.0 / 12.0, 0.667, 0.01, 0.001, 2.0].map(|v| self.slot(v));
        let state = self.state(1);
        let b = &mut self.b;
        let mut level = b.abs(x);
        if width == 2 {
            let (l, r) = (b.channel(level, 0), b.channel(level, 1));
            level = b.max(l, r);
        }
        let db = math::to_db(b, level);
        let over = b.sub(db, threshold);
        let zero = b.float(0.0);
        let shifted = b.add(over, half_knee);
        let low = b.max(zero, shifted);
        let bent = b.min(knee, low);
        let square = b.mul(bent, bent);
        let above = b.sub(over, half_knee);
        let above = b.max(zero, above);
        let wanted = b.fma(square, per_knee, above);
        let wanted = b.mul(wanted, slope);
        let old = b.read_state(state);
        let rises = b.lt(old, wanted);
        let pace = b.select(rises, attack, release);
        let way = b.sub(wanted, old);
        let cut = b.fma(way, pace, old);
        b.write_state(state, cut);
        let gain = b.sub(makeup, cut);
        let gain = math::factor(b, gain);
        b.mul(x, gain)
    }

    /// A factor.
    pub fn gain(&mut self, x: Value) -> Value {
        let g = self.slot(0.8);
        self.b.mul(x, g)
    }

    /// A mono signal to a frame.
    pub fn pan(&mut self, x: Value) -> Value {
        let (l, r) = (self.slot(0.6), self.slot(0.8));
        let b = &mut self.b;
        let (l, r) = (b.mul(x, l), b.mul(x, r));
        b.frame(l, r)
    }
}

/// Four biquads in a row.
pub fn biquads(float: Float, width: u8, kind: SlotKind) -> (Kernel, Vec<f64>) {
    let (mut chain, mut x) = Chain::new("4 biquads", float, width, kind);
    for _ in 0..4 {
        x = chain.biquad(x);
    }
    chain.finish(x, width)
}

/// A compressor alone.
pub fn compressor(float: Float, width: u8) -> (Kernel, Vec<f64>) {
    let (mut chain, x) = Chain::new("compressor", float, width, SlotKind::Const);
    let x = chain.compressor(x);
    chain.finish(x, width)
}

/// Four biquads, compressor, gain and pan (or, of a frame, balance).
pub fn strip(float: Float, width: u8, kind: SlotKind) -> (Kernel, Vec<f64>) {
    let (mut chain, mut x) = Chain::new("strip", float, width, kind);
    for _ in 0..4 {
        x = chain.biquad(x);
    }
    x = chain.compressor(x);
    x = chain.gain(x);
    if width == 1 {
        x = chain.pan(x);
    }
    chain.finish(x, 2)
}
