//! Strips: what stands in them, in which order, under which path.

mod world;

use mixdown_analysis::body::{ExprKind, Tap, TapPoint};
use mixdown_analysis::mix::{Node, StripKind, TrimMeasure};
use world::*;

const KICK: &str = "track kick { source \"kick.wav\" }\n";

#[test]
fn a_simple_song() {
    let mix = mix("track kick {
        source \"kick.wav\"
        highpass(30Hz)
        bell(60Hz, +3dB, q: 1.1)
        fader -2dB
        pan L60
        send hall -14dB
        to drums
    }
    bus drums { }
    bus hall { plate(decay: 2.4s) }
    master { limiter(ceiling: -1dBTP) }");
    let names: Vec<&str> = mix.strips.iter().map(|s| s.path.as_str()).collect();
    assert_eq!(names, ["track.kick", "bus.drums", "bus.hall", "master"]);
    let kick = strip(&mix, "kick");
    assert_eq!(
        paths(&kick.nodes),
        ["track.kick/highpass", "track.kick/bell", "track.kick/fader", "track.kick/pan", "track.kick/send.hall"]
    );
    let Node::Process(bell) = &kick.nodes[1] else { panic!() };
    assert_eq!(bell.call.path, "bell");
    let numbers: Vec<f64> = bell.call.args.iter().map(number).collect();
    assert_eq!(numbers, [60.0, 3.0, 1.1]);
    assert!(matches!(&kick.nodes[3], Node::Pan { position, .. } if position.kind == ExprKind::Number(-0.6)));
    assert!(
        matches!(&kick.nodes[4], Node::Send { to: 2, level, open: true, .. } if level.kind == ExprKind::Number(-14.0))
    );
    assert_eq!(kick.outputs[0].to, 1);
    assert_eq!(strip(&mix, "drums").outputs[0].to, 3);
    assert!(strip(&mix, "master").outputs.is_empty());
    let effects: Vec<&str> = mix.effects.iter().map(|e| e.name.as_str()).collect();
    assert_eq!(effects, ["highpass", "bell", "plate", "limiter"]);
    assert!(mix.effects.iter().all(|e| e.module == "std"));
    assert_eq!(mix.files[0].path, "kick.wav");
}

