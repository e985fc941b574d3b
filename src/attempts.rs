//! Attempts: how often secrets may be tried and given out, by account and by network.
//!
//! Whoever takes a secret or gives one out says so first: `attempts(ctx).take(Act::Login, Some(&email))?`. Each limit
//! is a number of times that refills steadily, as a [budget](crate::budget) does: the generic cell rate algorithm of
//! the crate `governor`, in the memory of this process, so several servers allow several times as much. What is
//! refused is told before the secret is looked at: a right one does not get past a spent limit, and nobody learns
//! which it was, or whether there is such an account.
//!
//! **Guessing a password** meets three limits. One is of the network that asks, whosever passwords it tries. One is of
//! the account as that network tries it, so somebody who tries from elsewhere does not spend what its owner has. One is
//! of the account from everywhere, against many networks that guess together; a network from which the password was
//! right within [`KNOWN_FOR`] does not meet it, so that they cannot lock the owner out either. Sessions that have begun
//! go on in any case.
//!
//! **Mails** are counted by the mailbox they go to and by what they are for, wherever they are asked for: nobody's mailbox
//! is to be filled. Who spends somebody else's has a mail sent that serves its purpose all the same.
//!
//! **Tokens** of 256 bits are not guessed; their limits keep the graph from being busy with nonsense.

use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::Context;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use moka::sync::Cache;

use crate::budget::network;
use crate::config::{AttemptsConfig, Rate};
use crate::error::{Error, Result};
use crate::scope::Scope;

/// How many accounts or networks each limit keeps apart. Beyond that number some are shared by chance, so that no number
/// of them fills the memory.
const MAX_SLOTS: u64 = 1 << 16;
/// How many pairs of an account and a network are remembered from which its password was right.
const MAX_KNOWN: u64 = 1 << 16;
/// How long they are remembered.
pub const KNOWN_FOR: Duration = Duration::from_hours(30 * 24);

/// What is done with a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Makes an account. Its account is nobody's yet, so only the network counts.
    Register,
    /// Signs in with a password. The account is the normalised address, whether there is one or not.
    Login,
    /// Gives the password once more, to change it or to do what needs it. The account is the user's id.
    ConfirmPassword,
    /// Asks for a mail to set a new password. The account is the normalised address that it goes to, whether it is sent
    /// or not.
    RequestReset,
    /// Asks for a mail to verify an address. The account is the normalised address that it goes to, or the user's id.
    RequestVerification,
    /// Invites somebody by mail. The account is the normalised address that it goes to.
    InviteMember,
    /// Uses a refresh token. The account is what only its owner can name: the hash of the family.
    RefreshSession,
    /// Uses a token of a mail: of a new password, of an address, of an invitation. Without an account.
    UseMailedToken,
    /// Uses the code of another provider of accounts. Without an account.
    LoginWithProvider,
    /// Asks the name servers whether a domain belongs to a tenant. The account is the tenant's id.
    VerifyDomain,
    /// Has a secret made and shown, such as an access token. The account is the user's id.
    CreateSecret,
}

/// The limits of several acts together.
#[derive(Default)]
struct Limits {
    /// Of the network, whatever the account.
    network: Option<Limit>,
    /// Of the account as one network tries it.
    account_in_network: Option<Limit>,
    /// Of the account from everywhere.
    account: Option<Limit>,
}

/// A limit of everybody.
struct Limit {
    limiter: DefaultKeyedRateLimiter<u64>,
}

/// The attempts of all accounts and networks. Cheap to clone; all clones count together.
#[derive(Clone)]
pub struct Attempts(Arc<Counted>);

struct Counted {
    hasher: RandomState,
    passwords: Limits,
    registrations: Limits,
    mails: Limits,
    tokens: Limits,
    secrets: Limits,
    known: Cache<u64, ()>,
}

