//! The built binary: what it says, and how it ends (0 done, 1 refused, 2 usage, 3 environment).

use std::path::Path;
use std::process::{Command, Output};

use chrono::{Days, NaiveDate};
use parvis::identity::Role;
use parvis::platform::Clock;
use parvis::retention;

use crate::harness::{Kind, TestApp, VALBOURG, both_databases, committee, file};

both_databases![
    accounts_are_added_listed_and_reset,
    a_file_is_checked_then_published_then_purged_with_a_certificate_that_verifies_elsewhere,
    altered_traces_are_named,
];

/// What a command said, and how it ended.
struct Said {
    code: i32,
    out: String,
    err: String,
}

impl Said {
    #[track_caller]
    fn ends(&self, code: i32) -> &Self {
        assert_eq!(self.code, code, "out: {}\nerr: {}", self.out, self.err);
        self
    }

    #[track_caller]
    fn says(&self, text: &str) -> &Self {
        let all = format!("{}{}", self.out, self.err).replace(['\u{a0}', '\u{202f}'], " ");
        assert!(all.contains(text), "« {text} » is not in: {all}");
        self
    }
}

/// Runs the binary in an environment of its own.
fn parvis(data: &Path, environment: &[(&str, &str)], arguments: &[&str]) -> Said {
    let Output { status, stdout, stderr } = Command::new(env!("CARGO_BIN_EXE_parvis"))
        .env_clear()
        .envs(environment.iter().copied())
        .arg("--data")
        .arg(data)
        .args(arguments)
        .output()
        .expect("the binary");
    Said {
        code: status.code().expect("an exit code"),
        out: String::from_utf8_lossy(&stdout).into_owned(),
        err: String::from_utf8_lossy(&stderr).into_owned(),
    }
}

/// The binary on the data of a test, beside its running server. It knows the system's time alone:
/// the conventions are made to hold today.
fn beside(app: &TestApp) -> impl Fn(&[&str]) -> Said + use<> {
    let settings = app.machine().settings();
    let (data, kind) = (app.data(), app.kind());
    let urls = (settings.database.url.clone(), settings.database.keyring_url.clone());
    let (from, to) = (today() - Days::new(10), today() + Days::new(300));
    app.execute(&format!(
        "UPDATE conventions SET signed_by_landlord_on = '{from}', signed_by_town_hall_on = '{from}', \
         in_force_from = '{from}', ends_on = '{to}'"
    ));
    move |arguments| {
        let on_server =
            [("PARVIS__DATABASE__URL", urls.0.as_str()), ("PARVIS__DATABASE__KEYRING_URL", urls.1.as_str())];
        parvis(&data, if kind == Kind::Postgres { &on_server } else { &[] }, arguments)
    }
}

fn today() -> NaiveDate {
    Clock::system().now().today()
}

