//! Titles, names and sentences from a small grammar. All of it is invented.

use rand::RngExt;
use rand::seq::IndexedRandom;

use super::chance::Chance;

/// The tags of generated content. Neighbours in the list are kindred. Where the sample has a tag, this is
/// the same one.
pub(super) const TAGS: [&str; 24] = [
    "mystery",
    "cosy-mystery",
    "heist",
    "ghost-story",
    "gentle-horror",
    "folklore",
    "urban-fantasy",
    "science-fiction",
    "science",
    "documentary",
    "craft",
    "food",
    "music",
    "theatre",
    "mockumentary",
    "satire",
    "workplace-comedy",
    "friendship",
    "found-family",
    "coming-of-age",
    "romance",
    "family-drama",
    "small-town",
    "slice-of-life",
];

const ADJECTIVES: [&str; 32] = [
    "quiet",
    "second",
    "borrowed",
    "crooked",
    "late",
    "paper",
    "amber",
    "narrow",
    "unlikely",
    "stubborn",
    "hollow",
    "salted",
    "patient",
    "restless",
    "blue",
    "distant",
    "honest",
    "tangled",
    "winter",
    "gilded",
    "open",
    "small",
    "northern",
    "careful",
    "loose",
    "wandering",
    "silver",
    "early",
    "broken",
    "kind",
    "electric",
    "forgotten",
];
const NOUNS: [&str; 40] = [
    "lighthouse",
    "orchard",
    "ledger",
    "ferry",
    "kettle",
    "archive",
    "garden",
    "signal",
    "bakery",
    "station",
    "map",
    "choir",
    "harbour",
    "workshop",
    "river",
    "lantern",
    "museum",
    "rooftop",
    "market",
    "letter",
    "observatory",
    "island",
    "clock",
    "cinema",
    "bridge",
    "greenhouse",
    "tower",
    "caravan",
    "library",
    "canal",
    "festival",
    "meadow",
    "tunnel",
    "studio",
    "compass",
    "attic",
    "piano",
    "allotment",
    "tramway",
    "recipe",
];
const GROUPS: [&str; 12] = [
    "neighbours",
    "sisters",
    "night porters",
    "apprentices",
    "cousins",
    "understudies",
    "inventors",
    "gardeners",
    "clerks",
    "musicians",
    "archivists",
    "strangers",
];
const DEEDS: [&str; 12] = [
    "inherit",
    "lose",
    "rebuild",
    "hide",
    "rent",
    "map",
    "steal back",
    "restore",
    "bet everything on",
    "argue about",
    "fall in love with",
    "try to sell",
];
const TURNS: [&str; 10] = [
    "Nobody has told the owner.",
    "It goes well until Thursday.",
    "The town has opinions.",
    "Only one of them can swim.",
    "There is a clause in the contract.",
    "Somebody keeps leaving notes.",
    "The weather does not help.",
    "It was meant to take a week.",
    "They have never agreed on anything.",
    "The bank would like a word.",
];
const HOUSES: [&str; 8] =
    ["Pictures", "Films", "Collective", "Workshop", "Productions", "Stories", "Studio", "Company"];
const FIRST_NAMES: [&str; 32] = [
    "Ada", "Bilal", "Carmen", "Dafydd", "Elif", "Farah", "Goran", "Hana", "Imre", "Joana", "Kofi", "Linnea", "Mateo",
    "Nadia", "Oskar", "Priya", "Quentin", "Rosa", "Sami", "Tomasz", "Uma", "Viktor", "Wanjiru", "Xenia", "Yusuf",
    "Zofia", "Anouk", "Benedikt", "Chiara", "Dimitra", "Emeka", "Freya",
];
const LAST_NAMES: [&str; 32] = [
    "Lindqvist",
    "Okafor",
    "Moreau",
    "Castellanos",
    "Hughes",
    "Yilmaz",
    "Novak",
    "Tanaka",
    "Farkas",
    "Ribeiro",
    "Mensah",
    "Berg",
    "Aguirre",
    "Haddad",
    "Nieminen",
    "Raman",
    "Lefevre",
    "Marchetti",
    "Kowalska",
    "Adeyemi",
    "Petrov",
    "Kamau",
    "Demir",
    "Schneider",
    "Brennan",
    "Costa",
    "Ivanova",
    "Jansen",
    "Papadaki",
    "Quist",
    "Sandoval",
    "Thorne",
];
const REMARKS: [&str; 14] = [
    "That scene with the {noun} was {adjective} and perfect.",
    "I did not see the {noun} coming.",
    "Who else thinks that the {noun} knows more than it says?",
    "The music when the {noun} appears!",
    "Watched it twice, and the {noun} only makes sense the second time.",
    "A bit {adjective} in the middle, but the ending holds.",
    "Please let there be more of the {adjective} {noun}.",
    "My {noun} at home is nothing like that.",
    "The light in the {noun} scenes is so {adjective}.",
    "I paused at the {noun} and there is a note on the wall.",
    "Best episode so far.",
    "Not for me, this one: too {adjective}.",
    "Can somebody explain the {noun}?",
    "The {adjective} {noun} is going to matter, isn't it?",
];
const ANSWERS: [&str; 10] = [
    "Same here.",
    "I read it differently: the {noun} is only {adjective}.",
    "Look again at the {noun} in the first minutes.",
    "Thank you, that explains the {noun}.",
    "Yes! And the {adjective} {noun} before it.",
    "I don't think so.",
    "It is in the episode before, with the {noun}.",
    "Somebody had to say it.",
    "The director said that the {noun} was real.",
    "Now I want a {adjective} {noun}, too.",
];
const FLOURISHES: [&str; 6] = [" 😂", " ❤️", "!!", " 👏", "…", " 😭"];

