//! How many wait for the same thing at this moment.

use std::sync::atomic::{AtomicUsize, Ordering};

/// Counts one that waits, until it is dropped.
pub(crate) struct Waiting<'a> {
    count: &'a AtomicUsize,
    /// How many waited already.
    pub(crate) before: usize,
}

impl<'a> Waiting<'a> {
    /// One more that waits.
    pub(crate) fn new(count: &'a AtomicUsize) -> Self {
        Self { count, before: count.fetch_add(1, Ordering::Relaxed) }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.count.fetch_sub(1, Ordering::Relaxed);
    }
}
