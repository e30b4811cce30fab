//! Writes the benchmark sessions into a folder: `S.mix`, `T.mix`, `A.mix` and their stems.
//!
//! `cargo run --release -p mixdown-benches --bin make_sessions -- FOLDER [SECONDS [TRACKS]]`

use mixdown_benches::session::{Kind, TRACKS, text};
use mixdown_benches::stems;
use std::path::Path;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let folder = args.next().ok_or("name a folder")?;
    let seconds: f64 = args.next().map_or(Ok(60.0), |s| s.parse())?;
    let tracks: usize = args.next().map_or(Ok(TRACKS), |s| s.parse())?;
    let folder = Path::new(&folder);
    stems::write(folder, &stems::stems(seconds))?;
    for (name, kind) in [("S", Kind::S), ("T", Kind::T), ("A", Kind::A)] {
        std::fs::write(folder.join(format!("{name}.mix")), text(kind, tracks))?;
    }
    Ok(())
}
