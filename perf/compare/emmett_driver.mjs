// emmett's event store on PostgreSQL, driven as drivers/ drive the others: the same options, the
// same events, the same report. NODE_MODULES says where its packages are.

import { createRequire } from "node:module";
import { performance } from "node:perf_hooks";
import { parseArgs } from "node:util";

const require = createRequire(process.env.NODE_MODULES + "/");
const { getPostgreSQLEventStore, readMessagesBatch } = require("@event-driven-io/emmett-postgresql");
const { isExpectedVersionConflictError } = require("@event-driven-io/emmett");
const { dumbo } = require("@event-driven-io/dumbo");
const pg = require("pg");

const EVENT_BYTES = 230;
const STREAMS_A_CLIENT = 64;
const STREAMS_CHECKED = 200;
const REPEATING_MS = 2000;
const NOTE = "Qx7 lantern moss harbour 4f81 violet 93 tundra kelp 0c5 ember fjord 77a1 slate quill ".repeat(3);
const MASK = (1n << 64n) - 1n;

// splitmix64
class Random {
  constructor(state) {
    this.state = state & MASK;
  }
  below(bound) {
    this.state = (this.state + 0x9e3779b97f4a7c15n) & MASK;
    let z = this.state;
    z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & MASK;
    z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & MASK;
    return Number((z ^ (z >> 31n)) % BigInt(bound));
  }
  amount() {
    return 1 + this.below(100);
  }
}

const initialState = () => ({ count: 0, total: 0 });

function evolve(state, event) {
  return { count: state.count + 1, total: state.total + Number(event.data.amount) };
}

function decide(state, amount) {
  const data = { number: state.count + 1, amount, total: state.total + amount, note: "" };
  data.note = NOTE.slice(0, EVENT_BYTES - JSON.stringify(data).length);
  return { type: "Added", data };
}

function fail(sentence) {
  throw new Error(sentence);
}

function same(found, should, what) {
  if (found.count !== should.count || found.total !== should.total) {
    fail(`${what} holds ${JSON.stringify(found)}, should hold ${JSON.stringify(should)}`);
  }
}

// Versions are numbers throughout, 0n of a new stream: STREAM_DOES_NOT_EXIST is sent to PostgreSQL as
// no expectation at all.

// The streams that are read.

const streamOf = (length) => `counter-length-${length}`;

function amountsOf(id, seed) {
  let state = seed;
  for (const byte of Buffer.from(id)) state = (state * 31n + BigInt(byte)) & MASK;
  return new Random(state);
}

function stateOf(id, length, seed) {
  const random = amountsOf(id, seed);
  const state = initialState();
  for (; state.count < length; state.count++) state.total += random.amount();
  return state;
}

function fixture(lengths, filler) {
  const all = [...lengths].sort((a, b) => b - a).map((length) => [`length-${length}`, length]);
  for (let i = 0; i < Math.floor(filler / 1000); i++) all.push([`filler-${i}`, 1000]);
  return all;
}

const asked = parseArgs({
  options: Object.fromEntries(["scenario", "url", "clients", "batch", "seconds", "seed", "length", "samples", "lengths",
    "filler", "snapshots", "keep"].map((name) => [name, { type: "string" }])),
}).values;
const number = (name, otherwise) => Number(asked[name] ?? otherwise);
const clients = number("clients", 1), batch = number("batch", 1), length = number("length", 0);
const seed = BigInt(asked.seed ?? 20261126);
const lengths = (asked.lengths ?? "").split(",").filter(Boolean).map(Number);

const pool = new pg.Pool({ connectionString: asked.url, max: Math.max(clients, 2) });
// The schema is made once, before clients that would make it all at once.
const store = getPostgreSQLEventStore(asked.url, { connectionOptions: { pool } });

function quantiles(milliseconds) {
  if (milliseconds.length === 0) return {};
  const ordered = Float64Array.from(milliseconds).sort();
  const at = (share) => ordered[Math.min(ordered.length - 1, Math.floor(share * ordered.length))] * 1000;
  return { p50_us: at(0.5), p99_us: at(0.99), p999_us: at(0.999), max_us: ordered[ordered.length - 1] * 1000 };
}

function report(fields) {
  const used = process.cpuUsage();
  console.log(JSON.stringify({ rival: "emmett", scenario: asked.scenario, ...fields,
    client_cpu_seconds: (used.user + used.system) / 1e6 }));
}

const rate = (count, ms) => ({ seconds: ms / 1000, per_second: (count / ms) * 1000 });

async function readFold(name, check = false) {
  const state = initialState();
  const { events } = await store.readStream(name);
  for (const { data } of events) {
    state.count++;
    state.total += Number(data.amount);
    if (check && (Number(data.number) !== state.count || Number(data.total) !== state.total)) {
      fail(`event ${data.number} of ${name} does not follow`);
    }
  }
  return state;
}

// Scenarios 1 to 3.

async function underLoad(client) {
  const until = performance.now() + number("seconds", 1) * 1000;
  const latencies = [];
  let attempts = 0;
  const began = performance.now();
  const left = await Promise.all(Array.from({ length: clients }, (_, i) => client(i, until, (started, tries) => {
    latencies.push(performance.now() - started);
    attempts += tries;
  })));
  const ms = performance.now() - began;
  return { left, latencies, attempts, ms };
}

