//! The trees that come out: as written, numbered, named.

use crate::resolver::typed;
use mixdown_analysis::body::{Block, Expr, ExprKind, Stmt};
use mixdown_analysis::types::Type;

/// A tree in brackets.
fn show(e: &Expr) -> String {
    let list = |items: &[Expr]| items.iter().map(show).collect::<Vec<_>>().join(" ");
    match &e.kind {
        ExprKind::Number(x) => format!("{x}"),
        ExprKind::Switch(x) => format!("{x}"),
        ExprKind::Choice(x) => x.clone(),
        ExprKind::Input => "input".into(),
        ExprKind::Param(i) => format!("p{i}"),
        ExprKind::Local(i) => format!("v{i}"),
        ExprKind::LookBack(beats) => format!("(back {beats})"),
        ExprKind::Unary(op, x) => format!("({op:?} {})", show(x)),
        ExprKind::Binary(op, a, b) => format!("({op:?} {} {})", show(a), show(b)),
        ExprKind::Call(f, args) => format!("({f:?} {})", list(args)),
        ExprKind::Effect(call) => {
            let args: Vec<String> = call.args.iter().map(|a| a.as_ref().map_or("_".into(), show)).collect();
            let input = call.input.as_ref().map_or("none".into(), show);
            format!("({} {input}: {})", call.path, args.join(" "))
        }
        ExprKind::Tuple(items) => format!("<{}>", list(items)),
        ExprKind::List(items) => format!("[{}]", list(items)),
        ExprKind::Index(a, i) => format!("{}[{}]", show(a), show(i)),
        ExprKind::Block(block) => show_block(block),
        ExprKind::If(c, a, b) => format!("(if {} {} {})", show(c), show_block(a), show_block(b)),
        other => format!("{other:?}"),
    }
}

fn show_block(block: &Block) -> String {
    let mut parts: Vec<String> = block
        .stmts
        .iter()
        .map(|s| match s {
            Stmt::Let(p, v, _) => format!("let {p:?} {}", show(v)),
            Stmt::State(id, path, v, _) => format!("state v{id} {path} {}", show(v)),
            Stmt::Assign(t, v, _) => format!("{} = {}", show(t), show(v)),
            Stmt::Expr(e) => show(e),
            other => format!("{other:?}"),
        })
        .collect();
    parts.extend(block.value.as_ref().map(|v| show(v)));
    format!("{{{}}}", parts.join("; "))
}

fn value(text: &str) -> String {
    let effect = typed(text, "f");
    effect.body.value.as_ref().map(|v| show(v)).unwrap_or_default()
}

#[test]
fn arithmetic_stays_as_written() {
    assert_eq!(value("effect f() { input * 2 * 3 + (4 + 5) - 1 }"), "(Sub (Add (Mul (Mul input 2) 3) (Add 4 5)) 1)");
    assert_eq!(value("effect f() { 1 + input * 0 }"), "(Add 1 (Mul input 0))");
    assert_eq!(value("effect f(a: Number) { -a * input }"), "(Mul (Neg p0) input)");
}

#[test]
fn numbers_are_canonical() {
    assert_eq!(value("effect f() { input * 30% }"), "(Mul input 0.3)");
    assert_eq!(value("effect f() { input * factor(-6dB) }"), "(Mul input (Factor -6))");
    assert_eq!(value("effect f() { sine(3.2kHz, level: off) }"), "(sine none: 3200 -inf)");
    assert_eq!(value("effect f() { input |> delay(120ms) }"), "(delay input: 0.12 _ _)");
    assert_eq!(value("effect f() { input |> delay(note(1/8), mode: tape) }"), "(delay input: (back 0.5) tape _)");
    assert_eq!(value("effect f() { input |> delay(2bars) }"), "(delay input: (back 8) _ _)");
}

#[test]
fn an_interval_is_a_ratio() {
    assert_eq!(value("effect f(x: Frequency) { sine(x * 12st) }"), "(sine none: (Mul p0 (Exp2 1)) _)");
    assert_eq!(value("effect f(x: Frequency) { sine(1oct * x) }"), "(sine none: (Mul (Exp2 1) p0) _)");
}

#[test]
fn a_level_is_read_as_a_point_and_stays_a_number() {
    let effect = typed("effect f(t: dBFS = -18dB) { input * factor(t - -6dBFS) }", "f");
    let default = effect.params[0].default.as_ref().expect("a default");
    assert_eq!((&default.kind, &default.ty), (&ExprKind::Number(-18.0), &Type::DbFs));
}

#[test]
fn calls_and_states_have_names_of_their_own() {
    let text = "effect f() { input |> highpass(1kHz) |> highpass(2kHz) |> delay(1ms) }";
    assert_eq!(value(text), "(delay (highpass.2 (highpass input: 1000 _ _): 2000 _ _): 0.001 _ _)");
    let text = "fn s(x) { state y = 0; y = x + y; y } effect f() { s(input) + s(1) }";
    assert_eq!(
        value(text),
        "(Add {let Local(0) input; state v1 s/y 0; v1 = (Add v0 v1); v1} \
         {let Local(2) 1; state v3 s.2/y 0; v3 = (Add v2 v3); v3})"
    );
}

#[test]
fn a_function_is_typed_for_each_call() {
    let text = "fn double(x) { x * 2 } effect f() { input * factor(double(3dB)) * double(2) }";
    let effect = typed(text, "f");
    let ExprKind::Binary(_, left, right) = &effect.body.value.as_ref().expect("a value").kind else {
        panic!("a product");
    };
    assert_eq!(right.ty, Type::Number);
    assert_eq!(left.ty, Type::Signal);
}

#[test]
fn tuples_become_frames_where_frames_are_wanted() {
    let effect = typed("effect f() { let (l, r) = input; (r, l) }", "f");
    let value = effect.body.value.as_ref().expect("a value");
    assert_eq!((show(value), &value.ty), ("<v1 v0>".into(), &Type::Signal));
    assert_eq!(
        value_of_pair(),
        "(Frame v2[0] v2[1])",
        "a tuple that has a name is taken apart, so that it is evaluated once"
    );
}

fn value_of_pair() -> String {
    value("effect f() { let (l, r) = input; let pair = (r, l); pair }")
}

#[test]
fn a_state_that_is_given_a_frame_is_a_signal_everywhere() {
    let effect = typed("effect f() { state y = 0; let out = y * 0.5; y = input + out; out }", "f");
    let Stmt::Let(_, out, _) = &effect.body.stmts[1] else { panic!("a let") };
    assert_eq!(out.ty, Type::Signal);
}

#[test]
fn locals_are_numbered_once() {
    let effect = typed("effect f() { let a = input; for i in 1..2 { let b = a * i; state c = 0; c = b * c }; a }", "f");
    assert_eq!(effect.locals, 4);
}

#[test]
fn shadowing_reaches_the_right_thing() {
    let text = "effect f(g: Number = 2) { let y = if g > 1 { let g = 3; g * input } else { g * input }; y }";
    let effect = typed(text, "f");
    let Stmt::Let(_, y, _) = &effect.body.stmts[0] else { panic!("a let") };
    assert_eq!(show(y), "(if (Gt p0 1) {let Local(0) 3; (Mul v0 input)} {(Mul p0 input)})");
}
