//! The permissions of workers: every authenticated caller may see them, only admins may change them, and only services set
//! desired states.

use access::{Caller, Role};

use crate::worker::DomainError;

/// Checks that the caller is an admin. `doing` names the change in the error: `"creating"`.
pub(crate) fn change(caller: &Caller, doing: &'static str) -> Result<(), DomainError> {
    if caller.is(Role::Admin) { Ok(()) } else { Err(DomainError::AdminRequired(doing)) }
}

/// Checks that the caller is a service or an admin. `doing` names what the call does in the error.
pub(crate) fn serve(caller: &Caller, doing: &'static str) -> Result<(), DomainError> {
    let may = caller.is(Role::Service) || caller.is(Role::Admin);
    if may { Ok(()) } else { Err(DomainError::ServiceRequired(doing)) }
}

/// Checks that the caller may refresh workers: managers and admins.
pub(crate) fn refresh(caller: &Caller) -> Result<(), DomainError> {
    let may = caller.is(Role::Manager) || caller.is(Role::Admin);
    if may { Ok(()) } else { Err(DomainError::ManagerRequired("refreshing")) }
}
