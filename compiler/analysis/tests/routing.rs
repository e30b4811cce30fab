//! Where audio goes: wrappers, rings, solo, strips that nobody hears.

mod world;

use mixdown_analysis::Options;
use mixdown_analysis::mix::{Mix, Node, Wrap, WrapKind};
use mixdown_syntax::Severity;
use world::*;

fn wrap(mix: &Mix) -> &Wrap {
    match &mix.strips[0].nodes[0] {
        Node::Wrap(wrap) => wrap,
        other => panic!("{other:?}"),
    }
}

fn wrapped(text: &str) -> Mix {
    mix(&format!("track t {{ source \"a.wav\"; {text} }}\nbus hall {{ }}\ntrack u {{ source \"u.wav\"; send hall }}"))
}

fn names(wrap: &Wrap) -> Vec<(&str, usize)> {
    wrap.branches.iter().map(|b| (b.name.as_str(), b.nodes.len())).collect()
}

#[test]
fn wrappers() {
    let mix = wrapped("parallel(mix: 50%) { dry { } crush { gain(1dB); send hall -3dB } }");
    assert_eq!(names(wrap(&mix)), [("dry", 0), ("crush", 2)]);
    assert!(wrap(&mix).mix.is_some());
    assert_eq!(
        paths(&mix.strips[0].nodes),
        ["track.t/parallel", "track.t/parallel/crush/gain", "track.t/parallel/crush/send.hall"]
    );
    let mix = wrapped("bands(120Hz, 2.5kHz) { low { gain(1dB) } }");
    assert_eq!(wrap(&mix).kind, WrapKind::Bands(vec![120.0, 2500.0]));
    assert_eq!(names(wrap(&mix)), [("low", 1), ("mid", 0), ("high", 0)]);
    let mix = wrapped("bands(100Hz, 1kHz, 8kHz) { band3 { gain(1dB) } }");
    assert_eq!(names(wrap(&mix)), [("band1", 0), ("band2", 0), ("band3", 1), ("band4", 0)]);
    let mix = wrapped("label: mid_side { side { gain(1dB) } }");
    assert_eq!(names(wrap(&mix)), [("mid", 0), ("side", 1)]);
    assert_eq!(paths(&mix.strips[0].nodes), ["track.t/label", "track.t/label/side/gain"]);
    let mix = wrapped("bypass left_right { right { gain(1dB) } }");
    assert_eq!(names(wrap(&mix)), [("left", 0), ("right", 1)]);
    assert!(wrap(&mix).bypass);
    let mix = wrapped("oversample 4x { saturate(drive: 2dB); oversample 2x { saturate(drive: 1dB) } }");
    assert_eq!(wrap(&mix).kind, WrapKind::Oversample(4));
    assert_eq!(
        paths(&mix.strips[0].nodes),
        [
            "track.t/oversample",
            "track.t/oversample/saturate",
            "track.t/oversample/oversample",
            "track.t/oversample/oversample/saturate"
        ]
    );
}

#[test]
fn what_is_wrong_with_wrappers() {
    for (text, code, piece) in [
        ("parallel { }", "E0540", "dry"),
        ("parallel(3) { a { gain(1dB) } }", "E0540", "mix:"),
        ("parallel { gain(1dB) }", "E0543", "name and a block"),
        ("parallel { a { gain(1dB) } a { flip() } }", "E0543", "two branches"),
        ("mid_side { sides { gain(1dB) } }", "E0543", "`mid`, `side`"),
        ("bands(120Hz) { mid { gain(1dB) } }", "E0543", "`low`, `high`"),
        ("bands() { low { gain(1dB) } }", "E0542", "1 to 15"),
        ("bands(2kHz, 100Hz) { low { gain(1dB) } }", "E0542", "ascending"),
        ("bands(2ms) { low { gain(1dB) } }", "E0320", "frequency"),
        ("oversample 3x { gain(1dB) }", "E0541", "16x"),
        ("oversample 8x { oversample 4x { gain(1dB) } }", "E0541", "32"),
        ("mid_side { side { send hall -3dB } }", "E0530", "parallel"),
        ("oversample 2x { trim to -18LUFS }", "E0530", "outside"),
    ] {
        let song = format!(
            "track u {{ source \"u.wav\"; send hall }}\nbus hall {{ }}\ntrack t {{ source \"a.wav\"\n {text}\n}}"
        );
        fault(&song, code, 4, piece);
    }
}

