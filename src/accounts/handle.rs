use unicode_normalization::UnicodeNormalization;
use unicode_security::{GeneralSecurityProfile, MixedScript, skeleton};

use crate::mutation::{UserError, UserErrorCode};

/// The fewest and the most characters of a handle.
const CHARACTERS: std::ops::RangeInclusive<usize> = 3..=30;

/// Names that would be taken for the platform's own.
const RESERVED: [&str; 12] = [
    "admin",
    "administrator",
    "api",
    "help",
    "moderator",
    "operator",
    "root",
    "seeka",
    "security",
    "staff",
    "support",
    "system",
];

/// The name of a user in addresses and mentions.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Handle {
    /// As it is kept and shown: NFKC, lower case.
    pub(crate) text: String,
    /// The same for all handles that look alike (Unicode UTS #39, section 4), and unique.
    pub(crate) skeleton: String,
}

impl Handle {
    /// Reads a handle that somebody wants: letters and digits of one script, and `_` between them.
    ///
    /// # Errors
    /// When it has another form.
    pub(crate) fn parse(field: &str, text: &str) -> Result<Self, UserError> {
        let handle = Self::folded(text);
        let wrong = |code, message: &str| Err(UserError::of(field, code, message));
        let count = handle.text.chars().count();
        if count < *CHARACTERS.start() {
            return wrong(UserErrorCode::TooShort, "it must have at least 3 characters");
        }
        if count > *CHARACTERS.end() {
            return wrong(UserErrorCode::TooLong, "it may have at most 30 characters");
        }
        let allowed = |character: char| {
            character == '_' || character.is_alphanumeric() && GeneralSecurityProfile::identifier_allowed(character)
        };
        let ends_well = !handle.text.starts_with('_') && !handle.text.ends_with('_');
        if !ends_well || !handle.text.chars().all(allowed) || !handle.text.as_str().is_single_script() {
            let message = "it takes letters and digits of one script, and _ between them";
            return wrong(UserErrorCode::Invalid, message);
        }
        if RESERVED.iter().any(|reserved| Self::folded(reserved).skeleton == handle.skeleton) {
            return wrong(UserErrorCode::Taken, "this handle is reserved");
        }
        Ok(handle)
    }

    /// A handle that somebody looks for, or that a program makes: in the spelling that is kept.
    pub(crate) fn folded(text: &str) -> Self {
        let text: String = text.trim().nfkc().collect::<String>().to_lowercase();
        let skeleton = skeleton(&text).collect::<String>().to_lowercase();
        Self { text, skeleton }
    }
}

#[cfg(test)]
mod tests {
    use super::Handle;
    use crate::mutation::UserErrorCode;

    #[test]
    fn handles_that_look_alike_are_one() {
        let parse = |text| Handle::parse("handle", text).ok();
        assert_eq!(parse("Ada_Lovelace").map(|handle| handle.text).as_deref(), Some("ada_lovelace"));
        let skeleton = |text| parse(text).map(|handle| handle.skeleton);
        // Cyrillic letters, and digits.
        assert_eq!(skeleton("paypal1"), skeleton("paypall"));
        assert_eq!(skeleton("ａda"), skeleton("ada"));
        assert!(skeleton("раураl").is_none(), "a mixture of scripts");
        assert_eq!(skeleton("рауор"), skeleton("payop"));
        assert_ne!(skeleton("ada"), skeleton("bob"));
        assert_eq!(parse("мария").map(|handle| handle.text).as_deref(), Some("мария"));
        for (wrong, code) in [
            ("ad", UserErrorCode::TooShort),
            (&*"a".repeat(31), UserErrorCode::TooLong),
            ("a da", UserErrorCode::Invalid),
            ("_ada", UserErrorCode::Invalid),
            ("ada!", UserErrorCode::Invalid),
            ("ada\u{200b}b", UserErrorCode::Invalid),
            ("💥💥💥", UserErrorCode::Invalid),
            ("Seeka", UserErrorCode::Taken),
            ("r00t", UserErrorCode::Taken),
        ] {
            let error = Handle::parse("handle", wrong).err().map(|error| error.code);
            assert_eq!(error, Some(code), "{wrong}");
        }
    }
}
