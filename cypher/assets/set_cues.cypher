// Keeps the cues of captions, so that they can be searched. A second time changes nothing.
// The first SET takes the lock.
// params: id: string, cues: [{startMs: int, endMs: int, text: string}], now: datetime
// returns: made: int
MATCH (a:Asset {id: $id})
SET a.touchedAt = $now
WITH a
WHERE a.state = 'READY' AND a.cueCount IS NULL
SET a.cueCount = size($cues)
WITH a
UNWIND range(0, size($cues) - 1) AS position
WITH a, position, $cues[position] AS cue
CREATE (a)-[:HAS_CUE]->(:Cue {assetId: a.id, tenantId: a.tenantId, position: position, startMs: cue.startMs, endMs: cue.endMs,
                              text: cue.text})
RETURN count(cue) AS made
