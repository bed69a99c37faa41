//! The landlord's pages on somebody's secrets: the letter, a lost second factor, a hardware token.

use maud::{Markup, html};
use zeroize::Zeroizing;

use crate::identity::view::factors::Line;
use crate::notices::{Landlord, agent};
use crate::page::form::{self, Choice, Errors, Field, Kind};
use crate::page::table::{empty, entries, section, title};
use crate::page::{Page, format, paths};
use crate::platform::Error;
use crate::platform::error::Refused;

/// Whose secrets these are.
#[derive(Debug, Clone)]
pub struct Whom {
    pub id: String,
    pub name: String,
    pub login: String,
    pub job_title: String,
    pub communes: Vec<String>,
}

impl Whom {
    /// « instructrice logement, Valbourg ».
    fn about(&self) -> String {
        if self.communes.is_empty() {
            self.job_title.clone()
        } else {
            format!("{}, {}", self.job_title, format::list_and(&self.communes))
        }
    }

    fn section(&self) -> Markup {
        section(
            "La personne",
            "",
            entries(&[
                ("Nom", html! { (self.name) ", " (self.about()) }),
                ("Identifiant", html! { (self.login) }),
            ]),
        )
    }
}

/// A secret of one's own goes another way.
pub(super) fn another_manager() -> Error {
    let main = html! {
        div.plain {
            (title("Un autre gestionnaire doit le faire", "Personne ne se donne à soi-même un secret, ni ne révoque ainsi son propre second facteur\u{a0}: il y faut quelqu’un qui vérifie."))
            p { "Votre mot de passe se change, et un second facteur de plus s’ajoute, dans " a href=(paths::ACCOUNT) { "Mon compte" } "." }
        }
    };
    Error::Refused(Box::new(Refused {
        name: "own_account",
        status: 403,
        title: "Un autre gestionnaire doit le faire".to_owned(),
        main,
    }))
}

/// `/gestion/comptes/{id}/secret`.
#[derive(Debug, Clone)]
pub struct SecretForm {
    pub csrf: String,
    /// On `motif`.
    pub errors: Errors,
    pub whom: Whom,
    /// As typed.
    pub reason: String,
    /// Which password the form stands upon.
    pub mark: String,
    /// « 30 novembre 2026 ».
    pub until: String,
}

/// The confirming page of a temporary secret.
pub fn secret(view: &SecretForm) -> Page {
    let body = html! {
        (title("Donner un mot de passe provisoire", "Une lettre à imprimer, montrée une seule fois. Le second facteur de la personne reste le sien."))
        (view.whom.section())
        (section("Ce qui change", "dès maintenant", html! {
            ul {
                li { "Son mot de passe actuel, les lettres et les liens d’avant ne valent plus rien." }
                li { "Ses connexions en cours prennent fin\u{a0}; un blocage qu’elle a demandé est levé." }
                li { "Le mot de passe provisoire sert une fois, jusqu’au " (view.until) "." }
                li { "Elle devra toujours prouver son second facteur, si elle en a un." }
            }
        }))
        (section("Motif", "conservé avec votre nom et l’heure", form::post(&paths::account_secret(&view.whom.id), &view.csrf, &view.errors, html! {
            input type="hidden" name="apres" value=(view.mark);
            (form::long_text(&Field { name: "motif", label: "Pourquoi", help: "Qui l’a demandé, quand, et comment vous savez que c’est bien cette personne", value: &view.reason, kind: Kind::Text }, &view.errors, true))
            (form::submit("Faire la lettre"))
        })))
    };
    Page::new("Mot de passe provisoire", body)
}

/// What the letter says, once.
pub struct Letter {
    pub whom: Whom,
    pub secret: Zeroizing<String>,
    /// `https://…`
    pub address: String,
    /// « lundi 30 novembre à 10 h 32 ».
    pub until: String,
    /// « 23 novembre 2026 ».
    pub made: String,
}

