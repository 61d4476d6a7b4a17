//! The streams that scenarios 5 to 8 read: `counter/length-N` of each length, and further ones of a
//! thousand events. The same seed gives the same events, so a reader knows what must be there.

use std::time::Instant;

use serde_json::json;

use crate::Result;
use crate::command_line::Options;
use crate::event::{Event, Random, State, Stream};
use crate::report::Report;
use crate::store::Store;

pub const CATEGORY: &str = "counter";
const FILLER_LENGTH: u64 = 1000;

pub fn stream_of(length: u64) -> Stream {
    Stream { category: CATEGORY.into(), id: format!("length-{length}") }
}

fn filler(number: u64) -> Stream {
    Stream { category: CATEGORY.into(), id: format!("filler-{number}") }
}

fn amounts(stream: &Stream, seed: u64) -> Random {
    let name = stream.id.bytes().fold(seed, |hash, byte| hash.wrapping_mul(31).wrapping_add(byte.into()));
    Random(name)
}

/// What the stream adds up to.
pub fn state_of(stream: &Stream, length: u64, seed: u64) -> State {
    let mut random = amounts(stream, seed);
    let mut state = State::default();
    for _ in 0..length {
        state.apply(random.amount());
    }
    state
}

pub fn events_of(stream: &Stream, length: u64, seed: u64) -> Vec<Event<'static>> {
    let mut random = amounts(stream, seed);
    let mut state = State::default();
    (0..length)
        .map(|_| {
            let event = state.decide(random.amount());
            state.apply(event.amount);
            event
        })
        .collect()
}

/// Every stream with its length, the long ones first.
pub fn streams(options: &Options) -> Vec<(Stream, u64)> {
    let mut all: Vec<_> = options.lengths.iter().map(|length| (stream_of(*length), *length)).collect();
    all.sort_by_key(|(_, length)| std::cmp::Reverse(*length));
    let count = options.filler / FILLER_LENGTH;
    all.extend((0..count).map(|number| (filler(number), FILLER_LENGTH)));
    all
}

/// The sum of all totals, for whoever reads everything.
pub fn sum(options: &Options) -> State {
    let mut sum = State::default();
    for (stream, length) in streams(options) {
        let state = state_of(&stream, length, options.seed);
        sum.count += state.count;
        sum.total += state.total;
    }
    sum
}

pub async fn load<S: Store>(rival: &str, options: &Options) -> Result<String> {
    let hub = S::open(options).await?;
    let mut store = S::client(&hub, 0).await?;
    let began = Instant::now();
    let mut events = 0;
    let mut group = Vec::new();
    let mut waiting = 0;
    for (stream, length) in streams(options) {
        group.push((stream.clone(), events_of(&stream, length, options.seed)));
        events += length;
        waiting += length;
        if waiting >= 100_000 {
            store.import(std::mem::take(&mut group)).await?;
            waiting = 0;
        }
    }
    if !group.is_empty() {
        store.import(group).await?;
    }
    let taken = began.elapsed();
    for (stream, length) in streams(options).into_iter().take(2) {
        let (found, should) = (store.state(&stream).await?, state_of(&stream, length, options.seed));
        if found != should {
            return Err(format!("{stream:?} holds {found:?}, should hold {should:?}").into());
        }
    }
    let mut report = Report::new(json!({
        "rival": rival, "scenario": "load", "events": events,
        "checked": "the states of the two longest streams",
    }));
    Ok(report.rate(events, taken).text())
}
