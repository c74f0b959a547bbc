CREATE TABLE "api_tokens" (
	"id" text collate "C" PRIMARY KEY NOT NULL,
	"token_hash" text collate "C" NOT NULL,
	"name" text NOT NULL,
	"role" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"last_used_at" timestamp with time zone,
	"revoked_at" timestamp with time zone,
	CONSTRAINT "api_tokens_token_hash" UNIQUE("token_hash")
);
--> statement-breakpoint
ALTER TABLE "api_tokens" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "channel_chatters" (
	"channel_id" text collate "C" NOT NULL,
	"chatter_id" text collate "C" NOT NULL,
	"login" text collate "C" NOT NULL,
	"display_name" text NOT NULL,
	"messages" integer NOT NULL,
	"first_seen_at" timestamp with time zone NOT NULL,
	"last_seen_at" timestamp with time zone NOT NULL,
	CONSTRAINT "channel_chatters_channel_id_chatter_id_pk" PRIMARY KEY("channel_id","chatter_id")
);
--> statement-breakpoint
ALTER TABLE "channel_chatters" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "channel_history" (
	"seq" bigint GENERATED ALWAYS AS IDENTITY (sequence name "channel_history_seq_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"channel_id" text collate "C" NOT NULL,
	"message_id" text collate "C" NOT NULL,
	"chatter_id" text collate "C" NOT NULL,
	"login" text collate "C" NOT NULL,
	"display_name" text NOT NULL,
	"message" text NOT NULL,
	"kind" text NOT NULL,
	"color" text NOT NULL,
	"badges" text NOT NULL,
	"emotes" text NOT NULL,
	"reply_to_id" text collate "C",
	"trace_id" text collate "C",
	"sent_at" timestamp with time zone NOT NULL,
	"stored_at" timestamp with time zone DEFAULT now() NOT NULL,
	"deleted_at" timestamp with time zone,
	CONSTRAINT "channel_history_channel_id_seq_pk" PRIMARY KEY("channel_id","seq"),
	CONSTRAINT "channel_history_message_length" CHECK (length("channel_history"."message") <= 2000),
	CONSTRAINT "channel_history_kind" CHECK ("channel_history"."kind" in ('chat', 'reply'))
);
--> statement-breakpoint
ALTER TABLE "channel_history" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "channel_minutes" (
	"channel_id" text collate "C" NOT NULL,
	"minute" timestamp with time zone NOT NULL,
	"messages" integer NOT NULL,
	"replies" integer NOT NULL,
	"first_seq" bigint NOT NULL,
	CONSTRAINT "channel_minutes_channel_id_minute_pk" PRIMARY KEY("channel_id","minute")
);
--> statement-breakpoint
ALTER TABLE "channel_minutes" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "channel_state" (
	"channel_id" text collate "C" PRIMARY KEY NOT NULL,
	"login" text collate "C" NOT NULL,
	"last_event" text,
	"last_reply" text,
	"last_reply_at" timestamp with time zone,
	"last_message_at" timestamp with time zone,
	"state" jsonb NOT NULL,
	"updated_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "channel_state" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "channels_config" (
	"login" text collate "C" PRIMARY KEY NOT NULL,
	"broadcaster_id" text collate "C",
	"is_active" boolean DEFAULT true NOT NULL,
	"hud_version" integer DEFAULT 1 NOT NULL,
	"position" integer DEFAULT 0 NOT NULL,
	"added_by" jsonb NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"updated_at" timestamp with time zone NOT NULL,
	CONSTRAINT "channels_config_broadcaster_id" UNIQUE("broadcaster_id")
);
--> statement-breakpoint
ALTER TABLE "channels_config" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "installation" (
	"id" integer PRIMARY KEY NOT NULL,
	"key_check" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "installation_one_row" CHECK ("installation"."id" = 1)
);
--> statement-breakpoint
ALTER TABLE "installation" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "leases" (
	"name" text collate "C" PRIMARY KEY NOT NULL,
	"holder" text collate "C" NOT NULL,
	"fence" bigint NOT NULL,
	"expires_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "leases" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "model_calls" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "model_calls_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"at" timestamp with time zone NOT NULL,
	"channel_id" text collate "C",
	"trace_id" text collate "C" NOT NULL,
	"purpose" text NOT NULL,
	"model" text NOT NULL,
	"outcome" text NOT NULL,
	"input_tokens" integer NOT NULL,
	"cached_tokens" integer NOT NULL,
	"output_tokens" integer NOT NULL,
	"cost_micros" bigint,
	"latency_ms" integer NOT NULL,
	"error" text,
	"write_key" text collate "C",
	CONSTRAINT "model_calls_write_key" UNIQUE("write_key")
);
--> statement-breakpoint
ALTER TABLE "model_calls" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "sessions" (
	"token_hash" text collate "C" PRIMARY KEY NOT NULL,
	"role" text NOT NULL,
	"label" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"last_seen_at" timestamp with time zone NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"revoked_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "sessions" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "signin_codes" (
	"code_hash" text collate "C" PRIMARY KEY NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"used_at" timestamp with time zone,
	"label" text NOT NULL
);
--> statement-breakpoint
ALTER TABLE "signin_codes" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "timeline" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "timeline_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"at" timestamp with time zone NOT NULL,
	"channel_id" text collate "C",
	"type" text NOT NULL,
	"level" text,
	"trace_id" text collate "C",
	"body" jsonb NOT NULL,
	"write_key" text collate "C",
	CONSTRAINT "timeline_write_key" UNIQUE("write_key")
);
--> statement-breakpoint
ALTER TABLE "timeline" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE UNIQUE INDEX "channel_history_message_id" ON "channel_history" USING btree ("sent_at","message_id");--> statement-breakpoint
CREATE INDEX "model_calls_channel_id" ON "model_calls" USING btree ("channel_id","id");--> statement-breakpoint
CREATE INDEX "timeline_channel_id" ON "timeline" USING btree ("channel_id","id");--> statement-breakpoint
CREATE INDEX "timeline_type" ON "timeline" USING btree ("type","id");