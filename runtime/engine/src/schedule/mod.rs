//! Who visits which node when.
//!
//! Always true here: whatever the order, every node sees the same cells in the same order, so the bits are those
//! of one thread.

mod clusters;
mod pool;

use crate::collect::{Block, Collector};
use crate::denormal::FlushDenormals;
use crate::error::{self, EngineError, RenderError};
use crate::machine::Machine;
use crate::sample::Sample;
use mixdown_layout::CELL;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

/// What is to be walked.
pub(crate) struct Walk<'a, S: Sample> {
    pub machine: &'a Machine<S>,
    /// First cell no output needs.
    pub end: u64,
    pub cancel: Option<&'a AtomicBool>,
}

impl<S: Sample> Walk<'_, S> {
    /// Fails where somebody asked to stop.
    pub(crate) fn check_cancel(&self) -> Result<(), EngineError> {
        match self.cancel {
            Some(cancel) if cancel.load(Ordering::Relaxed) => {
                Err(EngineError::new(error::CANCELLED, "the render was cancelled"))
            }
            _ => Ok(()),
        }
    }
}

/// Cells that surely belong to the song.
pub(crate) fn sure_cells<S: Sample>(collector: &Collector<S>) -> u64 {
    collector.sure().div_ceil(CELL as u64)
}

/// Batches that a producer may be before its consumers when several threads compute. With two, threads of equal load
/// still wait for each other now and then; with more than three nothing is gained.
pub(crate) const AHEAD: u64 = 3;

type Sink<'a, S, E> = &'a mut dyn FnMut(&Block<S>) -> Result<(), E>;

/// Runs the song to its end.
pub(crate) fn run<S: Sample, E>(
    walk: &Walk<S>,
    threads: usize,
    collector: &mut Collector<S>,
    sink: Sink<S, E>,
) -> Result<(), RenderError<E>> {
    if threads > 1 { pool::run(walk, threads, collector, sink) } else { inline(walk, collector, sink) }
}

/// On the caller's thread alone: all nodes of a batch, then what leaves.
fn inline<S: Sample, E>(walk: &Walk<S>, collector: &mut Collector<S>, sink: Sink<S, E>) -> Result<(), RenderError<E>> {
    let mut clock = Instant::now();
    for batch in 0.. {
        walk.check_cancel()?;
        {
            let _flush = FlushDenormals::on();
            let sure_before = sure_cells(collector);
            for n in 0..walk.machine.len() {
                // SAFETY: one thread, and nodes stand in topological order; a ring keeps what is read still.
                unsafe { walk.machine.visit(n, batch, walk.end, sure_before, &mut clock) }?;
            }
        }
        let over = collector.take(walk.machine.plan.cells(batch, 0, walk.end), sink).map_err(RenderError::Sink)?;
        if over {
            break;
        }
        clock = Instant::now();
    }
    Ok(())
}
