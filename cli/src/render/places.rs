//! Positions as the command line writes them: `12.5`, `1:23.5`, `@9`, `@40.3`, `chorus`, `chorus[2]`, `drop.end`.

use crate::args::RenderArgs;
use crate::exit::Stop;
use mixdown_analysis::mix::Mix;

/// The part of the song that is written: first frame, one past the last.
pub fn range(mix: &Mix, args: &RenderArgs) -> Result<(u64, Option<u64>), Stop> {
    let at = |text: &Option<String>| match text {
        None => Ok(None),
        Some(t) => position(mix, t).map(Some).ok_or_else(|| {
            Stop::environment("E0937", format!("`{t}` is no position"), HELP)
        }),
    };
    if let Some(name) = &args.section {
        let (start, end) = section(mix, name).ok_or_else(|| {
            let names: Vec<&str> = mix.sections.iter().map(|s| s.name.as_str()).collect();
            let help = if names.is_empty() { "the song has no `sections`".into() } else { format!("the sections are {}", names.join(", ")) };
            Stop::environment("E0937", format!("there is no section `{name}`"), help)
        })?;
        return Ok((start.max(0) as u64, end.map(|end| end.max(0) as u64)));
    }
    let from = at(&args.from)?.unwrap_or(0);
    let to = at(&args.to)?;
    if to.is_some_and(|to| to <= from) {
        let (message, help) = match to {
            Some(to) if to == from => ("the part from `--from` to `--to` holds no sample", "let `--to` lie later: `--from 0.5 --to 1`"),
            _ => ("`--to` does not lie after `--from`", "swap them"),
        };
        return Err(Stop::environment("E0937", message, help));
    }
    Ok((from, to))
}

/// What can be written as a position.
const HELP: &str = "write seconds (12.5), a clock (1:23.5), a bar (@9, @40.3) or a section (chorus, chorus[2], chorus.end)";

/// First sample of a section and one past its last, where the song's end is not what ends it; of its first time, or of the one in brackets.
fn section(mix: &Mix, text: &str) -> Option<(i64, Option<i64>)> {
    let (name, which) = match text.strip_suffix(']').and_then(|t| t.rsplit_once('[')) {
        Some((name, number)) => (name, number.parse::<usize>().ok()?.checked_sub(1)?),
        None => (text, 0),
    };
    mix.sections.iter().find(|s| s.name == mixdown_syntax::tree::composed(name))?.spans.get(which).copied()
}

/// The sample of a position, rounded half up; `None` where it cannot be read or lies before the song.
pub fn position(mix: &Mix, text: &str) -> Option<u64> {
    let (name, end) = match text.rsplit_once('.') {
        Some((name, "end")) => (name, true),
        Some((name, "start")) => (name, false),
        _ => (text, false),
    };
    let edge = |s: (i64, Option<i64>)| if end { s.1.or(mix.song.length.and_then(|l| i64::try_from(l).ok())) } else { Some(s.0) };
    if let Some(at) = section(mix, text).map(|s| Some(s.0)).or_else(|| section(mix, name).map(edge)) {
        return u64::try_from(at?).ok();
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
