//! The page of access: what is suspended, what waits for a second manager, and the three levers.

use chrono::NaiveDateTime;
use maud::{Markup, html};

use super::joint::{Decision, Matter};
use super::{InForce, Lever, Reach};
use crate::conventions::{Commune, Convention, Party};
use crate::identity::suspension::{Cause, Scope};
use crate::page::form::{self, Choice, Errors, Field, Kind};
use crate::page::marks::{Mark, mark};
use crate::page::table::{back, empty, entries, section, title};
use crate::page::{Page, format, paths};
use crate::platform::Now;

/// What the page knows.
pub struct Known {
    pub in_force: Vec<InForce>,
    pub open: Vec<(Decision, String)>,
    /// When, by whom, why it could not wait.
    pub alone: Vec<(NaiveDateTime, String, String)>,
    pub communes: Vec<Commune>,
}

/// What was typed, kept after an error.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Typed {
    /// Field `portee`: personne, commune, espace.
    pub reach: String,
    /// Field `identifiant`.
    pub login: String,
    /// Field `commune`: an INSEE code.
    pub commune: String,
    /// Field `levier`.
    pub lever: String,
    /// Field `motif`.
    pub reason: String,
    /// Field `urgence`.
    pub urgency: String,
}

/// A lever that could be pulled, with those it concerns.
#[derive(Debug, Clone)]
pub struct Prepared {
    pub lever: Lever,
    pub reach: Reach,
    pub reason: String,
    pub people: usize,
    /// The person's name or the commune's.
    pub of: String,
}

fn moment(at: NaiveDateTime) -> String {
    format::moment(at.and_utc())
}

/// `/gestion/acces`.
pub fn levers(known: &Known, typed: &Typed, errors: &Errors, csrf: &str, now: Now) -> Page {
    let suspended = known.in_force.len();
    let heading = match (suspended, known.open.len()) {
        (0, 0) => "Aucun accès n’est suspendu".to_owned(),
        (0, _) => "Une décision attend un second gestionnaire".to_owned(),
        (n, _) => {
            format::capitalized(&format::count_in_words(n, "suspension en cours", "suspensions en cours"))
        }
    };
    let body = html! {
        (title(&heading, "Suspendre, mettre fin aux habilitations, faire changer les mots de passe\u{a0}: effet à la prochaine action de chacun, pages ouvertes comprises."))
        @if !known.open.is_empty() {
            (section("À confirmer", "par un second gestionnaire", waiting(&known.open, now)))
        }
        (section("En cours", "ce qui ne se lit pas", suspensions(&known.in_force)))
        (section("Agir", "une page de confirmation suit", html! {
            (form::post(paths::LEVERS, csrf, errors, fields(known, typed, errors)))
        }))
        @if !known.alone.is_empty() {
            (section("Décidé seul", "six derniers mois", html! {
                ul.plain-list { @for (at, by, urgency) in &known.alone {
                    li { strong { (by) } ", le " (moment(*at)) span.second { (urgency) } }
                } }
            }))
        }
    };
    Page::new("Accès", body)
}

fn waiting(open: &[(Decision, String)], now: Now) -> Markup {
    html! {
        ul.to-do { @for (decision, asked_by) in open {
            li {
                div {
                    strong { (matter_words(&decision.matter)) }
                    p.grey {
                        "Demandé par " (asked_by) " le " (moment(decision.asked_at))
                        ". Sans confirmation " (format::coming(decision.lapses_at().and_utc(), now.utc())) ", rien ne change."
                    }
                }
                a.button href=(paths::joint_decision(decision.id.as_str())) { "Examiner" }
            }
        } }
    }
}

/// « Suspendre toutes les mairies ».
fn matter_words(matter: &Matter) -> String {
    match matter {
        Matter::Space(Lever::Suspend) => "Suspendre toutes les mairies".to_owned(),
        Matter::Space(Lever::EndHabilitations) => "Mettre fin à toutes les habilitations".to_owned(),
        Matter::Space(Lever::RenewPasswords) => "Faire changer tous les mots de passe".to_owned(),
        Matter::Terminate(_, terms) => {
            format!("Résilier une convention, effet le {}", format::date_full(terms.effect_on))
        }
    }
}

