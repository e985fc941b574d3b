// Erases some of what was written in the tickets that an account has opened, by whomever. The tickets themselves go with its
// belongings.
// params: id: string, limit: int
// returns: erased: int
MATCH (u:User {id: $id})-[:HAS_TICKET]->(:Ticket)-[:HAS_MESSAGE]->(m:TicketMessage)
WITH m
LIMIT $limit
DETACH DELETE m
RETURN count(*) AS erased
