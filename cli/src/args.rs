//! The command line as data.

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Mixes and masters music written as text.
#[derive(Debug, Parser)]
#[command(name = "mixdown", version, about, max_term_width = 100)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub verb: Verb,
    /// How messages are printed.
    #[arg(long, global = true, value_enum, default_value_t = MessageFormat::Human)]
    pub message_format: MessageFormat,
    /// When to use colour.
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto)]
    pub color: Color,
    /// Let the song read and write outside of its project's folder.
    #[arg(long, global = true)]
    pub allow_outside: bool,
}

/// How messages are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum MessageFormat {
    /// For people.
    Human,
    /// One line each: `file:line:column: error[code]: message`.
    Short,
    /// One JSON object a line.
    Json,
}

/// When to use colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs)]
pub enum Color {
    Auto,
    Always,
    Never,
}

/// The verbs.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Make a project: a song, a chain library and stems, or a rough mix of a folder of stems.
    New(NewArgs),
    /// Render a song to files.
    Render(RenderArgs),
    /// Check a song without rendering it.
    Check(CheckArgs),
    /// Render and judge every `check` block.
    Test(TestArgs),
    /// Render again on every change.
    Watch(WatchArgs),
    /// Measure audio files, or the strips and dynamics processors of a song.
    Measure(MeasureArgs),
    /// Print a stage of the compiler.
    Dump(DumpArgs),
    /// Explain a code, a processor, a function or a word of the language.
    Explain(ExplainArgs),
    /// Build the reference of the library, or of a file: a page each, measured and to be heard.
    Doc(DocArgs),
    /// Print completions for a shell.
    Completions {
        /// Which shell.
        shell: clap_complete::Shell,
    },
}

/// `mixdown new`
#[derive(Debug, Args)]
pub struct NewArgs {
    /// Folder to make.
    pub name: PathBuf,
    /// Make a rough mix of these stems.
    #[arg(long, value_name = "STEMS")]
    pub from: Option<PathBuf>,
}

/// What shapes a mix from outside its text.
#[derive(Clone, Debug, Default, Args)]
pub struct MixArgs {
    /// Give an `option` of the song a value.
    #[arg(long, value_name = "NAME=VALUE")]
    pub set: Vec<String>,
    /// Listen to these strips alone.
    #[arg(long, value_name = "STRIP")]
    pub solo: Vec<String>,
    /// Deliver although a `solo` stands in the text.
    #[arg(long)]
    pub allow_solo: bool,
}

/// `mixdown render`
#[derive(Clone, Debug, Args)]
pub struct RenderArgs {
    /// The song; `-` is standard input.
    pub song: PathBuf,
    /// One file instead of what `deliver` names; `-` is stdout.
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// First position: seconds (`12.5`), `mm:ss`, bars (`@9`, `@40.3`) or sections (`chorus`, `chorus[2]`, `drop.end`).
    #[arg(long, value_name = "POS")]
    pub from: Option<String>,
    /// One past the last position.
    #[arg(long, value_name = "POS")]
    pub to: Option<String>,
    /// One section alone, as with `--from` and `--to`: `chorus`, or `chorus[2]` where it comes again.
    #[arg(long, value_name = "NAME", conflicts_with_all = ["from", "to"])]
    pub section: Option<String>,
    /// What a `monitor` of the song makes of it, into a file of its own beside the song, or `-o`.
    #[arg(long, value_name = "NAME", conflicts_with = "stems")]
    pub monitor: Option<String>,
    /// `wav` or `flac`; by the file's ending where not given.
    #[arg(long, value_enum)]
    pub format: Option<Format>,
    /// Bits of a sample.
    #[arg(long, value_enum)]
    pub bits: Option<Bits>,
    /// Write the stems into this folder as well.
    #[arg(long, value_name = "DIR")]
    pub stems: Option<PathBuf>,
    /// Threads that compile, render, encode and measure; 0 takes one a core.
    #[arg(long, default_value_t = 0, value_parser = threads)]
    pub threads: usize,
    /// Frames a block.
    #[arg(long, default_value_t = 1024)]
    pub block: usize,
    /// Width of all audio.
    #[arg(long, value_enum, default_value_t = Precision::F32)]
    pub precision: Precision,
    /// What runs the kernels.
    #[arg(long, value_enum, default_value_t = Engine::Jit)]
    pub engine: Engine,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub mix: MixArgs,
    /// Accepted for scripts; renders are always whole, and nothing is kept on the disk.
    #[arg(long)]
    pub no_cache: bool,
    /// Print timings to stdout.
    #[arg(long, value_enum)]
    pub timings: Option<Timings>,
    /// Never replace a file.
    #[arg(long)]
    pub no_clobber: bool,
    /// No progress and no closing line.
    #[arg(short, long)]
    pub quiet: bool,
    /// Of what `deliver` names, only the first.
    #[arg(skip)]
    pub first: bool,
}

