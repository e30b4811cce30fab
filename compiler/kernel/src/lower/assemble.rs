//! Strips to a program: sums between strips, packs of equal kernels, topological order, streams that are really
//! written, and when the song ends.

use super::control::cut;
use super::edge::Term;
use super::finish::Proto;
use super::fuse::Fused;
use super::pack::pack;
use super::value::{At, Num, Sig};
use super::weave::Weave;
use super::response::{ResponseSpec, index_of};
use super::{Fault, Global, Lowered, Options, SourceSpec, codes};
use crate::ir::{Kernel, Op};
use mixdown_analysis::mix::{Mix, Source, StripKind};
use mixdown_layout::{
    ControlInfo, ControlInput, ControlUse, Edge, Instance, KernelInfo, LineInfo, Node, Output, Packing, Program, Read,
    SlotKind, StateInfo, StreamId, Tail,
};
use mixdown_syntax::Diagnostic;
use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};

/// A gain of a sum.
#[derive(Clone)]
enum Gain {
    Const(f64),
    Control(Kernel, Vec<ControlInput>),
}

/// A term that waits for its bus.
struct Waiting {
    order: (String, (u8, usize)),
    from: [StreamId; 2],
    offset: u32,
    width: u8,
    mono: Vec<(usize, usize, Gain)>,
    stereo: Vec<(usize, usize, Gain)>,
}

/// A program in the making.
pub(super) struct Assembly<'m> {
    global: Global<'m>,
    options: Options,
    waiting: HashMap<u32, Vec<Waiting>>,
    protos: Vec<Proto>,
    nodes: Vec<Node>,
    controls: Vec<Kernel>,
    sources: Vec<SourceSpec>,
    outputs: Vec<Output>,
    endless: Option<mixdown_syntax::Span>,
    end: u64,
}

impl<'m> Assembly<'m> {
    pub fn new(mix: &'m Mix, options: &Options) -> Self {
        Assembly {
            global: Global {
                mix,
                float: options.float,
                effects: &mix.effects,
                streams: Default::default(),
                hints: HashMap::default(),
                wanted: mix.strips.iter().flat_map(super::taps::of_strip).collect(),
                taps: HashMap::default(),
                failed: HashSet::default(),
                pending_taps: Vec::new(),
                responses: Vec::new(),
                measure: options.measure.clone(),
                pending_measures: Vec::new(),
            },
            options: options.clone(),
            waiting: HashMap::default(),
            protos: Vec::new(),
            nodes: Vec::new(),
            controls: Vec::new(),
            sources: Vec::new(),
            outputs: Vec::new(),
            endless: None,
            end: 0,
        }
    }

    /// Lowers one strip; all that it hears are lowered already.
    pub fn strip(&mut self, index: u32) -> Result<(), Fault> {
        let result = self.lower(index);
        if result.is_err() {
            // What it left half done belongs to no other strip, and who hears it has nothing of its own to say.
            self.global.pending_taps.clear();
            self.global.pending_measures.clear();
            self.global.failed.insert(index);
        }
        result
    }

