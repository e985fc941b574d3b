use std::io::Read;

use chrono::NaiveDate;
use rand::rngs::ChaCha8Rng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};

use super::*;
use crate::catalog::CreditRole;
use crate::publishing::bounds::{MAX_LONG_DESCRIPTION, MAX_SHORT_DESCRIPTION};
use crate::publishing::{PageKind, PageLink};

const HEADER: &str = "type,slug,parent,title,shortDescription,longDescription,language,releaseDate,season,number,durationMs,tags,credits,links\n";

/// What is told: line, column and code.
type Told = Vec<(u64, Option<String>, ImportErrorCode)>;

fn told(read: Catalogue) -> Told {
    let errors = read.problems.sorted().errors;
    errors.into_iter().map(|error| (error.line, error.column, error.code)).collect()
}

fn of_csv(rows: &str) -> Told {
    told(read_csv(format!("{HEADER}{rows}").as_bytes()))
}

fn of_json(text: &str) -> Told {
    told(read_json(text.as_bytes()))
}

fn at(line: u64, column: &str, code: ImportErrorCode) -> (u64, Option<String>, ImportErrorCode) {
    (line, Some(column).filter(|column| !column.is_empty()).map(str::to_owned), code)
}

const CSV: &str = "\
type,slug,parent,title,language,releaseDate,season,number,durationMs,tags,credits,links,shortDescription
EPISODE,pilot,the-shed,\"The \"\"Pilot\"\"\",en,2026-11-24,1,1,600000,gardening|slow,ada:DIRECTOR|bob:actor:Captain: the one\\|only,Trailer:https://example.org/a?b=c,\"Two
lines\"

FRANCHISE,shed,,Shed,,,,,,,,,
series,the-shed,shed,The Shed,pt-br,,,,,,,,
";
const JSON: &str = r#"[
  {"type": "EPISODE", "slug": "pilot", "parent": "the-shed", "title": "The \"Pilot\"", "language": "en",
   "releaseDate": "2026-11-24", "season": 1, "number": 1, "durationMs": 600000, "tags": ["gardening", "slow"],
   "credits": [{"person": "ada", "role": "DIRECTOR"}, {"person": "bob", "role": "actor", "character": "Captain: the one|only"}],
   "links": [{"label": "Trailer", "url": "https://example.org/a?b=c"}], "shortDescription": "Two\nlines"},
  {"type": "FRANCHISE", "slug": "shed", "title": "Shed", "parent": null},
  {"type": "series", "slug": "the-shed", "parent": "shed", "title": "The Shed", "language": "pt-br"}
]"#;

#[test]
fn both_formats_say_the_same() {
    let strip = |pages: Vec<Page>| pages.into_iter().map(|page| Page { line: 0, ..page }).collect::<Vec<_>>();
    let csv = read_csv(CSV.as_bytes()).pages;
    assert_eq!(csv.iter().map(|page| page.line).collect::<Vec<_>>(), [2, 5, 6]);
    let pilot = &csv[0];
    assert_eq!((pilot.kind, &*pilot.title), (PageKind::Episode, "The \"Pilot\""));
    assert_eq!(pilot.short_description.as_deref(), Some("Two\nlines"));
    assert_eq!((pilot.season, pilot.number, pilot.duration_ms), (Some(1), Some(1), Some(600_000)));
    assert_eq!(pilot.tags, ["gardening", "slow"]);
    assert_eq!(pilot.credits[1].character.as_deref(), Some("Captain: the one|only"));
    assert_eq!(pilot.credits[1].role, CreditRole::Actor);
    assert_eq!(pilot.links[0].url, "https://example.org/a?b=c");
    assert_eq!(csv[2].language.as_deref(), Some("pt-BR"));
    let json = read_json(JSON.as_bytes()).pages;
    assert_eq!(json.iter().map(|page| page.line).collect::<Vec<_>>(), [2, 6, 7]);
    assert_eq!(strip(csv), strip(json));
    let windows = read_csv(&*CSV.replace('\n', "\r\n").into_bytes()).pages;
    assert_eq!(windows.iter().map(|page| page.line).collect::<Vec<_>>(), [2, 5, 6]);
    assert_eq!(read_json("\u{feff}[]".as_bytes()), Catalogue::default());
    let marked = format!("\u{feff}{CSV}");
    let marked = read_csv(marked.as_bytes());
    assert_eq!((marked.pages.len(), marked.problems), (3, Problems::default()));
}

