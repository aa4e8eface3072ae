-- When the tasks of key rotation are begun, as Quartz keeps it. May be run again: it only creates what is absent, and inserts the rows that nodes
-- lock, so that none of them has to be the first.

CREATE TABLE IF NOT EXISTS RESEAL_QRTZ_JOB_DETAILS (
    sched_name        varchar(120) NOT NULL,
    job_name          varchar(200) NOT NULL,
    job_group         varchar(200) NOT NULL,
    description       varchar(250),
    job_class_name    varchar(250) NOT NULL,
    is_durable        boolean NOT NULL,
    is_nonconcurrent  boolean NOT NULL,
    is_update_data    boolean NOT NULL,
    requests_recovery boolean NOT NULL,
    job_data          blob,
    PRIMARY KEY (sched_name, job_name, job_group)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

CREATE TABLE IF NOT EXISTS RESEAL_QRTZ_TRIGGERS (
    sched_name     varchar(120) NOT NULL,
    trigger_name   varchar(200) NOT NULL,
    trigger_group  varchar(200) NOT NULL,
    job_name       varchar(200) NOT NULL,
    job_group      varchar(200) NOT NULL,
    description    varchar(250),
    next_fire_time bigint,
    prev_fire_time bigint,
    priority       integer,
    trigger_state  varchar(16) NOT NULL,
    trigger_type   varchar(8) NOT NULL,
    start_time     bigint NOT NULL,
    end_time       bigint,
    calendar_name  varchar(200),
    misfire_instr  smallint,
    job_data       blob,
    PRIMARY KEY (sched_name, trigger_name, trigger_group),
    FOREIGN KEY (sched_name, job_name, job_group)
        REFERENCES RESEAL_QRTZ_JOB_DETAILS (sched_name, job_name, job_group)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

CREATE TABLE IF NOT EXISTS RESEAL_QRTZ_SIMPLE_TRIGGERS (
    sched_name      varchar(120) NOT NULL,
    trigger_name    varchar(200) NOT NULL,
    trigger_group   varchar(200) NOT NULL,
    repeat_count    bigint NOT NULL,
    repeat_interval bigint NOT NULL,
    times_triggered bigint NOT NULL,
    PRIMARY KEY (sched_name, trigger_name, trigger_group),
    FOREIGN KEY (sched_name, trigger_name, trigger_group)
        REFERENCES RESEAL_QRTZ_TRIGGERS (sched_name, trigger_name, trigger_group)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

CREATE TABLE IF NOT EXISTS RESEAL_QRTZ_CRON_TRIGGERS (
    sched_name      varchar(120) NOT NULL,
    trigger_name    varchar(200) NOT NULL,
    trigger_group   varchar(200) NOT NULL,
    cron_expression varchar(120) NOT NULL,
    time_zone_id    varchar(80),
    PRIMARY KEY (sched_name, trigger_name, trigger_group),
    FOREIGN KEY (sched_name, trigger_name, trigger_group)
        REFERENCES RESEAL_QRTZ_TRIGGERS (sched_name, trigger_name, trigger_group)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

CREATE TABLE IF NOT EXISTS RESEAL_QRTZ_SIMPROP_TRIGGERS (
    sched_name    varchar(120) NOT NULL,
    trigger_name  varchar(200) NOT NULL,
    trigger_group varchar(200) NOT NULL,
    str_prop_1    varchar(512),
    str_prop_2    varchar(512),
    str_prop_3    varchar(512),
    int_prop_1    integer,
    int_prop_2    integer,
    long_prop_1   bigint,
    long_prop_2   bigint,
    dec_prop_1    numeric(13, 4),
    dec_prop_2    numeric(13, 4),
    bool_prop_1   boolean,
    bool_prop_2   boolean,
    PRIMARY KEY (sched_name, trigger_name, trigger_group),
    FOREIGN KEY (sched_name, trigger_name, trigger_group)
        REFERENCES RESEAL_QRTZ_TRIGGERS (sched_name, trigger_name, trigger_group)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

CREATE TABLE IF NOT EXISTS RESEAL_QRTZ_BLOB_TRIGGERS (
    sched_name    varchar(120) NOT NULL,
    trigger_name  varchar(200) NOT NULL,
    trigger_group varchar(200) NOT NULL,
    blob_data     blob,
    PRIMARY KEY (sched_name, trigger_name, trigger_group),
    FOREIGN KEY (sched_name, trigger_name, trigger_group)
        REFERENCES RESEAL_QRTZ_TRIGGERS (sched_name, trigger_name, trigger_group)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

CREATE TABLE IF NOT EXISTS RESEAL_QRTZ_CALENDARS (
    sched_name    varchar(120) NOT NULL,
    calendar_name varchar(200) NOT NULL,
    calendar      blob NOT NULL,
    PRIMARY KEY (sched_name, calendar_name)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

CREATE TABLE IF NOT EXISTS RESEAL_QRTZ_PAUSED_TRIGGER_GRPS (
    sched_name    varchar(120) NOT NULL,
    trigger_group varchar(200) NOT NULL,
    PRIMARY KEY (sched_name, trigger_group)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

CREATE TABLE IF NOT EXISTS RESEAL_QRTZ_FIRED_TRIGGERS (
    sched_name        varchar(120) NOT NULL,
    entry_id          varchar(95) NOT NULL,
    trigger_name      varchar(200) NOT NULL,
    trigger_group     varchar(200) NOT NULL,
    instance_name     varchar(200) NOT NULL,
    fired_time        bigint NOT NULL,
    sched_time        bigint NOT NULL,
    priority          integer NOT NULL,
    state             varchar(16) NOT NULL,
    job_name          varchar(200),
    job_group         varchar(200),
    is_nonconcurrent  boolean,
    requests_recovery boolean,
    PRIMARY KEY (sched_name, entry_id)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

CREATE TABLE IF NOT EXISTS RESEAL_QRTZ_SCHEDULER_STATE (
    sched_name        varchar(120) NOT NULL,
    instance_name     varchar(200) NOT NULL,
    last_checkin_time bigint NOT NULL,
    checkin_interval  bigint NOT NULL,
    PRIMARY KEY (sched_name, instance_name)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

CREATE TABLE IF NOT EXISTS RESEAL_QRTZ_LOCKS (
    sched_name varchar(120) NOT NULL,
    lock_name  varchar(40) NOT NULL,
    PRIMARY KEY (sched_name, lock_name)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

CREATE INDEX IF NOT EXISTS RESEAL_QRTZ_TRIGGERS_DUE ON RESEAL_QRTZ_TRIGGERS (sched_name, trigger_state, next_fire_time);

CREATE INDEX IF NOT EXISTS RESEAL_QRTZ_TRIGGERS_JOB ON RESEAL_QRTZ_TRIGGERS (sched_name, job_name, job_group);

CREATE INDEX IF NOT EXISTS RESEAL_QRTZ_FIRED_INSTANCE ON RESEAL_QRTZ_FIRED_TRIGGERS (sched_name, instance_name);

INSERT INTO RESEAL_QRTZ_LOCKS (sched_name, lock_name)
SELECT 'reseal', 'TRIGGER_ACCESS' FROM DUAL
WHERE NOT EXISTS (SELECT 1 FROM RESEAL_QRTZ_LOCKS WHERE sched_name = 'reseal' AND lock_name = 'TRIGGER_ACCESS');

INSERT INTO RESEAL_QRTZ_LOCKS (sched_name, lock_name)
SELECT 'reseal', 'STATE_ACCESS' FROM DUAL
WHERE NOT EXISTS (SELECT 1 FROM RESEAL_QRTZ_LOCKS WHERE sched_name = 'reseal' AND lock_name = 'STATE_ACCESS');
