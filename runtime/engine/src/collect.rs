//! What leaves the program: samples in blocks of the size the caller wants, and where the song ends.
//!
//! Always true here: where the song ends is decided sample by sample, so neither batches nor blocks change it;
//! held back is never more than the tail's `hold` and one batch.

use crate::error::{self, EngineError};
use crate::ring::{Rings, Tap};
use crate::sample::Sample;
use mixdown_layout::{CELL, Program};
use std::ops::Range;

/// A piece of the song as it is handed over.
pub struct Block<'a, S> {
    /// Timeline sample of the first frame: frames handed over before.
    pub start: u64,
    /// Frames of this block, at most [`crate::Options::block`].
    pub frames: usize,
    /// Frames of the whole song, where that is known already.
    pub total: Option<u64>,
    /// Frames that are rendered in any case: the end of the sources, or the fixed length.
    pub at_least: u64,
    /// The delivered outputs in the program's order.
    pub outputs: &'a [BlockOutput<'a, S>],
}

/// One delivered output's part of a block.
pub struct BlockOutput<'a, S> {
    /// `master`, or a strip's path.
    pub name: &'a str,
    /// One slice a channel, each of [`Block::frames`] samples.
    pub channels: Vec<&'a [S]>,
}

/// When the song is over.
#[derive(Clone, Copy, Debug)]
pub(crate) enum End {
    /// After so many frames.
    Fixed(u64),
    /// When all tails have died away.
    Tail {
        /// First frame after the sources.
        sources: u64,
        /// First frame that is surely not reached.
        limit: u64,
    },
}

impl End {
    pub(crate) fn of(program: &Program) -> Result<End, EngineError> {
        match (program.length, program.sources_end) {
            (Some(length), _) => Ok(End::Fixed(length)),
            (None, Some(sources)) => Ok(End::Tail { sources, limit: sources.saturating_add(program.tail.most) }),
            (None, None) => {
                Err(EngineError::new(error::ENDLESS, "a source of the song never ends, so the song does not either")
                    .help("give the song a `length`, as in `length 4min`"))
            }
        }
    }

    /// The first cell that is surely not needed.
    pub(crate) fn cells(self) -> u64 {
        let (End::Fixed(frames) | End::Tail { limit: frames, .. }) = self;
        frames.div_ceil(CELL as u64)
    }
}

/// Gathers the outputs and hands them over.
pub(crate) struct Collector<S> {
    names: Vec<(String, usize)>,
    taps: Vec<Tap<S>>,
    tails: Vec<Tap<S>>,
    threshold: S,
    hold: u64,
    end: End,
    /// One a delivered channel: frames `start..made`, behind `head` frames that have been handed over.
    stage: Vec<Vec<S>>,
    head: usize,
    start: u64,
    made: u64,
    /// First frame after the last that surely belongs to the song.
    sure: u64,
    /// Highest sample of the tails in the last stretch before the limit.
    last: S,
    block: usize,
}

/// Frames of that stretch.
const STRETCH: u64 = 4800;

impl<S: Sample> Collector<S> {
    pub(crate) fn new(program: &Program, rings: &Rings<S>, end: End, block: usize) -> Self {
        let delivered = || program.outputs.iter().filter(|o| o.deliver);
        let taps: Vec<_> = delivered().flat_map(|o| &o.channels).map(|r| rings.tap(*r)).collect();
        let tails = program.outputs.iter().filter(|o| o.tail && matches!(end, End::Tail { .. }));
        let (End::Fixed(sure) | End::Tail { sources: sure, .. }) = end;
        Collector {
            names: delivered().map(|o| (o.name.clone(), o.channels.len())).collect(),
            stage: vec![Vec::new(); taps.len()],
            taps,
            tails: tails.flat_map(|o| &o.channels).map(|r| rings.tap(*r)).collect(),
            threshold: S::from_f64(program.tail.threshold),
            hold: program.tail.hold,
            end,
            head: 0,
            start: 0,
            made: 0,
            sure,
            last: S::from_f64(0.0),
            block,
        }
    }

