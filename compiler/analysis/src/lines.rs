//! Blocks that hold lines of one kind, `deliver` and `check`: `let`, `for` and `if` around them are scripts as anywhere.

use crate::eval::Cond;
use crate::eval::env::Env;
use crate::session::Session;
use mixdown_syntax::Span;
use mixdown_syntax::tree::{self, CodeKind, ExprKind};

/// Takes a line, an expression, with the names it sees; `Err` is the place of something else.
pub(crate) type EachLine<'f, 'w> = dyn FnMut(&mut Session<'w>, Result<&tree::Expr, Span>, &Env) + 'f;

impl<'w> Session<'w> {
    /// Calls `f` with every line that the scripts of a block come by.
    pub(crate) fn each_line(&mut self, block: &tree::Block, env: &Env, f: &mut EachLine<'_, 'w>) {
        let mut env = env.inner();
        for stmt in &block.stmts {
            match &stmt.kind {
                CodeKind::Let(it) => env = self.let_statement(it, &env),
                CodeKind::For(it) => {
                    for item in self.items(&it.iter, &env) {
                        let inner = self.bind(&it.pattern, item, env.inner(), it.iter.span);
                        self.each_line(&it.body, &inner, f);
                    }
                }
                CodeKind::Expr(tree::Expr { kind: ExprKind::If(cond, then, otherwise), .. }) => {
                    match (self.fixed_condition(cond, &env), otherwise) {
                        (Cond::Known(true), _) => self.each_line(then, &env, f),
                        (Cond::Known(false), Some(otherwise)) => self.each_line(otherwise, &env, f),
                        _ => {}
                    }
                }
                CodeKind::Expr(line) => f(self, Ok(line), &env),
                _ => f(self, Err(stmt.span), &env),
            }
        }
    }
}
