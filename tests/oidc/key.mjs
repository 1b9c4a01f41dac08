// Prints a new private key as {"jwk", "der"}: for the issuer to sign with, and for the tests to sign with in its stead.
// Arguments: RS256, ES256 or EdDSA, and the key's id.

import { generateKeyPairSync } from "node:crypto";

const [alg, kid] = process.argv.slice(2);
const kinds = {
  RS256: ["rsa", { modulusLength: 2048 }, "pkcs1"],
  ES256: ["ec", { namedCurve: "P-256" }, "pkcs8"],
  EdDSA: ["ed25519", {}, "pkcs8"],
};
const [kind, options, type] = kinds[alg];
const { privateKey } = generateKeyPairSync(kind, options);
const jwk = { ...privateKey.export({ format: "jwk" }), alg, kid, use: "sig" };
const der = privateKey.export({ format: "der", type }).toString("base64");
console.log(JSON.stringify({ jwk, der }));
