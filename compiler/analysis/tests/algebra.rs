//! The algebra of units: every pair of types under every operator, and what each refusal says.

use mixdown_analysis::algebra::{Coercion, How, Place, Word, binary, coerce, unary, unify, word};
use mixdown_analysis::body::{BinaryOp, UnaryOp};
use mixdown_analysis::types::Type;

/// One letter a type, in the order of the tables below.
const LETTERS: &str = "NSLPBUTFIM@bWX";

fn ty(letter: char) -> Option<Type> {
    Some(match letter {
        'N' => Type::Number,
        'S' => Type::Signal,
        'L' => Type::Level,
        'P' => Type::DbFs,
        'B' => Type::DbTp,
        'U' => Type::Lufs,
        'T' => Type::Time,
        'F' => Type::Frequency,
        'I' => Type::Interval,
        'M' => Type::Musical,
        '@' => Type::Position,
        'b' => Type::Tempo,
        'W' => Type::Switch,
        'X' => Type::Text,
        _ => return None,
    })
}

// Row: the left type. Column: the right one. A dot is an error.
const ADD: &str = "
    N S L P B U T F I M @ b W X
N   N S . . . . . . . . . . . .
S   S S . . . . . . . . . . . .
L   . . L P B U . . . . . . . .
P   . . P . . . . . . . . . . .
B   . . B . . . . . . . . . . .
U   . . U . . . . . . . . . . .
T   . . . . . . T . . . @ . . .
F   . . . . . . . F . . . . . .
I   . . . . . . . . I . . . . .
M   . . . . . . . . . M @ . . .
@   . . . . . . @ . . @ . . . .
b   . . . . . . . . . . . . . .
W   . . . . . . . . . . . . . .
X   . . . . . . . . . . . . . .
";

const SUB: &str = "
    N S L P B U T F I M @ b W X
N   N S . . . . . . . . . . . .
S   S S . . . . . . . . . . . .
L   . . L . . . . . . . . . . .
P   . . P L . . . . . . . . . .
B   . . B . L . . . . . . . . .
U   . . U . . L . . . . . . . .
T   . . . . . . T . . . . . . .
F   . . . . . . . F . . . . . .
I   . . . . . . . . I . . . . .
M   . . . . . . . . . M . . . .
@   . . . . . . @ . . @ M . . .
b   . . . . . . . . . . . . . .
W   . . . . . . . . . . . . . .
X   . . . . . . . . . . . . . .
";

const MUL: &str = "
    N S L P B U T F I M @ b W X
N   N S L . . . T F I M . b . .
S   S S . . . . T F I M . b . .
L   L . . . . . . . . . . . . .
P   . . . . . . . . . . . . . .
B   . . . . . . . . . . . . . .
U   . . . . . . . . . . . . . .
T   T T . . . . . N . . . . . .
F   F F . . . . N . F . . . . .
I   I I . . . . . F . . . . . .
M   M M . . . . . . . . . . . .
@   . . . . . . . . . . . . . .
b   b b . . . . . . . . . . . .
W   . . . . . . . . . . . . . .
X   . . . . . . . . . . . . . .
";

const DIV: &str = "
    N S L P B U T F I M @ b W X
N   N S . . . . F T . . . . . .
S   S S . . . . F T . . . . . .
L   L . N . . . . . . . . . . .
P   . . . . . . . . . . . . . .
B   . . . . . . . . . . . . . .
U   . . . . . . . . . . . . . .
T   T T . . . . N . . . . . . .
F   F F . . . . . N . . . . . .
I   I I . . . . . . . . . . . .
M   M M . . . . . . . N . . . .
@   . . . . . . . . . . . . . .
b   b b . . . . . . . . . . . .
W   . . . . . . . . . . . . . .
X   . . . . . . . . . . . . . .
";

const EQ: &str = "
    N S L P B U T F I M @ b W X
N   W W . . . . . . . . . . . .
S   W W . . . . . . . . . . . .
L   . . W . . . . . . . . . . .
P   . . . W . . . . . . . . . .
B   . . . . W . . . . . . . . .
U   . . . . . W . . . . . . . .
T   . . . . . . W . . . . . . .
F   . . . . . . . W . . . . . .
I   . . . . . . . . W . . . . .
M   . . . . . . . . . W . . . .
@   . . . . . . . . . . W . . .
b   . . . . . . . . . . . W . .
W   . . . . . . . . . . . . W .
X   . . . . . . . . . . . . . W
";

