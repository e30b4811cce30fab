//! A file of another rate than the mix's: converted, and measured as it is then, since conversion moves true peaks and takes
//! away what the new rate cannot hold.

use super::outputs::Target;
use crate::exit::Stop;
use mixdown_media::Resampler;
use mixdown_meter::{Measurement, Meter};

/// Conversion to one rate.
pub struct Converter {
    resampler: Resampler,
    out: Vec<Vec<f32>>,
    meter: Meter,
}

impl Converter {
    /// From the mix's rate to that of the target; `None` where it is the same.
    ///
    /// # Errors
    /// There is no way between the rates.
    pub fn of(target: &Target, rate: u32, channels: u32) -> Result<Option<Converter>, Stop> {
        let Some(to) = target.rate else { return Ok(None) };
        let meter = Meter::without_bands(to, channels).map_err(|e| Stop::environment("E0899", e.to_string(), "please report it"))?;
        let resampler = Resampler::new(&target.path, rate, to, channels)?;
        Ok(Some(Converter { resampler, out: vec![Vec::new(); channels as usize], meter }))
    }

    /// Takes a stretch and hands on what has come out of it.
    pub fn process<E>(&mut self, block: &[&[f32]], to: impl FnOnce(&[&[f32]]) -> Result<(), E>) -> Result<(), E> {
        self.resampler.process(block, &mut self.out);
        self.hand_on(to)
    }

    /// Hands on what is still inside.
    pub fn finish<E>(&mut self, to: impl FnOnce(&[&[f32]]) -> Result<(), E>) -> Result<(), E> {
        self.resampler.finish(&mut self.out);
        self.hand_on(to)
    }

    /// The figures of all that was handed on.
    pub fn measured(self) -> Measurement {
        self.meter.finish()
    }

    fn hand_on<E>(&mut self, to: impl FnOnce(&[&[f32]]) -> Result<(), E>) -> Result<(), E> {
        let planes: Vec<&[f32]> = self.out.iter().map(Vec::as_slice).collect();
        self.meter.push(&planes);
        to(&planes)?;
        self.out.iter_mut().for_each(Vec::clear);
        Ok(())
    }
}
