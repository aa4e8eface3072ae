-- The key store. May be run again: it only creates what is absent.

-- contents names every row of reseal_key and reseal_record with its MAC, and mac covers contents: a change by anybody else is
-- found. All three tables belong together, also in a backup.
CREATE TABLE IF NOT EXISTS reseal_keystore (
    id         smallint PRIMARY KEY CHECK (id = 1),
    generation bigint   NOT NULL,
    contents   character large object,
    mac        varbinary(65536),
    mac_kek_id varchar(255),
    mac_key    varbinary(65536)
);

MERGE INTO reseal_keystore USING (VALUES 1) initial (id) ON reseal_keystore.id = initial.id
    WHEN NOT MATCHED THEN INSERT (id, generation) VALUES (1, 0);

-- active_key_type equals key_type in the active version and is null in all others: unique, so that a key type never has
-- two active versions. deactivated_at is when the version left ACTIVE, wherever to; origin is the state to which a version in
-- PENDING_DESTROY may return. A destroyed version has no material.
CREATE TABLE IF NOT EXISTS reseal_key (
    key_type        varchar(64)  NOT NULL,
    version         integer      NOT NULL CHECK (version BETWEEN 1 AND 16777215),
    state           varchar(32)  NOT NULL,
    active_key_type varchar(64)  UNIQUE,
    format          integer      NOT NULL,
    kek_id          varchar(255) NOT NULL,
    fingerprint     varbinary(65536) NOT NULL,
    wrapped         varbinary(65536) NOT NULL,
    created_at      timestamp with time zone NOT NULL,
    activated_at    timestamp with time zone,
    deactivated_at  timestamp with time zone,
    suspended_at    timestamp with time zone,
    compromised_at  timestamp with time zone,
    pending_destroy_at timestamp with time zone,
    destroyed_at    timestamp with time zone,
    origin          varchar(32),
    PRIMARY KEY (key_type, version),
    CHECK (CASE WHEN state = 'ACTIVE' THEN active_key_type IS NOT NULL AND active_key_type = key_type
                ELSE active_key_type IS NULL END),
    CHECK (CASE WHEN state = 'PENDING_DESTROY' THEN origin IS NOT NULL ELSE origin IS NULL END),
    CHECK (CASE WHEN state = 'DESTROYED' THEN octet_length(wrapped) = 0 ELSE octet_length(wrapped) > 0 END)
);

-- Policies, approvals, the catalog of sealed columns and what else is protected like the keys; rows are replaced, never deleted.
CREATE TABLE IF NOT EXISTS reseal_record (
    kind varchar(64)  NOT NULL,
    id   varchar(200) NOT NULL,
    body character large object NOT NULL,
    PRIMARY KEY (kind, id)
);

-- The processes that seal. Each says which generation it holds, and may seal until its lease runs out; a promotion waits for
-- those that may. Who is evicted cannot prolong its lease.
CREATE TABLE IF NOT EXISTS reseal_node (
    node_id      varchar(36)  PRIMARY KEY,
    name         varchar(255) NOT NULL,
    started_at   timestamp with time zone NOT NULL,
    renewed_at   timestamp with time zone NOT NULL,
    lease_until  timestamp with time zone NOT NULL,
    acknowledged bigint  NOT NULL,
    evicted      boolean NOT NULL
);

-- How many values may have been sealed under each key: every node reserves before it seals.
CREATE TABLE IF NOT EXISTS reseal_usage (
    key_type varchar(64) NOT NULL,
    version  integer     NOT NULL,
    reserved bigint      NOT NULL,
    PRIMARY KEY (key_type, version)
);

-- How many values each node sealed (SEAL) and opened (OPEN) under each key, by the hour.
CREATE TABLE IF NOT EXISTS reseal_usage_hour (
    key_type   varchar(64)  NOT NULL,
    version    integer      NOT NULL,
    direction  varchar(8)   NOT NULL,
    node       varchar(255) NOT NULL,
    hour_start timestamp with time zone NOT NULL,
    operations bigint       NOT NULL,
    PRIMARY KEY (key_type, version, direction, node, hour_start)
);

-- The hours of the last weeks are read together, of all keys.
CREATE INDEX IF NOT EXISTS reseal_usage_hour_start ON reseal_usage_hour (hour_start);

-- Who did what and why, in one chain per process: mac covers the entry and the mac before it, under a key that only moves
-- forward. Rows are only ever added. generation is the key store's after the transition that the entry tells of.
CREATE TABLE IF NOT EXISTS reseal_audit (
    chain       varchar(36)   NOT NULL,
    seq         bigint        NOT NULL CHECK (seq > 0),
    generation  bigint,
    recorded_at timestamp with time zone NOT NULL,
    actor       varchar(255)  NOT NULL,
    action      varchar(64)   NOT NULL,
    subject     varchar(1200) NOT NULL,
    reason      varchar(4000) NOT NULL,
    detail      varchar(4000) NOT NULL,
    mac         varbinary(32) NOT NULL,
    PRIMARY KEY (chain, seq)
);

-- Each reading of the key store asks for the greatest generation that the log tells of.
CREATE INDEX IF NOT EXISTS reseal_audit_generation ON reseal_audit (generation);

-- The first key of each chain, wrapped by the KEK.
CREATE TABLE IF NOT EXISTS reseal_audit_chain (
    chain      varchar(36)  PRIMARY KEY,
    node       varchar(255) NOT NULL,
    started_at timestamp with time zone NOT NULL,
    kek_id     varchar(255) NOT NULL,
    wrapped    varbinary(65536) NOT NULL
);

-- The key that signs checkpoints, wrapped by the KEK.
CREATE TABLE IF NOT EXISTS reseal_audit_signer (
    id      smallint PRIMARY KEY CHECK (id = 1),
    kek_id  varchar(255) NOT NULL,
    wrapped varbinary(65536) NOT NULL
);

