//! A race against other engines (`drt bench`): prepared requests asked many times, timed in here.

use std::hint::black_box;

use cedar_policy::{Authorizer, Response};
use serde_json::{Value, json};

use crate::case::{Loaded, Request};
use crate::outcome::Answer;

/// Requests of a loaded case, as texts and as values of the crate.
pub struct Race {
    asked: Vec<(Request, cedar_policy::Request)>,
}

impl Race {
    /// Read the requests, and give the answers that are compared before anything is timed.
    pub fn prepare(loaded: &Loaded, requests: Vec<Request>) -> Result<(Self, Value), Value> {
        let answers = requests.iter().map(|it| loaded.authorize(it)).collect::<Result<Vec<_>, _>>()?;
        let read = |it: Request| loaded.request(&it).map(|request| (it, request));
        let asked = requests.into_iter().map(read).collect::<Result<_, Value>>()?;
        Ok((Self { asked }, json!({ "answers": answers })))
    }

    /// CPU nanoseconds of asking everything so many times; `read` reads each request from its JSON first.
    pub fn turn(&self, loaded: &Loaded, repeats: u32, read: bool) -> Answer {
        let authorizer = Authorizer::new();
        let ask = |request: &cedar_policy::Request| -> Response {
            authorizer.is_authorized(request, &loaded.policies, &loaded.entities)
        };
        let started = cpu_nanoseconds();
        for _ in 0..repeats {
            for (text, request) in &self.asked {
                black_box(if read { ask(&loaded.request(text)?) } else { ask(request) });
            }
        }
        Ok(json!({ "nanoseconds": cpu_nanoseconds() - started }))
    }
}

fn cpu_nanoseconds() -> i64 {
    let mut spent = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the call writes the record that it is given and keeps no reference.
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut spent) };
    spent.tv_sec * 1_000_000_000 + spent.tv_nsec
}