#[test]
fn a_new_installation_is_told_what_it_lacks_and_is_never_made_twice() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let run = |arguments: &[&str]| parvis(&data, &[], arguments);
    run(&[]).ends(2);
    run(&["bilan"]).ends(2);
    run(&["account", "add", "--login", "x", "--role", "instructor"]).ends(2);
    run(&["account", "add", "--commune", "991"]).ends(2).says("cinq caractères");
    run(&["bilan"]).says("bilan : commande inconnue.").says("Aide : parvis --help");
    run(&["import"]).ends(2).says("Il manque : <FICHIER>...");
    run(&["serve", "--vite"]).ends(2).says("--vite : argument inconnu.");
    run(&["demo", "--port", "huit"]).ends(2).says("« huit » n’est pas accepté : un nombre de 0 à 65535.");
    run(&["account", "add", "--role", "chef"]).ends(2).says("instructor, contact, manager ou dpo");
    run(&["--help"]).ends(0).says("Extranet sécurisé des fiches de synthèse");
    run(&["serve"]).ends(3).says("landlord.name");
    run(&["check"]).ends(1).says("✗ réglages").says("✗ clés").says("L’installation n’est pas prête.");

    run(&["init"]).ends(0).says("Les clés sont dans").says("puis : parvis check");
    let mode = |path: &str| {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::metadata(data.join(path)).expect(path).permissions().mode() & 0o777
    };
    for entry in std::fs::read_dir(data.join("keys")).expect("keys") {
        let name = entry.expect("an entry").file_name().to_string_lossy().into_owned();
        if !name.ends_with(".pub") {
            assert_eq!(mode(&format!("keys/{name}")), 0o600, "{name}");
        }
    }
    let key = std::fs::read(data.join("keys/signing.pub")).expect("a public key");
    run(&["init"]).ends(1).says("les clés existent déjà ; rien n’a été changé.");
    assert_eq!(std::fs::read(data.join("keys/signing.pub")).expect("a public key"), key);

    // The example, filled in but for what protects the way to the users.
    let example = std::fs::read_to_string(data.join("parvis.toml")).expect("settings");
    let filled = example.replace("\"\"", "\"à Valbourg\"");
    std::fs::write(data.join("parvis.toml"), filled).expect("settings");
    run(&["check"]).ends(1).says("✓ base : à mettre à niveau par « parvis migrate »");
    assert!(!data.join("parvis.db").exists(), "a check changes nothing");
    run(&["migrate"]).ends(0).says("La base est à niveau.");
    assert_eq!(mode("parvis.db"), 0o600);
    let told = run(&["check"]);
    told.says("✓ clés : lisibles").says("✓ horloge").says("✓ base : à niveau (SQLite").says("✓ trousseau");
    told.says("✗ réglages : server.public_url : l’adresse https:// que les utilisateurs saisissent");
    run(&["purge", "--dry-run"]).ends(0).says("Rien à purger.");
    std::fs::write(data.join("parvis.toml"), format!("{example}\n[serveur]\nport = 1\n")).expect("settings");
    run(&["check"]).ends(1).says("serveur : réglage inconnu");
}

#[test]
fn keys_may_come_from_the_environment_and_another_installations_are_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let (data, vault) = (folder.path().join("data"), folder.path().join("vault"));
    for place in [&data, &vault] {
        parvis(place, &[], &["init"]).ends(0);
    }
    let filled = std::fs::read_to_string(data.join("parvis.toml"))
        .expect("settings")
        .replace("\"\"", "\"à Valbourg\"");
    std::fs::write(data.join("parvis.toml"), filled).expect("settings");
    let key = |place: &Path, name: &str| {
        std::fs::read_to_string(place.join("keys").join(name)).expect("a key").trim().to_owned()
    };
    let (master, signing) = (key(&data, "master.key"), key(&data, "signing.key"));
    let (foreign, unreadable) = (key(&vault, "master.key"), "à garder secret".to_owned());
    // A first import makes the first key of the keyring.
    parvis(&data, &[], &["migrate"]).ends(0);
    let keyring = parvis::platform::db::Location::Sqlite(data.join("keyring.db"));
    let secrets = parvis::platform::crypto::Secrets::load(&data.join("keys")).expect("keys");
    parvis::platform::keyring::Keyring::open(&keyring, secrets.master())
        .and_then(|keyring| {
            let month = parvis::platform::keyring::KeyName::Month("2026-11".to_owned());
            keyring.get_or_make(&month, Clock::system().now().naive())
        })
        .expect("a key");
    std::fs::remove_dir_all(data.join("keys")).expect("keys");
    let check = |master: &str| {
        let vault = [("PARVIS_MASTER_KEY", master), ("PARVIS_SIGNING_KEY", signing.as_str())];
        parvis(&data, &vault, &["check"])
    };
    parvis(&data, &[], &["check"]).ends(1).says("✗ clés");
    check(&master).says("✓ clés : lisibles").says("✓ trousseau");
    check(&foreign).says("✗ trousseau : ce trousseau n’est pas celui de cette clé maîtresse");
    let told = check(&unreadable);
    told.says("✗ clés : PARVIS_MASTER_KEY : une clé de 256 bits en hexadécimal est attendue");
    assert!(
        !format!("{}{}", told.out, told.err).contains(&unreadable),
        "what is in a secret's place is not shown"
    );
    let half = [("PARVIS_MASTER_KEY", master.as_str())];
    parvis(&data, &half, &["check"]).says("✗ clés : PARVIS_SIGNING_KEY");
}

