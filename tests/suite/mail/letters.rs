//! Every message as a mail, word for word: the snapshots are what people receive.

use chrono::DateTime;
use parvis::messages::{AccountNews, Message};
use parvis::notices::Landlord;
use parvis::outbox::letter::{Link, PREVIEWED, Writer};

/// The variant after this one: an exhaustive match, so that no message goes out unread by a reviewer. A new
/// variant takes its place in the chain.
fn after(news: &AccountNews) -> Option<AccountNews> {
    Some(match news {
        AccountNews::Invitation => AccountNews::NewSecret,
        AccountNews::NewSecret => AccountNews::TestMail,
        AccountNews::TestMail => AccountNews::Locked,
        AccountNews::Locked => AccountNews::Blocked,
        AccountNews::Blocked => AccountNews::SomebodyBlocked,
        AccountNews::SomebodyBlocked => return None,
    })
}

fn every_message() -> Vec<Message> {
    let all = std::iter::successors(Some(AccountNews::Invitation), after);
    all.map(Message::Account).collect()
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
        let name =
            serde_json::to_string(&message).expect("JSON").replace(|c: char| !c.is_alphanumeric(), "_");
        let name = name.trim_matches('_').replace("___", "__");
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
