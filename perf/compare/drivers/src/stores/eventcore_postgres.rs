//! eventcore on PostgreSQL. A connection a client, as for message-db; its default pool has ten.

use eventcore_postgres::{MaxConnections, PostgresConfig, PostgresEventStore};

firn_compare::eventcore_driver!("eventcore-postgres", PostgresEventStore, options => {
    let connections = std::num::NonZeroU32::new(options.clients.max(10) as u32).ok_or("no clients")?;
    let config = PostgresConfig { max_connections: MaxConnections::new(connections), ..Default::default() };
    let store = PostgresEventStore::with_config(options.url.clone(), config).await?;
    store.migrate().await;
    store
});
