use std::sync::LazyLock;

use chrono::{DateTime, Duration, Utc};
use seeka::catalog::FranchiseType;
use seeka::id::TenantId;
use seeka::seed::{
    Catalogue, CreditEntry, EpisodeEntry, FranchiseEntry, PersonEntry, SeriesEntry, TagEntry, TenantEntry,
};

/// One moment for the whole run, so that what is of the same day is of the same moment and only the
/// ids decide its order.
static NOW: LazyLock<DateTime<Utc>> =
    LazyLock::new(|| DateTime::from_timestamp_millis(Utc::now().timestamp_millis()).expect("a moment of this century"));

/// A moment in the past, to the millisecond as the API writes it.
pub(crate) fn days_ago(days: i64) -> DateTime<Utc> {
    *NOW - Duration::days(days)
}

/// A catalogue in a tenant of its own. Whatever is named in it is unique to the test.
pub(crate) struct Story {
    pub(crate) catalogue: Catalogue,
    unique: String,
}

impl Story {
    /// A tenant without anything.
    pub(crate) fn new(name: &str) -> Self {
        let id = TenantId::generate().to_string();
        let unique = id.trim_start_matches("tn_").to_owned();
        let tenant = TenantEntry {
            slug: format!("{name}-{unique}"),
            name: format!("{name} {unique}"),
            description: "A tenant of the tests.".to_owned(),
            created_at: days_ago(400),
            active: true,
            franchises: Vec::new(),
            home: Vec::new(),
            faq: Vec::new(),
        };
        Self { catalogue: Catalogue { tenants: vec![tenant], ..Catalogue::default() }, unique }
    }

    /// A word that stands nowhere else.
    pub(crate) fn unique(&self) -> &str {
        &self.unique
    }

    /// A slug that stands nowhere else, for the vocabulary that all tenants share.
    pub(crate) fn shared_slug(&self, name: &str) -> String {
        format!("{name}-{}", self.unique)
    }

    pub(crate) fn tenant(&mut self) -> &mut TenantEntry {
        &mut self.catalogue.tenants[0]
    }

    /// The tenant's slug.
    pub(crate) fn slug(&self) -> &str {
        &self.catalogue.tenants[0].slug
    }

    /// Adds a tag and returns its slug.
    pub(crate) fn tag(&mut self, name: &str) -> String {
        let slug = self.shared_slug(name);
        self.catalogue.tags.push(TagEntry { slug: slug.clone(), name: format!("{name} {}", self.unique) });
        slug
    }

    /// Adds a person and returns the slug.
    pub(crate) fn person(&mut self, name: &str) -> String {
        let slug = self.shared_slug(name);
        let biography = "Somebody of the tests.".to_owned();
        self.catalogue.people.push(PersonEntry {
            slug: slug.clone(),
            name: format!("{name} {}", self.unique),
            biography,
        });
        slug
    }

    /// Adds a franchise that everybody can see.
    pub(crate) fn franchise(&mut self, slug: &str) -> &mut FranchiseEntry {
        let franchise = FranchiseEntry {
            slug: slug.to_owned(),
            title: format!("The franchise {slug}"),
            synopsis: "A franchise of the tests.".to_owned(),
            description: "It is here to be asked for.".to_owned(),
            language: "en".to_owned(),
            published_at: Some(days_ago(300)),
            active: true,
            franchise_type: FranchiseType::Series,
            links: Vec::new(),
            tags: Vec::new(),
            series: Vec::new(),
        };
        let franchises = &mut self.tenant().franchises;
        franchises.push(franchise);
        franchises.last_mut().expect("just added")
    }
}

/// A series that everybody can see.
pub(crate) fn series(slug: &str) -> SeriesEntry {
    SeriesEntry {
        slug: slug.to_owned(),
        title: format!("The series {slug}"),
        synopsis: "A series of the tests.".to_owned(),
        description: "It is here to be asked for.".to_owned(),
        language: "en".to_owned(),
        published_at: Some(days_ago(200)),
        active: true,
        tags: Vec::new(),
        credits: Vec::new(),
        episodes: Vec::new(),
    }
}

/// An episode of a series that everybody can see; its slug is made of the series' slug.
pub(crate) fn episode(series: &str, season: i32, number: i32) -> EpisodeEntry {
    EpisodeEntry {
        season,
        number,
        slug: format!("{series}-s{season}e{number}"),
        title: format!("Episode {number} of {series}"),
        synopsis: "An episode of the tests.".to_owned(),
        duration_ms: 600_000,
        release_date: None,
        published_at: Some(days_ago(200) + Duration::minutes(i64::from(season * 1_000 + number / 3))),
        active: true,
        tags: Vec::new(),
        credits: Vec::new(),
    }
}

/// A credit.
pub(crate) fn credit(person: &str, role: &str) -> CreditEntry {
    CreditEntry { person: person.to_owned(), role: role.to_owned(), character: None }
}
