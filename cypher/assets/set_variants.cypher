// Keeps which smaller variants of a picture there are. A second time changes nothing.
// The first SET takes the lock.
// params: id: string, widths: [int], heights: [int], blurhash: string, now: datetime
// returns: id: string
MATCH (a:Asset {id: $id})
SET a.touchedAt = $now
WITH a
WHERE a.state = 'READY' AND a.variantWidths IS NULL
SET a.variantWidths = $widths, a.variantHeights = $heights, a.blurhash = $blurhash
RETURN a.id AS id
