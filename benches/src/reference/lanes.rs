//! The sessions as fast as a careful hand makes them with 128-bit lanes: blocks of 64 samples; four tracks in the lanes
//! of a vector, which are four groups too; every effect split into loops that fit the registers; what has no feedback
//! shorter than four samples (delays, the limiter) runs along time instead.

// Blocks are read and written at one index, which says more than iterators would.
#![allow(clippy::needless_range_loop)]

use super::Output;
use super::design::*;
use super::f4::F4;
use crate::session::{TRACKS, Track, group_bell};
use crate::stems::Stem;

/// Samples of a block.
const B: usize = 64;
/// How far ahead tracks are asked for, in samples.
const AHEAD: usize = 4 * B;
/// A block of four lanes.
type Wide = [F4; B];
/// A block of one channel.
type Plain = [f32; B];

#[inline(always)]
fn zero() -> F4 {
    F4::splat(0.0)
}

#[inline(always)]
fn at(block: &[f32], i: usize) -> F4 {
    let four: &[f32; 4] = block[i..i + 4].try_into().expect("four samples");
    F4::load(four)
}

#[inline(always)]
fn put(block: &mut [f32], i: usize, x: F4) {
    let four: &mut [f32; 4] = (&mut block[i..i + 4]).try_into().expect("four samples");
    x.store(four);
}

#[inline(always)]
fn lanes(f: impl Fn(usize) -> f32) -> F4 {
    F4::load(&std::array::from_fn(f))
}

/// A filter in four lanes, `C` vectors of memory.
struct Biquad<const C: usize> {
    p0: F4,
    p1: F4,
    p2: F4,
    d1: F4,
    d2: F4,
    state: [[F4; 2]; C],
}

impl<const C: usize> Biquad<C> {
    fn new(of: impl Fn(usize) -> Filter) -> Self {
        let part = |f: fn(Filter) -> f32| lanes(|i| f(of(i)));
        Biquad { p0: part(|f| f.p0), p1: part(|f| f.p1), p2: part(|f| f.p2), d1: part(|f| f.d1), d2: part(|f| f.d2), state: [[zero(); 2]; C] }
    }
}

#[inline(always)]
fn biquad<const C: usize>(f: &Biquad<C>, [w1, w2]: &mut [F4; 2], x: F4) -> F4 {
    let y = f.p0.fma(x, *w1);
    let turn = w1.add(f.p1.fma(x, *w2));
    *w2 = f.d2.nfma(y, f.p2.fma(x, *w2));
    *w1 = f.d1.nfma(y, turn);
    y
}

/// One without zeros but at 0 Hz.
#[inline(always)]
fn highpass_biquad<const C: usize>(f: &Biquad<C>, [w1, w2]: &mut [F4; 2], x: F4) -> F4 {
    let y = f.p0.fma(x, *w1);
    let turn = w1.add(*w2);
    *w2 = f.d2.nfma(y, *w2);
    *w1 = f.d1.nfma(y, turn);
    y
}

/// A signal with what a band-pass or a high shelf adds to it: filters whose p2 is 0.
#[inline(always)]
fn with_band<const C: usize>(f: &Biquad<C>, [w1, w2]: &mut [F4; 2], x: F4) -> F4 {
    let y = f.p0.fma(x, *w1);
    let turn = w1.add(f.p1.fma(x, *w2));
    *w2 = f.d2.nfma(y, *w2);
    *w1 = f.d1.nfma(y, turn);
    x.add(y)
}

/// A high-pass and a low shelf, in registers for the length of the block.
#[inline(always)]
fn lower<const C: usize>(filters: &mut [Biquad<C>], block: &mut [Wide; C]) {
    let [cut, shelf] = filters else { unreachable!("a pair") };
    let (mut first, mut second) = (cut.state, shelf.state);
    for i in 0..B {
        for c in 0..C {
            let x = highpass_biquad(cut, &mut first[c], block[c][i]);
            block[c][i] = x.add(biquad(shelf, &mut second[c], x));
        }
    }
    (cut.state, shelf.state) = (first, second);
}

