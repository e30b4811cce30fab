//! Local names. Always true: a scope never changes once it exists (adding a name makes a longer one that shares
//! the rest), so closures keep theirs for the price of a pointer.

use crate::eval::value::Value;
use crate::names::ModuleId;
use mixdown_syntax::Span;
use std::rc::Rc;

/// The names that can be seen at a place.
#[derive(Clone, Debug)]
pub(crate) struct Env {
    /// The file whose names stand behind the locals.
    pub module: ModuleId,
    /// Whether `input` is the signal that arrives here: in what a processor, fader, pan or send of a strip is given.
    pub takes_input: bool,
    /// Counts bodies inward, so that one body's names are told from its parent's.
    body: u32,
    head: Option<Rc<Node>>,
}

#[derive(Debug)]
struct Node {
    name: Rc<str>,
    value: Value,
    span: Span,
    body: u32,
    rest: Option<Rc<Node>>,
}

impl Drop for Node {
    /// Takes long chains apart without recursion.
    fn drop(&mut self) {
        let mut rest = self.rest.take();
        while let Some(node) = rest {
            match Rc::try_unwrap(node) {
                Ok(mut node) => rest = node.rest.take(),
                Err(_) => break,
            }
        }
    }
}

impl Env {
    /// No locals in a file.
    pub fn file(module: ModuleId) -> Env {
        Env { module, takes_input: false, body: 0, head: None }
    }

    /// The same names; what is added from here on belongs to an inner body.
    pub fn inner(&self) -> Env {
        Env { body: self.body + 1, ..self.clone() }
    }

    /// The same names in the arguments of a node of a strip, where `input` is the signal that arrives at it.
    pub fn at_node(&self) -> Env {
        Env { takes_input: true, ..self.clone() }
    }

    /// With one more name.
    pub fn with(&self, name: &str, value: Value, span: Span) -> Env {
        let node = Node { name: name.into(), value, span, body: self.body, rest: self.head.clone() };
        Env { head: Some(Rc::new(node)), ..*self }
    }

    /// What a local name means.
    pub fn find(&self, name: &str) -> Option<&Value> {
        self.nodes().find(|n| &*n.name == name).map(|n| &n.value)
    }

    /// Where this very body declares a name already.
    pub fn same_body(&self, name: &str) -> Option<Span> {
        self.nodes().take_while(|n| n.body == self.body).find(|n| &*n.name == name).map(|n| n.span)
    }

    /// Local names, innermost first, for "did you mean".
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.nodes().map(|n| &*n.name)
    }

    fn nodes(&self) -> impl Iterator<Item = &Node> {
        let mut next = self.head.as_deref();
        std::iter::from_fn(move || {
            let node = next?;
            next = node.rest.as_deref();
            Some(node)
        })
    }
}
