//! `lfo(rate, shape:, phase:, low:, high:)`. Always true: its phase counts from the first sample of the song (`@1`
//! where the rate is musical), so it never hangs on where a render starts.

use super::script::Args;
use super::value::{Size, Value};
use crate::body::{BinaryOp, Block, Builtin, Expr, ExprKind};
use crate::codes;
use crate::session::Session;
use crate::types::Type;
use crate::units::describe;
use mixdown_syntax::{Diagnostic, Span};
use std::f64::consts::TAU;

impl Session<'_> {
    pub(super) fn lfo(&mut self, args: &Args) -> Value {
        let span = args.span;
        let Some((rate, at)) = args.named("rate") else { return Value::Error };
        let cycles = match rate.clone() {
            Value::Quantity(hz, Type::Frequency) if hz > 0.0 => {
                let seconds = expr(ExprKind::Seconds, Type::Time, span);
                binary(BinaryOp::Mul, seconds, number(hz, Type::Frequency, span))
            }
            Value::Quantity(beats, Type::Musical) if beats > 0.0 => {
                let now = expr(ExprKind::Beats, Type::Musical, span);
                binary(BinaryOp::Div, now, number(beats, Type::Musical, span))
            }
            Value::Quantity(seconds, Type::Time) if seconds > 0.0 => {
                let now = expr(ExprKind::Seconds, Type::Time, span);
                binary(BinaryOp::Div, now, number(seconds, Type::Time, span))
            }
            Value::Bars(_) => return self.bars_need_place(at),
            Value::Signal(_) => {
                return self.fault(
                    Diagnostic::error(&codes::E0325, at, "the rate of an LFO is a constant")
                        .at("changes while the mix plays")
                        .help("write a fixed rate, such as `0.5Hz` or `1bar`"),
                );
            }
            other => {
                return self.fault(
                    Diagnostic::error(
                        &codes::E0336,
                        at,
                        format!(
                            "the rate of an LFO is a frequency or a length above 0, and this is {}",
                            describe(&other.ty())
                        ),
                    )
                    .help("write `lfo(0.5Hz)`, `lfo(1bar)` or `lfo(note(1/8))`"),
                );
            }
        };
        let phase = args.number("phase").unwrap_or(0.0);
        let phased =
            if phase == 0.0 { cycles } else { binary(BinaryOp::Add, cycles, number(phase, Type::Number, span)) };
        let turn = call(Builtin::Fract, vec![phased]);
        let word = match args.named("shape") {
            Some((Value::Word(word), _)) => word.as_str(),
            _ => "sine",
        };
        let way = Value::signal(shape(word, turn, span), Size { nodes: 16, depth: 8 });
        let low = args.named("low").map_or(Value::number(-1.0), |(v, _)| v.clone());
        let high = args.named("high").map_or(Value::number(1.0), |(v, _)| v.clone());
        let (low_at, high_at) = (args.named("low").map_or(span, |a| a.1), args.named("high").map_or(span, |a| a.1));
        let infinite =
            |v: &Value| matches!(v, Value::Switch(false)) || matches!(v, Value::Quantity(x, _) if x.is_infinite());
        if infinite(&low) || infinite(&high) {
            return self.fault(
                Diagnostic::error(&codes::E0329, span, "an LFO cannot swing to minus infinity")
                    .help("write a finite level, such as `low: -60dB`"),
            );
        }
        let depth = self.combine(BinaryOp::Sub, high, low.clone(), [high_at, low_at, span, span]);
        let swing = self.combine(BinaryOp::Mul, depth, way, [span; 4]);
        self.combine(BinaryOp::Add, low, swing, [low_at, span, span, span])
    }
}

/// A cycle from 0 to 1 as a way between 0 and 1: sine and triangle start in the middle and rise, the saw rises, the
/// square starts high.
fn shape(word: &str, turn: Expr, span: Span) -> Expr {
    let half = || number(0.5, Type::Number, span);
    let one = || number(1.0, Type::Number, span);
    match word {
        "saw" => turn,
        "square" => {
            let cond = Expr { ty: Type::Switch, ..binary(BinaryOp::Lt, turn, half()) };
            let block = |e: Expr| Block { stmts: Vec::new(), value: Some(Box::new(e)) };
            let zero = number(0.0, Type::Number, span);
            expr(ExprKind::If(Box::new(cond), block(one()), block(zero)), Type::Number, span)
        }
        "triangle" => {
            let later = binary(BinaryOp::Add, turn, number(0.25, Type::Number, span));
            let from_peak = binary(BinaryOp::Sub, call(Builtin::Fract, vec![later]), half());
            let distance = call(Builtin::Abs, vec![from_peak]);
            binary(BinaryOp::Sub, one(), binary(BinaryOp::Mul, number(2.0, Type::Number, span), distance))
        }
        _ => {
            let angle = binary(BinaryOp::Mul, number(TAU, Type::Number, span), turn);
            let wave = call(Builtin::Sin, vec![angle]);
            binary(BinaryOp::Add, half(), binary(BinaryOp::Mul, half(), wave))
        }
    }
}

fn expr(kind: ExprKind, ty: Type, span: Span) -> Expr {
    Expr { kind, ty, span }
}

fn number(x: f64, ty: Type, span: Span) -> Expr {
    expr(ExprKind::Number(x), ty, span)
}

fn binary(op: BinaryOp, a: Expr, b: Expr) -> Expr {
    let span = a.span;
    expr(ExprKind::Binary(op, Box::new(a), Box::new(b)), Type::Number, span)
}

fn call(builtin: Builtin, args: Vec<Expr>) -> Expr {
    let span = args.first().map_or(Span::default(), |a| a.span);
    expr(ExprKind::Call(builtin, args), Type::Number, span)
}