fn pick<'w>(chance: &mut Chance, words: &'w [&str]) -> &'w str {
    words.choose(chance).copied().unwrap_or_default()
}

fn capital(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().collect::<String>() + characters.as_str())
}

/// The name of a tag: its slug as words.
pub(super) fn tag_name(slug: &str) -> String {
    capital(&slug.replace('-', " "))
}

/// A text as a part of an address; `number` makes it differ from all others.
pub(super) fn slug(text: &str, number: u32) -> String {
    let letters = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    let text: String = text.chars().map(letters).collect();
    let words: Vec<&str> = text.split('-').filter(|word| !word.is_empty()).collect();
    format!("{}-{}", words.join("-"), number + 1)
}

/// A title of a franchise, a series or an episode.
pub(super) fn title(chance: &mut Chance) -> String {
    let (adjective, noun, other) = (pick(chance, &ADJECTIVES), pick(chance, &NOUNS), pick(chance, &NOUNS));
    match chance.random_range(0..5) {
        0 => format!("The {} {}", capital(adjective), capital(noun)),
        1 => format!("{} {}", capital(adjective), capital(noun)),
        2 => format!("Letters from the {}", capital(noun)),
        3 => format!("The {} and the {}", capital(noun), capital(other)),
        _ => format!("A {} for Every {}", capital(noun), capital(other)),
    }
}

/// One or two sentences about a story.
pub(super) fn synopsis(chance: &mut Chance) -> String {
    let (group, deed) = (pick(chance, &GROUPS), pick(chance, &DEEDS));
    let (adjective, noun, turn) = (pick(chance, &ADJECTIVES), pick(chance, &NOUNS), pick(chance, &TURNS));
    format!("Two {group} {deed} the {adjective} {noun}. {turn}")
}

/// The name of a community with a catalogue.
pub(super) fn house(chance: &mut Chance) -> String {
    format!("{} {} {}", capital(pick(chance, &ADJECTIVES)), capital(pick(chance, &NOUNS)), pick(chance, &HOUSES))
}

/// The name of a person.
pub(super) fn person(chance: &mut Chance) -> String {
    format!("{} {}", pick(chance, &FIRST_NAMES), pick(chance, &LAST_NAMES))
}

/// The first name of a character.
pub(super) fn character(chance: &mut Chance) -> String {
    pick(chance, &FIRST_NAMES).to_owned()
}

/// The most characters of a handle.
const MOST_IN_A_HANDLE: usize = 30;

/// What a user is called in addresses: letters, digits and underscores. `number` and `suffix` make it unique.
pub(super) fn handle(chance: &mut Chance, number: u32, suffix: &str) -> String {
    let (adjective, noun) = (pick(chance, &ADJECTIVES), pick(chance, &NOUNS));
    let handle = format!("{adjective}_{noun}_{}_{suffix}", number + 1);
    if handle.len() <= MOST_IN_A_HANDLE { handle } else { format!("{noun}_{}_{suffix}", number + 1) }
}

/// What a comment says: one to three sentences.
pub(super) fn comment(chance: &mut Chance, answers: bool) -> String {
    let sentences = [1, 1, 1, 2, 2, 3].choose(chance).copied().unwrap_or(1);
    let mut text = String::new();
    for sentence in 0..sentences {
        let first = sentence == 0;
        let form = pick(chance, if answers && first { &ANSWERS } else { &REMARKS });
        let form = form.replace("{noun}", pick(chance, &NOUNS)).replace("{adjective}", pick(chance, &ADJECTIVES));
        text.push_str(if first { "" } else { " " });
        text.push_str(&form);
    }
    if chance.random_ratio(1, 6) {
        text.push_str(pick(chance, &FLOURISHES));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::chance::{Chances, Purpose};
    use super::*;

    #[test]
    fn slugs_and_handles_are_plain() {
        assert_eq!(slug("Letters from the \"Old\" Ferry", 6), "letters-from-the-old-ferry-7");
        assert_eq!(tag_name("cosy-mystery"), "Cosy mystery");
        let mut chance = Chances::new(1).of(Purpose::User, 0);
        let handle = handle(&mut chance, 999_999, "7f3k");
        assert!(handle.len() <= 40 && handle.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'), "{handle}");
    }

    #[test]
    fn a_comment_has_no_gaps() {
        let mut chance = Chances::new(1).of(Purpose::Comment, 0);
        for answers in [true, false] {
            for _ in 0..200 {
                let text = comment(&mut chance, answers);
                assert!(!text.is_empty() && !text.contains('{'), "{text}");
            }
        }
    }
}
