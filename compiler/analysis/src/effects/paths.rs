//! Names of states and calls, by which state survives an edit: `highpass`, `highpass.2`, `smooth/y`.
//!
//! Always true here: no two states, and no two calls, of one body have one name.

use std::collections::HashMap;

/// Hands names out.
#[derive(Debug, Default)]
pub(super) struct Paths {
    prefix: Vec<String>,
    states: HashMap<String, u32>,
    calls: HashMap<String, u32>,
}

impl Paths {
    /// The name of a state.
    pub fn state(&mut self, name: &str) -> String {
        let full = self.full(name);
        number(&mut self.states, full)
    }

    /// The name of a call of an effect.
    pub fn call(&mut self, name: &str) -> String {
        let full = self.full(name);
        number(&mut self.calls, full)
    }

    /// Enters an inlined function: what it names stands under its own name.
    pub fn enter(&mut self, function: &str) {
        let name = self.call(function);
        self.prefix.push(name);
    }

    /// Leaves it.
    pub fn leave(&mut self) {
        self.prefix.pop();
    }

    fn full(&self, name: &str) -> String {
        match self.prefix.last() {
            Some(prefix) => format!("{prefix}/{name}"),
            None => name.to_string(),
        }
    }
}

fn number(seen: &mut HashMap<String, u32>, name: String) -> String {
    let count = seen.entry(name.clone()).or_insert(0);
    *count += 1;
    match *count {
        1 => name,
        n => format!("{name}.{n}"),
    }
}
