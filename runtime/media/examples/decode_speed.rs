//! How long reading and writing a minute of stereo at 48 kHz takes on this machine, format by format:
//! `cargo run --release -p mixdown-media --example decode_speed`. Best of seven; files are in the system's cache.

use mixdown_media::{Dither, MediaError, OutputFormat, SinkSpec, create, open};
use std::path::Path;
use std::time::Instant;

const RATE: u32 = 48_000;
const FRAMES: usize = 60 * RATE as usize;

fn main() -> Result<(), MediaError> {
    let folder = std::env::temp_dir().join(format!("mixdown-decode-speed-{}", std::process::id()));
    std::fs::create_dir_all(&folder).map_err(|fault| MediaError::writing(&folder, &fault))?;
    let result = run(&folder);
    // The files are some tens of megabytes; a folder left behind by a failed removal is the system's to clear.
    let _ = std::fs::remove_dir_all(&folder);
    result
}

fn run(folder: &Path) -> Result<(), MediaError> {
    let wave = |step: f64| (0..FRAMES).map(|frame| (frame as f64 * step).sin() as f32 * 0.5).collect::<Vec<f32>>();
    let planes = [wave(0.0577), wave(0.0331)];
    for (name, format, dither) in [
        ("16.wav", OutputFormat::Int16, Dither::Off),
        ("16-dithered.wav", OutputFormat::Int16, Dither::Tpdf),
        ("24.wav", OutputFormat::Int24, Dither::Auto),
        ("32f.wav", OutputFormat::Float32, Dither::Auto),
        ("16.flac", OutputFormat::Int16, Dither::Off),
        ("24.flac", OutputFormat::Int24, Dither::Auto),
    ] {
        let path = folder.join(name);
        let spec = SinkSpec { dither, ..SinkSpec::new(RATE, 2, format) };
        let written = best(3, || {
            let mut sink = create(&path, &spec)?;
            for start in (0..FRAMES).step_by(4096) {
                let end = FRAMES.min(start + 4096);
                sink.write(&[&planes[0][start..end], &planes[1][start..end]])?;
            }
            sink.finish().map(|_| ())
        })?;
        let mut block = vec![vec![0f32; 4096]; 2];
        let read = best(7, || {
            let mut reader = open(&path)?;
            while reader.read(&mut block, 4096)? > 0 {}
            Ok(())
        })?;
        println!("{name:16} read {read:7.2} ms   write {written:7.2} ms");
    }
    Ok(())
}

/// Shortest of `times` runs, in milliseconds.
fn best(times: usize, mut run: impl FnMut() -> Result<(), MediaError>) -> Result<f64, MediaError> {
    let mut shortest = f64::INFINITY;
    for _ in 0..times {
        let start = Instant::now();
        run()?;
        shortest = shortest.min(start.elapsed().as_secs_f64() * 1000.0);
    }
    Ok(shortest)
}
