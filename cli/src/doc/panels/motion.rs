//! What moves by itself: a level, a pitch, a filter, or a tone that becomes others.

use super::Panel;
use super::dynamics::lines;
use crate::doc::bench::FS;
use crate::doc::signals::{apart, both, db, demodulated, sine, thinned, white};
use crate::doc::study::Study;
use crate::exit::Stop;
use mixdown_meter::picture::{Axis, Cells, Chart, Series};
use mixdown_meter::spectrum::moments;

/// Seconds that are looked at.
const LONG: f64 = 8.0;
/// The tone that is looked at.
const TONE: f64 = 1000.0;
/// Points and step of a moment of noise.
const SIZE: usize = 2048;
const HOP: usize = 480;

/// All that shows something.
pub fn panels(study: &Study) -> Result<Vec<Panel>, Stop> {
    let frames = (LONG * FS) as usize;
    let y = study.hear(&both(sine(TONE, 0.5, frames), study.width))?;
    let traces: Vec<(Vec<f64>, Vec<f64>)> = y.iter().map(|c| demodulated(c, TONE, 5.0)).collect();
    let from = FS as usize / 10;
    let levels: Vec<Vec<f64>> = traces.iter().map(|t| t.0[from..].iter().map(|a| db(a / 0.5).max(-48.0)).collect()).collect();
    let cents: Vec<Vec<f64>> = traces.iter().map(|t| pitch(&t.1[from..])).collect();
    let spread = |x: &[f64]| {
        let (low, high) = x.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(*v), high.max(*v)));
        high - low
    };
    let most = |all: &[Vec<f64>]| all.iter().map(|x| spread(x)).fold(0.0, f64::max);
    let cells = noise(study)?;
    // A filter moves where one band does what another does not, at one moment.
    let uneven = cells.iter().map(|c| deviation(c)).sum::<f64>() / cells.len().max(1) as f64;
    let filter = uneven > 3.0;
    // The trace that moves most tells how long a turn takes.
    let clock = if most(&levels) > 1.0 { &levels[0] } else { &cents[0] };
    let shown = (turn(clock).map_or(LONG, |t| t * 3.0)).clamp(0.3, LONG - 0.2);
    let mut out = Vec::new();
    let side = apart(&y[0][FS as usize..], TONE, 60.0, 0.5);
    if side > -40.0 {
        out.push(lines(&y[0][FS as usize..], TONE, -6.0206));
    }
    if filter && side <= -40.0 {
        let columns = ((shown * FS) as usize / HOP).min(cells.len());
        let each = columns.div_ceil(110).max(1);
        let columns: Vec<Vec<f64>> = cells[..columns].chunks(each).map(mean).collect();
        let chart = Chart {
            title: "Gain over time".into(),
            x: Axis::linear("time", "s", 0.0, shown),
            y: Axis::log("frequency", "Hz", LOWEST, HIGHEST),
            series: Vec::new(),
            cells: Some(Cells { columns, levels: (-18.0, 6.0), unit: "dB".into() }),
        };
        out.push(Panel::new("motion", "White noise goes in: the fuller the colour, the louder that frequency comes out of the left channel.", chart));
    }
    let trace = |all: &[Vec<f64>], least: f64| -> (Vec<Series>, Axis, Axis) {
        let alike = all.windows(2).all(|w| w[0].iter().zip(&w[1]).all(|(a, b)| (a - b).abs() < 0.01));
        let names: &[&str] = if all.len() == 2 && !alike { &["left", "right"] } else { &[""] };
        let count = ((shown * FS) as usize).min(all[0].len());
        let series: Vec<Series> = all.iter().zip(names).map(|(x, name)| {
            let points = x[..count].iter().enumerate().map(|(i, v)| (i as f64 / FS, *v)).collect();
            Series::line(*name, thinned(points, 400))
        }).collect();
        let y = Axis::around("", if least > 3.0 { "dB" } else { "" }, series.iter().flat_map(|s| &s.points).map(|p| p.1), least);
        (series, Axis::linear("time", "s", 0.0, shown), y)
    };
    if !filter && side <= -40.0 && most(&levels) > 0.5 {
        let (series, x, y) = trace(&levels, 6.0);
        let chart = Chart { title: "Level over time".into(), x, y: Axis { label: "gain".into(), unit: "dB".into(), ..y }, series, cells: None };
        out.push(Panel::new("level", "Of a tone of 1 kHz.", chart));
    }
    if side <= -40.0 && most(&cents) > 1.0 && most(&levels) < 12.0 {
        let (series, x, y) = trace(&cents, 2.0);
        let chart = Chart { title: "Pitch over time".into(), x, y: Axis { label: "pitch".into(), unit: "cents".into(), ..y }, series, cells: None };
        out.push(Panel::new("pitch", "Of a tone of 1 kHz; a semitone has 100 cents.", chart));
    }
    Ok(out)
}

