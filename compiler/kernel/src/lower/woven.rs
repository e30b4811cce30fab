//! One strip on its own. Always true here: what a strip becomes names nothing outside of it: streams it hears come
//! first among its streams, curves and strips are places in its content; so equal strips are woven once, and what was
//! woven is set into any program.

use super::control::cut;
use super::content::{Content, place};
use super::edge::{Edge, Term};
use super::effect::Frame;
use super::finish::Proto;
use super::memory::{Memory, Shape, Shapes};
use super::region::Streams;
use super::response::{ResponseSpec, index_of};
use super::value::{At, Home, Num, Sig};
use super::weave::Weave;
use super::{Fault, Global, Options, taps};
use crate::content::Bytes;
use mixdown_analysis::body::{Tap, TapPoint};
use mixdown_analysis::mix::{Mix, Strip};
use mixdown_layout::{ControlInput, Node, Read, Stream, StreamId};
use rustc_hash::FxHashMap as HashMap;
use std::rc::Rc;

/// Streams that leave a strip, and the latency that their readers undo; none of silence.
pub(super) type Left = Option<([StreamId; 2], u32)>;

/// What one strip became.
pub(super) struct Woven {
    /// The streams it makes, numbered after those it hears.
    pub streams: Vec<Stream>,
    /// Streams on which its sound leaves it, its own and heard ones.
    pub leaving: Vec<StreamId>,
    pub protos: Vec<Proto>,
    /// Resamplers and convolutions between them.
    pub nodes: Vec<Node>,
    /// What the convolutions do; files are places in its content.
    pub responses: Vec<ResponseSpec>,
    pub edges: Vec<Waiting>,
    /// Points that others listen to.
    pub taps: Vec<(TapPoint, Sig)>,
    /// Inputs of trims to be measured, with their widths.
    pub measures: Vec<(String, Left, u8)>,
    /// Its last signal and its width.
    pub end: Option<(Left, u8)>,
}

/// A term that waits for its bus.
#[derive(Clone)]
pub(super) struct Waiting {
    /// Which of the strips that its content names.
    pub to: u32,
    pub order: (String, (u8, usize)),
    pub from: [StreamId; 2],
    pub offset: u32,
    pub width: u8,
    /// Gains into a mono and into a stereo bus: from which channel, into which.
    pub mono: Vec<(usize, usize, Gain)>,
    pub stereo: Vec<(usize, usize, Gain)>,
}

/// A gain of a sum.
#[derive(Clone)]
pub(super) enum Gain {
    Const(f64),
    /// Code and what it reads.
    Control(Shape, Vec<ControlInput>),
}

/// What is woven: a strip and what it hears, as the strip numbers it.
pub(super) struct Order<'m> {
    pub mix: &'m Mix,
    pub options: &'m Options,
    /// Numbers of the mix's effects.
    pub effects: &'m [u64],
    pub index: u32,
    pub strip: &'m Strip,
    pub input: Option<Sig>,
    /// Streams of the program that it hears.
    pub heard: Vec<StreamId>,
    /// Signals of other strips; none where one cannot be had.
    taps: Vec<(Tap, Option<Sig>)>,
    /// Points of it that others listen to, in their order.
    wanted: Vec<TapPoint>,
    /// Trims of it that are measured.
    measure: Vec<String>,
    /// Curves, strips and files that its content names.
    pub curves: Vec<u32>,
    pub strips: Vec<u32>,
    pub files: Vec<u32>,
}

