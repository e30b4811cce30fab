//! Strips to a program: sums between strips, packs of equal kernels, topological order, streams that are really
//! written, and when the song ends.

use super::finish::Proto;
use super::fuse::Fused;
use super::memory::{Memory, Shape};
use super::pack::pack;
use super::region::Streams;
use super::response::{ResponseSpec, index_of};
use super::value::{At, Sig};
use super::woven::{Gain, Left, Order, Setting, Waiting, Woven, wanted, woven};
use super::{Fault, Lowered, Options, SourceSpec, codes};
use crate::ir::{Kernel, Op};
use mixdown_analysis::body::{Tap, TapPoint};
use mixdown_analysis::mix::{Mix, Source, StripKind};
use mixdown_layout::{
    ControlInfo, ControlUse, Edge, Instance, KernelInfo, LineInfo, Node, Output, Packing, Program, Read,
    SlotKind, StateInfo, StreamId, Tail,
};
use mixdown_syntax::Diagnostic;
use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};

/// A program in the making.
pub(super) struct Assembly<'m> {
    mix: &'m Mix,
    options: &'m Options,
    memory: &'m mut Memory,
    /// Numbers of the mix's effects.
    effects: Vec<u64>,
    streams: Streams,
    /// What convolutions do, each once.
    responses: Vec<ResponseSpec>,
    /// Points that keys listen to.
    wanted: HashMap<u32, Vec<TapPoint>>,
    /// Their signals, once their strip is lowered.
    taps: HashMap<Tap, Sig>,
    /// Strips that could not be lowered.
    failed: HashSet<u32>,
    /// Terms for each bus.
    waiting: HashMap<u32, Vec<Waiting>>,
    protos: Vec<Proto>,
    nodes: Vec<Node>,
    controls: Vec<Shape>,
    sources: Vec<SourceSpec>,
    outputs: Vec<Output>,
    /// The master's output, once it is lowered.
    master: Option<Sig>,
    endless: Option<mixdown_syntax::Span>,
    end: u64,
}

impl<'m> Assembly<'m> {
    pub fn new(mix: &'m Mix, options: &'m Options, memory: &'m mut Memory) -> Self {
        Assembly {
            mix,
            options,
            effects: memory.begin(mix, options),
            memory,
            streams: Streams::default(),
            responses: Vec::new(),
            wanted: wanted(mix, options),
            taps: HashMap::default(),
            failed: HashSet::default(),
            waiting: HashMap::default(),
            protos: Vec::new(),
            nodes: Vec::new(),
            controls: Vec::new(),
            sources: Vec::new(),
            outputs: Vec::new(),
            master: None,
            endless: None,
            end: 0,
        }
    }

    /// Lowers one strip; all that it hears are lowered already.
    pub fn strip(&mut self, index: u32) -> Result<(), Fault> {
        let strip = &self.mix.strips[index as usize];
        let input = match strip.kind {
            StripKind::Track => self.source(index),
            StripKind::Bus | StripKind::Master => Some(self.bus(index)),
            StripKind::Monitor => self.master,
        };
        let (mix, options, effects) = (self.mix, self.options, std::mem::take(&mut self.effects));
        // Who hears a strip that could not be lowered has nothing of its own to say.
        let tap = |tap: &Tap| match self.failed.contains(&tap.strip) {
            true => Some(Sig::silence()),
            false => self.taps.get(tap).copied(),
        };
        let wanted = self.wanted.remove(&index).unwrap_or_default();
        let (order, content) =
            Order::new((mix, options, &effects), &self.memory.surroundings, (index, input), tap, wanted);
        let result = woven(&order, content, self.memory).map(|woven| self.set(&order, &woven));
        self.effects = effects;
        if result.is_err() {
            self.failed.insert(index);
        }
        result
    }

