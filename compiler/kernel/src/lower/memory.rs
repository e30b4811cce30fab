//! What lowerings leave for the next one: strips by their contents, kernels by theirs, kernels fused of these. Always
//! true here: what is found is what would be made again, so a lowering that remembers gives what one without does.

use super::Options;
use super::content::Content;
use super::effect::Hint;
use super::finish::has_frames;
use super::fuse::Fuser;
use super::share::Step;
use super::woven::Woven;
use crate::content::{Bytes, kernel};
use crate::ir::Kernel;
use crate::stages::cost_of;
use mixdown_analysis::body::{Effect, EffectId};
use mixdown_analysis::mix::Mix;
use rustc_hash::FxHashMap as HashMap;
use std::rc::Rc;
use std::sync::Arc;

/// Strips that are remembered beside those of the mix at hand; with more, all is forgotten.
const MOST: usize = 4096;

/// Results of earlier lowerings.
#[derive(Default)]
pub struct Memory {
    /// Everything made of a strip, by its content.
    pub(super) strips: HashMap<Bytes, Rc<Woven>>,
    /// How many strips of the last lowering were found here.
    pub(super) found: usize,
    /// Kernels by their contents.
    pub(super) shapes: Shapes,
    /// Kernels made of several.
    pub(super) fuser: Fuser,
    /// What states of an effect turned out to need, by what it hangs on.
    pub(super) hints: HashMap<Vec<u64>, HashMap<usize, Hint>>,
    /// What all strips of the mix at hand hang on.
    pub(super) surroundings: Bytes,
    effects: Effects,
    named: HashMap<(usize, String), Arc<Kernel>>,
}

impl Memory {
    /// How many strips of the last lowering it did not have to do again.
    pub fn strips_found(&self) -> usize {
        self.found
    }

    /// A kernel under the name of who runs it first.
    pub(super) fn named(&mut self, shape: &Shape, name: String) -> Arc<Kernel> {
        let named = |(_, name): &(usize, String)| Arc::new(Kernel { name: name.clone(), ..(*shape.kernel).clone() });
        self.named.entry((shape.step.shape, name)).or_insert_with_key(named).clone()
    }

    /// Before a lowering: numbers of the mix's effects, equal effects the same. What grew too large is forgotten.
    pub(super) fn begin(&mut self, mix: &Mix, options: &Options) -> Vec<u64> {
        if self.strips.len() > MOST + 2 * mix.strips.len() {
            // Numbers of kernels stay what they are, because code is kept by them.
            let next = self.shapes.next;
            *self = Memory { shapes: Shapes { next, ..Shapes::default() }, ..Memory::default() };
        }
        let surroundings = surroundings(mix, options);
        if self.surroundings != surroundings {
            // What a state needs hangs on the rate as well.
            self.hints.clear();
            self.surroundings = surroundings;
        }
        self.found = 0;
        self.effects.numbers(&mix.effects)
    }
}

/// What all strips of a lowering hang on beside their own contents.
fn surroundings(mix: &Mix, options: &Options) -> Bytes {
    let mut content = Content::new(&[]);
    let song = &mix.song;
    content.add((options.float, song.sample_rate, std::mem::discriminant(&song.pan_law), song.seed));
    for point in &song.tempo.points {
        content.add((point.beat.to_bits(), point.bpm.to_bits()));
    }
    content.bytes
}

/// Effects by their contents.
#[derive(Default)]
struct Effects {
    known: HashMap<Bytes, u64>,
    /// Those of the last mix, which need not be read again.
    last: HashMap<*const Effect, Known>,
}

struct Known {
    /// Keeps the address from being another's.
    _effect: Arc<Effect>,
    /// What it calls, and what that was.
    calls: Vec<(EffectId, Option<u64>)>,
    number: u64,
}

impl Effects {
    fn numbers(&mut self, effects: &[Arc<Effect>]) -> Vec<u64> {
        let mut numbers: Vec<u64> = Vec::with_capacity(effects.len());
        let mut seen = HashMap::default();
        // Callees come before callers.
        for effect in effects {
            let same = |known: &Known| known.calls.iter().all(|(id, number)| numbers.get(*id as usize).copied() == *number);
            let known = self.last.remove(&Arc::as_ptr(effect)).filter(same).unwrap_or_else(|| {
                let mut content = Content::new(&numbers);
                content.effect(effect);
                let calls = content.calls.iter().map(|id| (*id, numbers.get(*id as usize).copied())).collect();
                let next = self.known.len() as u64;
                Known { _effect: effect.clone(), calls, number: *self.known.entry(content.bytes).or_insert(next) }
            });
            numbers.push(known.number);
            seen.insert(Arc::as_ptr(effect), known);
        }
        self.last = seen;
        numbers
    }
}

/// Distinct kernels.
#[derive(Default)]
pub(super) struct Shapes {
    known: HashMap<Bytes, Shape>,
    next: usize,
}

/// A kernel that was seen.
#[derive(Clone)]
pub(super) struct Shape {
    /// Without a name.
    pub kernel: Arc<Kernel>,
    /// Its number and what sharing it is worth.
    pub step: Step,
}

impl Shapes {
    /// The shape of a kernel; equal kernels have one.
    pub fn of(&mut self, k: Kernel) -> Shape {
        let mut content = Bytes::default();
        kernel(&k, &mut content);
        let next = &mut self.next;
        let shape = self.known.entry(content).or_insert_with(|| {
            *next += 1;
            let step = Step { shape: *next, cost: cost_of(&k), lanes: if has_frames(&k) { 2 } else { 4 } };
            Shape { kernel: Arc::new(k), step }
        });
        shape.clone()
    }
}
