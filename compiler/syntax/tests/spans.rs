//! Spans: every node's place is exactly its text, whatever stands around it.

mod common;

use common::{SONG, good};
use mixdown_syntax::tree::*;
use mixdown_syntax::{FileId, Span, parse};

fn cut(text: &str, span: Span) -> &str {
    &text[span.start as usize..span.end as usize]
}

fn value(tree: &File) -> &Expr {
    match &tree.items[0].kind {
        ItemKind::Let(l) => &l.value,
        other => panic!("{other:?}"),
    }
}

#[test]
fn expressions_end_where_their_text_does() {
    for expr in [
        "a + b * c",
        "(a + b) * c",
        "f(1, x: 2).y[3]",
        "-x",
        "not a",
        "curve [ 1, @2 => 3 over 4 exp ]",
        "|x| x + 1",
        "if a { b } else { c }",
        "a during b over c else d",
        "x within a of b",
        "[a for b in c]",
        "(a: 1)",
        "@40.3",
        "\"x{y}\"",
        "-inf dB",
        "oversample 4x { a }",
        "a during b",
        "ü + ギター",
    ] {
        for tail in ["", "  ", " // words", "\t// words\n// more\n", "\n\n", "\r\n", " ; "] {
            let text = format!("let v = {expr}{tail}");
            let tree = good(&text);
            assert_eq!(cut(&text, value(&tree).span), expr, "{text:?}");
            assert_eq!(cut(&text, tree.items[0].span), format!("let v = {expr}"), "{text:?}");
        }
    }
}

#[test]
fn parts_of_expressions_have_their_places() {
    let text = "let v = (a + b) * f(x: -3dB)";
    let tree = good(text);
    let ExprKind::Binary(BinaryOp::Mul, op, left, right) = &value(&tree).kind else { panic!() };
    assert_eq!((cut(text, *op), cut(text, left.span), cut(text, right.span)), ("*", "(a + b)", "f(x: -3dB)"));
    let ExprKind::Call(callee, args) = &right.kind else { panic!() };
    assert_eq!(
        (cut(text, callee.span), cut(text, args[0].span), cut(text, args[0].value.span)),
        ("f", "x: -3dB", "-3dB")
    );
    let ExprKind::Quantity(q) = &args[0].value.kind else { panic!() };
    assert_eq!(q.unit.as_ref().map(|u| cut(text, u.span)), Some("dB"));
}

#[test]
fn statements_and_bodies_have_their_places() {
    let text = "track kick { // the kick\n  mute // for now\n  bypass body: bell(1kHz)   \n  send hall -3dB , pan: C // x\n}  // end";
    let tree = good(text);
    assert_eq!(cut(text, tree.items[0].span), text.trim_end_matches("  // end"));
    let ItemKind::Track(track) = &tree.items[0].kind else { panic!() };
    assert_eq!(cut(text, track.name.span), "kick");
    assert!(cut(text, track.body.span).starts_with('{') && cut(text, track.body.span).ends_with('}'));
    let stmts: Vec<_> = track.body.stmts.iter().map(|s| cut(text, s.span)).collect();
    assert_eq!(stmts, ["mute", "bypass body: bell(1kHz)", "send hall -3dB , pan: C"]);
    let StmtKind::Processor(p) = &track.body.stmts[1].kind else { panic!() };
    assert_eq!(
        (p.bypass.map(|s| cut(text, s)), p.label.as_ref().map(|l| cut(text, l.span))),
        (Some("bypass"), Some("body"))
    );
    let comments: Vec<_> = tree.comments.iter().map(|s| cut(text, *s)).collect();
    assert_eq!(comments, ["// the kick", "// for now", "// x", "// end"]);
}

#[test]
fn parameters_and_docs_have_their_places() {
    let text = "/// Above.\neffect e(\n  /// How.\n  const a: Level = 0dB in -3dB .. 3dB , // x\n) { input }";
    let tree = good(text);
    assert_eq!(tree.items[0].doc.as_ref().map(|d| cut(text, d.span)), Some("/// Above."));
    let ItemKind::Effect(e) = &tree.items[0].kind else { panic!() };
    let p = &e.params[0];
    assert_eq!(cut(text, p.span), "const a: Level = 0dB in -3dB .. 3dB");
    assert_eq!(p.range.as_ref().map(|r| cut(text, r.span)), Some("-3dB .. 3dB"));
    assert_eq!(p.doc.as_ref().map(|d| cut(text, d.span)), Some("/// How."));
}

#[test]
fn every_item_of_the_song_is_itself_when_cut_out() {
    let whole = good(SONG);
    for item in &whole.items {
        let text = cut(SONG, item.span);
        let alone = good(text);
        assert_eq!(alone.items.len(), 1, "{text}");
        assert_eq!(std::mem::discriminant(&alone.items[0].kind), std::mem::discriminant(&item.kind), "{text}");
        assert_eq!(alone.items[0].span, Span::new(FileId(0), 0, text.len()), "{text}");
    }
}

#[test]
fn every_statement_of_the_song_is_itself_when_cut_out() {
    let whole = good(SONG);
    let mut seen = 0;
    for item in &whole.items {
        let body = match &item.kind {
            ItemKind::Track(strip) | ItemKind::Bus(strip) => &strip.body,
            ItemKind::Master(body) => body,
            _ => continue,
        };
        for stmt in &body.stmts {
            let text = format!("master {{ {} }}", cut(SONG, stmt.span));
            let ItemKind::Master(alone) = &good(&text).items[0].kind else { panic!("{text}") };
            assert_eq!(alone.stmts.len(), 1, "{text}");
            assert_eq!(std::mem::discriminant(&alone.stmts[0].kind), std::mem::discriminant(&stmt.kind), "{text}");
            seen += 1;
        }
    }
    assert!(seen > 30, "{seen}");
}

#[test]
fn spans_carry_their_file() {
    let (tree, diagnostics) = parse(FileId(7), "let a = 1\nlet b = ");
    assert_eq!(tree.items[0].span.file, FileId(7));
    assert_eq!(diagnostics[0].span().file, FileId(7));
}
