import { Html as Kita } from "@elysiajs/html";

/** HTML that may go to a page as it stands. Only the factory and `raw()` make it. */
export class SafeHtml {
  readonly html: string;

  constructor(html: string) {
    this.html = html;
  }

  toString(): string {
    return this.html;
  }

  /** Elysia calls this on a returned value. A whole document gets its doctype. */
  toResponse(): Response {
    const doctype = this.html.startsWith("<html") ? "<!doctype html>" : "";
    return new Response(doctype + this.html, { headers: { "content-type": "text/html; charset=utf-8" } });
  }
}

/** What may stand between two tags. Text is escaped; only `SafeHtml` is not. */
export type Child = SafeHtml | string | number | bigint | boolean | null | undefined | readonly Child[];

/** Lets `trusted` through unescaped. For constants of this repository only, never for a value from outside. */
export function raw(trusted: string): SafeHtml {
  return new SafeHtml(trusted);
}

/** The escaped HTML of `child`. */
export function render(child: Child): string {
  if (child === null || child === undefined || typeof child === "boolean") return "";
  if (child instanceof SafeHtml) return child.html;
  if (typeof child === "object") {
    if (Array.isArray(child)) return child.map(render).join("");
    throw new TypeError("This value cannot stand in a page.");
  }
  return Bun.escapeHTML(String(child));
}

/** Attributes that run code or carry markup. We never need them: the content security policy forbids what they do. */
const REFUSED = /^(?:on|style$|srcdoc$|http-equiv$)|^(?:data-)?hx-(?:on|vals$|headers$)/i;
/** Where htmx would run text as code: the filter of a trigger. */
const TRIGGER = /^(?:data-)?hx-trigger$/i;
/** An attribute name that cannot break out of its tag. */
const NAME = /^[A-Za-z_][A-Za-z0-9_.:-]*$/;
const URL_ATTRIBUTE =
  /^(?:xlink:)?(?:href|src|srcset|action|formaction|poster|data|ping|manifest)$|^(?:data-)?hx-(?:get|post|put|patch|delete|action|sse:connect)$/i;
const SCHEME = /^([a-z][a-z0-9+.-]*):/i;
/** Schemes that a link may have; anything relative is allowed. */
const SCHEMES: readonly string[] = ["http", "https", "mailto"];

/** Throws when `value` is a URL that could run code. Browsers ignore white space and controls before and inside a scheme. */
function refuseUnsafeUrl(name: string, value: string): void {
  const compact = value.replace(/[\p{Cc}\p{Cf}\p{Z}]/gu, "");
  const scheme = SCHEME.exec(compact)?.[1]?.toLowerCase();
  if (scheme !== undefined && !SCHEMES.includes(scheme)) throw new TypeError(`unsafe URL in ${name}`);
}

function attribute(name: string, value: unknown): string {
  if (value === null || value === undefined || value === false) return "";
  if (REFUSED.test(name) || !NAME.test(name)) throw new TypeError(`refused attribute ${name}`);
  if (value === true) return ` ${name}`;
  const text = value instanceof SafeHtml ? value.html : String(value);
  if (URL_ATTRIBUTE.test(name)) refuseUnsafeUrl(name, text);
  if (TRIGGER.test(name) && text.includes("[")) throw new TypeError(`refused filter in ${name}`);
  return ` ${name}="${Bun.escapeHTML(text)}"`;
}

/** Tags whose content is not text: nothing but `raw()` may stand in them, and no page of ours needs them inline. */
const RAW_TEXT = new Set(["script", "style", "noscript", "iframe", "noembed", "noframes", "xmp", "plaintext"]);
const TAG = /^[a-z][a-z0-9-]*$/i;

type Component = (properties: never) => SafeHtml;
type Attributes = Record<string, unknown> | null;

/** What `<tag a={b}>child</tag>` becomes (tsconfig: `jsxFactory`). Throws for what could run code. */
function createElement(tag: string | Component, attributes: Attributes, ...children: Child[]): SafeHtml {
  if (typeof tag === "function") {
    const child = children.length > 1 ? children : children[0];
    return tag((children.length > 0 ? { ...attributes, children: child } : { ...attributes }) as never);
  }
  if (!TAG.test(tag)) throw new TypeError(`refused tag ${tag}`);
  if (RAW_TEXT.has(tag) && children.some((child) => !(child instanceof SafeHtml))) {
    throw new TypeError(`<${tag}> takes raw() only`);
  }
  let open = `<${tag}`;
  for (const name in attributes) open += attribute(name, attributes[name]);
  return new SafeHtml(Kita.isVoidElement(tag) ? `${open}>` : `${open}>${render(children)}</${tag}>`);
}

function Fragment(properties: { children?: Child }): SafeHtml {
  return new SafeHtml(render(properties.children));
}

export const Html = { createElement, Fragment };

/** The attributes that our pages use; another one does not compile until it is listed here. */
type AttributeName =
  | ("id" | "class" | "lang" | "dir" | "title" | "role" | "tabindex" | "hidden" | "inert" | "translate" | "slot")
  | ("href" | "target" | "rel" | "download" | "src" | "alt" | "width" | "height" | "loading" | "decoding")
  | ("name" | "value" | "type" | "for" | "form" | "action" | "method" | "placeholder" | "required" | "disabled" | "readonly")
  | ("checked" | "selected" | "multiple" | "min" | "max" | "step" | "minlength" | "maxlength" | "pattern" | "rows" | "cols")
  | ("autocomplete" | "autocapitalize" | "autofocus" | "autocorrect" | "spellcheck" | "inputmode" | "enterkeyhint" | "novalidate")
  | ("popover" | "popovertarget" | "popovertargetaction" | "open" | "datetime" | "scope" | "colspan" | "rowspan" | "start")
  | ("charset" | "content" | "media" | "as" | "crossorigin" | "defer" | "async" | "property")
  | ("xmlns" | "viewBox" | "preserveAspectRatio" | "d" | "x" | "y" | "x1" | "x2" | "y1" | "y2" | "cx" | "cy" | "r" | "rx" | "ry")
  | (
      | "points"
      | "fill"
      | "stroke"
      | "opacity"
      | "transform"
      | "stroke-dasharray"
      | "stroke-width"
      | "vector-effect"
      | "focusable"
    );

type Value = SafeHtml | string | number | boolean | null | undefined;
type IntrinsicAttributes = { children?: Child; key?: never } & { [name in AttributeName]?: Value } & {
  [name: `hx-${string}` | `data-${string}` | `aria-${string}`]: Value;
};

/** Types of the JSX in `.tsx` files: HTML's and SVG's tags as Kita lists them, htmx's own, and our attributes. */
export namespace Html {
  export namespace JSX {
    export type Element = SafeHtml;
    export type ElementType = string | ((properties: never) => SafeHtml);
    export interface ElementChildrenAttribute {
      children: unknown;
    }
    export type IntrinsicElements = { [tag in keyof globalThis.JSX.IntrinsicElements]: IntrinsicAttributes } & {
      [tag: `hx-${string}`]: IntrinsicAttributes;
    };
  }
}
