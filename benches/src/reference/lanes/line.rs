//! A delay line.

use super::B;

/// A delay line that always shows its past in one piece: it is written on and on, and moved down when it is full.
pub(super) struct Line {
    pub(super) data: Vec<f32>,
    pub(super) now: usize,
    most: usize,
}

impl Line {
    /// Reaches `most` samples back.
    pub(super) fn new(most: usize) -> Line {
        Line { data: vec![0.0; most + 64 * B], now: most, most }
    }

    /// The block `ago` samples before the current one. Before the current block is pushed, `ago` is a block at least.
    #[inline(always)]
    pub(super) fn past(&self, ago: usize) -> &[f32] {
        &self.data[self.now - ago..self.now - ago + B]
    }

    #[inline(always)]
    pub(super) fn current(&mut self) -> &mut [f32] {
        &mut self.data[self.now..self.now + B]
    }

    #[inline(always)]
    pub(super) fn next(&mut self) {
        self.now += B;
        if self.now + B > self.data.len() {
            self.data.copy_within(self.now - self.most..self.now, 0);
            self.now = self.most;
        }
    }
}
