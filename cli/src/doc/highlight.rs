//! Code of the language in colours.

use super::prose::escaped;

const WORDS: &[&str] = &[
    "track", "bus", "master", "monitor", "group", "chain", "effect", "fn", "let", "import", "as", "sections", "deliver", "check", "option", "for", "if",
    "else", "in", "state", "latency", "const", "source", "clips", "fader", "ride", "pan", "send", "to", "mute", "solo", "trim", "bypass",
    "oversample", "parallel", "bands", "mid_side", "left_right", "curve", "tempo", "length", "one", "of", "List",
];

/// Text as HTML: comments, strings, numbers with their units, and the language's words are marked.
pub fn html(code: &str) -> String {
    let mut out = String::new();
    let mut rest = code;
    let mut after_word = false;
    while let Some(first) = rest.chars().next() {
        let (class, end) = if rest.starts_with("//") {
            ("c", rest.find('\n').unwrap_or(rest.len()))
        } else if first == '"' {
            ("s", rest[1..].find(['"', '\n']).map_or(rest.len(), |e| e + 2))
        } else if first.is_ascii_digit() && !after_word {
            ("n", rest.find(|c: char| !(c.is_alphanumeric() || c == '.' || c == '%')).unwrap_or(rest.len()))
        } else if first.is_alphabetic() || first == '_' {
            let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
            (if WORDS.contains(&&rest[..end]) { "w" } else { "" }, end)
        } else {
            ("", first.len_utf8())
        };
        // A range is two numbers.
        let end = if class == "n" { rest[..end].find("..").unwrap_or(end) } else { end };
        let text = escaped(&rest[..end]);
        out += &if class.is_empty() { text } else { format!("<span class=\"{class}\">{text}</span>") };
        after_word = first.is_alphanumeric() || first == '_';
        rest = &rest[end..];
    }
    out
}

#[cfg(test)]
mod tests {
    use super::html;

    #[test]
    fn code_keeps_every_character() {
        let code = "track a { source \"x<y.wav\"; bell(350Hz, -3dB, q: 1.4) } // a & b\nlet äö = [1..3] \"open";
        let html = html(code);
        assert!(html.contains("<span class=\"w\">track</span>") && html.contains("<span class=\"n\">350Hz</span>"));
        assert!(html.contains("<span class=\"n\">1</span>..<span class=\"n\">3</span>"), "{html}");
        assert!(html.contains("<span class=\"c\">// a &amp; b</span>") && html.contains("<span class=\"s\">&quot;x&lt;y.wav&quot;</span>"));
        let mut plain = String::new();
        let mut inside = false;
        html.chars().for_each(|c| match c {
            '<' => inside = true,
            '>' => inside = false,
            c if !inside => plain.push(c),
            _ => {}
        });
        assert_eq!(plain.replace("&lt;", "<").replace("&quot;", "\"").replace("&amp;", "&"), code);
    }
}
