//! Notices of non-delivery that come back later, as RFC 3464 writes them.

use super::mark;
use crate::messages::mailing;
use crate::platform::crypto::{Key, same};
use crate::platform::id::MessageId;
use crate::platform::{Conn, Result};

/// Notes that a mail of ours came back for good; `false` for whatever else the notice may be: a delay, a
/// mail of somebody else's, or one whose mark is not ours.
pub fn note(conn: &mut Conn, master: &Key, notice: &str) -> Result<bool> {
    match returned(master, notice) {
        Some(id) => mailing::note_bounce(conn, &id),
        None => Ok(false),
    }
}

/// The message whose mail has come back for good.
fn returned(master: &Key, notice: &str) -> Option<MessageId> {
    let says = |field: &str, begins: &str| {
        notice.lines().filter_map(|line| line.split_once(':')).any(|(name, value)| {
            name.trim().eq_ignore_ascii_case(field) && value.trim().to_ascii_lowercase().starts_with(begins)
        })
    };
    if !says("action", "failed") || !says("status", "5.") {
        return None;
    }
    // The mail's own Message-ID, wherever the notice quotes it: id, full stop, mark.
    notice.split(['<', '>', ' ', '\t', '\r', '\n', '@']).find_map(|word| {
        let (id, given) = word.split_once('.')?;
        let id: MessageId = id.parse().ok()?;
        same(mark(master, &id).as_bytes(), given.as_bytes()).then_some(id)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notice(id: &MessageId, mark: &str, action: &str, status: &str) -> String {
        format!(
            "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\n\
             Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; relais.example\r\n\r\n\
             Final-Recipient: rfc822; camille@valbourg.example\r\nAction: {action}\r\nStatus: {status}\r\n\r\n--b\r\n\
             Content-Type: text/rfc822-headers\r\n\r\nMessage-ID:\r\n <{id}.{mark}@trois-vals.example>\r\n\r\n--b--\r\n"
        )
    }

    #[test]
    fn only_the_final_return_of_a_mail_of_ours_is_a_bounce() {
        let (key, id) = (Key::fresh().unwrap(), MessageId::fresh());
        let own = mark(&key, &id);
        assert_eq!(returned(&key, &notice(&id, &own, "failed", "5.1.1")), Some(id.clone()));
        let foreign = mark(&Key::fresh().unwrap(), &id);
        for (mark, action, status) in [
            (&own, "delayed", "4.4.1"),
            (&own, "delivered", "2.0.0"),
            (&own, "failed", "4.4.7"),
            (&foreign, "failed", "5.1.1"),
            (&String::new(), "failed", "5.1.1"),
        ] {
            assert_eq!(returned(&key, &notice(&id, mark, action, status)), None, "{action} {status}");
        }
        assert_eq!(returned(&key, ""), None);
    }
}
