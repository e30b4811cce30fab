//! Every fault of a body: code, the text it points at, and a word of its help.

use crate::resolver::said;
use mixdown_syntax::{Diagnostic, Severity};

/// Text of an effect `f`, code, the place (its text), a word of the help.
type Case = (&'static str, &'static str, &'static str, &'static str);

const ERRORS: &[Case] = &[
    // units and types
    ("effect f() { input * factor(-3db) }", "E0301", "db", "`-3dB`"),
    ("effect f() { input + 10ms * 440hz }", "E0301", "hz", "`440Hz`"),
    ("effect f(g: Level) { input * g }", "E0303", "input * g", "factor"),
    ("effect f() { input * -6dB }", "E0303", "input * -6dB", "factor"),
    ("effect f(t: Time, q: Frequency) { input * (t + q) }", "E0303", "(t + q)", "a time"),
    ("effect f(t: dBFS) { input * (to_dbfs(input) + t) }", "E0303", "(to_dbfs(input) + t)", "subtract two points"),
    ("effect f(t: dBFS) { input * factor(to_dbfs(input) * 2) }", "E0303", "to_dbfs(input) * 2", "no multiples"),
    ("effect f(t: Time) { input * (t + 2beats) }", "E0303", "(t + 2beats)", "tempo"),
    ("effect f(t: dBFS) { input * factor(-t) }", "E0304", "-t", "sign"),
    ("effect f(x: Number) { if not x { input } else { 0 } }", "E0304", "not x", "compare"),
    ("effect f() { input * (1 / 0) }", "E0305", "0", "other than 0"),
    ("effect f() { let zero = 2 - 2; input / zero }", "E0305", "zero", "other than 0"),
    ("effect f(s: Switch) { let g = if s { -6dB } else { 1 }; input * g }", "E0306", "1", "one type"),
    ("effect f() { let xs = [1, 2dB]; input * xs[0] }", "E0306", "2dB", "one type"),
    ("effect f() { if loudest(input) { input } else { 0 } }", "E0307", "loudest(input)", "compare"),
    ("effect f() { state y = 0; for i in 4 { y = y + i }; y + input }", "E0307", "4", "`1..4`"),
    ("effect f() { let g: Level = 10ms; input * factor(g) }", "E0307", "10ms", "type"),
    ("effect f() { input * factor(0.5) }", "E0308", "0.5", "to_db"),
    ("effect f() { clamp(input, 0) }", "E0308", "clamp(input, 0)", "clamp(x, low, high)"),
    ("effect f() { clamp(x: input, 0, 1) }", "E0308", "x", "clamp(x, low, high)"),
    ("effect f() { follow(input, 10, 20ms) }", "E0308", "10", "10ms"),
    ("effect f(t: Time) { sin(t) + input }", "E0308", "t", "divide it by a time"),
    ("effect f() { max(to_db(input), 3) + input }", "E0308", "3", "max"),
    // declarations
    ("effect f(g: dB) { input * factor(g) }", "E0410", "dB", "`Level`"),
    ("effect f(g: level) { input * factor(g) }", "E0410", "level", "`Level`"),
    ("effect f(g: Level in 0dB) { input * factor(g) }", "E0411", "0dB", "1ms .. 5s"),
    ("effect f(g: Level in 6dB .. 0dB) { input * factor(g) }", "E0411", "6dB .. 0dB", "lowest"),
    ("effect f(g: Time in 0 .. 500ms) { input * (g / 1s) }", "E0411", "0", "10ms"),
    ("effect f(a: Number, g: Number in 0 .. a) { input * g * a }", "E0411", "a", "number"),
    ("effect f(s: Switch in 0 .. 1) { if s { input } else { 0 } }", "E0411", "0 .. 1", "take the range out"),
    ("effect f(const n: Number in [4, 2]) { input * n }", "E0411", "[4, 2]", "ascending"),
    ("effect f(n: Number in [2, 4]) { input * n }", "E0411", "[2, 4]", "`const`"),
    ("effect f(const s: Switch in [on]) { if s { input } else { 0 } }", "E0411", "[on]", "take the list out"),
    ("effect f(const g: Level in [0dB, 3]) { input * factor(g) }", "E0411", "3", "unit"),
    ("effect f(const n: Number = 3 in [2, 4]) { input * n }", "E0415", "3", "one of 2, 4"),
    ("effect f(a: Level, a: Level) { input * factor(a) }", "E0412", "a", "another name"),
    ("effect f(a) { input * a }", "E0413", "a", ": Time"),
    ("effect f(t: Musical) { input }", "E0414", "t: Musical", "`Time`"),
    ("effect f(t: Text) { input }", "E0414", "t: Text", "`File`"),
    ("effect f(t: Strip) { input }", "E0414", "t: Strip", "`Signal`"),
    ("effect f(g: Level = 30dB in 0dB .. 24dB) { input * factor(g) }", "E0407", "30dB", "`24dB`"),
    ("effect f(g: Level = 3) { input * factor(g) }", "E0406", "3", "`3dB`"),
    ("effect f(m: one of [peak, rms] = avg) { if m == peak { input } else { 0 } }", "E0409", "avg", "`rms`"),
    // arguments of effects
    ("effect f() { input |> highpass() }", "E0403", "highpass", "highpass(440Hz)"),
    ("effect f() { input |> highpass(90) }", "E0406", "90", "`90Hz`"),
    ("effect f() { input |> highpass(5Hz) }", "E0407", "5Hz", "`10Hz`"),
    ("effect f() { input |> highpass(90Hz, slope: loudest(input)) }", "E0408", "loudest(input)", "number"),
    ("effect f(s: Number) { input |> highpass(90Hz, slope: s) }", "E0408", "s", "number"),
    ("effect f() { input |> highpass(90Hz, slop: 12) }", "E0401", "slop", "slope"),
    ("effect f() { input |> highpass(90Hz, q: 1, q: 2) }", "E0402", "q: 2", "one of them"),
    ("effect f() { input |> highpass(90Hz, 2) }", "E0404", "2", "name it"),
    ("effect f() { input |> delay(1/8) }", "E0406", "1/8", "`note(1/8)`"),
    ("effect f() { input |> delay(100ms, mode: tpe) }", "E0409", "tpe", "`tape`"),
    ("effect f() { input |> delay(100ms, loop_on: yes) }", "E0409", "yes", "`on`"),
    ("effect f() { input |> delay(100Hz) }", "E0406", "100Hz", "1 / f"),
    // results
    ("effect f() { let y = input }", "E0601", "f", "input * 0.5"),
    ("effect f() { }", "E0601", "f", "input * 0.5"),
    ("effect f() { state t = line(1s); t.read(1s); t.write(input) }", "E0601", "f", "input * 0.5"),
    ("effect f() { to_db(loudest(input)) }", "E0602", "to_db(loudest(input))", "factor"),
    ("effect f() { (1, 2, 3) }", "E0602", "(1, 2, 3)", "two channels"),
    // names
    ("effect f() { inptu * 0.5 }", "E0603", "inptu", "`input`"),
    ("effect f() { tanh + input }", "E0603", "tanh", "tanh("),
    ("effect f() { let verse_gain = 1; input * verse_gian }", "E0603", "verse_gian", "verse_gain"),
    ("fn g() { input * 0.5 } effect f() { input + g() }", "E0603", "input", "parameter"),
    ("effect f() { input.left }", "E0603", "input.left", "left(x)"),
    ("effect f() { state t = line(1s); t.wirte(input); t.read(1ms) }", "E0603", "wirte", "`write`"),
    // assignment and states
    ("effect f() { let y = 0; y = input; y }", "E0604", "y", "state y = 0"),
    ("effect f(g: Number) { g = 2; input * g }", "E0604", "g", "state g = 0"),
    ("effect f() { y = input; input }", "E0604", "y", "state y = 0"),
    ("effect f() { input = 0; input }", "E0604", "input", "state"),
    ("effect f() { state y = input; y }", "E0605", "input", "state y = 0"),
    ("effect f(g: Number) { state y = g; y = y + input; y }", "E0605", "g", "state y = 0"),
    ("effect f() { state y = on; if y { input } else { 0 } }", "E0605", "on", "0 and 1"),
    ("effect f() { state y = 0; y = to_dbfs(input); input * y }", "E0624", "to_dbfs(input)", "state y = -200dBFS"),
    // lines
    ("effect f() { state t = line(1s); input + t.read(1ms) }", "E0606", "t.read(1ms)", "write"),
    ("effect f() { state t = line(1s); t.write(input); t.write(0); t.read(1ms) }", "E0607", "t.write(0)", "join"),
    (
        "effect f(s: Switch) { state t = line(1s); if s { t.write(input) }; t.read(1ms) }",
        "E0607",
        "t.write(input)",
        "outside",
    ),
    (
        "effect f() { state t = line(1s); for i in 1..3 { t.write(input * i) }; t.read(1ms) }",
        "E0607",
        "t.write(input * i)",
        "sum",
    ),
    (
        "effect f() { state t = line(1s); oversample 2x { t.write(input) }; t.read(1ms) }",
        "E0607",
        "t.write(input)",
        "same block",
    ),
    ("effect f() { state t = 0; t.read(1ms) + input }", "E0608", "t", "line(2s)"),
    ("effect f() { state t = line(1s); t.write(input); t * 0.5 }", "E0303", "t * 0.5", "read the line"),
    ("effect f() { state t = line(1s); t = input; t.read(1ms) }", "E0608", "t", "tail.write"),
    ("effect f() { let t = line(1s); t.write(input); t.read(1ms) }", "E0608", "line(1s)", "state tail"),
    ("effect f() { state t = line(); t.write(input); t.read(1ms) }", "E0608", "line()", "line(2s)"),
    ("effect f() { state t = line(0s); t.write(input); t.read(1ms) }", "E0608", "0s", "line(2s)"),
    // calls
    ("chain lead() { gain(3dB) } effect f() { input |> lead() }", "E0609", "lead", "|>"),
    ("effect f() { input * measure(1) }", "E0610", "measure", "parameter"),
    ("effect f() { highpass(90Hz) }", "E0611", "highpass", "input |>"),
    ("effect f() { input |> sine(440Hz) }", "E0611", "sine", "input + sine"),
    ("fn g(x) { g(x) * 2 } effect f() { g(input) }", "E0612", "g", "loop"),
    ("fn g(x) { h(x) } fn h(x) { g(x) } effect f() { g(input) }", "E0612", "g", "loop"),
    ("effect f() { input |> abs() }", "E0613", "abs", "abs(x)"),
    ("effect f() { input |> highpass }", "E0613", "highpass", "highpass("),
    ("effect f() { input |> 3 }", "E0613", "3", "brackets"),
    ("effect f() { let g = 2; g(input) }", "E0626", "g", "*"),
    ("effect f() { highpas(input) }", "E0201", "highpas", "write"),
    ("fn g(x, t: Time) { x * (t / 1s) } effect f() { g(input) }", "E0403", "g", "g("),
    ("fn g(x, t: Time) { x * (t / 1s) } effect f() { g(input, 3) }", "E0406", "3", "`3ms`"),
    ("fn g(x, n: Number in 1 .. 3) { x * n } effect f() { g(input, 7) }", "E0407", "7", "`3`"),
    // shapes
    ("effect f(s: Switch) { let g = if s { input }; g }", "E0614", "if s { input }", "both sides"),
    (
        "effect f(s: Switch) { let g = if s { input } else { let y = 1 }; g }",
        "E0614",
        "if s { input } else { let y = 1 }",
        "both sides",
    ),
    ("effect f() { input * curve [ 0, @9 => 1 ] }", "E0615", "curve [ 0, @9 => 1 ]", "parameter"),
    ("effect f() { input * \"x\" }", "E0615", "\"x\"", "numbers"),
    ("let song = \"x\" effect f() { input * song }", "E0615", "song", "numbers"),
    ("effect f() { let r = (a: 1, b: 2); input }", "E0615", "(a: 1, b: 2)", "let"),
    ("effect f() { let (l, r) = 3; input * l * r }", "E0616", "(l, r)", "let (l, r) = input"),
    ("effect f() { let (a, b, c) = input; a + b + c }", "E0616", "(a, b, c)", "as many names"),
    ("effect f() { let y = input; let y = y * 2; y }", "E0617", "y", "another name"),
    ("effect f(t: Time) { state tail = line(t); tail.write(input); tail.read(1ms) }", "E0618", "t", "line(2s)"),
    ("effect f(n: Number) { state y = 0; for i in 1..n { y = y + input * i }; y }", "E0618", "n", "1..4"),
    ("effect f(n: Number) { let xs = [1, 2]; input * xs[n] }", "E0618", "n", "count from 0"),
    ("effect f(t: Time) { latency t; input }", "E0618", "t", "latency 5ms"),
    ("effect f(n: Number) { oversample n { input } }", "E0618", "n", "`4x`"),
    ("effect f(n: Number) { input |> delay(n * 1beat) }", "E0618", "n * 1beat", "note(1/8)"),
    ("effect f() { oversample 3x { input } }", "E0619", "3x", "`4x`"),
    ("effect f() { let xs = [1, 2]; input * xs[2] }", "E0622", "2", "the last is 1"),
    ("effect f() { let xs = [i for i in 1..4]; input * xs[4] }", "E0622", "4", "the last is 3"),
    ("effect f() { input[0] }", "E0622", "input", "left(x)"),
    ("effect f() { let xs = [1, 2]; input * xs[0.5] }", "E0622", "0.5", "0, 1, 2"),
    ("effect f() { latency 5ms; latency 2ms; input }", "E0625", "latency 2ms", "once"),
    ("effect f(s: Switch) { if s { latency 5ms }; input }", "E0625", "latency 5ms", "outermost"),
    ("effect f() { latency 0ms - 5ms; input }", "E0625", "0ms - 5ms", "once"),
    ("effect f() { latency 5Hz; input }", "E0307", "5Hz", "latency 5ms"),
];