    fn lower(&mut self, index: u32) -> Result<(), Fault> {
        let strip = &self.global.mix.strips[index as usize];
        let input = match strip.kind {
            StripKind::Track => self.source(index),
            StripKind::Bus | StripKind::Master => Some(self.bus(index)),
        };
        let mut weave = Weave::new(&mut self.global, &strip.path);
        weave.frames.push(super::effect::Frame::strip());
        let mut edges = weave.strip(index, strip, input)?;
        for _ in 0..4 {
            if !weave.retried {
                break;
            }
            self.global.pending_taps.clear();
            self.global.pending_measures.clear();
            weave = Weave::new(&mut self.global, &strip.path);
            weave.frames.push(super::effect::Frame::strip());
            edges = weave.strip(index, strip, input)?;
        }
        edges.retain(|e| e.open);
        let mut needed = Vec::new();
        let mut leave = |weave: &mut Weave<'_, '_>, sig: Sig| {
            let left = weave.leave(sig);
            needed.extend(left.iter().flat_map(|(s, _)| *s));
            left
        };
        for edge in &edges {
            let Some((from, offset)) = leave(&mut weave, edge.sig) else { continue };
            weave.global.streams.mark_output(from);
            let stereo = weave.terms(edge, 2)?;
            let mono = if edge.width() == 1 { weave.terms(edge, 1)? } else { Vec::new() };
            let waiting = Waiting {
                order: edge.order.clone(),
                from,
                offset,
                width: edge.width(),
                mono: gains(&weave, mono)?,
                stereo: gains(&weave, stereo)?,
            };
            self.waiting.entry(edge.to).or_default().push(waiting);
        }
        let taps = std::mem::take(&mut weave.global.pending_taps);
        let measures = std::mem::take(&mut weave.global.pending_measures);
        for (tap, sig) in taps {
            let sig = match leave(&mut weave, sig) {
                Some((streams, offset)) => Sig { offset, ..Sig::streams(streams, sig.width, At::default(), 0) },
                None => Sig { at: At::default(), ..sig },
            };
            weave.global.taps.insert(tap, sig);
        }
        for (path, sig) in measures {
            self.outputs.push(output(&path, leave(&mut weave, sig), sig.width, false, true));
        }
        let end = weave.end;
        if let Some(end) = end {
            let left = leave(&mut weave, end);
            if let Some((streams, _)) = left {
                weave.global.streams.mark_output(streams);
            }
            let master = strip.kind == StripKind::Master;
            let deliver = master || self.options.deliver.contains(&strip.path);
            let out = output(&strip.path, left, end.width, true, deliver);
            if master {
                self.outputs.insert(0, out);
            } else {
                self.outputs.push(out);
            }
        }
        let finished = weave.finish(&needed)?;
        self.protos.extend(finished.protos);
        self.nodes.extend(finished.nodes);
        Ok(())
    }

    /// The streams of a track's file or clips, and how long they are.
    fn source(&mut self, index: u32) -> Option<Sig> {
        let mix = self.global.mix;
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
        let streams = self.global.streams.pair(width, 1, &strip.path);
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
        let strip = &self.global.mix.strips[index as usize];
        let mut terms = self.waiting.remove(&index).unwrap_or_default();
        terms.sort_by(|a, b| a.order.cmp(&b.order));
        let widest = terms.iter().map(|t| t.width).max().unwrap_or(1);
        let width = if strip.kind == StripKind::Master { 2 } else { widest };
        let streams = self.sum(&strip.path, &terms, width);
        if strip.kind == StripKind::Master {
            let stems: Vec<String> = self.options.stems.clone();
            for path in stems {
                let own: Vec<&Waiting> = terms.iter().filter(|t| t.order.0 == path).collect();
                let streams = self.sum_of(&path, &own, 2);
                self.outputs.push(output(&path, Some((streams, 0)), 2, false, true));
            }
        }
        Sig::streams(streams, width, At::default(), 0)
    }

    fn sum(&mut self, path: &str, terms: &[Waiting], width: u8) -> [StreamId; 2] {
        let all: Vec<&Waiting> = terms.iter().collect();
        self.sum_of(path, &all, width)
    }

