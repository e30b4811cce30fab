//! A program made ready to run: rings, nodes and the walk through them.
//!
//! Always true here: nothing in a machine grows with the song's length (apart from a short list where a strip
//! makes NaN), and what a visit computes hangs on its node's state and the cells it reads alone.

use crate::engine::Code;
use crate::error::{self, EngineError};
use crate::node::convolve::ConvolveNode;
use crate::node::kernel::KernelNode;
use crate::node::mix::MixNode;
use crate::node::resample::ResampleNode;
use crate::node::source::SourceNode;
use crate::node::spectral::SpectralNode;
use crate::node::{Body, Setup, Visit};
use crate::plan::{self, Plan};
use crate::report::{KernelReport, RenderReport};
use crate::ring::{Ring, Rings};
use crate::sample::Sample;
use crate::source::SourceReader;
use mixdown_layout::{Node, Program};
use std::cell::UnsafeCell;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Instant;

/// A program, ready.
pub(crate) struct Machine<S: Sample> {
    pub(crate) program: Arc<Program>,
    pub(crate) plan: Plan,
    pub(crate) rings: Rings<S>,
    nodes: Vec<Seat<S>>,
}

/// A node and the time it took. Only who was given the node's turn by the schedule touches it.
struct Seat<S: Sample> {
    body: UnsafeCell<Body<S>>,
    nanos: UnsafeCell<u64>,
}

// SAFETY: a seat is touched by one thread at a time, which the schedule decides, with the hand-over ordered by it.
unsafe impl<S: Sample> Sync for Seat<S> where Body<S>: Send {}

impl<S: Sample> Machine<S> {
    /// Sources in the order their nodes name them.
    pub(crate) fn new(
        program: &Arc<Program>,
        code: &Code,
        plan: Plan,
        sources: Vec<Box<dyn SourceReader<S>>>,
        skip: bool,
    ) -> Result<Self, EngineError> {
        let mut rings = Vec::with_capacity(plan.streams.len());
        for (kept, stream) in plan.streams.iter().zip(&program.streams) {
            rings.push(Ring::new(kept.cells as usize, stream.factor as usize, kept.wraps)?);
        }
        let widest = program.streams.iter().map(|s| s.factor).max().unwrap_or(1);
        let widest = program.kernels.iter().map(|k| k.factor).max().unwrap_or(1).max(widest);
        let rings = Rings::new(rings, widest as usize)?;
        let setup = Setup { program, code, rings: &rings, skip };
        let mut sources: Vec<_> = sources.into_iter().map(Some).collect();
        let mut bodies = Vec::with_capacity(program.nodes.len());
        for node in &program.nodes {
            bodies.push(match node {
                Node::Kernel { kernel, instances } => {
                    Body::Kernel(Box::new(KernelNode::new(&setup, *kernel as usize, instances)?))
                }
                Node::Mix { edges, gains, controls, output, .. } => {
                    Body::Mix(Box::new(MixNode::new(&setup, edges, gains, controls, *output)))
                }
                Node::Source { source, outputs } => {
                    let reader = sources[*source as usize].take();
                    let reader = reader.ok_or_else(|| EngineError::new(error::SOURCES, "a source is read twice"))?;
                    Body::Source(Box::new(SourceNode::new(&setup, outputs, reader)))
                }
                Node::Convolve { response, from, outputs, .. } => {
                    Body::Convolve(Box::new(ConvolveNode::new(&setup, *response, from, outputs)))
                }
                Node::Analyse { size, from, output } => {
                    Body::Spectral(Box::new(SpectralNode::new(&setup, *size, *from, None, *output)))
                }
                Node::Synthesise { size, from, gains, output } => {
                    Body::Spectral(Box::new(SpectralNode::new(&setup, *size, *from, Some(*gains), *output)))
                }
                Node::Upsample { factor, from, output } => {
                    Body::Resample(Box::new(ResampleNode::up(&setup, *factor, *from, *output)))
                }
                Node::Downsample { factor, from, output } => {
                    Body::Resample(Box::new(ResampleNode::down(&setup, *factor, *from, *output)))
                }
            });
        }
        if skip {
            watch(program, &mut bodies);
        }
        let seat = |body| Seat { body: UnsafeCell::new(body), nanos: UnsafeCell::new(0) };
        Ok(Machine { program: program.clone(), plan, rings, nodes: bodies.into_iter().map(seat).collect() })
    }

    /// How many nodes there are.
    pub(crate) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Lets node `n` work on its cells of a batch; `end` is the first cell no output needs. `clock` is the end of
    /// the visit before on this thread, and becomes the end of this one.
    ///
    /// # Safety
    /// No other thread visits this node meanwhile or writes what it reads or reads what it writes, the node's
    /// visit of the batch before has happened before this, and so have those of the nodes it reads.
    pub(crate) unsafe fn visit(
        &self,
        n: usize,
        batch: u64,
        end: u64,
        sure_before: u64,
        clock: &mut Instant,
    ) -> Result<(), EngineError> {
        let seat = &self.nodes[n];
        // SAFETY: the caller has the node's turn.
        let body = unsafe { &mut *seat.body.get() };
        let cells = self.plan.cells(batch, self.plan.leads[n], end);
        let visit = Visit { program: &self.program, sure_before };
        let result = catch_unwind(AssertUnwindSafe(|| body.run(&visit, cells)));
        let now = Instant::now();
        // SAFETY: as above.
        unsafe { *seat.nanos.get() += now.duration_since(*clock).as_nanos() as u64 };
        *clock = now;
        result.unwrap_or_else(|panic| Err(self.panicked(n, panic.as_ref())))
    }

