use async_graphql::{Context, InputObject, Object};
use neo4rs::BoltType;
use serde_json::json;

use super::profile::finish;
use crate::accounts::formats::country;
use crate::accounts::store;
use crate::accounts::types::Viewer;
use crate::error::{Result, session_ended};
use crate::events::{EventType, NewEvent};
use crate::graph::map;
use crate::id::UserId;
use crate::mutation::{Checked, Outcome, UserError, UserErrorCode};
use crate::payload;
use crate::scope::{Scope, or_null};
use crate::text;
use crate::time::Date;

/// The fewest and the most characters of a line of an address, and of a name in papers.
const LINE: std::ops::RangeInclusive<usize> = 1..=100;
/// The fewest and the most lines above the place.
const ADDRESS_LINES: std::ops::RangeInclusive<usize> = 1..=4;
/// The fewest and the most characters of a postal code.
const POSTAL_CODE: std::ops::RangeInclusive<usize> = 1..=20;
/// The fewest and the most characters of what a tax office knows somebody by.
const TAX_ID: std::ops::RangeInclusive<usize> = 1..=40;
/// How long ago somebody can be born at the most, in years.
const MAX_AGE_YEARS: u32 = 130;

/// A postal address.
#[derive(InputObject)]
struct PostalAddressInput {
    /// Who the parcel is for; at most 100 characters.
    name: String,
    /// Street, number and whatever else stands above the place: one to four lines of at most 100 characters.
    lines: Vec<String>,
    /// The postal code, where the country has them.
    postal_code: Option<String>,
    /// The town.
    locality: String,
    /// The state or the province, where the country wants it.
    region: Option<String>,
    /// The country, as two letters of ISO 3166-1.
    country: String,
}

/// The address to keep.
#[derive(InputObject)]
struct UpdateAddressInput {
    /// The whole address, in place of the one that is there; without it, that one is removed.
    address: Option<PostalAddressInput>,
    /// The `version` of the address that the change was made for; 0 where there is none yet.
    expected_version: Option<i32>,
    /// Comes back in the payload.
    client_mutation_id: Option<String>,
}

payload! {
    /// The answer to `updateAddress`.
    UpdateAddressPayload {
        /// The viewer, as changed.
        viewer: Viewer
    }
}

/// Who somebody is before the law.
#[derive(InputObject)]
struct LegalPersonInput {
    /// The name that stands in their papers; at most 100 characters.
    legal_name: String,
    /// When they were born.
    date_of_birth: Date,
    /// Whose citizens they are, as two letters of ISO 3166-1.
    nationality: String,
    /// Where they live, as two letters of ISO 3166-1.
    country_of_residence: String,
    /// What their tax office knows them by.
    tax_id: Option<String>,
}

/// The record to keep.
#[derive(InputObject)]
struct UpdateLegalPersonInput {
    /// The whole record, in place of the one that is there; without it, that one is removed.
    legal_person: Option<LegalPersonInput>,
    /// The `version` of the record that the change was made for; 0 where there is none yet.
    expected_version: Option<i32>,
    /// Comes back in the payload.
    client_mutation_id: Option<String>,
}

payload! {
    /// The answer to `updateLegalPerson`.
    UpdateLegalPersonPayload {
        /// The viewer, as changed.
        viewer: Viewer
    }
}

#[derive(Default)]
pub(super) struct PersonalMutations;

#[Object]
impl PersonalMutations {
    /// Keeps the viewer's postal address, which nobody else sees.
    async fn update_address(&self, ctx: &Context<'_>, input: UpdateAddressInput) -> Result<UpdateAddressPayload> {
        let client_mutation_id = input.client_mutation_id.clone();
        UpdateAddressPayload::of(update_address(ctx, input).await, client_mutation_id)
    }

    /// Keeps who the viewer is before the law, which nobody else sees.
    async fn update_legal_person(
        &self,
        ctx: &Context<'_>,
        input: UpdateLegalPersonInput,
    ) -> Result<UpdateLegalPersonPayload> {
        let client_mutation_id = input.client_mutation_id.clone();
        UpdateLegalPersonPayload::of(update_legal_person(ctx, input).await, client_mutation_id)
    }
}

