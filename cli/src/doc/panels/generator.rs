//! What a source plays: its waveform, its spectrum, or both over time where they change.

use super::Panel;
use crate::doc::bench::FS;
use crate::doc::signals::{db, rms, thinned};
use crate::doc::study::Study;
use crate::exit::Stop;
use mixdown_meter::picture::{Axis, Cells, Chart, Series, Stroke};
use mixdown_meter::spectrum::{amplitudes, moments};

const LONG: f64 = 3.0;
const SIZE: usize = 8192;

/// All that shows something.
pub fn panels(study: &Study) -> Result<Vec<Panel>, Stop> {
    let all = study.play(LONG)?;
    let Some(x) = all.first() else { return Ok(Vec::new()) };
    let mut out = vec![waveform(x)];
    if rms(x) < 1e-9 {
        return Ok(out);
    }
    let third = x.len() / 3;
    let (early, late) = (amplitudes(&x[..third], SIZE), amplitudes(&x[2 * third..], SIZE));
    let sum = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let alike = sum(&early, &late) / (sum(&early, &early) * sum(&late, &late)).sqrt();
    out.push(if alike < 0.3 { over_time(x) } else { spectrum(x) });
    Ok(out)
}

/// A few turns of what repeats, the whole where single moments stick out.
fn waveform(x: &[f64]) -> Panel {
    let bins = amplitudes(x, SIZE);
    let strongest = (2..bins.len()).max_by(|a, b| bins[*a].total_cmp(&bins[*b])).unwrap_or(2);
    let peak = x.iter().fold(0.0, |m: f64, x| m.max(x.abs()));
    let flat = bins.iter().sum::<f64>() / bins.len() as f64 > bins[strongest] * 0.1;
    let rare = peak > 0.0 && peak > 20.0 * rms(x);
    let seconds = match (rare, flat) {
        (true, _) => 2.0,
        (_, true) => 0.02,
        _ => (6.0 * SIZE as f64 / FS / strongest as f64).clamp(0.004, 2.0),
    };
    let (scale, unit) = if seconds < 0.5 { (1e3, "ms") } else { (1.0, "s") };
    let points = x[..(seconds * FS) as usize].iter().enumerate().map(|(i, x)| (i as f64 / FS * scale, *x)).collect();
    let series = vec![Series::line("", thinned(points, 900))];
    let y = Axis::around("sample", "", series[0].points.iter().map(|p| p.1).chain([0.0]), 0.02);
    let chart = Chart { title: "Waveform".into(), x: Axis::linear("time", unit, 0.0, seconds * scale), y, series, cells: None };
    Panel::new("waveform", "From the song's first sample on; full scale is 1.", chart)
}

fn spectrum(x: &[f64]) -> Panel {
    let bins = amplitudes(x, SIZE);
    let columns = 240;
    let points: Vec<(f64, f64)> = (0..columns).filter_map(|c| {
        let edge = |c: usize| (20.0 * 1000f64.powf(c as f64 / columns as f64) * SIZE as f64 / FS).round() as usize;
        let (k, a) = bins.get(edge(c)..edge(c + 1))?.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1))?;
        Some(((edge(c) + k) as f64 * FS / SIZE as f64, db(*a)))
    }).collect();
    let top = points.iter().map(|p| p.1).fold(f64::NEG_INFINITY, f64::max);
    let floor = ((top - 90.0) / 20.0).floor() * 20.0;
    let points = points.into_iter().map(|(f, l)| (f, l.max(floor))).collect();
    let y = Axis::linear("level", "dBFS", floor, (top / 20.0).ceil() * 20.0);
    let series = vec![Series::line("", points).drawn(Stroke::Area)];
    let chart = Chart { title: "Spectrum".into(), x: super::response::hertz(), y, series, cells: None };
    Panel::new("spectrum", "Amplitude in bands of 9 Hz (windows of 8192 samples).", chart)
}

fn over_time(x: &[f64]) -> Panel {
    const LOWEST: f64 = 20.0;
    const BANDS: usize = 64;
    let size = 4096;
    let all = moments(x, size, x.len() / 110);
    let edge = |k: usize| LOWEST * 1000f64.powf(k as f64 / BANDS as f64) * size as f64 / FS;
    let band = |m: &[f64], k: usize| m[edge(k).floor() as usize..(edge(k + 1).ceil() as usize).min(m.len())].iter().fold(0.0, |m: f64, a| m.max(*a));
    let columns: Vec<Vec<f64>> = all.iter().map(|m| (0..BANDS).map(|k| db(band(m, k))).collect()).collect();
    let top = columns.iter().flatten().fold(f64::NEG_INFINITY, |m, v| m.max(*v));
    let top = (top / 6.0).ceil() * 6.0;
    let chart = Chart {
        title: "Spectrum over time".into(),
        x: Axis::linear("time", "s", 0.0, LONG),
        y: super::response::hertz(),
        series: Vec::new(),
        cells: Some(Cells { columns, levels: (top - 60.0, top), unit: "dBFS".into() }),
    };
    Panel::new("spectrogram", "Amplitude in windows of 4096 samples.", chart)
}
