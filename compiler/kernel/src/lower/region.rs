//! Regions: the kernels that one strip becomes. A region is all code of a strip with the same rate and the same
//! latency behind it; signals cross from region to region as streams, read with the offset that undoes the latency.

use super::value::{At, Home, Sig};
use crate::builder::Builder;
use crate::ir::Value;
use mixdown_layout::{Float, Read, Stream, StreamId};
use rustc_hash::FxHashMap as HashMap;

/// What fills a slot.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fill {
    /// A number.
    Const(f64),
    /// An integer.
    Seed(i64),
    /// A value of the strip's control code.
    Control(Value),
}

/// What makes two uses of a slot one slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SlotKey {
    /// A number of the text.
    Const(u32),
    /// A control value.
    Control(Value),
}

/// A kernel in the making.
pub struct Region {
    /// Its rate domain.
    pub domain: usize,
    /// Its place in the order.
    pub at: At,
    /// Its code.
    pub builder: Builder,
    /// What each input port reads, a channel each.
    pub inputs: Vec<Vec<Read>>,
    /// What fills each slot.
    pub fills: Vec<Fill>,
    /// Values that leave it: value, width, streams.
    pub exports: Vec<(Value, u8, [StreamId; 2])>,
    imports: HashMap<(Home, u32), Value>,
    slots: HashMap<SlotKey, Value>,
}

impl Region {
    /// An empty region.
    pub fn new(name: &str, float: Float, factor: u32, domain: usize, at: At) -> Self {
        Region {
            domain,
            at,
            builder: Builder::new(name, float, factor),
            inputs: Vec::new(),
            fills: Vec::new(),
            exports: Vec::new(),
            imports: HashMap::default(),
            slots: HashMap::default(),
        }
    }

    /// The streams of a value of this region; the value leaves it from now on.
    pub fn export(&mut self, value: Value, width: u8, streams: &mut Streams, name: &str, factor: u32) -> [StreamId; 2] {
        if let Some((_, _, s)) = self.exports.iter().find(|(v, _, _)| *v == value) {
            return *s;
        }
        let pair = streams.pair(width, factor, name);
        self.exports.push((value, width, pair));
        pair
    }

    /// Reads streams as a value of this region.
    pub fn import(&mut self, streams: [StreamId; 2], width: u8, offset: u32) -> Value {
        let key = (Home::Streams(streams), offset);
        if let Some(v) = self.imports.get(&key) {
            return *v;
        }
        let port = self.builder.declare_input(&format!("in{}", self.inputs.len()), width);
        self.inputs
            .push(streams[..width as usize].iter().map(|s| Read { stream: Some(*s), offset }).collect());
        let v = self.builder.input(port);
        self.imports.insert(key, v);
        v
    }

    /// A slot: the one of `key` if it exists already.
    pub fn slot(&mut self, key: Option<SlotKey>, fill: Fill) -> Value {
        if let Some(v) = key.and_then(|k| self.slots.get(&k)) {
            return *v;
        }
        let kind = match fill {
            Fill::Const(_) => mixdown_layout::SlotKind::Const,
            Fill::Seed(_) => mixdown_layout::SlotKind::Seed,
            Fill::Control(_) => mixdown_layout::SlotKind::Control,
        };
        let slot = self.builder.declare_slot(&format!("p{}", self.fills.len()), kind);
        self.fills.push(fill);
        let v = self.builder.slot(slot);
        if let Some(k) = key {
            self.slots.insert(k, v);
        }
        v
    }
}

/// All streams of the program, numbered as they are made.
#[derive(Default)]
pub struct Streams {
    /// In order.
    pub list: Vec<Stream>,
}

impl Streams {
    /// One stream.
    pub fn one(&mut self, factor: u32, name: &str) -> StreamId {
        self.list.push(Stream { factor, strip_output: false, name: name.to_string() });
        self.list.len() as StreamId - 1
    }

    /// The streams of a signal: two of a frame, one twice of a mono signal.
    pub fn pair(&mut self, width: u8, factor: u32, name: &str) -> [StreamId; 2] {
        let first = self.one(factor, name);
        let second = if width == 2 { self.one(factor, name) } else { first };
        [first, second]
    }
}

impl Sig {
    /// A signal that streams carry from the song's start, without latency.
    pub fn streams(streams: [StreamId; 2], width: u8, at: At, domain: usize) -> Sig {
        Sig { home: Home::Streams(streams), width, offset: 0, at, domain }
    }

    /// Exact zeros.
    pub fn silence() -> Sig {
        Sig { home: Home::Zero, width: 1, offset: 0, at: At::default(), domain: 0 }
    }

    /// The same signal, `samples` of latency undone.
    pub fn advanced(self, samples: u32) -> Sig {
        Sig { offset: self.offset + samples, at: At { lag: self.at.lag + samples, ..self.at }, ..self }
    }
}
