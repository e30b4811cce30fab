//! What analyses leave for the next one: texts as they were parsed, the standard library as far as it was used. Always
//! true: an analysis that remembers says and gives what one without does.

use crate::modules::library::Library;
use mixdown_syntax::Parsed;
use std::collections::HashMap;

/// Results of earlier analyses in worlds with the same standard library.
#[derive(Default)]
pub struct Memory {
    /// Texts of the project by their paths.
    pub(crate) texts: HashMap<String, Parsed>,
    pub(crate) library: Library,
}
