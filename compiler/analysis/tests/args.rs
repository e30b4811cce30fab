//! Arguments and parameters: each fault with its code, place and help.

#![allow(clippy::result_large_err)]

use mixdown_analysis::algebra::Coercion;
use mixdown_analysis::args::{Argument, Callee, ParamSpec, Signature, accept, place};
use mixdown_analysis::types::Type;
use mixdown_analysis::units::{SongUnits, quantity};
use mixdown_syntax::tree::{Arg, CodeKind, DeclBody, Expr, ExprKind, ItemKind};
use mixdown_syntax::{Diagnostic, FileId, Span, parse};

struct Value {
    ty: Type,
    number: Option<f64>,
    constant: bool,
}

impl Argument for Value {
    fn ty(&self) -> Type {
        self.ty.clone()
    }
    fn number(&self) -> Option<f64> {
        self.number
    }
    fn is_constant(&self) -> bool {
        self.constant
    }
    fn elements(&self) -> Option<usize> {
        None
    }
}

fn param(name: &str, ty: Type, default: Option<&str>, range: Option<(f64, f64)>) -> ParamSpec {
    let default = default.map(str::to_string);
    ParamSpec { name: name.into(), ty: Some(ty), constant: false, optional: default.is_some(), default, range, values: Vec::new(), count: None, doc: String::new() }
}

fn bell(callee: Callee) -> Signature {
    Signature {
        name: "bell".into(),
        callee,
        params: vec![
            param("freq", Type::Frequency, None, Some((10.0, 22000.0))),
            param("gain", Type::Level, None, Some((-24.0, 24.0))),
            param("q", Type::Number, Some("0.7071"), Some((0.1, 100.0))),
        ],
    }
}

/// The arguments of the call in `effect f() { bell(…) }`.
fn call(text: &str) -> (Vec<Arg>, Span, String) {
    let text = format!("effect f() {{ {text} }}");
    let (file, faults) = parse(FileId(0), &text);
    assert!(faults.is_empty(), "{faults:?}");
    let ItemKind::Effect(decl) = &file.items[0].kind else { panic!("an effect") };
    let DeclBody::Code(code) = &decl.body else { panic!("code") };
    let CodeKind::Expr(Expr { kind: ExprKind::Call(callee, args), .. }) = &code.stmts[0].kind else { panic!("a call") };
    (args.clone(), callee.span, text)
}

fn faults(text: &str, callee: Callee) -> Vec<(String, String, Diagnostic)> {
    let (args, at, text) = call(text);
    let placed = place(&bell(callee), &args, at);
    let place_of = |d: &Diagnostic| text[d.span().start as usize..d.span().end as usize].to_string();
    placed.faults.into_iter().map(|d| (d.code.clone(), place_of(&d), d)).collect()
}

#[test]
fn placed_by_position_and_name() {
    for text in ["bell(60Hz, 3dB)", "bell(60Hz, gain: 3dB)", "bell(gain: 3dB, freq: 60Hz)", "bell(60Hz, 3dB, q: 1)"] {
        assert!(faults(text, Callee::Effect).is_empty(), "{text}");
    }
    assert!(faults("bell(60Hz, 3dB, 1)", Callee::Function).is_empty());
    let (args, at, _) = call("bell(gain: 3dB, freq: 60Hz)");
    let placed = place(&bell(Callee::Chain), &args, at);
    let names: Vec<_> = placed.slots.iter().map(|s| s.and_then(|a| a.name.clone()).map(|n| n.name)).collect();
    assert_eq!(names, [Some("freq".into()), Some("gain".into()), None]);
}

#[test]
fn each_misplaced_argument_is_one_fault() {
    let cases = [
        ("bell(60Hz, 3dB, qq: 1)", "E0401", "qq", "q: Number = 0.7071 in 0.1 .. 100"),
        ("bell(60Hz, gian: 3dB)", "E0401", "gian", "gain: Level in -24dB .. 24dB"),
        ("bell(60Hz, 3dB, freq: 80Hz)", "E0402", "freq: 80Hz", "keep one"),
        ("bell(60Hz)", "E0403", "bell", "bell(440Hz, -6dB)"),
        ("bell()", "E0403", "bell", "freq: Frequency in 10Hz .. 22kHz"),
        ("bell(60Hz, 3dB, 1.1)", "E0404", "1.1", "q: …"),
        ("bell(60Hz, q: 1.1, 3dB)", "E0405", "3dB", "gain: …"),
    ];
    for (text, code, at, help) in cases {
        let said = faults(text, Callee::Effect);
        assert_eq!(said.len(), 1, "{text}: {said:#?}");
        assert_eq!((said[0].0.as_str(), said[0].1.as_str()), (code, at), "{text}");
        assert!(said[0].2.help.as_deref().is_some_and(|h| h.contains(help)), "{text}: {:?}", said[0].2.help);
    }
    let said = faults("bell(60Hz, 3dB, 1.1, q: 2)", Callee::Function);
    assert_eq!(said.len(), 1);
    assert_eq!(said[0].0, "E0402");
    assert_eq!(faults("bell(60Hz, gian: 3dB)", Callee::Effect)[0].2.fixes[0].replacement, "gain");
    assert_eq!(faults("bell(60Hz, 3dB, 1.1)", Callee::Effect)[0].2.fixes[0].replacement, "q: ");
}