    /// Sets what a strip became into the program.
    fn set(&mut self, order: &Order<'_>, woven: &Woven) {
        let setting = Setting {
            heard: &order.heard,
            first: self.streams.list.len() as StreamId,
            curves: &order.curves,
            files: &order.files,
        };
        self.streams.list.extend_from_slice(&woven.streams);
        for own in &woven.leaving {
            self.streams.mark_output(setting.stream(*own));
        }
        for edge in &woven.edges {
            let to = order.strips[edge.to as usize];
            self.waiting.entry(to).or_default().push(setting.waiting(edge));
        }
        for (point, sig) in &woven.taps {
            self.taps.insert(Tap { strip: order.index, point: point.clone() }, setting.sig(*sig));
        }
        for (path, left, width) in &woven.measures {
            self.outputs.push(output(path, setting.left(*left), *width, false, true));
        }
        if let Some((left, width)) = woven.end {
            let path = &order.strip.path;
            let master = order.strip.kind == StripKind::Master;
            let deliver = master || self.options.deliver.contains(path);
            let left = setting.left(left);
            let out = output(path, left, width, true, deliver);
            if master {
                self.master = left.map(|(streams, offset)| Sig { offset, ..Sig::streams(streams, width, At::default(), 0) });
                self.outputs.insert(0, out);
            } else {
                self.outputs.push(out);
            }
        }
        self.protos.extend(woven.protos.iter().map(|proto| setting.proto(proto)));
        let responses: Vec<u32> = woven.responses.iter().map(|own| setting.response(own, &mut self.responses)).collect();
        self.nodes.extend(woven.nodes.iter().map(|node| setting.node(node, &responses)));
    }

    /// The streams of a track's file or clips, and how long they are.
    fn source(&mut self, index: u32) -> Option<Sig> {
        let mix = self.mix;
        let strip = &mix.strips[index as usize];
        let channels_of = |file: u32, channel: Option<u32>| {
            let channels = mix.files.get(file as usize).map_or(1, |f| f.channels);
            if channel.is_some() { 1 } else { channels.clamp(1, 2) as u8 }
        };
        let width = match &strip.source {
            Some(Source::File(f)) => {
                self.end = self.end.max(length_here(mix, f.file));
                channels_of(f.file, f.channel)
            }
            Some(Source::Clips(clips)) => {
                for clip in clips {
                    let whole = length_here(mix, clip.source.file).saturating_sub(clip.from);
                    let one = clip.length.map_or(whole, |l| l.min(whole));
                    let end = clip.at + (one * u64::from(clip.repeat.max(1))) as i64;
                    self.end = self.end.max(end.max(0) as u64);
                }
                clips.iter().map(|c| channels_of(c.source.file, c.source.channel)).max().unwrap_or(1)
            }
            Some(Source::Generator(_)) => {
                self.endless.get_or_insert(strip.span);
                return None;
            }
            None => return None,
        };
        let streams = self.streams.pair(width, 1, &strip.path);
        let source = self.sources.len() as u32;
        self.sources.push(SourceSpec {
            path: strip.path.clone(),
            source: strip.source.clone()?,
            channels: width as usize,
            span: strip.span,
        });
        self.nodes.push(Node::Source { source, outputs: streams[..width as usize].to_vec() });
        Some(Sig::streams(streams, width, At::default(), 0))
    }

    /// The sum of what feeds a bus.
    fn bus(&mut self, index: u32) -> Sig {
        let strip = &self.mix.strips[index as usize];
        let mut terms = self.waiting.remove(&index).unwrap_or_default();
        terms.sort_by(|a, b| a.order.cmp(&b.order));
        let widest = terms.iter().map(|t| t.width).max().unwrap_or(1);
        let width = if strip.kind == StripKind::Master { 2 } else { widest };
        let streams = self.sum(&strip.path, &terms, width);
        for path in self.stems_at(index) {
            let own: Vec<&Waiting> = terms.iter().filter(|t| t.order.0 == path).collect();
            let streams = self.sum_of(&path, &own, 2);
            self.outputs.push(output(&path, Some((streams, 0)), 2, false, true));
        }
        Sig::streams(streams, width, At::default(), 0)
    }

