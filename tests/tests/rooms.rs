//! The arrows between rooms, read from `cargo metadata`: who may know whom, and which outside library only one room
//! may name.

use serde_json::Value;
use std::collections::BTreeMap;
use std::process::Command;

/// Room, and the rooms it may know (normal and build dependencies).
const ARROWS: &[(&str, &[&str])] = &[
    ("mixdown-syntax", &[]),
    ("mixdown-layout", &[]),
    ("mixdown-analysis", &["mixdown-syntax", "mixdown-layout"]),
    ("mixdown-kernel", &["mixdown-syntax", "mixdown-analysis", "mixdown-layout"]),
    ("mixdown-codegen", &["mixdown-syntax", "mixdown-kernel", "mixdown-layout"]),
    ("mixdown-engine", &["mixdown-layout"]),
    ("mixdown-media", &[]),
    ("mixdown-meter", &[]),
    ("mixdown-std-lib", &[]),
    (
        "mixdown",
        &[
            "mixdown-syntax",
            "mixdown-analysis",
            "mixdown-kernel",
            "mixdown-codegen",
            "mixdown-layout",
            "mixdown-engine",
            "mixdown-media",
            "mixdown-meter",
            "mixdown-std-lib",
        ],
    ),
    (
        "mixdown-benches",
        &[
            "mixdown",
            "mixdown-analysis",
            "mixdown-engine",
            "mixdown-layout",
            "mixdown-media",
            "mixdown-std-lib",
            "mixdown-tests",
        ],
    ),
];

/// Outside libraries that one room alone may name.
const ALONE: &[(&str, &str)] = &[
    ("cranelift", "mixdown-codegen"),
    ("symphonia", "mixdown-media"),
    ("hound", "mixdown-media"),
    ("pest", "mixdown-syntax"),
    ("miette", "mixdown"),
    ("notify", "mixdown"),
    ("lsp-types", "mixdown-editors"),
];

fn rooms() -> BTreeMap<String, Vec<String>> {
    let out = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version", "1", "--offline"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    let meta: Value = serde_json::from_slice(&out.stdout).expect("cargo metadata is JSON");
    let packages = meta["packages"].as_array().expect("packages");
    packages
        .iter()
        .map(|p| {
            let deps = p["dependencies"].as_array().expect("dependencies").iter();
            let normal = deps.filter(|d| d["kind"].as_str() != Some("dev")).filter_map(|d| d["name"].as_str());
            (p["name"].as_str().unwrap_or_default().to_string(), normal.map(String::from).collect())
        })
        .collect()
}

#[test]
fn arrows_point_one_way() {
    let rooms = rooms();
    for (room, may) in ARROWS {
        let knows = rooms.get(*room).unwrap_or_else(|| panic!("room {room} is gone"));
        for other in knows.iter().filter(|k| k.starts_with("mixdown")) {
            assert!(may.contains(&other.as_str()), "{room} may not know {other}");
        }
    }
    for room in rooms.keys().filter(|r| *r != "mixdown-tests") {
        assert!(ARROWS.iter().any(|(r, _)| r == room), "room {room} has no row in the table of arrows");
    }
}

#[test]
fn outside_libraries_have_one_door() {
    for (room, knows) in rooms() {
        for dep in &knows {
            for (library, only) in ALONE {
                if dep == library || dep.starts_with(&format!("{library}-")) || dep.starts_with(&format!("{library}_")) {
                    assert!(room == *only, "{room} names {dep}; only {only} may");
                }
            }
        }
    }
}

#[test]
fn compiler_rooms_touch_no_disk_clock_or_thread() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../compiler");
    let mut wrong = Vec::new();
    let mut stack: Vec<_> = ["syntax", "analysis", "kernel", "codegen"].iter().map(|r| root.join(r).join("src")).collect();
    while let Some(path) = stack.pop() {
        if path.is_dir() {
            stack.extend(std::fs::read_dir(&path).expect("folder").flatten().map(|e| e.path()));
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("source");
        wrong.extend(outer_world(&text).iter().map(|word| format!("{} names std::{word}", path.display())));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Modules of `std` that reach the outer world, as a text names them: in a path, or in the braces of a `use`.
fn outer_world(text: &str) -> Vec<&'static str> {
    const OUTER: [&str; 6] = ["fs", "env", "thread", "time", "net", "process"];
    let code: String = text.lines().map(|line| line.split("//").next().unwrap_or("").to_string() + "\n").collect();
    let mut found = Vec::new();
    for (at, _) in code.match_indices("std") {
        let before = code[..at].chars().next_back().is_some_and(|c| c.is_alphanumeric() || c == '_');
        let Some(rest) = code[at + 3..].trim_start().strip_prefix("::").filter(|_| !before) else { continue };
        let rest = rest.trim_start();
        // Of a group only what stands directly in it is a module of `std`.
        let mut depth = 0;
        let mut first = true;
        for token in tokens(rest) {
            match token {
                "{" => (depth, first) = (depth + 1, true),
                "}" => depth -= 1,
                "," => first = true,
                word => {
                    if first && depth <= 1 {
                        found.extend(OUTER.into_iter().filter(|outer| *outer == word));
                    }
                    first = false;
                }
            }
            if depth <= 0 {
                break;
            }
        }
    }
    found
}

/// Words, braces and commas of a text.
fn tokens(text: &str) -> impl Iterator<Item = &str> {
    let word = |c: char| c.is_alphanumeric() || c == '_';
    text.split_inclusive(move |c: char| !word(c)).flat_map(move |piece| {
        let end = piece.find(|c| !word(c)).unwrap_or(piece.len());
        let sign = Some(piece[end..].trim()).filter(|sign| matches!(*sign, "{" | "}" | ","));
        Some(&piece[..end]).filter(|w| !w.is_empty()).into_iter().chain(sign)
    })
}

#[test]
fn the_outer_world_is_found_however_it_is_named() {
    for (text, found) in [
        ("use std::fs;", vec!["fs"]),
        ("use std::{fs, thread};", vec!["fs", "thread"]),
        ("use std::{\n    collections::{BTreeMap, env},\n    time::Instant,\n};", vec!["time"]),
        ("let t = std :: time :: Instant::now();", vec!["time"]),
        ("use std::collections::HashMap; use mystd::fs; // std::fs", vec![]),
        ("use std::rc::Rc;\nlet fs = 1;", vec![]),
    ] {
        assert_eq!(outer_world(text), found, "{text}");
    }
}
