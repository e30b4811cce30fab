//! Scripts at mix time: values, functions, lists, texts, and what they refuse.

mod world;

use mixdown_analysis::body::ExprKind;
use mixdown_analysis::mix::{Mix, Node};
use world::*;

/// The numbers of `gain`s in the first strip.
fn gains(mix: &Mix) -> Vec<f64> {
    let numbers = processes(&mix.strips[0].nodes);
    numbers
        .iter()
        .map(|p| match p.call.args[0].as_ref().map(|e| &e.kind) {
            Some(ExprKind::Number(x)) => *x,
            other => panic!("{other:?}"),
        })
        .collect()
}

/// What `gain( … )` gets for a script in front of it.
fn value(script: &str, gain: &str) -> f64 {
    gains(&mix(&format!("{script}\ntrack t {{ source \"a.wav\"; gain({gain}) }}")))[0]
}

/// The name a computed track gets.
fn text(script: &str, expr: &str) -> String {
    mix(&format!("{script}\ntrack \"{{{expr}}}\" {{ source \"a.wav\" }}")).strips[0].name.clone()
}

#[test]
fn arithmetic_of_units() {
    assert_eq!(value("let a = -3dB", "a * 2 + 1dB"), -5.0);
    assert_eq!(value("let p = -18dBFS", "p - -12dBFS"), -6.0);
    assert_eq!(value("", "1dB * (10ms / 5ms)"), 2.0);
    assert_eq!(value("", "1dB * (1s * 3Hz)"), 3.0);
    assert_eq!(value("let up = 440Hz * 12st", "1dB * (up / 440Hz)"), 2.0);
    assert_eq!(value("", "if 2 > 1 and not (3 < 2) { 1dB } else { 2dB }"), 1.0);
    assert_eq!(value("", "1dB * 30%"), 0.3);
    assert_eq!(value("", "-(2dB)"), -2.0);
}

#[test]
fn file_level_values_come_in_any_order() {
    assert_eq!(value("let a = b + 1dB\nlet b = c\nlet (c, d) = (2dB, 3dB)", "a + d"), 6.0);
}

#[test]
fn functions_and_recursion() {
    assert_eq!(value("fn fact(n) { if n <= 1 { 1 } else { n * fact(n - 1) } }", "1dB * fact(5) / 10"), 12.0);
    assert_eq!(value("fn f(a: Level, b = 2) { let c = a * b\n c + 1dB }", "f(3dB)"), 7.0);
    assert_eq!(value("fn f(a, b) { a - b }", "f(b: 1dB, a: 3dB)"), 2.0);
    assert_eq!(
        value(
            "fn even(n) { if n == 0 { true } else { odd(n - 1) } }\nfn odd(n) { if n == 0 { false } else { even(n - 1) } }",
            "if even(100) { 1dB } else { 2dB }"
        ),
        1.0
    );
}

#[test]
fn lambdas_and_lists() {
    assert_eq!(value("let xs = [1, 2, 3]", "1dB * sum(map(xs, |x| x * x))"), 14.0);
    assert_eq!(value("let xs = [3, 1, 2]", "1dB * first(sort(xs))"), 1.0);
    assert_eq!(value("let xs = [3, 1, 2]", "1dB * sort(xs, |x| -x)[0]"), 3.0);
    assert_eq!(value("let xs = 1..4", "1dB * len(filter(xs, |x| x > 2))"), 2.0);
    assert_eq!(value("let xs = [x * 2 for x in 1..4 if x != 2]", "1dB * sum(xs)"), 16.0);
    assert_eq!(value("", "1dB * sum([a * b for (a, b) in zip([1, 2], [3, 4])])"), 11.0);
    assert_eq!(value("", "1dB * last(reverse([5, 6]))"), 5.0);
    assert_eq!(value("", "1dB * enumerate([7])[0][0]"), 1.0);
    assert_eq!(value("", "max([1dB, 4dB, 2dB])"), 4.0);
    assert_eq!(value("", "min(1dB, clamp(3dB, 0dB, 2dB))"), 1.0);
    assert_eq!(value("fn twice(f, x) { f(f(x)) }\nlet k = 3", "1dB * twice(|x| x + k, 1)"), 7.0);
    assert_eq!(value("let xs = [1, 2]", "1dB * xs.map(|x| x + 1).len()"), 2.0);
    assert_eq!(value("", "1dB * ([4, 9] |> map(sqrt) |> sum())"), 5.0);
    assert_eq!(value("let r = (low: 1dB, high: (2dB, 3dB))", "r.low + r.high[1]"), 4.0);
    assert_eq!(value("", "1dB * len([1..3, 9])"), 4.0);
}

