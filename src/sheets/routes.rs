//! Handlers of reading: committees, lists, sheets, each in pixels and in text.

use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse, http::header};
use serde::Deserialize;

use super::permit::{Asked, Reads};
use super::pixels::{self, Format, Watermark};
use super::reading::{self, Displayed, ReadingState};
use super::shell;
use super::store;
use super::view::text::{TextDisplay, TextSearch};
use super::view::{
    committee as committee_view, committees as committees_view, sheet as sheet_view, text as text_view,
};
use crate::identity::{Allowed, Posted, account, acts, guard, session};
use crate::messages;
use crate::messages::view::{SHOWN_FIRST, led_by};
use crate::page::{Page, format, paths};
use crate::platform::id::{CommitteeId, Insee, SheetId};
use crate::platform::{Error, Now, Result};
use crate::traces::DisplayId;

fn csrf(req: &HttpRequest) -> String {
    guard::visit(req).map(|visit| visit.csrf).unwrap_or_default()
}

/// What the painting script tells of its page.
#[derive(Deserialize)]
pub struct DisplayRequest {
    width: f64,
    ratio: f64,
    #[serde(default)]
    display: Option<String>,
    #[serde(default)]
    pub(super) generation: Option<String>,
}

impl DisplayRequest {
    fn format(&self) -> Format {
        let (width, ratio) = self.size();
        Format::fit(width, ratio)
    }

    /// `as` saturates: whatever a script sends becomes one of the painters' steps.
    pub(super) fn size(&self) -> (u32, f32) {
        (self.width as u32, self.ratio as f32)
    }

    /// The code of the display being drawn again; one that does not read is none.
    pub(super) fn again(&self) -> Option<DisplayId> {
        self.display.as_deref().and_then(|code| code.parse().ok())
    }
}

pub async fn committees(who: Allowed<acts::ReadCommittees>, req: HttpRequest) -> Result<Page> {
    let commune = reading::may_read(&who).await?;
    let id = who.actor()?.account.id;
    let unread = who.read(move |conn, _| messages::unread(conn, &id, SHOWN_FIRST)).await?;
    let page = committees_view::committees(&shell::committees(&who, csrf(&req), &commune).await?);
    Ok(led_by(&unread, &who.landlord(), page))
}

#[derive(Deserialize)]
pub struct CommuneForm {
    commune: Insee,
}

pub async fn switch_commune(
    who: Allowed<acts::SwitchCommune>,
    form: Posted<CommuneForm>,
) -> Result<HttpResponse> {
    let actor = who.actor()?;
    let chosen = form.0.commune;
    if !actor.habilitations.iter().any(|h| h.commune == chosen) {
        return Err(Error::NotFound);
    }
    who.write(move |conn, _| session::switch(conn, &actor.session, &chosen)).await?;
    Ok(HttpResponse::SeeOther().insert_header((header::LOCATION, paths::COMMITTEES)).finish())
}

pub async fn list(who: Allowed<acts::ReadList>, req: HttpRequest, id: Path<CommitteeId>) -> Result<Page> {
    remember(&who, false).await?;
    let permit = reading::permitted(&who, Asked::List(id.into_inner())).await?;
    let view = shell::list(&who, permit, csrf(&req), just_left(&req)).await?;
    Ok(committee_view::committee(&view))
}

/// The sheet one comes back from: the fragment is not sent, so the list's own links name it by query.
fn just_left(req: &HttpRequest) -> Option<SheetId> {
    let (_, sheet) = req.query_string().split_once("depuis=")?;
    sheet.parse().ok()
}

