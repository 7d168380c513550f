//! Serves the site of the tests, for looking at pages while they are changed:
//! `cargo run -p chiso-web --example serve -- PORT`.

#[path = "../tests/common/mod.rs"]
mod common;

use std::future;
use std::sync::Arc;

use tokio::net::TcpListener;

fn main() -> std::io::Result<()> {
    let port = std::env::args()
        .nth(1)
        .and_then(|port| port.parse().ok())
        .unwrap_or(0_u16);
    tokio::runtime::Runtime::new()?.block_on(async {
        let listener = TcpListener::bind(("127.0.0.1", port)).await?;
        println!("http://{}/", listener.local_addr()?);
        chiso_web::serve(listener, Arc::new(common::site()), future::pending()).await
    })
}
