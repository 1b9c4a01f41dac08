//! TLS for servers and clients, set up from PEM files. Files that change are loaded again while the process runs; a
//! connection keeps the certificates that it began with.

mod client;
mod files;
mod reload;
mod server;

pub use client::ClientTls;
pub use files::TlsError;
pub use server::ServerTls;
