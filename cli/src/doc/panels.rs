//! Pictures of a subject. Which it gets is decided by what was measured of it and by nothing else, so that an effect of
//! anybody gets the right ones: each kind of picture has its own question, and is drawn where the answer shows something.

mod decay;
mod dynamics;
mod generator;
mod motion;
mod place;
mod response;
mod wave;

use super::listen::Pair;
use super::study::Study;
use crate::exit::Stop;
use mixdown_meter::picture::Chart;

/// A picture and what it says.
#[derive(Clone, Debug)]
pub struct Panel {
    /// Which kind: `response`, `decay`, `levels`, …
    pub kind: &'static str,
    /// How it was measured, in one sentence.
    pub caption: String,
    /// The picture.
    pub chart: Chart,
}

impl Panel {
    fn new(kind: &'static str, caption: impl Into<String>, chart: Chart) -> Panel {
        Panel { kind, caption: caption.into(), chart }
    }
}

/// All pictures of a subject. `pair` is what it does to music, `example` what it does to its own example.
///
/// # Errors
/// The engine's.
pub fn all(study: &Study, pair: Option<&Pair>, example: &dyn Fn() -> Result<Option<Pair>, Stop>) -> Result<Vec<Panel>, Stop> {
    if study.width == 0 {
        return generator::panels(study);
    }
    let (nature, paths, rings) = (study.nature, &study.paths, study.rings());
    let mut out = Vec::new();
    if rings {
        out.extend(decay::panels(paths));
    }
    if nature.idle {
        out.extend(example()?.as_ref().and_then(wave::panel));
    } else if nature.linear && (nature.steady || rings) {
        if !rings {
            out.extend(place::panel(paths));
        }
        if (out.is_empty() || rings) && !paths.are_silent() {
            out.extend(response::panels(paths, rings));
        }
    } else if nature.linear {
        out.extend(motion::panels(study)?);
    } else if !rings {
        out.extend(dynamics::panels(study)?);
        // What no level and no tone tells shows in the waveform.
        if out.len() < 2 {
            out.extend(example()?.as_ref().and_then(wave::panel));
        }
    }
    if out.is_empty() {
        out.extend(pair.and_then(wave::panel));
    }
    if out.is_empty() {
        out.extend(response::panels(paths, false));
    }
    Ok(out)
}