-- What nodes met that may point to a compromise: one row for a node, an indicator, a column, a key and a minute. id is a hash of
-- them; told is how many of the occurrences an alert tells of.
CREATE TABLE IF NOT EXISTS reseal_indicator (
    id             char(64)      PRIMARY KEY,
    node           varchar(255)  NOT NULL,
    indicator      varchar(32)   NOT NULL,
    column_context varchar(1024) NOT NULL,
    key_name       varchar(128)  NOT NULL,
    minute_start   timestamp with time zone NOT NULL,
    occurrences    bigint        NOT NULL,
    told           bigint        NOT NULL
);

CREATE INDEX IF NOT EXISTS reseal_indicator_minute ON reseal_indicator (minute_start);

-- For people: the versions of every key type beside the policy in force, never their material. Ages are by this database's clock.
CREATE OR REPLACE VIEW reseal_key_status (
    key_type, version, state, state_since, priority, age_days,
    interval_days, age_percent, rotation_due_at, grace_until, reserved, usage_limit,
    usage_percent, sealed, opened, last_used_hour, created_at, activated_at,
    deactivated_at, suspended_at, compromised_at, pending_destroy_at, destroyed_at
) AS
SELECT k.key_type, k.version, k.state,
       CASE k.state WHEN 'PRE_ACTIVE' THEN k.created_at WHEN 'ACTIVE' THEN k.activated_at WHEN 'SUSPENDED' THEN k.suspended_at
                    WHEN 'DEACTIVATED' THEN k.deactivated_at WHEN 'COMPROMISED' THEN k.compromised_at
                    WHEN 'PENDING_DESTROY' THEN k.pending_destroy_at WHEN 'DESTROYED' THEN k.destroyed_at END,
       p.priority,
       CAST(a.age_s / 86400.0 AS decimal(12, 1)),
       CAST(p.interval_s / 86400.0 AS decimal(12, 1)),
       CASE WHEN k.state = 'ACTIVE' THEN CAST(100.0 * a.age_s / p.interval_s AS decimal(12, 1)) END,
       CASE WHEN k.state = 'ACTIVE' THEN DATEADD('MICROSECOND', 1000000 * p.interval_s, k.activated_at) END,
       CASE WHEN k.state NOT IN ('ACTIVE', 'DESTROYED') THEN DATEADD('MICROSECOND', 1000000 * p.grace_s, k.deactivated_at) END,
       COALESCE(r.reserved, 0), p.usage_limit,
       CAST(100.0 * COALESCE(r.reserved, 0) / p.usage_limit AS decimal(12, 1)),
       COALESCE(u.sealed, 0), COALESCE(u.opened, 0), u.last_used,
       k.created_at, k.activated_at, k.deactivated_at, k.suspended_at, k.compromised_at, k.pending_destroy_at, k.destroyed_at
FROM reseal_key k
JOIN (SELECT key_type, version,
             CASE WHEN activated_at > CURRENT_TIMESTAMP THEN 0
                  ELSE DATEDIFF('SECOND', activated_at, CURRENT_TIMESTAMP) END AS age_s
      FROM reseal_key) a
  ON a.key_type = k.key_type AND a.version = k.version
LEFT JOIN (SELECT b.key_type, b.priority, CAST(b.usage_limit AS bigint) AS usage_limit,
                  COALESCE(CAST(REGEXP_SUBSTR(b.rotates, '[0-9]+(?=H)') AS bigint), 0) * 3600
                  + COALESCE(CAST(REGEXP_SUBSTR(b.rotates, '[0-9]+(?=M)') AS bigint), 0) * 60
                  + COALESCE(CAST(REGEXP_SUBSTR(b.rotates, '[0-9.]+(?=S)') AS decimal(20, 3)), 0) AS interval_s,
                  COALESCE(CAST(REGEXP_SUBSTR(b.grace, '[0-9]+(?=H)') AS bigint), 0) * 3600
                  + COALESCE(CAST(REGEXP_SUBSTR(b.grace, '[0-9]+(?=M)') AS bigint), 0) * 60
                  + COALESCE(CAST(REGEXP_SUBSTR(b.grace, '[0-9.]+(?=S)') AS decimal(20, 3)), 0) AS grace_s
           FROM (SELECT id AS key_type,
                        TRIM(BOTH '"' FROM CAST((CAST(body AS varchar) FORMAT JSON)."terms"."priority" AS varchar)) AS priority,
                        TRIM(BOTH '"' FROM CAST((CAST(body AS varchar) FORMAT JSON)."terms"."interval" AS varchar)) AS rotates,
                        TRIM(BOTH '"' FROM CAST((CAST(body AS varchar) FORMAT JSON)."terms"."grace" AS varchar)) AS grace,
                        TRIM(BOTH '"' FROM CAST((CAST(body AS varchar) FORMAT JSON)."terms"."usageLimit" AS varchar)) AS usage_limit
                 FROM reseal_record WHERE kind = 'policy') b) p
       ON p.key_type = k.key_type
LEFT JOIN reseal_usage r ON r.key_type = k.key_type AND r.version = k.version
LEFT JOIN (SELECT key_type, version,
                  CAST(SUM(CASE WHEN direction = 'SEAL' THEN operations ELSE 0 END) AS bigint) AS sealed,
                  CAST(SUM(CASE WHEN direction = 'OPEN' THEN operations ELSE 0 END) AS bigint) AS opened,
                  MAX(hour_start) AS last_used
           FROM reseal_usage_hour GROUP BY key_type, version) u
       ON u.key_type = k.key_type AND u.version = k.version;

COMMENT ON VIEW reseal_key_status IS 'The versions of every key type beside the policy in force, never their material';