#[test]
fn everything_that_is_wrong_with_a_row_is_told_with_its_line_and_column() {
    use ImportErrorCode as Code;
    let rows = "FRANCHISE,f,,F,,,,,,,,,,\n\
        PODCAST,p,,P,,,,,,,,,,\n\
        SERIES,S!,,T,,,klingon!,24.11.2026,1,,,a|a|b!,ada|ada:BOSS|:ACTOR,home|x:ftp://x\n\
        EPISODE,e,,,,,,2026-02-30,one,,-5,,,\n\
        EPISODE,,nobody,E,,,,,1,0,99999999999,,,\n\
        FRANCHISE,f,f,F,,,,,,,,,ada:ACTOR,\n";
    let expected = [
        at(3, "type", Code::Invalid),
        at(4, "slug", Code::Invalid),
        at(4, "parent", Code::Missing),
        at(4, "language", Code::Invalid),
        at(4, "releaseDate", Code::Invalid),
        at(4, "season", Code::NotAllowed),
        at(4, "tags", Code::Duplicate),
        at(4, "tags", Code::Invalid),
        at(4, "credits", Code::Invalid),
        at(4, "credits", Code::Invalid),
        at(4, "credits", Code::Invalid),
        at(4, "links", Code::Invalid),
        at(4, "links", Code::Invalid),
        at(5, "parent", Code::Missing),
        at(5, "title", Code::Missing),
        at(5, "releaseDate", Code::Invalid),
        at(5, "season", Code::WrongType),
        at(5, "number", Code::Missing),
        at(5, "durationMs", Code::WrongType),
        at(6, "slug", Code::Missing),
        at(6, "number", Code::Invalid),
        at(6, "durationMs", Code::Invalid),
        at(7, "parent", Code::NotAllowed),
        at(7, "slug", Code::DuplicateSlug),
    ];
    assert_eq!(of_csv(rows), expected);
}

#[test]
fn rows_are_checked_together() {
    use ImportErrorCode as Code;
    let rows = "EPISODE,e1,s,E,,,,,1,1,,,,\n\
        EPISODE,e2,s,E,,,,,1,1,,,,\n\
        EPISODE,e3,t,E,,,,,1,1,,,,\n\
        SERIES,s,f,S,,,,,,,,,,\n\
        SERIES,f,f,The slug of the franchise is another,,,,,,,,,,\n\
        FRANCHISE,f,,F,,,,,,,,,,\n";
    assert_eq!(of_csv(rows), [at(3, "number", Code::DuplicateNumber)]);
}

#[test]
fn texts_are_counted_in_the_characters_that_people_see() {
    use ImportErrorCode as Code;
    // Of each kind: one that is many letters long, and one that fits into a cell often enough.
    let (family, accented) = ("👩‍👩‍👧‍👦", "e\u{301}");
    let row = |letter: &str, short: usize, long: usize| {
        of_csv(&format!("FRANCHISE,f,,F,{},{},,,,,,,,\n", letter.repeat(short), letter.repeat(long)))
    };
    assert_eq!(row(family, 600, 600), []);
    let (short, long) = (MAX_SHORT_DESCRIPTION, MAX_LONG_DESCRIPTION);
    assert_eq!(row(accented, short, long), []);
    let too_long = [at(2, "shortDescription", Code::TooLong), at(2, "longDescription", Code::TooLong)];
    assert_eq!(row(accented, short + 1, long + 1), too_long);
}

#[test]
fn a_file_that_is_none_is_refused_where_it_stops_being_one() {
    use ImportErrorCode as Code;
    let csv = |text: &str| told(read_csv(text.as_bytes()));
    assert_eq!(csv(""), [at(1, "", Code::MissingColumn)]);
    assert_eq!(csv("type,slug,name\n"), [at(1, "name", Code::UnknownColumn), at(1, "title", Code::MissingColumn)]);
    assert_eq!(csv("type,slug,title,Slug\n"), [at(1, "Slug", Code::DuplicateColumn)]);
    let found = csv("type,slug,title,colour\nFRANCHISE,f,F,red\nFRANCHISE,F,F,\nFRANCHISE,g,G,,more\n");
    let expected = [at(1, "colour", Code::UnknownColumn), at(3, "slug", Code::Invalid), at(4, "", Code::Malformed)];
    assert_eq!(found, expected);
    let bytes = [b"type,slug,title\nFRANCHISE,f,".as_slice(), &[0xFF, b'\n']].concat();
    assert_eq!(told(read_csv(&*bytes))[0], at(2, "title", Code::NotText));

    assert_eq!(of_json(""), [at(1, "", Code::Malformed)]);
    for (text, line) in [
        ("{}", 1),
        ("\n[1]", 2),
        ("[{}", 1),
        ("[\n{]\n}", 2),
        ("[{} {}]", 1),
        ("[{},]", 1),
        ("[]\n[]", 2),
        ("[\n{\n\"a\": }\n]", 3),
    ] {
        assert!(of_json(text).contains(&at(line, "", Code::Malformed)), "{text}: {:?}", of_json(text));
    }
    let wrong = r#"[{"type": 1, "slug": "f", "title": ["F"], "colour": "red", "season": "1", "tags": "a", "credits": ["x"],
        "links": [{"label": "a", "url": "https://example.org", "rel": "me"}]}]"#;
    let found = of_json(wrong);
    for (column, code) in [
        ("type", Code::WrongType),
        ("title", Code::WrongType),
        ("colour", Code::UnknownColumn),
        ("season", Code::WrongType),
        ("tags", Code::WrongType),
        ("credits", Code::WrongType),
        ("links", Code::UnknownColumn),
    ] {
        assert!(found.contains(&at(1, column, code)), "{column}: {found:?}");
    }
}

