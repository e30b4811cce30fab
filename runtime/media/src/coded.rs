//! Compressed formats, through symphonia: FLAC, ALAC, MP1-3, AAC, Vorbis, ADPCM, and PCM in CAF, MP4 and Matroska.
//! The decoder's last packet is the only audio in memory. Encoder delay and padding are cut where the file says so.

use crate::codes;
use crate::error::{MediaError, Warning};
use crate::info::{AudioInfo, SampleFormat, check_shape};
use crate::mp4;
use crate::pcm::{FileBytes, Real};
use std::fs::File;
use std::path::{Path, PathBuf};
use symphonia::core::audio::GenericAudioBufferRef;
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder, AudioDecoderOptions};
use symphonia::core::errors::Error;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, SeekMode, SeekTo, TrackType};
use symphonia::core::io::{MediaSourceStream, MediaSourceStreamOptions};
use symphonia::core::meta::MetadataOptions;
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
    /// Opens the file and decodes its first packet, which alone says for certain what rate and channels it has.
    pub fn open(path: &Path) -> Result<(Self, AudioInfo), MediaError> {
        let file = File::open(path).map_err(|fault| MediaError::reading(path, &fault))?;
        let stream = MediaSourceStream::new(Box::new(file), MediaSourceStreamOptions::default());
        let format = symphonia::default::get_probe()
            .probe(&Hint::new(), stream, FormatOptions::default(), MetadataOptions::default())
            .map_err(|fault| unopened(path, fault))?;
        let container = format.format_info().short_name.to_string();
        let track = format.default_track(TrackType::Audio).or_else(|| format.first_track(TrackType::Audio));
        let Some((track, parameters)) = track.and_then(|track| Some((track, track.codec_params.as_ref()?.audio()?))) else {
            return Err(MediaError::new(codes::UNSUPPORTED, path, format!("it is {container} without audio that can be decoded"), "convert it to WAV or FLAC"));
        };
        let decoder = symphonia::default::get_codecs().make_audio_decoder(parameters, &AudioDecoderOptions::default()).map_err(|fault| {
            MediaError::new(codes::UNSUPPORTED, path, format!("it is {container} with a codec that is not supported ({fault})"), "convert it to WAV or FLAC")
        })?;
        let codec = decoder.codec_info().short_name.to_string();
        let parameters = parameters.clone();
        // CAF counts whole packets, the last one's padding too.
        let promised = track.num_frames.filter(|_| container != "caf");
        let native_flac = container == "flac";
        let sample_clock = parameters.sample_rate.is_some_and(|rate| track.time_base.is_some_and(|base| base.numer.get() == 1 && base.denom.get() == rate));
        let mut reader = CodedReader {
            path: path.to_path_buf(),
            track: track.id,
            origin: track.start_ts.get(),
            format,
            decoder,
            rate: 0,
            channels: 0,
            promised,
            sample_clock,
            jumps: sample_clock && (native_flac || codec.starts_with("pcm")),
            limit: u64::MAX,
            at: 0,
            have: 0,
            used: 0,
            silence: 0,
            expected: native_flac.then_some(0),
            landing: false,
            ended: false,
            damage: Damage::default(),
            flac_bits: if native_flac { parameters.bits_per_sample.unwrap_or(32) as usize } else { 0 },
            foreign: 0,
            warnings: Vec::new(),
        };
        reader.next_packet()?;
        if reader.rate == 0 {
            // No packet decoded: the file is refused unless it says itself that it is empty.
            let (rate, channels) = reader.shape_of(&parameters);
            (reader.rate, reader.channels) = check_shape(path, rate, channels)?;
            if promised != Some(0) {
                return Err(MediaError::new(codes::EMPTY, path, format!("it is {container} with a header and no audio that can be decoded"), "export or fetch it again"));
            }
        }
        if container == "isomp4" && codec == "aac" && sample_clock
            && let Some(edit) = mp4::edit(&mut FileBytes::open(path)?)?
        {
            reader.cut(edit)?;
        }
        let info = AudioInfo {
            path: path.to_path_buf(),
            rate: reader.rate,
            channels: reader.channels,
            frames: reader.promised.unwrap_or(0),
            frames_exact: false,
            bits: reader.bits_of(&codec, &parameters),
            sample: sample_of(&codec),
            codec: if codec.starts_with("pcm_") && sample_of(&codec) != SampleFormat::Companded { "pcm".into() } else { codec },
            container: container_name(&container).to_string(),
            warnings: Vec::new(),
        };
        Ok((reader, info))
    }

    /// Drops what lies outside an edit; the next frame is then frame 0.
    fn cut(&mut self, edit: mp4::Edit) -> Result<(), MediaError> {
        self.skip(edit.front)?;
        self.at = 0;
        self.promised = edit.frames;
        self.limit = edit.frames.unwrap_or(u64::MAX);
        self.have -= self.behind_limit();
        Ok(())
    }

    /// How many frames of the last packet lie behind the edit's end.
    fn behind_limit(&self) -> usize {
        let fresh = (self.have - self.used) as u64;
        (self.at + fresh).saturating_sub(self.limit).min(fresh) as usize
    }

    fn shape_of(&self, parameters: &AudioCodecParameters) -> (u64, u64) {
        let now = self.decoder.codec_params();
        let rate = now.sample_rate.or(parameters.sample_rate).unwrap_or(0);
        let channels = now.channels.as_ref().or(parameters.channels.as_ref()).map_or(0, |channels| channels.count());
        (u64::from(rate), channels as u64)
    }

    /// Bits of one sample as stored; where the container does not say, as decoded.
    fn bits_of(&self, codec: &str, parameters: &AudioCodecParameters) -> u32 {
        let decoded = || match self.decoder.last_decoded() {
            GenericAudioBufferRef::U8(_) | GenericAudioBufferRef::S8(_) => 8,
            GenericAudioBufferRef::U16(_) | GenericAudioBufferRef::S16(_) => 16,
            GenericAudioBufferRef::U24(_) | GenericAudioBufferRef::S24(_) => 24,
            GenericAudioBufferRef::F64(_) => 64,
            _ => 32,
        };
        match sample_of(codec) {
            SampleFormat::Lossy => 0,
            _ => parameters.bits_per_sample.or(parameters.bits_per_coded_sample).unwrap_or_else(decoded),
        }
    }

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

