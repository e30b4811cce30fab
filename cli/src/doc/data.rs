//! The reference as data for tools: one JSON file of all that the pages say, with the points of every curve.

use super::folder::{Folder, MARK};
use super::page::picture;
use super::{Entry, Measured, Panel, Source};
use crate::exit::Stop;
use mixdown_meter::picture::Axis;
use serde_json::{Value, json};

/// Writes it.
///
/// # Errors
/// It cannot be written.
pub fn write(source: &Source, entries: &[Vec<Entry>], folder: &Folder) -> Result<(), Stop> {
    let files = source.libraries.iter().zip(entries).map(|(library, entries)| {
        json!({"file": library.file, "opening": library.opening, "items": entries.iter().map(entry).collect::<Vec<_>>()})
    });
    let all = json!({"schema": 1, "title": source.title, "files": files.collect::<Vec<_>>()});
    folder.write(MARK, &format!("{all}\n"))
}

fn entry(entry: &Entry) -> Value {
    let d = &entry.declared;
    let params = d.params.iter().map(|p| {
        json!({"name": p.name, "type": p.ty, "const": p.constant, "default": p.default, "range": p.range, "doc": p.doc})
    });
    json!({
        "name": d.name, "kind": d.kind.word(), "signature": d.head, "gist": d.gist(), "doc": d.prose(), "example": d.example(),
        "page": format!("pages/{}.html", entry.slug), "parameters": params.collect::<Vec<_>>(),
        "measured": entry.measured.as_ref().map(|m| measured(entry, m)),
    })
}

fn measured(entry: &Entry, m: &Measured) -> Value {
    let channels = m.channels.iter().map(|(from, to)| json!({"in": from, "out": to}));
    let mut out = json!({
        "call": m.call, "latency_samples": m.latency, "channels": channels.collect::<Vec<_>>(), "listened_on": m.pair.as_ref().map(|p| &p.on),
        "pictures": m.panels.iter().enumerate().map(|(i, p)| panel(entry, i, p)).collect::<Vec<_>>(),
    });
    // What is not there has no field.
    for (name, value) in [("fault", m.fault.as_ref().map(|f| json!(f))), ("note", m.note.as_ref().map(|n| json!(n))), ("nanoseconds_per_frame", m.cost.map(|c| json!(rounded(c))))] {
        if let (Some(value), Some(map)) = (value, out.as_object_mut()) {
            map.insert(name.into(), value);
        }
    }
    out
}

fn panel(entry: &Entry, index: usize, panel: &Panel) -> Value {
    let axis = |a: &Axis| json!({"label": a.label, "unit": a.unit, "from": rounded(a.ends.0), "to": rounded(a.ends.1)});
    let series = panel.chart.series.iter().map(|s| {
        let points: Vec<[f64; 2]> = s.points.iter().filter(|p| p.1.is_finite()).map(|p| [rounded(p.0), rounded(p.1)]).collect();
        json!({"name": s.name, "points": points})
    });
    let cells = panel.chart.cells.as_ref().map(|c| {
        let columns: Vec<Vec<f64>> = c.columns.iter().map(|c| c.iter().map(|v| rounded(*v)).collect()).collect();
        json!({"unit": c.unit, "columns": columns})
    });
    json!({
        "kind": panel.kind, "title": panel.chart.title, "how": panel.caption, "file": picture(entry, index),
        "x": axis(&panel.chart.x), "y": axis(&panel.chart.y), "series": series.collect::<Vec<_>>(), "cells": cells,
    })
}

/// To four digits: what is drawn is not finer.
fn rounded(x: f64) -> f64 {
    if x == 0.0 || !x.is_finite() {
        return 0.0;
    }
    format!("{x:.3e}").parse().unwrap_or(0.0)
}
