//! What happens behind the engine: files are encoded and the master is measured on threads of their own, so that the
//! engine never waits for them unless they are the slowest part. Order and samples are those of the engine.

use super::outputs::{Writer, Written};
use crate::exit::Stop;
use mixdown_meter::{Measurement, Meter};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Frames that are handed over at once.
const BATCH: usize = 8192;
/// Batches that may wait: about a second of audio.
const WAITING: usize = 6;

/// A stretch of every output, planar, in the order of [`Behind::outputs`].
type Batch<S> = Arc<Vec<Vec<Vec<S>>>>;

/// The threads, and the batch that is being filled.
pub struct Behind<S: Written> {
    outputs: Vec<String>,
    filling: Vec<Vec<Vec<S>>>,
    writing: Lane<S, Result<(Vec<Writer>, Duration), Stop>>,
    metering: Option<Lane<S, Measurement>>,
}

struct Lane<S, R> {
    send: Option<SyncSender<Batch<S>>>,
    thread: JoinHandle<R>,
}

/// What the threads leave.
pub struct Behindhand {
    /// Files with all audio, not yet finished.
    pub writers: Vec<Writer>,
    /// Figures of the master.
    pub master: Option<Measurement>,
    /// Time spent encoding.
    pub encode: Duration,
}

impl<S: Written> Behind<S> {
    /// Starts the threads.
    pub fn start(writers: Vec<Writer>, meter: Option<Meter>) -> Behind<S> {
        let mut outputs: Vec<String> = writers.iter().map(|w| w.from.clone()).collect();
        if meter.is_some() {
            outputs.push("master".into());
        }
        outputs.sort();
        outputs.dedup();
        let names = outputs.clone();
        let writing = lane(move |batches| write(writers, &names, &batches));
        let master = outputs.iter().position(|o| o == "master");
        let metering = meter.zip(master).map(|(meter, master)| lane(move |batches| measure(meter, master, &batches)));
        Behind { filling: vec![Vec::new(); outputs.len()], outputs, writing, metering }
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
        let empty = vec![Vec::new(); self.outputs.len()];
        let batch: Batch<S> = Arc::new(std::mem::replace(&mut self.filling, empty));
        if let Some(send) = self.metering.as_ref().and_then(|m| m.send.as_ref()) {
            // A meter that is gone is noticed when it is joined.
            let _ = send.send(batch.clone());
        }
        self.writing.send.as_ref().is_some_and(|send| send.send(batch).is_ok())
    }

    /// Waits for the threads.
    ///
    /// # Errors
    /// What writing ran into.
    pub fn finish(mut self) -> Result<Behindhand, Stop> {
        self.flush(true);
        self.writing.send = None;
        let master = self.metering.map(|mut m| {
            m.send = None;
            m.thread.join().map_err(|_| failed())
        });
        let (writers, encode) = self.writing.thread.join().map_err(|_| failed())??;
        Ok(Behindhand { writers, master: master.transpose()?, encode })
    }
}

fn failed() -> Stop {
    Stop::environment("E0899", "a thread behind the engine failed", "please report it")
}

fn lane<S: Written, R: Send + 'static>(work: impl FnOnce(Receiver<Batch<S>>) -> R + Send + 'static) -> Lane<S, R> {
    let (send, receive) = sync_channel(WAITING);
    Lane { send: Some(send), thread: std::thread::spawn(move || work(receive)) }
}

fn write<S: Written>(
    mut writers: Vec<Writer>,
    names: &[String],
    batches: &Receiver<Batch<S>>,
) -> Result<(Vec<Writer>, Duration), Stop> {
    let mut spent = Duration::ZERO;
    let from: Vec<Option<usize>> = writers.iter().map(|w| names.iter().position(|n| *n == w.from)).collect();
    for batch in batches {
        let started = Instant::now();
        for (writer, from) in writers.iter_mut().zip(&from) {
            let Some(planes) = from.and_then(|i| batch.get(i)).filter(|p| !p.is_empty()) else { continue };
            let planes: Vec<&[S]> = planes.iter().map(Vec::as_slice).collect();
            writer.write(&planes)?;
        }
        spent += started.elapsed();
    }
    Ok((writers, spent))
}

fn measure<S: Written>(mut meter: Meter, master: usize, batches: &Receiver<Batch<S>>) -> Measurement {
    for batch in batches {
        let Some(planes) = batch.get(master) else { continue };
        let planes: Vec<&[S]> = planes.iter().map(Vec::as_slice).collect();
        let mut room = Vec::new();
        meter.push(&S::narrow(&planes, &mut room));
    }
    meter.finish()
}
