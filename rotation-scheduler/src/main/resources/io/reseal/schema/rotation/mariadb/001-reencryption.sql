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