pub async fn display_list(
    who: Allowed<acts::ReadList>,
    id: Path<CommitteeId>,
    asked: Posted<DisplayRequest>,
) -> Result<HttpResponse> {
    let shown = reading::display(&who, Asked::List(id.into_inner()), asked.0.again()).await?;
    shown.is_of(asked.0.generation.as_deref())?;
    let state = ReadingState::load(&who, &shown.committee.id).await?;
    let lines: Vec<_> = reading::entries_in_order(&shown.opened)?
        .iter()
        .map(|(about, entry)| reading::list_line(entry, state.mark(about) != crate::page::marks::Mark::Read))
        .collect();
    let (format, mark) = (asked.0.format(), Watermark { text: shown.watermark.clone() });
    let strip = reading::draw(&who, move || Ok(pixels::names(&lines, &mark, format))).await?;
    let mut answer = picture(&shown, who.clock().now());
    for (name, value) in [
        ("X-Parvis-Row-Height", strip.row_height),
        ("X-Parvis-Name-Height", strip.name_height),
        ("X-Parvis-Number-Left", strip.number_left),
        ("X-Parvis-Number-Top", strip.number_top),
        ("X-Parvis-Number-Width", strip.number_width),
        ("X-Parvis-Number-Height", strip.number_height),
    ] {
        answer.insert_header((name, value.to_string()));
    }
    let widths: Vec<String> = strip.name_widths.iter().map(ToString::to_string).collect();
    answer.insert_header(("X-Parvis-Name-Widths", widths.join(" ")));
    answer.insert_header(("X-Parvis-Ratio", ratio(strip.picture.width, strip.css_width)));
    Ok(answer.body(strip.picture.png))
}

/// Device pixels for one of css, as drawn.
pub(super) fn ratio(width: u32, css_width: u32) -> String {
    format!("{:.4}", f64::from(width) / f64::from(css_width.max(1)))
}

/// The headers of every picture: its code, and how long it may stay.
pub(super) fn picture(shown: &Displayed, now: Now) -> actix_web::HttpResponseBuilder {
    let mut answer = HttpResponse::Ok();
    answer
        .content_type("image/png")
        .insert_header(("X-Parvis-Display", shown.code.to_string()))
        .insert_header(("X-Parvis-Remaining", shown.remaining_ms(now).to_string()));
    answer
}

#[derive(Deserialize)]
pub struct Present {
    #[serde(default)]
    display: Option<String>,
}

pub async fn list_presence(
    who: Allowed<acts::StayPresent>,
    id: Path<CommitteeId>,
    asked: Posted<Present>,
) -> Result<HttpResponse> {
    presence(who, Asked::List(id.into_inner()), asked.0).await
}

pub async fn sheet_presence(
    who: Allowed<acts::StayPresent>,
    id: Path<SheetId>,
    asked: Posted<Present>,
) -> Result<HttpResponse> {
    presence(who, Asked::Sheet(id.into_inner()), asked.0).await
}

/// Whether what is on the screen may stay: decided anew, counted neither as activity nor as a display.
pub(super) async fn presence(
    who: Allowed<acts::StayPresent>,
    asked: Asked,
    present: Present,
) -> Result<HttpResponse> {
    let permit = reading::permitted(&who, asked).await?;
    let code: DisplayId = present.display.and_then(|code| code.parse().ok()).ok_or(Error::Stale)?;
    let author = who.actor()?.author();
    let traced = who
        .read(move |conn, who| {
            Ok(crate::traces::recall(conn, &code, &author, who.now())?.map(|proof| proof.at()))
        })
        .await?
        .ok_or(Error::Stale)?;
    let minutes = ((permit.closes_at() - who.now().utc()).num_seconds() + 59) / 60;
    let warning = permit
        .closing_is_near()
        .then(|| format!("L’espace ferme dans {}.", format::count(minutes, "minute", "minutes")));
    Ok(HttpResponse::Ok().json(serde_json::json!({
        "remaining_ms": reading::remaining_ms(permit.ends_at(traced), who.clock().now()),
        "warning": warning,
    })))
}

pub async fn list_text(
    who: Allowed<acts::ReadList>,
    req: HttpRequest,
    id: Path<CommitteeId>,
) -> Result<Page> {
    remember(&who, true).await?;
    text_list(&who, &req, id.into_inner(), String::new()).await
}

#[derive(Deserialize)]
pub struct SearchForm {
    #[serde(default)]
    q: String,
}

/// The search of the text display, without a script; what was typed never enters an address.
pub async fn search_text(
    who: Allowed<acts::ReadList>,
    req: HttpRequest,
    id: Path<CommitteeId>,
    form: Posted<SearchForm>,
) -> Result<Page> {
    text_list(&who, &req, id.into_inner(), form.0.q).await
}

