package io.reseal.rotation.attack;

import io.reseal.Encrypted;
import io.reseal.StorageForm;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.time.Instant;
import org.hibernate.annotations.DynamicUpdate;
import org.jspecify.annotations.Nullable;

/** Three encrypted columns in one row: two key types, both forms; an update writes only what it changed. */
@Entity
@Table(name = "account")
@DynamicUpdate
public class Account {

    /** On PostgreSQL, as Hibernate would create it. */
    static final String TABLE = "CREATE TABLE account (id bigint PRIMARY KEY, secret bytea, note text, token text,"
            + " version integer, touched timestamp(6) with time zone)";

    @Id
    public long id;

    @Encrypted
    @Nullable
    public String secret;

    @Encrypted(form = StorageForm.TEXT)
    @Nullable
    public String note;

    @Encrypted(form = StorageForm.TEXT, keyType = "token_encryption")
    @Nullable
    public String token;

    @Version
    public int version;

    @Column(nullable = false)
    public Instant touched = Instant.EPOCH;

    protected Account() {}

    public Account(long id) {
        this.id = id;
    }

    public Content content() {
        return new Content(secret, note, token, version, touched);
    }
}
