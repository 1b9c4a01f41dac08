//! gRPC as every process speaks it: servers and channels with their spans, deadlines and errors.

pub mod accept;
mod balancer;
pub mod channel;
mod client_layer;
pub mod deadline;
mod endpoint;
mod endpoints;
mod exchange_error;
mod method;
mod peer;
mod preface;
pub mod server;
mod server_layer;
pub mod status;
mod unread;

pub use channel::Channel;
pub use peer::{Peer, PeerError};
