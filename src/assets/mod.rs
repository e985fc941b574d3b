//! Assets: the pictures, videos and captions of the catalogue. Their descriptions are nodes of the
//! graph, their bytes objects in S3, and viewers get addresses that are signed for a limited time.

mod types;

pub use types::{Asset, AssetKind, AssetRole};
