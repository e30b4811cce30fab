//! Many measurements at once, beside the engine: some jobs, each with meters of its own.

use super::job::{Job, Place};
use crate::exit::Stop;
use mixdown_meter::{Measurement, Meter};
use std::collections::BTreeMap;

/// A stretch of an output, planar, by the output's number.
type Part = (usize, Vec<Vec<f32>>);

/// Meters by the name of what they hear.
pub struct Meters {
    lanes: Vec<Place<Part, Hearing>>,
    names: BTreeMap<String, usize>,
}

impl Meters {
    /// Makes ready for audio at `rate`, on `threads` threads; on the engine's where there is one.
    pub fn start(rate: u32, threads: usize) -> Meters {
        let lane = |_| Place::of(Hearing { rate, meters: BTreeMap::new() }, threads);
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
        let lane = number % self.lanes.len();
        // A lane that is gone is noticed in the end.
        self.lanes[lane].give(part);
    }

    /// The figures of everything that was heard.
    ///
    /// # Errors
    /// A thread failed.
    pub fn finish(self) -> Result<BTreeMap<String, Measurement>, Stop> {
        let mut heard = BTreeMap::new();
        for lane in self.lanes {
            heard.extend(lane.end()?.meters.into_iter().map(|(number, meter)| (number, meter.finish())));
        }
        Ok(self.names.into_iter().filter_map(|(name, number)| Some((name, heard.remove(&number)?))).collect())
    }
}

/// Meters by the number of an output.
struct Hearing {
    rate: u32,
    meters: BTreeMap<usize, Meter>,
}

impl Job<Part> for Hearing {
    const WAITING: usize = 64;

    fn take(&mut self, (number, planes): Part) -> Result<(), Stop> {
        if !self.meters.contains_key(&number)
            && let Ok(meter) = Meter::without_bands(self.rate, planes.len() as u32)
        {
            self.meters.insert(number, meter);
        }
        if let Some(meter) = self.meters.get_mut(&number) {
            let planes: Vec<&[f32]> = planes.iter().map(Vec::as_slice).collect();
            meter.push(&planes);
        }
        Ok(())
    }
}
