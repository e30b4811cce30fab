//! Kernel code written as one function a sample and instance, over the real memory layout.

use mixdown_engine::Sample;
use mixdown_layout::*;
use std::sync::Arc;

/// One sample of one instance.
pub struct Step<'a, S> {
    info: &'a KernelInfo,
    call: &'a BlockCall,
    instance: usize,
    /// Kernel sample inside the cell.
    at: usize,
    /// Kernel sample since timeline 0.
    pub time: u64,
    marker: std::marker::PhantomData<S>,
}

impl<S: Sample> Step<'_, S> {
    fn vectors(&self, widths: impl Iterator<Item = u8>) -> usize {
        widths.map(|w| self.info.packing.vectors(w as usize)).sum()
    }
    /// Lanes of one channel of this instance.
    fn lanes(&self, width: u8, channel: usize) -> Vec<(usize, usize)> {
        let packing = self.info.packing;
        let mut all = Vec::new();
        for v in 0..packing.vectors(width as usize) {
            for l in 0..LANES {
                if packing.source(width as usize, v, l) == (self.instance, channel) {
                    all.push((v, l));
                }
            }
        }
        all
    }
    pub fn input(&self, port: usize, channel: usize) -> S {
        let before = self.vectors(self.info.inputs[..port].iter().copied());
        let (v, l) = self.lanes(self.info.inputs[port], channel)[0];
        get(get(self.call.inputs, (before + v) * LANES + l).cast::<S>(), self.at)
    }
    pub fn output(&self, port: usize, channel: usize, value: S) {
        let before = self.vectors(self.info.outputs[..port].iter().copied());
        for (v, l) in self.lanes(self.info.outputs[port], channel) {
            put(get(self.call.outputs, (before + v) * LANES + l).cast::<S>(), self.at, value);
        }
    }
    fn state_at(&self, k: usize, channel: usize) -> Vec<usize> {
        let before = self.vectors(self.info.states[..k].iter().map(|s| s.width));
        let lanes = self.lanes(self.info.states[k].width, channel);
        lanes.into_iter().map(|(v, l)| (before + v) * LANES + l).collect()
    }
    pub fn state(&self, k: usize, channel: usize) -> S {
        get(self.call.state.cast::<S>(), self.state_at(k, channel)[0])
    }
    pub fn set(&self, k: usize, channel: usize, value: S) {
        self.state_at(k, channel).into_iter().for_each(|i| put(self.call.state.cast::<S>(), i, value));
    }
    pub fn slot(&self, k: usize) -> S {
        let before: usize = self.info.slots[..k].iter().map(|s| if *s == SlotKind::Control { 2 } else { 1 }).sum();
        let (_, lane) = self.lanes(1, 0)[0];
        let slots = self.call.slots.cast::<S>();
        match self.info.slots[k] {
            SlotKind::Control => {
                let i = S::from_f64((self.at / self.info.factor as usize) as f64);
                i.fma(get(slots, (before + 1) * LANES + lane), get(slots, before * LANES + lane))
            }
            _ => get(slots, before * LANES + lane),
        }
    }
    fn line_at(&self, k: usize, channel: usize, time: u64) -> Vec<usize> {
        let line = &self.info.lines[k];
        let position = time as usize & (line.capacity as usize - 1);
        let width = self.info.packing.vectors(line.width as usize);
        let lanes = self.lanes(line.width, channel);
        lanes.into_iter().map(|(v, l)| (position * width + v) * LANES + l).collect()
    }
    pub fn write(&self, k: usize, channel: usize, value: S) {
        let line = get(self.call.lines, k).cast::<S>();
        self.line_at(k, channel, self.time).into_iter().for_each(|i| put(line, i, value));
    }
    pub fn read(&self, k: usize, channel: usize, back: u64) -> S {
        get(get(self.call.lines, k).cast::<S>(), self.line_at(k, channel, self.time.wrapping_sub(back))[0])
    }
}

fn get<T: Copy>(from: *const T, i: usize) -> T {
    // SAFETY: only called with places that `BlockCall` promises to be valid.
    unsafe { *from.add(i) }
}

fn put<T>(to: *mut T, i: usize, value: T) {
    // SAFETY: as in `get`, and no other call uses them meanwhile.
    unsafe { *to.add(i) = value }
}

type Body<S> = Arc<dyn Fn(&Step<S>) + Send + Sync>;

/// A kernel of a test.
pub struct Toy<S> {
    pub info: KernelInfo,
    pub body: Body<S>,
}

