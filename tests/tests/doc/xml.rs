//! Enough of XML to tell whether a picture is well-formed.

/// What is wrong with a text: a tag that is not closed, an attribute without quotes, a bare `&` or `<`.
pub fn fault(text: &str) -> Option<String> {
    let mut open: Vec<&str> = Vec::new();
    let mut rest = text;
    let mut roots = 0;
    while let Some(at) = rest.find('<') {
        if let Some(bad) = bare(&rest[..at]) {
            return Some(bad);
        }
        let Some(end) = rest[at..].find('>') else { return Some("a tag without an end".into()) };
        let tag = &rest[at + 1..at + end];
        rest = &rest[at + end + 1..];
        if let Some(name) = tag.strip_prefix('/') {
            if open.pop() != Some(name) {
                return Some(format!("</{name}> closes something else"));
            }
            continue;
        }
        let closed = tag.ends_with('/');
        let tag = tag.strip_suffix('/').unwrap_or(tag);
        let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric()) {
            return Some(format!("<{tag}> is no tag"));
        }
        let mut left = attributes.trim();
        while !left.is_empty() {
            let parts = left.split_once("=\"").and_then(|(name, rest)| Some((name, rest.split_once('"')?)));
            let Some((name, (value, after))) = parts else { return Some(format!("<{tag}>: `{left}` is no attribute")) };
            if !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') || value.contains('<') || bare(value).is_some() {
                return Some(format!("<{tag}>: {name}={value}"));
            }
            left = after.trim();
        }
        roots += usize::from(open.is_empty());
        if !closed {
            open.push(name);
        }
    }
    if !open.is_empty() || roots != 1 || !rest.trim().is_empty() {
        return Some(format!("{open:?} open, {roots} roots"));
    }
    bare(rest)
}

fn bare(text: &str) -> Option<String> {
    let known = ["&amp;", "&lt;", "&gt;", "&quot;"];
    let bad = text.match_indices('&').find(|(at, _)| !known.iter().any(|k| text[*at..].starts_with(k)));
    bad.map(|(at, _)| format!("a bare & before `{}`", text[at..].chars().take(12).collect::<String>()))
}

#[test]
fn the_judge_judges() {
    assert_eq!(fault("<a b=\"1\"><c/>x &amp; y</a>\n"), None);
    for bad in ["<a><b></a></b>", "<a b=1/>", "<a>&x</a>", "<a/><a/>", "<a", "<a b=\"<\"/>", "<a>", ""] {
        assert!(fault(bad).is_some(), "{bad}");
    }
}
