//! Stems that are the two sides of one recording, `oh_l` and `oh_r`. Always true: what is done to one side for the sake of
//! other stems is done to both, so that what was recorded stays in its place.

use super::listen::Stem;

/// The other side of each stem that is one side of a pair, and which side it is: -1 left, 1 right.
pub fn sides(stems: &[Stem]) -> Vec<Option<(usize, i32)>> {
    let side = |s: &Stem| -> Option<(String, i32)> {
        let (base, last) = s.track.rsplit_once('_')?;
        let side = match last {
            "l" | "left" => -1,
            "r" | "right" => 1,
            _ => return None,
        };
        (s.measured.channels == 1).then(|| (base.to_string(), side))
    };
    let sides: Vec<_> = stems.iter().map(side).collect();
    let other = |i: usize| {
        let (base, here) = sides[i].as_ref()?;
        let there = sides.iter().position(|s| s.as_ref().is_some_and(|(b, side)| b == base && *side == -here))?;
        Some((there, *here))
    };
    (0..stems.len()).map(other).collect()
}

/// Makes the marks of both sides one: turned over against another stem together and by one time, or not at all. A side that
/// is upside down against the other side keeps its mark.
pub fn together(stems: &mut [Stem]) {
    for (i, found) in sides(stems).into_iter().enumerate() {
        let Some((other, 1)) = found else { continue };
        let outside = |s: &Stem, side: usize| s.inverted.filter(|(partner, ..)| *partner != side);
        let (right, left) = (outside(&stems[i], other), outside(&stems[other], i));
        match (left, right) {
            (Some((a, x, r)), Some((b, y, q))) => {
                let late = f64::midpoint(x, y);
                stems[other].inverted = Some((a, late, r));
                stems[i].inverted = Some((b, late, q));
            }
            (Some(_), None) => stems[other].inverted = None,
            (None, Some(_)) => stems[i].inverted = None,
            (None, None) => {}
        }
    }
}
