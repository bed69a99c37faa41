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
/// One more passkey.
pub const NEW_PASSKEY: &str = "/compte/cle";
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
