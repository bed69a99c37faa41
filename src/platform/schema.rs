//! The tables, as the migrations make them; a test loads each on both databases.

diesel::table! {
    communes (insee) {
        insee -> Text,
        name -> Text,
        alsace_moselle -> Bool,
        good_friday -> Bool,
        siren -> Nullable<Text>,
    }
}

diesel::table! {
    conventions (id) {
        id -> Text,
        kind -> Text,
        commune -> Text,
        signed_by_landlord_on -> Date,
        signed_by_town_hall_on -> Date,
        in_force_from -> Date,
        ends_on -> Date,
        terminated_on -> Nullable<Date>,
        termination_party -> Nullable<Text>,
        termination_received_on -> Nullable<Date>,
        termination_reference -> Nullable<Text>,
        quota -> Integer,
    }
}

diesel::table! {
    accounts (id) {
        id -> Text,
        login -> Text,
        role -> Text,
        first_name -> Text,
        last_name -> Text,
        job_title -> Text,
        password_hash -> Text,
        password_temporary -> Bool,
        password_expires_at -> Nullable<Timestamp>,
        password_set_at -> Timestamp,
        password_change_asked_at -> Nullable<Timestamp>,
        charter_version -> Integer,
        charter_signed_at -> Nullable<Timestamp>,
        last_login_at -> Nullable<Timestamp>,
        reads_text -> Bool,
        created_at -> Timestamp,
        email -> Nullable<Text>,
        search_name -> Text,
    }
}

