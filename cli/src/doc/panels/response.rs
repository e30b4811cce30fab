//! What a linear effect does to each frequency: level, and phase or delay.

use super::Panel;
use crate::doc::bench::FS;
use crate::doc::study::{BEFORE, Paths};
use mixdown_meter::picture::{Axis, Chart, Series};
use mixdown_meter::spectrum::transform;

/// Frequencies that are drawn.
const POINTS: usize = 240;

/// A way as complex bins.
pub struct Spectrum {
    bins: Vec<(f64, f64)>,
    /// Bins of n h(n), for the delay.
    weighted: Vec<(f64, f64)>,
    hertz: f64,
}

impl Spectrum {
    /// Of an impulse response whose impulse stands at [`BEFORE`].
    pub fn of(h: &[f64]) -> Spectrum {
        let size = h.len().next_power_of_two();
        let late: Vec<f64> = h.iter().enumerate().map(|(i, x)| x * (i as f64 - BEFORE as f64)).collect();
        Spectrum { bins: transform(h, size), weighted: transform(&late, size), hertz: FS / size as f64 }
    }

    /// Bins of a stretch around a frequency, so many octaves wide.
    fn stretch(&self, freq: f64, octaves: f64) -> impl Iterator<Item = f64> {
        let bin = |f: f64| ((f / self.hertz).round() as usize).min(self.bins.len() - 1);
        let (from, to) = (bin(freq * 2f64.powf(-octaves / 2.0)), bin(freq * 2f64.powf(octaves / 2.0)));
        self.bins[from..=to.max(from)].iter().map(|(re, im)| re * re + im * im)
    }

    /// Mean gain of a stretch, in dB.
    fn mean(&self, freq: f64, octaves: f64) -> f64 {
        let (power, count) = self.stretch(freq, octaves).fold((0.0, 0.0), |(p, n), x| (p + x, n + 1.0));
        10.0 * f64::max(power / count, 1e-30).log10()
    }

    /// The gain in a column of the picture: what sticks out of its ends, so that a narrow notch is as deep as it is.
    fn column(&self, freq: f64) -> f64 {
        let all: Vec<f64> = self.stretch(freq, 10.0 / POINTS as f64).map(|p| 10.0 * p.max(1e-30).log10()).collect();
        let (low, high) = all.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), x| (l.min(*x), h.max(*x)));
        let (first, last) = (all[0], all[all.len() - 1]);
        match (first.min(last) - low, high - first.max(last)) {
            (down, up) if down > 6.0 && down > up => low,
            (_, up) if up > 6.0 => high,
            _ => self.mean(freq, 10.0 / POINTS as f64),
        }
    }

    /// Degrees that the phase is ahead, from -180 to 180.
    fn phase(&self, freq: f64) -> f64 {
        let k = ((freq / self.hertz).round() as usize).min(self.bins.len() - 1);
        let (re, im) = self.bins[k];
        let turn = im.atan2(re) / std::f64::consts::TAU + k as f64 * self.hertz * BEFORE as f64 / FS;
        let turn = (turn + 0.5).rem_euclid(1.0) - 0.5;
        // Half a turn is half a turn, whichever way rounding falls.
        let degrees = turn * 360.0;
        if degrees < -179.95 { 180.0 } else { degrees }
    }

    /// Seconds by which a short packet of this frequency is late.
    fn delay(&self, freq: f64) -> f64 {
        let k = ((freq / self.hertz).round() as usize).min(self.bins.len() - 1);
        let ((a, b), (c, d)) = (self.bins[k], self.weighted[k]);
        let power = a * a + b * b;
        if power > 1e-12 { (a * c + b * d) / power / FS } else { f64::NAN }
    }
}

/// The audible range, evenly in octaves.
pub fn frequencies() -> impl Iterator<Item = f64> {
    (0..POINTS).map(|i| 20.0 * 1000f64.powf(i as f64 / (POINTS - 1) as f64))
}

/// The axis of all frequencies.
pub fn hertz() -> Axis {
    Axis::log("frequency", "Hz", 20.0, 20_000.0)
}

/// Level, and with it the delay where all levels are equal, or the phase where it turns.
pub fn panels(paths: &Paths, rings: bool) -> Vec<Panel> {
    let ways = if rings { paths.outputs_joined() } else { paths.ways() };
    let ways: Vec<(String, Spectrum)> = ways.into_iter().map(|(name, h)| (name, Spectrum::of(&h))).collect();
    let curves = |value: &dyn Fn(&Spectrum, f64) -> f64| -> Vec<Series> {
        ways.iter().map(|(name, s)| Series::line(name.clone(), frequencies().map(|f| (f, value(s, f))).collect())).collect()
    };
    let levels = curves(&|s, f| if rings { s.mean(f, 1.0 / 3.0) } else { s.column(f) });
    let top = levels.iter().flat_map(|s| &s.points).map(|p| p.1).fold(f64::NEG_INFINITY, f64::max);
    let seen = levels.iter().flat_map(|s| &s.points).map(|p| p.1.max(top - 60.0));
    let y = Axis::around("gain", "dB", seen, 12.0);
    let flat = levels.iter().all(|s| s.points.iter().all(|p| (p.1 - s.points[0].1).abs() < 0.1));
    let caption = if rings { "Spectrum of the response to an impulse, in thirds of an octave." } else { "From the response to an impulse." };
    let mut out = vec![Panel::new("response", caption, Chart { title: "Frequency response".into(), x: hertz(), y, series: levels, cells: None })];
    if rings {
        return out;
    }
    let late = curves(&|s, f| s.delay(f) * 1e3);
    let most = late.iter().flat_map(|s| &s.points).map(|p| p.1.abs()).filter(|d| d.is_finite()).fold(0.0, f64::max);
    if flat && most > 0.01 {
        let y = Axis::around("delay", "ms", late.iter().flat_map(|s| &s.points).map(|p| p.1).chain([0.0]), 0.1);
        let chart = Chart { title: "Group delay".into(), x: hertz(), y, series: late, cells: None };
        out.insert(0, Panel::new("delay", "How late a short packet of each frequency comes.", chart));
    } else {
        let turns = curves(&|s, f| s.phase(f));
        let series: Vec<Series> = turns.into_iter().map(|s| Series { points: broken(s.points), ..s }).collect();
        let all = || series.iter().flat_map(|s| &s.points);
        // A phase that goes round and round is a delay, and tells nothing as a phase.
        if all().any(|p| p.1.abs() > 1.0) && all().filter(|p| p.1.is_nan()).count() <= 4 * series.len() {
            let chart = Chart { title: "Phase".into(), x: hertz(), y: Axis::linear("phase", "°", -180.0, 180.0), series, cells: None };
            out.push(Panel::new("phase", "Of the same response; a positive phase is ahead.", chart));
        }
    }
    out
}

/// A line is lifted where the phase jumps from one end to the other.
fn broken(points: Vec<(f64, f64)>) -> Vec<(f64, f64)> {
    let mut out: Vec<(f64, f64)> = Vec::new();
    for p in points {
        if out.last().is_some_and(|l| (l.1 - p.1).abs() > 150.0) {
            out.push((p.0, f64::NAN));
        }
        out.push(p);
    }
    out
}
