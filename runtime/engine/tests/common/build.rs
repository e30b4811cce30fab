//! Puts programs together.

use super::toy::{Formula, Toy};
use mixdown_engine::{Code, Engine, EngineError, MemorySource, Options, Sample, SourceReader};
use mixdown_layout::*;
use std::sync::Arc;

/// A program in the making, with its code and sources.
pub struct Build<S: Sample> {
    pub program: Program,
    pub code: Code,
    pub sources: Vec<Box<dyn SourceReader<S>>>,
}

/// A reading.
pub fn at(stream: StreamId, offset: u32) -> Read {
    Read { stream: Some(stream), offset }
}

impl<S: Sample> Build<S> {
    pub fn new() -> Self {
        let program = Program {
            float: S::FLOAT,
            sample_rate: 48_000,
            tempo: TempoMap::constant(120.0, 0.0),
            curves: vec![],
            streams: vec![],
            kernels: vec![],
            controls: vec![],
            nodes: vec![],
            outputs: vec![],
            sources_end: Some(0),
            length: None,
            tail: Tail { threshold: 1e-4, hold: 100, most: 1000 },
        };
        Build { program, code: Code::default(), sources: vec![] }
    }
    pub fn stream(&mut self, name: &str) -> StreamId {
        self.stream_of(name, 1, false)
    }
    pub fn stream_of(&mut self, name: &str, factor: u32, strip_output: bool) -> StreamId {
        self.program.streams.push(Stream { factor, strip_output, name: name.into() });
        self.program.streams.len() as u32 - 1
    }
    pub fn source(&mut self, channels: Vec<Vec<S>>) -> Vec<StreamId> {
        let frames = channels[0].len() as u64;
        self.program.sources_end = self.program.sources_end.map(|end| end.max(frames));
        self.reader(Box::new(MemorySource::new(channels)))
    }
    pub fn reader(&mut self, reader: Box<dyn SourceReader<S>>) -> Vec<StreamId> {
        let n = self.sources.len();
        let outputs: Vec<_> = (0..reader.channels()).map(|c| self.stream(&format!("source.{n}.{c}"))).collect();
        self.sources.push(reader);
        self.program.nodes.push(Node::Source { source: n as u32, outputs: outputs.clone() });
        outputs
    }
    pub fn kernel(&mut self, toy: Toy<S>) -> KernelId {
        self.program.kernels.push(toy.info.clone());
        self.code.kernels.push(Arc::new(toy));
        self.program.kernels.len() as u32 - 1
    }
    pub fn control(&mut self, inputs: u32, outputs: u32, f: fn(&[f64], &mut [f64])) -> ControlId {
        self.program.controls.push(ControlInfo { inputs, outputs });
        self.code.controls.push(Arc::new(Formula(f)));
        self.program.controls.len() as u32 - 1
    }
    /// One instance's worth of a pack.
    pub fn instance(
        &mut self,
        kernel: KernelId,
        inputs: &[Read],
        slots: &[f64],
        controls: Vec<ControlUse>,
    ) -> Instance {
        let info = self.program.kernels[kernel as usize].clone();
        let n = self.program.streams.len();
        let outputs: u8 = info.outputs.iter().sum();
        let outputs =
            (0..outputs).map(|c| self.stream_of(&format!("{}.{n}.{c}", info.name), info.factor, false)).collect();
        Instance { path: format!("part.{n}"), inputs: inputs.into(), outputs, slots: slots.into(), controls }
    }
    /// A pack; the streams of all its instances.
    pub fn pack(&mut self, kernel: KernelId, instances: Vec<Instance>) -> Vec<StreamId> {
        let streams = instances.iter().flat_map(|i| i.outputs.clone()).collect();
        self.program.nodes.push(Node::Kernel { kernel, instances });
        streams
    }
    /// A pack of one.
    pub fn run(&mut self, kernel: KernelId, inputs: &[Read], slots: &[f64]) -> Vec<StreamId> {
        let instance = self.instance(kernel, inputs, slots, vec![]);
        self.pack(kernel, vec![instance])
    }
    pub fn mix(&mut self, edges: &[(Read, f64)]) -> StreamId {
        let gains = edges.iter().map(|e| (SlotKind::Const, e.1)).collect();
        let edges = edges.iter().enumerate().map(|(k, e)| Edge { from: e.0, gain: k as u32 }).collect();
        self.sum(edges, gains, vec![])
    }
    pub fn sum(&mut self, edges: Vec<Edge>, gains: Vec<(SlotKind, f64)>, controls: Vec<ControlUse>) -> StreamId {
        let output = self.stream("sum");
        self.program.nodes.push(Node::Mix { path: "sum".into(), edges, gains, controls, output });
        output
    }
    pub fn up(&mut self, factor: u32, from: Read) -> StreamId {
        let output = self.stream_of("up", factor, false);
        self.program.nodes.push(Node::Upsample { factor, from, output });
        output
    }
    pub fn down(&mut self, factor: u32, from: Read) -> StreamId {
        let output = self.stream("down");
        self.program.nodes.push(Node::Downsample { factor, from, output });
        output
    }
    /// Delivered, and listened to for the tail.
    pub fn deliver(&mut self, name: &str, channels: &[Read]) -> &mut Self {
        self.program.outputs.push(Output { name: name.into(), channels: channels.into(), tail: true, deliver: true });
        self
    }
    pub fn curve(&mut self, before: f64, segments: &[(i64, i64, f64, f64, Shape)]) -> ControlInput {
        let segments = segments.iter().map(|&(start, end, from, to, shape)| Segment { start, end, from, to, shape });
        self.program.curves.push(Curve { before, segments: segments.collect() });
        ControlInput::Curve(self.program.curves.len() as u32 - 1)
    }
    pub fn engine(self, options: Options) -> Result<Engine<S>, EngineError> {
        Engine::new(Arc::new(self.program), self.code, self.sources, options)
    }
}
