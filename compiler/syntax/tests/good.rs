//! The language as it should be written: the two whole example files, and snippets at the grammar's edges.

mod common;

use common::{LIBRARY, SONG, good};
use mixdown_syntax::tree::*;

/// The value of `let a = …`.
fn value(text: &str) -> Expr {
    let mut tree = good(&format!("let a = {text}"));
    match tree.items.pop().map(|i| i.kind) {
        Some(ItemKind::Let(made)) => made.value.clone(),
        other => panic!("{text}: {other:?}"),
    }
}

/// An expression in brackets: `(+ a (* b c))`.
fn shape(e: &Expr) -> String {
    let list = |es: &[Expr]| es.iter().map(shape).collect::<Vec<_>>().join(" ");
    let opt = |e: &Option<Box<Expr>>| e.as_ref().map_or("-".to_string(), |e| shape(e));
    match &e.kind {
        ExprKind::Quantity(q) => {
            let sign = if q.signed && q.value >= 0.0 { "+" } else { "" };
            format!("{sign}{}{}", q.value, q.unit.as_ref().map_or("", |u| &u.name))
        }
        ExprKind::Position(Position::Bar(bar, beat)) => format!("@{bar}.{beat}"),
        ExprKind::Position(Position::Clock(s)) => format!("@clock:{s}"),
        ExprKind::Position(Position::Quantity(q)) => format!("@{}{}", q.value, q.unit.as_ref().map_or("", |u| &u.name)),
        ExprKind::Position(Position::Expr(e)) => format!("@({})", shape(e)),
        ExprKind::Str(parts) => {
            let part = |p: &StrPart| match p {
                StrPart::Text(t) => t.clone(),
                StrPart::Expr(e) => format!("<{}>", shape(e)),
            };
            format!("\"{}\"", parts.iter().map(part).collect::<String>())
        }
        ExprKind::Bool(b) => b.to_string(),
        ExprKind::Name(n) => n.name.clone(),
        ExprKind::List(es) => format!("[{}]", list(es)),
        ExprKind::Comprehension { body, pattern, iter, filter } => {
            format!("[{} for {} in {} if {}]", shape(body), pattern_shape(pattern), shape(iter), opt(filter))
        }
        ExprKind::Tuple(es) => format!("(tuple {})", list(es)),
        ExprKind::Record(es) => {
            let fields: Vec<_> = es.iter().map(|(n, e)| format!("{}:{}", n.name, shape(e))).collect();
            format!("(record {})", fields.join(" "))
        }
        ExprKind::Call(f, args) => {
            let arg = |a: &Arg| {
                format!(" {}{}", a.name.as_ref().map_or(String::new(), |n| format!("{}:", n.name)), shape(&a.value))
            };
            format!("{}({})", shape(f), args.iter().map(arg).collect::<String>().trim_start())
        }
        ExprKind::Index(a, b) => format!("{}[{}]", shape(a), shape(b)),
        ExprKind::Field(a, n) => format!("{}.{}", shape(a), n.name),
        ExprKind::Unary(op, a) => format!("({op:?} {})", shape(a)),
        ExprKind::Binary(op, _, a, b) => format!("({op:?} {} {})", shape(a), shape(b)),
        ExprKind::Curve(s, points) => {
            let point = |p: &CurvePoint| {
                let at = p.at.as_ref().map_or(String::new(), |a| format!("{}=>", shape(a)));
                let over = p.over.as_ref().map_or(String::new(), |o| format!("~{}", shape(o)));
                format!(
                    " {at}{}{over}{}",
                    shape(&p.value),
                    p.shape.as_ref().map_or(String::new(), |s| format!("~{}", s.name))
                )
            };
            format!("(curve {}{})", s.as_ref().map_or("-", |s| &s.name), points.iter().map(point).collect::<String>())
        }
        ExprKind::Lambda(ps, e) => {
            format!("(|{}| {})", ps.iter().map(pattern_shape).collect::<Vec<_>>().join(" "), shape(e))
        }
        ExprKind::If(c, a, b) => {
            format!("(if {} {} {})", shape(c), block_shape(a), b.as_ref().map_or("-".to_string(), block_shape))
        }
        ExprKind::Oversample(n, b) => format!("(oversample {} {})", shape(n), block_shape(b)),
        ExprKind::Spectral(n, b) => format!("(spectral {} {})", shape(n), block_shape(b)),
        ExprKind::During { value, span, over, otherwise } => {
            format!("(during {} {} {} {})", opt(value), shape(span), opt(over), opt(otherwise))
        }
        ExprKind::Within(x, a, b) => format!("(within {} {} {})", shape(x), shape(a), shape(b)),
    }
}

