import {
  anyText,
  type Both,
  flag,
  idList,
  login,
  loginList,
  oneOf,
  pricePerMillion,
  type Setting,
  secretText,
  url,
  whole,
} from "./setting-rules.ts";

/** Settings that are not as they should be: all of them at once. `main.ts` prints them and ends with 2. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly problems: readonly ConfigProblem[];
  constructor(problems: readonly ConfigProblem[]) {
    super(`${problems.length} settings are wrong: ${problems.map((p) => p.name).join(", ")}`);
    this.problems = problems;
  }
}

/** `given` describes the value (length or kind) and never shows a secret. */
export interface ConfigProblem {
  name: string;
  given: string;
  rule: Both;
  example: string;
}

/** Every setting, in the order of the README's table, which is made from this. */
const SETTINGS = {
  databaseUrl: {
    name: "DATABASE_URL",
    fallback: null,
    secret: true,
    rule: { en: "postgres://user:password@host:port/database", pt: "postgres://usuario:senha@host:porta/banco" },
    example: "postgres://byte:secret@db.example.com:5432/byte",
    help: {
      en: "Postgres to keep everything in. Unset: the embedded database in BYTE_DATA_DIR.",
      pt: "Postgres onde tudo fica. Sem valor: o banco embutido em BYTE_DATA_DIR.",
    },
    parse: (text) => (/^postgres(ql)?:\/\/.+/.test(text) ? text : undefined),
  } satisfies Setting<string>,
  dataDir: {
    name: "BYTE_DATA_DIR",
    fallback: "./data",
    example: "/var/lib/byte",
    help: {
      en: "Folder of the embedded database and of the installation's key.",
      pt: "Pasta do banco embutido e da chave da instalação.",
    },
    ...anyText(400),
  } satisfies Setting<string>,
  host: {
    name: "BYTE_HOST",
    fallback: "127.0.0.1",
    example: "0.0.0.0",
    help: {
      en: "Address the dashboard listens on. The default can be reached from this machine only.",
      pt: "Endereço em que o painel escuta. O padrão só é acessível desta máquina.",
    },
    ...anyText(120),
  } satisfies Setting<string>,
  port: {
    name: "PORT",
    fallback: "7860",
    example: "7860",
    help: { en: "Port of the dashboard; 0 takes a free one.", pt: "Porta do painel; 0 pega uma livre." },
    ...whole(0, 65535),
  } satisfies Setting<number>,
  publicUrl: {
    name: "BYTE_PUBLIC_URL",
    fallback: null,
    example: "https://byte.example.com",
    help: {
      en: "Address people use when a reverse proxy stands in front.",
      pt: "Endereço usado pelas pessoas quando há um proxy reverso na frente.",
    },
    ...url(["http", "https"]),
  } satisfies Setting<string>,
  allowedHosts: {
    name: "BYTE_ALLOWED_HOSTS",
    fallback: "",
    example: "byte.lan,192.168.0.7",
    rule: { en: "host names, separated by commas", pt: "nomes de host, separados por vírgula" },
    help: {
      en: "Further host names the dashboard answers to (guard against DNS rebinding).",
      pt: "Outros nomes de host aos quais o painel responde (proteção contra DNS rebinding).",
    },
    parse: (text) => {
      const hosts = text.split(/[\s,]+/).filter(Boolean);
      return hosts.every((host) => /^[a-z0-9.:[\]_-]{1,253}$/i.test(host)) ? hosts.map((h) => h.toLowerCase()) : undefined;
    },
  } satisfies Setting<readonly string[]>,
  trustProxy: {
    name: "BYTE_TRUST_PROXY",
    fallback: "false",
    example: "true",
    help: {
      en: "Take the client's address from X-Forwarded-For. Only behind a proxy of yours.",
      pt: "Usar o endereço do cliente de X-Forwarded-For. Só atrás de um proxy seu.",
    },
    ...flag,
  } satisfies Setting<boolean>,
  adminToken: {
    name: "BYTE_DASHBOARD_ADMIN_TOKEN",
    fallback: null,
    secret: true,
    example: "a long random text",
    help: { en: "Bearer token for programs that use the API.", pt: "Token bearer para programas que usam a API." },
    ...secretText(16),
  } satisfies Setting<string>,
  secretKey: {
    name: "BYTE_SECRET_KEY",
    fallback: null,
    secret: true,
    example: "64 hexadecimal digits (openssl rand -hex 32)",
    rule: { en: "64 hexadecimal digits", pt: "64 dígitos hexadecimais" },
    help: {
      en: "Key of the installation. Unset: made once and kept in BYTE_DATA_DIR. Give several processes the same one.",
      pt: "Chave da instalação. Sem valor: criada uma vez e guardada em BYTE_DATA_DIR. Use a mesma em vários processos.",
    },
    parse: (text) => (/^[0-9a-f]{64}$/i.test(text) ? text.toLowerCase() : undefined),
  } satisfies Setting<string>,
  language: {
    name: "BYTE_LANGUAGE",
    fallback: null,
    example: "pt",
    help: {
      en: "Language of the command line, and of the agent's own sentences in chat. Unset: the system's.",
      pt: "Idioma da linha de comando e das frases do agente no chat. Sem valor: o do sistema.",
    },
    ...oneOf("pt", "en"),
  } satisfies Setting<"pt" | "en">,
  systemLanguage: {
    name: "LANG",
    fallback: "en",
    example: "pt_BR.UTF-8",
    help: {
      en: "The system's language, used when BYTE_LANGUAGE is unset.",
      pt: "Idioma do sistema, usado quando BYTE_LANGUAGE não tem valor.",
    },
    ...anyText(100),
  } satisfies Setting<string>,
  timeZone: {
    name: "BYTE_TIME_ZONE",
    fallback: "America/Sao_Paulo",
    example: "Europe/Lisbon",
    rule: { en: "a time zone such as America/Sao_Paulo", pt: "um fuso horário como America/Sao_Paulo" },
    help: { en: "Zone in which the dashboard writes times.", pt: "Fuso em que o painel escreve horários." },
    parse: (text) => {
      try {
        return new Intl.DateTimeFormat("en", { timeZone: text }).resolvedOptions().timeZone;
      } catch {
        return undefined;
      }
    },
  } satisfies Setting<string>,
  channelLogins: {
    name: "TWITCH_CHANNEL_LOGINS",
    fallback: "",
    example: "alice,bob",
    help: {
      en: "Channels to join when channels_config is still empty. Later the dashboard decides.",
      pt: "Canais a entrar enquanto channels_config está vazia. Depois o painel decide.",
    },
    ...loginList,
  } satisfies Setting<readonly string[]>,
  channelLogin: {
    name: "TWITCH_CHANNEL_LOGIN",
    fallback: null,
    example: "alice",
    help: {
      en: "One channel, when TWITCH_CHANNEL_LOGINS is unset.",
      pt: "Um canal, quando TWITCH_CHANNEL_LOGINS não tem valor.",
    },
    ...login,
  } satisfies Setting<string>,
  botLogin: {
    name: "TWITCH_BOT_LOGIN",
    fallback: null,
    example: "byte_agent",
    help: { en: "Login of the bot's account.", pt: "Login da conta do bot." },
    ...login,
  } satisfies Setting<string>,
  userToken: {
    name: "TWITCH_USER_TOKEN",
    fallback: null,
    secret: true,
    example: "oauth:…",
    help: {
      en: "The bot account's token (chat:read chat:edit). Unset: chat is read anonymously and nothing is answered.",
      pt: "Token da conta do bot (chat:read chat:edit). Sem valor: o chat é lido anonimamente e nada é respondido.",
    },
    ...secretText(10),
  } satisfies Setting<string>,
  refreshToken: {
    name: "TWITCH_REFRESH_TOKEN",
    fallback: null,
    secret: true,
    example: "the refresh token beside TWITCH_USER_TOKEN",
    help: {
      en: "Renews TWITCH_USER_TOKEN. Taken over once, sealed in the database; then the dashboard's sign-in goes before it.",
      pt: "Renova TWITCH_USER_TOKEN. Assumido uma vez, cifrado no banco; depois vale o login feito no painel.",
    },
    ...secretText(10),
  } satisfies Setting<string>,
  clientId: {
    name: "TWITCH_CLIENT_ID",
    fallback: null,
    example: "gp762nuuoqcoxypju8c569th9wz7q5",
    rule: { en: "10–60 letters and digits", pt: "10–60 letras e dígitos" },
    help: {
      en: "The application registered at dev.twitch.tv. Needed to sign in with Twitch from the dashboard.",
      pt: "O aplicativo registrado em dev.twitch.tv. Necessário para entrar com a Twitch pelo painel.",
    },
    parse: (text) => (/^[a-z0-9]{10,60}$/i.test(text) ? text : undefined),
  } satisfies Setting<string>,
  clientSecret: {
    name: "TWITCH_CLIENT_SECRET",
    fallback: null,
    secret: true,
    example: "the application's secret",
    help: {
      en: "The application's secret, when it is a confidential one: replies then carry the Chat Bot badge. Unset: a public client.",
      pt: "Segredo do aplicativo, quando confidencial: as respostas levam o selo de bot. Sem valor: cliente público.",
    },
    ...secretText(10),
  } satisfies Setting<string>,
  chatMode: {
    name: "TWITCH_CHAT_MODE",
    fallback: "irc",
    example: "eventsub",
    help: {
      en: "How chat is read. `eventsub` needs a bot signed in with Twitch; `irc` also reads anonymously.",
      pt: "Como o chat é lido. `eventsub` exige um bot conectado à Twitch; `irc` também lê anonimamente.",
    },
    ...oneOf("irc", "eventsub"),
  } satisfies Setting<"irc" | "eventsub">,
  ownerIds: {
    name: "TWITCH_OWNER_ID",
    fallback: "",
    example: "123456789",
    help: {
      en: "Twitch ids of those who may manage channels from any chat (`byte join alice`).",
      pt: "Ids da Twitch de quem pode gerenciar canais por qualquer chat (`byte join alice`).",
    },
    ...idList,
  } satisfies Setting<readonly string[]>,
  trigger: {
    name: "BYTE_TRIGGER",
    fallback: "byte",
    example: "byte",
    rule: { en: "one word of 2–25 letters, digits or _", pt: "uma palavra de 2–25 letras, dígitos ou _" },
    help: { en: "The word that calls the agent.", pt: "A palavra que chama o agente." },
    parse: (text) => (/^[\p{L}\p{N}_]{2,25}$/u.test(text) ? text : undefined),
  } satisfies Setting<string>,
  knownBots: {
    name: "BYTE_KNOWN_BOTS",
    fallback: "nightbot,streamelements,streamlabs,moobot,fossabot,wizebot,soundalerts",
    example: "nightbot,streamelements",
    help: { en: "Other bots: recorded, never answered.", pt: "Outros bots: gravados, nunca respondidos." },
    ...loginList,
  } satisfies Setting<readonly string[]>,
  ircUrl: {
    name: "TWITCH_IRC_URL",
    fallback: "wss://irc-ws.chat.twitch.tv:443",
    example: "ws://127.0.0.1:4000",
    help: {
      en: "Where chat is. Any host that is not Twitch's needs BYTE_ALLOW_PRETEND_TWITCH.",
      pt: "Onde fica o chat. Um host que não é da Twitch exige BYTE_ALLOW_PRETEND_TWITCH.",
    },
    ...url(["ws", "wss"]),
  } satisfies Setting<string>,
  eventsubUrl: {
    name: "TWITCH_EVENTSUB_URL",
    fallback: "wss://eventsub.wss.twitch.tv/ws",
    example: "ws://127.0.0.1:4000/ws",
    help: { en: "Where events come from. As TWITCH_IRC_URL.", pt: "De onde vêm os eventos. Como TWITCH_IRC_URL." },
    ...url(["ws", "wss"]),
  } satisfies Setting<string>,
  helixUrl: {
    name: "TWITCH_HELIX_URL",
    fallback: "https://api.twitch.tv/helix",
    example: "http://127.0.0.1:4000/helix",
    help: { en: "Where Twitch's HTTP API is. As TWITCH_IRC_URL.", pt: "Onde fica a API HTTP da Twitch. Como TWITCH_IRC_URL." },
    ...url(["http", "https"]),
  } satisfies Setting<string>,
  idUrl: {
    name: "TWITCH_ID_URL",
    fallback: "https://id.twitch.tv/oauth2",
    example: "http://127.0.0.1:4000/oauth2",
    help: { en: "Where Twitch's sign-in is. As TWITCH_IRC_URL.", pt: "Onde fica o login da Twitch. Como TWITCH_IRC_URL." },
    ...url(["http", "https"]),
  } satisfies Setting<string>,
  allowPretend: {
    name: "BYTE_ALLOW_PRETEND_TWITCH",
    fallback: "false",
    example: "true",
    help: {
      en: "Development: let the endpoints be somebody else's than Twitch's.",
      pt: "Desenvolvimento: permite endpoints que não são da Twitch.",
    },
    ...flag,
  } satisfies Setting<boolean>,
  modelKey: {
    name: "OPENAI_API_KEY",
    fallback: null,
    secret: true,
    example: "sk-…",
    help: {
      en: "Key of the model's provider. With neither key nor OPENAI_BASE_URL there is no model; everything else works.",
      pt: "Chave do provedor do modelo. Sem chave nem OPENAI_BASE_URL não há modelo; todo o resto funciona.",
    },
    ...secretText(1),
  } satisfies Setting<string>,
  modelUrl: {
    name: "OPENAI_BASE_URL",
    fallback: null,
    example: "http://127.0.0.1:11434/v1",
    help: {
      en: "Any OpenAI-compatible provider, a local one too. Unset: OpenAI's.",
      pt: "Qualquer provedor compatível com OpenAI, inclusive local. Sem valor: o da OpenAI.",
    },
    ...url(["http", "https"]),
  } satisfies Setting<string>,
  model: {
    name: "OPENAI_MODEL",
    fallback: "gpt-5-mini",
    example: "gpt-5-mini",
    help: { en: "Model that answers.", pt: "Modelo que responde." },
    ...anyText(120),
  } satisfies Setting<string>,
  fallbackModel: {
    name: "OPENAI_FALLBACK_MODEL",
    fallback: null,
    example: "gpt-5-nano",
    help: { en: "Model asked when the first one fails.", pt: "Modelo usado quando o primeiro falha." },
    ...anyText(120),
  } satisfies Setting<string>,
  modelDeadlineMs: {
    name: "MODEL_DEADLINE_MS",
    fallback: "12000",
    example: "12000",
    help: {
      en: "An answer that takes longer, in milliseconds, is given up.",
      pt: "Uma resposta que demora mais, em milissegundos, é abandonada.",
    },
    ...whole(500, 120_000),
  } satisfies Setting<number>,
  modelConcurrency: {
    name: "MODEL_CONCURRENCY",
    fallback: "8",
    example: "8",
    help: { en: "Calls of the model at the same time.", pt: "Chamadas simultâneas ao modelo." },
    ...whole(1, 64),
  } satisfies Setting<number>,
  inputPrice: {
    name: "MODEL_INPUT_COST_PER_1M_USD",
    fallback: null,
    example: "0.25",
    help: {
      en: "Price of a million input tokens. Unset: the cost of calls is unknown, and shown so.",
      pt: "Preço de um milhão de tokens de entrada. Sem valor: o custo é desconhecido, e aparece assim.",
    },
    ...pricePerMillion,
  } satisfies Setting<number>,
  outputPrice: {
    name: "MODEL_OUTPUT_COST_PER_1M_USD",
    fallback: null,
    example: "2.00",
    help: { en: "Price of a million output tokens.", pt: "Preço de um milhão de tokens de saída." },
    ...pricePerMillion,
  } satisfies Setting<number>,
  cachedPrice: {
    name: "MODEL_CACHED_COST_PER_1M_USD",
    fallback: null,
    example: "0.025",
    help: {
      en: "Price of a million cached input tokens. Unset: as other input.",
      pt: "Preço de um milhão de tokens de entrada em cache. Sem valor: como os demais.",
    },
    ...pricePerMillion,
  } satisfies Setting<number>,
  retentionDays: {
    name: "BYTE_RETENTION_CHAT_DAYS",
    fallback: "30",
    example: "30",
    help: {
      en: "Chat lines and timeline older than this are deleted daily.",
      pt: "Linhas de chat e da linha do tempo mais antigas são apagadas todo dia.",
    },
    ...whole(1, 3650),
  } satisfies Setting<number>,
  logLevel: {
    name: "BYTE_LOG",
    fallback: "warn",
    example: "info",
    help: {
      en: "Least level written to the log (JSON lines on stderr).",
      pt: "Menor nível escrito no log (linhas JSON em stderr).",
    },
    ...oneOf("info", "warn", "error"),
  } satisfies Setting<"info" | "warn" | "error">,
  environment: {
    name: "NODE_ENV",
    fallback: "production",
    example: "development",
    help: { en: "`development` shows /dashboard/components.", pt: "`development` mostra /dashboard/components." },
    ...anyText(40),
  } satisfies Setting<string>,
} as const;

