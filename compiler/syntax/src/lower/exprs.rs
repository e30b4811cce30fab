//! Expressions. The grammar hands operators over flat; precedence is made here, loosest first:
//! `during`, `|>`, `or`, `and`, comparison and `within`, `..`, `+ -`, `* /`, `- not`.

use super::{Lower, MAX_LINKS, P};
use crate::codes;
use crate::diagnostic::Diagnostic;
use crate::grammar::Rule;
use crate::source::Span;
use crate::tree::*;
use pest::iterators::Pairs;
use std::iter::Peekable;

type Tokens<'a> = Peekable<Pairs<'a, Rule>>;

const COMPARISON: u8 = 3;
const RANGE: u8 = 4;

impl<'a> Lower<'a> {
    /// An `expr` or `plain`.
    pub(super) fn expr(&mut self, pair: P<'a>) -> Expr {
        let span = self.exact(&pair);
        self.deeper(span, |lower| lower.whole(pair)).unwrap_or_else(|| self.lost(span))
    }

    fn whole(&mut self, pair: P<'a>) -> Expr {
        let mut tokens = pair.into_inner().peekable();
        let value = self.binary(&mut tokens, 0);
        match tokens.next() {
            Some(during) => self.during(Some(value), during),
            None => value,
        }
    }

    pub(super) fn boxed(&mut self, pair: P<'a>) -> Box<Expr> {
        Box::new(self.expr(pair))
    }

    /// Precedence climbing over operators of at least `least`.
    fn binary(&mut self, tokens: &mut Tokens<'a>, least: u8) -> Expr {
        let mut left = self.prefixed(tokens);
        let mut before = None;
        let mut links = 0;
        while let Some((op, power)) = tokens.peek().and_then(infix).filter(|(_, power)| *power >= least) {
            let Some(token) = tokens.next() else { break };
            let token_span = self.exact(&token);
            links += 1;
            if links == MAX_LINKS {
                // What is not built need not be taken apart, which goes as deep as it is long.
                self.too_long(token_span, "this expression");
                tokens.by_ref().for_each(drop);
                break;
            }
            if before == Some(power) && matches!(power, COMPARISON | RANGE) {
                self.chained(token_span, power);
            }
            before = Some(power);
            let within = match op {
                Some(_) => None,
                None => token.into_inner().find(|k| k.as_rule() == Rule::plain).map(|k| self.boxed(k)),
            };
            let right = self.binary(tokens, power + 1);
            let span = left.span.to(right.span);
            let (left_box, right) = (Box::new(left), Box::new(right));
            let kind = match (op, within) {
                (_, Some(within)) => ExprKind::Within(left_box, within, right),
                (op, None) => ExprKind::Binary(op.unwrap_or(BinaryOp::Eq), token_span, left_box, right),
            };
            left = Expr { kind, span };
        }
        left
    }

    fn chained(&mut self, span: Span, power: u8) {
        let (message, help) = match power {
            RANGE => ("a range has two ends", "write `a .. b`"),
            _ => ("comparisons do not chain", "write `a < b and b < c`"),
        };
        self.fault(Diagnostic::error(&codes::CHAINED, span, message).help(help));
    }

    /// `- not x`, then the term.
    fn prefixed(&mut self, tokens: &mut Tokens<'a>) -> Expr {
        let mut prefixes = Vec::new();
        for token in tokens.by_ref() {
            let span = self.exact(&token);
            match token.as_rule() {
                Rule::neg => prefixes.push((UnaryOp::Neg, span)),
                Rule::not_ => prefixes.push((UnaryOp::Not, span)),
                _ => {
                    let term = self.term(token);
                    if prefixes.len() > MAX_LINKS {
                        self.too_long(span, "this expression");
                        return term;
                    }
                    return prefixes.into_iter().rev().fold(term, |inner, (op, at)| {
                        let span = at.to(inner.span);
                        Expr { kind: ExprKind::Unary(op, Box::new(inner)), span }
                    });
                }
            }
        }
        self.lost(self.at(self.text.len(), self.text.len()))
    }

    fn lost(&mut self, span: Span) -> Expr {
        self.unread(span).unwrap_or(Expr { kind: ExprKind::Tuple(Vec::new()), span })
    }

