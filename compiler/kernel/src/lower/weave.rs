//! Weaving one strip's signals into regions: every operation is placed at the lowest rate and in the earliest
//! region that its operands allow. Here stand the operations on numbers of any rate; what an effect's text means
//! is in `expr` and `effect`, what a strip's is in `strip`.

use super::fun::{Fun, Test, apply, compare};
use super::region::{Fill, Region, SlotKey, Streams};
use super::value::{At, Cond, Const, Home, Num, Sig, Sym};
use super::{Fault, Global};
use crate::builder::Builder;
use crate::ir::{Kind, Type, Value};
use mixdown_layout::{ControlInput, Float, Node, Read, resample_latency};
use rustc_hash::FxHashMap as HashMap;

/// A rate domain: the mix's rate, or the inside of one `oversample`.
pub(super) struct Domain {
    /// Samples per mix sample.
    pub factor: u32,
    /// The domain around it and the factor between.
    pub parent: Option<(usize, u32)>,
    /// Samples of a window, where it is the inside of a `spectral` block: its samples are bins then.
    pub window: Option<u32>,
}

/// A state of the strip.
pub(super) struct Cell {
    pub region: usize,
    pub index: u32,
    pub read: Value,
    pub width: u8,
    /// Its value after the assignments so far; `None` before the first.
    pub current: Option<Sig>,
    /// In a `spectral` block a state is a line as long as a frame: then its index, and that of another line that is 1
    /// from the second frame on where its first value is not 0.
    pub line: Option<(u32, Option<u32>)>,
    /// Which creation of its effect frame it is, for hints.
    pub ordinal: usize,
    /// Depth of the frame that owns it.
    pub depth: usize,
}

/// A delay line of the strip.
pub(super) struct LineCell {
    pub region: usize,
    pub index: u32,
    pub width: u8,
    /// Longest delay in samples of its domain.
    pub longest: u32,
    /// Samples that it and the lines before it hold.
    pub held: u64,
    pub written: bool,
    pub ordinal: usize,
    pub depth: usize,
}

/// One strip on its way into kernels.
pub(super) struct Weave<'g, 'm> {
    pub global: &'g mut Global<'m>,
    /// Path of the strip.
    pub path: String,
    pub domains: Vec<Domain>,
    pub domain: usize,
    pub regions: Vec<Region>,
    by_place: HashMap<(usize, At), usize>,
    pub cells: Vec<Cell>,
    pub lines: Vec<LineCell>,
    /// Resamplers between its regions.
    pub nodes: Vec<Node>,
    up: HashMap<(Home, u32, usize), Sig>,
    /// The strip's control code, one builder for all of it.
    pub control: Builder,
    /// What each input of the control code is.
    pub control_inputs: Vec<ControlInput>,
    control_index: HashMap<ControlKey, Value>,
    next_slot: u32,
    pub frames: Vec<super::effect::Frame<'m>>,
    /// The last part and the last step of it.
    pub part: u32,
    pub step: u32,
    /// Instructions of the part before its last step.
    pub long: usize,
    /// The signal after the last node.
    pub end: Option<Sig>,
    /// A guess was mended on the way: code of the wrong guess stands between the instructions, so the strip is lowered
    /// once more, and equal strips become equal kernels.
    pub retried: bool,
    /// How far it was written out.
    pub budget: super::budget::Budget,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum ControlKey {
    Slot(u32),
    Curve(u32),
    Seconds,
    Beats,
    LookBack(u64),
}

impl<'g, 'm> Weave<'g, 'm> {
    pub fn new(global: &'g mut Global<'m>, path: &str) -> Self {
        Weave {
            global,
            path: path.to_string(),
            domains: vec![Domain { factor: 1, parent: None, window: None }],
            domain: 0,
            regions: Vec::new(),
            by_place: HashMap::default(),
            cells: Vec::new(),
            lines: Vec::new(),
            nodes: Vec::new(),
            up: HashMap::default(),
            control: Builder::new("control", Float::F64, 1),
            control_inputs: Vec::new(),
            control_index: HashMap::default(),
            next_slot: 0,
            frames: Vec::new(),
            part: 0,
            step: 0,
            long: 0,
            end: None,
            retried: false,
            budget: Default::default(),
        }
    }

