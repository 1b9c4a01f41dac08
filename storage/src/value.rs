//! Values of a statement whose text is chosen at run time, so that their number and types are too.

use sqlx::encode::{Encode, IsNull};
use sqlx::error::BoxDynError;
use sqlx::{Database, Postgres, Sqlite, Type};
use uuid::Uuid;

/// A value to bind. There is no NULL: a statement that is chosen at run time leaves out what is not asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// BIGINT.
    Integer(i64),
    /// TEXT.
    Text(String),
    /// UUID; a BLOB of 16 bytes in SQLite.
    Id(Uuid),
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Integer(value)
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<Uuid> for Value {
    fn from(value: Uuid) -> Self {
        Self::Id(value)
    }
}

macro_rules! bound_to {
    ($database:ty) => {
        /// Of any type: the value itself tells, see [`Encode::produces`].
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
                    Self::Integer(it) => Encode::<$database>::encode_by_ref(it, buffer),
                    Self::Text(it) => Encode::<$database>::encode_by_ref(it, buffer),
                    Self::Id(it) => Encode::<$database>::encode_by_ref(it, buffer),
                }
            }

            fn produces(&self) -> Option<<$database as Database>::TypeInfo> {
                Some(match self {
                    Self::Integer(_) => <i64 as Type<$database>>::type_info(),
                    Self::Text(_) => <str as Type<$database>>::type_info(),
                    Self::Id(_) => <Uuid as Type<$database>>::type_info(),
                })
            }
        }
    };
}

bound_to!(Postgres);
bound_to!(Sqlite);
