//! What hangs on the level: static curve, gain by frequency, how fast the gain moves, harmonics.

use super::Panel;
use super::response::{frequencies, hertz};
use crate::doc::bench::FS;
use crate::doc::signals::{apart, both, db, demodulated, factor, rms, sine, thinned};
use crate::doc::study::Study;
use crate::exit::Stop;
use mixdown_meter::picture::{Axis, Chart, Series, Stroke};
use mixdown_meter::spectrum::amplitudes;

/// RMS of the noise that the gain at each frequency is measured with.
const NOISE: [f64; 4] = [-60.0, -36.0, -24.0, -12.0];
/// Levels of the step, in dBFS: softly, loudly, softly.
const STEP: (f64, f64) = (-60.0, 0.0);

/// All that shows something.
pub fn panels(study: &Study) -> Result<Vec<Panel>, Stop> {
    let mut out = Vec::new();
    let (gains, freq) = by_frequency(study)?;
    let settle = patience(study, freq)?;
    let curve = still(study, freq, settle)?;
    let reach = |points: &[(f64, f64)]| {
        let (low, high) = points.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), p| (low.min(p.1), high.max(p.1)));
        high - low
    };
    let works = reach(&curve) > 0.5;
    if works {
        out.push(levels(freq, &curve));
    }
    out.extend(gains);
    out.extend(step(study, freq, settle)?);
    out.extend(harmonics(study)?);
    Ok(out)
}

/// The gain at each frequency for noise of several levels, where they differ in more than a level; and the frequency at which
/// the level counts most.
fn by_frequency(study: &Study) -> Result<(Option<Panel>, f64), Stop> {
    let smooth = |gains: &[f64], f: f64| {
        let from = ((f * 0.89 / Study::bin()).round() as usize).clamp(1, gains.len() - 1);
        let to = ((f * 1.12 / Study::bin()).round() as usize).clamp(from, gains.len() - 1);
        let power: f64 = gains[from..=to].iter().map(|g| g * g).sum();
        10.0 * (power / (to - from + 1) as f64).max(1e-12).log10()
    };
    let mut series = Vec::new();
    for level in NOISE {
        let gains = study.noise_gains(level)?;
        let points: Vec<(f64, f64)> = frequencies().filter(|f| *f >= 30.0).map(|f| (f, smooth(&gains, f))).collect();
        series.push(Series::line(format!("{level:.0} dB").replace('-', "\u{2212}"), points));
    }
    // How far the level moves the gain, at each frequency.
    let moved: Vec<(f64, f64)> = (0..series[0].points.len()).map(|i| {
        let values = series.iter().map(|s| s.points[i].1.max(-80.0));
        let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)));
        (series[0].points[i].0, high - low)
    }).collect();
    let heard = moved.iter().copied().filter(|p| p.0 > 50.0 && p.0 < 10_000.0);
    let most = heard.fold((1000.0, 0.0), |best, p| if p.1 > best.1 { p } else { best });
    let near = moved.iter().find(|p| p.0 >= 1000.0).copied().unwrap_or(most);
    // Noise is judged to a decibel.
    let freq = if near.1 > most.1 - 1.5 { 1000.0 } else { round_frequency(most.0) };
    let shaped = series.iter().any(|s| {
        let inside = s.points.iter().filter(|p| p.0 > 40.0 && p.0 < 16_000.0).map(|p| p.1.max(-80.0));
        let (low, high) = inside.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)));
        high - low > 2.0
    });
    // What is the same at every level is no matter of level.
    if !shaped || most.1 < 0.7 {
        return Ok((None, freq));
    }
    let top = series.iter().flat_map(|s| &s.points).map(|p| p.1).fold(f64::NEG_INFINITY, f64::max);
    let y = Axis::around("gain", "dB", series.iter().flat_map(|s| &s.points).map(|p| p.1.max(top - 48.0)), 12.0);
    let chart = Chart { title: "Gain by frequency and level".into(), x: hertz(), y, series, cells: None };
    Ok((Some(Panel::new("gains", "For pink noise of these levels (RMS, dBFS): its gain at each frequency.", chart)), freq))
}

fn round_frequency(f: f64) -> f64 {
    let power = 10f64.powf(f.log10().floor() - 1.0);
    (f / power).round() * power
}

/// Seconds until a level has settled: two thirds of one where that is enough.
fn patience(study: &Study, freq: f64) -> Result<f64, Stop> {
    for seconds in [0.7, 2.5] {
        let mut calm = true;
        for level in [STEP.0, STEP.1] {
            let frames = (seconds * FS) as usize;
            let y = study.hear(&both(sine(freq, factor(level), frames), study.width))?;
            let part = |from: f64, to: f64| db(rms(&y[0][(frames as f64 * from) as usize..(frames as f64 * to) as usize]));
            calm &= (part(0.6, 0.7) - part(0.9, 1.0)).abs() < 0.1;
        }
        if calm {
            return Ok(seconds);
        }
    }
    Ok(6.0)
}

