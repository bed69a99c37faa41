//! The sources, as the other tests read them.

use std::path::Path;

/// One file.
#[derive(Debug, Clone)]
pub struct Source {
    /// From the project's root: `src/sheets/permit.rs`.
    pub path: String,
    pub text: String,
}

impl Source {
    pub fn planted(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), text: text.to_owned() }
    }

    /// Whether the whole file is compiled for tests only.
    pub fn is_test(&self) -> bool {
        let name = self.path.rsplit('/').next().unwrap_or_default();
        !self.path.starts_with("src/")
            || self.path.contains("/tests/")
            || matches!(name, "tests.rs" | "properties.rs")
    }

    /// Numbered lines of the program proper: no comments, no tests at the end of the file.
    pub fn code(&self) -> Vec<(usize, &str)> {
        let lines: Vec<&str> = self.text.lines().collect();
        let opens_tests = |i: &usize| {
            lines[*i].trim() == "#[cfg(test)]"
                && lines.get(i + 1).is_some_and(|next| next.starts_with("mod ") && next.ends_with('{'))
        };
        let end = (0..lines.len()).find(opens_tests).unwrap_or(lines.len());
        let code = lines[..end].iter().map(|line| match line.find("//") {
            // `https://` is no comment.
            Some(at) if !line[..at].ends_with(':') => &line[..at],
            _ => line,
        });
        (1..).zip(code).filter(|(_, line)| !line.trim().is_empty()).collect()
    }

    /// The first part of the module path: `src/sheets/permit.rs` and `src/sheets/mod.rs` are of `sheets`.
    pub fn room(&self) -> &str {
        let path = self.path.trim_start_matches("src/");
        path.split('/').next().unwrap_or_default().trim_end_matches(".rs")
    }

    /// How many modules deep the file's own module lies.
    pub fn depth(&self) -> usize {
        let path = self.path.trim_start_matches("src/").trim_end_matches(".rs").trim_end_matches("/mod");
        path.split('/').count()
    }
}

/// Every Rust file below a folder, in order.
pub fn below(folder: &str) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    let mut folders = vec![root.join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                let path = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
                found.push(Source { path, text });
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(!found.is_empty(), "no sources below {folder}");
    found
}