impl Attempts {
    /// The limits of `config`.
    #[must_use]
    pub fn new(config: &AttemptsConfig) -> Self {
        Self(Arc::new(Counted {
            hasher: RandomState::new(),
            passwords: Limits {
                network: Limit::new(config.passwords_per_address),
                account_in_network: Limit::new(config.passwords_per_account),
                account: Limit::new(config.passwords_per_account_anywhere),
            },
            registrations: Limits { network: Limit::new(config.registrations_per_address), ..Limits::default() },
            mails: Limits {
                network: Limit::new(config.mails_per_address),
                account: Limit::new(config.mails_per_account),
                ..Limits::default()
            },
            tokens: Limits {
                network: Limit::new(config.tokens_per_address),
                account: Limit::new(config.tokens_per_account),
                ..Limits::default()
            },
            secrets: Limits { account: Limit::new(config.secrets_per_account), ..Limits::default() },
            known: Cache::builder().max_capacity(MAX_KNOWN).time_to_live(KNOWN_FOR).build(),
        }))
    }

    /// Counts an attempt, before the secret is looked at. `account` is what [`Act`] says of it, if it is known whose it
    /// would be.
    ///
    /// # Errors
    /// `RATE_LIMITED` when there were too many.
    pub fn take(&self, act: Act, account: Option<&str>, address: IpAddr) -> Result<()> {
        let (limits, why) = self.of(act);
        // An attempt that one limit refuses does not count for those after it: from one network, nobody spends more of
        // an account than that network has.
        let purpose = match act {
            Act::RequestReset => "reset",
            Act::RequestVerification => "verification",
            Act::InviteMember => "invitation",
            Act::VerifyDomain => "domain",
            _ => "",
        };
        let account = account.map(|account| format!("{purpose}{account}"));
        let taken = limits.take(&self.0, account.as_deref(), network(address));
        taken.map_err(|wait| {
            tracing::debug!(?act, "too many attempts");
            Error::RateLimited(why, wait)
        })
    }

    /// Remembers that the secret of `account` was right, as it came from `address`.
    pub fn succeeded(&self, account: &str, address: IpAddr) {
        self.0.known.insert(self.0.pair(account, network(address)), ());
    }

    fn of(&self, act: Act) -> (&Limits, &'static str) {
        let Counted { passwords, registrations, mails, tokens, secrets, .. } = &*self.0;
        match act {
            Act::Register => (registrations, "too many accounts were made here"),
            Act::Login | Act::ConfirmPassword => (passwords, "too many passwords were tried"),
            Act::RequestReset | Act::RequestVerification | Act::InviteMember => {
                (mails, "too many mails were asked for")
            }
            Act::RefreshSession | Act::UseMailedToken | Act::LoginWithProvider => (tokens, "too many tokens were used"),
            Act::VerifyDomain => (tokens, "too many domains were looked up"),
            Act::CreateSecret => (secrets, "too many tokens were made"),
        }
    }
}

impl Counted {
    fn pair(&self, account: &str, network: IpAddr) -> u64 {
        self.hasher.hash_one((account, network))
    }
}

impl Limits {
    fn take(&self, counted: &Counted, account: Option<&str>, network: IpAddr) -> Result<(), Duration> {
        let spend = |limit: &Option<Limit>, hash: u64| limit.as_ref().map_or(Ok(()), |limit| limit.take(hash));
        spend(&self.network, counted.hasher.hash_one(network))?;
        let Some(account) = account else { return Ok(()) };
        let pair = counted.pair(account, network);
        spend(&self.account_in_network, pair)?;
        if self.account_in_network.is_some() && counted.known.contains_key(&pair) {
            return Ok(());
        }
        spend(&self.account, counted.hasher.hash_one(account))
    }
}

impl Limit {
    fn new(rate: Rate) -> Option<Self> {
        let times = NonZeroU32::new(rate.times)?;
        let quota = Quota::with_period(Duration::from_secs(rate.seconds.into()))?.allow_burst(times);
        Some(Self { limiter: RateLimiter::keyed(quota) })
    }

    fn take(&self, hash: u64) -> Result<(), Duration> {
        let taken = self.limiter.check_key(&(hash % MAX_SLOTS));
        taken.map_err(|until| until.wait_time_from(DefaultClock::default().now()))
    }
}

/// The attempts of one request.
pub(crate) struct AttemptsHere<'c> {
    attempts: &'c Attempts,
    address: IpAddr,
}

/// What counts the attempts of the request.
pub(crate) fn attempts<'c>(ctx: &Context<'c>) -> AttemptsHere<'c> {
    let address = ctx.data_unchecked::<Scope>().client().address;
    AttemptsHere { attempts: ctx.data_unchecked::<Attempts>(), address }
}