async function append() {
  const { left, latencies, attempts, ms } = await underLoad(async (client, until, note) => {
    const random = new Random(seed ^ (BigInt(client) << 32n));
    const streams = Array.from({ length: STREAMS_A_CLIENT }, (_, i) =>
      ({ name: `load${client}-append${seed}x${batch}x${i}`, state: initialState(), version: 0n }));
    while (performance.now() < until) {
      const known = streams[random.below(streams.length)];
      let state = known.state;
      const events = [];
      for (let i = 0; i < batch; i++) {
        const event = decide(state, random.amount());
        state = evolve(state, event);
        events.push(event);
      }
      const started = performance.now();
      const done = await store.appendToStream(known.name, events,
        { expectedStreamVersion: known.version });
      note(started, 1);
      known.version = done.nextExpectedStreamVersion;
      known.state = state;
      if (Number(known.version) !== state.count) fail(`${known.name} is at ${known.version}, not ${state.count}`);
    }
    return streams.filter((known) => known.state.count > 0);
  });
  const written = left.flat();
  const step = Math.max(1, Math.ceil(written.length / STREAMS_CHECKED));
  let events = 0, streams = 0;
  for (let i = 0; i < written.length; i += step, streams++) {
    same(await readFold(written[i].name, true), written[i].state, written[i].name);
    events += written[i].state.count;
  }
  const requests = latencies.length;
  report({ clients, batch, requests, attempts, events: requests * batch, ...rate(requests * batch, ms), ...quantiles(latencies),
    checked: `${events} events in ${streams} of ${written.length} streams read back in order` });
}

async function contended() {
  const name = `counter-contended${seed}`;
  const { left, latencies, attempts, ms } = await underLoad(async (client, until, note) => {
    const random = new Random(seed ^ (BigInt(client) << 32n));
    let known = initialState(), amounts = 0;
    while (performance.now() < until) {
      const amount = random.amount();
      const started = performance.now();
      for (let tries = 1; ; tries++) {
        try {
          await store.appendToStream(name, [decide(known, amount)],
            { expectedStreamVersion: BigInt(known.count) });
          known = { count: known.count + 1, total: known.total + amount };
          note(started, tries);
          break;
        } catch (error) {
          if (!isExpectedVersionConflictError(error)) throw error;
          const missed = await store.readStream(name, { from: BigInt(known.count) });
          for (const event of missed.events) {
            if (Number(event.metadata.streamPosition) > known.count) known = evolve(known, event);
          }
        }
      }
      amounts += amount;
    }
    return amounts;
  });
  const requests = latencies.length;
  same(await readFold(name, true), { count: requests, total: left.reduce((a, b) => a + b, 0) }, name);
  report({ clients, batch, requests, attempts, events: requests, ...rate(requests, ms), ...quantiles(latencies),
    checked: `all ${requests} events read back, each decided on the one before` });
}

// Scenarios 5 to 8.

async function load() {
  const streams = fixture(lengths, number("filler", 0));
  const began = performance.now();
  let count = 0;
  for (const [id, wanted] of streams) {
    const random = amountsOf(id, seed);
    let state = initialState(), version = 0n;
    while (state.count < wanted) {
      const events = [];
      while (events.length < 1000 && state.count < wanted) {
        const event = decide(state, random.amount());
        state = evolve(state, event);
        events.push(event);
      }
      version = (await store.appendToStream(`counter-${id}`, events, { expectedStreamVersion: version })).nextExpectedStreamVersion;
    }
    count += wanted;
  }
  const ms = performance.now() - began;
  for (const [id, wanted] of streams.slice(0, 2)) same(await readFold(`counter-${id}`), stateOf(id, wanted, seed), id);
  report({ events: count, ...rate(count, ms), checked: "the states of the two longest streams" });
}

async function state() {
  const should = stateOf(`length-${length}`, length, seed);
  const samples = number("samples", 1), taken = [];
  const began = performance.now();
  while (taken.length < 2 || (taken.length < samples && performance.now() - began < REPEATING_MS)) {
    const started = performance.now();
    const found = await store.aggregateStream(streamOf(length), { evolve, initialState });
    taken.push(performance.now() - started);
    same(found.state, should, streamOf(length));
  }
  const [first, ...warm] = taken;
  report({ length, snapshots: false, samples: taken.length, first_us: first * 1000, ...quantiles(warm),
    checked: `count and total of each of ${taken.length} states` });
}

async function readStream() {
  const began = performance.now();
  const found = await readFold(streamOf(length), true);
  const ms = performance.now() - began;
  same(found, stateOf(`length-${length}`, length, seed), streamOf(length));
  report({ length, events: found.count, ...rate(found.count, ms), checked: "number and running total of every event" });
}

async function readAll() {
  const should = initialState();
  for (const [id, wanted] of fixture(lengths, number("filler", 0))) {
    const one = stateOf(id, wanted, seed);
    should.count += one.count;
    should.total += one.total;
  }
  const executor = dumbo({ connectionString: asked.url, pool });
  const began = performance.now();
  let found = initialState(), after = 0n;
  for (;;) {
    const page = await readMessagesBatch(executor.execute, { after, batchSize: 10_000 });
    for (const message of page.messages) found = evolve(found, message);
    if (page.messages.length === 0) break;
    if (page.currentGlobalPosition <= after) fail("positions are out of order");
    after = page.currentGlobalPosition;
  }
  const ms = performance.now() - began;
  same(found, should, "everything");
  report({ events: found.count, ...rate(found.count, ms), checked: "number and sum of all events, positions in order" });
}

const scenarios = { append, contended, load, state, read_stream: readStream, read_all: readAll };

try {
  await (scenarios[asked.scenario] ?? (() => fail(`there is no scenario ${asked.scenario}`)))();
} catch (error) {
  console.error(error.message ?? error);
  process.exitCode = 1;
}
await store.close().catch(() => {});
await pool.end().catch(() => {});
