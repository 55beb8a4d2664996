CREATE TABLE "cart_events" (
	"cart_id" text NOT NULL,
	"version" integer NOT NULL,
	"type" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"operation_id" text,
	"data" jsonb NOT NULL,
	CONSTRAINT "cart_events_cart_id_version_pk" PRIMARY KEY("cart_id","version")
);
--> statement-breakpoint
CREATE TABLE "cart_items" (
	"cart_id" text NOT NULL,
	"item_id" text NOT NULL,
	"name" text NOT NULL,
	"quantity" integer NOT NULL,
	"unit_price_minor" integer NOT NULL,
	"line_total_minor" bigint NOT NULL,
	"reservation_status" text NOT NULL,
	"reservation_id" text,
	"reservation_reason" text,
	"added_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "cart_items_cart_id_item_id_pk" PRIMARY KEY("cart_id","item_id")
);
--> statement-breakpoint
CREATE TABLE "carts" (
	"cart_id" text PRIMARY KEY NOT NULL,
	"version" integer NOT NULL,
	"status" text NOT NULL,
	"currency" text NOT NULL,
	"item_count" integer NOT NULL,
	"total_minor" bigint NOT NULL,
	"state" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "operations" (
	"operation_id" text PRIMARY KEY NOT NULL,
	"cart_id" text NOT NULL,
	"command" text NOT NULL,
	"fingerprint" text NOT NULL,
	"status" text NOT NULL,
	"version" integer,
	"rejection" jsonb,
	"at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "orders" (
	"order_id" text PRIMARY KEY NOT NULL,
	"cart_id" text NOT NULL,
	"attempt" integer NOT NULL,
	"status" text NOT NULL,
	"currency" text NOT NULL,
	"total_minor" bigint NOT NULL,
	"items" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "products" (
	"name" text PRIMARY KEY NOT NULL,
	"unit_price_minor" integer NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE INDEX "cart_items_name" ON "cart_items" USING btree ("name");--> statement-breakpoint
CREATE INDEX "cart_items_reservation_status" ON "cart_items" USING btree ("reservation_status");--> statement-breakpoint
CREATE INDEX "carts_status_updated_at" ON "carts" USING btree ("status","updated_at");--> statement-breakpoint
CREATE INDEX "operations_cart_at" ON "operations" USING btree ("cart_id","at");--> statement-breakpoint
CREATE INDEX "operations_at" ON "operations" USING btree ("at");--> statement-breakpoint
CREATE UNIQUE INDEX "orders_cart_attempt" ON "orders" USING btree ("cart_id","attempt");--> statement-breakpoint
CREATE UNIQUE INDEX "orders_one_open_per_cart" ON "orders" USING btree ("cart_id") WHERE status = 'awaiting_payment';