impl AttemptsHere<'_> {
    /// As [`Attempts::take`].
    ///
    /// # Errors
    /// `RATE_LIMITED` when there were too many.
    pub(crate) fn take(&self, act: Act, account: Option<&str>) -> Result<()> {
        self.attempts.take(act, account, self.address)
    }

    /// As [`Attempts::succeeded`].
    pub(crate) fn succeeded(&self, account: &str) {
        self.attempts.succeeded(account, self.address);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OFF: Rate = Rate { times: 0, seconds: 1 };

    fn attempts(change: impl FnOnce(&mut AttemptsConfig)) -> Attempts {
        let mut config = AttemptsConfig {
            passwords_per_account: OFF,
            passwords_per_account_anywhere: OFF,
            passwords_per_address: OFF,
            registrations_per_address: OFF,
            mails_per_account: OFF,
            mails_per_address: OFF,
            tokens_per_account: OFF,
            tokens_per_address: OFF,
            secrets_per_account: OFF,
        };
        change(&mut config);
        Attempts::new(&config)
    }

    fn times(times: u32) -> Rate {
        Rate { times, seconds: 1_000 }
    }

    /// How many of twenty attempts are let through.
    fn of_twenty(attempts: &Attempts, act: Act, account: Option<&str>, address: [u8; 4]) -> usize {
        (0..20).filter(|_| attempts.take(act, account, IpAddr::from(address)).is_ok()).count()
    }

    #[test]
    fn without_limits_everything_may_be_tried() {
        let attempts = attempts(|_| {});
        assert_eq!(of_twenty(&attempts, Act::Login, Some("ada"), [192, 0, 2, 1]), 20);
        assert_eq!(of_twenty(&attempts, Act::Register, None, [192, 0, 2, 1]), 20);
    }

    #[test]
    fn who_tries_from_elsewhere_does_not_lock_the_owner_out() {
        let attempts = attempts(|config| {
            config.passwords_per_account = times(3);
            config.passwords_per_account_anywhere = times(7);
        });
        let (home, elsewhere) = ([192, 0, 2, 1], [198, 51, 100, 1]);
        attempts.succeeded("ada", IpAddr::from(home));
        assert_eq!(of_twenty(&attempts, Act::Login, Some("ada"), elsewhere), 3);
        assert_eq!(of_twenty(&attempts, Act::Login, Some("ada"), [198, 51, 100, 2]), 3);
        // Many networks together have seven.
        assert_eq!(of_twenty(&attempts, Act::Login, Some("ada"), [198, 51, 100, 3]), 1);
        assert_eq!(of_twenty(&attempts, Act::Login, Some("ada"), [198, 51, 100, 4]), 0);
        assert_eq!(of_twenty(&attempts, Act::Login, Some("ada"), home), 3);
        assert_eq!(of_twenty(&attempts, Act::Login, Some("bob"), elsewhere), 3);
    }

    #[test]
    fn a_network_has_one_limit_for_all_accounts_and_addresses() {
        let attempts = attempts(|config| config.passwords_per_address = times(5));
        let from = |account: &str, address: &str| {
            let address = address.parse().unwrap_or(IpAddr::from([0, 0, 0, 0]));
            attempts.take(Act::Login, Some(account), address).is_ok()
        };
        let let_through = (1..=9).filter(|n| from(&format!("user{n}"), &format!("2001:db8:1:2::{n}"))).count();
        assert_eq!((let_through, from("ada", "2001:db8:1:3::1")), (5, true));
    }

    #[test]
    fn a_mailbox_has_one_limit_wherever_its_mails_are_asked_for() {
        let attempts = attempts(|config| config.mails_per_account = times(4));
        assert_eq!(of_twenty(&attempts, Act::RequestReset, Some("ada"), [192, 0, 2, 1]), 4);
        assert_eq!(of_twenty(&attempts, Act::RequestReset, Some("ada"), [192, 0, 2, 2]), 0);
        // What others can ask for does not use up what its owner needs.
        assert_eq!(of_twenty(&attempts, Act::InviteMember, Some("ada"), [192, 0, 2, 2]), 4);
        assert_eq!(of_twenty(&attempts, Act::RequestReset, Some("bob"), [192, 0, 2, 1]), 4);
    }
}
