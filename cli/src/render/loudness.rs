//! Files with a loudness of their own: one constant gain on the master, found by listening to the whole song before the
//! render. Always true: no gain leads a true peak above its ceiling.

use super::convert::Converter;
use super::outputs::Target;
use super::pass::Pass;
use super::variants::Variant;
use crate::exit::{Exit, Stop};
use crate::project::shown;
use mixdown_meter::{Measurement, Meter};
use std::convert::Infallible;

/// Finds the gain of every file that asks for a loudness; returns files and decibels.
///
/// # Errors
/// A song without loudness, peaks that would pass the ceiling, and what playing runs into.
pub fn resolve(pass: &Pass<'_>, variants: &mut [Variant]) -> Result<Vec<(String, f64)>, Stop> {
    let mut found = Vec::new();
    for variant in variants.iter_mut().filter(|v| v.targets.iter().any(|t| t.loudness.is_some())) {
        let failed = |e: mixdown_meter::MeterError| Stop::environment("E0899", e.to_string(), "please report it");
        let mut meter = Meter::without_bands(variant.mix.song.sample_rate, 2).map_err(failed)?;
        // What a file holds at another rate is measured at that rate.
        let asked = |t: &&Target| t.loudness.is_some();
        let converters = variant.targets.iter().filter(asked).map(|t| Converter::of(t, variant.mix.song.sample_rate, 2));
        let mut converters = converters.collect::<Result<Vec<_>, _>>()?;
        pass.listen(&variant.mix, Vec::new(), &mut |name, block| {
            if name == "master" {
                meter.push(block);
                for converter in converters.iter_mut().flatten() {
                    let Ok(()) = converter.process::<Infallible>(block, |_| Ok(()));
                }
            }
        })?;
        let plain = meter.finish();
        for (target, converter) in variant.targets.iter_mut().filter(|t| t.loudness.is_some()).zip(converters) {
            let Some((loudness, ceiling)) = target.loudness else { continue };
            let converted = converter.map(|mut converter| {
                let Ok(()) = converter.finish::<Infallible>(|_| Ok(()));
                converter.measured()
            });
            target.gain = gain(target, loudness, ceiling, converted.as_ref().unwrap_or(&plain))?;
            found.push((shown(&target.path), target.gain));
        }
    }
    Ok(found)
}

fn gain(target: &Target, loudness: f64, ceiling: f64, now: &Measurement) -> Result<f64, Stop> {
    let name = shown(&target.path);
    let wrong = |message: String, help: String| Stop::Error { code: "E0946".into(), message, help: Some(help), exit: Exit::Wrong };
    let (Some(integrated), Some(peak)) = (now.integrated, now.true_peak) else {
        let help = "leave `loudness` out; silence and less than 400 ms have none".to_string();
        return Err(wrong(format!("{name}: the song has no loudness, so no gain brings it to {loudness} LUFS"), help));
    };
    let gain = loudness - integrated;
    let over = peak + gain - ceiling;
    if over > 0.0 {
        let message = format!(
            "{name}: {loudness} LUFS takes {gain:+.2} dB, and true peaks would stand at {:.2} dBTP, {over:.2} dB above {ceiling} dBTP",
            peak + gain
        );
        let most = ((loudness - over) * 10.0).floor() / 10.0;
        let help = format!("ask for {most}LUFS at most, or make the master denser: a `gain` before its `limiter(ceiling: -1dBTP)`");
        return Err(wrong(message, help));
    }
    Ok(gain)
}
