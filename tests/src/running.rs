//! A program that runs beside the test: what it says is gathered, and it can be interrupted.

use crate::{Run, program};
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Longest wait for anything: far more than it takes on a busy machine.
const LONGEST: Duration = Duration::from_secs(40);

/// A running program. Ended when dropped.
pub struct Running {
    child: Child,
    said: Arc<Mutex<String>>,
    reader: Option<JoinHandle<()>>,
    mark: usize,
}

impl Running {
    /// Starts it in a folder.
    pub fn start(folder: &Path, args: &[&str]) -> Running {
        let mut command = Command::new(program());
        command.args(args).current_dir(folder).env("NO_COLOR", "1").stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program runs");
        let said = Arc::new(Mutex::new(String::new()));
        let (to, from) = (said.clone(), child.stderr.take().expect("a pipe"));
        let reader = std::thread::spawn(move || {
            for line in BufReader::new(from).lines().map_while(Result::ok) {
                let mut text = to.lock().expect("a lock");
                text.push_str(&line);
                text.push('\n');
            }
        });
        Running { child, said, reader: Some(reader), mark: 0 }
    }

    /// Everything it said so far.
    pub fn said(&self) -> String {
        self.said.lock().expect("a lock").clone()
    }

    /// Waits until it says `text` after what was waited for before.
    #[track_caller]
    pub fn until(&mut self, text: &str) {
        let started = Instant::now();
        loop {
            let said = self.said();
            if let Some(at) = said[self.mark..].find(text) {
                self.mark += at + text.len();
                return;
            }
            assert!(started.elapsed() < LONGEST, "`{text}` was not said:\n{said}");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Fails the test if it says `text` within a while.
    #[track_caller]
    pub fn silent(&self, text: &str, during: Duration) {
        std::thread::sleep(during);
        let said = self.said();
        assert!(!said[self.mark..].contains(text), "`{text}` was said:\n{}", &said[self.mark..]);
    }

    /// Waits for its end, and says how many threads it was seen with, apart from the one that waits for interrupts.
    #[track_caller]
    pub fn end_with_threads(mut self) -> (Run, usize) {
        // A thread has its name only a moment after its start, so the last one counts.
        let mut names = std::collections::BTreeMap::new();
        while self.child.try_wait().expect("a child").is_none() {
            for task in std::fs::read_dir(format!("/proc/{}/task", self.child.id())).into_iter().flatten().flatten() {
                if let Ok(name) = std::fs::read_to_string(task.path().join("comm")) {
                    names.insert(task.file_name(), name);
                }
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        (self.end(), names.values().filter(|name| name.trim() != "ctrl-c").count())
    }

    /// Sends it a signal by its name (`INT`, `TERM`).
    pub fn signal(&self, name: &str) {
        let kill = Command::new("kill").args([&format!("-{name}"), &self.child.id().to_string()]).status();
        assert!(kill.expect("kill runs").success(), "the signal could not be sent");
    }

    /// Waits for its end.
    #[track_caller]
    pub fn end(mut self) -> Run {
        let started = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().expect("a child") {
                break status;
            }
            assert!(started.elapsed() < LONGEST, "it does not end:\n{}", self.said());
            std::thread::sleep(Duration::from_millis(5));
        };
        let mut out = String::new();
        if let Some(mut stdout) = self.child.stdout.take() {
            stdout.read_to_string(&mut out).expect("text on stdout");
        }
        if let Some(reader) = self.reader.take() {
            reader.join().expect("the reader ends");
        }
        Run { out, err: self.said(), code: status.code().unwrap_or(-1) }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Ended already, as a rule.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
