//! `mixdown measure FILE…`: audio files, and songs.

mod song;

use super::Context;
use crate::args::MeasureArgs;
use crate::exit::Exit;
use mixdown_meter::{LOWEST_LOUDNESS_RATE, Measurement};

/// Measures files; the worst outcome decides how to end.
pub fn run(context: &Context, args: &MeasureArgs) -> Exit {
    let mut exit = Exit::Done;
    for path in &args.files {
        if path.extension().is_some_and(|e| e == "mix") {
            exit = match song::run(context, path, args.json) {
                Exit::Done => exit,
                other => other,
            };
            continue;
        }
        match crate::project::measure_file(path) {
            Ok(m) if args.json => {
                let mut object = serde_json::to_value(&m).unwrap_or_default();
                if let Some(map) = object.as_object_mut() {
                    map.insert("schema".into(), 1.into());
                    map.insert("file".into(), path.display().to_string().into());
                }
                exit = exit.or(context.print(&format!("{object}\n")));
            }
            Ok(m) => exit = exit.or(context.print(&text(&path.display().to_string(), &m))),
            Err(e) => exit = context.voice.stop(&Default::default(), e.into()),
        }
    }
    exit
}

fn text(name: &str, m: &Measurement) -> String {
    let show = |x: Option<f64>, unit: &str| x.map_or_else(|| "-".to_string(), |x| format!("{x:.2} {unit}"));
    let loudness = |x: Option<f64>, unit: &str| {
        if m.rate < LOWEST_LOUDNESS_RATE { format!("- (not defined below {LOWEST_LOUDNESS_RATE} Hz)") } else { show(x, unit) }
    };
    let dc: Vec<String> = m.dc.iter().map(|d| format!("{d:+.5}")).collect();
    let lines = [
        ("length", format!("{} at {} Hz, {} channels", crate::render::clock(m.seconds), m.rate, m.channels)),
        ("integrated", loudness(m.integrated, "LUFS")),
        ("short-term max", loudness(m.short_term_max, "LUFS")),
        ("momentary max", loudness(m.momentary_max, "LUFS")),
        ("range", loudness(m.range, "LU")),
        ("true peak", show(m.true_peak, "dBTP")),
        ("peak", show(m.peak, "dBFS")),
        ("rms", show(m.rms, "dBFS")),
        ("crest", show(m.crest, "dB")),
        ("dc", dc.join(" ")),
        ("correlation", m.correlation.map_or_else(|| "-".to_string(), |c| format!("{c:+.3}"))),
        ("mono loss", show(m.mono_loss, "dB")),
        ("noise floor", show(m.noise_floor, "dBFS")),
        ("clipped", format!("{} samples in {} runs", m.clipped_samples, m.clip_runs)),
    ];
    let mut out = format!("{name}\n");
    for (what, value) in lines {
        out += &format!("  {what:<15} {value}\n");
    }
    let bands: Vec<String> =
        m.octaves.iter().filter_map(|b| b.level.map(|l| format!("{:.0} Hz {l:.1}", b.centre))).collect();
    out + &format!("  {:<15} {} dB\n", "octaves", bands.join(", "))
}
