//! The library as text: it parses, its index is right, and everything in it is documented.

use mixdown_std_lib::{FILES, declares, names};
use mixdown_syntax::tree::{Decl, DeclBody, Expr, ExprKind, File, ItemKind, Param, TypeExpr, UnaryOp};
use mixdown_syntax::{SourceMap, parse};
use std::collections::BTreeSet;

fn parsed(name: &str, text: &str) -> File {
    let mut sources = SourceMap::default();
    let id = sources.add(name, text);
    let (file, diagnostics) = parse(id, text);
    let shown: Vec<String> = diagnostics.iter().map(|d| format!("{name}: {} {:?}", d.message, d.labels)).collect();
    assert!(shown.is_empty(), "{}", shown.join("\n"));
    file
}

fn declarations(file: &File) -> impl Iterator<Item = (&Decl, &str)> {
    file.items.iter().filter_map(|item| {
        let doc = item.doc.as_ref().map_or("", |doc| doc.text.as_str());
        match &item.kind {
            ItemKind::Effect(decl) | ItemKind::Fn(decl) | ItemKind::Chain(decl) => Some((&**decl, doc)),
            _ => None,
        }
    })
}

fn public(file: &File) -> impl Iterator<Item = (&Decl, &str)> {
    declarations(file).filter(|(decl, _)| !decl.name.name.starts_with('_'))
}

#[test]
fn every_file_parses() {
    for (name, text) in FILES {
        assert!(parsed(name, text).doc.is_some(), "{name} does not say what it is for");
    }
}

#[test]
fn every_file_of_the_folder_is_listed() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/mix");
    let found: BTreeSet<String> = std::fs::read_dir(folder)
        .expect("the folder is there")
        .map(|entry| entry.expect("readable").file_name().into_string().expect("a plain name"))
        .collect();
    assert_eq!(found, FILES.iter().map(|(name, _)| name.to_string()).collect());
    assert!(FILES.is_sorted(), "sorted by name");
}

#[test]
fn the_index_names_what_the_files_declare() {
    let mut all = Vec::new();
    for (name, text) in FILES {
        for (decl, _) in public(&parsed(name, text)) {
            assert_eq!(declares(&decl.name.name).map(|(file, _)| file), Some(*name), "{}", decl.name.name);
            all.push(decl.name.name.clone());
        }
    }
    assert_eq!(all, names().collect::<Vec<_>>());
    assert_eq!(all.len(), all.iter().collect::<BTreeSet<_>>().len(), "one name, one file");
    assert_eq!(declares("_highpass_pair"), None);
}

#[test]
fn everything_public_is_documented() {
    for (name, text) in FILES {
        for (decl, doc) in public(&parsed(name, text)) {
            let what = &decl.name.name;
            assert!(doc.len() > 30, "{what} has no documentation");
            assert!(doc.contains("```mix\n"), "{what} has no example");
            for param in &decl.params {
                assert!(param.doc.is_some(), "{what}: `{}` is not documented", param.name.name);
                assert!(param.ty.is_some(), "{what}: `{}` has no type", param.name.name);
            }
        }
    }
}

