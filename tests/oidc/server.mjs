// A real OpenID Connect issuer for the end-to-end tests: oidc-provider on loopback, for as long as standard input is open.
//
// Started with the port to listen at (0: a free one). It takes one JSON object a line on standard input, {"keys": [...]},
// private JSON Web Keys: the ones that it publishes, and signs with, the first of each algorithm. The next line replaces
// them, as an issuer's operator would by a restart. It answers each line with one of its own: {"issuer": "http://..."}.

import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { webcrypto } from "node:crypto";

// Node 18, which Debian 12 has, lacks two things that oidc-provider takes for granted.
globalThis.crypto ??= webcrypto;
URL.parse ??= (text, base) => (URL.canParse(text, base) ? new URL(text, base) : null);
const { default: Provider } = await import("oidc-provider");

/** The resource says which algorithm signs; the last one's tokens end soon. */
const resources = {
  "urn:ccm:RS256": { alg: "RS256", seconds: 3600 },
  "urn:ccm:ES256": { alg: "ES256", seconds: 3600 },
  "urn:ccm:EdDSA": { alg: "EdDSA", seconds: 3600 },
  "urn:ccm:brief": { alg: "RS256", seconds: 6 },
};

/** A client of the client_credentials grant. */
const client = (id, method, alg) => ({
  client_id: id,
  client_secret: "only-for-tests",
  grant_types: ["client_credentials"],
  redirect_uris: [],
  response_types: [],
  token_endpoint_auth_method: method,
  id_token_signed_response_alg: alg,
});

function provider(issuer, keys) {
  const made = new Provider(issuer, {
    jwks: { keys },
    clients: [
      client("scripts", "client_secret_post", keys[0].alg),
      client("ccm processes", "client_secret_basic", keys[0].alg),
    ],
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_, resource) => ({
          scope: "",
          audience: "cml-cloud-manager",
          accessTokenTTL: resources[resource].seconds,
          accessTokenFormat: "jwt",
          jwt: { sign: { alg: resources[resource].alg } },
        }),
      },
    },
    extraTokenClaims: (_, token) => ({
      realm_access: { roles: [token.clientId === "scripts" ? "admin" : "service", "offline_access"] },
      department: "network",
    }),
    formats: {
      customizers: {
        // client_credentials has no subject of its own.
        jwt: (_, token, parts) => void (parts.payload.sub ??= token.clientId),
      },
    },
  });
  return made.callback();
}

let serve = (_, response) => response.writeHead(503).end();
const server = createServer((request, response) => serve(request, response));
await new Promise((listening) => server.listen(Number(process.argv[2] ?? 0), "127.0.0.1", listening));
const issuer = `http://127.0.0.1:${server.address().port}`;

for await (const line of createInterface({ input: process.stdin })) {
  serve = provider(issuer, JSON.parse(line).keys);
  console.log(JSON.stringify({ issuer }));
}
process.exit(0);
