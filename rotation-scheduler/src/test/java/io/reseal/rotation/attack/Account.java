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
class Account {

    @Id
    long id;

    @Encrypted
    @Nullable
    String secret;

    @Encrypted(form = StorageForm.TEXT)
    @Nullable
    String note;

    @Encrypted(form = StorageForm.TEXT, keyType = "token_encryption")
    @Nullable
    String token;

    @Version
    int version;

    @Column(nullable = false)
    Instant touched = Instant.EPOCH;

    Account() {}

    Account(long id) {
        this.id = id;
    }

    Content content() {
        return new Content(secret, note, token, version, touched);
    }
}
