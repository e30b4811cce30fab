//! The example songs and the examples in the documentation of the effects become mixes without a diagnostic.

use mixdown_analysis::world::{AudioFacts, Measured, World, WorldError};
use mixdown_analysis::{Options, analyse};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A folder, or a single text.
struct Folder {
    root: PathBuf,
    texts: BTreeMap<String, String>,
}

fn missing(path: &str) -> WorldError {
    WorldError { code: "E0901".into(), message: format!("no `{path}`"), help: None }
}

impl World for Folder {
    fn read_text(&self, path: &str) -> Result<String, WorldError> {
        let own = self.texts.get(path).cloned();
        own.or_else(|| std::fs::read_to_string(self.root.join(path)).ok()).ok_or_else(|| missing(path))
    }

    fn std_lib(&self, name: &str) -> Option<(&'static str, &'static str)> {
        mixdown_std_lib::declares(name)
    }

    fn std_names(&self) -> Vec<&'static str> {
        mixdown_std_lib::names().collect()
    }

    fn package(&self, name: &str) -> Result<String, WorldError> {
        Err(missing(name))
    }

    /// Of the examples' audio only the head of a FLAC file is read: rate, channels, bits and length stand there.
    fn audio(&self, path: &str) -> Result<AudioFacts, WorldError> {
        let bytes = std::fs::read(self.root.join(path)).map_err(|_| missing(path))?;
        let head = bytes.get(18..26).map(|b| u64::from_be_bytes(b.try_into().expect("eight bytes")));
        let head = head.filter(|_| bytes.starts_with(b"fLaC")).ok_or_else(|| missing(path))?;
        Ok(AudioFacts {
            rate: (head >> 44) as u32,
            channels: (head >> 41 & 7) as u32 + 1,
            frames: head & 0xf_ffff_ffff,
            format: "flac".into(),
            bits: Some((head >> 36 & 31) as u32 + 1),
            warnings: Vec::new(),
        })
    }

    /// A flat spectrum for every file that is there.
    fn measure(&self, path: &str) -> Result<Measured, WorldError> {
        self.audio(path)?;
        let third = |k: i32| (1000.0 * 2f64.powf(f64::from(k) / 3.0), Some(-40.0));
        Ok(Measured { third_octaves: (-17..=13).map(third).collect(), ..Measured::default() })
    }

    fn glob(&self, _: &str) -> Result<Vec<String>, WorldError> {
        Ok(Vec::new())
    }
}

fn analysed(folder: &Folder, song: &str) {
    let analysis = analyse(folder, song, &Options { deliver: true, ..Options::default() });
    let said: Vec<String> = analysis
        .diagnostics
        .iter()
        .map(|d| {
            let span = d.span();
            let text = folder.read_text(song).unwrap_or_default();
            let line = text.get(..span.start as usize).map_or(0, |t| t.lines().count());
            format!("{song}, near line {line}, `{}`: {} ({:?})", analysis.sources.text(span), d.message, d.help)
        })
        .collect();
    assert!(said.is_empty(), "{}", said.join("\n"));
    assert!(analysis.mix.is_some());
}

#[test]
fn the_example_songs_are_mixes() {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples");
    let mut count = 0;
    let folders = [examples.clone()].into_iter().chain(
        std::fs::read_dir(&examples)
            .expect("examples")
            .map(|entry| entry.expect("readable").path())
            .filter(|p| p.is_dir()),
    );
    for root in folders {
        for entry in std::fs::read_dir(&root).expect("a folder") {
            let name = entry.expect("readable").file_name().into_string().expect("a plain name");
            if name.ends_with(".mix") {
                analysed(&Folder { root: root.clone(), texts: BTreeMap::new() }, &name);
                count += 1;
            }
        }
    }
    assert!(count >= 4, "{count} examples");
}

#[test]
fn the_examples_of_the_documentation_are_mixes() {
    // Their files are those of this example.
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/convolution");
    for (file, text) in mixdown_std_lib::FILES {
        let plain: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("///")).collect();
        let docs = plain.iter().map(|line| line.strip_prefix(' ').unwrap_or(line)).collect::<Vec<_>>().join("\n");
        for (i, part) in docs.split("```mix\n").skip(1).enumerate() {
            let (example, _) = part.split_once("```").expect("a closed example");
            let name = format!("{file}.{}.mix", i + 1);
            let texts = BTreeMap::from([(name.clone(), example.to_string())]);
            analysed(&Folder { root: root.clone(), texts }, &name);
        }
    }
}
