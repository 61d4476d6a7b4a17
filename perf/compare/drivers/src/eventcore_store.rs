//! eventcore, a library: one store that all clients of the process share, as its users do.
//!
//! Appends go through `append_events`, below the reading that `execute` does first; commands and
//! states through `execute`, which is how its documentation says to decide.

use std::borrow::Cow;
use std::sync::{Arc, Mutex};

use eventcore::{
    BackoffStrategy, CommandError, CommandLogic, CommandStreams, DelayMilliseconds, MetricsHook,
    NewEvents, RetryContext, RetryPolicy, StreamDeclarations, execute,
};
use eventcore_types::{
    BatchSize, CommandStateSnapshotId, EventFilter, EventPage, EventReader, EventStore,
    EventStoreError, StreamId, StreamVersion, StreamWrites,
};
use futures::StreamExt;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Result;
use crate::command_line::Options;
use crate::event::{Event, Fold, State, Stream, note};
use crate::store::{Appended, Known, Mark};

/// Its events name their stream. The note is shorter by as much, so the JSON is as long as for all.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Added {
    pub stream: StreamId,
    pub number: u64,
    pub amount: u64,
    pub total: u64,
    pub note: String,
}

impl Added {
    fn new(stream: &StreamId, event: &Event) -> Added {
        let Event { number, amount, total, .. } = *event;
        let around = r#""stream":"","#.len() + stream.as_ref().len();
        let note = note(number, amount, total, around).to_owned();
        Added { stream: stream.clone(), number, amount, total, note }
    }
}

impl eventcore::Event for Added {
    fn stream_id(&self) -> &StreamId {
        &self.stream
    }

    fn event_type_name() -> &'static str {
        crate::event::EVENT_TYPE
    }
}

/// Adds an amount; without one it decides nothing, so that only the state is made.
struct Add {
    stream: StreamId,
    amount: Option<u64>,
    snapshots: bool,
    found: Arc<Mutex<State>>,
}

impl CommandStreams for Add {
    fn stream_declarations(&self) -> StreamDeclarations {
        StreamDeclarations::single(self.stream.clone())
    }
}

impl CommandLogic for Add {
    type Event = Added;
    type State = State;

    fn apply(&self, mut state: State, event: &Added) -> State {
        state.apply(event.amount);
        state
    }

    fn handle(&self, state: State) -> std::result::Result<NewEvents<Added>, CommandError> {
        *self.found.lock().expect("no holder panics") = state;
        Ok(match self.amount {
            Some(amount) => vec![Added::new(&self.stream, &state.decide(amount))].into(),
            None => NewEvents::default(),
        })
    }

    fn command_state_snapshot_id(&self) -> Option<CommandStateSnapshotId> {
        self.snapshots.then(|| {
            CommandStateSnapshotId::try_new(format!("sum:{}", self.stream)).expect("short enough")
        })
    }

    fn serialize_command_state_snapshot(&self, state: &State) -> std::result::Result<Value, CommandError> {
        serde_json::to_value(state).map_err(|error| CommandError::ValidationError(error.to_string()))
    }

    fn deserialize_command_state_snapshot(&self, state: Value) -> std::result::Result<State, CommandError> {
        serde_json::from_value(state).map_err(|error| CommandError::ValidationError(error.to_string()))
    }
}

#[derive(Clone)]
struct CountRetries(Arc<Mutex<u64>>);

impl MetricsHook for CountRetries {
    fn on_retry_attempt(&self, _: &RetryContext) {
        *self.0.lock().expect("no holder panics") += 1;
    }
}

pub struct EventCore<S> {
    store: Arc<S>,
    snapshots: bool,
}

pub fn share<S>(store: S, options: &Options) -> (Arc<S>, bool) {
    // Contended commands always use snapshots: without them each one reads the whole stream.
    (Arc::new(store), options.snapshots || options.scenario == "contended")
}

fn id(stream: &Stream) -> Result<StreamId> {
    Ok(StreamId::try_new(stream.joined('/'))?)
}

fn version(mark: Mark) -> StreamVersion {
    StreamVersion::new(mark as usize)
}

