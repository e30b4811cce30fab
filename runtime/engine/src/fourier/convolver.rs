//! Convolution with responses of any length, without latency: the first 64 taps directly, then partitions of 128,
//! 1024, 8192 … samples by transforms (W. Gardner, "Efficient convolution without input-output delay", JAES 43(3),
//! 1995; here on the grid of cells, where every sample of a cell is known before the first is written).
//!
//! Always true here: a level of blocks of `b` samples begins at tap `b - 64`, so what a block adds is due from the very
//! cell that completes it; blocks lie on the timeline's own grid, and after as many silent blocks as the response is
//! long everything is zero and nothing is computed.

use super::response::Response;
use super::transform::Transform;
use crate::sample::Sample;
use crate::wide;
use mixdown_layout::CELL;

/// Samples of a block of the first level, and how much longer each level's are.
const FIRST: usize = 2 * CELL;
const GROWTH: usize = 8;
/// Partitions of the last level: more would be cheaper as fewer, longer ones.
const MOST: usize = 20;

/// One route's part in a level.
struct Path<S> {
    input: usize,
    output: usize,
    /// Spectra of its partitions, one after the other.
    spectra: Vec<S>,
}

/// All partitions of one length.
struct Level<S> {
    transform: Transform<S>,
    /// Partitions of the longest route.
    partitions: usize,
    paths: Vec<Path<S>>,
    /// Of each input: spectra of the blocks so far, a ring of `partitions`.
    heard: Vec<Vec<S>>,
    newest: usize,
    /// Of each input: the block before and the current one.
    blocks: Vec<[Vec<S>; 2]>,
    /// Of each output: what is due in the coming block.
    due: Vec<Vec<S>>,
    work: [Vec<S>; 2],
    sum: Vec<S>,
}

/// Convolves a cell of 64 samples at a time.
pub(crate) struct Convolver<S> {
    /// Input, output and first taps of every route.
    heads: Vec<(usize, usize, Vec<S>)>,
    /// Of each input: the cell before and the current one.
    recent: Vec<Vec<S>>,
    levels: Vec<Level<S>>,
    /// Cells after which nothing of an input is left.
    memory: u64,
    /// Cells since the last sample that is not zero.
    quiet: u64,
    cell: u64,
}

impl<S: Sample> Convolver<S> {
    /// At timeline 0, nothing heard.
    pub(crate) fn new(response: &Response) -> Self {
        let longest = response.routes.iter().map(|r| r.taps.len()).max().unwrap_or(0);
        let head = |taps: &[f64]| {
            let used = taps.len().min(CELL);
            let mut head: Vec<S> = taps[..used].iter().map(|t| S::from_f64(*t)).collect();
            head.resize(used.next_multiple_of(8), S::ZERO);
            head
        };
        let mut levels = Vec::new();
        let mut block = FIRST;
        let mut memory = 2;
        while longest > block - CELL {
            let left = (longest + CELL - block).div_ceil(block);
            let here = if left <= MOST { left } else { GROWTH - 1 };
            levels.push(Level::new(response, block, here));
            memory = (here + 2) * block / CELL + memory;
            if here == left {
                break;
            }
            block *= GROWTH;
        }
        Convolver {
            heads: response.routes.iter().map(|r| (r.input, r.output, head(&r.taps))).collect(),
            recent: vec![vec![S::ZERO; 2 * CELL]; response.inputs],
            levels,
            memory: memory as u64,
            quiet: u64::MAX,
            cell: 0,
        }
    }

    /// The next cell: one slice of 64 samples a channel.
    pub(crate) fn cell(&mut self, inputs: &[&[S]], outputs: &mut [&mut [S]]) {
        let cell = self.cell;
        self.cell += 1;
        let silent = inputs.iter().all(|x| x.iter().all(|x| *x == S::ZERO));
        self.quiet = if silent { self.quiet.saturating_add(1) } else { 0 };
        outputs.iter_mut().for_each(|output| output.fill(S::ZERO));
        if self.quiet > self.memory {
            return;
        }
        for (recent, input) in self.recent.iter_mut().zip(inputs) {
            recent.copy_within(CELL.., 0);
            recent[CELL..].copy_from_slice(input);
        }
        for (input, output, taps) in &self.heads {
            if let Ok(out) = <&mut [S; CELL]>::try_from(&mut *outputs[*output]) {
                wide::convolve(out, &self.recent[*input], taps, 0);
            }
        }
        for level in &mut self.levels {
            level.cell(cell, inputs, outputs);
        }
    }

    /// Bytes of responses and of what was heard.
    pub(crate) fn bytes(&self) -> usize {
        let spectra = |level: &Level<S>| level.paths.iter().map(|p| p.spectra.len()).chain(level.heard.iter().map(Vec::len)).sum::<usize>();
        self.levels.iter().map(spectra).sum::<usize>() * size_of::<S>()
    }
}

