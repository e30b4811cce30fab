//! The pages: an index, and one for each declaration. Static: no network, and no script but the index's filter.

use super::bench::{Planes, RATE};
use super::folder::Folder;
use super::prose::{self, escaped};
use super::{Entry, Measured, Source, highlight};
use crate::declared::{Library, Parameter};
use crate::exit::Stop;
use mixdown_media::{AudioSink, FlacSink, OutputFormat, SinkSpec};
use std::collections::BTreeMap;

const STYLE: &str = include_str!("style.css");
const FILTER: &str = include_str!("filter.js");

/// Writes all pages, pictures and sounds.
///
/// # Errors
/// A file that cannot be written.
pub fn write(source: &Source, entries: &[Vec<Entry>], folder: &Folder) -> Result<(), Stop> {
    folder.write("style.css", STYLE)?;
    folder.write("index.html", &index(source, entries))?;
    let pages: BTreeMap<&str, &str> = entries.iter().flatten().map(|e| (e.declared.name.as_str(), e.slug.as_str())).collect();
    let mut before = Sounds::default();
    for (library, entries) in source.libraries.iter().zip(entries) {
        for (i, entry) in entries.iter().enumerate() {
            let mut sounds = Vec::new();
            if let Some(m) = &entry.measured {
                for (k, panel) in m.panels.iter().enumerate() {
                    folder.write(&picture(entry, k), &panel.chart.svg())?;
                }
                sounds = heard(entry, m, folder, &mut before)?;
            }
            let around = (i.checked_sub(1).map(|i| &entries[i]), entries.get(i + 1));
            folder.write(&format!("pages/{}.html", entry.slug), &page(source, library, entry, &sounds, &pages, around))?;
        }
    }
    Ok(())
}

/// File of a picture.
pub fn picture(entry: &Entry, index: usize) -> String {
    format!("pictures/{}-{}.svg", entry.slug, index + 1)
}

/// Sounds that were written already, by what they hold.
#[derive(Default)]
struct Sounds {
    written: BTreeMap<[u8; 32], String>,
    counts: BTreeMap<String, usize>,
}

/// Writes what is heard; each file with what it is.
fn heard(entry: &Entry, m: &Measured, folder: &Folder, known: &mut Sounds) -> Result<Vec<(String, String)>, Stop> {
    let Some(pair) = &m.pair else { return Ok(Vec::new()) };
    let own = format!("sounds/{}.flac", entry.slug);
    flac(folder, &own, &pair.after)?;
    if pair.before.is_empty() {
        return Ok(vec![("It".into(), own)]);
    }
    let mut hash = blake3::Hasher::new();
    pair.before.iter().flatten().for_each(|x| { hash.update(&x.to_le_bytes()); });
    hash.update(&[pair.before.len() as u8]);
    let key = *hash.finalize().as_bytes();
    let file = match known.written.get(&key) {
        Some(file) => file.clone(),
        None => {
            // A name of a page holds no dot.
            let count = known.counts.entry(pair.on.clone()).or_default();
            *count += 1;
            let file = format!("sounds/before.{}.{count}.flac", pair.on);
            flac(folder, &file, &pair.before)?;
            known.written.insert(key, file.clone());
            file
        }
    };
    Ok(vec![("Before".into(), file), ("After".into(), own)])
}

fn flac(folder: &Folder, name: &str, planes: &Planes) -> Result<(), Stop> {
    let narrow: Vec<Vec<f32>> = planes.iter().map(|c| c.iter().map(|x| *x as f32).collect()).collect();
    let spec = SinkSpec::new(RATE, narrow.len() as u32, OutputFormat::Int16);
    let mut sink = Box::new(FlacSink::create(folder.path(name)?, &spec)?);
    sink.write(&narrow.iter().map(Vec::as_slice).collect::<Vec<_>>())?;
    sink.finish()?;
    Ok(())
}

fn html(title: &str, up: &str, body: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{}</title>\n<link rel=\"stylesheet\" href=\"{up}style.css\">\n</head>\n<body>\n{body}</body>\n</html>\n",
        escaped(title)
    )
}

