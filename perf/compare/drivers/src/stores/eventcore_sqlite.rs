//! eventcore on a SQLite file, as `SqliteEventStore::new` opens it: WAL, and SQLite's own default of
//! `synchronous = FULL`, which syncs the log at every commit.

use eventcore_sqlite::{SqliteConfig, SqliteEventStore};

firn_compare::eventcore_driver!("eventcore-sqlite", SqliteEventStore, options => {
    let path = std::path::Path::new(&options.directory).join("events.db");
    let store = SqliteEventStore::new(SqliteConfig { path, encryption_key: None })?;
    store.migrate().await?;
    store
});
