//! How the regions of a stage run where one instance stands alone in its pack: over time, four samples of a channel in
//! one vector, or sample by sample, the channels of one sample in a vector.
//!
//! Time is four times (stereo: twice) as much for one instruction, but a recurrence cannot have it, and every value that
//! goes from one form to the other costs shuffles. So what stands between recurrences goes sample by sample too.

use crate::flat::Flat;
use mixdown_kernel::ir::{Op, Value};
use std::collections::HashMap;

/// How a region runs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Form {
    /// One instruction on four samples of each channel.
    Time,
    /// A state that is read and then set to what is made elsewhere: four samples, moved on by one.
    Delay,
    /// Sample by sample.
    Lanes,
}

/// The forms of a stage's regions.
pub(super) fn of(flat: &Flat, regions: &[Vec<Value>]) -> Vec<Form> {
    let body = &flat.kernel.body;
    let mut forms: Vec<Form> = regions.iter().map(|region| first_guess(flat, region)).collect();
    let made_by: HashMap<Value, usize> =
        regions.iter().enumerate().flat_map(|(at, region)| region.iter().map(move |v| (*v, at))).collect();
    let mut users: Vec<Vec<usize>> = vec![Vec::new(); regions.len()];
    for (at, region) in regions.iter().enumerate() {
        for maker in region.iter().flat_map(|v| body[v.0 as usize].operands()).filter_map(|v| made_by.get(&v)) {
            users[*maker].push(at);
        }
    }
    // Everything behind a recurrence might stand between two; what leads to none is taken back.
    let mut between = vec![false; regions.len()];
    for (at, region) in regions.iter().enumerate() {
        let &[value] = region.as_slice() else { continue };
        let arithmetic = !matches!(body[value.0 as usize], Op::Input(_) | Op::Output(..) | Op::ReadLine(..) | Op::WriteLine(..));
        let behind = |v: Value| made_by.get(&v).is_some_and(|&maker| forms[maker] == Form::Lanes || between[maker]);
        between[at] = forms[at] == Form::Time && arithmetic && body[value.0 as usize].operands().any(behind);
    }
    loop {
        let by_sample = |at: usize| forms[at] == Form::Lanes || between[at];
        let wrong = (0..regions.len()).find(|&at| {
            let ends = || !users[at].iter().any(|&user| by_sample(user));
            let begins = || {
                let mut operands = regions[at].iter().flat_map(|v| body[v.0 as usize].operands());
                operands.any(|v| made_by.get(&v).is_some_and(|&maker| by_sample(maker)))
            };
            between[at] && (ends() || !begins())
        });
        match wrong {
            Some(at) => between[at] = false,
            None => break,
        }
    }
    for (form, between) in forms.iter_mut().zip(between) {
        if between {
            *form = Form::Lanes;
        }
    }
    forms
}

fn first_guess(flat: &Flat, region: &[Value]) -> Form {
    let op = |v: Value| flat.kernel.body[v.0 as usize];
    match *region {
        [v] => match op(v) {
            // Each sample at a place of its own.
            Op::ReadLine(_, delay) if !known(flat, delay) => Form::Lanes,
            // Only the last sample counts.
            Op::WriteState(..) => Form::Lanes,
            _ => Form::Time,
        },
        [read, write] => match (op(read), op(write)) {
            // Two channels would cost more shuffles than they save.
            (Op::ReadState(_), Op::WriteState(_, value)) if value != read && flat.widths[read.0 as usize] == 1 => Form::Delay,
            _ => Form::Lanes,
        },
        _ => Form::Lanes,
    }
}

/// Whether a delay is a constant, or one for each channel.
fn known(flat: &Flat, delay: Value) -> bool {
    let op = |v: Value| flat.kernel.body[v.0 as usize];
    match op(delay) {
        Op::Int(_) => true,
        Op::Frame(a, b) => matches!((op(a), op(b)), (Op::Int(_), Op::Int(_))),
        _ => false,
    }
}
