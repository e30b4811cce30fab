//! Every frozen code of every room in one list, for `explain`.

use mixdown_syntax::CodeInfo;

/// Code, title, explanation.
pub type Entry = (&'static str, &'static str, &'static str);

/// What this crate itself can say.
pub static CODES: &[CodeInfo] = &[
    CodeInfo {
        code: "E0931",
        title: "a path outside of the project",
        explanation: "A song reads and writes inside its project's folder only: the folder of the song, or the nearest one above it \
that holds a `mixdown.toml`. So a mix from elsewhere cannot touch other files. Links are followed when a file is written: one that leads out of the \
folder is refused too. What is read may lie behind a link.\n\nWrong: `source \"../../secret.wav\"`\n\nRight: \
copy the file into the project, or allow it for this run with `--allow-outside`.",
    },
    CodeInfo {
        code: "E0932",
        title: "a file changed while it was rendered",
        explanation: "A source was written while the render read it, so what was rendered is neither the old nor the new mix. The last \
good render stays.\n\nRight: render again when the file is whole.",
    },
    CodeInfo {
        code: "E0933",
        title: "an output would overwrite an input",
        explanation: "Rendering never replaces a file that the song itself reads.\n\nWrong: `mixdown render song.mix -o stems/kick.wav`\
\n\nRight: choose another name.",
    },
    CodeInfo {
        code: "E0934",
        title: "the output exists already",
        explanation: "`--no-clobber` was given and the file is there.\n\nRight: choose another name or leave the flag out.",
    },
    CodeInfo {
        code: "E0936",
        title: "two outputs of one name",
        explanation: "Two files of `deliver`, or two stems, would be written to one place, and only the last would be \
heard.\n\nWrong: `stems(\"out/stem.wav\")`\n\nRight: `stems(\"out/{bus}.wav\")`",
    },
    CodeInfo {
        code: "E0935",
        title: "no such package",
        explanation: "A package is a folder `packages/NAME` beside the project's `mixdown.toml`.\n\nWrong: `import drumkit` where there \
is no `packages/drumkit`.\n\nRight: put the package there, or import a file by its path: `import \"lib/drums.mix\" as drumkit`",
    },
    CodeInfo {
        code: "E0937",
        title: "wrong usage",
        explanation: "The command line asks for something that does not exist.\n\nWrong: `--from chorus[3]` in a song with two \
of them.\n\nRight: `--from chorus[2]`, `--from @9`, `--from 1:23.5`; `mixdown help render` says what there is.",
    },
    CodeInfo {
        code: "E0938",
        title: "a strip made NaN or infinity",
        explanation: "What is not a number is replaced by silence where it leaves its strip, so that it cannot spread. `check` fails on \
it.\n\nRight: look at the effects of the named strip.",
    },
    CodeInfo {
        code: "E0940",
        title: "a trim that hears silence",
        explanation: "`trim to` finds one gain that brings what it hears to a level. Silence stays silence.\n\nWrong: a trim behind a gate \
that never opens.\n\nRight: trim a source that plays something.",
    },
    CodeInfo {
        code: "E0939",
        title: "a folder could not be used",
        explanation: "A folder could not be read or made.\n\nRight: check its name and its permissions.",
    },
    CodeInfo {
        code: "E0941",
        title: "a text that cannot be read",
        explanation: "The song, or a file that it imports, does not exist or may not be read.\n\nWrong: `import \"lib/vocal.mix\" as \
vox` where the file is called `vocals.mix`.\n\nRight: the path of the file, relative to the file that names it.",
    },
    CodeInfo {
        code: "E0942",
        title: "a text that is not UTF-8",
        explanation: "Songs are UTF-8 text. An audio file, or a text in an old encoding, was named where a `.mix` file is \
wanted.\n\nRight: save it as UTF-8.",
    },
    CodeInfo {
        code: "E0943",
        title: "a folder without stems",
        explanation: "`new --from` makes a rough mix of the audio files that lie in a folder; there are none in this one that could be \
read.\n\nWrong: `mixdown new demo --from session` where the files lie in `session/audio`.\n\nRight: `mixdown new demo --from \
session/audio`",
    },
    CodeInfo {
        code: "E0944",
        title: "clipped in the file",
        explanation: "Integer files end at full scale; samples beyond it were held there, which distorts.\n\nRight: end the master with \
`limiter(ceiling: -1dBTP)`, pull the master down, or write 32-bit float (`--bits 32f`), which keeps them.",
    },
    CodeInfo {
        code: "E0945",
        title: "a file without audio",
        explanation: "A file of a section holds what the song plays in it. Where the song has ended before the section begins there is \
nothing to hold, and none of the files is written.\n\nWrong: `sections { verse @1 chorus @99 }` where the audio ends at bar 40.\n\nRight: the bar \
where the section is, or a `length` that reaches behind it.",
    },
    CodeInfo {
        code: "E0946",
        title: "a loudness that a gain cannot reach",
        explanation: "`loudness` of a delivery is reached by one constant gain on the whole file, and this gain would lead its true peaks \
above the ceiling (0 dBTP, or what `ceiling` says). A gain changes no dynamics: only the mix can.\n\nWrong: `wav(\"a.wav\", loudness: \
-9LUFS)` of a mix at -14 LUFS whose peaks stand at -1 dBTP.\n\nRight: a `gain` and a `limiter(ceiling: -1dBTP)` in the master, or a loudness \
that leaves room.",
    },
    CodeInfo {
        code: "E0947",
        title: "a folder that is no reference",
        explanation: "`mixdown doc` makes a folder, or replaces one that it made before (it knows it by its `doc.json`). A folder that holds \
anything else is left alone.\n\nWrong: `mixdown doc -o src`\n\nRight: `mixdown doc -o reference`",
    },
    CodeInfo {
        code: "E0948",
        title: "nothing to document",
        explanation: "`mixdown doc FILE` documents the effects, chains and functions that a file declares, and this one declares none that is \
public.\n\nWrong: `mixdown doc song.mix` where the chains are imported.\n\nRight: `mixdown doc lib/chains.mix`",
    },
    CodeInfo {
        code: "E0949",
        title: "no such monitor",
        explanation: "`--monitor` takes the name of a `monitor` of the song.\n\nWrong: `mixdown render song.mix --monitor car` of a song \
without one.\n\nRight: `monitor car { playback(device: car) }` in the song.",
    },
    CodeInfo {
        code: "E0950",
        title: "a monitor in the place of a delivered file",
        explanation: "What a monitor makes is for the ears of whoever mixes. It is never written to a file that `deliver` names.\n\n\
Wrong: `mixdown render song.mix --monitor car -o master.wav` where `deliver` names `master.wav`.\n\nRight: `-o car.wav`, or no `-o`: then \
the file is called `song.car.wav`.",
    },
    CodeInfo {
        code: "E0951",
        title: "a tail that is cut",
        explanation: "A song ends when its last tail has fallen under `tail`, at most 10 s after its last source. This one was still louder \
there: a long reverb, a delay with much feedback, or an effect that feeds itself. It is cut hard.\n\nWrong: `hall(decay: 20s)` and no word \
on the end.\n\nRight: `tail 40s`, or `length 4min`.",
    },
    CodeInfo {
        code: "E0952",
        title: "standard output that cannot be written",
        explanation: "What was asked for could not be written to standard output: the disk behind it is full, or it is closed for writing.\n\n\
Wrong: `mixdown dump --mix song.mix >/dev/full`\n\nRight: a place with room.",
    },
    CodeInfo {
        code: "E0953",
        title: "a command line that is not understood",
        explanation: "A verb, an option or a value that there is not. People get it in the words of the command line, machines under this \
code.\n\nWrong: `mixdown render --bogus song.mix`\n\nRight: what `mixdown render --help` lists.",
    },
];

/// All codes, sorted.
pub fn all() -> Vec<Entry> {
    let entry = |c: &CodeInfo| (c.code, c.title, c.explanation);
    let mut all: Vec<Entry> = Vec::new();
    all.extend(mixdown_syntax::codes::CODES.iter().map(entry));
    all.extend(mixdown_analysis::codes::all().map(entry));
    all.extend(mixdown_analysis::effect_codes::all().map(entry));
    all.extend(mixdown_kernel::lower::CODES.iter().map(|c| entry(c)));
    all.extend(mixdown_codegen::codes::CODES.iter().map(entry));
    all.extend(mixdown_engine::error::CODES.iter().copied());
    all.extend(mixdown_media::codes::CODES.iter().copied());
    all.extend(CODES.iter().map(entry));
    all.sort_by_key(|e| e.0);
    all
}