    /// An atom with its calls, indices and fields.
    fn term(&mut self, pair: P<'a>) -> Expr {
        let span = self.exact(&pair);
        let mut kids = pair.into_inner();
        let Some(first) = kids.next() else { return self.lost(span) };
        let mut value = self.atom(first);
        for (links, kid) in kids.enumerate() {
            let kid_span = self.exact(&kid);
            let span = value.span.to(kid_span);
            if links == MAX_LINKS {
                self.too_long(kid_span, "this chain of calls");
                break;
            }
            let kind = match kid.as_rule() {
                Rule::args => {
                    if !matches!(value.kind, ExprKind::Name(_) | ExprKind::Field(..)) {
                        let help = "put an operator before the bracket, or give the function a name";
                        let message = "only a name can be called";
                        self.fault(Diagnostic::error(&codes::NOT_CALLABLE, value.span, message).help(help));
                    }
                    ExprKind::Call(Box::new(value), self.args(kid))
                }
                Rule::field => match kid.into_inner().next() {
                    Some(name) if matches!(value.kind, ExprKind::Quantity(_)) => {
                        let help = format!(
                            "write `{}.0{}`",
                            &self.text[value.span.start as usize..value.span.end as usize],
                            name.as_str()
                        );
                        let message = "a decimal point needs a digit on both sides";
                        self.fault(Diagnostic::error(&codes::BARE_POINT, span, message).help(help));
                        ExprKind::Field(Box::new(value), self.ident(&name))
                    }
                    Some(name) => ExprKind::Field(Box::new(value), self.ident(&name)),
                    None => return self.lost(kid_span),
                },
                _ => match kid.into_inner().next() {
                    Some(index) => ExprKind::Index(Box::new(value), self.boxed(index)),
                    None => return self.lost(kid_span),
                },
            };
            value = Expr { kind, span };
        }
        value
    }

    fn atom(&mut self, pair: P<'a>) -> Expr {
        let span = self.exact(&pair);
        let kind = match pair.as_rule() {
            Rule::quantity => ExprKind::Quantity(self.quantity(pair.as_str(), span)),
            Rule::string => ExprKind::Str(self.string(pair)),
            Rule::position => return self.position(pair),
            Rule::bool => ExprKind::Bool(pair.as_str() == "true"),
            Rule::ident => ExprKind::Name(self.ident(&pair)),
            Rule::paren => return self.paren(pair),
            Rule::list => self.list(pair),
            Rule::curve => self.curve(pair),
            Rule::lambda => return self.lambda(pair),
            Rule::if_code => return self.if_expr(pair),
            Rule::over_code => return self.oversampled(pair),
            _ => return self.lost(span),
        };
        Expr { kind, span }
    }

    pub(super) fn args(&mut self, pair: P<'a>) -> Vec<Arg> {
        pair.into_inner().filter_map(|kid| self.arg(kid)).collect()
    }

    pub(super) fn arg(&mut self, pair: P<'a>) -> Option<Arg> {
        let mut name = None;
        for kid in pair.into_inner() {
            match kid.as_rule() {
                Rule::key => name = kid.into_inner().next().map(|k| self.ident(&k)),
                _ => {
                    let value = self.expr(kid);
                    let span = name.as_ref().map_or(value.span, |n: &Ident| n.span.to(value.span));
                    return Some(Arg { name, value, span });
                }
            }
        }
        None
    }

    /// `(a)`, `(a, b)`, `(a: 1, b: 2)`, `(:)`.
    pub(super) fn paren(&mut self, pair: P<'a>) -> Expr {
        let span = self.exact(&pair);
        let mut comma = false;
        let mut empty = false;
        let mut args = Vec::new();
        for kid in pair.into_inner() {
            match kid.as_rule() {
                Rule::arg => args.extend(self.arg(kid)),
                Rule::comma => comma = true,
                _ => empty = true,
            }
        }
        let named = args.iter().filter(|a| a.name.is_some()).count();
        let bad = match args.len() {
            0 if !empty => Some(("there is nothing in these brackets", "an empty record is `(:)`, an empty list `[]`")),
            1 if named == 0 && comma => {
                Some(("a tuple has two values or more", "take the comma away, or write a list: `[a]`"))
            }
            n if named > 0 && named < n => {
                Some(("these brackets mix named and unnamed values", "name all: `(a: 1, b: 2)`, or none: `(1, 2)`"))
            }
            _ => None,
        };
        if let Some((message, help)) = bad {
            self.fault(Diagnostic::error(&codes::BRACKET_VALUES, span, message).help(help));
        }
        let kind = if named > 0 || args.is_empty() {
            ExprKind::Record(args.into_iter().filter_map(|a| Some((a.name?, a.value))).collect())
        } else if args.len() == 1 {
            // A bracketed expression is just that expression; its place is the brackets'.
            match args.pop() {
                Some(arg) => arg.value.kind,
                None => return self.lost(span),
            }
        } else {
            ExprKind::Tuple(args.into_iter().map(|a| a.value).collect())
        };
        Expr { kind, span }
    }

    fn list(&mut self, pair: P<'a>) -> ExprKind {
        let mut values = Vec::new();
        for kid in pair.into_inner() {
            if kid.as_rule() == Rule::comp {
                if let (Some(body), Some(made)) = (values.pop(), self.comprehension(kid)) {
                    let (pattern, iter, filter) = made;
                    return ExprKind::Comprehension { body: Box::new(body), pattern, iter, filter };
                }
                break;
            }
            values.push(self.expr(kid));
        }
        ExprKind::List(values)
    }