impl<'m> Order<'m> {
    /// An order, and all that its result hangs on.
    pub fn new(
        (mix, options, effects): (&'m Mix, &'m Options, &'m [u64]),
        surroundings: &Bytes,
        (index, input): (u32, Option<Sig>),
        tap: impl Fn(&Tap) -> Option<Sig>,
        wanted: Vec<TapPoint>,
    ) -> (Self, Bytes) {
        let strip = &mix.strips[index as usize];
        let mut heard = Vec::new();
        let input = input.map(|sig| sig.renumbered(|s| place(&mut heard, s)));
        let mut taps: Vec<(Tap, Option<Sig>)> = Vec::new();
        for point in taps::of_strip(strip) {
            let sig = tap(&point).map(|sig| sig.renumbered(|s| place(&mut heard, s)));
            taps.push((point, sig));
        }
        let own = |path: &&String| path.strip_prefix(&strip.path).is_some_and(|rest| rest.starts_with('/'));
        let measure: Vec<String> = options.measure.iter().filter(own).cloned().collect();
        let mut content = Content::new(effects);
        content.add((surroundings, input, &wanted, &measure));
        content.strip(strip);
        content.add(taps.len());
        taps.iter().for_each(|(_, sig)| content.add(sig));
        for at in 0..content.files.len() {
            let file = mix.files.get(content.files[at] as usize);
            content.add(file.map(|f| (f.rate, f.channels, f.frames)));
        }
        let Content { bytes, curves, strips, files, .. } = content;
        let order =
            Order { mix, options, effects, index, strip, input, heard, taps, wanted, measure, curves, strips, files };
        (order, bytes)
    }

    /// Lowers the strip.
    pub fn weave(&self, memory: &mut Memory) -> Result<Woven, Fault> {
        let mut streams = Streams::default();
        self.heard.iter().for_each(|_| {
            streams.one(1, "");
        });
        let mut global = Global {
            mix: self.mix,
            float: self.options.float,
            numbers: self.effects,
            curves: &self.curves,
            streams,
            hints: std::mem::take(&mut memory.hints),
            wanted: &self.wanted,
            taps: self.taps.iter().filter_map(|(tap, sig)| Some((tap, (*sig)?))).collect(),
            pending_taps: Vec::new(),
            measure: &self.measure,
            responses: Vec::new(),
            pending_measures: Vec::new(),
        };
        let woven = self.with(&mut global, &mut memory.shapes);
        memory.hints = global.hints;
        woven
    }

    fn with(&self, global: &mut Global<'_>, shapes: &mut Shapes) -> Result<Woven, Fault> {
        let begin = |global| {
            let mut weave = Weave::new(global, &self.strip.path);
            weave.frames.push(Frame::strip());
            weave
        };
        let mut weave = begin(global);
        let mut edges = weave.strip(self.index, self.strip, self.input)?;
        for _ in 0..4 {
            if !weave.retried {
                break;
            }
            weave.global.pending_taps.clear();
            weave.global.pending_measures.clear();
            weave.global.responses.clear();
            weave.global.streams.list.truncate(self.heard.len());
            weave = begin(weave.global);
            edges = weave.strip(self.index, self.strip, self.input)?;
        }
        let mut out = Woven {
            streams: Vec::new(),
            leaving: Vec::new(),
            protos: Vec::new(),
            nodes: Vec::new(),
            responses: Vec::new(),
            edges: Vec::new(),
            taps: Vec::new(),
            measures: Vec::new(),
            end: None,
        };
        let mut needed = Vec::new();
        let mut leave = |weave: &mut Weave<'_, '_>, sig: Sig| {
            let left = weave.leave(sig);
            needed.extend(left.iter().flat_map(|(s, _)| *s));
            left
        };
        for edge in edges.iter().filter(|e| e.open) {
            let Some((from, offset)) = leave(&mut weave, edge.sig) else { continue };
            out.leaving.extend(from);
            out.edges.push(self.waiting(&mut weave, edge, (from, offset), shapes)?);
        }
        for (point, sig) in std::mem::take(&mut weave.global.pending_taps) {
            let sig = match leave(&mut weave, sig) {
                Some((streams, offset)) => Sig { offset, ..Sig::streams(streams, sig.width, At::default(), 0) },
                None => Sig { at: At::default(), ..sig },
            };
            out.taps.push((point, sig));
        }
        for (path, sig) in std::mem::take(&mut weave.global.pending_measures) {
            let left = leave(&mut weave, sig);
            out.measures.push((path, left, sig.width));
        }
        if let Some(end) = weave.end {
            let left = leave(&mut weave, end);
            out.leaving.extend(left.iter().flat_map(|(streams, _)| *streams));
            out.end = Some((left, end.width));
        }
        (out.protos, out.nodes) = weave.finish(&needed, shapes)?;
        out.streams = global.streams.list.split_off(self.heard.len());
        out.responses = std::mem::take(&mut global.responses);
        for spec in &mut out.responses {
            let file = |file: u32| self.files.iter().position(|f| *f == file).map(|at| at as u32);
            if let Some(own) = spec.recipe.file_mut() {
                *own = file(*own).ok_or_else(|| Fault::inside("a response of a file that the strip does not name"))?;
            }
        }
        Ok(out)
    }

    fn waiting(
        &self,
        weave: &mut Weave<'_, '_>,
        edge: &Edge,
        (from, offset): ([StreamId; 2], u32),
        shapes: &mut Shapes,
    ) -> Result<Waiting, Fault> {
        let stereo = weave.terms(edge, 2)?;
        let mono = if edge.width() == 1 { weave.terms(edge, 1)? } else { Vec::new() };
        let to = self.strips.iter().position(|strip| *strip == edge.to);
        let to = to.ok_or_else(|| Fault::inside("an edge into a strip that the strip does not name"))?;
        Ok(Waiting {
            to: to as u32,
            order: edge.order.clone(),
            from,
            offset,
            width: edge.width(),
            mono: gains(weave, mono, shapes)?,
            stereo: gains(weave, stereo, shapes)?,
        })
    }
}

fn gains(
    weave: &Weave<'_, '_>,
    terms: Vec<Term>,
    shapes: &mut Shapes,
) -> Result<Vec<(usize, usize, Gain)>, Fault> {
    let gain = |t: Term| {
        let gain = match t.gain {
            Num::Const(c) => Gain::Const(c.value),
            Num::Control(v) => match cut(weave.control.kernel(), &weave.control_inputs, &[v]).pop() {
                Some(c) => Gain::Control(shapes.of(c.kernel), c.inputs),
                None => return Err(Fault::inside("a gain without code")),
            },
            Num::Audio(_) => return Err(Fault::inside("a gain at audio rate outside of its strip")),
        };
        Ok((t.from, t.into, gain))
    };
    terms.into_iter().map(gain).collect()
}

/// Numbers of a strip in those of the program.
pub(super) struct Setting<'o> {
    /// Streams that the strip hears.
    pub heard: &'o [StreamId],
    /// The program's number of the first stream that the strip makes.
    pub first: StreamId,
    /// Curves and files that it names.
    pub curves: &'o [u32],
    pub files: &'o [u32],
}

