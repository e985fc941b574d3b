//! Budgets: how much a viewer, or an address without one, may ask for in a time.
//!
//! A budget is spent in points (see [`crate::operation::Prices`]) and refills steadily: the generic cell
//! rate algorithm of the crate `governor`, in the memory of this process.

use std::hash::{BuildHasher, RandomState};
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::time::Duration;

use chrono::{DateTime, Utc};
use governor::clock::{Clock, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{Quota, RateLimiter};

use crate::auth::Viewer;

/// How many budgets are kept apart. Beyond that number some are shared by chance, so that no number of
/// addresses fills the memory.
const MAX_BUDGETS: u64 = 1 << 18;
/// The part of an address of version 6 that one customer of a provider has, in bits
/// (<https://www.rfc-editor.org/rfc/rfc6177>).
const CUSTOMER_BITS_V6: u32 = 64;
/// The bits of that part.
const CUSTOMER_NETWORK_V6: u128 = u128::MAX << (u128::BITS - CUSTOMER_BITS_V6);

/// What is left of a budget.
#[derive(Debug, Clone, Copy)]
pub struct Balance {
    /// Points that can be spent at once.
    pub remaining: u32,
    /// When the budget is full again, in UTC.
    pub reset_at: DateTime<Utc>,
}

/// Why nothing was spent.
#[derive(Debug, Clone, Copy)]
pub enum Overspent {
    /// There will be enough after this time.
    Wait(Duration),
    /// There will never be enough: a whole budget is no more than this.
    Never(u32),
}

/// The budgets of all viewers and addresses.
pub struct Budgets {
    limiter: RateLimiter<u64, DefaultKeyedStateStore<u64>, DefaultClock, StateInformationMiddleware>,
    points: u32,
    points_per_second: u32,
    hasher: RandomState,
}

impl Budgets {
    /// Budgets of `points`, of which `points_per_second` come back in a second; none without points.
    #[must_use]
    pub fn new(points: u64, points_per_second: u64) -> Option<Self> {
        let number = |value: u64| NonZeroU32::new(u32::try_from(value).unwrap_or(u32::MAX));
        let (points, rate) = (number(points)?, number(points_per_second)?);
        Some(Self {
            limiter: RateLimiter::dashmap(Quota::per_second(rate).allow_burst(points)).with_middleware(),
            points: points.get(),
            points_per_second: rate.get(),
            hasher: RandomState::new(),
        })
    }

    /// The points of a whole budget.
    #[must_use]
    pub fn points(&self) -> u32 {
        self.points
    }

    /// Spends `points`, all or none.
    ///
    /// # Errors
    /// When the budget does not hold them.
    pub fn spend(&self, viewer: &Viewer, address: IpAddr, points: u32) -> Result<Balance, Overspent> {
        let points = NonZeroU32::new(points).unwrap_or(NonZeroU32::MIN);
        let now = Utc::now();
        match self.limiter.check_key_n(&self.slot(viewer, address), points) {
            Err(_) => Err(Overspent::Never(self.points)),
            Ok(Err(not_until)) => Err(Overspent::Wait(not_until.wait_time_from(DefaultClock::default().now()))),
            Ok(Ok(state)) => {
                let remaining = state.remaining_burst_capacity().min(self.points);
                let missing = f64::from(self.points - remaining) / f64::from(self.points_per_second);
                Ok(Balance { remaining, reset_at: now + Duration::from_secs_f64(missing) })
            }
        }
    }

    fn slot(&self, viewer: &Viewer, address: IpAddr) -> u64 {
        identity(&self.hasher, viewer, address) % MAX_BUDGETS
    }
}

/// A hash of whoever a limit is kept for: a viewer, wherever they are, or an address without one.
pub(crate) fn identity(hasher: &RandomState, viewer: &Viewer, address: IpAddr) -> u64 {
    match viewer {
        Viewer::User(user) => hasher.hash_one(user.id),
        Viewer::Anonymous => hasher.hash_one(network(address)),
    }
}

/// The part of an address that one customer has: all of one of version 4, and the network of one of version 6.
pub(crate) fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & CUSTOMER_NETWORK_V6)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::{SignedIn, SignedInBy};
    use crate::id::UserId;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap_or(IpAddr::from([0, 0, 0, 0]))
    }

    #[test]
    fn a_budget_is_spent_and_belongs_to_one() {
        let budgets = Budgets::new(10, 1);
        assert!(Budgets::new(0, 1).is_none());
        let Some(budgets) = budgets else { return assert!(budgets.is_some()) };
        let here = address("192.0.2.1");
        let balance = budgets.spend(&Viewer::Anonymous, here, 4);
        assert!(balance.is_ok_and(|balance| balance.remaining == 6));
        assert!(matches!(budgets.spend(&Viewer::Anonymous, here, 7), Err(Overspent::Wait(time)) if !time.is_zero()));
        assert!(budgets.spend(&Viewer::Anonymous, here, 6).is_ok_and(|balance| balance.remaining == 0));
        assert!(matches!(budgets.spend(&Viewer::Anonymous, here, 11), Err(Overspent::Never(10))));
        // Others have theirs: another address, and somebody who has signed in.
        assert!(budgets.spend(&Viewer::Anonymous, address("192.0.2.2"), 10).is_ok());
        let user = Viewer::User(SignedIn { id: UserId::generate(), by: SignedInBy::CommandLine, roles: vec![] });
        assert!(budgets.spend(&user, here, 10).is_ok());
        assert!(budgets.spend(&user, address("192.0.2.3"), 1).is_err());
    }

    #[test]
    fn a_customer_has_one_budget_for_all_addresses() {
        let Some(budgets) = Budgets::new(10, 1) else { return };
        assert!(budgets.spend(&Viewer::Anonymous, address("2001:db8:1:2::1"), 10).is_ok());
        assert!(budgets.spend(&Viewer::Anonymous, address("2001:db8:1:2:ffff::9"), 1).is_err());
        assert!(budgets.spend(&Viewer::Anonymous, address("2001:db8:1:3::1"), 10).is_ok());
    }
}
