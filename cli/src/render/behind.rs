//! What happens behind the engine: files are encoded and the master is measured as jobs of their own, so that the
//! engine never waits for them unless they are the slowest part. Order and samples are those of the engine.

use super::job::{Job, Place};
use super::outputs::{Writer, Written};
use crate::exit::Stop;
use mixdown_meter::{Measurement, Meter};
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Frames that are handed over at once.
const BATCH: usize = 8192;
/// Batches that may wait: about a second of audio.
const WAITING: usize = 6;

/// A stretch of every output, planar, in the order of [`Behind::outputs`].
type Batch<S> = Arc<Vec<Vec<Vec<S>>>>;

/// The jobs, and the batch that is being filled.
pub struct Behind<S: Written> {
    outputs: Vec<String>,
    filling: Vec<Vec<Vec<S>>>,
    /// Batches handed over, oldest first; when everybody is done with one it is filled anew.
    sent: VecDeque<Batch<S>>,
    writing: Place<Batch<S>, Writing>,
    metering: Option<Place<Batch<S>, Metering>>,
}

/// What is left when all batches are through.
pub struct Behindhand {
    /// Files with all audio, not yet finished.
    pub writers: Vec<Writer>,
    /// An output that was measured, by its name, and its figures.
    pub metered: Option<(String, Measurement)>,
    /// Time spent encoding.
    pub encode: Duration,
}

impl<S: Written> Behind<S> {
    /// Makes ready for `threads` threads in all, the engine's among them.
    pub fn start(writers: Vec<Writer>, metered: Option<(Meter, String)>, threads: usize) -> Behind<S> {
        let mut outputs: Vec<String> = writers.iter().map(|w| w.from.clone()).collect();
        outputs.extend(metered.iter().map(|(_, name)| name.clone()));
        outputs.sort();
        outputs.dedup();
        let from = writers.iter().map(|w| outputs.iter().position(|n| *n == w.from)).collect();
        let writing = Place::of(Writing { writers, from, spent: Duration::ZERO }, threads);
        let place = |name: &String| outputs.iter().position(|o| o == name);
        let metering = metered.and_then(|(meter, name)| Some(Metering { meter, of: place(&name)? }));
        let metering = metering.map(|metering| Place::of(metering, threads));
        Behind { filling: vec![Vec::new(); outputs.len()], sent: VecDeque::new(), outputs, writing, metering }
    }

    /// Takes a stretch of one output; what nobody wants is let go.
    pub fn push(&mut self, name: &str, planes: &[&[S]]) {
        let Ok(i) = self.outputs.binary_search_by(|o| o.as_str().cmp(name)) else { return };
        let own = &mut self.filling[i];
        // A mono output stands in both channels of a file.
        own.resize_with(2, Vec::new);
        for (c, to) in own.iter_mut().enumerate() {
            if let Some(plane) = planes.get(c).or(planes.last()) {
                to.extend_from_slice(plane);
            }
        }
    }

    /// Hands over what has gathered. `false` once writing has failed: [`Behind::finish`] says why.
    pub fn flush(&mut self, all: bool) -> bool {
        let gathered = self.filling.iter().flatten().map(Vec::len).max().unwrap_or(0);
        if gathered == 0 || gathered < BATCH && !all {
            return true;
        }
        let batch: Batch<S> = Arc::new(std::mem::take(&mut self.filling));
        self.sent.push_back(batch.clone());
        self.filling = self.emptied();
        if let Some(metering) = &mut self.metering {
            // A meter that is gone is noticed in the end.
            metering.give(batch.clone());
        }
        self.writing.give(batch)
    }

    /// A batch to be filled: one that has been through, as long as there is one.
    fn emptied(&mut self) -> Vec<Vec<Vec<S>>> {
        let done = self.sent.front().is_some_and(|batch| Arc::strong_count(batch) == 1);
        let mut batch = self.sent.pop_front_if(|_| done).and_then(Arc::into_inner).unwrap_or_default();
        batch.iter_mut().flatten().for_each(Vec::clear);
        batch.resize_with(self.outputs.len(), Vec::new);
        batch
    }

    /// Waits until all is through.
    ///
    /// # Errors
    /// What writing ran into.
    pub fn finish(mut self) -> Result<Behindhand, Stop> {
        self.flush(true);
        let metering = self.metering.map(Place::end);
        let writing = self.writing.end()?;
        let metered = metering.transpose()?.map(|m| (self.outputs[m.of].clone(), m.meter.finish()));
        Ok(Behindhand { writers: writing.writers, metered, encode: writing.spent })
    }
}

struct Writing {
    writers: Vec<Writer>,
    /// Which output each takes.
    from: Vec<Option<usize>>,
    spent: Duration,
}

impl<S: Written> Job<Batch<S>> for Writing {
    const WAITING: usize = WAITING;

    fn take(&mut self, batch: Batch<S>) -> Result<(), Stop> {
        let started = Instant::now();
        for (writer, from) in self.writers.iter_mut().zip(&self.from) {
            let Some(planes) = from.and_then(|i| batch.get(i)).filter(|p| !p.is_empty()) else { continue };
            let planes: Vec<&[S]> = planes.iter().map(Vec::as_slice).collect();
            writer.write(&planes)?;
        }
        self.spent += started.elapsed();
        Ok(())
    }
}

struct Metering {
    meter: Meter,
    /// Which output.
    of: usize,
}

impl<S: Written> Job<Batch<S>> for Metering {
    const WAITING: usize = WAITING;

    fn take(&mut self, batch: Batch<S>) -> Result<(), Stop> {
        if let Some(planes) = batch.get(self.of) {
            let planes: Vec<&[S]> = planes.iter().map(Vec::as_slice).collect();
            let mut room = Vec::new();
            self.meter.push(&S::narrow(&planes, &mut room));
        }
        Ok(())
    }
}
