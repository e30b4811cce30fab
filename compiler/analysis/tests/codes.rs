//! Codes of names, scripts, strips and limits: numbered in order, each with a wrong and a right example.

use mixdown_analysis::codes::all;
use mixdown_analysis::effect_codes;

#[test]
fn each_code_explains_itself() {
    for info in all() {
        assert!(["E02", "E03", "E05", "E07"].contains(&&info.code[..3]), "{}", info.code);
        assert!(!info.title.is_empty() && !info.title.ends_with('.'), "{}", info.code);
        let blocks = info.explanation.matches("```").count();
        assert!(blocks >= 2 && blocks % 2 == 0, "{}: an example", info.code);
        assert!(info.explanation.contains("right"), "{}: a right one", info.code);
        assert!(["wrong", "warning"].iter().any(|w| info.explanation.contains(w)), "{}: a wrong one", info.code);
    }
}

#[test]
fn no_code_stands_twice() {
    let mut codes: Vec<&str> = all().chain(effect_codes::all()).map(|c| c.code).collect();
    let count = codes.len();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), count);
}