fn suspensions(all: &[InForce]) -> Markup {
    html! {
        @if all.is_empty() {
            (empty("Tout le monde lit dans ses droits", "Une suspension apparaît ici dès qu’elle est décidée, avec son motif et son auteur."))
        } @else {
            table.register {
                thead { tr { th scope="col" { "Qui" } th scope="col" { "Depuis" } th scope="col" { "Motif" } th scope="col" { span.unseen { "Action" } } } }
                tbody { @for one in all {
                    tr {
                        th scope="row" {
                            @match &one.account {
                                Some(account) => a href=(paths::managed_account(account.as_str())) { (of_words(one)) },
                                None => (of_words(one)),
                            }
                            span.second { (cause_words(one)) }
                        }
                        td data-label="Depuis" {
                            (moment(one.since))
                            @if let Some(until) = one.until { span.second { "jusqu’au " (moment(until)) } }
                        }
                        td data-label="Motif" { (one.reason) }
                        td.action { a href=(paths::restore_access(one.id.as_str())) { "Rétablir" span.unseen { " l’accès\u{a0}: " (of_words(one)) } } }
                    }
                } }
            }
        }
    }
}

fn of_words(one: &InForce) -> String {
    match (one.scope, &one.of) {
        (Scope::Space, _) => "Toutes les mairies".to_owned(),
        (Scope::Commune, Some(commune)) => format!("Commune de {commune}"),
        (_, Some(name)) => name.clone(),
        (_, None) => "Compte supprimé".to_owned(),
    }
}

fn cause_words(one: &InForce) -> String {
    match (one.cause, &one.by) {
        (Cause::OwnBlock, _) => "bloqué par la personne elle-même".to_owned(),
        (Cause::Absence, _) => "remplacement d’une absence".to_owned(),
        (Cause::Review, _) => "revue annuelle restée sans réponse".to_owned(),
        (Cause::Inactivity, _) => "inactivité".to_owned(),
        (Cause::Decision, Some(by)) => format!("décision de {by}"),
        (Cause::Decision, None) => "décision du bailleur".to_owned(),
    }
}

const REACHES: [Choice<'static>; 3] = [
    Choice { value: "personne", label: "Une personne", detail: "pour toutes ses communes" },
    Choice { value: "commune", label: "Une commune", detail: "toutes les personnes habilitées pour elle" },
    Choice { value: "espace", label: "Toutes les mairies", detail: "un second gestionnaire confirme" },
];

const LEVERS: [Choice<'static>; 3] = [
    Choice {
        value: "suspendre", label: "Suspendre", detail: "plus rien ne se lit, jusqu’au rétablissement"
    },
    Choice {
        value: "fin",
        label: "Mettre fin aux habilitations",
        detail: "seule une nouvelle demande rouvre l’accès",
    },
    Choice {
        value: "mot-de-passe",
        label: "Faire changer les mots de passe",
        detail: "à la prochaine action de chacun",
    },
];

fn fields(known: &Known, typed: &Typed, errors: &Errors) -> Markup {
    let mut communes = vec![("", "Choisir")];
    communes.extend(known.communes.iter().map(|commune| (commune.insee.as_str(), commune.name.as_str())));
    let plain = |name, label, help, value, kind| Field { name, label, help, value, kind };
    html! {
        (form::choices(&plain("portee", "Qui est concerné\u{a0}?", "", &typed.reach, Kind::Text), &REACHES, errors))
        div.grid {
            (form::optional(&plain("identifiant", "Identifiant", "Pour une personne", &typed.login, Kind::Text), errors))
            (form::select(&plain("commune", "Commune", "Pour une commune", &typed.commune, Kind::Text), &communes, errors))
        }
        (form::choices(&plain("levier", "Que faire\u{a0}?", "", &typed.lever, Kind::Text), &LEVERS, errors))
        (form::long_text(&plain("motif", "Motif", "La personne suspendue le lit. Des faits, sans nom d’un tiers ni d’un demandeur.", &typed.reason, Kind::Text), errors, true))
        (form::submit("Voir les conséquences"))
    }
}

/// « Suspendre Camille Moreau ? »
fn question(prepared: &Prepared) -> String {
    let of = match prepared.reach {
        Reach::Person(_) => prepared.of.clone(),
        Reach::Commune(_) => format!("la commune de {}", prepared.of),
        Reach::Space => "toutes les mairies".to_owned(),
    };
    match (prepared.lever, &prepared.reach) {
        (Lever::Suspend, _) => format!("Suspendre {of}\u{a0}?"),
        (Lever::EndHabilitations, Reach::Person(_)) => format!("Mettre fin aux habilitations de {of}\u{a0}?"),
        (Lever::EndHabilitations, _) => format!("Mettre fin aux habilitations pour {of}\u{a0}?"),
        (Lever::RenewPasswords, Reach::Person(_)) => format!("Faire changer le mot de passe de {of}\u{a0}?"),
        (Lever::RenewPasswords, _) => format!("Faire changer les mots de passe pour {of}\u{a0}?"),
    }
}

