-- What requests with an idempotency key came to, for 24 hours: written first in the change's own transaction.
CREATE TABLE request_keys (
    issuer     TEXT   NOT NULL,
    subject    TEXT   NOT NULL,
    method     TEXT   NOT NULL,
    key        TEXT   NOT NULL,
    hash       BYTEA  NOT NULL,
    answer     BYTEA  NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (issuer, subject, method, key)
);

CREATE INDEX request_keys_expiring ON request_keys (expires_at);
