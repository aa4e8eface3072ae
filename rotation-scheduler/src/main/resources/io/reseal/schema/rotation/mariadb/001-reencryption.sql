-- Re-encryption runs. May be run again: it only creates what is absent. Times are UTC, whatever the session's time zone;
-- names and states are compared byte by byte. No foreign keys: a child's row would lock its parent's for writers, and the
-- engine's own statements would meet there in deadlocks.

-- open_for equals key_type while the run is open and is null afterwards: unique, so that a key type has one open run.
CREATE TABLE IF NOT EXISTS reseal_run (
    id             bigint AUTO_INCREMENT PRIMARY KEY,
    key_type       varchar(64)   NOT NULL,
    open_for       varchar(64)   UNIQUE,
    state          varchar(16)   NOT NULL,
    pass           integer       NOT NULL,
    target_version integer       NOT NULL,
    retired        varchar(8000) NOT NULL,
    acknowledged   longtext      NOT NULL,
    left_over      longtext      NOT NULL,
    failure        varchar(1000),
    effort         varchar(2000) NOT NULL,
    started_at     datetime(6) NOT NULL,
    finished_at    datetime(6)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

-- Parts of a table's key order, and per run one range of kind PROOF. The lease says who works on it until when, by this
-- database's clock; every commit of work checks the token.
CREATE TABLE IF NOT EXISTS reseal_range (
    id              bigint AUTO_INCREMENT PRIMARY KEY,
    run_id          bigint        NOT NULL,
    kind            varchar(16)   NOT NULL,
    table_schema    varchar(64)   NOT NULL,
    table_name      varchar(64)   NOT NULL,
    part_schema     varchar(64)   NOT NULL,
    part_name       varchar(64)   NOT NULL,
    key_columns     varchar(8000) NOT NULL,
    key_unique      boolean       NOT NULL,
    after_key       longtext,
    up_to_key       longtext,
    cursor_key      longtext,
    scanned         boolean       NOT NULL,
    state           varchar(16)   NOT NULL,
    owner           varchar(64),
    token           bigint        NOT NULL,
    lease_until     datetime(6),
    ready_at        datetime(6) NOT NULL,
    estimated_rows  bigint        NOT NULL,
    rows_changed    bigint        NOT NULL,
    rows_superseded bigint        NOT NULL
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

CREATE INDEX IF NOT EXISTS reseal_range_run ON reseal_range (run_id, state);

-- Rows that others held locked: the run comes back to them.
CREATE TABLE IF NOT EXISTS reseal_tail (
    range_id bigint   NOT NULL,
    row_hash char(64) NOT NULL,
    row_key  longtext NOT NULL,
    tried    integer  NOT NULL,
    PRIMARY KEY (range_id, row_hash)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

-- Values that were left as they are, by the hash of their row's address; never what is stored in them.
CREATE TABLE IF NOT EXISTS reseal_quarantine (
    range_id     bigint       NOT NULL,
    row_hash     char(64)     NOT NULL,
    column_name  varchar(64)  NOT NULL,
    error_class  varchar(255) NOT NULL,
    found_at     datetime(6) NOT NULL,
    PRIMARY KEY (range_id, row_hash, column_name)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

-- What was proved: by a run at its end, or on demand. database_id and wal_position stay empty here.
CREATE TABLE IF NOT EXISTS reseal_proof (
    id           bigint AUTO_INCREMENT PRIMARY KEY,
    run_id       bigint,
    key_type     varchar(64)   NOT NULL,
    version      integer       NOT NULL,
    strength     varchar(16)   NOT NULL,
    taken_at     datetime(6) NOT NULL,
    assumptions  varchar(8000) NOT NULL,
    database_id  varchar(255)  NOT NULL,
    wal_position varchar(64)   NOT NULL
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

-- What a proof saw in each column.
CREATE TABLE IF NOT EXISTS reseal_proof_column (
    proof_id     bigint        NOT NULL,
    table_schema varchar(64)   NOT NULL,
    table_name   varchar(64)   NOT NULL,
    column_name  varchar(64)   NOT NULL,
    remaining    bigint        NOT NULL,
    total        bigint        NOT NULL,
    snapshot     longtext      NOT NULL,
    place        longtext      NOT NULL,
    PRIMARY KEY (proof_id, table_schema, table_name, column_name)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

-- Always empty: this database has no fences.
CREATE TABLE IF NOT EXISTS reseal_fence (
    table_schema varchar(64)   NOT NULL,
    table_name   varchar(64)   NOT NULL,
    fenced_keys  varchar(8000) NOT NULL,
    columns      longtext      NOT NULL,
    on_insert    longtext      NOT NULL,
    on_update    longtext      NOT NULL,
    fenced_at    datetime(6) NOT NULL,
    PRIMARY KEY (table_schema, table_name)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

-- What somebody has to look at. open_for is a hash of kind and subject while the alert is open and is null afterwards: unique,
-- so that of each one is open at a time.
CREATE TABLE IF NOT EXISTS reseal_alert (
    id              bigint AUTO_INCREMENT PRIMARY KEY,
    open_for        char(64)      UNIQUE,
    kind            varchar(64)   NOT NULL,
    severity        varchar(16)   NOT NULL,
    subject_sort    varchar(16)   NOT NULL,
    subject         varchar(1024) NOT NULL,
    evidence        varchar(2000) NOT NULL,
    remedy          varchar(1000) NOT NULL,
    occurrences     bigint        NOT NULL,
    first_seen      datetime(6) NOT NULL,
    last_seen       datetime(6) NOT NULL,
    acknowledged_by varchar(255),
    acknowledged_at datetime(6),
    resolved_at     datetime(6)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

CREATE INDEX IF NOT EXISTS reseal_alert_last_seen ON reseal_alert (last_seen);

-- Whose rows were under a compromised key when its incident was opened. An owner of rows in several ranges may be there more than once.
CREATE TABLE IF NOT EXISTS reseal_affected_owner (
    incident     varchar(200) NOT NULL,
    owner        varchar(255) NOT NULL,
    table_schema varchar(64)  NOT NULL,
    table_name   varchar(64)  NOT NULL
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

CREATE INDEX IF NOT EXISTS reseal_affected_owner_incident
    ON reseal_affected_owner (incident, owner, table_schema, table_name);

-- Which process goes on with an open incident, until when, by this database's clock. Of no weight for the keys: it spares others the same work.
CREATE TABLE IF NOT EXISTS reseal_incident_claim (
    incident      varchar(200) NOT NULL PRIMARY KEY,
    holder        varchar(64)  NOT NULL,
    claimed_until datetime(6)  NOT NULL
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

-- What people are told of alerts, once on each channel. about is the alert's id; of a digest, the second at which its week ended. follows is the
-- alert's id until its end was told of, and is null afterwards. The lease says who sends until when, by this database's clock.
CREATE TABLE IF NOT EXISTS reseal_notification (
    id          varchar(36)   NOT NULL PRIMARY KEY,
    reason      varchar(16)   NOT NULL,
    about       bigint        NOT NULL,
    escalation  integer       NOT NULL,
    channel     varchar(64)   NOT NULL,
    recipients  varchar(4000) NOT NULL,
    body        longtext NOT NULL,
    follows     bigint,
    state       varchar(16)   NOT NULL,
    demanded    boolean       NOT NULL,
    attempts    integer       NOT NULL,
    token       varchar(36),
    lease_until datetime(6),
    ready_at    datetime(6) NOT NULL,
    written_at  datetime(6) NOT NULL,
    sent_at     datetime(6),
    failure     varchar(1000),
    UNIQUE (reason, about, escalation, channel)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

CREATE INDEX IF NOT EXISTS reseal_notification_state ON reseal_notification (state, channel, ready_at);

CREATE INDEX IF NOT EXISTS reseal_notification_follows ON reseal_notification (follows);

CREATE INDEX IF NOT EXISTS reseal_notification_sent_at ON reseal_notification (sent_at);

-- Rotations, from the request to the last re-encrypted value. open_for equals key_type while the event is open and is null afterwards: unique,
-- so that a key type has one open event. The lease says which process works on it until when, by this database's clock.
CREATE TABLE IF NOT EXISTS reseal_event (
    id           bigint AUTO_INCREMENT PRIMARY KEY,
    key_type     varchar(64)   NOT NULL,
    open_for     varchar(64)   UNIQUE,
    state        varchar(16)   NOT NULL,
    replaces     integer       NOT NULL,
    successor    integer,
    actor        varchar(255)  NOT NULL,
    reason       varchar(4000) NOT NULL,
    forced       boolean       NOT NULL,
    requested_at datetime(6) NOT NULL,
    due_at       datetime(6) NOT NULL,
    started_at   datetime(6),
    ended_at     datetime(6),
    run_id       bigint,
    rows_changed bigint        NOT NULL,
    rows_left    bigint        NOT NULL,
    attempts     integer       NOT NULL,
    next_attempt datetime(6),
    failure      varchar(1000),
    holder       varchar(64),
    token        bigint        NOT NULL,
    lease_until  datetime(6)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

-- How each task went the last time, and how often it was done, over all nodes.
CREATE TABLE IF NOT EXISTS reseal_task (
    task        varchar(64)   NOT NULL PRIMARY KEY,
    node        varchar(64)   NOT NULL,
    started_at  datetime(6) NOT NULL,
    ended_at    datetime(6),
    succeeded   boolean,
    summary     varchar(1000) NOT NULL,
    runs        bigint        NOT NULL,
    failures    bigint        NOT NULL
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

-- Who has stopped the tasks; one row at most.
CREATE TABLE IF NOT EXISTS reseal_scheduler_pause (
    id        integer       NOT NULL PRIMARY KEY,
    actor     varchar(255)  NOT NULL,
    reason    varchar(4000) NOT NULL,
    paused_at datetime(6) NOT NULL
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

-- Reports for auditors: kr_report_ and the month, or random digits. body is their JSON, and sha256 its digest, of which the audit log tells. Rows are added,
-- and neither changed nor deleted.
CREATE TABLE IF NOT EXISTS reseal_report (
    id           varchar(64)   NOT NULL PRIMARY KEY,
    period_from  datetime(6) NOT NULL,
    period_to    datetime(6) NOT NULL,
    generated_at datetime(6) NOT NULL,
    actor        varchar(255)  NOT NULL,
    reason       varchar(4000) NOT NULL,
    sha256       char(64)      NOT NULL,
    body         longtext NOT NULL
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

-- Maintenance windows. id counts up without gaps, so that of two that are planned at once the second one looks again. revision counts its changes;
-- told and checked are the ones that the stakeholders know and that was checked. The lease says which process checks until when.
CREATE TABLE IF NOT EXISTS reseal_window (
    id            bigint        NOT NULL PRIMARY KEY,
    start_at      datetime(6) NOT NULL,
    end_at        datetime(6) NOT NULL,
    reason        varchar(4000) NOT NULL,
    planned_by    varchar(255)  NOT NULL,
    planned_at    datetime(6) NOT NULL,
    state         varchar(16)   NOT NULL,
    revision      integer       NOT NULL,
    told          integer       NOT NULL,
    checked       integer       NOT NULL,
    sampled_at    datetime(6),
    token         bigint        NOT NULL,
    claimed_until datetime(6)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

CREATE INDEX IF NOT EXISTS reseal_window_state ON reseal_window (state, start_at);

-- What was found in a window, and what people wrote about it. Rows are only ever added.
CREATE TABLE IF NOT EXISTS reseal_window_entry (
    id         bigint AUTO_INCREMENT PRIMARY KEY,
    window_id  bigint        NOT NULL,
    written_at datetime(6) NOT NULL,
    phase      varchar(16)   NOT NULL,
    item       varchar(32)   NOT NULL,
    outcome    varchar(16)   NOT NULL,
    subject    varchar(255)  NOT NULL,
    detail     varchar(4000) NOT NULL,
    measured   bigint,
    actor      varchar(255)  NOT NULL
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

CREATE INDEX IF NOT EXISTS reseal_window_entry_window ON reseal_window_entry (window_id, id);

-- What people attested in quarterly reviews, with what the checks had found then. Rows are only ever added.
CREATE TABLE IF NOT EXISTS reseal_attestation (
    id          bigint AUTO_INCREMENT PRIMARY KEY,
    quarter     varchar(8)    NOT NULL,
    item        varchar(16)   NOT NULL,
    person      varchar(255)  NOT NULL,
    attested_at datetime(6) NOT NULL,
    statement   varchar(4000) NOT NULL,
    checks      longtext NOT NULL
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

CREATE INDEX IF NOT EXISTS reseal_attestation_item ON reseal_attestation (item, quarter, id);

-- Who was trained for which role, when (a day) and for how many hours. Rows are only ever added.
CREATE TABLE IF NOT EXISTS reseal_training (
    id          bigint AUTO_INCREMENT PRIMARY KEY,
    role        varchar(32)   NOT NULL,
    person      varchar(255)  NOT NULL,
    trained_on  varchar(10)   NOT NULL,
    hours       integer       NOT NULL,
    recorded_by varchar(255)  NOT NULL,
    recorded_at datetime(6) NOT NULL
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

-- How fast each node works on each run, and why not faster: written every few seconds, and deleted when its work ends. held_by is the signal
-- that holds it back, null if none does; the seconds are how long the rest takes, at two speeds. What is older than a minute says nothing.
-- held_back_seconds is for how long it has done hardly anything because of signals.
CREATE TABLE IF NOT EXISTS reseal_pace (
    run_id          bigint       NOT NULL,
    node            varchar(64)  NOT NULL,
    state           varchar(16)  NOT NULL,
    held_by         varchar(32),
    reason          varchar(1000) NOT NULL,
    duty            double precision NOT NULL,
    rows_per_second double precision NOT NULL,
    soonest_seconds bigint,
    latest_seconds  bigint,
    held_back_seconds bigint DEFAULT 0 NOT NULL,
    reported_at     datetime(6) NOT NULL,
    PRIMARY KEY (run_id, node)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

-- How many values each column held under each key when they were counted the last time; key_type is empty for those that are not sealed, or
-- under a key type that the application does not know. Names are no longer here, and a primary key must not be.
CREATE TABLE IF NOT EXISTS reseal_inventory (
    table_schema  varchar(64) NOT NULL,
    table_name    varchar(64) NOT NULL,
    column_name   varchar(64) NOT NULL,
    key_type      varchar(64)  NOT NULL,
    version       integer      NOT NULL,
    stored_values bigint       NOT NULL,
    counted_at    datetime(6) NOT NULL,
    PRIMARY KEY (table_schema, table_name, column_name, key_type, version)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

-- For people: how far each run is in each of its tables.
CREATE OR REPLACE VIEW reseal_migration_progress (
    run_id, key_type, run_state, run_percent, table_schema, table_name,
    table_percent, rows_left, estimated_rows, rows_changed, rows_superseded, quarantined,
    tail, ranges_done, ranges_leased, ranges_total, rows_per_second, eta_from,
    eta_to, pace, pace_percent, pace_reason, nodes, effort,
    pass, target_version, started_at, finished_at, failure
) AS
SELECT u.id, u.key_type, u.state,
       CAST(FLOOR(SUM(t.weight * t.tenths) OVER (PARTITION BY u.id) / SUM(t.weight) OVER (PARTITION BY u.id)) / 10.0 AS decimal(5, 1)),
       t.table_schema, t.table_name, CAST(t.tenths / 10.0 AS decimal(5, 1)),
       CAST(CASE WHEN t.done = t.ranges THEN 0 ELSE GREATEST(0, t.estimated - t.seen) END AS integer),
       CAST(t.estimated AS integer), CAST(t.changed AS integer), CAST(t.superseded AS integer),
       CAST(t.quarantined AS integer), CAST(t.tail AS integer),
       t.done, t.leased, t.ranges,
       CAST(p.rows_per_second AS decimal(15, 1)),
       CASE WHEN u.state = 'RUNNING' THEN p.reported_at + INTERVAL p.soonest_seconds SECOND END,
       CASE WHEN u.state = 'RUNNING' THEN p.reported_at + INTERVAL p.latest_seconds SECOND END,
       p.state, CAST(100 * p.duty AS decimal(5, 1)), p.reason, COALESCE(p.nodes, 0),
       u.effort, u.pass, u.target_version, u.started_at, u.finished_at, u.failure
FROM reseal_run u
JOIN (SELECT s.*, GREATEST(1, s.estimated) AS weight,
             CASE WHEN s.done = s.ranges THEN 1000
                  ELSE LEAST(999, GREATEST(FLOOR(1000.0 * s.seen / GREATEST(1, s.estimated)), FLOOR(1000.0 * s.done / s.ranges))) END AS tenths
      FROM (SELECT r.run_id, r.table_schema, r.table_name, SUM(r.estimated_rows) AS estimated, SUM(r.rows_changed) AS changed,
                   SUM(r.rows_superseded) AS superseded, COALESCE(SUM(q.number), 0) AS quarantined, COALESCE(SUM(l.number), 0) AS tail,
                   SUM(r.rows_changed) + SUM(r.rows_superseded) + COALESCE(SUM(q.number), 0) AS seen,
                   COUNT(CASE WHEN r.state = 'DONE' THEN 1 END) AS done, COUNT(CASE WHEN r.state = 'LEASED' THEN 1 END) AS leased,
                   COUNT(*) AS ranges
            FROM reseal_range r
            LEFT JOIN (SELECT range_id, COUNT(*) AS number FROM reseal_quarantine GROUP BY range_id) q ON q.range_id = r.id
            LEFT JOIN (SELECT range_id, COUNT(*) AS number FROM reseal_tail GROUP BY range_id) l ON l.range_id = r.id
            WHERE r.kind = 'TABLE'
            GROUP BY r.run_id, r.table_schema, r.table_name) s) t ON t.run_id = u.id
LEFT JOIN (SELECT run_id, state, reason, duty, rows_per_second, soonest_seconds, latest_seconds, reported_at,
                  COUNT(*) OVER (PARTITION BY run_id) AS nodes,
                  ROW_NUMBER() OVER (PARTITION BY run_id ORDER BY duty DESC, node) AS place
           FROM reseal_pace WHERE reported_at > UTC_TIMESTAMP(6) - INTERVAL 1 MINUTE) p ON p.run_id = u.id AND p.place = 1;

-- For people: what was not under an active key when values were counted the last time. Needs the tables of the key store, which are made first.
CREATE OR REPLACE VIEW reseal_stale_inventory (
    table_schema, table_name, column_name, key_type, version, key_state,
    stale_values, column_values, stale_percent, counted_at, counted_hours_ago
) AS
SELECT c.table_schema, c.table_name, c.column_name, NULLIF(s.key_type, ''), NULLIF(s.version, 0), s.key_state,
       COALESCE(s.stored_values, 0), CAST(c.column_values AS integer),
       CAST(CEILING(1000.0 * COALESCE(s.stored_values, 0) / c.column_values) / 10.0 AS decimal(5, 1)),
       c.counted_at, CAST(TIMESTAMPDIFF(SECOND, c.counted_at, UTC_TIMESTAMP()) / 3600.0 AS decimal(12, 1))
FROM (SELECT table_schema, table_name, column_name, SUM(stored_values) AS column_values, MAX(counted_at) AS counted_at
      FROM reseal_inventory GROUP BY table_schema, table_name, column_name) c
LEFT JOIN (SELECT i.table_schema, i.table_name, i.column_name, i.key_type, i.version, i.stored_values,
                  CASE WHEN i.key_type = '' THEN 'NOT SEALED OR UNKNOWN KEY TYPE' WHEN k.state IS NULL THEN 'UNKNOWN VERSION'
                       ELSE k.state END AS key_state
           FROM reseal_inventory i
           LEFT JOIN reseal_key k ON k.key_type = i.key_type AND k.version = i.version
           WHERE k.state IS NULL OR k.state <> 'ACTIVE') s
       ON s.table_schema = c.table_schema AND s.table_name = c.table_name AND s.column_name = c.column_name;
