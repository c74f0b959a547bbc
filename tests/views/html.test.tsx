import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { Html, raw, render, SafeHtml } from "../../views/html.ts";

const create = Html.createElement;

describe("the JSX factory", () => {
  test("text children are escaped, also in lists and in components", () => {
    const Shout = ({ children }: { children: string }) => <b>{children}!</b>;
    expect(render(<p>{["<i>", 1, null, undefined, true, [<Shout>{"<u>"}</Shout>]]}</p>)).toBe(
      "<p>&lt;i&gt;1<b>&lt;u&gt;!</b></p>",
    );
  });

  test("only raw() passes as it stands", () => {
    expect(render(<p>{raw("<i>ours</i>")}</p>)).toBe("<p><i>ours</i></p>");
  });

  test("an attribute's value cannot leave its quotes, nor smuggle an entity", () => {
    expect(render(<p title={`"><script>'&#106;`} />)).toBe('<p title="&quot;&gt;&lt;script&gt;&#x27;&amp;#106;"></p>');
  });

  test("true is a bare attribute; false, null and undefined are none", () => {
    expect(render(<input disabled required={false} value={null} name={undefined} />)).toBe("<input disabled>");
  });

  for (const name of [
    "onclick",
    "onload",
    "ONERROR",
    "style",
    "srcdoc",
    "hx-on:click",
    "hx-on::after:swap",
    "data-hx-on:click",
    "hx-vals",
    "hx-headers",
    "http-equiv",
    "a b",
    "x>y",
    "=",
    "",
  ]) {
    test(`the attribute ${JSON.stringify(name)} is refused`, () => {
      expect(() => create("p", { [name]: "x" })).toThrow(TypeError);
    });
  }

  for (const url of [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    " javascript:1",
    "java\nscript:1",
    "java\tscript:1",
    "\u0001javascript:1",
    "vbscript:x",
    "data:text/html,x",
    "blob:x",
    "\u200bjavascript:1",
  ]) {
    for (const name of ["href", "src", "action", "formaction", "hx-get", "hx-post", "hx-sse:connect"]) {
      test(`${name}=${JSON.stringify(url)} is refused`, () => {
        expect(() => create("a", { [name]: url })).toThrow("unsafe URL");
      });
    }
  }

  test("relative, fragment, http(s) and mailto addresses stand", () => {
    const urls = ["/a?b=c:d", "#x", "?q", "https://example.com/", "http://127.0.0.1:1/", "mailto:a@b.c", "//host/x"];
    for (const href of urls) expect(render(<a href={href}>x</a>)).toContain("href=");
  });

  test("a filter in hx-trigger, which htmx would run as code, is refused", () => {
    expect(() => create("p", { "hx-trigger": "click[alert(1)]" })).toThrow(TypeError);
    expect(render(<p hx-trigger="click delay:200ms" />)).toContain("delay:200ms");
  });

  test("script and style take no text", () => {
    expect(() => create("script", null, "alert(1)")).toThrow(TypeError);
    expect(() => create("style", null, "p{}")).toThrow(TypeError);
  });

  test("an object that is no HTML cannot stand in a page", () => {
    expect(() => render({ html: "<b>" } as never)).toThrow(TypeError);
  });

  test("a document answers with its doctype, a fragment without", async () => {
    expect(await new SafeHtml("<html></html>").toResponse().text()).toBe("<!doctype html><html></html>");
    const answer = new SafeHtml("<p></p>").toResponse();
    expect(await answer.text()).toBe("<p></p>");
    expect(answer.headers.get("content-type")).toBe("text/html; charset=utf-8");
  });

  test("whatever the text, an element stays one element with that text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const html = render(<p title={text}>{text}</p>);
        expect(html.match(/[<>]/g)?.join("")).toBe("<><>");
        expect(html.match(/"/g)).toHaveLength(2);
      }),
    );
  });
});
