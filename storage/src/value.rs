//! The values of a statement, as one type for both databases.

use sqlx::encode::{Encode, IsNull};
use sqlx::error::BoxDynError;
use sqlx::types::Json;
use sqlx::{Database, Postgres, Sqlite, Type};
use uuid::Uuid;

/// A value to bind to a placeholder. `None` is a typed NULL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A BOOLEAN.
    Bool(bool),
    /// A BYTEA; a BLOB in SQLite.
    Bytes(Vec<u8>),
    /// A BIGINT.
    Integer(Option<i64>),
    /// A TEXT.
    Text(Option<String>),
    /// A UUID; a BLOB of 16 bytes in SQLite.
    Id(Option<Uuid>),
    /// A JSONB; a TEXT in SQLite.
    Json(Option<Json<serde_json::Value>>),
}

macro_rules! from {
    ($($from:ty => |$value:ident| $into:expr;)*) => {
        $(impl From<$from> for Value {
            fn from($value: $from) -> Self {
                $into
            }
        })*
    };
}

from! {
    bool => |value| Self::Bool(value);
    Vec<u8> => |value| Self::Bytes(value);
    i64 => |value| Self::Integer(Some(value));
    Option<i64> => |value| Self::Integer(value);
    &str => |value| Self::Text(Some(value.to_owned()));
    String => |value| Self::Text(Some(value));
    Option<String> => |value| Self::Text(value);
    Uuid => |value| Self::Id(Some(value));
    Option<Uuid> => |value| Self::Id(value);
    serde_json::Value => |value| Self::Json(Some(Json(value)));
    Option<serde_json::Value> => |value| Self::Json(value.map(Json));
}

macro_rules! bound_to {
    ($database:ty) => {
        /// The actual type depends on the value, see [`Encode::produces`].
        impl Type<$database> for Value {
            fn type_info() -> <$database as Database>::TypeInfo {
                <str as Type<$database>>::type_info()
            }
        }

        impl Encode<'_, $database> for Value {
            fn encode_by_ref(
                &self,
                buffer: &mut <$database as Database>::ArgumentBuffer,
            ) -> Result<IsNull, BoxDynError> {
                match self {
                    Self::Bool(value) => Encode::<$database>::encode_by_ref(value, buffer),
                    Self::Bytes(value) => Encode::<$database>::encode_by_ref(value, buffer),
                    Self::Integer(value) => Encode::<$database>::encode_by_ref(value, buffer),
                    Self::Text(value) => Encode::<$database>::encode_by_ref(value, buffer),
                    Self::Id(value) => Encode::<$database>::encode_by_ref(value, buffer),
                    Self::Json(value) => Encode::<$database>::encode_by_ref(value, buffer),
                }
            }

            fn produces(&self) -> Option<<$database as Database>::TypeInfo> {
                Some(match self {
                    Self::Bool(_) => <bool as Type<$database>>::type_info(),
                    Self::Bytes(_) => <Vec<u8> as Type<$database>>::type_info(),
                    Self::Integer(_) => <i64 as Type<$database>>::type_info(),
                    Self::Text(_) => <str as Type<$database>>::type_info(),
                    Self::Id(_) => <Uuid as Type<$database>>::type_info(),
                    Self::Json(_) => <Json<serde_json::Value> as Type<$database>>::type_info(),
                })
            }
        }
    };
}

bound_to!(Postgres);
bound_to!(Sqlite);
