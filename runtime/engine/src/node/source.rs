//! Audio from outside, pulled frame by frame in order.

use super::{Setup, Visit};
use crate::error::{self, EngineError};
use crate::ring::Pen;
use crate::sample::Sample;
use crate::source::SourceReader;
use mixdown_layout::CELL;
use std::ops::Range;

/// A source and the streams of its channels.
pub(crate) struct SourceNode<S: Sample> {
    pub(crate) pens: Vec<Pen<S>>,
    pub(crate) reader: Box<dyn SourceReader<S>>,
    name: String,
    ended: bool,
}

impl<S: Sample> SourceNode<S> {
    pub(crate) fn new(setup: &Setup<S>, outputs: &[u32], reader: Box<dyn SourceReader<S>>) -> Self {
        let stream = |s: u32| &setup.program.streams[s as usize];
        let rings = &setup.rings.rings;
        let pens = outputs.iter().map(|&s| Pen::new(&rings[s as usize], s, stream(s).strip_output)).collect();
        let name = outputs.first().map_or_else(String::new, |&s| stream(s).name.clone());
        SourceNode { pens, reader, name, ended: false }
    }

    pub(crate) fn run(&mut self, visit: &Visit, cells: Range<u64>) -> Result<(), EngineError> {
        let mut cell = cells.start;
        while cell < cells.end && !self.pens.is_empty() {
            if self.ended {
                self.pens.iter_mut().for_each(Pen::finish_silent);
                cell += 1;
                continue;
            }
            let room = self.pens.iter().map(Pen::run).min().unwrap_or(0);
            let run = room.min((cells.end - cell) as usize);
            self.fill(run)?;
            for cell in cell..cell + run as u64 {
                self.pens.iter_mut().for_each(|pen| pen.finish(cell, visit.sure_before));
            }
            cell += run as u64;
        }
        Ok(())
    }

    /// Reads `run` cells, zeros where the source has ended.
    fn fill(&mut self, run: usize) -> Result<(), EngineError> {
        let frames = run * CELL;
        let mut done = 0;
        // SAFETY: `run` is at most every pen's `run()`, and the slices end with this function.
        let mut blocks: Vec<&mut [S]> = self.pens.iter().map(|pen| unsafe { pen.block(run) }).collect();
        while done < frames && !self.ended {
            let mut rest: Vec<&mut [S]> = blocks.iter_mut().map(|b| &mut b[done..]).collect();
            let got = self.reader.read(&mut rest).map_err(|message| {
                EngineError::new(error::SOURCE_FAILED, format!("the source of `{}` failed: {message}", self.name))
            })?;
            self.ended = got == 0;
            done += got.min(frames - done);
        }
        blocks.iter_mut().for_each(|b| b[done..].fill(S::ZERO));
        Ok(())
    }
}
