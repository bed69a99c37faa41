//! What readers did the day before the demo begins: they signed in and read some sheets, through the
//! application itself, so that the marks of the lists, the traces and the last connections are true.

use std::collections::BTreeMap;

use actix_web::http::header::{COOKIE, HeaderMap, LOCATION, SET_COOKIE, USER_AGENT};
use actix_web::test::{TestRequest, init_service, try_call_service};
use actix_web::{App, body, middleware};
use chrono::TimeDelta;

use crate::identity::{DemoAccount, Machine, settled};
use crate::page::paths;
use crate::platform::{Error, Result};
use crate::sheets::permit;
use crate::{app, frame};

/// How far the readers' telephones are behind: a code serves once, and the one that the login page
/// shows to the visitor must still be unused.
const TELEPHONE_BEHIND: TimeDelta = TimeDelta::seconds(30);

/// Somebody who reads, and how many sheets of each committee, soonest first.
pub struct Reading<'a> {
    pub reader: &'a DemoAccount,
    pub sheets: &'a [usize],
}

/// Lets each of them sign in, look at the first sheets of each committee, and sign out.
pub fn read(machine: &Machine, readings: &[Reading<'_>]) -> Result<()> {
    let schedule = permit::schedule(&machine.settings().opening_hours)?;
    machine.clock().advance_authenticator(-TELEPHONE_BEHIND);
    let done = actix_web::rt::System::new().block_on(async {
        let app = init_service(
            App::new()
                .wrap(middleware::from_fn(frame::dress))
                .configure(|config| app::configure(config, machine, &schedule)),
        )
        .await;
        let call = async |request: TestRequest| {
            let answer = try_call_service(&app, request.to_request()).await.map_err(Error::internal)?;
            let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
            let page = body::to_bytes(answer.into_body())
                .await
                .map_err(|_| Error::internal("an answer broke off"))?;
            Ok((status, headers, String::from_utf8_lossy(&page).into_owned()))
        };
        for reading in readings {
            let mut browser = Browser { call: &call, cookies: BTreeMap::new(), page: String::new() };
            browser.read(machine, reading).await?;
        }
        Ok(())
    });
    machine.clock().advance_authenticator(TELEPHONE_BEHIND);
    done
}

/// A browser that talks to the application without a network.
struct Browser<F> {
    call: F,
    cookies: BTreeMap<String, String>,
    page: String,
}

impl<F> Browser<F>
where
    F: AsyncFn(TestRequest) -> Result<(u16, HeaderMap, String)>,
{
    async fn read(&mut self, machine: &Machine, reading: &Reading<'_>) -> Result<()> {
        let reader = reading.reader;
        self.open(paths::LOGIN).await?;
        self.send(paths::LOGIN, &[("identifiant", &reader.login), ("mot_de_passe", &reader.password)])
            .await?;
        self.open(paths::LOGIN_CODE).await?;
        let code = settled::code_now(machine, &reader.totp_secret)?;
        self.send(paths::LOGIN_CODE, &[("code", &code)]).await?;
        self.open(paths::COMMITTEES).await?;
        for (committee, wanted) in self.ids_after(&paths::committee("")).iter().zip(reading.sheets) {
            self.open(&paths::committee(committee)).await?;
            for sheet in self.ids_after(&paths::sheet("")).iter().take(*wanted) {
                self.look_at(&paths::sheet(sheet)).await?;
            }
        }
        self.open(paths::COMMITTEES).await?;
        self.send(paths::SIGN_OUT, &[]).await
    }

    /// The ids in the links of the page on the screen that begin with `start`, each once.
    fn ids_after(&self, start: &str) -> Vec<String> {
        let link = format!("href=\"{start}");
        let mut ids: Vec<String> = Vec::new();
        for id in self.page.split(&link).skip(1).filter_map(|rest| rest.split(['"', '/', '?']).next()) {
            if !ids.iter().any(|known| known == id) {
                ids.push(id.to_owned());
            }
        }
        ids
    }

    /// Opens a page; anything but the page itself is a fault of the demo.
    async fn open(&mut self, path: &str) -> Result<()> {
        let (status, _) = self.ask(TestRequest::get().uri(path)).await?;
        if status == 200 { Ok(()) } else { Err(Error::Internal(format!("{path} answers {status}"))) }
    }

    /// Opens the page of a sheet, then asks for its picture as its script does.
    async fn look_at(&mut self, path: &str) -> Result<()> {
        self.open(path).await?;
        let picture = TestRequest::post()
            .uri(&format!("{path}/affichage"))
            .insert_header(("X-CSRF-Token", self.token()))
            .set_json(serde_json::json!({"width": 320, "ratio": 1}));
        let (status, _) = self.ask(picture).await?;
        if status == 200 { Ok(()) } else { Err(Error::Internal(format!("{path} shows nothing: {status}"))) }
    }

    /// The token of the page on the screen.
    fn token(&self) -> String {
        let after = self.page.split("name=\"csrf\" content=\"").nth(1);
        after.and_then(|rest| rest.split('"').next()).unwrap_or_default().to_owned()
    }

    /// Sends a form of the page on the screen; a form that is accepted leads on.
    async fn send(&mut self, path: &str, fields: &[(&str, &str)]) -> Result<()> {
        let token = self.token();
        let mut fields = fields.to_vec();
        fields.push(("csrf", &token));
        let (status, leads) = self.ask(TestRequest::post().uri(path).set_form(&fields)).await?;
        if status == 303 && leads { Ok(()) } else { Err(Error::Internal(format!("{path} answers {status}"))) }
    }

    async fn ask(&mut self, request: TestRequest) -> Result<(u16, bool)> {
        let jar: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = request
            .insert_header((USER_AGENT, "Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/140.0"))
            .insert_header((COOKIE, jar.join("; ")));
        let (status, headers, page) = (self.call)(request).await?;
        for header in headers.get_all(SET_COOKIE) {
            let pair = header.to_str().map_err(Error::internal)?.split(';').next().unwrap_or_default();
            if let Some((name, value)) = pair.split_once('=') {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        self.page = page;
        Ok((status, headers.contains_key(LOCATION)))
    }
}
