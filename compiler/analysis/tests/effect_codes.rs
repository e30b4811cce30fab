//! Codes of units, parameters and effect bodies: numbered in order, each with a wrong and a right example.

use mixdown_analysis::effect_codes::all;

#[test]
fn each_code_explains_itself() {
    let mut last = "";
    for info in all() {
        assert!(info.code > last, "{} stands after {last}", info.code);
        last = info.code;
        assert!(["E03", "E04", "E06"].contains(&&info.code[..3]), "{}", info.code);
        assert!(!info.title.is_empty() && !info.title.ends_with('.'), "{}", info.code);
        let blocks = info.explanation.matches("```").count();
        assert!(blocks >= 2 && blocks % 2 == 0, "{}: an example", info.code);
        assert!(info.explanation.contains("right"), "{}: a right one", info.code);
        assert!(["wrong", "warning"].iter().any(|w| info.explanation.contains(w)), "{}: a wrong one", info.code);
    }
}
