//! File level: imports, declarations, strips, sections, groups, song settings, and loops over these.

use super::{Lower, P};
use crate::codes;
use crate::diagnostic::Diagnostic;
use crate::faults::Place;
use crate::grammar::Rule;
use crate::source::Span;
use crate::tree::*;
use std::rc::Rc;

enum GroupLine {
    Members(Vec<Target>),
    Setting(Box<Stmt>),
}

impl<'a> Lower<'a> {
    /// The items of a file; `//!` lines at its top go to `doc`.
    pub(super) fn items(&mut self, pair: P<'a>, doc: &mut Option<Doc>) -> Vec<Item> {
        self.lines(pair, Place::Item, Some(doc), Self::item)
    }

    /// `{ items }` of a loop or a condition.
    fn inner_items(&mut self, pair: P<'a>) -> Vec<Item> {
        self.lines(pair, Place::Item, None, Self::item)
    }

    fn item(&mut self, pair: P<'a>, doc: Option<Doc>) -> Option<Item> {
        let span = self.span(&pair);
        Some(Item { doc, span, kind: self.item_kind(pair, span)? })
    }

    fn item_kind(&mut self, pair: P<'a>, span: Span) -> Option<ItemKind> {
        match pair.as_rule() {
            Rule::strip_decl => self.strip(pair, span),
            Rule::song_set => self.song_setting(pair, span).map(|it| ItemKind::Setting(Rc::new(it))),
            Rule::let_ => self.let_(pair).map(|it| ItemKind::Let(Rc::new(it))),
            Rule::code_decl | Rule::chain_decl => self.decl(pair, span),
            Rule::import => self.import(pair, span).map(ItemKind::Import),
            Rule::master => Some(ItemKind::Master(Rc::new(self.last_of(pair, span, Self::signal_body)?))),
            Rule::deliver => Some(ItemKind::Deliver(Rc::new(self.last_of(pair, span, Self::block)?))),
            Rule::check => Some(ItemKind::Check(Rc::new(self.last_of(pair, span, Self::block)?))),
            Rule::sections => Some(ItemKind::Sections(self.last_of(pair, span, Self::sections)?)),
            Rule::group => self.group(pair, span).map(|it| ItemKind::Group(Rc::new(it))),
            Rule::option => {
                let param = pair.into_inner().last()?;
                self.param(param).map(|it| ItemKind::Option(Rc::new(it)))
            }
            Rule::for_items => Some(ItemKind::For(self.for_(pair, span, Self::inner_items)?)),
            Rule::if_items => {
                let made = self.if_(pair, span, Self::inner_items, |made, span| {
                    vec![Item { doc: None, span, kind: ItemKind::If(made) }]
                });
                Some(ItemKind::If(made?))
            }
            _ => self.unread(span),
        }
    }

