//! Runs steps. A register is one vector: the lanes of floats, integers or masks as raw bits.

use crate::ir::{Op, Value};
use crate::math::Scalar;
use mixdown_layout::{BlockCall, LANES, MARGIN};

/// An instruction over one vector, every operand resolved: registers by index, memory in vectors, ports by the index of
/// their first lane's pointer.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step {
    Input {
        to: usize,
        pointer: usize,
    },
    Output {
        pointer: usize,
        a: usize,
    },
    Slot {
        to: usize,
        at: usize,
    },
    Control {
        to: usize,
        at: usize,
    },
    Time {
        to: usize,
    },
    Load {
        to: usize,
        at: usize,
    },
    Store {
        at: usize,
        a: usize,
    },
    Read {
        to: usize,
        line: usize,
        vector: usize,
        delay: usize,
    },
    Write {
        line: usize,
        vector: usize,
        a: usize,
    },
    /// One channel of the frames in a vector, in both lanes of its instance.
    Spread {
        to: usize,
        a: usize,
        offset: usize,
    },
    /// Frames of left lanes and right lanes.
    Weave {
        to: usize,
        left: usize,
        right: usize,
    },
    /// Arithmetic; the values of the operation are registers.
    Compute {
        to: usize,
        op: Op,
    },
}

/// A resolved kernel.
#[derive(Debug)]
pub(super) struct Machine<P: Scalar> {
    pub(super) steps: Vec<Step>,
    /// What the registers hold at the start of a call: the constants.
    pub(super) start: Vec<[P::Raw; LANES]>,
    pub(super) factor: u32,
    /// Of each line.
    pub(super) lines: Vec<Ring>,
}

/// Where the numbers of a line stand in its ring.
#[derive(Debug)]
pub(super) struct Ring {
    /// Capacity - 1.
    pub(super) mask: u64,
    /// Raw numbers from one position to the next.
    pub(super) step: usize,
    /// Of each vector: the number at position 0 of each lane.
    pub(super) lanes: Vec<[usize; LANES]>,
    /// It lies in planes, whose first numbers are repeated behind them.
    pub(super) planes: bool,
}

impl<P: Scalar> Machine<P> {
    /// Runs the samples of a call.
    ///
    /// # Safety
    /// As [`KernelCode::run`](mixdown_layout::KernelCode::run), for the kernel and packing of this machine.
    pub(super) unsafe fn run(&self, call: &BlockCall) {
        let mut registers = self.start.clone();
        let first = u64::from(call.start) * u64::from(self.factor);
        for k in first..first + u64::from(call.len) * u64::from(self.factor) {
            let time = call.time * u64::from(self.factor) + k;
            for step in &self.steps {
                // SAFETY: the caller vouches for the memory of the call; `k` lies inside the cell because
                // `start + len` does.
                unsafe { self.step(step, call, k as usize, time, &mut registers) };
            }
        }
    }

    /// One step of the sample `k` of the cell, `time` on the timeline, both in kernel samples.
    ///
    /// # Safety
    /// As [`Self::run`], and `k` lies inside the cell.
    #[inline]
    unsafe fn step(&self, step: &Step, call: &BlockCall, k: usize, time: u64, r: &mut [[P::Raw; LANES]]) {
        match *step {
            Step::Input { to, pointer } => {
                for (lane, x) in r[to].iter_mut().enumerate() {
                    // SAFETY: there is a pointer for each lane of each vector of a port, to a block of the cell.
                    *x = unsafe { (*call.inputs.add(pointer + lane)).cast::<P::Raw>().add(k).read() };
                }
            }
            Step::Output { pointer, a } => {
                for (lane, x) in r[a].iter().enumerate() {
                    // SAFETY: as for inputs, and outputs are nobody else's meanwhile.
                    unsafe { (*call.outputs.add(pointer + lane)).cast::<P::Raw>().add(k).write(*x) };
                }
            }
            Step::Slot { to, at } => {
                // SAFETY: the offsets are those that the layout of slots gives this kernel.
                r[to] = unsafe { call.slots.cast::<[P::Raw; LANES]>().add(at).read() };
            }
            Step::Control { to, at } => {
                // SAFETY: a control slot takes two vectors.
                let at = unsafe { call.slots.cast::<[P::Raw; LANES]>().add(at) };
                // SAFETY: as above.
                let (origin, slope) = unsafe { (at.read(), at.add(1).read()) };
                let mut p = P::default();
                let (k, factor) = (p.float(k as f64), p.float(f64::from(self.factor)));
                let i = p.div(k, factor);
                for lane in 0..LANES {
                    let x = p.fma(i, P::to_float(slope[lane]), P::to_float(origin[lane]));
                    r[to][lane] = P::of_float(x);
                }
            }
            Step::Time { to } => r[to] = [P::of_int(P::default().int((time & 0x7FFF_FFFF) as i64)); LANES],
            Step::Load { to, at } => {
                // SAFETY: the offsets are those that the layout of states gives this kernel and packing.
                r[to] = unsafe { call.state.cast::<[P::Raw; LANES]>().add(at).read() };
            }
            Step::Store { at, a } => {
                // SAFETY: as above, and states are nobody else's meanwhile.
                unsafe { call.state.cast::<[P::Raw; LANES]>().add(at).write(r[a]) };
            }
            Step::Read { to, line, vector, delay } => {
                let Ring { mask, step, lanes, .. } = &self.lines[line];
                let delays = r[delay];
                for (lane, x) in r[to].iter_mut().enumerate() {
                    let delay = P::widen_int(P::to_int(delays[lane])) as u64;
                    let at = (time.wrapping_sub(delay) & mask) as usize * step + lanes[vector][lane];
                    // SAFETY: the mask keeps the position inside the ring, whatever the delay is.
                    *x = unsafe { (*call.lines.add(line)).cast::<P::Raw>().add(at).read() };
                }
            }
            Step::Write { line, vector, a } => {
                let Ring { mask, step, lanes, planes } = &self.lines[line];
                let position = (time & mask) as usize;
                for (x, first) in r[a].into_iter().zip(lanes[vector]) {
                    let at = position * step + first;
                    // SAFETY: as above, and lines are nobody else's meanwhile.
                    unsafe { (*call.lines.add(line)).cast::<P::Raw>().add(at).write(x) };
                    if *planes && position < MARGIN {
                        // SAFETY: behind a plane stand twice as many numbers.
                        unsafe { (*call.lines.add(line)).cast::<P::Raw>().add(at + *mask as usize + 1).write(x) };
                    }
                }
            }
            Step::Spread { to, a, offset } => {
                let a = r[a];
                r[to] = [a[offset], a[offset], a[2 + offset], a[2 + offset]];
            }
            Step::Weave { to, left, right } => {
                let (left, right) = (r[left], r[right]);
                r[to] = [left[0], right[1], left[2], right[3]];
            }
            Step::Compute { to, op } => {
                let at = |v: Value| r[v.0 as usize];
                r[to] = compute::<P>(op, at);
            }
        }
    }
}

