CREATE TABLE communes (
    insee TEXT NOT NULL PRIMARY KEY CHECK (length(insee) = 5),
    name TEXT NOT NULL,
    alsace_moselle BOOLEAN NOT NULL,
    good_friday BOOLEAN NOT NULL,
    siren TEXT CHECK (length(siren) = 9)
);

CREATE TABLE conventions (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('sheets')),
    commune TEXT NOT NULL REFERENCES communes (insee),
    signed_by_landlord_on DATE NOT NULL,
    signed_by_town_hall_on DATE NOT NULL,
    in_force_from DATE NOT NULL,
    ends_on DATE NOT NULL,
    terminated_on DATE,
    termination_party TEXT CHECK (termination_party IN ('landlord', 'town_hall')),
    termination_received_on DATE,
    termination_reference TEXT,
    quota INTEGER NOT NULL DEFAULT 2 CHECK (quota >= 0),
    CHECK (in_force_from >= signed_by_landlord_on AND in_force_from >= signed_by_town_hall_on),
    CHECK (ends_on >= in_force_from)
);
CREATE INDEX conventions_by_commune ON conventions (commune, kind);

CREATE TABLE accounts (
    id TEXT NOT NULL PRIMARY KEY,
    login TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL CHECK (role IN ('instructor', 'contact', 'manager', 'dpo')),
    first_name TEXT NOT NULL,
    last_name TEXT NOT NULL,
    job_title TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    password_temporary BOOLEAN NOT NULL,
    password_expires_at TIMESTAMP,
    password_set_at TIMESTAMP NOT NULL,
    password_change_asked_at TIMESTAMP,
    charter_version INTEGER NOT NULL,
    charter_signed_at TIMESTAMP,
    last_login_at TIMESTAMP,
    reads_text BOOLEAN NOT NULL,
    created_at TIMESTAMP NOT NULL,
    email TEXT,
    search_name TEXT NOT NULL
);
CREATE INDEX accounts_by_name ON accounts (search_name, id);
CREATE INDEX accounts_by_last_login ON accounts (last_login_at, id);

CREATE TABLE habilitations (
    id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    commune TEXT NOT NULL REFERENCES communes (insee),
    space TEXT NOT NULL CHECK (space IN ('sheets')),
    starts_on DATE NOT NULL,
    ends_on DATE,
    job_title TEXT,
    employer TEXT,
    ground TEXT CHECK (ground IN ('agent', 'secondment', 'shared_service', 'ccas', 'epci', 'elected')),
    over_quota_reason TEXT,
    replaces TEXT REFERENCES habilitations (id) ON DELETE SET NULL,
    granted_by TEXT,
    granted_at TIMESTAMP
);
CREATE INDEX habilitations_by_account ON habilitations (account_id, space);
CREATE INDEX habilitations_by_commune ON habilitations (commune);

CREATE TABLE endings (
    id TEXT NOT NULL PRIMARY KEY,
    habilitation_id TEXT NOT NULL REFERENCES habilitations (id) ON DELETE CASCADE,
    cause TEXT NOT NULL
        CHECK (cause IN ('departure', 'function_change', 'decision', 'replacement_over', 'review')),
    reason TEXT NOT NULL,
    closes_at TIMESTAMP NOT NULL,
    decided_by TEXT,
    decided_at TIMESTAMP NOT NULL,
    undone_at TIMESTAMP,
    undone_by TEXT,
    undo_reason TEXT
);
CREATE INDEX endings_by_habilitation ON endings (habilitation_id);

CREATE TABLE contacts (
    id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    commune TEXT NOT NULL REFERENCES communes (insee),
    designated_on DATE NOT NULL,
    letter_reference TEXT NOT NULL,
    decided_by TEXT,
    decided_at TIMESTAMP NOT NULL,
    ended_at TIMESTAMP,
    ended_by TEXT,
    end_reason TEXT
);
CREATE INDEX contacts_by_account ON contacts (account_id);
CREATE INDEX contacts_by_commune ON contacts (commune);

CREATE TABLE habilitation_requests (
    id TEXT NOT NULL PRIMARY KEY,
    commune TEXT NOT NULL REFERENCES communes (insee),
    kind TEXT NOT NULL CHECK (kind IN ('new', 'replacement', 'function_change')),
    origin TEXT NOT NULL CHECK (origin IN ('contact', 'letter')),
    first_name TEXT NOT NULL,
    last_name TEXT NOT NULL,
    email TEXT,
    job_title TEXT NOT NULL,
    employer TEXT NOT NULL,
    ground TEXT NOT NULL CHECK (ground IN ('agent', 'secondment', 'shared_service', 'ccas', 'epci', 'elected')),
    reason TEXT NOT NULL,
    starts_on DATE NOT NULL,
    ends_on DATE,
    concerns_id TEXT REFERENCES habilitations (id) ON DELETE SET NULL,
    over_quota_reason TEXT,
    letter_on DATE,
    letter_reference TEXT,
    submitted_by TEXT NOT NULL,
    submitted_at TIMESTAMP NOT NULL,
    state TEXT NOT NULL
        CHECK (state IN ('submitted', 'question', 'answered', 'accepted', 'refused', 'withdrawn')),
    decided_by TEXT,
    decided_at TIMESTAMP,
    decision_reason TEXT,
    granted_id TEXT REFERENCES habilitations (id) ON DELETE SET NULL
);
CREATE INDEX habilitation_requests_by_commune ON habilitation_requests (commune, state);

