//! Diagnostic codes of units and types (E03xx), parameters (E04xx) and effect bodies (E06xx).
//!
//! Always true here: a code is frozen once it is out; each explains itself with a wrong and a right example.

use mixdown_syntax::CodeInfo;

mod bodies;
mod params;
mod types;

pub use bodies::*;
pub use params::*;
pub use types::*;

/// Every code of these three rooms, in order.
pub fn all() -> impl Iterator<Item = &'static CodeInfo> {
    types::ALL.iter().chain(params::ALL).chain(bodies::ALL).copied()
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
