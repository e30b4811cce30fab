//! A chart as SVG text.

use super::axis::number;
use super::{Cells, Chart, Series, Stroke};
use std::fmt::Write;

/// The whole picture; its text stays readable when it is drawn 340 pixels wide.
const WIDE: f64 = 480.0;
const HIGH: f64 = 296.0;
const LEFT: f64 = 50.0;
const RIGHT: f64 = 16.0;
const BOTTOM: f64 = 44.0;
/// Shades of a plane of levels.
const SHADES: usize = 16;

const STYLE: &str = "<style>\
:root{--ink:#1d2430;--soft:#667085;--grid:#e3e7ee;--edge:#c3cad6;--a:#2563eb;--b:#d9480f;--c:#0f8a5f;--d:#9333ea}\
@media(prefers-color-scheme:dark){:root{--ink:#e6eaf2;--soft:#98a2b3;--grid:#2a3140;--edge:#465064;--a:#7aa7ff;--b:#ff9d5c;--c:#4fd1a1;--d:#c79bff}}\
text{font:13px system-ui,-apple-system,\"Segoe UI\",Roboto,sans-serif;fill:var(--soft)}\
.t{font-size:15px;font-weight:600;fill:var(--ink)}.k{fill:var(--ink)}\
.g{stroke:var(--grid);stroke-width:1;fill:none}.z{stroke:var(--edge);stroke-width:1;fill:none}\
.l{fill:none;stroke-width:2.2;stroke-linejoin:round;stroke-linecap:round}\
.h{stroke-dasharray:5 5;stroke-width:1.8}.f{opacity:.16;stroke:none}\
.s0{--s:var(--a)}.s1{--s:var(--b)}.s2{--s:var(--c)}.s3{--s:var(--d)}.s4{--s:var(--soft)}\
.s0,.s1,.s2,.s3,.s4{stroke:var(--s)}.f{fill:var(--s)}.p{fill:var(--a)}\
</style>";

/// Where the chart's plane lies.
struct Plane {
    left: f64,
    top: f64,
    wide: f64,
    high: f64,
}

impl Plane {
    fn x(&self, chart: &Chart, v: f64) -> f64 {
        self.left + self.wide * chart.x.place(v)
    }

    fn y(&self, chart: &Chart, v: f64) -> f64 {
        self.top + self.high * (1.0 - chart.y.place(v))
    }
}

pub fn svg(chart: &Chart) -> String {
    let told = chart.series.len() > 1 || chart.cells.is_some();
    let top = if told { 74.0 } else { 52.0 };
    let plane = Plane { left: LEFT, top, wide: WIDE - LEFT - RIGHT, high: HIGH - top - BOTTOM };
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDE} {HIGH}\" role=\"img\" aria-label=\"{0}\">\n<title>{0}</title>\n{STYLE}\n\
         <text class=\"t\" x=\"12\" y=\"20\">{0}</text>\n",
        escaped(&chart.title)
    );
    if let Some(cells) = &chart.cells {
        out += &plane_of(cells, &plane);
    }
    out += &grid(chart, &plane);
    if told {
        out += &legend(chart);
    }
    for (i, series) in chart.series.iter().enumerate().rev() {
        out += &drawn(chart, &plane, series, shade(i, series));
    }
    out + "</svg>\n"
}

/// Colours go round; what is compared with is grey.
fn shade(i: usize, series: &Series) -> usize {
    if series.stroke == Stroke::Dashed { 4 } else { i % 4 }
}

fn grid(chart: &Chart, plane: &Plane) -> String {
    let (mut lines, mut texts) = (String::new(), String::new());
    let bottom = plane.top + plane.high;
    let right = plane.left + plane.wide;
    let mut free = f64::NEG_INFINITY;
    for (v, text) in chart.x.ticks(7) {
        let x = plane.x(chart, v);
        let _ = write!(lines, "M{} {}V{}", at(x), at(plane.top), at(bottom));
        // Numbers do not run into each other.
        let half = text.chars().count() as f64 * 3.8;
        if !text.is_empty() && x - half > free {
            let _ = writeln!(texts, "<text x=\"{}\" y=\"{}\" text-anchor=\"middle\">{text}</text>", at(x), at(bottom + 17.0));
            free = x + half + 5.0;
        }
    }
    let mut zero = String::new();
    for (v, text) in chart.y.ticks(5) {
        let y = plane.y(chart, v);
        let line = if v.abs() < 1e-12 { &mut zero } else { &mut lines };
        let _ = write!(line, "M{} {}H{}", at(plane.left), at(y), at(right));
        let _ = writeln!(texts, "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{text}</text>", at(plane.left - 7.0), at(y + 4.5));
    }
    let named = |label: &str, unit: &str| escaped(&if unit.is_empty() { label.to_string() } else { format!("{label}, {unit}") });
    let _ = writeln!(texts, "<text x=\"12\" y=\"{}\">{}</text>", at(plane.top - 12.0), named(&chart.y.label, &chart.y.unit));
    let across = named(&chart.x.label, &chart.x.unit);
    let _ = writeln!(texts, "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{across}</text>", at(right), at(bottom + 36.0));
    let zero = if zero.is_empty() { zero } else { format!("<path class=\"z\" d=\"{zero}\"/>\n") };
    format!("<path class=\"g\" d=\"{lines}\"/>\n{zero}{texts}")
}

