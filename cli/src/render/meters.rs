//! Many measurements at once, beside the engine: some threads, each with meters of its own.

use crate::exit::Stop;
use mixdown_meter::{Measurement, Meter};
use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

/// Blocks that may wait for a thread.
const WAITING: usize = 64;

/// A stretch of an output, planar, by the output's number.
type Part = (usize, Vec<Vec<f32>>);

/// Meters by the name of what they hear.
pub struct Meters {
    lanes: Vec<(SyncSender<Part>, JoinHandle<BTreeMap<usize, Measurement>>)>,
    names: BTreeMap<String, usize>,
}

impl Meters {
    /// Starts `threads` threads, for audio at `rate`.
    pub fn start(rate: u32, threads: usize) -> Meters {
        let lane = |_| {
            let (send, receive) = sync_channel(WAITING);
            (send, std::thread::spawn(move || hear(rate, &receive)))
        };
        Meters { lanes: (0..threads.max(1)).map(lane).collect(), names: BTreeMap::new() }
    }

    /// Takes a block of an output.
    pub fn push(&mut self, name: &str, block: &[&[f32]]) {
        let next = self.names.len();
        let number = match self.names.get(name) {
            Some(number) => *number,
            None => *self.names.entry(name.to_string()).or_insert(next),
        };
        let part = (number, block.iter().map(|c| c.to_vec()).collect());
        // A thread that is gone is noticed when it is joined.
        let _ = self.lanes[number % self.lanes.len()].0.send(part);
    }

    /// The figures of everything that was heard.
    ///
    /// # Errors
    /// A thread failed.
    pub fn finish(self) -> Result<BTreeMap<String, Measurement>, Stop> {
        let mut heard = BTreeMap::new();
        for (send, thread) in self.lanes {
            drop(send);
            let figures = thread.join().map_err(|_| Stop::environment("E0899", "a thread that measures failed", "please report it"))?;
            heard.extend(figures);
        }
        Ok(self.names.into_iter().filter_map(|(name, number)| Some((name, heard.remove(&number)?))).collect())
    }
}

fn hear(rate: u32, parts: &Receiver<Part>) -> BTreeMap<usize, Measurement> {
    let mut meters: BTreeMap<usize, Meter> = BTreeMap::new();
    for (number, planes) in parts {
        if !meters.contains_key(&number)
            && let Ok(meter) = Meter::without_bands(rate, planes.len() as u32)
        {
            meters.insert(number, meter);
        }
        if let Some(meter) = meters.get_mut(&number) {
            let planes: Vec<&[f32]> = planes.iter().map(Vec::as_slice).collect();
            meter.push(&planes);
        }
    }
    meters.into_iter().map(|(number, meter)| (number, meter.finish())).collect()
}
