//! Room `runtime/meter`: what can be measured of audio. Loudness (EBU R 128), true peak, levels, stereo, noise
//! floor, clipping, spectrum in bands; spectra and decays of whole signals, and pictures of what was measured.
//!
//! ```
//! let mut meter = mixdown_meter::Meter::new(48_000, 2)?;
//! let block = [0.5f32; 480];
//! meter.push(&[&block, &block]);
//! let measured = meter.finish();
//! assert_eq!(measured.frames, 480);
//! # Ok::<(), mixdown_meter::MeterError>(())
//! ```
//!
//! What always holds: memory does not grow with the audio beyond a few bytes a second; how it is cut into blocks
//! changes no figure; a figure that is not defined for the audio (the loudness of silence) is `None`, never a
//! made-up number; no figure is NaN or infinite.

mod bands;
pub mod decay;
mod fft;
mod floor;
mod levels;
mod loudness;
mod measurement;
mod meter;
pub mod picture;
pub mod spectrum;
mod true_peak;

pub use bands::{Band, OCTAVE_CENTRES, THIRD_OCTAVE_CENTRES};
pub use loudness::LOWEST_LOUDNESS_RATE;
pub use measurement::{ClipRun, Measurement};
pub use meter::{Meter, MeterError};
