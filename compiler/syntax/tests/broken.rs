//! Broken text: the code, the place, how many, and that the good parts stay.

mod common;

use common::{SONG, list, places};
use mixdown_syntax::tree::*;
use mixdown_syntax::{Diagnostic, FileId, Severity, parse};

/// A text and its diagnostics as `CODE line:column`.
#[track_caller]
fn tells(text: &str, expected: &[&str]) {
    let (_, diagnostics) = parse(FileId(0), text);
    assert_eq!(places(text), expected, "{text}\n{}", list(text, &diagnostics));
}

/// One statement in a strip: code, column in that statement.
#[track_caller]
fn stmt(line: &str, code: &str, column: usize) {
    let text = format!("track t {{\n{line}\nfader -2dB\n}}\ntrack u {{ }}");
    tells(&text, &[&format!("{code} 2:{column}")]);
    let (tree, _) = parse(FileId(0), &text);
    assert_eq!(tree.items.len(), 2, "{line}");
    assert!(strip(&tree, 0).stmts.iter().any(|s| matches!(&s.kind, StmtKind::Setting(Setting::Fader(_)))), "{line}");
}

/// One item.
#[track_caller]
fn item(line: &str, code: &str, column: usize) {
    let text = format!("title \"x\"\n{line}\ntrack u {{ }}");
    tells(&text, &[&format!("{code} 2:{column}")]);
    let (tree, _) = parse(FileId(0), &text);
    let kept = tree.items.iter().filter(|i| matches!(i.kind, ItemKind::Track(_) | ItemKind::Setting(_))).count();
    assert!(kept >= 2, "{line}");
}

/// One statement of code.
#[track_caller]
fn code(line: &str, code: &str, column: usize) {
    tells(&format!("effect e() {{\n{line}\ninput\n}}\ntrack u {{ }}"), &[&format!("{code} 2:{column}")]);
}

fn strip(tree: &File, n: usize) -> &Body {
    match &tree.items[n].kind {
        ItemKind::Track(s) | ItemKind::Bus(s) => &s.body,
        ItemKind::Master(b) => b,
        other => panic!("{other:?}"),
    }
}

fn only(text: &str) -> Diagnostic {
    let (_, mut diagnostics) = parse(FileId(0), text);
    assert_eq!(diagnostics.len(), 1, "{text}\n{}", list(text, &diagnostics));
    diagnostics.remove(0)
}

#[test]
fn slips_in_a_strip() {
    stmt("fader -2 dB", "E0106", 7);
    stmt("gain(-2 dB)", "E0106", 6);
    stmt("compressor(attack: 10 ms, ratio: 3)", "E0106", 20);
    stmt("plate", "E0115", 1);
    stmt("plate { }", "E0115", 1);
    stmt("bypass plate", "E0115", 8);
    stmt("air: vox.lead", "E0115", 6);
    stmt("bell 60Hz, 3dB", "E0115", 1);
    stmt("fader .5dB", "E0110", 7);
    stmt("gain(.5dB)", "E0110", 6);
    stmt("gain(5.)", "E0110", 6);
    stmt("gain(5.dB)", "E0110", 6);
    stmt("compressor(ratio = 4)", "E0112", 18);
    stmt("compressor(threshold: -18dB, ratio = 4)", "E0112", 36);
    stmt("source \"x.wav", "E0107", 8);
    stmt("source \"stems\\x.wav\"", "E0108", 14);
    stmt("source \"{\"", "E0131", 9);
    stmt("pan = L60", "E0114", 5);
    stmt("pan: L60", "E0114", 4);
    stmt("pan(L60)", "E0114", 1);
    stmt("bell(60Hz, +3dB q: 1.1)", "E0116", 17);
    stmt("bell(60Hz, +3dB", "E0117", 5);
    stmt("bell(60Hz, +3dB))", "E0117", 17);
    stmt("bell(60Hz, [1, 2)", "E0117", 12);
    stmt("highpass (90Hz)", "E0124", 9);
    stmt("fadr -2dB", "E0105", 1);
    stmt("mut", "E0105", 1);
    stmt("foo bar", "E0105", 1);
    stmt("tempo 118bpm", "E0120", 1);
    stmt("fader -2dB + * 3", "E0102", 14);
    stmt("fader", "E0102", 6);
    stmt("send", "E0102", 5);
    stmt("trim -3dB", "E0102", 6);
    stmt("oversample { saturate() }", "E0102", 1);
    stmt("gain(3dB) gate", "E0102", 11);
    stmt("gain(3dB),", "E0102", 10);
    stmt("gain(a < b < c)", "E0126", 12);
    stmt("gain(1 .. 2 .. 3)", "E0126", 13);
    stmt("gain(())", "E0125", 6);
    stmt("gain((1,))", "E0125", 6);
    stmt("gain(2(3))", "E0127", 6);
    stmt("gain(−3dB)", "E0123", 6);
    stmt("fader\u{A0}-2dB", "E0123", 6);
    stmt("source \"{a +\nb}\"", "E0107", 8);
    stmt("# loud", "E0123", 1);
    stmt("ride curve [ @1 -> 3dB ]", "E0122", 17);
    stmt("ride curve [ @1 = 3dB ]", "E0122", 17);
    stmt("gain(3dB) /* why */", "E0109", 11);
    stmt("/* one\ntwo */", "E0109", 1);
    stmt("x = 3", "E0113", 3);
    stmt("else { }", "E0102", 1);
    stmt("volume -3dB", "E0105", 1);
    stmt("compressor(ratio: 4:1)", "E0102", 19);
}