fn consequence(lever: Lever) -> &'static str {
    match lever {
        Lever::Suspend => {
            "Dès la prochaine action, plus aucune fiche ni liste ne s’affiche\u{a0}; une page ouverte se vide d’elle-même. Chacun lit le motif et qui contacter, et peut toujours signaler un incident. Vous pourrez rétablir l’accès."
        }
        Lever::EndHabilitations => {
            "Les habilitations prennent fin maintenant. Les comptes sont conservés\u{a0}; pour rouvrir l’accès, il faudra une nouvelle demande de la mairie."
        }
        Lever::RenewPasswords => {
            "Les sessions se ferment. À la prochaine connexion, chacun donne son mot de passe actuel et son second facteur, puis choisit un nouveau mot de passe."
        }
    }
}

fn hidden(typed: &Typed) -> Markup {
    html! {
        @for (name, value) in [
            ("portee", &typed.reach), ("identifiant", &typed.login), ("commune", &typed.commune),
            ("levier", &typed.lever), ("motif", &typed.reason),
        ] { input type="hidden" name=(name) value=(value); }
    }
}

/// What would happen, whom it concerns, and the button that does it.
pub fn confirm(prepared: &Prepared, typed: &Typed, errors: &Errors, csrf: &str) -> Page {
    let people = i64::try_from(prepared.people).unwrap_or(i64::MAX);
    let body = html! {
        div.plain {
            (back(paths::LEVERS, "Accès"))
            (title(&question(prepared), &format!("{}.", format::count(people, "personne concernée", "personnes concernées"))))
            p { (consequence(prepared.lever)) }
            p { strong { "Motif\u{a0}: " } (prepared.reason) }
            @if prepared.reach == Reach::Space {
                p { "Deux gestionnaires décident pour toutes les mairies. Votre demande attend trois jours au plus la confirmation d’un autre." }
                (form::post(paths::LEVERS_CONFIRM, csrf, &Errors::none(), html! {
                    (hidden(typed))
                    (form::submit("Demander la confirmation"))
                }))
                (form::post(paths::LEVERS_CONFIRM, csrf, errors, html! {
                    (hidden(typed))
                    input type="hidden" name="acte" value="seul";
                    (form::long_text(&Field {
                        name: "urgence",
                        label: "Personne d’autre n’est joignable\u{a0}? Écrivez pourquoi cela ne peut attendre",
                        help: "La décision prend effet aussitôt. Le délégué à la protection des données et les autres gestionnaires sont prévenus.",
                        value: &typed.urgency,
                        kind: Kind::Text,
                    }, errors, true))
                    button.button type="submit" { "Agir seul, maintenant" }
                }))
            } @else {
                (form::post(paths::LEVERS_CONFIRM, csrf, errors, html! {
                    (hidden(typed))
                    div.actions {
                        (form::submit(match prepared.lever {
                            Lever::Suspend => "Suspendre maintenant",
                            Lever::EndHabilitations => "Mettre fin maintenant",
                            Lever::RenewPasswords => "Faire changer maintenant",
                        }))
                        a.button href=(paths::LEVERS) { "Revenir" }
                    }
                }))
            }
        }
    };
    Page::new("Confirmer", body)
}

/// A decision of two: to confirm, to refuse, to take back, or to carry out alone.
pub fn decision(
    decision: &Decision,
    asked_by: &str,
    commune: Option<&str>,
    own: bool,
    errors: &Errors,
    csrf: &str,
) -> Page {
    let address = paths::joint_decision(decision.id.as_str());
    let act = |acte: &str, inside: Markup| {
        form::post(&address, csrf, errors, html! { input type="hidden" name="acte" value=(acte); (inside) })
    };
    let body = html! {
        div.plain {
            (back(paths::LEVERS, "Accès"))
            (title(&format!("{}\u{a0}?", matter_words(&decision.matter)), &format!("Demandé par {asked_by} le {}.", moment(decision.asked_at))))
            @match &decision.matter {
                Matter::Space(lever) => p { (consequence(*lever)) },
                Matter::Terminate(_, terms) => (entries(&[
                    ("Commune", html! { (commune.unwrap_or_default()) }),
                    ("Qui résilie", html! { (party_words(terms.party)) }),
                    ("Recommandé", html! { (terms.reference) ", reçu le " (format::date_full(terms.received_on)) }),
                    ("Effet", html! { (format::date_full(terms.effect_on)) ", l’accès se ferme de lui-même ce jour-là" }),
                ])),
            }
            p { strong { "Motif\u{a0}: " } (decision.reason) }
            @if own {
                p { "Un autre gestionnaire doit confirmer." }
                (act("seul", html! {
                    (form::long_text(&Field {
                        name: "urgence",
                        label: "Personne d’autre n’est joignable\u{a0}? Écrivez pourquoi cela ne peut attendre",
                        help: "Le délégué à la protection des données et les autres gestionnaires sont prévenus.",
                        value: "",
                        kind: Kind::Text,
                    }, errors, true))
                    button.button type="submit" { "Agir seul, maintenant" }
                }))
                (act("retirer", html! { button.button type="submit" { "Retirer ma demande" } }))
            } @else {
                (act("confirmer", html! { (form::submit("Confirmer")) }))
                (act("retirer", html! { button.button type="submit" { "Refuser" } }))
            }
        }
    };
    Page::new("Décision à deux", body)
}

