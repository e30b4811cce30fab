//! From a `Mix` to a program: every strip becomes kernels, edges become sums, equal kernels of independent strips
//! share a pack. Numbers of the mix fill slots; only structure makes code.

mod assemble;
mod bands;
mod budget;
mod builtin;
pub mod codes;
mod content;
mod control;
mod edge;
mod effect;
mod expr;
mod finish;
mod fun;
mod fuse;
mod line;
mod memory;
mod order;
mod pack;
mod region;
mod response;
mod share;
mod spectral;
mod strip;
mod tail;
mod taps;
mod value;
mod weave;
mod woven;

use crate::ir::Kernel;
use mixdown_analysis::body::{Tap, TapPoint};
use mixdown_analysis::mix::{Mix, Source, Strip, StripKind};
use mixdown_layout::{Float, Packing, Program};
use mixdown_syntax::{CodeInfo, Diagnostic, Span};
use region::Streams;
use rustc_hash::FxHashMap as HashMap;
use std::sync::Arc;
use value::Sig;

pub use codes::CODES;
pub use memory::Memory;
pub use order::feeds;
pub use response::{Recipe, ResponseSpec, stretched};

/// What is wanted of a lowering.
#[derive(Clone, Debug)]
pub struct Options {
    /// Width of all audio.
    pub float: Float,
    /// Strips whose way into the master is delivered beside it (paths), each as an output of that name.
    pub stems: Vec<String>,
    /// Strips whose own output is delivered (paths); the master's always is.
    pub deliver: Vec<String>,
    /// Paths of `trim`s whose input is delivered, as outputs of those names, so that it can be measured.
    pub measure: Vec<String>,
}

impl Default for Options {
    fn default() -> Self {
        Options { float: Float::F32, stems: Vec::new(), deliver: Vec::new(), measure: Vec::new() }
    }
}

impl Options {
    /// Whether a strip is part of the program. Who listens to no monitor pays for none, and gets the program that there
    /// is without them.
    pub(crate) fn lowers(&self, strip: &Strip) -> bool {
        strip.kind != StripKind::Monitor || self.deliver.contains(&strip.path)
    }
}

/// A program and the code it still needs.
#[derive(Clone, Debug)]
pub struct Lowered {
    /// The layout.
    pub program: Program,
    /// One kernel and packing for each of [`Program::kernels`].
    pub kernels: Vec<(Arc<Kernel>, Packing)>,
    /// One for each of [`Program::controls`].
    pub controls: Vec<Arc<Kernel>>,
    /// Numbers of the kernels: of lowerings that share a [`Memory`], equal numbers are equal kernels but for the name.
    pub shapes: Vec<usize>,
    /// The same of the control code.
    pub control_shapes: Vec<usize>,
    /// What each source of the program plays.
    pub sources: Vec<SourceSpec>,
    /// What each convolution of the program does.
    pub responses: Vec<ResponseSpec>,
}

/// A source of audio from outside.
#[derive(Clone, Debug)]
pub struct SourceSpec {
    /// Path of the track.
    pub path: String,
    /// Its file or clips.
    pub source: Source,
    /// Channels it gives.
    pub channels: usize,
    /// Its place in the text.
    pub span: Span,
}

/// Lowers a mix.
///
/// # Errors
/// What only shows when widths, rates and latencies are known: a stereo effect on a mono strip, latency in a feedback
/// loop, a ring of strips, a song without an end.
pub fn lower(mix: &Mix, options: &Options) -> Result<Lowered, Vec<Diagnostic>> {
    lower_again(mix, options, &mut Memory::default())
}

