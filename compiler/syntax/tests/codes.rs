//! The table of codes: complete, in order, and every explanation true.

mod common;

use mixdown_syntax::{CODES, FileId, parse};

/// The examples of an explanation: the wrong one and the right one.
fn examples(explanation: &str) -> Vec<&str> {
    explanation.split("```mix\n").skip(1).filter_map(|part| part.split("\n```").next()).collect()
}

#[test]
fn codes_are_numbered_in_order_and_told_in_full() {
    for (n, info) in CODES.iter().enumerate() {
        assert_eq!(info.code, format!("E01{:02}", n + 1));
        assert!(info.title.len() > 5 && !info.title.ends_with('.'), "{}", info.code);
        assert_eq!(examples(info.explanation).len(), 2, "{}", info.code);
    }
}

#[test]
fn each_wrong_example_earns_its_code_and_each_right_one_none() {
    for info in CODES {
        let examples = examples(info.explanation);
        let (_, wrong) = parse(FileId(0), examples[0]);
        let (_, right) = parse(FileId(0), examples[1]);
        assert!(right.is_empty(), "{}: {}", info.code, common::list(examples[1], &right));
        // These two would need more text than an explanation holds; they have tests of their own.
        if !matches!(info.code, "E0101" | "E0130") {
            let codes: Vec<_> = wrong.iter().map(|d| d.code.as_str()).collect();
            assert_eq!(codes, [info.code], "{}", common::list(examples[0], &wrong));
        }
    }
}
