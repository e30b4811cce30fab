//! Words for what belongs to the mix and stands in an effect.

use crate::effect_codes::E0615;
use mixdown_syntax::tree::ExprKind;
use mixdown_syntax::{Diagnostic, Span};

/// The fault of an expression that effect code does not have.
pub(super) fn of_the_mix(kind: &ExprKind, span: Span) -> Diagnostic {
    let (what, help) = match kind {
        ExprKind::Curve(..) => ("a curve", "take a parameter, and hand the curve over where the effect is called"),
        ExprKind::During { .. } => (
            "`during`",
            "take a parameter, and write `during` where the effect is called: `f(amount: 1 during verse else 0)`",
        ),
        ExprKind::Position(_) => ("a position", "an effect does not know the song: take a parameter"),
        ExprKind::Str(_) => ("a text", "an effect works on numbers; a choice is `mode: one of [a, b]`"),
        ExprKind::Record(_) => ("a record", "name the values with `let`, one by one"),
        ExprKind::Lambda(..) => ("a function value", "declare a `fn` in the file and call it"),
        ExprKind::Within(..) => ("`within`", "compare: `abs(a - b) <= c`"),
        _ => ("this", "effects know numbers, signals, lists, tuples and calls"),
    };
    Diagnostic::error(&E0615, span, format!("{what} is not part of effect code")).at("belongs to the mix").help(help)
}
