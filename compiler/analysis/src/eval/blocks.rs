//! `let`, loops, conditions and blocks of scripts. Always true: names are bound once and never change; a loop over
//! something that nothing is known of runs once.

use super::Wanted;
use super::env::Env;
use super::value::{Signal, Size, Value};
use crate::args;
use crate::body::{Block, Expr, ExprKind};
use crate::codes;
use crate::session::Session;
use crate::types::Type;
use crate::units::describe;
use mixdown_syntax::tree::{self, CodeKind, Pattern};
use mixdown_syntax::{Diagnostic, Span};
use std::rc::Rc;

/// What a condition says.
pub(crate) enum Cond {
    /// Known now.
    Known(bool),
    /// Changes while the mix plays.
    Moving(Rc<Signal>),
    /// Not known in code that nothing calls: both ways are looked at.
    Unknown,
    /// A fault was said.
    Fault,
}

impl Session<'_> {
    /// The value of a `let` with its declared type.
    pub(crate) fn typed_let(&mut self, it: &tree::Let, env: &Env) -> Value {
        let Some(written) = &it.ty else {
            return self.eval(&it.value, env);
        };
        let ty = match args::type_of(written) {
            Ok(ty) => ty,
            Err(fault) => return self.fault(fault),
        };
        let who = match &it.pattern {
            Pattern::Name(name) => name.name.clone(),
            Pattern::Tuple(..) => "let".into(),
        };
        let example = format!("let {who} = {}", crate::algebra::example(&ty));
        self.eval_as(&it.value, env, &Wanted { who: &who, ty: &ty, example: &example })
    }

    /// Adds what a `let` binds.
    pub(crate) fn let_statement(&mut self, it: &tree::Let, env: &Env) -> Env {
        let value = self.typed_let(it, env);
        self.bind(&it.pattern, value, env.clone(), it.value.span)
    }

    /// Binds a pattern.
    pub(crate) fn bind(&mut self, pattern: &Pattern, value: Value, env: Env, span: Span) -> Env {
        match pattern {
            Pattern::Name(name) if name.name == "_" => env,
            Pattern::Name(name) => {
                if self.check_local(name, &env) {
                    env.with(&name.name, value, name.span)
                } else {
                    env
                }
            }
            Pattern::Tuple(patterns, at) => {
                let parts = match &value {
                    Value::Tuple(parts) | Value::List(parts) if parts.len() == patterns.len() => Some(parts.clone()),
                    Value::Error | Value::Unknown(_) => None,
                    other => {
                        let found = match other {
                            Value::Tuple(parts) => format!("a tuple of {}", parts.len()),
                            Value::List(parts) => format!("a list of {}", parts.len()),
                            other => describe(&other.ty()),
                        };
                        self.report(
                            Diagnostic::error(&codes::E0331, *at, format!("{} names for {found}", patterns.len()))
                                .label(span, found.clone())
                                .help("write as many names as there are parts; `_` for one that is not wanted"),
                        );
                        None
                    }
                };
                let mut env = env;
                for (i, pattern) in patterns.iter().enumerate() {
                    let part = match &parts {
                        Some(parts) => parts[i].clone(),
                        None if matches!(value, Value::Unknown(_)) => Value::Unknown(Type::Error),
                        None => Value::Error,
                    };
                    env = self.bind(pattern, part, env, span);
                }
                env
            }
        }
    }

    /// A condition.
    pub(crate) fn condition(&mut self, cond: &tree::Expr, env: &Env) -> Cond {
        let value = self.eval_want(cond, env, Some(&Type::Switch));
        match value {
            Value::Switch(on) => Cond::Known(on),
            Value::Signal(signal) if signal.expr.ty == Type::Switch => Cond::Moving(signal),
            Value::Unknown(Type::Switch | Type::Error) => Cond::Unknown,
            Value::Error => Cond::Fault,
            other => {
                let message = format!("`if` asks for a switch, and this is {}", describe(&other.ty()));
                let help = match &other {
                    Value::Section(_) => {
                        let name = self.sources.text(cond.span);
                        format!(
                            "`if` is asked once, before the song plays; what is so in a section is said of a value: \
                             `ride +3dB during {name}`, `gain(3dB during {name} else 0dB)`, `mix: 100% during {name} else 0%`"
                        )
                    }
                    _ => "compare it: `if air > 0dB { … }`".to_string(),
                };
                self.report(Diagnostic::error(&codes::E0332, cond.span, message).help(help));
                Cond::Fault
            }
        }
    }

    /// A condition that has to be known before the mix plays.
    pub(crate) fn fixed_condition(&mut self, cond: &tree::Expr, env: &Env) -> Cond {
        match self.condition(cond, env) {
            Cond::Moving(_) => {
                self.report(
                    Diagnostic::error(&codes::E0325, cond.span, "`if` around strips and processors needs a constant")
                        .at("changes while the mix plays")
                        .help("automate a parameter instead (`mix: curve [ … ]`), or mute a send `during` a section"),
                );
                Cond::Fault
            }
            known => known,
        }
    }

    pub(super) fn if_value(
        &mut self,
        cond: &tree::Expr,
        then: &tree::Block,
        otherwise: Option<&tree::Block>,
        span: Span,
        env: &Env,
        want: Option<&Type>,
    ) -> Value {
        match self.condition(cond, env) {
            Cond::Known(true) => self.block(then, env, want),
            Cond::Known(false) => match otherwise {
                Some(block) => self.block(block, env, want),
                None => Value::Unit,
            },
            Cond::Fault => Value::Error,
            Cond::Unknown => {
                let value = self.block(then, env, want);
                let other = otherwise.map(|block| self.block(block, env, want));
                match value {
                    Value::Error | Value::Unit => other.unwrap_or(Value::Unit),
                    value => Value::Unknown(value.ty()),
                }
            }
            Cond::Moving(cond) => {
                let Some(otherwise) = otherwise else {
                    return self.fault(
                        Diagnostic::error(&codes::E0333, span, "a condition that moves needs an `else`")
                            .help("say both values: `if x > 0 { a } else { b }`"),
                    );
                };
                let (a, b) = (self.block(then, env, want), self.block(otherwise, env, want));
                self.select(&cond, &a, &b, [then.span, otherwise.span, span])
            }
        }
    }

    fn select(&mut self, cond: &Signal, a: &Value, b: &Value, at: [Span; 3]) -> Value {
        if a.is_error() || b.is_error() {
            return Value::Error;
        }
        let size = Size::over([cond.size, Size::of(a), Size::of(b)]);
        let ty = crate::algebra::unify(&a.ty(), &b.ty());
        match (a.to_expr(at[0]), b.to_expr(at[1]), ty) {
            (Some(x), Some(y), Some(ty)) => {
                let block = |e: Expr| Block { stmts: Vec::new(), value: Some(Box::new(e)) };
                let kind = ExprKind::If(Box::new(cond.expr.clone()), block(x), block(y));
                self.grown(Expr { kind, ty, span: at[2] }, size)
            }
            _ => self.fault(
                Diagnostic::error(&codes::E0333, at[2], "both sides of a condition that moves are numbers of one type")
                    .label(at[0], describe(&a.ty()))
                    .label(at[1], describe(&b.ty()))
                    .help("give both sides the same unit"),
            ),
        }
    }

    /// The value of a block: its last statement, where that is an expression.
    pub(crate) fn block(&mut self, block: &tree::Block, env: &Env, want: Option<&Type>) -> Value {
        let mut env = env.inner();
        let mut result = Value::Unit;
        let last = block.stmts.len().saturating_sub(1);
        for (i, stmt) in block.stmts.iter().enumerate() {
            result = Value::Unit;
            match &stmt.kind {
                CodeKind::Let(it) => env = self.let_statement(it, &env),
                CodeKind::Expr(e) => {
                    result = self.eval_want(e, &env, if i == last { want } else { None });
                }
                CodeKind::For(it) => {
                    for item in self.items(&it.iter, &env) {
                        let inner = self.bind(&it.pattern, item, env.inner(), it.iter.span);
                        self.block(&it.body, &inner, None);
                    }
                }
                CodeKind::State { name, .. } => {
                    self.effects_only(stmt.span, "`state`");
                    env = env.with(&name.name, Value::Error, name.span);
                }
                CodeKind::Assign { .. } if self.dry > 0 => {}
                CodeKind::Assign { .. } => {
                    self.report(
                        Diagnostic::error(
                            &codes::E0326,
                            stmt.span,
                            "a value of a script does not change once it is made",
                        )
                        .help("give the new value a name of its own: `let louder = level + 2dB`"),
                    );
                }
                CodeKind::Latency(_) => self.effects_only(stmt.span, "`latency`"),
            }
            if self.limits.spent {
                return Value::Error;
            }
        }
        result
    }

    fn effects_only(&mut self, span: Span, what: &str) {
        // A function that nothing calls may be meant for effects.
        if self.dry > 0 {
            return;
        }
        self.report(
            Diagnostic::error(&codes::E0326, span, format!("{what} stands in the body of an `effect` only"))
                .help("scripts end before a sample is rendered; write an `effect` for what runs with the audio"),
        );
    }
}