fn pattern_shape(p: &Pattern) -> String {
    match p {
        Pattern::Name(n) => n.name.clone(),
        Pattern::Tuple(ps, _) => format!("({})", ps.iter().map(pattern_shape).collect::<Vec<_>>().join(" ")),
    }
}

fn block_shape(b: &Block) -> String {
    let stmt = |s: &CodeStmt| match &s.kind {
        CodeKind::Let(l) => format!("let {} {}", pattern_shape(&l.pattern), shape(&l.value)),
        CodeKind::State { name, ty, init } => {
            format!("state {}{} {}", name.name, if ty.is_some() { ":T" } else { "" }, shape(init))
        }
        CodeKind::Assign { target, value } => format!("{} = {}", shape(target), shape(value)),
        CodeKind::For(f) => format!("for {} {} {}", pattern_shape(&f.pattern), shape(&f.iter), block_shape(&f.body)),
        CodeKind::Latency(e) => format!("latency {}", shape(e)),
        CodeKind::Expr(e) => shape(e),
    };
    format!("{{{}}}", b.stmts.iter().map(stmt).collect::<Vec<_>>().join("; "))
}

#[track_caller]
fn reads(text: &str, expected: &str) {
    assert_eq!(shape(&value(text)), expected, "{text}");
}

/// The statements of `track t { … }`.
fn stmts(text: &str) -> Vec<StmtKind> {
    let mut tree = good(&format!("track t {{\n{text}\n}}"));
    assert_eq!(tree.items.len(), 1, "{text}");
    match tree.items.pop().map(|i| i.kind) {
        Some(ItemKind::Track(t)) => t.body.stmts.iter().map(|s| s.kind.clone()).collect(),
        other => panic!("{text}: {other:?}"),
    }
}

/// The body of `effect e() { … }`.
fn code(text: &str) -> String {
    let tree = good(&format!("effect e() {{\n{text}\n}}"));
    let ItemKind::Effect(effect) = &tree.items[0].kind else { panic!("{text}: {tree:?}") };
    let DeclBody::Code(block) = &effect.body else { panic!("{text}: {tree:?}") };
    block_shape(block)
}

#[test]
fn the_song_reads_whole() {
    let tree = good(SONG);
    let kinds: Vec<_> = tree
        .items
        .iter()
        .map(|i| match &i.kind {
            ItemKind::Setting(s) => s.word.name.clone(),
            ItemKind::Import(_) => "import".to_string(),
            ItemKind::Track(s) | ItemKind::Bus(s) => shape(&s.name),
            ItemKind::Sections(s) => format!("sections {}", s.len()),
            ItemKind::Group(g) => format!("group {} {}", g.members.len(), g.settings.len()),
            ItemKind::Master(b) => format!("master {}", b.stmts.len()),
            ItemKind::Deliver(b) => format!("deliver {}", b.stmts.len()),
            ItemKind::Check(b) => block_shape(b),
            other => format!("{other:?}"),
        })
        .collect();
    let expected = [
        "title",
        "artist",
        "tempo",
        "signature",
        "sample_rate",
        "import",
        "import",
        "sections 4",
        "kick",
        "gtr1",
        "gtr2",
        "vocal",
        "drums",
        "guitars",
        "vocals",
        "hall",
        "throw",
        "group 2 1",
        "master 4",
        "deliver 4",
        "{(within loudness(master) 0.5LU -14LUFS); (Le true_peak(master) -1dBTP); (Le mono_loss(master) 3dB)}",
    ];
    assert_eq!(kinds, expected);
    assert_eq!(tree.comments.len(), SONG.matches("// ").count());
}