impl RenderArgs {
    /// A render of a song with nothing else said, and nothing said about it.
    pub fn of(song: PathBuf) -> RenderArgs {
        RenderArgs {
            song,
            output: None,
            from: None,
            to: None,
            section: None,
            monitor: None,
            format: None,
            bits: None,
            stems: None,
            threads: 0,
            block: 1024,
            precision: Precision::F32,
            engine: Engine::Jit,
            mix: MixArgs::default(),
            no_cache: false,
            timings: None,
            no_clobber: false,
            quiet: true,
            first: false,
        }
    }

    /// Whether it makes the files that `deliver` names: a part, a solo or a monitor is for listening and replaces none of
    /// them.
    pub fn delivers(&self) -> bool {
        self.monitor.is_none() && self.output.is_none() && self.from.is_none() && self.to.is_none() && self.section.is_none() && self.mix.solo.is_empty()
    }
}

/// More threads than any machine has cores are no help, and a system makes only so many.
const MOST_THREADS: usize = 256;

fn threads(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(n) if n <= MOST_THREADS => Ok(n),
        _ => Err(format!("write a number of threads from 0 (one a core) to {MOST_THREADS}")),
    }
}

/// File formats.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs)]
pub enum Format {
    Wav,
    Flac,
}

/// Depths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Bits {
    /// 16-bit integer, dithered.
    #[value(name = "16")]
    B16,
    /// 24-bit integer.
    #[value(name = "24")]
    B24,
    /// 32-bit float.
    #[value(name = "32f", alias = "32")]
    B32f,
}

/// Widths of audio.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs)]
pub enum Precision {
    F32,
    F64,
}

/// What runs kernels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs)]
pub enum Engine {
    Jit,
    Interpreter,
}

/// Formats of timings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs)]
pub enum Timings {
    Json,
}

/// `mixdown check`
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// The song, or a library; `-` is standard input.
    pub song: PathBuf,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub mix: MixArgs,
}

/// `mixdown test`
#[derive(Debug, Args)]
pub struct TestArgs {
    /// Songs.
    #[arg(required = true)]
    pub songs: Vec<PathBuf>,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub mix: MixArgs,
}

/// `mixdown watch`
#[derive(Debug, Args)]
pub struct WatchArgs {
    #[command(flatten)]
    #[allow(missing_docs)]
    pub render: RenderArgs,
    /// Render all that `deliver` names every time, not only the first.
    #[arg(long)]
    pub all: bool,
}

/// `mixdown measure`
#[derive(Debug, Args)]
pub struct MeasureArgs {
    /// Audio files, and songs: of these every strip's level, and how far each dynamics processor turns down.
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    /// One JSON object a file; of a song one a strip and a processor.
    #[arg(long)]
    pub json: bool,
}

/// `mixdown dump`
#[derive(Debug, Args)]
#[command(group(clap::ArgGroup::new("stage").required(true)))]
pub struct DumpArgs {
    /// The song.
    pub song: PathBuf,
    /// The tree of the song's file.
    #[arg(long, group = "stage")]
    pub tree: bool,
    /// The Mix, as JSON.
    #[arg(long, group = "stage")]
    pub mix: bool,
    /// The kernels, in their text form.
    #[arg(long, group = "stage")]
    pub kernel: bool,
    /// The program's layout, as JSON.
    #[arg(long, group = "stage")]
    pub program: bool,
    /// Cranelift's IR.
    #[arg(long, group = "stage")]
    pub clif: bool,
    /// Machine code.
    #[arg(long, group = "stage")]
    pub asm: bool,
    /// Width of all audio.
    #[arg(long, value_enum, default_value_t = Precision::F32)]
    pub precision: Precision,
}

/// `mixdown explain`
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// A code (`E0203`), a processor (`compressor`), a function (`lfo`) or a word of the language (`send`), or what another
    /// program calls one; `library`, `functions` and `words` list them. All codes where nothing is given.
    pub what: Option<String>,
}

/// `mixdown doc`
#[derive(Debug, Args)]
pub struct DocArgs {
    /// A file that declares effects, chains or functions; the whole standard library where nothing is given.
    pub file: Option<PathBuf>,
    /// Folder to make. One that is there is replaced if it holds a reference, and nothing else is.
    #[arg(short, long, value_name = "FOLDER", default_value = "doc")]
    pub output: PathBuf,
    /// Measure what each effect costs on this machine. Without it the same text always gives the same bytes.
    #[arg(long)]
    pub cost: bool,
    /// Threads that measure; 0 takes one a core.
    #[arg(long, default_value_t = 0, value_parser = threads)]
    pub threads: usize,
}