#[test]
fn files_rows_cells_and_errors_are_bounded() {
    use ImportErrorCode as Code;
    let row = |n: usize| format!("FRANCHISE,f{n},,F,,,,,,,,,,\n");
    let rows = |count: usize| (0..count).map(row).collect::<String>();
    assert_eq!(of_csv(&rows(MAX_ROWS)), []);
    assert_eq!(of_csv(&rows(MAX_ROWS + 1)), [at(MAX_ROWS as u64 + 2, "", Code::TooManyRows)]);
    let object = |n: usize| format!("{{\"type\": \"FRANCHISE\", \"slug\": \"f{n}\", \"title\": \"F\"}}");
    let objects = |count: usize| format!("[{}]", (0..count).map(object).collect::<Vec<_>>().join("\n,"));
    assert_eq!(of_json(&objects(MAX_ROWS)), []);
    assert_eq!(of_json(&objects(MAX_ROWS + 1)), [at(MAX_ROWS as u64 + 1, "", Code::TooManyRows)]);

    let cell = format!("FRANCHISE,f,,{},,,,,,,,,,\n", "x".repeat(MAX_CELL_BYTES + 1));
    assert!(of_csv(&cell).contains(&at(2, "title", Code::TooLarge)));
    assert_eq!(of_csv(&format!("FRANCHISE,f,,\"{}\"", "x".repeat(MAX_ROW_BYTES))), [at(2, "", Code::TooLarge)]);
    let text = format!(r#"[{{"title": "{}"}}]"#, "x".repeat(MAX_CELL_BYTES + 1));
    assert!(of_json(&text).contains(&at(1, "title", Code::TooLarge)));
    assert_eq!(of_json(&format!("[{{{}", " ".repeat(MAX_ROW_BYTES))), [at(1, "", Code::TooLarge)]);
    let nested = format!("[{{\"tags\": {}{}}}]", "[".repeat(1_000), "]".repeat(1_000));
    assert_eq!(of_json(&nested), [at(1, "", Code::Malformed)]);
    // An endless file is read to its limit and not further.
    let endless = HEADER.as_bytes().chain(std::io::repeat(b'\n'));
    assert_eq!(told(read_csv(endless)).last().map(|it| it.2), Some(Code::TooLarge));
    let endless = b"[".as_slice().chain(std::io::repeat(b'\n'));
    assert_eq!(told(read_json(endless)).last().map(|it| it.2), Some(Code::TooLarge));

    let wrong = "FRANCHISE,,,F,,,,,,,,,,\n".repeat(MAX_ERRORS + 5);
    let problems = read_csv(format!("{HEADER}{wrong}").as_bytes()).problems;
    assert_eq!((problems.errors.len(), problems.more), (MAX_ERRORS, 5));
}

#[test]
fn spreadsheets_run_nothing_of_what_is_written() {
    for text in ["=1+1", "+1", "-1", "@SUM(A1)", "'=1", "''=1", "\t=1", "\r=1"] {
        let guarded = cells::guarded(text);
        assert!(guarded.starts_with('\''), "{guarded:?}");
        assert_eq!(cells::unguarded(&guarded), text);
    }
    for text in ["", "a", "'", "'tis", "''tis", "1", "a=1", "'a=1"] {
        assert_eq!((cells::guarded(text).as_str(), cells::unguarded(text)), (text, text));
    }
    let page = Page { title: "=HYPERLINK(\"http://example.org\")".to_owned(), ..franchise() };
    let written = csv_of(std::slice::from_ref(&page));
    assert!(written.contains(",\"'=HYPERLINK(\"\"http://example.org\"\")\","), "{written}");
    assert_eq!(read_csv(written.as_bytes()).pages, [Page { line: 2, ..page }]);
}

fn franchise() -> Page {
    Page {
        line: 2,
        kind: PageKind::Franchise,
        slug: "f".to_owned(),
        parent: None,
        title: "F".to_owned(),
        short_description: None,
        long_description: None,
        language: None,
        release_date: None,
        season: None,
        number: None,
        duration_ms: None,
        tags: Vec::new(),
        credits: Vec::new(),
        links: Vec::new(),
    }
}

fn csv_of(pages: &[Page]) -> String {
    let mut file = Vec::new();
    assert!(write_csv(pages, &mut file).is_ok());
    String::from_utf8(file).unwrap_or_default()
}

/// A text that a check leaves as it is, of characters that mean something somewhere.
fn odd_text(rng: &mut ChaCha8Rng, most: usize) -> String {
    const PARTS: [&str; 25] = [
        "=",
        "+",
        "-",
        "@",
        "'",
        "\"",
        ",",
        ";",
        "|",
        ":",
        "\\",
        "\\|",
        "a",
        "B",
        "é",
        "👩‍👩‍👧‍👦",
        " ",
        "{",
        "}",
        "[",
        "]",
        "\u{202e}",
        "null",
        "0",
        "%",
    ];
    let count = rng.random_range(1..=most);
    let text: String = (0..count).map(|_| *PARTS.choose(rng).unwrap_or(&"a")).collect();
    let text = text.trim();
    if text.is_empty() { "x".to_owned() } else { text.to_owned() }
}

fn odd_page(rng: &mut ChaCha8Rng, n: usize, kind: PageKind, parent: Option<String>) -> Page {
    let maybe = |rng: &mut ChaCha8Rng| rng.random_bool(0.6);
    let is_episode = kind == PageKind::Episode;
    let roles = [CreditRole::Creator, CreditRole::Actor, CreditRole::Cinematographer];
    let count = if kind == PageKind::Franchise { 0 } else { rng.random_range(0..4) };
    Page {
        kind,
        slug: format!("page-{n}"),
        parent,
        title: odd_text(rng, 20),
        short_description: maybe(rng).then(|| format!("{}\n{}", odd_text(rng, 20), odd_text(rng, 20))),
        long_description: maybe(rng).then(|| odd_text(rng, 60)),
        language: maybe(rng).then(|| "pt-BR".to_owned()),
        release_date: maybe(rng).then(|| NaiveDate::from_ymd_opt(2026, 2, rng.random_range(1..=28))).flatten(),
        season: is_episode.then(|| rng.random_range(1..9)),
        number: is_episode.then(|| i32::try_from(n).unwrap_or(1) + 1),
        duration_ms: (is_episode && maybe(rng)).then(|| rng.random_range(1..10_000_000)),
        tags: (0..rng.random_range(0..4)).map(|n| format!("tag-{n}")).collect(),
        credits: (0..count)
            .map(|n| PageCredit {
                person: format!("person-{n}"),
                role: *roles.choose(rng).unwrap_or(&CreditRole::Actor),
                character: maybe(rng).then(|| odd_text(rng, 10)),
            })
            .collect(),
        links: (0..rng.random_range(0..3))
            .map(|n| PageLink { label: odd_text(rng, 10), url: format!("https://example.org/{n}?a=b:c|d\\e") })
            .collect(),
        ..franchise()
    }
}

#[test]
fn what_is_written_reads_back_the_same() {
    for seed in 0..300 {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut pages: Vec<Page> = Vec::new();
        for n in 0..rng.random_range(1..20) {
            let kind = *[PageKind::Franchise, PageKind::Series, PageKind::Episode]
                .choose(&mut rng)
                .unwrap_or(&PageKind::Franchise);
            let parents: Vec<_> = pages.iter().filter(|page| Some(page.kind) == kind.parent()).collect();
            match (kind.parent(), parents.choose(&mut rng).map(|parent| parent.slug.clone())) {
                (Some(_), None) => pages.push(odd_page(&mut rng, n, PageKind::Franchise, None)),
                (_, parent) => pages.push(odd_page(&mut rng, n, kind, parent)),
            }
        }
        let same = |found: Catalogue, format: &str| {
            assert_eq!(found.problems, Problems::default(), "{format} of seed {seed}");
            let found: Vec<_> = found.pages.into_iter().map(|page| Page { line: 2, ..page }).collect();
            assert_eq!(found, pages, "{format} of seed {seed}");
        };
        let csv = csv_of(&pages);
        same(read_csv(csv.as_bytes()), "CSV");
        let mut file = Vec::new();
        assert!(write_json(&pages, &mut file).is_ok());
        same(read_json(&*file), "JSON");
    }
}
