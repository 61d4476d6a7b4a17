//! eventcore in memory: nothing is durable. What its interface costs without a disk.

use eventcore_memory::InMemoryEventStore;

firn_compare::eventcore_driver!("eventcore-memory", InMemoryEventStore, options => {
    let store = InMemoryEventStore::new();
    if options.scenario == "state" {
        // There is nothing to open: the stream is made before the clock starts.
        let hub = (std::sync::Arc::new(store), false);
        let writer = firn_compare::eventcore_store::EventCore::client(&hub);
        let stream = firn_compare::fixture::stream_of(options.length);
        let events = firn_compare::fixture::events_of(&stream, options.length, options.seed);
        let mut mark = 0;
        for slice in events.chunks(1000) {
            writer.append(&stream, mark, slice).await?;
            mark += slice.len() as u64;
        }
        drop(writer);
        std::sync::Arc::into_inner(hub.0).ok_or("the store is still shared")?
    } else {
        store
    }
});