/// A bell and a high shelf.
#[inline(always)]
fn upper<const C: usize>(filters: &mut [Biquad<C>], block: &mut [Wide; C]) {
    let [bell, shelf] = filters else { unreachable!("a pair") };
    let (mut first, mut second) = (bell.state, shelf.state);
    for i in 0..B {
        for c in 0..C {
            let x = with_band(bell, &mut first[c], block[c][i]);
            block[c][i] = with_band(shelf, &mut second[c], x);
        }
    }
    (bell.state, shelf.state) = (first, second);
}

/// Samples that share a look at each constant: there are more of those than registers.
const U: usize = 4;

#[inline(always)]
fn decibels(x: [F4; U]) -> [F4; U] {
    let bits = x.map(|x| x.max(F4::splat(1e-10)).bits_add(SHIFT));
    let octaves = bits.map(|b| b.exponent().sub(F4::splat(8_388_735.0)));
    let r = bits.map(|b| b.mantissa().bits_add(ROOT_HALF).sub(F4::splat(1.0)));
    let q = power_series(r, &LOG);
    std::array::from_fn(|u| octaves[u].fma(F4::splat(OCTAVE), r[u].mul(q[u])))
}

/// A polynomial, its highest power first.
#[inline(always)]
fn power_series(x: [F4; U], coefficients: &[f32]) -> [F4; U] {
    let mut sum = [F4::splat(coefficients[0]); U];
    for c in &coefficients[1..] {
        let c = F4::splat(*c);
        for u in 0..U {
            sum[u] = sum[u].fma(x[u], c);
        }
    }
    sum
}

#[inline(always)]
fn factor(db: [F4; U]) -> [F4; U] {
    let db = db.map(|db| db.max(F4::splat(-764.616_2)).min(F4::splat(770.636_8)));
    let whole = db.map(|db| db.fma(F4::splat(BY_OCTAVE), F4::splat(WHOLE)));
    let f: [F4; U] = std::array::from_fn(|u| db[u].fma(F4::splat(BY_OCTAVE), F4::splat(WHOLE).sub(whole[u])));
    let q = power_series(f, &EXP);
    std::array::from_fn(|u| f[u].fma(q[u], F4::splat(1.0)).mul(whole[u].power()))
}

/// The cuts that levels ask for, before they are smoothed.
#[inline(always)]
fn wanted(level: [F4; U], threshold: f32, slope: f32) -> [F4; U] {
    let over = decibels(level).map(|db| db.sub(F4::splat(threshold)));
    let t = over.map(|over| over.add(F4::splat(KNEE.0)).max(zero()).min(F4::splat(KNEE.1)));
    let above = over.map(|over| over.sub(F4::splat(KNEE.0)).max(zero()));
    std::array::from_fn(|u| t[u].mul(F4::splat(KNEE.2)).fma(t[u], above[u]).mul(F4::splat(slope)))
}

/// The gains of smoothed cuts.
#[inline(always)]
fn gains(cut: &Wide, i: usize) -> [F4; U] {
    factor(std::array::from_fn(|u| zero().sub(cut[i + u])))
}

/// Smooths `K` blocks side by side, so that none waits for its own feedback alone.
#[inline(always)]
fn smooth<const K: usize>(blocks: &mut [Wide], held: &mut [F4], attack: F4, release: F4) {
    let mut state: [F4; K] = std::array::from_fn(|k| held[k]);
    for i in 0..B {
        for k in 0..K {
            let x = blocks[k][i];
            let pace = state[k].less(x, attack, release);
            state[k] = pace.fma(x.sub(state[k]), state[k]);
            blocks[k][i] = state[k];
        }
    }
    held[..K].copy_from_slice(&state);
}

