// The order of every list that can grow, and the search. An index carries the sort key and then the
// id, so that a page is read from it without sorting.
// params: none
// returns: nothing
CREATE INDEX tenant_name IF NOT EXISTS FOR (n:Tenant) ON (n.name, n.id);
CREATE INDEX tag_name IF NOT EXISTS FOR (n:Tag) ON (n.name, n.id);
CREATE INDEX franchise_published IF NOT EXISTS FOR (n:Franchise) ON (n.publishedAt, n.id);
CREATE INDEX franchise_tenant_published IF NOT EXISTS FOR (n:Franchise) ON (n.tenantId, n.publishedAt, n.id);
CREATE INDEX series_published IF NOT EXISTS FOR (n:Series) ON (n.publishedAt, n.id);
CREATE INDEX series_tenant_published IF NOT EXISTS FOR (n:Series) ON (n.tenantId, n.publishedAt, n.id);
CREATE INDEX episode_published IF NOT EXISTS FOR (n:Episode) ON (n.publishedAt, n.id);
CREATE INDEX episode_tenant_published IF NOT EXISTS FOR (n:Episode) ON (n.tenantId, n.publishedAt, n.id);
CREATE INDEX comment_subject_created IF NOT EXISTS FOR (n:Comment) ON (n.subjectId, n.createdAt, n.id);
CREATE INDEX user_platform_roles IF NOT EXISTS FOR (n:User) ON (n.platformRoles);
CREATE INDEX tagged_at IF NOT EXISTS FOR ()-[r:TAGGED]-() ON (r.tagId, r.at, r.contentId);
CREATE INDEX asset_tenant_bytes IF NOT EXISTS FOR (n:Asset) ON (n.tenantId, n.bytes);
CREATE INDEX asset_tenant_created IF NOT EXISTS FOR (n:Asset) ON (n.tenantId, n.state, n.kind, n.createdAt, n.id);
CREATE INDEX asset_due IF NOT EXISTS FOR (n:Asset) ON (n.dueAt, n.id);
CREATE INDEX sign_in_attempt_address IF NOT EXISTS FOR (n:SignInAttempt) ON (n.address, n.expiresAt);
CREATE INDEX sign_in_attempt_expires IF NOT EXISTS FOR (n:SignInAttempt) ON (n.expiresAt);
CREATE INDEX login_code_expires IF NOT EXISTS FOR (n:LoginCode) ON (n.expiresAt);
CREATE INDEX link_code_expires IF NOT EXISTS FOR (n:LinkCode) ON (n.expiresAt);
CREATE INDEX followed_since IF NOT EXISTS FOR ()-[r:FOLLOWS]-() ON (r.followedId, r.since, r.followerId);
CREATE INDEX follower_since IF NOT EXISTS FOR ()-[r:FOLLOWS]-() ON (r.followerId, r.since, r.followedId);
CREATE INDEX user_delete_after IF NOT EXISTS FOR (n:User) ON (n.deleteAfter, n.id);
CREATE INDEX invitation_address IF NOT EXISTS FOR (n:Invitation) ON (n.email);
CREATE INDEX invitation_expires IF NOT EXISTS FOR (n:Invitation) ON (n.expiresAt);
CREATE INDEX export_expires IF NOT EXISTS FOR (n:Export) ON (n.expiresAt, n.id);
CREATE INDEX event_actor IF NOT EXISTS FOR (n:Event) ON (n.actorId, n.at, n.id);
CREATE INDEX event_subject IF NOT EXISTS FOR (n:Event) ON (n.subjectId, n.at, n.id);
CREATE FULLTEXT INDEX content_text IF NOT EXISTS FOR (n:Franchise|Series|Episode) ON EACH [n.title, n.synopsis, n.description, n.tenantId];
CREATE FULLTEXT INDEX caption_text IF NOT EXISTS FOR (n:Cue) ON EACH [n.text, n.tenantId];
CREATE FULLTEXT INDEX name_text IF NOT EXISTS FOR (n:Person|Tag) ON EACH [n.name];
CREATE INDEX event_type_at IF NOT EXISTS FOR (n:Event) ON (n.type, n.at, n.id);
CREATE INDEX event_subject_type_at IF NOT EXISTS FOR (n:Event) ON (n.subjectId, n.type, n.at, n.id);
CREATE INDEX event_actor_type_at IF NOT EXISTS FOR (n:Event) ON (n.actorId, n.type, n.at, n.id);
CREATE INDEX event_tenant_type_at IF NOT EXISTS FOR (n:Event) ON (n.tenantId, n.type, n.at, n.id);
CREATE INDEX event_tenant_subject_type_at IF NOT EXISTS FOR (n:Event) ON (n.tenantId, n.subjectId, n.type, n.at, n.id);
CREATE INDEX event_tenant_actor_type_at IF NOT EXISTS FOR (n:Event) ON (n.tenantId, n.actorId, n.type, n.at, n.id);
CREATE INDEX event_due IF NOT EXISTS FOR (n:Event) ON (n.dueAt, n.id);
CREATE INDEX delivery_due IF NOT EXISTS FOR (n:Delivery) ON (n.function, n.dueAt, n.seq);
CREATE INDEX delivery_lane IF NOT EXISTS FOR (n:Delivery) ON (n.lane, n.seq);
CREATE INDEX delivery_waiting IF NOT EXISTS FOR (n:Delivery) ON (n.function, n.seq);
CREATE INDEX delivery_failed IF NOT EXISTS FOR (n:Delivery) ON (n.failedAt, n.eventId, n.function);
CREATE INDEX delivery_function_failed IF NOT EXISTS FOR (n:Delivery) ON (n.function, n.failedAt);
