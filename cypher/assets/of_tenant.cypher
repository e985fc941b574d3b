// The files of a tenant, newest first.
// A key is a state and a kind: each brings its own page, and the page of all is merged from them.
// The branches name the index that they read, and what leads it leads the order.
// params: forward: [{tenantId: string, state: string, kind: string, lower: [any], upper: [any]}],
//         backward: the same, limit: int
// returns: items: [map]
CALL () {
  UNWIND $forward AS key
  CALL (key) {
    MATCH (a:Asset)
    USING INDEX a:Asset(tenantId, state, kind, createdAt, id)
    WHERE a.tenantId = key.tenantId AND a.state = key.state AND a.kind = key.kind
      AND key.lower[0] <= a.createdAt <= key.upper[0] AND a.id IS NOT NULL
      AND key.lower < [a.createdAt, a.id] < key.upper
    RETURN a
    ORDER BY a.tenantId DESC, a.state DESC, a.kind DESC, a.createdAt DESC, a.id DESC
    LIMIT $limit
  }
  RETURN a
UNION ALL
  UNWIND $backward AS key
  CALL (key) {
    MATCH (a:Asset)
    USING INDEX a:Asset(tenantId, state, kind, createdAt, id)
    WHERE a.tenantId = key.tenantId AND a.state = key.state AND a.kind = key.kind
      AND key.lower[0] <= a.createdAt <= key.upper[0] AND a.id IS NOT NULL
      AND key.lower < [a.createdAt, a.id] < key.upper
    RETURN a
    ORDER BY a.tenantId, a.state, a.kind, a.createdAt, a.id
    LIMIT $limit
  }
  RETURN a
}
WITH a
ORDER BY a.createdAt DESC, a.id DESC
WITH collect(a) AS all
UNWIND CASE WHEN $forward = [] THEN all[-$limit..] ELSE all[..$limit] END AS a
RETURN collect(a {.id, .tenantId, .kind, .state, .fileName, .contentType, .bytes, .declaredBytes, .checksum, .width, .height,
          .durationMs, .videoCodec, .audioCodec, .language, .createdAt, .readyAt, .expiresAt, .refusalCode,
          .refusalMessage, .partBytes, .uploadId, .key, .checks, .blurhash, .variantWidths, .variantHeights,
          .renditionKinds, .renditionUrls, .renditionHeights, .renditionBitrates, version: coalesce(a.version, 1),
          inUse: EXISTS { (a)<--() }}) AS items
