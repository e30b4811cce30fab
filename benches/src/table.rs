//! The table that is printed.

/// One figure, what is asked of it, and what it is.
struct Row {
    what: String,
    must: String,
    aim: String,
    measured: String,
    verdict: &'static str,
    note: String,
}

/// Which way is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Better {
    /// The higher.
    More,
    /// The lower.
    Less,
}

/// The figures so far.
#[derive(Default)]
pub struct Table {
    rows: Vec<Row>,
}

impl Table {
    /// A figure with its bounds.
    pub fn row(&mut self, what: &str, better: Better, (must, aim): (f64, f64), unit: &str, measured: f64, note: impl Into<String>) {
        let reaches = |bound: f64| if better == Better::More { measured >= bound } else { measured <= bound };
        let verdict = match (reaches(must), reaches(aim)) {
            (_, true) => "aim",
            (true, _) => "must",
            _ => "MISSED",
        };
        let show = |x: f64| format!("{}{unit}", digits(x));
        self.rows.push(Row { what: what.into(), must: show(must), aim: show(aim), measured: show(measured), verdict, note: note.into() });
    }

    /// A figure that nothing is asked of, or that is not there.
    pub fn plain(&mut self, what: &str, measured: impl Into<String>, note: impl Into<String>) {
        let none = String::from("-");
        self.rows.push(Row { what: what.into(), must: none.clone(), aim: none, measured: measured.into(), verdict: "", note: note.into() });
    }

    /// Everything, aligned.
    pub fn print(&self) {
        println!("{:<58} {:>11} {:>11} {:>12} {:<7} note", "figure", "must", "aim", "measured", "");
        for r in &self.rows {
            println!("{:<58} {:>11} {:>11} {:>12} {:<7} {}", r.what, r.must, r.aim, r.measured, r.verdict, r.note);
        }
    }
}

fn digits(x: f64) -> String {
    match x.abs() {
        a if a >= 100.0 => format!("{x:.0}"),
        a if a >= 10.0 => format!("{x:.1}"),
        _ => format!("{x:.2}"),
    }
}
