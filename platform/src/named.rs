//! Enums with a name for each variant: what rows, tokens and answers call it.

/// Declares an enum with `name()` and `from_name()`: `named_enum!(/** … */ pub State { Up = "up", Down = "down" });`
#[macro_export]
macro_rules! named_enum {
    ($(#[$doc:meta])* $visibility:vis $type:ident { $($(#[$variant_doc:meta])* $variant:ident = $name:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        $visibility enum $type {
            $($(#[$variant_doc])* $variant),*
        }

        impl $type {
            /// What it is called in rows and messages.
            #[must_use]
            $visibility fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }

            /// The one of this name.
            #[must_use]
            $visibility fn from_name(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$variant),)* _ => None }
            }
        }
    };
}
