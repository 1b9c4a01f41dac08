//! TLS from PEM files: what a server shows and whom it lets in, whom a client believes. Files that change are read again
//! while the process runs; a connection keeps what it began with.

mod client;
mod files;
mod reload;
mod server;

pub use client::ClientTls;
pub use files::TlsError;
pub use server::ServerTls;