/// Arithmetic on one vector, lane by lane.
#[inline]
fn compute<P: Scalar>(op: Op, at: impl Fn(Value) -> [P::Raw; LANES]) -> [P::Raw; LANES] {
    use Op::*;
    let p = &mut P::default();
    let float1 = |a, f: fn(&mut P, P::F) -> P::F, p: &mut P| at(a).map(|x| P::of_float(f(p, P::to_float(x))));
    let float2 = |a, b, f: fn(&mut P, P::F, P::F) -> P::F, p: &mut P| {
        let (a, b) = (at(a), at(b));
        std::array::from_fn(|l| P::of_float(f(p, P::to_float(a[l]), P::to_float(b[l]))))
    };
    let test = |a, b, f: fn(&mut P, P::F, P::F) -> bool, p: &mut P| {
        let (a, b) = (at(a), at(b));
        std::array::from_fn(|l| P::of_mask(f(p, P::to_float(a[l]), P::to_float(b[l]))))
    };
    let mask2 = |a, b, f: fn(&mut P, bool, bool) -> bool, p: &mut P| {
        let (a, b) = (at(a), at(b));
        std::array::from_fn(|l| P::of_mask(f(p, P::to_mask(a[l]), P::to_mask(b[l]))))
    };
    let int2 = |a, b, f: fn(&mut P, P::I, P::I) -> P::I, p: &mut P| {
        let (a, b) = (at(a), at(b));
        std::array::from_fn(|l| P::of_int(f(p, P::to_int(a[l]), P::to_int(b[l]))))
    };
    match op {
        Add(a, b) => float2(a, b, P::add, p),
        Sub(a, b) => float2(a, b, P::sub, p),
        Mul(a, b) => float2(a, b, P::mul, p),
        Div(a, b) => float2(a, b, P::div, p),
        Fma(a, b, c) => {
            let (a, b, c) = (at(a), at(b), at(c));
            std::array::from_fn(|l| P::of_float(p.fma(P::to_float(a[l]), P::to_float(b[l]), P::to_float(c[l]))))
        }
        Neg(a) => float1(a, P::neg, p),
        Abs(a) => float1(a, P::abs, p),
        Sqrt(a) => float1(a, P::sqrt, p),
        Min(a, b) => float2(a, b, P::min, p),
        Max(a, b) => float2(a, b, P::max, p),
        Lt(a, b) => test(a, b, P::lt, p),
        Le(a, b) => test(a, b, P::le, p),
        Eq(a, b) => test(a, b, P::eq, p),
        And(a, b) => mask2(a, b, P::and, p),
        Or(a, b) => mask2(a, b, P::or, p),
        Not(a) => at(a).map(|x| P::of_mask(p.not(P::to_mask(x)))),
        Select(m, a, b) => {
            let (m, a, b) = (at(m), at(a), at(b));
            std::array::from_fn(|l| if P::to_mask(m[l]) { a[l] } else { b[l] })
        }
        // A register is raw bits already.
        Bits(a) | FromBits(a) => at(a),
        IAdd(a, b) => int2(a, b, P::iadd, p),
        ISub(a, b) => int2(a, b, P::isub, p),
        IMul(a, b) => int2(a, b, P::imul, p),
        IAnd(a, b) => int2(a, b, P::iand, p),
        IOr(a, b) => int2(a, b, P::ior, p),
        IXor(a, b) => int2(a, b, P::ixor, p),
        Shl(a, n) => at(a).map(|x| P::of_int(p.shl(P::to_int(x), n))),
        Shr(a, n) => at(a).map(|x| P::of_int(p.shr(P::to_int(x), n))),
        // Everything else has a step of its own.
        Float(_) | Int(_) | Input(_) | Slot(_) | Time | ReadState(_) | ReadLine(..) | WriteState(..)
        | WriteLine(..) | Output(..) | Channel(..) | Frame(..) => [P::Raw::default(); LANES],
    }
}
