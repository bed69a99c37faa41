//! A disk that is full, fails, or cannot be written: nothing untraced is shown, nothing half done is
//! published or certified, and all goes on when there is room again.

use std::io::Write as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Resource, Rlimit, prlimit};
use serde_json::Value;

use crate::chance::Chance;
use crate::harness::{Client, Kind, MERIZEAU, VALBOURG, committee};
use crate::installation::{Installation, count};
use crate::oracle::is_sound;
use crate::processes::{Said, Serving, sheets_on, sign_in_to_demo};

const NOW: &str = "2026-11-23 10:32";

// --- a small disk of its own -------------------------------------------------------------------

/// A few megabytes of memory as a disk, seen by the processes that enter its namespace alone. It ends
/// with the process that holds it.
struct SmallDisk {
    holder: Child,
    enter: Vec<String>,
    folder: PathBuf,
}

impl SmallDisk {
    /// `None` where mounting is not permitted, not even in a namespace of one's own.
    fn mounted(folder: PathBuf) -> Option<Self> {
        std::fs::create_dir_all(&folder).expect("a folder");
        let ways: [(&[&str], &[&str]); 2] = [
            (&["--mount"], &["--mount"]),
            (&["--user", "--map-root-user", "--mount"], &["--user", "--preserve-credentials", "--mount"]),
        ];
        ways.into_iter().find_map(|(unshare, enter)| {
            let mut holder = Command::new("unshare")
                .args(unshare)
                .args(["--propagation", "private", "--", "/bin/sh", "-c"])
                .arg("mount -t tmpfs -o size=16m,mode=700 tmpfs \"$0\" && echo mounted && exec cat")
                .arg(&folder)
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .spawn()
                .ok()?;
            let mut told = [0; 7];
            let out = holder.stdout.as_mut().expect("its output");
            if std::io::Read::read_exact(out, &mut told).is_err() {
                let _ = holder.wait();
                return None;
            }
            let mut way = vec!["--target".to_owned(), holder.id().to_string()];
            way.extend(enter.iter().map(ToString::to_string));
            Some(Self { holder, enter: way, folder: folder.clone() })
        })
    }

    /// The disk as it is seen from here.
    fn seen(&self) -> PathBuf {
        let folder = self.folder.strip_prefix("/").expect("an absolute path");
        Path::new("/proc").join(self.holder.id().to_string()).join("root").join(folder)
    }

    /// A command that sees the disk.
    fn command(&self, of: &Command) -> Command {
        let mut command = Command::new("nsenter");
        command.args(&self.enter).arg("--").arg(of.get_program()).args(of.get_args()).env_clear();
        command.envs(of.get_envs().filter_map(|(name, value)| Some((name, value?))));
        command
    }

    /// Fills it up, but for so many KiB.
    fn fill(&self, room: u64) {
        let mut filler = std::fs::File::create(self.seen().join("filler")).expect("a file");
        while filler.write_all(&[7; 4096]).is_ok() {}
        let size = filler.metadata().expect("a file").len();
        filler.set_len(size.saturating_sub(room * 1024)).expect("a shorter file");
    }

    fn free(&self) {
        std::fs::remove_file(self.seen().join("filler")).expect("a file");
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = self.holder.kill();
        let _ = self.holder.wait();
    }
}

