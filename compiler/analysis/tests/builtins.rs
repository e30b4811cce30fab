//! Functions of the language: the table is whole, types follow it, values at mix time are right.

use mixdown_analysis::body::Builtin;
use mixdown_analysis::builtins::{CallFault, TABLE, entry, evaluate, find, result_type};
use mixdown_analysis::types::Type;

#[test]
fn every_function_has_one_row() {
    for (i, row) in TABLE.iter().enumerate() {
        assert!(TABLE[..i].iter().all(|r| r.name != row.name && r.builtin != row.builtin), "{}", row.name);
        assert_eq!(find(row.name), Some(row.builtin));
        assert_eq!(entry(row.builtin).name, row.name);
        assert!(!row.doc.is_empty());
    }
    // The names in serialised bodies are those of the enum; all but the line functions and `len` agree with the table.
    assert_eq!(TABLE.len(), 50);
}

#[test]
fn pure_functions_have_values() {
    for row in TABLE.iter().filter(|r| r.mix_time && r.builtin != Builtin::Len) {
        let args = vec![0.5; row.params.len()];
        assert!(evaluate(row.builtin, &args).is_some(), "{}", row.name);
    }
    for row in TABLE.iter().filter(|r| !r.mix_time) {
        let args = vec![0.5; row.params.len()];
        assert_eq!(evaluate(row.builtin, &args), None, "{}", row.name);
    }
}

#[test]
fn types_of_calls() {
    use Type::{DbFs, Frequency, Level, Number, Signal, Time};
    let pair = Type::Tuple(vec![Number, Number]);
    let cases = [
        (Builtin::Factor, vec![Level], Some(Number)),
        (Builtin::Factor, vec![Number], None),
        (Builtin::ToDb, vec![Signal], Some(Level)),
        (Builtin::ToDbFs, vec![Number], Some(DbFs)),
        (Builtin::Sin, vec![Signal], Some(Signal)),
        (Builtin::Sin, vec![Number], Some(Number)),
        (Builtin::Sin, vec![Time], None),
        (Builtin::Abs, vec![Time], Some(Time)),
        (Builtin::Abs, vec![DbFs], None),
        (Builtin::Sign, vec![Level], Some(Number)),
        (Builtin::Min, vec![Level, Level], Some(Level)),
        (Builtin::Max, vec![DbFs, Level], Some(DbFs)),
        (Builtin::Max, vec![Level, DbFs], None),
        (Builtin::Max, vec![Number, Signal], Some(Signal)),
        (Builtin::Clamp, vec![Signal, Number, Number], Some(Signal)),
        (Builtin::Clamp, vec![Time, Time, Number], None),
        (Builtin::Loudest, vec![pair.clone()], Some(Number)),
        (Builtin::Loudest, vec![Level], None),
        (Builtin::Frame, vec![Number, Signal], Some(Signal)),
        (Builtin::Follow, vec![Level, Time, Time], Some(Level)),
        (Builtin::Follow, vec![Level, Number, Time], None),
        (Builtin::SoftKnee, vec![Level, Level], Some(Level)),
        (Builtin::SampleRate, vec![], Some(Frequency)),
        (Builtin::SampleRate, vec![Number], None),
        (Builtin::LineRead, vec![Type::Line, Time], Some(Signal)),
        (Builtin::LineWrite, vec![Type::Line, Signal], Some(Type::Unit)),
        (Builtin::Len, vec![Type::List(Box::new(Level))], Some(Number)),
        (Builtin::Control, vec![Frequency], Some(Frequency)),
        (Builtin::Sqrt, vec![Type::Error], Some(Number)),
    ];
    for (builtin, args, wanted) in cases {
        let found = result_type(entry(builtin), &args);
        if let Err(CallFault::Argument { message, help, .. } | CallFault::Count { message, help }) = &found {
            assert!(!message.ends_with('.') && !help.is_empty());
        }
        assert_eq!(found.ok(), wanted, "{builtin:?} {args:?}");
    }
}

#[test]
fn values_at_mix_time() {
    let near = |a: Option<f64>, b: f64| a.is_some_and(|a| (a - b).abs() < 1e-12);
    assert!(near(evaluate(Builtin::Factor, &[20.0]), 10.0));
    assert_eq!(evaluate(Builtin::Factor, &[f64::NEG_INFINITY]), Some(0.0));
    assert_eq!(evaluate(Builtin::Factor, &[0.0]), Some(1.0));
    assert!(near(evaluate(Builtin::ToDb, &[-0.1]), -20.0));
    assert_eq!(evaluate(Builtin::ToDb, &[0.0]), Some(-200.0));
    assert_eq!(evaluate(Builtin::ToDbFs, &[1e-30]), Some(-200.0));
    assert_eq!(evaluate(Builtin::Round, &[-2.5]), Some(-3.0));
    assert!(near(evaluate(Builtin::Fract, &[-0.25]), 0.75));
    assert_eq!(evaluate(Builtin::Sign, &[-0.0]), Some(0.0));
    assert_eq!(evaluate(Builtin::Min, &[2.0, 1.0]), Some(1.0));
    assert_eq!(evaluate(Builtin::Max, &[2.0, 1.0]), Some(2.0));
    assert_eq!(evaluate(Builtin::Clamp, &[7.0, 0.0, 5.0]), Some(5.0));
    assert_eq!(evaluate(Builtin::Clamp, &[-7.0, 0.0, 5.0]), Some(0.0));
    assert!(evaluate(Builtin::Sqrt, &[-1.0]).is_some_and(f64::is_nan));
    // Giannoulis 2012: nothing below the knee, quadratic inside, the whole above.
    for (over, knee, wanted) in [
        (-4.0, 6.0, 0.0),
        (-3.0, 6.0, 0.0),
        (0.0, 6.0, 0.75),
        (3.0, 6.0, 3.0),
        (9.0, 6.0, 9.0),
        (2.0, 0.0, 2.0),
        (0.0, 0.0, 0.0),
    ] {
        assert!(near(evaluate(Builtin::SoftKnee, &[over, knee]), wanted), "{over} {knee}");
    }
}
