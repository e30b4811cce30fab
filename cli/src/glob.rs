//! File patterns: `*` and `?` inside a name, `**` across folders. Results are sorted by bytes, hidden files left out.

use std::path::Path;

/// Files under `root` whose path relative to it matches `pattern`, with `/` between parts.
pub fn files(root: &Path, pattern: &str) -> std::io::Result<Vec<String>> {
    let parts: Vec<&str> = pattern.split('/').filter(|p| !p.is_empty() && *p != ".").collect();
    let mut out = Vec::new();
    walk(root, "", &parts, &mut out)?;
    out.sort();
    out.dedup();
    Ok(out)
}

fn walk(folder: &Path, prefix: &str, parts: &[&str], out: &mut Vec<String>) -> std::io::Result<()> {
    let Some((part, rest)) = parts.split_first() else { return Ok(()) };
    if *part == ".." {
        return walk(&folder.join(".."), &format!("{prefix}../"), rest, out);
    }
    if *part == "**" {
        walk(folder, prefix, rest, out)?;
    }
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with('.') {
            continue;
        }
        let is_folder = entry.path().is_dir();
        let path = format!("{prefix}{name}");
        if *part == "**" {
            if is_folder {
                walk(&entry.path(), &format!("{path}/"), parts, out)?;
            }
        } else if matches(part, &name) {
            if rest.is_empty() {
                // Neither folders nor pipes; a link that leads nowhere is said when it is read.
                if entry.path().metadata().map_or(true, |m| m.is_file()) {
                    out.push(path);
                }
            } else if is_folder {
                walk(&entry.path(), &format!("{path}/"), rest, out)?;
            }
        }
    }
    Ok(())
}

/// Whether a name matches a pattern of `*` (any characters) and `?` (one). Small letters and capitals are the same: what one
/// system calls `KICK.WAV` another calls `kick.wav`.
pub fn matches(pattern: &str, name: &str) -> bool {
    let p: Vec<char> = pattern.to_lowercase().chars().collect();
    let n: Vec<char> = name.to_lowercase().chars().collect();
    // The last `*` and where it was tried, to go back to.
    let (mut i, mut j, mut star) = (0, 0, None);
    while j < n.len() {
        if i < p.len() && p[i] == '*' {
            star = Some((i, j));
            i += 1;
        } else if i < p.len() && (p[i] == '?' || p[i] == n[j]) {
            i += 1;
            j += 1;
        } else if let Some((s, t)) = star {
            i = s + 1;
            j = t + 1;
            star = Some((s, t + 1));
        } else {
            return false;
        }
    }
    p[i..].iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn stars_and_question_marks() {
        assert!(matches("*.wav", "kick.wav"));
        assert!(matches("gtr?.wav", "gtr2.wav"));
        assert!(matches("*a*b*", "xaybz"));
        assert!(matches("Drum*.wav", "drum_KICK.WAV"));
        assert!(!matches("*.wav", "kick.flac"));
        assert!(!matches("*[12].wav", "gtr1.wav"));
        assert!(!matches("gtr?.wav", "gtr12.wav"));
    }
}