/// The command under a shell that lets a write beyond the limit fail instead of killing the process.
fn surviving_limits(of: &Command, limit: &str) -> Command {
    let mut command = Command::new("/bin/sh");
    command.args(["-c", &format!("trap '' XFSZ; {limit} exec \"$0\" \"$@\"")]);
    command.arg(of.get_program()).args(of.get_args()).env_clear();
    command.envs(of.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command
}

// --- a server on it ----------------------------------------------------------------------------

/// A demo, how its disk is taken away and given back, and what verifies its traces afterwards.
struct OnDisk {
    serving: Serving,
    accounts: Value,
    take: Box<dyn Fn(&Serving)>,
    give: Box<dyn Fn(&Serving)>,
    verify: Command,
}

fn reads_again_after_the_disk(on: OnDisk) {
    let OnDisk { serving, accounts, take, give, verify } = on;
    let mut camille = sign_in_to_demo(&serving, &accounts, "camille.moreau");
    let list = camille.follow("/").html();
    let list =
        list.split("\"/commissions/").nth(1).and_then(|rest| rest.split('"').next()).map(str::to_owned);
    let sheets = sheets_on(&camille.visit(&format!("/commissions/{}", list.expect("a committee"))).html());
    camille.look_at(&format!("/fiches/{}", sheets[0])).is_a_picture();
    serving.client().visit("/sante").has(200);

    take(&serving);
    let asked = |client: &mut Client, sheet: &str| {
        let token = client.csrf.clone();
        let asked = serde_json::json!({"width": 320, "ratio": 1});
        let answer = client.post_json(&format!("/fiches/{sheet}/affichage"), &asked);
        client.csrf = token;
        answer
    };
    // What still fits is traced and shown; then nothing is.
    let mut answers = sheets.iter().cycle().take(200).map(|sheet| asked(&mut camille, sheet));
    let refused = answers.find(|answer| !answer.is_png()).expect("a disk that is full");
    refused
        .has(503)
        .says("Cette page ne peut pas être affichée pour le moment.")
        .says("Rien n’a été affiché.");
    drop(answers);
    for sheet in &sheets[..3] {
        let text = camille.visit(&format!("/fiches/{sheet}/texte"));
        text.has(503).says("Rien n’a été affiché.").does_not_say("data-display");
    }
    let health = serving.client().visit("/sante");
    assert_eq!(health.has(503).json()["traces"], serde_json::json!(false), "{health}");
    // Nobody can be let in, for nothing of it could be recorded.
    let mut stranger = serving.client();
    let said = stranger.submit("/connexion?encore", &[("identifiant", "personne"), ("mot_de_passe", "x")]);
    said.has(503);

    give(&serving);
    camille.look_at(&format!("/fiches/{}", sheets[1])).is_a_picture();
    serving.client().visit("/sante").has(200);
    let mut verify = verify;
    Said::of(&verify.output().expect("the binary")).ends(0).says("La chaîne est entière");
}

fn accounts_in(data: &Path) -> Value {
    let book = std::fs::read_to_string(data.join("accounts.json")).expect("accounts.json");
    serde_json::from_str(&book).expect("JSON")
}

const DEMO: [&str; 5] = ["demo", "--port", "0", "--at", "2026-11-23T10:00"];

fn with_arguments(data: &Path, arguments: &[&str]) -> Command {
    let mut command = crate::processes::parvis();
    command.arg("--data").arg(data).args(arguments);
    command
}

/// `RLIMIT_FSIZE`: every write to a file fails, wherever this runs.
fn on_a_failing_disk() -> OnDisk {
    let folder = tempfile::tempdir().expect("a folder").keep();
    let data = folder.join("demo");
    let serving = Serving::start(surviving_limits(&with_arguments(&data, &DEMO), ""));
    let limit = |serving: &Serving, bytes: Option<u64>| {
        let pid = Pid::from_raw(i32::try_from(serving.pid()).expect("a pid"));
        prlimit(pid, Resource::Fsize, Rlimit { current: bytes, maximum: None }).expect("a limit");
    };
    OnDisk {
        accounts: accounts_in(&data),
        take: Box::new(move |serving| limit(serving, Some(4096))),
        give: Box::new(move |serving| limit(serving, None)),
        verify: with_arguments(&data, &["traces", "verify"]),
        serving,
    }
}

#[test]
fn e09_on_a_disk_that_fails_nothing_is_shown_untraced_and_it_heals() {
    reads_again_after_the_disk(on_a_failing_disk());
}

#[test]
fn e09_on_a_full_disk_nothing_is_shown_untraced_and_it_heals() {
    let folder = tempfile::tempdir().expect("a folder");
    let Some(disk) = SmallDisk::mounted(folder.path().join("disk")) else {
        eprintln!("no namespace of one's own here: a limit on files stands for the full disk");
        return reads_again_after_the_disk(on_a_failing_disk());
    };
    let data = disk.folder.join("demo");
    let serving = Serving::start(disk.command(&with_arguments(&data, &DEMO)));
    let disk = std::rc::Rc::new(disk);
    let (full, freed) = (disk.clone(), disk.clone());
    reads_again_after_the_disk(OnDisk {
        accounts: accounts_in(&disk.seen().join("demo")),
        take: Box::new(move |_| full.fill(0)),
        give: Box::new(move |_| freed.free()),
        verify: disk.command(&with_arguments(&data, &["traces", "verify"])),
        serving,
    });
}

#[test]
fn e09_on_a_postgres_that_takes_no_writes_nothing_is_shown_untraced_and_it_heals() {
    let installation = Installation::bare(Kind::Postgres);
    let serving = Serving::demo(&installation);
    let accounts = accounts_in(&installation.data());
    let machine = installation.open(NOW);
    // The server's own connections begin anew, under the new rule.
    let rule = move |on: &str| {
        let database =
            crate::installation::texts(&machine, "SELECT current_database()::text AS text").remove(0);
        machine
            .db()
            .maintain(|conn| {
                use diesel::connection::SimpleConnection as _;
                let parvis::platform::Conn::Pg(c) = conn else { panic!("PostgreSQL") };
                Ok(c.batch_execute(&format!(
                    "SET default_transaction_read_only = off; ALTER DATABASE {database} SET default_transaction_read_only = {on}; \
                     SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                     WHERE datname = current_database() AND pid <> pg_backend_pid()"
                ))?)
            })
            .expect("a rule");
    };
    let rule = std::rc::Rc::new(rule);
    let lifted = rule.clone();
    reads_again_after_the_disk(OnDisk {
        accounts,
        take: Box::new(move |_| rule("on")),
        give: Box::new(move |_| lifted("off")),
        verify: installation.command(&["traces", "verify"]),
        serving,
    });
}

// --- commands on it ----------------------------------------------------------------------------

/// Runs a command on this installation while its disk has room for so many KiB only.
fn short_of_room(
    installation: &Installation,
    disk: Option<&SmallDisk>,
    arguments: &[&str],
    room: u64,
) -> Said {
    let Some(disk) = disk else {
        // `ulimit -f` counts 512 bytes, whichever shell this is: more or less room, but little.
        let command = installation.command(arguments);
        let limited = surviving_limits(&command, &format!("ulimit -S -f {};", 2 * room)).output();
        return Said::of(&limited.expect("a shell"));
    };
    let copy = |from: &Path, to: &Path| {
        let _ = std::fs::remove_dir_all(to);
        let copied = Command::new("cp").arg("-a").arg(from).arg(to).status().expect("cp");
        assert!(copied.success(), "{} to {}", from.display(), to.display());
    };
    copy(&installation.data(), &disk.seen().join("data"));
    disk.fill(room);
    let said = disk.command(&with_arguments(&disk.folder.join("data"), arguments)).output();
    disk.free();
    copy(&disk.seen().join("data"), &installation.data());
    Said::of(&said.expect("nsenter"))
}

fn imports_and_purges_short_of_room(small: bool) {
    let mut chance = Chance::of(if small { "small disk" } else { "failing disk" });
    let folder = tempfile::tempdir().expect("a folder");
    let disk = if small { SmallDisk::mounted(folder.path().join("disk")) } else { None };
    let installation = Installation::new(Kind::Sqlite);
    let usual = |rent: f64| {
        let all = committee("Est 2026-48").on("2026-11-26").sheets(VALBOURG, 150).sheets(MERIZEAU, 100);
        [all.with(0, "base_rent", serde_json::json!(rent))]
    };
    let before = installation.file("before", &usual(398.2));
    let after = installation.file("after", &usual(412.7));
    installation.run(&["import", &before]).ends(0);
    let generation = |installation: &Installation| {
        crate::installation::texts(&installation.open(NOW), "SELECT generation_id AS text FROM committees")
    };
    let published = generation(&installation);
    for round in 0..3 {
        let room = if round == 0 { 0 } else { chance.below(300) };
        let said = short_of_room(&installation, disk.as_ref(), &["import", &after], room);
        let machine = installation.open(NOW);
        is_sound(&machine, &format!("{room} KiB: {said:?}"));
        assert_eq!(generation(&installation), published, "{room} KiB: what was published stays: {said:?}");
        said.ends(3);
        assert!(said.text.contains("Le disque "), "{room} KiB: {said:?}");
    }
    installation.at("2026-11-27 00:01");
    for round in 0..3 {
        let room = if round == 0 { 0 } else { chance.below(60) };
        let said = short_of_room(&installation, disk.as_ref(), &["purge"], room);
        let machine = installation.open("2026-11-27 09:00");
        is_sound(&machine, &format!("{room} KiB: {said:?}"));
        if count(&machine, "certificates") == 1 {
            said.ends(0);
            break;
        }
        assert!(matches!(said.code, Some(1 | 3)), "{room} KiB: {said:?}");
        let french = said.text.contains("Purge inachevée") || said.text.contains("Le disque ");
        assert!(french, "{room} KiB: {said:?}");
        assert!(round > 0 || count(&machine, "sheets") > 0, "not without any room");
    }
    installation.run(&["purge"]).ends(0);
    let machine = installation.open("2026-11-27 09:00");
    is_sound(&machine, "with room again");
    assert_eq!((count(&machine, "sheets"), count(&machine, "certificates")), (0, 1));
    installation.run(&["traces", "verify"]).ends(0);
}

#[test]
fn e07_an_import_and_a_purge_on_a_full_disk_leave_what_was_and_go_on_when_there_is_room() {
    imports_and_purges_short_of_room(true);
}

#[test]
fn e07_an_import_and_a_purge_on_a_disk_that_fails_leave_what_was_and_go_on_when_it_works() {
    imports_and_purges_short_of_room(false);
}

// --- a disk that is read only --------------------------------------------------------------------

/// Root writes where nobody may: the commands run as somebody who is not.
const NOBODY: u32 = 65534;

fn below(folder: &Path) -> Vec<PathBuf> {
    let mut all = vec![folder.to_owned()];
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() { all.extend(below(&path)) } else { all.push(path) }
    }
    all
}