impl Setting<'_> {
    /// The program's number of a stream.
    pub fn stream(&self, own: StreamId) -> StreamId {
        match self.heard.get(own as usize) {
            Some(heard) => *heard,
            None => self.first + own - self.heard.len() as StreamId,
        }
    }

    pub fn streams(&self, own: [StreamId; 2]) -> [StreamId; 2] {
        own.map(|s| self.stream(s))
    }

    pub fn left(&self, left: Left) -> Left {
        left.map(|(streams, offset)| (self.streams(streams), offset))
    }

    pub fn sig(&self, sig: Sig) -> Sig {
        sig.renumbered(|s| self.stream(s))
    }

    /// What control code reads.
    pub fn input(&self, input: &ControlInput) -> ControlInput {
        match input {
            ControlInput::Curve(place) => ControlInput::Curve(self.curves.get(*place as usize).copied().unwrap_or(*place)),
            other => *other,
        }
    }

    pub fn inputs(&self, inputs: &[ControlInput]) -> Vec<ControlInput> {
        inputs.iter().map(|input| self.input(input)).collect()
    }

    fn read(&self, read: &Read) -> Read {
        Read { stream: read.stream.map(|s| self.stream(s)), ..*read }
    }

    /// A kernel instance.
    pub fn proto(&self, own: &Proto) -> Proto {
        Proto {
            inputs: own.inputs.iter().map(|read| self.read(read)).collect(),
            outputs: own.outputs.iter().map(|s| self.stream(*s)).collect(),
            controls: own.controls.iter().map(|(k, reads, slots)| (k.clone(), self.inputs(reads), slots.clone())).collect(),
            shape: own.shape.clone(),
            path: own.path.clone(),
            slots: own.slots.clone(),
            ..*own
        }
    }

    /// The program's number of what a convolution does.
    pub fn response(&self, own: &ResponseSpec, all: &mut Vec<ResponseSpec>) -> u32 {
        let mut spec = own.clone();
        if let Some(file) = spec.recipe.file_mut() {
            *file = self.files.get(*file as usize).copied().unwrap_or(*file);
        }
        index_of(all, &spec)
    }

    /// A resampler, a convolution or a way to or from spectra; `responses` are the program's numbers of the strip's.
    pub fn node(&self, own: &Node, responses: &[u32]) -> Node {
        let mut node = own.clone();
        match &mut node {
            Node::Upsample { from, output, .. } | Node::Downsample { from, output, .. } | Node::Analyse { from, output, .. } => {
                *from = self.read(from);
                *output = self.stream(*output);
            }
            Node::Synthesise { from, gains, output, .. } => {
                *from = self.read(from);
                *gains = self.read(gains);
                *output = self.stream(*output);
            }
            Node::Convolve { response, from, outputs, .. } => {
                *response = responses[*response as usize];
                from.iter_mut().for_each(|read| *read = self.read(read));
                outputs.iter_mut().for_each(|s| *s = self.stream(*s));
            }
            // A strip makes no others itself.
            Node::Kernel { .. } | Node::Mix { .. } | Node::Source { .. } => {}
        }
        node
    }

    /// A term of a sum.
    pub fn waiting(&self, own: &Waiting) -> Waiting {
        let gains = |list: &[(usize, usize, Gain)]| {
            let gain = |gain: &Gain| match gain {
                Gain::Const(x) => Gain::Const(*x),
                Gain::Control(shape, inputs) => Gain::Control(shape.clone(), self.inputs(inputs)),
            };
            list.iter().map(|(from, into, g)| (*from, *into, gain(g))).collect()
        };
        Waiting {
            from: self.streams(own.from),
            mono: gains(&own.mono),
            stereo: gains(&own.stereo),
            order: own.order.clone(),
            ..*own
        }
    }
}

