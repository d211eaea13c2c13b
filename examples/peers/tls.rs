//! Says something over TLS and takes leave properly; then comes again and speaks plainly.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;

use evscope_reactor::rustls::pki_types::CertificateDer;
use evscope_reactor::rustls::pki_types::pem::PemObject;
use evscope_reactor::rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

const CERTIFICATE: &[u8] = include_bytes!("../tls/test-certificate.pem");

pub(crate) fn client(addr: SocketAddr) -> io::Result<()> {
    let mut stream = StreamOwned::new(connection()?, Unhurried(super::connect(addr)?));
    // The server speaks first, so its last word of the handshake is behind it when we speak.
    let mut greeting = [0; 35];
    stream.read_exact(&mut greeting)?;
    for line in ["Is this really so?\n", "Good.\n"] {
        stream.write_all(line.as_bytes())?;
        let mut echo = vec![0; line.len()];
        stream.read_exact(&mut echo)?;
        if echo != line.as_bytes() {
            return Err(io::Error::other("the echo is not what was sent"));
        }
    }
    stream.conn.send_close_notify();
    stream.flush()?;
    // Ends with an error if the server does not take leave as well.
    stream.read_to_end(&mut Vec::new())?;
    stream.sock.read_to_end(&mut Vec::new())?;

    let mut plain = Unhurried(super::connect(addr)?);
    plain.write_all(b"GET / HTTP/1.0\r\n\r\n")?;
    let mut alert = Vec::new();
    // The server hangs up with most of this unread, so behind its answer the connection is reset.
    match plain.read_to_end(&mut alert) {
        Err(error) if error.kind() != io::ErrorKind::ConnectionReset => return Err(error),
        _ => {}
    }
    // A TLS record of the kind "alert".
    if alert.first() == Some(&21) {
        return Ok(());
    }
    Err(io::Error::other("the server did not say what is wrong"))
}

/// A socket that waits before it writes, until the program has found that there is nothing to read.
struct Unhurried(TcpStream);

impl Write for Unhurried {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        super::until_waiting()?;
        self.0.write(data)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl Read for Unhurried {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        self.0.read(bytes)
    }
}

/// A client that trusts nothing but the test certificate.
fn connection() -> io::Result<ClientConnection> {
    let certificate = CertificateDer::from_pem_slice(CERTIFICATE).map_err(io::Error::other)?;
    let mut roots = RootCertStore::empty();
    roots.add(certificate).map_err(io::Error::other)?;
    let config = ClientConfig::builder()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = "localhost".try_into().map_err(io::Error::other)?;
    ClientConnection::new(Arc::new(config), name).map_err(io::Error::other)
}
