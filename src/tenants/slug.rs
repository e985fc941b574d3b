use unicode_security::skeleton as confusable;

use crate::mutation::{UserError, UserErrorCode};
use crate::text::is_slug;

/// The fewest and the most characters of a slug: it can be a label of a host name.
const CHARACTERS: std::ops::RangeInclusive<usize> = 3..=63;

/// Names that would be taken for the platform's own, or that addresses of the platform begin with.
const RESERVED: [&str; 32] = [
    "about",
    "account",
    "accounts",
    "admin",
    "administrator",
    "api",
    "app",
    "assets",
    "auth",
    "billing",
    "blog",
    "docs",
    "embed",
    "graphql",
    "health",
    "help",
    "login",
    "mail",
    "media",
    "metrics",
    "new",
    "operator",
    "security",
    "seeka",
    "settings",
    "staff",
    "static",
    "status",
    "support",
    "system",
    "tenants",
    "www",
];

/// The name of a tenant in addresses.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Slug {
    pub(super) text: String,
    /// The same for all slugs that look alike, and unique.
    pub(super) skeleton: String,
}

impl Slug {
    /// Reads a slug that somebody wants: lower-case letters, digits, and single hyphens between them.
    ///
    /// # Errors
    /// When it has another form, or is reserved.
    pub(super) fn parse(field: &str, text: &str) -> Result<Self, UserError> {
        let wrong = |code, message: &str| Err(UserError::of(field, code, message));
        let text = text.trim();
        let count = text.chars().count();
        if count < *CHARACTERS.start() {
            return wrong(UserErrorCode::TooShort, "it must have at least 3 characters");
        }
        if count > *CHARACTERS.end() {
            return wrong(UserErrorCode::TooLong, "it may have at most 63 characters");
        }
        if !is_slug(text) {
            let message = "it takes lower-case letters (a to z), digits, and single hyphens between them";
            return wrong(UserErrorCode::Invalid, message);
        }
        let slug = Self { text: text.to_owned(), skeleton: skeleton(text) };
        if RESERVED.iter().any(|reserved| skeleton(reserved) == slug.skeleton) {
            return wrong(UserErrorCode::Taken, "this slug is reserved");
        }
        Ok(slug)
    }
}

/// What all slugs that look alike have in common (Unicode UTS #39, section 4): `1` and `l`, `0` and `o`, `rn` and `m`.
pub(crate) fn skeleton(slug: &str) -> String {
    confusable(slug).collect::<String>().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_that_look_alike_are_one() {
        let parse = |text| Slug::parse("slug", text);
        assert_eq!(parse(" kettle-and-crow ").map(|slug| slug.text).ok().as_deref(), Some("kettle-and-crow"));
        for (one, other) in [("kettle1", "kettlel"), ("cr0w", "crow"), ("modern", "rnodern")] {
            assert_eq!(skeleton(one), skeleton(other));
        }
        assert_ne!(skeleton("kettle"), skeleton("crow"));
        for (wrong, code) in [
            ("ab", UserErrorCode::TooShort),
            (&*"a".repeat(64), UserErrorCode::TooLong),
            ("Kettle", UserErrorCode::Invalid),
            ("-kettle", UserErrorCode::Invalid),
            ("kettle-", UserErrorCode::Invalid),
            ("xn--kettle", UserErrorCode::Invalid),
            ("kettle crow", UserErrorCode::Invalid),
            ("kettlé", UserErrorCode::Invalid),
            ("admin", UserErrorCode::Taken),
            ("adrnin", UserErrorCode::Taken),
            ("1ogin", UserErrorCode::Taken),
        ] {
            assert_eq!(parse(wrong).err().map(|error| error.code), Some(code), "{wrong}");
        }
    }
}