#[test]
fn the_library_reads_whole() {
    let tree = good(LIBRARY);
    assert_eq!(tree.doc.as_ref().map(|d| d.text.as_str()), Some("Vocal chains."));
    assert_eq!(
        tree.items[0].doc.as_ref().map(|d| d.text.as_str()),
        Some("A lead-vocal strip: cleans the lows, holds the level, opens the top.")
    );
    let ItemKind::Chain(chain) = &tree.items[0].kind else { panic!("{:?}", tree.items[0]) };
    let DeclBody::Strip(body) = &chain.body else { panic!("{chain:?}") };
    assert_eq!((chain.params.len(), body.stmts.len()), (2, 4));
    assert!(matches!(body.stmts[3].kind, StmtKind::If(_)));
    let ItemKind::Effect(effect) = &tree.items[1].kind else { panic!("{:?}", tree.items[1]) };
    let names: Vec<_> = effect.params.iter().map(|p| p.name.name.as_str()).collect();
    assert_eq!(names, ["threshold", "ratio", "attack", "release", "knee", "makeup", "key", "listen"]);
    assert_eq!(effect.params[0].default.as_ref().map(shape).as_deref(), Some("-18dBFS"));
    assert_eq!(effect.params[0].range.as_ref().map(shape).as_deref(), Some("(Range -60dBFS 0dBFS)"));
    let DeclBody::Code(block) = &effect.body else { panic!("{effect:?}") };
    assert_eq!(
        block_shape(block),
        "{let over (Sub to_dbfs(loudest(key)) threshold); \
         let cut follow((Mul soft_knee(over knee) (Sub 1 (Div 1 ratio))) attack release); \
         (if listen {key} {(Mul input factor((Sub makeup cut)))})}"
    );
}

#[test]
fn precedence_is_loosest_first() {
    reads("a + b * c", "(Add a (Mul b c))");
    reads("a - b - c", "(Sub (Sub a b) c)");
    reads("(a - b) * c", "(Mul (Sub a b) c)");
    reads("a or b and c == d + 1", "(Or a (And b (Eq c (Add d 1))))");
    reads("a |> f(1) |> g()", "(Pipe (Pipe a f(1)) g())");
    reads("1 .. n - 1", "(Range 1 (Sub n 1))");
    reads("x >= 1 .. 2", "(Ge x (Range 1 2))");
    reads("-x * y", "(Mul (Neg x) y)");
    reads("not a and b", "(And (Not a) b)");
    reads("- -x", "(Neg (Neg x))");
    reads("x within 1LU of y and z", "(And (within x 1LU y) z)");
    reads("x within a + b of c + d", "(within x (Add a b) (Add c d))");
}

#[test]
fn a_glued_sign_belongs_to_the_number() {
    reads("-14LUFS", "-14LUFS");
    reads("+3dB", "+3dB");
    reads("a -3dB", "(Sub a 3dB)");
    reads("a-3dB", "(Sub a 3dB)");
    reads("a - -3dB", "(Sub a -3dB)");
    reads("- 3dB", "(Neg 3dB)");
    reads("-inf dB", "-infdB");
    reads("-inf", "-inf");
    reads("f(-3dB)", "f(-3dB)");
    reads("2-3", "(Sub 2 3)");
}

#[test]
fn numbers_take_their_unit() {
    reads("30%", "30%");
    reads("48_000Hz", "48000Hz");
    reads("1.5e3", "1500");
    reads("2e", "2e");
    reads("4x", "4x");
    reads("1..40", "(Range 1 40)");
    reads("0.5..1.5", "(Range 0.5 1.5)");
    reads("1bar", "1bar");
    reads("4/4", "(Div 4 4)");
    reads("5dBish", "5dBish");
    reads("infinity", "infinity");
}

