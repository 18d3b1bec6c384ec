//! A real PostgreSQL of the tests' own: made when it is first needed, on a Unix socket in a folder of its own, reachable by
//! nobody else, and gone with the process that asked for it, however that ends.
//!
//! The unit tests of the store include this file too, so it names nothing of the library.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::{MetadataExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _};

/// The port in the name of its socket.
const PORT: u16 = 5432;
/// The role that owns the databases of tests. Nobody has a password, but see [`LOCKED`].
pub const OWNER: &str = "postern";
/// A role that needs its password, which is `hunter2`.
pub const LOCKED: &str = "locked";

/// Told to start, it starts the server and says so. When nobody can tell it anything more, it ends the server and removes
/// everything: a process that is killed runs no destructor, but its pipes are closed.
const KEEPER: &str = r#"
if [ ! -d "$2/data" ]; then
    "$1/initdb" --pgdata "$2/data" --username postgres --auth trust --encoding UTF8 --locale C --no-sync >"$2/log" 2>&1
    printf 'local all locked scram-sha-256\nlocal all all trust\n' >"$2/data/pg_hba.conf"
fi
settings="-k $2 -c listen_addresses= -c fsync=off -c full_page_writes=off -c max_connections=400 -c shared_buffers=16MB"
while read -r command; do
    for try in 1 2 3 4 5 6 7 8 9 10; do
        "$1/pg_ctl" --pgdata "$2/data" --log "$2/log" --wait --options "$settings" start >/dev/null 2>&1 && break
        sleep 0.5 # processes of a killed server are still there
    done
    "$1/pg_ctl" --pgdata "$2/data" status >/dev/null 2>&1 && echo ready || echo failed
done
"$1/pg_ctl" --pgdata "$2/data" --mode immediate stop >/dev/null 2>&1
rm -rf "$2"
"#;

/// A server, running until it is dropped or killed.
pub struct PostgresServer {
    folder: PathBuf,
    keeper: Child,
    answers: BufReader<ChildStdout>,
}

/// The one server of this process; the error says what is missing, and how to get it.
pub fn shared() -> Result<&'static PostgresServer, String> {
    static SERVER: OnceLock<Result<PostgresServer, String>> = OnceLock::new();
    SERVER.get_or_init(PostgresServer::start).as_ref().map_err(Clone::clone)
}

impl PostgresServer {
    /// A server of the caller's own; the error says what is missing, and how to get it.
    pub fn start() -> Result<Self, String> {
        let programs =
            programs().ok_or("install Debian's `postgresql`, or put PostgreSQL's programs on the PATH")?;
        let folder = tempfile::tempdir().expect("a folder").keep();
        let mut command = Command::new("/bin/sh");
        command
            .arg("-c")
            .arg(KEEPER)
            .arg("keeper")
            .arg(programs)
            .arg(&folder)
            .env("LC_ALL", "C")
            .current_dir("/");
        // An interrupt at the terminal is for the tests; this one still has to clean up.
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).process_group(0);
        if fs::metadata(&folder).expect("the folder").uid() == 0 {
            // PostgreSQL refuses to run as root.
            let (user, group) =
                unprivileged().ok_or("root cannot run it, and there is no user `postgres`")?;
            chown(&folder, Some(user), Some(group)).expect("root may do that");
            command.uid(user).gid(group);
        }
        let mut keeper = command.spawn().expect("a shell");
        let answers = BufReader::new(keeper.stdout.take().expect("piped"));
        let mut server = Self { folder, keeper, answers };
        server.run();
        Ok(server)
    }

    /// Starts the server, the first time or after it was killed.
    pub fn run(&mut self) {
        self.keeper.stdin.as_mut().expect("piped").write_all(b"start\n").expect("the keeper lives");
        let mut answer = String::new();
        self.answers.read_line(&mut answer).expect("the keeper lives");
        let log = || fs::read_to_string(self.folder.join("log")).unwrap_or_default();
        assert_eq!(answer, "ready\n", "{}", log());
    }

    /// Kills the server with all its processes, as a machine that fails does: none of them answers anything more.
    pub fn kill(&self) {
        let file = fs::read_to_string(self.folder.join("data/postmaster.pid")).expect("it runs");
        let id = file.lines().next().expect("a process id");
        // Left to themselves, they would notice one after the other that the first is gone, and do some more work until then.
        let others = fs::read_to_string(format!("/proc/{id}/task/{id}/children")).expect("it runs");
        for process in [id].into_iter().chain(others.split_whitespace()) {
            let _ = kill(Pid::from_raw(process.parse().expect("a process id")), Signal::SIGKILL);
        }
    }

    /// A new, empty database of [`OWNER`]'s; gives its name.
    pub async fn fresh_database(&self) -> String {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let name = format!("fresh_{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        let mut connection = self.connect("postgres", "postgres").await;
        // Two tests at once find each other's role made.
        let _ = connection.execute(AssertSqlSafe(format!("CREATE ROLE {OWNER} LOGIN"))).await;
        let _ =
            connection.execute(AssertSqlSafe(format!("CREATE ROLE {LOCKED} LOGIN PASSWORD 'hunter2'"))).await;
        let create = format!("CREATE DATABASE {name} OWNER {OWNER}");
        connection.execute(AssertSqlSafe(create)).await.expect("a database");
        name
    }

    /// A connection beside whatever is tested.
    pub async fn connect(&self, user: &str, database: &str) -> PgConnection {
        let options = PgConnectOptions::new_without_pgpass().socket(&self.folder).port(PORT);
        PgConnection::connect_with(&options.username(user).database(database)).await.expect("it is let in")
    }

    /// A database as `url` of a configuration names it.
    pub fn url(&self, user: &str, database: &str) -> String {
        let folder = self.folder.display().to_string().replace('/', "%2F");
        format!("postgres://{user}@{folder}:{PORT}/{database}")
    }
}

impl Drop for PostgresServer {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }
}

/// The folder with the programs: Debian keeps them apart by version, and only clients on the PATH.
fn programs() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = versions.map(|version| version.path().join("bin")).collect();
    folders.sort();
    folders.reverse();
    let path = std::env::var_os("PATH").unwrap_or_default();
    folders.extend(std::env::split_paths(&path));
    folders
        .into_iter()
        .find(|folder| ["initdb", "postgres", "pg_ctl"].iter().all(|name| folder.join(name).is_file()))
}

/// The user and the group that Debian's package makes, or whoever else has none of root's rights.
fn unprivileged() -> Option<(u32, u32)> {
    let users = fs::read_to_string("/etc/passwd").ok()?;
    let ids = |name: &str| {
        let mut fields = users.lines().find(|line| line.split(':').next() == Some(name))?.split(':').skip(2);
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
    };
    ids("postgres").or_else(|| ids("nobody"))
}
