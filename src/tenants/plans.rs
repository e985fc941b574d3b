//! What a tenant may hold, by its plan: the one place where these numbers stand.

use std::collections::HashMap;

use async_graphql::Enum;
use async_graphql::resolver_utils::enum_value;
use neo4rs::BoltType;
use serde::{Deserialize, Serialize};

/// What a tenant has agreed on with the platform. More may be added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, Enum)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TenantPlan {
    /// For a first series: 5 members, 500 items, 5 GiB.
    #[default]
    Free,
    /// For those who make series for a living: 50 members, 10,000 items, 1 TiB.
    Studio,
    /// For many studios under one roof: 1,000 members, 200,000 items, 20 TiB.
    Network,
}

/// What a tenant may hold at the most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Members.
    pub members: i64,
    /// Franchises, series and episodes together.
    pub items: i64,
    /// Files, in bytes.
    pub storage_bytes: i64,
}

/// The highest limit of members that an operator may set, because lists of members are read as a whole.
pub(super) const MAX_MEMBERS: i64 = 10_000;

const GIB: i64 = 1024 * 1024 * 1024;

impl TenantPlan {
    /// All plans.
    pub const ALL: [Self; 3] = [Self::Free, Self::Studio, Self::Network];

    /// What the plan allows.
    #[must_use]
    pub fn limits(self) -> Limits {
        match self {
            Self::Free => Limits { members: 5, items: 500, storage_bytes: 5 * GIB },
            Self::Studio => Limits { members: 50, items: 10_000, storage_bytes: 1_024 * GIB },
            Self::Network => Limits { members: 1_000, items: 200_000, storage_bytes: 20 * 1_024 * GIB },
        }
    }

    /// The plan as it stands in the graph.
    #[must_use]
    pub fn name(self) -> String {
        enum_value(self).to_string()
    }

    /// The members that each plan allows, for statements that find the plan under a lock.
    pub(super) fn max_members() -> BoltType {
        Self::by_name(|plan| plan.limits().members)
    }

    /// A value for each plan, by its name.
    pub(crate) fn by_name<V: Into<BoltType>>(value: impl Fn(Self) -> V) -> BoltType {
        Self::ALL
            .into_iter()
            .map(|plan| (plan.name(), value(plan).into()))
            .collect::<HashMap<String, BoltType>>()
            .into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_plan_is_larger_than_the_one_before() {
        for pair in TenantPlan::ALL.windows(2) {
            let (small, large) = (pair[0].limits(), pair[1].limits());
            assert!(small.members < large.members && small.items < large.items);
            assert!(small.storage_bytes < large.storage_bytes && large.members <= MAX_MEMBERS);
        }
    }
}
