//! All that the program logs while the suite runs, at the most talkative level.

use std::io::{self, Write};
use std::sync::{LazyLock, Mutex, PoisonError};

use tracing_subscriber::EnvFilter;

static LOG: Mutex<Vec<u8>> = Mutex::new(Vec::new());

struct Kept;

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LOG.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Begins to listen, once. The client's own chatter is left out: only the program is listened to.
pub fn listen() {
    static LISTENING: LazyLock<()> = LazyLock::new(|| {
        let filter = EnvFilter::new("debug,parvis=trace,reqwest=off,hyper=off,hyper_util=off,h2=off");
        tracing_subscriber::fmt()
            .with_env_filter(filter)
            .with_ansi(false)
            .with_writer(|| Kept)
            .try_init()
            .expect("the first to listen");
    });
    LazyLock::force(&LISTENING);
}

/// Everything logged so far, by every test of this run.
pub fn so_far() -> String {
    String::from_utf8_lossy(&LOG.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
}
