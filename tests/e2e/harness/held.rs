//! An address of this machine that no other program gets by chance while a test runs.

use std::net::{Ipv4Addr, SocketAddr};

use tokio::net::TcpSocket;

/// An address at which nobody listens, so that connections are refused. As long as this is held, nobody who asks for any free
/// port gets it; a program that asks for this very address can listen there, and again after it has ended.
pub(crate) struct Held {
    pub(crate) address: SocketAddr,
    _socket: TcpSocket,
}

impl Held {
    pub(crate) fn new() -> Self {
        Self::at((Ipv4Addr::LOCALHOST, 0).into())
    }

    /// At an address whose listener has just ended.
    pub(crate) fn at(address: SocketAddr) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_reuseaddr(true).unwrap();
        socket.bind(address).unwrap();
        Self { address: socket.local_addr().unwrap(), _socket: socket }
    }
}
