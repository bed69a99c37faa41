//! Handlers of the candidates for one dwelling, side by side: the shell, its pixels, its text.

use actix_web::HttpResponse;
use actix_web::web::Path;

use super::permit::Asked;
use super::pixels::{self, Watermark};
use super::routes::{DisplayRequest, Present, picture, presence, ratio, remember, text_display};
use super::view::compare;
use super::{reading, shell};
use crate::identity::{Allowed, Posted, acts};
use crate::page::Page;
use crate::platform::Result;
use crate::platform::id::{CommitteeId, DwellingId};

/// A committee and one of its dwellings.
type Place = Path<(CommitteeId, DwellingId)>;

pub async fn page(who: Allowed<acts::CompareCandidates>, place: Place) -> Result<Page> {
    remember(&who, false).await?;
    let (committee, dwelling) = place.into_inner();
    Ok(compare::comparison(&shell::comparison(&who, committee, dwelling).await?))
}

pub async fn display(
    who: Allowed<acts::CompareCandidates>,
    place: Place,
    asked: Posted<DisplayRequest>,
) -> Result<HttpResponse> {
    let (committee, dwelling) = place.into_inner();
    let shown = reading::display(&who, Asked::Comparison(committee, dwelling), asked.0.again()).await?;
    shown.is_of(asked.0.generation.as_deref())?;
    let compared = shell::compare(&who, &shown).await?;
    let ((width, density), mark) = (asked.0.size(), Watermark { text: shown.watermark.clone() });
    let strip = reading::draw(&who, move || Ok(pixels::comparison(&compared, &mark, width, density))).await?;
    let mut answer = picture(&shown, who.clock().now());
    for (name, value) in [
        ("X-Parvis-Head-Height", strip.head_height),
        ("X-Parvis-Name-Left", strip.name_left),
        ("X-Parvis-Name-Baseline", strip.name_baseline),
    ] {
        answer.insert_header((name, value.to_string()));
    }
    for (name, values) in
        [("X-Parvis-Row-Heights", &strip.row_heights), ("X-Parvis-Name-Widths", &strip.name_widths)]
    {
        let values: Vec<String> = values.iter().map(ToString::to_string).collect();
        answer.insert_header((name, values.join(" ")));
    }
    answer.insert_header(("X-Parvis-Ratio", ratio(strip.picture.width, strip.css_width)));
    Ok(answer.body(strip.picture.png))
}

pub async fn stay(
    who: Allowed<acts::StayPresent>,
    place: Place,
    asked: Posted<Present>,
) -> Result<HttpResponse> {
    let (committee, dwelling) = place.into_inner();
    presence(who, Asked::Comparison(committee, dwelling), asked.0).await
}

pub async fn text(who: Allowed<acts::CompareCandidates>, place: Place) -> Result<Page> {
    remember(&who, true).await?;
    let (committee, dwelling) = place.into_inner();
    let view = shell::comparison(&who, committee.clone(), dwelling.clone()).await?;
    let shown = reading::display(&who, Asked::Comparison(committee, dwelling), None).await?;
    shown.is_of(Some(&view.generation))?;
    let compared = shell::compare(&who, &shown).await?;
    Ok(compare::comparison_text(&view, &compared, &text_display(&shown, who.clock().now())))
}