impl Sig {
    /// The same signal on streams of other numbers.
    fn renumbered(self, mut number: impl FnMut(StreamId) -> StreamId) -> Sig {
        match self.home {
            Home::Streams([a, b]) => Sig { home: Home::Streams([number(a), number(b)]), ..self },
            Home::Kernel(..) | Home::Zero => self,
        }
    }
}

/// The result of an order: found, or made and remembered.
pub(super) fn woven(order: &Order<'_>, content: Bytes, memory: &mut Memory) -> Result<Rc<Woven>, Fault> {
    if let Some(known) = memory.strips.get(&content) {
        memory.found += 1;
        return Ok(known.clone());
    }
    let woven = Rc::new(order.weave(memory)?);
    memory.strips.insert(content, woven.clone());
    Ok(woven)
}

/// The points of each strip that others listen to, in their order.
pub(super) fn wanted(mix: &Mix, options: &Options) -> HashMap<u32, Vec<TapPoint>> {
    let mut wanted: HashMap<u32, Vec<TapPoint>> = HashMap::default();
    for tap in mix.strips.iter().filter(|s| options.lowers(s)).flat_map(taps::of_strip) {
        wanted.entry(tap.strip).or_default().push(tap.point);
    }
    for points in wanted.values_mut() {
        points.sort();
        points.dedup();
    }
    wanted
}
