//! The passwords that everybody has.
//!
//! The list is made of zxcvbn's frequency list of passwords (npm `zxcvbn` 4.4.2, MIT; see `common.txt.LICENSE`): those
//! of at least eight characters, in lower case, in the order of their bytes, each once. There are 11,611 of them.

use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;

/// The list, in order.
static COMMON: LazyLock<Vec<&'static str>> = LazyLock::new(|| include_str!("common.txt").lines().collect());

/// The shortest part of a name that makes a password easy to guess, in characters: shorter ones are in many words.
const NAME_CHARACTERS: usize = 4;

/// Whether a password is on the list, in any spelling of upper and lower case, as it is or with digits and signs
/// after it: `Password2024!` is `password` to those who guess.
pub(super) fn is_common(password: &str) -> bool {
    let folded = folded(password);
    let stem = folded.trim_end_matches(|character: char| !character.is_alphabetic());
    [folded.as_str(), stem].iter().any(|candidate| COMMON.binary_search(candidate).is_ok())
}

/// Whether a password holds one of these names, in any spelling of upper and lower case.
pub(super) fn holds(password: &str, names: &[&str]) -> bool {
    let password = folded(password);
    let long_enough = |name: &String| name.chars().count() >= NAME_CHARACTERS;
    names.iter().map(|name| folded(name)).filter(long_enough).any(|name| password.contains(&name))
}

fn folded(text: &str) -> String {
    text.nfc().collect::<String>().to_lowercase().nfc().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_can_be_searched() {
        assert!(COMMON.len() > 10_000);
        // A list that is out of order, or holds something twice, is searched in vain.
        assert!(COMMON.is_sorted_by(|one, next| one < next));
        for password in COMMON.iter() {
            assert!(password.chars().count() >= 8 && folded(password) == *password, "{password}");
            assert!(is_common(password), "{password}");
        }
    }

    #[test]
    fn what_everybody_has_is_found_in_every_spelling() {
        for common in ["password", "PassWord", "1234567890", "Password2024!", "iloveyou123", "QWERTYUIOP"] {
            assert!(is_common(common), "{common}");
        }
        for rare in ["a horse of a different colour", "5830461927", "passwordless", "2024!password", ""] {
            assert!(!is_common(rare), "{rare}");
        }
        assert!(holds("I am ADA_lovelace!", &["ada_lovelace"]));
        assert!(holds("caf\u{e9}s forever", &["cafe\u{301}s"]), "however the letters are composed");
        assert!(!holds("canada is large", &["ada", ""]), "a short name is in many words");
    }
}
