CREATE TABLE "send_windows" (
	"account" text collate "C" PRIMARY KEY NOT NULL,
	"sent" jsonb NOT NULL,
	"revision" bigint NOT NULL,
	"updated_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "send_windows" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "twitch_accounts" (
	"user_id" text collate "C" PRIMARY KEY NOT NULL,
	"login" text collate "C" NOT NULL,
	"display_name" text NOT NULL,
	"role" text NOT NULL,
	"client_id" text collate "C" NOT NULL,
	"scopes" text NOT NULL,
	"access_token" text NOT NULL,
	"refresh_token" text,
	"expires_at" timestamp with time zone NOT NULL,
	"validated_at" timestamp with time zone,
	"refreshed_at" timestamp with time zone NOT NULL,
	"login_needed" text,
	"revision" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"updated_at" timestamp with time zone NOT NULL,
	CONSTRAINT "twitch_accounts_role" CHECK ("twitch_accounts"."role" in ('bot', 'broadcaster'))
);
--> statement-breakpoint
ALTER TABLE "twitch_accounts" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "timeline" ADD COLUMN "meaning" text;--> statement-breakpoint
CREATE UNIQUE INDEX "twitch_accounts_bot" ON "twitch_accounts" USING btree ("role") WHERE "twitch_accounts"."role" = 'bot';--> statement-breakpoint
CREATE INDEX "timeline_meaning" ON "timeline" USING btree ("channel_id","at") WHERE "timeline"."meaning" is not null;