#[test]
fn rings_of_strips_are_printed() {
    let fault = only(
        "track t { source \"a.wav\"; to a }\nbus a { send b -3dB }\nbus b { compressor(key: c); to none }\nbus c { gain(1dB) }\nbus d { to a }\ntrack u { source \"a.wav\"; to c; send d }\nbus e { }\ntrack v { source \"v.wav\"; to e }\nbus x { send e -3dB; to y }\nbus y { to x }\ntrack w { source \"w.wav\"; to x }",
    );
    assert_eq!(fault.code, "E0551");
    assert!(fault.message.contains("x -> y -> x"), "{}", fault.message);
    assert_eq!(fault.labels.len(), 2);
    assert!(fault.labels[0].text.contains("`x` goes to `y`"));
    let fault = only(
        "track k { source \"k.wav\"; compressor(key: b) }\nbus b { compressor(key: k) }\ntrack t { source \"a.wav\"; to b }",
    );
    assert!(fault.message.contains("k -> b -> k"), "{}", fault.message);
    assert!(fault.labels.iter().any(|l| l.text.contains("listens")));
    world::fault("track t { source \"a.wav\"\n compressor(key: t)\n}", "E0551", 2, "a point of its own that stands above it");
    world::fault("bus b {\n send b -3dB\n}\ntrack t { source \"a.wav\"; to b }", "E0551", 2, "feedback");
}

#[test]
fn strips_that_nobody_hears() {
    fault("track t { source \"a.wav\" }\nbus b { }", "E0552", 2, "nobody feeds");
    fault("track t { source \"a.wav\" }\ntrack u { source \"u.wav\"; to none }", "E0552", 2, "goes nowhere");
    fault("bus b { gain(1dB) }\nmaster { }".replace("bus b { gain(1dB) }\n", "").as_str(), "E0550", 1, "no tracks");
}

#[test]
fn unknown_goals() {
    fault(
        "track t { source \"a.wav\"\n to drms\n}\nbus drums { }\ntrack u { source \"u.wav\"; to drums }",
        "E0513",
        2,
        "drums",
    );
    fault(
        "track t { source \"a.wav\"\n send hal -3dB\n}\nbus hall { }\ntrack u { source \"u.wav\"; to hall }",
        "E0513",
        2,
        "hall",
    );
    fault("track t { source \"a.wav\"\n send u -3dB\n}\ntrack u { source \"u.wav\" }", "E0514", 2, "track");
    fault("track t { source \"a.wav\"\n compressor(key: kik)\n}\ntrack kick { source \"u.wav\" }", "E0202", 2, "kick");
    fault(
        "track t { source \"a.wav\"\n compressor(key: kick.sub)\n}\ntrack kick { source \"u.wav\"; sup: gain(1dB) }",
        "E0553",
        2,
        "sup",
    );
    fault(
        "track t { source \"a.wav\"\n compressor(key: track(\"kik\"))\n}\ntrack kick { source \"u.wav\" }",
        "E0513",
        2,
        "kick",
    );
    fault("track t { source \"a.wav\"; to b, b }\nbus b { }", "E0531", 1, "twice");
}

fn open(mix: &Mix) -> Vec<(String, bool)> {
    let mut out = Vec::new();
    for s in &mix.strips {
        out.extend(s.outputs.iter().map(|o| (format!("{}>{}", s.name, mix.strips[o.to as usize].name), o.open)));
        for n in &s.nodes {
            if let Node::Send { to, open, .. } = n {
                out.push((format!("{}~{}", s.name, mix.strips[*to as usize].name), *open));
            }
        }
    }
    out
}

