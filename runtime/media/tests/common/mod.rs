//! What the suites share: the folder of shared test data, scratch folders, reading a whole file.
#![allow(dead_code, reason = "each suite is a program of its own and uses a part")]

use mixdown_media::{AudioInfo, MediaError, Warning, open};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// The shared data, which lies beside the workspace; `None` (said once) where it is not there.
pub fn shared() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: shared data not here");
    None
}

/// A folder of its own for one test, removed when dropped.
pub struct Scratch(pub PathBuf);

impl Scratch {
    pub fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("mixdown-media-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder).expect("a scratch folder");
        Scratch(folder)
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Names of the files in it, sorted.
    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = std::fs::read_dir(&self.0).expect("the scratch folder").flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A file read to its end in blocks of `block` frames.
pub struct Whole {
    pub info: AudioInfo,
    pub planes: Vec<Vec<f32>>,
    pub warnings: Vec<Warning>,
}

impl Whole {
    pub fn frames(&self) -> u64 {
        self.planes.first().map_or(0, |plane| plane.len() as u64)
    }

    pub fn peak(&self) -> f64 {
        self.planes.iter().flatten().fold(0.0, |peak, sample| f64::max(peak, f64::from(sample.abs())))
    }
}

pub fn read_whole(path: &Path, block: usize) -> Result<Whole, MediaError> {
    let mut reader = open(path)?;
    let channels = reader.info().channels as usize;
    let mut planes = vec![Vec::new(); channels];
    let mut buffers = vec![vec![0f32; block]; channels];
    loop {
        let got = reader.read(&mut buffers, block)?;
        for (plane, buffer) in planes.iter_mut().zip(&buffers) {
            plane.extend_from_slice(&buffer[..got]);
        }
        if got < block {
            break;
        }
    }
    Ok(Whole { info: reader.info().clone(), planes, warnings: reader.warnings() })
}

/// Noise that is the same everywhere: white, uniform in ±`peak`, from a 64-bit linear congruential generator.
pub fn noise(frames: usize, peak: f32, seed: u64) -> Vec<f32> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    (0..frames)
        .map(|_| {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            ((state >> 40) as f32 / 8388608.0 - 1.0) * peak
        })
        .collect()
}