    /// Samples a second of the domain that is being lowered; of each bin in a `spectral` block.
    pub fn rate(&self) -> f64 {
        let domain = &self.domains[self.domain];
        let rate = f64::from(self.global.mix.song.sample_rate);
        match domain.window {
            Some(window) => rate / f64::from(super::spectral::hop(window)),
            None => rate * f64::from(domain.factor),
        }
    }

    /// The region of a domain at a place.
    pub fn region(&mut self, domain: usize, at: At) -> usize {
        if let Some(r) = self.by_place.get(&(domain, at)) {
            return *r;
        }
        let factor = self.domains[domain].factor;
        self.regions.push(Region::new(&self.path, self.global.float, factor, domain, at));
        self.by_place.insert((domain, at), self.regions.len() - 1);
        self.regions.len() - 1
    }

    /// A number of the mix: known now, but a slot and not part of the code.
    pub fn number(&mut self, value: f64) -> Num {
        self.next_slot += 1;
        Num::Const(Const { value, slot: Some(self.next_slot) })
    }

    /// The number as something the mix may change without a recompile.
    pub fn demote(&mut self, num: Num) -> Num {
        match num {
            Num::Const(Const { value, slot: None }) => self.number(value),
            other => other,
        }
    }

    /// The streams that carry a signal (its raw samples, before its offset).
    pub fn streams(&mut self, sig: Sig) -> Option<[u32; 2]> {
        match sig.home {
            Home::Zero => None,
            Home::Streams(s) => Some(s),
            Home::Kernel(r, v) => {
                let factor = self.domains[self.regions[r].domain].factor;
                let region = &mut self.regions[r];
                Some(region.export(v, sig.width, &mut self.global.streams, &self.path, factor))
            }
        }
    }

    /// The signal as a value of a region that is not earlier than the signal.
    pub fn value_in(&mut self, r: usize, sig: Sig) -> Value {
        match sig.home {
            Home::Kernel(home, v) if home == r && sig.offset == 0 => v,
            _ => match self.streams(sig) {
                None => self.regions[r].builder.float(0.0),
                Some(streams) => self.regions[r].import(streams, sig.width, sig.offset),
            },
        }
    }

    /// The signal in the domain that is being lowered: what comes from outside an `oversample` is upsampled.
    pub fn localize(&mut self, sig: Sig) -> Result<Sig, Fault> {
        if sig.domain == self.domain {
            return Ok(sig);
        }
        let mut steps = Vec::new();
        let mut d = self.domain;
        while d != sig.domain {
            let Some((parent, factor)) = self.domains[d].parent else {
                return Err(Fault::inside("a signal of an `oversample` block is used outside of it"));
            };
            steps.push((d, factor));
            d = parent;
        }
        let mut sig = sig;
        for (domain, factor) in steps.into_iter().rev() {
            sig = self.upsample(sig, domain, factor);
        }
        Ok(sig)
    }

    fn upsample(&mut self, sig: Sig, domain: usize, factor: u32) -> Sig {
        if sig.home == Home::Zero {
            return Sig { domain, ..sig };
        }
        let key = (sig.home, sig.offset, domain);
        if let Some(s) = self.up.get(&key) {
            return *s;
        }
        if let Some(window) = self.domains[domain].window {
            let up = self.analysed(sig, domain, window);
            self.up.insert(key, up);
            return up;
        }
        let outer = self.domains[sig.domain].factor;
        let path = self.path.clone();
        let from = self.streams(sig).unwrap_or_default();
        let to = self.global.streams.pair(sig.width, outer * factor, &path);
        for c in 0..sig.width as usize {
            let from = Read { stream: Some(from[c]), offset: sig.offset };
            self.nodes.push(Node::Upsample { factor, from, output: to[c] });
        }
        let raw = Sig { home: Home::Streams(to), width: sig.width, offset: 0, at: sig.at, domain };
        let up = raw.advanced(resample_latency(factor) / outer);
        self.up.insert(key, up);
        up
    }

