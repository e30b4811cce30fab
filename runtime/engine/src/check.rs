//! Whether program, code and sources fit each other. What passes here, the rest of the engine trusts.

use crate::engine::Code;
use crate::error::{self, EngineError};
use crate::fourier::Route;
use crate::sample::Sample;
use crate::source::SourceReader;
use mixdown_layout::{ControlInput, ControlUse, Instance, Node, Program, Read, SlotKind, StreamId};

fn broken(message: String) -> EngineError {
    EngineError::new(error::PROGRAM, message).help("this is a fault of the compiler, not of the song")
}

/// Fails with the first contradiction.
pub(crate) fn check<S: Sample>(
    program: &Program,
    code: &Code,
    sources: &[Box<dyn SourceReader<S>>],
) -> Result<(), EngineError> {
    if program.float != S::FLOAT {
        let message = format!("the program computes in {:?} but the engine in {:?}", program.float, S::FLOAT);
        return Err(EngineError::new(error::CODE, message));
    }
    for (what, has, wants) in [
        ("kernels", code.kernels.len(), program.kernels.len()),
        ("control code", code.controls.len(), program.controls.len()),
    ] {
        if has != wants {
            return Err(EngineError::new(
                error::CODE,
                format!("the program has {wants} {what}, {has} were handed over"),
            ));
        }
    }
    if program.sample_rate == 0 || program.tempo.points.is_empty() {
        return Err(broken("the program has no sample rate or no tempo".into()));
    }
    for kernel in &program.kernels {
        let widths = kernel.inputs.iter().chain(&kernel.outputs).copied();
        let widths = widths.chain(kernel.states.iter().map(|s| s.width)).chain(kernel.lines.iter().map(|l| l.width));
        if widths.into_iter().any(|w| w != 1 && w != 2) || !matches!(kernel.factor, 1 | 2 | 4 | 8 | 16) {
            return Err(broken(format!("kernel `{}` has a width or a factor that does not exist", kernel.name)));
        }
        if kernel.lines.iter().any(|l| !l.capacity.is_power_of_two()) {
            return Err(broken(format!("a line of kernel `{}` has no power of two as capacity", kernel.name)));
        }
    }
    let mut graph = Graph { program, code, written: vec![false; program.streams.len()], sources: vec![false; sources.len()] };
    for node in &program.nodes {
        graph.node(node, sources)?;
    }
    for output in &program.outputs {
        for read in &output.channels {
            graph.read(*read, 1, &output.name)?;
        }
    }
    Ok(())
}

struct Graph<'a> {
    program: &'a Program,
    code: &'a Code,
    written: Vec<bool>,
    sources: Vec<bool>,
}

