import { Callout, Field, Mark } from "./components.tsx";
import { Html, type SafeHtml } from "./html.ts";
import type { Theme } from "./panels/settings.tsx";
import { PlainPage } from "./plain.tsx";
import type { Words } from "./words/index.ts";

/** Asks for the one-time code. `next` is the path to go to; `error` why the last code was refused. */
export function SigninPage(p: { words: Words; theme: Theme; next: string; error: string | null; isDemo: boolean }): SafeHtml {
  const { words } = p;
  return (
    <PlainPage
      words={words}
      theme={p.theme}
      title={words.say("signin.title")}
      path={`/signin?next=${encodeURIComponent(p.next)}`}
      class="signin"
    >
      <div>
        <Mark class="lit" />
        <h1>{words.say("app.tagline")}</h1>
        <p class="soft xl">{words.say("app.promise")}</p>
      </div>
      <div class="stack">
        <form class="pane" method="post" action="/signin" aria-labelledby="signin-t">
          <header>
            <h2 id="signin-t">{words.say("signin.title")}</h2>
          </header>
          <div class="body form">
            <input type="hidden" name="next" value={p.next} />
            <Field
              id="code"
              label={words.say("signin.code")}
              error={p.error}
              help={
                <>
                  {words.say("signin.code_help")}
                  <code>byte code</code>
                </>
              }
            >
              <input
                class="input code"
                type="text"
                id="code"
                name="code"
                required
                autofocus
                maxlength="40"
                placeholder="XXXX-XXXX"
                autocomplete="one-time-code"
                autocapitalize="characters"
                spellcheck="false"
                aria-invalid={p.error ? "true" : undefined}
                aria-describedby={p.error ? "code-e code-h" : "code-h"}
              />
            </Field>
            {p.isDemo ? (
              <Callout level="info" icon="flask-conical">
                {words.say("signin.demo")}
              </Callout>
            ) : null}
            <button class="btn main big" type="submit">
              {words.say("signin.submit")}
            </button>
          </div>
        </form>
        <p class="dim sm">{words.say("signin.private")}</p>
      </div>
    </PlainPage>
  );
}
