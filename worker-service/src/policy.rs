//! The permissions of workers: every authenticated caller may see them, only admins may change them.

use access::{Caller, Role};

use crate::worker::DomainError;

/// Checks that the caller is an admin. `doing` names the change in the error: `"creating"`.
pub(crate) fn change(caller: &Caller, doing: &'static str) -> Result<(), DomainError> {
    if caller.is(Role::Admin) { Ok(()) } else { Err(DomainError::AdminRequired(doing)) }
}