    /// Frames that surely belong to the song.
    pub(crate) fn sure(&self) -> u64 {
        self.sure
    }

    /// Level in dBFS at which the tails are cut at their limit; `None` where they have died away before.
    pub(crate) fn cut(&self) -> Option<f64> {
        let End::Tail { limit, .. } = self.end else { return None };
        (self.sure + STRETCH > limit).then(|| 20.0 * self.last.to_f64().log10())
    }

    /// Takes over finished cells and hands out what is ready; `true` when the song is over.
    pub(crate) fn take<E>(
        &mut self,
        cells: Range<u64>,
        sink: &mut dyn FnMut(&Block<S>) -> Result<(), E>,
    ) -> Result<bool, E> {
        let mut over = self.over_at() <= self.made;
        for cell in cells {
            if over {
                break;
            }
            for (stage, tap) in self.stage.iter_mut().zip(&mut self.taps) {
                // SAFETY: a tap shows one whole cell, and the schedule keeps its writer away.
                stage.extend_from_slice(unsafe { std::slice::from_raw_parts(tap.ptr(), CELL) });
                tap.advance();
            }
            self.listen(cell * CELL as u64);
            self.made = (cell + 1) * CELL as u64;
            over = self.over_at() <= self.made;
        }
        self.hand_over(over, sink)?;
        Ok(over)
    }

    /// First frame at which the search for more may stop, as far as is known.
    fn over_at(&self) -> u64 {
        match self.end {
            End::Fixed(frames) => frames,
            End::Tail { limit, .. } => self.sure.saturating_add(self.hold).min(limit),
        }
    }

    /// Looks for the last loud sample in the cell that starts at frame `at`.
    fn listen(&mut self, at: u64) {
        let End::Tail { sources, limit } = self.end else { return };
        if at + CELL as u64 <= sources {
            self.tails.iter_mut().for_each(Tap::advance);
            return;
        }
        let mut loud = [false; CELL];
        for tap in &mut self.tails {
            // SAFETY: as in `take`.
            let block = unsafe { std::slice::from_raw_parts(tap.ptr(), CELL) };
            for (loud, x) in loud.iter_mut().zip(block) {
                // What cannot be compared is not silent.
                *loud |= !matches!(x.abs().partial_cmp(&self.threshold), Some(std::cmp::Ordering::Less));
            }
            if at + CELL as u64 + STRETCH > limit && at < limit {
                let peak = |peak: S, x: &S| if x.abs() > peak { x.abs() } else { peak };
                self.last = block.iter().fold(self.last, peak);
            }
            tap.advance();
        }
        for (i, _) in loud.iter().enumerate().filter(|(_, loud)| **loud) {
            let frame = at + i as u64;
            if frame >= sources && frame < self.over_at() {
                self.sure = frame + 1;
            }
        }
    }

    fn hand_over<E>(&mut self, over: bool, sink: &mut dyn FnMut(&Block<S>) -> Result<(), E>) -> Result<(), E> {
        let ready = self.made.min(self.sure);
        let total = match self.end {
            End::Fixed(frames) => Some(frames),
            End::Tail { .. } => over.then_some(self.sure),
        };
        let (End::Fixed(at_least) | End::Tail { sources: at_least, .. }) = self.end;
        while self.start < ready {
            let left = ready - self.start;
            if left < self.block as u64 && !over {
                break;
            }
            let frames = left.min(self.block as u64) as usize;
            let mut channels = self.stage.iter().map(|s| &s[self.head..self.head + frames]);
            let outputs: Vec<_> = self
                .names
                .iter()
                .map(|(name, n)| BlockOutput { name, channels: channels.by_ref().take(*n).collect() })
                .collect();
            sink(&Block { start: self.start, frames, total, at_least, outputs: &outputs })?;
            self.start += frames as u64;
            self.head += frames;
        }
        if self.head > 0 {
            for stage in &mut self.stage {
                stage.drain(..self.head);
            }
            self.head = 0;
        }
        Ok(())
    }
}
