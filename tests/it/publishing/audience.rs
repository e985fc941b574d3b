use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::creator::Shelf;
use crate::support::Client;

/// Between two looks: others want to look, too.
const PAUSE: Duration = Duration::from_millis(20);

/// Somebody who looks at five pages all the time.
pub(super) struct Audience {
    watching: JoinHandle<()>,
    /// What was seen, one after the other.
    seen: watch::Receiver<Vec<Vec<String>>>,
}

impl Audience {
    pub(super) fn of(viewer: Client, shelf: &Arc<Shelf>) -> Self {
        let (shows, seen) = watch::channel(Vec::new());
        let shelf = Arc::clone(shelf);
        let watching = tokio::spawn(async move {
            loop {
                let now = titles(&viewer, &shelf).await;
                shows.send_if_modified(|seen: &mut Vec<_>| {
                    let changed = seen.last() != Some(&now);
                    if changed {
                        seen.push(now);
                    }
                    changed
                });
                tokio::time::sleep(PAUSE).await;
            }
        });
        Self { watching, seen }
    }

    /// Waits until it has seen this.
    pub(super) async fn sees(&mut self, titles: &[String]) {
        let is_seen = self.seen.wait_for(|seen| seen.last().is_some_and(|last| last == titles));
        assert!(is_seen.await.is_ok(), "it looks no longer");
    }

    /// All that it saw; it looks no longer.
    pub(super) fn leaves(self) -> Vec<Vec<String>> {
        assert!(!self.watching.is_finished(), "it was looking all the time");
        self.watching.abort();
        self.seen.borrow().clone()
    }
}

/// The titles of five pages, by a query of three levels.
pub(super) async fn titles(viewer: &Client, shelf: &Shelf) -> Vec<String> {
    let query =
        "query($id: ID!) { franchise(id: $id) { title series { nodes { title episodes { nodes { title } } } } } }";
    let answer = viewer.send(query, json!({"id": shelf.franchise})).await;
    let franchise = &answer.data()["franchise"];
    let series = &franchise["series"]["nodes"][0];
    let episodes = series["episodes"]["nodes"].as_array().unwrap().iter();
    let titles = [&franchise["title"], &series["title"]].into_iter().chain(episodes.map(|episode| &episode["title"]));
    titles.map(|title| title.as_str().unwrap().to_owned()).collect()
}
