//! gRPC servers and channels, with their spans, deadlines and errors.

mod answer_sizes;
mod balancer;
pub mod channel;
mod client_layer;
mod connect_error;
mod connection;
pub mod deadline;
mod endpoint;
mod endpoints;
mod exchange_error;
mod head;
mod health;
mod introduction;
mod limits;
mod message_body;
mod method;
mod outcome;
mod peer;
mod probe;
mod received;
mod reflection;
pub mod server;
mod server_layer;
pub mod status;
mod unread;

pub use channel::Channel;
pub use outcome::describe_status;
pub use peer::{Peer, PeerError};
