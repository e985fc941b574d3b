//! All functions, in one place.

use super::Function;
use crate::assets::{ASSET_CUES, ASSET_VARIANTS};
use crate::events::EventType;
use crate::support::TICKET_MAIL;
use crate::tenants::STANDING_MAIL;

/// All functions.
pub const FUNCTIONS: &[Function] = &[STANDING_MAIL, ASSET_VARIANTS, ASSET_CUES, TICKET_MAIL];

/// The function with this name.
#[must_use]
pub fn named(name: &str) -> Option<&'static Function> {
    FUNCTIONS.iter().find(|function| function.name == name)
}

/// The names of the functions that listen to a type of events.
pub fn listeners(kind: EventType) -> impl Iterator<Item = &'static str> {
    FUNCTIONS.iter().filter(move |function| function.listens_to.contains(&kind)).map(|function| function.name)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_function_has_a_name_of_its_own_and_something_to_listen_to() {
        let names: HashSet<_> = FUNCTIONS.iter().map(|function| function.name).collect();
        assert_eq!(names.len(), FUNCTIONS.len());
        for function in FUNCTIONS {
            let fits = |character: char| character.is_ascii_lowercase() || character == '-';
            assert!(function.name.chars().all(fits), "{} is not of lower-case words", function.name);
            assert!(!function.listens_to.is_empty(), "{} listens to nothing", function.name);
        }
    }

    #[test]
    fn what_nobody_listens_to_is_marked_for_nobody() {
        assert_eq!(listeners(EventType::SignedIn).count(), 0);
        assert!(listeners(EventType::TenantSuspended).any(|name| name == STANDING_MAIL.name));
    }
}
