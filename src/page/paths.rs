//! Addresses, written once. None of them holds anything personal (E12): ids only.

pub const LOGIN: &str = "/connexion";
pub const LOGIN_CODE: &str = "/connexion/code";
/// A recovery code in place of the six digits.
pub const RECOVER: &str = "/connexion/secours";
pub const SIGN_OUT: &str = "/deconnexion";
pub const PASSWORD: &str = "/mot-de-passe";
pub const SECOND_FACTOR: &str = "/double-facteur";
pub const CHARTER: &str = "/charte";
pub const ACCOUNT: &str = "/compte";
/// Keeps the reader's preference between pixels and text.
pub const DISPLAY_PREFERENCE: &str = "/compte/affichage";
/// Blocks one's own account after a connection that was somebody else's (wording 10).
pub const BLOCK_ACCOUNT: &str = "/compte/blocage";
/// One more application as a second factor.
pub const NEW_APP: &str = "/compte/application";
/// One more passkey. Each way a key is asked for has its challenge, then its answer.
pub const NEW_PASSKEY: &str = "/compte/cle";
pub const PASSKEY_CHALLENGE: &str = "/compte/cle/defi";
pub const LOGIN_PASSKEY: &str = "/connexion/cle";
pub const LOGIN_PASSKEY_CHALLENGE: &str = "/connexion/cle/defi";
pub const CODE_PASSKEY: &str = "/connexion/code/cle";
pub const CODE_PASSKEY_CHALLENGE: &str = "/connexion/code/cle/defi";
pub const LOCK_PASSKEY: &str = "/verrou/cle";
pub const LOCK_PASSKEY_CHALLENGE: &str = "/verrou/cle/defi";
pub const RECOVERY_CODES: &str = "/compte/codes-de-secours";
/// One's own connections (E19).
pub const CONNECTIONS: &str = "/compte/connexions";
/// « Ce n’était pas moi ».
pub const NOT_ME: &str = "/compte/connexions/pas-moi";
pub const LOCK: &str = "/verrou";
/// Changes the commune being read.
pub const COMMUNE: &str = "/commune";
pub const COMMITTEES: &str = "/commissions";
pub const LEGAL_NOTICE: &str = "/mentions";
pub const ACCESSIBILITY: &str = "/accessibilite";
pub const HELP: &str = "/aide";
pub const REPORT: &str = "/signalement";
pub const MANAGED_COMMITTEES: &str = "/gestion/commissions";
pub const MANAGED_COMMUNES: &str = "/gestion/communes";
/// All accounts. A search by name is posted here: a name in an address would stay in histories and logs.
pub const MANAGED_ACCOUNTS: &str = "/gestion/comptes";
/// The three levers (E27, E33).
pub const LEVERS: &str = "/gestion/acces";
/// What a lever would do, before it is pulled.
pub const LEVERS_CONFIRM: &str = "/gestion/acces/confirmer";

/// Where the link of a mail leads; the token is used up by the form of that page (POST).
pub fn access_link(token: &str) -> String {
    format!("/acces/{token}")
}

/// One of one's own second factors.
pub fn own_factor(id: &str) -> String {
    format!("/compte/second-facteur/{id}")
}
/// What one has been told.
pub const MESSAGES: &str = "/messages";
/// The state of the outbox, for managers.
pub const MAILS: &str = "/gestion/courriels";

/// The town hall's contact: holders, requests, departures (E16, E23).
pub const TEAM: &str = "/equipe";
/// The landlord's queue of requests, and all holders (E15, E18).
pub const MANAGED_HABILITATIONS: &str = "/gestion/habilitations";

/// Where a contact asks for a habilitation.
pub fn team_request(commune: &str) -> String {
    format!("/equipe/communes/{commune}/demande")
}

/// A request, as the contact follows it.
pub fn request(id: &str) -> String {
    format!("/equipe/demandes/{id}")
}

/// Takes a request back.
pub fn request_withdrawal(id: &str) -> String {
    format!("/equipe/demandes/{id}/retrait")
}

/// Reports the departure of a holder (E23).
pub fn departure(habilitation: &str) -> String {
    format!("/equipe/titulaires/{habilitation}/depart")
}

/// Reports that a holder changes function (E23).
pub fn function_change(habilitation: &str) -> String {
    format!("/equipe/titulaires/{habilitation}/fonction")
}

/// Asks for the dated replacement of an absent holder (E18).
pub fn replacement(habilitation: &str) -> String {
    format!("/equipe/titulaires/{habilitation}/remplacement")
}

/// A request, as the landlord decides it.
pub fn managed_request(id: &str) -> String {
    format!("/gestion/habilitations/{id}")
}

/// What a manager does with a request: `question`, `acceptation` or `refus`.
pub fn managed_request_act(id: &str, act: &str) -> String {
    format!("/gestion/habilitations/{id}/{act}")
}

/// A commune's holders, contacts and their history, for the landlord.
pub fn managed_team(commune: &str) -> String {
    format!("/gestion/equipes/{commune}")
}

