//! One broken line, one fault: what follows from it is not said.

mod world;

use world::*;

fn codes(text: &str) -> Vec<String> {
    let analysis = Mock::song(text).run();
    assert!(analysis.mix.is_none());
    analysis.diagnostics.iter().map(|d| format!("{} {}", d.code, d.message)).collect()
}

#[test]
fn an_item_that_cannot_be_read_takes_its_names_with_it() {
    for song in [
        "sectons { verse @1 chorus @9 }\ntrack t { source \"a.wav\"; ride +1dB during chorus }",
        "bus {\n gain(1dB)\n}\ntrack t { source \"a.wav\"; compressor(key: drums); to drums }\ngroup g { drums }",
        "imprt \"lib/v.mix\" as vox\ntrack t { source \"a.wav\"; vox.lead(); gain(vox.air) }",
        "tile \"Night\"\ntrack t { source \"a.wav\" }\ndeliver { wav(\"{title}.wav\") }",
    ] {
        let found = codes(song);
        assert!(found.iter().all(|c| c.starts_with("E01")), "{found:#?}");
    }
}

#[test]
fn a_broken_line_is_said_once() {
    for song in [
        "track t { source \"a.wav\" }\ncheck {\n loudness(master)  0.5LU of -14LUFS\n}",
        "track t {\n source \"a.wav\n}",
        "track t { source \"a.wav\"\n parallel {\n dry (\n }\n}",
        "track t {\n clips [\n clip(\"a.wav\"),\n clip(\"b.wav\")\n}",
    ] {
        let found = codes(song);
        assert!(found.iter().all(|c| c.starts_with("E01")), "{song}: {found:#?}");
    }
}

#[test]
fn other_lines_are_looked_at_all_the_same() {
    let found = codes("track t { source \"a.wav\"\n gain(1dB\n bell(3dB, 60Hz)\n comprezzor()\n fader -6\n}");
    assert!(found.iter().any(|c| c.starts_with("E0320")), "{found:#?}");
    assert!(found.iter().any(|c| c.starts_with("E0202")), "{found:#?}");
}