/// Why the general decoders could not open a file.
fn unopened(path: &Path, fault: Error) -> MediaError {
    match fault {
        Error::IoError(fault) if fault.kind() != std::io::ErrorKind::UnexpectedEof => match fault.kind() {
            std::io::ErrorKind::Other => MediaError::new(codes::BAD_HEADER, path, format!("its header is broken: {fault}"), "export or fetch it again"),
            _ => MediaError::reading(path, &fault),
        },
        Error::IoError(_) => MediaError::new(codes::BAD_HEADER, path, "it ends before any audio could be decoded, or is not audio", "export or fetch it again"),
        Error::Unsupported(what) => MediaError::new(codes::NOT_AUDIO, path, format!("it is no audio format that is known here ({what})"), "convert it to WAV or FLAC"),
        fault => MediaError::new(codes::BAD_HEADER, path, format!("its header is broken: {fault}"), "export or fetch it again"),
    }
}

fn sample_of(codec: &str) -> SampleFormat {
    match codec {
        "flac" | "alac" => SampleFormat::Int,
        "pcm_alaw" | "pcm_mulaw" => SampleFormat::Companded,
        pcm if pcm.starts_with("pcm_f") => SampleFormat::Float,
        pcm if pcm.starts_with("pcm_") => SampleFormat::Int,
        _ => SampleFormat::Lossy,
    }
}

/// The names people use for containers.
fn container_name(short: &str) -> &str {
    match short {
        "isomp4" => "mp4",
        "wave" => "wav",
        "matroska" => "mkv",
        other => other,
    }
}
