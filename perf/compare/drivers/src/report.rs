//! What a driver prints: one JSON object.

use std::time::Duration;

use hdrhistogram::Histogram;
use serde_json::{Map, Value, json};

/// No request takes longer than this, in nanoseconds: drivers are stopped before.
const LONGEST: u64 = 600_000_000_000;

/// Latencies in nanoseconds, three digits.
pub fn histogram() -> Histogram<u64> {
    Histogram::new_with_bounds(1, LONGEST, 3).expect("three digits are possible")
}

pub fn record(latencies: &mut Histogram<u64>, taken: Duration) {
    latencies.saturating_record(taken.as_nanos().max(1) as u64);
}

pub struct Report(Map<String, Value>);

impl Report {
    pub fn new(fields: Value) -> Report {
        match fields {
            Value::Object(map) => Report(map),
            _ => Report(Map::new()),
        }
    }

    pub fn set(&mut self, name: &str, value: impl Into<Value>) -> &mut Report {
        self.0.insert(name.into(), value.into());
        self
    }

    pub fn rate(&mut self, done: u64, taken: Duration) -> &mut Report {
        let seconds = taken.as_secs_f64();
        self.set("seconds", rounded(seconds, 6)).set("per_second", rounded(done as f64 / seconds, 2))
    }

    pub fn latencies(&mut self, latencies: &Histogram<u64>) -> &mut Report {
        let at = |quantile| rounded(latencies.value_at_quantile(quantile) as f64 / 1000.0, 2);
        let worst = rounded(latencies.max() as f64 / 1000.0, 2);
        self.set("p50_us", at(0.5)).set("p99_us", at(0.99)).set("p999_us", at(0.999));
        self.set("max_us", worst)
    }

    pub fn text(&mut self) -> String {
        self.set("client_cpu_seconds", rounded(cpu_seconds(), 3));
        self.set("own_bytes", memory("RssAnon:")).set("mapped_files_bytes", memory("RssFile:"));
        json!(self.0).to_string()
    }
}

pub fn rounded(value: f64, digits: i32) -> f64 {
    let scale = 10f64.powi(digits);
    (value * scale).round() / scale
}

/// Of this process, now, in bytes.
fn memory(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap_or_default() * 1024
}

/// Of this process, from the start: utime and stime, in ticks of 1/100 s.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks: u64 =
        after_name.split_whitespace().skip(11).take(2).filter_map(|word| word.parse::<u64>().ok()).sum();
    ticks as f64 / 100.0
}