/// Lowers a mix like [`lower`], with the same result; what is as it was in an earlier lowering with this memory is
/// taken from there.
///
/// # Errors
/// Those of [`lower`].
pub fn lower_again(mix: &Mix, options: &Options, memory: &mut Memory) -> Result<Lowered, Vec<Diagnostic>> {
    let mut order = order::strips(mix).map_err(|d| vec![d])?;
    order.retain(|i| options.lowers(&mix.strips[*i as usize]));
    let mut assembly = assemble::Assembly::new(mix, options, memory);
    let mut faults = Vec::new();
    for strip in order {
        if let Err(fault) = assembly.strip(strip) {
            faults.push(fault.diagnostic(mix.strips[strip as usize].span));
        }
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    assembly.program().map_err(|d| vec![d])
}

/// What is known and collected while a strip is lowered.
pub(crate) struct Global<'m> {
    pub mix: &'m Mix,
    pub float: Float,
    /// Numbers of the mix's effects, equal effects the same.
    pub numbers: &'m [u64],
    /// Curves that the strip names: their places here are their numbers in it.
    pub curves: &'m [u32],
    pub streams: Streams,
    /// What states of an effect turned out to need, by what it hangs on.
    pub hints: HashMap<Vec<u64>, HashMap<usize, effect::Hint>>,
    /// Points of the strip that keys of others listen to.
    pub wanted: &'m [TapPoint],
    /// Signals of other strips that it listens to.
    pub taps: HashMap<&'m Tap, Sig>,
    /// Those of its own that are wanted.
    pub pending_taps: Vec<(TapPoint, Sig)>,
    /// Trims to be measured.
    pub measure: &'m [String],
    /// What convolutions of the strip do, each once.
    pub responses: Vec<ResponseSpec>,
    /// Signals of what is measured.
    pub pending_measures: Vec<(String, Sig)>,
}

impl Global<'_> {
    fn tap(&self, tap: &Tap) -> Result<Sig, Fault> {
        // What is no other strip's is a point of the strip itself, above what listens.
        let own = || self.pending_taps.iter().find(|(point, _)| *point == tap.point).map(|(_, sig)| *sig);
        self.taps.get(tap).copied().or_else(own).ok_or_else(|| {
            Fault::inside(format!("a key listens to {:?} of a strip that is not lowered yet", tap.point))
        })
    }

    /// The place of a curve among those that the strip names.
    fn curve(&self, curve: u32) -> Result<u32, Fault> {
        let place = self.curves.iter().position(|c| *c == curve);
        place.map(|place| place as u32).ok_or_else(|| Fault::inside("a curve that the strip does not name"))
    }
}

/// Why a lowering stops.
#[derive(Clone, Debug)]
pub(crate) enum Fault {
    /// Something to tell the writer.
    Said(Box<Diagnostic>),
    /// The compiler contradicts itself.
    Inside(String, Option<Span>),
}

impl Fault {
    fn said(code: &CodeInfo, span: Span, message: impl Into<String>) -> Fault {
        let help = help(code);
        Fault::Said(Box::new(Diagnostic::error(code, span, message).help(help)))
    }

    fn inside(message: impl Into<String>) -> Fault {
        Fault::Inside(message.into(), None)
    }

    /// The place, where none is known yet.
    fn at(self, span: Span) -> Fault {
        match self {
            Fault::Inside(m, None) => Fault::Inside(m, Some(span)),
            Fault::Said(mut d) if d.span() == Span::default() => {
                if let Some(l) = d.labels.first_mut() {
                    l.span = span;
                }
                Fault::Said(d)
            }
            other => other,
        }
    }

    /// Points first at the line of the strip that led here, then at the place inside the effect.
    fn called_from(self, span: Span) -> Fault {
        match self {
            Fault::Said(mut d) if d.span() != span => {
                if let Some(inside) = d.labels.first_mut().filter(|l| l.text.is_empty()) {
                    inside.text = "asked for here".into();
                }
                d.labels.insert(0, mixdown_syntax::Label { span, text: String::new() });
                Fault::Said(d)
            }
            other => other,
        }
    }

    fn diagnostic(self, strip: Span) -> Diagnostic {
        match self {
            Fault::Said(d) => *d,
            Fault::Inside(m, span) => Diagnostic::error(&codes::INTERNAL, span.unwrap_or(strip), m)
                .help("this is a fault of the compiler, not of the mix; please report it"),
        }
    }
}

/// The help line of a code: what its explanation calls right.
fn help(code: &CodeInfo) -> String {
    match code.explanation.rsplit_once("Right: ") {
        Some((_, right)) => right.trim().to_string(),
        None => code.title.to_string(),
    }
}
