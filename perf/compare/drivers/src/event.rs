//! The one event that all scenarios append, and what a stream of them adds up to.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// Bytes of an event's JSON text, exactly.
pub const EVENT_BYTES: usize = 230;

pub const EVENT_TYPE: &str = "Added";

/// A stream: `category` and `id` are kept apart because some stores lock, list or index by category.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Stream {
    pub category: String,
    pub id: String,
}

impl Stream {
    pub fn joined(&self, separator: char) -> String {
        format!("{}{}{}", self.category, separator, self.id)
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Event<'a> {
    pub number: u64,
    pub amount: u64,
    /// The sum of all amounts up to here. Whoever decided on an old state gets it wrong.
    pub total: u64,
    #[serde(borrow)]
    pub note: Cow<'a, str>,
}

/// Text that does not compress to nothing, the same at every run.
const NOTE: &str = "Qx7 lantern moss harbour 4f81 violet 93 tundra kelp 0c5 ember fjord 77a1 slate \
    quill e2 marrow 518 thistle b6d9 copper wren 31 gable 8ac hollow 2f4 birch 6e07 saffron drift 99b \
    anvil 1d3 plume 40fa cobalt reed 85c mantle 7b2 ochre 63d1";

/// The note that makes an event as long as all others; `around` counts bytes that a store needs in
/// the same JSON text, such as the stream's name.
pub fn note(number: u64, amount: u64, total: u64, around: usize) -> &'static str {
    let numbers = digits(number) + digits(amount) + digits(total);
    let members = r#"{"number":,"amount":,"total":,"note":""}"#.len();
    &NOTE[..EVENT_BYTES.saturating_sub(members + numbers + around).min(NOTE.len())]
}

fn digits(number: u64) -> usize {
    number.checked_ilog10().unwrap_or(0) as usize + 1
}

/// What a stream's events add up to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    pub count: u64,
    pub total: u64,
}

impl State {
    /// The event that adds `amount` to this state.
    pub fn decide(&self, amount: u64) -> Event<'static> {
        let (number, total) = (self.count + 1, self.total + amount);
        Event { number, amount, total, note: Cow::Borrowed(note(number, amount, total, 0)) }
    }

    pub fn apply(&mut self, amount: u64) {
        self.count += 1;
        self.total += amount;
    }
}

impl Event<'_> {
    /// JSON by hand: it must cost next to nothing beside the stores.
    pub fn write(&self, out: &mut Vec<u8>) {
        use std::io::Write;
        let Event { number, amount, total, note } = self;
        write!(out, r#"{{"number":{number},"amount":{amount},"total":{total},"note":"{note}"}}"#)
            .expect("a vector takes all");
    }

    pub fn json(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(EVENT_BYTES);
        self.write(&mut out);
        out
    }
}

/// Folds a stream and checks on the way that nothing is missing, doubled, or out of order.
#[derive(Debug, Default)]
pub struct Fold {
    pub state: State,
    /// The first event that does not follow from those before it.
    pub wrong: Option<String>,
}

impl Fold {
    pub fn from(state: State) -> Fold {
        Fold { state, wrong: None }
    }

    pub fn see(&mut self, number: u64, amount: u64, total: u64) {
        self.state.apply(amount);
        if self.wrong.is_none() && (number != self.state.count || total != self.state.total) {
            self.wrong = Some(format!(
                "event {number} says a total of {total}, the stream adds up to {:?}",
                self.state
            ));
        }
    }

    pub fn see_json(&mut self, json: &[u8]) {
        match serde_json::from_slice::<Event>(json) {
            Ok(event) => self.see(event.number, event.amount, event.total),
            Err(error) => self.wrong = Some(format!("not one of our events: {error}")),
        }
    }

    pub fn checked(self) -> crate::Result<State> {
        match self.wrong {
            Some(wrong) => Err(wrong.into()),
            None => Ok(self.state),
        }
    }
}

/// Small, fast, and the same everywhere (splitmix64).
#[derive(Clone)]
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    pub fn amount(&mut self) -> u64 {
        1 + self.below(100)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_as_long_as_they_should_be() {
        for state in [State::default(), State { count: 99_999, total: 4_999_999 }] {
            assert_eq!(state.decide(57).json().len(), EVENT_BYTES);
        }
    }

    #[test]
    fn a_fold_notices_what_is_missing() {
        let mut fold = Fold::default();
        fold.see(1, 5, 5);
        fold.see(3, 5, 15);
        assert!(fold.checked().is_err());
    }
}