/// Makes everything below the folder readable, and writable or not, for whoever runs the commands.
fn writable(folder: &Path, is_writable: bool) {
    use std::os::unix::fs::{PermissionsExt as _, chown};
    let mut all = below(folder);
    if is_writable {
        // From the top down, or the way is barred.
        all.sort();
    }
    for path in all {
        if rustix::process::geteuid().is_root() {
            chown(&path, Some(NOBODY), Some(NOBODY)).expect("a new owner");
        }
        let mode = match (path.is_dir(), is_writable) {
            (true, true) => 0o700,
            (true, false) => 0o500,
            (false, true) => 0o600,
            (false, false) => 0o400,
        };
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).expect("permissions");
    }
}

/// Whoever is not root may not be able to reach the build's own folder.
fn reachable_binary(installation: &Installation) -> PathBuf {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = installation.beside("");
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o755)).expect("permissions");
    let binary = installation.beside("parvis");
    std::fs::copy(env!("CARGO_BIN_EXE_parvis"), &binary).expect("the binary");
    binary
}

/// The command, by somebody whom permissions bind.
fn as_nobody(binary: &Path, installation: &Installation, arguments: &[&str]) -> Command {
    let mut command = Command::new(binary);
    command.env_clear().arg("--data").arg(installation.data()).args(arguments);
    if rustix::process::geteuid().is_root() {
        command.uid(NOBODY).gid(NOBODY);
    }
    command
}