    /// A signal of `domain` back in the domain around it.
    pub fn downsample(&mut self, sig: Sig) -> Sig {
        let Some((parent, factor)) = self.domains[sig.domain].parent else { return sig };
        if sig.home == Home::Zero {
            return Sig { domain: parent, ..sig };
        }
        let outer = self.domains[parent].factor;
        let path = self.path.clone();
        let from = self.streams(sig).unwrap_or_default();
        let to = self.global.streams.pair(sig.width, outer, &path);
        for c in 0..sig.width as usize {
            let from = Read { stream: Some(from[c]), offset: sig.offset };
            self.nodes.push(Node::Downsample { factor, from, output: to[c] });
        }
        Sig { home: Home::Streams(to), width: sig.width, offset: 0, at: sig.at, domain: parent }
            .advanced(resample_latency(factor) / outer)
    }

    /// A control input.
    pub fn control_input(&mut self, input: ControlInput) -> Value {
        let key = match input {
            ControlInput::Curve(c) => ControlKey::Curve(c),
            ControlInput::Seconds => ControlKey::Seconds,
            ControlInput::Beats => ControlKey::Beats,
            ControlInput::LookBack(b) => ControlKey::LookBack(b.to_bits()),
            // A number of the mix has a slot of its own, which `control_value` knows; without one it is just a number.
            ControlInput::Const(x) => return self.control.float(x),
        };
        self.control_port(key, input)
    }

    fn control_port(&mut self, key: ControlKey, input: ControlInput) -> Value {
        if let Some(v) = self.control_index.get(&key) {
            return *v;
        }
        let port = self.control.declare_input(&format!("c{}", self.control_inputs.len()), 1);
        self.control_inputs.push(input);
        let v = self.control.input(port);
        self.control_index.insert(key, v);
        v
    }

    /// A number that is not audio as a value of the control code.
    pub fn control_value(&mut self, num: Num) -> Value {
        match num {
            Num::Control(v) => v,
            Num::Const(Const { value, slot: None }) => self.control.float(value),
            Num::Const(Const { value, slot: Some(id) }) => {
                self.control_port(ControlKey::Slot(id), ControlInput::Const(value))
            }
            Num::Audio(_) => self.control.float(0.0),
        }
    }

    /// Any number as a value of region `r`.
    pub fn audio_value(&mut self, r: usize, num: Num) -> Value {
        match num {
            Num::Audio(sig) => self.value_in(r, sig),
            Num::Control(v) => self.regions[r].slot(Some(SlotKey::Control(v)), Fill::Control(v)),
            Num::Const(Const { value, slot: None }) => self.regions[r].builder.float(value),
            Num::Const(Const { value, slot: Some(id) }) => {
                self.regions[r].slot(Some(SlotKey::Const(id)), Fill::Const(value))
            }
        }
    }

    /// The signal that region `r` computes as `v`.
    pub fn sig(&self, r: usize, v: Value) -> Sig {
        let region = &self.regions[r];
        let width = region.builder.type_of(v).width;
        Sig { home: Home::Kernel(r, v), width, offset: 0, at: region.at, domain: region.domain }
    }

    /// Where an operation on these operands belongs; `None` where none of them is audio.
    fn place(&mut self, args: &mut [Num]) -> Result<Option<usize>, Fault> {
        let mut at: Option<At> = None;
        for arg in args.iter_mut() {
            if let Num::Audio(sig) = arg {
                *sig = self.localize(*sig)?;
                at = Some(at.map_or(sig.at, |a| a.max(sig.at)));
            }
        }
        Ok(at.map(|at| self.region(self.domain, at)))
    }