/// Four tracks of `C` channels.
struct Pack<const C: usize> {
    stems: [usize; 4],
    filters: [Biquad<C>; 4],
    fader: F4,
    /// Gains of what each channel adds to, left and right: the groups, the hall, the echo.
    into: [[[F4; 2]; 3]; C],
}

impl<const C: usize> Pack<C> {
    fn new(first: usize) -> Self {
        let t = |i: usize| Track::new(first + i);
        let filters = [
            Biquad::new(|_| highpass(80.0)),
            Biquad::new(|i| lowshelf(t(i).low)),
            Biquad::new(|i| bell(t(i).bell, 1.1)),
            Biquad::new(|i| highshelf(t(i).high)),
        ];
        let side = |c: usize, s: usize, level: &dyn Fn(usize) -> f32| {
            let heard = C == 1 || c == s;
            lanes(|i| if heard { pan(C, t(i).pan)[s] * level(i) } else { 0.0 })
        };
        let into = std::array::from_fn(|c| {
            let both = |level: &dyn Fn(usize) -> f32| [side(c, 0, level), side(c, 1, level)];
            [both(&|_| 1.0), both(&|i| gain(t(i).sends.0)), both(&|i| gain(t(i).sends.1))]
        });
        Pack { stems: std::array::from_fn(|i| t(i).stem), filters, fader: lanes(|i| gain(t(i).fader)), into }
    }

    /// Reads four planar tracks into lanes.
    #[inline(always)]
    fn load(&self, stems: &[Stem], start: usize, block: &mut [Wide; C]) {
        for (c, block) in block.iter_mut().enumerate() {
            let planes = self.stems.map(|s| &stems[s][c][start..start + B]);
            for i in (0..B).step_by(16) {
                // More streams than the machine follows by itself.
                planes.iter().for_each(|p| F4::prefetch(p, AHEAD + i));
            }
            for i in (0..B).step_by(4) {
                let four = F4::transpose(planes.map(|p| at(p, i)));
                block[i..i + 4].copy_from_slice(&four);
            }
        }
    }

    #[inline(always)]
    fn equalise(&mut self, block: &mut [Wide; C], cut: &mut Wide) {
        let (low, high) = self.filters.split_at_mut(2);
        lower(low, block);
        upper(high, block);
        for i in (0..B).step_by(U) {
            let level = std::array::from_fn(|u| (1..C).fold(block[0][i + u].abs(), |level, c| level.max(block[c][i + u].abs())));
            cut[i..i + U].copy_from_slice(&wanted(level, -18.0, 2.0 / 3.0));
        }
    }

    /// Applies the gain.
    #[inline(always)]
    fn apply(&self, block: &mut [Wide; C], cut: &Wide) {
        for i in (0..B).step_by(U) {
            let gain = gains(cut, i);
            for block in block.iter_mut() {
                for u in 0..U {
                    block[i + u] = block[i + u].mul(gain[u]).mul(self.fader);
                }
            }
        }
    }
}

/// What tracks add to: groups in lanes, the sends in parts that are summed over the lanes.
struct Sums([[Wide; 2]; 3]);

/// The sum of the lanes of four vectors, one a lane.
#[inline(always)]
fn across(four: [F4; 4]) -> F4 {
    let [a, b, c, d] = F4::transpose(four);
    a.add(b).add(c.add(d))
}

/// Sums a block over its lanes.
#[inline(always)]
fn collapse(block: &Wide, to: &mut Plain) {
    for i in (0..B).step_by(4) {
        put(to, i, across([block[i], block[i + 1], block[i + 2], block[i + 3]]));
    }
}

/// All tracks.
struct Tracks {
    mono: [Pack<1>; 4],
    stereo: [Pack<2>; 2],
    held: [F4; 6],
    mono_blocks: [[Wide; 1]; 4],
    stereo_blocks: [[Wide; 2]; 2],
    cuts: [Wide; 6],
}

