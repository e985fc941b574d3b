// Keeps which smaller variants of a picture there are, and how many bytes they have together. A second time they are the
// same. No row says that the picture is not there any more. The first SET takes the lock.
// params: id: string, widths: [int], heights: [int], bytes: int, blurhash: string, now: datetime
// returns: id: string
MATCH (a:Asset {id: $id})
SET a.touchedAt = $now
WITH a
WHERE a.state = 'READY'
SET a.variantWidths = $widths, a.variantHeights = $heights, a.variantBytes = $bytes, a.blurhash = $blurhash
RETURN a.id AS id
