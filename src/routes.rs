//! THE route table: method, path, handler, body limit, open outside hours. One row per route.
//!
//! The action of a row is that of its handler's signature. The first match wins, so a test demands
//! that no earlier pattern hides a later path.

use crate::identity::issuing::routes as issuing;
use crate::identity::route::{Row, get, post};
use crate::identity::single_sign_on::{managed as managed_single_sign_on, routes as single_sign_on};
use crate::identity::{connections, own_account, own_factors, routes as identity};
use crate::{agenda, assets, conventions, levers, overview, public, sheets};

pub static ROUTES: &[Row] = &[
    // Anybody
    get("/static/{version}/{name}", &assets::serve).open_outside_hours(),
    get("/sante", &overview::health).open_outside_hours(),
    get("/mentions", &public::legal_notice).open_outside_hours(),
    get("/accessibilite", &public::accessibility).open_outside_hours(),
    get("/aide", &public::help).open_outside_hours(),
    get("/signalement", &public::report).open_outside_hours(),
    // Signing in, step by step
    get("/connexion", &identity::login).open_outside_hours(),
    post("/connexion", &identity::sign_in).open_outside_hours(),
    get("/connexion/code", &identity::code_page).open_outside_hours(),
    post("/connexion/code", &identity::give_code).open_outside_hours(),
    post("/connexion/sso/{provider}", &single_sign_on::begin).open_outside_hours(),
    get("/connexion/sso/{provider}/retour", &single_sign_on::come_back).open_outside_hours(),
    get("/connexion/sso/{provider}/sortie", &single_sign_on::leave).open_outside_hours(),
    get("/connexion/secours", &identity::recovery_page).open_outside_hours(),
    post("/connexion/secours", &identity::recover).open_outside_hours(),
    get("/mot-de-passe", &identity::password_page).open_outside_hours(),
    post("/mot-de-passe", &identity::choose_password).open_outside_hours(),
    get("/double-facteur", &identity::enrolment_page).open_outside_hours(),
    post("/double-facteur", &identity::enrol).open_outside_hours(),
    get("/charte", &identity::charter_page).open_outside_hours(),
    post("/charte", &identity::sign_charter).open_outside_hours(),
    get("/verrou", &identity::lock_page).open_outside_hours(),
    post("/verrou", &identity::unlock).open_outside_hours(),
    post("/verrou/prolonger", &identity::stay_awake).open_outside_hours(),
    get("/deconnexion", &identity::signed_out).open_outside_hours(),
    post("/deconnexion", &identity::sign_out).open_outside_hours(),
    // One's own account
    get("/", &identity::enter).open_outside_hours(),
    get("/compte", &own_account::page).open_outside_hours(),
    post("/compte/affichage", &own_account::remember_display).open_outside_hours(),
    get("/compte/codes-de-secours", &own_factors::recovery_codes).open_outside_hours(),
    post("/compte/codes-de-secours", &own_factors::make_recovery_codes).open_outside_hours(),
    get("/compte/application", &own_factors::new_app).open_outside_hours(),
    post("/compte/application", &own_factors::add_app).open_outside_hours(),
    get("/compte/second-facteur/{id}", &own_factors::one).open_outside_hours(),
    post("/compte/second-facteur/{id}/nom", &own_factors::rename).open_outside_hours(),
    post("/compte/second-facteur/{id}/revocation", &own_factors::revoke).open_outside_hours(),
    get("/compte/connexions", &connections::page).open_outside_hours(),
    get("/compte/connexions/pas-moi", &connections::confirm).open_outside_hours(),
    post("/compte/connexions/pas-moi", &connections::deny).open_outside_hours(),
    get("/compte/blocage", &own_account::blocked).open_outside_hours(),
    post("/compte/blocage", &own_account::block).open_outside_hours(),
    // Reading
    // Shows nothing, and a holiday of one commune leaves the other open.
    post("/commune", &sheets::routes::switch_commune).open_outside_hours(),
    get("/commissions", &sheets::routes::committees),
    get("/commissions/{id}", &sheets::routes::list),
    post("/commissions/{id}/affichage", &sheets::routes::display_list),
    post("/commissions/{id}/presence", &sheets::routes::list_presence),
    get("/commissions/{id}/texte", &sheets::routes::list_text),
    post("/commissions/{id}/texte", &sheets::routes::search_text),
    post("/commissions/{id}/recherche", &sheets::routes::search),
    get("/commissions/{id}/comparer/{dwelling}", &sheets::comparison::page),
    post("/commissions/{id}/comparer/{dwelling}/affichage", &sheets::comparison::display),
    post("/commissions/{id}/comparer/{dwelling}/presence", &sheets::comparison::stay),
    get("/commissions/{id}/comparer/{dwelling}/texte", &sheets::comparison::text),
    get("/fiches/{id}", &sheets::routes::sheet),
    post("/fiches/{id}/affichage", &sheets::routes::display_sheet),
    post("/fiches/{id}/presence", &sheets::routes::sheet_presence),
    get("/fiches/{id}/texte", &sheets::routes::sheet_text),
    // The landlord
    get("/gestion/commissions", &agenda::routes::committees),
    get("/gestion/commissions/{id}/seance-levee", &agenda::routes::confirm_held),
    post("/gestion/commissions/{id}/seance-levee", &agenda::routes::adjourn),
    get("/gestion/certificats/{id}", &agenda::routes::certificate),
    get("/gestion/comptes/{id}/secret", &issuing::secret_page),
    post("/gestion/comptes/{id}/secret", &issuing::give_secret),
    get("/gestion/comptes/{id}/second-facteur", &issuing::loss_page),
    post("/gestion/comptes/{id}/second-facteur", &issuing::revoke_lost),
    get("/gestion/comptes/{id}/jeton", &issuing::token_page),
    post("/gestion/comptes/{id}/jeton", &issuing::give_token),
    get("/gestion/communes", &conventions::routes::communes),
    post("/gestion/communes", &conventions::routes::sign),
    get("/gestion/connexion-unique", &managed_single_sign_on::page),
    post("/gestion/connexion-unique", &managed_single_sign_on::record_siren),
    get("/gestion/comptes/{id}/connexion-unique", &managed_single_sign_on::of_account),
    post("/gestion/comptes/{id}/connexion-unique/employeur", &managed_single_sign_on::accept_employer),
    post(
        "/gestion/comptes/{id}/connexion-unique/employeur/fin",
        &managed_single_sign_on::stop_accepting_employer,
    ),
    get("/gestion/comptes/{id}/connexion-unique/retrait", &managed_single_sign_on::unbinding_page),
    post("/gestion/comptes/{id}/connexion-unique/retrait", &managed_single_sign_on::unbind_account),
    get("/gestion/acces", &levers::routes::page),
    post("/gestion/acces", &levers::routes::prepare).body(16 * 1024),
    post("/gestion/acces/confirmer", &levers::routes::pull).body(16 * 1024),
    get("/gestion/acces/decisions/{id}", &levers::routes::decision),
    post("/gestion/acces/decisions/{id}", &levers::routes::settle).body(16 * 1024),
    get("/gestion/acces/retablir/{id}", &levers::routes::confirm_restore),
    post("/gestion/acces/retablir/{id}", &levers::routes::restore).body(16 * 1024),
    get("/gestion/conventions/{id}/resiliation", &levers::routes::termination),
    post("/gestion/conventions/{id}/resiliation", &levers::routes::terminate).body(16 * 1024),
    // Every other address: the same 404 as an address without a sheet
    get("/{rest:.*}", &public::unknown).open_outside_hours(),
];
