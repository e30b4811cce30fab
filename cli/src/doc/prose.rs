//! Doc text as HTML: paragraphs, code, lists. Names of the library in code become links.

use super::highlight;

/// Text between tags and quotes.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Paragraphs of a doc text. `link` knows where a name's page is.
pub fn html(text: &str, link: &dyn Fn(&str) -> Option<String>) -> String {
    let mut out = String::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        if line.trim().is_empty() {
            continue;
        }
        if let Some(kind) = line.trim_start().strip_prefix("```") {
            let mut code = String::new();
            for line in lines.by_ref().take_while(|l| !l.trim_start().starts_with("```")) {
                code += &format!("{line}\n");
            }
            let shown = if kind.trim() == "mix" { highlight::html(&code) } else { escaped(&code) };
            out += &format!("<pre><code>{shown}</code></pre>\n");
            continue;
        }
        let item = |l: &str| l.trim_start().starts_with("- ");
        let mut paragraph = line.trim().to_string();
        while let Some(next) = lines.peek() {
            if next.trim().is_empty() || next.trim_start().starts_with("```") || item(next) {
                break;
            }
            paragraph += &format!(" {}", next.trim());
            lines.next();
        }
        out += &match paragraph.strip_prefix("- ") {
            Some(text) => format!("<ul><li>{}</li></ul>\n", inline(text, link)),
            None => format!("<p>{}</p>\n", inline(&paragraph, link)),
        };
    }
    // Neighbouring items are one list.
    out.replace("</ul>\n<ul>", "")
}

/// A line of text: what stands in backticks is code, addresses are links.
pub fn inline(text: &str, link: &dyn Fn(&str) -> Option<String>) -> String {
    let mut out = String::new();
    for (i, part) in text.split('`').enumerate() {
        if i % 2 == 0 {
            out += &part.split_inclusive([' ', ')', ',']).map(address).collect::<String>();
            continue;
        }
        let code = format!("<code>{}</code>", escaped(part));
        let name = part.split('(').next().unwrap_or(part);
        out += &link(name).map_or(code.clone(), |to| format!("<a href=\"{}\">{code}</a>", escaped(&to)));
    }
    out
}

fn address(word: &str) -> String {
    let bare = word.trim_start_matches('(');
    if !bare.starts_with("https://") {
        return escaped(word);
    }
    let end = bare.trim_end_matches([' ', ')', ',', '.']).len();
    let before = &word[..word.len() - bare.len()];
    format!("{before}<a href=\"{0}\">{0}</a>{1}", escaped(&bare[..end]), escaped(&bare[end..]))
}

#[cfg(test)]
mod tests {
    use super::html;

    #[test]
    fn text_becomes_paragraphs_lists_and_code() {
        let link = |name: &str| (name == "bell").then(|| "bell.html".to_string());
        let got = html("One `bell` & `q <`\nmore (https://a.b/c).\n\n- x\n- y\n  z\n\n```text\na < b\n```\nEnd", &link);
        assert_eq!(
            got,
            "<p>One <a href=\"bell.html\"><code>bell</code></a> &amp; <code>q &lt;</code> more (<a href=\"https://a.b/c\">https://a.b/c</a>).</p>\n\
             <ul><li>x</li><li>y z</li></ul>\n<pre><code>a &lt; b\n</code></pre>\n<p>End</p>\n"
        );
    }
}