impl Tracks {
    fn new() -> Tracks {
        let none = [zero(); B];
        Tracks {
            mono: std::array::from_fn(|k| Pack::new(4 * k)),
            stereo: std::array::from_fn(|k| Pack::new(16 + 4 * k)),
            held: [zero(); 6],
            mono_blocks: [[none]; 4],
            stereo_blocks: [[none; 2]; 2],
            cuts: [none; 6],
        }
    }

    /// One block of everything the tracks feed: `WAYS` of groups, hall and echo.
    #[inline(always)]
    fn run<const WAYS: usize>(&mut self, stems: &[Stem], start: usize, sums: &mut Sums) {
        let (mono_cuts, stereo_cuts) = self.cuts.split_at_mut(4);
        for ((pack, block), cut) in self.mono.iter_mut().zip(&mut self.mono_blocks).zip(mono_cuts) {
            pack.load(stems, start, block);
            pack.equalise(block, cut);
        }
        for ((pack, block), cut) in self.stereo.iter_mut().zip(&mut self.stereo_blocks).zip(stereo_cuts) {
            pack.load(stems, start, block);
            pack.equalise(block, cut);
        }
        let (attack, release) = (F4::splat(pace(0.010)), F4::splat(pace(0.120)));
        smooth::<3>(&mut self.cuts[..3], &mut self.held[..3], attack, release);
        smooth::<3>(&mut self.cuts[3..], &mut self.held[3..], attack, release);
        for ((pack, block), cut) in self.mono.iter().zip(&mut self.mono_blocks).zip(&self.cuts[..4]) {
            pack.apply(block, cut);
        }
        for ((pack, block), cut) in self.stereo.iter().zip(&mut self.stereo_blocks).zip(&self.cuts[4..]) {
            pack.apply(block, cut);
        }
        for way in 0..WAYS {
            for side in 0..2 {
                let mono: [F4; 4] = std::array::from_fn(|k| self.mono[k].into[0][way][side]);
                let stereo: [F4; 2] = std::array::from_fn(|k| self.stereo[k].into[side][way][side]);
                let to = &mut sums.0[way][side];
                for i in 0..B {
                    let a = self.mono_blocks[0][0][i].mul(mono[0]);
                    let b = self.mono_blocks[1][0][i].mul(mono[1]);
                    let a = self.mono_blocks[2][0][i].fma(mono[2], a);
                    let b = self.mono_blocks[3][0][i].fma(mono[3], b);
                    let a = self.stereo_blocks[0][side][i].fma(stereo[0], a);
                    let b = self.stereo_blocks[1][side][i].fma(stereo[1], b);
                    to[i] = a.add(b);
                }
            }
        }
    }
}

/// The four groups, in lanes.
struct Groups {
    filters: [Biquad<2>; 2],
    held: [F4; 1],
}

impl Groups {
    fn new() -> Groups {
        Groups { filters: [Biquad::new(|k| bell((group_bell(k), 1.5), Q)), Biquad::new(|_| highshelf((9000.0, -1.0)))], held: [zero()] }
    }

    #[inline(always)]
    fn run(&mut self, block: &mut [Wide; 2]) {
        upper(&mut self.filters, block);
        let mut cut = [[zero(); B]];
        for i in (0..B).step_by(U) {
            let level = std::array::from_fn(|u| block[0][i + u].abs().max(block[1][i + u].abs()));
            cut[0][i..i + U].copy_from_slice(&wanted(level, -16.0, 0.5));
        }
        smooth::<1>(&mut cut, &mut self.held, F4::splat(pace(0.020)), F4::splat(pace(0.150)));
        for i in (0..B).step_by(U) {
            let gain = gains(&cut[0], i);
            for u in 0..U {
                block[0][i + u] = block[0][i + u].mul(gain[u]);
                block[1][i + u] = block[1][i + u].mul(gain[u]);
            }
        }
    }
}

