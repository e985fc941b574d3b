//! The handle and the name of somebody whom a provider brings.

use rand::RngExt;
use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;

use super::Known;
use crate::accounts::handle::Handle;
use crate::accounts::mutations::DISPLAY_NAME;
use crate::text;

/// The most characters of a handle that come from the provider; the digits behind them come on top.
const STEM_CHARACTERS: usize = 22;
/// The stem where nothing that the provider says can be a handle.
const FALLBACK_STEM: &str = "viewer";

/// A handle to try: first what the provider says, then the same with digits, which somebody else hardly has.
pub(super) fn handle(known: &Known, attempt: usize) -> Handle {
    let stem = stem(known);
    if let (0, Some(handle)) = (attempt, &stem) {
        return handle.clone();
    }
    let stem = stem.map_or_else(|| FALLBACK_STEM.to_owned(), |handle| handle.text);
    let digits = rand::rng().random_range(10_000..10_000_000_u32);
    Handle::parse("handle", &format!("{stem}_{digits}"))
        .unwrap_or_else(|_| Handle::folded(&format!("{FALLBACK_STEM}_{digits}")))
}

/// The start of the name for addresses, or of the email address, as a handle.
fn stem(known: &Known) -> Option<Handle> {
    let candidates = [known.preferred_username.as_deref(), known.email.as_deref(), known.name.as_deref()];
    candidates.into_iter().flatten().find_map(|candidate| {
        let start = candidate.split('@').next().unwrap_or_default();
        let folded = start.nfkc().collect::<String>().to_lowercase();
        let letters = folded.chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).take(STEM_CHARACTERS);
        let words: Vec<_> = letters.collect::<String>().split('_').map(str::to_owned).collect();
        let joined = words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join("_");
        Handle::parse("handle", &joined).ok()
    })
}

/// The name that is shown.
pub(super) fn display_name(known: &Known, handle: &Handle) -> String {
    let name = known.name.as_deref().unwrap_or_default();
    let short: String =
        name.graphemes(true).filter(|part| !part.contains(char::is_control)).take(*DISPLAY_NAME.end()).collect();
    text::line("displayName", &short, DISPLAY_NAME).unwrap_or_else(|_| handle.text.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(preferred_username: Option<&str>, email: &str, name: &str) -> Known {
        Known {
            provider: "example".to_owned(),
            subject: "1".to_owned(),
            email: Some(email.to_owned()),
            email_verified: true,
            name: Some(name.to_owned()),
            preferred_username: preferred_username.map(str::to_owned),
        }
    }

    #[test]
    fn a_handle_comes_from_what_the_provider_says_and_is_always_one() {
        let long = "a".repeat(80);
        for (preferred_username, email, first) in [
            (Some("Ada.Lovelace@example.org"), "x@example.org", "ada_lovelace"),
            (None, "ada+tv@example.org", "ada_tv"),
            (Some("seeka"), "grace@example.org", "grace"),
            (Some("💥"), "grace@example.org", "grace"),
            (Some(&*long), "x@example.org", &long[..STEM_CHARACTERS]),
        ] {
            let known = known(preferred_username, email, "");
            assert_eq!(handle(&known, 0).text, first);
            for attempt in 0..5 {
                assert!(Handle::parse("handle", &handle(&known, attempt).text).is_ok());
            }
            assert_ne!(handle(&known, 1).text, handle(&known, 2).text);
        }
        let nameless = known(None, "a@example.org", "");
        assert!(handle(&nameless, 0).text.starts_with(FALLBACK_STEM));
        assert!(Handle::parse("handle", &handle(&nameless, 0).text).is_ok());
    }

    #[test]
    fn a_name_is_shown_as_far_as_it_fits() {
        let shown = |name: &str| display_name(&known(None, "ada@example.org", name), &Handle::folded("ada"));
        assert_eq!(shown("Ada Lovelace"), "Ada Lovelace");
        assert_eq!(shown("\u{7}"), "ada");
        assert_eq!(shown(&"é".repeat(80)), "é".repeat(50));
    }
}
