CREATE TABLE "outbox" (
	"event_id" text PRIMARY KEY NOT NULL,
	"type" text NOT NULL,
	"cart_id" text NOT NULL,
	"payload" jsonb NOT NULL,
	"status" text DEFAULT 'pending' NOT NULL,
	"round" integer DEFAULT 0 NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"last_error" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"leased_until" timestamp (3) with time zone,
	"dispatched_at" timestamp (3) with time zone,
	"delivered_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE INDEX "outbox_to_dispatch" ON "outbox" USING btree ("created_at") WHERE status = 'pending' and dispatched_at is null;--> statement-breakpoint
CREATE INDEX "outbox_status_created_at" ON "outbox" USING btree ("status","created_at","event_id");--> statement-breakpoint
CREATE INDEX "outbox_created_at" ON "outbox" USING btree ("created_at","event_id");