//! The general decoders' names and faults in our words.

use crate::codes;
use crate::error::MediaError;
use crate::info::SampleFormat;
use std::path::Path;
use symphonia::core::errors::Error;

/// Why the general decoders could not open a file.
pub(super) fn unopened(path: &Path, fault: Error) -> MediaError {
    match fault {
        Error::IoError(fault) if fault.kind() != std::io::ErrorKind::UnexpectedEof => match fault.kind() {
            std::io::ErrorKind::Other => MediaError::new(codes::BAD_HEADER, path, format!("its header is broken: {fault}"), "export or fetch it again"),
            _ => MediaError::reading(path, &fault),
        },
        Error::IoError(_) => MediaError::new(codes::BAD_HEADER, path, "nothing in it could be decoded before its end", "export or fetch it again"),
        Error::Unsupported(what) => MediaError::new(codes::NOT_AUDIO, path, format!("no audio format that is known here: {what}"), "convert it to WAV or FLAC"),
        fault => MediaError::new(codes::BAD_HEADER, path, format!("its header is broken: {fault}"), "export or fetch it again"),
    }
}

pub(super) fn sample_of(codec: &str) -> SampleFormat {
    match codec {
        "flac" | "alac" => SampleFormat::Int,
        "pcm_alaw" | "pcm_mulaw" => SampleFormat::Companded,
        pcm if pcm.starts_with("pcm_f") => SampleFormat::Float,
        pcm if pcm.starts_with("pcm_") => SampleFormat::Int,
        _ => SampleFormat::Lossy,
    }
}

/// The names people use for containers.
pub(super) fn container_name(short: &str) -> &str {
    match short {
        "isomp4" => "mp4",
        "wave" => "wav",
        "matroska" => "mkv",
        other => other,
    }
}