#[test]
fn positions_are_bars_clocks_or_values() {
    reads("@9", "@9.1");
    reads("@9.10", "@9.10");
    reads("@40.3 .. @41.1", "(Range @40.3 @41.1)");
    reads("@9..@12", "(Range @9.1 @12.1)");
    reads("@1:23.5", "@clock:83.5");
    reads("@1:02:03", "@clock:3723");
    reads("@90s", "@90s");
    reads("@1.5min", "@1.5min");
    reads("@(9 + 4*i)", "@((Add 9 (Mul 4 i)))");
    reads("@40.3 + note(1/16)", "(Add @40.3 note((Div 1 16)))");
    reads("verse[2].start", "verse[2].start");
}

#[test]
fn strings_hold_values() {
    reads("\"\"", "\"\"");
    reads("\"out/{title} ({n + 1}).wav\"", "\"out/<title> (<(Add n 1)>).wav\"");
    reads("\"{f(\"x\")}\"", "\"<f(\"x\")>\"");
    reads(r#""a\"b\\c\{d\}\u{266A}""#, "\"a\"b\\c{d}♪\"");
    reads("\"http://x // no comment /* nor this */\"", "\"http://x // no comment /* nor this */\"");
    reads("\"}\"", "\"}\"");
}

#[test]
fn brackets_make_values_tuples_and_records() {
    reads("(1)", "1");
    reads("(1, 2)", "(tuple 1 2)");
    reads("((1, 2), 3,)", "(tuple (tuple 1 2) 3)");
    reads("(a: 1, b: (c: 2))", "(record a:1 b:(record c:2))");
    reads("(:)", "(record )");
    reads("[]", "[]");
    reads("[1, 2,\n 3,\n]", "[1 2 3]");
    reads("[x * 2 for x in 1..4 if x > 1]", "[(Mul x 2) for x in (Range 1 4) if (Gt x 1)]");
    reads("[a\n for (a, (b, c)) in xs]", "[a for (a (b c)) in xs if -]");
    reads("f(\n  1,\n  b: 2,\n)", "f(1 b:2)");
    reads("f(a :2)", "f(a:2)");
    reads("xs[0][1].y(2)", "xs[0][1].y(2)");
}

#[test]
fn lambdas_and_pipes() {
    reads("map(xs, |x| x * 2)", "map(xs (|x| (Mul x 2)))");
    reads("|a, (b, c)| a + b", "(|a (b c)| (Add a b))");
    reads("input\n  |> highpass(90Hz)\n  |> flip()", "(Pipe (Pipe input highpass(90Hz)) flip())");
    reads("a +\n  b", "(Add a b)");
}

#[test]
fn conditions_and_durings() {
    reads("if a { b } else if c { d } else { e }", "(if a {b} {(if c {d} {e})})");
    reads("if a {\n b\n}\nelse {\n c\n}", "(if a {b} {c})");
    reads("if f(x) == 1 { b }", "(if (Eq f(x) 1) {b} -)");
    reads("-3dB during chorus", "(during -3dB chorus - -)");
    reads("a + b during @1 .. @2 over 1beat else c + d", "(during (Add a b) (Range @1.1 @2.1) 1beat (Add c d))");
    reads("a during x else b during y else c", "(during a x - (during b y - c))");
    reads("(a during x) + 1", "(Add (during a x - -) 1)");
}

#[test]
fn curves() {
    reads(
        "curve [ -3dB, @9 => 0dB over 1bar exp, verse.start => -6dB ]",
        "(curve - -3dB @9.1=>0dB~1bar~exp verse.start=>-6dB)",
    );
    reads(
        "curve exp [\n intro.start => 400Hz,\n verse.start => 18kHz,\n]",
        "(curve exp intro.start=>400Hz verse.start=>18kHz)",
    );
    reads("curve[@1 => 0dB] + lfo(1Hz)", "(Add (curve - @1.1=>0dB) lfo(1Hz))");
}

#[test]
fn words_of_settings_are_plain_names_elsewhere() {
    reads("pan + fader * tail", "(Add pan (Mul fader tail))");
    reads("f(over: during, of: within)", "f(over:during of:within)");
    assert_eq!(code("let pan = 3\npan * over"), "{let pan 3; (Mul pan over)}");
    assert_eq!(code("let latency = 2\nlatency * line"), "{let latency 2; (Mul latency line)}");
    assert_eq!(code("oversample * 2"), "{(Mul oversample 2)}");
    good("let title_case = 1\nlet track = 2\nfn bus(a) { a }");
}

#[test]
fn code_of_effects() {
    assert_eq!(
        code("state x = 0\nstate y: Level = 0dB\nstate tail = line(2s)\nline old: 2s\nlatency 5ms"),
        "{state x 0; state y:T 0dB; state tail line(2s); state old line(2s); latency 5ms}"
    );
    assert_eq!(code("x = y + 1\nxs[i] = 2\ntail.write(x)"), "{x = (Add y 1); xs[i] = 2; tail.write(x)}");
    assert_eq!(code("for i in 1..4 { x = x + i }"), "{for i (Range 1 4) {x = (Add x i)}}");
    assert_eq!(code("for (a, b) in xs { a }"), "{for (a b) xs {a}}");
    assert_eq!(code("let y = oversample 4x { tanh(input) }\ny"), "{let y (oversample 4x {tanh(input)}); y}");
    assert_eq!(code("let (l, r) = input; (r, l)"), "{let (l r) input; (tuple r l)}");
    assert_eq!(code("wav(\"a\")  flac(\"b\")"), "{wav(\"a\"); flac(\"b\")}");
    assert_eq!(code(""), "{}");
}

#[test]
fn declarations_say_what_they_take() {
    let tree = good(
        "effect e(\n  /// How loud.\n  const a: one of [peak, rms] = peak,\n  b: List of Level = [0dB],\n  c: Time in 1ms .. 1s,\n) { input }\n\
         fn f(a, b: Level) { a }\noption up: Level = 0dB in -3dB .. 3dB",
    );
    let ItemKind::Effect(e) = &tree.items[0].kind else { panic!() };
    assert!(e.params[0].constant && !e.params[1].constant);
    assert_eq!(e.params[0].doc.as_ref().map(|d| d.text.as_str()), Some("How loud."));
    assert!(matches!(&e.params[0].ty, Some(TypeExpr::OneOf(words, _)) if words.len() == 2));
    assert!(matches!(&e.params[1].ty, Some(TypeExpr::List(..))));
    assert!(e.params[2].default.is_none() && e.params[2].range.is_some());
    let ItemKind::Fn(f) = &tree.items[1].kind else { panic!() };
    assert!(f.params[0].ty.is_none() && f.params[1].ty.is_some());
    assert!(matches!(&tree.items[2].kind, ItemKind::Option(p) if p.name.name == "up" && p.range.is_some()));
}

#[test]
fn imports() {
    let tree = good("import \"lib/v.mix\" as vox\nimport drumkit\nimport a.b.c\nimport \"x.mix\": lead, glue");
    let ItemKind::Import(last) = &tree.items[3].kind else { panic!() };
    assert_eq!(last.names.as_ref().map(Vec::len), Some(2));
    assert!(
        matches!(&tree.items[2].kind, ItemKind::Import(Import { source: ImportSource::Package(p), .. }) if p.len() == 3)
    );
    assert!(
        matches!(&tree.items[0].kind, ItemKind::Import(Import { source: ImportSource::Path(p, _), alias: Some(a), .. }) if p == "lib/v.mix" && a.name == "vox")
    );
}

#[test]
fn song_settings_may_change_at_a_place() {
    let tree = good(
        "signature 7/8 from @17\ntempo curve [ 120bpm, @9 => 90bpm over 4bars ]\nyear 2026; isrc \"X\"\nlength @81",
    );
    let ItemKind::Setting(first) = &tree.items[0].kind else { panic!() };
    assert_eq!(first.from.as_ref().map(shape).as_deref(), Some("@17.1"));
    assert_eq!(tree.items.len(), 5);
}

#[test]
fn strips_read_as_the_signal_flows() {
    let made = stmts(
        "source \"x.wav\", channel: left\nsource white_noise\nsend hall -14dB, pan: L20\nsend hall\nsend throw -6dB during @40.3 .. @41.1\n\
         to drums, vox.bus, \"gtr{i}\"\nto none\nmute\nmute during outro over 1s\nmute on\nsolo\ntrim to -18dB rms\ntrim to -18LUFS\npan (x+1)*2%\n\
         ride +2dB during chorus over 1beat",
    );
    assert_eq!(made.len(), 15);
    let setting = |n: usize| match &made[n] {
        StmtKind::Setting(s) => s,
        other => panic!("{other:?}"),
    };
    assert!(matches!(setting(0), Setting::Source(_, args) if args.len() == 1));
    assert!(matches!(setting(2), Setting::Send(_, Some(level), args) if shape(level) == "-14dB" && args.len() == 1));
    assert!(matches!(setting(3), Setting::Send(_, None, args) if args.is_empty()));
    assert!(matches!(setting(4), Setting::Send(_, Some(v), _) if shape(v) == "(during -6dB (Range @40.3 @41.1) - -)"));
    assert!(
        matches!(setting(5), Setting::To(t) if t.iter().map(|t| shape(&t.name)).collect::<Vec<_>>() == ["drums", "vox.bus", "\"gtr<i>\""])
    );
    assert!(matches!(setting(7), Setting::Mute(None)));
    assert!(matches!(setting(8), Setting::Mute(Some(e)) if shape(e) == "(during - outro 1s -)"));
    assert!(matches!(setting(9), Setting::Mute(Some(e)) if shape(e) == "on"));
    assert!(matches!(setting(11), Setting::Trim(e, Some(m)) if shape(e) == "-18dB" && m.name == "rms"));
    assert!(matches!(setting(12), Setting::Trim(_, None)));
    assert!(matches!(setting(13), Setting::Pan(e) if shape(e) == "(Mul (Add x 1) 2%)"));
}

#[test]
fn processors_wrappers_and_labels() {
    let made = stmts(
        "bypass body: bell(350Hz, -2dB, q: 1.2)\nvox.lead(air: 2.5dB)\nparallel { dry { }; crush { gain(-9dB) } }\nbands(120Hz) { low { } }\n\
         oversample 4x { saturate(drive: 2dB) }\npan: bell(1kHz, 1dB)\ndelay(note(1/8)) { }",
    );
    let p = |n: usize| match &made[n] {
        StmtKind::Processor(p) => p,
        other => panic!("{other:?}"),
    };
    assert!(p(0).bypass.is_some() && p(0).label.as_ref().is_some_and(|l| l.name == "body"));
    assert_eq!(p(1).path.iter().map(|i| i.name.as_str()).collect::<Vec<_>>(), ["vox", "lead"]);
    assert!(p(2).args.is_none() && p(2).block.as_ref().is_some_and(|b| b.stmts.len() == 2));
    assert_eq!(
        (p(4).path[0].name.as_str(), p(4).args.as_ref().map(|a| shape(&a[0].value)).as_deref()),
        ("oversample", Some("4x"))
    );
    assert!(p(5).label.as_ref().is_some_and(|l| l.name == "pan"));
}

#[test]
fn statements_end_with_their_line_or_a_semicolon() {
    assert_eq!(stmts("gain(1dB); gain(2dB);; gain(3dB);").len(), 3);
    assert_eq!(stmts("plate()  highpass(90Hz)  fader -2dB  pan L60  mute  solo").len(), 6);
    assert_eq!(stmts("compressor(\n  ratio: 4, // a word\n\n  attack: 1ms,\n)\r\npan C").len(), 2);
    assert_eq!(stmts("if a { gain(1dB) } else { gain(2dB) } gain(3dB)").len(), 2);
    assert_eq!(stmts("for i in 1..3 { gain(1dB * i) }").len(), 1);
    assert_eq!(good("track a { } track b { } title \"x\"").items.len(), 3);
}

#[test]
fn scripts_make_strips() {
    let tree =
        good("for (i, side) in [(1, L80), (2, R80)] { track \"bv{i}\" like bv { source \"bv{i}.wav\"; pan side } }");
    let ItemKind::For(f) = &tree.items[0].kind else { panic!() };
    let ItemKind::Track(t) = &f.body[0].kind else { panic!() };
    assert_eq!((shape(&t.name).as_str(), t.body.stmts.len()), ("\"bv<i>\"", 2));
    let tree = good("if a { track x { } } else if b { bus y { } }\nelse { }");
    assert!(matches!(&tree.items[0].kind, ItemKind::If(If { otherwise: Some(o), .. }) if o.len() == 1));
}

#[test]
fn sections_and_groups() {
    let tree = good(
        "sections {\n  intro @1   // in\n  verse @9, @41\n  outro @73 .. @81; coda @90\n}\ngroup g { a,\n b\n vox.c; fader -1dB\n mute }",
    );
    let ItemKind::Sections(s) = &tree.items[0].kind else { panic!() };
    assert_eq!(s.iter().map(|s| s.starts.len()).collect::<Vec<_>>(), [1, 2, 1, 1]);
    assert_eq!(shape(&s[2].starts[0]), "(Range @73.1 @81.1)");
    let ItemKind::Group(g) = &tree.items[1].kind else { panic!() };
    assert_eq!((g.members.len(), g.settings.len()), (3, 2));
}

#[test]
fn line_ends_marks_and_tabs_of_every_system() {
    let crlf = SONG.replace('\n', "\r\n");
    assert_eq!(good(&crlf).items.len(), good(SONG).items.len());
    assert_eq!(good(&format!("\u{FEFF}{SONG}")).items.len(), good(SONG).items.len());
    assert_eq!(good(&SONG.replace("    ", "\t")).items.len(), good(SONG).items.len());
    assert_eq!(good("").items.len(), 0);
    assert_eq!(good("\n\n// only\n").comments.len(), 1);
}

#[test]
fn docs_stand_above_what_they_describe() {
    let tree = good(
        "//! One.\n//! Two.\n\n/// A\n/// B\ntrack x {\n  /// C\n  gain(1dB) // not a doc\n}\n//// ruler\nlet a = 1",
    );
    assert_eq!(tree.doc.as_ref().map(|d| d.text.as_str()), Some("One.\nTwo."));
    assert_eq!(tree.items[0].doc.as_ref().map(|d| d.text.as_str()), Some("A\nB"));
    let ItemKind::Track(t) = &tree.items[0].kind else { panic!() };
    assert_eq!(t.body.stmts[0].doc.as_ref().map(|d| d.text.as_str()), Some("C"));
    assert!(tree.items[1].doc.is_none());
    assert_eq!(tree.comments.len(), 2);
}

#[test]
fn names_may_be_of_any_script() {
    let tree = good("track gitarre_für_übung { gain(1dB) }\ntrack ギター { }\nlet _x = 1");
    assert_eq!(tree.items.len(), 3);
}

#[test]
fn oversample_takes_options_a_label_and_bypass() {
    let text = "track t {\n    source \"a.wav\"\n    bypass hot: oversample 4x, mix: 40% { gain(1dB) }\n}\n";
    let (file, faults) = mixdown_syntax::parse(mixdown_syntax::FileId(0), text);
    assert!(faults.is_empty(), "{faults:?}");
    let mixdown_syntax::tree::ItemKind::Track(strip) = &file.items[0].kind else { panic!("a track") };
    let mixdown_syntax::tree::StmtKind::Processor(p) = &strip.body.stmts[1].kind else { panic!("a processor") };
    assert!(p.bypass.is_some() && p.block.is_some());
    assert_eq!(p.label.as_ref().map(|l| l.name.as_str()), Some("hot"));
    let args = p.args.as_ref().expect("arguments");
    assert_eq!(args[1].name.as_ref().map(|n| n.name.as_str()), Some("mix"));
}