#[test]
fn a_demo_that_was_stopped_while_it_made_room_is_made_again() {
    use std::os::unix::fs::PermissionsExt as _;
    let installation = Installation::bare(Kind::Sqlite);
    let binary = reachable_binary(&installation);
    let stubborn: Vec<PathBuf> = ('a'..='h').map(|name| installation.data().join(name.to_string())).collect();
    for folder in &stubborn {
        std::fs::create_dir(folder).expect("a folder");
        std::fs::write(folder.join("kept"), "x").expect("a file");
    }
    writable(&installation.data(), true);
    let set = |mode| {
        for folder in stubborn.iter().filter(|folder| folder.exists()) {
            std::fs::set_permissions(folder, std::fs::Permissions::from_mode(mode)).expect("permissions");
        }
    };
    set(0o500);
    for _ in 0..3 {
        let stopped = as_nobody(&binary, &installation, &DEMO).output().expect("the binary");
        Said::of(&stopped).ends(3).says("Le dossier des données ne se laisse pas écrire");
    }
    set(0o700);
    Serving::start(as_nobody(&binary, &installation, &DEMO)).client().visit("/sante").has(200);
}

#[test]
fn e07_on_a_read_only_disk_every_command_says_so_changes_nothing_and_goes_on_afterwards() {
    let installation = Installation::new(Kind::Sqlite);
    let usual = [committee("Est 2026-48").on("2026-11-26").sheets(VALBOURG, 5)];
    let file = installation.file("fiches", &usual);
    installation.run(&["import", &file]).ends(0);
    let binary = reachable_binary(&installation);
    let run = |arguments: &[&str]| {
        Said::of(&as_nobody(&binary, &installation, arguments).output().expect("the binary"))
    };
    let bytes = || {
        let files = below(&installation.data()).into_iter().filter(|path| path.is_file());
        files.map(|path| (path.clone(), std::fs::read(&path).expect("a file"))).collect::<Vec<_>>()
    };
    installation.at("2026-11-27 00:01");
    writable(&installation.data(), false);
    let before = bytes();
    let arguments: [&[&str]; 7] = [
        &["serve"],
        &["import", &file],
        &["purge"],
        &["purge", "--dry-run"],
        &["account", "list"],
        &["traces", "verify"],
        &["demo", "--port", "0"],
    ];
    for arguments in arguments {
        run(arguments).ends(3).says("Le dossier des données ne se laisse pas écrire, ou pas par ce compte.");
    }
    run(&["check"]).ends(1).says("✗ trousseau : Le dossier des données ne se laisse pas écrire");
    assert!(bytes() == before, "nothing was changed");
    writable(&installation.data(), true);
    run(&["purge"]).ends(0).says("Est 2026-48 : 5 fiches détruites, 0 restante");
    assert!(bytes() != before, "positive control");
}
