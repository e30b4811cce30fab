//! Blocks: statements, and the value they end in.
//!
//! Always true here: each block is a scope; a block that is a value ends in an expression.

use super::typer::{Typer, broken};
use crate::algebra::{Coercion, Place, coerce};
use crate::body::{Block, Expr, ExprKind, Stmt};
use crate::effect_codes::{E0601, E0602};
use crate::types::Type;
use crate::units::describe;
use mixdown_syntax::tree::{self, CodeKind, Ident};
use mixdown_syntax::{Diagnostic, Span};

impl Typer<'_> {
    /// The body of an effect: its value is audio.
    pub fn effect_body(&mut self, code: &tree::Block, name: &Ident) -> Block {
        let mut block = self.value_block(code, Some(&Type::Signal), |span| {
            Diagnostic::error(&E0601, name.span, format!("`{}` has no result", name.name))
                .at("gives nothing")
                .label(last_of(code).unwrap_or(span), "the last line says no value")
                .help("end it with what it gives: `input * 0.5`")
        });
        if let Some(value) = block.value.take() {
            block.value = Some(Box::new(self.audio(*value)));
        }
        block
    }

    /// Makes sure that a result is audio.
    fn audio(&mut self, value: Expr) -> Expr {
        if matches!(value.ty, Type::Number | Type::Signal | Type::Error) {
            return value;
        }
        if coerce(&value.ty, &Type::Signal, Place::Value) == Some(Coercion::Frame) {
            return self.convert(value, &Type::Signal, Coercion::Frame);
        }
        let help = match value.ty {
            Type::Level => "a level acts as a factor: `input * factor(level)`",
            Type::Unit => "end the effect with what it gives: `input * 0.5`",
            Type::Line => "read the line: `tail.read(10ms)`",
            Type::Tuple(_) => "a frame has two channels: `(l, r)`",
            _ => "end the effect with a number, a signal or `(l, r)`",
        };
        let message = format!("the result of an effect is a signal, and this is {}", describe(&value.ty));
        let fault = Diagnostic::error(&E0602, value.span, message).at(describe(&value.ty)).help(help);
        self.failed(fault, value.span)
    }

    /// A block that is a value. `missing` makes the fault of one that is none, for the place where it ends.
    pub fn value_block(
        &mut self,
        block: &tree::Block,
        want: Option<&Type>,
        missing: impl FnOnce(Span) -> Diagnostic,
    ) -> Block {
        self.open_scope();
        let mut stmts = Vec::new();
        let value = match block.stmts.split_last() {
            Some((last, before)) => {
                before.iter().for_each(|s| self.statement(s, &mut stmts));
                match &last.kind {
                    CodeKind::Expr(e) => Some(self.expr(e, want)),
                    _ => {
                        self.statement(last, &mut stmts);
                        None
                    }
                }
            }
            None => None,
        };
        let value = match value {
            Some(value) if value.ty == Type::Unit && want.is_some() => Err(value.span),
            Some(value) => Ok(value),
            None => Err(block.span),
        };
        let value = value.unwrap_or_else(|span| {
            let fault = missing(span);
            self.fault(fault);
            broken(span)
        });
        self.close_scope();
        Block { stmts, value: Some(Box::new(value)) }
    }

    /// A block that only acts.
    pub fn action_block(&mut self, block: &tree::Block) -> Block {
        self.open_scope();
        let mut stmts = Vec::new();
        block.stmts.iter().for_each(|s| self.statement(s, &mut stmts));
        self.close_scope();
        Block { stmts, value: None }
    }

    /// A function's body: it may give a value or only act.
    pub fn function_block(&mut self, block: &tree::Block, want: Option<&Type>, stmts: &mut Vec<Stmt>) -> Expr {
        self.open_scope();
        let mut value = None;
        for (i, stmt) in block.stmts.iter().enumerate() {
            match &stmt.kind {
                CodeKind::Expr(e) if i + 1 == block.stmts.len() => value = Some(self.expr(e, want)),
                _ => self.statement(stmt, stmts),
            }
        }
        self.close_scope();
        value.unwrap_or(Expr { kind: ExprKind::Tuple(Vec::new()), ty: Type::Unit, span: block.span })
    }
}

fn last_of(block: &tree::Block) -> Option<Span> {
    block.stmts.last().map(|s| s.span)
}
