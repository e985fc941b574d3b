//! Where a request comes from.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::http::{HeaderMap, HeaderValue};
use ipnet::IpNet;

/// The address at the other end of a connection, as an extension of its requests.
#[derive(Debug, Clone, Copy)]
pub(super) struct Peer(pub(super) IpAddr);

/// The address of a client that a trusted proxy names in a way that cannot be read: it is nobody's, and never
/// the proxy's own.
const UNREADABLE: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED);

/// The address of the client. `X-Forwarded-For` is read from its end, and only as far as the addresses are
/// those of trusted proxies: whatever stands before, anybody could have written.
pub(super) fn address(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let mut client = peer.to_canonical();
    let values: Vec<_> = headers.get_all("x-forwarded-for").iter().map(HeaderValue::as_bytes).collect();
    for hop in values.iter().rev().flat_map(|value| value.rsplit(|byte| *byte == b',')) {
        if !is_trusted(client, trusted) {
            break;
        }
        client = std::str::from_utf8(hop).ok().and_then(|hop| parse(hop.trim())).unwrap_or(UNREADABLE);
    }
    client
}

/// Whether an address is that of a proxy that is believed.
pub(super) fn is_trusted(address: IpAddr, trusted: &[IpNet]) -> bool {
    trusted.iter().any(|network| network.contains(&address))
}

/// An address, which some proxies write in brackets or with the port.
fn parse(hop: &str) -> Option<IpAddr> {
    let bare = hop.strip_prefix('[').and_then(|hop| hop.strip_suffix(']')).unwrap_or(hop);
    let address = bare.parse().ok().or_else(|| hop.parse::<SocketAddr>().ok().map(|address| address.ip()));
    address.map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_trusted_proxies_are_believed() {
        let trusted: Vec<IpNet> = ["10.0.0.0/8", "2001:db8::/32"].iter().filter_map(|net| net.parse().ok()).collect();
        let cases = [
            ("192.0.2.1", "198.51.100.7", "192.0.2.1"),
            ("10.0.0.1", "", "10.0.0.1"),
            ("10.0.0.1", "198.51.100.7", "198.51.100.7"),
            ("10.0.0.1", "1.1.1.1, 198.51.100.7", "198.51.100.7"),
            ("10.0.0.1", "1.1.1.1, 198.51.100.7, 10.2.3.4", "198.51.100.7"),
            ("10.0.0.1", "198.51.100.7:4711", "198.51.100.7"),
            ("10.0.0.1", "1.1.1.1, nonsense", "0.0.0.0"),
            ("10.0.0.1", "nonsense, 198.51.100.7", "198.51.100.7"),
            ("10.0.0.1", "198.51.100.7, [2001:470::9]", "2001:470::9"),
            ("10.0.0.1", "[2001:470::9]:4711", "2001:470::9"),
            ("::ffff:10.0.0.1", "198.51.100.7", "198.51.100.7"),
            ("2001:db8::1", "2001:470::9", "2001:470::9"),
        ];
        for (peer, forwarded, expected) in cases {
            let mut headers = HeaderMap::new();
            for value in forwarded.split(" | ").filter(|value| !value.is_empty()) {
                headers.append("x-forwarded-for", HeaderValue::from_static(value));
            }
            let peer = peer.parse().unwrap_or(IpAddr::from([0, 0, 0, 0]));
            assert_eq!(address(peer, &headers, &trusted).to_string(), expected, "{peer} {forwarded}");
        }
        let mut hostile = HeaderMap::new();
        if let Ok(value) = HeaderValue::from_bytes("é, 198.51.100.7".as_bytes()) {
            hostile.append("x-forwarded-for", value);
        }
        assert_eq!(address(IpAddr::from([10, 0, 0, 1]), &hostile, &trusted).to_string(), "198.51.100.7");
        let mut headers = HeaderMap::new();
        headers.append("x-forwarded-for", HeaderValue::from_static("198.51.100.7"));
        headers.append("x-forwarded-for", HeaderValue::from_static("10.9.9.9"));
        assert_eq!(address(IpAddr::from([10, 0, 0, 1]), &headers, &trusted).to_string(), "198.51.100.7");
    }
}