fn index(source: &Source, entries: &[Vec<Entry>]) -> String {
    let count = entries.iter().map(Vec::len).sum::<usize>();
    let mut body = format!(
        "<main class=\"index\">\n<h1>{}</h1>\n<p class=\"lead\">{count} effects, generators, chains and functions. Each page says what it does and how, \
         shows it measured, and lets you hear it. All of it is made from the source by running it.</p>\n\
         <p><label for=\"filter\">Filter by name or purpose</label> <input id=\"filter\" type=\"search\" autocomplete=\"off\"></p>\n",
        escaped(&source.title)
    );
    for (library, entries) in source.libraries.iter().zip(entries).filter(|(_, e)| !e.is_empty()) {
        let link = |name: &str| entries.iter().find(|e| e.declared.name == name).map(|e| format!("pages/{}.html", e.slug));
        let (first, rest) = library.opening.split_once("\n\n").unwrap_or((&library.opening, ""));
        body += &format!("<section>\n<h2>{}</h2>\n<div class=\"opening\">{}", escaped(shown(&library.file)), prose::html(first, &link));
        if !rest.trim().is_empty() {
            body += &format!("<details><summary>more</summary>\n{}</details>\n", prose::html(rest, &link));
        }
        body += "</div>\n<ul class=\"items\">\n";
        for e in entries {
            body += &format!(
                "<li><a href=\"pages/{0}.html\"><b>{1}</b> <span>{2}</span></a></li>\n",
                escaped(&e.slug), escaped(&e.declared.name), prose::inline(&e.declared.gist(), &|_| None)
            );
        }
        body += "</ul>\n</section>\n";
    }
    html(&source.title, "", &format!("{body}</main>\n<script>\n{FILTER}</script>\n"))
}

/// A file without its ending.
fn shown(file: &str) -> &str {
    file.strip_suffix(".mix").unwrap_or(file)
}

fn page(
    source: &Source,
    library: &Library,
    entry: &Entry,
    sounds: &[(String, String)],
    pages: &BTreeMap<&str, &str>,
    around: (Option<&Entry>, Option<&Entry>),
) -> String {
    let d = &entry.declared;
    let link = |name: &str| pages.get(name).filter(|_| name != d.name).map(|slug| format!("{slug}.html"));
    let mut body = format!(
        "<main>\n<nav><a href=\"../index.html\">{}</a> / {}</nav>\n<h1>{} <small>{}</small></h1>\n<div class=\"prose\">\n{}</div>\n",
        escaped(&source.title), escaped(shown(&library.file)), escaped(&d.name), kind(entry), prose::html(&d.prose(), &link)
    );
    if let Some(m) = &entry.measured {
        body += &facts(m);
        for (i, panel) in m.panels.iter().enumerate() {
            body += &format!(
                "<figure><img src=\"../{}\" width=\"480\" height=\"296\" alt=\"{}\" loading=\"lazy\"><figcaption>{}</figcaption></figure>\n",
                picture(entry, i), escaped(&panel.chart.title), escaped(&panel.caption)
            );
        }
        body += &match &m.fault {
            Some(fault) => format!("<p class=\"note\">Not measured: <code>{}</code> cannot be run alone ({}).</p>\n", escaped(&m.call), prose::inline(fault, &|_| None)),
            None => {
                let note = m.note.as_ref().map_or(String::new(), |n| format!(" {}", prose::inline(n, &|_| None)));
                format!("<p class=\"note\">Measured on <code>{}</code> at 48 kHz.{note}</p>\n", highlight::html(&m.call))
            }
        };
    }
    if let (false, Some(pair)) = (sounds.is_empty(), entry.measured.as_ref().and_then(|m| m.pair.as_ref())) {
        body += "<h2>Listen</h2>\n<div class=\"listen\">\n";
        for (what, file) in sounds {
            body += &format!("<label>{what}<audio controls preload=\"none\" src=\"../{}\"></audio></label>\n", escaped(file));
        }
        let on = match pair.on.as_str() {
            "example" => "The example below",
            "band" => "Beat, bass and voice",
            "beat" => "A beat",
            "bass" => "A bass",
            _ => "A voice",
        };
        let level = if pair.before.is_empty() { "." } else { ", equally loud before and after." };
        body += &format!("</div>\n<p class=\"note\">{on}{level}</p>\n");
    }
    body += &format!("<h2>Call</h2>\n<pre><code>{}</code></pre>\n", highlight::html(&signature(entry)));
    if !d.params.is_empty() {
        body += "<table>\n<thead><tr><th>Parameter</th><th>Type</th><th>Range</th><th>Default</th><th>What it does</th></tr></thead>\n<tbody>\n";
        body += &d.params.iter().map(|p| row(p, &link)).collect::<String>();
        body += "</tbody>\n</table>\n";
    }
    if let Some(example) = d.example() {
        body += &format!("<h2>Example</h2>\n<pre><code>{}</code></pre>\n", highlight::html(example));
    }
    body += "<nav class=\"around\">";
    for (e, arrow) in [(around.0, "←"), (around.1, "→")] {
        body += &e.map_or("<span></span>".into(), |e| {
            let name = escaped(&e.declared.name);
            let text = if arrow == "←" { format!("← {name}") } else { format!("{name} →") };
            format!("<a href=\"{}.html\">{text}</a>", escaped(&e.slug))
        });
    }
    html(&format!("{} - {}", d.name, source.title), "../", &format!("{body}</nav>\n</main>\n"))
}

