//! What a row of the route table is made of.
//!
//! The action is written once, in the handler's signature; the row has no way to say another. A
//! handler without [`Allowed`] cannot be a row, and one with it cannot be mounted elsewhere:
//! actix polls all extractors of a handler together, so the guard runs before any of them.

use std::any::Any;
use std::future::Future;

use actix_web::dev::Payload;
use actix_web::{HttpRequest, HttpResponse, Responder, Route, guard, web};

use super::guard::{Allowed, admit};
use super::part::Part;
use super::policy::{Act, Action};
use crate::platform::Error;

/// A handler behind the guard.
pub trait Handler<Args>: Send + Sync + 'static {
    type Action: Action;
    fn serve(
        &'static self,
        req: HttpRequest,
        payload: Payload,
    ) -> impl Future<Output = Result<HttpResponse, Error>>;
}

macro_rules! handlers {
    ($($part:ident)*) => {
        impl<F, Fut, Out, A, $($part),*> Handler<(A, $($part,)*)> for F
        where
            F: Fn(Allowed<A>, $($part),*) -> Fut + Send + Sync + 'static,
            Fut: Future<Output = Result<Out, Error>>,
            Out: Responder + 'static,
            A: Action,
            $($part: Part + 'static,)*
        {
            type Action = A;

            #[allow(non_snake_case, unused_mut, unused_variables)]
            async fn serve(&'static self, req: HttpRequest, mut payload: Payload) -> Result<HttpResponse, Error> {
                let allowed = admit::<A>(&req).await?;
                $(let $part = $part::take(&req, &mut payload).await?;)*
                let answer = self(allowed, $($part),*).await?;
                Ok(answer.respond_to(&req).map_into_boxed_body())
            }
        }
    };
}
handlers!();
handlers!(B);
handlers!(B C);
handlers!(B C D);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    Get,
    Post,
}

/// One route: everything one wants to know of it.
#[derive(Clone, Copy)]
pub struct Row {
    pub verb: Verb,
    pub path: &'static str,
    pub act: Act,
    /// Bytes of body this route reads at most.
    pub body_limit: usize,
    pub open_outside_hours: bool,
    handler: &'static (dyn Any + Send + Sync),
    route: fn(&'static (dyn Any + Send + Sync)) -> Route,
}

/// A page. It reads no body; `HEAD` is answered like `GET`, without the body.
pub const fn get<F: Handler<Args>, Args: 'static>(path: &'static str, handler: &'static F) -> Row {
    Row {
        verb: Verb::Get,
        path,
        act: <F::Action as Action>::ACT,
        body_limit: 0,
        open_outside_hours: false,
        handler,
        route: route::<F, Args>,
    }
}

/// A form or a script's message; 4 KiB unless [`Row::body`] says otherwise.
pub const fn post<F: Handler<Args>, Args: 'static>(path: &'static str, handler: &'static F) -> Row {
    Row { verb: Verb::Post, body_limit: 4096, ..get(path, handler) }
}

impl Row {
    pub const fn body(self, body_limit: usize) -> Self {
        Self { body_limit, ..self }
    }

    pub const fn open_outside_hours(self) -> Self {
        Self { open_outside_hours: true, ..self }
    }

    /// A resource of its own: the guard picks the method.
    pub fn resource(&'static self) -> actix_web::Resource {
        let resource = web::resource(self.path).app_data(self).route((self.route)(self.handler));
        match self.verb {
            Verb::Get => resource.guard(guard::Any(guard::Get()).or(guard::Head())),
            Verb::Post => resource.guard(guard::Post()),
        }
    }
}

/// The row this request came in by.
pub fn row(req: &HttpRequest) -> Option<&'static Row> {
    req.app_data::<&'static Row>().copied()
}

fn route<F: Handler<Args>, Args: 'static>(handler: &'static (dyn Any + Send + Sync)) -> Route {
    let handler: Option<&'static F> = handler.downcast_ref();
    web::to(move |req: HttpRequest, payload: web::Payload| async move {
        match handler {
            Some(handler) => handler.serve(req, payload.into_inner()).await,
            None => Err(Error::internal("a row holds the handler it was made from")),
        }
    })
}