fn party_words(party: Party) -> &'static str {
    match party {
        Party::Landlord => "le bailleur",
        Party::TownHall => "la mairie",
    }
}

/// Giving access back, with a reason that stays.
pub fn restore(one: &InForce, typed: &str, errors: &Errors, csrf: &str) -> Page {
    let body = html! {
        div.plain {
            (back(paths::LEVERS, "Accès"))
            (title(&format!("Rétablir l’accès\u{a0}: {}\u{a0}?", of_words(one)), &format!("Suspendu depuis le {}, {}.", moment(one.since), cause_words(one))))
            p { strong { "Motif de la suspension\u{a0}: " } (one.reason) }
            @if one.cause == Cause::OwnBlock {
                p { "La personne ne reconnaissait pas une connexion. Vérifiez son identité par un moyen que vous connaissez déjà, et remettez-lui un nouveau mot de passe provisoire." }
            }
            (form::post(&paths::restore_access(one.id.as_str()), csrf, errors, html! {
                (form::long_text(&Field { name: "motif", label: "Pourquoi rétablir\u{a0}?", help: "", value: typed, kind: Kind::Text }, errors, true))
                div.actions {
                    (form::submit("Rétablir l’accès"))
                    a.button href=(paths::LEVERS) { "Revenir" }
                }
            }))
        }
    };
    Page::new("Rétablir l’accès", body)
}

/// What was typed of a termination, kept after an error.
#[derive(Debug, Clone, Default)]
pub struct TypedTermination {
    pub party: String,
    pub received_on: String,
    pub reference: String,
    pub effect_on: String,
    pub reason: String,
}

/// The end of a convention by registered letter (E37); an amicable settlement comes first (E43).
pub fn termination(
    convention: &Convention,
    commune: &Commune,
    typed: &TypedTermination,
    errors: &Errors,
    csrf: &str,
) -> Page {
    let parties = [
        Choice { value: "bailleur", label: "Le bailleur", detail: "votre lettre à la mairie" },
        Choice { value: "mairie", label: "La mairie", detail: "sa lettre au bailleur" },
    ];
    let plain = |name, label, help, value, kind| Field { name, label, help, value, kind };
    let heading = format!("Résilier la convention de {}\u{a0}?", commune.name);
    let dates = format!(
        "Du {} au {}.",
        format::date_full(convention.in_force_from),
        format::date_full(convention.ends_on)
    );
    let body = html! {
        (back(paths::MANAGED_COMMUNES, "Communes"))
        (title(&heading, &dates))
        @if let Some(on) = convention.terminated_on {
            (section("Résiliée", "", html! {
                p { (mark(Mark::Gap, "résiliée")) " Effet le " (format::date_full(on)) "." }
            }))
        } @else {
            (section("Avant de résilier", "l’amiable d’abord", html! {
                p { "Les parties recherchent d’abord un règlement amiable. La résiliation se fait par lettre recommandée, à tout moment\u{a0}; l’accès se ferme de lui-même le jour de l’effet." }
                p { "Un second gestionnaire confirme. Les personnes habilitées sont prévenues." }
            }))
            (section("La lettre", "papier ou électronique", html! {
                (form::post(&paths::termination(convention.id.as_str()), csrf, errors, html! {
                    (form::choices(&plain("partie", "Qui résilie\u{a0}?", "", &typed.party, Kind::Text), &parties, errors))
                    div.grid {
                        (form::field(&plain("recue_le", "Reçue le", "Exemple\u{a0}: 30/11/2026", &typed.received_on, Kind::Day), errors))
                        (form::field(&plain("reference", "Numéro du recommandé", "", &typed.reference, Kind::Text), errors))
                        (form::field(&plain("effet", "Prend effet le", "Ce jour-là, l’accès est déjà fermé", &typed.effect_on, Kind::Day), errors))
                    }
                    (form::long_text(&plain("motif", "Motif", "", &typed.reason, Kind::Text), errors, true))
                    (form::submit("Demander la confirmation"))
                }))
            }))
        }
    };
    Page::new("Résiliation", body)
}