#[test]
fn slips_at_file_level() {
    item("trakc a { fader -2dB; pan C }", "E0105", 1);
    item("tmpo 118bpm", "E0105", 1);
    item("tempo = 118bpm", "E0114", 7);
    item("tempo 118 bpm", "E0106", 7);
    item("title “Night”", "E0123", 7);
    item("title 'Night'", "E0123", 7);
    item("track { gain(3dB) }", "E0102", 7);
    item("track 3 { }", "E0102", 7);
    item("track lead-vocal { }", "E0102", 11);
    item("track a like { }", "E0102", 14);
    item("let state = 3", "E0121", 5);
    item("let x 3", "E0102", 7);
    item("let x = ", "E0102", 8);
    item("let x = 7 % 2", "E0111", 11);
    item("let x = 7%2", "E0111", 10);
    item("let x = (a: 1, 2)", "E0125", 9);
    item("let x = @99999999999", "E0128", 10);
    item("let x = 1e999", "E0128", 9);
    item("let x = \"\\u{D800}\"", "E0108", 10);
    item("effect e(a: Level = , b: Level) { input }", "E0102", 21);
    item("effect e { input }", "E0102", 10);
    item("for i [1, 2] { }", "E0102", 7);
    item("for i in [1, 2 { track \"a{i}\" { } }", "E0117", 10);
    item("import \"x{y}.mix\" as v", "E0129", 11);
    item("import", "E0102", 7);
    item("while x { }", "E0121", 1);
    item("gain(3dB)", "E0120", 1);
    item("42", "E0102", 1);
    item("}", "E0104", 1);
}

#[test]
fn slips_in_code() {
    code("lte x = 3", "E0105", 1);
    code("return x", "E0105", 1);
    code("x += 3", "E0122", 3);
    code("x ** 2", "E0122", 3);
    code("a && b", "E0122", 3);
    code("!a", "E0122", 1);
    code("if x = 3 { 1 } else { 2 }", "E0113", 6);
    code("f(x) = 3", "E0113", 6);
    code("let y = f (x)", "E0124", 10);
    code("while x { }", "E0121", 1);
    code("let y = * x", "E0102", 9);
    code("state x", "E0102", 8);
}

#[test]
fn slips_in_sections_and_groups() {
    tells("sections {\nintro\nverse: @9\nchorus @\nouter @1 .. @2\n}", &["E0102 2:6", "E0114 3:6", "E0102 4:9"]);
    tells("sections {\nverse @9 @41\n}", &["E0116 2:10"]);
    tells("group g { gain(3dB) }", &["E0120 1:11"]);
    tells("group g { drums guitars }", &["E0116 1:17"]);
    tells("group { a }", &["E0102 1:7"]);
}

