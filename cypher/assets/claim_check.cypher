// Takes a file on to be checked, unless another server is at it. Whoever was killed in the middle has lost it when their
// time is up. The first SET takes the lock.
// params: id: string, claim: string, leaseEnds: datetime, now: datetime
// returns: asset: map
MATCH (a:Asset {id: $id})
SET a.touchedAt = $now
WITH a
WHERE a.state = 'PENDING' OR (a.state = 'CHECKING' AND a.dueAt <= $now)
SET a.state = 'CHECKING', a.claim = $claim, a.dueAt = $leaseEnds, a.checks = coalesce(a.checks, 0) + 1
RETURN a {.id, .tenantId, .kind, .state, .fileName, .contentType, .bytes, .declaredBytes, .checksum, .width, .height,
          .durationMs, .videoCodec, .audioCodec, .language, .createdAt, .readyAt, .expiresAt, .refusalCode,
          .refusalMessage, .partBytes, .uploadId, .key, .checks, .blurhash, .variantWidths, .variantHeights,
          .renditionKinds, .renditionUrls, .renditionHeights, .renditionBitrates, version: coalesce(a.version, 1),
          inUse: EXISTS { (a)<--() }} AS asset
