// A token issuer in memory, which checks what the page sends as an OpenID provider must, and which tests make refuse. Nobody has
// to click: whoever comes is signed in.

import { createHash, generateKeyPairSync, randomUUID, sign } from "node:crypto";
import { createServer } from "node:http";

const encode = (it) => Buffer.from(typeof it === "string" ? it : JSON.stringify(it)).toString("base64url");

export class FakeIssuer {
  /** What the page may not send. */
  wrong = [];
  /** The parameters of each authorization request. */
  asked = [];
  /** How often a refresh token was exchanged. */
  refreshed = 0;
  /** The parameters of each sign-out. */
  ended = [];
  /** Who signs in. */
  subject = "ada";
  /** Seconds that an access token is valid. */
  lifetime = 6;
  /** Changes the parameters of the response to the page. @type {(parameters: Record<string, string>) => void} */
  spoil = () => {};
  /** Changes the claims of the id token. @type {(claims: any) => void} */
  spoilId = () => {};
  /** The error of the next refreshes. */
  refuseRefresh = "";
  /** Where the page is; only this origin may read the answers of the token endpoint. */
  page = "";
  #codes = new Map();
  #refresh = new Map();
  #key = generateKeyPairSync("ec", { namedCurve: "P-256" });
  #server;

  async start() {
    this.#server = createServer((request, response) => void this.#answer(request, response));
    await new Promise((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    this.url = `http://127.0.0.1:${this.#server.address().port}`;
    return this;
  }

  stop() {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(resolve));
  }

  sign(claims) {
    const text = `${encode({ alg: "ES256", kid: "one", typ: "JWT" })}.${encode(claims)}`;
    const key = { key: this.#key.privateKey, dsaEncoding: "ieee-p1363" };
    return `${text}.${sign("sha256", Buffer.from(text), key).toString("base64url")}`;
  }

  access(sub, roles, lifetime = this.lifetime) {
    const now = Math.floor(Date.now() / 1_000);
    const claims = { iss: this.url, aud: "cml-cloud-manager", sub, iat: now, exp: now + lifetime, jti: randomUUID() };
    return this.sign({ ...claims, realm_access: { roles } });
  }

  #expect(what, is) {
    if (!is) this.wrong.push(what);
    return is;
  }

  async #answer(request, response) {
    const url = new URL(request.url, this.url);
    const json = (status, body, headers = {}) => {
      response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store", ...headers });
      response.end(JSON.stringify(body));
    };
    const at = (path) => `${this.url}${path}`;
    if (url.pathname === "/.well-known/openid-configuration") {
      return json(200, {
        issuer: this.url, jwks_uri: at("/jwks"), authorization_endpoint: at("/authorize"), token_endpoint: at("/token"),
        end_session_endpoint: at("/end"), response_modes_supported: ["query", "fragment"],
        authorization_response_iss_parameter_supported: true,
      });
    }
    if (url.pathname === "/jwks") {
      const key = this.#key.publicKey.export({ format: "jwk" });
      return json(200, { keys: [{ ...key, kid: "one", alg: "ES256", use: "sig" }] });
    }
    if (url.pathname === "/authorize") return this.#authorize(url.searchParams, response);
    if (url.pathname === "/end") {
      this.ended.push(Object.fromEntries(url.searchParams));
      return response.writeHead(303, { location: url.searchParams.get("post_logout_redirect_uri") }).end();
    }
    let text = "";
    for await (const chunk of request) text += chunk;
    const form = new URLSearchParams(text);
    const cors = { "access-control-allow-origin": this.page };
    const { status, body } = this.#token(form, request.headers);
    json(status, body, cors);
  }

  #authorize(given, response) {
    this.asked.push(Object.fromEntries(given));
    const redirect = given.get("redirect_uri");
    this.#expect("redirect_uri", redirect === `${this.page}/`);
    this.#expect("client_id", given.get("client_id") === "page");
    this.#expect("response_type", given.get("response_type") === "code");
    this.#expect("scope", given.get("scope") === "openid");
    this.#expect("method", given.get("code_challenge_method") === "S256");
    for (const name of ["state", "nonce", "code_challenge"]) this.#expect(name, given.get(name)?.length === 43);
    const code = randomUUID();
    this.#codes.set(code, { challenge: given.get("code_challenge"), nonce: given.get("nonce"), redirect });
    const parameters = { code, state: given.get("state"), iss: this.url };
    this.spoil(parameters);
    response.writeHead(303, { location: `${redirect}#${new URLSearchParams(parameters)}` }).end();
  }

  #token(form, headers) {
    const refused = (error) => ({ status: 400, body: { error, error_description: `of ${form.get("grant_type")}` } });
    if (form.get("grant_type") === "client_credentials") {
      return { status: 200, body: { access_token: this.access("gateway", ["service"], 600), token_type: "Bearer" } };
    }
    this.#expect("client of the token request", form.get("client_id") === "page" && !headers.authorization && !headers.cookie);
    let nonce;
    if (form.get("grant_type") === "authorization_code") {
      const known = this.#codes.get(form.get("code"));
      this.#codes.delete(form.get("code"));
      const challenge = createHash("sha256").update(form.get("code_verifier") ?? "").digest("base64url");
      if (!this.#expect("code", known)) return refused("invalid_grant");
      if (!this.#expect("verifier", challenge === known.challenge)) return refused("invalid_grant");
      this.#expect("redirect_uri of the code", form.get("redirect_uri") === known.redirect);
      nonce = known.nonce;
    } else {
      if (this.refuseRefresh) return refused(this.refuseRefresh);
      // Each refresh token is for one use.
      if (!this.#expect("refresh token", this.#refresh.delete(form.get("refresh_token")))) return refused("invalid_grant");
      this.refreshed += 1;
    }
    const claims = { iss: this.url, aud: "page", sub: this.subject, nonce };
    this.spoilId(claims);
    const refresh_token = `refresh-${randomUUID()}`;
    this.#refresh.set(refresh_token, true);
    const access_token = this.access(this.subject, ["admin"]);
    return { status: 200, body: { access_token, refresh_token, id_token: this.sign(claims), token_type: "Bearer" } };
  }
}
