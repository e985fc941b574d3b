// An OpenID provider whose people are invented as they sign in: the name that is given is the subject, the start of the
// address and the preferred user name. Its beginning says what the provider knows:
//   unverified…  an address that the provider has not confirmed
//   addressless… no address at all
// It prints its issuer, and ends when its input does.
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

const claims = (id) => {
  const person = { sub: id, name: `${id} of the tests`, preferred_username: id };
  if (id.startsWith('addressless')) return person;
  return { ...person, email: `${id}@example.org`, email_verified: !id.startsWith('unverified') };
};

const server = createServer();
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [{
      client_id: 'seeka',
      client_secret: process.env.CLIENT_SECRET,
      // Of a native client the port of a loopback address may be any (RFC 8252, section 7.3).
      application_type: 'native',
      redirect_uris: [`http://127.0.0.1/auth/${process.env.PROVIDER}/callback`, 'org.example.seeka:/signed-in'],
    }],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'preferred_username'] },
    cookies: { keys: ['keys of the tests'] },
    findAccount: (_, id) => ({ accountId: id, claims: () => claims(id) }),
    // Half of the providers out there put what they know into the ID token, the others only into the user info.
    conformIdTokenClaims: process.env.CLAIMS_IN_ID_TOKEN !== 'yes',
    pkce: { required: () => true },
  });
  server.on('request', provider.callback());
  console.log(issuer);
});
process.stdin.resume().on('end', () => process.exit(0));
