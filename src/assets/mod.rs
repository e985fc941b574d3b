//! Assets: the pictures, videos and captions of the catalogue. Their descriptions are nodes of the
//! graph, their bytes objects in S3, and viewers get addresses that are signed for a limited time.
//!
//! An upload goes past this server, straight into the bucket, and is looked at before it is shown: a node is `PENDING`
//! while bytes arrive, `CHECKING` while a server reads them, and then `READY` or `REFUSED`. What is written into the graph
//! is always true of the bucket: an object is there before its node is `READY`, and a node is `REMOVING` before its
//! objects go. Whoever works on a node holds it until `dueAt`; when that is over, the [sweeper](start_sweeper) of any server goes on.

mod check;
mod completion;
mod data;
mod derived;
mod functions;
mod kinds;
mod library;
mod mutations;
mod queries;
mod renditions;
mod service;
mod store;
mod sweeper;
mod types;

pub use functions::{ASSET_CUES, ASSET_VARIANTS};
pub use mutations::AssetsMutations;
pub use queries::AssetsQueries;
pub use renditions::{Rendition, RenditionKind};
pub use service::Assets;
pub use sweeper::start_sweeper;
pub use types::{Asset, AssetKind, AssetRole, AssetVariant};

pub(crate) use data::data_file;
pub(crate) use library::TenantAsset;
pub(crate) use queries::{AssetFilter, of_tenant};
