//! Imports, privacy, names that clash, and where a name is looked for.

mod world;

use world::*;

const LIB: &str = "let air = 2dB\nlet _secret = 1dB\nfn twice(x) { x * 2 }\n/// Vocal.\nchain lead(level: Level = air) { gain(level); _inner() }\nchain _inner() { flip() }\neffect boost(level: Level) { input * factor(level) }\n";

fn with_lib(song: &str) -> Mock {
    Mock::song(song).with("lib/v.mix", LIB)
}

#[test]
fn a_library_under_a_name() {
    let mix = mix_of(&with_lib(
        "import \"lib/v.mix\" as v\ntrack t { source \"a.wav\"; v.lead(); v.boost(v.air); gain(v.twice(1dB)) }",
    ));
    assert_eq!(
        paths(&mix.strips[0].nodes),
        ["track.t/lead/gain", "track.t/lead/_inner/flip", "track.t/boost", "track.t/gain"]
    );
    let boost = mix.effects.iter().find(|e| e.name == "boost").expect("boost");
    assert_eq!(boost.module, "lib/v.mix");
}

#[test]
fn picked_names() {
    let mix = mix_of(&with_lib(
        "import \"lib/v.mix\": lead, air, twice\ntrack t { source \"a.wav\"; lead(level: twice(air)) }",
    ));
    assert_eq!(mix.strips[0].nodes.len(), 2);
}

#[test]
fn packages_and_relative_paths() {
    let mut world =
        Mock::song("import drumkit\nimport \"lib/a.mix\" as a\ntrack t { source \"a.wav\"; drumkit.hit(); a.go() }")
            .with("packages/drumkit/lib.mix", "import \"parts/hit.mix\": punch\nchain hit() { punch() }")
            .with("packages/drumkit/parts/hit.mix", "chain punch() { gain(1dB) }")
            .with("lib/a.mix", "import \"../shared.mix\" as s\nchain go() { s.x() }")
            .with("shared.mix", "chain x() { flip() }");
    world.packages.insert("drumkit".into(), "packages/drumkit".into());
    let analysis = world.run();
    assert!(analysis.mix.is_some(), "{}", shown(&analysis.diagnostics));
    assert_eq!(
        analysis.dependencies,
        ["song.mix", "packages/drumkit/lib.mix", "packages/drumkit/parts/hit.mix", "lib/a.mix", "shared.mix", "a.wav"]
    );
}

#[test]
fn shadowing() {
    // A file's own name hides the standard library, silently; calls and values never meet.
    let mix = mix(
        "effect gain(level: Level) { input * factor(level * 2) }\nbus hall { hall() }\ntrack t { source \"a.wav\"; gain(1dB); send hall -3dB }",
    );
    let gain = mix.effects.iter().find(|e| e.name == "gain").expect("gain");
    assert_eq!(gain.module, "song.mix");
    // The standard library itself is not changed by it.
    assert!(world::mix("effect bell(freq: Frequency, gain: Level) { input * factor(gain) * (freq / 1Hz) }\ntrack t { source \"a.wav\"; bell(1Hz, 1dB) }").effects.len() == 1);
}

#[test]
fn sections_and_strips_may_share_a_name() {
    let song = |line: &str| {
        format!(
            "sections {{ intro @1 bridge @5 outro @9 }}\ntrack bridge {{ source \"b.wav\" }}\ntrack t {{ source \"a.wav\"\n {line}\n}}"
        )
    };
    assert!(world::mix(&song("ride +1dB during section.bridge; compressor(key: track.bridge)")).strips.len() == 3);
    fault(&song("ride +1dB during bridge"), "E0210", 4, "section.bridge");
}