impl<S: Sample> Level<S> {
    fn new(response: &Response, block: usize, partitions: usize) -> Self {
        let transform = Transform::<S>::new(block);
        // In 64 bits, so that only the products round.
        let exact = Transform::<f64>::new(block);
        let first = block - CELL;
        let paths = response.routes.iter().filter(|r| r.taps.len() > first).map(|route| {
            let taps = &route.taps[first..route.taps.len().min(first + partitions * block)];
            let mut spectra = Vec::new();
            for part in taps.chunks(block) {
                let mut re: Vec<f64> = part.iter().map(|t| t / block as f64).collect();
                re.resize(block, 0.0);
                let mut spectrum = vec![0.0; 2 * block];
                exact.forward(&mut re, &mut vec![0.0; block], &mut spectrum);
                spectra.extend(spectrum.into_iter().map(S::from_f64));
            }
            Path { input: route.input, output: route.output, spectra }
        });
        Level {
            paths: paths.collect(),
            partitions,
            heard: vec![vec![S::ZERO; partitions * 2 * block]; response.inputs],
            newest: 0,
            blocks: vec![[vec![S::ZERO; block], vec![S::ZERO; block]]; response.inputs],
            due: vec![vec![S::ZERO; block]; response.outputs],
            work: [vec![S::ZERO; block], vec![S::ZERO; block]],
            sum: vec![S::ZERO; 2 * block],
            transform,
        }
    }

    fn cell(&mut self, cell: u64, inputs: &[&[S]], outputs: &mut [&mut [S]]) {
        let block = self.transform.len();
        let cells = (block / CELL) as u64;
        let at = (cell % cells) as usize * CELL;
        for (blocks, input) in self.blocks.iter_mut().zip(inputs) {
            for (to, from) in blocks[1][at..at + CELL].iter_mut().zip(*input) {
                // What is no number is heard where it is, in the first taps, and nowhere else.
                *to = if (from.bits() & S::MAGNITUDE) < S::INFINITE { *from } else { S::ZERO };
            }
        }
        if at + CELL == block {
            self.hear();
            self.answer();
        }
        let due = (at + CELL) % block;
        for (output, due_here) in outputs.iter_mut().zip(&self.due) {
            for (to, from) in output.iter_mut().zip(&due_here[due..due + CELL]) {
                *to = *to + *from;
            }
        }
    }

    /// A block is complete: its spectrum, together with the block before.
    fn hear(&mut self) {
        let block = self.transform.len();
        self.newest = if self.newest == 0 { self.partitions - 1 } else { self.newest - 1 };
        for (heard, blocks) in self.heard.iter_mut().zip(&mut self.blocks) {
            let [re, im] = &mut self.work;
            re.copy_from_slice(&blocks[0]);
            im.copy_from_slice(&blocks[1]);
            self.transform.forward(re, im, &mut heard[self.newest * 2 * block..][..2 * block]);
            blocks.swap(0, 1);
        }
    }

    /// What all blocks so far add to the coming one.
    fn answer(&mut self) {
        let block = self.transform.len();
        for (output, due) in self.due.iter_mut().enumerate() {
            self.sum.fill(S::ZERO);
            for path in self.paths.iter().filter(|p| p.output == output) {
                let heard = &self.heard[path.input];
                let (older, newer) = heard.split_at(self.newest * 2 * block);
                let (first, second) = path.spectra.split_at(path.spectra.len().min(newer.len()));
                products(&mut self.sum, newer, first);
                products(&mut self.sum, older, second);
            }
            let [re, im] = &mut self.work;
            self.transform.inverse(&self.sum, re, im);
            due.copy_from_slice(im);
        }
    }
}

/// Bins that are summed at a time, over all partitions, without leaving the registers.
const BINS: usize = 32;

