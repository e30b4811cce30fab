//! Code: bodies of effects and functions, `deliver` and `check`, and the expressions that hold such blocks.

use super::{Lower, MAX_LINKS, P};
use crate::codes;
use crate::diagnostic::Diagnostic;
use crate::faults::Place;
use crate::grammar::Rule;
use crate::source::Span;
use crate::tree::*;

impl<'a> Lower<'a> {
    /// `{ … }` of code.
    pub(super) fn block(&mut self, pair: P<'a>) -> Block {
        let span = self.span(&pair);
        let stmts = self.lines(pair, Place::Code, None, |this, kid, doc| {
            let span = this.span(&kid);
            Some(CodeStmt { doc, span, kind: this.code_kind(kid, span)? })
        });
        Block { stmts, span }
    }

    fn code_kind(&mut self, pair: P<'a>, span: Span) -> Option<CodeKind> {
        match pair.as_rule() {
            Rule::let_ => Some(CodeKind::Let(self.let_(pair)?)),
            Rule::state | Rule::line => self.state(pair, span),
            Rule::latency => Some(CodeKind::Latency(self.last_expr(pair, span)?)),
            Rule::for_code => Some(CodeKind::For(self.for_(pair, span, Self::block)?)),
            _ => self.expr_statement(pair),
        }
    }

    fn state(&mut self, pair: P<'a>, span: Span) -> Option<CodeKind> {
        let line = pair.as_rule() == Rule::line;
        let (mut name, mut ty, mut init, mut word) = (None, None, None, span);
        for kid in pair.into_inner() {
            match kid.as_rule() {
                Rule::k_line => word = self.at(span.start as usize, span.start as usize + "line".len()),
                Rule::ident if name.is_none() => name = Some(self.ident(&kid)),
                Rule::ident | Rule::one_of | Rule::list_of => ty = self.type_(kid),
                Rule::expr => init = Some(self.expr(kid)),
                _ => {}
            }
        }
        let (name, init) = (name?, init?);
        if !line {
            return Some(CodeKind::State { name, ty, init });
        }
        // `line tail: 2s` is the old form of `state tail = line(2s)`.
        let callee = Expr { kind: ExprKind::Name(Ident { name: "line".to_string(), span: word }), span: word };
        let arg = Arg { name: None, span: init.span, value: init };
        let init = Expr { kind: ExprKind::Call(Box::new(callee), vec![arg]), span };
        Some(CodeKind::State { name, ty, init })
    }

    fn expr_statement(&mut self, pair: P<'a>) -> Option<CodeKind> {
        let (mut first, mut second, mut sign) = (None, None, None);
        for kid in pair.into_inner() {
            match kid.as_rule() {
                Rule::expr if first.is_none() => first = Some(self.expr(kid)),
                Rule::expr => second = Some(self.expr(kid)),
                _ => sign = Some(self.exact(&kid)),
            }
        }
        let target = first?;
        let (Some(value), Some(sign)) = (second, sign) else { return Some(CodeKind::Expr(target)) };
        if !is_assignable(&target) {
            let message = "this cannot be assigned to";
            let help = "compare with `==`, `<=`, `>=` or `within … of …`; only a name or `xs[i]` takes a new value";
            self.fault(Diagnostic::error(&codes::EQUALS, sign, message).help(help).fix(
                "compare with `==`",
                sign,
                "==",
            ));
        }
        Some(CodeKind::Assign { target, value })
    }

    /// `if … { } else { }` as an expression.
    pub(super) fn if_expr(&mut self, pair: P<'a>) -> Expr {
        let span = self.span(&pair);
        let made = self.if_(pair, span, Self::block, |made, span| {
            let value = Expr { kind: if_kind(made), span };
            Block { stmts: vec![CodeStmt { doc: None, span, kind: CodeKind::Expr(value) }], span }
        });
        let kind = made.map_or(ExprKind::Tuple(Vec::new()), if_kind);
        Expr { kind, span }
    }

    /// `oversample 4x { … }` or `spectral 2048 { … }` as an expression.
    pub(super) fn oversampled(&mut self, pair: P<'a>) -> Expr {
        let span = self.span(&pair);
        let (mut factor, mut block, mut spectral) = (None, Block::default(), false);
        for kid in pair.into_inner() {
            match kid.as_rule() {
                Rule::plain => factor = Some(self.boxed(kid)),
                Rule::code => block = self.block(kid),
                Rule::k_spectral => spectral = true,
                _ => {}
            }
        }
        let kind = match factor.or_else(|| self.unread(span)) {
            Some(size) if spectral => ExprKind::Spectral(size, block),
            Some(factor) => ExprKind::Oversample(factor, block),
            None => ExprKind::Tuple(Vec::new()),
        };
        Expr { kind, span }
    }