    /// The stems that are taken here: at the master, or where else a strip goes first.
    fn stems_at(&self, index: u32) -> Vec<String> {
        let strips = &self.mix.strips;
        let taken = |path: &&String| {
            let Some(strip) = strips.iter().find(|s| s.path == **path) else { return false };
            let master = strip.outputs.iter().find(|o| strips[o.to as usize].kind == StripKind::Master);
            master.or(strip.outputs.first()).is_some_and(|o| o.to == index)
        };
        self.options.stems.iter().filter(taken).cloned().collect()
    }

    fn sum(&mut self, path: &str, terms: &[Waiting], width: u8) -> [StreamId; 2] {
        let all: Vec<&Waiting> = terms.iter().collect();
        self.sum_of(path, &all, width)
    }

    fn sum_of(&mut self, path: &str, terms: &[&Waiting], width: u8) -> [StreamId; 2] {
        let streams = self.streams.pair(width, 1, path);
        for channel in 0..width as usize {
            let mut edges = Vec::new();
            let mut gains = Vec::new();
            let mut controls = Vec::new();
            for term in terms {
                let list = if width == 1 { &term.mono } else { &term.stereo };
                for (from, _, gain) in list.iter().filter(|(_, into, _)| *into == channel) {
                    let slot = gains.len() as u32;
                    match gain {
                        Gain::Const(x) => gains.push((SlotKind::Const, *x)),
                        Gain::Control(shape, inputs) => {
                            gains.push((SlotKind::Control, 0.0));
                            let control = self.control(shape);
                            controls.push(ControlUse { control, inputs: inputs.clone(), slots: vec![slot] });
                        }
                    }
                    edges.push(Edge { from: Read { stream: Some(term.from[*from]), offset: term.offset }, gain: slot });
                }
            }
            self.nodes.push(Node::Mix { path: path.to_string(), edges, gains, controls, output: streams[channel] });
        }
        streams
    }

    /// The number of a piece of control code, equal pieces once.
    fn control(&mut self, shape: &Shape) -> u32 {
        let known = self.controls.iter().position(|c| c.step.shape == shape.step.shape);
        let at = known.unwrap_or_else(|| {
            self.controls.push(shape.clone());
            self.controls.len() - 1
        });
        at as u32
    }

    /// The whole program.
    pub fn program(mut self) -> Result<Lowered, Diagnostic> {
        let mix = self.mix;
        if let (Some(span), None) = (self.endless, mix.song.length) {
            return Err(Diagnostic::error(&codes::NO_END, span, "a generator never ends, so the song has no end")
                .help("add `length 10s` (or as long as it should be) at the top of the song"));
        }
        let heard: Vec<StreamId> = self.outputs.iter().flat_map(|o| &o.channels).filter_map(|r| r.stream).collect();
        let packed = pack(&self.protos, &self.nodes, &heard, self.memory)
            .map_err(|e| Fault::inside(format!("kernels that do not fit together: {e:?}")).diagnostic(mixdown_syntax::Span::default()))?;
        let protos = std::mem::take(&mut self.protos);
        let mut kernels: Vec<(Shape, Packing, String)> = Vec::new();
        let mut placed: Vec<(usize, Node)> = std::mem::take(&mut self.nodes)
            .into_iter()
            .zip(packed.levels)
            .map(|(node, level)| (level, node))
            .collect();
        for pack in packed.packs {
            let mut instances = Vec::new();
            let mut id = 0;
            for (members, fused) in pack.instances {
                let parts: Vec<&Proto> = members.iter().map(|&p| &protos[p]).collect();
                if instances.is_empty() {
                    id = kernel_id(&mut kernels, &fused.shape, &parts[0].path, pack.packing);
                }
                instances.push(self.instance(&parts, fused));
            }
            placed.push((pack.level, Node::Kernel { kernel: id, instances }));
        }
        placed.sort_by_key(|(level, _)| *level);
        let nodes: Vec<Node> = placed.into_iter().map(|(_, n)| n).collect();
        Ok(self.finish(kernels, nodes))
    }