    fn panicked(&self, n: usize, panic: &(dyn std::any::Any + Send)) -> EngineError {
        let said = panic.downcast_ref::<&str>().map(|s| (*s).to_string());
        let said = said.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
        let what = match &self.program.nodes[n] {
            Node::Kernel { kernel, instances } => {
                let path = instances.first().map_or("", |i| i.path.as_str());
                format!("the kernel `{}` of `{path}`", self.program.kernels[*kernel as usize].name)
            }
            Node::Mix { path, .. } => format!("the sum of `{path}`"),
            node => {
                let stream = plan::writes(node).first().map(|s| self.program.streams[*s as usize].name.clone());
                format!("what writes `{}`", stream.unwrap_or_default())
            }
        };
        EngineError::new(error::PANIC, format!("{what} broke: {said}"))
            .help("this is a fault of the engine, not of the song")
    }

    /// Bytes of everything.
    pub(crate) fn bytes(&mut self) -> usize {
        let packs = self.nodes.iter_mut().map(|seat| match seat.body.get_mut() {
            Body::Kernel(node) => node.pack.bytes(),
            Body::Convolve(node) => node.bytes(),
            _ => 0,
        });
        packs.sum::<usize>() + self.rings.bytes()
    }

    /// What happened in a render of `frames` frames.
    pub(crate) fn report(&mut self, code: &Code, frames: u64, cells: u64) -> RenderReport {
        let mut report = RenderReport { frames, memory_bytes: self.bytes(), ..RenderReport::default() };
        for (info, code) in self.program.kernels.iter().zip(&code.kernels) {
            let name = info.name.clone();
            report.kernels.push(KernelReport { name, path: code.path(), ..KernelReport::default() });
        }
        let mut faults = BTreeMap::<&str, u64>::new();
        for (seat, &lead) in self.nodes.iter_mut().zip(&self.plan.leads) {
            let seconds = *seat.nanos.get_mut() as f64 * 1e-9;
            let body = seat.body.get_mut();
            for pen in body.pens() {
                match pen.faults.before(cells.saturating_add(lead)) {
                    0 => {}
                    n => *faults.entry(&self.program.streams[pen.stream as usize].name).or_default() += n,
                }
            }
            match body {
                Body::Kernel(node) => {
                    let kernel = &mut report.kernels[node.kernel];
                    kernel.seconds += seconds;
                    kernel.packs += 1;
                    kernel.skipped_cells += node.skipped;
                    report.skipped_cells += node.skipped;
                    report.dsp_seconds += seconds;
                }
                Body::Source(_) => report.source_seconds += seconds,
                Body::Mix(_) => report.mix_seconds += seconds,
                Body::Resample(_) => report.resample_seconds += seconds,
                Body::Convolve(_) | Body::Spectral(_) => report.transform_seconds += seconds,
            }
        }
        report.dsp_seconds += report.mix_seconds + report.resample_seconds + report.transform_seconds;
        report.faults = faults.into_iter().map(|(name, n)| (name.to_string(), n)).collect();
        report
    }

    /// Gives the sources back, in the order they were handed over.
    pub(crate) fn into_sources(self) -> Vec<Box<dyn SourceReader<S>>> {
        let mut sources: Vec<_> = Vec::new();
        for (seat, node) in self.nodes.into_iter().zip(&self.program.nodes) {
            if let (Body::Source(body), Node::Source { source, .. }) = (seat.body.into_inner(), node) {
                sources.push((*source, body.reader));
            }
        }
        sources.sort_by_key(|(index, _)| *index);
        sources.into_iter().map(|(_, reader)| reader).collect()
    }
}

/// Tells the writers whose silence somebody makes use of to note it.
fn watch<S: Sample>(program: &Program, bodies: &mut [Body<S>]) {
    let mut watched = vec![false; program.streams.len()];
    for (node, body) in program.nodes.iter().zip(bodies).rev() {
        for pen in body.pens_mut() {
            if watched[pen.stream as usize] {
                pen.watch();
            }
        }
        let asks = match (node, &*body) {
            (_, Body::Kernel(kernel)) => kernel.may_sleep(),
            (Node::Mix { gains, output, .. }, _) => MixNode::<S>::passes_silence(gains) && watched[*output as usize],
            (_, Body::Resample(_)) => true,
            _ => false,
        };
        if asks {
            plan::reads(node).iter().filter_map(|r| r.stream).for_each(|s| watched[s as usize] = true);
        }
    }
}
