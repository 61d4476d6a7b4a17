//! message-db: its functions in PostgreSQL, prepared once, one connection a client.

use std::process::ExitCode;

use bytes::BytesMut;
use firn_compare::Result;
use firn_compare::command_line::Options;
use firn_compare::event::{EVENT_TYPE, Event, Fold, Stream};
use firn_compare::store::{Appended, Known, Mark, Store};
use futures::{SinkExt, TryStreamExt, pin_mut};
use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, NoTls, Statement};

/// All messages of one request in one statement: one transaction, one round trip. The messages of
/// a batch expect each other's versions, so the first one's decides for all.
const WRITE: &str = "SELECT message_store.write_message(gen_random_uuid()::varchar, stream, $4::varchar, \
    data::jsonb, NULL, expected) \
    FROM unnest($1::varchar[], $2::text[], $3::bigint[]) AS message(stream, data, expected)";

const READ: &str = "SELECT data, position FROM message_store.get_stream_messages($1::varchar, $2::bigint, -1)";

/// There is no function for everything in order; this is what `get_category_messages` does inside.
const READ_ALL: &str = "SELECT data::varchar, global_position FROM message_store.messages ORDER BY global_position";

const COPY: &str = "COPY message_store.messages (stream_name, position, type, data) FROM STDIN";

struct MessageDb {
    client: Client,
    write: Statement,
    read: Statement,
}

fn name(stream: &Stream) -> String {
    // Everything before the first dash is the category.
    stream.joined('-')
}

impl MessageDb {
    async fn write(&self, streams: Vec<String>, data: Vec<String>, expected: Vec<i64>) -> Result<Option<i64>> {
        let written = self.client.query(&self.write, &[&streams, &data, &expected, &EVENT_TYPE]).await;
        match written {
            Ok(rows) => Ok(Some(rows.last().ok_or("no answer")?.get(0))),
            // What `write_message` raises; its text begins with "Wrong expected version".
            Err(error) if error.code() == Some(&SqlState::RAISE_EXCEPTION) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

fn text(event: &Event) -> String {
    String::from_utf8(event.json()).expect("our events are text")
}

impl Store for MessageDb {
    type Hub = String;

    async fn open(options: &Options) -> Result<String> {
        Ok(options.url.clone())
    }

    async fn client(url: &String, _: usize) -> Result<MessageDb> {
        let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
        tokio::spawn(connection);
        client.batch_execute("SET search_path TO message_store, public").await?;
        let write = client.prepare(WRITE).await?;
        let read = client.prepare(READ).await?;
        Ok(MessageDb { client, write, read })
    }

    /// Positions count from 0 there, so a stream of `mark` events is at position `mark - 1`.
    async fn append(&mut self, stream: &Stream, expected: Mark, events: &[Event<'_>]) -> Result<Appended> {
        let streams = vec![name(stream); events.len()];
        let positions = (0..events.len()).map(|i| expected as i64 - 1 + i as i64).collect();
        Ok(match self.write(streams, events.iter().map(text).collect(), positions).await? {
            Some(position) => Appended::At(position as u64 + 1),
            None => Appended::Conflict,
        })
    }

    async fn read(&mut self, stream: &Stream, after: Mark, fold: &mut Fold) -> Result<Mark> {
        let parameters: [&(dyn tokio_postgres::types::ToSql + Sync); 2] = [&name(stream), &(after as i64)];
        let rows = self.client.query_raw(&self.read, parameters).await?;
        pin_mut!(rows);
        let mut mark = after;
        while let Some(row) = rows.try_next().await? {
            fold.see_json(row.get::<_, &str>(0).as_bytes());
            mark = row.get::<_, i64>(1) as u64 + 1;
        }
        Ok(mark)
    }

    async fn read_all(&mut self, see: &mut (dyn FnMut(&Event<'_>) + Send)) -> Result<u64> {
        let nothing: [&(dyn tokio_postgres::types::ToSql + Sync); 0] = [];
        let rows = self.client.query_raw(READ_ALL, nothing).await?;
        pin_mut!(rows);
        let mut count = 0;
        while let Some(row) = rows.try_next().await? {
            see(&serde_json::from_str(row.get(0))?);
            count += 1;
        }
        Ok(count)
    }

    async fn transfer(&mut self, legs: [(&mut Known, &Event<'_>); 2]) -> Result<bool> {
        let streams = legs.iter().map(|(known, _)| name(&known.stream)).collect();
        let data = legs.iter().map(|(_, event)| text(event)).collect();
        let expected = legs.iter().map(|(known, _)| known.mark as i64 - 1).collect();
        if self.write(streams, data, expected).await?.is_none() {
            return Ok(false);
        }
        for (known, _) in legs {
            known.mark += 1;
        }
        Ok(true)
    }

    /// Past `write_message`, for fixtures only: a million calls would take minutes.
    async fn import(&mut self, streams: Vec<(Stream, Vec<Event<'static>>)>) -> Result<()> {
        let rows = self.client.copy_in::<_, bytes::Bytes>(COPY).await?;
        pin_mut!(rows);
        for (stream, events) in streams {
            let name = name(&stream);
            for slice in events.chunks(1000) {
                let mut lines = BytesMut::new();
                for event in slice {
                    let line = format!("{name}\t{}\t{EVENT_TYPE}\t{}\n", event.number - 1, text(event));
                    lines.extend_from_slice(line.as_bytes());
                }
                rows.send(lines.freeze()).await?;
            }
        }
        rows.finish().await?;
        Ok(())
    }
}

fn main() -> ExitCode {
    firn_compare::drive::<MessageDb>("message-db")
}
