//! What every mutation comes to, for everybody who may ask.

use chrono::{TimeDelta, Utc};
use seeka::id::{
    AccessTokenId, AnnouncementId, AssetId, DomainId, EpisodeId, EventId, FaqEntryId, FranchiseId, HomePageId,
    InvitationId, PersonId, RevisionId, ScheduleId, SeriesId, SessionId, TenantId, TicketId, UserId,
};
use serde_json::{Value, json};

use crate::support::{Cast, Person};

/// What the input of a mutation needs beside what its type tells, for who asks.
type Input = fn(&Cast, &Person) -> Value;

/// A row: a mutation, what it comes to for each of [`super::COLUMNS`], and its input. A mutation may have several. Who
/// may do less stands before who may do more, and everybody finds what those before them have left.
pub(super) const MUTATIONS: &[(&str, &str, Input)] = &[
    // What belongs to another tenant is not there.
    ("abortAssetUpload", "UUU FF NN FF... .. FN", |cast, _| json!({"assetId": cast.upload()})),
    ("abortAssetUpload", "UUU FF NN NNNNN NN FN", |_, _| json!({"assetId": AssetId::generate()})),
    ("acceptInvitation", "UUU FF ~~ ~~~~~ F~ F~", nothing),
    ("addDomain", "UUU FF FF FFF.. .. FF", |cast, person| {
        let name = person.id.to_string().replace('_', "-");
        json!({"tenantId": cast.tenant, "name": format!("{name}.example.org")})
    }),
    ("addDomain", "UUU FF NN NNNNN NN FN", |cast, _| json!({"tenantId": cast.hidden_tenant, "name": "example.org"})),
    ("answerTicket", "UUU FF NN FF... F. FN", |cast, _| json!({"ticketId": cast.ticket, "body": "Soon."})),
    ("answerTicket", "UUU FF NN NNNNN FN FN", |_, _| json!({"ticketId": TicketId::generate(), "body": "Soon."})),
    // It is no video that is ready.
    ("attachRenditions", "UUU FF NN FF~~~ ~~ FN", |cast, _| json!({"assetId": cast.upload()})),
    ("attachRenditions", "UUU FF NN NNNNN NN FN", |_, _| json!({"assetId": AssetId::generate()})),
    ("beginAssetUpload", "UUU FF FF FF... .. FF", |cast, _| picture(cast.tenant)),
    ("beginAssetUpload", "UUU FF F. FFFFF FF FF", |cast, _| picture(cast.other_tenant)),
    ("beginAssetUpload", "UUU FF NN NNNNN NN FN", |cast, _| picture(cast.hidden_tenant)),
    ("beginAvatarUpload", "UUU FF .. ..... .. F.", |_, _| json!({"contentType": "image/png", "bytes": 1_000})),
    // Another way to sign in takes a session.
    ("beginLinkIdentity", "UUU FF nn nnnnn FF Fn", nothing),
    // Who has no password has to have signed in, and not long ago.
    ("changeEmail", "UUU FF ~~ ~~~~~ FF F~", |_, person| json!({"email": format!("new-{}@example.org", person.id)})),
    ("changePassword", "UUU FF .. ..... FF F.", |_, _| json!({"newPassword": "a horse of a different colour"})),
    // Its parts are missing.
    ("completeAssetUpload", "UUU FF NN FF~~~ ~~ FN", |cast, _| json!({"assetId": cast.upload()})),
    ("completeAssetUpload", "UUU FF NN NNNNN NN FN", |_, _| json!({"assetId": AssetId::generate()})),
    ("completeAvatarUpload", "UUU FF nn nnnnn nn Fn", |_, _| json!({"assetId": AssetId::generate()})),
    ("createAccessToken", "UUU FF .. ..... FF F.", nothing),
    (
        "createTenant",
        "UUU FF .. ..... .. F.",
        |_, person| json!({"slug": format!("of-{}", person.session).replace('_', "-"), "clientMutationId": person.session}),
    ),
    (
        "decideAnnouncement",
        "UUU FF FF FFFFF FF F.",
        |cast, _| json!({"id": cast.announcement, "expectedVersion": 1, "grant": true}),
    ),
    (
        "decideAnnouncement",
        "UUU FF FF FFFFF FF FN",
        |_, _| json!({"id": AnnouncementId::generate(), "expectedVersion": 1}),
    ),
    // Who is the only member of a tenant closes it. Who has no password has to have signed in.
    ("deleteAccount", "UUU FF .. ..... FF F.", nothing),
    ("deleteAsset", "UUU FF NN FF... .. FN", |cast, _| json!({"assetId": cast.upload()})),
    ("deleteAsset", "UUU FF NN NNNNN NN FN", |_, _| json!({"assetId": AssetId::generate()})),
    ("exportMyData", "UUU FF .. ..... F. F.", nothing),
    ("finishLinkIdentity", "UUU FF ~~ ~~~~~ F~ F~", nothing),
    ("follow", "UUU FF .. ..... .. F.", |cast, _| json!({"id": cast.person("anonymous").id})),
    ("grantPlatformRole", "UUU FF FF FFFFF FF F.", bystander_as_scientist),
    ("inviteMember", "UUU FF FF FFF.. .. FF", |cast, person| invited(cast.tenant, person, "EDITOR")),
    // A program makes no admins and no owners, whoever it acts for.
    ("inviteMember", "UUU FF FF FFFF. F. FF", |cast, person| invited(cast.tenant, person, "ADMIN")),
    ("inviteMember", "UUU FF FF FFFF. F. FF", |cast, person| invited(cast.tenant, person, "OWNER")),
    ("inviteMember", "UUU FF F. FFFFF FF FF", |cast, person| invited(cast.other_tenant, person, "EDITOR")),
    ("inviteMember", "UUU FF NN NNNNN NN FN", |cast, person| invited(cast.hidden_tenant, person, "EDITOR")),
    ("linkIdentity", "UUU FF ~~ ~~~~~ F~ F~", nothing),
    ("login", "~UU FF ~~ ~~~~~ F~ F~", nothing),
    ("loginWithProvider", "~UU FF ~~ ~~~~~ F~ F~", nothing),
    // The token of the command line belongs to no session.
    ("logout", "UUU FF .. ..... F~ F.", nothing),
    ("logout", "~UU FF ~~ ~~~~~ F~ F~", |_, _| json!({"refreshToken": "x"})),
    ("logoutEverywhere", "UUU FF .. ..... F. F.", nothing),
    // There is one page for all tests, so its version is none that anybody names.
    ("publishPlatformHomePage", "UUU FF FF FFFFF FF F~", |_, _| json!({"expectedVersion": -1})),
    ("openTicket", "UUU FF .. ..... F. F.", |cast, _| json!({"tenantId": cast.tenant})),
    ("openTicket", "UUU FF NN NNNNN FN FN", |cast, _| json!({"tenantId": cast.hidden_tenant})),
    ("redeemLoginCode", "~UU FF ~~ ~~~~~ F~ F~", nothing),
    ("refreshSession", "~UU FF ~~ ~~~~~ F~ F~", nothing),
    ("register", "~UU FF ~~ ~~~~~ F~ F~", nothing),
    ("reinstateTenant", "UUU FF FF FFFFF FF F~", |cast, _| json!({"tenantId": cast.tenant})),
    ("reinstateTenant", "UUU FF FF FFFFF FF FN", |_, _| json!({"tenantId": TenantId::generate()})),
    ("removeAvatar", "UUU FF .. ..... .. F.", nothing),
    ("removeDomain", "UUU FF FF FFF.. .. FF", |cast, _| json!({"tenantId": cast.tenant, "id": cast.domain()})),
    ("removeDomain", "UUU FF FF FFFNN NN FF", |cast, _| json!({"tenantId": cast.tenant, "id": DomainId::generate()})),
    // What belongs to another tenant is not there.
    ("removeDomain", "UUU FF FN FFFFF FF FF", |cast, _| json!({"tenantId": cast.other_tenant, "id": cast.domain()})),
    // The admin has removed them before the others ask.
    ("removeMember", "UUU FF FF FFF.n nn FF", |cast, _| json!({"tenantId": cast.tenant, "userId": bystander(cast)})),
    ("removeMember", "UUU FF FF FFFnn nn FF", |cast, _| json!({"tenantId": cast.tenant, "userId": UserId::generate()})),
    ("removeMember", "UUU FF FF FFFF. F. FF", |cast, person| {
        let owner = if person.id == cast.person("owner").id { "silent owner" } else { "owner" };
        json!({"tenantId": cast.tenant, "userId": cast.person(owner).id})
    }),
    // Everybody may leave.
    ("removeMember", "UUU FF FF ..... F. FF", |cast, person| json!({"tenantId": cast.tenant, "userId": person.id})),
    // There is no such episode.
    ("requestAnnouncement", "UUU FF FF FFnnn nn FF", |cast, _| announced(cast.tenant)),
    ("requestAnnouncement", "UUU FF Fn FFFFF FF FF", |cast, _| announced(cast.other_tenant)),
    ("requestAnnouncement", "UUU FF NN NNNNN NN FN", |cast, _| announced(cast.hidden_tenant)),
    ("requestEmailVerification", "UUU FF ~~ ~~~~~ F~ F~", nothing),
    ("requestPasswordReset", ".UU FF .. ..... F. F.", |_, _| json!({"email": "nobody@example.org"})),
    ("resetPassword", "~UU FF ~~ ~~~~~ F~ F~", |_, _| json!({"newPassword": "a horse of a different colour"})),
    (
        "retryFunction",
        "UUU FF FF FFFFF FF Fn",
        |_, _| json!({"eventId": EventId::generate(), "function": "standing-mail"}),
    ),
    ("revokeAccessToken", "UUU FF .. ..... F. F.", |_, person| json!({"id": person.access_token})),
    ("revokeAccessToken", "UUU FF nn nnnnn Fn Fn", |cast, _| json!({"id": cast.person("anonymous").access_token})),
    ("revokeAccessToken", "UUU FF nn nnnnn Fn Fn", |_, _| json!({"id": AccessTokenId::generate()})),
    ("revokeInvitation", "UUU FF FF FFF.. .. FF", |cast, _| json!({"tenantId": cast.tenant, "id": cast.invitation()})),
    (
        "revokeInvitation",
        "UUU FF FF FFFNN NN FF",
        |cast, _| json!({"tenantId": cast.tenant, "id": InvitationId::generate()}),
    ),
    (
        "revokeInvitation",
        "UUU FF FN FFFFF FF FF",
        |cast, _| json!({"tenantId": cast.other_tenant, "id": cast.invitation()}),
    ),
    ("revokePlatformRole", "UUU FF FF FFFFF FF F.", bystander_as_scientist),
    ("revokeSession", "UUU FF .. ..... F. F.", |_, person| json!({"id": person.session})),
    ("revokeSession", "UUU FF NN NNNNN FN FN", |cast, _| json!({"id": cast.person("anonymous").session})),
    ("revokeSession", "UUU FF NN NNNNN FN FN", |_, _| json!({"id": SessionId::generate()})),
    ("setTenantPlan", "UUU FF FF FFFFF FF F.", |cast, _| json!({"tenantId": cast.tenant, "plan": "STUDIO"})),
    ("setTenantPlan", "UUU FF FF FFFFF FF FN", |_, _| json!({"tenantId": TenantId::generate(), "plan": "STUDIO"})),
    // Nobody names the version that those before them have made.
    (
        "setTicketState",
        "UUU FF NN FF.~~ F~ FN",
        |cast, _| json!({"ticketId": cast.ticket, "state": "CLOSED", "expectedVersion": 1}),
    ),
    ("setTicketState", "UUU FF NN NNNNN FN FN", |_, _| json!({"ticketId": TicketId::generate(), "state": "CLOSED"})),
    ("signUploadParts", "UUU FF NN FF... .. FN", |cast, _| json!({"assetId": cast.upload()})),
    ("signUploadParts", "UUU FF NN NNNNN NN FN", |_, _| json!({"assetId": AssetId::generate()})),
    ("suspendTenant", "UUU FF FF FFFFF FF F.", |cast, _| json!({"tenantId": cast.tenant})),
    ("suspendTenant", "UUU FF FF FFFFF FF F.", |cast, _| json!({"tenantId": cast.hidden_tenant})),
    ("suspendTenant", "UUU FF FF FFFFF FF FN", |_, _| json!({"tenantId": TenantId::generate()})),
    (
        "transferOwnership",
        "UUU FF FF FFFF. F. FF",
        |cast, _| json!({"tenantId": cast.tenant, "userId": bystander(cast)}),
    ),
    (
        "transferOwnership",
        "UUU FF FF FFFFn Fn FF",
        |cast, _| json!({"tenantId": cast.tenant, "userId": UserId::generate()}),
    ),
    ("unfollow", "UUU FF .. ..... .. F.", |cast, _| json!({"id": bystander(cast)})),
    // It is the last way in; that of somebody else is not there.
    ("unlinkIdentity", "UUU FF ~~ ~~~~~ F~ F~", |_, person| json!({"id": person.identity})),
    ("unlinkIdentity", "UUU FF nn nnnnn Fn Fn", |cast, _| json!({"id": cast.person("anonymous").identity})),
    ("updateAddress", "UUU FF .. ..... F. F.", nothing),
    ("updateLegalPerson", "UUU FF .. ..... F. F.", nothing),
    (
        "updateMemberRole",
        "UUU FF FF FFF.. F. FF",
        |cast, _| json!({"tenantId": cast.tenant, "userId": bystander(cast), "role": "ANALYST"}),
    ),
    (
        "updateMemberRole",
        "UUU FF FF FFFF. F. FF",
        |cast, _| json!({"tenantId": cast.tenant, "userId": bystander(cast), "role": "OWNER"}),
    ),
    (
        "updateMemberRole",
        "UUU FF FF FFFF. F. FF",
        |cast, _| json!({"tenantId": cast.tenant, "userId": cast.person("silent owner").id, "role": "ANALYST"}),
    ),
    (
        "updatePlatformHomePage",
        "UUU FF FF FFFFF FF F~",
        |_, _| json!({"expectedVersion": -1, "rails": [{"title": "New", "kind": "TRENDING"}]}),
    ),
    ("updateProfile", "UUU FF .. ..... .. F.", |_, _| json!({"bio": "Somebody."})),
    // Nobody names the version that those before them have made.
    ("updateTenant", "UUU FF FF FFF.~ ~~ FF", |cast, _| json!({"tenantId": cast.tenant, "name": "Renamed"})),
    ("updateTenant", "UUU FF NN NNNNN NN FN", |cast, _| json!({"tenantId": cast.hidden_tenant, "name": "Renamed"})),
    ("verifyDomain", "UUU FF FF FFF.. .. FF", |cast, _| json!({"tenantId": cast.tenant, "id": cast.domain()})),
    ("verifyDomain", "UUU FF FN FFFFF FF FF", |cast, _| json!({"tenantId": cast.other_tenant, "id": cast.domain()})),
    ("verifyEmail", "~UU FF ~~ ~~~~~ F~ F~", nothing),
    // Pages: what is asked for is of no consequence for most, so that nobody finds what those before them have changed.
    ("archivePage", "UUU FF NN FF~~~ ~~ FN", |cast, _| json!({"id": cast.page, "expectedVersion": 99})),
    (
        "cancelScheduledPublish",
        "UUU FF FF FFnnn nn FF",
        |cast, _| json!({"tenantId": cast.tenant, "id": ScheduleId::generate()}),
    ),
    (
        "cancelScheduledPublish",
        "UUU FF Fn FFFFF FF FF",
        |cast, _| json!({"tenantId": cast.other_tenant, "id": ScheduleId::generate()}),
    ),
    (
        "cancelScheduledPublish",
        "UUU FF NN NNNNN NN FN",
        |cast, _| json!({"tenantId": cast.hidden_tenant, "id": ScheduleId::generate()}),
    ),
    (
        "createEpisode",
        "UUU FF FF FFnnn nn FF",
        |cast, person| json!({"tenantId": cast.tenant, "seriesId": SeriesId::generate(), "slug": slug_of(person), "title": "A title"}),
    ),
    (
        "createEpisode",
        "UUU FF NN NNNNN NN FN",
        |cast, person| json!({"tenantId": cast.hidden_tenant, "seriesId": SeriesId::generate(), "slug": slug_of(person), "title": "A title"}),
    ),
    (
        "createFranchise",
        "UUU FF FF FF... .. FF",
        |cast, person| json!({"tenantId": cast.tenant, "slug": slug_of(person), "title": "A title", "clientMutationId": "x"}),
    ),
    (
        "createFranchise",
        "UUU FF F. FFFFF FF FF",
        |cast, person| json!({"tenantId": cast.other_tenant, "slug": slug_of(person), "title": "A title", "clientMutationId": "x"}),
    ),
    (
        "createFranchise",
        "UUU FF NN NNNNN NN FN",
        |cast, person| json!({"tenantId": cast.hidden_tenant, "slug": slug_of(person), "title": "A title"}),
    ),
    (
        "createPerson",
        "UUU FF FF FF... .. FF",
        |cast, _| json!({"tenantId": cast.tenant, "slug": fresh_slug(), "name": "Somebody"}),
    ),
    (
        "createPerson",
        "UUU FF F. FFFFF FF FF",
        |cast, _| json!({"tenantId": cast.other_tenant, "slug": fresh_slug(), "name": "Somebody"}),
    ),
    (
        "createPerson",
        "UUU FF NN NNNNN NN FN",
        |cast, _| json!({"tenantId": cast.hidden_tenant, "slug": fresh_slug(), "name": "Somebody"}),
    ),
    (
        "createFaqEntry",
        "UUU FF FF FF... .. FF",
        |cast, _| json!({"tenantId": cast.tenant, "slug": fresh_slug(), "question": "Why?", "answer": "So."}),
    ),
    (
        "createFaqEntry",
        "UUU FF NN NNNNN NN FN",
        |cast, _| json!({"tenantId": cast.hidden_tenant, "slug": fresh_slug(), "question": "Why?", "answer": "So."}),
    ),
    // Of the home page of a tenant there is one.
    ("createHomePage", "UUU FF FF FF.~~ ~~ FF", |cast, _| json!({"tenantId": cast.tenant, "rails": []})),
    ("createHomePage", "UUU FF NN NNNNN NN FN", |cast, _| json!({"tenantId": cast.hidden_tenant, "rails": []})),
    ("createPreviewLink", "UUU FF FF FF... .. FF", |cast, _| json!({"tenantId": cast.tenant})),
    ("createPreviewLink", "UUU FF F. FFFFF FF FF", |cast, _| json!({"tenantId": cast.other_tenant})),
    ("createPreviewLink", "UUU FF NN NNNNN NN FN", |cast, _| json!({"tenantId": cast.hidden_tenant})),
    (
        "createSeries",
        "UUU FF FF FFnnn nn FF",
        |cast, person| json!({"tenantId": cast.tenant, "franchiseId": FranchiseId::generate(), "slug": slug_of(person), "title": "A title"}),
    ),
    (
        "createSeries",
        "UUU FF NN NNNNN NN FN",
        |cast, person| json!({"tenantId": cast.hidden_tenant, "franchiseId": FranchiseId::generate(), "slug": slug_of(person), "title": "A title"}),
    ),
    (
        "createTag",
        "UUU FF FF FF... .. FF",
        |cast, person| json!({"tenantId": cast.tenant, "slug": slug_of(person), "name": "A tag"}),
    ),
    (
        "createTag",
        "UUU FF F. FFFFF FF FF",
        |cast, person| json!({"tenantId": cast.other_tenant, "slug": slug_of(person), "name": "A tag"}),
    ),
    (
        "createTag",
        "UUU FF NN NNNNN NN FN",
        |cast, person| json!({"tenantId": cast.hidden_tenant, "slug": slug_of(person), "name": "A tag"}),
    ),
    ("discardDraft", "UUU FF FF FF... .. FF", |cast, _| json!({"tenantId": cast.tenant, "ids": []})),
    ("discardDraft", "UUU FF F. FFFFF FF FF", |cast, _| json!({"tenantId": cast.other_tenant, "ids": []})),
    ("discardDraft", "UUU FF NN NNNNN NN FN", |cast, _| json!({"tenantId": cast.hidden_tenant, "ids": []})),
    ("exportCatalog", "UUU FF FF FF... .. FF", |cast, _| json!({"tenantId": cast.tenant, "format": "CSV"})),
    ("exportCatalog", "UUU FF F. FFFFF FF FF", |cast, _| json!({"tenantId": cast.other_tenant, "format": "CSV"})),
    ("exportCatalog", "UUU FF NN NNNNN NN FN", |cast, _| json!({"tenantId": cast.hidden_tenant, "format": "CSV"})),
    (
        "importCatalog",
        "UUU FF FF FFnnn nn FF",
        |cast, _| json!({"tenantId": cast.tenant, "assetId": AssetId::generate()}),
    ),
    (
        "importCatalog",
        "UUU FF Fn FFFFF FF FF",
        |cast, _| json!({"tenantId": cast.other_tenant, "assetId": AssetId::generate()}),
    ),
    (
        "importCatalog",
        "UUU FF NN NNNNN NN FN",
        |cast, _| json!({"tenantId": cast.hidden_tenant, "assetId": AssetId::generate()}),
    ),
    ("publish", "UUU FF FF FF~~~ ~~ FF", |cast, _| json!({"tenantId": cast.tenant, "ids": [], "all": false})),
    ("publish", "UUU FF F~ FFFFF FF FF", |cast, _| json!({"tenantId": cast.other_tenant, "ids": [], "all": false})),
    ("publish", "UUU FF NN NNNNN NN FN", |cast, _| json!({"tenantId": cast.hidden_tenant, "ids": [], "all": false})),
    ("reorderPages", "UUU FF NN FF... .. FN", |cast, _| json!({"id": cast.page, "season": null, "ids": []})),
    ("restorePage", "UUU FF NN FF~~~ ~~ FN", |cast, _| json!({"id": cast.page, "expectedVersion": 99})),
    (
        "restoreRevision",
        "UUU FF NN FFnnn nn FN",
        |cast, _| json!({"id": cast.page, "expectedVersion": 99, "revisionId": RevisionId::generate()}),
    ),
    ("revertRelease", "UUU FF FF FFnnn nn FF", |cast, _| json!({"tenantId": cast.tenant, "number": 99})),
    ("revertRelease", "UUU FF Fn FFFFF FF FF", |cast, _| json!({"tenantId": cast.other_tenant, "number": 99})),
    ("revertRelease", "UUU FF NN NNNNN NN FN", |cast, _| json!({"tenantId": cast.hidden_tenant, "number": 99})),
    (
        "schedulePublish",
        "UUU FF FF FF~~~ ~~ FF",
        |cast, _| json!({"tenantId": cast.tenant, "ids": [], "at": "2020-01-01T00:00:00Z"}),
    ),
    (
        "schedulePublish",
        "UUU FF F~ FFFFF FF FF",
        |cast, _| json!({"tenantId": cast.other_tenant, "ids": [], "at": "2020-01-01T00:00:00Z"}),
    ),
    (
        "schedulePublish",
        "UUU FF NN NNNNN NN FN",
        |cast, _| json!({"tenantId": cast.hidden_tenant, "ids": [], "at": "2020-01-01T00:00:00Z"}),
    ),
    (
        "setTextLimits",
        "UUU FF FF FFF.. .. FF",
        |cast, _| json!({"tenantId": cast.tenant, "shortDescription": 100, "longDescription": 200}),
    ),
    (
        "setTextLimits",
        "UUU FF F. FFFFF FF FF",
        |cast, _| json!({"tenantId": cast.other_tenant, "shortDescription": 100, "longDescription": 200}),
    ),
    (
        "setTextLimits",
        "UUU FF NN NNNNN NN FN",
        |cast, _| json!({"tenantId": cast.hidden_tenant, "shortDescription": 100, "longDescription": 200}),
    ),
    ("unpublish", "UUU FF FF FF~~~ ~~ FF", |cast, _| json!({"tenantId": cast.tenant, "ids": []})),
    ("unpublish", "UUU FF F~ FFFFF FF FF", |cast, _| json!({"tenantId": cast.other_tenant, "ids": []})),
    ("unpublish", "UUU FF NN NNNNN NN FN", |cast, _| json!({"tenantId": cast.hidden_tenant, "ids": []})),
    ("updateEpisode", "UUU FF NN NNNNN NN FN", |_, _| json!({"id": EpisodeId::generate(), "expectedVersion": 99})),
    ("updateFaqEntry", "UUU FF NN NNNNN NN FN", |_, _| json!({"id": FaqEntryId::generate(), "expectedVersion": 99})),
    ("updateFranchise", "UUU FF NN FF~~~ ~~ FN", |cast, _| json!({"id": cast.page, "expectedVersion": 99})),
    ("updateFranchise", "UUU FF NN NNNNN NN FN", |_, _| json!({"id": FranchiseId::generate(), "expectedVersion": 99})),
    (
        "updateHomePage",
        "UUU FF NN NNNNN NN FN",
        |_, _| json!({"id": HomePageId::generate(), "expectedVersion": 99, "rails": []}),
    ),
    ("updatePerson", "UUU FF FF FFnnn nn FF", |cast, _| json!({"tenantId": cast.tenant, "id": PersonId::generate()})),
    (
        "updatePerson",
        "UUU FF NN NNNNN NN FN",
        |cast, _| json!({"tenantId": cast.hidden_tenant, "id": PersonId::generate()}),
    ),
    ("updateSeries", "UUU FF NN NNNNN NN FN", |_, _| json!({"id": SeriesId::generate(), "expectedVersion": 99})),
    // Nobody names the version that those before them have made.
    ("withdrawAnnouncement", "UUU FF FF FF.~~ ~~ FF", |cast, _| withdrawn(cast.tenant, cast.announcement)),
    ("withdrawAnnouncement", "UUU FF FF FFNNN NN FF", |cast, _| withdrawn(cast.tenant, AnnouncementId::generate())),
    // What belongs to another tenant is not there.
    ("withdrawAnnouncement", "UUU FF FN FFFFF FF FF", |cast, _| withdrawn(cast.other_tenant, cast.announcement)),
];