#[test]
fn texts() {
    assert_eq!(text("", "join([\"a\", \"b\"], \"-\")"), "a-b");
    assert_eq!(text("", "upper(\"kick\")"), "KICK");
    assert_eq!(text("", "stem(\"stems/01-kick.wav\")"), "01-kick");
    assert_eq!(text("", "replace(file_name(\"a/b c.wav\"), \" \", \"_\")"), "b_c.wav");
    assert_eq!(text("", "split(\"a-b\", \"-\")[1]"), "b");
    assert_eq!(
        text("", "if starts_with(\"gtr1\", \"gtr\") and ends_with(\"gtr1\", \"1\") { \"y\" } else { \"n\" }"),
        "y"
    );
    assert_eq!(text("", "if contains([\"a\", \"b\"], \"b\") { \"y\" } else { \"n\" }"), "y");
    assert_eq!(text("", "-3dB"), "-3dB");
    assert_eq!(text("", "3200Hz"), "3.2kHz");
    assert_eq!(text("", "0.12s"), "120ms");
    assert_eq!(text("", "1beat"), "1beat");
    assert_eq!(text("", "@9 + 1beat"), "@9.2");
    assert_eq!(text("", "0.5"), "0.5");
}

#[test]
fn files_and_measurements() {
    let world = Mock::song(
        "for f in files(\"stems/*.wav\") { track \"{stem(f)}\" { source f; gain(-20LUFS - measure(f).loudness) } }",
    )
    .with_audio("stems/b.wav", 1, 48_000)
    .with_audio("stems/a.wav", 2, 48_000);
    let analysis = world.run();
    let mix = analysis.mix.unwrap_or_else(|| panic!("{}", shown(&analysis.diagnostics)));
    let names: Vec<&str> = mix.strips.iter().map(|s| s.name.as_str()).collect();
    assert_eq!(names, ["a", "b", "master"]);
    assert_eq!(gains(&mix), [0.0]);
    assert_eq!(analysis.dependencies, ["song.mix", "stems/*.wav", "stems/a.wav", "stems/b.wav"]);
}