    pub(super) fn let_(&mut self, pair: P<'a>) -> Option<Let> {
        let (mut pattern, mut ty, mut value) = (None, None, None);
        for kid in pair.into_inner() {
            match kid.as_rule() {
                Rule::ident | Rule::tuple if pattern.is_none() => pattern = self.pattern(kid),
                Rule::ident | Rule::one_of | Rule::list_of => ty = self.type_(kid),
                Rule::expr => value = Some(self.expr(kid)),
                _ => {}
            }
        }
        Some(Let { pattern: pattern?, ty, value: value? })
    }

    pub(super) fn type_(&mut self, pair: P<'a>) -> Option<TypeExpr> {
        let span = self.span(&pair);
        match pair.as_rule() {
            Rule::ident => Some(TypeExpr::Name(self.ident(&pair))),
            Rule::one_of => {
                let choices = pair.into_inner().last()?;
                let words = choices.into_inner().filter(|k| k.as_rule() == Rule::ident);
                Some(TypeExpr::OneOf(words.map(|k| self.ident(&k)).collect(), span))
            }
            _ => {
                let mut count = None;
                let mut inner = None;
                for kid in pair.into_inner() {
                    match kid.as_rule() {
                        // More than a number holds is more than any list.
                        Rule::count => count = Some(kid.as_str().parse().unwrap_or(u32::MAX)),
                        _ => inner = Some(kid),
                    }
                }
                let inner = inner?;
                let inner = self.deeper(span, |lower| lower.type_(inner))??;
                Some(TypeExpr::List(Box::new(inner), count, span))
            }
        }
    }

    /// The last expression of a rule: the value of a setting.
    pub(super) fn last_expr(&mut self, pair: P<'a>, span: Span) -> Option<Expr> {
        match pair.into_inner().last() {
            Some(kid) if kid.as_rule() == Rule::during => Some(self.during(None, kid)),
            Some(kid) => Some(self.expr(kid)),
            None => self.unread(span),
        }
    }

    /// `for pattern in iter body`, with `body` to read what is repeated.
    pub(super) fn for_<B>(&mut self, pair: P<'a>, span: Span, body: fn(&mut Self, P<'a>) -> B) -> Option<For<B>> {
        let (mut pattern, mut iter, mut repeated) = (None, None, None);
        for kid in pair.into_inner() {
            match kid.as_rule() {
                Rule::ident | Rule::tuple => pattern = self.pattern(kid),
                Rule::expr => iter = Some(self.expr(kid)),
                Rule::k_for | Rule::k_in => {}
                Rule::late => self.late_brace(&kid),
                _ => repeated = Some(body(self, kid)),
            }
        }
        match (pattern, iter, repeated) {
            (Some(pattern), Some(iter), Some(body)) => Some(For { pattern, iter, body }),
            _ => self.unread(span),
        }
    }

    /// `if … else if … else …`: the grammar hands all arms over flat; `wrap` makes an `if` the body of an
    /// `else`.
    pub(super) fn if_<B>(
        &mut self,
        pair: P<'a>,
        span: Span,
        body: fn(&mut Self, P<'a>) -> B,
        wrap: fn(If<B>, Span) -> B,
    ) -> Option<If<B>> {
        let (mut arms, mut cond, mut otherwise) = (Vec::new(), None, None);
        let mut start = span.start;
        for kid in pair.into_inner() {
            match kid.as_rule() {
                Rule::k_if => start = self.exact(&kid).start,
                Rule::k_else => {}
                Rule::late => self.late_brace(&kid),
                Rule::expr => cond = Some(self.expr(kid)),
                _ => match cond.take() {
                    Some(cond) => arms.push((start, cond, body(self, kid))),
                    None => otherwise = Some(body(self, kid)),
                },
            }
        }
        if arms.len() > MAX_LINKS {
            self.too_long(span, "this `if`");
            arms.truncate(1);
        }
        while let Some((start, cond, then)) = arms.pop() {
            let made = If { cond, then, otherwise };
            if arms.is_empty() {
                return Some(made);
            }
            otherwise = Some(wrap(made, Span { start, ..span }));
        }
        self.unread(span)
    }
}

fn if_kind(made: If<Block>) -> ExprKind {
    ExprKind::If(Box::new(made.cond), made.then, made.otherwise)
}

fn is_assignable(target: &Expr) -> bool {
    match &target.kind {
        ExprKind::Name(_) => true,
        ExprKind::Index(of, _) => is_assignable(of),
        _ => false,
    }
}