diesel::table! {
    habilitations (id) {
        id -> Text,
        account_id -> Text,
        commune -> Text,
        space -> Text,
        starts_on -> Date,
        ends_on -> Nullable<Date>,
        job_title -> Nullable<Text>,
        employer -> Nullable<Text>,
        ground -> Nullable<Text>,
        over_quota_reason -> Nullable<Text>,
        replaces -> Nullable<Text>,
        granted_by -> Nullable<Text>,
        granted_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    endings (id) {
        id -> Text,
        habilitation_id -> Text,
        cause -> Text,
        reason -> Text,
        closes_at -> Timestamp,
        decided_by -> Nullable<Text>,
        decided_at -> Timestamp,
        undone_at -> Nullable<Timestamp>,
        undone_by -> Nullable<Text>,
        undo_reason -> Nullable<Text>,
    }
}

diesel::table! {
    contacts (id) {
        id -> Text,
        account_id -> Text,
        commune -> Text,
        designated_on -> Date,
        letter_reference -> Text,
        decided_by -> Nullable<Text>,
        decided_at -> Timestamp,
        ended_at -> Nullable<Timestamp>,
        ended_by -> Nullable<Text>,
        end_reason -> Nullable<Text>,
    }
}

diesel::table! {
    habilitation_requests (id) {
        id -> Text,
        commune -> Text,
        kind -> Text,
        origin -> Text,
        first_name -> Text,
        last_name -> Text,
        email -> Nullable<Text>,
        job_title -> Text,
        employer -> Text,
        ground -> Text,
        reason -> Text,
        starts_on -> Date,
        ends_on -> Nullable<Date>,
        concerns_id -> Nullable<Text>,
        over_quota_reason -> Nullable<Text>,
        letter_on -> Nullable<Date>,
        letter_reference -> Nullable<Text>,
        submitted_by -> Text,
        submitted_at -> Timestamp,
        state -> Text,
        decided_by -> Nullable<Text>,
        decided_at -> Nullable<Timestamp>,
        decision_reason -> Nullable<Text>,
        granted_id -> Nullable<Text>,
    }
}

diesel::table! {
    request_messages (id) {
        id -> Text,
        request_id -> Text,
        side -> Text,
        written_by -> Text,
        written_at -> Timestamp,
        body -> Text,
    }
}

diesel::table! {
    suspensions (id) {
        id -> Text,
        scope -> Text,
        account_id -> Nullable<Text>,
        commune -> Nullable<Text>,
        habilitation_id -> Nullable<Text>,
        cause -> Text,
        reason -> Text,
        since -> Timestamp,
        until -> Nullable<Timestamp>,
        decided_by -> Nullable<Text>,
        lifted_at -> Nullable<Timestamp>,
        lifted_by -> Nullable<Text>,
        lift_reason -> Nullable<Text>,
    }
}

diesel::table! {
    authenticators (id) {
        id -> Text,
        account_id -> Text,
        kind -> Text,
        name -> Text,
        sealed -> Binary,
        credential -> Nullable<Text>,
        last_step -> BigInt,
        created_at -> Timestamp,
        last_used_at -> Nullable<Timestamp>,
        revoked_at -> Nullable<Timestamp>,
        revoked_by -> Nullable<Text>,
    }
}

diesel::table! {
    ceremonies (visitor) {
        visitor -> Text,
        purpose -> Text,
        state -> Binary,
        begun_at -> Timestamp,
    }
}

diesel::table! {
    identity_checks (id) {
        id -> Text,
        account_id -> Text,
        manner -> Text,
        note -> Text,
        checked_by -> Nullable<Text>,
        checked_at -> Timestamp,
        revoked -> Integer,
    }
}

diesel::table! {
    secrets_given (id) {
        id -> Text,
        account_id -> Text,
        way -> Text,
        reason -> Text,
        given_by -> Nullable<Text>,
        given_at -> Timestamp,
        expires_at -> Timestamp,
    }
}

diesel::table! {
    recovery_codes (code_hash) {
        code_hash -> Text,
        account_id -> Text,
        made_at -> Timestamp,
        used_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    sessions (token_hash) {
        token_hash -> Text,
        account_id -> Text,
        created_at -> Timestamp,
        last_activity_at -> Timestamp,
        second_factor_at -> Nullable<Timestamp>,
        enrolling -> Nullable<Binary>,
        commune -> Nullable<Text>,
        device -> Text,
        previous_login_at -> Nullable<Timestamp>,
        ended_at -> Nullable<Timestamp>,
        ended_by -> Nullable<Text>,
        ended_for_device -> Nullable<Text>,
        by_link -> Bool,
        provider -> Nullable<Text>,
    }
}

diesel::table! {
    throttles (subject) {
        subject -> Text,
        failures -> Integer,
        locks -> Integer,
        last_failure_at -> Timestamp,
        blocked_until -> Nullable<Timestamp>,
    }
}

diesel::table! {
    known_devices (token_hash) {
        token_hash -> Text,
        account_id -> Text,
        last_seen_at -> Timestamp,
    }
}

diesel::table! {
    joint_decisions (id) {
        id -> Text,
        kind -> Text,
        convention_id -> Nullable<Text>,
        party -> Nullable<Text>,
        received_on -> Nullable<Date>,
        letter_reference -> Nullable<Text>,
        effect_on -> Nullable<Date>,
        reason -> Text,
        asked_by -> Text,
        asked_at -> Timestamp,
        settled -> Nullable<Text>,
        settled_by -> Nullable<Text>,
        settled_at -> Nullable<Timestamp>,
        urgency -> Nullable<Text>,
    }
}

diesel::table! {
    messages (id) {
        id -> Text,
        account_id -> Text,
        content -> Text,
        created_at -> Timestamp,
        read_at -> Nullable<Timestamp>,
        opened_at -> Nullable<Timestamp>,
        mail -> Text,
        mail_asked_at -> Nullable<Timestamp>,
        mail_attempts -> Integer,
        mail_next_at -> Nullable<Timestamp>,
        mail_held_until -> Nullable<Timestamp>,
        mail_sent_at -> Nullable<Timestamp>,
        mail_failure -> Nullable<Text>,
    }
}

diesel::table! {
    links (token_hash) {
        token_hash -> Text,
        account_id -> Text,
        message_id -> Nullable<Text>,
        purpose -> Text,
        made_at -> Timestamp,
        expires_at -> Timestamp,
        used_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    single_sign_on_bindings (id) {
        id -> Text,
        account_id -> Text,
        provider -> Text,
        subject -> Text,
        bound_at -> Timestamp,
        removed_at -> Nullable<Timestamp>,
        removed_by -> Nullable<Text>,
        removal_reason -> Nullable<Text>,
    }
}

diesel::table! {
    employer_exceptions (id) {
        id -> Text,
        account_id -> Text,
        siren -> Text,
        reason -> Text,
        decided_by -> Text,
        decided_at -> Timestamp,
        ended_at -> Nullable<Timestamp>,
        ended_by -> Nullable<Text>,
    }
}

diesel::table! {
    single_sign_on_returns (state_hash) {
        state_hash -> Text,
        at -> Timestamp,
    }
}

diesel::table! {
    imports (id) {
        id -> Text,
        received_at -> Timestamp,
        source -> Text,
        sheets_new -> Integer,
        sheets_changed -> Integer,
        sheets_unchanged -> Integer,
        sheets_gone -> Integer,
    }
}

diesel::table! {
    committees (id) {
        id -> Text,
        reference -> Text,
        sector -> Text,
        held_on -> Date,
        ends_on -> Date,
        starts_at -> Nullable<Text>,
        status -> Text,
        cancelled_at -> Nullable<Timestamp>,
        adjourned_at -> Nullable<Timestamp>,
        adjourned_by -> Nullable<Text>,
        generation_id -> Nullable<Text>,
        published_at -> Nullable<Timestamp>,
        purged_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    generations (id) {
        id -> Text,
        committee_id -> Text,
        digest -> Text,
        sheets -> Integer,
        created_at -> Timestamp,
    }
}

diesel::table! {
    sheets (generation_id, sheet_id) {
        generation_id -> Text,
        sheet_id -> Text,
        committee_id -> Text,
        commune -> Text,
        dwelling_id -> Text,
        position -> Integer,
        fingerprint -> Text,
        subject -> Text,
        subject_month -> Text,
        first_published_at -> Timestamp,
        changed_at -> Timestamp,
        entry -> Binary,
        body -> Binary,
    }
}

diesel::table! {
    withdrawals (sheet_id, kind) {
        sheet_id -> Text,
        committee_id -> Text,
        commune -> Text,
        dwelling_id -> Text,
        kind -> Text,
        reason -> Text,
        since -> Timestamp,
    }
}

diesel::table! {
    readings (account_id, sheet_id) {
        account_id -> Text,
        sheet_id -> Text,
        committee_id -> Text,
        fingerprint -> Text,
        read_at -> Timestamp,
    }
}

diesel::table! {
    purges (committee_id) {
        committee_id -> Text,
        began_at -> Timestamp,
        sheets_before -> BigInt,
        sheets_deleted -> BigInt,
        keys_before -> BigInt,
    }
}

diesel::table! {
    certificates (id) {
        id -> Text,
        committee_reference -> Text,
        issued_at -> Timestamp,
        payload -> Text,
        signature -> Text,
        key_id -> Text,
    }
}

diesel::table! {
    traces (instance, batch, place) {
        instance -> Text,
        batch -> BigInt,
        place -> Integer,
        at -> Timestamp,
        kind -> Text,
        actor -> Nullable<Text>,
        role -> Nullable<Text>,
        session -> Nullable<Text>,
        network -> Nullable<Text>,
        device -> Nullable<Text>,
        commune -> Nullable<Text>,
        committee -> Nullable<Text>,
        sheet -> Nullable<Text>,
        subject -> Nullable<Text>,
        subject_month -> Nullable<Text>,
        display -> Nullable<Text>,
        part_of -> Nullable<Text>,
        reason -> Nullable<Text>,
        method -> Nullable<Text>,
        occurrences -> Integer,
    }
}

diesel::table! {
    trace_batches (instance, batch) {
        instance -> Text,
        batch -> BigInt,
        entries -> Integer,
        head -> Text,
        at -> Timestamp,
    }
}

diesel::table! {
    monthly_counters (month, commune, kind) {
        month -> Text,
        commune -> Text,
        kind -> Text,
        amount -> BigInt,
    }
}

diesel::table! {
    job_runs (job, due_at) {
        job -> Text,
        due_at -> Timestamp,
        holder -> Text,
        lease_until -> Timestamp,
        finished_at -> Nullable<Timestamp>,
        outcome -> Nullable<Text>,
    }
}

diesel::table! {
    /// In the keyring, a database apart.
    keys (name) {
        name -> Text,
        wrapped -> Binary,
        created_at -> Timestamp,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    accounts,
    authenticators,
    certificates,
    committees,
    communes,
    contacts,
    conventions,
    endings,
    employer_exceptions,
    generations,
    habilitation_requests,
    habilitations,
    identity_checks,
    imports,
    job_runs,
    joint_decisions,
    known_devices,
    links,
    messages,
    monthly_counters,
    purges,
    readings,
    recovery_codes,
    secrets_given,
    request_messages,
    sessions,
    sheets,
    single_sign_on_bindings,
    single_sign_on_returns,
    suspensions,
    throttles,
    trace_batches,
    traces,
    withdrawals,
);