/// The letter, with the notice that is due to the agent (E39).
pub fn letter(view: &Letter, landlord: &Landlord) -> Page {
    let body = html! {
        p.only-screen.once { strong { "Cette lettre ne sera plus montrée." } " Imprimez-la maintenant, puis remettez-la en main propre ou sous pli fermé. " a href=(paths::lost_factor(&view.whom.id)) { "Revenir aux secrets de ce compte" } }
        article.letter {
            div.letter-head {
                address { strong { (landlord.name) } br; (landlord.address) }
                p { (view.whom.name) br; (view.whom.about()) br; span.grey { "le " (view.made) } }
            }
            h1 { "Votre accès à l’extranet des communes" }
            (entries(&[
                ("Adresse", html! { (view.address) }),
                ("Identifiant", html! { code { (view.whom.login) } }),
                ("Mot de passe provisoire", html! { code { (*view.secret) } }),
                ("Valable", html! { "une seule fois, jusqu’au " (view.until) }),
            ]))
            h2 { "Ce que vous avez à faire" }
            ol {
                li { "Ouvrez l’adresse ci-dessus et saisissez l’identifiant et le mot de passe provisoire." }
                li { "Prouvez votre second facteur, si vous en avez déjà un." }
                li { "Choisissez un mot de passe que vous seul connaîtrez. Le provisoire ne fonctionnera plus." }
                li { "À la première connexion, enregistrez un second facteur, lisez la charte et engagez-vous à la respecter." }
                li { "Détruisez cette lettre." }
            }
            p { "Votre accès est personnel. Ne communiquez ces secrets à personne, pas même à " (landlord.name) " ni à votre mairie\u{a0}: personne n’a à vous les demander. Une enveloppe ouverte, un doute\u{a0}? Appelez aussitôt le " (landlord.incident_phone) ". Une question\u{a0}: " (landlord.access_contact) "." }
            h2 { "Vos données" }
            (agent::notice(landlord))
        }
    };
    Page::new("Lettre d’accès", body)
}

/// The value of « tous ».
pub(super) const ALL: &str = "tous";

/// `/gestion/comptes/{id}/second-facteur`.
#[derive(Debug, Clone)]
pub struct Loss {
    pub csrf: String,
    /// On `perdu`, `verification`, `note`.
    pub errors: Errors,
    pub whom: Whom,
    pub factors: Vec<Line>,
    /// An id, or « tous ».
    pub lost: String,
    pub manner: String,
    pub note: String,
    pub checks: Vec<Check>,
}

/// An identity check that was recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    pub at: String,
    pub manner: String,
    pub by: String,
    pub note: String,
}

/// Revokes what is lost, after an identity check.
pub fn loss(view: &Loss) -> Page {
    let body = html! {
        (title("Second facteur perdu", "Vérifiez d’abord qui vous parle. Un courriel, ou un appel que vous n’avez pas passé vous-même, ne prouve rien."))
        (view.whom.section())
        @if view.factors.is_empty() {
            (section("Second facteur", "", html! {
                (empty("Ce compte n’a pas de second facteur", "La personne en enregistrera un à sa prochaine connexion, après son mot de passe. Sans téléphone de service, donnez-lui un jeton."))
                p { a.button href=(paths::token(&view.whom.id)) { "Donner un jeton matériel" } }
            }))
        } @else {
            (section("Révoquer", "après vérification", form::post(&paths::lost_factor(&view.whom.id), &view.csrf, &view.errors, loss_fields(view))))
        }
        (section("Vérifications", "conservées avec le compte", checks(&view.checks)))
    };
    Page::new("Second facteur perdu", body)
}

fn loss_fields(view: &Loss) -> Markup {
    let details: Vec<String> = view
        .factors
        .iter()
        .map(|line| {
            format!(
                "{}, ajouté {}, utilisé\u{a0}: {}",
                format::capitalized(&line.kind),
                line.added,
                line.used
            )
        })
        .collect();
    let mut lost =
        vec![Choice { value: ALL, label: "Tout", detail: "Chaque second facteur, et les codes de secours" }];
    lost.extend(view.factors.iter().zip(&details).map(|(line, detail)| Choice {
        value: &line.id,
        label: &line.name,
        detail,
    }));
    let manners = [
        Choice {
            value: "in_person",
            label: "En personne",
            detail: "Une pièce d’identité, ou une personne que vous connaissez",
        },
        Choice {
            value: "call_back",
            label: "En rappelant le standard de la mairie",
            detail: "Au numéro de l’annuaire, jamais à celui qu’on vous donne",
        },
        Choice { value: "video", label: "En visioconférence", detail: "Visage et pièce d’identité" },
    ];
    html! {
        (form::choices(&Field { name: "perdu", label: "Ce qui est perdu", help: "", value: &view.lost, kind: Kind::Text }, &lost, &view.errors))
        (form::choices(&Field { name: "verification", label: "Comment vous avez vérifié l’identité", help: "", value: &view.manner, kind: Kind::Text }, &manners, &view.errors))
        (form::long_text(&Field { name: "note", label: "Ce que vous avez vérifié", help: "La pièce vue, le numéro rappelé, qui a répondu\u{a0}; jamais le numéro de la pièce", value: &view.note, kind: Kind::Text }, &view.errors, true))
        p { "Ses connexions prennent fin. La prochaine demandera son mot de passe, puis un nouveau second facteur. Le mot de passe ne change pas." }
        (form::submit("Révoquer"))
    }
}