    /// An instance of a fused kernel.
    fn instance(&mut self, members: &[&Proto], fused: Fused) -> Instance {
        let mut slots = Vec::new();
        let mut controls = Vec::new();
        for proto in members {
            let first = slots.len() as u32;
            slots.extend_from_slice(&proto.slots);
            for (shape, inputs, own) in &proto.controls {
                let control = self.control(shape);
                let own = own.iter().map(|slot| first + slot).collect();
                controls.push(ControlUse { control, inputs: inputs.clone(), slots: own });
            }
        }
        let path = members.first().map(|p| p.path.clone()).unwrap_or_default();
        Instance { path, inputs: fused.inputs, outputs: fused.outputs, slots, controls }
    }

    fn finish(mut self, kernels: Vec<(Shape, Packing, String)>, nodes: Vec<Node>) -> Lowered {
        let mix = self.mix;
        let rate = f64::from(mix.song.sample_rate);
        let heard = super::tail::heard(mix);
        self.outputs.iter_mut().for_each(|o| o.tail &= heard.contains(o.name.as_str()));
        let held = kernels.iter().map(|(shape, ..)| super::tail::lines(&shape.kernel)).collect();
        let longest = super::tail::longest(&nodes, held, &self.responses, self.streams.list.len());
        let most = (mix.song.tail.1 * rate) as u64;
        let tail = Tail {
            threshold: libm_factor(mix.song.tail.0),
            hold: (rate as u64).max(longest).min(most),
            most,
        };
        let program = Program {
            float: self.options.float,
            sample_rate: mix.song.sample_rate,
            tempo: mix.song.tempo.clone(),
            curves: mix.curves.clone(),
            streams: self.streams.list,
            kernels: kernels.iter().map(|(k, p, name)| info(&k.kernel, *p, name)).collect(),
            controls: self
                .controls
                .iter()
                .map(|c| ControlInfo { inputs: c.kernel.inputs.len() as u32, outputs: c.kernel.outputs.len() as u32 })
                .collect(),
            nodes,
            outputs: self.outputs,
            sources_end: if self.endless.is_some() { None } else { Some(self.end) },
            length: mix.song.length,
            tail,
        };
        let memory = self.memory;
        let (program, responses) = renumbered(program, self.responses);
        Lowered {
            program,
            shapes: kernels.iter().map(|(shape, ..)| shape.step.shape).collect(),
            kernels: kernels.into_iter().map(|(k, packing, name)| (memory.named(&k, name), packing)).collect(),
            control_shapes: self.controls.iter().map(|c| c.step.shape).collect(),
            controls: self.controls.into_iter().map(|c| c.kernel).collect(),
            sources: self.sources,
            responses,
        }
    }
}

fn libm_factor(db: f64) -> f64 {
    crate::math::factor(&mut crate::math::Plain::<f64>::new(), db)
}

fn output(name: &str, left: Left, width: u8, tail: bool, deliver: bool) -> Output {
    let channels = (0..width as usize)
        .map(|c| match left {
            Some((s, offset)) => Read { stream: Some(s[c]), offset },
            None => Read { stream: None, offset: 0 },
        })
        .collect();
    Output { name: name.to_string(), channels, tail, deliver }
}

/// Length of a file at the mix's rate, in samples.
fn length_here(mix: &Mix, file: u32) -> u64 {
    let Some(f) = mix.files.get(file as usize) else { return 0 };
    if f.rate == 0 {
        return 0;
    }
    (u128::from(f.frames) * u128::from(mix.song.sample_rate)).div_ceil(u128::from(f.rate)) as u64
}

