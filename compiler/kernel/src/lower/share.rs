//! Which steps of which strips share a pack: chains that differ are laid beside each other so that what costs most and
//! is equal in both comes to stand side by side, as two texts are compared line by line.
//!
//! Always true here: chains that are given together do not hear each other, and every chain keeps its order; so no
//! pack ever waits for itself. What is chosen changes speed, never a sample.

/// A step of a chain, as far as sharing is concerned.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Step {
    /// Number of its kernel's shape.
    pub shape: usize,
    /// What a pack of it costs a sample, in instructions.
    pub cost: f64,
    /// Instances that fit in one pack of no more cost: four, or two frames.
    pub lanes: usize,
}

/// Steps of several chains that run in one pack.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Column {
    step: Step,
    /// `(chain, place in the chain)`.
    pub members: Vec<(usize, usize)>,
}

/// Columns in an order that keeps the order of every chain in them.
pub(super) type Table = Vec<Column>;

/// What a chain pays where it is cut: samples are stored by one kernel and loaded by another, and one more kernel is
/// called a cell.
const CUT: f64 = 28.0;
/// Tables that are compared with each other; more are taken in portions.
const PORTION: usize = 48;
/// Pairs of columns that are compared in all; what is not compared is not shared. Enough for hundreds of strips of a
/// dozen processors.
const EFFORT: usize = 1 << 19;
/// And of two tables.
const LARGEST: usize = 1 << 14;

/// The table of some equal chains.
pub(super) fn table(chains: &[usize], steps: &[Step]) -> Table {
    let column = |(at, step): (usize, &Step)| Column { step: *step, members: chains.iter().map(|c| (*c, at)).collect() };
    steps.iter().enumerate().map(column).collect()
}

/// Lays chains that differ beside each other.
pub(super) fn share(tables: Vec<Table>, effort: &mut Effort) -> Vec<Table> {
    tables.chunks(PORTION).flat_map(|portion| join_best(portion.to_vec(), effort)).collect()
}

/// What may still be compared.
pub(super) struct Effort(usize);

impl Default for Effort {
    fn default() -> Effort {
        Effort(EFFORT)
    }
}

impl Effort {
    /// What joining two tables gains; 0 where that is sure, or too much work.
    fn gain(&mut self, a: &Table, b: &Table) -> f64 {
        let size = a.len() * b.len();
        if size > LARGEST || common(a, b) <= CUT {
            return 0.0;
        }
        match self.0.checked_sub(size) {
            Some(rest) => {
                self.0 = rest;
                join(a, b).0
            }
            None => 0.0,
        }
    }
}

/// What two tables could share at the most. Chains that differ are cut at least once.
fn common(a: &Table, b: &Table) -> f64 {
    let mut shapes: Vec<(usize, f64)> = a.iter().map(|column| (column.step.shape, column.step.cost)).collect();
    shapes.sort_unstable_by_key(|(shape, _)| *shape);
    let cost = |column: &Column| {
        let at = shapes.binary_search_by_key(&column.step.shape, |(shape, _)| *shape);
        at.map_or(0.0, |at| shapes[at].1)
    };
    b.iter().map(cost).sum()
}

/// Joins the two tables that gain most, again and again.
fn join_best(mut tables: Vec<Table>, effort: &mut Effort) -> Vec<Table> {
    let mut gains: Vec<Vec<f64>> = Vec::new();
    for i in 0..tables.len() {
        gains.push((0..i).map(|j| effort.gain(&tables[j], &tables[i])).collect());
    }
    loop {
        let mut best = (0.0, 0, 0);
        for (i, row) in gains.iter().enumerate() {
            for (j, gain) in row.iter().enumerate() {
                if *gain > best.0 {
                    best = (*gain, j, i);
                }
            }
        }
        let (gain, first, second) = best;
        if gain <= 0.0 {
            tables.retain(|t| !t.is_empty());
            return tables;
        }
        let joined = join(&tables[first], &tables[second]).1;
        tables[first] = joined;
        tables[second].clear();
        for other in 0..tables.len() {
            let (low, high) = (first.min(other), first.max(other));
            if low != high {
                gains[high][low] = effort.gain(&tables[low], &tables[high]);
            }
            let (low, high) = (second.min(other), second.max(other));
            if low != high {
                gains[high][low] = 0.0;
            }
        }
    }
}

