//! Positions as the command line writes them: `12.5`, `1:23.5`, `@9`, `@40.3`, `chorus`.

use crate::args::RenderArgs;
use crate::exit::Stop;
use mixdown_analysis::mix::Mix;

/// The part of the song that is written: first frame, one past the last.
pub fn range(mix: &Mix, args: &RenderArgs) -> Result<(u64, Option<u64>), Stop> {
    let at = |text: &Option<String>| match text {
        None => Ok(None),
        Some(t) => position(mix, t).map(Some).ok_or_else(|| {
            Stop::environment("E0937", format!("`{t}` is no position"), "write seconds (12.5), a clock (1:23.5), a bar (@9, @40.3) or a section (chorus)")
        }),
    };
    let from = at(&args.from)?.unwrap_or(0);
    let to = at(&args.to)?;
    if to.is_some_and(|to| to <= from) {
        return Err(Stop::environment("E0937", "`--to` does not lie after `--from`", "swap them"));
    }
    Ok((from, to))
}

/// The sample of a position, rounded half up; `None` where it cannot be read or lies before the song.
pub fn position(mix: &Mix, text: &str) -> Option<u64> {
    if let Some(section) = mix.sections.iter().find(|s| s.name == text) {
        return section.spans.first().and_then(|(start, _)| u64::try_from(*start).ok());
    }
    let seconds = match text.strip_prefix('@') {
        Some(place) => match place.split_once(':') {
            Some(_) => clock(place)?,
            None if place.ends_with('s') => place.trim_end_matches('s').parse().ok()?,
            None => bar(mix, place)?,
        },
        None => clock(text.strip_suffix('s').unwrap_or(text))?,
    };
    let samples = (seconds * f64::from(mix.song.sample_rate) + 0.5).floor();
    (samples >= 0.0).then_some(samples as u64)
}

fn clock(text: &str) -> Option<f64> {
    let mut seconds = 0.0;
    for (i, part) in text.split(':').enumerate() {
        let x: f64 = part.parse().ok()?;
        if !x.is_finite() || x < 0.0 || i > 0 && x >= 60.0 {
            return None;
        }
        seconds = seconds * 60.0 + x;
    }
    Some(seconds)
}

fn bar(mix: &Mix, text: &str) -> Option<f64> {
    let (bar, beat) = text.split_once('.').unwrap_or((text, "1"));
    let (bar, beat): (u32, u32) = (bar.parse().ok()?, beat.parse().ok()?);
    Some(mix.song.tempo.seconds(mix.song.beats(bar, f64::from(beat))?))
}
