//! A song as a list of statements, so that it can be made smaller.

use mixdown_tests::rig::Song;
use mixdown_tests::signal::{noise, stimulus};

/// A song in parts.
#[derive(Clone, Debug)]
pub struct Draft {
    /// Lines above the strips.
    pub head: Vec<String>,
    /// Each strip's head (`track a`) and statements.
    pub strips: Vec<(String, Vec<String>)>,
}

impl Draft {
    /// Its text.
    pub fn text(&self) -> String {
        let mut out = self.head.join("\n");
        for (head, body) in &self.strips {
            out += &format!("\n{head} {{\n    {}\n}}", body.join("\n    "));
        }
        out + "\n"
    }

    /// Its text with the strips in reversed order.
    pub fn turned(&self) -> Song {
        let mut other = self.clone();
        other.strips.reverse();
        other.song()
    }

    /// The song with the audio that it may use.
    pub fn song(&self) -> Song {
        let n = 12_000;
        Song::new(self.text())
            .with("mono.wav", stimulus(1, n, 1))
            .with("stereo.wav", stimulus(2, n, 2))
            .with("noise.wav", vec![noise(3, n, 0.4)])
            .with("short.wav", stimulus(4, 1000, 2))
    }

    /// Every song with one statement or strip less.
    pub fn smaller(&self) -> Vec<Draft> {
        let mut out = Vec::new();
        for s in 0..self.strips.len() {
            let mut d = self.clone();
            d.strips.remove(s);
            out.push(d);
        }
        for s in 0..self.strips.len() {
            for i in (0..self.strips[s].1.len()).rev() {
                let mut d = self.clone();
                d.strips[s].1.remove(i);
                out.push(d);
            }
        }
        out
    }
}
