import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { parseDatabaseUrl } from "../../src/store/database-url.ts";

describe("a database URL", () => {
  test("is taken apart", () => {
    expect(parseDatabaseUrl("postgres://ana:secret@db.example.com:6000/byte?sslmode=require")).toEqual({
      host: "db.example.com",
      port: 6000,
      user: "ana",
      password: "secret",
      database: "byte",
      tls: "require",
      isPooled: false,
    });
  });

  test("has usual values where it says nothing", () => {
    expect(parseDatabaseUrl("postgresql://localhost")).toEqual({
      host: "localhost",
      port: 5432,
      user: "postgres",
      password: "",
      database: "postgres",
      tls: "off",
      isPooled: false,
    });
  });

  test("may name a unix socket's folder or an IPv6 address", () => {
    expect(parseDatabaseUrl("postgres:///byte?host=/run/postgresql")).toMatchObject({
      host: "/run/postgresql",
      database: "byte",
      tls: "off",
    });
    expect(parseDatabaseUrl("postgres://u:p@[2001:db8::1]:5433/byte")).toMatchObject({ host: "2001:db8::1", port: 5433 });
  });

  test("F52: a password with @ # % / ? : is taken as it stands", () => {
    expect(parseDatabaseUrl("postgres://postgres:p@ss:w#rd%/?x=1@db.abc.supabase.co:5432/postgres")).toMatchObject({
      user: "postgres",
      password: "p@ss:w#rd%/?x=1",
      host: "db.abc.supabase.co",
      database: "postgres",
    });
  });

  test("F52: a password that is percent-encoded, or partly, is decoded", () => {
    expect(parseDatabaseUrl("postgres://u:p%40ss%2Fw@h/d").password).toBe("p@ss/w");
    expect(parseDatabaseUrl("postgres://u:100%zz%C3%A1x%ff@h/d").password).toBe("100%zzáx%ff");
  });

  test("F52: any password comes through, encoded or not", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 }), (password) => {
        expect(parseDatabaseUrl(`postgres://u:${encodeURIComponent(password)}@h:1/d`).password).toBe(password);
        if (!/%[0-9a-f]{2}/i.test(password)) expect(parseDatabaseUrl(`postgres://u:${password}@h:1/d`).password).toBe(password);
      }),
    );
  });

  test.each([
    ["postgres://u:p@db.abc.supabase.co:6543/postgres", true],
    ["postgres://u.abc:p@aws-0-sa-east-1.pooler.supabase.com:5432/postgres", true],
    ["postgres://u:p@ep-cool-name-pooler.eu-central-1.aws.example.com/d", true],
    ["postgres://u:p@127.0.0.1:5432/d?pgbouncer=true", true],
    ["postgres://u:p@127.0.0.1:5432/d", false],
    ["postgres://pooler.:6543@127.0.0.1:5432/d?pgbouncer=false", false],
  ])("F50: %s is a pooler: %p", (url, isPooled) => {
    expect(parseDatabaseUrl(url).isPooled).toBe(isPooled);
  });

  test.each(["mysql://u:topsecret@h/d", "topsecret", "postgres://u:topsecret@h:99999/d", "postgres://u:topsecret@h:x/d"])(
    "%s is refused without being repeated",
    (url) => {
      expect(() => parseDatabaseUrl(url)).toThrow("database_url_invalid");
      try {
        parseDatabaseUrl(url);
      } catch (error) {
        expect(JSON.stringify(error) + String(error)).not.toContain("topsecret");
      }
    },
  );
});
