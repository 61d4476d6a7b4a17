//! Drives one event store through one scenario and says what came out, as one JSON object.
//!
//! Scheduling, events, the recording of latencies and the checks are here and the same for all;
//! a file in `stores/` says how one store is asked. Read `store.rs` first, then `stores/firn.rs`.

pub mod command_line;
pub mod event;
#[cfg(feature = "eventcore")]
pub mod eventcore_store;
pub mod fixture;
pub mod load;
pub mod measured;
pub mod report;
pub mod store;

use std::process::ExitCode;

pub type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// The main program of every driver. Ends with 1 if the store failed or its work was wrong.
pub fn drive<S: store::Store>(rival: &str) -> ExitCode {
    let outcome = command_line::Options::parse().and_then(|options| {
        tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()?
            .block_on(measured::run::<S>(rival, &options))
    });
    match outcome {
        Ok(report) => {
            println!("{report}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{rival}: {error}");
            ExitCode::FAILURE
        }
    }
}
