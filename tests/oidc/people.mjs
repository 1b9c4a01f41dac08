// A real OpenID Connect issuer at which people sign in to the page: oidc-provider on loopback, with its own form, that takes any
// name and password. Its public client is `page`; `gateway` gets a token of its own by client_credentials.

import { generateKeyPairSync, webcrypto } from "node:crypto";
import { createServer } from "node:http";

globalThis.crypto ??= webcrypto;
URL.parse ??= (text, base) => (URL.canParse(text, base) ? new URL(text, base) : null);

export async function startPeople() {
  const { default: Provider } = await import("oidc-provider");
  let answer = (_, response) => response.writeHead(503).end();
  const server = createServer((request, response) => answer(request, response));
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  const url = `http://127.0.0.1:${server.address().port}`;
  let refreshed = 0;

  /** Serves a page with this redirect URI; its access tokens are valid for some seconds. */
  function serve(redirect, seconds) {
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const provider = new Provider(url, {
      jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), alg: "RS256", kid: "people", use: "sig" }] },
      clients: [
        {
          client_id: "page",
          token_endpoint_auth_method: "none",
          grant_types: ["authorization_code", "refresh_token"],
          response_types: ["code"],
          redirect_uris: [redirect],
          post_logout_redirect_uris: [redirect],
        },
        {
          client_id: "gateway",
          client_secret: "only-for-tests",
          grant_types: ["client_credentials"],
          redirect_uris: [],
          response_types: [],
        },
      ],
      cookies: { keys: ["only-for-tests"] },
      clientBasedCORS: (_, origin, client) => client.clientId === "page" && `${origin}/` === redirect,
      issueRefreshToken: () => true,
      rotateRefreshToken: true,
      features: {
        clientCredentials: { enabled: true },
        resourceIndicators: {
          enabled: true,
          defaultResource: () => "urn:ccm",
          useGrantedResource: () => true,
          getResourceServerInfo: (_, __, client) => ({
            scope: "openid",
            audience: "cml-cloud-manager",
            accessTokenTTL: client.clientId === "page" ? seconds : 600,
            accessTokenFormat: "jwt",
          }),
        },
      },
      extraTokenClaims: (_, token) => ({ realm_access: { roles: [token.clientId === "page" ? "admin" : "service"] } }),
      formats: { customizers: { jwt: (_, token, parts) => void (parts.payload.sub ??= token.clientId) } },
    });
    provider.on("grant.success", (context) => {
      if (context.oidc.params.grant_type === "refresh_token") refreshed += 1;
    });
    answer = provider.callback();
  }

  const stop = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url, serve, stop, refreshed: () => refreshed };
}
