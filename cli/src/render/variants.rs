//! Which files a render makes, grouped by the mix they are made of: a file `without: [vocals]` or with `set: (up: 1dB)`
//! is of another mix than the plain one.

use super::outputs::{Heard, Target};
use crate::args::{Bits, Format, RenderArgs};
use crate::exit::Stop;
use crate::project::{Project, shown};
use mixdown_analysis::mix::{Delivery, DeliveryFormat, Mix, Strip, StripId, StripKind};
use mixdown_media::{Dither, OutputFormat};
use mixdown_syntax::diagnostic::did_you_mean;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A mix and the files it is rendered into.
pub struct Variant {
    /// The mix.
    pub mix: Mix,
    /// Its files.
    pub targets: Vec<Target>,
    /// Its figures are the song's: the plain mix, or the first where none is plain.
    pub told: bool,
}

/// Strips that are left out and that are soloed.
type Change = (Vec<StripId>, Vec<StripId>);

/// All variants of a render, the plain one first. `mixes` are the plain mix and those with other options, by these.
pub fn variants(
    project: &Project,
    mixes: &[(&[(String, String)], &Mix)],
    args: &RenderArgs,
) -> Result<Vec<Variant>, Stop> {
    let mut out = Vec::new();
    for (set, mix) in mixes {
        let mut found: BTreeMap<Change, Vec<Target>> = BTreeMap::new();
        let first = mix.deliveries.first().map(|d| d.span);
        let wanted = |d: &&Delivery| args.delivers() && d.set == *set && (!args.first || Some(d.span) == first);
        for d in mix.deliveries.iter().filter(wanted) {
            let change = (d.without.clone(), d.only.clone());
            found.entry(change).or_default().extend(delivered(project, mix, d, args)?);
        }
        if set.is_empty() {
            let plain = asked(project, mix, args)?;
            if !plain.is_empty() {
                found.entry(Change::default()).or_default().extend(plain);
            }
        }
        // No change is the least of all changes, so the plain mix comes first.
        out.extend(found.into_iter().map(|((without, only), targets)| Variant {
            mix: varied(mix, &without, &only),
            targets,
            told: false,
        }));
    }
    if let Some(first) = out.first_mut() {
        first.told = true;
    }
    Ok(out)
}

/// What the command line asks for beside what `deliver` names.
fn asked(project: &Project, mix: &Mix, args: &RenderArgs) -> Result<Vec<Target>, Stop> {
    if let Some(name) = &args.monitor {
        return Ok(vec![monitored(project, mix, args, name)?]);
    }
    let mut out = Vec::new();
    if let Some(path) = &args.output {
        out.push(whole(mix, args, path)?);
    } else if mix.deliveries.is_empty() || !args.delivers() {
        let name = format!("{}.{}", mix.song.file, if args.format == Some(Format::Flac) { "flac" } else { "wav" });
        out.push(whole(mix, args, &project.folder.join(name))?);
    }
    if let Some(folder) = &args.stems {
        let plain = Target {
            format: format_of(args.bits, 24, false)?,
            flac: Some(false),
            tags: mix.song.tags.clone(),
            ..Target::default()
        };
        out.extend(stems_of(mix).into_iter().map(|s| {
            let path = folder.join(format!("{}.wav", safe(&s.name)));
            Target { path, heard: Heard::Stem(s.path.clone()), ..plain.clone() }
        }));
    }
    Ok(out)
}

/// What a monitor makes of the mix, in a file of its own. No name that `deliver` gives is taken for it: what is
/// delivered is never what a monitor makes.
fn monitored(project: &Project, mix: &Mix, args: &RenderArgs, name: &str) -> Result<Target, Stop> {
    let monitors = || mix.strips.iter().filter(|s| s.kind == StripKind::Monitor);
    let wanted = mixdown_syntax::tree::composed(name);
    let Some(monitor) = monitors().find(|s| s.name == wanted) else {
        let names: Vec<&str> = monitors().map(|s| s.name.as_str()).collect();
        let help = match (did_you_mean(name, names.iter().copied()), &names[..]) {
            (Some(meant), _) => format!("did you mean `{meant}`?"),
            (None, []) => "declare it in the song: `monitor car { playback(device: car) }`".to_string(),
            (None, names) => format!("the monitors are {}", names.join(", ")),
        };
        return Err(Stop::environment("E0949", format!("no monitor is called `{name}`"), help));
    };
    let target = match &args.output {
        Some(path) => whole(mix, args, path)?,
        None => {
            let ending = if args.format == Some(Format::Flac) { "flac" } else { "wav" };
            let file = format!("{}.{}.{ending}", mix.song.file, safe(&monitor.name));
            whole(mix, args, &project.folder.join(file))?
        }
    };
    let mut delivered_files = Vec::new();
    for d in &mix.deliveries {
        delivered_files.extend(delivered(project, mix, d, args)?.into_iter().map(|t| t.path));
    }
    let absolute = |path: &Path| crate::project::normal(&std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf()));
    if delivered_files.iter().any(|path| absolute(path) == absolute(&target.path)) {
        let message = format!("{} is a file that `deliver` names, and a monitor is never delivered", shown(&target.path));
        return Err(Stop::environment("E0950", message, "name another file with `-o`"));
    }
    Ok(Target { heard: Heard::Monitor(monitor.path.clone()), ..target })
}