/// A delay line that always shows its past in one piece: it is written on and on, and moved down when it is full.
struct Line {
    data: Vec<f32>,
    now: usize,
    most: usize,
}

impl Line {
    /// Reaches `most` samples back.
    fn new(most: usize) -> Line {
        Line { data: vec![0.0; most + 64 * B], now: most, most }
    }

    /// The block `ago` samples before the current one; of what is not yet written, only at least a block ago.
    #[inline(always)]
    fn past(&self, ago: usize) -> &[f32] {
        &self.data[self.now - ago..self.now - ago + B]
    }

    #[inline(always)]
    fn current(&mut self) -> &mut [f32] {
        &mut self.data[self.now..self.now + B]
    }

    #[inline(always)]
    fn next(&mut self) {
        self.now += B;
        if self.now + B > self.data.len() {
            self.data.copy_within(self.now - self.most..self.now, 0);
            self.now = self.most;
        }
    }
}

/// Runs `[left, right, -, -]` of a stereo block through a chain of `N` filters.
#[inline(always)]
fn stereo<const N: usize>(
    filters: &mut [Biquad<1>; N],
    block: &mut [Plain; 2],
    chain: impl Fn(&[Biquad<1>; N], &mut [[F4; 2]; N], F4) -> F4,
) {
    let mut states: [[F4; 2]; N] = std::array::from_fn(|k| filters[k].state[0]);
    for i in (0..B).step_by(4) {
        let mut four = F4::transpose([at(&block[0], i), at(&block[1], i), zero(), zero()]);
        for x in &mut four {
            *x = chain(filters, &mut states, *x);
        }
        let [l, r, ..] = F4::transpose(four);
        put(&mut block[0], i, l);
        put(&mut block[1], i, r);
    }
    for (filter, state) in filters.iter_mut().zip(states) {
        filter.state[0] = state;
    }
}

struct Room {
    hall: Hall,
    wait: [Line; 2],
    smear: [[Line; 3]; 2],
    lines: [Line; 8],
    held: [F4; 2],
    absorb: [(F4, F4); 2],
    close: [Biquad<1>; 2],
}

impl Room {
    fn new() -> Room {
        let hall = hall();
        let smear = || DIFFUSE.map(|(length, _)| Line::new(length));
        let absorb = [0, 4].map(|k| (lanes(|i| hall.absorb[k + i].0), lanes(|i| hall.absorb[k + i].1)));
        Room {
            wait: [Line::new(PREDELAY), Line::new(PREDELAY)],
            smear: [smear(), smear()],
            lines: hall.lengths.map(Line::new),
            held: [zero(); 2],
            absorb,
            close: [highpass(20.0), lowpass(20_000.0)].map(|f| Biquad::new(|_| f)),
            hall,
        }
    }

