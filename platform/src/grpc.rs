//! gRPC as every process speaks it: servers and channels with their spans, deadlines and errors.

pub mod channel;
mod client_layer;
pub mod deadline;
mod method;
mod preface;
pub mod server;
mod server_layer;
pub mod status;

pub use channel::{Channel, Peer};
