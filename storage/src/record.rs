//! The macro that declares a row of either database.

/// Declares a struct that is a row of either database. A field is the column of its name; `kind as "type": String` is the
/// column `type`. SQLx's derive would do, but it builds SQLx, tokio and rustls a second time, to run in the compiler.
#[macro_export]
macro_rules! record {
    (
        $(#[$attribute:meta])*
        $visibility:vis struct $name:ident {
            $($(#[$of_field:meta])* $of:vis $field:ident $(as $column:literal)?: $type:ty),+ $(,)?
        }
    ) => {
        $(#[$attribute])*
        $visibility struct $name {
            $($(#[$of_field])* $of $field: $type),+
        }

        $crate::record!(@for $crate::sqlx::sqlite::SqliteRow, $name, $($field $(as $column)?),+);
        $crate::record!(@for $crate::sqlx::postgres::PgRow, $name, $($field $(as $column)?),+);
    };
    (@for $row:ty, $name:ident, $($field:ident $(as $column:literal)?),+) => {
        impl $crate::sqlx::FromRow<'_, $row> for $name {
            fn from_row(row: &$row) -> $crate::sqlx::Result<Self> {
                Ok(Self {
                    $($field: $crate::sqlx::Row::try_get(row, $crate::record!(@column $field $($column)?))?),+
                })
            }
        }
    };
    (@column $field:ident) => { stringify!($field) };
    (@column $field:ident $column:literal) => { $column };
}