wide! {
    /// Adds the products of spectra, one after the other, to `sum`; as many as there are of both.
    fn products<S>(sum: &mut [S], heard: &[S], response: &[S]) {
        let len = sum.len();
        let (sum_re, sum_im) = sum.split_at_mut(len / 2);
        let mut at = 0;
        for (re, im) in sum_re.chunks_exact_mut(BINS).zip(sum_im.chunks_exact_mut(BINS)) {
            let (mut a, mut b, mut c) = ([S::ZERO; BINS], [S::ZERO; BINS], [S::ZERO; BINS]);
            for (x, h) in heard.chunks_exact(len).zip(response.chunks_exact(len)) {
                let (x_re, x_im) = (&x[at..at + BINS], &x[len / 2 + at..len / 2 + at + BINS]);
                let (h_re, h_im) = (&h[at..at + BINS], &h[len / 2 + at..len / 2 + at + BINS]);
                for k in 0..BINS {
                    a[k] = x_re[k].fma(h_re[k], a[k]);
                    b[k] = x_im[k].fma(h_im[k], b[k]);
                    c[k] = x_im[k].fma(h_re[k], x_re[k].fma(h_im[k], c[k]));
                }
            }
            for k in 0..BINS {
                re[k] = re[k] + (a[k] - b[k]);
                im[k] = im[k] + c[k];
            }
            at += BINS;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::response::{Response, Route};
    use super::*;

    fn noise(seed: u64, len: usize) -> Vec<f64> {
        let mut x = seed;
        (0..len)
            .map(|_| {
                x = x.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (x >> 11) as f64 / (1u64 << 52) as f64 - 1.0
            })
            .collect()
    }

    fn mono(taps: Vec<f64>) -> Response {
        Response { inputs: 1, outputs: 1, routes: vec![Route { input: 0, output: 0, taps }] }
    }

    fn run<S: Sample>(response: &Response, inputs: &[Vec<f64>], cells: usize) -> Vec<Vec<f64>> {
        let mut convolver = Convolver::<S>::new(response);
        let mut out = vec![vec![S::ZERO; cells * CELL]; response.outputs];
        let inputs: Vec<Vec<S>> = inputs
            .iter()
            .map(|x| (0..cells * CELL).map(|i| S::from_f64(x.get(i).copied().unwrap_or(0.0))).collect())
            .collect();
        for cell in 0..cells {
            let here: Vec<&[S]> = inputs.iter().map(|x| &x[cell * CELL..][..CELL]).collect();
            let mut there: Vec<&mut [S]> = out.iter_mut().map(|x| &mut x[cell * CELL..][..CELL]).collect();
            convolver.cell(&here, &mut there);
        }
        out.into_iter().map(|x| x.into_iter().map(S::to_f64).collect()).collect()
    }

    fn error(got: &[f64], x: &[f64], taps: &[f64]) -> f64 {
        let (mut wrong, mut right) = (0.0, 0.0);
        for (t, got) in got.iter().enumerate() {
            let want: f64 = taps.iter().enumerate().take(t + 1).map(|(k, h)| h * x.get(t - k).copied().unwrap_or(0.0)).sum();
            wrong += (got - want) * (got - want);
            right += want * want;
        }
        10.0 * (wrong / right).log10()
    }

    #[test]
    fn it_is_the_direct_sum() {
        for len in [1, 8, 63, 64, 65, 200, 1000, 2625, 4000, 30_000] {
            let decay = |i: usize| (-3.0 * i as f64 / len as f64).exp();
            let taps: Vec<f64> = noise(5, len).into_iter().enumerate().map(|(i, x)| x * decay(i)).collect();
            let x: Vec<f64> = noise(6, 6000).iter().map(|x| f64::from(*x as f32)).collect();
            let cells = (6000 + len).div_ceil(CELL);
            let wide = error(&run::<f64>(&mono(taps.clone()), std::slice::from_ref(&x), cells)[0], &x, &taps);
            let narrow = error(&run::<f32>(&mono(taps.clone()), std::slice::from_ref(&x), cells)[0], &x, &taps);
            println!("{len} taps: {wide:.1} dB in 64 bits, {narrow:.1} dB in 32");
            assert!(wide < -280.0 && narrow < -125.0, "{len} taps: {wide} dB, {narrow} dB");
        }
    }

    #[test]
    fn a_short_response_is_exact_and_everything_ends() {
        let x: Vec<f64> = noise(7, 640).iter().map(|x| f64::from(*x as f32)).collect();
        let y = run::<f32>(&mono(vec![1.0]), std::slice::from_ref(&x), 12);
        assert!(x.iter().zip(&y[0]).all(|(x, y)| x == y), "a unit impulse changes no bit");
        let y = run::<f32>(&mono(noise(8, 3000)), &[vec![1.0]], 200);
        assert!(y[0][3200..].iter().all(|y| y.abs() < 1e-5) && y[0][6400..].iter().all(|y| *y == 0.0), "true zero at the end");
    }

    #[test]
    fn routes_cross() {
        let route = |input, output, delay: usize, gain| {
            let mut taps = vec![0.0; delay + 1];
            taps[delay] = gain;
            Route { input, output, taps }
        };
        let routes = vec![route(0, 0, 3, 1.0), route(0, 1, 90, 2.0), route(1, 0, 700, 3.0), route(1, 1, 2000, 4.0)];
        let y = run::<f64>(&Response { inputs: 2, outputs: 2, routes }, &[vec![1.0], vec![0.0, 1.0]], 64);
        for (out, want) in [(0, [(3, 1.0), (701, 3.0)]), (1, [(90, 2.0), (2001, 4.0)])] {
            for (t, y) in y[out].iter().enumerate() {
                let want = want.iter().find(|(at, _)| *at == t).map_or(0.0, |w| w.1);
                assert!((y - want).abs() < 1e-12, "output {out} at {t}: {y}");
            }
        }
    }
}