    fn comprehension(&mut self, pair: P<'a>) -> Option<(Pattern, Box<Expr>, Option<Box<Expr>>)> {
        let (mut pattern, mut iter, mut filter) = (None, None, None);
        for kid in pair.into_inner() {
            match kid.as_rule() {
                Rule::ident | Rule::tuple => pattern = self.pattern(kid),
                Rule::expr if iter.is_none() => iter = Some(self.boxed(kid)),
                Rule::expr => filter = Some(self.boxed(kid)),
                _ => {}
            }
        }
        Some((pattern?, iter?, filter))
    }

    fn curve(&mut self, pair: P<'a>) -> ExprKind {
        let mut shape = None;
        let mut points = Vec::new();
        for kid in pair.into_inner() {
            match kid.as_rule() {
                Rule::ident => shape = Some(self.ident(&kid)),
                Rule::points => points = kid.into_inner().filter_map(|k| self.point(k)).collect(),
                _ => {}
            }
        }
        ExprKind::Curve(shape, points)
    }

    fn point(&mut self, pair: P<'a>) -> Option<CurvePoint> {
        let span = self.span(&pair);
        let (mut first, mut second, mut over, mut shape) = (None, None, None, None);
        for kid in pair.into_inner() {
            match kid.as_rule() {
                Rule::expr if first.is_none() => first = Some(self.expr(kid)),
                Rule::expr => second = Some(self.expr(kid)),
                Rule::plain => over = Some(self.expr(kid)),
                Rule::ident => shape = Some(self.ident(&kid)),
                _ => {}
            }
        }
        let (at, value) = match second {
            Some(value) => (first, value),
            None => (None, first?),
        };
        Some(CurvePoint { at, value, over, shape, span })
    }

    fn lambda(&mut self, pair: P<'a>) -> Expr {
        let start = self.exact(&pair);
        let mut patterns = Vec::new();
        for kid in pair.into_inner() {
            match kid.as_rule() {
                Rule::expr => {
                    let body = self.boxed(kid);
                    let span = self.at(start.start as usize, body.span.end as usize);
                    return Expr { kind: ExprKind::Lambda(patterns, body), span };
                }
                Rule::comma => {}
                _ => patterns.extend(self.pattern(kid)),
            }
        }
        self.lost(start)
    }

    /// `during SPAN over D else W`, with the value before it where there is one.
    pub(super) fn during(&mut self, value: Option<Expr>, pair: P<'a>) -> Expr {
        let own = self.span(&pair);
        let (mut span, mut over, mut otherwise) = (None, None, None);
        for kid in pair.into_inner() {
            match kid.as_rule() {
                Rule::plain if span.is_none() => span = Some(self.boxed(kid)),
                Rule::plain => over = Some(self.boxed(kid)),
                Rule::expr => otherwise = Some(self.boxed(kid)),
                _ => {}
            }
        }
        let Some(span) = span else { return self.lost(own) };
        let place = value.as_ref().map_or(own, |v| v.span.to(own));
        let value = value.map(Box::new);
        Expr { kind: ExprKind::During { value, span, over, otherwise }, span: place }
    }

    pub(super) fn pattern(&mut self, pair: P<'a>) -> Option<Pattern> {
        let span = self.exact(&pair);
        match pair.as_rule() {
            Rule::ident => Some(Pattern::Name(self.ident(&pair))),
            Rule::tuple => {
                let kids = pair.into_inner().filter(|kid| kid.as_rule() != Rule::comma);
                let inner = kids.filter_map(|kid| self.pattern(kid)).collect();
                Some(Pattern::Tuple(inner, span))
            }
            _ => self.unread(span),
        }
    }
}

/// The operator of an infix token (`None` for `within`) and how tight it binds; `None` for another token.
fn infix(token: &P<'_>) -> Option<(Option<BinaryOp>, u8)> {
    let (op, power) = match token.as_rule() {
        Rule::pipe => (BinaryOp::Pipe, 0),
        Rule::within => return Some((None, COMPARISON)),
        Rule::op => match token.as_str() {
            "or" => (BinaryOp::Or, 1),
            "and" => (BinaryOp::And, 2),
            "==" => (BinaryOp::Eq, COMPARISON),
            "!=" => (BinaryOp::Ne, COMPARISON),
            "<" => (BinaryOp::Lt, COMPARISON),
            "<=" => (BinaryOp::Le, COMPARISON),
            ">" => (BinaryOp::Gt, COMPARISON),
            ">=" => (BinaryOp::Ge, COMPARISON),
            ".." => (BinaryOp::Range, RANGE),
            "+" => (BinaryOp::Add, 5),
            "-" => (BinaryOp::Sub, 5),
            "*" => (BinaryOp::Mul, 6),
            _ => (BinaryOp::Div, 6),
        },
        _ => return None,
    };
    Some((Some(op), power))
}
