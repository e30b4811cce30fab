//! Every code this room can give, with its title and its explanation. Codes are frozen: a code never changes its
//! meaning and is never used again for another.

/// `(code, title, explanation)` of every error (`E09xx`) and warning (`W09xx`) of this room, in order.
pub static CODES: &[(&str, &str, &str)] = &[
    (NOT_FOUND, "audio file not found", "No file stands at this path. Paths in a mix are read from the folder of the file that names them."),
    (NOT_A_FILE, "not a file", "The path names a folder or a device where an audio file is needed."),
    (NO_PERMISSION, "audio file may not be read", "The operating system refuses to open the file for reading. Look at its permissions and at those of its folders."),
    (UNSUPPORTED, "audio format not supported", "The file was recognised, but no decoder for its format is built in. Convert it to WAV or FLAC, which lose nothing."),
    (NOT_AUDIO, "not an audio file", "Nothing in the file's first bytes belongs to an audio format that is known here. The name's extension is not looked at."),
    (EMPTY, "audio file is empty", "The file has no bytes, or a header and no audio behind it."),
    (BAD_HEADER, "audio header is broken", "The file begins as a known format, but its header lacks something without which the audio cannot be read, or says something impossible such as a sample rate of zero."),
    (CORRUPT, "audio data is corrupt", "The audio cannot be decoded from the named place on. Fetch the file again from where it came from."),
    (CHANGES, "audio format changes inside the file", "The number of channels or the sample rate changes in the middle of the file. A track has one of each, so nothing after that place can be read."),
    (TOO_MUCH, "impossible channel count or sample rate", "A file may have 1 to 64 channels and a sample rate of 1 Hz to 3.072 MHz."),
    (READ_FAILED, "reading failed", "The operating system failed while the file was read: a disk or network fault, or the file was cut short meanwhile."),
    (BAD_REQUEST, "read asked for in a way that cannot be served", "The buffers do not match the file's channels, or the place asked for lies behind its end."),
    (CANNOT_CREATE, "output cannot be written there", "The output, or the hidden file beside it that becomes the output when whole, cannot be created: the folder does not exist or may not be written, or the output is read-only or a folder."),
    (DISK_FULL, "disk full", "There is no room for the output. What stood under its name before is untouched."),
    (WRITE_FAILED, "writing failed", "The operating system failed while the output was written. What stood under its name before is untouched."),
    (OUTPUT_TOO_LARGE, "output too large for its format", "A WAV file counts its bytes in 32 bits and ends at 4 GiB: 6 h 12 min of 16-bit or 3 h 6 min of 32-bit stereo at 48 kHz. Render parts, fewer bits, or FLAC."),
    (BAD_OUTPUT, "output format not possible", "This container cannot hold this combination of sample rate, channels and bits. WAV takes 16, 24 and 32-bit float; FLAC takes 16 and 24 bits and up to 8 channels."),
    (BAD_RATIO, "sample rates cannot be converted", "Sample-rate conversion works between 1 kHz and 768 kHz."),
    (TRUNCATED, "audio file is cut short", "The header promises more audio than the file holds. What is there is read."),
    (NON_FINITE, "samples that are not numbers", "A floating-point file holds NaN or infinite samples. They are read as 0; the source should be looked at."),
    (DAMAGED, "damaged part of an audio file", "A part could not be decoded. Silence of the same length stands in its place, so that what follows stays in time."),
    (ODD_HEADER, "header contradicts itself", "Two fields of the header disagree. The reading that fits the data was taken."),
    (SECOND_DATA, "audio after the audio", "The file holds a second block of audio, which no common program reads. Only the first is read."),
];

/// No file at the path.
pub const NOT_FOUND: &str = "E0901";
/// A folder or device.
pub const NOT_A_FILE: &str = "E0902";
/// May not be read.
pub const NO_PERMISSION: &str = "E0903";
/// Known format without a decoder.
pub const UNSUPPORTED: &str = "E0904";
/// Nothing known.
pub const NOT_AUDIO: &str = "E0905";
/// No bytes or no audio.
pub const EMPTY: &str = "E0906";
/// Unusable header.
pub const BAD_HEADER: &str = "E0907";
/// Undecodable data.
pub const CORRUPT: &str = "E0908";
/// Rate or channels change.
pub const CHANGES: &str = "E0909";
/// Beyond the limits.
pub const TOO_MUCH: &str = "E0910";
/// System fault while reading.
pub const READ_FAILED: &str = "E0911";
/// Wrong call.
pub const BAD_REQUEST: &str = "E0912";
/// Output not creatable.
pub const CANNOT_CREATE: &str = "E0920";
/// No space.
pub const DISK_FULL: &str = "E0921";
/// System fault while writing.
pub const WRITE_FAILED: &str = "E0922";
/// Beyond 4 GiB.
pub const OUTPUT_TOO_LARGE: &str = "E0923";
/// Impossible output specification.
pub const BAD_OUTPUT: &str = "E0924";
/// Rates outside the resampler's range.
pub const BAD_RATIO: &str = "E0930";
/// Fewer frames than promised.
pub const TRUNCATED: &str = "W0901";
/// NaN or infinity.
pub const NON_FINITE: &str = "W0902";
/// Undecodable part replaced by silence.
pub const DAMAGED: &str = "W0903";
/// Contradiction in the header.
pub const ODD_HEADER: &str = "W0904";
/// Second data chunk.
pub const SECOND_DATA: &str = "W0905";

#[cfg(test)]
mod tests {
    use super::CODES;

    #[test]
    fn codes_are_unique_ordered_and_explained() {
        assert!(CODES.windows(2).all(|pair| (pair[0].0.starts_with('W'), pair[0].0) < (pair[1].0.starts_with('W'), pair[1].0)));
        for (code, title, explanation) in CODES {
            assert!(code.len() == 5 && code[1..].starts_with("09"), "{code}");
            assert!(!title.ends_with('.') && explanation.ends_with('.') && explanation.len() > 40, "{code}");
        }
    }
}
