//! Plays the recordings of `examples/night-drive`: a kit with its bleed, a bass, two guitars, keys, a pad, a singer
//! and a choir, all synthesised here. The same program always writes the same files.
//!
//! ```text
//! cargo run --release -p mixdown-tests --example night_drive_stems
//! ```
//!
//! They are raw on purpose, so that the mix has something to do: bleed, rumble and hum, a ringing snare, overheads
//! with the polarity turned over, guitars that bite, a constant offset on the keys, plosives and hard esses in the
//! voice, uneven levels, three sample rates and one file in 24 bit.

mod band;
mod drums;
mod synth;
mod voice;

use mixdown_media::{Dither, OutputFormat, SinkSpec, create};
use std::error::Error;
use std::path::PathBuf;
use synth::Stem;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/night-drive/stems"));
    std::fs::create_dir_all(&folder)?;
    let mut stems = drums::stems();
    stems.extend(band::stems());
    stems.extend(voice::stems());
    for stem in &stems {
        write(&folder, stem)?;
    }
    println!("{} files in {}", stems.len(), folder.display());
    Ok(())
}

fn write(folder: &std::path::Path, stem: &Stem) -> Result<(), Box<dyn Error>> {
    let format = if stem.deep { OutputFormat::Int24 } else { OutputFormat::Int16 };
    let mut spec = SinkSpec::new(stem.rate, stem.channels.len() as u32, format);
    spec.dither = Dither::Off;
    let mut sink = create(folder.join(format!("{}.flac", stem.name)), &spec)?;
    let block: Vec<&[f64]> = stem.channels.iter().map(Vec::as_slice).collect();
    sink.write_f64(&block)?;
    let report = sink.finish()?;
    let peak = stem.channels.iter().flatten().fold(0.0f64, |m, x| m.max(x.abs()));
    let over = if report.over > 0 { ", clipped" } else { "" };
    println!("{:24} {:5} Hz  peak {:6.1} dBFS{over}", stem.name, stem.rate, 20.0 * peak.log10());
    Ok(())
}
