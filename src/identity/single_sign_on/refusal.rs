//! Why single sign-on opens nothing, and what to do about it: each reason has a word for the trace and a
//! page of its own.

/// Why somebody is not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Not begun in this browser, too long ago, or walked already.
    Way,
    /// The provider itself says no, or the person has turned back.
    Declined,
    Unreachable,
    /// An answer that is no proof: a code used twice, a token that cannot be read.
    Answer,
    Issuer,
    Audience,
    Nonce,
    Expired,
    Signature,
    /// Who somebody is was answered in another form, or of somebody else.
    Userinfo,
    Tenant,
    SecondFactor,
    /// A code by mail, after the last day on which it passes.
    WeakSecondFactor,
    /// Nothing was proved since the way began.
    NotFresh,
    Email,
    Account,
    /// The account is bound to another identity of this provider.
    OtherSubject,
    Role,
    Habilitation,
    /// The provider says of no body that it is the person's.
    NoSiren,
    /// The landlord has not entered the SIREN of the commune.
    SirenUnknown,
    OtherEmployer,
}

impl Refusal {
    /// The word of the trace and of the log.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Way => "sso_way",
            Self::Declined => "sso_declined",
            Self::Unreachable => "sso_unreachable",
            Self::Answer => "sso_answer",
            Self::Issuer => "sso_issuer",
            Self::Audience => "sso_audience",
            Self::Nonce => "sso_nonce",
            Self::Expired => "sso_expired",
            Self::Signature => "sso_signature",
            Self::Userinfo => "sso_userinfo",
            Self::Tenant => "sso_tenant",
            Self::SecondFactor => "sso_second_factor",
            Self::WeakSecondFactor => "sso_weak_second_factor",
            Self::NotFresh => "sso_not_fresh",
            Self::Email => "sso_email",
            Self::Account => "sso_account",
            Self::OtherSubject => "sso_other_subject",
            Self::Role => "sso_role",
            Self::Habilitation => "sso_habilitation",
            Self::NoSiren => "sso_no_siren",
            Self::SirenUnknown => "sso_siren_unknown",
            Self::OtherEmployer => "sso_siren",
        }
    }

    pub fn status(self) -> u16 {
        match self {
            Self::Way => 400,
            Self::Unreachable => 503,
            _ => 403,
        }
    }

    /// The title of the page, and what it says: what happened, and what to do.
    pub fn words(self, provider: &str) -> (&'static str, String) {
        match self {
            Self::Way => (
                "Cette identification est à recommencer",
                "Elle n’a pas commencé dans cette fenêtre, a duré plus de dix minutes, ou a déjà servi. Revenez à la connexion et recommencez.".to_owned(),
            ),
            Self::Declined => (
                "L’identification n’a pas abouti",
                format!("{provider} ne l’a pas confirmée, ou vous y avez renoncé. Vous pouvez recommencer."),
            ),
            Self::Unreachable => (
                "Le service d’identification ne répond pas",
                format!("{provider} est injoignable en ce moment. Réessayez plus tard, ou connectez-vous avec votre mot de passe si vous en avez un."),
            ),
            Self::Answer
            | Self::Issuer
            | Self::Audience
            | Self::Nonce
            | Self::Expired
            | Self::Signature
            | Self::Userinfo => (
                "La réponse reçue n’est pas valable",
                format!("{provider} a répondu, mais sa réponse ne prouve pas qui vous êtes. Recommencez\u{a0}; si cela se répète, prévenez-nous."),
            ),
            Self::Tenant => (
                "Votre organisation n’est pas admise ici",
                format!("{provider} vous connaît, mais l’annuaire de votre organisation n’est pas de ceux que nous admettons."),
            ),
            Self::SecondFactor => (
                "Un second facteur est nécessaire",
                format!("{provider} vous a identifié sans second facteur\u{a0}; les fiches en demandent un. Activez-en un auprès de lui (application, clé de sécurité ou carte d’agent), puis recommencez."),
            ),
            Self::WeakSecondFactor => (
                "Un code reçu par courriel ne suffit pas",
                format!("{provider} vous a identifié avec un code envoyé par courriel. Les fiches demandent un second facteur plus sûr\u{a0}: application, clé de sécurité ou carte d’agent. Demandez-le à votre service informatique."),
            ),
            Self::NotFresh => (
                "Identifiez-vous de nouveau",
                format!("{provider} ne dit pas que vous venez de prouver qui vous êtes\u{a0}: une session qui y est restée ouverte ne suffit pas. Recommencez\u{a0}; si cela se répète, déconnectez-vous d’abord de {provider}."),
            ),
            Self::Email => (
                "Votre adresse électronique manque",
                format!("{provider} ne nous a pas donné d’adresse vérifiée. Elle relie votre première connexion à votre compte."),
            ),
            Self::Account => (
                "Aucun compte ne correspond",
                format!("{provider} vous a bien identifié, mais aucun compte n’est ouvert ici à votre adresse. L’accès est réservé aux personnes désignées par leur mairie."),
            ),
            Self::OtherSubject => (
                "Ce compte est lié à une autre identité",
                format!("Votre adresse est celle d’un compte déjà lié à une autre identité chez {provider}. Les gestionnaires sont prévenus\u{a0}: eux seuls peuvent défaire ce lien."),
            ),
            Self::Role => (
                "Cet accès est réservé aux agents publics",
                format!("{provider} ne vous connaît pas comme agent public territorial."),
            ),
            Self::Habilitation => (
                "Votre compte n’a pas d’habilitation en vigueur",
                "Une première identification demande une habilitation à lire les fiches d’une commune.".to_owned(),
            ),
            Self::NoSiren => (
                "Votre employeur n’est pas connu",
                format!("{provider} ne nous dit pas pour quel organisme vous travaillez, et nous ne pouvons pas vérifier que c’est celui de votre commune."),
            ),
            Self::SirenUnknown => (
                "Votre commune n’est pas encore prête",
                "Le numéro SIREN de votre commune n’est pas enregistré ici\u{a0}: sans lui, nous ne pouvons pas vérifier votre employeur. C’est au bailleur de le saisir (Connexion unique, Communes).".to_owned(),
            ),
            Self::OtherEmployer => (
                "Votre employeur n’est pas celui de votre commune",
                format!("{provider} nomme un autre organisme que votre commune. Si vous travaillez pour elle depuis un CCAS, un groupement ou une commune voisine, le bailleur peut l’enregistrer pour vous."),
            ),
        }
    }
}
