//! What each kind of file may be.

use super::types::AssetKind;

const MIB: i64 = 1024 * 1024;

impl AssetKind {
    /// All kinds.
    pub(super) const ALL: [Self; 4] = [Self::Image, Self::Video, Self::Captions, Self::Data];

    /// The media types that are taken.
    pub(super) fn content_types(self) -> &'static [&'static str] {
        match self {
            Self::Image => &["image/png", "image/jpeg", "image/webp"],
            Self::Video => &["video/mp4"],
            Self::Captions => &["text/vtt"],
            Self::Data => &["text/csv", "application/json"],
        }
    }

    /// The largest file, in bytes. All but videos are read as a whole when they are checked.
    pub(super) fn max_bytes(self, max_video_bytes: i64) -> i64 {
        match self {
            Self::Image => 20 * MIB,
            Self::Video => max_video_bytes,
            Self::Captions => 2 * MIB,
            Self::Data => 50 * MIB,
        }
    }
}