impl Graph<'_> {
    fn node<S: Sample>(&mut self, node: &Node, sources: &[Box<dyn SourceReader<S>>]) -> Result<(), EngineError> {
        match node {
            Node::Kernel { kernel, instances } => {
                let info = self.program.kernels.get(*kernel as usize);
                let info = info.ok_or_else(|| broken(format!("kernel {kernel} does not exist")))?;
                if instances.is_empty() || instances.len() > info.packing.capacity() {
                    return Err(broken(format!("{} instances of `{}` in a pack", instances.len(), info.name)));
                }
                instances.iter().try_for_each(|i| self.instance_reads(i, *kernel as usize))?;
                for stream in instances.iter().flat_map(|i| &i.outputs) {
                    self.write(*stream, info.factor, &info.name)?;
                }
                Ok(())
            }
            Node::Mix { path, edges, gains, controls, output } => {
                let factor = self.program.streams.get(*output as usize).map_or(1, |s| s.factor);
                for edge in edges {
                    self.read(edge.from, factor, path)?;
                    if edge.gain as usize >= gains.len() {
                        return Err(broken(format!("the sum `{path}` has no gain {}", edge.gain)));
                    }
                }
                let kinds: Vec<SlotKind> = gains.iter().map(|g| g.0).collect();
                self.uses(controls, &kinds, path)?;
                self.write(*output, factor, path)
            }
            Node::Source { source, outputs } => {
                let channels = sources.get(*source as usize).map(|s| s.channels());
                let name = outputs.first().and_then(|s| self.program.streams.get(*s as usize)).map_or("", |s| &s.name);
                if channels != Some(outputs.len()) || self.sources[*source as usize] {
                    let has = channels.map_or("is missing".to_string(), |c| format!("has {c}"));
                    let message =
                        format!("source {source} of `{name}` is read with {} channels but {has}", outputs.len());
                    return Err(EngineError::new(error::SOURCES, message));
                }
                self.sources[*source as usize] = true;
                outputs.iter().try_for_each(|s| self.write(*s, 1, name))
            }
            Node::Convolve { path, response, from, outputs } => {
                let fits = self.code.responses.get(*response as usize).is_some_and(|r| {
                    let inside = |route: &Route| route.input < r.inputs && route.output < r.outputs;
                    r.inputs == from.len() && r.outputs == outputs.len() && r.routes.iter().all(inside)
                });
                if !fits {
                    return Err(EngineError::new(error::CODE, format!("`{path}` convolves with a response of other channels")));
                }
                let factor = outputs.first().and_then(|s| self.program.streams.get(*s as usize)).map_or(1, |s| s.factor);
                from.iter().try_for_each(|read| self.read(*read, factor, path))?;
                outputs.iter().try_for_each(|s| self.write(*s, factor, path))
            }
            Node::Analyse { size, from, output } => {
                self.window(*size)?;
                self.read(*from, 1, "a spectrum")?;
                self.write(*output, 2, "a spectrum")
            }
            Node::Synthesise { size, from, gains, output } => {
                self.window(*size)?;
                self.read(*from, 1, "a spectrum")?;
                self.read(*gains, 2, "a spectrum")?;
                self.write(*output, 1, "a spectrum")
            }
            Node::Upsample { factor, from, output } => {
                self.factor(*factor)?;
                let outer = self.outer(*output, *factor)?;
                self.read(*from, outer, "upsampling")?;
                self.write(*output, outer * *factor, "upsampling")
            }
            Node::Downsample { factor, from, output } => {
                self.factor(*factor)?;
                let outer = self.outer(*output, 1)?;
                self.read(*from, outer * *factor, "downsampling")?;
                self.write(*output, outer, "downsampling")
            }
        }
    }

    /// The slower rate of a resampler that writes `output` at `factor` times it.
    fn outer(&self, output: u32, factor: u32) -> Result<u32, EngineError> {
        match self.program.streams.get(output as usize).map(|s| s.factor / factor) {
            Some(outer @ (1 | 2 | 4 | 8)) => Ok(outer),
            _ => Err(broken(format!("stream {output} is at a rate that no resampler reaches"))),
        }
    }

    fn window(&self, size: u32) -> Result<(), EngineError> {
        match size {
            256.. if size.is_power_of_two() => Ok(()),
            _ => Err(broken(format!("a spectrum of {size} samples does not exist"))),
        }
    }

    fn factor(&self, factor: u32) -> Result<(), EngineError> {
        match factor {
            2 | 4 | 8 | 16 => Ok(()),
            _ => Err(broken(format!("oversampling by {factor} does not exist"))),
        }
    }

    fn instance_reads(&self, instance: &Instance, kernel: usize) -> Result<(), EngineError> {
        let info = &self.program.kernels[kernel];
        let channels = |ports: &[u8]| ports.iter().map(|w| usize::from(*w)).sum::<usize>();
        if instance.inputs.len() != channels(&info.inputs)
            || instance.outputs.len() != channels(&info.outputs)
            || instance.slots.len() != info.slots.len()
        {
            return Err(broken(format!("`{}` does not have the ports of its kernel `{}`", instance.path, info.name)));
        }
        instance.inputs.iter().try_for_each(|r| self.read(*r, info.factor, &instance.path))?;
        self.uses(&instance.controls, &info.slots, &instance.path)
    }

    fn read(&self, read: Read, factor: u32, path: &str) -> Result<(), EngineError> {
        let Some(stream) = read.stream else { return Ok(()) };
        if !self.written.get(stream as usize).is_some_and(|w| *w) {
            return Err(broken(format!("`{path}` reads stream {stream} before anything writes it")));
        }
        if self.program.streams[stream as usize].factor != factor {
            return Err(broken(format!("`{path}` reads stream {stream} at another rate than its own")));
        }
        Ok(())
    }

    fn write(&mut self, stream: StreamId, factor: u32, path: &str) -> Result<(), EngineError> {
        let same_rate = self.program.streams.get(stream as usize).is_some_and(|s| s.factor == factor);
        if !same_rate || std::mem::replace(&mut self.written[stream as usize], true) {
            return Err(broken(format!("`{path}` writes stream {stream}, which is another's or of another rate")));
        }
        Ok(())
    }

    /// Every control slot must be filled by exactly one use, and nothing else.
    fn uses(&self, uses: &[ControlUse], kinds: &[SlotKind], path: &str) -> Result<(), EngineError> {
        let mut open: Vec<bool> = kinds.iter().map(|k| *k == SlotKind::Control).collect();
        for u in uses {
            let info = self.program.controls.get(u.control as usize);
            let curves = self.program.curves.len();
            let known = |i: &ControlInput| !matches!(i, ControlInput::Curve(c) if *c as usize >= curves);
            let fits = info.is_some_and(|i| i.inputs as usize == u.inputs.len() && i.outputs as usize == u.slots.len());
            let slots = u.slots.iter().all(|s| open.get_mut(*s as usize).is_some_and(|o| std::mem::replace(o, false)));
            if !fits || !slots || !u.inputs.iter().all(known) {
                return Err(broken(format!("a control use of `{path}` does not fit its code or its slots")));
            }
        }
        if open.contains(&true) {
            return Err(broken(format!("a control slot of `{path}` is filled by nothing")));
        }
        Ok(())
    }
}