async fn text_list(
    who: &Allowed<acts::ReadList>,
    req: &HttpRequest,
    id: CommitteeId,
    query: String,
) -> Result<Page> {
    let permit = reading::permitted(who, Asked::List(id.clone())).await?;
    let view = shell::list(who, permit, csrf(req), None).await?;
    let shown = reading::display(who, Asked::List(id), None).await?;
    shown.is_of(Some(&view.generation))?;
    let state = ReadingState::load(who, &shown.committee.id).await?;
    let entries = reading::entries_in_order(&shown.opened)?;
    let searched = !query.trim().is_empty();
    let names: Vec<_> = entries
        .iter()
        .map(|(about, entry)| {
            let unread = state.mark(about) != crate::page::marks::Mark::Read;
            (!searched || reading::matches(entry, &query)).then(|| reading::list_line(entry, unread))
        })
        .collect();
    let found = names.iter().flatten().count();
    let search = TextSearch {
        found: if searched { shell::found(found, entries.len()) } else { String::new() },
        query,
    };
    Ok(text_view::committee(&view, &names, &search, &text_display(&shown, who.clock().now())))
}

pub(super) fn text_display(shown: &Displayed, now: Now) -> TextDisplay {
    TextDisplay {
        code: shown.code.to_string(),
        remaining_ms: shown.remaining_ms(now),
        watermark: shown.watermark.clone(),
    }
}

/// The search of the pixel display: answers with the ids that match, never with a name.
pub async fn search(
    who: Allowed<acts::SearchSheets>,
    id: Path<CommitteeId>,
    form: Posted<SearchForm>,
) -> Result<HttpResponse> {
    let shown = reading::display(&who, Asked::Search(id.into_inner()), None).await?;
    let sheets: Vec<SheetId> = reading::entries_in_order(&shown.opened)?
        .into_iter()
        .filter(|(_, entry)| reading::matches(entry, &form.0.q))
        .map(|(about, _)| about.sheet)
        .collect();
    Ok(HttpResponse::Ok().json(serde_json::json!({ "sheets": sheets })))
}

pub async fn sheet(who: Allowed<acts::OpenSheet>, req: HttpRequest, id: Path<SheetId>) -> Result<Page> {
    remember(&who, false).await?;
    let frame = shell::sheet(&who, id.into_inner(), csrf(&req)).await?;
    Ok(sheet_view::sheet(&frame))
}

pub async fn display_sheet(
    who: Allowed<acts::OpenSheet>,
    id: Path<SheetId>,
    asked: Posted<DisplayRequest>,
) -> Result<HttpResponse> {
    let shown = reading::display(&who, Asked::Sheet(id.into_inner()), asked.0.again()).await?;
    let presentation = shell::present(&who, &shown).await?;
    let (format, mark) = (asked.0.format(), Watermark { text: shown.watermark.clone() });
    let drawn = reading::draw(&who, move || Ok(pixels::sheet(&presentation, &mark, format))).await?;
    note_reading(&who, &shown).await?;
    let css_width = format.css_width();
    let css_height = u64::from(drawn.height) * u64::from(css_width) / u64::from(drawn.width.max(1));
    Ok(picture(&shown, who.clock().now())
        .insert_header(("X-Parvis-Css-Width", css_width.to_string()))
        .insert_header(("X-Parvis-Css-Height", css_height.to_string()))
        .body(drawn.png))
}

pub async fn sheet_text(who: Allowed<acts::OpenSheet>, req: HttpRequest, id: Path<SheetId>) -> Result<Page> {
    remember(&who, true).await?;
    let id = id.into_inner();
    let frame = shell::sheet(&who, id.clone(), csrf(&req)).await?;
    let shown = reading::display(&who, Asked::Sheet(id), None).await?;
    let presentation = shell::present(&who, &shown).await?;
    note_reading(&who, &shown).await?;
    Ok(text_view::sheet(&frame, &text_display(&shown, who.clock().now()), &presentation))
}

async fn note_reading(who: &Allowed<acts::OpenSheet>, shown: &Displayed) -> Result<()> {
    let (about, _) = reading::one_sheet(&shown.opened)?;
    let account = who.actor()?.account.id;
    who.write(move |conn, who| store::note_reading(conn, &account, &about, who.now())).await
}

/// Pixels or text: the display one looks at is the one that is remembered.
pub(super) async fn remember<A: Reads>(who: &Allowed<A>, text: bool) -> Result<()> {
    let account = who.actor()?.account;
    if account.reads_text == text {
        return Ok(());
    }
    who.write(move |conn, _| account::remember_display(conn, &account.id, text)).await
}
