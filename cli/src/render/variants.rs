//! Which files a render makes, grouped by the mix they are made of: a file `without: [vocals]` is of another mix
//! than the plain one.

use super::outputs::Target;
use crate::args::{Bits, RenderArgs};
use crate::exit::Stop;
use crate::project::Project;
use mixdown_analysis::mix::{Delivery, DeliveryFormat, Mix, Node, Strip, StripId, StripKind};
use mixdown_media::{Dither, OutputFormat};
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

/// All variants of a render.
pub fn variants(project: &Project, mix: &Mix, args: &RenderArgs) -> Result<Vec<Variant>, Stop> {
    let mut out: Vec<Variant> = Vec::new();
    let mut add = |mix: &Mix, key: (&[StripId], &[StripId]), targets: Vec<Target>| {
        let plain = key.0.is_empty() && key.1.is_empty();
        match keys_of(&mut out, key) {
            Some(v) => v.targets.extend(targets),
            None => out.push(Variant { mix: varied(mix, key.0, key.1), targets, plain }),
        }
    };
    if let Some(path) = &args.output {
        add(mix, (&[], &[]), vec![whole(project, args, path)]);
    } else if mix.deliveries.is_empty() {
        let name = format!("{}.{}", mix.song.file, if args.format == Some(crate::args::Format::Flac) { "flac" } else { "wav" });
        add(mix, (&[], &[]), vec![whole(project, args, &project.folder.join(name))]);
    } else {
        let mut sorted: Vec<&Delivery> = mix.deliveries.iter().collect();
        // Equal mixes stand side by side, so that each is rendered once.
        sorted.sort_by_key(|d| (d.without.clone(), d.only.clone()));
        let mut last: Option<(Vec<StripId>, Vec<StripId>)> = None;
        for d in sorted {
            let key = (d.without.clone(), d.only.clone());
            let targets = delivered(project, mix, d, args)?;
            if last.as_ref() == Some(&key) {
                if let Some(v) = out.last_mut() {
                    v.targets.extend(targets);
                }
            } else {
                let plain = key.0.is_empty() && key.1.is_empty();
                out.push(Variant { mix: varied(mix, &key.0, &key.1), targets, plain });
                last = Some(key);
            }
        }
    }
    if let Some(folder) = &args.stems {
        let format = format_of(args.bits, 24, false);
        let targets = stems_of(mix)
            .into_iter()
            .map(|s| {
                let path = folder.join(format!("{}.wav", safe(&s.name)));
                Target { path, format, dither: Dither::Auto, rate: None, stem: Some(s.path.clone()) }
            })
            .collect::<Vec<_>>();
        match out.iter_mut().find(|v| v.plain) {
            Some(v) => v.targets.extend(targets),
            None => out.push(Variant { mix: mix.clone(), targets, plain: true }),
        }
    }
    out.sort_by_key(|v| !v.plain);
    Ok(out)
}

fn keys_of<'v>(out: &'v mut [Variant], key: (&[StripId], &[StripId])) -> Option<&'v mut Variant> {
    if key.0.is_empty() && key.1.is_empty() { out.iter_mut().find(|v| v.plain) } else { None }
}

fn whole(project: &Project, args: &RenderArgs, path: &Path) -> Target {
    let flac = match args.format {
        Some(f) => f == crate::args::Format::Flac,
        None => path.extension().is_some_and(|e| e.eq_ignore_ascii_case("flac")),
    };
    let _ = project;
    Target { path: path.to_path_buf(), format: format_of(args.bits, 24, flac), dither: Dither::Auto, rate: None, stem: None }
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
    let format = format_of(args.bits, d.bits, d.format == DeliveryFormat::Flac);
    let rate = d.sample_rate.filter(|r| *r != mix.song.sample_rate);
    let place = |template: &str| -> Result<PathBuf, Stop> { project.resolve(template).map_err(crate::sources::outside) };
    if d.format != DeliveryFormat::Stems {
        return Ok(vec![Target { path: place(&d.template)?, format, dither, rate, stem: None }]);
    }
    stems_of(mix)
        .into_iter()
        .map(|s| {
            let name = safe(&s.name);
            let template = d.template.replace("{bus}", &name).replace("{track}", &name);
            Ok(Target { path: place(&template)?, format, dither, rate, stem: Some(s.path.clone()) })
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