fn checks(checks: &[Check]) -> Markup {
    html! {
        @if checks.is_empty() {
            (empty("Aucune vérification", "Chaque perte laisse ici la sienne\u{a0}: quand, comment, par qui, et ce qui a été vérifié."))
        } @else {
            table.register {
                thead { tr { th scope="col" { "Quand" } th scope="col" { "Comment" } th scope="col" { "Par" } th scope="col" { "Ce qui a été vérifié" } } }
                tbody {
                    @for check in checks {
                        tr {
                            th scope="row" { (check.at) }
                            td data-label="Comment" { (check.manner) }
                            td data-label="Par" { (check.by) }
                            td data-label="Ce qui a été vérifié" { (check.note) }
                        }
                    }
                }
            }
        }
    }
}

/// `/gestion/comptes/{id}/jeton`.
#[derive(Debug, Clone)]
pub struct TokenForm {
    pub csrf: String,
    /// On `numero`, `graine`, `empreinte`, `periode`, `code`.
    pub errors: Errors,
    pub whom: Whom,
    pub serial: String,
    /// `sha256`, or anything else for SHA-1.
    pub hash: String,
    /// `60`, or anything else for 30.
    pub period: String,
}

/// Enters a hardware token for somebody without a work telephone.
pub fn token(view: &TokenForm, has_factor: bool) -> Page {
    let body = html! {
        (title("Donner un jeton matériel", "Pour qui n’a pas de téléphone de service. Il affiche le code à six chiffres demandé à chaque connexion."))
        (view.whom.section())
        (section("Le jeton", "tel que le fournisseur le décrit", html! {
            @if has_factor {
                (empty("Ce compte a déjà un second facteur", "Un jeton donné en plus serait une seconde clé, faite sans la personne. Perdu ou à remplacer\u{a0}? Révoquez d’abord l’ancien, après vérification de son identité."))
                p { a.button href=(paths::lost_factor(&view.whom.id)) { "Second facteur perdu" } }
            } @else {
                (form::post(&paths::token(&view.whom.id), &view.csrf, &view.errors, token_fields(view)))
            }
        }))
    };
    Page::new("Jeton matériel", body)
}

fn token_fields(view: &TokenForm) -> Markup {
    let hashes = [
        Choice { value: "sha1", label: "SHA-1", detail: "La plupart des jetons" },
        Choice { value: "sha256", label: "SHA-256", detail: "" },
    ];
    let periods = [
        Choice { value: "30", label: "30\u{a0}secondes", detail: "" },
        Choice { value: "60", label: "60\u{a0}secondes", detail: "" },
    ];
    let hash = if view.hash == "sha256" { "sha256" } else { "sha1" };
    let period = if view.period == "60" { "60" } else { "30" };
    html! {
        (form::field(&Field { name: "numero", label: "Numéro de série", help: "Gravé au dos", value: &view.serial, kind: Kind::Text }, &view.errors))
        (form::field(&Field { name: "graine", label: "Graine", help: "En base\u{a0}32 ou en hexadécimal\u{a0}; elle ne sera plus montrée", value: "", kind: Kind::Text }, &view.errors))
        (form::choices(&Field { name: "empreinte", label: "Empreinte", help: "", value: hash, kind: Kind::Text }, &hashes, &view.errors))
        (form::choices(&Field { name: "periode", label: "Période", help: "", value: period, kind: Kind::Text }, &periods, &view.errors))
        (form::field(&Field { name: "code", label: "Code affiché maintenant", help: "Il prouve que la graine est bien recopiée\u{a0}; le jeton sert aussitôt", value: "", kind: Kind::OneTimeCode }, &view.errors))
        (form::submit("Donner ce jeton"))
    }
}
