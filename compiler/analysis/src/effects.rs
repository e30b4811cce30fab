//! Typing of effect bodies: from the tree of an `effect` to [`crate::body::Effect`].
//!
//! Always true here: every expression that comes out has a type and a canonical number; operators stand as written,
//! nothing is folded or re-associated (semantics, rule 2); functions are inlined; one fault is one diagnostic.

use crate::body::{Effect, Param};
use crate::names::{DeclRef, Names};
use mixdown_syntax::Diagnostic;
use mixdown_syntax::tree::DeclBody;

mod arguments;
mod assign;
mod block;
mod call;
mod cells;
mod convert;
mod expr;
mod facts;
mod faults;
mod inline;
mod lines;
mod lists;
mod operators;
mod params;
mod paths;
mod scope;
mod statement;
mod typer;
mod words;

pub(crate) use convert::{ceiling, once_a};

use cells::Cells;
use typer::Typer;

/// Types the body of an effect. Faults and warnings go to `names`; `None` where there was a fault. The effect's
/// `module` is left empty for whoever knows the file.
pub fn type_effect(names: &mut dyn Names, decl: &DeclRef) -> Option<Effect> {
    // A state that starts as `0` may be given a frame further down, and a line may be read above its write: what
    // they carry is found by typing the body again until nothing changes. It only ever widens, so this ends.
    let mut cells = Cells::default();
    loop {
        let mut typer = Typer::new(names, decl.module, cells);
        let effect = type_once(&mut typer, decl);
        let poisoned = typer.poisoned;
        let (faults, next) = typer.finish();
        if next.changed() {
            cells = next.settled();
            continue;
        }
        // Warnings beside errors would speak of lines that are going to change.
        let failed = poisoned || faults.iter().any(Diagnostic::is_error);
        faults.into_iter().filter(|f| f.is_error() || !failed).for_each(|fault| names.report(fault));
        return effect.filter(|_| !failed);
    }
}

fn type_once(typer: &mut Typer, decl: &DeclRef) -> Option<Effect> {
    let DeclBody::Code(code) = &decl.decl.body else {
        return None;
    };
    typer.open_scope();
    let params: Vec<Param> = typer.params(&decl.decl.name.name, &decl.decl.params);
    let body = typer.effect_body(code, &decl.decl.name);
    typer.close_scope();
    Some(Effect {
        name: decl.decl.name.name.clone(),
        module: String::new(),
        doc: decl.doc.to_string(),
        params,
        takes_input: typer.takes_input,
        locals: typer.locals(),
        body,
        span: decl.decl.name.span,
    })
}