/// Gain of a tone at every level, once it stands.
fn still(study: &Study, freq: f64, seconds: f64) -> Result<Vec<(f64, f64)>, Stop> {
    let mut out = Vec::new();
    for k in 0..=24 {
        let level = f64::from(k) * 3.0 - 72.0;
        let y = study.steady_tone(freq, level, seconds)?;
        out.push((level, db(rms(&y)) + 3.0103 - level));
    }
    Ok(out)
}

fn levels(freq: f64, curve: &[(f64, f64)]) -> Panel {
    let floor = -84.0;
    let points: Vec<(f64, f64)> = curve.iter().map(|(x, gain)| (*x, (x + gain).max(floor))).collect();
    let top = points.iter().map(|p| p.1).fold(0.0, f64::max);
    let low = points.iter().map(|p| p.1).fold(-72.0, f64::min);
    let same = Series::line("unchanged", vec![(-72.0, -72.0), (0.0, 0.0)]).drawn(Stroke::Dashed);
    let chart = Chart {
        title: "Level in, level out".into(),
        x: Axis::linear("in", "dBFS", -72.0, 0.0),
        y: Axis::linear("out", "dBFS", (low / 12.0).floor() * 12.0, (top / 12.0).ceil() * 12.0),
        series: vec![Series::line("out", points), same],
        cells: None,
    };
    Panel::new("levels", format!("A tone of {} at each level (peak), once the gain stands still.", tone_name(freq)), chart)
}

fn tone_name(freq: f64) -> String {
    if freq >= 1000.0 { format!("{} kHz", (freq / 10.0).round() / 100.0) } else { format!("{freq:.0} Hz") }
}

/// The gain while the level goes up and down again.
fn step(study: &Study, freq: f64, settle: f64) -> Result<Option<Panel>, Stop> {
    let seconds = if settle < 1.0 { 1.0 } else { settle };
    let n = (seconds * FS) as usize;
    // What hears everything alike is looked at through the shortest window: a number of whole periods, and of samples.
    let freq = if freq == 1000.0 { 4000.0 } else { freq };
    let periods = (freq * 0.0005).ceil();
    let exact = FS * periods / (FS * periods / freq).round();
    let mut x = sine(exact, 1.0, 3 * n);
    // The way down takes a moment, so that no filter hears a click.
    let softly = ((2.0 * FS / freq) as usize).max(144);
    let level = |i: usize| {
        let down = (i as f64 - 2.0 * n as f64) / softly as f64;
        let part = if i < n || down >= 1.0 { 0.0 } else if down <= 0.0 { 1.0 } else { 0.5 + 0.5 * (std::f64::consts::PI * down).cos() };
        factor(STEP.0) + (factor(STEP.1) - factor(STEP.0)) * part
    };
    x.iter_mut().enumerate().for_each(|(i, x)| *x *= level(i));
    let y = study.hear(&both(x, study.width))?;
    // The difference of neighbours leaves out what drifts, such as an offset that is being taken away.
    let slope: Vec<f64> = y[0].iter().zip(std::iter::once(&0.0).chain(&y[0])).map(|(now, before)| now - before).collect();
    let steep = 2.0 * (std::f64::consts::PI * exact / FS).sin();
    let (after, _) = demodulated(&slope, exact, periods);
    let gain: Vec<f64> = after.iter().enumerate().map(|(i, a)| (db(*a / steep) - db(level(i))).max(-96.0)).collect();
    // Until the window holds nothing of before the step there is no gain to speak of.
    let window = (FS * periods / exact).round() as usize + 24;
    let blind = |i: usize| i % n < window + if i >= 2 * n { softly } else { 0 };
    // What hears ahead moves before the step.
    let (soft, loud) = (gain[n - n / 8], gain[2 * n - n / 8]);
    let calm = |from: usize| (from..from + n / 8).all(|i| (gain[i] - gain[from]).abs() < 1.0);
    if !calm(n - n / 4) || !calm(2 * n - n / 4) {
        return Ok(None);
    }
    // How long it takes until all but a twentieth of the way is made.
    let seen = || (n..3 * n).filter(|i| !blind(*i)).map(|i| gain[i]).chain([soft, loud]);
    let (low, high) = seen().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), g| (low.min(g), high.max(g)));
    let way = high - low;
    let time = |from: usize, goal: f64| {
        let last = (from..from + n).rev().find(|i| !blind(*i) && (gain[*i] - goal).abs() > way * 0.05);
        last.map_or(0.0, |i| (i - from) as f64 / FS)
    };
    let (down, up) = (time(n, loud), time(2 * n, gain[3 * n - 10]));
    if way < 0.5 || down.max(up) == 0.0 {
        return Ok(None);
    }
    // Drawn as long as both take, with a little before.
    let lead = (down + up).clamp(0.01, 0.4 * seconds) * 0.12;
    let show = |time: f64| (time * 1.3).clamp(0.3 * lead + 0.004, seconds * 0.98);
    let (high, low) = (show(down), show(up));
    let mut points = Vec::new();
    let cut = |from: f64, to: f64| (from * FS) as usize..(to * FS) as usize;
    let known = |i: usize| if blind(i) { f64::NAN } else { gain[i] };
    points.extend(cut(seconds - lead, seconds + high).map(|i| (i as f64 / FS - seconds, known(i))));
    let seam = high;
    let second: Vec<(f64, f64)> = cut(2.0 * seconds - lead, 2.0 * seconds + low).map(|i| (i as f64 / FS - 2.0 * seconds + seam + lead, known(i))).collect();
    let (louder, softer) = (format!("{} dBFS", STEP.1), format!("back to {} dBFS", STEP.0));
    let series = [(louder, points), (softer, second)].map(|(name, points)| {
        let points = thinned(points.into_iter().map(|(t, g)| (t * 1e3, g)).collect(), 500);
        Series::line(name.replace('-', "\u{2212}"), points)
    });
    let y = Axis::around("gain", "dB", series.iter().flat_map(|s| &s.points).map(|p| p.1), 6.0);
    let x = Axis::linear("time", "ms", -lead * 1e3, (seam + lead + low) * 1e3);
    let chart = Chart { title: "Gain when the level steps".into(), x, y, series: series.to_vec(), cells: None };
    let caption = format!(
        "A tone of {} steps from {} to {} dBFS and, once the gain stands, back (second line).", tone_name(freq), STEP.0, STEP.1
    );
    Ok(Some(Panel::new("step", caption.replace('-', "\u{2212}"), chart)))
}

