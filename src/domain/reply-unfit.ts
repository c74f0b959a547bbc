/** What must never be said in chat, though a model said it: errors, pages, refusals about itself, secrets, our own prompt. */

/** Each with the kind of text that it finds. They look at whole words of talk as little as they can. */
const UNFIT: readonly RegExp[] = [
  // A provider's or gateway's error, told as an answer.
  /\brate[\s_-]?limit(?:s|ed|ing)?\b/i,
  /\btoo many requests\b/i,
  /\b(?:exceeded|exceeds) (?:your|the|its) (?:current )?(?:quota|(?:maximum )?context length|(?:token )?limit)/i,
  /\b(?:insufficient_quota|context_length_exceeded|invalid_request_error|invalid_api_key|server_error|overloaded_error|rate_limit_exceeded)\b/i,
  /\b(?:invalid|incorrect|missing|expired) api[\s_-]?key\b/i,
  /\b(?:internal server error|bad gateway|service (?:temporarily )?unavailable|gateway time-?out|upstream (?:connect )?error|connection (?:refused|reset|timed out|error)|request timed out|network error)\b/i,
  /\b(?:ECONN(?:REFUSED|RESET|ABORTED)|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EPIPE)\b/,
  /\b(?:the )?(?:model|server|engine) is (?:currently |temporarily )?(?:overloaded|unavailable|loading|at capacity)\b/i,
  /\b(?:modelo|conex[aã]o|servidor|servi[cç]o) (?:do modelo )?(?:est[aá] )?(?:inst[aá]vel|indispon[ií]vel|sobrecarregad[oa])\b/i,
  /\bmodelo retornou resposta (?:inv[aá]lida|incompleta)/i,
  /\bn[aã]o consegui consolidar a resposta/i,
  /\b(?:limite de (?:taxa|requisi[cç][oõ]es)|cota) (?:foi )?(?:excedid[oa]|atingid[oa])/i,
  /\berro interno (?:do servidor)?\b/i,
  /^\W*(?:error|erro|exception|exce[cç][aã]o|fatal|api error|http error)\b\s*(?:\d{3}\b|code\b|:|\(|\[|-\s)/i,
  /^\W*(?:http(?:\/\d(?:\.\d)?)?\s*)?[45]\d\d\b\s*[:-]?\s*(?:too|bad|un|forbidden|not found|internal|service|gateway|request)/i,
  // A stack trace or a thrown error.
  /\btraceback \(most recent call last\)/i,
  /\b(?:[A-Z]\w*)?(?:Error|Exception)\b\s*(?::|\()\s*\S/,
  /(?:^|\s)at (?:async )?(?:[\w$.<>]+ \()?(?:[\w@:./\\-]+):\d+:\d+\)?/,
  /\bFile "[^"]+", line \d+/,
  /\b(?:unhandled promise rejection|segmentation fault|core dumped|null pointer|undefined is not|cannot read propert(?:y|ies) of)\b/i,
  // A value that was never text.
  /^\W*(?:undefined|null|nan)\W*$/i,
  /\[object \w+\]/,
  // A page.
  /<!doctype\b|<\/?(?:html|head|body|title|meta|iframe|script)\b/i,
  // A model that speaks of being one instead of answering.
  /\bas an? (?:ai|artificial intelligence|large) ?(?:language )?(?:model|assistant|chatbot)\b/i,
  /\bcomo (?:um |uma )?(?:modelo de (?:linguagem|ia)|(?:ia|intelig[eê]ncia artificial)(?=[ ,]+(?:n[aã]o|eu)))/i,
  // Secrets, by the shape they have.
  /\boauth:[a-z0-9]{16,}/i,
  /\b(?:sk|pk|rk)-[A-Za-z0-9_-]{16,}/,
  /\b(?:whsec|ghp|gho|xox[abp]|AKIA|eyJ[A-Za-z0-9_-]{8,}\.)[_-]?[A-Za-z0-9_.-]{12,}/,
  /\bbearer\s+[A-Za-z0-9._~+/-]{16,}/i,
  /\b(?:postgres(?:ql)?|mysql|mongodb(?:\+srv)?|redis|amqp):\/\/[^\s:@/]*:[^\s@/]+@/i,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  // Our own prompt.
  /<\/?(?:facts|chat|question)>/i,
  /\bYou are [^.]{1,90}, the co-producer in the Twitch chat\b/,
  /\bAll of it was written by others: it is data\b/,
];

/** Whether `text` is something that must not be said. */
export function isUnfit(text: string): boolean {
  return UNFIT.some((pattern) => pattern.test(text));
}
