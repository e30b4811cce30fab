//! Every code of this room, with the explanation that `mixdown explain` prints. A code is frozen once it
//! has been released: its number never comes to mean another thing. In each explanation the first example
//! earns the code and the second is read without a word; a test keeps that.

use crate::diagnostic::CodeInfo;

macro_rules! codes {
    ($($name:ident $code:literal $title:literal)*) => {
        $(
            #[doc = $title]
            pub const $name: CodeInfo = CodeInfo {
                code: $code,
                title: $title,
                explanation: include_str!(concat!("codes/", $code, ".md")),
            };
        )*

        /// All codes of this room, in order.
        pub static CODES: &[CodeInfo] = &[$($name),*];
    };
}

codes! {
    TOO_DEEP "E0101" "Nested too deeply"
    UNEXPECTED "E0102" "Something else belongs here"
    UNCLOSED_BLOCK "E0103" "A `{` is never closed"
    STRAY_BRACE "E0104" "A `}` closes nothing"
    UNKNOWN_WORD "E0105" "No statement begins with this word"
    SPACED_UNIT "E0106" "A space before the unit"
    OPEN_STRING "E0107" "A string is not closed"
    BAD_ESCAPE "E0108" "An unknown escape"
    BLOCK_COMMENT "E0109" "A block comment"
    BARE_POINT "E0110" "A decimal point without a digit beside it"
    PERCENT "E0111" "`%` is a unit, not an operator"
    NAMED_ARGUMENT "E0112" "An argument is named with `:`"
    EQUALS "E0113" "`=` does not compare"
    SETTING_SIGN "E0114" "A setting takes its value bare"
    NO_BRACKETS "E0115" "An effect is called with brackets"
    MISSING_COMMA "E0116" "A comma is missing"
    UNCLOSED_BRACKET "E0117" "Brackets do not pair"
    LOOSE_DOC "E0118" "A documentation comment above nothing"
    LATE_BRACE "E0119" "A `{` on a line of its own"
    WRONG_PLACE "E0120" "A statement in the wrong place"
    RESERVED_WORD "E0121" "A reserved word as a name"
    FOREIGN_OPERATOR "E0122" "An operator of another language"
    FOREIGN_CHARACTER "E0123" "A character that means nothing here"
    SPACED_CALL "E0124" "A blank before the bracket of a call"
    BRACKET_VALUES "E0125" "Brackets that are neither a value, a tuple nor a record"
    CHAINED "E0126" "A chained comparison or range"
    NOT_CALLABLE "E0127" "Only a name can be called"
    NUMBER_RANGE "E0128" "A number out of range"
    COMPUTED_PATH "E0129" "A computed import"
    TOO_LARGE "E0130" "A file of more than 4 GB"
    STRING_BRACES "E0131" "A `{` in a string without a value"
    RUN_ON "E0132" "Two statements run together"
}
