//! Who may do what with workers. Everyone who is known may see them.

use access::{Caller, Role};
use net::grpc::status::{self, Reason};
use tonic::Status;

/// Whether the caller may do this with workers (`"creating"`): admins may.
pub(crate) fn change(caller: &Caller, doing: &str) -> Result<(), Status> {
    if caller.is(Role::Admin) {
        return Ok(());
    }
    let message = format!("{doing} a worker needs the role admin");
    Err(status::with_reason(Reason::RoleRequired, message))
}
