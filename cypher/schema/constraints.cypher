// Uniqueness. Neo4j Community has no other constraints: required properties are kept by the code.
// Each constraint brings the index that finds its nodes.
// params: none
// returns: nothing
CREATE CONSTRAINT tenant_id IF NOT EXISTS FOR (n:Tenant) REQUIRE n.id IS UNIQUE;
CREATE CONSTRAINT tenant_slug IF NOT EXISTS FOR (n:Tenant) REQUIRE n.slug IS UNIQUE;
CREATE CONSTRAINT tenant_slug_skeleton IF NOT EXISTS FOR (n:Tenant) REQUIRE n.slugSkeleton IS UNIQUE;
CREATE CONSTRAINT tenant_creation_key IF NOT EXISTS FOR (n:Tenant) REQUIRE n.creationKey IS UNIQUE;
CREATE CONSTRAINT invitation_id IF NOT EXISTS FOR (n:Invitation) REQUIRE n.id IS UNIQUE;
CREATE CONSTRAINT invitation_hash IF NOT EXISTS FOR (n:Invitation) REQUIRE n.hash IS UNIQUE;
CREATE CONSTRAINT invitation_email IF NOT EXISTS FOR (n:Invitation) REQUIRE (n.tenantId, n.email) IS UNIQUE;
CREATE CONSTRAINT domain_id IF NOT EXISTS FOR (n:Domain) REQUIRE n.id IS UNIQUE;
CREATE CONSTRAINT domain_name IF NOT EXISTS FOR (n:Domain) REQUIRE (n.tenantId, n.name) IS UNIQUE;
CREATE CONSTRAINT domain_verified_name IF NOT EXISTS FOR (n:Domain) REQUIRE n.verifiedName IS UNIQUE;
CREATE CONSTRAINT content_id IF NOT EXISTS FOR (n:Content) REQUIRE n.id IS UNIQUE;
CREATE CONSTRAINT franchise_id IF NOT EXISTS FOR (n:Franchise) REQUIRE n.id IS UNIQUE;
CREATE CONSTRAINT franchise_slug IF NOT EXISTS FOR (n:Franchise) REQUIRE (n.tenantId, n.slug) IS UNIQUE;
CREATE CONSTRAINT series_id IF NOT EXISTS FOR (n:Series) REQUIRE n.id IS UNIQUE;
CREATE CONSTRAINT series_slug IF NOT EXISTS FOR (n:Series) REQUIRE (n.tenantId, n.slug) IS UNIQUE;
CREATE CONSTRAINT episode_id IF NOT EXISTS FOR (n:Episode) REQUIRE n.id IS UNIQUE;
CREATE CONSTRAINT episode_slug IF NOT EXISTS FOR (n:Episode) REQUIRE (n.tenantId, n.slug) IS UNIQUE;
CREATE CONSTRAINT tag_id IF NOT EXISTS FOR (n:Tag) REQUIRE n.id IS UNIQUE;
CREATE CONSTRAINT tag_slug IF NOT EXISTS FOR (n:Tag) REQUIRE n.slug IS UNIQUE;
CREATE CONSTRAINT person_id IF NOT EXISTS FOR (n:Person) REQUIRE n.id IS UNIQUE;
CREATE CONSTRAINT person_slug IF NOT EXISTS FOR (n:Person) REQUIRE n.slug IS UNIQUE;
CREATE CONSTRAINT asset_id IF NOT EXISTS FOR (n:Asset) REQUIRE n.id IS UNIQUE;
CREATE CONSTRAINT asset_creation_key IF NOT EXISTS FOR (n:Asset) REQUIRE n.creationKey IS UNIQUE;
CREATE CONSTRAINT user_id IF NOT EXISTS FOR (n:User) REQUIRE n.id IS UNIQUE;
CREATE CONSTRAINT user_handle IF NOT EXISTS FOR (n:User) REQUIRE n.handle IS UNIQUE;
CREATE CONSTRAINT user_handle_skeleton IF NOT EXISTS FOR (n:User) REQUIRE n.handleSkeleton IS UNIQUE;
CREATE CONSTRAINT user_email IF NOT EXISTS FOR (n:User) REQUIRE n.email IS UNIQUE;
CREATE CONSTRAINT comment_id IF NOT EXISTS FOR (n:Comment) REQUIRE n.id IS UNIQUE;
CREATE CONSTRAINT generation_id IF NOT EXISTS FOR (n:Generation) REQUIRE n.id IS UNIQUE;
CREATE CONSTRAINT credential_id IF NOT EXISTS FOR (n:Credential) REQUIRE n.id IS UNIQUE;
CREATE CONSTRAINT session_id IF NOT EXISTS FOR (n:Session) REQUIRE n.id IS UNIQUE;
CREATE CONSTRAINT access_token_id IF NOT EXISTS FOR (n:AccessToken) REQUIRE n.id IS UNIQUE;
CREATE CONSTRAINT access_token_hash IF NOT EXISTS FOR (n:AccessToken) REQUIRE n.hash IS UNIQUE;
CREATE CONSTRAINT address_id IF NOT EXISTS FOR (n:Address) REQUIRE n.id IS UNIQUE;
CREATE CONSTRAINT legal_person_id IF NOT EXISTS FOR (n:LegalPerson) REQUIRE n.id IS UNIQUE;
CREATE CONSTRAINT export_id IF NOT EXISTS FOR (n:Export) REQUIRE n.id IS UNIQUE;
CREATE CONSTRAINT follows_once IF NOT EXISTS FOR ()-[r:FOLLOWS]-() REQUIRE (r.followerId, r.followedId) IS UNIQUE;
CREATE CONSTRAINT event_id IF NOT EXISTS FOR (n:Event) REQUIRE n.id IS UNIQUE;
CREATE CONSTRAINT identity_id IF NOT EXISTS FOR (n:Identity) REQUIRE n.id IS UNIQUE;
CREATE CONSTRAINT identity_subject IF NOT EXISTS FOR (n:Identity) REQUIRE (n.provider, n.subject) IS UNIQUE;
CREATE CONSTRAINT sign_in_attempt_state IF NOT EXISTS FOR (n:SignInAttempt) REQUIRE n.stateHash IS UNIQUE;
CREATE CONSTRAINT sign_in_attempt_ticket IF NOT EXISTS FOR (n:SignInAttempt) REQUIRE n.ticketHash IS UNIQUE;
CREATE CONSTRAINT login_code_hash IF NOT EXISTS FOR (n:LoginCode) REQUIRE n.hash IS UNIQUE;
CREATE CONSTRAINT link_code_hash IF NOT EXISTS FOR (n:LinkCode) REQUIRE n.hash IS UNIQUE;
CREATE CONSTRAINT email_proof_hash IF NOT EXISTS FOR (n:EmailProof) REQUIRE n.hash IS UNIQUE;