    /// Computes a function at the rate its arguments have.
    pub fn apply(&mut self, fun: Fun, args: &[Num]) -> Result<Num, Fault> {
        let mut args = args.to_vec();
        if let Some(r) = self.place(&mut args)? {
            let values: Vec<Value> = args.iter().map(|a| self.audio_value(r, *a)).collect();
            let v = apply(fun, &mut self.regions[r].builder, &values);
            return Ok(Num::Audio(self.sig(r, v)));
        }
        if args.iter().any(|a| matches!(a, Num::Control(_))) {
            let values: Vec<Value> = args.iter().map(|a| self.control_value(*a)).collect();
            return Ok(Num::Control(apply(fun, &mut self.control, &values)));
        }
        let values: Vec<f64> = args.iter().filter_map(|a| a.known()).collect();
        let value = apply(fun, &mut crate::math::Plain::<f64>::new(), &values);
        let literal = args.iter().all(|a| matches!(a, Num::Const(Const { slot: None, .. })));
        Ok(if literal { Num::literal(value) } else { self.number(value) })
    }

    /// Compares at the rate the arguments have.
    pub fn compare(&mut self, test: Test, a: Num, b: Num) -> Result<Cond, Fault> {
        let mut args = [a, b];
        if let Some(r) = self.place(&mut args)? {
            let x = self.audio_value(r, args[0]);
            let y = self.audio_value(r, args[1]);
            let v = compare(test, &mut self.regions[r].builder, x, y);
            return Ok(Cond::Audio(self.sig(r, v)));
        }
        if args.iter().any(|a| matches!(a, Num::Control(_))) {
            let x = self.control_value(a);
            let y = self.control_value(b);
            return Ok(Cond::Control(compare(test, &mut self.control, x, y)));
        }
        let (x, y) = (a.known().unwrap_or(0.0), b.known().unwrap_or(0.0));
        Ok(Cond::Const(match test {
            Test::Lt => x < y,
            Test::Le => x <= y,
            Test::Eq => x == y,
        }))
    }

    /// `cond ? a : b`.
    pub fn select(&mut self, cond: Cond, a: Num, b: Num) -> Result<Num, Fault> {
        let mask = match cond {
            Cond::Const(true) => return Ok(a),
            Cond::Const(false) => return Ok(b),
            Cond::Control(m) => {
                if !matches!(a, Num::Audio(_)) && !matches!(b, Num::Audio(_)) {
                    let x = self.control_value(a);
                    let y = self.control_value(b);
                    return Ok(Num::Control(self.control.select(m, x, y)));
                }
                // A condition that changes on the grid meets audio as a ramp between 0 and 1; a step lands on its
                // sample because the grid is split there.
                let one = self.control.float(1.0);
                let zero = self.control.float(0.0);
                let number = Num::Control(self.control.select(m, one, zero));
                match self.compare_audio(Test::Lt, Num::literal(0.5), number, &[a, b])? {
                    Cond::Audio(s) => s,
                    _ => return Err(Fault::inside("a condition lost its rate")),
                }
            }
            Cond::Audio(s) => s,
        };
        let mut args = [a, b];
        let at = self.place(&mut args)?.map_or(mask.at, |r| self.regions[r].at).max(mask.at);
        let r = self.region(self.domain, at);
        let m = self.mask_in(r, mask)?;
        let x = self.audio_value(r, args[0]);
        let y = self.audio_value(r, args[1]);
        let v = self.regions[r].builder.select(m, x, y);
        Ok(Num::Audio(self.sig(r, v)))
    }

    /// A comparison in the region that the audio among `beside` belongs to.
    fn compare_audio(&mut self, test: Test, a: Num, b: Num, beside: &[Num]) -> Result<Cond, Fault> {
        let mut beside = beside.to_vec();
        let r = match self.place(&mut beside)? {
            Some(r) => r,
            None => self.region(self.domain, self.base()),
        };
        let x = self.audio_value(r, a);
        let y = self.audio_value(r, b);
        let v = compare(test, &mut self.regions[r].builder, x, y);
        Ok(Cond::Audio(self.sig(r, v)))
    }