    #[inline(always)]
    fn run(&mut self, block: &mut [Plain; 2]) {
        for (c, block) in block.iter_mut().enumerate() {
            self.wait[c].current().copy_from_slice(block);
            block.copy_from_slice(self.wait[c].past(PREDELAY));
            self.wait[c].next();
            for (line, (length, amount)) in self.smear[c].iter_mut().zip(DIFFUSE) {
                let amount = F4::splat(amount);
                let now = line.now;
                for i in (0..B).step_by(4) {
                    let past = at(&line.data, now - length + i);
                    let x = past.nfma(amount, at(block, i));
                    put(&mut line.data, now + i, x);
                    put(block, i, x.fma(amount, past));
                }
                line.next();
            }
        }
        let (feed, loud) = (F4::splat(HADAMARD), F4::splat(self.hall.loud));
        for i in (0..B).step_by(4) {
            let mut h = [zero(); 8];
            for half in 0..2 {
                let four = std::array::from_fn(|k| {
                    let (line, length) = (&self.lines[4 * half + k], self.hall.lengths[4 * half + k]);
                    at(&line.data, line.now - length + i)
                });
                let mut four = F4::transpose(four);
                let (gain, pace) = self.absorb[half];
                let mut held = self.held[half];
                for x in &mut four {
                    held = x.fma(gain, zero().sub(held)).fma(pace, held);
                    *x = held;
                }
                self.held[half] = held;
                h[4 * half..4 * half + 4].copy_from_slice(&F4::transpose(four));
            }
            let (l, r) = (at(&block[0], i), at(&block[1], i));
            for (k, x) in hadamard(h).into_iter().enumerate() {
                let line = &mut self.lines[k];
                put(&mut line.data, line.now + i, x.fma(feed, if k < 4 { l } else { r }));
            }
            let left = h[0].sub(h[1]).add(h[2]).sub(h[3]).add(h[4]).add(h[5]).sub(h[6]).sub(h[7]);
            let right = h[0].add(h[1]).sub(h[2]).sub(h[3]).sub(h[4]).add(h[5]).sub(h[6]).add(h[7]);
            put(&mut block[0], i, left.mul(loud));
            put(&mut block[1], i, right.mul(loud));
        }
        self.lines.iter_mut().for_each(Line::next);
        stereo(&mut self.close, block, |[cut, close], [a, b], x| biquad(close, b, highpass_biquad(cut, a, x)));
        widen(block);
    }
}

/// Through middle and side at their full width, as the effects do.
#[inline(always)]
fn widen(block: &mut [Plain; 2]) {
    let half = F4::splat(0.5);
    for i in (0..B).step_by(4) {
        let (l, r) = (at(&block[0], i), at(&block[1], i));
        let (middle, side) = (l.add(r).mul(half), l.sub(r).mul(half));
        put(&mut block[0], i, middle.add(side));
        put(&mut block[1], i, middle.sub(side));
    }
}

#[inline(always)]
fn hadamard(x: [F4; 8]) -> [F4; 8] {
    let (s, d) = (F4::add, F4::sub);
    let a = [s(x[0], x[1]), d(x[0], x[1]), s(x[2], x[3]), d(x[2], x[3]), s(x[4], x[5]), d(x[4], x[5]), s(x[6], x[7]), d(x[6], x[7])];
    let b = [s(a[0], a[2]), s(a[1], a[3]), d(a[0], a[2]), d(a[1], a[3]), s(a[4], a[6]), s(a[5], a[7]), d(a[4], a[6]), d(a[5], a[7])];
    [s(b[0], b[4]), s(b[1], b[5]), s(b[2], b[6]), s(b[3], b[7]), d(b[0], b[4]), d(b[1], b[5]), d(b[2], b[6]), d(b[3], b[7])]
}

struct Echo {
    lines: [Line; 2],
    tone: F4,
    held: F4,
}

impl Echo {
    fn new() -> Echo {
        Echo { lines: [Line::new(ECHO.0), Line::new(ECHO.0)], tone: F4::splat(pole(4000.0)), held: zero() }
    }

    #[inline(always)]
    fn run(&mut self, block: &mut [Plain; 2]) {
        let feedback = F4::splat(ECHO.1);
        let mut low = self.held;
        for i in (0..B).step_by(4) {
            let past = |line: &Line| at(&line.data, line.now - ECHO.0 + i);
            let mut four = F4::transpose([past(&self.lines[0]), past(&self.lines[1]), zero(), zero()]);
            for x in &mut four {
                let half = x.sub(low).mul(self.tone);
                let y = low.add(half);
                low = y.add(half);
                *x = y;
            }
            let [l, r, ..] = F4::transpose(four);
            let middle = at(&block[0], i).add(at(&block[1], i));
            let now = self.lines[0].now;
            put(&mut self.lines[0].data, now + i, middle.fma(F4::splat(0.5), r.mul(feedback)));
            put(&mut self.lines[1].data, now + i, l.mul(feedback));
            put(&mut block[0], i, l);
            put(&mut block[1], i, r);
        }
        self.held = low;
        self.lines.iter_mut().for_each(Line::next);
        widen(block);
    }
}

