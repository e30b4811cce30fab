//! What the convolutions of a program do: files decoded, brought to the rate they are used at, and cut; filters
//! designed.

use crate::exit::Stop;
use crate::project::Project;
use crate::sources::outside;
use mixdown_analysis::mix::Mix;
use mixdown_engine::fourier::{Cut, Response};
use mixdown_kernel::lower::{Recipe, ResponseSpec, stretched};
use mixdown_media::{MediaError, Resampler};
use std::path::PathBuf;
use std::sync::Arc;

/// Frames that are read from a file at once.
const CHUNK: usize = 16_384;
/// How long a response fades where it was cut, in seconds.
const FADE: f64 = 0.005;

/// Makes every response of a program, in its order.
///
/// # Errors
/// A file that cannot be read any more.
pub fn open(project: &Project, mix: &Mix, specs: &[ResponseSpec]) -> Result<Vec<Arc<Response>>, Stop> {
    specs.iter().map(|spec| Ok(Arc::new(make(spec, &mut |file| decoded(project, mix, file))?))).collect()
}

/// Decodes a file of the mix.
///
/// # Errors
/// It cannot be read any more.
pub fn decoded(project: &Project, mix: &Mix, file: u32) -> Result<Recording, Stop> {
    let file = mix.files.get(file as usize);
    let file = file.ok_or_else(|| Stop::environment("E0899", "a response names no file of the mix", "please report it"))?;
    let path = project.resolve(&file.path).map_err(outside)?;
    let mut reader = mixdown_media::open(&path)?;
    let info = reader.info();
    let (rate, channels) = (info.rate, info.channels as usize);
    let mut planes = vec![Vec::new(); channels];
    let mut block = vec![vec![0f32; CHUNK]; channels];
    loop {
        let n = reader.read(&mut block, CHUNK)?;
        if n == 0 {
            return Ok(Recording { path, rate, planes });
        }
        planes.iter_mut().zip(&block).for_each(|(plane, block)| plane.extend_from_slice(&block[..n]));
    }
}

/// A file, decoded.
pub struct Recording {
    /// Where it lies, for messages.
    pub path: PathBuf,
    /// Its rate.
    pub rate: u32,
    /// Its channels.
    pub planes: Vec<Vec<f32>>,
}

/// Makes one response; `audio` reads a file of the mix.
///
/// # Errors
/// Those of `audio`; a file with other channels than it had when the mix was compiled, or of a rate that cannot be
/// converted.
pub fn make<E: From<MediaError>>(
    spec: &ResponseSpec,
    audio: &mut impl FnMut(u32) -> Result<Recording, E>,
) -> Result<Response, E> {
    Ok(match &spec.recipe {
        Recipe::Designed { levels, minimum_phase } => Response::designed(levels, *minimum_phase, spec.width.into()),
        Recipe::Normalised(recipe) => {
            let mut response = make(&ResponseSpec { recipe: (**recipe).clone(), ..spec.clone() }, audio)?;
            response.normalise();
            response
        }
        Recipe::Reversed(recipe) => {
            let mut response = make(&ResponseSpec { recipe: (**recipe).clone(), ..spec.clone() }, audio)?;
            // It is used as late as it rings before its first sample, which is behind its last one now.
            response.reverse(spec.lead.1 as usize);
            response
        }
        Recipe::Recorded { file, skip, length, trim, stretch } => {
            let recording = audio(*file)?;
            let samples = |seconds: f64| (seconds * f64::from(spec.rate)).round() as usize;
            let length = samples(*length).saturating_add(spec.lead.1 as usize);
            let cut = Cut { skip: samples(*skip), length, trim: *trim, fade: samples(FADE) };
            let (count, path) = (recording.planes.len(), recording.path.clone());
            let channels = converted(recording, spec, stretched(spec.rate, *stretch))?;
            Response::recorded(channels, spec.width.into(), &cut).ok_or_else(|| {
                let reason = format!("an impulse response has {count} channels now");
                MediaError::new("E0838", &path, reason, "render again: the file was replaced meanwhile")
            })?
        }
    })
}

/// The channels with as many samples as they have at a rate, behind their lead. A response is a density: at twice the rate its samples
/// are half as high, so that what it does to a frequency stays what it was.
fn converted(recording: Recording, spec: &ResponseSpec, to: u32) -> Result<Vec<Vec<f64>>, MediaError> {
    let Recording { path, rate, mut planes } = recording;
    let level = f64::from(rate) / f64::from(to);
    if rate != to {
        let lead = vec![0f32; spec.lead.0 as usize];
        let mut resampler = Resampler::new(&path, rate, to, planes.len() as u32)?;
        let mut out = vec![Vec::new(); planes.len()];
        let silence: Vec<&[f32]> = planes.iter().map(|_| lead.as_slice()).collect();
        resampler.process(&silence, &mut out);
        resampler.process(&planes.iter().map(Vec::as_slice).collect::<Vec<_>>(), &mut out);
        resampler.process(&silence, &mut out);
        resampler.finish(&mut out);
        planes = out;
    }
    Ok(planes.into_iter().map(|plane| plane.into_iter().map(|x| f64::from(x) * level).collect()).collect())
}
