//! Writes the benchmark sessions into a folder: 24 tracks of tones and bursts (16 mono, 8 stereo, 24 bit, 48 kHz), and
//! the songs `T.mix` (tracks only), `S.mix` (with groups, sends, master), `A.mix` (S with every fader and one band
//! automated).
//!
//! `cargo run --release -p mixdown-tests --example make_sessions -- FOLDER [SECONDS]`

use mixdown_media::{AudioSink, Dither, OutputFormat, SinkSpec, WavSink};
use std::fmt::Write;
use std::path::Path;

const RATE: u32 = 48_000;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let folder = args.next().ok_or("name a folder")?;
    let seconds: f64 = args.next().map_or(Ok(60.0), |s| s.parse())?;
    let folder = Path::new(&folder);
    std::fs::create_dir_all(folder.join("stems"))?;
    for i in 0..24 {
        stem(&folder.join(format!("stems/{i:02}.wav")), i, seconds)?;
    }
    for (name, text) in [("T", song(false, false)), ("S", song(true, false)), ("A", song(true, true))] {
        std::fs::write(folder.join(format!("{name}.mix")), text)?;
    }
    Ok(())
}

/// A tone with partials and a burst of noise every beat; no two alike, the same on every machine.
fn stem(path: &Path, i: usize, seconds: f64) -> Result<(), Box<dyn std::error::Error>> {
    let channels = if i < 16 { 1 } else { 2 };
    let mut spec = SinkSpec::new(RATE, channels, OutputFormat::Int24);
    spec.dither = Dither::Off;
    let mut sink = Box::new(WavSink::create(path, &spec)?);
    let frames = (seconds * f64::from(RATE)) as usize;
    let f = 55.0 * 2f64.powf(i as f64 * 5.0 / 12.0 % 5.0);
    let mut seed = 0x1234_5678u32.wrapping_mul(i as u32 + 1);
    let mut planes = vec![Vec::with_capacity(frames); channels as usize];
    for n in 0..frames {
        let t = n as f64 / f64::from(RATE);
        let beat = (t * 2.0 + i as f64 * 0.13).fract() / 2.0;
        seed ^= seed << 13;
        seed ^= seed >> 17;
        seed ^= seed << 5;
        let noise = f64::from(seed) / f64::from(u32::MAX) * 2.0 - 1.0;
        for (c, plane) in planes.iter_mut().enumerate() {
            let detune = 1.0 + c as f64 * 0.003;
            let phase = std::f64::consts::TAU * f * detune * t;
            let tone = phase.sin() * 0.25 + (2.0 * phase).sin() * 0.1 + (3.01 * phase).sin() * 0.05;
            plane.push(((tone * (0.4 + 0.6 * (-beat * 6.0).exp()) + noise * 0.3 * (-beat * 40.0).exp()) * 0.8) as f32);
        }
    }
    let refs: Vec<&[f32]> = planes.iter().map(Vec::as_slice).collect();
    sink.write(&refs)?;
    sink.finish()?;
    Ok(())
}

/// The session: `full` has groups, reverb, delay and master; `moving` has automation on all faders and one band.
fn song(full: bool, moving: bool) -> String {
    let mut s = String::from("sample_rate 48kHz\ntempo 120bpm\n");
    for i in 0..24 {
        let n = i as f64;
        let group = ["drums", "band", "keys", "vox"][i % 4];
        let bell = if moving { format!("curve linear [ @1 => {}dB, @15 => {}dB, @30 => 0dB ]", n % 5.0 - 2.0, 3.0 - n % 4.0) } else { format!("{}dB", n % 5.0 - 2.0) };
        let fader = if moving { format!("curve linear [ @1 => {}dB, @10 => {}dB, @31 => -9dB ]", -6.0 - n % 3.0, -9.0 - n % 4.0) } else { format!("{}dB", -6.0 - n % 3.0) };
        let _ = writeln!(s, "track t{i} {{\n    source \"stems/{i:02}.wav\"\n    highpass(80Hz)\n    lowshelf({}Hz, {}dB)\n    bell({}Hz, {bell}, q: 1.1)\n    highshelf({}Hz, {}dB)\n    compressor(threshold: -18dB, ratio: 3, attack: 10ms, release: 120ms, knee: 6dB)\n    fader {fader}\n    pan {}%",
            120.0 + 10.0 * n, n % 3.0 - 1.0, 400.0 + 150.0 * n, 6000.0 + 200.0 * n, 1.0 + n % 2.0, (n * 37.0) % 120.0 - 60.0);
        if full {
            let _ = writeln!(s, "    send hall {}dB\n    send echo {}dB\n    to {group}", -14.0 - n % 6.0, -18.0 - n % 5.0);
        }
        s += "}\n";
    }
    if full {
        for (k, group) in ["drums", "band", "keys", "vox"].iter().enumerate() {
            let _ = writeln!(s, "bus {group} {{\n    bell({}Hz, 1.5dB)\n    highshelf(9kHz, -1dB)\n    compressor(threshold: -16dB, ratio: 2, attack: 20ms, release: 150ms)\n}}", 200 + 300 * k);
        }
        s += "bus hall { hall(decay: 1.8s) }\nbus echo { pingpong(time: 375ms, feedback: 35%, tone: 4kHz) }\n";
        s += "master {\n    highpass(25Hz)\n    lowshelf(100Hz, 1dB)\n    bell(3kHz, -1dB)\n    highshelf(10kHz, 1dB)\n    compressor(threshold: -14dB, ratio: 2, attack: 20ms, release: 200ms)\n    limiter(ceiling: -1dBTP)\n    gain(-0.5dB)\n}\n";
    }
    s
}