fn deviation(x: &[f64]) -> f64 {
    let mean = x.iter().sum::<f64>() / x.len() as f64;
    (x.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / x.len() as f64).sqrt()
}

/// Cents that a tone is off, from its turns.
fn pitch(turns: &[f64]) -> Vec<f64> {
    const STEP: usize = 240;
    let ahead = |i: usize| (turns[(i + STEP).min(turns.len() - 1)] - turns[i]) / STEP as f64 * FS;
    (0..turns.len() - STEP).map(|i| 1200.0 * (1.0 + ahead(i) / TONE).max(1e-3).log2()).collect()
}

const LOWEST: f64 = 100.0;
const HIGHEST: f64 = 20_000.0;
const BANDS: usize = 48;

/// The gain of each band at each moment, in dB.
fn noise(study: &Study) -> Result<Vec<Vec<f64>>, Stop> {
    let x = white(3, (LONG * FS) as usize);
    let y = study.hear(&both(x.clone(), study.width))?;
    let band = |moment: &[f64], k: usize| {
        let edge = |k: usize| LOWEST * (HIGHEST / LOWEST).powf(k as f64 / BANDS as f64) * SIZE as f64 / FS;
        let from = edge(k).floor() as usize;
        moment[from..(edge(k + 1).ceil() as usize).max(from + 2)].iter().map(|a| a * a).sum::<f64>()
    };
    let gain = |(x, y): (&Vec<f64>, &Vec<f64>)| (0..BANDS).map(|k| 10.0 * (band(y, k) / band(x, k)).max(1e-9).log10()).collect();
    Ok(moments(&x, SIZE, HOP).iter().zip(&moments(&y[0], SIZE, HOP)).map(gain).collect())
}

fn mean(columns: &[Vec<f64>]) -> Vec<f64> {
    (0..columns[0].len()).map(|r| columns.iter().map(|c| c[r]).sum::<f64>() / columns.len() as f64).collect()
}

/// Seconds of a turn of what moves: the first lag at which it is most like itself.
fn turn(trace: &[f64]) -> Option<f64> {
    const EACH: usize = 240;
    let x: Vec<f64> = trace.iter().copied().step_by(EACH).collect();
    let middle = x.iter().sum::<f64>() / x.len() as f64;
    let alike = |lag: usize| {
        let (mut sum, mut own, mut other) = (0.0, 0.0, 0.0);
        for i in 0..x.len() - lag {
            sum += (x[i] - middle) * (x[i + lag] - middle);
            own += (x[i] - middle).powi(2);
            other += (x[i + lag] - middle).powi(2);
        }
        if own > 0.0 && other > 0.0 { sum / (own * other).sqrt() } else { 0.0 }
    };
    let lags: Vec<f64> = (0..x.len() * 2 / 3).map(alike).collect();
    let away = lags.iter().position(|a| *a < 0.2)?;
    let back = (away + 1..lags.len() - 1).find(|i| lags[*i] > 0.8 && lags[*i] >= lags[i - 1] && lags[*i] >= lags[i + 1])?;
    Some((back * EACH) as f64 / FS)
}
