//! Opening a compressed file: which track, which decoder, what the container promises and what is cut away.

use super::names::{container_name, sample_of, unopened};
use super::{CodedReader, Damage};
use crate::codes;
use crate::error::MediaError;
use crate::info::{AudioInfo, SampleFormat, check_shape};
use crate::mp4;
use crate::pcm::FileBytes;
use std::fs::File;
use std::path::Path;
use symphonia::core::audio::GenericAudioBufferRef;
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoderOptions};
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, TrackType};
use symphonia::core::io::{MediaSourceStream, MediaSourceStreamOptions};
use symphonia::core::meta::MetadataOptions;

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
}
