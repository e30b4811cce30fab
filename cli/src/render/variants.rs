//! Which files a render makes, grouped by the mix they are made of: a file `without: [vocals]` is of another mix
//! than the plain one.

use super::outputs::Target;
use crate::args::{Bits, Format, RenderArgs};
use crate::exit::Stop;
use crate::project::Project;
use mixdown_analysis::mix::{Delivery, DeliveryFormat, Mix, Node, Strip, StripId, StripKind};
use mixdown_media::{Dither, OutputFormat};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A mix and the files it is rendered into.
pub struct Variant {
    /// The mix.
    pub mix: Mix,
    /// Its files.
    pub targets: Vec<Target>,
    /// Nothing was muted or soloed for it.
    pub plain: bool,
}

/// All variants of a render, the plain one first.
pub fn variants(project: &Project, mix: &Mix, args: &RenderArgs) -> Result<Vec<Variant>, Stop> {
    let mut found: BTreeMap<(Vec<StripId>, Vec<StripId>), Vec<Target>> = BTreeMap::new();
    let mut plain = Vec::new();
    let delivers = args.delivers();
    if let Some(path) = &args.output {
        plain.push(whole(args, path));
    } else if mix.deliveries.is_empty() || !delivers {
        let name = format!("{}.{}", mix.song.file, if args.format == Some(Format::Flac) { "flac" } else { "wav" });
        plain.push(whole(args, &project.folder.join(name)));
    }
    for d in mix.deliveries.iter().filter(|_| delivers) {
        found.entry((d.without.clone(), d.only.clone())).or_default().extend(delivered(project, mix, d, args)?);
    }
    if let Some(folder) = &args.stems {
        let format = format_of(args.bits, 24, false);
        plain.extend(stems_of(mix).into_iter().map(|s| {
            let path = folder.join(format!("{}.wav", safe(&s.name)));
            Target { path, format, dither: Dither::Auto, rate: None, flac: Some(false), stem: Some(s.path.clone()) }
        }));
    }
    if !plain.is_empty() {
        found.entry((Vec::new(), Vec::new())).or_default().extend(plain);
    }
    // The key of the plain mix is the least of all.
    let variant = |((without, only), targets): ((Vec<StripId>, Vec<StripId>), Vec<Target>)| {
        let plain = without.is_empty() && only.is_empty();
        Variant { mix: varied(mix, &without, &only), targets, plain }
    };
    Ok(found.into_iter().map(variant).collect())
}

/// Whether a file's name asks for FLAC.
pub fn is_flac(path: &Path) -> bool {
    path.extension().is_some_and(|e| e.eq_ignore_ascii_case("flac"))
}

fn whole(args: &RenderArgs, path: &Path) -> Target {
    let flac = args.format.map_or_else(|| is_flac(path), |f| f == Format::Flac);
    let format = format_of(args.bits, 24, flac);
    Target { path: path.to_path_buf(), format, dither: Dither::Auto, rate: None, flac: args.format.map(|f| f == Format::Flac), stem: None }
}

fn format_of(bits: Option<Bits>, default: u32, flac: bool) -> OutputFormat {
    match bits {
        Some(Bits::B16) => OutputFormat::Int16,
        Some(Bits::B24) => OutputFormat::Int24,
        Some(Bits::B32f) if !flac => OutputFormat::Float32,
        Some(Bits::B32f) => OutputFormat::Int24,
        None => match default {
            16 => OutputFormat::Int16,
            32 if !flac => OutputFormat::Float32,
            _ => OutputFormat::Int24,
        },
    }
}

fn delivered(project: &Project, mix: &Mix, d: &Delivery, args: &RenderArgs) -> Result<Vec<Target>, Stop> {
    let dither = match d.dither {
        None => Dither::Auto,
        Some(true) => Dither::Tpdf,
        Some(false) => Dither::Off,
    };
    let flac = d.format == DeliveryFormat::Flac;
    let format = format_of(args.bits, d.bits, flac);
    let rate = d.sample_rate.filter(|r| *r != mix.song.sample_rate);
    let place = |template: &str| -> Result<PathBuf, Stop> { project.resolve(template).map_err(crate::sources::outside) };
    if d.format != DeliveryFormat::Stems {
        return Ok(vec![Target { path: place(&d.template)?, format, dither, rate, flac: Some(flac), stem: None }]);
    }
    stems_of(mix)
        .into_iter()
        .map(|s| {
            let name = safe(&s.name);
            let template = d.template.replace("{bus}", &name).replace("{track}", &name);
            Ok(Target { path: place(&template)?, format, dither, rate, flac: Some(flac), stem: Some(s.path.clone()) })
        })
        .collect()
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

/// The mix with strips muted (`without`) or soloed (`only`).
fn varied(mix: &Mix, without: &[StripId], only: &[StripId]) -> Mix {
    let mut mix = mix.clone();
    for id in without {
        if let Some(s) = mix.strips.get_mut(*id as usize) {
            s.outputs.iter_mut().for_each(|o| o.open = false);
            close_sends(&mut s.nodes);
        }
    }
    if !only.is_empty() {
        mixdown_analysis::solo(&mut mix, only);
    }
    mix
}

fn close_sends(nodes: &mut [Node]) {
    for node in nodes {
        match node {
            Node::Send { open, .. } => *open = false,
            Node::Wrap(w) => w.branches.iter_mut().for_each(|b| close_sends(&mut b.nodes)),
            _ => {}
        }
    }
}
