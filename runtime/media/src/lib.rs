//! Room `runtime/media`: audio files in and out, and between sample rates. The only room that names symphonia.
//!
//! ```no_run
//! let mut file = mixdown_media::open("vox.wav")?;
//! let mut block = vec![vec![0f32; 4096]; file.info().channels as usize];
//! while file.read(&mut block, 4096)? > 0 { /* .. */ }
//! # Ok::<(), mixdown_media::MediaError>(())
//! ```
//!
//! What always holds: memory does not grow with a file's length; every error names its file and says why; a sample
//! that is read is a finite number; an output stands under its name only when whole; no result hangs on the machine's
//! kind, on how the reads and writes are cut into blocks, or on a clock.

mod coded;
pub mod codes;
mod error;
mod info;
mod mp4;
mod pcm;
mod reader;
pub mod resample;
pub mod sink;
mod sniff;

pub use error::{MediaError, Warning};
pub use info::{AudioInfo, MAX_CHANNELS, MAX_RATE, SampleFormat};
pub use reader::{Reader, open, probe};
pub use resample::{ResampledReader, Resampler, open_at, resampled_len};
pub use sink::{AudioSink, Dither, FlacSink, OutputFormat, SinkReport, SinkSpec, WavSink, Whole, create};