#[test]
fn what_is_wrong_with_imports() {
    let t = "\ntrack t { source \"a.wav\" }";
    fault_of(&with_lib(&format!("import \"lib/w.mix\" as v{t}")), "E0201", 1, "lib/v.mix");
    fault_of(&with_lib(&format!("import \"lib/v.mix\": leed{t}")), "E0202", 1, "lead");
    fault_of(&with_lib(&format!("import \"lib/v.mix\": _inner{t}")), "E0208", 1, "private");
    fault_of(&with_lib(&format!("import \"lib/v.mix\"{t}")), "E0206", 1, "as x");
    fault_of(&with_lib(&format!("import nokit{t}")), "E0205", 1, "mixdown.toml");
    fault_of(&with_lib(&format!("import \"lib/v.mix\" as v\nimport \"lib/v.mix\" as v{t}")), "E0203", 2, "twice");
    fault_of(&with_lib(&format!("import \"lib/v.mix\": air\nlet air = 3dB{t}")), "E0203", 1, "twice");
    fault_of(&with_lib("import \"lib/v.mix\" as v\ntrack t { source \"a.wav\"\n v.leed() }"), "E0202", 3, "lead");
    fault_of(&with_lib("import \"lib/v.mix\" as v\ntrack t { source \"a.wav\"\n v._inner() }"), "E0208", 3, "private");
    fault_of(
        &with_lib("import \"lib/v.mix\" as v\ntrack t { source \"a.wav\"\n gain(v._secret) }"),
        "E0208",
        3,
        "private",
    );
    fault_of(&with_lib("import \"lib/v.mix\" as v\ntrack t { source \"a.wav\"\n w.lead() }"), "E0202", 3, "`v`");
    fault_of(&with_lib("import \"lib/v.mix\" as v\ntrack t { source \"a.wav\"\n lead() }"), "E0202", 3, "v.lead");
    fault_of(
        &with_lib("import \"lib/v.mix\" as v\ntrack t { source \"a.wav\"\n gain(v.lead) }"),
        "E0202",
        3,
        "brackets",
    );
}

#[test]
fn a_failed_import_is_one_fault() {
    let analysis = Mock::song("import \"no.mix\" as v\nimport \"nope.mix\": lead\ntrack t { source \"a.wav\"; v.lead(); lead(); gain(v.air) }").run();
    let codes: Vec<&str> = analysis.diagnostics.iter().map(|d| d.code.as_str()).collect();
    assert_eq!(codes, ["E0201", "E0201"], "{}", shown(&analysis.diagnostics));
}

#[test]
fn rings_are_printed_whole() {
    let world = Mock::song("import \"a.mix\" as a\ntrack t { source \"a.wav\" }")
        .with("a.mix", "import \"b.mix\" as b\n")
        .with("b.mix", "import \"a.mix\" as a\n");
    let fault = only_of(&world);
    assert_eq!(fault.code, "E0204");
    assert!(fault.message.contains("a.mix -> b.mix -> a.mix"), "{}", fault.message);
    assert_eq!(fault.labels.len(), 2);
    let own = Mock::song("import \"song.mix\" as s\ntrack t { source \"a.wav\" }");
    assert_eq!(only_of(&own).code, "E0204");
}

#[test]
fn a_library_holds_no_song() {
    for (line, piece) in [
        ("track x { source \"a.wav\" }", "a track"),
        ("tempo 120bpm", "tempo"),
        ("master { }", "master"),
        ("sections { a @1 }", "sections"),
        ("option x: Level = 0dB", "option"),
        ("deliver { wav(\"a.wav\") }", "deliver"),
        ("for i in 1..2 { track \"x{i}\" { source \"a.wav\" } }", "loop"),
    ] {
        let world = Mock::song("import \"l.mix\" as l\ntrack t { source \"a.wav\" }").with("l.mix", line);
        let fault = only_of(&world);
        assert_eq!(fault.code, "E0207", "{line}");
        assert!(fault.message.contains(piece), "{}", fault.message);
    }
}

#[test]
fn declared_twice() {
    let t = "\ntrack t { source \"a.wav\" }";
    fault(&format!("let a = 1dB\nlet a = 2dB{t}"), "E0203", 2, "rename");
    fault(&format!("fn f() {{ 1 }}\nchain f() {{ flip() }}{t}"), "E0203", 2, "rename");
    fault("let t = 1dB\ntrack t { source \"a.wav\" }", "E0203", 2, "rename");
    fault(&format!("for i in 1..2 {{\n fn f() {{ 1 }}\n}}{t}"), "E0209", 2, "left margin");
}

#[test]
fn only_the_files_in_use_of_the_standard_library_are_read() {
    let analysis = Mock::song("track t { source \"a.wav\"; gain(1dB) }").run();
    let names: Vec<&str> = analysis.sources.files().map(|(_, f)| f.name.as_str()).collect();
    assert_eq!(names, ["song.mix", "std:level.mix"]);
}

#[test]
fn a_broken_declaration_leaves_no_unknown_names_behind() {
    let analysis = Mock::song("chain lead(x: { flip() }\ntrack t { source \"a.wav\"; lead() }").run();
    assert!(analysis.diagnostics.iter().all(|d| d.code.starts_with("E01")), "{}", shown(&analysis.diagnostics));
    assert!(!analysis.diagnostics.is_empty());
}

#[test]
fn a_song_that_is_not_there() {
    let world = Mock::default();
    let analysis = world.run();
    assert_eq!(analysis.diagnostics[0].code, "E0201");
    assert!(analysis.mix.is_none());
}
