CREATE TABLE "streams" (
	"id" text collate "C" PRIMARY KEY NOT NULL,
	"channel_id" text collate "C" NOT NULL,
	"twitch_ids" jsonb NOT NULL,
	"source" text NOT NULL,
	"title" text NOT NULL,
	"category" text NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"offline_at" timestamp with time zone,
	"ended_at" timestamp with time zone,
	"viewers_peak" integer,
	"viewers_last" integer,
	"updated_at" timestamp with time zone NOT NULL,
	CONSTRAINT "streams_source" CHECK ("streams"."source" in ('eventsub', 'helix', 'chat')),
	CONSTRAINT "streams_times" CHECK ("streams"."offline_at" >= "streams"."started_at" and "streams"."ended_at" >= "streams"."started_at")
);
--> statement-breakpoint
ALTER TABLE "streams" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE UNIQUE INDEX "streams_open" ON "streams" USING btree ("channel_id") WHERE "streams"."ended_at" is null;--> statement-breakpoint
CREATE INDEX "streams_channel_id" ON "streams" USING btree ("channel_id","started_at");