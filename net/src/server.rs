//! What the accept loops of the gateway and of the gRPC services have in common.

pub mod progress;
pub mod sliced_body;
pub mod socket;
