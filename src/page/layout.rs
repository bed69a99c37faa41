//! The frame of every page, from the doctype to the last line.

use maud::{DOCTYPE, Markup, html};

use super::banner::{self, Banner};
use super::chart::{DayRule, day_rule};
use super::{asset, form, paths};

/// The state of accessibility, which every page must show (law 2005-102, article 47). Without a valid
/// audit there is no other.
pub const ACCESSIBILITY_MENTION: &str = "Accessibilité\u{a0}: non conforme";

/// What stands around a page, whoever wrote it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Chrome {
    /// The landlord is the brand.
    pub landlord: String,
    pub nav: Vec<NavItem>,
    /// `None` before signing in.
    pub reader: Option<Reader>,
    /// « ouvert jusqu’à 19 h »; empty for landlord roles, which the hours do not bind.
    pub space: String,
    /// Town halls only: the lower edge of the header.
    pub day: Option<DayRule>,
    pub banner: Option<Banner>,
    /// The session's token, for forms of the frame and for scripts. `None` without a session.
    pub csrf: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NavItem {
    pub label: String,
    pub href: String,
    pub current: bool,
}

/// Who reads, and for whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reader {
    pub name: String,
    /// « Mairie de Valbourg », « gestionnaire ».
    pub capacity: String,
}

/// What a view gives: the frame is drawn around it by [`document`].
#[derive(Debug, Clone)]
pub struct Page {
    /// Shown in the window's title bar and in the printed header: never anything personal (E12).
    pub title: String,
    pub main: Markup,
    /// Shows sheets or names: prints blank (E12) and is cleared when left.
    pub confidential: bool,
    /// A sheet brings its own two rows in place of the header and footer.
    pub own_header: bool,
    /// Where pixels are shown, the same page in text: the first thing an assistive tool meets.
    pub in_text: Option<String>,
    /// Module scripts, by file name.
    pub scripts: Vec<&'static str>,
    /// Where the page leads on to at once, with a link for whoever's browser does not follow.
    pub leads_to: Option<String>,
}

impl Page {
    /// An ordinary page: it prints, and needs no script.
    pub fn new(title: impl Into<String>, main: Markup) -> Self {
        Self {
            title: title.into(),
            main,
            confidential: false,
            own_header: false,
            in_text: None,
            scripts: Vec::new(),
            leads_to: None,
        }
    }

    /// A page that shows sheets or names (E12).
    pub fn confidential(title: impl Into<String>, main: Markup) -> Self {
        Self { confidential: true, ..Self::new(title, main) }
    }

    pub fn with_own_header(self) -> Self {
        Self { own_header: true, ..self }
    }

    /// The page shows pixels; this is the address of its text.
    pub fn with_text(self, address: String) -> Self {
        Self { in_text: Some(address), ..self }
    }

    /// The page leads on by itself; its body holds the same link.
    pub fn leading_to(self, address: &str) -> Self {
        Self { leads_to: Some(address.to_owned()), ..self }
    }

    pub fn with_script(mut self, name: &'static str) -> Self {
        self.scripts.push(name);
        self
    }
}

/// The way from pixels to text, in full: it stands before everything else.
pub const IN_TEXT: &str = "Affichage en texte, pour lecteur d’écran et plage braille";

/// The whole document.
pub fn document(chrome: &Chrome, page: &Page) -> Markup {
    let classes = match (page.confidential, page.own_header) {
        (true, true) => Some("confidential sheet-page"),
        (true, false) => Some("confidential"),
        (false, true) => Some("sheet-page"),
        (false, false) => None,
    };
    html! {
        (DOCTYPE)
        html lang="fr" translate="no" class=[classes] {
            head {
                meta charset="utf-8";
                title { (page.title) " · " (chrome.landlord) }
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="robots" content="noindex, nofollow, noarchive";
                meta name="google" content="notranslate";
                meta name="color-scheme" content="light dark";
                meta name="format-detection" content="telephone=no, date=no, address=no, email=no";
                @if let Some(address) = &page.leads_to { meta http-equiv="refresh" content={ "0; url=" (address) }; }
                @if let Some(csrf) = &chrome.csrf { meta name="csrf" content=(csrf); }
                link rel="icon" href=(asset("favicon.svg")) type="image/svg+xml";
                link rel="stylesheet" href=(asset("parvis.css"));
                link rel="stylesheet" href=(asset("sheet.css"));
                link rel="stylesheet" href=(asset("adapt.css"));
                script type="module" src=(asset("page.js")) {}
                @if chrome.reader.is_some() && chrome.csrf.is_some() {
                    script type="module" src=(asset("session.js")) {}
                }
                @for script in &page.scripts { script type="module" src=(asset(script)) {} }
            }
            body spellcheck="false" {
                @if page.own_header {
                    (banner::region(chrome.banner.as_ref(), chrome.csrf.as_deref()))
                    (page.main)
                } @else {
                    (ways_in(page.in_text.as_deref()))
                    (header(chrome))
                    (banner::region(chrome.banner.as_ref(), chrome.csrf.as_deref()))
                    main #contenu tabindex="-1" { (page.main) }
                    (footer())
                }
            }
        }
    }
}

/// Seen when the keyboard reaches them, and read first.
fn ways_in(text: Option<&str>) -> Markup {
    html! {
        @match text {
            Some(text) => nav aria-label="Accès rapide" {
                a.skip href=(text) { (IN_TEXT) }
                a.skip href="#contenu" { "Aller au contenu" }
            },
            None => a.skip href="#contenu" { "Aller au contenu" },
        }
    }
}

fn header(chrome: &Chrome) -> Markup {
    html! {
        header.site {
            div.row {
                p.brand {
                    @if chrome.reader.is_some() { (chrome.landlord) }
                    @else { a href=(paths::LOGIN) { (chrome.landlord) } }
                }
                @if chrome.reader.is_none() { p.grey { "Extranet des communes" } }
                @if !chrome.nav.is_empty() {
                    nav aria-label="Principale" {
                        ul {
                            @for item in &chrome.nav {
                                li { a href=(item.href) aria-current=[item.current.then_some("page")] { (item.label) } }
                            }
                        }
                    }
                }
                @if let Some(reader) = &chrome.reader { (who(reader, &chrome.space, chrome.csrf.as_deref())) }
            }
            @if let Some(day) = &chrome.day { (day_rule(day)) }
        }
    }
}

fn who(reader: &Reader, space: &str, csrf: Option<&str>) -> Markup {
    html! {
        div.reader {
            p {
                strong { (reader.name) } " · " (reader.capacity)
                @if !space.is_empty() { " · " span.space { (space) } }
            }
            a href=(paths::ACCOUNT) { "Mon compte" }
            @if let Some(csrf) = csrf {
                (form::post_button(paths::SIGN_OUT, csrf, "Se déconnecter", "link"))
            }
        }
    }
}

fn footer() -> Markup {
    html! {
        footer.site {
            ul {
                li { a href=(paths::LEGAL_NOTICE) { "Mentions et droits" } }
                li { a href=(paths::ACCESSIBILITY) { (ACCESSIBILITY_MENTION) } }
                li { a href=(paths::HELP) { "Aide" } }
                li.report { a href=(paths::REPORT) { "Signaler une violation ou un incident" } }
            }
        }
    }
}