/// The word for what it is: a source is told from an effect by what was measured.
fn kind(entry: &Entry) -> &'static str {
    match &entry.measured {
        Some(m) if m.channels.first().is_some_and(|c| c.0 == 0) => "generator",
        _ => entry.declared.kind.word(),
    }
}

/// The head in one piece, without the docs of its parameters: those stand in the table.
fn signature(entry: &Entry) -> String {
    entry.declared.head.lines().filter(|l| !l.trim_start().starts_with("///")).map(|l| format!("{l}\n")).collect()
}

fn facts(m: &Measured) -> String {
    if m.fault.is_some() {
        return String::new();
    }
    let latency = match m.latency {
        0 => "none".to_string(),
        n => format!("{n} samples ({:.2} ms), made up for", f64::from(n) / f64::from(RATE) * 1e3),
    };
    let name = |n: usize| if n == 1 { "mono" } else { "stereo" };
    let ways: Vec<String> = m.channels.iter().map(|(from, to)| match from {
        0 => name(*to).to_string(),
        from => format!("{} to {}", name(*from as usize), name(*to)),
    }).collect();
    let only = if m.channels.len() == 1 && m.channels[0].0 == 2 { ", only for stereo" } else { "" };
    let mut out = format!("<dl class=\"facts\"><div><dt>Latency</dt><dd>{latency}</dd></div><div><dt>Channels</dt><dd>{}{only}</dd></div>", ways.join(", "));
    if let Some(cost) = m.cost {
        let wide = m.channels.last().map_or(1, |c| if c.0 == 0 { c.1 } else { c.0 as usize });
        out += &format!("<div><dt>Cost here</dt><dd>{cost:.1} ns a {} frame</dd></div>", name(wide));
    }
    out + "</dl>\n"
}

fn row(p: &Parameter, link: &dyn Fn(&str) -> Option<String>) -> String {
    let unit = match p.ty.as_str() {
        "Level" => " <i>dB</i>",
        "Frequency" => " <i>Hz</i>",
        "Time" => " <i>s, beats</i>",
        "Interval" => " <i>st, ct, oct</i>",
        "Ceiling" => " <i>dBFS, dBTP</i>",
        "Switch" => " <i>on, off</i>",
        _ => "",
    };
    let code = |text: &str| format!("<code>{}</code>", escaped(text));
    let constant = if p.constant { "<i>const</i> " } else { "" };
    let range = p.range.as_deref().map_or(String::new(), code);
    let default = p.default.as_deref().map_or("<i>required</i>".into(), code);
    format!(
        "<tr><td data-l=\"Parameter\"><code>{}</code></td><td data-l=\"Type\">{constant}{}{unit}</td><td data-l=\"Range\">{range}</td>\
         <td data-l=\"Default\">{default}</td><td data-l=\"What it does\">{}</td></tr>\n",
        escaped(&p.name), escaped(&p.ty), prose::inline(&p.doc, link)
    )
}