    /// Masks do not cross regions: a mask of an earlier region crosses as 0 or 1.
    fn mask_in(&mut self, r: usize, mask: Sig) -> Result<Value, Fault> {
        let Home::Kernel(home, v) = mask.home else { return Err(Fault::inside("a condition without a region")) };
        if home == r {
            return Ok(v);
        }
        let b = &mut self.regions[home].builder;
        let one = b.float(1.0);
        let zero = b.float(0.0);
        let number = b.select(v, one, zero);
        let sig = Sig { home: Home::Kernel(home, number), ..mask };
        let sig = self.localize(sig)?;
        let x = self.value_in(r, sig);
        let b = &mut self.regions[r].builder;
        let half = b.float(0.5);
        Ok(b.lt(half, x))
    }

    /// Both, either, not: of conditions at any rate.
    pub fn logic(&mut self, and: bool, a: Cond, b: Cond) -> Result<Cond, Fault> {
        Ok(match (a, b) {
            (Cond::Const(x), other) | (other, Cond::Const(x)) => match (and, x) {
                (true, false) => Cond::Const(false),
                (false, true) => Cond::Const(true),
                _ => other,
            },
            (Cond::Control(x), Cond::Control(y)) => {
                Cond::Control(if and { self.control.and(x, y) } else { self.control.or(x, y) })
            }
            (a, b) => {
                let one = Num::literal(1.0);
                let zero = Num::literal(0.0);
                let x = self.number_of(a, one, zero)?;
                let y = self.number_of(b, one, zero)?;
                let z = self.apply(if and { Fun::Min } else { Fun::Max }, &[x, y])?;
                self.compare(Test::Lt, Num::literal(0.5), z)?
            }
        })
    }

    fn number_of(&mut self, c: Cond, one: Num, zero: Num) -> Result<Num, Fault> {
        match c {
            Cond::Control(m) => {
                let x = self.control.float(1.0);
                let y = self.control.float(0.0);
                Ok(Num::Control(self.control.select(m, x, y)))
            }
            other => self.select_audio(other, one, zero),
        }
    }

    fn select_audio(&mut self, c: Cond, a: Num, b: Num) -> Result<Num, Fault> {
        let Cond::Audio(mask) = c else { return self.select(c, a, b) };
        let r = self.region(mask.domain, mask.at);
        let m = self.mask_in(r, mask)?;
        let x = self.audio_value(r, a);
        let y = self.audio_value(r, b);
        let v = self.regions[r].builder.select(m, x, y);
        Ok(Num::Audio(self.sig(r, v)))
    }

    /// Not.
    pub fn negate(&mut self, c: Cond) -> Cond {
        match c {
            Cond::Const(x) => Cond::Const(!x),
            Cond::Control(m) => Cond::Control(self.control.not(m)),
            Cond::Audio(sig) => match sig.home {
                Home::Kernel(r, v) => {
                    let n = self.regions[r].builder.not(v);
                    Cond::Audio(self.sig(r, n))
                }
                _ => c,
            },
        }
    }

    /// Any number as audio.
    pub fn audio(&mut self, num: Num) -> Result<Sig, Fault> {
        if let Num::Audio(sig) = num {
            return self.localize(sig);
        }
        let r = self.region(self.domain, self.base());
        let v = self.audio_value(r, num);
        Ok(self.sig(r, v))
    }

    /// A function of one audio signal's channels, computed in its region.
    pub fn with_audio(&mut self, num: Num, f: impl FnOnce(&mut Builder, Value) -> Value) -> Result<Num, Fault> {
        let sig = self.audio(num)?;
        let r = self.region(sig.domain, sig.at);
        let x = self.value_in(r, sig);
        let v = f(&mut self.regions[r].builder, x);
        Ok(Num::Audio(self.sig(r, v)))
    }

