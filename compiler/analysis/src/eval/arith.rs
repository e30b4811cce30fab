//! Operators of scripts. Always true: types follow the unit algebra; two constants give a constant, anything that
//! moves gives typed code with the tree as written (semantics, rule 2).

use super::env::Env;
use super::value::{Pos, Signal, Size, Value};
use crate::algebra::{self, How};
use crate::body::{self, Block, Builtin, Expr, ExprKind};
use crate::codes;
use crate::limits;
use crate::session::Session;
use crate::types::Type;
use crate::units::describe;
use mixdown_syntax::tree::{self, BinaryOp, UnaryOp};
use mixdown_syntax::{Diagnostic, Span};
use std::rc::Rc;

impl Session<'_> {
    pub(super) fn unary(&mut self, op: UnaryOp, x: &tree::Expr, span: Span, env: &Env) -> Value {
        let value = self.eval(x, env);
        let op = match op {
            UnaryOp::Neg => body::UnaryOp::Neg,
            UnaryOp::Not => body::UnaryOp::Not,
        };
        let ty = match algebra::unary(op, &value.ty()) {
            Ok(ty) => ty,
            Err(error) => return self.fault(error.of_unary(span)),
        };
        match (op, value) {
            (body::UnaryOp::Neg, Value::Quantity(x, ty)) => Value::Quantity(-x, ty),
            (body::UnaryOp::Neg, Value::Bars(x)) => Value::Bars(-x),
            (body::UnaryOp::Not, Value::Switch(on)) => Value::Switch(!on),
            (op, Value::Signal(signal)) => {
                let Signal { expr, size } = Rc::unwrap_or_clone(signal);
                let kind = ExprKind::Unary(op, Box::new(expr));
                self.grown(Expr { kind, ty, span }, Size::over([size]))
            }
            (_, Value::Unknown(_)) => Value::Unknown(ty),
            (op, Value::Strip(strip)) => match self.tap(&strip, span) {
                Value::Signal(signal) => {
                    let kind = ExprKind::Unary(op, Box::new(signal.expr.clone()));
                    Value::signal(Expr { kind, ty: Type::Signal, span }, Size::over([Size::LEAF]))
                }
                other => other,
            },
            _ => Value::Error,
        }
    }

    pub(super) fn binary(
        &mut self,
        op: BinaryOp,
        at: Span,
        a: &tree::Expr,
        b: &tree::Expr,
        span: Span,
        env: &Env,
    ) -> Value {
        let op = match op {
            BinaryOp::Pipe => return self.pipe(a, b, span, env),
            BinaryOp::Range => return self.range(a, b, env),
            BinaryOp::And | BinaryOp::Or => return self.logic(op, a, b, span, env),
            BinaryOp::Eq => body::BinaryOp::Eq,
            BinaryOp::Ne => body::BinaryOp::Ne,
            BinaryOp::Lt => body::BinaryOp::Lt,
            BinaryOp::Le => body::BinaryOp::Le,
            BinaryOp::Gt => body::BinaryOp::Gt,
            BinaryOp::Ge => body::BinaryOp::Ge,
            BinaryOp::Add => body::BinaryOp::Add,
            BinaryOp::Sub => body::BinaryOp::Sub,
            BinaryOp::Mul => body::BinaryOp::Mul,
            BinaryOp::Div => body::BinaryOp::Div,
        };
        let left = self.eval(a, env);
        // `mode == peak`: a word is read against what stands on the left.
        let want = left.ty();
        let right = self.eval_want(b, env, matches!(want, Type::Choice(_)).then_some(&want));
        self.combine(op, left, right, [a.span, b.span, span, at])
    }

    /// `left op right`; places: left, right, whole, operator.
    pub(crate) fn combine(&mut self, op: body::BinaryOp, left: Value, right: Value, at: [Span; 4]) -> Value {
        if left.is_error() || right.is_error() {
            return Value::Error;
        }
        let left = self.audible(left, at[0]);
        let right = self.audible(right, at[1]);
        if matches!(left, Value::Bars(_)) || matches!(right, Value::Bars(_)) {
            return self.bars(op, left, right, at);
        }
        let (left, right) = bare_words(left, right);
        let typed = match algebra::binary(op, &left.ty(), &right.ty()) {
            Ok(typed) => typed,
            Err(error) => return self.fault(error.at(at[2], at[0], at[1])),
        };
        if op == body::BinaryOp::Div && matches!(right, Value::Quantity(x, _) if x == 0.0) {
            return self.fault(algebra::division_by_zero(at[1]));
        }
        match (left, right) {
            (Value::Unknown(_), _) | (_, Value::Unknown(_)) => Value::Unknown(typed.ty),
            (Value::Quantity(x, _), Value::Quantity(y, _)) => self.numbers(op, x, y, typed, at[2]),
            (Value::Position(p), right) => self.positions(op, p, right, typed.ty),
            (left, Value::Position(p)) => self.positions(op, p, left, typed.ty),
            (Value::Text(x), Value::Text(y)) => Value::Switch((x == y) == (op == body::BinaryOp::Eq)),
            (Value::Word(x), Value::Word(y)) => Value::Switch((x == y) == (op == body::BinaryOp::Eq)),
            (Value::Switch(x), Value::Switch(y)) => Value::Switch((x == y) == (op == body::BinaryOp::Eq)),
            (left, right) => self.signals(op, left, right, typed, at),
        }
    }

    fn numbers(&mut self, op: body::BinaryOp, x: f64, y: f64, typed: algebra::Typed, span: Span) -> Value {
        use body::BinaryOp::{Add, And, Div, Eq, Ge, Gt, Le, Lt, Mul, Ne, Or, Sub};
        let result = match (op, typed.how) {
            (_, How::Exp2Right) => x * libm::exp2(y),
            (_, How::Exp2Left) => libm::exp2(x) * y,
            (Add, _) => x + y,
            (Sub, _) => x - y,
            (Mul, _) => x * y,
            (Div, _) => x / y,
            (Eq, _) => return Value::Switch(x == y),
            (Ne, _) => return Value::Switch(x != y),
            (Lt, _) => return Value::Switch(x < y),
            (Le, _) => return Value::Switch(x <= y),
            (Gt, _) => return Value::Switch(x > y),
            (Ge, _) => return Value::Switch(x >= y),
            (And | Or, _) => return Value::Error,
        };
        if result.is_nan() && !x.is_nan() && !y.is_nan() {
            return self.fault(
                Diagnostic::error(&codes::E0329, span, "this has no value: minus infinity against minus infinity")
                    .help("`off` is minus infinity in `dB`; test for it before you calculate with it"),
            );
        }
        Value::Quantity(result, typed.ty)
    }

    fn positions(&mut self, op: body::BinaryOp, p: Pos, other: Value, ty: Type) -> Value {
        use body::BinaryOp::{Eq, Ge, Gt, Le, Lt, Ne, Sub};
        let time = &self.song.timeline;
        match other {
            Value::Quantity(beats, Type::Musical) => {
                let at = time.beats(p);
                Value::Position(Pos::Beat(if op == Sub { at - beats } else { at + beats }))
            }
            Value::Quantity(seconds, _) => {
                let at = time.seconds(p);
                Value::Position(Pos::Seconds(if op == Sub { at - seconds } else { at + seconds }))
            }
            Value::Position(q) => {
                let (x, y, musical) = match (p, q) {
                    (Pos::Beat(x), Pos::Beat(y)) => (x, y, true),
                    _ => (time.seconds(p), time.seconds(q), false),
                };
                match op {
                    Sub => Value::Quantity(x - y, if musical { Type::Musical } else { Type::Time }),
                    Eq => Value::Switch(x == y),
                    Ne => Value::Switch(x != y),
                    Lt => Value::Switch(x < y),
                    Le => Value::Switch(x <= y),
                    Gt => Value::Switch(x > y),
                    Ge => Value::Switch(x >= y),
                    _ => Value::Unknown(ty),
                }
            }
            _ => Value::Error,
        }
    }

    /// Bars of a song with several meters: they add up among themselves, and a position makes them beats.
    fn bars(&mut self, op: body::BinaryOp, left: Value, right: Value, at: [Span; 4]) -> Value {
        use body::BinaryOp::{Add, Div, Mul, Sub};
        match (op, left, right) {
            (Add, Value::Bars(x), Value::Bars(y)) => Value::Bars(x + y),
            (Sub, Value::Bars(x), Value::Bars(y)) => Value::Bars(x - y),
            (Div, Value::Bars(x), Value::Bars(y)) if y != 0.0 => Value::number(x / y),
            (Mul, Value::Bars(x), Value::Quantity(y, Type::Number)) => Value::Bars(x * y),
            (Mul, Value::Quantity(x, Type::Number), Value::Bars(y)) => Value::Bars(x * y),
            (Div, Value::Bars(x), Value::Quantity(y, Type::Number)) if y != 0.0 => Value::Bars(x / y),
            (Add, Value::Position(p), Value::Bars(n)) | (Add, Value::Bars(n), Value::Position(p)) => {
                Value::Position(Pos::Beat(self.song.timeline.add_bars(p, n)))
            }
            (Sub, Value::Position(p), Value::Bars(n)) => Value::Position(Pos::Beat(self.song.timeline.add_bars(p, -n))),
            (_, Value::Unknown(_), _) | (_, _, Value::Unknown(_)) => Value::Unknown(Type::Musical),
            (op, left, right) => match algebra::binary(op, &left.ty(), &right.ty()) {
                Err(error) => self.fault(error.at(at[2], at[0], at[1])),
                Ok(_) => self.bars_need_place(at[2]),
            },
        }
    }

    fn signals(
        &mut self,
        op: body::BinaryOp,
        left: Value,
        right: Value,
        typed: algebra::Typed,
        at: [Span; 4],
    ) -> Value {
        let size = Size::over([Size::of(&left), Size::of(&right)]);
        let (Some(mut l), Some(mut r)) = (left.to_expr(at[0]), right.to_expr(at[1])) else {
            return Value::Error;
        };
        match typed.how {
            How::Exp2Right => r = octaves(r),
            How::Exp2Left => l = octaves(l),
            How::Plain | How::Span => {}
        }
        let kind = ExprKind::Binary(op, Box::new(l), Box::new(r));
        self.grown(Expr { kind, ty: typed.ty, span: at[2] }, size)
    }

    fn logic(&mut self, op: BinaryOp, a: &tree::Expr, b: &tree::Expr, span: Span, env: &Env) -> Value {
        let is_and = op == BinaryOp::And;
        let left = self.eval_want(a, env, Some(&Type::Switch));
        if let Value::Switch(on) = left
            && on != is_and
        {
            return Value::Switch(on);
        }
        let right = self.eval_want(b, env, Some(&Type::Switch));
        let op = if is_and { body::BinaryOp::And } else { body::BinaryOp::Or };
        match (left, right) {
            (Value::Error, _) | (_, Value::Error) => Value::Error,
            (Value::Switch(_), Value::Switch(right)) => Value::Switch(right),
            (left, right) => match algebra::binary(op, &left.ty(), &right.ty()) {
                Err(error) => self.fault(error.at(span, a.span, b.span)),
                Ok(typed) if matches!(left, Value::Unknown(_)) || matches!(right, Value::Unknown(_)) => {
                    Value::Unknown(typed.ty)
                }
                Ok(typed) => self.signals(op, left, right, typed, [a.span, b.span, span, span]),
            },
        }
    }

    fn range(&mut self, a: &tree::Expr, b: &tree::Expr, env: &Env) -> Value {
        let (low, high) = (self.eval(a, env), self.eval(b, env));
        match (&low, &high) {
            (Value::Error, _) | (_, Value::Error) => Value::Error,
            (Value::Unknown(_), _) | (_, Value::Unknown(_)) => Value::Unknown(Type::List(Box::new(low.ty()))),
            (Value::Quantity(..), Value::Quantity(..)) | (Value::Position(_), Value::Position(_))
                if low.ty() == high.ty() =>
            {
                Value::Range(Rc::new((low, high)))
            }
            _ => self.fault(
                Diagnostic::error(
                    &codes::E0330,
                    a.span.to(b.span),
                    format!("a range from {} to {}", describe(&low.ty()), describe(&high.ty())),
                )
                .help("both ends are of one type: `1 .. 4`, `@57 .. @65`, `-6dB .. 6dB`"),
            ),
        }
    }

    /// A strip inside arithmetic is its signal.
    fn audible(&mut self, value: Value, span: Span) -> Value {
        match value {
            Value::Strip(strip) => self.tap(&strip, span),
            value => value,
        }
    }

    /// A signal, unless scripts have built it beyond measure.
    pub(crate) fn grown(&mut self, expr: Expr, size: Size) -> Value {
        if size.nodes > limits::SIGNAL || size.depth > limits::SIGNAL_DEPTH {
            return self.fault(
                Diagnostic::error(&codes::E0705, expr.span, "this signal is made of too many operations")
                    .help("the limit is 100,000 operations, 256 of them inside each other; look at the loop that builds it, or write an `effect`"),
            );
        }
        Value::signal(expr, size)
    }

    /// A signal that comes out of a name or a call: its product does not fuse with a sum around it (semantics,
    /// rule 2), so it is kept in a block of its own.
    pub(crate) fn barrier(&mut self, value: Value) -> Value {
        match value {
            Value::Signal(signal) if matches!(signal.expr.kind, ExprKind::Binary(body::BinaryOp::Mul, ..)) => {
                let Signal { expr, size } = Rc::unwrap_or_clone(signal);
                let (ty, span) = (expr.ty.clone(), expr.span);
                let block = Block { stmts: Vec::new(), value: Some(Box::new(expr)) };
                Value::signal(Expr { kind: ExprKind::Block(block), ty, span }, Size::over([size]))
            }
            value => value,
        }
    }
}

/// Words compare as words: `mode == peak` where `mode` is a choice of several.
fn bare_words(left: Value, right: Value) -> (Value, Value) {
    match (left, right) {
        (Value::Word(x), Value::Word(y)) => (Value::text(x), Value::text(y)),
        (Value::Word(x), right @ Value::Text(_)) => (Value::text(x), right),
        (left @ Value::Text(_), Value::Word(y)) => (left, Value::text(y)),
        both => both,
    }
}

fn octaves(x: Expr) -> Expr {
    let span = x.span;
    Expr { kind: ExprKind::Call(Builtin::Exp2, vec![x]), ty: Type::Number, span }
}