/// Twice the limit, through a pipe: whoever kept the file in memory would need half of it.
#[test]
fn a_file_of_five_hundred_megabytes_is_refused_in_flat_memory() {
    const MEGABYTE: usize = 1024 * 1024;
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let run = |arguments: &[&str]| parvis(&data, &[], arguments);
    run(&["init"]).ends(0);
    let example = std::fs::read_to_string(data.join("parvis.toml")).expect("settings");
    std::fs::write(data.join("parvis.toml"), example.replace("\"\"", "\"à Valbourg\"")).expect("settings");
    let pipe = folder.path().join("enorme.json");
    assert!(Command::new("mkfifo").arg(&pipe).status().expect("mkfifo").success());
    let mut import = Command::new(env!("CARGO_BIN_EXE_parvis"))
        .env_clear()
        .arg("--data")
        .arg(&data)
        .args(["import", "--check"])
        .arg(&pipe)
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("the binary");
    let writer = std::thread::spawn(move || {
        use std::io::Write as _;
        let mut pipe = std::fs::File::options().write(true).open(pipe).expect("a reader");
        let blanks = vec![b' '; MEGABYTE];
        // The reader leaves before the end: that is the point.
        pipe.write_all(b"{").is_ok() && (0..500).all(|_| pipe.write_all(&blanks).is_ok())
    });
    let status = format!("/proc/{}/status", import.id());
    let mut most = 0;
    while import.try_wait().expect("a process").is_none() {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find(|line| line.starts_with("VmHWM:")).unwrap_or_default();
        most = most.max(line.split_whitespace().nth(1).and_then(|kb| kb.parse::<usize>().ok()).unwrap_or(0));
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    let told = import.wait_with_output().expect("an end");
    let told = String::from_utf8_lossy(&told.stderr).replace('\u{a0}', " ");
    assert!(told.contains("rien n’a été publié") && told.contains("256"), "{told}");
    assert!(!writer.join().expect("a writer"), "the file was read to its end");
    assert!((5_000..128_000).contains(&most), "{most} kB at most");
}

fn accounts_are_added_listed_and_reset(app: TestApp) {
    let run = beside(&app);
    let add = |login: &str, more: &[&str]| {
        let mut arguments = vec!["account", "add", "--login", login, "--first-name", "Nora"];
        arguments.extend(["--last-name", "Vasseur", "--job-title", "instructrice"]);
        arguments.extend(more);
        run(&arguments)
    };
    let town_hall = ["--role", "instructor", "--commune", VALBOURG];
    let told = add("nora.vasseur", &town_hall);
    told.ends(0).says("Mot de passe provisoire :").says("Il sert une fois");
    let secret =
        told.out.lines().next().and_then(|line| line.rsplit(' ').next()).expect("a secret").to_owned();
    let stored = app.text("SELECT password_hash AS text FROM accounts");
    assert!(stored.starts_with("$argon2id$") && !stored.contains(&secret));
    add("nora.vasseur", &town_hall).ends(1).says("l’identifiant « nora.vasseur » existe déjà");
    add("NORA.vasseur ", &town_hall).ends(1).says("existe déjà");
    add("nora", &["--role", "instructor", "--commune", "99103"])
        .ends(1)
        .says("la commune 99103 est inconnue");
    add("nora", &["--role", "instructor"]).ends(1).says("au moins une commune");
    add("nora", &["--role", "manager", "--commune", VALBOURG])
        .ends(1)
        .says("un compte du bailleur n’en a pas");
    add("né", &town_hall).ends(1).says("3 à 64 lettres sans accent");
    let list = run(&["account", "list"]);
    list.ends(0).says("nora.vasseur\tinstructeur\tNora Vasseur\tjamais connecté");
    assert!(!list.out.contains(&secret));
    let reset = run(&["account", "reset", "nora.vasseur"]);
    reset.ends(0).says("Mot de passe provisoire :");
    assert_ne!(app.text("SELECT password_hash AS text FROM accounts"), stored);
    // A lost telephone, and an account that its owner has blocked.
    let owner = app.account(Role::Instructor, &[VALBOURG]);
    let (id, now) = (owner.id.parse().expect("an id"), app.machine().clock().now());
    app.machine().db().write(|conn| parvis::identity::suspension::block(conn, &id, now)).expect("a block");
    let enrolled = format!("authenticators WHERE account_id = '{}' AND revoked_at IS NULL", owner.id);
    run(&["account", "reset", &owner.login]).ends(0);
    assert_eq!((app.count(&enrolled), app.count("suspensions WHERE lifted_at IS NULL")), (1, 0));
    run(&["account", "reset", &owner.login, "--second-factor"]).ends(2);
    assert_eq!(app.count(&enrolled), 1, "nothing is lost without an identity check");
    run(&["account", "reset", &owner.login, "--second-factor", "Rappelée au standard."]).ends(0);
    assert_eq!(app.count(&enrolled), 0);
    run(&["account", "reset", "personne"]).ends(1).says("L’identifiant « personne » est inconnu.");
}

fn a_file_is_checked_then_published_then_purged_with_a_certificate_that_verifies_elsewhere(app: TestApp) {
    let run = beside(&app);
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("a file");
        path.to_string_lossy().into_owned()
    };
    let held_on = (today() + Days::new(3)).to_string();
    let usual = committee("Est 2026-48").on(&held_on).sheets(VALBOURG, 4);
    let good = write("fiches.json", &file(std::slice::from_ref(&usual)).to_string());
    let bad = write("fausses.json", &file(&[usual.with(1, "base_rent", serde_json::json!(-1))]).to_string());

    run(&["import", "--check", &good])
        .ends(0)
        .says("1 commission, 4 fiches")
        .says("Rien n’a été publié (--check).");
    assert_eq!(app.count("sheets"), 0);
    run(&["import", &bad])
        .ends(1)
        .says("fausses.json : rien n’a été publié.")
        .says("committees[0].sheets[1].base_rent");
    run(&["import", &write("fiches.txt", "x")]).ends(1).says("un fichier .json ou .csv est attendu");
    run(&["import", "/nulle/part.json"]).ends(3);
    run(&["import"]).ends(2);
    assert_eq!(app.count("sheets"), 0);
    run(&["import", &good]).ends(0).says("4 nouvelles, 0 modifiée, 0 inchangée, 0 retirée");
    run(&["import", &good]).ends(0).says("0 nouvelle, 0 modifiée, 4 inchangées");
    assert_eq!(app.count("sheets"), 4);

    run(&["purge", "--dry-run"]).ends(0).says("Rien à purger.");
    let past = today() - Days::new(1);
    app.execute(&format!("UPDATE committees SET held_on = '{past}', ends_on = '{past}'"));
    run(&["purge", "--dry-run"]).ends(0).says("Est 2026-48 (tenue le").says("serait purgée.");
    assert_eq!(app.count("sheets"), 4);
    run(&["purge"]).ends(0).says("Est 2026-48 : 4 fiches détruites, 0 restante ; certificat signé");
    run(&["purge"]).ends(0).says("Rien à purger.");
    run(&["traces", "verify"]).ends(0).says("La chaîne est entière : 4 traces");

    // Elsewhere: no data, no key but the public one.
    let certificate = app.query(retention::all_certificates).remove(0).1;
    let text = serde_json::to_string(&certificate).expect("JSON");
    let key =
        write("signing.pub", &std::fs::read_to_string(app.data().join("keys/signing.pub")).expect("a key"));
    let elsewhere = |text: &str| {
        let certificate = write("certificat.json", text);
        parvis(&folder.path().join("vide"), &[], &["certificate", "verify", &certificate, "--key", &key])
    };
    let told = elsewhere(&text);
    told.ends(0).says("Certificat authentique").says("4 fiches détruites, 0 restante, 2 clés détruites");
    told.says("Vérifié :").says("Hors du certificat :");
    elsewhere(&text.replace("Est 2026", "Est 2025")).ends(1).says("Certificat refusé");
    elsewhere("bonjour").ends(1).says("Ce fichier n’est pas un certificat.");
    parvis(folder.path(), &[], &["certificate", "verify", "/nulle/part", "--key", &key]).ends(3);
    assert!(!folder.path().join("vide").exists(), "verifying makes nothing");
}

fn altered_traces_are_named(app: TestApp) {
    let run = beside(&app);
    app.publish_usual();
    app.instructor_of(VALBOURG);
    run(&["traces", "verify"]).ends(0).says("La chaîne est entière");
    app.execute("UPDATE traces SET commune = '99102' WHERE kind = 'publication' AND commune = '99101'");
    run(&["traces", "verify"]).ends(1).says("La chaîne est rompue : instance").says("lot 1");
}
