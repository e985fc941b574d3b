use async_graphql::SimpleObject;
use serde::Deserialize;

use crate::time::Date;

/// A postal address, which only its owner sees.
#[derive(Debug, Clone, Deserialize, SimpleObject)]
#[graphql(name = "PostalAddress")]
#[serde(rename_all = "camelCase")]
pub(crate) struct Address {
    /// Who the parcel is for.
    pub(crate) name: String,
    /// Street, number and whatever else stands above the place, a line each.
    pub(crate) lines: Vec<String>,
    /// The postal code, where the country has them.
    pub(crate) postal_code: Option<String>,
    /// The town.
    pub(crate) locality: String,
    /// The state or the province, where the country wants it.
    pub(crate) region: Option<String>,
    /// The country, as two letters of ISO 3166-1.
    pub(crate) country: String,
    /// The version of the address; an edit takes it as `expectedVersion`.
    pub(crate) version: i32,
}

/// Who somebody is before the law, which only they see.
#[derive(Debug, Clone, Deserialize, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LegalPerson {
    /// The name that stands in their papers.
    pub(crate) legal_name: String,
    /// When they were born.
    pub(crate) date_of_birth: Date,
    /// Whose citizens they are, as two letters of ISO 3166-1.
    pub(crate) nationality: String,
    /// Where they live, as two letters of ISO 3166-1.
    pub(crate) country_of_residence: String,
    /// What their tax office knows them by.
    pub(crate) tax_id: Option<String>,
    /// The version of the record; an edit takes it as `expectedVersion`.
    pub(crate) version: i32,
}