/// How a table's last column stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Last {
    None,
    Alone,
    Shared,
}

impl Last {
    const ALL: [Last; 3] = [Last::None, Last::Alone, Last::Shared];
}

/// A move through two tables: a column of the first, of the second, or one of each.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Move {
    First,
    Second,
    Both,
}

/// The best way to lay two tables beside each other: what it gains, and the table it gives.
fn join(a: &Table, b: &Table) -> (f64, Table) {
    // By place in `a`, place in `b` and how both stand: the gain so far, and the move and state that led here.
    let index = |i: usize, j: usize, s: usize| (i * (b.len() + 1) + j) * 9 + s;
    let state = |x: Last, y: Last| x as usize * 3 + y as usize;
    let unseen = (f64::NEG_INFINITY, Move::First, 0);
    let mut best = vec![unseen; (a.len() + 1) * (b.len() + 1) * 9];
    best[index(0, 0, state(Last::None, Last::None))].0 = 0.0;
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            for x in Last::ALL {
                for y in Last::ALL {
                    let from = state(x, y);
                    let gain = best[index(i, j, from)].0;
                    if gain == f64::NEG_INFINITY {
                        continue;
                    }
                    let mut go = |to: usize, gain: f64, how: Move| {
                        if gain > best[to].0 {
                            best[to] = (gain, how, from);
                        }
                    };
                    let leaves = |last: Last| if last == Last::Shared { CUT } else { 0.0 };
                    if i < a.len() {
                        go(index(i + 1, j, state(Last::Alone, y)), gain - leaves(x), Move::First);
                    }
                    if j < b.len() {
                        go(index(i, j + 1, state(x, Last::Alone)), gain - leaves(y), Move::Second);
                    }
                    if i < a.len() && j < b.len() && fit(&a[i], &b[j]) {
                        let goes_on = x == Last::Shared && y == Last::Shared;
                        let enters = |last: Last| if last == Last::None || goes_on { 0.0 } else { CUT };
                        let gain = gain + a[i].step.cost - enters(x) - enters(y);
                        go(index(i + 1, j + 1, state(Last::Shared, Last::Shared)), gain, Move::Both);
                    }
                }
            }
        }
    }
    let ends = |s: &usize| best[index(a.len(), b.len(), *s)].0;
    let mut s = (0..9).max_by(|p, q| ends(p).total_cmp(&ends(q))).unwrap_or(0);
    let gain = ends(&s);
    let (mut i, mut j) = (a.len(), b.len());
    let mut table = Vec::new();
    while i > 0 || j > 0 {
        let (_, how, from) = best[index(i, j, s)];
        match how {
            Move::First => {
                i -= 1;
                table.push(a[i].clone());
            }
            Move::Second => {
                j -= 1;
                table.push(b[j].clone());
            }
            Move::Both => {
                i -= 1;
                j -= 1;
                let members = [a[i].members.clone(), b[j].members.clone()].concat();
                table.push(Column { step: a[i].step, members });
            }
        }
        s = from;
    }
    table.reverse();
    (gain, table)
}

fn fit(a: &Column, b: &Column) -> bool {
    a.step.shape == b.step.shape && a.members.len() + b.members.len() <= a.step.lanes
}

/// The runs of a table: neighbouring columns of the same chains, which become one kernel.
pub(super) fn runs(table: &Table) -> Vec<Vec<Column>> {
    let mut runs: Vec<Vec<Column>> = Vec::new();
    for column in table {
        match runs.last_mut() {
            Some(run) if run.last().is_some_and(|last| follows(last, column)) => run.push(column.clone()),
            _ => runs.push(vec![column.clone()]),
        }
    }
    runs
}

fn follows(a: &Column, b: &Column) -> bool {
    let same = |x: &(usize, usize), y: &(usize, usize)| x.0 == y.0 && x.1 + 1 == y.1;
    a.members.len() == b.members.len() && a.members.iter().zip(&b.members).all(|(x, y)| same(x, y))
}