/// What a tone has beside itself, where that is more than -45 dB: of a loud one, else of a very soft one.
fn harmonics(study: &Study) -> Result<Option<Panel>, Stop> {
    for level in [-6.0, -60.0] {
        let mut best: Option<(f64, f64, Vec<f64>)> = None;
        for freq in [1000.0, 45.0, 250.0, 5000.0] {
            let y = study.steady_tone(freq, level, 1.5)?;
            let rest = apart(&y, freq, 30.0, factor(level));
            if rest > -45.0 && best.as_ref().is_none_or(|b| rest > b.1 + 12.0) {
                best = Some((freq, rest, y));
            }
        }
        if let Some((freq, _, _)) = best {
            return spectrum(study, freq, level).map(Some);
        }
    }
    Ok(None)
}

/// The spectrum of what comes out of a tone.
fn spectrum(study: &Study, freq: f64, level: f64) -> Result<Panel, Stop> {
    let y = study.hear(&both(sine(freq, factor(level), 4 * FS as usize), study.width))?;
    Ok(lines(&y[0][FS as usize..], freq, level))
}

/// A tone's spectrum as a picture.
pub fn lines(y: &[f64], freq: f64, level: f64) -> Panel {
    const SIZE: usize = 32_768;
    let bins = amplitudes(y, SIZE);
    let hertz = |k: usize| k as f64 * FS / SIZE as f64;
    let floor = -120.0;
    let mut points: Vec<(f64, f64)> = Vec::new();
    let columns = 360;
    for c in 0..columns {
        let edge = |c: usize| 20.0 * 1000f64.powf(c as f64 / columns as f64);
        let (from, to) = (edge(c) * SIZE as f64 / FS, edge(c + 1) * SIZE as f64 / FS);
        let part = bins.get(from.round() as usize..to.round() as usize).unwrap_or_default();
        if let Some((k, a)) = part.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)) {
            points.push((hertz(from.round() as usize + k), (db(*a) - level).max(floor)));
        }
    }
    let top = points.iter().map(|p| p.1).fold(0.0, f64::max);
    let chart = Chart {
        title: "Spectrum of a tone".into(),
        x: super::response::hertz(),
        y: Axis::linear("against what came in", "dB", floor, (top / 20.0).ceil() * 20.0),
        series: vec![Series::line("", points).drawn(Stroke::Area)],
        cells: None,
    };
    let said = format!("A tone of {} at {level:.0} dBFS (peak) goes in.", tone_name(freq));
    Panel::new("spectrum", said.replace('-', "\u{2212}"), chart)
}
