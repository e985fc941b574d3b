//! The question of a container's health check: does the server of this machine run?

use std::io::{Error, Read, Result, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::time::Duration;

/// The limit of connecting, of sending and of waiting for the answer, each.
const LIMIT: Duration = Duration::from_secs(1);
/// What a healthy server's answer begins with.
const HEALTHY: &[u8] = b"HTTP/1.1 200 ";

/// Asks the server that listens on `address` whether it runs.
///
/// # Errors
/// When it does not answer in time, or not with 200.
pub fn check(address: SocketAddr) -> Result<()> {
    // A server that listens everywhere listens on the loopback address, too.
    let host = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    let mut stream = TcpStream::connect_timeout(&SocketAddr::new(host, address.port()), LIMIT)?;
    stream.set_read_timeout(Some(LIMIT))?;
    stream.set_write_timeout(Some(LIMIT))?;
    stream.write_all(b"GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    let mut start = [0; HEALTHY.len()];
    stream.read_exact(&mut start)?;
    if start == HEALTHY { Ok(()) } else { Err(Error::other("it did not answer with 200")) }
}
