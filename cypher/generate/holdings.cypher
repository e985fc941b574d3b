// How many nodes the graph holds, and how many of them are the sample's: its tenants with all they own, and the
// vocabulary, whoever brought it. What servers note for themselves counts as well. What the sample has besides must be
// counted here, or a graph with the sample is taken for one with other people's data.
// All nodes are counted alone, because only then Neo4j looks the number up instead of going through them.
// params: tenants: [string], tags: [string], people: [string]
// returns: nodes: int, sample: int
CALL () {
  MATCH (n)
  WITH count(n) AS held
  RETURN held, 0 AS known
UNION ALL
  UNWIND $tenants AS slug
  MATCH (t:Tenant {slug: slug})
  OPTIONAL MATCH (t)-[:OWNS]->(f:Franchise)
  OPTIONAL MATCH (f)-[:HAS_SERIES]->(s:Series)
  OPTIONAL MATCH (s)-[:HAS_EPISODE]->(e:Episode)
  OPTIONAL MATCH (t)-[:HAS_HOME_PAGE|HAS_FAQ_ENTRY]->(h:HomePage|FaqEntry)
  WITH collect(DISTINCT t) + collect(DISTINCT f) + collect(DISTINCT s) + collect(DISTINCT e) + collect(DISTINCT h) AS owned
  UNWIND owned AS node
  OPTIONAL MATCH (node)-[:HAS_ASSET]->(a:Asset)
  RETURN 0 AS held, count(DISTINCT node) + count(DISTINCT a) AS known
UNION ALL
  UNWIND $tags AS slug
  MATCH (g:Tag {slug: slug})
  RETURN 0 AS held, count(g) AS known
UNION ALL
  UNWIND $people AS slug
  MATCH (p:Person {slug: slug})
  RETURN 0 AS held, count(p) AS known
UNION ALL
  MATCH (q:Queue)
  RETURN 0 AS held, count(q) AS known
UNION ALL
  MATCH (j:Job)
  RETURN 0 AS held, count(j) AS known
}
RETURN sum(held) AS nodes, sum(known) AS sample
