//! What a store must be able to do to take part. A file in `stores/` a store.

use std::future::Future;

use crate::Result;
use crate::command_line::Options;
use crate::event::{Event, Fold, State, Stream};

/// How a store says where a stream stood when it was last seen: a version for most, a position for
/// those that count over all streams. 0 is a stream without events.
pub type Mark = u64;

pub enum Appended {
    At(Mark),
    /// The stream was not where it was expected; nothing was appended.
    Conflict,
}

/// What a client knows of a stream.
#[derive(Clone, Debug)]
pub struct Known {
    pub stream: Stream,
    pub mark: Mark,
    pub state: State,
}

impl Known {
    pub fn new(category: impl Into<String>, id: impl Into<String>) -> Known {
        let stream = Stream { category: category.into(), id: id.into() };
        Known { stream, mark: 0, state: State::default() }
    }
}

pub fn cannot<T>(what: &str) -> Result<T> {
    Err(format!("cannot {what}").into())
}

/// One client's access: a connection of its own, where the store has connections.
pub trait Store: Send + Sized + 'static {
    /// What all clients of a process share.
    type Hub: Clone + Send + Sync + 'static;

    fn open(options: &Options) -> impl Future<Output = Result<Self::Hub>> + Send;

    fn client(hub: &Self::Hub, number: usize) -> impl Future<Output = Result<Self>> + Send;

    /// All or none, durable when it returns, only if the stream is still at `expected`.
    fn append(
        &mut self,
        stream: &Stream,
        expected: Mark,
        events: &[Event<'_>],
    ) -> impl Future<Output = Result<Appended>> + Send;

    /// Sends an append and takes any good answer: for a server whose answers are fixed.
    fn ask(&mut self, _stream: &Stream, _event: &Event<'_>) -> impl Future<Output = Result<()>> + Send {
        async { cannot("ask a server of fixed answers") }
    }

    /// Folds the stream's events after `after` and returns where it stands then.
    fn read(
        &mut self,
        stream: &Stream,
        after: Mark,
        fold: &mut Fold,
    ) -> impl Future<Output = Result<Mark>> + Send;

    /// Reads everything in the global order, and fails if it is not in order where the store says
    /// positions. Returns how many events there were.
    fn read_all(
        &mut self,
        see: &mut (dyn FnMut(&Event<'_>) + Send),
    ) -> impl Future<Output = Result<u64>> + Send;

    /// One event to each of two streams, or to none. False is a conflict.
    fn transfer(
        &mut self,
        _legs: [(&mut Known, &Event<'_>); 2],
    ) -> impl Future<Output = Result<bool>> + Send {
        async { cannot("append to two streams at once") }
    }

    /// Decides on the newest state and appends, until it succeeds. Returns the attempts. This is
    /// the usual way for a store without commands: decide on what is known, append with the
    /// expected version, and when that fails read what was missed and decide again.
    fn command(
        &mut self,
        known: &mut Known,
        amount: u64,
    ) -> impl Future<Output = Result<u64>> + Send {
        async move {
            for attempt in 1.. {
                let event = known.state.decide(amount);
                match self.append(&known.stream, known.mark, &[event]).await? {
                    Appended::At(mark) => {
                        known.mark = mark;
                        known.state.apply(amount);
                        return Ok(attempt);
                    }
                    Appended::Conflict => {
                        let mut fold = Fold::from(known.state);
                        known.mark = self.read(&known.stream, known.mark, &mut fold).await?;
                        known.state = fold.checked()?;
                    }
                }
            }
            unreachable!("attempts do not end")
        }
    }

    /// The stream's state as an application would get it. By default all events are read and folded.
    fn state(&mut self, stream: &Stream) -> impl Future<Output = Result<State>> + Send {
        async move {
            let mut fold = Fold::default();
            self.read(stream, 0, &mut fold).await?;
            fold.checked()
        }
    }

    /// Deletes all events of the streams but the last `keep` of each, and gives the space back, where
    /// only the store's client can do that.
    fn thin(&mut self, _streams: &[Stream], _keep: u64) -> impl Future<Output = Result<()>> + Send {
        async { cannot("delete old events") }
    }

    /// Brings new streams in, by whatever way the store has for much at once. Not timed beside others.
    fn import(
        &mut self,
        streams: Vec<(Stream, Vec<Event<'static>>)>,
    ) -> impl Future<Output = Result<()>> + Send {
        async move {
            for (stream, events) in streams {
                let mut mark = 0;
                for slice in events.chunks(1000) {
                    match self.append(&stream, mark, slice).await? {
                        Appended::At(at) => mark = at,
                        Appended::Conflict => return cannot("import: there is such a stream"),
                    }
                }
            }
            Ok(())
        }
    }
}
