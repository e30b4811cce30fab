//! Typing of effect bodies.

use crate::body::Effect;
use crate::names::{DeclRef, Names};

/// Types the body of an effect. Faults are reported to `names`; `None` where there was one.
pub fn type_effect(_names: &mut dyn Names, _decl: &DeclRef) -> Option<Effect> {
    None
}