#[test]
fn one_fault_is_one_diagnostic() {
    // A strip closed too early.
    tells("track a {\n  fader -2dB\n  }\n  pan L60\n  gain(3dB)\n}\ntrack b { }", &["E0104 6:1"]);
    // A head that cannot be read and is not closed on its line.
    tells("trakc a {\n  fader -2dB\n  pan C\n", &["E0105 1:1"]);
    // Arguments over several lines that are never closed.
    tells(
        "track a {\n  compressor(\n    threshold: -18dB,\n    ratio: 4\n  fader -2dB\n}\ntrack b { }",
        &["E0117 2:13"],
    );
    // A string that takes the brace with it.
    tells("track a { source \"x.wav }\ntrack b { }", &["E0107 1:18"]);
    // An item in a strip.
    tells("master {\n  track a { }\n}\ntrack b { }", &["E0120 2:3"]);
    // A head without its brace.
    tells("sections\n  intro @1\n  verse @9\n}\ntrack b { }", &["E0102 1:9"]);
    // A brace on a line of its own.
    tells("bus a\n{\n gain(1dB)\n}", &["E0119 2:1"]);
    // Two blocks that the file's end leaves open.
    tells("track a {\n  parallel {\n    dry { }\n", &["E0103 2:12"]);
    // Settings outside every strip.
    tells("fader -2dB\npan L60\ntempo 120bpm", &["E0120 1:1"]);
}

#[test]
fn a_missing_brace_points_at_its_opening() {
    let text = "track a {\n    fader -2dB\n\ntrack b {\n    pan C\n}\n";
    tells(text, &["E0103 1:9"]);
    let (tree, _) = parse(FileId(0), text);
    assert_eq!((tree.items.len(), strip(&tree, 0).stmts.len(), strip(&tree, 1).stmts.len()), (2, 1, 1));
    // The brace further left than its block shows which one was forgotten.
    tells("track a {\n    parallel {\n        dry { }\n}\n\ntrack b { }\n", &["E0103 2:14"]);
    tells("effect e() {\n  if a {\n    b\n}\n", &["E0103 2:8"]);
}

#[test]
fn several_faults_are_told_at_once_and_the_rest_is_kept() {
    let broken = SONG
        .replace("fader -2dB", "fader -2 dB")
        .replace("highpass(90Hz)", "highpass 90Hz")
        .replace("artist \"Vera Sol\"", "artist Vera Sol")
        .replace("mute during outro", "mute durign outro")
        .replace("saturate(drive: 2dB)", "saturate(drive = 2dB)");
    let (tree, diagnostics) = parse(FileId(0), &broken);
    let codes: Vec<_> = diagnostics.iter().map(|d| d.code.as_str()).collect();
    assert_eq!(codes, ["E0102", "E0106", "E0115", "E0102", "E0112"], "{}", list(&broken, &diagnostics));
    let (whole, _) = parse(FileId(0), SONG);
    assert_eq!(tree.items.len(), whole.items.len());
}

#[test]
fn names_of_broken_items_count_as_declared() {
    let text = "trakc kick { }\nbus \"drum bus\" lik x { }\neffect foo(a: ) { input }\nlet x = (\nsections { verse\n}\ntrack a { let y = ; body: bell(60Hz +) }";
    let (tree, _) = parse(FileId(0), text);
    assert_eq!(tree.broken_names, ["kick", "drum bus", "foo", "x", "verse", "y", "body"]);
}

#[test]
fn columns_count_characters() {
    tells("track é { gain(3 dB) }", &["E0106 1:16"]);
    tells("// ü ギター 🎸\r\ntrack ギター { pan = L60 }\r\n", &["E0114 2:17"]);
    tells("\u{FEFF}tempo = 3bpm", &["E0114 1:8"]);
}

#[test]
fn messages_use_the_words_of_a_mix() {
    assert_eq!(only("track a { fader }").message, "expected a value, found `}`");
    assert_eq!(only("let x = 3 +\ntrack a { }").message, "expected a value, found the end of the line");
    assert_eq!(only("track {}").message, "expected a name, found `{`");
    assert_eq!(only("track a { send 3 }").message, "expected the name of a strip, found `3`");
    assert_eq!(only("let x = 3 4").message, "expected the end of the line, found `4`");
    assert_eq!(only("let x = [1, +]").message, "expected a value, found `+`");
    for text in ["track a { fader -2 dB }", "trakc a { }", "track a { plate }", "track a { f(x = 1) }", "title \"x"] {
        assert!(only(text).help.is_some(), "{text}");
    }
}

#[test]
fn no_message_shows_a_rule_of_the_grammar() {
    let rules = ["_", "stmt", "expr", "ident", "EOI", "k_", "atom", "unread"];
    for text in all_broken() {
        for d in parse(FileId(0), &text).1 {
            let spoken: String = d.message.split('`').step_by(2).collect();
            assert!(!rules.iter().any(|r| spoken.contains(r)), "{}: {}", text, d.message);
            assert!(!d.message.ends_with('.'), "{}", d.message);
        }
    }
}