    /// The body at the end of a rule, past its keyword.
    fn last_of<B>(&mut self, pair: P<'a>, span: Span, read: fn(&mut Self, P<'a>) -> B) -> Option<B> {
        let mut body = None;
        for kid in pair.into_inner() {
            if kid.as_rule() == Rule::late {
                self.late_brace(&kid);
            }
            body = Some(kid);
        }
        match body {
            Some(kid) => Some(read(self, kid)),
            None => self.unread(span),
        }
    }

    fn strip(&mut self, pair: P<'a>, span: Span) -> Option<ItemKind> {
        let mut kind: fn(Rc<Strip>) -> ItemKind = ItemKind::Track;
        let (mut name, mut like, mut body) = (None, None, None);
        for kid in pair.into_inner() {
            let kid_span = self.exact(&kid);
            match kid.as_rule() {
                Rule::k_bus => kind = ItemKind::Bus,
                Rule::k_monitor => kind = ItemKind::Monitor,
                Rule::ident => name = Some(Expr { kind: ExprKind::Name(self.ident(&kid)), span: kid_span }),
                Rule::string => name = Some(Expr { kind: ExprKind::Str(self.string(kid)), span: kid_span }),
                Rule::target => like = self.target(kid),
                Rule::late => self.late_brace(&kid),
                Rule::strip => body = Some(self.signal_body(kid)),
                _ => {}
            }
        }
        let (Some(name), Some(body)) = (name, body) else { return self.unread(span) };
        Some(kind(Rc::new(Strip { name, like, body })))
    }

    fn song_setting(&mut self, pair: P<'a>, span: Span) -> Option<SongSetting> {
        let (mut word, mut value, mut from) = (None, None, None);
        for kid in pair.into_inner() {
            match kid.as_rule() {
                Rule::song_word => word = Some(self.ident(&kid)),
                Rule::expr if value.is_none() => value = Some(self.expr(kid)),
                Rule::expr => from = Some(self.expr(kid)),
                _ => {}
            }
        }
        match (word, value) {
            (Some(word), Some(value)) => Some(SongSetting { word, value, from }),
            _ => self.unread(span),
        }
    }

    fn decl(&mut self, pair: P<'a>, span: Span) -> Option<ItemKind> {
        let (mut kind, mut name, mut params, mut body) = (Rule::k_effect, None, Vec::new(), None);
        for kid in pair.into_inner() {
            match kid.as_rule() {
                word @ (Rule::k_fn | Rule::k_effect | Rule::k_chain) => kind = word,
                Rule::ident => name = Some(self.ident(&kid)),
                Rule::params => {
                    let kids = kid.into_inner().filter(|k| k.as_rule() == Rule::param);
                    params = kids.filter_map(|k| self.param(k)).collect();
                }
                Rule::late => self.late_brace(&kid),
                Rule::strip => body = Some(DeclBody::Strip(self.signal_body(kid))),
                _ => body = Some(DeclBody::Code(self.block(kid))),
            }
        }
        let (Some(name), Some(body)) = (name, body) else { return self.unread(span) };
        let decl = Rc::new(Decl { name, params, body });
        Some(match kind {
            Rule::k_fn => ItemKind::Fn(decl),
            Rule::k_chain => ItemKind::Chain(decl),
            _ => ItemKind::Effect(decl),
        })
    }

    fn param(&mut self, pair: P<'a>) -> Option<Param> {
        let mut span = self.span(&pair);
        let mut docs = super::DocLines::default();
        let (mut constant, mut name, mut ty, mut default, mut range) = (false, None, None, None, None);
        let mut started = false;
        for kid in pair.into_inner() {
            let kid_span = self.exact(&kid);
            if kid.as_rule() == Rule::doc {
                docs.push(&kid, kid_span);
                continue;
            }
            if !std::mem::replace(&mut started, true) {
                span.start = kid_span.start;
            }
            match kid.as_rule() {
                Rule::k_const => constant = true,
                Rule::ident if name.is_none() => name = Some(self.ident(&kid)),
                Rule::ident | Rule::one_of | Rule::list_of => ty = self.type_(kid),
                Rule::default => default = self.last_expr(kid, kid_span),
                Rule::range => range = self.last_expr(kid, kid_span),
                _ => {}
            }
        }
        Some(Param { doc: docs.doc, constant, name: name?, ty, default, range, span })
    }

    fn import(&mut self, pair: P<'a>, span: Span) -> Option<Import> {
        let (mut source, mut alias, mut names) = (None, None, None);
        for kid in pair.into_inner() {
            let kid_span = self.exact(&kid);
            match kid.as_rule() {
                Rule::string => source = Some(ImportSource::Path(self.plain_string(kid), kid_span)),
                Rule::path => source = Some(ImportSource::Package(kid.into_inner().map(|k| self.ident(&k)).collect())),
                Rule::alias => alias = kid.into_inner().last().map(|k| self.ident(&k)),
                Rule::picks => names = Some(kid.into_inner().map(|k| self.ident(&k)).collect()),
                _ => {}
            }
        }
        match source {
            Some(source) => Some(Import { source, alias, names }),
            None => self.unread(span),
        }
    }

    /// A string in which nothing may be computed.
    fn plain_string(&mut self, pair: P<'a>) -> String {
        let mut text = String::new();
        for part in self.string(pair) {
            match part {
                StrPart::Text(piece) => text.push_str(&piece),
                StrPart::Expr(value) => {
                    let message = "an import's path cannot be computed";
                    let help = "write the path out: files are found before anything is worked out";
                    self.fault(Diagnostic::error(&codes::COMPUTED_PATH, value.span, message).help(help));
                }
            }
        }
        text
    }

    fn sections(&mut self, pair: P<'a>) -> Vec<Section> {
        self.lines(pair, Place::Section, None, |this, kid, _| {
            let span = this.span(&kid);
            let (mut name, mut starts) = (None, Vec::new());
            for part in kid.into_inner() {
                match part.as_rule() {
                    Rule::ident => name = Some(this.ident(&part)),
                    _ => starts.push(this.expr(part)),
                }
            }
            Some(Section { name: name?, starts, span })
        })
    }

    fn group(&mut self, pair: P<'a>, span: Span) -> Option<Group> {
        let (mut name, mut lines) = (None, Vec::new());
        for kid in pair.into_inner() {
            match kid.as_rule() {
                Rule::ident => name = Some(self.ident(&kid)),
                Rule::late => self.late_brace(&kid),
                Rule::group_body => lines = self.lines(kid, Place::Group, None, Self::group_line),
                _ => {}
            }
        }
        let Some(name) = name else { return self.unread(span) };
        let (mut members, mut settings) = (Vec::new(), Vec::new());
        for line in lines {
            match line {
                GroupLine::Members(more) => members.extend(more),
                GroupLine::Setting(stmt) => settings.push(*stmt),
            }
        }
        Some(Group { name, members, settings })
    }

    fn group_line(&mut self, pair: P<'a>, doc: Option<Doc>) -> Option<GroupLine> {
        let span = self.span(&pair);
        if pair.as_rule() == Rule::members {
            return Some(GroupLine::Members(pair.into_inner().filter_map(|k| self.target(k)).collect()));
        }
        let kind = StmtKind::Setting(self.setting(pair, span)?);
        Some(GroupLine::Setting(Box::new(Stmt { doc, span, kind })))
    }
}
