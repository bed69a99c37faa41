//! Every message as a mail, word for word: the snapshots are what people receive.

use std::iter::successors;

use chrono::{DateTime, NaiveDate};
use parvis::messages::{AccessNews, AccountNews, HabilitationNews, Message};
use parvis::notices::Landlord;
use parvis::outbox::letter::{Link, PREVIEWED, Writer};

/// The variant after this one: an exhaustive match, so that no message goes out unread by a reviewer. A new
/// variant takes its place in the chain.
fn after_account(news: &AccountNews) -> Option<AccountNews> {
    use AccountNews as News;
    Some(match news {
        News::Invitation => News::NewSecret,
        News::NewSecret => News::TestMail,
        News::TestMail => News::Locked,
        News::Locked => News::Blocked,
        News::Blocked => News::FactorAdded,
        News::FactorAdded => News::FactorRevoked,
        News::FactorRevoked => News::RecoveryCodesMade,
        News::RecoveryCodesMade => News::RecoveryCodeUsed { left: 3 },
        News::RecoveryCodeUsed { .. } => News::SecretGiven,
        News::SecretGiven => News::FactorsReset,
        News::FactorsReset => News::TokenGiven,
        News::TokenGiven => News::SomebodyBlocked,
        News::SomebodyBlocked => News::Bound { provider: "ProConnect".to_owned() },
        News::Bound { .. } => News::Unbound,
        News::Unbound => News::OtherSubject {
            account: "01930000-0000-7000-8000-000000000000".parse().expect("an id"),
            provider: "ProConnect".to_owned(),
        },
        News::OtherSubject { .. } => return None,
    })
}

fn after_access(news: &AccessNews) -> Option<AccessNews> {
    use AccessNews as News;
    Some(match news {
        News::Suspended => News::Restored,
        News::Restored => News::HabilitationsEnded,
        News::HabilitationsEnded => News::NewPasswordAsked,
        News::NewPasswordAsked => News::Terminated { commune: commune(), on: day("2026-12-31") },
        News::Terminated { .. } => News::SecondManagerNeeded,
        News::SecondManagerNeeded => News::ActedAlone,
        News::ActedAlone => return None,
    })
}

fn after_habilitation(news: &HabilitationNews) -> Option<HabilitationNews> {
    use HabilitationNews as News;
    let commune = commune();
    Some(match news {
        News::Asked { .. } => News::Answered { commune },
        News::Answered { .. } => News::Withdrawn { commune },
        News::Withdrawn { .. } => News::FunctionChanged { commune },
        News::FunctionChanged { .. } => News::Departed { commune, after: None },
        News::Departed { after: None, .. } => News::Departed { commune, after: Some(day("2026-12-04")) },
        News::Departed { after: Some(_), .. } => News::Question { commune },
        News::Question { .. } => News::Accepted { commune },
        News::Accepted { .. } => News::Refused { commune },
        News::Refused { .. } => News::EndedByLandlord { commune },
        News::EndedByLandlord { .. } => News::Reopened { commune },
        News::Reopened { .. } => News::Granted { commune, from: day("2026-12-01"), until: None },
        News::Granted { until: None, .. } => {
            News::Granted { commune, from: day("2026-12-01"), until: Some(day("2026-12-31")) }
        }
        News::Granted { until: Some(_), .. } => News::Ended { commune, after: None },
        News::Ended { after: None, .. } => News::Ended { commune, after: Some(day("2026-12-04")) },
        News::Ended { after: Some(_), .. } => News::GivenBack { commune },
        News::GivenBack { .. } => News::Absent { commune, from: day("2026-12-01"), until: day("2026-12-31") },
        News::Absent { .. } => News::Designated { commune },
        News::Designated { .. } => News::DesignationEnded { commune },
        News::DesignationEnded { .. } => return None,
    })
}

fn commune() -> String {
    "Valbourg".to_owned()
}

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

fn every_message() -> Vec<Message> {
    let account = successors(Some(AccountNews::Invitation), after_account).map(Message::Account);
    let access = successors(Some(AccessNews::Suspended), after_access).map(Message::Access);
    let first = HabilitationNews::Asked { commune: commune() };
    let habilitation = successors(Some(first), after_habilitation).map(Message::Habilitation);
    account.chain(access).chain(habilitation).collect()
}

fn landlord() -> Landlord {
    let folder = tempfile::tempdir().expect("a folder");
    let place = parvis::identity::Place { config: None, data: folder.path().join("data") };
    parvis::demo::prepare(&place, 8080).expect("settings").landlord
}

#[test]
fn every_mail_is_as_its_snapshot_says_in_text_and_in_html() {
    let landlord = landlord();
    for message in every_message() {
        let words = message.words(&landlord);
        let ends = words.link.map(|_| DateTime::from_timestamp(1_796_031_120, 0).expect("an instant"));
        let led = words.link.is_some() || words.path.is_some();
        let link = led.then(|| Link { address: PREVIEWED.to_owned(), ends });
        let writer =
            Writer { landlord: &landlord, name: "Camille Moreau", words: &words, link: link.as_ref() };
        let told = serde_json::to_string(&message).expect("JSON");
        let name = told.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        let name = name.collect::<Vec<_>>().join("_");
        insta::assert_snapshot!(format!("{name}.txt"), writer.text());
        insta::assert_snapshot!(format!("{name}.html"), writer.html().replace("><", ">\n<"));
    }
}

#[test]
fn no_mail_bears_an_image_a_script_or_a_french_fault_of_spacing() {
    let landlord = landlord();
    for message in every_message() {
        let words = message.words(&landlord);
        let writer = Writer { landlord: &landlord, name: "Camille Moreau", words: &words, link: None };
        let (text, html) = (writer.text(), writer.html());
        for forbidden in ["<img", "<script", "src=", "url(", "http://", "https://"] {
            assert!(!html.contains(forbidden), "{forbidden} in {html}");
        }
        for wrong in [" :", " ;", " ?", " !", "« ", " »", "'"] {
            assert!(!text.contains(wrong), "{wrong} in {text}");
        }
        assert!(text.contains('’') && html.contains("Camille Moreau"), "positive control");
    }
}
