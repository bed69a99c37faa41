//! A message as a mail: text and HTML of the same words, in French, with no image and nothing that tells
//! who has opened it.

use chrono::{DateTime, Utc};
use maud::{DOCTYPE, Markup, html};

use crate::messages::Words;
use crate::messages::links::Purpose;
use crate::notices::Landlord;
use crate::page::format;

/// Where the mail leads.
#[derive(Debug, Clone)]
pub struct Link {
    /// The whole address; « `[lien]` » in a preview.
    pub address: String,
    /// The last instant of a link that opens once.
    pub ends: Option<DateTime<Utc>>,
}

/// What stands in a preview in place of an address that opens something.
pub const PREVIEWED: &str = "[lien]";

/// All that a mail is made of.
pub struct Writer<'a> {
    pub landlord: &'a Landlord,
    /// The recipient's own name: the only person a mail names.
    pub name: &'a str,
    pub words: &'a Words,
    pub link: Option<&'a Link>,
}

const CAUTION: &str = "Nous ne demandons jamais votre mot de passe ni un code, par courriel ou au téléphone.";
const AUTOMATIC: &str = "Ce message est envoyé automatiquement\u{a0}; vous le retrouvez dans l’extranet, à la page Messages. Il ne contient aucune donnée sur un candidat.";

impl Writer<'_> {
    /// The words without any form, for whoever reads text.
    pub fn text(&self) -> String {
        let mut parts = vec![format!("Bonjour {},", self.name)];
        parts.extend(self.words.paragraphs.iter().cloned());
        if let Some(link) = self.link {
            parts.push(format!("{}\u{a0}:\n{}", self.invitation(link), link.address));
        }
        parts.push(CAUTION.to_owned());
        parts.push(format!("{}\n{}\n{}", self.landlord.name, self.landlord.address, self.landlord.phone));
        parts.push(AUTOMATIC.to_owned());
        parts.join("\n\n") + "\n"
    }

    /// The same words, drawn with what every mail program understands.
    pub fn html(&self) -> String {
        self.document().into_string()
    }

    fn document(&self) -> Markup {
        html! {
            (DOCTYPE)
            html lang="fr" {
                head { meta charset="utf-8"; title { (self.words.subject) } }
                body style="margin:0;padding:24px;background:#fff;color:#1b1f24;font:16px/1.5 system-ui,sans-serif" {
                    div style="max-width:560px" {
                        p style="margin:0 0 24px;padding-bottom:12px;border-bottom:1px solid #1b1f24;font-weight:600" { (self.landlord.name) }
                        h1 style="margin:0 0 16px;font-size:20px;line-height:1.3" { (self.words.subject) }
                        p { "Bonjour " (self.name) "," }
                        @for paragraph in &self.words.paragraphs { p { (paragraph) } }
                        @if let Some(link) = self.link {
                            p { (self.invitation(link)) "\u{a0}:" br; a href=(link.address) style="color:#1b1f24;word-break:break-all" { (link.address) } }
                        }
                        p { (CAUTION) }
                        p style="margin-top:32px;padding-top:12px;border-top:1px solid #c9ccd1;color:#555b63;font-size:14px" {
                            (self.landlord.name) br; (self.landlord.address) br; (self.landlord.phone)
                        }
                        p style="color:#555b63;font-size:14px" { (AUTOMATIC) }
                    }
                }
            }
        }
    }

    fn invitation(&self, link: &Link) -> String {
        let what = match self.words.link {
            Some(Purpose::FirstSecret) => "Choisissez votre mot de passe à cette adresse",
            Some(Purpose::NewSecret) => "Choisissez un nouveau mot de passe à cette adresse",
            None => "Pour en savoir plus ou agir",
        };
        match link.ends {
            Some(end) => format!("{what}, qui sert une seule fois, jusqu’au {}", format::day_and_time(end)),
            None => what.to_owned(),
        }
    }
}