struct Master {
    filters: [Biquad<1>; 4],
    held: f32,
}

impl Master {
    fn new() -> Master {
        let filters = [highpass(25.0), lowshelf((100.0, 1.0)), bell((3000.0, -1.0), Q), highshelf((10_000.0, 1.0))];
        Master { filters: filters.map(|f| Biquad::new(|_| f)), held: 0.0 }
    }

    #[inline(always)]
    fn run(&mut self, block: &mut [Plain; 2]) {
        stereo(&mut self.filters, block, |[cut, low, bell, high], [a, b, c, d], x| {
            let x = highpass_biquad(cut, a, x);
            let x = x.add(biquad(low, b, x));
            with_band(high, d, with_band(bell, c, x))
        });
        // Along time: sixteen samples are four vectors.
        let mut cut = [0f32; B];
        for i in (0..B).step_by(4 * U) {
            let level = std::array::from_fn(|u| at(&block[0], i + 4 * u).abs().max(at(&block[1], i + 4 * u).abs()));
            for (u, x) in wanted(level, -14.0, 0.5).into_iter().enumerate() {
                put(&mut cut, i + 4 * u, x);
            }
        }
        let (attack, release) = (pace(0.020), pace(0.200));
        for x in &mut cut {
            let pace = if self.held < *x { attack } else { release };
            self.held = pace.mul_add(*x - self.held, self.held);
            *x = self.held;
        }
        for i in (0..B).step_by(4 * U) {
            let gain = factor(std::array::from_fn(|u| zero().sub(at(&cut, i + 4 * u))));
            for block in block.iter_mut() {
                for (u, gain) in gain.iter().enumerate() {
                    let x = at(block, i + 4 * u).mul(*gain);
                    put(block, i + 4 * u, x);
                }
            }
        }
    }
}

struct Limiter {
    ceiling: F4,
    most: [Line; 8],
    let_go: f32,
    pace: f32,
    sums: [(Line, f32); 2],
    late: [Line; 2],
}

impl Limiter {
    fn new() -> Limiter {
        let sum = || (Line::new(HALF), 0.0);
        Limiter {
            ceiling: F4::splat(ceiling()),
            most: std::array::from_fn(|_| Line::new(WINDOW)),
            let_go: 0.0,
            pace: pace(0.050),
            sums: [sum(), sum()],
            late: [Line::new(LATE), Line::new(LATE)],
        }
    }

    #[inline(always)]
    fn run(&mut self, block: &mut [Plain; 2], gain: F4) {
        for c in 0..2 {
            self.late[c].current().copy_from_slice(&block[c]);
        }
        for i in (0..B).step_by(4) {
            let top = at(&block[0], i).abs().max(at(&block[1], i).abs()).max(self.ceiling);
            put(self.most[0].current(), i, top.sub(self.ceiling).div(top));
        }
        for k in 0..8 {
            let ago = if k < 7 { 1 << k } else { WINDOW - 128 };
            let mut most = [0f32; B];
            let line = &self.most[k];
            for i in (0..B).step_by(4) {
                put(&mut most, i, at(&line.data, line.now + i).max(at(&line.data, line.now - ago + i)));
            }
            self.most[k].next();
            match self.most.get_mut(k + 1) {
                Some(next) => next.current().copy_from_slice(&most),
                None => self.sums[0].0.current().copy_from_slice(&most),
            }
        }
        let mut let_go = self.let_go;
        for x in self.sums[0].0.current() {
            let_go = x.max((*x - let_go).mul_add(self.pace, let_go));
            *x = let_go;
        }
        self.let_go = let_go;
        let mut reduced = [0f32; B];
        for (k, (line, total)) in self.sums.iter_mut().enumerate() {
            for i in (0..B).step_by(4) {
                let x = if k == 0 { at(line.current(), i).mul(F4::splat(GRID)) } else { at(&reduced, i).div(F4::splat(HALF as f32)) };
                put(line.current(), i, x.ceil());
            }
            let mut sum = *total;
            for i in 0..B {
                sum += line.data[line.now + i] - line.data[line.now - HALF + i];
                reduced[i] = sum;
            }
            *total = sum;
            line.next();
        }
        let whole = F4::splat(HALF as f32 * GRID);
        for i in (0..B).step_by(4) {
            let reduced = at(&reduced, i).div(whole);
            for c in 0..2 {
                let late = at(self.late[c].past(LATE), i);
                put(&mut block[c], i, late.nfma(reduced, late).mul(gain));
            }
        }
        self.late.iter_mut().for_each(Line::next);
    }
}