async fn update_address(ctx: &Context<'_>, input: UpdateAddressInput) -> Outcome<Viewer> {
    let scope = ctx.data_unchecked::<Scope>();
    let viewer = scope.viewer().signed_in()?.id;
    let address = input.address.as_ref().map(address).transpose()?;
    let written =
        store::update_address(scope, or_null(address), input.expected_version, changed(scope, viewer, "address"))
            .await?;
    finish(ctx, written.ok_or_else(session_ended)?, "the address").await
}

/// The name alone: an event is no place for where people live and who they are.
fn changed(scope: &Scope, viewer: UserId, what: &str) -> NewEvent {
    scope.event(EventType::ProfileUpdated).about(viewer).with(&json!({"changed": [what]}))
}

fn address(input: &PostalAddressInput) -> Outcome<BoltType> {
    let mut checked = Checked::default();
    let name = checked.value(text::line("input.address.name", &input.name, LINE));
    if !ADDRESS_LINES.contains(&input.lines.len()) {
        let message = format!("an address has {} to {} lines", ADDRESS_LINES.start(), ADDRESS_LINES.end());
        return Err(UserError::of("input.address.lines", UserErrorCode::Invalid, message).into());
    }
    let line = |(n, line): (usize, &String)| checked.value(text::line(&format!("input.address.lines.{n}"), line, LINE));
    let lines: Vec<String> = input.lines.iter().enumerate().map(line).collect();
    let postal_code = optional(&mut checked, "input.address.postalCode", input.postal_code.as_deref(), POSTAL_CODE);
    let locality = checked.value(text::line("input.address.locality", &input.locality, LINE));
    let region = optional(&mut checked, "input.address.region", input.region.as_deref(), LINE);
    let country = checked.value(country("input.address.country", &input.country));
    checked.finish()?;
    Ok(map([
        ("name", name.into()),
        ("lines", lines.into()),
        ("postalCode", or_null(postal_code)),
        ("locality", locality.into()),
        ("region", or_null(region)),
        ("country", country.into()),
    ]))
}

async fn update_legal_person(ctx: &Context<'_>, input: UpdateLegalPersonInput) -> Outcome<Viewer> {
    let scope = ctx.data_unchecked::<Scope>();
    let viewer = scope.viewer().signed_in()?.id;
    let person = input.legal_person.map(|person| legal_person(scope, &person)).transpose()?;
    let event = changed(scope, viewer, "legalPerson");
    let written = store::update_legal_person(scope, or_null(person), input.expected_version, event).await?;
    finish(ctx, written.ok_or_else(session_ended)?, "the record").await
}

fn legal_person(scope: &Scope, input: &LegalPersonInput) -> Outcome<BoltType> {
    let mut checked = Checked::default();
    let legal_name = checked.value(text::line("input.legalPerson.legalName", &input.legal_name, LINE));
    let born = input.date_of_birth.0;
    if scope.now().date_naive().years_since(born).is_none_or(|age| age > MAX_AGE_YEARS) {
        let message = "nobody who is alive was born on that day";
        checked.value::<()>(Err(UserError::of("input.legalPerson.dateOfBirth", UserErrorCode::Invalid, message)));
    }
    let nationality = checked.value(country("input.legalPerson.nationality", &input.nationality));
    let residence = checked.value(country("input.legalPerson.countryOfResidence", &input.country_of_residence));
    let tax_id = optional(&mut checked, "input.legalPerson.taxId", input.tax_id.as_deref(), TAX_ID);
    checked.finish()?;
    Ok(map([
        ("legalName", legal_name.into()),
        ("dateOfBirth", born.into()),
        ("nationality", nationality.into()),
        ("countryOfResidence", residence.into()),
        ("taxId", or_null(tax_id)),
    ]))
}

fn optional(
    checked: &mut Checked,
    field: &str,
    value: Option<&str>,
    characters: std::ops::RangeInclusive<usize>,
) -> Option<String> {
    value.map(|value| checked.value(text::line(field, value, characters)))
}