/// Lines of this file's own tests, as a crowd of broken texts.
fn all_broken() -> Vec<String> {
    let own = include_str!("broken.rs");
    let lines = own.lines().filter_map(|l| l.trim().strip_prefix("stmt(\"").or(l.trim().strip_prefix("item(\"")));
    lines.filter_map(|l| l.split("\", \"E").next()).map(|l| l.replace("\\\"", "\"")).collect()
}

#[test]
fn fixes_mend_what_they_say() {
    for (text, right) in [
        ("track a { fader -2 dB }", "track a { fader -2dB }"),
        ("trakc a { }", "track a { }"),
        ("track a { plate }", "track a { plate() }"),
        ("track a { plate { } }", "track a { plate() { } }"),
        ("track a { f(x = 1) }", "track a { f(x: 1) }"),
        ("track a { pan = L60 }", "track a { pan L60 }"),
        ("track a { pan(L60) }", "track a { pan L60 }"),
        ("title \"x", "title \"x\""),
        ("let a = .5", "let a = 0.5"),
        ("let a = 5.", "let a = 5.0"),
        ("let a = [1 2]", "let a = [1, 2]"),
        ("let a = f (x)", "let a = f(x)"),
        ("let a = b && c", "let a = b and c"),
        ("track a\n{ }", "track a { }"),
        ("track a { source \"b\\c\" }", "track a { source \"b/c\" }"),
        ("/* words */\nlet a = 1", "// words\nlet a = 1"),
        ("x = 3", "let x = 3"),
    ] {
        let diagnostic = only(text);
        let mut mended = text.to_string();
        let mut fixes = diagnostic.fixes.clone();
        assert!(!fixes.is_empty(), "{text}");
        fixes.sort_by_key(|f| std::cmp::Reverse(f.span.start));
        for fix in &fixes {
            mended.replace_range(fix.span.start as usize..fix.span.end as usize, &fix.replacement);
        }
        assert_eq!(mended, right);
        assert!(places(&mended).is_empty(), "{mended}");
    }
}

#[test]
fn a_loose_doc_comment_is_a_warning() {
    let diagnostic = only("track a {\n  fader -2dB\n  /// why\n}");
    assert_eq!((diagnostic.code.as_str(), diagnostic.severity), ("E0118", Severity::Warning));
    tells("track a { gain(3dB) /// loud\n}", &["E0102 1:21"]);
}

#[test]
fn nesting_is_refused_before_it_hurts() {
    let deep = |n: usize| format!("let a = {}1{}\nlet b = 2", "(".repeat(n), ")".repeat(n));
    assert!(places(&deep(200)).is_empty());
    assert_eq!(places(&deep(300)), ["E0101 1:265"]);
    assert_eq!(places(&deep(100_000)), ["E0101 1:265"]);
    assert_eq!(places(&"{".repeat(100_000)), ["E0101 1:257"]);
    assert_eq!(places(&format!("let a = 1{}", " + 1".repeat(5_000))).len(), 1);
    assert_eq!(places(&format!("let a = x{}", ".y".repeat(5_000))).len(), 1);
    assert_eq!(places(&format!("let a = {}x", "- ".repeat(5_000))).len(), 1);
    let ifs = format!("if a {{ }}{}", " else if b { }".repeat(5_000));
    assert_eq!(places(&ifs).len(), 1);
}

#[test]
fn statements_on_one_line_are_parted() {
    stmt("highpass(90Hz) bell(200Hz, 2dB)", "E0132", 16);
    stmt("bell(200Hz, 2dB) mute", "E0132", 18);
    stmt("send hall -6dB pan R30", "E0132", 16);
    stmt("send hall -6dB    pan R30", "E0132", 19);
    stmt("highpass(90Hz)bell(200Hz, 2dB)", "E0132", 15);
    tells("group g { kick, snare; fader -1dB mute }", &["E0132 1:35"]);
    let fault = only("track t {\nsend hall -6dB during chorus pan R30\n}");
    assert_eq!(
        fault.help.as_deref(),
        Some("write `send hall -6dB during chorus, pan: R30` for the send alone; a statement ends with its line or `;`")
    );
    assert_eq!(fault.fixes[0].replacement, ", pan: R30");
    // What is parted is two statements, and so is what stands two blanks apart.
    for good in ["highpass(90Hz); bell(200Hz, 2dB)", "highpass(90Hz)  bell(200Hz, 2dB)", "mid_side { side { gain(1dB) } } pan L20", "pan L20;mute", "send hall -6dB; pan R30"] {
        tells(&format!("track t {{ {good} }}"), &[]);
    }
}
