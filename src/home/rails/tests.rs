use serde_json::json;

use super::*;
use crate::id::SeriesId;
use crate::mutation::Refused;

fn rail(kind: RailKind) -> HomePageRailInput {
    HomePageRailInput {
        title: " A rail ".to_owned(),
        kind,
        limit: None,
        content_ids: None,
        tag_id: None,
        content_type: None,
        strategy: None,
    }
}

fn problems(rails: Vec<HomePageRailInput>) -> Vec<(String, UserErrorCode)> {
    let Err(Refused::User(errors)) = HomePageRails::checked("input.rails", rails) else { return Vec::new() };
    errors.into_iter().map(|error| (error.field.unwrap_or_default().join("."), error.code)).collect()
}

#[test]
fn rails_read_back_as_they_were_stored() -> serde_json::Result<()> {
    let series = ContentId::Series(SeriesId::generate());
    let rails = HomePageRails(vec![
        Rail { title: "Ours".into(), limit: 7, source: RailSource::HandPicked { content_ids: vec![series] } },
        Rail { title: "Slow".into(), limit: 8, source: RailSource::ByTag { tag_id: TagId::generate() } },
        Rail {
            title: "For you".into(),
            limit: 9,
            source: RailSource::Recommended { strategy: RecommendationStrategy::SimilarViewers },
        },
    ]);
    let text = rails.to_text()?;
    assert_eq!(HomePageRails::stored(&text)?, rails);
    let read: serde_json::Value = serde_json::from_str(&text)?;
    let expected = json!({"title": "Ours", "limit": 7, "kind": "HAND_PICKED", "contentIds": [series.to_string()]});
    assert_eq!(read[0], expected);
    assert_eq!(read[2]["strategy"], "SIMILAR_VIEWERS");

    let usual = HomePageRails::usual();
    assert_eq!(HomePageRails::stored(&usual.to_text()?)?, usual);
    // What a newer server has written is not there for this one, and nothing else is lost.
    let newer = json!([{"title": "A", "limit": 1, "kind": "BY_STARS"}, read[0], {"title": "B", "kind": "TRENDING"}]);
    assert_eq!(HomePageRails::stored(&newer.to_string())?.0.len(), 1);
    assert!(HomePageRails::stored("{}").is_err());
    Ok(())
}

#[test]
fn a_rail_has_what_its_kind_needs_and_nothing_else() {
    let good = [
        HomePageRailInput { content_ids: Some(vec![SeriesId::generate().into()]), ..rail(RailKind::HandPicked) },
        HomePageRailInput { tag_id: Some(TagId::generate()), ..rail(RailKind::ByTag) },
        HomePageRailInput { content_type: Some(RailContentType::Episode), ..rail(RailKind::Newest) },
        HomePageRailInput { limit: Some(50), ..rail(RailKind::Trending) },
        HomePageRailInput { limit: Some(1), ..rail(RailKind::ContinueWatching) },
        HomePageRailInput {
            strategy: Some(RecommendationStrategy::PopularWithYourTags),
            ..rail(RailKind::Recommended)
        },
    ];
    let checked = HomePageRails::checked("input.rails", good.to_vec()).map(|rails| rails.0).unwrap_or_default();
    assert_eq!(checked.iter().map(|rail| rail.limit).collect::<Vec<_>>(), [20, 20, 20, 50, 1, 20]);
    assert!(checked.iter().all(|rail| rail.title == "A rail"));

    let missing = |kind, name: &str| {
        assert_eq!(problems(vec![rail(kind)]), [(format!("input.rails.0.{name}"), UserErrorCode::Blank)]);
    };
    missing(RailKind::HandPicked, "contentIds");
    missing(RailKind::ByTag, "tagId");
    missing(RailKind::Newest, "contentType");
    missing(RailKind::Recommended, "strategy");
    let foreign = HomePageRailInput { tag_id: Some(TagId::generate()), ..rail(RailKind::Trending) };
    let found = problems(vec![rail(RailKind::ContinueWatching), foreign]);
    assert_eq!(found, [("input.rails.1.tagId".to_owned(), UserErrorCode::Invalid)]);
}

#[test]
fn everything_that_is_wrong_is_told_at_its_place() {
    let picked =
        |ids: Vec<async_graphql::ID>| HomePageRailInput { content_ids: Some(ids), ..rail(RailKind::HandPicked) };
    let id = async_graphql::ID::from(SeriesId::generate());
    let many = (0..=MAX_RAIL_ITEMS).map(|_| SeriesId::generate().into()).collect();
    let wrong = vec![
        HomePageRailInput { title: " ".into(), limit: Some(0), ..rail(RailKind::Trending) },
        HomePageRailInput { title: "x".repeat(61), limit: Some(51), ..rail(RailKind::Trending) },
        picked(vec![]),
        picked(vec![id.clone(), "se_nonsense".into()]),
        picked(vec![TagId::generate().into()]),
        picked(vec![id.clone(), id]),
        picked(many),
    ];
    let expected = [
        ("0.title", UserErrorCode::Blank),
        ("0.limit", UserErrorCode::Invalid),
        ("1.title", UserErrorCode::TooLong),
        ("1.limit", UserErrorCode::Invalid),
        ("2.contentIds", UserErrorCode::Blank),
        ("3.contentIds.1", UserErrorCode::Invalid),
        ("4.contentIds.0", UserErrorCode::Invalid),
        ("5.contentIds.1", UserErrorCode::Invalid),
        ("6.contentIds", UserErrorCode::TooLong),
    ];
    assert_eq!(problems(wrong), expected.map(|(field, code)| (format!("input.rails.{field}"), code)));
    let many = vec![rail(RailKind::Trending); MAX_RAILS + 1];
    assert_eq!(problems(many), [("input.rails".to_owned(), UserErrorCode::TooLong)]);
}