#[test]
fn conditions_and_loops_around_strips() {
    let mix = mix("let n = 2
        if n > 1 { for i in 1..n { let up = 1dB * i\n track \"t{i}\" { source \"a.wav\"; gain(up) } } } else { track x { source \"b.wav\" } }");
    assert_eq!(mix.strips.len(), 3);
    assert_eq!(gains(&mix), [1.0]);
}

#[test]
fn moving_values_build_trees() {
    let mix = mix("let c = curve [ 0, @9 => 1 ]
        fn scaled(x) { x * 2 }
        track t { source \"a.wav\"; gain(1dB * c + 2dB * scaled(c)); gain(if c > 0.5 { 1dB } else { 2dB }); gain(1dB * max(c, 0.5)) }");
    let gains = processes(&mix.strips[0].nodes);
    let kind = |i: usize| gains[i].call.args[0].as_ref().map(|e: &mixdown_analysis::body::Expr| e.kind.clone());
    let Some(ExprKind::Binary(_, left, right)) = kind(0) else { panic!() };
    assert!(matches!(left.kind, ExprKind::Binary(..)));
    let ExprKind::Binary(_, _, called) = right.kind else { panic!() };
    assert!(matches!(called.kind, ExprKind::Block(_)), "a product that comes out of a call does not fuse");
    assert!(matches!(kind(1), Some(ExprKind::If(..))));
    let Some(ExprKind::Binary(_, _, max)) = kind(2) else { panic!() };
    assert!(matches!(max.kind, ExprKind::Call(..)));
    assert_eq!(mix.curves.len(), 1, "equal curves are one");
}

#[test]
fn lists_reach_effects_and_curves_add_up() {
    let mix = mix("effect taps(times: List of Number = [1]) { input * sum_of(times) }
        fn sum_of(xs) { len(xs) }
        track t { source \"a.wav\"; taps(times: 1..3); fader curve [0dB, @9 => -3dB] + lfo(1Hz, low: -1dB, high: 1dB) }");
    let taps = processes(&mix.strips[0].nodes)[0];
    assert!(matches!(taps.call.args[0].as_ref().map(|e| &e.kind), Some(ExprKind::List(items)) if items.len() == 3));
    assert!(matches!(&mix.strips[0].nodes[1], Node::Fader { level, .. } if matches!(level.kind, ExprKind::Binary(..))));
    fault("fn f(a, a) { a }\ntrack t { source \"a.wav\" }", "E0203", 1, "two parameters");
}

#[test]
fn lfos() {
    let mix = mix("track t { source \"a.wav\"
        gain(lfo(0.5Hz, low: -3dB, high: 3dB)); gain(1dB * lfo(1bar, shape: triangle, phase: 90deg))
        gain(1dB * lfo(note(1/8), shape: square)); fader lfo(2Hz, low: -1dB, high: 1dB) }");
    let shape = |name: &str| {
        let text = serde_json::to_string(&mix.strips[0].nodes).unwrap_or_default();
        text.matches(name).count()
    };
    assert_eq!(shape("\"seconds\""), 2);
    assert_eq!(shape("\"beats\""), 2);
    assert!(matches!(&mix.strips[0].nodes[3], Node::Fader { .. }));
}

#[test]
fn sequential_names_in_bodies() {
    assert_eq!(
        gains(&mix("track t { source \"a.wav\"; let a = 1dB; gain(a); if on { let a = 2dB; gain(a) }; gain(a) }")),
        [1.0, 2.0, 1.0]
    );
    fault("track t { source \"a.wav\"; let a = 1dB\n let a = 2dB\n gain(a) }", "E0203", 2, "twice in this body");
    fault("let a = 1dB\ntrack t { source \"a.wav\"\n let a = 2dB\n gain(a) }", "E0213", 3, "hides");
    fault("track t { source \"a.wav\"\n let t = 2dB\n gain(t) }", "E0213", 2, "hides");
}

#[test]
fn values_that_are_refused() {
    let strip = |e: &str| format!("track t {{ source \"a.wav\"\n gain({e})\n}}");
    for (expr, code, piece) in [
        ("3dB + 1ms", "E0303", "add"),
        ("-18dBFS * 2", "E0303", "multiples"),
        ("1dB / 0", "E0305", "zero"),
        ("3db", "E0301", "dB"),
        ("1dB * sqrt(-1)", "E0329", "no value"),
        ("-inf dB - -inf dB", "E0329", "minus infinity"),
        ("air", "E0202", "let air"),
        ("1dB * nope(2)", "E0202", "nope"),
        ("1dB * factor(0.5)", "E0336", "to_db"),
        ("1dB * [1, 2][2]", "E0339", "0 to 1"),
        ("1dB * (a: 1).b", "E0214", "`a`"),
        ("1dB * first([])", "E0338", "empty"),
        ("1dB * white()", "E0326", "effect"),
        ("curve [ @9 => lfo(1Hz, low: 0dB, high: 1dB) ]", "E0325", "constants"),
        ("if 1dB { 1dB } else { 2dB }", "E0332", "switch"),
        ("lfo(1Hz, shape: sinus, low: 0dB, high: 1dB)", "E0409", "sine"),
        ("lfo(1Hz, low: off, high: 1dB)", "E0329", "minus infinity"),
        ("lfo(-1Hz, low: 0dB, high: 1dB)", "E0336", "above 0"),
        ("1dB * len(@1 .. 2)", "E0330", "range"),
        ("2dB within 1dB of 3dB", "E0326", "check"),
        ("1dB * max(1, 2ms)", "E0336", "number"),
        ("highpass(90Hz)", "E0337", "|>"),
    ] {
        fault(&strip(expr), code, 2, piece);
    }
    fault("track \"t{[1]}\" { source \"a.wav\" }", "E0323", 1, "join");
    fault("for i in 4 {\n track \"t{i}\" { source \"a.wav\" } }\ntrack x { source \"a.wav\" }", "E0334", 1, "range");
    fault(
        "for (a, b) in [(1, 2, 3)] { track \"t{a}\" { source \"a.wav\" } }\ntrack x { source \"a.wav\" }",
        "E0331",
        1,
        "parts",
    );
    fault("let a = b\nlet b = a\ntrack t { source \"a.wav\" }", "E0211", 2, "a -> b -> a");
    fault(
        "if curve [0, @9 => 1] > 0.5 { track a { source \"a.wav\" } }\ntrack t { source \"a.wav\" }",
        "E0325",
        1,
        "constant",
    );
    fault("let r = (a: 1, a: 2)\ntrack t { source \"a.wav\" }", "E0212", 1, "twice");
    fault("fn f(x) { state y = 0\n y }\ntrack t { source \"a.wav\"; gain(1dB * f(1)) }", "E0326", 1, "effect");
}

#[test]
fn several_faults_at_once_and_none_follows() {
    let analysis = Mock::song(
        "let up = 3dB + 1ms
        track t { source \"a.wav\"; gain(up); gain(up + 2dB); bell(up, 60Hz); comprezzor(); fader -6 }
        track u { source \"b.wav\"; to nowhere }",
    )
    .run();
    let codes: Vec<&str> = analysis.diagnostics.iter().map(|d| d.code.as_str()).collect();
    assert_eq!(codes, ["E0303", "E0406", "E0202", "E0320", "E0513"], "{}", shown(&analysis.diagnostics));
}

#[test]
fn options_can_be_set() {
    let world = Mock::song(
        "option up: Level = 0dB in -3dB .. 3dB
        option wide: Switch = off
        option name: Text = \"x\"
        track t { source \"a.wav\"; gain(up); if wide { gain(9dB) } }",
    );
    let set = |pairs: &[(&str, &str)]| {
        let set = pairs.iter().map(|(n, v)| (n.to_string(), v.to_string())).collect();
        world.run_with(&mixdown_analysis::Options { set, ..Default::default() })
    };
    let mix = set(&[]).mix.expect("a mix");
    assert_eq!(gains(&mix), [0.0]);
    assert_eq!(mix.options[0].value, "0dB");
    let mix = set(&[("up", "1dB"), ("up", "2dB"), ("wide", "on"), ("name", "two words")]).mix.expect("a mix");
    assert_eq!(gains(&mix), [2.0, 9.0]);
    let values: Vec<&str> = mix.options.iter().map(|o| o.value.as_str()).collect();
    assert_eq!(values, ["2dB", "on", "two words"]);
    for (name, value, piece) in [
        ("up", "9dB", "outside"),
        ("up", "3ms", "level"),
        ("upp", "1dB", "did you mean `up`"),
        ("up", "1dB)", "no value"),
    ] {
        let analysis = set(&[(name, value)]);
        assert_eq!(analysis.diagnostics.len(), 1, "{}", shown(&analysis.diagnostics));
        assert!(shown(&analysis.diagnostics).contains(piece), "{}", shown(&analysis.diagnostics));
    }
}
