// The items of rails, of whatever kinds, so that all rails of all home pages that are asked for cost one statement. Each kind of
// rail has a list of its own, and an empty list costs nothing. On the page of a tenant (`tenantId` of the key) there is only
// what is its own.
// params: handPicked: [{n: int, tenantId: string|null, limit: int, ids: [string]}],
//         byTag: [{n: int, tenantId: string|null, limit: int, tagId: string}],
//         newestFranchises: [{n: int, tenantId: string|null, limit: int}], newestSeries: the same, newestEpisodes: the same,
//         newestFranchisesOfTenant: the same, newestSeriesOfTenant: the same, newestEpisodesOfTenant: the same,
//         trending: the same, trendingOfTenant: the same, continueWatching: the same, popularWithYourTags: the same,
//         similarViewers: the same, trendingSince: datetime, maxTrending: int, maxHistory: int, finished: float,
//         maxFollowed: int, maxTagged: int, maxAlike: int, maxViewers: int, limit: int, viewerId: string|null,
//         tenantId: string|null, now: datetime
// returns: n: int, items: [map with one entry, named after the kind]
CALL () {
  UNWIND $handPicked AS key
  CALL (key) {
    UNWIND range(0, size(key.ids) - 1) AS place
    MATCH (c:Content {id: key.ids[place]})
    WHERE c.active AND c.publishedAt <= $now AND ($tenantId IS NULL OR c.tenantId = $tenantId)
      AND (key.tenantId IS NULL OR c.tenantId = key.tenantId)
      AND EXISTS {
        (c) (()<-[:HAS_SERIES|HAS_EPISODE]-(above WHERE above.active AND above.publishedAt <= $now)){0,2}
        (:Franchise)<-[:OWNS]-(:Tenant {active: true})
      }
    WITH place, c
    ORDER BY place
    RETURN collect(c) AS found
  }
  WITH key, found[..key.limit] AS found
  UNWIND range(0, size(found) - 1) AS rank
  RETURN key.n AS n, rank, found[rank] AS c
UNION ALL
  UNWIND $byTag AS key
  CALL (key) {
    MATCH (c:Content)-[tagged:TAGGED]->()
    WHERE tagged.tagId = key.tagId AND tagged.at <= $now AND tagged.contentId IS NOT NULL
      AND c.active AND c.publishedAt <= $now AND ($tenantId IS NULL OR c.tenantId = $tenantId)
      AND (key.tenantId IS NULL OR c.tenantId = key.tenantId)
      AND EXISTS {
        (c) (()<-[:HAS_SERIES|HAS_EPISODE]-(above WHERE above.active AND above.publishedAt <= $now)){0,2}
        (:Franchise)<-[:OWNS]-(:Tenant {active: true})
      }
    WITH c, tagged
    ORDER BY tagged.tagId DESC, tagged.at DESC, tagged.contentId DESC
    LIMIT $limit
    RETURN collect(c) AS found
  }
  WITH key, found[..key.limit] AS found
  UNWIND range(0, size(found) - 1) AS rank
  RETURN key.n AS n, rank, found[rank] AS c
UNION ALL
  UNWIND $newestFranchises AS key
  CALL (key) {
    MATCH (c:Franchise)
    WHERE c.publishedAt <= $now AND c.id IS NOT NULL
      AND c.active AND ($tenantId IS NULL OR c.tenantId = $tenantId)
      AND EXISTS { (c)<-[:OWNS]-(:Tenant {active: true}) }
    WITH c
    ORDER BY c.publishedAt DESC, c.id DESC
    LIMIT $limit
    RETURN collect(c) AS found
  }
  WITH key, found[..key.limit] AS found
  UNWIND range(0, size(found) - 1) AS rank
  RETURN key.n AS n, rank, found[rank] AS c
UNION ALL
  UNWIND $newestSeries AS key
  CALL (key) {
    MATCH (c:Series)
    WHERE c.publishedAt <= $now AND c.id IS NOT NULL
      AND c.active AND ($tenantId IS NULL OR c.tenantId = $tenantId)
      AND EXISTS {
        (c) (()<-[:HAS_SERIES|HAS_EPISODE]-(above WHERE above.active AND above.publishedAt <= $now)){1}
        (:Franchise)<-[:OWNS]-(:Tenant {active: true})
      }
    WITH c
    ORDER BY c.publishedAt DESC, c.id DESC
    LIMIT $limit
    RETURN collect(c) AS found
  }
  WITH key, found[..key.limit] AS found
  UNWIND range(0, size(found) - 1) AS rank
  RETURN key.n AS n, rank, found[rank] AS c
UNION ALL
  UNWIND $newestEpisodes AS key
  CALL (key) {
    MATCH (c:Episode)
    WHERE c.publishedAt <= $now AND c.id IS NOT NULL
      AND c.active AND ($tenantId IS NULL OR c.tenantId = $tenantId)
      AND EXISTS {
        (c) (()<-[:HAS_SERIES|HAS_EPISODE]-(above WHERE above.active AND above.publishedAt <= $now)){2}
        (:Franchise)<-[:OWNS]-(:Tenant {active: true})
      }
    WITH c
    ORDER BY c.publishedAt DESC, c.id DESC
    LIMIT $limit
    RETURN collect(c) AS found
  }
  WITH key, found[..key.limit] AS found
  UNWIND range(0, size(found) - 1) AS rank
  RETURN key.n AS n, rank, found[rank] AS c
UNION ALL
  UNWIND $newestFranchisesOfTenant AS key
  CALL (key) {
    MATCH (c:Franchise)
    WHERE c.tenantId = key.tenantId AND c.publishedAt <= $now AND c.id IS NOT NULL
      AND c.active AND ($tenantId IS NULL OR c.tenantId = $tenantId)
      AND EXISTS { (c)<-[:OWNS]-(:Tenant {active: true}) }
    WITH c
    ORDER BY c.tenantId DESC, c.publishedAt DESC, c.id DESC
    LIMIT $limit
    RETURN collect(c) AS found
  }
  WITH key, found[..key.limit] AS found
  UNWIND range(0, size(found) - 1) AS rank
  RETURN key.n AS n, rank, found[rank] AS c
UNION ALL
  UNWIND $newestSeriesOfTenant AS key
  CALL (key) {
    MATCH (c:Series)
    WHERE c.tenantId = key.tenantId AND c.publishedAt <= $now AND c.id IS NOT NULL
      AND c.active AND ($tenantId IS NULL OR c.tenantId = $tenantId)
      AND EXISTS {
        (c) (()<-[:HAS_SERIES|HAS_EPISODE]-(above WHERE above.active AND above.publishedAt <= $now)){1}
        (:Franchise)<-[:OWNS]-(:Tenant {active: true})
      }
    WITH c
    ORDER BY c.tenantId DESC, c.publishedAt DESC, c.id DESC
    LIMIT $limit
    RETURN collect(c) AS found
  }
  WITH key, found[..key.limit] AS found
  UNWIND range(0, size(found) - 1) AS rank
  RETURN key.n AS n, rank, found[rank] AS c
UNION ALL
  UNWIND $newestEpisodesOfTenant AS key
  CALL (key) {
    MATCH (c:Episode)
    WHERE c.tenantId = key.tenantId AND c.publishedAt <= $now AND c.id IS NOT NULL
      AND c.active AND ($tenantId IS NULL OR c.tenantId = $tenantId)
      AND EXISTS {
        (c) (()<-[:HAS_SERIES|HAS_EPISODE]-(above WHERE above.active AND above.publishedAt <= $now)){2}
        (:Franchise)<-[:OWNS]-(:Tenant {active: true})
      }
    WITH c
    ORDER BY c.tenantId DESC, c.publishedAt DESC, c.id DESC
    LIMIT $limit
    RETURN collect(c) AS found
  }
  WITH key, found[..key.limit] AS found
  UNWIND range(0, size(found) - 1) AS rank
  RETURN key.n AS n, rank, found[rank] AS c
UNION ALL
  // What is watched is read from the indexes of WATCHED by the newest: of everybody the last days, by how many people have
  // watched a series; of the viewer the last episodes, of each series the last one or, once that is done, the next. The
  // indexes are named because where little is watched, the planner would go through all of it.
  UNWIND $trending AS key
  CALL (key) {
    MATCH ()-[w:WATCHED]->(e)
    USING INDEX w:WATCHED(lastAt)
    WHERE $trendingSince <= w.lastAt <= $now
    WITH w, e
    ORDER BY w.lastAt DESC
    LIMIT $maxTrending
    MATCH (c:Series)-[:HAS_EPISODE]->(e)
    WITH c, count(DISTINCT w.userId) AS viewers
    WHERE c.active AND c.publishedAt <= $now AND ($tenantId IS NULL OR c.tenantId = $tenantId)
      AND EXISTS {
        (c) (()<-[:HAS_SERIES|HAS_EPISODE]-(above WHERE above.active AND above.publishedAt <= $now)){1}
        (:Franchise)<-[:OWNS]-(:Tenant {active: true})
      }
    WITH c, viewers
    ORDER BY viewers DESC, c.publishedAt DESC, c.id
    LIMIT $limit
    RETURN collect(c) AS found
  }
  WITH key, found[..key.limit] AS found
  UNWIND range(0, size(found) - 1) AS rank
  RETURN key.n AS n, rank, found[rank] AS c
UNION ALL
  UNWIND $trendingOfTenant AS key
  CALL (key) {
    MATCH ()-[w:WATCHED]->(e)
    USING INDEX w:WATCHED(tenantId, lastAt)
    WHERE w.tenantId = key.tenantId AND $trendingSince <= w.lastAt <= $now
    WITH w, e
    ORDER BY w.tenantId DESC, w.lastAt DESC
    LIMIT $maxTrending
    MATCH (c:Series)-[:HAS_EPISODE]->(e)
    WITH c, count(DISTINCT w.userId) AS viewers
    WHERE c.active AND c.publishedAt <= $now AND ($tenantId IS NULL OR c.tenantId = $tenantId)
      AND EXISTS {
        (c) (()<-[:HAS_SERIES|HAS_EPISODE]-(above WHERE above.active AND above.publishedAt <= $now)){1}
        (:Franchise)<-[:OWNS]-(:Tenant {active: true})
      }
    WITH c, viewers
    ORDER BY viewers DESC, c.publishedAt DESC, c.id
    LIMIT $limit
    RETURN collect(c) AS found
  }
  WITH key, found[..key.limit] AS found
  UNWIND range(0, size(found) - 1) AS rank
  RETURN key.n AS n, rank, found[rank] AS c
UNION ALL
  UNWIND $continueWatching AS key
  CALL (key) {
    MATCH ()-[mine:WATCHED]->(e)
    USING INDEX mine:WATCHED(userId, lastAt)
    WHERE mine.userId = $viewerId AND mine.lastAt <= $now
      AND (key.tenantId IS NULL OR mine.tenantId = key.tenantId)
    WITH mine, e
    ORDER BY mine.userId DESC, mine.lastAt DESC
    LIMIT $maxHistory
    MATCH (s:Series)-[has:HAS_EPISODE]->(e)
    WHERE s.active AND s.publishedAt <= $now
      AND EXISTS {
        (s) (()<-[:HAS_SERIES|HAS_EPISODE]-(above WHERE above.active AND above.publishedAt <= $now)){1}
        (:Franchise)<-[:OWNS]-(:Tenant {active: true})
      }
    WITH s, mine, has
    ORDER BY mine.lastAt DESC
    WITH s, collect({at: mine.lastAt, place: [has.season, has.number], done: mine.completion >= $finished})[0] AS last
    CALL (s, last) {
      MATCH (s)-[has:HAS_EPISODE]->(c:Episode)
      WHERE (last.place < [has.season, has.number] OR (last.place = [has.season, has.number] AND NOT last.done))
        AND c.active AND c.publishedAt <= $now AND ($tenantId IS NULL OR c.tenantId = $tenantId)
      RETURN c
      ORDER BY has.season, has.number, c.id
      LIMIT 1
    }
    WITH c, last
    ORDER BY last.at DESC
    LIMIT $limit
    RETURN collect(c) AS found
  }
  WITH key, found[..key.limit] AS found
  UNWIND range(0, size(found) - 1) AS rank
  RETURN key.n AS n, rank, found[rank] AS c
UNION ALL
  // From here on, the recipes of `cypher/recommendations/`, word by word; a test compares them.
  UNWIND $popularWithYourTags AS key
  CALL (key) {
    CALL (key) {
      MATCH ()-[mine:WATCHED]->(e)
      USING INDEX mine:WATCHED(userId, lastAt)
      WHERE mine.userId = $viewerId AND mine.lastAt <= $now
      WITH mine, e
      ORDER BY mine.userId DESC, mine.lastAt DESC
      LIMIT $maxHistory
      MATCH (s:Series)-[:HAS_EPISODE]->(e)
      RETURN collect(DISTINCT s) AS seen
    }
    CALL (key) {
      MATCH (:User)-[follows:FOLLOWS]->(g)
      USING INDEX follows:FOLLOWS(followerId, since, followedId)
      WHERE follows.followerId = $viewerId AND follows.since <= $now AND follows.followedId IS NOT NULL
      WITH follows, g
      ORDER BY follows.followerId DESC, follows.since DESC
      LIMIT $maxFollowed
      WITH g
      WHERE g:Tag
      RETURN g
    }
    CALL (key, g) {
      MATCH (c:Content)-[tagged:TAGGED]->()
      WHERE tagged.tagId = g.id AND tagged.at <= $now AND tagged.contentId IS NOT NULL
      WITH c, tagged
      ORDER BY tagged.tagId DESC, tagged.at DESC, tagged.contentId DESC
      LIMIT $maxTagged
      WITH c
      WHERE c:Series AND (key.tenantId IS NULL OR c.tenantId = key.tenantId)
      RETURN c
    }
    WITH c, seen, count(*) AS tags
    WHERE NOT c IN seen
      AND c.active AND c.publishedAt <= $now AND ($tenantId IS NULL OR c.tenantId = $tenantId)
      AND EXISTS {
        (c) (()<-[:HAS_SERIES|HAS_EPISODE]-(above WHERE above.active AND above.publishedAt <= $now)){1}
        (:Franchise)<-[:OWNS]-(:Tenant {active: true})
      }
    WITH c, tags, COUNT { (c)<-[:FOLLOWS]-() } AS followers
    ORDER BY followers DESC, tags DESC, c.id
    LIMIT $limit
    RETURN collect(c) AS found
  }
  WITH key, found[..key.limit] AS found
  UNWIND range(0, size(found) - 1) AS rank
  RETURN key.n AS n, rank, found[rank] AS c
UNION ALL
  UNWIND $similarViewers AS key
  CALL (key) {
    CALL (key) {
      MATCH ()-[mine:WATCHED]->(e)
      USING INDEX mine:WATCHED(userId, lastAt)
      WHERE mine.userId = $viewerId AND mine.lastAt <= $now
      WITH mine, e
      ORDER BY mine.userId DESC, mine.lastAt DESC
      LIMIT $maxHistory
      MATCH (s:Series)-[:HAS_EPISODE]->(e)
      WITH mine, e, s
      ORDER BY mine.lastAt DESC
      RETURN collect(e) AS watched, collect(DISTINCT s) AS seen
    }
    UNWIND watched[..$maxAlike] AS alike
    CALL (alike) {
      MATCH (u)-[theirs:WATCHED]->()
      USING INDEX theirs:WATCHED(episodeId, lastAt)
      WHERE theirs.episodeId = alike.id AND theirs.lastAt <= $now
      WITH u, theirs
      ORDER BY theirs.episodeId DESC, theirs.lastAt DESC
      LIMIT $maxViewers
      WITH u
      WHERE u.id <> $viewerId
      RETURN u
    }
    WITH key, seen, u, count(*) AS shared
    ORDER BY shared DESC, u.id
    LIMIT $maxViewers
    CALL (u) {
      MATCH ()-[theirs:WATCHED]->(e)
      USING INDEX theirs:WATCHED(userId, lastAt)
      WHERE theirs.userId = u.id AND theirs.lastAt <= $now
      RETURN e
      ORDER BY theirs.userId DESC, theirs.lastAt DESC
      LIMIT $maxAlike
    }
    MATCH (c:Series)-[:HAS_EPISODE]->(e)
    WITH key, seen, c, count(DISTINCT u) AS viewers
    WHERE viewers > 1 AND NOT c IN seen
      AND c.active AND c.publishedAt <= $now AND ($tenantId IS NULL OR c.tenantId = $tenantId)
      AND (key.tenantId IS NULL OR c.tenantId = key.tenantId)
      AND EXISTS {
        (c) (()<-[:HAS_SERIES|HAS_EPISODE]-(above WHERE above.active AND above.publishedAt <= $now)){1}
        (:Franchise)<-[:OWNS]-(:Tenant {active: true})
      }
    WITH c, viewers
    ORDER BY viewers DESC, c.id
    LIMIT $limit
    RETURN collect(c) AS found
  }
  WITH key, found[..key.limit] AS found
  UNWIND range(0, size(found) - 1) AS rank
  RETURN key.n AS n, rank, found[rank] AS c
}
OPTIONAL MATCH (s:Series)-[has:HAS_EPISODE]->(c)
OPTIONAL MATCH (f:Franchise)-[:HAS_SERIES]->(c)
WITH n, rank, c, s, has, f
ORDER BY n, rank
RETURN n, collect({
  franchise: CASE WHEN c:Franchise
    THEN c {.id, .tenantId, .slug, .franchiseType, .title, .synopsis, .description, .language,
            .releaseDate, .publishedAt, .linkLabels, .linkUrls} END,
  series: CASE WHEN c:Series
    THEN c {.id, .tenantId, .slug, .title, .synopsis, .description, .language,
            .releaseDate, .publishedAt, .linkLabels, .linkUrls, franchiseId: f.id} END,
  episode: CASE WHEN c:Episode
    THEN c {.id, .tenantId, .slug, .title, .synopsis, .language, .releaseDate, .publishedAt, .linkLabels, .linkUrls, .durationMs,
            seriesId: s.id, season: has.season, number: has.number} END
}) AS items
