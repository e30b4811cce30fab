//! Moving a tree in its text. Always true here: every span of what is moved moves by the same distance; a field that is
//! added to the tree does not compile before it stands here.

use crate::source::Span;
use crate::tree::*;
use std::rc::Rc;

/// What lies somewhere in a text.
pub(crate) trait Shift {
    /// Moves it by so many bytes.
    fn shift(&mut self, by: i64);
}

impl Shift for Span {
    fn shift(&mut self, by: i64) {
        let moved = |at: u32| (i64::from(at) + by) as u32;
        (self.start, self.end) = (moved(self.start), moved(self.end));
    }
}

impl<T: Shift> Shift for Option<T> {
    fn shift(&mut self, by: i64) {
        self.iter_mut().for_each(|x| x.shift(by));
    }
}

impl<T: Shift> Shift for Vec<T> {
    fn shift(&mut self, by: i64) {
        self.iter_mut().for_each(|x| x.shift(by));
    }
}

impl<T: Shift> Shift for Box<T> {
    fn shift(&mut self, by: i64) {
        (**self).shift(by);
    }
}

impl<T: Shift + Clone> Shift for Rc<T> {
    fn shift(&mut self, by: i64) {
        Rc::make_mut(self).shift(by);
    }
}

impl<A: Shift, B: Shift> Shift for (A, B) {
    fn shift(&mut self, by: i64) {
        self.0.shift(by);
        self.1.shift(by);
    }
}

/// What lies nowhere.
macro_rules! placeless {
    ($($ty:ty)*) => {
        $(impl Shift for $ty {
            fn shift(&mut self, _: i64) {}
        })*
    };
}

macro_rules! structs {
    ($($ty:ident $(<$t:ident>)? { $($field:ident)* })*) => {
        $(impl $(<$t: Shift>)? Shift for $ty $(<$t>)? {
            fn shift(&mut self, by: i64) {
                let $ty { $($field),* } = self;
                $($field.shift(by);)*
            }
        })*
    };
}

/// Variants with the parts they hold; those that hold nothing have none.
macro_rules! enums {
    ($($ty:ident { $($variant:ident $(($($part:ident)*))? $({ $($field:ident)* })?,)* })*) => {
        $(impl Shift for $ty {
            fn shift(&mut self, by: i64) {
                match self {
                    $($ty::$variant $(($($part),*))? $({ $($field),* })? => {
                        $($($part.shift(by);)*)?
                        $($($field.shift(by);)*)?
                    })*
                }
            }
        })*
    };
}

placeless! { String bool u32 f64 UnaryOp BinaryOp }

structs! {
    Ident { name span }
    Doc { text span }
    Item { doc span kind }
    Import { source alias names }
    Let { pattern ty value }
    Decl { name params body }
    Param { doc constant name ty default range span }
    Strip { name like body }
    Group { name members settings }
    Section { name starts span }
    SongSetting { word value from }
    For<B> { pattern iter body }
    If<B> { cond then otherwise }
    Body { stmts span }
    Stmt { doc span kind }
    Processor { bypass label path args block }
    Arg { name value span }
    Target { name }
    Block { stmts span }
    CodeStmt { doc span kind }
    Expr { kind span }
    Quantity { value signed unit }
    CurvePoint { at value over shape span }
}

enums! {
    ItemKind {
        Import(it), Let(it), Fn(it), Chain(it), Effect(it), Track(it), Bus(it), Monitor(it), Master(it), Group(it), Sections(it),
        Deliver(it), Check(it), Option(it), Setting(it), For(it), If(it),
    }
    ImportSource { Path(path span), Package(words), }
    Pattern { Name(name), Tuple(parts span), }
    DeclBody { Strip(body), Code(block), }
    TypeExpr { Name(name), OneOf(words span), List(of count span), }
    StmtKind { Let(it), For(it), If(it), Processor(it), Setting(it), }
    Setting {
        Source(value args), Clips(value), Fader(value), Ride(value), Pan(value), Send(to level args), To(targets),
        Mute(value), Solo(value), Trim(level measure),
    }
    CodeKind {
        Let(it), State { name ty init }, Assign { target value }, For(it), Latency(value), Expr(value),
    }
    ExprKind {
        Quantity(it), Position(it), Str(parts), Bool(it), Name(it), List(items),
        Comprehension { body pattern iter filter }, Tuple(items), Record(fields), Call(callee args), Index(list at),
        Field(of name), Unary(op of), Binary(op span a b), Curve(shape points), Lambda(patterns body),
        If(cond then otherwise), Oversample(factor block), Spectral(size block), During { value span over otherwise }, Within(x a b),
    }
    Position { Bar(bar beat), Clock(seconds), Quantity(it), Expr(it), }
    StrPart { Text(text), Expr(it), }
}
