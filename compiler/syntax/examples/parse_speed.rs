//! Measures the parser by hand: `cargo run --release -p mixdown-syntax --example parse_speed [FILE]`.
//! Without a file it parses a song of about 2,000 lines.

use mixdown_syntax::{FileId, parse};
use std::time::Instant;

fn main() -> std::io::Result<()> {
    let text = match std::env::args().nth(1) {
        Some(path) => std::fs::read_to_string(path)?,
        None => song(),
    };
    let (tree, diagnostics) = parse(FileId(0), &text);
    for d in diagnostics.iter().take(10) {
        let line = text[..d.span().start as usize].lines().count();
        println!("{} line {line}: {} ({})", d.code, d.message, d.help.as_deref().unwrap_or("-"));
    }
    let mut best = f64::INFINITY;
    for _ in 0..20 {
        let start = Instant::now();
        std::hint::black_box(parse(FileId(0), &text));
        best = best.min(start.elapsed().as_secs_f64());
    }
    println!(
        "{} lines, {} bytes, {} items, {} diagnostics: {:.2} ms, {:.2} MB/s",
        text.lines().count(),
        text.len(),
        tree.items.len(),
        diagnostics.len(),
        best * 1e3,
        text.len() as f64 / best / 1e6
    );
    Ok(())
}

fn song() -> String {
    let song = include_str!("../tests/files/song.mix");
    let library = include_str!("../tests/files/library.mix").replace("//! Vocal chains.", "");
    (0..13).flat_map(|_| [song, &library]).collect()
}