CREATE TABLE request_messages (
    id TEXT NOT NULL PRIMARY KEY,
    request_id TEXT NOT NULL REFERENCES habilitation_requests (id) ON DELETE CASCADE,
    side TEXT NOT NULL CHECK (side IN ('landlord', 'town_hall')),
    written_by TEXT NOT NULL,
    written_at TIMESTAMP NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX request_messages_by_request ON request_messages (request_id);

CREATE TABLE suspensions (
    id TEXT NOT NULL PRIMARY KEY,
    scope TEXT NOT NULL CHECK (scope IN ('person', 'commune', 'space', 'habilitation')),
    account_id TEXT REFERENCES accounts (id) ON DELETE CASCADE,
    commune TEXT REFERENCES communes (insee),
    habilitation_id TEXT REFERENCES habilitations (id) ON DELETE CASCADE,
    cause TEXT NOT NULL DEFAULT 'decision'
        CHECK (cause IN ('decision', 'own_block', 'absence', 'review', 'inactivity')),
    reason TEXT NOT NULL,
    since TIMESTAMP NOT NULL,
    until TIMESTAMP,
    decided_by TEXT,
    lifted_at TIMESTAMP,
    lifted_by TEXT,
    lift_reason TEXT
);
CREATE INDEX suspensions_by_account ON suspensions (account_id);
CREATE INDEX suspensions_by_commune ON suspensions (commune);
CREATE INDEX suspensions_by_habilitation ON suspensions (habilitation_id);

CREATE TABLE authenticators (
    id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('totp_app', 'totp_token', 'passkey')),
    name TEXT NOT NULL,
    sealed BYTEA NOT NULL,
    credential TEXT UNIQUE,
    last_step BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    last_used_at TIMESTAMP,
    revoked_at TIMESTAMP,
    revoked_by TEXT
);
CREATE INDEX authenticators_by_account ON authenticators (account_id);

CREATE TABLE recovery_codes (
    code_hash TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    made_at TIMESTAMP NOT NULL,
    used_at TIMESTAMP
);
CREATE INDEX recovery_codes_by_account ON recovery_codes (account_id);

CREATE TABLE ceremonies (
    visitor TEXT NOT NULL PRIMARY KEY,
    purpose TEXT NOT NULL CHECK (purpose IN ('register', 'sign_in', 'code', 'unlock')),
    state BYTEA NOT NULL,
    begun_at TIMESTAMP NOT NULL
);

CREATE TABLE identity_checks (
    id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    manner TEXT NOT NULL CHECK (manner IN ('in_person', 'call_back', 'video', 'operator')),
    note TEXT NOT NULL,
    checked_by TEXT,
    checked_at TIMESTAMP NOT NULL,
    revoked INTEGER NOT NULL
);
CREATE INDEX identity_checks_by_account ON identity_checks (account_id);

CREATE TABLE secrets_given (
    id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    way TEXT NOT NULL CHECK (way IN ('letter', 'link', 'terminal')),
    reason TEXT NOT NULL,
    given_by TEXT,
    given_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL
);
CREATE INDEX secrets_given_by_account ON secrets_given (account_id);

CREATE TABLE sessions (
    token_hash TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    created_at TIMESTAMP NOT NULL,
    last_activity_at TIMESTAMP NOT NULL,
    second_factor_at TIMESTAMP,
    enrolling BYTEA,
    commune TEXT REFERENCES communes (insee),
    device TEXT NOT NULL,
    previous_login_at TIMESTAMP,
    ended_at TIMESTAMP,
    ended_by TEXT
        CHECK (ended_by IN ('sign_out', 'other_login', 'password_changed', 'blocked', 'factor_changed')),
    ended_for_device TEXT,
    by_link BOOLEAN NOT NULL,
    provider TEXT
);
CREATE INDEX sessions_by_account ON sessions (account_id);
CREATE UNIQUE INDEX one_live_session ON sessions (account_id) WHERE ended_at IS NULL AND second_factor_at IS NOT NULL;

CREATE TABLE throttles (
    subject TEXT NOT NULL PRIMARY KEY,
    failures INTEGER NOT NULL,
    locks INTEGER NOT NULL,
    last_failure_at TIMESTAMP NOT NULL,
    blocked_until TIMESTAMP
);