fn cells(table: &str) -> Vec<(char, char, char)> {
    let rows = table.lines().map(|l| l.split_whitespace().collect::<Vec<_>>()).filter(|r| r.len() == 15);
    let first = |word: &str| word.chars().next().unwrap_or('.');
    rows.flat_map(|row| {
        let left = first(row[0]);
        LETTERS.chars().zip(row[1..].to_vec()).map(move |(right, cell)| (left, right, first(cell))).collect::<Vec<_>>()
    })
    .collect()
}

fn check(op: BinaryOp, table: &str) {
    let cells = cells(table);
    assert_eq!(cells.len(), 14 * 14, "{op:?}: the table is complete");
    for (l, r, wanted) in cells {
        let (Some(left), Some(right)) = (ty(l), ty(r)) else { panic!("{l}{r}") };
        match (binary(op, &left, &right), ty(wanted)) {
            (Ok(typed), Some(wanted)) => assert_eq!(typed.ty, wanted, "{l} {op:?} {r}"),
            (Err(error), None) => {
                assert!(!error.help.is_empty() && !error.message.ends_with('.'), "{l} {op:?} {r}: {error:?}");
            }
            (found, _) => panic!("{l} {op:?} {r}: wanted {wanted}, found {found:?}"),
        }
    }
}

#[test]
fn sums() {
    check(BinaryOp::Add, ADD);
}

#[test]
fn differences() {
    check(BinaryOp::Sub, SUB);
}

#[test]
fn products() {
    check(BinaryOp::Mul, MUL);
}

#[test]
fn quotients() {
    check(BinaryOp::Div, DIV);
}

#[test]
fn equality() {
    check(BinaryOp::Eq, EQ);
    check(BinaryOp::Ne, EQ);
}

#[test]
fn order() {
    // Switches and texts are equal or not, but none is the smaller one.
    let table: String = EQ.lines().filter(|l| !l.starts_with(['W', 'X'])).fold(String::new(), |t, l| t + l + "\n");
    let none = ". ".repeat(14);
    let table = format!("{table}W {none}\nX {none}\n");
    for op in [BinaryOp::Lt, BinaryOp::Le, BinaryOp::Gt, BinaryOp::Ge] {
        check(op, &table);
    }
}

#[test]
fn logic_joins_switches_only() {
    for op in [BinaryOp::And, BinaryOp::Or] {
        for (l, r) in LETTERS.chars().flat_map(|l| LETTERS.chars().map(move |r| (l, r))) {
            let (Some(left), Some(right)) = (ty(l), ty(r)) else { panic!("{l}{r}") };
            assert_eq!(binary(op, &left, &right).is_ok(), l == 'W' && r == 'W', "{l} {op:?} {r}");
        }
    }
}

#[test]
fn signs() {
    for letter in LETTERS.chars() {
        let Some(x) = ty(letter) else { panic!("{letter}") };
        assert_eq!(unary(UnaryOp::Neg, &x).is_ok(), "NSLTFIM".contains(letter), "-{letter}");
        assert_eq!(unary(UnaryOp::Not, &x).is_ok(), letter == 'W', "not {letter}");
    }
}

#[test]
fn only_intervals_are_not_plain() {
    for op in [BinaryOp::Add, BinaryOp::Sub, BinaryOp::Mul, BinaryOp::Div] {
        for (l, r) in LETTERS.chars().flat_map(|l| LETTERS.chars().map(move |r| (l, r))) {
            let (Some(left), Some(right)) = (ty(l), ty(r)) else { panic!("{l}{r}") };
            let Ok(typed) = binary(op, &left, &right) else { continue };
            let wanted = match (op, l, r) {
                (BinaryOp::Mul, 'F', 'I') => How::Exp2Right,
                (BinaryOp::Mul, 'I', 'F') => How::Exp2Left,
                (BinaryOp::Sub, '@', '@') => How::Span,
                _ => How::Plain,
            };
            assert_eq!(typed.how, wanted, "{l} {op:?} {r}");
        }
    }
}