/// What each line is, in one row under the title.
fn legend(chart: &Chart) -> String {
    let mut out = String::new();
    let mut x = 12.0;
    if let Some(cells) = &chart.cells {
        for k in 0..SHADES {
            let _ = write!(out, "<rect class=\"p\" x=\"{}\" y=\"30\" width=\"6.2\" height=\"10\" opacity=\"{}\"/>", at(54.0 + 6.0 * k as f64), opacity(k + 1));
        }
        let (low, high) = cells.levels;
        let _ = writeln!(out, "\n<text x=\"48\" y=\"40\" text-anchor=\"end\">{}</text><text x=\"{}\" y=\"40\">{} {}</text>",
            number(low), at(58.0 + 6.0 * SHADES as f64), number(high), escaped(&cells.unit));
        x = 240.0;
    }
    for (i, series) in chart.series.iter().enumerate().filter(|(_, s)| !s.name.is_empty()) {
        let dashed = if series.stroke == Stroke::Dashed { " h" } else { "" };
        let _ = writeln!(out, "<path class=\"l s{}{dashed}\" d=\"M{} 35.5h16\"/><text class=\"k\" x=\"{}\" y=\"40\">{}</text>",
            shade(i, series), at(x), at(x + 21.0), escaped(&series.name));
        x += 36.0 + series.name.chars().count() as f64 * 7.1;
    }
    out
}

fn drawn(chart: &Chart, plane: &Plane, series: &Series, shade: usize) -> String {
    let mut path = String::new();
    let mut area = String::new();
    let floor = plane.y(chart, chart.y.ends.0);
    let mut last: Option<(String, String)> = None;
    for (x, y) in &series.points {
        let spot = if x.is_finite() && !y.is_nan() { Some((at(plane.x(chart, *x)), at(plane.y(chart, *y)))) } else { None };
        match (&spot, &last) {
            (Some((x, y)), _) if series.stroke == Stroke::Columns => {
                let _ = write!(path, "M{x} {}V{y}", at(floor));
            }
            (Some((x, y)), None) => {
                let _ = write!(path, "M{x} {y}");
                let _ = write!(area, "M{x} {}V{y}", at(floor));
            }
            (Some((x, y)), Some(before)) if (x, y) != (&before.0, &before.1) => {
                let _ = write!(path, "L{x} {y}");
                let _ = write!(area, "L{x} {y}");
            }
            (None, Some(_)) => area += &format!("V{}Z", at(floor)),
            _ => {}
        }
        last = spot;
    }
    if last.is_some() {
        area += &format!("V{}Z", at(floor));
    }
    let dashed = if series.stroke == Stroke::Dashed { " h" } else { "" };
    let filled = if series.stroke == Stroke::Area { format!("<path class=\"f s{shade}\" d=\"{area}\"/>\n") } else { String::new() };
    format!("{filled}<path class=\"l s{shade}{dashed}\" d=\"{path}\"/>\n")
}

/// Cells of one shade are one path, runs of them one stroke of it.
fn plane_of(cells: &Cells, plane: &Plane) -> String {
    let (low, high) = cells.levels;
    let mut shades = vec![String::new(); SHADES + 1];
    let rows = cells.columns.iter().map(Vec::len).max().unwrap_or(0);
    let (wide, tall) = (plane.wide / cells.columns.len().max(1) as f64, plane.high / rows.max(1) as f64);
    let level = |v: f64| (((v - low) / (high - low)).clamp(0.0, 1.0) * SHADES as f64).round() as usize;
    for row in 0..rows {
        let value = |c: usize| cells.columns[c].get(row).copied().unwrap_or(low);
        let mut c = 0;
        while c < cells.columns.len() {
            let shade = level(value(c));
            let from = c;
            while c < cells.columns.len() && level(value(c)) == shade {
                c += 1;
            }
            let y = plane.top + plane.high - tall * (row + 1) as f64;
            let _ = write!(shades[shade], "M{} {}h{}v{}h-{}z", at(plane.left + wide * from as f64), at(y), at(wide * (c - from) as f64 + 0.3), at(tall + 0.3), at(wide * (c - from) as f64 + 0.3));
        }
    }
    let path = |(k, d): (usize, &String)| if k == 0 || d.is_empty() { String::new() } else { format!("<path class=\"p\" opacity=\"{}\" d=\"{d}\"/>\n", opacity(k)) };
    shades.iter().enumerate().map(path).collect()
}

fn opacity(shade: usize) -> String {
    number(shade as f64 / SHADES as f64)
}

/// A coordinate, to a tenth.
fn at(v: f64) -> String {
    let text = format!("{v:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_string)
}

/// Text between tags or quotes.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use crate::picture::{Axis, Cells, Chart, Series, Stroke};

    fn chart() -> Chart {
        Chart {
            title: "A <b> & \"c\"".into(),
            x: Axis::log("frequency", "Hz", 20.0, 20_000.0),
            y: Axis::linear("gain", "dB", -12.0, 12.0),
            series: vec![
                Series::line("left", vec![(20.0, 0.0), (1000.0, f64::NAN), (2000.0, 3.0), (20_000.0, 99.0)]),
                Series::line("right", vec![(20.0, -3.0), (20_000.0, 3.0)]).drawn(Stroke::Area),
            ],
            cells: None,
        }
    }

    #[test]
    fn what_is_no_number_breaks_the_line_and_what_is_outside_stays_at_the_edge() {
        let svg = chart().svg();
        assert!(svg.contains("d=\"M50 163M326 140.8L464 74\""), "{svg}");
        assert!(svg.contains("A &lt;b&gt; &amp; &quot;c&quot;"));
        assert!(!svg.contains("NaN") && !svg.contains("inf"));
        assert_eq!(svg, chart().svg());
    }

    #[test]
    fn a_plane_is_drawn_in_runs() {
        let cells = Cells { columns: vec![vec![0.0, -20.0]; 4], levels: (-20.0, 0.0), unit: "dB".into() };
        let svg = Chart { cells: Some(cells), series: Vec::new(), ..chart() }.svg();
        assert_eq!(svg.matches("<path class=\"p\"").count(), 1, "{svg}");
    }
}
