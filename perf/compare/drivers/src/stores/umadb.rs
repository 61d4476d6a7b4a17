//! UmaDB by its Rust client over gRPC, one channel a client. A stream is a tag.
//!
//! Its marks are positions in the sequence of all events: an append fails if an event with the tag
//! lies after the mark, which is the expected version that other stores have.

use std::process::ExitCode;

use firn_compare::Result;
use firn_compare::command_line::Options;
use firn_compare::event::{EVENT_TYPE, Event, Fold, Stream};
use firn_compare::store::{Appended, Known, Mark, Store, cannot};
use umadb_client::{AsyncUmaDbClient, UmaDbClient};
use umadb_dcb::{
    DcbAppendCondition, DcbError, DcbEvent, DcbEventStoreAsync, DcbQuery, DcbQueryItem,
};
use uuid::Uuid;

struct UmaDb {
    client: AsyncUmaDbClient,
}

fn tag(stream: &Stream) -> String {
    stream.joined(':')
}

fn events_of(stream: &Stream) -> DcbQueryItem {
    DcbQueryItem::new().tags([tag(stream)])
}

fn made(stream: &Stream, event: &Event) -> DcbEvent {
    // With an id appends are idempotent, which is how its documentation appends.
    DcbEvent::new().event_type(EVENT_TYPE).tags([tag(stream)]).data(event.json()).uuid(Uuid::new_v4())
}

impl UmaDb {
    async fn append_if(&self, events: Vec<DcbEvent>, boundary: DcbQuery, after: Option<u64>) -> Result<Appended> {
        let condition = DcbAppendCondition::new(boundary).after(after);
        match self.client.append(events, Some(condition), None).await {
            Ok(position) => Ok(Appended::At(position)),
            Err(DcbError::IntegrityError(_)) => Ok(Appended::Conflict),
            Err(error) => Err(error.into()),
        }
    }
}

/// Positions begin with 1: a mark of 0 is before everything.
fn after(mark: Mark) -> Option<u64> {
    (mark > 0).then_some(mark)
}

impl Store for UmaDb {
    type Hub = String;

    async fn open(options: &Options) -> Result<String> {
        Ok(options.url.clone())
    }

    async fn client(url: &String, _: usize) -> Result<UmaDb> {
        Ok(UmaDb { client: UmaDbClient::new(url.clone()).connect_async().await? })
    }

    async fn append(&mut self, stream: &Stream, expected: Mark, events: &[Event<'_>]) -> Result<Appended> {
        let made = events.iter().map(|event| made(stream, event)).collect();
        self.append_if(made, DcbQuery::new().item(events_of(stream)), after(expected)).await
    }

    async fn read(&mut self, stream: &Stream, after: Mark, fold: &mut Fold) -> Result<Mark> {
        let query = DcbQuery::new().item(events_of(stream));
        let mut answer = self.client.read(Some(query), Some(after + 1), false, None).await?;
        let mut mark = after;
        loop {
            let batch = answer.next_batch().await?;
            if batch.is_empty() {
                return Ok(mark);
            }
            for event in batch {
                fold.see_json(&event.event.data);
                mark = event.position;
            }
        }
    }

    async fn read_all(&mut self, see: &mut (dyn FnMut(&Event<'_>) + Send)) -> Result<u64> {
        let mut answer = self.client.read(None, None, false, None).await?;
        let (mut count, mut last) = (0, 0);
        loop {
            let batch = answer.next_batch().await?;
            if batch.is_empty() {
                return Ok(count);
            }
            for event in batch {
                if event.position <= last {
                    return cannot("read in order");
                }
                last = event.position;
                count += 1;
                see(&serde_json::from_slice(&event.event.data)?);
            }
        }
    }

    /// The two streams are known as of different positions, so what happened since the older one is
    /// read first, as its documentation does: the condition then holds from the head of that read.
    async fn transfer(&mut self, legs: [(&mut Known, &Event<'_>); 2]) -> Result<bool> {
        let query = DcbQuery::new().item(events_of(&legs[0].0.stream)).item(events_of(&legs[1].0.stream));
        let marks = [legs[0].0.mark, legs[1].0.mark];
        let oldest = marks[0].min(marks[1]);
        let (since, head) = {
            let mut answer = self.client.read(Some(query.clone()), Some(oldest + 1), false, None).await?;
            answer.collect_with_head().await?
        };
        if since.iter().any(|event| event.position > marks[0].max(marks[1])) {
            return Ok(false);
        }
        let made = legs.iter().map(|(known, event)| made(&known.stream, event)).collect();
        match self.append_if(made, query, head).await? {
            Appended::At(position) => {
                let [(from, _), (to, _)] = legs;
                from.mark = position - 1;
                to.mark = position;
                Ok(true)
            }
            Appended::Conflict => Ok(false),
        }
    }
}

fn main() -> ExitCode {
    firn_compare::drive::<UmaDb>("umadb")
}
