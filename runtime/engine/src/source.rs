//! Audio from outside, as the engine pulls it.

use crate::sample::Sample;

/// A stream of frames that is read in order from frame 0.
pub trait SourceReader<S: Sample>: Send {
    /// How many channels it has.
    fn channels(&self) -> usize;
    /// How many frames it has; `None` where it never ends or nobody knows.
    fn frames(&self) -> Option<u64>;
    /// Fills the front of every slice (one a channel, all of one length) with the next frames and says how many
    /// they were. Fewer than asked is no end; 0 is. What it cannot fill stays as it is.
    fn read(&mut self, out: &mut [&mut [S]]) -> Result<usize, String>;
    /// Makes `frame` the next one to be read; past the end there is nothing to read.
    fn seek(&mut self, frame: u64) -> Result<(), String>;
}

/// Audio that is in memory already: one vector a channel, all of one length.
#[derive(Clone, Debug)]
pub struct MemorySource<S> {
    channels: Vec<Vec<S>>,
    at: usize,
}

impl<S: Sample> MemorySource<S> {
    /// Shorter channels are filled up with zeros.
    pub fn new(mut channels: Vec<Vec<S>>) -> Self {
        let frames = channels.iter().map(Vec::len).max().unwrap_or(0);
        for channel in &mut channels {
            channel.resize(frames, S::ZERO);
        }
        MemorySource { channels, at: 0 }
    }

    fn len(&self) -> usize {
        self.channels.first().map_or(0, Vec::len)
    }
}

impl<S: Sample> SourceReader<S> for MemorySource<S> {
    fn channels(&self) -> usize {
        self.channels.len()
    }

    fn frames(&self) -> Option<u64> {
        Some(self.len() as u64)
    }

    fn read(&mut self, out: &mut [&mut [S]]) -> Result<usize, String> {
        let wanted = out.first().map_or(0, |o| o.len());
        let n = wanted.min(self.len() - self.at);
        for (to, from) in out.iter_mut().zip(&self.channels) {
            to[..n].copy_from_slice(&from[self.at..self.at + n]);
        }
        self.at += n;
        Ok(n)
    }

    fn seek(&mut self, frame: u64) -> Result<(), String> {
        self.at = usize::try_from(frame).unwrap_or(usize::MAX).min(self.len());
        Ok(())
    }
}