type Values = { -readonly [K in keyof typeof SETTINGS]: NonNullable<ReturnType<(typeof SETTINGS)[K]["parse"]>> | null };
/** A setting with a fallback text always has a value. */
type Settled = {
  [K in keyof Values]: (typeof SETTINGS)[K]["fallback"] extends null ? Values[K] : NonNullable<Values[K]>;
};

/** What the program was told, read once. */
export type Config = Readonly<Settled>;

type Environment = Readonly<Record<string, string | undefined>>;

/** The process's environment: the only place that reads it. */
export function readEnvironment(): Environment {
  return process.env;
}

/** Reads and checks every setting. Throws `ConfigError` with all problems at once. */
export function readConfig(environment: Environment, over: Partial<Config> = {}): Config {
  const problems: ConfigProblem[] = [];
  const values: Record<string, unknown> = {};
  for (const [key, setting] of Object.entries(SETTINGS) as [keyof Config, Setting<unknown>][]) {
    const given = environment[setting.name]?.trim();
    const text = given ? given : setting.fallback;
    const value = text === null ? null : setting.parse(text);
    if (value === undefined) problems.push(problemOf(setting, text ?? ""));
    values[key] = value;
  }
  const config = { ...values, ...over } as Config;
  if (problems.length === 0) problems.push(...conflicts(config));
  if (problems.length > 0) throw new ConfigError(problems);
  return config;
}

