// A file of a tenant, from the inside.
// params: tenantId: string, id: string
// returns: asset: map
MATCH (a:Asset {id: $id, tenantId: $tenantId})
WHERE a.state <> 'REMOVING'
RETURN a {.id, .tenantId, .kind, .state, .fileName, .contentType, .bytes, .declaredBytes, .checksum, .width, .height,
          .durationMs, .videoCodec, .audioCodec, .language, .createdAt, .readyAt, .expiresAt, .refusalCode,
          .refusalMessage, .partBytes, .uploadId, .key, .checks, .blurhash, .variantWidths, .variantHeights,
          .renditionKinds, .renditionUrls, .renditionHeights, .renditionBitrates, version: coalesce(a.version, 1),
          inUse: EXISTS { (a)<--() }} AS asset
