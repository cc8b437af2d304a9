//! Colours, where they are wanted.
//!
//! Whether they are is left to [`sink`](crate::sink).

use std::fmt::{self, Display, Formatter};

use anstyle::{AnsiColor, Style};

pub(super) const DIM: Style = Style::new().dimmed();
pub(super) const NAME: Style = AnsiColor::Cyan.on_default();
pub(super) const ERROR: Style = AnsiColor::Red.on_default();
pub(super) const REMARK: Style = AnsiColor::Yellow.on_default();

/// Whether there are colours.
#[derive(Clone, Copy)]
pub(super) struct Colour(pub(super) bool);

impl Colour {
    /// What is given, in a style if there are any.
    pub(super) fn paint<T: Display>(self, style: Style, what: T) -> Painted<T> {
        let style = if self.0 { style } else { Style::new() };
        Painted { style, what }
    }
}

/// Something in a style.
pub(super) struct Painted<T> {
    style: Style,
    what: T,
}

impl<T: Display> Display for Painted<T> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}{}{}",
            self.style.render(),
            self.what,
            self.style.render_reset()
        )
    }
}