fn given(text: &str, param: &ParamSpec) -> Result<Coercion, Diagnostic> {
    let (args, ..) = call(&format!("bell({text})"));
    let written = &args[0].value;
    let song = SongUnits { sample_rate: Some(48000.0), ..SongUnits::default() };
    let value = match &written.kind {
        ExprKind::Quantity(q) => quantity(q, written.span, &song).map(|(n, ty)| (Some(n), ty)),
        ExprKind::Binary(..) => Ok((Some(0.125), Type::Number)),
        ExprKind::Name(_) => Ok((None, Type::Signal)),
        other => panic!("{other:?}"),
    };
    let (number, ty) = value.expect("a quantity");
    accept("f", param, &Value { ty, number, constant: number.is_some() }, written)
}

#[test]
fn accepted() {
    let threshold = param("threshold", Type::DbFs, Some("-18dBFS"), Some((-60.0, 0.0)));
    let time = param("time", Type::Time, None, Some((0.001, 2.0)));
    let ratio = param("ratio", Type::Number, None, Some((1.0, 40.0)));
    let gain = param("gain", Type::Level, None, None);
    assert_eq!(given("-18dB", &threshold), Ok(Coercion::Retag));
    assert_eq!(given("-18dBFS", &threshold), Ok(Coercion::Same));
    assert_eq!(given("500ms", &time), Ok(Coercion::Same));
    assert_eq!(given("400beats", &time), Ok(Coercion::LookBack));
    assert_eq!(given("key", &ratio), Ok(Coercion::Retag));
    assert_eq!(given("40", &ratio), Ok(Coercion::Same));
    assert_eq!(given("-inf dB", &gain), Ok(Coercion::Same));
    let any = ParamSpec { ty: None, ..ratio };
    assert_eq!(given("3dB", &any), Ok(Coercion::Same));
}

#[test]
fn refused() {
    let attack = param("attack", Type::Time, Some("10ms"), Some((0.00005, 0.5)));
    let decay = param("decay", Type::Time, Some("2.4s"), Some((0.1, 20.0)));
    let threshold = param("threshold", Type::DbFs, Some("-18dBFS"), Some((-60.0, 0.0)));
    let freq = param("freq", Type::Frequency, None, Some((10.0, 22000.0)));
    let gain = param("gain", Type::Level, None, Some((-24.0, 24.0)));
    let ceiling = param("ceiling", Type::DbTp, None, None);
    let slope = ParamSpec { constant: true, ..param("slope", Type::Number, Some("12"), Some((6.0, 96.0))) };
    let plain = param("time", Type::Time, None, None);
    let cases = [
        (&attack, "120", "E0406", "`120ms`"),
        (&attack, "0.12", "E0406", "`0.12s`"),
        (&decay, "3", "E0406", "`3s`"),
        (&plain, "1/8", "E0406", "`note(1/8)`"),
        (&attack, "90Hz", "E0406", "such as `10ms`, in 0.05ms .. 500ms"),
        (&freq, "1000", "E0406", "`1000Hz`"),
        (&freq, "3.2", "E0406", "`3.2kHz`"),
        (&freq, "10ms", "E0406", "1 / t"),
        (&gain, "3", "E0406", "`3dB`"),
        (&gain, "-18dBFS", "E0406", "`-18dB`"),
        (&threshold, "-14LUFS", "E0406", "`-14dBFS`"),
        (&threshold, "-18", "E0406", "`-18dBFS`"),
        (&ceiling, "-1dB", "E0406", "`-1dBTP`"),
        (&slope, "key", "E0408", "number"),
        (&attack, "700ms", "E0407", "`500ms`"),
        (&gain, "-inf dB", "E0407", "`-24dB`"),
        (&threshold, "3dB", "E0407", "`0dBFS`"),
    ];
    for (param, text, code, help) in cases {
        let fault = given(text, param).expect_err(text);
        assert_eq!(fault.code, code, "{text}");
        assert!(fault.help.as_deref().is_some_and(|h| h.contains(help)), "{text}: {:?}", fault.help);
        assert!(fault.message.contains(&format!("`{}`", param.name)), "{}", fault.message);
    }
    let fault = given("700ms", &attack).expect_err("too long");
    assert_eq!(fault.fixes[0].replacement, "500ms");
    assert_eq!(fault.message, "`attack` of `f` is 700ms, outside 0.05ms .. 500ms");
}