#[test]
fn refusals_name_both_types_and_a_way() {
    let cases = [
        (BinaryOp::Mul, 'S', 'L', "cannot multiply a signal by a level in `dB`", "x * factor(g)"),
        (BinaryOp::Mul, 'L', 'S', "cannot multiply a level in `dB` by a signal", "x * factor(g)"),
        (BinaryOp::Add, 'P', 'P', "cannot add a point in `dBFS` and a point in `dBFS`", "subtract two points"),
        (BinaryOp::Mul, 'P', 'N', "cannot multiply a point in `dBFS` by a number", "no multiples"),
        (
            BinaryOp::Sub,
            'U',
            'B',
            "cannot subtract a true-peak point in `dBTP` from a loudness in `LUFS`",
            "do not convert",
        ),
        (BinaryOp::Add, 'T', 'M', "cannot add a time and a musical time", "tempo map"),
        (BinaryOp::Add, 'T', 'F', "cannot add a time and a frequency", "a time or a position"),
        (BinaryOp::Add, 'T', 'N', "cannot add a time and a number", "`10ms`"),
        (BinaryOp::Lt, 'L', 'P', "cannot compare a level in `dB` with a point in `dBFS`", "-18dBFS"),
        (BinaryOp::Lt, 'F', 'N', "cannot compare a frequency with a number", "`440Hz`"),
        (BinaryOp::Mul, 'L', 'L', "cannot multiply a level in `dB` by a level in `dB`", "added"),
        (BinaryOp::And, 'N', 'N', "`and` and `or` join switches, and these are a number and a number", "compare"),
    ];
    for (op, l, r, message, help) in cases {
        let (Some(left), Some(right)) = (ty(l), ty(r)) else { panic!("{l}{r}") };
        let error = binary(op, &left, &right).expect_err("refused");
        assert_eq!(error.message, message);
        assert!(error.help.contains(help), "{}: {}", error.message, error.help);
    }
}

#[test]
fn a_fault_is_reported_once() {
    for letter in LETTERS.chars() {
        let Some(x) = ty(letter) else { panic!("{letter}") };
        for op in [BinaryOp::Add, BinaryOp::Mul, BinaryOp::Lt, BinaryOp::And] {
            assert!(binary(op, &x, &Type::Error).is_ok() && binary(op, &Type::Error, &x).is_ok());
        }
    }
}

#[test]
fn choices_compare_with_their_own_kind() {
    let choice = |words: &[&str]| Type::Choice(words.iter().map(|w| w.to_string()).collect());
    assert!(binary(BinaryOp::Eq, &choice(&["a", "b"]), &choice(&["a", "b"])).is_ok());
    assert!(binary(BinaryOp::Eq, &choice(&["a", "b"]), &choice(&["a", "c"])).is_err());
    assert!(binary(BinaryOp::Lt, &choice(&["a", "b"]), &choice(&["a", "b"])).is_err());
}

#[test]
fn coercions() {
    let numbers = Type::Tuple(vec![Type::Number, Type::Number]);
    let three = Type::Tuple(vec![Type::Number; 3]);
    let cases = [
        (Type::Level, Type::DbFs, Some(Coercion::Retag)),
        (Type::DbFs, Type::Level, None),
        (Type::Lufs, Type::DbFs, None),
        (Type::DbTp, Type::DbFs, None),
        (Type::DbFs, Type::DbTp, None),
        (Type::Level, Type::DbTp, None),
        (Type::Level, Type::Lufs, None),
        (Type::Number, Type::Signal, Some(Coercion::Retag)),
        (Type::Signal, Type::Number, Some(Coercion::Retag)),
        (Type::Number, Type::Time, None),
        (Type::Number, Type::Level, None),
        (Type::Strip, Type::Signal, Some(Coercion::Tap)),
        (Type::Bus, Type::Signal, Some(Coercion::Tap)),
        (Type::Bus, Type::Strip, Some(Coercion::Retag)),
        (Type::Strip, Type::Bus, None),
        (Type::Text, Type::Template, Some(Coercion::Retag)),
        (numbers.clone(), Type::Signal, Some(Coercion::Frame)),
        (three, Type::Signal, None),
        (Type::Musical, Type::Time, None),
        (Type::Time, Type::Musical, None),
        (Type::Error, Type::Time, Some(Coercion::Same)),
    ];
    for (from, to, wanted) in cases {
        assert_eq!(coerce(&from, &to, Place::Value), wanted, "{from:?} as {to:?}");
    }
    assert_eq!(coerce(&Type::Musical, &Type::Time, Place::Parameter), Some(Coercion::LookBack));
    assert_eq!(unify(&Type::Number, &Type::Signal), Some(Type::Signal));
    assert_eq!(unify(&numbers, &Type::Signal), Some(Type::Signal));
    assert_eq!(unify(&Type::Level, &Type::DbFs), None);
}

#[test]
fn words_mean_what_is_wanted() {
    let choice = Type::Choice(vec!["peak".into(), "off".into()]);
    assert_eq!(word("on", &Type::Switch), Some(Word::Switch(true)));
    assert_eq!(word("off", &Type::Switch), Some(Word::Switch(false)));
    assert_eq!(word("off", &Type::Level), Some(Word::MinusInfinity));
    assert_eq!(word("off", &choice), Some(Word::Choice("off".into())));
    assert_eq!(word("off", &Type::Time), None);
    assert_eq!(word("rms", &choice), None);
}
