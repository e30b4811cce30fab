//! The verbs, one file each, and the way in.

mod check;
mod doc;
mod dump;
mod explain;
mod measure;
mod new;
mod render;
mod test;
mod watch;

use crate::args::{Cli, MessageFormat, MixArgs, Verb};
use crate::build::Session;
use crate::exit::{Exit, Stop};
use crate::project::Project;
use crate::say::Voice;
use clap::{CommandFactory, Parser};
use mixdown_analysis::world::World;
use mixdown_analysis::{Analysis, Options};
use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// Runs the program.
pub fn main() -> ExitCode {
    small_pages();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(e) => return ExitCode::from(usage(&e) as u8),
    };
    let voice = Voice::new(cli.message_format, cli.color);
    let cancel = crate::signals::listen();
    let library = matches!(cli.verb, Verb::Check(_) | Verb::Doc(_));
    let context = Context { voice, cancel, allow_outside: cli.allow_outside, library, session: Session::default() };
    let exit = match cli.verb {
        Verb::Render(args) => render::run(&context, &args),
        Verb::Check(args) => check::run(&context, &args),
        Verb::Test(args) => test::run(&context, &args),
        Verb::Watch(args) => watch::run(&context, &args),
        Verb::New(args) => new::run(&context, &args),
        Verb::Measure(args) => measure::run(&context, &args),
        Verb::Dump(args) => dump::run(&context, &args),
        Verb::Explain(args) => explain::run(&context, &args),
        Verb::Doc(args) => doc::run(&context, &args),
        Verb::Completions { shell } => {
            let mut out = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "mixdown", &mut out);
            context.print(&String::from_utf8_lossy(&out))
        }
    };
    ExitCode::from(exit as u8)
}

/// Says what is wrong with the command line, or prints the help that it asks for.
fn usage(e: &clap::Error) -> Exit {
    let args: Vec<_> = std::env::args_os().collect();
    let json = args.windows(2).any(|pair| pair[0] == "--message-format" && pair[1] == "json")
        || args.iter().any(|arg| arg == "--message-format=json");
    if e.use_stderr() && json {
        let text = e.render().to_string();
        let message = text.lines().next().unwrap_or_default().trim_start_matches("error: ").to_string();
        let voice = Voice { format: MessageFormat::Json, color: false, terminal: false };
        return voice.stop(&Default::default(), Stop::environment("E0953", message, "`mixdown help` and `mixdown VERB --help` say what there is"));
    }
    let printed = e.print();
    if e.use_stderr() || printed.is_err_and(|e| e.kind() != std::io::ErrorKind::BrokenPipe) { Exit::Environment } else { Exit::Done }
}

/// Pages as small as they are asked for: huge ones double the memory of a render and make it no faster.
fn small_pages() {
    #[cfg(target_os = "linux")]
    // SAFETY: a flag of this process, with no memory behind it; where the system does not know it nothing happens.
    unsafe {
        libc::prctl(libc::PR_SET_THP_DISABLE, 1, 0, 0, 0);
    }
}

/// What every verb needs.
pub struct Context {
    /// How to speak.
    pub voice: Voice,
    /// Set when the user interrupts.
    pub cancel: Arc<AtomicBool>,
    /// Paths outside of the project are allowed.
    pub allow_outside: bool,
    /// A file of effects alone is right as it is.
    pub library: bool,
    /// What was built so far.
    pub session: Session,
}

impl Context {
    /// Writes a result to stdout. A pipe that is closed is no fault.
    pub fn print(&self, text: &str) -> Exit {
        match std::io::stdout().write_all(text.as_bytes()).and_then(|()| std::io::stdout().flush()) {
            Err(e) if e.kind() != std::io::ErrorKind::BrokenPipe => {
                let message = format!("standard output cannot be written: {}", crate::project::plain(&e));
                self.voice.stop(&Default::default(), Stop::environment("E0952", message, "make room there, or name a file"))
            }
            _ => Exit::Done,
        }
    }

    /// Opens a song's folder; says what is in the way.
    pub fn open(&self, song: &std::path::Path) -> Result<Project, Exit> {
        let open = Project::open(song, self.allow_outside).map(|project| project.knowing(&self.session.files));
        open.map_err(|stop| self.voice.stop(&Default::default(), stop))
    }

    /// Analyses an open song; says every diagnostic. `Err` carries how to end.
    pub fn check(&self, project: &Project, mix: &MixArgs, deliver: bool) -> Result<Analysis, Exit> {
        let stopped = |stop| self.voice.stop(&Default::default(), stop);
        let options = options(mix).map_err(stopped)?;
        // A song that cannot be read is a matter of files, not of its text.
        project.read_text(&project.song).map_err(|e| stopped(crate::sources::outside(e)))?;
        let mut analysis = self.session.check(project, &Options { deliver, library: self.library, ..options });
        analysis.sources.rename(|name| project.shown(name));
        self.voice.diagnostics(&analysis.sources, &analysis.diagnostics);
        if analysis.mix.is_some() { Ok(analysis) } else { Err(exit_of(&analysis)) }
    }

    /// Opens a song and analyses it.
    pub fn analyse(&self, song: &std::path::Path, mix: &MixArgs, deliver: bool) -> Result<(Project, Analysis), Exit> {
        let project = self.open(song)?;
        project.look_ahead();
        let analysis = self.check(&project, mix, deliver)?;
        Ok((project, analysis))
    }
}

/// Files and environment end with 2, everything else that is wrong with 1.
pub fn exit_of(analysis: &Analysis) -> Exit {
    let errors: Vec<_> = analysis.diagnostics.iter().filter(|d| d.is_error()).collect();
    if !errors.is_empty() && errors.iter().all(|d| d.code.starts_with("E09")) { Exit::Environment } else { Exit::Wrong }
}

/// Analysis options of a command line.
pub fn options(mix: &MixArgs) -> Result<Options, Stop> {
    let mut set = Vec::new();
    for s in &mix.set {
        let Some((name, value)) = s.split_once('=') else {
            return Err(Stop::environment("E0937", format!("`--set {s}` has no `=`"), "write `--set NAME=VALUE`"));
        };
        set.push((mixdown_syntax::tree::composed(name.trim()).into_owned(), value.trim().to_string()));
    }
    Ok(Options { set, solo: mix.solo.clone(), allow_solo: mix.allow_solo, deliver: false, library: false })
}