/// What a reader must find without reading code: how late it is, what its times mean, where its formula comes from. That
/// what is said of the latency is true is tested where effects run.
#[test]
fn docs_say_latency_times_and_sources() {
    let mut missing = Vec::new();
    for (name, text) in FILES {
        let file = parsed(name, text);
        let opening = file.doc.as_ref().map_or("", |d| d.text.as_str());
        for (decl, doc) in public(&file) {
            let what = &decl.name.name;
            let prose = doc.split("```").step_by(2).collect::<String>().replace('\n', " ");
            if matches!(decl.body, DeclBody::Code(_)) && !prose.to_lowercase().contains("latency") {
                missing.push(format!("{what}: its latency"));
            }
            for param in decl.params.iter().filter(|p| matches!(&p.ty, Some(TypeExpr::Name(ty)) if ty.name == "Time")) {
                let own = param.doc.as_ref().map_or("", |d| d.text.as_str());
                let smooths = ["attack", "release", "speed", "window"].iter().any(|w| param.name.name.starts_with(w));
                if smooths && !own.contains("63 %") && !prose.contains("63 %") {
                    missing.push(format!("{what}: what `{}` means", param.name.name));
                }
            }
            if !has_source(&prose) && !has_source(opening) {
                missing.push(format!("{what}: the source of its formula, or the formula"));
            }
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

/// A work with its year, a standard, or a formula; or that there is none.
fn has_source(text: &str) -> bool {
    let year = |w: &str| w.len() == 4 && w.chars().all(|c| c.is_ascii_digit()) && (w.starts_with("19") || w.starts_with("20"));
    let named = ["RBJ", "ISO", "ITU", "Butterworth", "Linkwitz-Riley", "y = ", "H(s) = ", "H(z) = ", "y(t) = ", "√", "1/f", "no standard", "sin(2π"];
    text.split(|c: char| !c.is_alphanumeric()).any(year) || named.iter().any(|n| text.contains(n))
}

#[test]
fn every_example_parses_and_calls_its_effect() {
    for (name, text) in FILES {
        for (decl, doc) in public(&parsed(name, text)) {
            let what = &decl.name.name;
            let (_, rest) = doc.split_once("```mix\n").expect("an example");
            let (example, _) = rest.split_once("```").expect("a closed example");
            parsed(what, example);
            assert!(example.contains(&format!("{what}(")), "the example of {what} does not use it");
        }
    }
}

#[test]
fn defaults_lie_in_their_ranges() {
    for (name, text) in FILES {
        for (decl, _) in public(&parsed(name, text)) {
            for param in &decl.params {
                in_range(&decl.name.name, param);
            }
        }
    }
}

/// A parameter with a default and a range; one unit scale at a time (`5ms in 0.5ms .. 20ms`, `1kHz in 20Hz .. 20kHz`).
fn in_range(effect: &str, param: &Param) {
    let place = format!("{effect}, {}", param.name.name);
    let Some(range) = &param.range else {
        let free = match &param.ty {
            Some(TypeExpr::OneOf(..) | TypeExpr::List(..)) => true,
            Some(TypeExpr::Name(ty)) => ["File", "Signal", "Switch"].contains(&ty.name.as_str()),
            _ => false,
        };
        assert!(free || ["biquad", "svf", "first_order"].iter().any(|core| effect.starts_with(core)), "{place} has no range");
        return;
    };
    let (low, high) = match &range.kind {
        ExprKind::Binary(_, _, low, high) => (number(low), number(high)),
        ExprKind::List(values) if param.constant => {
            let values: Vec<f64> = values.iter().map(number).collect();
            assert!(values.is_sorted_by(|a, b| a < b), "{place}: {values:?}");
            let default = param.default.as_ref().map(number);
            assert!(default.is_none_or(|d| values.contains(&d)), "{place}: {default:?} is none of {values:?}");
            (values[0], values[values.len() - 1])
        }
        _ => panic!("{place}: the range is no range"),
    };
    assert!(low < high, "{place}: {low} .. {high}");
    if let Some(default) = &param.default {
        let default = number(default);
        assert!(low <= default && default <= high, "{place}: {default} not in {low} .. {high}");
    }
}

fn number(expr: &Expr) -> f64 {
    match &expr.kind {
        ExprKind::Quantity(q) => {
            let scale = match q.unit.as_ref().map(|u| u.name.as_str()) {
                Some("kHz") => 1e3,
                Some("ms") => 1e-3,
                Some("%") => 1e-2,
                _ => 1.0,
            };
            q.value * scale
        }
        ExprKind::Name(name) if name.name == "off" => f64::NEG_INFINITY,
        ExprKind::Unary(UnaryOp::Neg, inner) => -number(inner),
        other => panic!("not a plain quantity: {other:?}"),
    }
}

/// The compiler finds declarations by their first line: each begins at the left margin, and there is nothing else.
#[test]
fn declarations_begin_at_the_left_margin() {
    for (file, text) in mixdown_std_lib::FILES {
        let (tree, _) = mixdown_syntax::parse(mixdown_syntax::FileId(0), text);
        let margin: Vec<&str> = text
            .lines()
            .filter_map(|l| ["effect ", "fn ", "chain "].iter().find_map(|word| l.strip_prefix(word)))
            .map(|rest| rest.split('(').next().unwrap_or(rest))
            .collect();
        let declared: Vec<&str> = tree
            .items
            .iter()
            .map(|item| match &item.kind {
                ItemKind::Effect(it) | ItemKind::Fn(it) | ItemKind::Chain(it) => it.name.name.as_str(),
                other => panic!("{file}: {other:?} would never be read"),
            })
            .collect();
        assert_eq!(margin, declared, "{file}");
    }
}