const BAND: &str = "track kick { source \"k.wav\"; send hall -9dB; to drums }
track vocal { source \"v.wav\"; send hall -6dB }
bus drums { }
bus hall { }
group rhythm { drums }
";

#[test]
fn what_is_left_out_takes_what_only_feeds_it_along() {
    let without = |song: &str, names: &str| {
        let analysis = Mock::song(&format!("{song}deliver {{ wav(\"out/a.wav\", without: {names}) }}")).run();
        let mut mix = analysis.mix.unwrap_or_else(|| panic!("{}", shown(&analysis.diagnostics)));
        let names = mix.deliveries[0].without.clone();
        mixdown_analysis::leave_out(&mut mix, &names);
        open(&mix).into_iter().filter(|(_, open)| *open).map(|(name, _)| name).collect::<Vec<_>>()
    };
    let rest = ["vocal>master", "vocal~hall", "hall>master"];
    assert_eq!(without(BAND, "[drums]"), rest);
    for group in ["rhythm", "[rhythm]", "[\"rhythm\"]"] {
        assert_eq!(without(BAND, group), rest, "{group}");
    }
    assert_eq!(without(BAND, "[kick]"), ["vocal>master", "vocal~hall", "drums>master", "hall>master"]);
    assert_eq!(without(BAND, "[hall]"), ["kick>drums", "kick~hall", "vocal>master", "vocal~hall", "drums>master"]);
    assert_eq!(without(BAND, "[vocal, drums]"), ["hall>master"]);
    // Through a bus of its own, and beside another way, and by sends alone.
    let deep = "track a { source \"a.wav\"; send fx -6dB; to inner }
        track b { source \"b.wav\"; send fx -6dB; to inner, other }
        track c { source \"c.wav\"; send inner -6dB; to none }
        bus inner { send fx -9dB; to outer }\nbus outer { }\nbus other { }\nbus fx { }\n";
    assert_eq!(without(deep, "[outer]"), ["b>inner", "b>other", "b~fx", "other>master", "fx>master"]);
}

#[test]
fn solo_keeps_the_way_to_the_master_open() {
    let solo = |names: &[&str]| {
        let solo = names.iter().map(|n| n.to_string()).collect();
        let analysis = Mock::song(BAND).run_with(&Options { solo, ..Options::default() });
        let mix = analysis.mix.unwrap_or_else(|| panic!("{}", shown(&analysis.diagnostics)));
        open(&mix).into_iter().filter(|(_, open)| *open).map(|(name, _)| name).collect::<Vec<_>>()
    };
    assert_eq!(solo(&[]).len(), 6);
    assert_eq!(solo(&["vocal"]), ["vocal>master", "vocal~hall", "hall>master"]);
    // What only feeds a bus comes with it, its sends too.
    assert_eq!(solo(&["drums"]), ["kick>drums", "drums>master"]);
    assert_eq!(solo(&["rhythm"]), solo(&["drums"]));
    assert_eq!(solo(&["hall"]), ["kick~hall", "vocal~hall", "hall>master"]);
    let unknown = Mock::song(BAND).run_with(&Options { solo: vec!["vocals".into()], ..Options::default() });
    assert_eq!(unknown.diagnostics[0].code, "E0513");
}

#[test]
fn a_written_solo_warns_and_stops_deliveries() {
    let song = "track a { source \"a.wav\"; solo }\ntrack b { source \"b.wav\" }\ndeliver { wav(\"out/a.wav\") }";
    let world = Mock::song(song);
    let listening = world.run();
    assert_eq!(listening.diagnostics[0].severity, Severity::Warning);
    let mix = listening.mix.expect("a mix");
    assert!(mix.strips[0].solo && mix.strips[0].outputs[0].open && !mix.strips[1].outputs[0].open);
    let delivering = world.run_with(&Options { deliver: true, ..Options::default() });
    assert_eq!((delivering.diagnostics[0].code.as_str(), delivering.mix.is_none()), ("E0554", true));
    let allowed = world.run_with(&Options { deliver: true, allow_solo: true, ..Options::default() });
    assert!(allowed.mix.is_some());
}
