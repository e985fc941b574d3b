//! What a viewer types into a search field, and the index queries that are made of it.
//!
//! The full-text index speaks Lucene's query language
//! (<https://lucene.apache.org/core/9_11_0/queryparser/org/apache/lucene/queryparser/classic/package-summary.html>).
//! Nothing of the input reaches it but single words, in lower case and with every other character
//! escaped, so that no input is a syntax error or an operator.

use unicode_segmentation::UnicodeSegmentation;

use crate::error::{Error, Result};
use crate::id::TenantId;

/// The longest text that is searched for, in user-perceived characters.
const MAX_CHARACTERS: usize = 200;
/// The most words that are searched for; what follows them is ignored.
const MAX_WORDS: usize = 8;
/// From this length on, in characters, a word may differ in one letter.
const ONE_TYPO_FROM: usize = 4;
/// From this length on, in characters, a word may differ in two letters.
const TWO_TYPOS_FROM: usize = 8;

/// A text to search for.
pub(crate) struct SearchText {
    phrase: String,
    words: Vec<String>,
}

impl SearchText {
    /// Takes the words out of `text`.
    ///
    /// # Errors
    /// `BAD_USER_INPUT` when it is too long.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        if text.graphemes(true).count() > MAX_CHARACTERS {
            return Err(Error::BadUserInput(format!("a search has at most {MAX_CHARACTERS} characters")));
        }
        let phrase = text.trim().to_lowercase();
        let words = phrase.unicode_words().take(MAX_WORDS).map(str::to_owned).collect();
        Ok(Self { phrase, words })
    }

    /// Whether there is nothing to search for: no word at all.
    pub(super) fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// The whole text in lower case, to tell an exact title from others.
    pub(super) fn phrase(&self) -> &str {
        &self.phrase
    }

    /// The single words in lower case.
    pub(crate) fn words(&self) -> &[String] {
        &self.words
    }

    /// The query for titles alone: every word in it, and the tenant if there is one.
    pub(super) fn title_query(&self, tenant: Option<TenantId>) -> String {
        self.within(tenant, &["title"])
    }

    /// The query for titles and texts: every word somewhere, and the tenant if there is one.
    pub(super) fn content_query(&self, tenant: Option<TenantId>) -> String {
        self.within(tenant, &["title", "synopsis", "description"])
    }

    /// The query for what is said in captions: every word in the text.
    pub(super) fn caption_query(&self) -> String {
        self.query(&["text"])
    }

    fn within(&self, tenant: Option<TenantId>, fields: &[&str]) -> String {
        let words = self.query(fields);
        match tenant {
            Some(tenant) => format!("+tenantId:{tenant} {words}"),
            None => words,
        }
    }

    /// The query for names of people and tags.
    pub(super) fn name_query(&self) -> String {
        self.query(&["name"])
    }

    fn query(&self, fields: &[&str]) -> String {
        let clauses = self.words.iter().map(|word| {
            let term = escape(word);
            let typos = match word.chars().count() {
                TWO_TYPOS_FROM.. => "~2",
                ONE_TYPO_FROM.. => "~1",
                _ => "",
            };
            let in_fields = fields.iter().map(|field| format!("{field}:{term}{typos} {field}:{term}*"));
            format!("+({})", in_fields.collect::<Vec<_>>().join(" "))
        });
        clauses.collect::<Vec<_>>().join(" ")
    }
}

fn escape(word: &str) -> String {
    word.chars().flat_map(|c| (!c.is_alphanumeric()).then_some('\\').into_iter().chain([c])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name_query(text: &str) -> String {
        SearchText::parse(text).map(|text| text.name_query()).unwrap_or_default()
    }

    #[test]
    fn a_word_may_have_typos_by_its_length() {
        assert_eq!(name_query("Ada"), "+(name:ada name:ada*)");
        assert_eq!(name_query("Marta friendly"), "+(name:marta~1 name:marta*) +(name:friendly~2 name:friendly*)");
    }

    #[test]
    fn operators_are_words_or_nothing() {
        assert_eq!(name_query("AND"), "+(name:and name:and*)");
        assert_eq!(name_query("a:b* +(\"c\" ~ /d/) [e TO f] \\"), name_query("a:b c d e to f"));
        assert_eq!(name_query("can't"), "+(name:can\\'t~1 name:can\\'t*)");
        assert_eq!(name_query("+-&&||!(){}[]^\"~*?:\\/ 🎬"), "");
    }
}