CREATE TABLE known_devices (
    token_hash TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    last_seen_at TIMESTAMP NOT NULL
);
CREATE INDEX known_devices_by_account ON known_devices (account_id);

CREATE TABLE joint_decisions (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('suspend_space', 'end_habilitations', 'renew_passwords', 'terminate')),
    convention_id TEXT REFERENCES conventions (id),
    party TEXT CHECK (party IN ('landlord', 'town_hall')),
    received_on DATE,
    letter_reference TEXT,
    effect_on DATE,
    reason TEXT NOT NULL,
    asked_by TEXT NOT NULL,
    asked_at TIMESTAMP NOT NULL,
    settled TEXT CHECK (settled IN ('confirmed', 'alone', 'withdrawn')),
    settled_by TEXT,
    settled_at TIMESTAMP,
    urgency TEXT,
    CHECK ((kind = 'terminate') = (convention_id IS NOT NULL)),
    CHECK ((settled IS NULL) = (settled_at IS NULL)),
    CHECK (settled <> 'confirmed' OR settled_by <> asked_by),
    CHECK (settled <> 'alone' OR urgency IS NOT NULL)
);
CREATE INDEX joint_decisions_by_time ON joint_decisions (asked_at);

CREATE TABLE messages (
    id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    content TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    read_at TIMESTAMP,
    opened_at TIMESTAMP,
    mail TEXT NOT NULL CHECK (mail IN ('none', 'due', 'sent', 'bounced', 'given_up')),
    mail_asked_at TIMESTAMP,
    mail_attempts INTEGER NOT NULL DEFAULT 0,
    mail_next_at TIMESTAMP,
    mail_held_until TIMESTAMP,
    mail_sent_at TIMESTAMP,
    mail_failure TEXT
        CHECK (mail_failure IN ('unreachable', 'tls', 'login', 'refused', 'later', 'recipient', 'content'))
);
CREATE INDEX messages_by_account ON messages (account_id, created_at);
CREATE INDEX messages_by_mail ON messages (mail, mail_next_at);

CREATE TABLE links (
    token_hash TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    message_id TEXT REFERENCES messages (id) ON DELETE CASCADE,
    purpose TEXT NOT NULL CHECK (purpose IN ('first_secret', 'new_secret')),
    made_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    used_at TIMESTAMP
);
CREATE INDEX links_by_account ON links (account_id, purpose);
CREATE INDEX links_by_message ON links (message_id);

CREATE TABLE single_sign_on_bindings (
    id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    provider TEXT NOT NULL,
    subject TEXT NOT NULL,
    bound_at TIMESTAMP NOT NULL,
    removed_at TIMESTAMP,
    removed_by TEXT,
    removal_reason TEXT
);
CREATE UNIQUE INDEX one_binding_a_provider ON single_sign_on_bindings (account_id, provider) WHERE removed_at IS NULL;
CREATE UNIQUE INDEX one_account_a_subject ON single_sign_on_bindings (provider, subject) WHERE removed_at IS NULL;

CREATE TABLE employer_exceptions (
    id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    siren TEXT NOT NULL CHECK (length(siren) = 9),
    reason TEXT NOT NULL,
    decided_by TEXT NOT NULL,
    decided_at TIMESTAMP NOT NULL,
    ended_at TIMESTAMP,
    ended_by TEXT
);
CREATE UNIQUE INDEX one_exception_an_account ON employer_exceptions (account_id) WHERE ended_at IS NULL;

CREATE TABLE single_sign_on_returns (
    state_hash TEXT NOT NULL PRIMARY KEY,
    at TIMESTAMP NOT NULL
);

CREATE TABLE imports (
    id TEXT NOT NULL PRIMARY KEY,
    received_at TIMESTAMP NOT NULL,
    source TEXT NOT NULL,
    sheets_new INTEGER NOT NULL,
    sheets_changed INTEGER NOT NULL,
    sheets_unchanged INTEGER NOT NULL,
    sheets_gone INTEGER NOT NULL
);

CREATE TABLE committees (
    id TEXT NOT NULL PRIMARY KEY,
    reference TEXT NOT NULL UNIQUE,
    sector TEXT NOT NULL,
    held_on DATE NOT NULL,
    ends_on DATE NOT NULL,
    starts_at TEXT,
    status TEXT NOT NULL CHECK (status IN ('planned', 'cancelled')),
    cancelled_at TIMESTAMP,
    adjourned_at TIMESTAMP,
    adjourned_by TEXT,
    generation_id TEXT,
    published_at TIMESTAMP,
    purged_at TIMESTAMP,
    CHECK (ends_on >= held_on)
);

