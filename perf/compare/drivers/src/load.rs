//! Scenarios 1 to 4, and what bounds them: many clients at once for a given time, and the check of
//! what they left.

use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use serde_json::json;
use tokio::sync::Barrier;

use crate::Result;
use crate::command_line::Options;
use crate::event::{Event, Fold, Random, State};
use crate::report::{Report, histogram, record};
use crate::store::{Appended, Known, Store};

/// Streams of each client: enough that nobody waits for the stream, few enough to grow.
const STREAMS_A_CLIENT: usize = 64;

/// Streams read back after a load, of all that were written to.
const STREAMS_CHECKED: usize = 200;

#[derive(Clone, Copy, PartialEq)]
pub enum Work {
    Append,
    Transfer,
    Command,
    /// Appends to a server that stores nothing.
    Ask,
}

/// All clients begin together, and end at the time that the first one has set.
struct Start {
    all: Barrier,
    until: OnceLock<Instant>,
}

/// What one client did.
struct Done {
    requests: u64,
    attempts: u64,
    amounts: u64,
    latencies: Histogram<u64>,
    streams: Vec<Known>,
}

pub async fn run<S: Store>(rival: &str, work: Work, options: &Options) -> Result<String> {
    let hub = S::open(options).await?;
    let start = Arc::new(Start { all: Barrier::new(options.clients + 1), until: OnceLock::new() });
    let mut clients = Vec::new();
    for number in 0..options.clients {
        let store = S::client(&hub, number).await?;
        let (start, options) = (start.clone(), options.clone());
        clients.push(tokio::spawn(async move { client(store, work, number, &options, &start).await }));
    }
    start.all.wait().await;
    let began = Instant::now();
    let mut done = Vec::new();
    for client in clients {
        done.push(client.await??);
    }
    let taken = began.elapsed();

    let mut latencies = histogram();
    for one in &done {
        latencies.add(&one.latencies)?;
    }
    let requests: u64 = done.iter().map(|one| one.requests).sum();
    let attempts: u64 = done.iter().map(|one| one.attempts).sum();
    let events = match work {
        Work::Append => requests * options.batch as u64,
        Work::Transfer => requests * 2,
        Work::Command | Work::Ask => requests,
    };
    let mut checker = S::client(&hub, options.clients).await?;
    let checked = match work {
        Work::Command => check_contended(&mut checker, &done, options).await?,
        Work::Ask => "each answer's status".into(),
        _ => check_streams(&mut checker, &done).await?,
    };
    let counted = if work == Work::Append { events } else { requests };
    let mut report = Report::new(json!({
        "rival": rival, "scenario": options.scenario, "clients": options.clients,
        "batch": options.batch, "requests": requests, "attempts": attempts, "events": events,
        "checked": checked,
    }));
    Ok(report.rate(counted, taken).latencies(&latencies).text())
}

async fn client<S: Store>(
    mut store: S,
    work: Work,
    number: usize,
    options: &Options,
    start: &Start,
) -> Result<Done> {
    let mut random = Random(options.seed ^ ((number as u64) << 32));
    // A category a client: where a store locks a category, no client waits for another's.
    let mut streams: Vec<Known> = if work == Work::Command {
        vec![Known::new("counter", contended_id(options))]
    } else {
        let prefix = format!("{}{}x{}x", options.scenario, options.seed, options.batch);
        (0..STREAMS_A_CLIENT).map(|i| Known::new(format!("load{number}"), format!("{prefix}{i}"))).collect()
    };
    let mut done = Done { requests: 0, attempts: 0, amounts: 0, latencies: histogram(), streams: Vec::new() };
    start.all.wait().await;
    let until = *start.until.get_or_init(|| Instant::now() + Duration::from_secs_f64(options.seconds));
    loop {
        let began = Instant::now();
        if began >= until {
            break;
        }
        done.attempts += match work {
            Work::Append => append(&mut store, &mut streams, options.batch, &mut random).await?,
            Work::Transfer => transfer(&mut store, &mut streams, &mut random).await?,
            Work::Command => {
                let amount = random.amount();
                done.amounts += amount;
                store.command(&mut streams[0], amount).await?
            }
            Work::Ask => {
                let known = &streams[random.below(streams.len() as u64) as usize];
                store.ask(&known.stream, &known.state.decide(random.amount())).await?;
                1
            }
        };
        record(&mut done.latencies, began.elapsed());
        done.requests += 1;
        // A store that never waits would else keep its thread, and other clients would not get theirs.
        tokio::task::yield_now().await;
    }
    done.streams = streams;
    Ok(done)
}

/// A stream of its own for each run, so that what is there before has no part in it.
fn contended_id(options: &Options) -> String {
    format!("contended{}", options.seed)
}

async fn append<S: Store>(
    store: &mut S,
    streams: &mut [Known],
    batch: usize,
    random: &mut Random,
) -> Result<u64> {
    let count = streams.len() as u64;
    let known = &mut streams[random.below(count) as usize];
    let mut state = known.state;
    let events: Vec<Event> = (0..batch)
        .map(|_| {
            let event = state.decide(random.amount());
            state.apply(event.amount);
            event
        })
        .collect();
    match store.append(&known.stream, known.mark, &events).await? {
        Appended::At(mark) => {
            known.mark = mark;
            known.state = state;
            Ok(1)
        }
        Appended::Conflict => Err("a conflict on a stream that nobody else writes to".into()),
    }
}

async fn transfer<S: Store>(store: &mut S, streams: &mut [Known], random: &mut Random) -> Result<u64> {
    let count = streams.len() as u64;
    let first = random.below(count) as usize;
    let second = (first + 1 + random.below(count - 1) as usize) % streams.len();
    let amount = random.amount();
    let [from, to] = streams.get_disjoint_mut([first, second])?;
    let (out, back) = (from.state.decide(amount), to.state.decide(amount));
    if !store.transfer([(from, &out), (to, &back)]).await? {
        return Err("a conflict on streams that nobody else writes to".into());
    }
    from.state.apply(amount);
    to.state.apply(amount);
    Ok(1)
}

/// A spread of the streams that were written to holds exactly what its client remembers.
async fn check_streams<S: Store>(store: &mut S, done: &[Done]) -> Result<String> {
    let written: Vec<&Known> =
        done.iter().flat_map(|one| &one.streams).filter(|known| known.state.count > 0).collect();
    let step = written.len().div_ceil(STREAMS_CHECKED).max(1);
    let (mut streams, mut events) = (0, 0);
    for known in written.iter().step_by(step) {
        let mut fold = Fold::default();
        store.read(&known.stream, 0, &mut fold).await?;
        let found = fold.checked()?;
        if found != known.state {
            return Err(format!("{:?} holds {found:?}, should hold {:?}", known.stream, known.state).into());
        }
        streams += 1;
        events += found.count;
    }
    Ok(format!("{events} events in {streams} of {} streams read back in order", written.len()))
}

/// Every command counted once, and each one decided on the state that the one before had left.
async fn check_contended<S: Store>(store: &mut S, done: &[Done], options: &Options) -> Result<String> {
    let should = State {
        count: done.iter().map(|one| one.requests).sum(),
        total: done.iter().map(|one| one.amounts).sum(),
    };
    let known = Known::new("counter", contended_id(options));
    let mut fold = Fold::default();
    store.read(&known.stream, 0, &mut fold).await?;
    let found = fold.checked()?;
    if found != should {
        return Err(format!("the stream holds {found:?}, should hold {should:?}").into());
    }
    Ok(format!("all {} events read back, each decided on the one before", found.count))
}