/// The streams a node writes.
pub(super) fn written(node: &Node) -> Box<dyn Iterator<Item = StreamId> + '_> {
    match node {
        Node::Kernel { instances, .. } => Box::new(instances.iter().flat_map(|i| i.outputs.iter().copied())),
        Node::Mix { output, .. }
        | Node::Upsample { output, .. }
        | Node::Downsample { output, .. }
        | Node::Analyse { output, .. }
        | Node::Synthesise { output, .. } => Box::new(std::iter::once(*output)),
        Node::Source { outputs, .. } | Node::Convolve { outputs, .. } => Box::new(outputs.iter().copied()),
    }
}

fn kernel_id(kernels: &mut Vec<(Shape, Packing, String)>, shape: &Shape, path: &str, packing: Packing) -> u32 {
    let known = kernels.iter().position(|(k, p, _)| *p == packing && k.step.shape == shape.step.shape);
    let at = known.unwrap_or_else(|| {
        kernels.push((shape.clone(), packing, path.to_string()));
        kernels.len() - 1
    });
    at as u32
}

fn info(k: &Kernel, packing: Packing, name: &str) -> KernelInfo {
    KernelInfo {
        name: name.to_string(),
        packing,
        factor: k.factor,
        inputs: k.inputs.iter().map(|p| p.width).collect(),
        outputs: k.outputs.iter().map(|p| p.width).collect(),
        states: k
            .states
            .iter()
            .map(|s| StateInfo {
                name: s.name.clone(),
                width: s.ty.width,
                init: s.init,
                integer: s.ty.kind == crate::ir::Kind::Int,
            })
            .collect(),
        lines: k
            .lines
            .iter()
            .map(|l| LineInfo { name: l.name.clone(), width: l.width, capacity: l.capacity })
            .collect(),
        slots: k.slots.iter().map(|s| s.kind).collect(),
        clock: k.body.contains(&Op::Time),
    }
}

/// Only the streams that some node writes and the responses that some node has, numbered in the order of the nodes.
fn renumbered(mut p: Program, all: Vec<ResponseSpec>) -> (Program, Vec<ResponseSpec>) {
    let mut responses = Vec::new();
    let mut map: HashMap<StreamId, StreamId> = HashMap::default();
    let mut list = Vec::new();
    for node in &p.nodes {
        for s in written(node) {
            map.entry(s).or_insert_with(|| {
                list.push(p.streams[s as usize].clone());
                list.len() as StreamId - 1
            });
        }
    }
    let read = |r: &mut Read| r.stream = r.stream.and_then(|s| map.get(&s).copied());
    let write = |s: &mut StreamId| *s = map.get(s).copied().unwrap_or(*s);
    for node in &mut p.nodes {
        match node {
            Node::Kernel { instances, .. } => {
                for i in instances {
                    i.inputs.iter_mut().for_each(read);
                    i.outputs.iter_mut().for_each(write);
                }
            }
            Node::Mix { edges, output, .. } => {
                edges.iter_mut().for_each(|e| read(&mut e.from));
                write(output);
            }
            Node::Source { outputs, .. } => outputs.iter_mut().for_each(write),
            Node::Convolve { response, from, outputs, .. } => {
                from.iter_mut().for_each(read);
                outputs.iter_mut().for_each(write);
                *response = index_of(&mut responses, &all[*response as usize]);
            }
            Node::Synthesise { from, gains, output, .. } => {
                read(from);
                read(gains);
                write(output);
            }
            Node::Upsample { from, output, .. } | Node::Downsample { from, output, .. } | Node::Analyse { from, output, .. } => {
                read(from);
                write(output);
            }
        }
    }
    p.outputs.iter_mut().flat_map(|o| o.channels.iter_mut()).for_each(read);
    p.streams = list;
    (p, responses)
}
