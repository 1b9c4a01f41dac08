// @ts-check
import * as api from "./api.js";
export async function resume() {
  const response = await api.request("GET", "/api/me");
  if (response.ok) return { me: await response.json() };
  return { reason: "missing" };
}
export function keepAlive() {}
export async function end() { await api.request("DELETE", "/api/session"); }
export async function begin(token) { const r = await api.request("POST", "/api/session", { headers: { Authorization: `Bearer ${token}` } }); await api.read(r); return api.get("/api/me"); }
