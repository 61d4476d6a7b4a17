//! NATS JetStream by async-nats, one connection a client. A stream is a subject of one JetStream
//! stream; what must go together is an atomic batch (jetstream-extra), which server 2.12 brought.

use std::process::ExitCode;
use std::time::Duration;

use async_nats::HeaderMap;
use async_nats::header::NATS_EXPECTED_LAST_SUBJECT_SEQUENCE;
use async_nats::jetstream::consumer::pull::OrderedConfig;
use async_nats::jetstream::context::PublishErrorKind;
use async_nats::jetstream::stream::{Config, StorageType};
use async_nats::jetstream::{self, Context, message::PublishMessage};
use firn_compare::Result;
use firn_compare::command_line::Options;
use firn_compare::event::{Event, Fold, Stream};
use firn_compare::store::{Appended, Known, Mark, Store, cannot};
use futures::StreamExt;
use jetstream_extra::batch_fetch::BatchFetchExt;
use jetstream_extra::batch_publish::BatchPublishExt;

const NAME: &str = "events";

/// Messages of one direct get.
const FETCH: usize = 1000;

/// Streams up to here are read by direct gets, longer ones by a consumer.
const SHORT: u64 = 5000;

struct Nats {
    context: Context,
}

fn subject(stream: &Stream) -> String {
    format!("events.{}.{}", stream.category, stream.id)
}

fn message(event: &Event) -> PublishMessage {
    PublishMessage::build().payload(event.json().into())
}

impl Nats {
    async fn connect(url: &str) -> Result<Nats> {
        Ok(Nats { context: jetstream::new(async_nats::connect(url).await?) })
    }

    /// All messages or none. Each subject's first message says where the subject must stand.
    async fn batch(&self, messages: Vec<(String, PublishMessage)>) -> Result<Appended> {
        // Acknowledged once, at the end: as for all others, one answer a request.
        let mut batch = self.context.batch_publish().ack_first(false).build();
        let last = messages.len() - 1;
        for (index, (subject, message)) in messages.into_iter().enumerate() {
            let message = message.outbound_message(subject);
            if index < last {
                batch.add_message(message).await?;
                continue;
            }
            return match batch.commit_message(message).await {
                Ok(ack) => Ok(Appended::At(ack.sequence)),
                Err(error) if error.to_string().contains("wrong last sequence") => Ok(Appended::Conflict),
                Err(error) => Err(error.into()),
            };
        }
        cannot("publish nothing")
    }

    async fn consume(&self, filter: &str, mut see: impl FnMut(u64, &[u8]) -> Result<()>) -> Result<()> {
        let stream = self.context.get_stream(NAME).await?;
        let config = OrderedConfig { filter_subject: filter.into(), ..Default::default() };
        let mut messages = stream.create_consumer(config).await?.messages().await?;
        loop {
            let Some(message) = messages.next().await else { return cannot("read on") };
            let message = message?;
            let info = message.info()?;
            let (sequence, pending) = (info.stream_sequence, info.pending);
            see(sequence, &message.payload)?;
            if pending == 0 {
                return Ok(());
            }
        }
    }

    /// Whether the subject has fewer messages than pay for a consumer.
    async fn is_short(&self, subject: &str) -> Result<bool> {
        let stream = self.context.get_stream_no_info(NAME).await?;
        let mut found = stream.info_with_subjects(subject).await?;
        let count = found.next().await.transpose()?.map_or(0, |(_, count)| count as u64);
        Ok(count <= SHORT)
    }
}

impl Store for Nats {
    type Hub = String;

    async fn open(options: &Options) -> Result<String> {
        let nats = Nats::connect(&options.url).await?;
        nats.context
            .get_or_create_stream(Config {
                name: NAME.into(),
                subjects: vec!["events.>".into()],
                storage: StorageType::File,
                num_replicas: 1,
                allow_direct: true,
                allow_atomic_publish: true,
                // Appends carry an expected sequence and no id: nothing to remember for duplicates.
                duplicate_window: Duration::from_millis(100),
                ..Default::default()
            })
            .await?;
        Ok(options.url.clone())
    }

    async fn client(url: &String, _: usize) -> Result<Nats> {
        Nats::connect(url).await
    }

    /// A mark is the sequence of the subject's last message.
    async fn append(&mut self, stream: &Stream, expected: Mark, events: &[Event<'_>]) -> Result<Appended> {
        let subject = subject(stream);
        if let [event] = events {
            let mut headers = HeaderMap::new();
            headers.insert(NATS_EXPECTED_LAST_SUBJECT_SEQUENCE, expected.to_string());
            let sent = self.context.publish_with_headers(subject, headers, event.json().into()).await?;
            return match sent.await {
                Ok(ack) => Ok(Appended::At(ack.sequence)),
                Err(error) if error.kind() == PublishErrorKind::WrongLastSequence => Ok(Appended::Conflict),
                Err(error) => Err(error.into()),
            };
        }
        let messages = events.iter().enumerate().map(|(index, event)| {
            let message = message(event);
            let message = if index == 0 { message.expected_last_subject_sequence(expected) } else { message };
            (subject.clone(), message)
        });
        self.batch(messages.collect()).await
    }

    async fn read(&mut self, stream: &Stream, after: Mark, fold: &mut Fold) -> Result<Mark> {
        let subject = subject(stream);
        let mut mark = after;
        if after == 0 && !self.is_short(&subject).await? {
            self.consume(&subject, |sequence, payload| {
                fold.see_json(payload);
                mark = sequence;
                Ok(())
            })
            .await?;
            return Ok(mark);
        }
        loop {
            let answer = self.context.get_batch(NAME, FETCH).subject(&subject).sequence(mark + 1).send().await?;
            let mut answer = std::pin::pin!(answer);
            let mut seen = 0;
            while let Some(message) = answer.next().await {
                let message = message?;
                fold.see_json(&message.payload);
                mark = message.sequence;
                seen += 1;
            }
            if seen < FETCH {
                return Ok(mark);
            }
        }
    }

    async fn read_all(&mut self, see: &mut (dyn FnMut(&Event<'_>) + Send)) -> Result<u64> {
        let (mut count, mut last) = (0, 0);
        self.consume("events.>", |sequence, payload| {
            if sequence <= last {
                return cannot("read in order");
            }
            last = sequence;
            count += 1;
            see(&serde_json::from_slice(payload)?);
            Ok(())
        })
        .await?;
        Ok(count)
    }

    async fn transfer(&mut self, legs: [(&mut Known, &Event<'_>); 2]) -> Result<bool> {
        let messages = legs
            .iter()
            .map(|(known, event)| {
                (subject(&known.stream), message(event).expected_last_subject_sequence(known.mark))
            })
            .collect();
        match self.batch(messages).await? {
            Appended::At(sequence) => {
                let [(from, _), (to, _)] = legs;
                from.mark = sequence - 1;
                to.mark = sequence;
                Ok(true)
            }
            Appended::Conflict => Ok(false),
        }
    }

    async fn thin(&mut self, streams: &[Stream], keep: u64) -> Result<()> {
        let held = self.context.get_stream(NAME).await?;
        for stream in streams {
            held.purge().filter(subject(stream)).keep(keep).await?;
        }
        Ok(())
    }
}

fn main() -> ExitCode {
    firn_compare::drive::<Nats>("nats")
}