/// Everything behind the tracks of session S.
struct Rest {
    groups: Groups,
    room: Room,
    echo: Echo,
    master: Master,
    limiter: Limiter,
}

impl Rest {
    fn new() -> Rest {
        Rest { groups: Groups::new(), room: Room::new(), echo: Echo::new(), master: Master::new(), limiter: Limiter::new() }
    }

    #[inline(always)]
    fn run(&mut self, Sums([groups, hall, echo]): &mut Sums, out: &mut [Plain; 2]) {
        self.groups.run(groups);
        let (mut wet, mut echoes) = ([[0f32; B]; 2], [[0f32; B]; 2]);
        for side in 0..2 {
            collapse(&groups[side], &mut out[side]);
            collapse(&hall[side], &mut wet[side]);
            collapse(&echo[side], &mut echoes[side]);
        }
        self.room.run(&mut wet);
        self.echo.run(&mut echoes);
        for side in 0..2 {
            for i in (0..B).step_by(4) {
                let sum = at(&out[side], i).add(at(&wet[side], i)).add(at(&echoes[side], i));
                put(&mut out[side], i, sum);
            }
        }
        self.master.run(out);
        self.limiter.run(out, F4::splat(gain(-0.5)));
    }
}

/// Session S (`full`) or T over the stems of 24 tracks; whole blocks of them.
pub fn render(stems: &[Stem], full: bool) -> Output {
    assert!(super::f4::available(), "this machine has no AVX2 and FMA");
    here(stems, full)
}

/// Everything is inlined here, where the instructions are allowed.
#[cfg(target_arch = "x86_64")]
fn here(stems: &[Stem], full: bool) -> Output {
    #[target_feature(enable = "avx2,fma")]
    fn wide(stems: &[Stem], full: bool) -> Output {
        session(stems, full)
    }
    // SAFETY: `render` has just seen the features.
    unsafe { wide(stems, full) }
}

#[cfg(not(target_arch = "x86_64"))]
fn here(stems: &[Stem], full: bool) -> Output {
    session(stems, full)
}

#[inline(always)]
fn session(stems: &[Stem], full: bool) -> Output {
    assert!(stems.len() == TRACKS, "the packs are those of 24 tracks");
    let frames = stems[0][0].len() / B * B;
    let none = [zero(); B];
    let mut sums = Sums([[none; 2]; 3]);
    let mut tracks = Tracks::new();
    let mut rest = Rest::new();
    let mut out = [Vec::with_capacity(frames), Vec::with_capacity(frames)];
    let mut block = [[0f32; B]; 2];
    for start in (0..frames).step_by(B) {
        if full {
            tracks.run::<3>(stems, start, &mut sums);
            rest.run(&mut sums, &mut block);
        } else {
            tracks.run::<1>(stems, start, &mut sums);
            for side in 0..2 {
                collapse(&sums.0[0][side], &mut block[side]);
            }
        }
        for (out, block) in out.iter_mut().zip(&block) {
            out.extend_from_slice(block);
        }
    }
    if full {
        out.iter_mut().for_each(|o| drop(o.drain(..LATE.min(frames))));
    }
    out
}
