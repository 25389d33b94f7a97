-- Paying online. A row of payment is written before the provider hears of it; what belongs to the talk with the provider
-- stands beside it. The money itself is in ledger_entry alone, as for every payment.

-- For one charge, without login. The token stands nowhere, only its hash.
CREATE TABLE payment_link (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    charge_id  bigint NOT NULL REFERENCES charge,
    token_hash bytea NOT NULL UNIQUE,
    made_by    bigint REFERENCES account ON DELETE SET NULL,
    made_at    timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    opened_at  timestamptz                               -- first time
);
-- A new link ends the old one.
CREATE UNIQUE INDEX payment_link_live_key ON payment_link (charge_id) WHERE revoked_at IS NULL;

CREATE TABLE online_payment (
    payment_id    bigint PRIMARY KEY REFERENCES payment,
    reference     text NOT NULL UNIQUE,                  -- ours: names this try at the provider, and its idempotency key
    link_id       bigint REFERENCES payment_link,        -- null: from the portal
    expires_at    timestamptz NOT NULL,                  -- nobody can begin to pay any more
    checkout_ref  text,                                  -- the provider's session, preference or order; null: not yet known
    checkout_url  text,
    -- What is known of the money, the provider's words in ours.
    stage         text NOT NULL DEFAULT 'made'
                  CHECK (stage IN ('made', 'open', 'processing', 'waiting', 'paid', 'failed', 'expired', 'replaced')),
    money_ref     text,                                  -- the provider's id of the money
    voucher_url   text,                                  -- stage waiting: to pay in cash at a shop
    voucher_until timestamptz,
    reason        text NOT NULL DEFAULT '',              -- why it failed or is quarantined
    refunded      numeric(14, 2) NOT NULL DEFAULT 0,     -- what of it the ledger has given back, and what a dispute holds
    disputed      numeric(14, 2) NOT NULL DEFAULT 0,
    revision      bigint NOT NULL DEFAULT 0,             -- grows with every change: an answer asked for before is outdated
    to_close      boolean NOT NULL DEFAULT false,        -- what it would pay is paid: the provider is to close it
    asked_at      timestamptz,
    times_asked   bigint NOT NULL DEFAULT 0,
    next_ask_at   timestamptz                            -- null: nothing more to ask
);
CREATE INDEX online_payment_ask_idx ON online_payment (next_ask_at) WHERE next_ask_at IS NOT NULL;
CREATE INDEX online_payment_close_idx ON online_payment (payment_id) WHERE to_close;
CREATE INDEX online_payment_checkout_idx ON online_payment (checkout_ref) WHERE checkout_ref IS NOT NULL;
CREATE INDEX online_payment_money_idx ON online_payment (money_ref) WHERE money_ref IS NOT NULL;


-- What the client chose to pay with it, and how much of each.
CREATE TABLE online_payment_charge (
    payment_id bigint NOT NULL REFERENCES payment,
    charge_id  bigint NOT NULL REFERENCES charge,
    place      smallint NOT NULL,
    amount     numeric(14, 2) NOT NULL CHECK (amount > 0),
    PRIMARY KEY (payment_id, charge_id)
);
CREATE INDEX online_payment_charge_idx ON online_payment_charge (charge_id);

-- A notification of a provider, as it came, once its signature was found good.
CREATE TABLE payment_event (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    provider    text NOT NULL,
    key         text NOT NULL,                           -- the provider's id of the event, else a hash of what came
    type        text NOT NULL,
    headers     jsonb NOT NULL,
    query       text NOT NULL,
    body        bytea NOT NULL,
    reference    text NOT NULL,                          -- by what the provider is asked about it; empty: it does not say
    checkout_ref text NOT NULL,
    money_ref    text NOT NULL,
    received_at timestamptz NOT NULL,
    payment_id  bigint REFERENCES payment,               -- what it turned out to be about
    outcome     text,                                    -- null: not yet handled
    tries       bigint NOT NULL DEFAULT 0,
    handled_at  timestamptz,
    UNIQUE (provider, key)
);
CREATE INDEX payment_event_open_idx ON payment_event (id) WHERE outcome IS NULL;
CREATE INDEX payment_event_payment_idx ON payment_event (payment_id, id) WHERE payment_id IS NOT NULL;
CREATE INDEX payment_event_received_idx ON payment_event (received_at);

-- Money that does not fit what was asked for. Never applied until staff decide.
CREATE TABLE payment_quarantine (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    provider    text NOT NULL,
    money_ref   text NOT NULL,                           -- empty: unknown
    reference   text NOT NULL,                           -- as the provider has it
    payment_id  bigint REFERENCES payment,               -- the try it claims to be; null: none of ours
    amount      numeric(14, 2),                          -- null: not told, or not one that we can hold
    currency    text,
    reason      text NOT NULL CHECK (reason IN ('amount', 'currency', 'reference', 'account')),
    found_at    timestamptz NOT NULL,
    decided_at  timestamptz,
    decided_by  bigint REFERENCES account ON DELETE SET NULL,
    decision    text CHECK (decision IN ('booked', 'dismissed')),
    note        text NOT NULL DEFAULT '',
    UNIQUE (provider, reference, money_ref)
);
CREATE INDEX payment_quarantine_open_idx ON payment_quarantine (found_at) WHERE decided_at IS NULL;

-- How the talk with a provider goes, a row each.
CREATE TABLE payment_provider_health (
    provider         text PRIMARY KEY,
    last_event_at    timestamptz,                        -- a good notification
    last_answer_at   timestamptz,                        -- it answered what we asked
    last_trouble_at  timestamptz,
    last_trouble     text NOT NULL DEFAULT '',
    refused_events   bigint NOT NULL DEFAULT 0,          -- notifications whose signature was wrong
    last_refused_at  timestamptz
);

-- Why nothing of a client's is suspended though a charge is overdue: a promise of payment that staff granted, or a cash
-- voucher that can still be paid, when those count.
CREATE FUNCTION suspension_is_held(client bigint, today date, now timestamptz, vouchers_count boolean) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM payment_promise WHERE client_id = $1 AND until >= $2)
        OR ($4 AND EXISTS (SELECT FROM payment JOIN online_payment ON payment_id = payment.id
                           WHERE client_id = $1 AND payment.status = 'pending' AND stage = 'waiting' AND voucher_until > $3))
$$;

-- A try whole, as the programs read it.
CREATE VIEW payment_try AS
    SELECT payment.id, payment.client_id, payment.provider, online_payment.reference, payment.amount, payment.currency,
           payment.status, online_payment.stage, coalesce(online_payment.checkout_ref, '') AS checkout_ref,
           coalesce(online_payment.checkout_url, '') AS checkout_url, coalesce(online_payment.money_ref, '') AS money_ref,
           payment.created_at, online_payment.expires_at, coalesce(online_payment.voucher_url, '') AS voucher_url,
           online_payment.voucher_until, online_payment.reason, online_payment.refunded, online_payment.disputed,
           online_payment.revision, online_payment.times_asked, coalesce(online_payment.link_id, 0) AS link_id,
           (SELECT coalesce(string_agg(charge_id::text, ',' ORDER BY place), '') FROM online_payment_charge
            WHERE online_payment_charge.payment_id = payment.id) AS charges,
           online_payment.next_ask_at, online_payment.to_close
    FROM payment JOIN online_payment ON online_payment.payment_id = payment.id;