fn nothing(_: &Cast, _: &Person) -> Value {
    json!({})
}

fn picture(tenant: TenantId) -> Value {
    json!({
        "tenantId": tenant, "kind": "IMAGE", "fileName": "poster.png", "contentType": "image/png", "bytes": 1_000,
        "checksum": "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
    })
}

/// A slug that somebody has for themselves.
fn slug_of(person: &Person) -> String {
    person.session.to_string().replace('_', "-")
}

/// A slug that nobody else has.
fn fresh_slug() -> String {
    PersonId::generate().to_string().replace('_', "-")
}

fn announced(tenant: TenantId) -> Value {
    let (from, until) = (Utc::now(), Utc::now() + TimeDelta::days(7));
    json!({"tenantId": tenant, "contentId": EpisodeId::generate(), "text": "New", "from": from, "until": until})
}

fn withdrawn(tenant: TenantId, id: AnnouncementId) -> Value {
    json!({"tenantId": tenant, "id": id, "expectedVersion": 1})
}

fn bystander(cast: &Cast) -> UserId {
    cast.person("anonymous").id
}

fn bystander_as_scientist(cast: &Cast, _: &Person) -> Value {
    json!({"handle": bystander(cast), "role": "DATA_SCIENTIST"})
}

fn invited(tenant: TenantId, by: &Person, role: &str) -> Value {
    json!({"tenantId": tenant, "email": format!("of-{}@example.org", by.session), "role": role})
}