/// Whether a file's name asks for FLAC.
fn is_flac(path: &Path) -> bool {
    path.extension().is_some_and(|e| e.eq_ignore_ascii_case("flac"))
}

fn whole(mix: &Mix, args: &RenderArgs, path: &Path) -> Result<Target, Stop> {
    let flac = args.format.map_or_else(|| is_flac(path), |f| f == Format::Flac);
    let other = path.extension().filter(|e| e.eq_ignore_ascii_case(if flac { "wav" } else { "flac" }));
    if let Some(ending) = other {
        let (kind, right) = if flac { ("FLAC", "flac") } else { ("WAV", "wav") };
        let message = format!("`--format {right}` would write {kind} into a file that ends with `.{}`", ending.to_string_lossy());
        return Err(Stop::environment("E0937", message, format!("leave out `--format`, or end the file with `.{right}`")));
    }
    Ok(Target {
        path: path.to_path_buf(),
        format: format_of(args.bits, 24, flac)?,
        flac: args.format.map(|f| f == Format::Flac),
        tags: mix.song.tags.clone(),
        ..Target::default()
    })
}

/// How samples are stored: as the command line says, else as the delivery does.
fn format_of(bits: Option<Bits>, default: u32, flac: bool) -> Result<OutputFormat, Stop> {
    let bits = bits.unwrap_or(match default {
        16 => Bits::B16,
        32 => Bits::B32f,
        _ => Bits::B24,
    });
    match bits {
        Bits::B16 => Ok(OutputFormat::Int16),
        Bits::B24 => Ok(OutputFormat::Int24),
        Bits::B32f if flac => {
            Err(Stop::environment("E0937", "FLAC holds no floats", "write `--bits 24`, or deliver WAV files"))
        }
        Bits::B32f => Ok(OutputFormat::Float32),
    }
}

fn delivered(project: &Project, mix: &Mix, d: &Delivery, args: &RenderArgs) -> Result<Vec<Target>, Stop> {
    let flac = match d.format {
        DeliveryFormat::Flac => true,
        DeliveryFormat::Wav => false,
        DeliveryFormat::Stems => is_flac(Path::new(&d.template)),
    };
    let target = Target {
        format: format_of(args.bits, d.bits, flac)?,
        dither: match d.dither {
            None => Dither::Auto,
            Some(true) => Dither::Tpdf,
            Some(false) => Dither::Off,
        },
        rate: d.sample_rate.filter(|r| *r != mix.song.sample_rate),
        flac: Some(flac),
        part: d.part.unwrap_or((0, None)),
        tags: d.tags.clone(),
        loudness: d.loudness.map(|loudness| (loudness, d.ceiling.unwrap_or(0.0))),
        ..Target::default()
    };
    let place = |template: &str| -> Result<PathBuf, Stop> { project.writable(template).map_err(crate::sources::outside) };
    if d.format != DeliveryFormat::Stems {
        return Ok(vec![Target { path: place(&d.template)?, ..target }]);
    }
    let tracks = d.template.contains("{track}");
    let stems = if tracks { tracks_of(mix) } else { stems_of(mix) };
    stems
        .into_iter()
        .map(|s| {
            let name = safe(&s.name);
            // Of a track, the bus is where it goes.
            let bus = s.outputs.first().filter(|_| tracks).and_then(|o| mix.strips.get(o.to as usize));
            let bus = bus.map_or(name.clone(), |bus| safe(&bus.name));
            let path = place(&d.template.replace("{bus}", &bus).replace("{track}", &name))?;
            Ok(Target { path, heard: Heard::Stem(s.path.clone()), ..target.clone() })
        })
        .collect()
}

/// Tracks that go somewhere.
fn tracks_of(mix: &Mix) -> Vec<&Strip> {
    mix.strips.iter().filter(|s| s.kind == StripKind::Track && !s.outputs.is_empty()).collect()
}

/// Strips with an edge into the master.
fn stems_of(mix: &Mix) -> Vec<&Strip> {
    let Some(master) = mix.strips.iter().position(|s| s.kind == StripKind::Master) else { return Vec::new() };
    mix.strips.iter().filter(|s| s.outputs.iter().any(|o| o.to as usize == master)).collect()
}

/// A name without characters that file systems refuse.
fn safe(name: &str) -> String {
    name.chars().map(|c| if "/\\:*?\"<>|".contains(c) { '_' } else { c }).collect()
}

/// The mix with strips left out (`without`) or soloed (`only`), each with what only feeds it.
fn varied(mix: &Mix, without: &[StripId], only: &[StripId]) -> Mix {
    let mut mix = mix.clone();
    mixdown_analysis::leave_out(&mut mix, without);
    mixdown_analysis::solo(&mut mix, only);
    mix
}
