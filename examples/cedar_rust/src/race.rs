//! A race against other engines (`drt bench`): prepared requests asked many times, timed in here.

use std::hint::black_box;

use cedar_policy::Authorizer;
use cedar_rust_texts::outcome::Answer;
use serde_json::{Value, json};

use crate::case::{Loaded, Request};

impl Loaded {
    /// Read the requests beforehand, and give the answers that are compared before anything is timed.
    pub fn prepare(&mut self, requests: Vec<Request>) -> Answer {
        let answers: Value = requests.iter().map(|it| self.authorize(it)).collect::<Result<_, _>>()?;
        let read = |it: Request| self.request(&it).map(|request| (it, request));
        self.prepared = requests.into_iter().map(read).collect::<Result<_, Value>>()?;
        Ok(json!({ "answers": answers }))
    }

    /// CPU nanoseconds of asking everything so many times; `read` reads each request from its JSON first.
    pub fn turn(&self, repeats: u32, read: bool) -> Answer {
        let authorizer = Authorizer::new();
        let ask = |request: &_| authorizer.is_authorized(request, &self.policies, &self.entities);
        let started = cpu_nanoseconds();
        for _ in 0..repeats {
            for (text, request) in &self.prepared {
                black_box(if read { ask(&self.request(text)?) } else { ask(request) });
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
