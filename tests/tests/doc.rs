//! `mixdown doc`: the reference of the whole library, of a user's own file, and what is refused.

#[path = "doc/library.rs"]
mod library;
#[path = "doc/own.rs"]
mod own;
#[path = "doc/xml.rs"]
mod xml;

use serde_json::Value;
use std::path::Path;

/// The reference as data.
fn data(folder: &Path) -> Value {
    let text = std::fs::read_to_string(folder.join("doc.json")).expect("doc.json");
    serde_json::from_str(&text).expect("json")
}

/// All entries, with the names of their pictures' kinds.
fn kinds(data: &Value) -> Vec<(String, Vec<String>)> {
    let items = data["files"].as_array().expect("files").iter().flat_map(|f| f["items"].as_array().expect("items"));
    let kinds = |item: &Value| -> Vec<String> {
        let pictures = item["measured"]["pictures"].as_array().cloned().unwrap_or_default();
        pictures.iter().map(|p| p["kind"].as_str().expect("a kind").to_string()).collect()
    };
    items.map(|item| (item["name"].as_str().expect("a name").to_string(), kinds(item))).collect()
}
