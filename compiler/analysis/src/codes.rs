//! Diagnostic codes of names (E02xx), scripts (E03xx from E0320), strips and routing (E05xx) and limits (E07xx).
//!
//! Always true here: a code is frozen once it is out; each explains itself with a wrong and a right example.

use mixdown_syntax::CodeInfo;

mod limits;
mod names;
mod outputs;
mod routing;
mod scripts;
mod song;
mod strips;

pub use limits::*;
pub use names::*;
pub use outputs::*;
pub use routing::*;
pub use scripts::*;
pub use song::*;
pub use strips::*;

/// Every code of these rooms, in order. Those of units, parameters and effect bodies are in [`crate::effect_codes`].
pub fn all() -> impl Iterator<Item = &'static CodeInfo> {
    let tables = [names::ALL, scripts::ALL, song::ALL, strips::ALL, routing::ALL, outputs::ALL, limits::ALL];
    tables.into_iter().flatten().copied()
}

/// Declares codes with their title and explanation, and the list of them.
macro_rules! codes {
    ($($code:ident $title:literal: $text:literal;)*) => {
        $(
            #[doc = $title]
            pub static $code: mixdown_syntax::CodeInfo =
                mixdown_syntax::CodeInfo { code: stringify!($code), title: $title, explanation: $text };
        )*
        pub(super) static ALL: &[&mixdown_syntax::CodeInfo] = &[$(&$code),*];
    };
}
use codes;