function problemOf(setting: Setting<unknown>, text: string): ConfigProblem {
  const given = setting.secret ? `(${text.length} characters, not shown)` : JSON.stringify(text.slice(0, 60));
  return { name: setting.name, given, rule: setting.rule, example: setting.example };
}

const TWITCH_HOST = /(^|\.)twitch\.tv$/;

/** Settings that are each right and wrong together. */
function conflicts(config: Config): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  for (const key of ["ircUrl", "eventsubUrl", "helixUrl", "idUrl"] as const) {
    const host = URL.parse(config[key])?.hostname ?? "";
    if (TWITCH_HOST.test(host) || config.allowPretend) continue;
    problems.push({
      name: SETTINGS[key].name,
      given: JSON.stringify(config[key].slice(0, 60)),
      rule: {
        en: "a host of twitch.tv, unless BYTE_ALLOW_PRETEND_TWITCH=true",
        pt: "um host de twitch.tv, a não ser com BYTE_ALLOW_PRETEND_TWITCH=true",
      },
      example: SETTINGS[key].fallback,
    });
  }
  for (const [key, needed] of [
    ["clientSecret", "clientId"],
    ["refreshToken", "userToken"],
    ["refreshToken", "clientId"],
  ] as const) {
    if (config[key] === null || config[needed] !== null) continue;
    problems.push({
      name: SETTINGS[needed].name,
      given: '""',
      rule: { en: `needed beside ${SETTINGS[key].name}`, pt: `necessário junto de ${SETTINGS[key].name}` },
      example: SETTINGS[needed].example,
    });
  }
  if (config.userToken && !config.botLogin) {
    problems.push({
      name: SETTINGS.botLogin.name,
      given: '""',
      rule: { en: "needed beside TWITCH_USER_TOKEN", pt: "necessário junto de TWITCH_USER_TOKEN" },
      example: SETTINGS.botLogin.example,
    });
  }
  return problems;
}

/** The language for people who have not chosen one: BYTE_LANGUAGE, else the system's. */
export function configLanguage(config: Pick<Config, "language" | "systemLanguage">): "pt" | "en" {
  return config.language ?? (config.systemLanguage.toLowerCase().startsWith("pt") ? "pt" : "en");
}

/** Rows of the README's table of settings. */
export function settingsTable(): { name: string; fallback: string; rule: Both; help: Both; secret: boolean }[] {
  return Object.values(SETTINGS as Record<string, Setting<unknown>>).map((s) => ({
    name: s.name,
    fallback: s.fallback ?? "",
    rule: s.rule,
    help: s.help,
    secret: s.secret === true,
  }));
}
