// A sign of life.
// params: none
// returns: pong: int
RETURN 1 AS pong
