//! Addresses to answers.

use std::future::Future;
use std::io;
use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use tokio::net::TcpListener;

use crate::site::Site;

/// The site's router, for a server of one's own and for tests.
pub fn router(site: Arc<Site>) -> Router {
    Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .with_state(site)
}

/// Serves the site until `shutdown` is ready; requests that have begun are answered first.
///
/// # Errors
/// Those of the listener.
pub async fn serve(
    listener: TcpListener,
    site: Arc<Site>,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    axum::serve(listener, router(site)).with_graceful_shutdown(shutdown).await
}
