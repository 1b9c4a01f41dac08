//! Who may do what with workers, pure. Everyone who is known may see them.

use access::{Caller, Role};

use crate::worker::DomainError;

/// Whether the caller may do this with workers (`"creating"`): admins may.
pub(crate) fn change(caller: &Caller, doing: &'static str) -> Result<(), DomainError> {
    if caller.is(Role::Admin) { Ok(()) } else { Err(DomainError::AdminRequired(doing)) }
}
