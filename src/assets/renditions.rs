//! Renditions of a video that were made elsewhere: its file stays where it is, and players choose among these.

use async_graphql::{Enum, SimpleObject};
use serde::Deserialize;

/// How a rendition is delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Enum)]
pub enum RenditionKind {
    /// HTTP Live Streaming: a playlist in M3U8.
    #[graphql(name = "HLS")]
    #[serde(rename = "HLS")]
    Hls,
    /// MPEG-DASH: a manifest in XML.
    #[graphql(name = "DASH")]
    #[serde(rename = "DASH")]
    Dash,
    /// A single file in MP4.
    #[graphql(name = "MP4")]
    #[serde(rename = "MP4")]
    Mp4,
}

/// A rendition of a video that was made elsewhere.
#[derive(Debug, Clone, SimpleObject)]
pub struct Rendition {
    /// How it is delivered.
    kind: RenditionKind,
    /// Where a player gets it.
    url: String,
    /// The height of its picture in pixels, if it was said. A playlist that adapts itself has none.
    height: Option<i32>,
    /// How many bits a second it has, if it was said.
    bitrate: Option<i32>,
}

/// The renditions of a node. It has a list for each of their properties, all equally long; zero is a number that was not
/// said.
pub(super) fn renditions(
    kinds: Option<&[RenditionKind]>,
    urls: Option<&[String]>,
    heights: Option<&[i32]>,
    bitrates: Option<&[i32]>,
) -> Vec<Rendition> {
    let number = |numbers: Option<&[i32]>, n: usize| numbers.and_then(|numbers| numbers.get(n)).copied();
    let each = kinds.unwrap_or_default().iter().zip(urls.unwrap_or_default()).enumerate();
    each.map(|(n, (kind, url))| Rendition {
        kind: *kind,
        url: url.clone(),
        height: number(heights, n).filter(|height| *height > 0),
        bitrate: number(bitrates, n).filter(|bitrate| *bitrate > 0),
    })
    .collect()
}