/// Types a request received by letter.
pub fn letter_request(commune: &str) -> String {
    format!("/gestion/equipes/{commune}/demande")
}

/// Appoints a contact from the mayor's letter.
pub fn designation(commune: &str) -> String {
    format!("/gestion/equipes/{commune}/referent")
}

/// Ends a designation.
pub fn designation_end(contact: &str) -> String {
    format!("/gestion/referents/{contact}/fin")
}

/// Ends a habilitation, for the landlord.
pub fn habilitation_end(habilitation: &str) -> String {
    format!("/gestion/titulaires/{habilitation}/fin")
}

/// Undoes the endings of a habilitation.
pub fn habilitation_return(habilitation: &str) -> String {
    format!("/gestion/titulaires/{habilitation}/retablissement")
}

/// The absent holder is back before the day foreseen.
pub fn absence_end(habilitation: &str) -> String {
    format!("/gestion/titulaires/{habilitation}/reprise")
}

/// One mail of the outbox; its form sends it again.
pub fn mail(id: &str) -> String {
    format!("{MAILS}/{id}")
}

/// The landlord's page on single sign-on.
pub const MANAGED_SINGLE_SIGN_ON: &str = "/gestion/connexion-unique";

/// Where a provider of single sign-on is chosen (POST).
pub fn single_sign_on(provider: &str) -> String {
    format!("/connexion/sso/{provider}")
}

/// Where the provider leads back to.
pub fn single_sign_on_return(provider: &str) -> String {
    format!("/connexion/sso/{provider}/retour")
}

/// On the way out of the provider too.
pub fn single_sign_on_end(provider: &str) -> String {
    format!("/connexion/sso/{provider}/sortie")
}

/// The identities bound to an account, and the other employer accepted for it.
pub fn account_single_sign_on(account: &str) -> String {
    format!("/gestion/comptes/{account}/connexion-unique")
}

/// Accepts another employer (POST).
pub fn account_employer(account: &str) -> String {
    format!("/gestion/comptes/{account}/connexion-unique/employeur")
}

/// No longer accepts it (POST).
pub fn account_employer_end(account: &str) -> String {
    format!("/gestion/comptes/{account}/connexion-unique/employeur/fin")
}

/// Removes the identities bound to an account; its form posts to the same address.
pub fn account_unbinding(account: &str) -> String {
    format!("/gestion/comptes/{account}/connexion-unique/retrait")
}

/// A committee's list of sheets.
pub fn committee(id: &str) -> String {
    format!("/commissions/{id}")
}

/// The same list in text display.
pub fn committee_text(id: &str) -> String {
    format!("/commissions/{id}/texte")
}

/// Back to a list from one of its sheets, whose row is then marked.
pub fn committee_after(list: &str, sheet: &str) -> String {
    format!("{list}?depuis={sheet}")
}

/// Where a list answers searches (POST).
pub fn committee_search(id: &str) -> String {
    format!("/commissions/{id}/recherche")
}

/// The candidates for one dwelling, side by side.
pub fn comparison(committee: &str, dwelling: &str) -> String {
    format!("/commissions/{committee}/comparer/{dwelling}")
}

/// The same comparison in text display.
pub fn comparison_text(committee: &str, dwelling: &str) -> String {
    format!("/commissions/{committee}/comparer/{dwelling}/texte")
}

/// A sheet in pixels.
pub fn sheet(id: &str) -> String {
    format!("/fiches/{id}")
}

/// A sheet in text display.
pub fn sheet_text(id: &str) -> String {
    format!("/fiches/{id}/texte")
}

/// The page that confirms that a committee has been held; its form posts to the same address (E7).
pub fn committee_held(id: &str) -> String {
    format!("/gestion/commissions/{id}/seance-levee")
}

/// The account letter and the mailed link of somebody new.
pub fn account_secret(account: &str) -> String {
    format!("/gestion/comptes/{account}/secret")
}

/// A lost second factor: what is revoked after an identity check.
pub fn lost_factor(account: &str) -> String {
    format!("/gestion/comptes/{account}/second-facteur")
}

/// A hardware token for somebody without a work telephone.
pub fn token(account: &str) -> String {
    format!("/gestion/comptes/{account}/jeton")
}

/// The page that gives access back; its form posts to the same address (E27).
pub fn restore_access(suspension: &str) -> String {
    format!("/gestion/acces/retablir/{suspension}")
}

/// Where a second manager confirms, or the first takes back (E27, E37).
pub fn joint_decision(id: &str) -> String {
    format!("/gestion/acces/decisions/{id}")
}

/// The page that ends a convention; its form posts to the same address (E37).
pub fn termination(convention: &str) -> String {
    format!("/gestion/conventions/{convention}/resiliation")
}

/// One account, as the landlord administers it.
pub fn managed_account(id: &str) -> String {
    format!("/gestion/comptes/{id}")
}

/// A certificate of purge, as a file.
pub fn certificate(id: &str) -> String {
    format!("/gestion/certificats/{id}")
}
