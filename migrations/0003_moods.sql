CREATE TABLE "channel_moods" (
	"channel_id" text collate "C" PRIMARY KEY NOT NULL,
	"mood" jsonb NOT NULL,
	"emotes" jsonb NOT NULL,
	"updated_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "channel_moods" ENABLE ROW LEVEL SECURITY;