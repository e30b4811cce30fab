//! Compressed formats, through symphonia: FLAC, ALAC, MP1-3, AAC, Vorbis, ADPCM, and PCM in CAF, MP4 and Matroska.
//! The decoder's last packet is the only audio in memory. Encoder delay and padding are cut where the file says so.

mod names;
mod open;

use crate::codes;
use crate::error::{MediaError, Warning};
use crate::info::check_shape;
use crate::pcm::Real;
use std::path::PathBuf;
use symphonia::core::codecs::audio::AudioDecoder;
use symphonia::core::errors::Error;
use symphonia::core::formats::{FormatReader, SeekMode, SeekTo};
use symphonia::core::units::Timestamp;

/// Longest damaged part that silence may stand in for, in seconds; more is an error.
const MAX_GAP_SECONDS: u64 = 10;

/// Bytes a FLAC frame of this shape can take at most: verbatim, one bit a sample more in a side channel, and its head.
fn largest_flac_frame(frames: usize, channels: usize, bits: usize) -> usize {
    frames * channels * (bits + 1) / 8 + 64
}

/// Damage met so far.
#[derive(Default)]
struct Damage {
    places: u64,
    first: u64,
    frames: u64,
}

/// A compressed file being read.
pub(crate) struct CodedReader {
    path: PathBuf,
    format: Box<dyn FormatReader>,
    decoder: Box<dyn AudioDecoder>,
    track: u32,
    /// Timestamp of frame 0.
    origin: i64,
    rate: u32,
    channels: u32,
    /// Frames the container promises, without delay and padding.
    promised: Option<u64>,
    /// Timestamps count samples, so that gaps show in them.
    sample_clock: bool,
    /// Every packet decodes by itself and can be sought, so that a jump changes no sample.
    jumps: bool,
    /// Frames that an edit leaves.
    limit: u64,
    /// Next frame to be given out.
    at: u64,
    /// Frames of the last packet, and how many of them are used up.
    have: usize,
    used: usize,
    /// Silence that stands for what could not be decoded, given out before the last packet.
    silence: u64,
    /// Timestamp at which the next packet should stand.
    expected: Option<i64>,
    /// A jump was made: the next packet's timestamp says where to.
    landing: bool,
    ended: bool,
    damage: Damage,
    /// Bits of a sample of a native FLAC file, else 0.
    flac_bits: usize,
    /// Bytes inside FLAC packets that cannot belong to them: frames of another kind, which the demuxer glued on.
    foreign: u64,
    warnings: Vec<Warning>,
}

impl CodedReader {
    pub fn position(&self) -> u64 {
        self.at
    }

    /// What was odd so far.
    pub fn warnings(&self) -> Vec<Warning> {
        let mut all = self.warnings.clone();
        if self.damage.places > 0 {
            let Damage { places, first, frames } = self.damage;
            all.push(Warning::new(codes::DAMAGED, format!("{places} damaged places, the first at frame {first}; {frames} frames of silence stand for what could not be decoded")));
        }
        all
    }

    /// Fills `planes` (all of one length) from the current frame; returns the frames read, fewer only at the end.
    pub fn read<T: Real>(&mut self, planes: &mut [&mut [T]]) -> Result<usize, MediaError> {
        let wanted = planes.first().map_or(0, |plane| plane.len());
        let mut done = 0;
        while done < wanted {
            if self.silence > 0 {
                let quiet = self.silence.min((wanted - done) as u64) as usize;
                for plane in planes.iter_mut() {
                    plane[done..done + quiet].fill(T::default());
                }
                self.silence -= quiet as u64;
                self.at += quiet as u64;
                done += quiet;
            } else if self.used < self.have {
                let take = (self.have - self.used).min(wanted - done);
                let mut part: Vec<&mut [T]> = planes.iter_mut().map(|plane| &mut plane[done..done + take]).collect();
                self.decoder.last_decoded().slice(self.used..self.used + take).copy_to_slice_planar(&mut part);
                self.used += take;
                self.at += take as u64;
                done += take;
            } else if !self.next_packet()? {
                break;
            }
        }
        Ok(done)
    }

    /// Decodes and discards up to `frames` frames; returns how many there were.
    fn skip(&mut self, frames: u64) -> Result<u64, MediaError> {
        let mut done = 0;
        while done < frames {
            let quiet = self.silence.min(frames - done);
            let take = ((self.have - self.used) as u64).min(frames - done - quiet);
            self.silence -= quiet;
            self.used += take as usize;
            self.at += quiet + take;
            done += quiet + take;
            if done < frames && !self.next_packet()? {
                break;
            }
        }
        Ok(done)
    }