    /// The place that code without audio operands belongs to: that of the effect's input.
    pub fn base(&self) -> At {
        self.frames.last().map_or(At::default(), |f| f.base)
    }

    /// A state in the region of `at`.
    pub fn new_cell(&mut self, name: &str, width: u8, at: At, init: f64) -> usize {
        let r = self.region(self.domain, at);
        let (index, read, line) = match self.domains[self.domain].window {
            Some(window) => self.bin_cell(r, name, width, window / 2, init),
            None => {
                let b = &mut self.regions[r].builder;
                let index = b.declare_state(name, Type { kind: Kind::Float, width }, init);
                (index, b.read_state(index), None)
            }
        };
        self.cells.push(Cell {
            region: r,
            index,
            read,
            width,
            current: None,
            line,
            ordinal: self.frames.last().map_or(0, |f| f.ordinal),
            depth: self.frames.len(),
        });
        self.cells.len() - 1
    }

    /// The value of a state now.
    pub fn cell(&self, c: usize) -> Sig {
        let cell = &self.cells[c];
        cell.current.unwrap_or_else(|| self.sig(cell.region, cell.read))
    }

    /// Sets a state. The region or width it needs may be another than guessed: then the effect is lowered again.
    pub fn assign(&mut self, c: usize, num: Num) -> Result<(), Fault> {
        let (region, width) = (self.cells[c].region, self.cells[c].width);
        let sig = match num {
            Num::Audio(sig) => self.localize(sig)?,
            other => {
                let v = self.audio_value(region, other);
                self.sig(region, v)
            }
        };
        if self.regions[region].domain != sig.domain {
            return Err(Fault::inside("a state is assigned in another rate than it was declared in"));
        }
        let at = self.regions[region].at;
        if sig.at > at || sig.width > width {
            let (ordinal, depth) = (self.cells[c].ordinal, self.cells[c].depth);
            self.mend(depth, ordinal, at.max(sig.at), width.max(sig.width));
        }
        self.cells[c].current = Some(sig);
        Ok(())
    }

    /// Adds a step to a state and sets another one, which belongs into the next step, to what rounding took from it:
    /// exact where the state is no smaller than the step (Dekker, Numerische Mathematik 18, 1971).
    pub fn keep(&mut self, c: usize, lost: usize, step: Num) -> Result<(), Fault> {
        let was = Num::Audio(self.cell(c));
        let next = self.apply(Fun::Add, &[was, step])?;
        self.assign(c, next)?;
        let taken = self.apply(Fun::Sub, &[next, was])?;
        let left = self.apply(Fun::Sub, &[step, taken])?;
        self.assign(lost, left)
    }

    /// Mends the guess of state `ordinal` of frame `depth`. Its effect is lowered again when it is through, with all
    /// that is mended until then.
    pub fn mend(&mut self, depth: usize, ordinal: usize, at: At, width: u8) {
        if let Some(frame) = depth.checked_sub(1).and_then(|d| self.frames.get_mut(d)) {
            let hint = super::effect::Hint { width, after: at.after(frame.base) };
            let mended = frame.hints.entry(ordinal).or_default();
            frame.early |= (hint.after.lag, hint.after.part) > (mended.after.lag, mended.after.part);
            *mended = super::effect::Hint { width: mended.width.max(hint.width), after: mended.after.max(hint.after) };
            frame.wrong = true;
        }
    }

    /// The known number of a symbol, for what shapes the code.
    pub fn known(&self, sym: &Sym) -> Option<f64> {
        match sym {
            Sym::Num(n) => n.known(),
            _ => None,
        }
    }
}

impl Streams {
    /// Marks a stream as leaving a strip.
    pub fn mark_output(&mut self, id: u32) {
        if let Some(s) = self.list.get_mut(id as usize) {
            s.strip_output = true;
        }
    }
}