    fn sum_of(&mut self, path: &str, terms: &[&Waiting], width: u8) -> [StreamId; 2] {
        let streams = self.global.streams.pair(width, 1, path);
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
                        Gain::Control(kernel, inputs) => {
                            gains.push((SlotKind::Control, 0.0));
                            let control = self.control(kernel);
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
    fn control(&mut self, kernel: &Kernel) -> u32 {
        match self.controls.iter().position(|k| k == kernel) {
            Some(i) => i as u32,
            None => {
                self.controls.push(kernel.clone());
                self.controls.len() as u32 - 1
            }
        }
    }

    /// The whole program.
    pub fn program(mut self) -> Result<Lowered, Diagnostic> {
        let mix = self.global.mix;
        if let (Some(span), None) = (self.endless, mix.song.length) {
            return Err(Diagnostic::error(&codes::NO_END, span, "a generator never ends, so the song has no end")
                .help("add `length 10s` (or as long as it should be) at the top of the song"));
        }
        let heard: Vec<StreamId> = self.outputs.iter().flat_map(|o| &o.channels).filter_map(|r| r.stream).collect();
        let packed = pack(&self.protos, &self.nodes, &heard)
            .map_err(|e| Fault::inside(format!("kernels that do not fit together: {e:?}")).diagnostic(mixdown_syntax::Span::default()))?;
        let protos = std::mem::take(&mut self.protos);
        let mut kernels: Vec<(Kernel, Packing)> = Vec::new();
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
                    id = kernel_id(&mut kernels, &fused.kernel, &parts[0].path, pack.packing);
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
            for (kernel, inputs, own) in &proto.controls {
                let control = self.control(kernel);
                let own = own.iter().map(|slot| first + slot).collect();
                controls.push(ControlUse { control, inputs: inputs.clone(), slots: own });
            }
        }
        let path = members.first().map(|p| p.path.clone()).unwrap_or_default();
        Instance { path, inputs: fused.inputs, outputs: fused.outputs, slots, controls }
    }

    fn finish(self, kernels: Vec<(Kernel, Packing)>, nodes: Vec<Node>) -> Lowered {
        let mix = self.global.mix;
        let rate = f64::from(mix.song.sample_rate);
        let convolved = self.global.responses.iter().map(|r| r.samples).max().unwrap_or(0);
        let longest = kernels
            .iter()
            .flat_map(|(k, _)| k.lines.iter().map(|l| u64::from(l.capacity / k.factor.max(1))))
            .max()
            .unwrap_or(0)
            .max(convolved);
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
            streams: self.global.streams.list,
            kernels: kernels.iter().map(|(k, p)| info(k, *p)).collect(),
            controls: self
                .controls
                .iter()
                .map(|k| ControlInfo { inputs: k.inputs.len() as u32, outputs: k.outputs.len() as u32 })
                .collect(),
            nodes,
            outputs: self.outputs,
            sources_end: if self.endless.is_some() { None } else { Some(self.end) },
            length: mix.song.length,
            tail,
        };
        let (program, responses) = renumbered(program, self.global.responses);
        Lowered { program, kernels, controls: self.controls, sources: self.sources, responses }
    }
}

fn libm_factor(db: f64) -> f64 {
    crate::math::factor(&mut crate::math::Plain::<f64>::new(), db)
}

fn output(name: &str, left: Option<([StreamId; 2], u32)>, width: u8, tail: bool, deliver: bool) -> Output {
    let channels = (0..width as usize)
        .map(|c| match left {
            Some((s, offset)) => Read { stream: Some(s[c]), offset },
            None => Read { stream: None, offset: 0 },
        })
        .collect();
    Output { name: name.to_string(), channels, tail, deliver }
}

fn gains(weave: &Weave<'_, '_>, terms: Vec<Term>) -> Result<Vec<(usize, usize, Gain)>, Fault> {
    terms
        .into_iter()
        .map(|t| {
            let gain = match t.gain {
                Num::Const(c) => Gain::Const(c.value),
                Num::Control(v) => {
                    let mut cuts = cut(weave.control.kernel(), &weave.control_inputs, &[v]);
                    match cuts.pop() {
                        Some(c) => Gain::Control(c.kernel, c.inputs),
                        None => return Err(Fault::inside("a gain without code")),
                    }
                }
                Num::Audio(_) => return Err(Fault::inside("a gain at audio rate outside of its strip")),
            };
            Ok((t.from, t.into, gain))
        })
        .collect()
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
        Node::Mix { output, .. } | Node::Upsample { output, .. } | Node::Downsample { output, .. } => {
            Box::new(std::iter::once(*output))
        }
        Node::Source { outputs, .. } | Node::Convolve { outputs, .. } => Box::new(outputs.iter().copied()),
    }
}

fn kernel_id(kernels: &mut Vec<(Kernel, Packing)>, kernel: &Kernel, path: &str, packing: Packing) -> u32 {
    if let Some(i) = kernels.iter().position(|(k, p)| *p == packing && k.body == kernel.body && same(k, kernel)) {
        return i as u32;
    }
    kernels.push((Kernel { name: path.to_string(), ..kernel.clone() }, packing));
    kernels.len() as u32 - 1
}

/// Equal but for the name.
fn same(a: &Kernel, b: &Kernel) -> bool {
    a.float == b.float
        && a.factor == b.factor
        && a.inputs == b.inputs
        && a.outputs == b.outputs
        && a.slots == b.slots
        && a.states == b.states
        && a.lines == b.lines
}

fn info(k: &Kernel, packing: Packing) -> KernelInfo {
    KernelInfo {
        name: k.name.clone(),
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
            Node::Upsample { from, output, .. } | Node::Downsample { from, output, .. } => {
                read(from);
                write(output);
            }
        }
    }
    p.outputs.iter_mut().flat_map(|o| o.channels.iter_mut()).for_each(read);
    p.streams = list;
    (p, responses)
}
