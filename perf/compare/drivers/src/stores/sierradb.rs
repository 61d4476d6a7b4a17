//! SierraDB by its Rust client over RESP3, one connection a client.
//!
//! A category is a partition key, so that all streams of a client lie in one partition: that is what a
//! transaction over two of them takes. Versions begin with 0; a mark is the number of events.

use std::process::ExitCode;

use firn_compare::Result;
use firn_compare::command_line::Options;
use firn_compare::event::{EVENT_TYPE, Event, Fold, Stream};
use firn_compare::store::{Appended, Known, Mark, Store};
use redis::aio::MultiplexedConnection;
use sierradb_client::{
    AsyncTypedCommands, EAppendOptions, EMAppendEvent, ErrorCode, ExpectedVersion, SierraError,
    stream_partition_key,
};
use uuid::Uuid;

/// Events of one answer.
const PAGE: u64 = 1000;

struct Sierra {
    connection: MultiplexedConnection,
    partitions: u16,
}

fn name(stream: &Stream) -> String {
    stream.joined('-')
}

fn key(stream: &Stream) -> Uuid {
    stream_partition_key(&stream.category)
}

fn expected(mark: Mark) -> ExpectedVersion {
    match mark {
        0 => ExpectedVersion::Empty,
        count => ExpectedVersion::Exact(count - 1),
    }
}

/// The expected version is said with a stream's first event, which is what it applies to.
fn made<'a>(stream: &Stream, mark: Mark, event: &Event) -> EMAppendEvent<'a> {
    EMAppendEvent::new(name(stream), EVENT_TYPE).expected_version(expected(mark)).payload(event.json())
}

/// Whether it was written; false is a conflict.
fn written<T>(outcome: redis::RedisResult<T>) -> Result<bool> {
    match outcome.map_err(SierraError::from_redis_error) {
        Ok(_) => Ok(true),
        Err(error) if error.error_code() == Some(ErrorCode::WrongVer) => Ok(false),
        Err(error) => Err(format!("{error}").into()),
    }
}

impl Store for Sierra {
    type Hub = redis::Client;

    async fn open(options: &Options) -> Result<redis::Client> {
        Ok(redis::Client::open(options.url.as_str())?)
    }

    async fn client(client: &redis::Client, _: usize) -> Result<Sierra> {
        let mut connection = client.get_multiplexed_async_connection().await?;
        let hello = connection.hello(3).await?;
        Ok(Sierra { connection, partitions: hello.num_partitions })
    }

    async fn append(&mut self, stream: &Stream, at: Mark, events: &[Event<'_>]) -> Result<Appended> {
        let done = if let [event] = events {
            let json = event.json();
            let options =
                EAppendOptions::new().partition_key(key(stream)).expected_version(expected(at)).payload(json);
            written(self.connection.eappend(name(stream), EVENT_TYPE, options).await)?
        } else {
            let all: Vec<_> =
                events.iter().enumerate().map(|(i, event)| made(stream, at + i as u64, event)).collect();
            written(self.connection.emappend(key(stream), &all).await)?
        };
        Ok(match done {
            true => Appended::At(at + events.len() as u64),
            false => Appended::Conflict,
        })
    }

    async fn read(&mut self, stream: &Stream, after: Mark, fold: &mut Fold) -> Result<Mark> {
        let (name, mut at) = (name(stream), after);
        loop {
            let page = self
                .connection
                .escan_with_partition_key(&name, key(stream), at, None, Some(PAGE))
                .await?;
            for event in &page.events {
                if event.stream_version != at {
                    return Err(format!("version {} of {name} follows {at} events", event.stream_version).into());
                }
                fold.see_json(&event.payload);
                at += 1;
            }
            if !page.has_more || page.events.is_empty() {
                return Ok(at);
            }
        }
    }

    /// There is no order over all partitions: each one in its own.
    async fn read_all(&mut self, see: &mut (dyn FnMut(&Event<'_>) + Send)) -> Result<u64> {
        let mut count = 0;
        for partition in 0..self.partitions {
            let mut next = 0;
            loop {
                let page = self.connection.epscan_by_id(partition, next, None, Some(PAGE)).await?;
                for event in &page.events {
                    if event.partition_sequence < next {
                        return Err(format!("sequence {} comes after {next}", event.partition_sequence).into());
                    }
                    next = event.partition_sequence + 1;
                    count += 1;
                    see(&serde_json::from_slice(&event.payload)?);
                }
                if !page.has_more || page.events.is_empty() {
                    break;
                }
            }
        }
        Ok(count)
    }

    async fn transfer(&mut self, legs: [(&mut Known, &Event<'_>); 2]) -> Result<bool> {
        let both: Vec<_> = legs.iter().map(|(known, event)| made(&known.stream, known.mark, event)).collect();
        let done = written(self.connection.emappend(key(&legs[0].0.stream), &both).await)?;
        if done {
            for (known, _) in legs {
                known.mark += 1;
            }
        }
        Ok(done)
    }
}

fn main() -> ExitCode {
    firn_compare::drive::<Sierra>("sierradb")
}
