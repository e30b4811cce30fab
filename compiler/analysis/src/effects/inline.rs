//! Calls of `fn`s: copied into their place, typed anew for each call.
//!
//! Always true here: a function sees its parameters and its own file, never the names of its caller; each argument is
//! evaluated once, before the body (semantics, rule 2: a call is a boundary).

use super::scope::{Binding, Declared};
use super::statement::is_line;
use super::typer::Typer;
use crate::args::{Callee, ParamSpec, Signature, place, count_of, type_of};
use crate::body::{Block, Expr, ExprKind, Pattern, Stmt};
use crate::effect_codes::{E0612, E0627};
use crate::names::DeclRef;
use crate::types::Type;
use mixdown_syntax::tree::{Arg, DeclBody};
use mixdown_syntax::{Diagnostic, Span};
use std::rc::Rc;

/// How deep functions may call functions in an effect.
const DEEPEST: usize = 64;
/// How many calls of functions one effect may hold.
const MOST: u32 = 4096;

impl Typer<'_> {
    /// `name(args)` of a `fn`.
    pub fn inline(&mut self, decl: &DeclRef, name: &str, at: Span, args: &[Arg], span: Span) -> Expr {
        let DeclBody::Code(code) = &decl.decl.body else {
            return self.poisoned(span);
        };
        if let Some(fault) = self.endless(decl, at) {
            return self.failed(fault, span);
        }
        if self.too_large(at) {
            return self.poisoned(span);
        }
        // Types and ranges are read in the function's own file, out of sight of the caller's names.
        let caller = std::mem::replace(&mut self.module, decl.module);
        self.scopes.open(true);
        let signature = self.signature(decl, name);
        self.scopes.close();
        self.module = caller;
        let Some(signature) = signature else {
            return self.poisoned(span);
        };
        let placed = place(&signature, args, at);
        let misplaced = !placed.faults.is_empty();
        placed.faults.into_iter().for_each(|fault| self.fault(fault));
        let given: Vec<Option<Expr>> = signature
            .params
            .iter()
            .zip(&placed.slots)
            .map(|(param, slot)| slot.map(|arg| self.argument(name, param, &arg.value)))
            .collect();
        if misplaced {
            return self.poisoned(span);
        }
        let caller = std::mem::replace(&mut self.module, decl.module);
        self.inlining.push(Rc::clone(&decl.decl));
        self.inlined += 1;
        self.paths.enter(&decl.decl.name.name);
        self.scopes.open(true);
        let mut stmts = Vec::new();
        for ((param, spec), value) in decl.decl.params.iter().zip(&signature.params).zip(given) {
            let value = match (value, &param.default) {
                (Some(value), _) => value,
                (None, Some(default)) => self.argument(name, spec, default),
                (None, None) => continue,
            };
            if is_line(&value.ty) {
                self.declare(&param.name, Binding::Alias(Box::new(value)), Declared::Silent);
                continue;
            }
            let id = self.local();
            let pattern = Pattern::Local(id);
            self.facts.bind(&pattern, &value);
            self.declare(&param.name, Binding::Value(id, value.ty.clone()), Declared::Silent);
            stmts.push(Stmt::Let(pattern, value, span));
        }
        let value = self.function_block(code, None, &mut stmts);
        self.scopes.close();
        self.paths.leave();
        self.inlining.pop();
        self.module = caller;
        let ty = value.ty.clone();
        let value = (ty != Type::Unit).then(|| Box::new(value.clone())).or_else(|| {
            stmts.push(Stmt::Expr(value));
            None
        });
        Expr { kind: ExprKind::Block(Block { stmts, value }), ty, span }
    }

    fn signature(&mut self, decl: &DeclRef, name: &str) -> Option<Signature> {
        let mut params = Vec::new();
        for param in &decl.decl.params {
            let ty = match param.ty.as_ref().map(type_of).transpose() {
                Ok(ty) => ty,
                Err(fault) => {
                    self.fault(fault);
                    return None;
                }
            };
            let range = match (&param.range, &ty) {
                (Some(range), Some(ty)) => self.range_of(range, ty),
                _ => None,
            };
            params.push(ParamSpec {
                name: param.name.name.clone(),
                ty,
                constant: param.constant,
                optional: param.default.is_some(),
                default: None,
                range,
                values: Vec::new(),
                count: param.ty.as_ref().and_then(count_of),
                doc: param.doc.as_ref().map(|d| d.text.clone()).unwrap_or_default(),
            });
        }
        Some(Signature { name: name.to_string(), callee: Callee::Function, params })
    }

    /// The fault of a function that calls itself.
    fn endless(&self, decl: &DeclRef, at: Span) -> Option<Diagnostic> {
        let name = &decl.decl.name.name;
        let start = self.inlining.iter().position(|d| Rc::ptr_eq(d, &decl.decl))?;
        let ring: Vec<String> = self.inlining[start..]
            .iter()
            .map(|d| d.name.name.as_str())
            .chain([name.as_str()])
            .map(|n| format!("`{n}`"))
            .collect();
        Some(
            Diagnostic::error(&E0612, at, format!("`{name}` calls itself: {}", ring.join(" -> ")))
                .at("calls itself")
                .label(decl.decl.name.span, "declared here")
                .help("in an effect a function is copied into its place: use a loop or a state"),
        )
    }

    /// Whether the effect has grown past its limits; the first time it is said.
    fn too_large(&mut self, at: Span) -> bool {
        if self.inlining.len() < DEEPEST && self.inlined < MOST {
            return false;
        }
        if !self.grown {
            self.grown = true;
            let fault = Diagnostic::error(&E0627, at, "this effect grows too large").at("one call too many");
            let help = format!("an effect may hold {MOST} calls of functions, {DEEPEST} deep: use loops and effects");
            self.fault(fault.help(help));
        }
        true
    }
}
