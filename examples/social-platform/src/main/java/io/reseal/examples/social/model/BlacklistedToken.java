package io.reseal.examples.social.model;

import io.reseal.Encrypted;
import io.reseal.StorageForm;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A refresh token that was revoked before it expired; its key is the token's own {@code jti}. */
@Entity
@Table(name = "refresh_token_blacklist")
public class BlacklistedToken implements SealedRow {

    @Id
    private UUID id;

    @Version
    private int version;

    @ManyToOne(fetch = FetchType.LAZY, optional = false)
    private User user;

    @Encrypted(keyType = "token_encryption", form = StorageForm.TEXT)
    @Column(length = 100)
    private String token;

    @Encrypted(keyType = "token_encryption")
    private UUID family;

    @SuppressWarnings("NullAway.Init") // filled by Hibernate
    protected BlacklistedToken() {}

    public BlacklistedToken(UUID id, User user, String token, UUID family) {
        this.id = id;
        this.user = user;
        this.token = token;
        this.family = family;
    }

    @Override
    public UUID getId() {
        return id;
    }

    @Override
    public int getVersion() {
        return version;
    }

    public User getUser() {
        return user;
    }

    /** The whole family of tokens is revoked when one of them is used twice. */
    public void moveTo(UUID newFamily) {
        family = newFamily;
    }

    @Override
    public List<@Nullable Object> secrets() {
        return List.of(token, family);
    }
}