const WARNINGS: &[Case] = &[
    ("effect f(g: Level) { input }", "E0620", "g", "take it out"),
    ("effect f() { let g = 2; input }", "E0620", "g", "take the line out"),
    ("effect f() { let (l, r) = input; l }", "E0620", "r", "take the line out"),
    ("effect f() { state y = 0; y = input; input }", "E0620", "y", "take it out"),
    ("let drive = 3 effect f() { let drive = 2; input * drive }", "E0621", "drive", "another name"),
    ("effect f() { input * 2; input }", "E0623", "input * 2", "let"),
];

fn check(cases: &[Case], severity: Severity) {
    let mut wrong = Vec::new();
    for (text, code, place, help) in cases {
        let said = said(text);
        let [found] = said.as_slice() else {
            wrong.push(format!("{text}\n  one word wanted: {}", list(&said)));
            continue;
        };
        let span = found.span();
        let at = text.get(span.start as usize..span.end as usize).unwrap_or("?");
        let helps = found.help.as_deref().unwrap_or("");
        let fits = found.code == *code && at == *place && helps.contains(help) && !helps.is_empty();
        if !fits || found.severity != severity {
            wrong.push(format!("{text}\n  wanted {code} at `{place}` with help `{help}`\n  {}", list(&said)));
        }
        assert!(!found.message.ends_with('.'), "{}", found.message);
        assert!(found.labels.iter().any(|l| !l.text.is_empty()), "{text}: no word at its place");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn list(said: &[Diagnostic]) -> String {
    said.iter()
        .map(|d| {
            format!(
                "{} {:?} {} | {} | {}",
                d.code,
                d.span(),
                d.message,
                d.labels[0].text,
                d.help.as_deref().unwrap_or("-")
            )
        })
        .collect::<Vec<_>>()
        .join("\n  ")
}

#[test]
fn each_fault_is_said_once_at_its_place() {
    check(ERRORS, Severity::Error);
}

#[test]
fn each_warning_is_said_once_at_its_place() {
    check(WARNINGS, Severity::Warning);
}

#[test]
fn several_faults_are_all_said() {
    let said = said("effect f(g: Level) { let a = input * g; let b = inptu; let c = 10ms + 1Hz; a + b + c }");
    let codes: Vec<&str> = said.iter().map(|d| d.code.as_str()).collect();
    assert_eq!(codes, ["E0303", "E0603", "E0303"]);
}

#[test]
fn an_effect_that_calls_itself_fails_with_the_ring() {
    let said = said("effect g() { input |> f() } effect f() { input |> g() }");
    assert_eq!(said.len(), 1, "{said:#?}");
    assert_eq!(said[0].message, "f -> g -> f");
}

#[test]
fn fixes_mend() {
    let cases = [
        ("effect f(g: Level) { input * g }", "effect f(g: Level) { input * factor(g) }"),
        ("effect f() { input * +6dB }", "effect f() { input * factor(+6dB) }"),
        ("effect f() { input |> highpass(90) }", "effect f() { input |> highpass(90Hz) }"),
        ("effect f() { input |> delay(1/8) }", "effect f() { input |> delay(note(1/8)) }"),
        ("effect f() { highpass(90Hz) }", "effect f() { input |> highpass(90Hz) }"),
        ("effect f() { inptu * 0.5 }", "effect f() { input * 0.5 }"),
        ("effect f() { input * factor(-3db) }", "effect f() { input * factor(-3dB) }"),
        ("effect f() { input |> highpass(5Hz) }", "effect f() { input |> highpass(10Hz) }"),
    ];
    for (wrong, right) in cases {
        let said = said(wrong);
        let fix = &said[0].fixes[0];
        let (start, end) = (fix.span.start as usize, fix.span.end as usize);
        let mended = format!("{}{}{}", &wrong[..start], fix.replacement, &wrong[end..]);
        assert_eq!(mended, right);
        assert!(crate::resolver::said(right).is_empty(), "{right}");
    }
}

#[test]
fn a_deep_tower_of_functions_is_refused_not_run() {
    let mut text = String::from("fn f0(x) { x * 2 }\n");
    for i in 1..30 {
        text.push_str(&format!("fn f{i}(x) {{ f{0}(x) + f{0}(x) }}\n", i - 1));
    }
    text.push_str("effect f() { f29(input) }");
    let said = said(&text);
    let codes: Vec<&str> = said.iter().map(|d| d.code.as_str()).collect();
    assert_eq!(codes, ["E0627"]);
}

#[test]
fn the_longest_expressions_are_typed() {
    let sum = format!("input{}", " - input".repeat(500));
    let nested = (0..20).fold(sum.clone(), |inner, _| format!("({inner}) - ({sum})"));
    assert!(said(&format!("effect f() {{ {nested} }}")).is_empty());
    let deep = format!("{}input{}", "(1 - ".repeat(240), ")".repeat(240));
    assert!(said(&format!("effect f() {{ {deep} }}")).is_empty());
}

#[test]
fn a_line_of_levels_may_feed_itself() {
    let text = "effect f() {
        state gains = line(1s)
        gains.write(max(gains.read(5ms) - 1dB, to_db(loudest(input))))
        input * factor(-gains.read(0ms))
    }";
    assert!(said(text).is_empty());
}

#[test]
fn a_musical_time_moves_with_the_tempo() {
    let said = said(
        "effect g(const time: Time) { state t = line(time); t.write(input); t.read(time) }
        effect f() { input |> g(2beats) }",
    );
    assert_eq!(said[0].code, "E0408");
}
