//! What a handler may take from a request, once the guard has let it in.

use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::web::{Bytes, BytesMut};
use actix_web::{FromRequest as _, HttpRequest, web};
use futures_util::{Stream, StreamExt as _};
use serde::de::DeserializeOwned;

use super::guard::ExpectedToken;
use super::route;
use crate::platform::crypto::same;
use crate::platform::{Error, Result};

/// A part of a request: path, query, posted body. Own trait, so that a handler cannot ask actix
/// for a body that ignores the row's limit.
pub trait Part: Sized {
    fn take(req: &HttpRequest, payload: &mut Payload) -> impl Future<Output = Result<Self>>;
}

impl<T: DeserializeOwned + 'static> Part for web::Path<T> {
    /// What does not read as an identifier names nothing: 404, like every other address without a sheet.
    async fn take(req: &HttpRequest, payload: &mut Payload) -> Result<Self> {
        Self::from_request(req, payload).await.map_err(|_| Error::NotFound)
    }
}

impl<T: DeserializeOwned + 'static> Part for web::Query<T> {
    async fn take(req: &HttpRequest, payload: &mut Payload) -> Result<Self> {
        Self::from_request(req, payload).await.map_err(|_| Error::Unreadable("query"))
    }
}

impl Part for HttpRequest {
    async fn take(req: &HttpRequest, _: &mut Payload) -> Result<Self> {
        Ok(req.clone())
    }
}

/// A body that bore this session's token: in the field `csrf` of a form, or in the header
/// `X-CSRF-Token` of a script's JSON.
pub struct Posted<T>(pub T);

/// How long a body may take: what the guard has seen of its sender grows old meanwhile.
const PATIENCE: Duration = Duration::from_secs(30);

/// Reads a body to its end.
async fn whole<E>(
    payload: &mut (impl Stream<Item = Result<Bytes, E>> + Unpin),
    limit: usize,
    patience: Duration,
) -> Result<BytesMut> {
    let read = async {
        let mut body = BytesMut::new();
        while let Some(chunk) = payload.next().await {
            let chunk = chunk.map_err(|_| Error::Unreadable("body"))?;
            if body.len() + chunk.len() > limit {
                return Err(Error::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    };
    tokio::time::timeout(patience, read).await.map_err(|_| Error::Unreadable("a body that does not come"))?
}

#[derive(serde::Deserialize)]
struct FormToken {
    csrf: Option<String>,
}

impl<T: DeserializeOwned + 'static> Part for Posted<T> {
    async fn take(req: &HttpRequest, payload: &mut Payload) -> Result<Self> {
        use actix_web::HttpMessage as _;
        let limit = route::row(req).map_or(0, |row| row.body_limit);
        let expected = req
            .extensions()
            .get::<ExpectedToken>()
            .cloned()
            .ok_or_else(|| Error::internal("no guard before a body"))?;
        let body = whole(payload, limit, PATIENCE).await?;
        let json = req.content_type().eq_ignore_ascii_case("application/json");
        let given = match req.headers().get("X-CSRF-Token") {
            Some(header) => header.to_str().ok().map(str::to_owned),
            None if json => None,
            None => serde_urlencoded::from_bytes::<FormToken>(&body).ok().and_then(|form| form.csrf),
        };
        match given {
            None => return Err(Error::Token { missing: true }),
            Some(given) if !same(given.as_bytes(), expected.0.as_bytes()) => {
                return Err(Error::Token { missing: false });
            }
            Some(_) => {}
        }
        if json {
            serde_json::from_slice(&body).map(Self).map_err(|_| Error::Unreadable("body"))
        } else {
            serde_urlencoded::from_bytes(&body).map(Self).map_err(|_| Error::Unreadable("form"))
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::stream;

    use super::*;

    #[actix_web::test]
    async fn a_body_that_does_not_come_is_not_waited_for() {
        let first = || stream::iter([Ok::<_, ()>(Bytes::from_static(b"csrf="))]);
        let patience = Duration::from_millis(20);
        let mut held = first().chain(stream::pending());
        assert!(matches!(whole(&mut held, 100, patience).await, Err(Error::Unreadable(_))));
        // Positive control.
        assert_eq!(whole(&mut first(), 100, patience).await.unwrap(), "csrf=");
        assert!(matches!(whole(&mut first(), 4, patience).await, Err(Error::TooLarge)));
    }
}
