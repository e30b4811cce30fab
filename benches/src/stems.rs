//! The audio of the sessions: a tone with partials and a burst of noise every beat, no two alike, the same on every
//! machine; 24 bits.

use crate::session::{MONO, RATE, TRACKS};
use mixdown_media::{AudioSink, Dither, OutputFormat, SinkSpec, WavSink};
use std::path::Path;
use std::sync::Arc;

/// Audio of one file, planar.
pub type Stem = Arc<Vec<Vec<f32>>>;

/// Seconds after which the audio repeats, so that long sessions are made as fast as they are written.
const PERIOD: f64 = 20.0;

/// Stem `i`, `seconds` long.
pub fn stem(i: usize, seconds: f64) -> Stem {
    let frames = (seconds * f64::from(RATE)) as usize;
    let period = frames.min((PERIOD * f64::from(RATE)) as usize);
    let channels = if i < MONO { 1 } else { 2 };
    let f = 55.0 * 2f64.powf(i as f64 * 5.0 / 12.0 % 5.0);
    let mut planes = Vec::with_capacity(channels);
    for c in 0..channels {
        let mut seed = 0x1234_5678u32.wrapping_mul(i as u32 + 1) ^ (c as u32).wrapping_mul(0x9e37_79b9);
        let mut tone = Tone::new(f * (1.0 + c as f64 * 0.003));
        let mut plane = Vec::with_capacity(frames);
        for n in 0..period {
            let t = n as f64 / f64::from(RATE);
            let beat = (t * 2.0 + i as f64 * 0.13).fract() / 2.0;
            seed ^= seed << 13;
            seed ^= seed >> 17;
            seed ^= seed << 5;
            let noise = f64::from(seed) / f64::from(u32::MAX) * 2.0 - 1.0;
            let x = (tone.next() * (0.4 + 0.6 * (-beat * 6.0).exp()) + noise * 0.3 * (-beat * 40.0).exp()) * 0.8;
            // On the steps of 24 bits, so that a file and this are the same numbers.
            plane.push(((x * 8_388_608.0).round() / 8_388_608.0) as f32);
        }
        while plane.len() < frames {
            let more = (frames - plane.len()).min(period);
            plane.extend_from_within(..more);
        }
        planes.push(plane);
    }
    Arc::new(planes)
}

/// Three partials.
struct Tone {
    phase: f64,
    step: f64,
}

impl Tone {
    fn new(f: f64) -> Tone {
        Tone { phase: 0.0, step: std::f64::consts::TAU * f / f64::from(RATE) }
    }

    fn next(&mut self) -> f64 {
        let p = self.phase;
        self.phase += self.step;
        p.sin() * 0.25 + (2.0 * p).sin() * 0.1 + (3.01 * p).sin() * 0.05
    }
}

/// All of them.
pub fn stems(seconds: f64) -> Vec<Stem> {
    (0..TRACKS).map(|i| stem(i, seconds)).collect()
}

/// Writes them into `folder/stems`.
///
/// # Errors
/// What the disk says.
pub fn write(folder: &Path, stems: &[Stem]) -> Result<(), Box<dyn std::error::Error>> {
    std::fs::create_dir_all(folder.join("stems"))?;
    for (i, planes) in stems.iter().enumerate() {
        let mut spec = SinkSpec::new(RATE, planes.len() as u32, OutputFormat::Int24);
        spec.dither = Dither::Off;
        let mut sink = Box::new(WavSink::create(folder.join(format!("stems/{i:02}.wav")), &spec)?);
        let planes: Vec<&[f32]> = planes.iter().map(Vec::as_slice).collect();
        sink.write(&planes)?;
        sink.finish()?;
    }
    Ok(())
}