CREATE TABLE generations (
    id TEXT NOT NULL PRIMARY KEY,
    committee_id TEXT NOT NULL REFERENCES committees (id) ON DELETE CASCADE,
    digest TEXT NOT NULL,
    sheets INTEGER NOT NULL,
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX generations_by_committee ON generations (committee_id);

CREATE TABLE sheets (
    generation_id TEXT NOT NULL REFERENCES generations (id) ON DELETE CASCADE,
    sheet_id TEXT NOT NULL,
    committee_id TEXT NOT NULL REFERENCES committees (id) ON DELETE CASCADE,
    commune TEXT NOT NULL REFERENCES communes (insee),
    dwelling_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    fingerprint TEXT NOT NULL,
    subject TEXT NOT NULL,
    subject_month TEXT NOT NULL,
    first_published_at TIMESTAMP NOT NULL,
    changed_at TIMESTAMP NOT NULL,
    entry BYTEA NOT NULL,
    body BYTEA NOT NULL,
    PRIMARY KEY (generation_id, sheet_id)
);
CREATE INDEX sheets_by_id ON sheets (sheet_id);
CREATE INDEX sheets_by_committee ON sheets (committee_id);
CREATE INDEX sheets_by_commune ON sheets (commune, generation_id);

CREATE TABLE withdrawals (
    sheet_id TEXT NOT NULL,
    committee_id TEXT NOT NULL REFERENCES committees (id) ON DELETE CASCADE,
    commune TEXT NOT NULL REFERENCES communes (insee),
    dwelling_id TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('import', 'manager', 'hidden')),
    reason TEXT NOT NULL,
    since TIMESTAMP NOT NULL,
    PRIMARY KEY (sheet_id, kind)
);
CREATE INDEX withdrawals_by_committee ON withdrawals (committee_id, commune);

CREATE TABLE readings (
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    sheet_id TEXT NOT NULL,
    committee_id TEXT NOT NULL REFERENCES committees (id) ON DELETE CASCADE,
    fingerprint TEXT NOT NULL,
    read_at TIMESTAMP NOT NULL,
    PRIMARY KEY (account_id, sheet_id)
);
CREATE INDEX readings_by_committee ON readings (committee_id);

CREATE TABLE purges (
    committee_id TEXT NOT NULL PRIMARY KEY REFERENCES committees (id) ON DELETE CASCADE,
    began_at TIMESTAMP NOT NULL,
    sheets_before BIGINT NOT NULL,
    sheets_deleted BIGINT NOT NULL,
    keys_before BIGINT NOT NULL
);

CREATE TABLE certificates (
    id TEXT NOT NULL PRIMARY KEY,
    committee_reference TEXT NOT NULL,
    issued_at TIMESTAMP NOT NULL,
    payload TEXT NOT NULL,
    signature TEXT NOT NULL,
    key_id TEXT NOT NULL
);
CREATE INDEX certificates_by_committee ON certificates (committee_reference, issued_at);

CREATE TABLE traces (
    instance TEXT NOT NULL,
    batch BIGINT NOT NULL,
    place INTEGER NOT NULL,
    at TIMESTAMP NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('list', 'sheet', 'search', 'comparison', 'refusal', 'publication', 'sign_in')),
    actor TEXT,
    role TEXT,
    session TEXT,
    network TEXT,
    device TEXT,
    commune TEXT,
    committee TEXT,
    sheet TEXT,
    subject TEXT,
    subject_month TEXT,
    display TEXT UNIQUE,
    part_of TEXT,
    reason TEXT,
    method TEXT,
    occurrences INTEGER NOT NULL,
    PRIMARY KEY (instance, batch, place)
);
CREATE INDEX traces_by_time ON traces (at);
CREATE INDEX traces_by_actor ON traces (actor, at);
CREATE INDEX traces_by_subject ON traces (subject);
CREATE INDEX traces_by_display ON traces (part_of) WHERE part_of IS NOT NULL;
CREATE INDEX sheets_by_subject_month ON sheets (subject_month);

CREATE TABLE trace_batches (
    instance TEXT NOT NULL,
    batch BIGINT NOT NULL,
    entries INTEGER NOT NULL,
    head TEXT NOT NULL,
    at TIMESTAMP NOT NULL,
    PRIMARY KEY (instance, batch)
);

CREATE TABLE monthly_counters (
    month TEXT NOT NULL,
    commune TEXT NOT NULL,
    kind TEXT NOT NULL,
    amount BIGINT NOT NULL,
    PRIMARY KEY (month, commune, kind)
);

CREATE TABLE job_runs (
    job TEXT NOT NULL,
    due_at TIMESTAMP NOT NULL,
    holder TEXT NOT NULL,
    lease_until TIMESTAMP NOT NULL,
    finished_at TIMESTAMP,
    outcome TEXT,
    PRIMARY KEY (job, due_at)
);
