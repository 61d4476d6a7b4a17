//! What a driver is asked to do: `--name value` pairs, the same for every driver.

use crate::Result;

#[derive(Clone, Debug)]
pub struct Options {
    pub scenario: String,
    /// Where the server is, as its own client wants it said; empty for a library.
    pub url: String,
    /// Where a library keeps its data.
    pub directory: String,
    pub clients: usize,
    /// Events a request.
    pub batch: usize,
    pub seconds: f64,
    pub seed: u64,
    /// Events of the stream that is read.
    pub length: u64,
    /// How often a state is asked for at most.
    pub samples: usize,
    /// Lengths of the streams of a fixture.
    pub lengths: Vec<u64>,
    /// Events of a fixture in further streams of a thousand.
    pub filler: u64,
    pub snapshots: bool,
    /// Events that each stream keeps when a fixture is thinned out.
    pub keep: u64,
}

impl Options {
    pub fn parse() -> Result<Options> {
        let mut options = Options {
            scenario: String::new(),
            url: String::new(),
            directory: String::new(),
            clients: 1,
            batch: 1,
            seconds: 1.0,
            seed: 20_261_126,
            length: 0,
            samples: 1,
            lengths: Vec::new(),
            filler: 0,
            snapshots: false,
            keep: 100,
        };
        let mut words = std::env::args().skip(1);
        while let Some(name) = words.next() {
            let value = words.next().ok_or(format!("{name} needs a value"))?;
            match name.as_str() {
                "--scenario" => options.scenario = value,
                "--url" => options.url = value,
                "--directory" => options.directory = value,
                "--clients" => options.clients = value.parse()?,
                "--batch" => options.batch = value.parse()?,
                "--seconds" => options.seconds = value.parse()?,
                "--seed" => options.seed = value.parse()?,
                "--length" => options.length = value.parse()?,
                "--samples" => options.samples = value.parse()?,
                "--lengths" => {
                    options.lengths = value
                        .split(',')
                        .filter(|word| !word.is_empty())
                        .map(str::parse)
                        .collect::<std::result::Result<_, _>>()?
                }
                "--filler" => options.filler = value.parse()?,
                "--snapshots" => options.snapshots = value == "on",
                "--keep" => options.keep = value.parse()?,
                _ => return Err(format!("there is no option {name}").into()),
            }
        }
        Ok(options)
    }
}
