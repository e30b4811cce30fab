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
        for word in ["std::fs", "std::env", "std::thread", "std::time", "std::net", "std::process"] {
            if text.contains(word) {
                wrong.push(format!("{} names {word}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
