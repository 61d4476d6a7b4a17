//! From the name of a scenario to what it measures.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::Result;
use crate::command_line::Options;
use crate::event::{Fold, State};
use crate::fixture;
use crate::load::{self, Work};
use crate::report::{Report, histogram, record, rounded};
use crate::store::Store;

/// No scenario of one reader takes longer than this to repeat itself.
const REPEATING: Duration = Duration::from_secs(2);

pub async fn run<S: Store>(rival: &str, options: &Options) -> Result<String> {
    match options.scenario.as_str() {
        "append" => load::run::<S>(rival, Work::Append, options).await,
        "contended" => load::run::<S>(rival, Work::Command, options).await,
        "transfer" => load::run::<S>(rival, Work::Transfer, options).await,
        "ask" => load::run::<S>(rival, Work::Ask, options).await,
        "load" => fixture::load::<S>(rival, options).await,
        "state" => state::<S>(rival, options).await,
        "read_stream" => read_stream::<S>(rival, options).await,
        "read_all" => read_all::<S>(rival, options).await,
        "thin" => thin::<S>(rival, options).await,
        other => Err(format!("there is no scenario {other}").into()),
    }
}

/// The state of one stream: the first time, which is cold if the process is new, then again and again.
async fn state<S: Store>(rival: &str, options: &Options) -> Result<String> {
    let stream = fixture::stream_of(options.length);
    let should = fixture::state_of(&stream, options.length, options.seed);
    let hub = S::open(options).await?;
    let mut store = S::client(&hub, 0).await?;
    let mut latencies = histogram();
    let mut first = None;
    let began = Instant::now();
    let mut samples = 0;
    while samples < 2 || (samples < options.samples && began.elapsed() < REPEATING) {
        let asked = Instant::now();
        let found = store.state(&stream).await?;
        let taken = asked.elapsed();
        if found != should {
            return Err(format!("{stream:?} holds {found:?}, should hold {should:?}").into());
        }
        match first {
            None => first = Some(taken),
            Some(_) => record(&mut latencies, taken),
        }
        samples += 1;
    }
    let first = first.unwrap_or_default();
    let mut report = Report::new(json!({
        "rival": rival, "scenario": "state", "length": options.length,
        "snapshots": options.snapshots, "samples": samples,
        "first_us": rounded(first.as_secs_f64() * 1e6, 2),
        "checked": format!("count and total of each of {samples} states"),
    }));
    Ok(report.latencies(&latencies).text())
}

async fn read_stream<S: Store>(rival: &str, options: &Options) -> Result<String> {
    let stream = fixture::stream_of(options.length);
    let should = fixture::state_of(&stream, options.length, options.seed);
    let hub = S::open(options).await?;
    let mut store = S::client(&hub, 0).await?;
    let began = Instant::now();
    let mut fold = Fold::default();
    store.read(&stream, 0, &mut fold).await?;
    let taken = began.elapsed();
    let found = fold.checked()?;
    if found != should {
        return Err(format!("{stream:?} holds {found:?}, should hold {should:?}").into());
    }
    let mut report = Report::new(json!({
        "rival": rival, "scenario": "read_stream", "length": options.length, "events": found.count,
        "checked": "number and running total of every event",
    }));
    Ok(report.rate(found.count, taken).text())
}

async fn read_all<S: Store>(rival: &str, options: &Options) -> Result<String> {
    let should = fixture::sum(options);
    let hub = S::open(options).await?;
    let mut store = S::client(&hub, 0).await?;
    let began = Instant::now();
    let mut found = State::default();
    store.read_all(&mut |event| found.apply(event.amount)).await?;
    let taken = began.elapsed();
    if found != should {
        return Err(format!("everything adds up to {found:?}, should be {should:?}").into());
    }
    let mut report = Report::new(json!({
        "rival": rival, "scenario": "read_all", "events": found.count,
        "checked": "number and sum of all events, positions in order",
    }));
    Ok(report.rate(found.count, taken).text())
}

/// Deletes old events of every stream of the fixture. What is left is checked by whoever asks next.
async fn thin<S: Store>(rival: &str, options: &Options) -> Result<String> {
    let hub = S::open(options).await?;
    let mut store = S::client(&hub, 0).await?;
    let streams: Vec<_> = fixture::streams(options).into_iter().map(|(stream, _)| stream).collect();
    let began = Instant::now();
    store.thin(&streams, options.keep).await?;
    let mut report = Report::new(json!({
        "rival": rival, "scenario": "thin", "streams": streams.len(), "keep": options.keep,
    }));
    Ok(report.rate(streams.len() as u64, began.elapsed()).text())
}