    /// Decodes the next packet that holds audio; `false` at the end.
    fn next_packet(&mut self) -> Result<bool, MediaError> {
        while !self.ended {
            let packet = match self.format.next_packet() {
                Ok(Some(packet)) => packet,
                Ok(None) => return self.end(false),
                Err(Error::IoError(fault)) if fault.kind() == std::io::ErrorKind::UnexpectedEof => return self.end(true),
                Err(Error::IoError(fault)) => return Err(MediaError::reading(&self.path, &fault)),
                Err(Error::ResetRequired) => return Err(self.fault(codes::CHANGES, "a new stream begins")),
                Err(fault) => return Err(self.fault(codes::CORRUPT, &fault.to_string())),
            };
            if packet.track_id != self.track {
                continue;
            }
            let stamp = packet.pts.get();
            if self.landing {
                self.landing = false;
                self.at = stamp.saturating_sub(self.origin).max(0) as u64;
            } else if let Some(expected) = self.expected.filter(|_| self.sample_clock)
                && stamp > expected
            {
                self.gap((stamp - expected) as u64)?;
            }
            self.expected = Some(stamp.saturating_add_unsigned(packet.block_dur().get()));
            (self.have, self.used) = (0, 0);
            match self.decoder.decode(&packet) {
                Ok(buffer) => {
                    let (rate, channels) = (buffer.spec().rate(), buffer.spec().channels().count());
                    self.have = buffer.frames();
                    if self.flac_bits > 0 {
                        let most = largest_flac_frame(self.have, channels, self.flac_bits);
                        self.foreign += packet.data.len().saturating_sub(most) as u64;
                    }
                    self.same_shape(rate, channels)?;
                    self.have -= self.behind_limit();
                }
                Err(Error::DecodeError(_) | Error::IoError(_)) => self.gap(if self.sample_clock { packet.dur.get() } else { 0 })?,
                Err(Error::ResetRequired) => return Err(self.fault(codes::CHANGES, "a new stream begins")),
                Err(fault) => return Err(self.fault(codes::CORRUPT, &fault.to_string())),
            }
            if self.have > 0 || self.silence > 0 {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The first packet says what the file is; a later one that says otherwise ends the reading.
    fn same_shape(&mut self, rate: u32, channels: usize) -> Result<(), MediaError> {
        if self.rate == 0 {
            (self.rate, self.channels) = check_shape(&self.path, u64::from(rate), channels as u64)?;
        }
        if rate != self.rate || channels != self.channels as usize {
            self.have = 0;
            let what = format!("it changes from {} channels at {} Hz to {channels} at {rate} Hz", self.channels, self.rate);
            return Err(self.fault(codes::CHANGES, &what));
        }
        Ok(())
    }

    /// Notes that `frames` could not be decoded, and lets silence stand for them.
    fn gap(&mut self, frames: u64) -> Result<(), MediaError> {
        let place = self.at + self.silence;
        let behind_end = self.promised.is_some_and(|promised| place.saturating_add(frames) > promised);
        if frames > MAX_GAP_SECONDS * u64::from(self.rate.max(1000)) || behind_end {
            return Err(self.fault(codes::CORRUPT, "what follows makes no sense"));
        }
        if self.damage.places == 0 {
            self.damage.first = place;
        }
        self.damage.places += 1;
        self.damage.frames += frames;
        self.silence += frames;
        Ok(())
    }

    /// How many frames of the last packet lie behind the edit's end.
    fn behind_limit(&self) -> usize {
        let fresh = (self.have - self.used) as u64;
        (self.at + fresh).saturating_sub(self.limit).min(fresh) as usize
    }

    fn end(&mut self, inside_packet: bool) -> Result<bool, MediaError> {
        self.ended = true;
        (self.have, self.used) = (0, 0);
        let short = self.promised.filter(|promised| *promised > self.at);
        if let Some(promised) = short {
            self.warnings.push(Warning::new(codes::TRUNCATED, format!("the header promises {promised} frames, the file holds {}; these are read", self.at)));
        } else if inside_packet {
            self.warnings.push(Warning::new(codes::TRUNCATED, format!("it breaks off behind frame {}; what is before is read", self.at)));
        }
        if self.foreign > 0 {
            self.warnings.push(Warning::new(codes::DAMAGED, format!("at least {} bytes of it could not be decoded; {} frames were read", self.foreign, self.at)));
        }
        Ok(false)
    }

    fn fault(&self, code: &'static str, what: &str) -> MediaError {
        MediaError::new(code, &self.path, format!("it cannot be decoded from frame {} on: {what}", self.at), "export or fetch it again")
    }

    /// Moves to `frame`; returns the frame reached, which is earlier where the file ends before.
    pub fn seek(&mut self, frame: u64) -> Result<u64, MediaError> {
        let near = frame >= self.at && frame - self.at < u64::from(self.rate);
        if self.jumps && !near {
            let to = SeekTo::Timestamp { ts: Timestamp::new(self.origin.saturating_add_unsigned(frame)), track_id: self.track };
            match self.format.seek(SeekMode::Accurate, to) {
                Ok(_) => {
                    self.decoder.reset();
                    (self.have, self.used, self.silence, self.ended) = (0, 0, 0, false);
                    (self.expected, self.landing) = (None, true);
                    self.next_packet()?;
                }
                Err(_) => self.rewind()?,
            }
        }
        if frame < self.at {
            self.rewind()?;
        }
        self.skip(frame - self.at)?;
        Ok(self.at)
    }

    /// Opens the file anew, at frame 0.
    fn rewind(&mut self) -> Result<(), MediaError> {
        *self = CodedReader::open(&self.path)?.0;
        Ok(())
    }

    /// Counts the frames that reading from the start gives; leaves the reader at its end.
    pub fn count(&mut self) -> Result<u64, MediaError> {
        // Where packets can be sought, the last one standing where the header says is proof enough.
        if self.jumps
            && let Some(promised) = self.promised.filter(|promised| *promised > 0)
            && self.seek(promised - 1).is_ok_and(|reached| reached == promised - 1)
            && self.skip(u64::MAX).is_ok_and(|left| left == 1)
        {
            return Ok(promised);
        }
        self.rewind()?;
        self.skip(u64::MAX)
    }
}