fn number(arg: &Option<mixdown_analysis::body::Expr>) -> f64 {
    match arg.as_ref().map(|e| &e.kind) {
        Some(ExprKind::Number(x)) => *x,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_plain_master_is_there_where_none_is_written() {
    let mix = mix(KICK);
    assert_eq!(mix.strips.last().map(|s| s.kind), Some(StripKind::Master));
    assert_eq!(mix.strips[0].outputs[0].to, 1);
}

#[test]
fn equal_processors_are_counted_and_labels_name() {
    let mix =
        mix("track t { source \"a.wav\"; bell(60Hz, 1dB); body: bell(90Hz, 1dB); bell(120Hz, 1dB); bell(150Hz, 1dB) }");
    assert_eq!(paths(&mix.strips[0].nodes), ["track.t/bell", "track.t/body", "track.t/bell.2", "track.t/bell.3"]);
    let labelled: Vec<bool> = processes(&mix.strips[0].nodes).iter().map(|p| p.labelled).collect();
    assert_eq!(labelled, [false, true, false, false]);
}

#[test]
fn loop_passes_are_part_of_the_path() {
    let mix = mix(
        "track t { source \"a.wav\"; for f in [60Hz, 120Hz] { bell(f, 1dB); gain(1dB) } for f in [1kHz] { bell(f, 1dB) } }",
    );
    assert_eq!(
        paths(&mix.strips[0].nodes),
        ["track.t/bell[1]", "track.t/gain[1]", "track.t/bell[2]", "track.t/gain[2]", "track.t/bell.2[1]"]
    );
}

#[test]
fn chains_are_flattened_with_their_name_in_the_path() {
    let mix = mix("chain lead(air: Level = 2dB, fx: Bus) { highpass(90Hz); if air > 0dB { highshelf(10kHz, air) }; send fx -10dB }
        track t { source \"a.wav\"; lead(hall); second: lead(hall, air: 0dB); lead(fx: hall); bypass lead(hall) }
        bus hall { }");
    assert_eq!(
        paths(&mix.strips[0].nodes),
        [
            "track.t/lead/highpass",
            "track.t/lead/highshelf",
            "track.t/lead/send.hall",
            "track.t/second/highpass",
            "track.t/second/send.hall",
            "track.t/lead.2/highpass",
            "track.t/lead.2/highshelf",
            "track.t/lead.2/send.hall",
            "track.t/lead.3/highpass",
            "track.t/lead.3/highshelf",
            "track.t/lead.3/send.hall",
        ]
    );
    let bypassed: Vec<bool> = processes(&mix.strips[0].nodes).iter().map(|p| p.bypass).collect();
    assert_eq!(bypassed, [false, false, false, false, false, true, true]);
}

#[test]
fn bypass_and_mix() {
    let mix = mix(
        "track t { source \"a.wav\"; bypass bell(60Hz, 1dB); compressor(ratio: 4, mix: 40%); delay(20ms, mix: 30%) }",
    );
    let all = processes(&mix.strips[0].nodes);
    assert!(all[0].bypass && !all[1].bypass);
    assert!(all[1].mix.as_ref().is_some_and(|m| m.kind == ExprKind::Number(0.4)));
    assert!(all[2].mix.is_none(), "delay has a `mix` of its own");
    assert_eq!(number(&all[2].call.args[3]), 0.3);
}

#[test]
fn like_starts_from_the_other_strip() {
    let mix = mix("track a { source \"a.wav\"; highpass(90Hz); body: bell(350Hz, -2dB); fader -6dB; pan L60; send hall -9dB; to gtrs }
        track b like a { source \"b.wav\"; body: bell(420Hz, -3dB); pan R60; gain(1dB) }
        track c like b { send hall -3dB; send room -6dB; fader -1dB }
        bus gtrs { } bus hall { } bus room { }");
    let b = strip(&mix, "b");
    assert_eq!(
        paths(&b.nodes),
        ["track.b/highpass", "track.b/body", "track.b/gain", "track.b/fader", "track.b/pan", "track.b/send.hall"]
    );
    assert!(matches!(&b.nodes[4], Node::Pan { position, .. } if position.kind == ExprKind::Number(0.6)));
    assert_eq!(b.outputs[0].to, 3);
    assert_eq!(mix.files.iter().map(|f| f.path.as_str()).collect::<Vec<_>>(), ["a.wav", "b.wav"]);
    let c = strip(&mix, "c");
    assert_eq!(
        paths(&c.nodes),
        [
            "track.c/highpass",
            "track.c/body",
            "track.c/gain",
            "track.c/send.room",
            "track.c/fader",
            "track.c/pan",
            "track.c/send.hall"
        ]
    );
    assert!(matches!(&c.nodes[6], Node::Send { level, .. } if level.kind == ExprKind::Number(-3.0)));
}

#[test]
fn strips_made_by_loops() {
    let mix = mix("track bv { source \"bv.wav\" }
        for (i, side) in [(1, L80), (2, R80)] { track \"bv{i}\" like bv { source \"bv{i}.wav\"; pan side; to \"choir{i}\" } }
        for i in 1..2 { bus \"choir{i}\" { } }");
    let names: Vec<&str> = mix.strips.iter().map(|s| s.name.as_str()).collect();
    assert_eq!(names, ["bv", "bv1", "bv2", "choir1", "choir2", "master"]);
    assert!(matches!(&mix.strips[2].nodes[0], Node::Pan { position, .. } if position.kind == ExprKind::Number(0.8)));
    assert_eq!(mix.strips[2].outputs[0].to, 4);
}

#[test]
fn names_with_dots_and_slashes_are_quoted_in_paths() {
    let mix = mix("track \"lead/a.b\" { source \"a.wav\"; gain(1dB) }");
    assert_eq!(paths(&mix.strips[0].nodes), ["track.\"lead/a.b\"/gain"]);
}

#[test]
fn keys_tap_strips() {
    let mix = mix("track kick { source \"k.wav\"; low: bell(60Hz, 1dB); fader -3dB }
        track bass { source \"b.wav\"
            compressor(key: kick)
            compressor(key: kick.pre)
            compressor(key: kick.source)
            compressor(key: kick.low)
            compressor(key: track(\"kick\") |> highpass(90Hz))
            gain(-6dB * clamp(follow(loudest(kick), 1ms, 50ms), 0, 1))
        }");
    let bass = processes(&strip(&mix, "bass").nodes);
    let key = |i: usize| bass[i].call.args[7].as_ref().map(|e| e.kind.clone());
    let tap = |point| Some(ExprKind::Tap(Tap { strip: 0, point }));
    assert_eq!(key(0), tap(TapPoint::Output));
    assert_eq!(key(1), tap(TapPoint::Pre));
    assert_eq!(key(2), tap(TapPoint::Source));
    assert_eq!(key(3), tap(TapPoint::After("low".into())));
    assert!(
        matches!(key(4), Some(ExprKind::Effect(call)) if matches!(call.input.as_ref().map(|i| &i.kind), Some(ExprKind::Tap(_))))
    );
    assert!(matches!(bass[5].call.args[0].as_ref().map(|e| &e.kind), Some(ExprKind::Binary(..))));
}

#[test]
fn keys_name_strips_by_their_place_in_the_mix() {
    let mix = mix("for i in 1..2 { track \"t{i}\" { source \"a.wav\"; compressor(key: kick) } }
        track kick { source \"k.wav\" }
        master { compressor(key: track(\"t2\")) }");
    let strip_of_key = |name: &str| match processes(&strip(&mix, name).nodes)[0].call.args[7].as_ref().map(|e| &e.kind)
    {
        Some(ExprKind::Tap(tap)) => mix.strips[tap.strip as usize].name.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(strip_of_key("t1"), "kick");
    assert_eq!(strip_of_key("master"), "t2");
    fault(
        "track k { source \"k.wav\" }\nfor x in [gain_of(k)] { track \"t\" { source \"a.wav\" } }\nfn gain_of(s) {\n loudest(s) }",
        "E0325",
        4,
        "which strips",
    );
}

#[test]
fn curves_that_nothing_uses_are_left_out() {
    let mix = mix("let never = curve [0dB, @5 => 1dB]
        track t { source \"a.wav\"; fader curve [0dB, @9 => 3dB]; gain(curve [0dB, @7 => 2dB]) }");
    assert_eq!(mix.curves.len(), 2);
    assert_eq!(mix.curves[0].segments.len(), 2, "the fader's is declicked");
}

#[test]
fn what_stands_below_to_can_be_moved() {
    let d = only("track t {\n    source \"a.wav\"\n    to x\n    gain(1dB)\n}\nbus x { }");
    assert_eq!(d.fixes[0].replacement, "gain(1dB)\n    to x");
}

#[test]
fn rides_and_groups_move_the_fader() {
    let mix = mix("sections { verse @1 chorus @9 outro @17 }
        track a { source \"a.wav\"; fader -4dB; ride +2dB during chorus }
        track b { source \"b.wav\" }
        group inner { a; fader -1dB }
        group outer { inner, b; fader -0.5dB; mute }");
    let Node::Fader { level, path } = &mix.strips[0].nodes[0] else { panic!() };
    assert_eq!(path, "track.a/fader");
    // ((fader + ride) + inner) + outer
    let ExprKind::Binary(_, rest, outer) = &level.kind else { panic!("{level:?}") };
    assert_eq!(outer.kind, ExprKind::Number(-0.5));
    let ExprKind::Binary(_, rest, inner) = &rest.kind else { panic!() };
    assert_eq!(inner.kind, ExprKind::Number(-1.0));
    let ExprKind::Binary(_, fader, ride) = &rest.kind else { panic!() };
    assert_eq!(fader.kind, ExprKind::Number(-4.0));
    assert!(matches!(ride.kind, ExprKind::Curve(_)));
    let Node::Fader { level, .. } = &mix.strips[1].nodes[0] else { panic!() };
    assert_eq!(level.kind, ExprKind::Number(-0.5));
    assert_eq!(mix.groups[1].members, [0, 1]);
    assert!(mix.strips[1].mute.as_ref().is_some_and(|m| m.kind == ExprKind::Number(0.0)));
}

#[test]
fn mutes() {
    let mix = mix("sections { verse @1 outro @5 }
        track a { source \"a.wav\"; mute }
        track b { source \"b.wav\"; mute off }
        track c { source \"c.wav\"; mute during outro }");
    assert!(mix.strips[0].mute.as_ref().is_some_and(|m| m.kind == ExprKind::Number(0.0)));
    assert!(mix.strips[1].mute.is_none());
    let Some(ExprKind::Curve(curve)) = mix.strips[2].mute.as_ref().map(|m| &m.kind) else { panic!() };
    let curve = &mix.curves[*curve as usize];
    // 120 bpm, 4/4, 48 kHz: bar 5 starts after 8 seconds; 10 ms around it.
    assert_eq!((curve.before, curve.segments[0].start, curve.segments[0].end), (1.0, 383_760, 384_240));
    assert_eq!(curve.segments[0].to, 0.0);
}

#[test]
fn trims() {
    let mix = mix("track a { source \"a.wav\"; trim to -18LUFS }
        track b { source \"b.wav\"; trim to -18dB rms }
        track c { source \"c.wav\"; trim to -12dB peak }
        track d { source \"c.wav\"; trim to -1dBTP }");
    let measures: Vec<(f64, TrimMeasure)> = mix.strips[..4]
        .iter()
        .map(|s| match &s.nodes[0] {
            Node::Trim { target, measure, gain: None, .. } => (*target, *measure),
            other => panic!("{other:?}"),
        })
        .collect();
    use TrimMeasure::*;
    assert_eq!(measures, [(-18.0, Loudness), (-18.0, Rms), (-12.0, Peak), (-1.0, TruePeak)]);
}

#[test]
fn to_none_and_several_goals() {
    let mix = mix("track a { source \"a.wav\"; to none }
        track b { source \"b.wav\"; compressor(key: a); to x, y }
        bus x { } bus y { }");
    assert!(mix.strips[0].outputs.is_empty());
    assert_eq!(mix.strips[1].outputs.iter().map(|o| o.to).collect::<Vec<_>>(), [2, 3]);
}

#[test]
fn sends_have_levels_and_pans() {
    let mix = mix("track a { source \"a.wav\"; send hall -6dB, pan: L20; send hall; send hall off }
        bus hall { }");
    let nodes = &mix.strips[0].nodes;
    assert_eq!(paths(nodes), ["track.a/send.hall", "track.a/send.hall.2", "track.a/send.hall.3"]);
    let Node::Send { pan: Some(pan), .. } = &nodes[0] else { panic!() };
    assert_eq!(pan.kind, ExprKind::Number(-0.2));
    assert!(matches!(&nodes[1], Node::Send { level, .. } if level.kind == ExprKind::Number(0.0)));
    assert!(matches!(&nodes[2], Node::Send { level, .. } if level.kind == ExprKind::Number(f64::NEG_INFINITY)));
}

#[test]
fn order_and_number_of_settings() {
    fault("track t {\n source \"a.wav\"\n fader -1dB\n fader -2dB\n}", "E0531", 4, "twice");
    fault("track t {\n gain(1dB)\n source \"a.wav\"\n}", "E0532", 3, "first line");
    fault("track t {\n source \"a.wav\"\n to x\n gain(1dB)\n}\nbus x { }", "E0532", 4, "end of the strip");
    fault("track t {\n source \"a.wav\"\n clips [clip(\"b.wav\")]\n}", "E0531", 3, "`source` and `clips`");
    fault("track t {\n gain(1dB)\n}", "E0512", 1, "has no source");
    fault("bus b {\n source \"a.wav\"\n}\ntrack t { source \"a.wav\"; to b }", "E0530", 2, "only a track");
    fault("master {\n to none\n}\ntrack t { source \"a.wav\" }", "E0530", 2, "master");
}

#[test]
fn settings_do_not_stand_in_chains_and_branches() {
    fault("chain c() {\n fader -1dB\n}\ntrack t { source \"a.wav\"; c() }", "E0530", 2, "gain");
    fault("track t { source \"a.wav\"\n parallel { x {\n pan L20\n } }\n}", "E0530", 3, "branch");
}

#[test]
fn wrong_values_of_settings() {
    fault("track t {\n source \"a.wav\"\n fader -6\n}", "E0320", 3, "level in `dB`");
    fault("track t {\n source \"a.wav\"\n pan R120\n}", "E0536", 3, "`R100`");
    fault("track t {\n source \"a.wav\"\n pan 120%\n}", "E0536", 3, "L100");
    fault("track t {\n source \"a.wav\"\n gain(1dB, mix: 140%)\n}", "E0536", 3, "0% and 100%");
    fault("track t {\n source \"a.wav\"\n trim to -18dB\n}", "E0538", 3, "LUFS");
    fault("track t {\n source \"a.wav\"\n trim to -18dB max\n}", "E0538", 3, "rms");
    fault("track t { source \"a.wav\"\n send hall -6dB, pann: L20\n}\nbus hall { }", "E0536", 2, "pan");
    fault("track t { source \"a.wav\"\n send hall -6dBFS\n}\nbus hall { }", "E0320", 2, "point");
}

#[test]
fn processors_that_are_none() {
    fault("track t {\n source \"a.wav\"\n comprezzor(ratio: 3)\n}", "E0202", 3, "compressor");
    fault("track t {\n source \"a.wav\"\n comp(ratio: 3)\n}", "E0202", 3, "compressor");
    fault("track t {\n source \"a.wav\"\n max(1, 2)\n}", "E0533", 3, "function");
    fault("track t {\n source \"a.wav\"\n sine(440Hz)\n}", "E0533", 3, "source");
    fault("track t {\n source \"a.wav\"\n gain(1dB) { x { } }\n}", "E0533", 3, "no branches");
    fault("track t {\n source \"a.wav\"\n a: gain(1dB)\n a: gain(2dB)\n}", "E0535", 4, "two things");
    fault("track t {\n source \"a.wav\"\n chorus()\n chorus()\n}", "E0534", 4, "label");
    fault("chain a() { b() }\nchain b() {\n a() }\ntrack t { source \"a.wav\"; a() }", "E0537", 3, "a -> b -> a");
}

#[test]
fn parameters_are_checked() {
    fault("track t {\n source \"a.wav\"\n bell(60Hz, 100dB)\n}", "E0407", 3, "40dB");
    fault("track t {\n source \"a.wav\"\n compressor(ration: 3)\n}", "E0401", 3, "ratio");
    fault("track t {\n source \"a.wav\"\n compressor(attack: 440Hz)\n}", "E0406", 3, "time");
    fault("track t {\n source \"a.wav\"\n delay(1/8)\n}", "E0406", 3, "note(1/8)");
    fault("track t {\n source \"a.wav\"\n compressor(detector: rsm)\n}", "E0409", 3, "rms");
    fault("track t {\n source \"a.wav\"\n limiter(ceiling: -1dB)\n}", "E0406", 3, "dBTP");
    fault("track t {\n source \"a.wav\"\n highpass(90Hz, slope: curve [12, @9 => 24])\n}", "E0408", 3, "const");
    fault("track t {\n source \"a.wav\"\n delay(8bars)\n}", "E0407", 3, "4s");
}

#[test]
fn names_of_strips() {
    fault("track a { source \"a.wav\" }\ntrack a { source \"b.wav\" }", "E0511", 2, "two strips");
    fault("for i in 1..2 {\n track g { source \"a.wav\" }\n}", "E0511", 2, "put the loop's variable");
    fault("track none { source \"a.wav\" }\ntrack b { source \"b.wav\" }", "E0510", 1, "meaning of their own");
    fault(
        "track a like b { source \"a.wav\" }\nbus b { }\ntrack c { source \"c.wav\"; to b }",
        "E0515",
        1,
        "buses like buses",
    );
    fault("track a like b { source \"a.wav\" }\ntrack b like a { source \"a.wav\" }", "E0515", 2, "ring");
}

#[test]
fn groups_that_do_not_work() {
    fault("track a { source \"a.wav\" }\ngroup g { a, bb; fader -1dB }", "E0513", 2, "bb");
    fault("track a { source \"a.wav\" }\ngroup g { h }\ngroup h {\n g, a }", "E0516", 4, "ring");
    fault("track a { source \"a.wav\" }\ngroup g { a\n pan L20 }", "E0516", 3, "fader");
    fault("track a { source \"a.wav\"; to g }\ngroup g { a }", "E0514", 1, "no audio");
}

#[test]
fn unused_chains_and_functions_are_checked() {
    fault("chain c(x: Level) {\n compressor(attack: x)\n}\ntrack t { source \"a.wav\" }", "E0406", 2, "time");
    fault("fn f(x: Time) {\n x + 3dB\n}\ntrack t { source \"a.wav\" }", "E0303", 2, "add");
    fault("effect e() {\n input * nothing\n}\ntrack t { source \"a.wav\" }", "E0603", 2, "nothing");
    assert!(world::mix("chain c(on_air: Switch, f: Frequency, x, fx: Bus) { if on_air { bell(f, 1dB) } else { gain(x) }; send fx -3dB }
        fn g(n) { if n > 3 { n * 2 } else { n } }
        fn hiss(x: Signal) { x + white() * 0.1 + loudest(x) }
        track t { source \"a.wav\" }").effects.is_empty());
}

#[test]
fn a_parameter_may_know_steps_only() {
    let song = |x: &str| {
        format!("effect steps(const n: Number = 2 in [2, 4, 8]) {{ input * n }}\ntrack t {{ source \"a.wav\"\n steps(n: {x})\n}}")
    };
    mix(&song("4"));
    fault(&song("3"), "E0415", 3, "one of 2, 4, 8");
    fault(&song("9"), "E0407", 3, "[2, 4, 8]");
    let fixes = only(&song("7")).fixes;
    assert_eq!(fixes[0].replacement, "8");
}

#[test]
fn input_is_known_where_a_signal_arrives() {
    let mix = mix("effect keyed(key: Signal = input) { input * loudest(key) }
        track t { source \"a.wav\"; keyed(key: input |> gain(-3dB)); parallel(mix: loudest(input)) { a { } }; fader 0dB - 3dB * loudest(input); send h -6dB * loudest(input) }
        bus h { }");
    let t = strip(&mix, "t");
    let mut seen = 0;
    let text = serde_json::to_string(&t.nodes).expect("plain data");
    seen += text.matches("\"kind\":\"input\"").count();
    assert_eq!(seen, 4, "{text}");
    for line in ["let x = input", "mute input", "ride input", "lib(input)", "gain(f(1))"] {
        let song = format!("chain lib(k: Signal) {{ gain(-1dB * loudest(k)) }}\nfn f(x) {{ 1dB * loudest(input) * x }}\ntrack t {{ source \"a.wav\"\n {line}\n}}");
        let found = Mock::song(&song).run().diagnostics;
        assert!(found.iter().any(|d| d.code == "E0326"), "{line}: {}", shown(&found));
    }
}

#[test]
fn names_with_a_hyphen_are_told_once() {
    let song = |line: &str| {
        format!("track t {{ source \"a.wav\"\n {line}\n}}\nbus lead_vocal {{ }}\ntrack u {{ source \"a.wav\"; to lead_vocal }}")
    };
    for line in ["send lead-vocal -3dB", "gain(0dB - 3dB * loudest(lead-vocal))"] {
        fault(&song(line), "E0202", 2, "`lead_vocal`");
    }
}

#[test]
fn a_time_is_offered_as_a_place() {
    let d = only("track t { clips [ clip(\"a.wav\", at: 90s) ] }");
    assert_eq!((d.code.as_str(), d.fixes[0].replacement.as_str(), d.fixes[0].span.start), ("E0406", "@90s", 36));
}

#[test]
fn an_option_is_said_with_its_unit() {
    let song = Mock::song("option wet: Level = 0dB\noption t: Time = 5ms\ntrack t1 { source \"a.wav\"; gain(wet); nudge(t) }");
    for (set, piece) in [("wet=0", "--set wet=0dB"), ("t=10", "--set t=10ms"), ("wet=3Hz", "--set wet=3dB")] {
        let (name, value) = set.split_once('=').expect("a pair");
        let options = mixdown_analysis::Options { set: vec![(name.into(), value.into())], ..Default::default() };
        let found = song.run_with(&options).diagnostics;
        assert!(found.iter().any(|d| d.help.as_deref().is_some_and(|h| h.contains(piece))), "{set}: {}", shown(&found));
    }
}

#[test]
fn a_library_is_right_as_it_is() {
    let look = |text: &str| Mock::song(text).run_with(&mixdown_analysis::Options { library: true, ..Default::default() });
    let found = look("//! Vocal chains.\nlet amount = -2dB\nchain lead(air: Level = 2dB) { gain(air + amount) }\neffect half() { input * 0.5 }");
    assert!(found.mix.is_some() && found.diagnostics.is_empty(), "{}", shown(&found.diagnostics));
    for (text, code) in [
        ("effect half() { input * 0.5dB }", "E0303"),
        ("chain a() { nothing() }", "E0202"),
        ("title \"x\"\nchain a() { gain(1dB) }", "E0550"),
        ("bus b { }\nchain a() { gain(1dB) }", "E0552"),
        ("", "E0550"),
    ] {
        let found = look(text).diagnostics;
        assert!(found.iter().any(|d| d.code == code), "{text}: {}", shown(&found));
    }
    assert!(Mock::song("chain a() { gain(1dB) }").run().diagnostics.iter().any(|d| d.code == "E0550"));
}