impl<S> EventCore<S>
where
    S: EventStore + EventReader + Send + Sync + 'static,
    <S as EventReader>::Error: std::error::Error + Send + Sync + 'static,
{
    pub fn client((store, snapshots): &(Arc<S>, bool)) -> Self {
        EventCore { store: store.clone(), snapshots: *snapshots }
    }

    async fn write(&self, writes: StreamWrites) -> Result<bool> {
        match self.store.append_events(writes).await {
            Ok(_) => Ok(true),
            Err(EventStoreError::VersionConflict { .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    pub async fn append(&self, stream: &Stream, expected: Mark, events: &[Event<'_>]) -> Result<Appended> {
        let id = id(stream)?;
        let mut writes = StreamWrites::new().register_stream(id.clone(), version(expected))?;
        for event in events {
            writes = writes.append(Added::new(&id, event))?;
        }
        Ok(match self.write(writes).await? {
            true => Appended::At(expected + events.len() as u64),
            false => Appended::Conflict,
        })
    }

    pub async fn read(&self, stream: &Stream, after: Mark, fold: &mut Fold) -> Result<Mark> {
        let mut events = match after {
            0 => self.store.read_stream::<Added>(id(stream)?).await?,
            mark => self.store.read_stream_after::<Added>(id(stream)?, version(mark)).await?,
        };
        let mut mark = after;
        while let Some(event) = events.next().await {
            let event = event?;
            fold.see(event.number, event.amount, event.total);
            mark += 1;
        }
        Ok(mark)
    }

    pub async fn read_all(&self, see: &mut (dyn FnMut(&Event<'_>) + Send)) -> Result<u64> {
        let limit = BatchSize::new(10_000);
        let mut page = Some(EventPage::first(limit));
        let mut count = 0;
        while let Some(wanted) = page {
            let events = self.store.read_events::<Added>(EventFilter::all(), wanted).await?;
            for (Added { number, amount, total, note, .. }, _) in &events {
                see(&Event { number: *number, amount: *amount, total: *total, note: Cow::Borrowed(note) });
            }
            count += events.len() as u64;
            page = wanted.next_from_results(&events);
        }
        Ok(count)
    }

    pub async fn transfer(&self, legs: [(&mut Known, &Event<'_>); 2]) -> Result<bool> {
        let mut writes = StreamWrites::new();
        for (known, _) in &legs {
            writes = writes.register_stream(id(&known.stream)?, version(known.mark))?;
        }
        for (known, event) in &legs {
            writes = writes.append(Added::new(&id(&known.stream)?, event))?;
        }
        let done = self.write(writes).await?;
        if done {
            for (known, _) in legs {
                known.mark += 1;
            }
        }
        Ok(done)
    }

    async fn execute(&self, stream: &Stream, amount: Option<u64>) -> Result<(State, u64)> {
        let found = Arc::new(Mutex::new(State::default()));
        let retries = Arc::new(Mutex::new(0));
        let command = Add { stream: id(stream)?, amount, snapshots: self.snapshots, found: found.clone() };
        // Its default waits 10 ms and more between attempts and gives up after four.
        let policy = RetryPolicy::new()
            .max_retries(10_000)
            .backoff_strategy(BackoffStrategy::Fixed { delay_ms: DelayMilliseconds::new(0) })
            .with_metrics_hook(CountRetries(retries.clone()));
        execute(&*self.store, command, policy).await?;
        let (found, retries) = (*found.lock().expect("no holder panics"), *retries.lock().expect("nor here"));
        Ok((found, retries))
    }

    pub async fn command(&self, known: &Known, amount: u64) -> Result<u64> {
        Ok(self.execute(&known.stream, Some(amount)).await?.1 + 1)
    }

    pub async fn state(&self, stream: &Stream) -> Result<State> {
        Ok(self.execute(stream, None).await?.0)
    }
}

/// The `Store` of one backend: how it is opened, the rest is above.
#[macro_export]
macro_rules! eventcore_driver {
    ($rival:literal, $backend:ty, $options:ident => $open:expr) => {
        struct Driver($crate::eventcore_store::EventCore<$backend>);

        impl $crate::store::Store for Driver {
            type Hub = (std::sync::Arc<$backend>, bool);

            async fn open($options: &$crate::command_line::Options) -> $crate::Result<Self::Hub> {
                let store = $open;
                Ok($crate::eventcore_store::share(store, $options))
            }
            async fn client(hub: &Self::Hub, _: usize) -> $crate::Result<Self> {
                Ok(Driver($crate::eventcore_store::EventCore::client(hub)))
            }
            async fn append(
                &mut self,
                stream: &$crate::event::Stream,
                expected: u64,
                events: &[$crate::event::Event<'_>],
            ) -> $crate::Result<$crate::store::Appended> {
                self.0.append(stream, expected, events).await
            }
            async fn read(
                &mut self,
                stream: &$crate::event::Stream,
                after: u64,
                fold: &mut $crate::event::Fold,
            ) -> $crate::Result<u64> {
                self.0.read(stream, after, fold).await
            }
            async fn read_all(
                &mut self,
                see: &mut (dyn FnMut(&$crate::event::Event<'_>) + Send),
            ) -> $crate::Result<u64> {
                self.0.read_all(see).await
            }
            async fn transfer(
                &mut self,
                legs: [(&mut $crate::store::Known, &$crate::event::Event<'_>); 2],
            ) -> $crate::Result<bool> {
                self.0.transfer(legs).await
            }
            async fn command(
                &mut self,
                known: &mut $crate::store::Known,
                amount: u64,
            ) -> $crate::Result<u64> {
                self.0.command(known, amount).await
            }
            async fn state(
                &mut self,
                stream: &$crate::event::Stream,
            ) -> $crate::Result<$crate::event::State> {
                self.0.state(stream).await
            }
        }

        fn main() -> std::process::ExitCode {
            $crate::drive::<Driver>($rival)
        }
    };
}