impl<S: Sample> KernelCode for Toy<S> {
    unsafe fn run(&self, call: &BlockCall) {
        let factor = self.info.factor as usize;
        assert!(call.start + call.len <= CELL as u32 && call.len > 0 && call.time.is_multiple_of(64));
        for at in call.start as usize * factor..(call.start + call.len) as usize * factor {
            for instance in 0..self.info.packing.capacity() {
                let time = call.time * factor as u64 + at as u64;
                let marker = std::marker::PhantomData;
                (self.body)(&Step { info: &self.info, call, instance, at, time, marker });
            }
        }
    }
    fn path(&self) -> PathTaken {
        PathTaken { engine: "toy".into(), ..PathTaken::default() }
    }
}

/// A kernel's shape with no memory yet.
pub fn info(name: &str, packing: Packing, inputs: &[u8], outputs: &[u8]) -> KernelInfo {
    KernelInfo {
        name: name.into(),
        packing,
        factor: 1,
        inputs: inputs.into(),
        outputs: outputs.into(),
        states: vec![],
        lines: vec![],
        slots: vec![],
        clock: false,
    }
}

/// Delays by slot 0 samples (a const), up to `capacity - 1`; widths 1 or 2.
pub fn delay<S: Sample>(packing: Packing, width: u8, capacity: u32) -> Toy<S> {
    let mut info = info("delay", packing, &[width], &[width]);
    info.lines.push(LineInfo { name: "line".into(), width, capacity });
    info.slots.push(SlotKind::Const);
    let body: Body<S> = Arc::new(move |s| {
        for c in 0..width as usize {
            s.write(0, c, s.input(0, c));
            s.output(0, c, s.read(0, c, s.slot(0).to_f64() as u64));
        }
    });
    Toy { info, body }
}

/// An echo: `y = x + slot1 * y[slot 0 samples ago]`.
pub fn echo<S: Sample>(capacity: u32) -> Toy<S> {
    let mut info = info("echo", Packing::Instances, &[1], &[1]);
    info.lines.push(LineInfo { name: "line".into(), width: 1, capacity });
    info.slots = vec![SlotKind::Const; 2];
    let body: Body<S> = Arc::new(move |s| {
        let y = s.read(0, 0, s.slot(0).to_f64() as u64) * s.slot(1) + s.input(0, 0);
        s.write(0, 0, y);
        s.output(0, 0, y);
    });
    Toy { info, body }
}

/// A one-pole low-pass: `y += slot0 * (x - y)`, coefficient const or control.
pub fn one_pole<S: Sample>(packing: Packing, width: u8, kind: SlotKind) -> Toy<S> {
    let mut info = info("one_pole", packing, &[width], &[width]);
    info.states.push(StateInfo { name: "y".into(), width, init: 0.0, integer: false });
    info.slots.push(kind);
    let body: Body<S> = Arc::new(move |s| {
        for c in 0..width as usize {
            let y = s.state(0, c);
            let y = s.slot(0).fma(s.input(0, c) - y, y);
            s.set(0, c, y);
            s.output(0, c, y);
        }
    });
    Toy { info, body }
}

/// `input * slot0`, or slot 0 alone where `inputs` is empty.
pub fn gain<S: Sample>(inputs: &[u8], kind: SlotKind) -> Toy<S> {
    let mut info = info("gain", Packing::Instances, inputs, &[1]);
    info.slots.push(kind);
    let takes = !inputs.is_empty();
    let body: Body<S> = Arc::new(move |s| {
        s.output(0, 0, if takes { s.input(0, 0) * s.slot(0) } else { s.slot(0) });
    });
    Toy { info, body }
}

/// Any function of a sample.
pub fn custom<S: Sample>(info: KernelInfo, body: impl Fn(&Step<S>) + Send + Sync + 'static) -> Toy<S> {
    Toy { info, body: Arc::new(body) }
}

/// Control code that is a function.
pub struct Formula(pub fn(&[f64], &mut [f64]));

impl ControlCode for Formula {
    fn eval(&self, points: usize, inputs: &[f64], outputs: &mut [f64]) {
        for point in 0..points {
            let given: Vec<f64> = inputs.chunks(POINTS).map(|row| row[point]).collect();
            let mut made = vec![0.0; outputs.len() / POINTS];
            (self.0)(&given, &mut made);
            outputs.chunks_mut(POINTS).zip(made).for_each(|(row, made)| row[point] = made);
        }
    }
}
