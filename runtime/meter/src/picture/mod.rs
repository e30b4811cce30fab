//! Pictures of measurements: charts as SVG that stands alone. No scripts, nothing from outside; light or dark as the
//! reader's system is; made to be read at the width of a phone. The same data gives the same bytes.

mod axis;
mod draw;

pub use axis::{Axis, Scale};

/// How a series is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stroke {
    /// A line.
    Line,
    /// A dashed line: what is compared with.
    Dashed,
    /// A line with the area down to the axis filled.
    Area,
    /// A column a point.
    Columns,
}

/// Points that belong together.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// What it is; in the legend where there are several.
    pub name: String,
    /// How it is drawn.
    pub stroke: Stroke,
    /// In the order of x. A value that is no number breaks the line.
    pub points: Vec<(f64, f64)>,
}

impl Series {
    /// A line.
    pub fn line(name: impl Into<String>, points: Vec<(f64, f64)>) -> Series {
        Series { name: name.into(), stroke: Stroke::Line, points }
    }

    /// The same points, drawn otherwise.
    pub fn drawn(mut self, stroke: Stroke) -> Series {
        self.stroke = stroke;
        self
    }
}

/// Levels over a plane: a column is a moment, its cells lie evenly on the y axis from its bottom to its top.
#[derive(Clone, Debug, PartialEq)]
pub struct Cells {
    /// Columns of cells.
    pub columns: Vec<Vec<f64>>,
    /// The level that is drawn as nothing, and the one that is drawn full.
    pub levels: (f64, f64),
    /// Unit of the levels.
    pub unit: String,
}

/// A chart.
#[derive(Clone, Debug, PartialEq)]
pub struct Chart {
    /// What is shown.
    pub title: String,
    /// Across.
    pub x: Axis,
    /// Up.
    pub y: Axis,
    /// Lines, the first in front.
    pub series: Vec<Series>,
    /// A plane of levels behind them.
    pub cells: Option<Cells>,
}

impl Chart {
    /// The picture as a file.
    pub fn svg(&self) -> String {
        draw::svg(self)
    }
}
