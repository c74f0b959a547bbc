import { Elysia } from "elysia";
import { z } from "zod";
import { signinBody } from "./accounts.ts";
import { channelQuery, controlBody } from "./channels.ts";
import type { HttpContext } from "./context.ts";
import { historyQuery, timelineQuery } from "./history.ts";
import { hudMessageBody, hudMessagesQuery } from "./hud-api.ts";
import { moodQuery } from "./moods.ts";
import { json } from "./page.ts";
import { streamsQuery } from "./streams.ts";

/** An operation of the API for programs: what goes in, by the schemas that judge it, and what it is for. */
interface Operation {
  method: "get" | "post" | "delete";
  /** As the router has it: `:name` is a part of the path that varies. */
  path: string;
  summary: string;
  query?: z.ZodObject;
  body?: z.ZodObject;
  /** Of what success gives. */
  status?: number;
}

/** Every operation under `/api/`; a test compares it with the routes. */
export const OPERATIONS: readonly Operation[] = [
  { method: "get", path: "/api/status", summary: "How the installation is, part by part." },
  { method: "get", path: "/api/channels", summary: "The channels, and how each is." },
  { method: "get", path: "/api/channels/figures", summary: "A channel's figures; each equals a recount.", query: channelQuery },
  { method: "get", path: "/api/channel-control", summary: "The logins of the channels." },
  { method: "post", path: "/api/channel-control", summary: "Lists, joins or leaves.", body: controlBody },
  { method: "get", path: "/api/chat/history", summary: "Chat lines, oldest first.", query: historyQuery },
  { method: "get", path: "/api/timeline", summary: "What happened, oldest first.", query: timelineQuery },
  { method: "get", path: "/api/streams", summary: "A channel's streams, newest first.", query: streamsQuery },
  { method: "get", path: "/api/sentiment/scores", summary: "How a channel's chat feels, and why.", query: moodQuery },
  { method: "get", path: "/api/twitch/accounts", summary: "The Twitch accounts, and what is off for want of one." },
  { method: "post", path: "/api/twitch/signins", summary: "Begins a sign-in by device code.", body: signinBody, status: 201 },
  { method: "get", path: "/api/twitch/signins/:id", summary: "How a sign-in is." },
  { method: "delete", path: "/api/twitch/signins/:id", summary: "Stops waiting for a sign-in." },
  { method: "delete", path: "/api/twitch/accounts/:userId", summary: "Revokes an account's tokens and forgets them." },
  { method: "get", path: "/api/hud/messages", summary: "Messages to the broadcaster, oldest first.", query: hudMessagesQuery },
  { method: "post", path: "/api/hud/messages", summary: "Tells the broadcaster something.", body: hudMessageBody, status: 201 },
];

const REFUSAL = {
  type: "object",
  required: ["ok", "error", "message"],
  properties: {
    ok: { const: false },
    error: { type: "string", description: "A code for programs." },
    message: { type: "string", description: "The same for people, in the language of Accept-Language." },
    field: { type: "string", description: "The field at fault." },
    trace_id: { type: "string", description: "Finds an internal error in the log." },
  },
};

/** `/openapi.json`: the API as OpenAPI 3.1 describes it. */
export function openapiRoutes({ deps }: HttpContext) {
  const paths: Record<string, Record<string, object>> = {};
  for (const operation of OPERATIONS) {
    const path = operation.path.replace(/:(\w+)/g, "{$1}");
    paths[path] = { ...paths[path], [operation.method]: describe(operation) };
  }
  const document = {
    openapi: "3.1.0",
    info: { title: "Byte", version: deps.status().version },
    security: [{ bearer: [] }, { adminToken: [] }],
    paths,
    components: {
      schemas: { Refusal: REFUSAL },
      securitySchemes: {
        bearer: { type: "http", scheme: "bearer" },
        adminToken: { type: "apiKey", in: "header", name: "X-Byte-Admin-Token" },
      },
    },
  };
  return new Elysia().get("/openapi.json", () => json(document));
}

function describe({ path, summary, query, body, status = 200 }: Operation): object {
  const refusal = {
    description: "Refused.",
    content: { "application/json": { schema: { $ref: "#/components/schemas/Refusal" } } },
  };
  const parameters = [...pathParametersOf(path), ...(query ? parametersOf(query) : [])];
  return {
    summary,
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body ? { requestBody: { required: true, content: { "application/json": { schema: schemaOf(body) } } } } : {}),
    responses: { [status]: { description: "Done.", content: { "application/json": {} } }, default: refusal },
  };
}

function pathParametersOf(path: string): object[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({ in: "path", name, required: true, schema: { type: "string" } }));
}

function parametersOf(query: z.ZodObject): object[] {
  const { required = [], properties = {} } = schemaOf(query);
  return Object.entries(properties).map(([name, schema]) => ({ in: "query", name, required: required.includes(name), schema }));
}

/** As it goes in: what has a default may be left out. */
function schemaOf(schema: z.ZodObject): { required?: string[]; properties?: Record<string, unknown> } {
  const { $schema: _, required, properties, ...rest } = z.toJSONSchema(schema, { io: "input" });
  return { ...rest, ...(required ? { required } : {}), ...(properties ? { properties } : {}) };
}
